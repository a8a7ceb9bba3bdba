"""An authority beside its statistical neighbours, its region and England; or all in a ranking."""

from collections.abc import Hashable
from enum import StrEnum
from typing import Any

import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.errors import DataError, Problem
from sendlib.indicators.frames import check_one_row_each, latest, measure_of, period_of
from sendlib.vocabulary import ENGLAND, AreaLevel


class Role(StrEnum):
    """What an area is to the authority that the page is about."""

    AUTHORITY = "authority"
    NEIGHBOUR = "neighbour"
    REGION = "region"
    ENGLAND = "england"


MIDDLE = "Middle neighbour"


def to_peers(
    values: pd.DataFrame | pd.Series,
    group: PeerGroup,
    *,
    year: int | str | None = None,
    measure: str | None = None,
) -> pd.DataFrame:
    """One measure of an authority beside its peers in one year: gap and rank.

    Neighbours whose value is missing keep their row and have no rank. Ties
    share the better rank. Rank 1 is the highest value, whether or not high is
    good: the measure's meaning is for the page to say.

    Parameters
    ----------
    values : pd.DataFrame or pd.Series
        A measure of ``indicators``; or one value for each ``area_code``, its index.
    group : PeerGroup
        The authority and whom it is compared with: ``authority.group``.
    year : int or str, optional
        A year as the measure writes it; the newest with a figure for the
        authority otherwise.
    measure : str, optional
        The column that is compared; the measure's own otherwise.

    Returns
    -------
    pd.DataFrame
        A row for each area of the group, the authority first: the columns of the
        measure, with ``role`` after the area, then ``gap`` (the authority's value
        less this area's, in the unit), ``rank`` (among the authority and its
        neighbours), ``ranked`` (how many have a rank). Of a Series, ``area_code``,
        ``area_name``, ``role``, ``value`` and the last three, for areas that it has.
        No rows where the authority itself has no value; its ``attrs`` say so.

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
    _check_group(group)
    if isinstance(values, pd.Series):
        series = _add_comparison(_of_series(values, group), "value", group)
        series.attrs = _why_empty(series, group) | {"what": str(values.name or "this measure")}
        return series
    name = measure_of(values, measure, where="to_peers")
    check_one_row_each(values, "to_peers")
    period, known = period_of(values), values.dropna(subset=name)
    own = known.loc[known["area_code"] == group.area_code, period]
    chosen = latest(known, year, measure=name)[period].max() if year else own.max()
    rows = values[values[period] == chosen].set_index("area_code").reindex(list(group.everyone))
    rows[period] = chosen
    rows["area_name"] = [group.names[code] for code in rows.index]
    rows["area_type"] = [_type(code, group) for code in rows.index]
    compared = _add_comparison(rows.reset_index(), name, group)
    compared.attrs = _why_empty(compared, group) | values.attrs | {"measure": name}
    return compared


def across_years(
    values: pd.DataFrame, group: PeerGroup, *, measure: str | None = None
) -> pd.DataFrame:
    """A measure over years: the authority, the middle neighbour, region, England.

    Parameters
    ----------
    values : pd.DataFrame
        A measure of ``indicators``; or index ``area_code``, columns years.
    group : PeerGroup
        The authority and whom it is compared with: ``authority.group``.
    measure : str, optional
        The column that is compared; the measure's own otherwise.

    Returns
    -------
    pd.DataFrame
        ``area_name``, ``role``, the period, what the measure is made from, and the
        measure, the authority first. "Middle neighbour" is the median of each column
        over the neighbours that have a value in that year, and is left out for an
        authority whose neighbours are not known. Of years that are columns,
        ``year``, ``name``, ``value``. No rows where the authority itself has no
        value; its ``attrs`` say so.

    Raises
    ------
    DataError
        If the measure is a single year, or the group is not one.
    """
    _check_group(group)
    if "area_code" not in getattr(values, "columns", ()):
        return _of_matrix(values, group)
    name = measure_of(values, measure, where="across_years")
    check_one_row_each(values, "across_years")
    period = period_of(values)
    numbers = [one for one in values.select_dtypes("number") if one not in (period, name)]
    rows = values[values["area_code"].isin(list(group.everyone))]
    rows = rows.assign(role=[_role(code, group) for code in rows["area_code"]])
    near = rows[rows["role"].eq(Role.NEIGHBOUR) & rows[name].notna()].groupby(period)
    middle = near[[*numbers, name]].median().reset_index()
    middle = middle.assign(area_name=MIDDLE, role=Role.NEIGHBOUR)
    parts = [rows[rows["role"] == role] for role in Role if role != Role.NEIGHBOUR]
    lines = pd.concat([parts[0], middle, *parts[1:]], ignore_index=True)
    lines = lines[["area_name", "role", period, *numbers, name]]
    if parts[0][name].isna().all():
        lines = lines.iloc[:0]
    lines.attrs = _why_empty(lines, group) | values.attrs | {"measure": name}
    return lines


def ranking(
    frame: pd.DataFrame,
    *,
    year: int | str | None = None,
    measure: str | None = None,
    larger: bool = False,
) -> pd.DataFrame:
    """Every authority in one year, the highest first; regions and England are left out.

    Parameters
    ----------
    frame : pd.DataFrame
        A measure of ``indicators`` or of ``finance``.
    year : int or str, optional
        A year as the frame writes it; the newest with a figure otherwise.
    measure : str, optional
        The column that is ranked; the frame's own otherwise.
    larger : bool
        Whether regions and England are ranked too.

    Returns
    -------
    pd.DataFrame
        ``rank``, then the frame's columns. Ties share the better rank; authorities
        without a figure stand last and have none.

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
    name = measure_of(frame, measure, where="ranking")
    check_one_row_each(frame, "ranking")
    rows = frame if larger else frame[frame["area_type"] == AreaLevel.AUTHORITY]
    rows = latest(rows, year, measure=name).sort_values(name, ascending=False, kind="stable")
    ranks = rows[name].rank(ascending=False, method="min").astype("Int64")
    ranked = rows.drop(columns="rank", errors="ignore")
    ranked.insert(0, "rank", ranks)
    ranked.attrs["measure"] = name
    return ranked.reset_index(drop=True)


