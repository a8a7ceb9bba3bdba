"""What added places save or cost: seats filled in place of others, and seats that stay empty.

Every seat costs what its record says, filled or empty, as a place that is commissioned. A filled
one costs the top-up of its kind of place as well, and saves what the child would have cost where
they would be otherwise, at the prices of the same draw.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib import cohort
from sendlib.cohort.axes import IntCounts
from sendlib.cohort.seats import INDEPENDENT
from sendlib.finance.labels import in_millions
from sendlib.finance.projection import Money, Projection
from sendlib.periods import closing_date
from sendlib.ranges import say_chance

_OF_SCHOOL_YEAR = 5 / 12  # of a financial year that the school year before takes: April to August
_COLUMNS = ["financial_year", "low", "middle", "high", "chance that it saves", "break_even_share"]


def seats_saved(money: Projection, places: cohort.Projection) -> Money:
    """Saved by all added places, less is a cost; shape (draws, years). [£]

    Filled and empty seats of a January stand for its school year, September to August.
    """
    seats, changes = places.simulation.seats, cohort.added_records(places.scenario)
    years = len(money.financial_years)
    if seats is None:
        return np.zeros((len(money.cost), years))
    prices = _prices(money)
    filled, empty = (_of_financial_years(each, years) for each in (seats.filled, seats.empty))
    target = [places.simulation.axes.place(record.place) for record in changes]
    running = np.array([record.running_gbp for record in changes])
    instead = np.einsum("dyrp,dyp->dy", filled, prices)
    cost = np.einsum("dyr,dyr->dy", filled.sum(axis=3), prices[:, :, target])
    return np.asarray(instead - cost - (filled.sum(axis=3) + empty) @ running)


def running_cost(places: cohort.Projection, years: int) -> Money | float:
    """Cost of all added seats as places commissioned, shape (draws, years); nothing without. [£]"""
    seats = places.simulation.seats
    if seats is None:
        return 0.0
    running = np.array([record.running_gbp for record in cohort.added_records(places.scenario)])
    return np.asarray(_of_financial_years(seats.filled.sum(axis=3) + seats.empty, years) @ running)


def seats_money(money: Projection, places: cohort.Projection) -> pd.DataFrame:
    """What added places save by financial year, before what they cost to build.

    Returns
    -------
    pd.DataFrame
        ``financial_year``, ``low``, ``middle``, ``high`` [£], ``chance that it saves`` and
        ``break_even_share``: the share of filled seats that must replace an independent or
        non-maintained place for the seats to pay for themselves. Empty without added places.
    """
    what = f"what added places save by {closing_date(money.financial_years[-1])}"
    why = f"The scenario {money.scenario.name} adds no places."
    if places.simulation.seats is None:
        return in_millions(pd.DataFrame(columns=_COLUMNS), what, why=why)
    saved = seats_saved(money, places)
    low, middle, high = np.quantile(saved, money.levels, axis=0)
    chance = [say_chance(share) for share in (saved > 0).mean(axis=0)]
    share = break_even(money, places)
    frame = pd.DataFrame(
        dict(zip(_COLUMNS, (money.financial_years, low, middle, high, chance, share), strict=True))
    )
    return in_millions(frame, what)


def break_even(money: Projection, places: cohort.Projection) -> Money:
    """Share of filled seats that must replace independent places, by year; may be above one.

    With the mean prices of the draws and of the other places that children would be in.
    """
    seats, changes = places.simulation.seats, cohort.added_records(places.scenario)
    years, axes = len(money.financial_years), places.simulation.axes
    assert seats is not None
    prices = _prices(money).mean(axis=0)
    filled, empty = (
        _of_financial_years(each, years).mean(axis=0) for each in (seats.filled, seats.empty)
    )
    total = np.maximum(filled.sum(axis=(1, 2)), 1e-9)
    target = [axes.place(record.place) for record in changes]
    running = np.array([record.running_gbp for record in changes])
    taken = filled.sum(axis=2)
    cost = ((taken * prices[:, target]).sum(axis=1) + (taken + empty) @ running) / total
    is_independent = np.isin(axes.places, INDEPENDENT)
    of_kind = [_mean_price(filled, prices, which) for which in (is_independent, ~is_independent)]
    return np.asarray((cost - of_kind[1]) / np.maximum(of_kind[0] - of_kind[1], 1e-9))


def _mean_price(filled: Money, prices: Money, which: NDArray[np.bool_]) -> Money:
    """Price of some places, weighted by the children who would be there, by year. [£]"""
    weights = filled.sum(axis=1) * which
    alike = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, which)
    return np.asarray((alike * prices).sum(axis=1) / alike.sum(axis=1))


def _prices(money: Projection) -> Money:
    """Cost of a plan-year in each place, shape (draws, years, place). [£]"""
    cost = money.cost.sum(axis=0) / np.maximum(money.plan_years.sum(axis=0), 1e-9)
    held = money.plan_years > 0
    own = np.divide(money.cost, money.plan_years, out=np.zeros_like(money.cost), where=held)
    return np.where(held, own, cost)


def _of_financial_years(counts: IntCounts, years: int) -> Money:
    """Averages of two school years, shape (draws, years, ...)."""
    padded = np.concatenate([np.zeros_like(counts[:, :1]), counts], axis=1).astype(float)
    first, second = padded[:, :years], padded[:, 1 : years + 1]
    return np.asarray(_OF_SCHOOL_YEAR * first + (1 - _OF_SCHOOL_YEAR) * second)
