"""Counted figures of one authority beside England and its neighbours, with chance weighed.

The neighbours count as one: all their cases over all their persons. England is taken
as exact. The tests of one page are corrected together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.compare.funnel import COVERAGES, funnel_limits, rank_ranges
from sendlib.compare.uncertainty import gap_test
from sendlib.errors import NotAvailableError, Problem
from sendlib.vocabulary import ENGLAND

NEIGHBOURS = "neighbours"
GRID = 80  # denominators at which the limits of a funnel are drawn
_POINTS = ["area_code", "area_name", "role", "of", "value", "beyond", "source_id"]
_LIMITS = ["of", "coverage", "low", "high"]
_SEED = 20250116  # where the draws of ranks start
_RESULT = ["result", "gap_low", "gap_high"]
_KEPT = ["indicator", "year", "period", "beside", "value", "other", *_RESULT]


@dataclass(frozen=True)
class Funnel:
    """What a funnel plot shows.

    Parameters
    ----------
    points : pd.DataFrame
        Every authority available: ``area_code``, ``area_name``, ``role`` ("authority",
        "neighbour" or "other"), ``of``, ``value``, ``beyond`` ("above", "below" or
        "inside" the outer limits), ``source_id``.
    limits : pd.DataFrame
        As ``funnel_limits``.
    centre : float
        England's figure, or that of all authorities available where it has none.
    period : str
        The period.
    """

    points: pd.DataFrame
    limits: pd.DataFrame
    centre: float
    period: str


def latest_tests(
    counted: pd.DataFrame, group: PeerGroup, better: pd.Series | None = None
) -> pd.DataFrame:
    """Each counted figure of an authority beside England and beside its neighbours.

    Parameters
    ----------
    counted : pd.DataFrame
        ``area_code``, ``indicator``, ``year``, ``period``, ``value``, ``of`` and
        ``kind``, of every area.
    group : PeerGroup
        The authority and whom it is compared with.
    better : pd.Series, optional
        Which way is better, by indicator; adds the columns ``worth``
        (``better_or_worse``) and those of ``ranges_of_ranks``.

    Returns
    -------
    pd.DataFrame
        For the last year of each indicator, a row for "england" and, where some
        neighbour has a figure, for "neighbours" (column ``beside``): the columns
        of ``counted``, those of ``gap_test``, and ``areas`` (how many neighbours).

    Raises
    ------
    NotAvailableError
        If the authority has no counted figure.
    """
    own = _last_of(counted, group)
    keys = ["indicator", "year"]
    england = counted[counted["area_code"] == ENGLAND].set_index(keys)["value"]
    places = pd.MultiIndex.from_frame(own[keys])
    beside = own.assign(
        beside="england", other=england.reindex(places).to_numpy(), other_of=np.inf, areas=1
    )
    theirs = counted[counted["area_code"].isin(list(group.neighbours))]
    sums = _pooled(theirs, keys).reindex(places).reset_index(drop=True)
    among = own.assign(beside=NEIGHBOURS, other=sums["other"], other_of=sums["other_of"])
    among = among.assign(areas=sums["areas"])[sums["areas"].gt(0)]
    tests = gap_test(pd.concat([beside[beside["other"].notna()], among], ignore_index=True))
    if better is None:
        return tests
    ranges = ranges_of_ranks(counted, group).drop(columns="year")
    return tests.join(ranges, on="indicator").assign(worth=better_or_worse(tests, better))


def with_tests(measures: pd.DataFrame, counted: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The figures of a page with what can be said of them, as every other page says it.

    A figure that is counted has the result of ``latest_tests``, beside England or
    else the neighbours; where that is of another year than the page's figure, it
    is told apart. What is not counted there is tests by its own ``of``, and those
    are corrected among themselves.

    Parameters
    ----------
    measures : pd.DataFrame
        ``indicator`` (a name of ``counted``, or empty), ``year``, and the columns
        that ``gap_test`` needs, missing where not known.
    counted : pd.DataFrame
        As for ``latest_tests``.
    group : PeerGroup
        The authority and whom it is compared with.

    Returns
    -------
    pd.DataFrame
        The columns of ``measures``, then ``result``, ``gap_low``, ``gap_high`` of the
        page's figure, and ``tested_period``, ``tested_beside``, ``tested_value``,
        ``tested_other``, ``tested_result`` of a figure of another year; missing where
        not tested.
    """
    has_counts = (counted["area_code"] == group.area_code).any()
    tests = latest_tests(counted, group) if has_counts else pd.DataFrame(columns=_KEPT)
    once = tests[_KEPT].drop_duplicates("indicator").set_index("indicator")
    is_shared = measures["indicator"].isin(once.index)
    theirs = once.reindex(measures["indicator"]).set_axis(measures.index)
    now = is_shared & (theirs["year"] == measures["year"])
    alone = measures[~is_shared].dropna(subset=["of", "other", "other_of"])
    rest = gap_test(alone).reindex(measures.index)
    said = {name: theirs[name].where(now, rest[name]) for name in _RESULT}
    then = theirs[["period", "beside", "value", "other", "result"]].where(is_shared & ~now)
    return measures.assign(**said).join(then.add_prefix("tested_"))


