"""The cohort model: age x need x place, one January to the next, children conserved in every draw.

A total is met by calibrating rates, never by rescaling counts: one number for each draw and year
raises the odds of joining and lowers those of leaving.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import cached_property
from os import cpu_count
from typing import Any, Literal

import numpy as np
import pandas as pd

from sendlib.cohort import steps
from sendlib.cohort.axes import Axes, Counts, IntCounts
from sendlib.cohort.changes import Changes, lay_out
from sendlib.cohort.levers import Levers
from sendlib.cohort.rates import ParameterDraws, Parameters, Rates
from sendlib.cohort.seats import SeatDraws, Seats, check_seats, seat_generator
from sendlib.cohort.start import Start, check_run
from sendlib.cohort.steering import KINDS, Streams

AGE, NEED, PLACE = 2, 3, 4
BLOCK = 50  # draws made together from one stream of random numbers, however many workers
_TINY = 1e-12
_NO_LEVERS = Levers()


@dataclass(frozen=True, eq=False)
class Simulation:
    """Draws of a caseload over the Januaries ahead.

    Cells add up to places, ages and the total within each draw, so sums are
    taken first and quantiles last.

    Parameters
    ----------
    axes : Axes
        Needs and places.
    origin : int
        The January counted last.
    stock : np.ndarray
        Shape (draw, 1 + year, age, need, place); the first year is the count
        itself, the same in every draw. [plans]
    joined : np.ndarray
        By the place first wanted, shape (draw, year, age, need, place). [plans]
    left : np.ndarray
        Shape (draw, year, 1 + age, need, place); the last age is those who
        pass 25. [plans]
    moved : np.ndarray
        Shape (draw, year, place from, place to). [plans]
    need_changed : np.ndarray
        Shape (draw, year, need from, need to). [plans]
    turned_away : np.ndarray
        Who found no room, shape (draw, year, place wanted, place got). [plans]
    calibration : np.ndarray
        What a total asked of the rates, shape (draw, year). [log odds]
    tilt : np.ndarray
        What shares of kinds of place asked of destinations, shape (draw, year, kind). [log odds]
    forced : np.ndarray
        Share of the stayers of a kind who had to move, shape (draw, year, kind).
    seats : SeatDraws, optional
        What becomes of added places, where there are any.
    moved_cells, need_changed_cells : np.ndarray, optional
        Moves and changes of need cell by cell, where they were asked for, shapes
        (draw, year, age, need, place from, place to) and
        (draw, year, age, need from, need to, place). [plans]
    """

    axes: Axes
    origin: int
    stock: IntCounts
    joined: IntCounts
    left: IntCounts
    moved: IntCounts
    need_changed: IntCounts
    turned_away: IntCounts
    calibration: Counts
    tilt: Counts
    forced: Counts
    seats: SeatDraws | None = None
    moved_cells: IntCounts | None = None
    need_changed_cells: IntCounts | None = None

    @property
    def census_years(self) -> list[int]:
        """The Januaries of ``stock``, the one counted first."""
        return list(range(self.origin, self.origin + self.stock.shape[1]))

    def total(self) -> IntCounts:
        """All plans, shape (draw, 1 + year). [plans]"""
        return np.asarray(self.stock.sum(axis=(AGE, NEED, PLACE), dtype=np.int64))

    def by(self, axis: int) -> IntCounts:
        """Plans along one axis (``AGE``, ``NEED`` or ``PLACE``), shape (draw, 1 + year, ...)."""
        others = tuple(other for other in (AGE, NEED, PLACE) if other != axis)
        return np.asarray(self.stock.sum(axis=others, dtype=np.int64))

    def first(self, draws: int) -> "Simulation":
        """A view of the first draws."""
        return self if draws == len(self.stock) else _part_of(self, slice(draws))


def holds(known: int, draws: int) -> bool:
    """Whether the first of some draws known are those that a run of so many would give."""
    return known == draws or (known > draws and draws % BLOCK == 0)


def quantile_rows(
    draws: IntCounts,
    years: Sequence[int],
    levels: Sequence[float],
    *,
    name: str,
    values: Sequence[object],
) -> pd.DataFrame:
    """Low, middle and high of draws, shape (draw, year, value), a row for each year and value."""
    low, middle, high = (quantile.ravel() for quantile in np.quantile(draws, levels, axis=0))
    index = pd.MultiIndex.from_product([years, values], names=["census_year", name])
    return pd.DataFrame({"low": low, "middle": middle, "high": high}, index=index).reset_index()


def simulate(
    rates: Rates,
    start: Start,
    *,
    draws: int,
    seed: int,
    levers: Levers = _NO_LEVERS,
    totals: Counts | None = None,
    shares: Counts | None = None,
    follow: Simulation | None = None,
    parameters: ParameterDraws | None = None,
    workers: int | None = None,
    by_cell: bool = False,
) -> Simulation:
    """Simulate a caseload, draw by draw.

    Totals have the shape (draw, year) and are met exactly. Shares, (draw, year, kind) in the
    order of ``PLACE_GROUPS``, are met in expectation. ``follow`` is a run that met both: its
    rates are steered as they were there.
    """
    steered = None if follow is None else follow.calibration
    check_run(start, draws=draws, totals=totals, shares=shares, follow=steered)
    changes = lay_out(levers, rates.axes, start.years)
    check_seats(levers, start.years)
    seats = [Seats.of(record, rates.axes, start.years) for record in levers.added_places]
    simulation = _empty(rates, start, draws, by_cell=by_cell)
    if seats:
        years, places = len(start.years), len(rates.axes.places)
        empty = SeatDraws.none(draws, years, len(seats), places)
        simulation = replace(simulation, seats=empty)
    parameters = parameters or ParameterDraws(rates)
    slices = [slice(first, min(first + BLOCK, draws)) for first in range(0, draws, BLOCK)]
    streams = np.random.SeedSequence(seed).spawn(len(slices))

    def fill(part: slice, stream: np.random.SeedSequence) -> None:
        size, years = part.stop - part.start, len(start.years)
        known, rng = parameters.block(stream, draws=size, years=years)
        block = _Block(
            start,
            changes,
            known,
            rng,
            out=_part_of(simulation, part),
            totals=None if totals is None else np.rint(totals[part]).astype(np.int64),
            shares=None if shares is None else shares[part],
            follow=None if follow is None else _part_of(follow, part),
            seats=seats,
            seat_rng=seat_generator(stream),
        )
        for year in range(years):
            block.one_year(year)

    with ThreadPoolExecutor(workers or cpu_count()) as pool:
        list(pool.map(fill, slices, streams))
    return simulation


@dataclass(frozen=True, eq=False)
class _Block:
    """Some draws, made together from one stream of random numbers."""

    start: Start
    changes: Changes
    parameters: Parameters
    rng: np.random.Generator
    out: Simulation
    totals: IntCounts | None
    shares: Counts | None
    follow: Simulation | None
    seats: list[Seats]
    seat_rng: np.random.Generator

    @cached_property
    def streams(self) -> Streams:
        """Where movers and joiners would go."""
        return Streams.of(self.parameters, self.out.axes)

    def one_year(self, year: int) -> None:
        """From one January to the next."""
        out, changes, rng = self.out, self.changes, self.rng
        aged = np.zeros_like(out.stock[:, year])
        aged[:, 1:] = out.stock[:, year, :-1]
        residents = self.start.residents[year]
        joinable = steps.candidates(aged, residents, self.parameters, changes, year)
        odds, shock = self.odds("leave", year)
        if self.totals is not None:
            calibration = steps.calibrate(aged, odds, shock, joinable, self.totals[:, year])
        elif self.follow is not None:
            calibration = np.asarray(self.follow.calibration[:, year])
        else:
            calibration = np.zeros(len(aged))
        left = steps.draw_events(aged, odds, shock * np.exp(-calibration), rng)
        if self.totals is not None:
            left = steps.leave_to_total(aged, left, self.totals[:, year], rng)
        cells = out.need_changed_cells
        stayed, out.need_changed[:, year] = steps.change_need(
            aged - left, self.parameters, rng, into=None if cells is None else cells[:, year]
        )
        movers, joiners = self.movers(year, stayed), None
        if self.shares is not None:  # what a tilt is found for
            joiners = self.joiners(year, stayed, joinable, calibration)
        tilt = self.tilt(year, stayed - movers, movers, joiners)
        staying, arrived, out.moved[:, year] = self.move(year, stayed, movers, tilt)
        if joiners is None:
            joiners = self.joiners(year, stayed, joinable, calibration)
        joined = steps.split_joiners(joiners, joinable.weights, changes, year, rng, tilt=tilt)
        arrivals = arrived + joined.astype(aged.dtype)
        self.fill_seats(year, staying, arrivals)
        out.stock[:, year + 1], out.turned_away[:, year] = steps.find_room(
            staying, arrivals, changes, year, rng
        )
        out.joined[:, year], out.calibration[:, year] = joined, calibration
        out.left[:, year, :-1], out.left[:, year, -1] = left, out.stock[:, year, -1]

    def fill_seats(self, year: int, staying: IntCounts, arrivals: IntCounts) -> None:
        """Fill added places in one year."""
        if self.out.seats is None:
            return
        for row, seats in enumerate(self.seats):
            before = self.out.stock[:, year, ..., seats.place].sum(axis=(1, 2))
            left = steps.share_staying(staying[..., seats.place], before)
            self.out.moved[:, year, :, seats.place] += seats.fill_year(
                self.out.seats.of(row), year, left, staying, arrivals, rng=self.seat_rng
            )

    def odds(self, flow: Literal["leave", "move"], year: int) -> tuple[Counts, Counts]:
        """Odds after levers, which act on rates, and the year's shock on them."""
        odds: Counts = getattr(self.parameters, flow)
        factor = self.changes.factors[flow][year]
        if (factor != 1).any():
            odds = factor * odds / np.maximum(1 + odds * (1 - factor), _TINY)
        return odds, self.parameters.shocks[flow][:, year]

    def movers(self, year: int, stayed: IntCounts) -> IntCounts:
        """Who moves: by their rates, because their place shuts, or because too many stay."""
        odds, shock = self.odds("move", year)
        movers = steps.draw_events(stayed, odds, shock, self.rng)
        closing = self.changes.closing[year]
        movers[..., closing] = stayed[..., closing]
        if self.shares is not None:
            self.out.forced[:, year] = self.streams.excess(stayed - movers, self.wanted(year))
        elif self.follow is not None:
            self.out.forced[:, year] = self.follow.forced[:, year]
        if self.out.forced[:, year].any():
            forced = self.streams.odds_of_moving(self.out.forced[:, year])
            odds = np.broadcast_to(forced[:, None, None], stayed.shape)
            movers += steps.draw_events(stayed - movers, odds, np.ones(len(stayed)), self.rng)
        return movers

    def wanted(self, year: int) -> Counts:
        """Places of each kind by the shares drawn, shape (draw, kind)."""
        if self.shares is None or self.totals is None:
            return np.zeros((len(self.out.stock), KINDS))
        return self.streams.wanted(self.shares[:, year], self.totals[:, year].astype(float))

    def tilt(
        self, year: int, staying: IntCounts, movers: IntCounts, joiners: IntCounts | None
    ) -> Counts:
        """Factors on the weights of places, shape (draw, place)."""
        if joiners is not None:
            tilt = self.streams.tilt(staying, movers, joiners, self.wanted(year))
        elif self.follow is not None:
            tilt = self.follow.tilt[:, year]
        else:
            return np.ones((len(staying), staying.shape[3]))
        self.out.tilt[:, year] = tilt
        return self.streams.by_place(tilt)

    def move(
        self, year: int, stayed: IntCounts, movers: IntCounts, tilt: Counts
    ) -> tuple[IntCounts, IntCounts, IntCounts]:
        """Who stays in a place, who arrives where, and moves by place."""
        cells = None if self.out.moved_cells is None else self.out.moved_cells[:, year]
        arrived, returned, moves = steps.place_movers(
            movers, self.parameters, self.changes, year, self.rng, tilt=tilt, into=cells
        )
        return stayed - movers + returned, arrived, moves

    def joiners(
        self, year: int, stayed: IntCounts, joinable: steps.Candidates, calibration: Counts
    ) -> IntCounts:
        """Joiners by age, shape (draw, age): by their rates, or as many as a total leaves."""
        if self.totals is not None:
            number = self.totals[:, year] - stayed.sum(axis=(1, 2, 3), dtype=np.int64)
            expected = joinable.number * joinable.chance + _TINY  # some age always has a share
            return self.rng.multinomial(number, expected / expected.sum(axis=1, keepdims=True))
        shock = self.parameters.shocks["join"][:, year]
        factor = shock if self.follow is None else np.exp(calibration)
        odds = joinable.chance / np.maximum(1 - joinable.chance, 1e-9) * factor[:, None]
        return np.asarray(self.rng.binomial(joinable.number, odds / (1 + odds)))