def _add_comparison(rows: pd.DataFrame, name: str, group: PeerGroup) -> pd.DataFrame:
    """Rows of a group's areas with the role, the gap and the rank of each.

    None, where the authority itself has no value.
    """
    last_of_area = [column for column in rows if column in ("area_name", "area_type")][-1]
    roles = [_role(code, group) for code in rows["area_code"]]
    rows.insert(list(rows.columns).index(last_of_area) + 1, "role", roles)
    own = rows.loc[rows["area_code"] == group.area_code, name]
    rows["gap"] = own.max() - rows[name]
    in_ranking = rows["area_code"].isin(list(group.authorities))
    rows["rank"] = rows[name].where(in_ranking).rank(ascending=False, method="min")
    rows["ranked"] = int(rows["rank"].notna().sum())
    return rows.iloc[:0] if own.isna().all() else rows


def _of_series(values: pd.Series, group: PeerGroup) -> pd.DataFrame:
    """Values of the areas of a group that are there."""
    held = [code for code in group.everyone if code in values.index]
    names = [group.names[code] for code in held]
    found = values.reindex(held).to_numpy()
    return pd.DataFrame({"area_code": held, "area_name": names, "value": found})


def _of_matrix(wide: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The lines of a measure whose years are columns."""
    if not isinstance(wide, pd.DataFrame):
        remedy = "give a measure, or a frame with a column for each year"
        problem = Problem(f"its type is {type(wide).__name__}", "values", remedy)
        raise DataError("Those cannot be compared.", [problem])
    held = [code for code in (group.area_code, group.region, ENGLAND) if code in wide.index]
    lines = [wide.loc[[code]].set_axis([group.names[code]]) for code in held]
    neighbours = [code for code in group.neighbours if code in wide.index]
    middle = [wide.loc[neighbours].median().to_frame(MIDDLE).T] if neighbours else []
    long = pd.concat([*lines[:1], *middle, *lines[1:]]).rename_axis("name").reset_index()
    if group.area_code not in wide.index:
        long = long.iloc[:0]
    made = long.melt("name", var_name="year", value_name="value")[["year", "name", "value"]]
    made.attrs = _why_empty(made, group) | wide.attrs
    return made


def _role(code: str, group: PeerGroup) -> Role:
    if code == group.area_code:
        return Role.AUTHORITY
    if code == group.region:
        return Role.REGION
    return Role.ENGLAND if code == ENGLAND else Role.NEIGHBOUR


def _type(code: str, group: PeerGroup) -> str:
    role = _role(code, group)
    return AreaLevel.AUTHORITY.value if role == Role.NEIGHBOUR else role.value


def _why_empty(frame: pd.DataFrame, group: PeerGroup) -> dict[Hashable, Any]:
    """Why a comparison has no rows; nothing where it has some."""
    return {} if len(frame) else {"why": f"There is no figure for {group.name}."}


def _check_group(group: object) -> None:
    """Refuse an authority for its group."""
    if not isinstance(group, PeerGroup):
        problem = Problem(f"its type is {type(group).__name__}", "group", "give authority.group")
        raise DataError("Those cannot be compared.", [problem])
