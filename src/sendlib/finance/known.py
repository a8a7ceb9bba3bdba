"""What is known of an authority's money: outturn, allocation, balances and stated figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from sendlib.authority import Authority
from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.finance import own as own_terms
from sendlib.finance.labels import in_millions
from sendlib.finance.own import OwnFigures
from sendlib.finance.plan_years import SpendAndPlans, spend_and_plans
from sendlib.finance.unit_costs import PriceGrowth, estimate_growth
from sendlib.intake.store import TABLE
from sendlib.periods import financial_year, financial_year_start
from sendlib.vocabulary import ENGLAND, FundingElement, PlaceType

TABLES = (
    "ehcp_caseload",
    "high_needs_funding",
    "high_needs_spend",
    "dsg_account",
    "dsg_balance",
    "council_figure",
)
_RESERVE = "general fund reserve"
PLANNED = "transfer from the DSG deficit reserve"  # what a year was planned to overspend
OVER = "whole schools budget over budget"  # what came on top, of all blocks
_NO_FORECAST = ("outturn", "reported")  # bases of a balance
_STATED_COSTS: Mapping[str, tuple[str, ...]] = {
    "average annual cost independent or non-maintained special school place": (
        PlaceType.INDEPENDENT_SPECIAL,
        PlaceType.NON_MAINTAINED_SPECIAL,
    ),
    "average annual cost state special school place": (PlaceType.STATE_SPECIAL,),
}
_PLACE_GBP: Mapping[str, float] = {
    PlaceType.STATE_SPECIAL: 10_000.0
}  # for the place itself, in what is stated


class Opening(NamedTuple):
    """The balance that the years ahead are carried forward from."""

    year: int  # of 31 March
    balance_gbp: float  # a deficit is negative
    foreseen: bool = False  # by the council, where no outturn of that March is published
    forecast_gbp: float | None = None  # the council's, where its later monitoring replaces it


@dataclass(frozen=True, eq=False)
class KnownMoney:
    """Money of one authority up to a January, as published or stated."""

    area_code: str
    plan_years: pd.DataFrame  # by financial year and place type
    outturn: pd.Series  # section 251 lines 1.2.x by financial year [£]
    allocation: pd.Series  # before deductions, by financial year [£]
    schools_block: pd.Series
    places: pd.Series  # line 1.0.2 and deductions: places commissioned, by financial year [£]
    stated_costs: Mapping[str, float]  # by the council, without the place itself [£ a year]
    opening: Opening | None
    reserve: float | None  # of the general fund, last stated [£]
    others: SpendAndPlans  # England and every authority available
    stated: pd.DataFrame = field(default_factory=pd.DataFrame)  # as of :func:`balances`, own too
    own: OwnFigures = field(default_factory=OwnFigures)
    _growth: dict[tuple[tuple[str, float], ...], PriceGrowth] = field(
        default_factory=dict, init=False, repr=False
    )

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame],
        *,
        area_code: str,
        origin: int,
        own_figures: pd.DataFrame | None = None,
    ) -> "KnownMoney":
        """Gather it from tidy tables, up to the financial year of a January.

        ``own_figures`` are the authority's own: each stands in place of the published one.
        """
        last = financial_year(origin - 1)
        own = OwnFigures() if own_figures is None else OwnFigures(own_figures)
        funding = tables["high_needs_funding"]
        funding = funding[funding["area_code"] == area_code]
        why = f"up to {last}" if len(funding) else "as the department's tables of the grant omit it"
        funding = funding[funding["financial_year"] <= last]
        years = spend_and_plans(tables, origin)
        caseload = tables["ehcp_caseload"]
        named = caseload[caseload["area_code"] == area_code].get("area_name", ())
        where, problems = next(iter(named), f"authority {area_code}"), []
        if area_code not in years:
            problems.append(Problem("no_outturn", f"no outturn is published up to {last}", where))
        if funding.empty:
            found = f"no allocation is published {why}"
            problems.append(Problem("no_allocation", found, where))
        block = _element(funding, FundingElement.HIGH_NEEDS_BEFORE_DEDUCTIONS)
        places = _places_commissioned(tables["dsg_account"], funding, area_code, own)
        if places.empty and not funding.empty:
            found = f"no funding of places is published up to {last}"
            problems.append(Problem("no_place_funding", found, where))
        raise_any(NotAvailableError, "The cost of high needs cannot be worked out.", problems)
        outturn, plans = years[area_code]
        spend = own.by_year(own_terms.OUTTURN, own_terms.SPEND)
        outturn = own.over(outturn, spend, "Outturn of lines 1.2.x", last=last)
        years[area_code] = outturn, plans
        own.note_payments()
        stated = own.balances(_published_balances(tables, area_code), area_code)
        schools = _element(funding, FundingElement.SCHOOLS_BLOCK)
        figures = _published_by(tables["council_figure"], area_code, origin)
        reserve = figures.loc[figures["item"] == _RESERVE, "value"]
        costs = figures[figures["item"].isin(_STATED_COSTS)]
        return cls(
            area_code,
            plans,
            outturn,
            own.over(block, own.by_year(own_terms.ALLOCATION, own_terms.BLOCK), "High needs block"),
            own.over(
                schools, own.by_year(own_terms.ALLOCATION, own_terms.SCHOOLS_BLOCK), "Schools block"
            ),
            places,
            {
                place: float(value) - _PLACE_GBP.get(place, 0.0)
                for item, value in zip(costs["item"], costs["value"], strict=True)
                for place in _STATED_COSTS[item]
            },
            _opening(stated, figures, area_code, origin),
            None if reserve.empty else float(reserve.iloc[-1]) * 1e6,
            years,
            balances(stated, area_code),
            own,
        )

    def price_growth(self, costs: Mapping[str, float]) -> PriceGrowth:
        """Growth of unit costs, judged from England with the mix of places fixed, and its own.

        Runs of one model ask for the same costs again and again, so each answer
        is worked out once.
        """
        key = tuple(costs.items())
        if key not in self._growth:
            levels = self.others.price_levels(costs).dropna(axis="columns", how="all")
            growth = 100 * levels.pct_change(axis="columns", fill_method=None).iloc[:, 1:]
            found = estimate_growth(growth.T[ENGLAND].dropna(), growth.drop(index=ENGLAND))
            if self.area_code in levels.index:
                found = _with_own(found, levels.T[self.area_code], levels.T[ENGLAND])
            self._growth[key] = found
        return self._growth[key]


def _with_own(growth: PriceGrowth, own: pd.Series, england: pd.Series) -> PriceGrowth:
    """With how an authority's prices stand to England's in the last year known, and moved."""
    gap = pd.Series(np.log(own / england)).dropna()
    moved = 100 * (np.exp(gap.diff().iloc[-1]) - 1) if len(gap) > 1 else 0.0
    return replace(growth, own_pct=float(moved), gap=float(gap.iloc[-1]) if len(gap) else 0.0)


def balances(dsg_balance: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Every published balance of one authority by date, and whether it happened or was foreseen.

    Returns
    -------
    pd.DataFrame
        ``balance_date``, ``item``, ``basis``, ``confidence``, ``closing_balance_gbp`` (a
        deficit is negative) [£], ``foreseen`` (neither an outturn nor a reported balance),
        ``source_id``. Empty where no balance is available.
    """
    own = dsg_balance[dsg_balance["area_code"] == area_code]
    own = own.sort_values("balance_date", kind="stable")
    columns = ["balance_date", "item", "basis", "confidence", "closing_balance_gbp", "source_id"]
    frame = own[columns].assign(foreseen=~own["basis"].isin(_NO_FORECAST)).reset_index(drop=True)
    why = "No balance of this authority is available here."
    what = "published balance of the dedicated schools grant, below zero a deficit"
    return in_millions(frame, what, formats={"closing_balance_gbp": "gbp"}, why=why)


