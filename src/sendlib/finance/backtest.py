"""The money tested on the past: what it would have said each January, and what came of it.

Spend of every authority is held against its outturn. The in-year deficit, with the block known,
is held against the stated balances one year ahead and against the account on its own terms
after that. Both are worked out once, by ``scripts/score_money.py``, and stored with the package.

References
----------
- Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy: an analysis and review.
  International Journal of Forecasting 16(4), 437-450: one origin after another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import pandas as pd

from sendlib import forecast
from sendlib.finance import account, known
from sendlib.finance.plan_years import (
    SpendAndPlans,
    as_known_in,
    past_plan_years,
    plans_by_place,
    spend_and_plans,
)
from sendlib.finance.projection import prices_ahead
from sendlib.finance.unit_costs import Money
from sendlib.pages.formats import count
from sendlib.periods import financial_year, financial_year_start
from sendlib.ranges import levels
from sendlib.scenarios import Scenario

TABLES = tuple(dict.fromkeys((*forecast.Panel.TABLES, *known.TABLES, *account.TABLES)))
ORIGINS = (2019, 2020, 2021, 2022, 2023, 2024)
LONGEST = 3  # financial years ahead that are scored
STORED = "backtest.csv"
SPEND, IN_YEAR = "spend", "in-year deficit"
OUTTURN, BALANCES, TERMS = "outturn", "stated balances", "account on its own terms"
_STREAM = 2  # of random numbers, apart from those of the years ahead
_NOTES = {
    SPEND: (
        "Plans were projected as they would have been then, with the mix of places of that "
        "January, unit costs of the last outturn then known and prices as they had grown.",
        "Prices rose everywhere at once, so the Januaries are the sample, not the authorities.",
    ),
    IN_YEAR: (
        "With the block as it was paid. One year ahead against the fall of line 1.9.3, for "
        "authorities without an agreement; later years against lines 1.2.x, places and the block.",
        "The share of other blocks leaves out the authority that is scored.",
    ),
}


class _Foreseen(NamedTuple):
    """Spend of one authority from one January, shape (draws, years). [£]"""

    area_code: str
    origin: int
    years: list[str]
    spend: Money


def backtest(
    load: Callable[[str], pd.DataFrame],
    scenario: Scenario,
    *,
    origins: Sequence[int] = ORIGINS,
    areas: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Spend and in-year deficits as they would have been foreseen, beside what came of them.

    The scenario is the baseline: its draws, seed, range, unit costs and judgements. Of what came
    later it uses the ratios of unit costs, the long-run growth of prices and, of deficits, the
    share of other blocks. ``areas`` are the authorities that are scored, all otherwise; what is
    learnt is learnt from all.

    Returns
    -------
    pd.DataFrame
        One row for each of ``kind`` (spend or in-year deficit), ``area_code``, ``origin`` and
        ``financial_year``: ``years_ahead`` (1 for the year that begins that April), ``low``,
        ``middle``, ``high``, ``actual``, ``block`` [£], ``against`` and ``inside``.

    Raises
    ------
    NotAvailableError
        If too little outturn is available to judge growth, or a January has no fit.
    """
    tables = {name: load(name) for name in TABLES}
    accounts = account.accounts(tables)
    checked = account.between_balances(accounts)
    quantiles = levels(scenario.value("forecast.range_pct"))
    outturns = tables["high_needs_spend"].set_index(["area_code", "financial_year"])["net_gbp"]
    rows = []
    for foreseen in _foresee(tables, scenario, origins, areas):
        key = [(foreseen.area_code, year) for year in foreseen.years]
        spend = pd.DataFrame({"actual": outturns.reindex(key).to_numpy(float)})
        rows.append(_scored(foreseen, foreseen.spend, spend, quantiles, OUTTURN))
        rows += _deficits(foreseen, scenario, accounts, checked, quantiles)
    frame = pd.concat(rows, ignore_index=True).dropna(subset=["actual"])
    return frame.assign(inside=frame["actual"].between(frame["low"], frame["high"]))


