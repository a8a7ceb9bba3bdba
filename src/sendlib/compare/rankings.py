"""Gaps, ranks and quartile bands of every authority, indicator and year at once.

Ranks and bands are those of the published code of the department's local authority
interactive tool (LAIT): ties share the better rank, and quartiles are linear (type 7).
"""

import numpy as np
import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.errors import DataError, Problem, raise_any
from sendlib.tidy import existed
from sendlib.vocabulary import ENGLAND, AreaLevel

BANDS = ("A", "B", "C", "D")  # A has the best quarter
NOT_BANDED = frozenset(
    {"pupils_with_ehcp_pct", "pupils_on_sen_support_pct", "requests_refused_pct"}
)  # the data dictionary of the tool gives these no polarity
_CELL = ["indicator", "year"]
_KEY = ["area_code", *_CELL]
_BASIS = ("unit", "better", "period")


def indicator_ranks(
    indicators: pd.DataFrame, areas: pd.DataFrame, neighbours: pd.DataFrame
) -> pd.DataFrame:
    """Gaps, ranks and quartile bands of every authority, indicator and year.

    What is withheld or not available has its status and no gap, rank or band, and others
    are ranked without it. An authority has no row in a year in which it did not exist,
    unless the department publishes a value for it.

    Parameters
    ----------
    indicators, areas, neighbours : pd.DataFrame
        Tables ``indicator``, ``area`` and ``neighbour``.

    Returns
    -------
    pd.DataFrame
        One row for each authority, indicator and year: the columns of ``indicators``, then
        ``england``, ``region`` and ``middle_neighbour`` (the median of those with a value),
        with ``gap_*`` (the authority's value less the other's) [unit]; ``rank_*`` (1 is the
        best, or the highest where neither way is better), ``ranked_*`` (how many have a
        rank) and ``highest_*`` (the rank from the highest down) among ``neighbours``,
        ``region`` and ``all``; ``band``; ``complete`` (whether every authority of that year
        has a row: only then is ``rank_all`` a place in the whole country).
    """
    _check_alike(indicators)
    authorities = areas[areas["area_type"] == AreaLevel.AUTHORITY]
    dated = authorities[["area_code", "region_code", "first_census", "last_census"]]
    own = indicators.merge(dated, on="area_code")
    own = own[existed(own, own["year"]) | own["value"].notna()].reset_index(drop=True)
    by_area = indicators.set_index(_KEY)["value"]
    for name, codes in (("england", ENGLAND), ("region", own["region_code"])):
        keys = pd.MultiIndex.from_frame(own.assign(area_code=codes)[_KEY])
        own[name] = by_area.reindex(keys).to_numpy()
        own[f"gap_{name}"] = own["value"] - own[name]
    own["score"] = own["value"] * np.where(own["better"] == "lower", 1.0, -1.0)  # best: smallest
    for name, by in (("region", [*_CELL, "region_code"]), ("all", _CELL)):
        cells = own.groupby(by, sort=False)
        own[f"rank_{name}"] = cells["score"].rank(method="min")
        own[f"ranked_{name}"] = cells["score"].transform("count")
        own[f"highest_{name}"] = cells["value"].rank(method="min", ascending=False)
    own = _with_neighbours(own, neighbours)
    own["band"] = _bands(own)
    own["complete"] = _complete(own, authorities)
    ranks = [
        f"{what}_{among}"
        for among in ("neighbours", "region", "all")
        for what in ("rank", "ranked", "highest")
    ]
    columns = [*_KEY, "period", "provisional", "unit", "better", "value", "value_status"]
    columns += ["england", "region", "middle_neighbour"]
    columns += ["gap_england", "gap_region", "gap_neighbours", *ranks, "band", "complete"]
    return own[columns].sort_values(_KEY, ignore_index=True)


def latest_ranks(ranks: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """One authority's rows of ``indicator_ranks``, each of the last year that England has."""
    published = ranks[(ranks["area_code"] == group.area_code) & ranks["england"].notna()]
    return published.drop_duplicates("indicator", keep="last").reset_index(drop=True)


def _check_alike(indicators: pd.DataFrame) -> None:
    """Refuse to compare areas whose figures are not of one kind."""
    basis = indicators[[*_CELL, *_BASIS]].drop_duplicates()
    problems = [
        Problem(
            "areas_differ",
            f"areas differ in {name}: {' and '.join(sorted(rows[name].unique()))}",
            f"{indicator}, {year}",
            "compare only figures of one unit, period and polarity",
        )
        for (indicator, year), rows in basis[basis.duplicated(_CELL, keep=False)].groupby(_CELL)
        for name in _BASIS
        if rows[name].nunique() > 1
    ]
    raise_any(DataError, "Unlike figures cannot be compared.", problems)


def _with_neighbours(own: pd.DataFrame, neighbours: pd.DataFrame) -> pd.DataFrame:
    """The middle neighbour, and the rank among the authority and its neighbours."""
    values = own[[*_KEY, "score", "value"]]
    pairs = values.merge(neighbours[["area_code", "neighbour_area_code"]], on="area_code").merge(
        values.rename(columns={"area_code": "neighbour_area_code"}),
        on=["neighbour_area_code", *_CELL],
        suffixes=("", "_other"),
    )
    pairs["ahead"] = (pairs["score_other"] < pairs["score"]).astype(int)
    pairs["higher"] = (pairs["value_other"] > pairs["value"]).astype(int)
    summed = pairs.groupby(_KEY, sort=False).agg(
        middle_neighbour=("value_other", "median"),
        ahead=("ahead", "sum"),
        higher=("higher", "sum"),
        others=("value_other", "count"),
    )
    joined = own.merge(summed, left_on=_KEY, right_index=True, how="left")
    known = joined["value"].notna()
    return joined.assign(
        gap_neighbours=joined["value"] - joined["middle_neighbour"],
        rank_neighbours=(1 + joined["ahead"]).where(known),
        highest_neighbours=(1 + joined["higher"]).where(known),
        ranked_neighbours=joined["others"].fillna(0).astype(int) + known,
    )


def _bands(own: pd.DataFrame) -> pd.Series:
    """Quartile bands within each indicator and year, the quartiles closed above."""
    cell = own["indicator"] + own["year"].astype(str)
    cuts = own["value"].groupby(cell.to_numpy()).quantile(np.array([0.25, 0.5, 0.75])).unstack()
    above = sum((own["value"] > cell.map(cuts[share])).astype(int) for share in cuts)
    place = np.where(own["better"] == "higher", 3 - above, above)
    banded = pd.Series(np.array(BANDS, dtype=object)[place], own.index, dtype="str")
    has_polarity = own["better"].isin(["higher", "lower"]) & ~own["indicator"].isin(NOT_BANDED)
    return banded.where(own["value"].notna() & has_polarity)


def _complete(own: pd.DataFrame, authorities: pd.DataFrame) -> pd.Series:
    """Whether every authority that existed in its year has a row of the same indicator."""
    exists = existed(own, own["year"])
    available = exists.groupby([own[name] for name in _CELL]).transform("sum")
    existing = {year: int(existed(authorities, year).sum()) for year in own["year"].unique()}
    return available >= own["year"].map(existing)
