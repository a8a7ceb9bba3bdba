"""The cohort model: age x need x place, one January to the next.

Each year everyone grows a year older; some leave; some of the rest change need
or move; residents without a plan join; and where room is limited, arrivals
are placed where there is some. Children are conserved in every draw and step.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from os import cpu_count
from typing import Any, Literal

import numpy as np

from sendlib.cohort import steps
from sendlib.cohort.axes import AGES, Counts, Whole
from sendlib.cohort.capacity import find_room
from sendlib.cohort.changes import Changes, lay_out
from sendlib.cohort.draws import ParameterDraws, begin
from sendlib.cohort.levers import Levers
from sendlib.cohort.parameters import Parameters
from sendlib.cohort.rates import Rates
from sendlib.cohort.simulation import Simulation
from sendlib.cohort.steps import Candidates
from sendlib.cohort.tilt import Stayers, solve_tilt, top_up
from sendlib.errors import ParameterError, Problem, raise_any

BLOCK = 50  # draws made together from one stream of random numbers, however many workers
_TINY = 1e-12
_NARROW = np.iinfo(np.int16).max
_NO_LEVERS = Levers()


@dataclass(frozen=True, eq=False)
class Start:
    """Where the years ahead begin.

    Parameters
    ----------
    origin : int
        The January counted last.
    stock : np.ndarray
        Whole numbers, shape (age, need, place). [plans]
    residents : np.ndarray
        At each January ahead, shape (year, age). [persons]
    """

    origin: int
    stock: Counts
    residents: Counts

    @property
    def years(self) -> range:
        """The Januaries ahead."""
        return range(self.origin + 1, self.origin + 1 + len(self.residents))


@dataclass(frozen=True, eq=False)
class _Block:
    """Some draws, made together from one stream of random numbers."""

    start: Start
    changes: Changes
    parameters: Parameters
    out: Simulation
    totals: Whole | None
    tilt: Counts | None
    rng: np.random.Generator


def simulate(
    rates: Rates,
    start: Start,
    *,
    draws: int,
    seed: int,
    levers: Levers = _NO_LEVERS,
    totals: Counts | None = None,
    tilt: Counts | None = None,
    parameters: ParameterDraws | None = None,
    workers: int | None = None,
    by_cell: bool = False,
) -> Simulation:
    """Draw futures of a caseload."""
    _check(start, draws, totals, tilt)
    changes = lay_out(levers, rates.axes, start.years)
    futures = _empty(rates, start, draws, by_cell=by_cell)
    blocks = [slice(first, min(first + BLOCK, draws)) for first in range(0, draws, BLOCK)]
    streams = np.random.SeedSequence(seed).spawn(len(blocks))
    block_of = partial(begin, rates) if parameters is None else parameters.block

    def fill(block: slice, stream: np.random.SeedSequence) -> None:
        out = _part(futures, block)
        known, rng = block_of(stream, draws=len(out.stock), years=len(start.years))
        imposed = None if totals is None else np.rint(totals[block]).astype(np.int64)
        given = None if tilt is None else tilt[block]
        made = _Block(start, changes, known, out, imposed, given, rng)
        for year in range(len(start.years)):
            _one_year(made, year)

    with ThreadPoolExecutor(workers or cpu_count()) as pool:
        list(pool.map(fill, blocks, streams))
    return futures


def _one_year(block: _Block, year: int) -> None:
    """One January to the next, for one block of draws."""
    out, changes, rng = block.out, block.changes, block.rng
    aged, passed = steps.grow_older(out.stock[:, year])
    joinable = steps.candidates(aged, block.start.residents[year], block.parameters, changes, year)
    odds, shock = _odds(block, "leave", year)
    tilt = _tilt(block, year, aged, joinable, (odds, shock))
    left = steps.happens(aged, odds, shock * np.exp(-tilt), rng)
    if block.totals is not None:
        left = top_up(aged, left, block.totals[:, year], rng)
    stayed, needs = _change_need(block, year, aged - left)
    staying, arrived, moves = _move(block, year, stayed)
    joiners = _joiners(block, year, stayed, joinable, tilt)
    joined = steps.split_joiners(joiners, joinable.weights, rng)
    placed = find_room(staying, arrived + joined.astype(aged.dtype), changes, year, rng)
    out.stock[:, year + 1] = placed.stock
    out.joined[:, year] = joined
    out.left[:, year, :-1], out.left[:, year, -1] = left, passed
    out.moved[:, year], out.need_changed[:, year] = moves, needs
    out.turned_away[:, year], out.tilt[:, year] = placed.turned_away, tilt


def _odds(block: _Block, flow: Literal["leave", "move"], year: int) -> tuple[Counts, Counts]:
    """Odds after levers, which act on rates, and the year's shock on them."""
    odds: Counts = getattr(block.parameters, flow)
    factor = block.changes.factors[flow][year]
    if (factor != 1).any():
        odds = factor * odds / np.maximum(1 + odds * (1 - factor), _TINY)
    return odds, block.parameters.shocks[flow][:, year]