def _empty(rates: Rates, start: Start, draws: int, *, by_cell: bool) -> Simulation:
    ages, needs, places = rates.axes.shape
    years = len(start.years)
    largest = start.stock.sum(axis=(1, 2)).max()  # all of an age may come to be in one cell
    narrow = max(start.residents.max(), largest) <= np.iinfo(np.int16).max
    kind = np.int16 if narrow else np.int32

    def zeros(*shape: int, dtype: type = kind) -> Any:
        return np.zeros((draws, *shape), dtype=dtype)

    stock = zeros(1 + years, ages, needs, places)
    stock[:, 0] = start.stock
    return Simulation(
        rates.axes,
        start.origin,
        stock,
        joined=zeros(years, ages, needs, places),
        left=zeros(years, ages + 1, needs, places),
        moved=zeros(years, places, places, dtype=np.int32),
        need_changed=zeros(years, needs, needs, dtype=np.int32),
        turned_away=zeros(years, places, places, dtype=np.int32),
        calibration=zeros(years, dtype=float),
        tilt=zeros(years, KINDS, dtype=float),
        forced=zeros(years, KINDS, dtype=float),
        moved_cells=zeros(years, ages, needs, places, places) if by_cell else None,
        need_changed_cells=zeros(years, ages, needs, needs, places) if by_cell else None,
    )


def _part_of(simulation: Simulation, draws: slice) -> Simulation:
    """A view of some draws."""
    arrays = {each.name: getattr(simulation, each.name) for each in fields(simulation)}
    cut: dict[str, Any] = {
        name: array[draws] for name, array in arrays.items() if isinstance(array, np.ndarray)
    }
    if simulation.seats is not None:
        cut["seats"] = simulation.seats.part(draws)
    return replace(simulation, **cut)
