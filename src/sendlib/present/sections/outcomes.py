"""One of the strategy's charts brought up to date, as a page shows it, from frames."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.pages.formats import FORMATS, Format
from sendlib.pages.markup import Block
from sendlib.pages.tables import Table, table
from sendlib.present.charts.multiples import MOST_PANELS, plot_dots, plot_multiples
from sendlib.present.figure import Chart, chart
from sendlib.present.sections.shared import not_held
from sendlib.present.words.directions import cell_direction
from sendlib.present.words.general import Row, join_words
from sendlib.present.words.measures import as_printed, inside, name_with_unit, unit_format
from sendlib.present.words.outcomes import (
    describe_dots,
    describe_multiples,
    name_beside,
    say_basis,
    say_measures,
)
from sendlib.present.words.verdicts import cell_verdict


def outcome_chart(
    measures: pd.DataFrame,
    panels: pd.DataFrame,
    *,
    marks: pd.DataFrame,
    breaks: pd.DataFrame,
    numbers: tuple[pd.DataFrame, pd.DataFrame],
    children: str,
    source: str,
) -> Chart:
    """Draw one chart: lines over the years, or dots where there is one year of each measure.

    Parameters
    ----------
    measures : pd.DataFrame
        A row for each measure of the chart: ``number``, ``chart`` (its title)
        and what ``say_measures`` and ``say_basis`` need.
    panels : pd.DataFrame
        ``part``, ``year``, ``name``, ``value``, the authority first.
    marks : pd.DataFrame
        What the strategy printed of the authority: ``part``, ``year``, ``value``.
    breaks : pd.DataFrame
        ``part`` and ``year``.
    numbers : tuple[pd.DataFrame, pd.DataFrame]
        The table of numbers and the status of its cells.
    children : str
        Whom the chart is about; empty where it is not about children.
    source : str
        Publications.
    """
    rows = measures.to_dict("records")
    names = _names(rows)
    units = {names[str(row["part"])]: unit_format(str(row["unit"])) for row in rows}
    unit, heading = _common(list(units.values())), _heading(rows, children)
    panels, marks, breaks = (
        given.assign(part=given["part"].map(names)).dropna(subset=["part"])
        for given in (panels, marks, breaks)
    )
    last_years = panels.groupby("part")["year"].transform("max")
    one_year = panels.groupby("part")["year"].nunique().max() == 1
    if one_year or len(units) > MOST_PANELS:
        last = panels[panels["year"] == last_years]
        axes = plot_dots(last, unit=unit)
        alt = describe_dots(last, what=heading, unit=unit)
    else:
        labelled = marks.assign(label=_labels(marks, rows))
        axes = plot_multiples(panels, units=units, printed=labelled, breaks=breaks)
        alt = describe_multiples(panels, units=units)
    name = f"chart_{rows[0]['number']}"
    return chart(
        axes,
        title=heading,
        alt=alt,
        source=source,
        takeaway=say_measures(rows),
        table=_numbers(numbers, unit, caption=heading, name=name, notes=say_basis(rows)),
        name=name,
    )


def outcome_charts(
    measures: pd.DataFrame,
    panels: pd.DataFrame,
    *,
    marks: pd.DataFrame,
    breaks: pd.DataFrame,
    numbers: Mapping[int, tuple[pd.DataFrame, pd.DataFrame]],
    cite: Callable[[pd.DataFrame], str],
) -> dict[int, Chart]:
    """Every chart of which a measure is held, by its number.

    Parameters
    ----------
    measures : pd.DataFrame
        As for ``outcome_chart``, of all charts, with ``number``, ``children`` (empty
        where a measure is not about children) and ``sources``.
    panels, marks : pd.DataFrame
        Of all charts: ``number`` and ``line``, and as for ``outcome_chart``.
    breaks : pd.DataFrame
        As for ``outcome_chart``.
    numbers : Mapping[int, tuple[pd.DataFrame, pd.DataFrame]]
        As for ``outcome_chart``, by the chart's number.
    cite : callable
        The publications that a frame with ``source_id`` comes from.
    """
    own = marks[marks["line"] == "authority"]
    by_number = {number: measures[measures["number"] == number] for number in numbers}
    return {
        number: outcome_chart(
            rows,
            panels[panels["number"] == number],
            marks=own[(own["number"] == number) & own["part"].isin(rows["part"])],
            breaks=breaks,
            numbers=numbers[number],
            children=join_words([inside(name) for name in rows["children"].unique() if name]),
            source=cite(sources_of(rows)),
        )
        for number, rows in by_number.items()
        if len(rows)
    }


def sources_of(measures: pd.DataFrame) -> pd.DataFrame:
    """The sources of measures, each once: ``source_id``."""
    cited = {source for sources in measures["sources"] for source in sources}
    return pd.DataFrame({"source_id": sorted(cited)})


def charts_or_not_held(
    charts: Mapping[int, Chart], numbers: Sequence[int], *, what: str, name: str
) -> list[Chart | Block]:
    """The charts of a section that are held, or that none is.

    Parameters
    ----------
    charts : Mapping[int, Chart]
        As made by ``outcome_charts``.
    numbers : Sequence[int]
        Which charts the section has.
    what, name : str
        As for ``not_held``.
    """
    held = [charts[number] for number in numbers if number in charts]
    return [*held] or [not_held(what, name)]


def outcome_table(measures: pd.DataFrame, *, caption: str, source: str) -> Table:
    """Where each outcome stands, a row each: last figures, verdict, direction, the strategy's.

    Parameters
    ----------
    measures : pd.DataFrame
        As for ``outcome_chart``, of any charts; one authority.
    caption, source : str
        As for ``table``.
    """
    rows = [_row(row) for row in measures.to_dict("records")]
    return table(pd.DataFrame(rows), caption=caption, source=source, name="outcomes")


def lacking_table(lacking: pd.DataFrame, *, name: str, caption: str, source: str | None) -> Table:
    """The parts of charts without data: why, and what the strategy printed of them.

    Parameters
    ----------
    lacking : pd.DataFrame
        ``number``, ``chart``, ``part``, ``unit``, ``children``, ``why``,
        ``printed``, ``england_printed``, ``printed_period`` (empty where nothing
        was printed).
    name : str
        The authority.
    caption, source : str
        As for ``table``.
    """
    rows = [
        {
            "Chart": f"{row['number']}. {row['chart']}",
            "Measure": _of_children(row) if row["printed_period"] else row["part"],
            "Why there is no figure": row["why"],
            f"Strategy printed, {name}": _printed(row, "printed"),
            "Strategy printed, England": _printed(row, "england_printed"),
        }
        for row in lacking.to_dict("records")
    ]
    return table(pd.DataFrame(rows), caption=caption, source=source, name="not_held", row_headers=2)


def _row(row: Row) -> dict[str, object]:
    write = unit_format(str(row["unit"]))
    return {
        "Outcome": _of_children(row),
        "Period": row["period"],
        str(row["name"]): write(row["value"]),
        "Neighbours' mean": write(row["neighbours"]),
        "England": write(row["england"]),
        "Gap": _tested(row),
        "Direction": cell_direction(row),
        "Strategy printed": _printed(row, "printed"),
    }


def _of_children(row: Row) -> str:
    return ", ".join(filter(None, [str(row["part"]), inside(str(row["children"]))]))


def _heading(rows: Sequence[Row], children: str) -> str:
    """Number and title, the measure where there is one, and the children."""
    parts = [f"Chart {rows[0]['number']}. {rows[0]['chart']}"]
    only = _names(rows)[str(rows[0]["part"])]
    if len(rows) == 1 and not only.startswith(str(rows[0]["chart"])):
        parts = [f"{parts[0]}: {inside(only)}"]
    elif len(rows) == 1:
        parts = [f"Chart {rows[0]['number']}. {only}"]
    return ", ".join([*parts, *filter(None, [children])])


def _names(rows: Sequence[Row]) -> dict[str, str]:
    """Each measure with its unit, by its name."""
    return {str(row["part"]): name_with_unit(str(row["part"]), str(row["unit"])) for row in rows}


def _tested(row: Row) -> str:
    """What a test says of the last figure, or of an earlier one that has its count published."""
    said = cell_verdict(row["verdict"], str(row["other_name"]))
    if said:
        return said
    before = cell_verdict(row["tested_verdict"], name_beside(str(row["tested_beside"])))
    return f"{row['tested_period']}: {before}" if before else "not tested"


def _printed(row: Row, column: str) -> str:
    if np.isnan(row[column]):
        return "none"
    of = f", {inside(str(row['printed_of']))}" if row.get("printed_of") else ""
    return f"{as_printed(row[column], str(row['unit']))} ({row['printed_period']}{of})"


def _labels(marks: pd.DataFrame, rows: Sequence[Row]) -> list[str]:
    unit_of = {_names(rows)[str(row["part"])]: str(row["unit"]) for row in rows}
    pairs = zip(marks["part"], marks["value"], strict=True)
    return [f"strategy {as_printed(value, unit_of[part])}" for part, value in pairs]


def _common(formats: Sequence[Format]) -> Format:
    """The format of all of a chart's numbers; two decimal places where they differ."""
    return formats[0] if len(set(formats)) == 1 else FORMATS["number2"]


def _numbers(
    numbers: tuple[pd.DataFrame, pd.DataFrame],
    unit: Format,
    *,
    caption: str,
    name: str,
    notes: Sequence[str],
) -> Table:
    values, status = numbers
    written = values.columns[2:]
    return table(
        values,
        caption=caption,
        name=name,
        formats=dict.fromkeys(written, unit),
        row_headers=2,
        status=status,
        notes=tuple(notes),
    )
