"""The years ahead of an authority's high needs money, under one scenario.

Arrays by place are in the order of ``PlaceType``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendlib.finance import levers
from sendlib.finance.costing import prices_ahead
from sendlib.finance.income import Income
from sendlib.finance.known import KnownMoney
from sendlib.finance.policy import Support, after_support, support
from sendlib.finance.prices import PriceGrowth
from sendlib.finance.roll import Balances, interest_foregone, roll_forward
from sendlib.finance.unit_costs import UnitCosts
from sendlib.periods import financial_year_of_census, financial_year_start
from sendlib.ranges import levels
from sendlib.scenarios import Scenario

Money = NDArray[np.float64]
_COSTS, _PRICES, _ALLOCATION, _POLICY = range(4)  # streams of random numbers


@dataclass(frozen=True, eq=False)
class Projection:
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
        What comes in; places paid direct are in it as well as in the cost.
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

    @property
    def range_pct(self) -> float:
        """How many outcomes in a hundred its ranges should hold."""
        return float(self.scenario.value("forecast.range_pct"))

    @property
    def levels(self) -> tuple[float, float, float]:
        """The quantiles of ``low``, ``middle`` and ``high``."""
        return levels(self.range_pct)

    @property
    def protected_year(self) -> str:
        """The financial year at whose end deficits are last protected, or the last one ahead."""
        ends = financial_year_of_census(int(self.scenario.value("finance.override_ends")))
        return ends if ends in self.financial_years else self.financial_years[-1]


@dataclass(frozen=True, eq=False)
class _Run:
    """What every part of one run is worked out from."""

    known: KnownMoney
    scenario: Scenario
    starts: range  # the years in which its financial years begin
    draws: int

    @property
    def names(self) -> tuple[str, ...]:
        """Its financial years."""
        return levers.year_names(self.starts)

    def rng(self, stream: int) -> np.random.Generator:
        """Random numbers of one part, whatever the other parts draw."""
        seed = [int(self.scenario.value("forecast.seed")), 1]
        return np.random.Generator(
            np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(stream,)))
        )

    def yearly(self, lever: str) -> Money:
        """A lever by year, each value in force until the next, shape (years,)."""
        return levers.yearly(self.scenario.value(lever), self.starts)

    def exactly(self, lever: str) -> Money:
        """A lever whose values are of their year alone, shape (years,)."""
        return levers.exactly(self.scenario.value(lever), self.starts)


def money_ahead(
    known: KnownMoney, plan_years: Money, scenario: Scenario, *, plans: Money, first: int
) -> Projection:
    """What high needs will cost and what will come in, draw by draw."""
    counted = np.asarray(plan_years)
    draws, years = counted.shape[:2]
    run = _Run(known, scenario, range(first, first + years), draws)
    costs, growth, prices = prices_ahead(
        known, scenario, run.rng(_PRICES), first=first, shape=(draws, years)
    )
    by_place, other = _cost(run, counted, costs, prices)
    came = _income(run)
    stated = _opening(run)
    opening = 0.0 if stated is None else stated
    in_year = came.total() - by_place.sum(axis=2) - other
    before = roll_forward(in_year, opening_gbp=opening, financial_years=run.names)
    taken = support(scenario, before, run.starts, rng=run.rng(_POLICY))
    left = after_support(before, taken, opening_gbp=opening)
    return Projection(
        scenario=scenario,
        financial_years=run.names,
        plans=plans,
        plan_years=counted,
        unit_costs=costs,
        growth=growth,
        cost=by_place,
        other_lines=other,
        income=came,
        opening_gbp=opening,
        opening_known=stated is not None,
        before=before,
        support=taken,
        left=left,
        interest=interest_foregone(
            left, opening_gbp=opening, rate_pct=run.yearly("finance.interest_pct")
        ),
        reserves_gbp=_reserves(run),
    )


def _cost(run: _Run, counted: Money, costs: UnitCosts, prices: Money) -> tuple[Money, Money]:
    """Cost by place and other lines; place funding is fixed in cash, the rest follows prices."""
    drawn, other = costs.draw(run.rng(_COSTS), run.draws)
    fixed = levers.place_funding(run.scenario, costs.places)
    moving = np.maximum(drawn - fixed, 0.0)
    factors = levers.price_factors(run.scenario, costs.places, run.starts)
    price = fixed + moving[:, None, :] * prices[:, :, None]
    return counted * price * factors, other[:, None] * prices


def _income(run: _Run) -> Income:
    """The allocation with what is added to it; the schools block grows from the last available."""
    held = run.known.schools_block
    growth = 1 + run.scenario.value("finance.schools_block_growth_pct") / 100
    years_on = np.asarray(run.starts) - financial_year_start(held.index[-1])
    schools = float(held.iloc[-1]) * growth**years_on
    allocation = _allocation(run)
    added = (
        schools * (run.yearly("finance.transfer_pct") / 100),
        run.exactly("finance.agreement_gbp"),
        run.exactly("finance.council_gbp"),
    )
    return Income(allocation, *(np.broadcast_to(each, allocation.shape) for each in added))


def _allocation(run: _Run) -> Money:
    """The allocation of each year: as published, as given, or grown from the year before."""
    published = {financial_year_start(str(name)): gbp for name, gbp in run.known.allocation.items()}
    given = {**published, **run.scenario.value("finance.allocation_gbp")}
    first = max(year for year in given if year <= run.starts[0])
    years = range(first, run.starts[-1] + 1)
    growth = levers.yearly(run.scenario.value("finance.allocation_growth_pct"), years)
    doubt = levers.yearly(run.scenario.value("finance.allocation_doubt_points"), years)
    strays = run.rng(_ALLOCATION).standard_normal((run.draws, len(years)))
    grown = 1 + (growth + doubt * strays) / 100
    level = [np.full(run.draws, float(given[first]))]
    for year, times in zip(years[1:], grown.T[1:], strict=True):
        level.append(np.full(run.draws, float(given[year])) if year in given else level[-1] * times)
    return np.stack(level[run.starts[0] - first :], axis=1)


def _opening(run: _Run) -> float | None:
    """The balance brought into the first year, as given or else as stated. [£]"""
    stated = dict([run.known.opening] if run.known.opening else [])
    given: dict[int, float] = run.scenario.value("finance.opening_balance_gbp")
    return {**stated, **given}.get(run.starts[0])


def _reserves(run: _Run) -> float | None:
    """The general fund reserve in force when the first year closes, as given or else as stated."""
    given, closes = run.scenario.value("finance.reserves_gbp"), run.starts[0] + 1
    if any(year <= closes for year in given):
        return levers.in_force(given, closes)
    return run.known.reserve