def _scored(
    foreseen: _Foreseen,
    draws: Money,
    actual: pd.DataFrame,
    quantiles: Sequence[float],
    against: str,
) -> pd.DataFrame:
    """Ranges of one authority from one January, with what is known of each year."""
    low, middle, high = np.quantile(draws, quantiles, axis=0)
    frame = pd.DataFrame(
        {
            "kind": SPEND if against == OUTTURN else IN_YEAR,
            "area_code": foreseen.area_code,
            "origin": foreseen.origin,
            "financial_year": foreseen.years,
            "years_ahead": np.arange(1, len(foreseen.years) + 1),
            "low": low,
            "middle": middle,
            "high": high,
        }
    )
    return frame.join(actual).assign(against=against)


def _foresee(
    tables: Mapping[str, pd.DataFrame],
    scenario: Scenario,
    origins: Sequence[int],
    scored: Sequence[str] | None,
) -> Iterator[_Foreseen]:
    """Spend of authorities from every January, with only what was known then."""
    panel = forecast.Panel.from_tables(*(tables[name] for name in forecast.Panel.TABLES))
    areas = spend_and_plans(tables, max(origins))
    last = financial_year_start(tables["high_needs_spend"]["financial_year"].max())
    for origin in origins:
        then, areas_then = panel.up_to(origin), as_known_in(areas, origin)
        years = min(LONGEST, last - origin + 1)
        names = [financial_year(origin + ahead) for ahead in range(years)]
        for code in areas_then if scored is None else scored:
            if not _can_be_tested(code, areas_then, then):
                continue
            plans = forecast.project_area(then, code, scenario=scenario, horizon=years).plans
            counted = np.column_stack([np.full(len(plans), then.plans.at[code, origin]), plans])
            mix = plans_by_place(tables["ehcp_caseload"], code).T[origin]
            spend = _spend(code, areas_then, scenario, counted, mix / mix.sum(), origin=origin)
            yield _Foreseen(code, origin, names, spend)


def _can_be_tested(code: str, areas: SpendAndPlans, panel: forecast.Panel) -> bool:
    """Whether an authority was counted then, and has an outturn of a year with plans."""
    if code not in panel.authorities or code not in areas:
        return False
    spend, plans = areas[code]
    return len(plans.index.intersection(spend.dropna().index)) > 0


def _spend(
    area_code: str,
    areas: SpendAndPlans,
    scenario: Scenario,
    counted: Money,
    mix: pd.Series,
    *,
    origin: int,
) -> Money:
    """Spend without place funding, from plans at each January, shape (draws, years). [£]

    Nothing that the council stated later is used: only outturn and plan-years.
    """
    outturn, plans = areas[area_code]
    none = pd.Series(dtype=float)
    money = known.KnownMoney(area_code, plans, outturn, none, none, none, {}, None, None, areas)
    for_costs, for_prices = _generators(scenario, origin, area_code)[:2]
    shape = (len(counted), counted.shape[1] - 1)
    costs, prices = prices_ahead(money, scenario, for_prices, first=origin, shape=shape)
    drawn, other = costs.draw(for_costs, len(counted))
    of_a_plan = drawn @ mix.loc[list(costs.places)].to_numpy(dtype=float)
    plan_years = past_plan_years(counted[:, :-1], counted[:, 1:])
    grown = plan_years / plans.loc[costs.financial_year].sum()
    return np.asarray((plan_years * of_a_plan[:, None] + grown * other[:, None]) * prices)


def _generators(scenario: Scenario, origin: int, area_code: str) -> list[np.random.Generator]:
    """Random numbers of costs, prices, places and other blocks."""
    seed = [int(scenario.value("forecast.seed")), _STREAM, origin, int(area_code)]
    return [np.random.default_rng(each) for each in np.random.SeedSequence(seed).spawn(4)]


