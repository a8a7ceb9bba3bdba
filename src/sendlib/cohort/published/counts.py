"""Published tables of plans as arrays by age and place type, one area at a time.

The caseload is counted by single year of age but for "0-2"; plans that
started or ended have "0-2" and "20-25" together. Hardly a plan is held before
the age of two, so all of "0-2" is put at two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, PLACES, Counts
from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.vocabulary import ENGLAND, TOTAL, PlaceType, ValueStatus

TABLES = ("ehcp_caseload_by_age", "ehcp_new_plans_by_age", "ehcp_ceased", "ehcp_caseload")
YOUNGEST, OLDEST = "0-2", "20-25"
RECORDED = (YOUNGEST, *map(str, range(3, 20)), OLDEST)
UNKNOWN = "unknown"
FIRST = 2  # the age at which "0-2" is put
_STOCK = (YOUNGEST, *map(str, AGES[3:]))


@dataclass(frozen=True, eq=False)
class Year:
    """What was published on one area from one January to the next.

    Parameters
    ----------
    census_year : int
        The January at the end.
    earlier, stock : np.ndarray
        Plans in force in the two Januaries, shape (age, place). [plans]
    earlier_total, total : float
        The published totals, some of which may have no age or place. [plans]
    new : np.ndarray
        Plans that started, by the age recorded at the start, shape
        (``RECORDED``, place). [plans]
    new_without_place : float
        How many of them stand in the total only, and are put at ``not_recorded``. [plans]
    ended_by_age, ended_by_place : np.ndarray
        Plans that ended, shapes (``RECORDED``,) and (place,); unknown ages
        are spread over the known, and both add up to the published total. [plans]
    ended_at_unknown_age : float
        How many of them were spread. [plans]
    """

    census_year: int
    earlier: Counts
    stock: Counts
    earlier_total: float
    total: float
    new: Counts
    new_without_place: float
    ended_by_age: Counts
    ended_by_place: Counts
    ended_at_unknown_age: float


def years_of(tables: Mapping[str, pd.DataFrame], area_code: str, *, origin: int) -> list[Year]:
    """Every year from January to January that the tables hold, up to an origin."""
    mine = {name: tables[name][tables[name]["area_code"] == area_code] for name in TABLES}
    held = mine["ehcp_caseload_by_age"]["census_year"]
    januaries = sorted(int(year) for year in held.unique() if year <= origin)
    pairs = [year for year in januaries if year - 1 in januaries]
    if not pairs:
        raise NotAvailableError(
            f"What happened to the plans of {area_code} up to January {origin} is not known.",
            [_too_few(januaries)],
        )
    problems: list[Problem] = []
    found = [_year(mine, year, problems) for year in pairs]
    raise_any(NotAvailableError, f"The plans of {area_code} cannot be followed by age.", problems)
    return found


def need_by_place(caseload: pd.DataFrame, *, area_code: str, census_year: int) -> pd.DataFrame:
    """Plans of one area by place type and primary need, as published for all ages."""
    rows = caseload[
        (caseload["area_code"] == area_code)
        & (caseload["census_year"] == census_year)
        & (caseload["age_band"] == TOTAL)
        & (caseload["place_type"] != TOTAL)
        & (caseload["primary_need"] != TOTAL)
    ]
    columns = ["place_type", "primary_need", "plans", "value_status"]
    return rows[columns].reset_index(drop=True)


def settled(counts: pd.DataFrame) -> pd.DataFrame:
    """Parts of each row, with those that were withheld where its total leaves no choice.

    Parameters
    ----------
    counts : pd.DataFrame
        A column for each part, and ``total`` where it was published. [plans]
    """
    parts = counts.drop(columns=TOTAL, errors="ignore")
    if TOTAL not in counts:
        return parts
    withheld = parts.isna()
    left = counts[TOTAL] - parts.sum(axis=1)
    settles = (withheld.sum(axis=1) == 1) | (left == 0)
    return parts.where(~withheld.mul(settles, axis=0), withheld.mul(left, axis=0))


def _year(mine: Mapping[str, pd.DataFrame], year: int, problems: list[Problem]) -> Year:
    stocks = {}
    for january in (year - 1, year):
        rows = _of(mine["ehcp_caseload_by_age"], "census_year", january)
        by_age = _by_place(rows, _STOCK, f"caseload of January {january}", problems)
        stocks[january] = np.concatenate([np.zeros((FIRST, len(PLACES))), by_age])
    new = _of(mine["ehcp_new_plans_by_age"], "calendar_year", year - 1)
    ended = _of(mine["ehcp_ceased"], "calendar_year", year - 1)
    by_age, by_place, unknown = _ended(ended, f"plans that ended in {year - 1}", problems)
    return Year(
        year,
        stocks[year - 1],
        stocks[year],
        _published_total(mine["ehcp_caseload"], year - 1, stocks[year - 1]),
        _published_total(mine["ehcp_caseload"], year, stocks[year]),
        _by_place(new, RECORDED, f"new plans of {year - 1}", problems),
        _without_place(new),
        by_age,
        by_place,
        unknown,
    )


def _of(frame: pd.DataFrame, column: str, year: int) -> pd.DataFrame:
    return frame[frame[column] == year]


def _by_place(
    rows: pd.DataFrame, ages: Sequence[str], what: str, problems: list[Problem]
) -> Counts:
    """Plans by age and place; a place that was not collected holds nobody."""
    if rows.empty:
        problems.append(Problem(f"no {what} by age and place", remedy=_ELSEWHERE))
    nobody_asked = rows["value_status"] == ValueStatus.NOT_COLLECTED
    asked = rows.assign(plans=rows["plans"].mask(nobody_asked, 0.0))
    counts = asked.pivot(index="age", columns="place_type", values="plans")
    parts = _with_placeless(settled(counts), counts)
    missing = int(parts.isna().any(axis=1).sum())
    if missing:
        found = f"{what}: places are not known at {missing} ages"
        problems.append(Problem(found, remedy=_ELSEWHERE))
    laid = parts.reindex(index=list(ages), columns=list(PLACES)).fillna(0.0)
    return laid.to_numpy(dtype=float)


def _with_placeless(parts: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Plans that the total has beyond its parts have no place recorded."""
    if TOTAL not in counts:
        return parts
    left = (counts[TOTAL] - parts.sum(axis=1, skipna=False)).clip(lower=0)
    added = parts.get(PlaceType.NOT_RECORDED.value, 0.0) + left.fillna(0.0)
    return parts.assign(**{PlaceType.NOT_RECORDED.value: added})