def published_money(authority: Authority) -> KnownMoney:
    """What is published of an authority's money, its own figures left out."""
    tables = {name: authority.load(name) for name in TABLES}
    return KnownMoney.from_tables(tables, area_code=authority.code, origin=authority.as_of)


def stated_balances(authority: Authority) -> pd.DataFrame:
    """:func:`balances` of an authority, its own figures after the published ones.

    Parameters
    ----------
    authority : Authority
        The authority, with the January.
    """
    return balances(_reported_balances(authority), authority.code)


def opening_balance(authority: Authority) -> Opening | None:
    """The balance that the years ahead of an authority begin from, unless a scenario sets one."""
    code, origin = authority.code, authority.as_of
    figures = _published_by(authority.load("council_figure"), code, origin)
    return _opening(_reported_balances(authority), figures, code, origin)


def _reported_balances(authority: Authority) -> pd.DataFrame:
    tables = {name: authority.load(name) for name in ("dsg_balance", "dsg_account")}
    own = OwnFigures(authority.load(TABLE))
    return own.balances(_published_balances(tables, authority.code), authority.code)


def _published_balances(tables: Mapping[str, pd.DataFrame], area_code: str) -> pd.DataFrame:
    """Table ``dsg_balance``; line 1.9.3 of section 251 where no paper of the council is held."""
    stated, account = tables["dsg_balance"], tables["dsg_account"]
    if area_code in set(stated["area_code"]):
        return stated
    return _carried_forward(account[account["area_code"] == area_code])


