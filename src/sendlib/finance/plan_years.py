"""Plan-years: how many plans are paid for in a financial year, by kind of place.

Counts are of January, money of April to March: between two Januaries plans start evenly
through the year, while those who leave or move do so in September.

References
----------
- International Labour Office and others (2004). Consumer Price Index Manual: Theory and Practice.
  A level of prices is spend over quantities at fixed prices, a Paasche index.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.periods import financial_year, financial_year_start
from sendlib.vocabulary import ENGLAND, TOTAL, PlaceType

PLACES = tuple(place.value for place in PlaceType)
Counts = NDArray[np.float64]
_BEFORE_NEXT = 9 / 12  # April to December, of the year that began with the January counted
_JOINED_BY_THEN = 7.5 / 12  # of that year's joiners, on average over April to December
_TURNED_BY_THEN = 4 / 9  # September to December, of April to December
_AFTER_NEXT = 3 / 12  # January to March
_JOINED_SINCE = 1.5 / 12  # of the next year's joiners, on average over January to March


class SpendAndPlans(dict[str, tuple[pd.Series, pd.DataFrame]]):
    """Outturn [£] and plan-years by place, each by financial year, of England and authorities."""

    @cached_property
    def _arrays(self) -> tuple[list[str], Counts, Counts]:
        """The years, spend of shape (area, year) and plan-years of shape (area, year, place)."""
        years = sorted({str(year) for spend, _ in self.values() for year in spend.index})
        spend = [own.reindex(years).to_numpy(float) for own, _ in self.values()]
        plans = [
            own.reindex(index=years, columns=list(PLACES)).to_numpy(float)
            for _, own in self.values()
        ]
        return years, np.array(spend), np.array(plans)

    def price_levels(self, costs: Mapping[str, float]) -> pd.DataFrame:
        """Spend as a multiple of what plan-years come to at fixed costs, by area and year."""
        years, spend, plans = self._arrays
        priced = plans @ np.array([costs.get(place, 0.0) for place in PLACES])
        return pd.DataFrame(spend / np.where(priced > 0, priced, np.nan), list(self), years)


def spend_and_plans(tables: Mapping[str, pd.DataFrame], origin: int) -> SpendAndPlans:
    """Outturn up to the financial year of a January [£], and plan-years, of every area.

    Where an authority is missing from England's outturn of a year, England is those that reported.
    """
    spend = tables["high_needs_spend"]
    caseload = _all_ages_and_needs(tables["ehcp_caseload"])
    plan_years = past_plan_years_by_place(caseload)
    found = {
        str(code): (rows.set_index("financial_year")["net_gbp"].sort_index(), plan_years[str(code)])
        for code, rows in spend.groupby("area_code", sort=False)
        if code in plan_years and rows["net_gbp"].notna().any()
    }
    if ENGLAND in found:
        found[ENGLAND] = _of_those_that_reported(*found[ENGLAND], spend, caseload)
    return as_known_in(SpendAndPlans(found), origin)


def _of_those_that_reported(
    outturn: pd.Series, plans: pd.DataFrame, spend: pd.DataFrame, caseload: pd.DataFrame
) -> tuple[pd.Series, pd.DataFrame]:
    """England's outturn and plan-years of each year, less the authorities that are missing."""
    outturn, plans = outturn.copy(), plans.copy()
    authorities = spend[spend["area_code"].str.isdigit()]
    for year in outturn.index[outturn.isna()]:
        rows = authorities[authorities["financial_year"] == year].set_index("area_code")["net_gbp"]
        outturn[year] = rows.sum(min_count=1)
        january = caseload[caseload["census_year"] == financial_year_start(year) + 1]
        counted = january.pivot(index="area_code", columns="place_type", values="plans")
        left_out = counted.reindex(rows.index[rows.isna()]).sum() / counted.loc[ENGLAND]
        if year in plans.index:
            plans.loc[year] *= 1 - left_out.reindex(plans.columns).fillna(0.0)
    return outturn, plans


def as_known_in(areas: SpendAndPlans, origin: int) -> SpendAndPlans:
    """What :func:`spend_and_plans` gives at an earlier January, from that of a later one."""
    last = financial_year(origin - 1)
    cut = {code: (spend[spend.index <= last], plans) for code, (spend, plans) in areas.items()}
    return SpendAndPlans({code: known for code, known in cut.items() if len(known[0])})


def plans_by_place(caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plans of one area at each January, a column for each place type. [plans]

    A place that was not told apart in a January is nothing in it: its plans are
    in another. Plans that the table of places left out are not recorded. A January without
    any figure is missing.
    """
    rows = _all_ages_and_needs(caseload[caseload["area_code"] == area_code])
    return _in_places(rows.pivot(index="census_year", columns="place_type", values="plans"))


def _in_places(wide: pd.DataFrame) -> pd.DataFrame:
    """Plans of each place type, from those of each row and their total."""
    is_known = wide.notna().any(axis=1)
    total = wide.pop(TOTAL)
    wide = wide.reindex(columns=list(PLACES)).fillna(0.0)
    wide[PlaceType.NOT_RECORDED.value] += (total - wide.sum(axis=1)).clip(lower=0.0).fillna(0.0)
    return wide.where(is_known, np.nan)


def past_plan_years_by_place(caseload: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Plan-years of past financial years by place type, from the Januaries either side, by area.

    A financial year is that of the later January.
    """
    rows = _all_ages_and_needs(caseload)
    key = ["area_code", "census_year"]
    later = _in_places(rows.pivot(index=key, columns="place_type", values="plans"))
    earlier = later.rename(index=lambda year: year + 1, level="census_year")
    both = later.index.intersection(earlier.index)
    counted = past_plan_years(earlier.loc[both].to_numpy(), later.loc[both].to_numpy())
    years = pd.DataFrame(counted, both, list(PLACES))
    found = {str(code): own.droplevel("area_code") for code, own in years.groupby(level=0)}
    return {
        code: own.set_axis([financial_year(year - 1) for year in own.index])
        for code, own in found.items()
    }


def _all_ages_and_needs(caseload: pd.DataFrame) -> pd.DataFrame:
    return caseload[(caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)]


def plan_years(stock: NDArray[np.generic], joined: NDArray[np.generic]) -> Counts:
    """Plans paid for in each financial year, for each draw."""
    plans, new = np.asarray(stock, dtype=float), np.asarray(joined, dtype=float)
    turned = np.diff(plans, axis=1) - new
    before = plans[:, :-1] + _JOINED_BY_THEN * new + _TURNED_BY_THEN * turned
    after = plans[:, 1:-1] + _JOINED_SINCE * new[:, 1:]
    return np.asarray(_BEFORE_NEXT * before[:, :-1] + _AFTER_NEXT * after)


def past_plan_years(earlier: Counts, later: Counts) -> Counts:
    """Plans paid for in a past financial year, from the January before it and the one in it.

    Plans are taken to change evenly from one January to the next, and the last quarter to stand
    at the later one.
    """
    return _BEFORE_NEXT * (earlier + _JOINED_BY_THEN * (later - earlier)) + _AFTER_NEXT * later
