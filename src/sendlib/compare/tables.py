"""Frames that a page shows or draws as they are: columns named as they should be read."""

import numpy as np
import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.compare import narrative
from sendlib.compare.trend import comparable_years, known_breaks, trends
from sendlib.errors import NotAvailableError
from sendlib.pages.formats import find_format, number1
from sendlib.pages.tables import with_symbols
from sendlib.tidy import about, period_of

_NO_INDICATORS = "The department's tool has no indicators of this authority here."
_NO_COUNTS = "A figure can be tested only where its count is published."
_OTHERS = {"england": "England", "neighbours": "neighbours together"}


def figures(ranking: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The latest figures of an authority with its middle neighbour, region and England.

    ``ranking`` has ``title`` and the columns of ``latest_ranks``. The table has a row for
    each indicator; a gap is the authority's figure less the other's.
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
    return about(frame, why=_NO_INDICATORS, formats=dict.fromkeys(numbers, "number"))


def over_years(values: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """The areas of ``to_peers``, the highest first, with their rank and how each came there.

    ``values`` is the measure that the peers are of. "Over the years" says in words what a small
    line can show: the first and the last value of the area that are known.
    """
    name, period = values.attrs["measure"], period_of(values)
    known = values.dropna(subset=[name]).sort_values(period).groupby("area_code")
    first, last = (ends.reindex(peers["area_code"]) for ends in (known.first(), known.last()))
    ends = zip(first[name], first[period], last[name], last[period], strict=True)
    paths = [
        None
        if np.isnan(end)
        else f"{number1(start)} in {since:.0f} to {number1(end)} in {until:.0f}"
        for start, since, end, until in ends
    ]
    when = f"In {peers[period].max()}"
    columns = {
        "Area": peers["area_name"],
        "Over the years": paths,
        when: peers[name],
        "Rank": list(map(narrative.rank, peers["rank"], peers["ranked"])),
    }
    frame = pd.DataFrame(columns).sort_values(
        when, ascending=False, kind="stable", ignore_index=True
    )
    notes = ["Each line has a scale of its own."]
    frame.attrs = dict(peers.attrs)
    return about(frame, notes=notes, formats={when: "number1"})


def gaps_to_england(ranking: pd.DataFrame) -> pd.DataFrame:
    """How much better or worse than England each percentage is, the best first.

    ``points`` are above 0 where the authority is better; ``value`` and ``england`` are
    percentages. Only those of which one way is better are there, and none of pupils without
    SEN, who stand in the table to compare with.
    """
    rows = ranking[ranking["unit"].eq("%") & ranking["better"].isin(["higher", "lower"])]
    rows = rows[~rows["indicator"].str.contains("_no_sen")]
    sign = rows["better"].map({"higher": 1.0, "lower": -1.0}).astype(float)
    columns = {"indicator": rows["title"], "points": sign * rows["gap_england"]}
    frame = pd.DataFrame({**columns, **rows[["value", "england", "period"]]})
    frame = frame.dropna(subset=["points"]).sort_values("points", ascending=False)
    what = "how many percentage points better (+) or worse (−) than England"
    return about(frame.reset_index(drop=True), what=what, why=_NO_INDICATORS, unit="number1")


def directions(indicators: pd.DataFrame, areas: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The tested ``trends`` of an authority's indicators since each was last redefined.

    Raises
    ------
    NotAvailableError
        If none is published.
    """
    own = indicators[indicators["area_code"] == group.area_code].dropna(subset=["value"])
    if own.empty:
        raise NotAvailableError(_NO_INDICATORS)
    return trends(comparable_years(own, known_breaks(), areas=areas))


def rank_table(ranking: pd.DataFrame, directions: pd.DataFrame) -> pd.DataFrame:
    """Where an authority ranks on each indicator, and which way the indicator goes.

    A rank counts from the highest value, whichever way is better. The rank among all, and
    the quartile band of the department's tool, are there only where every authority is.
    """
    own = directions.set_index("indicator").reindex(ranking["indicator"])
    rows = zip(own.to_dict("records"), ranking["better"], strict=True)
    ranking = ranking.assign(highest_all=ranking["highest_all"].where(ranking["complete"]))
    ranks = {
        heading: [
            narrative.rank(*pair)
            for pair in zip(ranking[f"highest_{among}"], ranking[f"ranked_{among}"], strict=True)
        ]
        for heading, among in (
            ("Among neighbours", "neighbours"),
            ("In the region", "region"),
            ("Among all authorities", "all"),
        )
    }
    frame = pd.DataFrame(
        {
            "Indicator": ranking["title"],
            "Better": ranking["better"].replace("none", "neither"),
            **ranks,
            "Quartile band": ranking["band"].where(ranking["complete"]),
            "Direction": [narrative.direction(row, better=better) for row, better in rows],
        }
    )
    national = [] if ranking["complete"].any() else ["Among all authorities", "Quartile band"]
    return about(frame.drop(columns=national), why=_NO_INDICATORS)


def results(tests: pd.DataFrame, name: str) -> pd.DataFrame:
    """Each tested figure with its counterpart, the interval of the gap and the result.

    ``tests`` have ``title`` and the columns of ``latest_tests`` or ``gap_test``.
    """
    intervals = zip(tests["gap_low"], tests["gap_high"], strict=True)
    frame = pd.DataFrame(
        {
            "Measure": tests["title"],
            "Period": tests["period"],
            "Compared with": tests["comparison"].replace(_OTHERS),
            "Beyond chance": [narrative.result(row) for row in tests.to_dict("records")],
            **({"Among councils": tests["among"]} if "among" in tests else {}),
            "Of": tests["of"].round(),
            name: tests["value"],
            "The other": tests["other"],
            "Gap, 95% interval (points)": [narrative.say_gap_interval(*ends) for ends in intervals],
        }
    )
    if "rank_low" in tests:
        ranks = zip(tests["rank"], tests["ranked"], strict=True)
        frame["Rank"] = [narrative.rank(*pair) for pair in ranks]
        frame["Rank by chance"] = [
            None if np.isnan(low) else f"{low:.0f} to {high:.0f}"
            for low, high in zip(tests["rank_low"], tests["rank_high"], strict=True)
        ]
    shares = dict.fromkeys((name, "The other"), find_format("share1"))
    return about(frame, formats={**shares, "Of": "count"}, why=_NO_COUNTS)


def gap_ranges(tests: pd.DataFrame) -> pd.DataFrame:
    """Each gap to England with its 95% interval, the largest first. [percentage points]"""
    rows = tests[tests["comparison"] == "england"].sort_values("gap", ascending=False)
    ends = {"low": "gap_low", "middle": "gap", "high": "gap_high"}
    points = {end: 100 * rows[column].astype(float) for end, column in ends.items()}
    names = rows["title"] + ", " + rows["period"]
    frame = pd.DataFrame({"category": names, **points, "result": rows["result"]})
    if "among" in rows:
        frame["category"] = names + ": " + rows["among"].map(narrative.AMONG)
        frame["among"] = rows["among"]
    what = "gap to England in percentage points, with its 95% interval"
    why = tests.attrs.get("why", _NO_COUNTS)
    return about(frame.reset_index(drop=True), what=what, why=why, unit="number1")


def describe(measures: pd.DataFrame, directions: pd.DataFrame) -> pd.DataFrame:
    """Measures of a page, ``with_tests``, with their ``test`` and ``trend`` in words.

    They have ``part``, ``format``, ``better`` and ``other_name``; the directions are as made
    by ``trends``, the name of the part their ``indicator``.
    """
    tested = directions.drop(columns=["area_code", "p", "p_corrected"]).set_index("indicator")
    joined = measures.join(tested, on="part")
    rows = joined.to_dict("records")
    by_format = {"share1": lambda slope: f"{number1(100 * slope)} points"}
    return joined.assign(
        test=[narrative.latest_result(row) for row in rows],
        trend=[
            narrative.direction(
                row, better=row["better"], unit=by_format.get(row["format"], row["format"])
            )
            for row in rows
        ],
    )


def target_results(tested: pd.DataFrame) -> pd.DataFrame:
    """Each target of ``year_on_year`` with what became of it and the statistic behind that."""
    rows = tested.to_dict("records")
    known = tested["change"].notna()
    changes = [
        f"{find_format(row['unit'])(row['before'])} to {find_format(row['unit'])(row['after'])} "
        f"in {row['year']:.0f}"
        for row in rows
    ]
    intended = pd.Series([f"{row['as_intended']} of {row['years']}" for row in rows], tested.index)
    return pd.DataFrame(
        {
            "Measure": tested["measure"].str[:1].str.upper() + tested["measure"].str[1:],
            "Set by": tested["by"].map({"strategy": "strategies", "proposed": "proposed only"}),
            "Target": tested["target"],
            "What happened": [narrative.target_outcome(row) for row in rows],
            "Change": pd.Series(changes, tested.index).where(known),
            "Years as intended": intended.where(known),
            "Corrected p-value": [narrative.p_value(row) for row in rows],
        }
    )
