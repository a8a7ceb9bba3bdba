"""An authority beside its statistical neighbours, its region and England."""

from enum import StrEnum

import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.errors import DataError, NotHeldError, Problem, raise_any
from sendlib.vocabulary import ENGLAND


class Role(StrEnum):
    """What an area is to the authority that the page is about."""

    AUTHORITY = "authority"
    NEIGHBOUR = "neighbour"
    REGION = "region"
    ENGLAND = "england"


def to_peers(values: pd.Series, group: PeerGroup) -> pd.DataFrame:
    """One measure of an authority beside its peers: gap and rank.

    Neighbours whose value is missing keep their row and have no rank. Ties
    share the better rank. Rank 1 is the highest value, whether or not high is
    good: the measure's meaning is for the page to say.

    Parameters
    ----------
    values : pd.Series
        Index ``area_code``; any unit, the same for all.
    group : PeerGroup
        The authority and whom it is compared with.

    Returns
    -------
    pd.DataFrame
        A row for each area of the group that is held: ``area_code``,
        ``area_name``, ``role``, ``value``, ``gap`` (the authority's value less
        this area's, in the unit), ``rank`` (among the authority and its
        neighbours), ``ranked`` (how many have a rank).

    Raises
    ------
    NotHeldError
        If the authority itself has no value.
    DataError
        If the values are a frame of several years, or the group is not one.

    Examples
    --------
    >>> group = PeerGroup("865", ("850",), "E1", {"865": "Wiltshire", "850": "Hampshire"})
    >>> beside = to_peers(pd.Series({"865": 3.0, "850": 4.0}), group)
    >>> beside[["area_name", "gap", "rank"]].to_numpy().tolist()
    [['Wiltshire', 0.0, 2.0], ['Hampshire', -1.0, 1.0]]
    """
    _check_kinds(values, pd.Series, "values", "choose one year of it: measure[2025]", group)
    held = [code for code in group.everyone if code in values.index]
    frame = pd.DataFrame({"area_code": held, "value": values.reindex(held).to_numpy()})
    own = frame.loc[frame["area_code"] == group.area_code, "value"]
    if own.isna().all():
        problem = Problem(
            f"no value of {values.name or 'this measure'} for {group.name}",
            remedy="give values whose index is area_code, and in which it has one",
        )
        raise NotHeldError("There is nothing to compare.", [problem])
    frame["area_name"] = frame["area_code"].map(group.names)
    frame["role"] = [_role(code, group) for code in held]
    frame["gap"] = own.iloc[0] - frame["value"]
    in_ranking = frame["area_code"].isin(list(group.authorities))
    frame["rank"] = frame["value"].where(in_ranking).rank(ascending=False, method="min")
    frame["ranked"] = int(frame["rank"].notna().sum())
    columns = ["area_code", "area_name", "role", "value", "gap", "rank", "ranked"]
    return frame[columns]


def across_years(wide: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """A measure over years: the authority, the middle neighbour, region, England.

    Parameters
    ----------
    wide : pd.DataFrame
        Index ``area_code``, columns years.
    group : PeerGroup
        The authority and whom it is compared with.

    Returns
    -------
    pd.DataFrame
        ``year``, ``name``, ``value``, the authority first. "Middle neighbour"
        is the median of the neighbours that have a value in that year, and is
        left out for an authority whose neighbours are not held.

    Raises
    ------
    NotHeldError
        If the authority itself is not among the rows.
    DataError
        If the measure is a single year, or the group is not one.
    """
    _check_kinds(wide, pd.DataFrame, "wide", "give a frame with a column for each year", group)
    if group.area_code not in wide.index:
        raise NotHeldError(
            "There is nothing to compare.",
            [Problem(f"no row for {group.name}", remedy="give rows whose index is area_code")],
        )
    held = [code for code in (group.area_code, group.region, ENGLAND) if code in wide.index]
    own, *larger = [wide.loc[[code]].set_axis([group.names[code]]) for code in held]
    neighbours = [code for code in group.neighbours if code in wide.index]
    middle = [wide.loc[neighbours].median().to_frame("Middle neighbour").T] if neighbours else []
    long = pd.concat([own, *middle, *larger]).rename_axis("name").reset_index()
    return long.melt("name", var_name="year", value_name="value")[["year", "name", "value"]]


def _role(code: str, group: PeerGroup) -> Role:
    if code == group.area_code:
        return Role.AUTHORITY
    if code == group.region:
        return Role.REGION
    return Role.ENGLAND if code == ENGLAND else Role.NEIGHBOUR


def _check_kinds(measure: object, kind: type, where: str, remedy: str, group: object) -> None:
    """Refuse a frame for a column, a column for a frame, and an authority for its group."""
    problems = []
    if not isinstance(measure, kind):
        problems.append(Problem(f"its type is {type(measure).__name__}", where, remedy))
    if not isinstance(group, PeerGroup):
        found = f"its type is {type(group).__name__}"
        problems.append(Problem(found, "group", "give authority.group"))
    raise_any(DataError, "Those cannot be compared.", problems)
