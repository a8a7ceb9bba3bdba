"""Where an authority stands: value, gap, rank and quartile band, every year at once.

Ranks and bands follow the department's local authority interactive tool (LAIT),
as its published code works them out: only authorities count, a missing value has
neither rank nor band, ties share the better rank, and the quartiles are those of
R's ``quantile`` (linear between neighbours), each band closed at its better end
where low is good and at its worse end where high is good. The tool's measures
without a polarity, or with too small a range, have no band.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.errors import DataError, Problem, raise_any
from sendlib.vocabulary import ENGLAND, AreaLevel

BANDS = ("A", "B", "C", "D")  # A holds the best quarter
NOT_BANDED = frozenset(
    {"pupils_with_ehcp_pct", "pupils_on_sen_support_pct", "requests_refused_pct"}
)  # the data dictionary of the tool gives these no polarity
_CELL = ["indicator", "year"]
_BASIS = ("unit", "better", "period")
_PARTS = ("neighbours", "region", "all")


def lait_band(values: pd.Series, *, better: str) -> pd.Series:
    """The quartile band of each authority, as the department's tool gives it.

    Examples
    --------
    >>> lait_band(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0]), better="lower").tolist()
    ['A', 'A', 'B', 'C', 'D']
    >>> lait_band(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0]), better="higher").tolist()
    ['D', 'D', 'C', 'B', 'A']
    """
    cell = pd.Series("", index=values.index)
    return _bands(values, cell, pd.Series(better, index=values.index))


def indicator_ranks(
    indicators: pd.DataFrame, areas: pd.DataFrame, neighbours: pd.DataFrame
) -> pd.DataFrame:
    """Every authority, indicator and year beside neighbours, region, England and all.

    A gap is the authority's value less the other's. Rank 1 is the best; where
    neither way is better it is the highest. What is withheld or not available
    has its status and no gap, rank or band, and others are ranked without it.
    An authority stands in no year in which it did not exist, unless the
    department publishes a value for it. The tool takes every authority with a
    value: so does ``rank_all``, which is a place in the whole country, as
    ``band`` is a quarter of it, only where ``whole`` says so. The middle
    neighbour is the median of those with a value.

    Parameters
    ----------
    indicators : pd.DataFrame
        Table ``indicator``.
    areas, neighbours : pd.DataFrame
        Tables ``area`` and ``neighbour``.

    Returns
    -------
    pd.DataFrame
        One row for each authority, indicator and year: ``area_code``,
        ``indicator``, ``year``, ``period``, ``provisional``, ``unit``,
        ``better``, ``value``, ``value_status``, then ``england``, ``region``
        and ``middle_neighbour`` with ``gap_england``, ``gap_region`` and
        ``gap_neighbours`` [unit]; ``rank_*`` and ``ranked_*`` (how many have a
        rank) among ``neighbours``, ``region`` and ``all``, with ``highest_*``, the rank from
        the highest value down whichever way is better; ``band``; ``whole``
        (whether every authority of that year is in the table, with or without a
        value).

    Raises
    ------
    DataError
        If areas of one indicator and year differ in unit, period or polarity.
    """
    check_alike(indicators)
    own = _existing(indicators, areas)
    larger = indicators.set_index(["area_code", *_CELL])["value"]
    own["england"] = _look_up(larger, own.assign(area_code=ENGLAND))
    own["region"] = _look_up(larger, own.assign(area_code=own["region_code"]))
    own = own.assign(gap_england=own["value"] - own["england"])
    own = own.assign(gap_region=own["value"] - own["region"])
    sign = np.where(own["better"] == "lower", 1.0, -1.0)
    own["score"] = own["value"] * sign  # the smallest is the best
    own = _ranked(own, [*_CELL], "all")
    own = _ranked(own, [*_CELL, "region_code"], "region")
    own = _beside_neighbours(own, neighbours)
    cell = own["indicator"] + own["year"].astype(str)
    better = own["better"].mask(own["indicator"].isin(NOT_BANDED), "none")
    own["band"] = _bands(own["value"], cell, better)
    own["whole"] = _whole(own, areas)
    return own[_columns()].sort_values(["area_code", *_CELL], ignore_index=True)


def latest_ranks(
    rankings: pd.DataFrame, group: PeerGroup, *, year: int | None = None
) -> pd.DataFrame:
    """One authority's rows of ``indicator_ranks``: a year, or the last in which each is published.

    Parameters
    ----------
    rankings : pd.DataFrame
        As made by ``indicator_ranks``.
    group : PeerGroup
        The authority.
    year : int, optional
        A year; otherwise, for each indicator, the last that England has.

    Returns
    -------
    pd.DataFrame
        One row for each indicator; none where no indicator of the authority is available.
    """
    mine = rankings[rankings["area_code"] == group.area_code]
    if year is not None:
        return mine[mine["year"] == year].reset_index(drop=True)
    published = mine[mine["england"].notna()]
    return published.drop_duplicates("indicator", keep="last").reset_index(drop=True)


def check_alike(indicators: pd.DataFrame) -> None:
    """Refuse to set areas beside each other whose figures are not of one kind."""
    basis = indicators[[*_CELL, *_BASIS]].drop_duplicates()
    unlike = basis[basis.duplicated(_CELL, keep=False)]
    problems = [
        Problem(
            f"areas differ in {name}: {' and '.join(sorted(rows[name].unique()))}",
            f"{indicator}, {year}",
            "compare only figures of one unit, period and polarity",
        )
        for (indicator, year), rows in unlike.groupby(_CELL)
        for name in _BASIS
        if rows[name].nunique() > 1
    ]
    raise_any(DataError, "Unlike figures cannot be compared.", problems)


def _existing(indicators: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Authorities' rows, less those of years in which one was not there."""
    authorities = areas[areas["area_type"] == AreaLevel.AUTHORITY]
    own = indicators.merge(
        authorities[["area_code", "region_code", "first_census", "last_census"]], on="area_code"
    )
    outside = (own["year"] < own["first_census"]) | (own["year"] > own["last_census"])
    return own[~(outside & own["value"].isna())].reset_index(drop=True)


