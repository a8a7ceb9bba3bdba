"""One measure of an authority, its statistical neighbours, its region and England."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.errors import DataError, Problem
from sendlib.indicators.frames import check_one_row_each, latest, measure_of
from sendlib.pages.figures import KEY_FIGURES
from sendlib.pages.notes import KeyFigure, peer_figure
from sendlib.tidy import period_of
from sendlib.vocabulary import ENGLAND, AreaLevel

MIDDLE = "Middle neighbour"
_NEIGHBOUR = "neighbour"


def to_peers(
    values: pd.DataFrame, group: PeerGroup, *, year: int | str | None = None
) -> pd.DataFrame:
    """One measure of an authority and its peers in one year, with gap and rank.

    Neighbours whose value is missing keep their row and have no rank. Ties share the better
    rank. Rank 1 is the highest value, whether or not high is good.

    Parameters
    ----------
    values : pd.DataFrame
        A measure of ``indicators`` or of ``finance``.
    group : PeerGroup
        The authority and whom it is compared with: ``authority.group``.
    year : int or str, optional
        A year as the measure writes it; the newest with a figure for the authority otherwise.

    Returns
    -------
    pd.DataFrame
        A row for each area of the group, the authority first: the columns of the measure,
        with ``role`` ("authority", "neighbour", "region" or "england") after the area, then
        ``gap`` (the authority's value less this area's, in the unit), ``rank`` (among the
        authority and its neighbours), ``ranked`` (how many have a rank). No rows where the
        authority has no value; its ``attrs`` say so.

    Raises
    ------
    NotAvailableError
        If no area has rows of that year.
    DataError
        If the values are no measure, or the group is not one.

    Examples
    --------
    >>> from sendlib import Authority, indicators
    >>> wiltshire = Authority.open("Wiltshire")
    >>> plans = indicators.plans(wiltshire.load("ehcp_caseload"))
    >>> to_peers(plans, wiltshire.group)["area_name"].tolist()[0]
    'Wiltshire'
    """
    name = _measure(values, group, "to_peers")
    period, known = period_of(values), values.dropna(subset=name)
    own = known.loc[known["area_code"] == group.area_code, period]
    chosen = latest(known, year, measure=name)[period].max() if year else own.max()
    rows = values[values[period] == chosen].set_index("area_code").reindex(list(group.everyone))
    roles = [_role(code, group) for code in rows.index]
    rows[period] = chosen
    rows["area_name"] = [group.names[code] for code in rows.index]
    rows["area_type"] = [
        AreaLevel.AUTHORITY.value if role == _NEIGHBOUR else role for role in roles
    ]
    rows.insert(list(rows.columns).index("area_type") + 1, "role", roles)
    own_value = rows[name].iloc[0]
    rows["gap"] = own_value - rows[name]
    is_local = rows["role"].isin(["authority", _NEIGHBOUR])
    rows["rank"] = rows[name].where(is_local).rank(ascending=False, method="min")
    rows["ranked"] = int(rows["rank"].notna().sum())
    compared: pd.DataFrame = rows.reset_index()
    if pd.isna(own_value):
        compared = compared.iloc[:0]
    compared.attrs = _why_empty(compared, group) | values.attrs | {"measure": name}
    return compared


def key_figure(key: str, values: pd.DataFrame, group: PeerGroup) -> KeyFigure:
    """An authority's last figure of a measure for a tile, beside what it is to be read with.

    That is its figure of a year before and, unless it counts, England's and the middle
    neighbour's: a count says how large an area is. Without a figure there is no tile.

    Parameters
    ----------
    key : str
        As for ``pages.KeyFigure``.
    values, group
        As for ``to_peers``.
    """
    peers, period = to_peers(values, group), period_of(values)
    if peers.empty:
        return KeyFigure(key, float("nan"))
    name, last = str(peers.attrs["measure"]), peers[period].iloc[0]
    own = values[values["area_code"] == group.area_code].set_index(period)[name]
    before = own.get(last - 1, np.nan) if isinstance(last, int | np.integer) else np.nan
    when = f"January {last}" if period == "census_year" else str(last)
    if KEY_FIGURES[key].unit.written == "count":
        peers = peers.iloc[:1]
    return peer_figure(key, peers, when=when, before=float(before))


def across_years(values: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """A measure over years: the authority, the middle neighbour, region, England.

    Parameters
    ----------
    values, group
        As for ``to_peers``.

    Returns
    -------
    pd.DataFrame
        ``area_name``, ``role``, the period, what the measure is made from, and the measure,
        the authority first. "Middle neighbour" is the median of each column over the
        neighbours that have a value in that year; it is left out where neighbours are not
        known. No rows where the authority has no value; its ``attrs`` say so.
    """
    name = _measure(values, group, "across_years")
    period = period_of(values)
    numbers = [one for one in values.select_dtypes("number") if one not in (period, name)]
    rows = values[values["area_code"].isin(list(group.everyone))]
    rows = rows.assign(role=[_role(code, group) for code in rows["area_code"]])
    near = rows[rows["role"].eq(_NEIGHBOUR) & rows[name].notna()].groupby(period)
    middle = near[[*numbers, name]].median().reset_index()
    middle = middle.assign(area_name=MIDDLE, role=_NEIGHBOUR)
    own, *others = (rows[rows["role"] == role] for role in ("authority", "region", "england"))
    lines = pd.concat([own, middle, *others], ignore_index=True)
    lines = lines[["area_name", "role", period, *numbers, name]]
    if own[name].isna().all():
        lines = lines.iloc[:0]
    lines.attrs = _why_empty(lines, group) | values.attrs | {"measure": name}
    return lines


def ranking(frame: pd.DataFrame, *, year: int | str | None = None) -> pd.DataFrame:
    """Every authority in one year, the highest first; regions and England are left out.

    Parameters
    ----------
    frame : pd.DataFrame
        A measure of ``indicators`` or of ``finance``.
    year : int or str, optional
        A year as the frame writes it; the newest with a figure otherwise.

    Returns
    -------
    pd.DataFrame
        ``rank``, then the frame's columns. Ties share the better rank; authorities without
        a figure come last and have none.

    Raises
    ------
    DataError
        If the frame is no measure, or an area has several rows in a year.
    NotAvailableError
        If it has no rows of that year.

    Examples
    --------
    >>> from sendlib import Authority, indicators
    >>> plans = indicators.plans(Authority.open("Wiltshire").load("ehcp_caseload"))
    >>> ranking(indicators.growth(plans, 2019))["area_type"].unique().tolist()
    ['authority']
    """
    name = measure_of(frame, None, where="ranking")
    check_one_row_each(frame, "ranking")
    rows = frame[frame["area_type"] == AreaLevel.AUTHORITY]
    rows = latest(rows, year, measure=name).sort_values(name, ascending=False, kind="stable")
    ranks = rows[name].rank(ascending=False, method="min").astype("Int64")
    ranked = rows.drop(columns="rank", errors="ignore")
    ranked.insert(0, "rank", ranks)
    ranked.attrs["measure"] = name
    return ranked.reset_index(drop=True)


def _measure(values: pd.DataFrame, group: object, where: str) -> str:
    """The column that is compared; refuses an authority in place of its group."""
    if not isinstance(group, PeerGroup):
        problem = Problem(
            "not_a_group", f"its type is {type(group).__name__}", "group", "give authority.group"
        )
        raise DataError("Those cannot be compared.", [problem])
    name = measure_of(values, None, where=where)
    check_one_row_each(values, where)
    return name


def _role(code: str, group: PeerGroup) -> str:
    roles = {group.area_code: "authority", group.region: "region", ENGLAND: "england"}
    return roles.get(code, _NEIGHBOUR)


def _why_empty(frame: pd.DataFrame, group: PeerGroup) -> dict[Hashable, Any]:
    return {} if len(frame) else {"why": f"There is no figure for {group.name}."}
