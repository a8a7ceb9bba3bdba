"""What added places save or cost: seats filled in place of others, and seats that stay empty.

Every seat costs what its record says, filled or empty, as a place that is commissioned. A filled
one costs the top-up of its kind of place as well, and saves what the child would have cost where
they would be otherwise, at the prices of the same draw.

References
----------
- Drury, C. (2018). Management and Cost Accounting. Tenth edition, Cengage: the break-even
  point, at which what is saved covers what is paid.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib import cohort
from sendlib.cohort.axes import IntCounts
from sendlib.cohort.seats import INDEPENDENT, SeatDraws
from sendlib.finance.labels import in_millions
from sendlib.finance.projection import Projection
from sendlib.finance.unit_costs import Money
from sendlib.periods import closing_date
from sendlib.ranges import say_chance
from sendlib.scenarios import Scenario
from sendlib.vocabulary import PlaceType

_OF_SCHOOL_YEAR = 5 / 12  # of a financial year that the school year before takes: April to August
_NUMBERS = ["filled", "empty", "independent avoided"]  # means of a year
_SHARES = ["break_even_share", "break_even_mainstream_share"]
_COLUMNS = ["financial_year", *_NUMBERS, "low", "middle", "high", "chance that it saves", *_SHARES]


@dataclass(frozen=True, eq=False)
class SeatYears:
    """Added places by financial year, with what they and other places cost."""

    filled: Money  # by where they would be otherwise, (draw, year, record, place) [children]
    empty: Money  # shape (draw, year, record) [seats]
    prices: Money  # of a plan-year in each place, shape (draw, year, place) [£]
    targets: list[int]  # place of each record
    running: Money  # cost of a seat by record [£]
    kinds: NDArray[np.str_]  # of the places

    @classmethod
    def of(cls, money: Projection, seats: SeatDraws) -> "SeatYears":
        """Seats of a January stand for its school year, September to August."""
        records, years = cohort.added_records(money.scenario), len(money.financial_years)
        kinds = list(money.unit_costs.places)
        filled, empty = (_of_financial_years(each, years) for each in (seats.filled, seats.empty))
        targets = [kinds.index(record.place) for record in records]
        running = np.array([record.running_gbp for record in records])
        return cls(filled, empty, _prices(money), targets, running, np.array(kinds))

    @property
    def cost(self) -> Money:
        """Of seats and of those who sit in them, shape (draw, year). [£]"""
        taken = self.filled.sum(axis=3)
        of_children = np.einsum("dyr,dyr->dy", taken, self.prices[:, :, self.targets])
        return np.asarray(of_children + (taken + self.empty) @ self.running)

    @property
    def saved(self) -> Money:
        """By all added places, less is a cost; shape (draw, year). [£]"""
        instead = np.einsum("dyrp,dyp->dy", self.filled, self.prices)  # what they would have cost
        return np.asarray(instead - self.cost)

    def mean_price(self, which: NDArray[np.bool_]) -> Money:
        """Price of some places, weighted by who would be there, by year. [£]"""
        weights = self.filled.mean(axis=0).sum(axis=1) * which
        alike = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, which)
        return np.asarray((alike * self.prices.mean(axis=0)).sum(axis=1) / alike.sum(axis=1))

    def break_even(self, others: tuple[str, ...] | None = None) -> Money:
        """Share of filled seats that must replace independent places, by year.

        With mean prices; the rest would be in ``others``, or where they are in the draws.
        """
        independent = np.isin(self.kinds, INDEPENDENT)
        rest = ~independent if others is None else np.isin(self.kinds, others)
        total = np.maximum(self.filled.mean(axis=0).sum(axis=(1, 2)), 1e-9)
        high, low = self.mean_price(independent), self.mean_price(rest)
        return np.asarray((self.cost.mean(axis=0) / total - low) / np.maximum(high - low, 1e-9))


def running_cost(places: cohort.Projection, years: int) -> Money | float:
    """Cost of all added seats as places commissioned, shape (draws, years); nothing without. [£]"""
    seats = places.simulation.seats
    if seats is None:
        return 0.0
    running = np.array([record.running_gbp for record in cohort.added_records(places.scenario)])
    return np.asarray(_of_financial_years(seats.filled.sum(axis=3) + seats.empty, years) @ running)


def seats_money(money: Projection, seats: SeatDraws | None) -> pd.DataFrame:
    """What added places save by financial year, before what they cost to build.

    Returns
    -------
    pd.DataFrame
        ``financial_year``; means of seats ``filled`` and ``empty`` over the year and of
        ``independent avoided``, those filled by children who would be in an independent or
        non-maintained special school; ``low``, ``middle``, ``high`` [£]; ``chance that it saves``;
        ``break_even_share``, the share of filled seats that must replace such a place for the
        seats to pay for themselves, with the others where they would be in the draws, and
        ``break_even_mainstream_share``, with all others in mainstream. Years begin with the first
        seat that is open; empty without added places.
    """
    if seats is None:
        return _no_seats(money)
    by_year = SeatYears.of(money, seats)
    saved, filled = by_year.saved, by_year.filled.sum(axis=(2, 3))
    avoided = by_year.filled[..., np.isin(by_year.kinds, INDEPENDENT)]
    numbers = [filled, by_year.empty.sum(axis=2), avoided.sum(axis=(2, 3))]
    columns = [
        money.financial_years,
        *(each.mean(axis=0) for each in numbers),
        *np.quantile(saved, money.levels, axis=0),
        [say_chance(share) for share in (saved > 0).mean(axis=0)],
        *(by_year.break_even(others) for others in (None, (PlaceType.MAINSTREAM,))),
    ]
    frame = pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)))
    frame = frame[frame["filled"] + frame["empty"] > 0].reset_index(drop=True)
    frame.attrs = _no_seats(money).attrs | {"why": ""}
    return frame


def _no_seats(money: Projection) -> pd.DataFrame:
    """The frame without a row, which says why."""
    formats = dict.fromkeys(_NUMBERS, "count") | dict.fromkeys(_SHARES, "share0")
    formats |= dict.fromkeys(("low", "middle", "high"), "gbp_m")
    return in_millions(
        pd.DataFrame(columns=_COLUMNS),
        f"what added places save by {closing_date(money.financial_years[-1])}",
        formats=formats,
        why=f"The scenario {money.scenario.name} adds no places.",
    )


def seats_by_scenario(
    runs: Mapping[str, Projection], seats: Callable[[Scenario], SeatDraws | None]
) -> pd.DataFrame:
    """What added places save under each scenario that adds some, a row for each year.

    Parameters
    ----------
    runs : Mapping[str, Projection]
        As of ``Model.run_each``.
    seats : Callable
        Gives what becomes of the places that a scenario adds: ``Model.seats`` of the same model.

    Returns
    -------
    pd.DataFrame
        As :func:`seats_money`, after ``scenario``.
    """
    none = _no_seats(next(iter(runs.values())))
    adding = [run for run in runs.values() if cohort.added_records(run.scenario)]
    each = [  # without added places, there is no need to simulate the children
        seats_money(run, seats(run.scenario)).assign(scenario=run.scenario.name) for run in adding
    ]
    frame = pd.concat(each or [none.assign(scenario="")])[["scenario", *_COLUMNS]]
    frame.attrs = none.attrs | {"why": "None of these scenarios adds places.", "missing": False}
    return frame.reset_index(drop=True)


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
