"""The cohort model: age x need x place, one January to the next, children conserved in every draw.

A total is met by calibrating rates, never by rescaling counts: one number for each draw and year
multiplies the rate of joining and divides the odds of leaving. Shares of kinds of place, drawn
beforehand, are met by one log-odds for each draw, year and kind, which makes it a likelier or
less likely destination; where a kind keeps more children than its share, so many more move.

References
----------
- Stephensen, P. (2016). Logit scaling: a general method for alignment in microsimulation models.
  International Journal of Microsimulation 9(3), 89-102: totals and shares met by odds.
- Rogers, A. (1995). Multiregional demography: principles, methods and extensions. Wiley: stocks by
  age and state, moved on by rates.
- van Imhoff, E. and Post, W. (1998). Microsimulation methods for population projection. Population:
  An English Selection 10(1), 97-138: events drawn, not expected.
- Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency
  table when the expected marginal totals are known. Annals of Mathematical Statistics 11(4),
  427-444: proportional fitting.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence

from sendlib.cohort import steps
from sendlib.cohort.axes import Counts, IntCounts, membership
from sendlib.cohort.expected import Expected
from sendlib.cohort.levers import Levers
from sendlib.cohort.rates import ParameterDraws, Parameters, Rates
from sendlib.cohort.seats import SeatDraws, Seats, check_seats
from sendlib.cohort.simulation import BLOCK, Simulation, Start
from sendlib.cohort.steps import MOST, Changes, lay_out
from sendlib.errors import ParameterError, Problem
from sendlib.processors import threads
from sendlib.vocabulary import PLACE_GROUPS

KINDS = len(PLACE_GROUPS)
_TINY = 1e-12
_NO_LEVERS = Levers()
_ROUNDS, _CONVERGED, _LEAST = 12, 0.002, 1e-9  # of fitting destinations to shares


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
    expected: bool = False,
) -> Simulation:
    """Simulate a caseload, draw by draw.

    Totals have the shape (draw, year) and are met exactly. Shares, (draw, year, kind) in the
    order of ``PLACE_GROUPS``, are met in expectation as far as those who move and join allow.
    ``follow`` is a run that met both: its rates are steered as they were there. ``expected``
    gives counts that are expected at the rates of each draw in place of whole children: for
    means of what a lever changes.
    """
    if totals is not None and (totals > start.residents.sum(axis=1)).any():
        found, remedy = "more plans than residents", "impose a lower total"
        problem = Problem("more_plans_than_residents", found, "totals", remedy)
        raise ParameterError("The years ahead cannot be drawn.", [problem])
    changes = lay_out(levers, rates.axes, start.years)
    check_seats(levers, start.years)
    seats = [Seats.of(record, rates.axes, start.years) for record in levers.added_places]
    simulation = _empty(rates, start, draws, seats=len(seats), by_cell=by_cell, expected=expected)
    parameters = parameters or ParameterDraws(rates)
    slices = [slice(first, min(first + BLOCK, draws)) for first in range(0, draws, BLOCK)]
    streams = SeedSequence(seed).spawn(len(slices))

    def fill(part: slice, stream: SeedSequence) -> None:
        size, years = part.stop - part.start, len(start.years)
        known, rng = parameters.block(stream, draws=size, years=years)
        # seats have random numbers of their own: other steps draw what they would without them
        apart = SeedSequence(stream.entropy, spawn_key=(*stream.spawn_key, 1))
        counts = Expected if expected else Generator
        block = _Block(
            start,
            changes,
            known,
            counts(rng.bit_generator),
            out=simulation.part(part),
            totals=None if totals is None else np.rint(totals[part]).astype(np.int64),
            shares=None if shares is None else shares[part],
            follow=None if follow is None else follow.part(part),
            seats=seats,
            seat_rng=counts(SFC64(apart)),
        )
        for year in range(years):
            block.one_year(year)

    with ThreadPoolExecutor(workers or threads()) as pool:
        list(pool.map(fill, slices, streams))
    return simulation


@dataclass(frozen=True, eq=False)
class _Block:
    """Some draws, made together from one stream of random numbers."""

    start: Start
    changes: Changes
    parameters: Parameters
    rng: Generator
    out: Simulation
    totals: IntCounts | None
    shares: Counts | None
    follow: Simulation | None
    seats: list[Seats]
    seat_rng: Generator

    @cached_property
    def streams(self) -> "_Streams":
        """Where movers and joiners would go."""
        return _Streams(self.parameters, membership(self.out.axes.places, PLACE_GROUPS))

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
        if self.totals is not None:  # more leave where those who stay are more than the total
            excess = np.maximum(steps.sum_cells(aged - left) - self.totals[:, year], 0)
            if excess.any():
                left = left + steps.choose(aged - left, excess, rng)
        cells = None if out.need_changed is None else out.need_changed[:, year]
        stayed = steps.change_need(aged - left, self.parameters, rng, into=cells)
        movers, joiners = self.movers(year, stayed), None
        if self.shares is not None:  # what places are calibrated with
            joiners = self.joiners(year, stayed, joinable, calibration)
        factors = self.place_factors(year, stayed - movers, movers, joiners)
        cells = None if out.moved_cells is None else out.moved_cells[:, year]
        arrived, returned, out.moved[:, year] = steps.place_movers(
            movers, self.parameters, changes, year, rng, factors=factors, into=cells
        )
        staying = stayed - movers + returned
        if joiners is None:
            joiners = self.joiners(year, stayed, joinable, calibration)
        joined = steps.split_joiners(joiners, joinable.weights, changes, year, rng, factors=factors)
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
            still = steps.sum_cells(staying[..., seats.place]) / np.maximum(before, 1)
            self.out.moved[:, year, :, seats.place] += seats.fill(
                self.out.seats,
                (year, row),
                np.clip(still, 0.0, 1.0),
                staying,
                arrivals,
                rng=self.seat_rng,
            )

    def odds(self, flow: Literal["leave", "move"], year: int) -> tuple[Counts, Counts]:
        """Odds after levers, which act on rates, and the year's shock on them."""
        odds: Counts = getattr(self.parameters, flow)
        factor = self.changes.factors[flow][year]
        if (factor != 1).any():
            odds = factor * odds / np.maximum(1 + odds * (1 - factor), _TINY)
        return odds, self.parameters.shocks[flow][:, year]

    def movers(self, year: int, stayed: IntCounts) -> IntCounts:
        """Who moves: by their rates, or because too many stay."""
        odds, shock = self.odds("move", year)
        movers = steps.draw_events(stayed, odds, shock, self.rng)
        if self.shares is not None:
            self.out.forced[:, year] = self.streams.excess(stayed - movers, self.wanted(year))
        elif self.follow is not None:
            self.out.forced[:, year] = self.follow.forced[:, year]
        if self.out.forced[:, year].any():
            chance = np.clip(self.out.forced[:, year], 0.0, 1 - _LEAST) @ self.streams.kind_of.T
            odds = np.broadcast_to((chance / (1 - chance))[:, None, None], stayed.shape)
            movers += steps.draw_events(stayed - movers, odds, np.ones(len(stayed)), self.rng)
        return movers

    def wanted(self, year: int) -> Counts:
        """Places of each kind of the model, by the shares drawn, shape (draw, kind). [places]"""
        assert self.shares is not None
        assert self.totals is not None
        possible = self.shares[:, year] * self.streams.kind_of.any(axis=0)
        return np.asarray(possible / _sum(possible) * self.totals[:, year, None])

    def place_factors(
        self, year: int, staying: IntCounts, movers: IntCounts, joiners: IntCounts | None
    ) -> Counts:
        """Factors on the weights of places, shape (draw, place)."""
        if joiners is not None:
            calibration = self.streams.calibrate(staying, movers, joiners, self.wanted(year))
        elif self.follow is not None:
            calibration = self.follow.place_calibration[:, year]
        else:
            return np.ones((len(staying), staying.shape[3]))
        self.out.place_calibration[:, year] = calibration
        return self.streams.by_place(calibration)

    def joiners(
        self, year: int, stayed: IntCounts, joinable: steps.Candidates, calibration: Counts
    ) -> IntCounts:
        """Joiners by age, shape (draw, age): by their rates, or as many as a total leaves."""
        if self.totals is not None:
            number = self.totals[:, year] - stayed.sum(axis=(1, 2, 3))
            expected = joinable.number * joinable.chance + _TINY  # some age always has a share
            return self.rng.multinomial(number, expected / expected.sum(axis=1, keepdims=True))
        if self.follow is not None:  # as many as its total left, but for what levers change
            chance = np.minimum(joinable.chance * np.exp(calibration)[:, None], 1.0)
            return np.asarray(self.rng.binomial(joinable.number, chance))
        shock = self.parameters.shocks["join"][:, year, None]
        odds = joinable.chance / np.maximum(1 - joinable.chance, 1e-9) * shock
        return np.asarray(self.rng.binomial(joinable.number, odds / (1 + odds)))


