"""What is known of an authority's money: outturn, allocation, balances and stated figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.finance.labels import in_millions
from sendlib.finance.plan_years import past_plan_years
from sendlib.finance.prices import PriceGrowth, estimate_growth, mix_fixed_growth
from sendlib.periods import financial_year
from sendlib.vocabulary import ENGLAND, TOTAL, FundingElement, PlaceType

TABLES = (
    "ehcp_caseload",
    "high_needs_funding",
    "high_needs_spend",
    "dsg_balance",
    "council_figure",
)
PLACES = tuple(place.value for place in PlaceType)
RESERVE = "general fund reserve"
HAPPENED = ("outturn", "reported")  # bases of a balance that is no forecast
STATED_COSTS: Mapping[str, tuple[str, ...]] = {
    "average annual cost independent or non-maintained special school place": (
        PlaceType.INDEPENDENT_SPECIAL,
        PlaceType.NON_MAINTAINED_SPECIAL,
    ),
    "average annual cost state special school place": (PlaceType.STATE_SPECIAL,),
}
Money = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class KnownMoney:
    """Money of one authority up to a January, as published or stated.

    Parameters
    ----------
    area_code : str
        The authority.
    plan_years : pd.DataFrame
        Of the authority by financial year and place type. [plan-years]
    outturn : pd.Series
        Section 251 lines 1.2.x by financial year. [£]
    allocation, schools_block : pd.Series
        Before deductions, by financial year. [£]
    stated_costs : Mapping[str, float]
        What the council stated a place costs, by place type. [£ a year]
    opening : tuple[int, float] or None
        The year of the last 31 March with a balance that happened, and the
        balance. [£]
    reserve : float or None
        The general fund reserve last stated. [£]
    others : Mapping[str, tuple[pd.Series, pd.DataFrame]]
        Outturn and plan-years of England and of every authority available.
    """

    area_code: str
    plan_years: pd.DataFrame
    outturn: pd.Series
    allocation: pd.Series
    schools_block: pd.Series
    stated_costs: Mapping[str, float]
    opening: tuple[int, float] | None
    reserve: float | None
    others: Mapping[str, tuple[pd.Series, pd.DataFrame]]
    _growth: dict[tuple[tuple[str, float], ...], PriceGrowth] = field(
        default_factory=dict, init=False, repr=False
    )

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, pd.DataFrame], *, area_code: str, origin: int
    ) -> "KnownMoney":
        """Gather it from tidy tables, up to the financial year of a January.

        Raises
        ------
        NotAvailableError
            Naming what is not available of the authority.
        """
        last = financial_year(origin - 1)
        funding = tables["high_needs_funding"]
        funding = funding[(funding["area_code"] == area_code) & (funding["financial_year"] <= last)]
        years = spend_and_plans(tables, origin)
        _check_available(area_code, years, funding)
        outturn, plans = years[area_code]
        figures = _said_by(tables["council_figure"], area_code, origin)
        return cls(
            area_code,
            plans,
            outturn,
            _element(funding, FundingElement.HIGH_NEEDS_BEFORE_DEDUCTIONS),
            _element(funding, FundingElement.SCHOOLS_BLOCK),
            _stated(figures),
            _opening(tables["dsg_balance"], area_code, origin),
            _reserve(figures),
            years,
        )

    def price_growth(self, costs: Mapping[str, float]) -> PriceGrowth:
        """Growth of unit costs, judged from England with the mix of places held fixed.

        Runs of one model ask for the same costs again and again, so each answer
        is worked out once.
        """
        key = tuple(costs.items())
        if key not in self._growth:
            growth = {
                code: mix_fixed_growth(spend, plans, costs)
                for code, (spend, plans) in self.others.items()
            }
            england = growth.pop(ENGLAND)
            self._growth[key] = estimate_growth(england, growth)
        return self._growth[key]


def balances(dsg_balance: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Every published balance of one authority, and whether it happened or was foreseen.

    Parameters
    ----------
    dsg_balance : pd.DataFrame
        Table ``dsg_balance``; a deficit is negative.
    area_code : str
        The authority.

    Returns
    -------
    pd.DataFrame
        By date: ``balance_date``, ``item``, ``basis``, ``confidence``,
        ``closing_balance_gbp`` [£], ``foreseen`` (neither an outturn nor a reported
        balance), ``source_id``. Empty where no balance is available.
    """
    mine = dsg_balance[dsg_balance["area_code"] == area_code].sort_values("balance_date")
    columns = ["balance_date", "item", "basis", "confidence", "closing_balance_gbp", "source_id"]
    frame = mine[columns].assign(foreseen=~mine["basis"].isin(HAPPENED)).reset_index(drop=True)
    why = "No balance of this authority is available here."
    what = "published balance of the dedicated schools grant, below zero a deficit"
    return in_millions(frame, what, formats={"closing_balance_gbp": "gbp"}, why=why)


