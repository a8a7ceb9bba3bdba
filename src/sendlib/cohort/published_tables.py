"""Published plans as arrays by age and place type; those of "0-2" are all put at two.

A January published without ages or places is spread as the authority's own plans were in another:
hidden where both Januaries have it, that was nearer than its region's mix (decisions/0014-places).

References
----------
- Rao, J. N. K. and Molina, I. (2015). Small area estimation. 2nd edition. Wiley: a known total,
  spread as the same area was at another time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.cohort.axes import AGES, PLACES, Counts
from sendlib.cohort.balance import apportion
from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.vocabulary import TOTAL, PlaceType, ValueStatus

TABLES = ("ehcp_caseload_by_age", "ehcp_new_plans_by_age", "ehcp_ceased", "ehcp_caseload")
FIRST = 2  # the age at which "0-2" is put
OLDEST = "20-25"
RECORDED = ("0-2", *map(str, range(3, 20)), OLDEST)
_STOCK = ("0-2", *map(str, AGES[3:]))
_TRACE = 1e-6  # weight of all ages where the other January has nobody of an age
_Cells = tuple[NDArray[np.bool_], float]  # cells, and how many plans they have together
_REMEDY = "take rates from its region or from England, or use the authority's own records"


@dataclass(frozen=True, eq=False)
class Year:
    """What was published on one area from one January to the next. [plans]"""

    census_year: int  # the January at the end
    earlier: Counts  # in force in the first January, shape (age, place)
    stock: Counts  # in force in the second, same shape
    earlier_total: float  # as published; some may have no age or place
    total: float
    new: Counts  # that started, by the age recorded at the start, shape (RECORDED, place)
    new_without_place: float  # of them, in the total only and put at "not recorded"
    ended_by_age: Counts  # that ended, shape (RECORDED,), unknown ages spread over the known
    ended_by_place: Counts  # shape (place,); both add up to the published total
    ended_at_unknown_age: float
    borrowed: str = ""  # says which plans have the ages or places of another January


@dataclass(frozen=True, eq=False)
class _January:
    """Plans in force in one January; NaN is what was not published."""

    plans: Counts  # shape (age, place)
    by_age: Counts  # published totals, shape (age,)
    by_place: Counts  # the same of places, shape (place,); used where no age is published
    total: float

    @property
    def lacking(self) -> str:
        """What some of its plans were published without; empty where nothing is."""
        if not np.isnan(self.plans).any():
            return ""
        if not np.isnan(self.by_age).any():
            return "kinds of place"
        return "ages and kinds of place" if np.isnan(self.by_place).any() else "ages"


def years_of(tables: Mapping[str, pd.DataFrame], area_code: str, *, origin: int) -> list[Year]:
    """Every year from January to January that the tables hold, up to an origin.

    A January without the ages or places of some plans borrows them from another, as does the one
    before the first with ages where no two in a row have them.
    """
    mine = {name: tables[name][tables[name]["area_code"] == area_code] for name in TABLES}
    published = mine["ehcp_caseload_by_age"]["census_year"]
    area = next(iter(mine["ehcp_caseload"].get("area_name", ())), area_code)
    with_ages = sorted(int(year) for year in published.unique() if year <= origin)
    januaries = {year: _january(mine, year) for year in with_ages}
    if with_ages and not any(year - 1 in januaries for year in with_ages):
        before = _january(mine, with_ages[0] - 1)
        if not np.isnan(before.by_place).any():
            januaries[with_ages[0] - 1] = before
    pairs = sorted(year for year in januaries if year - 1 in januaries)
    if not pairs:
        problem = Problem(
            "no_single_years_of_age",
            "plans by single year of age are available for "
            + (", ".join(map(str, with_ages)) or "no January"),
            "table ehcp_caseload_by_age",
            "two Januaries in a row are needed: choose a later origin, or use the authority's "
            "own records",
        )
        what = f"The caseload of {area} up to January {origin} cannot be followed by age."
        raise NotAvailableError(what, [problem])
    problems: list[Problem] = []
    years = [_year(mine, januaries, year, problems) for year in pairs]
    raise_any(NotAvailableError, f"The plans of {area} cannot be followed by age.", problems)
    return years


def _year(
    mine: Mapping[str, pd.DataFrame],
    januaries: Mapping[int, _January],
    january: int,
    problems: list[Problem],
) -> Year:
    before = january - 1
    earlier, earlier_total, earlier_said = _stock(januaries, before, problems)
    stock, total, said = _stock(januaries, january, problems)
    new = _of(mine["ehcp_new_plans_by_age"], "calendar_year", before)
    in_total = new["place_type"] == TOTAL
    ended = _of(mine["ehcp_ceased"], "calendar_year", before)
    return Year(
        january,
        earlier,
        stock,
        earlier_total,
        total,
        _new_plans(new, f"new plans of {before}", problems),
        float(new.loc[in_total, "plans"].sum() - new.loc[~in_total, "plans"].sum()),
        *_ended(ended, f"plans that ended in {before}", problems),
        " ".join(filter(None, (earlier_said, said))),
    )


def _of(rows: pd.DataFrame, column: str, year: int) -> pd.DataFrame:
    return rows[rows[column] == year]


def _january(mine: Mapping[str, pd.DataFrame], year: int) -> _January:
    """What was published of the plans in force in a January."""
    caseload = _of(mine["ehcp_caseload"], "census_year", year)
    of_all = (caseload[["age_band", "primary_need"]] == TOTAL).all(axis=1)
    counts = _collected(caseload[of_all]).set_index("place_type")["plans"]
    rows = _of(mine["ehcp_caseload_by_age"], "census_year", year)
    plans, by_age = np.full((len(_STOCK), len(PLACES)), np.nan), np.full(len(_STOCK), np.nan)
    if len(rows):
        plans, by_age = _by_place(rows, _STOCK)
    return _January(
        np.concatenate([np.zeros((FIRST, len(PLACES))), plans]),
        np.concatenate([np.zeros(FIRST), by_age]),
        counts.reindex(list(PLACES)).to_numpy(dtype=float),
        float(counts.get(TOTAL, np.nan)),
    )


def _stock(
    januaries: Mapping[int, _January], january: int, problems: list[Problem]
) -> tuple[Counts, float, str]:
    """Plans in force in a January, shape (age, place), the published total, what is borrowed."""
    published = januaries[january]
    found = _in_force(januaries, january)
    if found is None:
        problems.append(_places_not_known(published.plans, f"caseload of January {january}"))
        return np.nan_to_num(published.plans), published.total, ""
    plans, said = found
    return plans, float(plans.sum()) if np.isnan(published.total) else published.total, said


def _in_force(januaries: Mapping[int, _January], january: int) -> tuple[Counts, str] | None:
    """Plans by age and place, whole, and a sentence on any that borrow a mix; none if none can."""
    mine = januaries[january]
    if not mine.lacking:
        return mine.plans, ""
    lenders = [year for year, other in januaries.items() if not other.lacking]
    groups = list(_groups(mine))
    if not lenders or any(np.isnan(total) for _, total in groups):
        return None
    lender = min(lenders, key=lambda year: abs(year - january))
    mix, plans = januaries[lender].plans, mine.plans.copy()
    weights = mix + _TRACE * mix.sum(axis=0)
    for cells, total in groups:
        plans[cells] = apportion(weights[cells], max(total, 0.0))
    borrowed = plans[np.isnan(mine.plans)].sum()
    return plans, (
        f"The {mine.lacking} of {borrowed:,.0f} plans of January {january} are not published; "
        f"they are taken to be as in January {lender}, so who moved in that year is known roughly."
    )


def _groups(january: _January) -> Iterator[_Cells]:
    """Cells not published that have a known sum: of an age, of a place, or of all that is left."""
    unknown = np.isnan(january.plans)
    if january.lacking == "ages":
        for place, total in enumerate(january.by_place):
            yield unknown & (np.arange(len(january.by_place)) == place), float(total)
        return
    left = january.by_age - np.nansum(january.plans, axis=1)
    for age in np.flatnonzero(unknown.any(axis=1) & ~np.isnan(left)):
        yield unknown & (np.arange(len(left)) == age)[:, None], float(left[age])
    if (nowhere := unknown & np.isnan(left)[:, None]).any():
        elsewhere = np.nansum(january.by_age) + np.nansum(january.plans[np.isnan(left)])
        yield nowhere, january.total - elsewhere


def _new_plans(rows: pd.DataFrame, what: str, problems: list[Problem]) -> Counts:
    """New plans by age recorded and place, shape (RECORDED, place)."""
    if rows.empty:
        problems.append(Problem("no_ages_by_place", f"no {what} by age and place", remedy=_REMEDY))
    plans, _ = _by_place(rows, RECORDED)
    if np.isnan(plans).any():
        problems.append(_places_not_known(plans, what))
    return plans


def _places_not_known(plans: Counts, what: str) -> Problem:
    missing = int(np.isnan(plans).any(axis=1).sum())
    return Problem(
        "places_not_known", f"{what}: places are not known at {missing} ages", remedy=_REMEDY
    )


def _collected(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in which a place that was not collected holds nobody."""
    not_collected = rows["value_status"] == ValueStatus.NOT_COLLECTED
    return rows.assign(plans=rows["plans"].mask(not_collected, 0.0))