@dataclass(frozen=True, eq=False)
class _Streams:
    """Where those who move and join in a block of draws would go, by kind of place."""

    parameters: Parameters
    kind_of: Counts  # shape (place, kind): 1 or 0

    @cached_property
    def shares(self) -> Counts:
        """Of destinations of movers by age and place, then of joiners by age, needs together.

        The shape is (draw, kind, stream).
        """
        parameters = self.parameters
        mean = parameters.rates.destination.mean(axis=1)
        movers = (mean * parameters.destination) @ self.kind_of
        joiners = parameters.join_split.sum(axis=2) @ self.kind_of
        both = np.concatenate([movers.reshape(len(movers), -1, KINDS), joiners], axis=1)
        return np.ascontiguousarray((both / _sum(both)).swapaxes(1, 2))

    def excess(self, staying: IntCounts, wanted: Counts) -> Counts:
        """Share of a kind's stayers beyond the places wanted, shape (draw, kind)."""
        stayed = staying.sum(axis=(1, 2)) @ self.kind_of
        return np.asarray(np.clip(1 - wanted / np.maximum(stayed, _LEAST), 0.0, 1.0))

    def calibrate(
        self, staying: IntCounts, movers: IntCounts, joiners: IntCounts, wanted: Counts
    ) -> Counts:
        """Log odds of each kind under which places are expected to be as wanted, (draw, kind).

        By proportional fitting; no kind's odds change by more than ``MOST``.
        """
        stayed = staying.sum(axis=(1, 2)) @ self.kind_of
        room = np.maximum(wanted - stayed, 0.0)
        arrivals = movers.sum(axis=(1, 2, 3)) + joiners.sum(axis=1)
        room *= (arrivals / np.maximum(room.sum(axis=1), _LEAST))[:, None]
        number = np.concatenate([movers.sum(axis=2).reshape(len(movers), -1), joiners], axis=1)
        some = np.flatnonzero(number.any(axis=0))
        shares, number = self.shares.take(some, axis=2), number[:, None, some].astype(float)
        log_odds = np.zeros_like(wanted)
        for _ in range(_ROUNDS):
            odds = np.exp(log_odds)
            weight = np.maximum(odds[:, None] @ shares, _LEAST)
            expected = np.vecdot(shares, number / weight) * odds
            step = np.log(np.maximum(room, _LEAST) / np.maximum(expected, _LEAST))
            log_odds = log_odds + step
            log_odds -= (log_odds * room).sum(axis=1, keepdims=True) / _sum(room)
            log_odds = np.clip(log_odds, -MOST, MOST)
            if np.abs(expected - room).max() < _CONVERGED * max(float(room.mean()), 1.0):
                break
        return log_odds

    def by_place(self, calibration: Counts) -> Counts:
        """Factors on the weights of places, shape (draw, place)."""
        return np.exp(calibration @ self.kind_of.T)