def better_or_worse(tests: pd.DataFrame, better: pd.Series) -> pd.Series:
    """Whether each difference that was found is for the better or the worse."""
    good = tests["indicator"].map(better)
    found = tests["result"].isin(["higher", "lower"]) & good.isin(["higher", "lower"])
    worth = np.where(tests["result"] == good, "better", "worse")
    return pd.Series(worth, tests.index).where(found, "")


def ranges_of_ranks(counted: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The place of an authority on each counted figure, and where chance could have put it."""
    own = _last_of(counted, group)
    authorities = counted[counted["area_code"].str.isdigit()]
    streams = np.random.SeedSequence(_SEED).spawn(len(own))
    rows = {}
    for stream, indicator, year in zip(streams, own["indicator"], own["year"], strict=True):
        cell = authorities[(authorities["indicator"] == indicator) & (authorities["year"] == year)]
        ranges = rank_ranges(
            cell.set_index("area_code"),
            better="none",
            rng=np.random.default_rng(stream),
        )
        rows[indicator] = {"year": year, **ranges.loc[group.area_code], "ranked": len(cell)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")


def funnel_of(
    counted: pd.DataFrame, group: PeerGroup, indicator: str, areas: pd.DataFrame
) -> Funnel:
    """All authorities on one counted figure, and how far chance would scatter them.

    Parameters
    ----------
    counted : pd.DataFrame
        As for ``latest_tests``.
    group : PeerGroup
        The authority and its neighbours.
    indicator : str
        Which figure; in the last year that the authority has.
    areas : pd.DataFrame
        Table ``area``, for the names.

    Returns
    -------
    Funnel
        Without points where the authority has no such figure.
    """
    figures = counted[counted["indicator"] == indicator]
    if not figures["area_code"].eq(group.area_code).any():
        points = pd.DataFrame(columns=_POINTS)
        points.attrs["why"] = f"No count of it is published for {group.name}."
        return Funnel(points, pd.DataFrame(columns=_LIMITS), np.nan, "")
    own = _last_of(figures, group).iloc[0]
    cell = counted[(counted["indicator"] == indicator) & (counted["year"] == own["year"])]
    england = cell.loc[cell["area_code"] == ENGLAND, "value"]
    points = cell[cell["area_code"].str.isdigit()]
    pooled = float((points["value"] * points["of"]).sum() / points["of"].sum())
    centre = float(england.iloc[0]) if len(england) else pooled
    kind = str(own["kind"])
    grid = np.geomspace(points["of"].min() * 0.8, points["of"].max() * 1.1, GRID)
    outer = funnel_limits(points["of"], centre, kind=kind, coverages=COVERAGES[-1:])
    low, high = outer["low"].to_numpy(), outer["high"].to_numpy()
    beyond = np.select(
        [points["value"] > high, points["value"] < low], ["above", "below"], "inside"
    )
    role = np.select(
        [points["area_code"] == group.area_code, points["area_code"].isin(list(group.neighbours))],
        ["authority", "neighbour"],
        "other",
    )
    names = areas.drop_duplicates("area_code").set_index("area_code")["area_name"]
    named = points.assign(area_name=points["area_code"].map(names), role=role, beyond=beyond)
    limits = funnel_limits(np.rint(grid), centre, kind=kind)
    named = named[_POINTS].reset_index(drop=True)
    named.attrs = {"of": "how many the share is of", "period": str(own["period"])}
    return Funnel(named, limits, centre, str(own["period"]))


def _last_of(counted: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The authority's last year of each indicator."""
    own = counted[counted["area_code"] == group.area_code].sort_values(["indicator", "year"])
    if own.empty:
        problem = Problem(f"no figure with a published count for {group.name}")
        raise NotAvailableError("There is nothing to test.", [problem])
    return own.drop_duplicates("indicator", keep="last").reset_index(drop=True)


def _pooled(theirs: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The neighbours' cases over their persons, by indicator and year."""
    sums = theirs.assign(cases=theirs["value"] * theirs["of"]).groupby(keys)
    made = sums.agg(cases=("cases", "sum"), other_of=("of", "sum"), areas=("area_code", "nunique"))
    return made.assign(other=made["cases"] / made["other_of"])
