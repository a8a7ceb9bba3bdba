"""Means of draws by age band, primary need and place: plans at each January, cost of each year.

Means add up: over cells, over years, and along a balance carried forward.
Middles do not, which is why a return is made of means and gives ranges beside.
"""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort import Simulation
from sendlib.cohort.axes import AGE_BANDS, Counts
from sendlib.finance import Model, Projection
from sendlib.finance.known import plan_years
from sendlib.scenarios import Scenario

UNMITIGATED, MITIGATED = "Unmitigated", "Mitigated"
BANDS = tuple(AGE_BANDS)


@dataclass(frozen=True, eq=False)
class Position:
    """One run of a scenario, with its mitigations or without.

    Parameters
    ----------
    name : str
        ``Unmitigated`` or ``Mitigated``.
    futures : Simulation
        Draws of the caseload.
    money : Projection
        Draws of cost, income and balance.
    plans : np.ndarray
        Mean plans, shape (January, age band, need, place). [plans]
    cost : np.ndarray
        Mean cost, shape (financial year, age band, need, place). [£]
    """

    name: str
    futures: Simulation
    money: Projection
    plans: Counts
    cost: Counts


def positions(model: Model, scenario: Scenario) -> tuple[Position, Position]:
    """A scenario without its mitigations, and with them; one object twice where it has none."""
    before = _position(model, scenario.without_mitigations(), UNMITIGATED)
    if not scenario.mitigations:
        return before, before
    return before, _position(model, scenario, MITIGATED)


def _position(model: Model, scenario: Scenario, name: str) -> Position:
    money, futures = model.run(scenario), model.places(scenario).simulation
    plans = mean_plans(futures)[: len(money.financial_years) + 1]
    return Position(name, futures, money, plans, mean_cost(futures, money))


def mean_plans(futures: Simulation) -> Counts:
    """Mean plans in each January, shape (January, age band, need, place). [plans]"""
    mean = futures.stock.mean(axis=0, dtype=float)
    return np.stack([mean[:, list(ages)].sum(axis=1) for ages in AGE_BANDS.values()], axis=1)


def mean_cost(futures: Simulation, money: Projection) -> Counts:
    """Mean cost of each financial year, shape (year, age band, need, place). [£]

    In each draw every plan-year of a place costs the same, whatever the age and
    need: costs are known by place only.
    """
    price = np.divide(
        money.cost, money.plan_years, out=np.zeros_like(money.cost), where=money.plan_years > 0
    )
    bands = [_band_cost(futures, list(ages), price) for ages in AGE_BANDS.values()]
    return np.stack(bands, axis=1)


def _band_cost(futures: Simulation, ages: list[int], price: Counts) -> Counts:
    """Mean cost of one age band, shape (year, need, place). [£]"""
    stock = futures.stock[:, :, ages].sum(axis=2, dtype=np.int64)
    joined = futures.joined[:, :, ages].sum(axis=2, dtype=np.int64)
    paid_for = plan_years(stock, joined)
    return np.asarray(np.einsum("dynp,dyp->ynp", paid_for, price) / len(price))