def _without_place(rows: pd.DataFrame) -> float:
    in_total = rows["place_type"] == TOTAL
    return float(rows.loc[in_total, "plans"].sum() - rows.loc[~in_total, "plans"].sum())


def _ended(rows: pd.DataFrame, what: str, problems: list[Problem]) -> tuple[Counts, Counts, float]:
    """Plans that ended by age and by place, both brought to the published total."""
    whole = rows[rows["reason"] == TOTAL]
    by_age = whole[(whole["place_type"] == TOTAL) & (whole["age"] != TOTAL)]
    by_place = whole[(whole["age"] == TOTAL) & (whole["place_type"] != TOTAL)]
    totals = whole.loc[(whole["age"] == TOTAL) & (whole["place_type"] == TOTAL), "plans"]
    if by_age.empty or by_place.empty or whole["plans"].isna().any() or len(totals) != 1:
        problems.append(Problem(f"{what}: ages or places are not known", remedy=_ELSEWHERE))
        return np.zeros(len(RECORDED)), np.zeros(len(PLACES)), 0.0
    ages = by_age.set_index("age")["plans"]
    total = float(totals.iloc[0])
    return (
        _to_total(ages.reindex(list(RECORDED)), total),
        _to_total(by_place.set_index("place_type")["plans"].reindex(list(PLACES)), total),
        float(ages.get(UNKNOWN, 0.0)),
    )


def _to_total(parts: pd.Series, total: float) -> Counts:
    """Parts scaled to a total; a part without a row is zero, as the parts add up without it."""
    known = parts.fillna(0.0).to_numpy(dtype=float)
    return known * (total / known.sum()) if known.sum() else known


def _published_total(caseload: pd.DataFrame, year: int, stock: Counts) -> float:
    margins = ["age_band", "place_type", "primary_need"]
    whole = (caseload[margins] == TOTAL).all(axis=1) & (caseload["census_year"] == year)
    plans = caseload.loc[whole, "plans"]
    return float(plans.iloc[0]) if len(plans) and plans.notna().all() else float(stock.sum())


_ELSEWHERE = (
    f"take rates from its region or from England ({ENGLAND}), or use the authority's own records"
)


def _too_few(januaries: Sequence[int]) -> Problem:
    held = ", ".join(map(str, januaries)) or "no January"
    return Problem(
        f"plans by single year of age are available for {held}",
        "table ehcp_caseload_by_age",
        "two Januaries in a row are needed: choose a later origin, or use the authority's "
        "own records",
    )
