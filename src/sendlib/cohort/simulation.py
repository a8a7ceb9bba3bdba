"""Where a simulation begins, and the draws that it makes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sendlib.cohort.axes import Axes, Counts, IntCounts
from sendlib.cohort.seats import SeatDraws

AGE, NEED, PLACE = 2, 3, 4
BLOCK = 50  # draws made together from one stream of random numbers, however many workers


@dataclass(frozen=True, eq=False)
class Start:
    """Where a simulation begins."""

    origin: int  # the January counted last
    stock: Counts  # whole numbers, shape (age, need, place) [plans]
    residents: Counts  # at each January ahead, shape (year, age) [persons]

    @property
    def years(self) -> range:
        """The Januaries ahead."""
        return range(self.origin + 1, self.origin + 1 + len(self.residents))


@dataclass(frozen=True, eq=False)
class Simulation:
    """Draws of a caseload over the Januaries ahead; sums are taken first and quantiles last."""

    axes: Axes
    origin: int  # the January counted last
    stock: IntCounts  # (draw, 1 + year, age, need, place), the count itself first [plans]
    joined: IntCounts  # by the place first wanted, (draw, year, age, need, place) [plans]
    left: IntCounts  # (draw, year, 1 + age, need, place); the last age passes 25 [plans]
    moved: IntCounts  # (draw, year, place from, place to) [plans]
    turned_away: IntCounts  # found no room, (draw, year, place wanted, place got) [plans]
    calibration: Counts  # what a total asked of the rates, (draw, year) [log odds]
    place_calibration: Counts  # what shares of kinds asked, (draw, year, kind) [log odds]
    forced: Counts  # share of the stayers of a kind who had to move, (draw, year, kind)
    seats: SeatDraws | None = None  # of added places, where there are any
    moved_cells: IntCounts | None = None  # by cell, (draw, year, age, need, place from, place to)
    need_changed: IntCounts | None = None  # by cell, (draw, year, age, need from, need to, place)

    @property
    def census_years(self) -> list[int]:
        """The Januaries of ``stock``, the one counted first."""
        return list(range(self.origin, self.origin + self.stock.shape[1]))

    def total(self) -> IntCounts:
        """All plans, shape (draw, 1 + year). [plans]"""
        return self._sum((AGE, NEED, PLACE))

    def by(self, axis: int) -> IntCounts:
        """Plans along one axis (``AGE``, ``NEED`` or ``PLACE``), shape (draw, 1 + year, ...)."""
        others = tuple(other for other in (AGE, NEED, PLACE) if other != axis)
        return self._sum(others)

    def _sum(self, axes: tuple[int, ...]) -> IntCounts:
        """Whole children of an authority, fractions of one that has a share of others."""
        return np.asarray(self.stock.sum(axis=axes, dtype=np.result_type(self.stock, np.int64)))

    def part(self, draws: slice) -> "Simulation":
        """A view of some draws."""
        arrays = {each.name: getattr(self, each.name) for each in fields(self)}
        cut: dict[str, Any] = {
            name: array[draws] for name, array in arrays.items() if isinstance(array, np.ndarray)
        }
        return replace(self, **cut, seats=self.seats and self.seats.part(draws))


def add_parts(parts: Sequence[tuple[Simulation, float]]) -> Simulation:
    """Draws of an area that has a share of each draw of others; the first's calibration stands."""

    def add(draws: Sequence[tuple[Any, float]], *names: str) -> dict[str, Any]:
        known = [name for name in names if getattr(draws[0][0], name) is not None]
        return {name: sum(share * getattr(each, name) for each, share in draws) for name in known}

    first, _ = parts[0]
    seats = None
    if first.seats is not None:
        drawn = [(each.seats, share) for each, share in parts]
        seats = replace(first.seats, **add(drawn, "filled", "empty", "queue"))
    counts = ("stock", "joined", "left", "moved", "turned_away", "moved_cells", "need_changed")
    return replace(first, **add(parts, *counts), seats=seats)


def holds(known: int, draws: int) -> bool:
    """Whether the first of some draws known are those that a run of so many would give."""
    return known == draws or (known > draws and draws % BLOCK == 0)