def _sum(values: Counts) -> Counts:
    """Sums along the last axis, never zero."""
    return np.asarray(np.maximum(values.sum(axis=-1, keepdims=True), _LEAST))


def _empty(
    rates: Rates, start: Start, draws: int, *, seats: int, by_cell: bool, expected: bool
) -> Simulation:
    ages, needs, places = rates.axes.shape
    years = len(start.years)
    largest = start.stock.sum(axis=(1, 2)).max()  # all of an age may come to be in one cell
    narrow = max(start.residents.max(), largest) <= np.iinfo(np.int16).max
    kind: type = np.float64 if expected else np.int16 if narrow else np.int32
    wide: type = np.float64 if expected else np.int32
    of_seats: type = np.float64 if expected else np.int64

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
        moved=zeros(years, places, places, dtype=wide),
        turned_away=zeros(years, places, places, dtype=wide),
        calibration=zeros(years, dtype=float),
        place_calibration=zeros(years, KINDS, dtype=float),
        forced=zeros(years, KINDS, dtype=float),
        seats=SeatDraws.zeros(draws, years, seats, places, dtype=of_seats) if seats else None,
        moved_cells=zeros(years, ages, needs, places, places) if by_cell else None,
        need_changed=zeros(years, ages, needs, needs, places) if by_cell else None,
    )