def spend_and_plans(
    tables: Mapping[str, pd.DataFrame], origin: int
) -> dict[str, tuple[pd.Series, pd.DataFrame]]:
    """Outturn up to the financial year of a January [£], and plan-years, of every area."""
    spend = tables["high_needs_spend"]
    spend = spend[spend["financial_year"] <= financial_year(origin - 1)]
    caseload = _all_ages_and_needs(tables["ehcp_caseload"])
    return {
        code: (_outturn(spend, code), past_plan_years_by_place(caseload, code))
        for code in spend["area_code"].unique()
    }


def as_known_in(
    areas: Mapping[str, tuple[pd.Series, pd.DataFrame]], origin: int
) -> dict[str, tuple[pd.Series, pd.DataFrame]]:
    """What :func:`spend_and_plans` gives at an earlier January, from that of a later one."""
    last = financial_year(origin - 1)
    cut = {code: (spend[spend.index <= last], plans) for code, (spend, plans) in areas.items()}
    return {code: known for code, known in cut.items() if len(known[0])}


def plans_by_place(caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plans of one area at each January, a column for each place type. [plans]

    A place that was not told apart in a January is nothing in it: its plans are
    in another. Plans that the table of places left out are not recorded.
    """
    rows = _all_ages_and_needs(caseload[caseload["area_code"] == area_code])
    wide = rows.pivot(index="census_year", columns="place_type", values="plans")
    whole = wide.pop(TOTAL)
    wide = wide.reindex(columns=list(PLACES)).fillna(0.0)
    wide[PlaceType.NOT_RECORDED.value] += (whole - wide.sum(axis=1)).clip(lower=0.0).fillna(0.0)
    return wide


def past_plan_years_by_place(caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plan-years of past financial years by place type, from the Januaries either side.

    A financial year is that of the later January.
    """
    wide = plans_by_place(caseload, area_code)
    pairs = [year for year in wide.index if year - 1 in wide.index]
    earlier, later = (wide.loc[[year - back for year in pairs]].to_numpy() for back in (1, 0))
    names = [financial_year(year - 1) for year in pairs]
    return pd.DataFrame(past_plan_years(earlier, later), names, list(PLACES))


def _all_ages_and_needs(caseload: pd.DataFrame) -> pd.DataFrame:
    return caseload[(caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)]


def _outturn(spend: pd.DataFrame, area_code: str) -> pd.Series:
    rows = spend[spend["area_code"] == area_code]
    return rows.set_index("financial_year")["net_gbp"].sort_index()


def _element(funding: pd.DataFrame, element: FundingElement) -> pd.Series:
    rows = funding[funding["element"] == element]
    return rows.set_index("financial_year")["allocation_gbp"].sort_index()


def _said_by(figures: pd.DataFrame, area_code: str, origin: int) -> pd.DataFrame:
    """What a council stated of years up to that of a January, calendar or financial."""
    year = figures["period"].str.extract(r"(\d{4})", expand=False).astype(float)
    year += figures["period"].str.contains(r"\d{4}-\d{2}")  # a financial year ends in the next
    return figures[(figures["area_code"] == area_code) & (year <= origin)]


def _stated(figures: pd.DataFrame) -> dict[str, float]:
    stated = figures[figures["item"].isin(STATED_COSTS)].sort_values("period")
    return {
        place: float(value)
        for item, value in zip(stated["item"], stated["value"], strict=True)
        for place in STATED_COSTS[item]
    }


def _opening(stated: pd.DataFrame, area_code: str, origin: int) -> tuple[int, float] | None:
    """The last balance that happened by the end of the financial year of a January."""
    mine = balances(stated, area_code)
    dates = pd.to_datetime(mine["balance_date"])
    happened = mine[~mine["foreseen"] & (dates <= pd.Timestamp(origin, 3, 31))]
    if happened.empty:
        return None
    last = happened.iloc[-1]
    return pd.Timestamp(last["balance_date"]).year, float(last["closing_balance_gbp"])


def _reserve(figures: pd.DataFrame) -> float | None:
    rows = figures[figures["item"] == RESERVE].sort_values("period")
    return None if rows.empty else float(rows["value"].iloc[-1]) * 1e6


def _check_available(area_code: str, years: Mapping[str, object], funding: pd.DataFrame) -> None:
    problems = []
    if area_code not in years:
        problems.append(Problem("no outturn", f"authority {area_code}", "add it to data/raw"))
    if funding.empty:
        problems.append(Problem("no allocation", f"authority {area_code}", "add it to data/raw"))
    raise_any(NotAvailableError, "The cost of high needs cannot be worked out.", problems)
