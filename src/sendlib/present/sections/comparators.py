"""The tables and funnels of a page that compares: figures, places, tests, and promises.

Each takes prepared frames, computes nothing and chooses words; a figure keeps its
status, and what cannot be tested says so in the cell.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.pages.formats import find_format, plain_number
from sendlib.pages.notes import KeyFigure, KeyFigures, key_figures
from sendlib.pages.tables import Table, table
from sendlib.present.charts.funnel import plot_funnel
from sendlib.present.figure import Chart, chart
from sendlib.present.words.directions import cell_direction
from sendlib.present.words.general import Row
from sendlib.present.words.verdicts import cell_verdict, describe_funnel, say_funnel

NO_TEST = "no denominator published, so no test"
INTERVAL_NOTE = (
    "Each interval stands for itself; the verdicts allow for the number of tests in the table "
    "(by Holm's method), so an interval may leave out nought and the figures still be called "
    "similar."
)
NO_BAND = "none: no polarity"


def comparison_tiles(judged: pd.DataFrame, standing: pd.DataFrame | None = None) -> KeyFigures:
    """How many figures differ from England's, how many may by chance, how many are not tested.

    Parameters
    ----------
    judged : pd.DataFrame
        As made by ``compare.judged_of``.
    standing : pd.DataFrame, optional
        Indicators of the department's tool, where any are held: ``indicator``.
    """
    beside_england = judged[judged["beside"] == "england"]
    held, of = beside_england["verdict"].value_counts(), f"of {len(beside_england)}"
    higher, lower, similar, few = (
        held.get(verdict, 0) for verdict in ("higher", "lower", "similar", "too few")
    )
    figures = [
        KeyFigure(
            "Really different from England",
            f"{higher + lower} {of}",
            f"{higher} higher, {lower} lower",
        ),
        KeyFigure("No more than chance", f"{similar} {of}", f"and {few} with too few cases to say"),
    ]
    if standing is not None:
        untested = ~standing["indicator"].isin(judged["indicator"])
        figures.append(
            KeyFigure(
                "Indicators without a published denominator",
                f"{untested.sum()} of {len(standing)}",
                "compared, not tested; others in the last year that has one",
            )
        )
    return key_figures(figures)


def funnel_chart(
    points: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    centre: float,
    period: str,
    what: str,
    of: str,
    name: str,
    source: str,
    figure: str,
) -> Chart:
    """A funnel plot of shares with its words and its numbers.

    Parameters
    ----------
    points, limits, centre
        As for ``plot_funnel``; the points with ``area_name`` and ``beyond``.
    period, what : str
        When, and what is measured.
    of, name : str
        As for ``plot_funnel``.
    source : str
        As for ``chart``.
    figure : str
        Names the chart; its table too.
    """
    numbers = points.rename(columns={"area_name": "area"}).sort_values("value")
    return chart(
        plot_funnel(points, limits, centre=centre, unit="share0", of=of, name=name),
        title=f"{what}, {period}, inside limits of chance",
        alt=describe_funnel(points, what=what, name=name, centre=centre, unit="share1"),
        source=source,
        takeaway=say_funnel(points, name=name),
        table=table(
            numbers[["area", "role", "of", "value", "beyond"]],
            caption=f"{what}, {period}",
            formats={"value": "share1"},
            name=f"{figure}_numbers",
        ),
        name=figure,
    )


def figures_table(
    standing: pd.DataFrame, *, name: str, region: str, source: str, caption: str
) -> Table:
    """Each indicator of an authority beside neighbours, region and England.

    Parameters
    ----------
    standing : pd.DataFrame
        In order: ``title`` and the columns of ``compare.stand``.
    name, region : str
        The authority and its region.
    source, caption : str
        As for ``table``.
    """
    numbers = {
        name: "value",
        "Middle neighbour": "middle_neighbour",
        region: "region",
        "England": "england",
        "Gap to England": "gap_england",
        "Gap to middle neighbour": "gap_neighbours",
    }
    titles = standing["title"] + " (" + standing["unit"] + ")"
    frame = pd.DataFrame({"Indicator": titles, "Year": standing["period"]})
    frame = frame.assign(**{label: standing[column] for label, column in numbers.items()})
    status = pd.DataFrame({name: standing["value_status"]})
    return table(
        frame,
        caption=caption,
        name="figures",
        formats=dict.fromkeys(numbers, plain_number),
        status=status,
        source=source,
        notes=["A gap is the authority's figure less the other's, in the unit of the row."],
    )


def places_table(standing: pd.DataFrame, directions: pd.DataFrame, *, caption: str) -> Table:
    """Where an authority ranks on each indicator, its band, and which way it goes.

    Parameters
    ----------
    standing : pd.DataFrame
        As for ``figures_table``.
    directions : pd.DataFrame
        ``indicator`` and the columns of ``compare.trends``.
    caption : str
        As for ``table``.
    """
    found = directions.set_index("indicator").reindex(standing["indicator"])
    whole = bool(standing["whole"].all())
    among = "Among all authorities" if whole else "Among the authorities held here"
    banded = standing["band"].fillna(standing["value"].notna().map({True: NO_BAND, False: None}))
    frame = pd.DataFrame(
        {
            "Indicator": standing["title"],
            "Rank 1 is": standing["better"].map(
                {"higher": "the highest", "lower": "the lowest", "none": "the highest"}
            ),
            "Among neighbours": _places(standing, "neighbours"),
            "In the region": _places(standing, "region"),
            among: _places(standing, "all"),
            "LAIT quartile band": banded.where(standing["whole"], "not given"),
            "Direction": [
                cell_direction(row) if isinstance(row["direction"], str) else None
                for row in found.to_dict("records")
            ],
        }
    )
    return table(
        frame,
        caption=caption,
        name="places",
        status=pd.DataFrame({among: standing["value_status"].where(standing["value"].isna(), "")}),
        notes=_notes_on_places(standing),
    )


def verdicts_table(
    judged: pd.DataFrame, *, name: str, source: str, caption: str, decimals: int = 1
) -> Table:
    """Each counted figure beside another, with its intervals and what can be said.

    Parameters
    ----------
    judged : pd.DataFrame
        ``title``, ``period``, ``beside`` and the columns of ``compare.judge``; with
        ``rank``, ``rank_low``, ``rank_high`` and ``ranked`` where ranks are shown.
    name, source, caption : str
        The authority; the others as for ``table``.
    decimals : int
        Decimal places of the percentages, 1 or 2.
    """
    write = find_format(f"share{decimals}")
    frame = pd.DataFrame(
        {
            "Measure": judged["title"],
            "Period": judged["period"],
            "Beside": judged["beside"],
            "Verdict": [cell_verdict(verdict) or NO_TEST for verdict in judged["verdict"]],
            "Of": judged["of"].round(),
            name: judged["value"],
            "The other": judged["other"],
            "Gap, 95% interval (points)": [
                _span(low, high)
                for low, high in zip(judged["gap_low"], judged["gap_high"], strict=True)
            ],
        }
    )
    if "rank" in judged:
        frame["Rank, and where chance could put it"] = [
            _range_of_rank(row) for row in judged.to_dict("records")
        ]
    return table(
        frame,
        caption=caption,
        name="tests" if "rank" in judged else "printed_tests",
        formats={name: write, "The other": write, "Of": "count"},
        source=source,
        notes=[INTERVAL_NOTE],
    )


def promises_table(
    promised: pd.DataFrame, *, caption: str, name: str, source: str, notes: Sequence[str] = ()
) -> Table:
    """Each measure of success with its verdict and the statistic behind it.

    Parameters
    ----------
    promised : pd.DataFrame
        ``measure``, ``promise``, ``unit``, ``missing`` and the columns of
        ``compare.year_on_year``.
    caption, name, source, notes
        As for ``table``.
    """
    rows = [_promise(row) for row in promised.to_dict("records")]
    return table(pd.DataFrame(rows), caption=caption, name=name, source=source, notes=[*notes])


def _places(standing: pd.DataFrame, among: str) -> list[str | None]:
    pairs = zip(standing[f"rank_{among}"], standing[f"ranked_{among}"], strict=True)
    return [None if np.isnan(rank) else f"{rank:.0f} of {ranked:.0f}" for rank, ranked in pairs]


def _notes_on_places(standing: pd.DataFrame) -> list[str]:
    tool = (
        "Ties share the better rank and a missing value has neither rank nor band, as in the "
        "department's local authority interactive tool (LAIT)."
    )
    if standing["whole"].all():
        return [tool, "Band A is the best quarter of all authorities and D the worst."]
    held = f"{standing['ranked_all'].max():.0f}"
    return [
        tool,
        f"Figures of at most {held} authorities are held here, so no rank here is one in the "
        "whole country and no quartile band can be given.",
    ]


def _span(low: float, high: float) -> str | None:
    return None if np.isnan(low) else f"{plain_number(100 * low)} to {plain_number(100 * high)}"


def _range_of_rank(row: Row) -> str | None:
    if np.isnan(row["rank_low"]):
        return None
    ends = f"{row['rank_low']:.0f} to {row['rank_high']:.0f}"
    return f"{row['rank']:.0f} of the {row['ranked']:.0f} held; {ends}"


def _promise(row: Row) -> dict[str, object]:
    write = find_format(str(row["unit"]))
    numbers = [float(str(row[key])) for key in ("before", "after", "p_corrected", "year")]
    before, after, p, year = numbers
    known = not np.isnan(after - before)
    basis = str(row["basis"]) or str(row["missing"]) or "nothing to test it by"
    return {
        "Measure": f"{row['measure'][:1].upper()}{row['measure'][1:]}",
        "Promise": row["promise"],
        "Verdict": row["outcome"],
        "Year before": write(before) if known else None,
        "Last year": f"{write(after)} ({year:.0f})" if known else None,
        "Went as promised": f"{row['as_promised']} of {row['years']} years" if known else None,
        "Corrected p-value": None if np.isnan(p) else "below 0.001" if p < 0.001 else f"{p:.3f}",
        "Tested on": basis if known or row["missing"] else "no two years that can be compared",
    }
