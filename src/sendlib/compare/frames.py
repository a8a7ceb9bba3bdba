"""Frames that a page shows or draws as they are: columns named as they should be read."""

import numpy as np
import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.compare import sentences
from sendlib.compare.breaks import known_breaks, unbroken
from sendlib.compare.trend import trends
from sendlib.pages.formats import Format, find_format, number1
from sendlib.pages.tables import with_symbols

_NO_INDICATORS = "The department's tool has no indicators of this authority here."
_NO_COUNTS = "A figure can be tested only where its count is published."
_OTHERS = {"england": "England", "neighbours": "neighbours together"}


def figures(ranking: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The latest figures of an authority with its middle neighbour, region and England.

    Parameters
    ----------
    ranking : pd.DataFrame
        ``title`` and the columns of ``latest_ranks``.
    group : PeerGroup
        The authority.

    Returns
    -------
    pd.DataFrame
        A row for each indicator. A gap is the authority's figure less the other's.
    """
    numbers = {
        group.name: with_symbols(ranking["value"], ranking["value_status"]),
        "Middle neighbour": ranking["middle_neighbour"],
        group.names[group.region]: ranking["region"],
        "England": ranking["england"],
        "Gap to England": ranking["gap_england"],
        "Gap to middle neighbour": ranking["gap_neighbours"],
    }
    named = {"Indicator": ranking["title"] + " (" + ranking["unit"] + ")"}
    frame = pd.DataFrame({**named, "Year": ranking["period"], **numbers})
    frame.attrs["why"] = _NO_INDICATORS
    frame.attrs["formats"] = dict.fromkeys(numbers, "number")
    return frame


def gaps_to_england(ranking: pd.DataFrame) -> pd.DataFrame:
    """How much better or worse than England each percentage is, the best first.

    Parameters
    ----------
    ranking : pd.DataFrame
        As for ``figures``.

    Returns
    -------
    pd.DataFrame
        ``indicator``, ``period``, ``value`` and ``england`` [%], ``points`` (above 0 where
        the authority is better). Only percentages of which one way is better.
    """
    shown = ranking[ranking["unit"].eq("%") & ranking["better"].isin(["higher", "lower"])]
    sign = shown["better"].map({"higher": 1.0, "lower": -1.0}).astype(float)
    columns = {"indicator": shown["title"], "points": sign * shown["gap_england"]}
    frame = pd.DataFrame({**columns, **shown[["value", "england", "period"]]})
    frame = frame.dropna(subset=["points"]).sort_values("points", ascending=False)
    frame.attrs = {
        "what": "how many percentage points better (+) or worse (−) than England",
        "why": _NO_INDICATORS,
        "unit": "number1",
    }
    return frame.reset_index(drop=True)


def directions(indicators: pd.DataFrame, areas: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The tested direction of each indicator of an authority since it was last redefined.

    Parameters
    ----------
    indicators, areas : pd.DataFrame
        Tables ``indicator`` and ``area``.
    group : PeerGroup
        The authority.

    Returns
    -------
    pd.DataFrame
        As made by ``trends``.
    """
    own = indicators[indicators["area_code"] == group.area_code].dropna(subset=["value"])
    return trends(unbroken(own, known_breaks(), areas=areas))


def rank_table(ranking: pd.DataFrame, directions: pd.DataFrame) -> pd.DataFrame:
    """Where an authority ranks on each indicator, and which way the indicator goes.

    A rank counts from the highest value, whichever way is better. The rank among all, and
    the quartile band of the department's tool, are there only where every authority is.

    Parameters
    ----------
    ranking : pd.DataFrame
        As for ``figures``.
    directions : pd.DataFrame
        As made by ``directions``.

    Returns
    -------
    pd.DataFrame
        A row for each indicator.
    """
    found = directions.set_index("indicator").reindex(ranking["indicator"])
    rows = zip(found.to_dict("records"), ranking["better"], strict=True)
    frame = pd.DataFrame(
        {
            "Indicator": ranking["title"],
            "Better": ranking["better"].replace("none", "neither"),
            "Among neighbours": _rank(ranking, "neighbours"),
            "In the region": _rank(ranking, "region"),
            "Among all authorities": _rank(ranking, "all"),
            "Quartile band": ranking["band"].where(ranking["whole"]),
            "Direction": [sentences.direction(row, better=better) for row, better in rows],
        }
    )
    frame.attrs["why"] = _NO_INDICATORS
    national = ["Among all authorities", "Quartile band"]
    return frame if ranking["whole"].any() else frame.drop(columns=national)


def results(tests: pd.DataFrame, name: str, *, decimals: int = 1) -> pd.DataFrame:
    """Each tested figure with its counterpart, the interval of the gap and the result.

    Parameters
    ----------
    tests : pd.DataFrame
        ``title``, ``period``, ``beside`` and the columns of ``gap_test``; with those of
        ``ranges_of_ranks`` where ranks are shown.
    name : str
        The authority.
    decimals : int
        Decimal places of the percentages, 1 or 2.

    Returns
    -------
    pd.DataFrame
        A row for each test.
    """
    spans = zip(tests["gap_low"], tests["gap_high"], strict=True)
    frame = pd.DataFrame(
        {
            "Measure": tests["title"],
            "Period": tests["period"],
            "Compared with": tests["beside"].replace(_OTHERS),
            "Result": [sentences.result(row) for row in tests.to_dict("records")],
            "Of": tests["of"].round(),
            name: tests["value"],
            "The other": tests["other"],
            "Gap, 95% interval (points)": [sentences.gap_text(*span) for span in spans],
        }
    )
    if "rank_low" in tests:
        frame["Rank"] = [
            sentences.rank(rank, ranked)
            for rank, ranked in zip(tests["rank"], tests["ranked"], strict=True)
        ]
        frame["Rank by chance"] = [
            None if np.isnan(low) else f"{low:.0f} to {high:.0f}"
            for low, high in zip(tests["rank_low"], tests["rank_high"], strict=True)
        ]
    shares = dict.fromkeys((name, "The other"), find_format(f"share{decimals}"))
    frame.attrs = {"formats": {**shares, "Of": "count"}, "why": _NO_COUNTS}
    return frame


def gap_ranges(tests: pd.DataFrame) -> pd.DataFrame:
    """Each gap to England with its 95% interval, the largest first. [percentage points]

    Parameters
    ----------
    tests : pd.DataFrame
        As for ``results``.

    Returns
    -------
    pd.DataFrame
        ``category``, ``low``, ``middle``, ``high``, ``result``.
    """
    shown = tests[tests["beside"] == "england"].sort_values("gap", ascending=False)
    ends = {"low": "gap_low", "middle": "gap", "high": "gap_high"}
    points = {end: 100 * shown[column].astype(float) for end, column in ends.items()}
    names = shown["title"] + ", " + shown["period"]
    frame = pd.DataFrame({"category": names, **points, "result": shown["result"]})
    frame.attrs = {
        "what": "gap to England in percentage points, with its 95% interval",
        "why": _NO_COUNTS,
        "unit": "number1",
    }
    return frame.reset_index(drop=True)


def describe(measures: pd.DataFrame, directions: pd.DataFrame) -> pd.DataFrame:
    """Measures of a page with their test and their direction in words.

    Parameters
    ----------
    measures : pd.DataFrame
        As made by ``with_tests``, with ``part``, ``format``, ``unit``, ``better`` and
        ``other_name``.
    directions : pd.DataFrame
        As made by ``trends``, by ``indicator``, the name of the part.

    Returns
    -------
    pd.DataFrame
        The columns given, those of ``directions``, ``test`` and ``moving``.
    """
    tested = directions.drop(columns=["area_code", "p", "p_corrected"]).set_index("indicator")
    joined = measures.join(tested, on="part")
    rows = joined.to_dict("records")
    return joined.assign(
        test=[sentences.last_test(row) for row in rows],
        moving=[
            sentences.direction(row, better=row["better"], unit=_slope_format(row["format"]))
            for row in rows
        ],
    )


def _slope_format(name: str) -> Format | str:
    """A share goes by points a year."""
    return (lambda slope: f"{number1(100 * slope)} points") if name == "share1" else name


def target_results(tested: pd.DataFrame) -> pd.DataFrame:
    """Each target with what became of it and the statistic behind that.

    Parameters
    ----------
    tested : pd.DataFrame
        ``measure``, ``target``, ``by``, ``unit``, ``missing`` and the columns of
        ``year_on_year``.

    Returns
    -------
    pd.DataFrame
        A row for each target.
    """
    rows = tested.to_dict("records")
    known = tested["change"].notna()
    frame = pd.DataFrame(
        {
            "Measure": tested["measure"].str[:1].str.upper() + tested["measure"].str[1:],
            "Set by": tested["by"].map({"strategy": "strategies", "proposed": "proposed only"}),
            "Target": tested["target"],
            "What happened": [sentences.happened(row) for row in rows],
            "Change": pd.Series([_change(row) for row in rows], tested.index).where(known),
            "Years as intended": [f"{row['as_intended']} of {row['years']}" for row in rows],
            "Corrected p-value": [sentences.p_text(row) for row in rows],
        }
    )
    frame["Years as intended"] = frame["Years as intended"].where(known)
    return frame


def _rank(ranking: pd.DataFrame, among: str) -> list[str | None]:
    pairs = zip(ranking[f"highest_{among}"], ranking[f"ranked_{among}"], strict=True)
    return [sentences.rank(*pair) for pair in pairs]


def _change(row: sentences.Row) -> str:
    write = find_format(row["unit"])
    return f"{write(row['before'])} to {write(row['after'])} in {row['year']:.0f}"