def _tilt(
    block: _Block, year: int, aged: Whole, joinable: Candidates, leaving: tuple[Counts, Counts]
) -> Counts:
    """The tilt of each draw: solved for a total, as given, or none."""
    if block.totals is not None:
        held = aged.ravel()
        cells = np.flatnonzero(held)
        draw = cells // (aged.size // len(aged))
        odds = leaving[0].ravel()[cells] * leaving[1][draw]
        return solve_tilt(Stayers(draw, held[cells], odds), joinable, block.totals[:, year])
    return np.zeros(len(aged)) if block.tilt is None else np.asarray(block.tilt[:, year])


def _change_need(block: _Block, year: int, stayed: Whole) -> tuple[Whole, Whole]:
    cells = block.out.need_changed_cells
    into = None if cells is None else cells[:, year]
    return steps.change_need(stayed, block.parameters, block.rng, into=into)


def _move(block: _Block, year: int, stayed: Whole) -> tuple[Whole, Whole, Whole]:
    """Who keeps a place, who arrives where, and moves by place."""
    changes, parameters = block.changes, block.parameters
    odds, shock = _odds(block, "move", year)
    movers = steps.happens(stayed, odds, shock, block.rng)
    closing = changes.closing[year]
    movers[..., closing] = stayed[..., closing]
    cells = None if block.out.moved_cells is None else block.out.moved_cells[:, year]
    arrived, kept, moves = steps.place_movers(
        movers, parameters, changes, year, block.rng, into=cells
    )
    return stayed - movers + kept, arrived, moves


def _joiners(block: _Block, year: int, stayed: Whole, joinable: Candidates, tilt: Counts) -> Whole:
    """Joiners by age, shape (draw, age): by their rates, or as many as a total leaves."""
    if block.totals is not None:
        number = block.totals[:, year] - stayed.sum(axis=(1, 2, 3), dtype=np.int64)
        expected = joinable.number * joinable.chance + _TINY  # so that some age always has a share
        return block.rng.multinomial(number, expected / expected.sum(axis=1, keepdims=True))
    strays = block.parameters.shocks["join"][:, year] if block.tilt is None else np.exp(tilt)
    odds = joinable.chance / np.maximum(1 - joinable.chance, 1e-9) * strays[:, None]
    return np.asarray(block.rng.binomial(joinable.number, odds / (1 + odds)))


def _empty(rates: Rates, start: Start, draws: int, *, by_cell: bool) -> Simulation:
    ages, needs, places = rates.axes.shape
    years = len(start.years)
    held = start.stock.sum(axis=(1, 2)).max()  # all of an age may come to be in one cell
    narrow = max(start.residents.max(), held) <= _NARROW
    kind = np.int16 if narrow else np.int32
    stock = np.zeros((draws, 1 + years, ages, needs, places), dtype=kind)
    stock[:, 0] = start.stock
    return Simulation(
        rates.axes,
        start.origin,
        stock,
        joined=np.zeros((draws, years, ages, needs, places), dtype=kind),
        left=np.zeros((draws, years, ages + 1, needs, places), dtype=kind),
        moved=np.zeros((draws, years, places, places), dtype=np.int32),
        need_changed=np.zeros((draws, years, needs, needs), dtype=np.int32),
        turned_away=np.zeros((draws, years, places, places), dtype=np.int32),
        tilt=np.zeros((draws, years)),
        moved_cells=(
            np.zeros((draws, years, ages, needs, places, places), dtype=kind) if by_cell else None
        ),
        need_changed_cells=(
            np.zeros((draws, years, ages, needs, needs, places), dtype=kind) if by_cell else None
        ),
    )


def _part(futures: Simulation, block: slice) -> Simulation:
    """A view of some draws."""
    held = {field.name: getattr(futures, field.name) for field in fields(futures)}
    cut: dict[str, Any] = {
        name: part[block] for name, part in held.items() if isinstance(part, np.ndarray)
    }
    return replace(futures, **cut)


def _check(start: Start, draws: int, totals: Counts | None, tilt: Counts | None) -> None:
    problems = []
    if not np.array_equal(start.stock, np.rint(start.stock)):
        problems.append(Problem("a stock that is not whole", "start", "round it to whole plans"))
    if (start.stock < 0).any() or not (start.residents >= 0).all():
        problems.append(Problem("a count below zero or missing", "start", "use 0 or more"))
    if start.residents.shape[1:] != (len(AGES),):
        found = f"residents of shape {start.residents.shape}"
        problems.append(Problem(found, "start", f"give (years, {len(AGES)})"))
    if totals is not None and tilt is not None:
        problems.append(Problem("totals and a tilt", remedy="give one of them"))
    shape = (draws, len(start.years))
    for name, given in {"totals": totals, "tilt": tilt}.items():
        if given is not None and given.shape != shape:
            problems.append(Problem(f"{name} of shape {given.shape}", name, f"give {shape}"))
        elif name == "totals" and given is not None and (given > start.residents.sum(axis=1)).any():
            problems.append(Problem("more plans than residents", name, "impose a lower total"))
    raise_any(ParameterError, "The years ahead cannot be drawn.", problems)