def _deficits(
    foreseen: _Foreseen,
    scenario: Scenario,
    accounts: pd.DataFrame,
    checked: pd.DataFrame,
    quantiles: Sequence[float],
) -> Iterator[pd.DataFrame]:
    """In-year deficits of the years with a known block, from those with known places."""
    own = accounts[accounts["area_code"] == foreseen.area_code].set_index("financial_year")
    before = own[own.index < foreseen.years[0]]
    if before.empty:
        return
    terms = own.reindex(foreseen.years)
    *_, for_places, for_blocks = _generators(scenario, foreseen.origin, foreseen.area_code)
    paid = (before["maintained_gbp"] + before["deductions_gbp"]).iloc[-1]
    growth = _places_growth(accounts, before.index[-1], scenario)
    doubt = float(scenario.value("finance.places_doubt_points"))
    shape = foreseen.spend.shape
    errors = (growth + doubt * for_places.standard_normal(shape)) / 100
    places = paid * np.exp(np.cumsum(np.log1p(errors), axis=1))
    deficits = foreseen.spend + places - terms["block_gbp"].to_numpy(float)
    actual = terms[["deficit_gbp", "block_gbp"]].set_axis(["actual", "block"], axis=1)
    yield _scored(foreseen, deficits, actual.reset_index(drop=True), quantiles, TERMS)
    blocks = account.estimate_other_blocks(checked, without=foreseen.area_code)
    share = (
        blocks.share
        + blocks.lasting_sd * for_blocks.standard_normal((shape[0], 1))
        + blocks.yearly_sd * for_blocks.standard_normal(shape)
    )
    free = checked[(checked["years"] == 1) & ~checked["agreement"]]
    stated = free[free["area_code"] == foreseen.area_code].set_index("period")["stated_gbp"]
    whole = deficits - share * terms["schools_block_gbp"].to_numpy(float)
    actual = actual.assign(actual=stated.reindex(foreseen.years))
    yield _scored(foreseen, whole, actual.reset_index(drop=True), quantiles, BALANCES)


def _places_growth(accounts: pd.DataFrame, last: str, scenario: Scenario) -> float:
    """England's mean growth of places up to a year; the scenario's where none is known. [%]"""
    places = accounts["maintained_gbp"] + accounts["deductions_gbp"]
    by_year = places.groupby(accounts["financial_year"]).mean()
    grown = 100 * by_year[by_year.index <= last].pct_change().dropna()
    growth = scenario.value("finance.places_growth_pct")
    return float(grown.iloc[-3:].mean()) if len(grown) else float(growth[max(growth)])


def stored_backtest() -> pd.DataFrame:
    """The back-test of every authority that the package has, as :func:`backtest` gives it."""
    with (files("sendlib.finance") / STORED).open(encoding="utf-8") as source:
        frame = pd.read_csv(source, dtype={"area_code": str})
    amounts = ["low", "middle", "high", "actual", "block"]
    frame[amounts] *= 1e6
    return frame.assign(inside=frame["actual"].between(frame["low"], frame["high"]))


def backtest_headline(spend: pd.DataFrame) -> str:
    """One sentence on :func:`backtest_summary` of spend: how often ranges held, how far off."""
    first = spend.iloc[0]
    return (
        f"Of {count(first['rows'])} past outturns one year ahead, {first['inside_pct']:.0f}% fell "
        f"inside the range; the middle was {first['error_pct']:.1f}% off on average."
    )


def backtest_summary(
    checked: pd.DataFrame, by: str | Sequence[str] = "years_ahead", *, kind: str = SPEND
) -> pd.DataFrame:
    """How often what came fell inside the range, and how far off the middle was.

    Errors of one January and year are alike in all authorities, because prices
    rise everywhere at once: the Januaries are the sample, not the rows.

    Returns
    -------
    pd.DataFrame
        Index ``by``: ``rows``, ``januaries``, ``inside_pct``, ``error_pct`` (mean absolute),
        ``bias_pct`` (mean; negative where spend or deficit was foreseen too low) and
        ``width_pct`` (of the range): of the outturn, and of the block where ``kind`` is the
        in-year deficit. [%]
    """
    of_kind = checked[checked["kind"] == kind]
    base = of_kind["actual"] if kind == SPEND else of_kind["block"]
    error = 100 * (of_kind["middle"] - of_kind["actual"]) / base
    parts = of_kind.assign(
        inside_pct=100.0 * of_kind["inside"],
        error_pct=error.abs(),
        bias_pct=error,
        width_pct=100 * (of_kind["high"] - of_kind["low"]) / base,
    ).groupby([by] if isinstance(by, str) else list(by))
    means = parts[["inside_pct", "error_pct", "bias_pct", "width_pct"]].mean()
    means.insert(0, "rows", parts.size())
    means.insert(1, "januaries", parts["origin"].nunique())
    areas = of_kind["area_code"].nunique()
    means.attrs["what"] = f"{kind} projected from past Januaries, {areas} authorities"
    means.attrs["notes"] = list(_NOTES[kind])
    return means
