"""The years ahead of an authority's high needs money, under one scenario."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendlib.finance import income as incomes
from sendlib.finance import levers
from sendlib.finance.income import Income
from sendlib.finance.known import KnownMoney
from sendlib.finance.policy import Support, after_support, support
from sendlib.finance.prices import PriceGrowth, draw_prices
from sendlib.finance.roll import Balances, interest_foregone, roll_forward
from sendlib.finance.unit_costs import (
    OTHER,
    Outturn,
    UnitCosts,
    check_every_place,
    estimate_unit_costs,
)
from sendlib.periods import financial_year_start
from sendlib.scenarios import Scenario

Money = NDArray[np.float64]
_COSTS, _PRICES, _ALLOCATION, _POLICY = range(4)  # streams of random numbers


@dataclass(frozen=True, eq=False)
class MoneyOutlook:
    """High needs money ahead, in every draw.

    Parameters
    ----------
    scenario : Scenario
        What was assumed.
    financial_years : tuple[str, ...]
        In order.
    plans : np.ndarray
        In the January after the last of the years, shape (draws,). [plans]
    plan_years : np.ndarray
        Shape (draws, years, place). [plan-years]
    unit_costs : UnitCosts
        At the prices of the last outturn.
    growth : PriceGrowth
        Where the growth of unit costs stands.
    cost : np.ndarray
        By place type, place funding included, shape (draws, years, place). [£]
    other_lines : np.ndarray
        Spend that does not follow plans, shape (draws, years). [£]
    income : Income
        What comes in, before deductions: places paid direct are in the cost.
    opening_gbp : float
        Balance brought forward; nothing where none is stated. [£]
    opening_known : bool
        Whether it is stated.
    before : Balances
        Before any support from government.
    support : Support
        The grant, and what government takes over.
    left : Balances
        What is left to the council.
    interest : np.ndarray
        Foregone by the general fund on what is left, shape (draws, years). [£]
    reserves_gbp : float or None
        The general fund reserve last stated. [£]
    """

    scenario: Scenario
    financial_years: tuple[str, ...]
    plans: Money
    plan_years: Money
    unit_costs: UnitCosts
    growth: PriceGrowth
    cost: Money
    other_lines: Money
    income: Income
    opening_gbp: float
    opening_known: bool
    before: Balances
    support: Support
    left: Balances
    interest: Money
    reserves_gbp: float | None

    @property
    def total_cost(self) -> Money:
        """All cost, shape (draws, years). [£]"""
        return np.asarray(self.cost.sum(axis=2) + self.other_lines)


def unit_costs_of(known: KnownMoney, scenario: Scenario) -> UnitCosts:
    """Unit costs that agree with the last outturn held.

    Raises
    ------
    NotHeldError
        If a place has no cost, or two.
    ScenarioError
        If a record of the levers is wrong.
    """
    records = levers.unit_costs(scenario)
    places = [record.place for record in records if record.place != OTHER]
    check_every_place(places)
    years = known.plan_years.index.intersection(known.outturn.index)
    last = years[-1]
    outturn = Outturn(
        last,
        float(known.outturn[last]),
        known.plan_years.loc[last, places].to_numpy(float),
        levers.place_funding(scenario, places),
    )
    return estimate_unit_costs(
        outturn, [record.model_dump() for record in records], known.stated_costs
    )


def money_ahead(
    known: KnownMoney,
    plan_years: Money,
    scenario: Scenario,
    *,
    plans: Money,
    places: Sequence[str],
    first: int,
) -> MoneyOutlook:
    """What high needs will cost and what will come in, draw by draw.

    Parameters
    ----------
    known : KnownMoney
        Of the authority.
    plan_years : np.ndarray
        Shape (draws, years, place). [plan-years]
    scenario : Scenario
        Every assumption about money.
    plans : np.ndarray
        In the January after the last of the years, shape (draws,). [plans]
    places : Sequence[str]
        Of the last axis of ``plan_years``.
    first : int
        Year in which the first financial year begins.
    """
    counted = np.asarray(plan_years)
    draws, years = counted.shape[:2]
    starts = range(first, first + years)
    names = levers.year_names(starts)
    streams = _streams(int(scenario.value("forecast.seed")))
    costs = unit_costs_of(known, scenario)
    growth = known.price_growth(without_place_funding(costs, scenario))
    base = financial_year_start(costs.financial_year)
    prices = prices_ahead(growth, scenario, streams[_PRICES], (draws, first + years - 1 - base))
    prices = prices[:, first - base - 1 :]
    by_place, other = _cost(counted, costs, prices, scenario, (places, starts, streams[_COSTS]))
    came = _income(known, scenario, starts, draws, streams[_ALLOCATION])
    opening, is_known = _opening(known, scenario, first)
    in_year = came.total() - by_place.sum(axis=2) - other
    before = roll_forward(in_year, opening_gbp=opening, financial_years=names)
    taken = support(scenario, before, starts, rng=streams[_POLICY])
    left = after_support(before, taken, opening_gbp=opening)
    rate = levers.yearly(scenario.value("finance.interest_pct"), starts)
    return MoneyOutlook(
        scenario,
        names,
        plans,
        counted,
        costs,
        growth,
        by_place,
        other,
        came,
        opening,
        is_known,
        before,
        taken,
        left,
        interest_foregone(left, opening_gbp=opening, rate_pct=rate.tolist()),
        _reserves(known, scenario, first),
    )


def _streams(seed: int) -> list[np.random.Generator]:
    return [
        np.random.Generator(np.random.SFC64(stream))
        for stream in np.random.SeedSequence([seed, 1]).spawn(4)
    ]


def without_place_funding(costs: UnitCosts, scenario: Scenario) -> dict[str, float]:
    """Unit costs by place without the money for the place itself. [£ a plan-year]"""
    funding = levers.place_funding(scenario, costs.places)
    return dict(zip(costs.places, np.maximum(costs.mean[:-1] - funding, 0.0), strict=True))


def prices_ahead(
    growth: PriceGrowth, scenario: Scenario, rng: np.random.Generator, shape: tuple[int, int]
) -> Money:
    """Price levels from the year after the last outturn on, shape (draws, years)."""
    return draw_prices(
        growth,
        rng,
        draws=shape[0],
        years=shape[1],
        fades_to_pct=scenario.value("finance.price_fades_to_pct"),
        fades_over=int(scenario.value("finance.price_fades_over_years")),
        points=scenario.value("finance.price_points"),
    )


def _cost(
    counted: Money,
    costs: UnitCosts,
    prices: Money,
    scenario: Scenario,
    where: tuple[Sequence[str], Sequence[int], np.random.Generator],
) -> tuple[Money, Money]:
    """Cost by place and other lines; place funding is fixed in cash, the rest follows prices."""
    places, starts, rng = where
    drawn, other = costs.draw(rng, len(counted))
    at = [costs.places.index(place) for place in places]
    fixed = levers.place_funding(scenario, places)
    moving = np.maximum(drawn[:, at] - fixed, 0.0)
    factors = levers.price_factors(scenario, places, starts)
    price = fixed + moving[:, None, :] * prices[:, :, None]
    return counted * price * factors, other[:, None] * prices


def _income(
    known: KnownMoney,
    scenario: Scenario,
    starts: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> Income:
    allocation = _grown(known, scenario, starts, draws, rng)
    schools = float(known.schools_block.iloc[-1])
    since = financial_year_start(known.schools_block.index[-1])
    growth = 1 + scenario.value("finance.schools_block_growth_pct") / 100
    block = schools * growth ** (np.asarray(starts) - since)
    share = levers.yearly(scenario.value("finance.transfer_pct"), starts) / 100
    return incomes.income(
        levers.year_names(starts),
        before_deductions=allocation,
        deductions=0.0,
        transfer=incomes.block_transfer(block, share=share),
        agreement=levers.exactly(scenario.value("finance.agreement_gbp"), starts),
        council=levers.exactly(scenario.value("finance.council_gbp"), starts),
    )


def _grown(
    known: KnownMoney,
    scenario: Scenario,
    starts: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> Money:
    """The allocation of each year: as published, as given, or grown from the year before."""
    published = {financial_year_start(str(name)): gbp for name, gbp in known.allocation.items()}
    given = {**published, **scenario.value("finance.allocation_gbp")}
    first = max(year for year in given if year <= starts[0])
    years = range(first, starts[-1] + 1)
    growth = levers.yearly(scenario.value("finance.allocation_growth_pct"), years)
    doubt = levers.yearly(scenario.value("finance.allocation_doubt_points"), years)
    strays = rng.standard_normal((draws, len(years)))
    level = np.full(draws, float(given[first]))
    allocation = np.empty((draws, len(years)))
    for position, year in enumerate(years):
        if year in given:
            level = np.full(draws, float(given[year]))
        else:
            level = level * (1 + (growth[position] + doubt[position] * strays[:, position]) / 100)
        allocation[:, position] = level
    return allocation[:, starts[0] - first :]


def _opening(known: KnownMoney, scenario: Scenario, first: int) -> tuple[float, bool]:
    given = scenario.value("finance.opening_balance_gbp")
    if first in given:
        return float(given[first]), True
    if known.opening and known.opening[0] == first:
        return known.opening[1], True
    return 0.0, False


def _reserves(known: KnownMoney, scenario: Scenario, first: int) -> float | None:
    given = scenario.value("finance.reserves_gbp")
    if any(year <= first + 1 for year in given):
        return levers.in_force(given, first + 1)
    return known.reserve