def _whole(own: pd.DataFrame, areas: pd.DataFrame) -> pd.Series:
    """Whether every authority that there was in its year has a row beside each row."""
    begin, end = own["first_census"], own["last_census"]
    there = (own["year"] >= begin) & ~(own["year"] > end)
    held = there.groupby([own[name] for name in _CELL]).transform("sum")
    listed = areas[areas["area_type"] == AreaLevel.AUTHORITY]
    first, last = listed["first_census"], listed["last_census"]
    existing = {
        year: int(((first <= year) & ~(last < year)).sum()) for year in own["year"].unique()
    }
    return held >= own["year"].map(existing)


def _look_up(values: pd.Series, frame: pd.DataFrame) -> np.ndarray:
    keys = pd.MultiIndex.from_frame(frame[["area_code", *_CELL]])
    return values.reindex(keys).to_numpy()


def _ranked(frame: pd.DataFrame, by: Sequence[str], name: str) -> pd.DataFrame:
    groups = frame.groupby(list(by), sort=False)
    ranks = {
        f"rank_{name}": groups["score"].rank(method="min"),
        f"ranked_{name}": groups["score"].transform("count"),
        f"highest_{name}": groups["value"].rank(method="min", ascending=False),
    }
    return frame.assign(**ranks)


def _beside_neighbours(own: pd.DataFrame, neighbours: pd.DataFrame) -> pd.DataFrame:
    """The middle neighbour, and the rank among the authority and its neighbours."""
    pairs = neighbours[["area_code", "neighbour_area_code"]]
    theirs = own[["area_code", *_CELL, "score", "value"]].rename(
        columns={"area_code": "neighbour_area_code", "score": "theirs", "value": "their_value"}
    )
    met = own[["area_code", *_CELL, "score", "value"]].merge(pairs, on="area_code")
    met = met.merge(theirs, on=["neighbour_area_code", *_CELL])
    met = met.assign(
        ahead=(met["theirs"] < met["score"]).astype(int),
        higher=(met["their_value"] > met["value"]).astype(int),
    )
    summed = met.groupby(["area_code", *_CELL], sort=False).agg(
        middle_neighbour=("their_value", "median"),
        ahead=("ahead", "sum"),
        higher=("higher", "sum"),
        others=("their_value", "count"),
    )
    joined = own.merge(summed, left_on=["area_code", *_CELL], right_index=True, how="left")
    known = joined["value"].notna()
    return joined.assign(
        gap_neighbours=joined["value"] - joined["middle_neighbour"],
        rank_neighbours=(1 + joined["ahead"]).where(known),
        highest_neighbours=(1 + joined["higher"]).where(known),
        ranked_neighbours=joined["others"].fillna(0).astype(int) + known,
    )


def _bands(values: pd.Series, cell: pd.Series, better: pd.Series) -> pd.Series:
    """Bands within each cell; the quartiles are closed above, whichever way is better."""
    groups = values.groupby(cell.to_numpy())
    cuts = groups.quantile(np.array([0.25, 0.5, 0.75])).unstack()
    above = sum(
        (values.to_numpy() > cell.map(cuts[share]).to_numpy()).astype(int) for share in cuts
    )
    place = np.where(better == "higher", 3 - np.asarray(above), above)
    banded = pd.Series(np.array(BANDS, dtype=object)[place], index=values.index, dtype="str")
    return banded.where(values.notna() & better.isin(["higher", "lower"]))


def _columns() -> list[str]:
    front = ["area_code", *_CELL, "period", "provisional", "unit", "better", "value"]
    others = ["value_status", "england", "region", "middle_neighbour"]
    gaps = ["gap_england", "gap_region", "gap_neighbours"]
    ranks = [f"{what}_{name}" for name in _PARTS for what in ("rank", "ranked", "highest")]
    return [*front, *others, *gaps, *ranks, "band", "whole"]