def _carried_forward(account: pd.DataFrame) -> pd.DataFrame:
    """Line 1.9.3 of the years that have it, in the columns of table ``dsg_balance``."""
    known = account.dropna(subset=["balance_gbp"])
    closes = known["financial_year"].map(financial_year_start).astype("int64") + 1
    dates = pd.to_datetime(closes.astype(str) + "-03-31").astype("datetime64[ns]")
    is_copy = known["source_id"].str.contains("third_party")
    return known.assign(
        balance_date=dates,
        item="grant carried forward, line 1.9.3",
        basis="outturn",
        confidence=is_copy.map({True: "secondary", False: "primary"}),
        closing_balance_gbp=known["balance_gbp"],
    )


def _element(funding: pd.DataFrame, element: FundingElement) -> pd.Series:
    rows = funding[funding["element"] == element]
    return rows.set_index("financial_year")["allocation_gbp"].sort_index()


def _places_commissioned(
    stated: pd.DataFrame, funding: pd.DataFrame, area_code: str, own: OwnFigures
) -> pd.Series:
    """What places in institutions cost: those of maintained schools, and those paid direct. [£]"""
    account = stated[stated["area_code"] == area_code].set_index("financial_year")
    before, after = (
        _element(funding, element)
        for element in (
            FundingElement.HIGH_NEEDS_BEFORE_DEDUCTIONS,
            FundingElement.HIGH_NEEDS_AFTER_DEDUCTIONS,
        )
    )
    published = (account["place_funding_gbp"] + before - after).dropna().sort_index()
    maintained = own.by_year(own_terms.OUTTURN, own_terms.PLACE_FUNDING)
    deductions = own.by_year(own_terms.ALLOCATION, own_terms.DEDUCTIONS)
    parts = maintained.combine_first(account["place_funding_gbp"]) + deductions.combine_first(
        before - after
    )
    either = parts.dropna()[lambda sums: sums.index.isin([*maintained.index, *deductions.index])]
    commissioned = own.by_year(own_terms.PLACES).combine_first(either)
    return own.over(published, commissioned, "Places commissioned")


def _published_by(figures: pd.DataFrame, area_code: str, origin: int) -> pd.DataFrame:
    """What a council stated of years up to that of a January, calendar or financial, in order."""
    year = figures["period"].str.extract(r"(\d{4})", expand=False).astype(float)
    year += figures["period"].str.contains(r"\d{4}-\d{2}")  # a financial year ends in the next
    own = figures[(figures["area_code"] == area_code) & (year <= origin)]
    return own.sort_values("period", kind="stable")


def _opening(
    published: pd.DataFrame, figures: pd.DataFrame, area_code: str, origin: int
) -> Opening | None:
    """The balance at the end of a January's financial year; else the last one before it.

    Where no outturn of that March is published, the council's own position within the year stands
    in: the balance before, what it planned to overspend and what came on top. Without one, its
    forecast does.
    """
    own = balances(published, area_code)
    march = pd.Timestamp(origin, 3, 31)
    dates = pd.to_datetime(own["balance_date"])
    usable = own[(~own["foreseen"] & (dates <= march)) | (dates == march)]
    if usable.empty:
        return None
    ordered = usable.sort_values(["balance_date", "foreseen"], ascending=[True, False])
    last, reported = ordered.iloc[-1], ordered[~ordered["foreseen"]]
    year = pd.Timestamp(last["balance_date"]).year
    terms = monitored_terms(figures, financial_year(origin - 1))
    if last["foreseen"] and {PLANNED, OVER} <= set(terms.index) and len(reported):
        before, overspent = reported.iloc[-1], float(terms[PLANNED] + terms[OVER])
        if pd.Timestamp(before["balance_date"]).year == origin - 1:
            position = float(before["closing_balance_gbp"]) - overspent
            return Opening(origin, position, True, float(last["closing_balance_gbp"]))
    return Opening(year, float(last["closing_balance_gbp"]), bool(last["foreseen"]))


def monitored_terms(figures: pd.DataFrame, year: str) -> pd.Series:
    """What a council planned for a year and what its monitoring says of it, by item. [£]"""
    of_year = figures[figures["period"] == year]
    return 1e6 * of_year.drop_duplicates("item", keep="last").set_index("item")["value"]