def _by_place(rows: pd.DataFrame, ages: Sequence[str]) -> tuple[Counts, Counts]:
    """Plans by age and place, and by age; a place withheld has what the total surely leaves."""
    counts = _collected(rows).pivot(index="age", columns="place_type", values="plans")
    parts = counts.drop(columns=TOTAL, errors="ignore")
    by_age = parts.sum(axis=1, skipna=False)
    if TOTAL in counts:
        by_age = counts[TOTAL]
        withheld = parts.isna()
        left = by_age - parts.sum(axis=1)
        settles = (withheld.sum(axis=1) == 1) | (left == 0)
        parts = parts.where(~withheld.mul(settles, axis=0), withheld.mul(left, axis=0))
        beyond = (by_age - parts.sum(axis=1, skipna=False)).clip(lower=0).fillna(0.0)
        unrecorded = PlaceType.NOT_RECORDED.value
        parts = parts.assign(**{unrecorded: parts.get(unrecorded, 0.0) + beyond})
    wide = parts.reindex(index=list(ages), columns=list(PLACES), fill_value=0.0)
    return wide.to_numpy(dtype=float), by_age.reindex(list(ages), fill_value=0.0).to_numpy(float)


def _ended(rows: pd.DataFrame, what: str, problems: list[Problem]) -> tuple[Counts, Counts, float]:
    """Plans that ended by age and by place, both scaled to the published total."""
    rows = rows[rows["reason"] == TOTAL]
    is_age, is_place = rows["age"] != TOTAL, rows["place_type"] != TOTAL
    ages = rows[is_age & ~is_place].set_index("age")["plans"]
    places = rows[is_place & ~is_age].set_index("place_type")["plans"]
    totals = rows.loc[~is_age & ~is_place, "plans"]
    if ages.empty or places.empty or rows["plans"].isna().any() or len(totals) != 1:
        problems.append(
            Problem(
                "ages_or_places_not_known", f"{what}: ages or places are not known", remedy=_REMEDY
            )
        )
        return np.zeros(len(RECORDED)), np.zeros(len(PLACES)), 0.0
    by_age, by_place = (
        parts.reindex(list(values)).fillna(0.0).to_numpy(dtype=float)
        for parts, values in ((ages, RECORDED), (places, PLACES))
    )
    total = float(totals.iloc[0])
    return (
        by_age * (total / max(by_age.sum(), 1e-9)),
        by_place * (total / max(by_place.sum(), 1e-9)),
        float(ages.get("unknown", 0.0)),
    )
