"""The steps of one year, for a block of draws at once, and what levers change in them.

References
----------
- Johnson, N. L., Kotz, S. and Balakrishnan, N. (1997). Discrete multivariate distributions. Wiley.
  Chapter 35: movers by destination, a multinomial; chapter 39: some of several groups, drawn
  without replacement.
- Stephensen, P. (2016). Logit scaling: a general method for alignment in microsimulation models.
  International Journal of Microsimulation 9(3), 89-102: the log odds that meet a total.
"""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort.axes import Axes, Counts, IntCounts
from sendlib.cohort.levers import PREFIX, Flow, Levers
from sendlib.cohort.rates import Parameters
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.vocabulary import PlaceType

_STEPS, _CONVERGED, _TINY = 12, 1e-4, 1e-9
MOST = 3.0  # odds are not multiplied or divided by more than e to this power
WAITING = PlaceType.AWAITING.value


@dataclass(frozen=True, eq=False)
class Changes:
    """What levers do, January by January; arrays start with the year."""

    factors: dict[Flow, Counts]  # on the rates of each flow, shape (year, age, need, place)
    redirections: list[tuple[Flow, int, int, Counts]]  # from, to and share, (year, age, need)
    room: Counts  # how many a place can take, shape (year, place); infinite without a limit
    overflow: list[tuple[int, list[int]]]  # of places with a limit, in order
    waiting: int  # where those wait who find no place

    def redirect(
        self, flow: Flow, year: int, age: IntCounts, need: IntCounts, weights: Counts
    ) -> Counts:
        """Move weights of destinations, each share of what there was before any redirection."""
        original = weights
        for of_flow, source, target, share in self.redirections:
            if of_flow == flow:
                weights = weights.copy() if weights is original else weights
                taken = original[..., source] * share[year][age, need]
                weights[..., source] -= np.minimum(taken, weights[..., source])
                weights[..., target] += taken
        return weights


def lay_out(levers: Levers, axes: Axes, years: range) -> Changes:
    """Lay levers out on the axes for the Januaries ahead."""
    _check(levers, axes)
    flows: tuple[Flow, ...] = ("join", "leave", "move")
    factors = {flow: np.ones((len(years), *axes.shape)) for flow in flows}
    for change in levers.rate_changes:  # changes of one rate multiply
        places = [axes.place(place) for place in change.places or axes.places]
        cells = np.ix_(change.age_range, axes.need_positions(change.needs), places)
        for position, year in enumerate(years):
            factors[change.flow][position][cells] *= 1 + change.pct / 100 * change.phase(year)
    redirections: list[tuple[Flow, int, int, Counts]] = []
    for record in levers.redirections:
        share = np.zeros((len(years), *axes.shape[:2]))
        cells = np.ix_(record.age_range, axes.need_positions(record.needs))
        for position, year in enumerate(years):
            share[position][cells] = record.share_pct / 100 * record.phase(year)
        source, target = axes.place(record.from_place), axes.place(record.to_place)
        redirections.append((record.flow, source, target, share))
    room, overflow = np.full((len(years), len(axes.places)), np.inf), []
    for limit in levers.capacities:
        room[:, axes.place(limit.place)] = [limit.room_in(year) for year in years]
        overflow.append((axes.place(limit.place), [axes.place(to) for to in limit.overflow]))
    waiting = axes.place(WAITING) if WAITING in axes.places else -1
    return Changes(factors, redirections, room, overflow, waiting)


def _check(levers: Levers, axes: Axes) -> None:
    """Refuse needs and places that the model does not have, and limits where nobody can wait."""
    problems = [
        Problem(
            "change_with_needs",
            f"a change for {', '.join(record.needs)}",
            f"{PREFIX}{name}",
            "leave out needs: this model has them together",
        )
        for name in ("rate_changes", "redirections", "added_places")
        for record in getattr(levers, name)
        if not set(record.needs) <= set(axes.needs)
    ]
    named = {place for change in levers.rate_changes for place in change.places}
    named |= {place for one in levers.redirections for place in (one.from_place, one.to_place)}
    named |= {place for one in levers.capacities for place in (one.place, *one.overflow)}
    named |= {one.place for one in levers.added_places}
    named |= {WAITING for _ in levers.capacities}
    remedy = f"the places are {', '.join(axes.places)}"
    problems += [
        Problem("unknown_place", f"no place {name}", PREFIX, remedy)
        for name in sorted(named - set(axes.places))
    ]
    if WAITING in {one.place for one in levers.capacities}:
        remedy = "leave it out: it takes everybody"
        problems.append(Problem("waiting_limited", f"a limit on {WAITING}", PREFIX, remedy))
    raise_any(ScenarioError, "These levers do not fit this model.", problems)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Residents who may join in a year."""

    number: IntCounts  # without a plan a year before, shape (draw, age) [persons]
    chance: Counts  # of joining, same shape
    weights: Counts  # of needs and places, before redirections, shape (draw, age, need, place)


def candidates(
    aged: IntCounts, residents: Counts, parameters: Parameters, changes: Changes, year: int
) -> Candidates:
    """Who may join: residents without a plan, and their chances after levers."""
    weights = parameters.join_split * changes.factors["join"][year]
    chance = parameters.join * weights.sum(axis=(2, 3))
    with_plan = aged.sum(axis=(2, 3))
    number = np.maximum(np.rint(residents).astype(np.int64) - with_plan, 0)
    return Candidates(number, chance, weights)


def calibrate(
    stock: IntCounts, odds: Counts, shock: Counts, joinable: Candidates, total: IntCounts
) -> Counts:
    """The log odds of each draw under which its total is expected (Newton's method)."""
    draws = len(stock)
    plans = stock.ravel()
    cells = np.flatnonzero(plans > 0)
    draw, number = cells // (stock.size // draws), plans[cells]
    base = odds.ravel()[cells] * shock[draw]

    def by_draw(values: Counts) -> Counts:
        return np.bincount(draw, values, minlength=draws).astype(float)

    gap = total - by_draw(number.astype(float))
    expected = (joinable.number * joinable.chance).sum(axis=1)
    calibration = np.zeros(draws)
    for _ in range(_STEPS):
        calibrated = base * np.exp(-calibration)[draw]
        share = calibrated / (1 + calibrated)
        leavers = by_draw(number * share)
        slope = by_draw(number * share * (1 - share))
        joiners = expected * np.exp(calibration)
        step = (gap - joiners + leavers) / np.maximum(joiners + slope, _TINY)
        calibration = np.clip(calibration + np.clip(step, -1, 1), -MOST, MOST)
        if np.abs(step).max() < _CONVERGED:
            break
    return calibration


def draw_events(
    stock: IntCounts, odds: Counts, factor: Counts, rng: np.random.Generator
) -> IntCounts:
    """How many of each cell something happens to."""
    plans = stock.ravel()
    cells = np.flatnonzero(plans > 0)  # a mask is searched faster than numbers
    chance = odds.ravel()[cells] * factor[cells // (stock.size // len(stock))]
    chance = chance / (1 + chance)
    events = np.zeros_like(plans)
    events[cells] = rng.binomial(plans[cells], chance)
    return events.reshape(stock.shape)


def change_need(
    stock: IntCounts,
    parameters: Parameters,
    rng: np.random.Generator,
    *,
    into: IntCounts | None = None,
) -> IntCounts:
    """The stock after needs have changed; ``into``, where given, has the changes by cell."""
    draws, _, needs, places = stock.shape
    if needs == 1:
        return stock
    plans = stock.ravel()
    cells = np.flatnonzero(plans)
    chance = parameters.need_change[cells // (stock.size // draws), cells // places % needs]
    number = rng.binomial(plans[cells], chance)
    some = number > 0
    number = number[some]
    draw, age, need, place = np.unravel_index(cells[some], stock.shape)
    spread = rng.multinomial(number, parameters.rates.need_to[need])
    after = stock.copy()
    after[draw, age, need, place] -= number.astype(stock.dtype)
    row, to = np.nonzero(spread)
    np.add.at(after, (draw[row], age[row], to, place[row]), spread[row, to].astype(stock.dtype))
    if into is not None:
        into[draw[row], age[row], need[row], to, place[row]] = spread[row, to]
    return after


def place_movers(
    movers: IntCounts,
    parameters: Parameters,
    changes: Changes,
    year: int,
    rng: np.random.Generator,
    *,
    factors: Counts,
    into: IntCounts | None = None,
) -> tuple[IntCounts, IntCounts, IntCounts]:
    """Where movers arrive, who stays after all, and counts, (draw, from, to); ``into`` by cell."""
    draws, ages, needs, places = movers.shape
    cells = np.flatnonzero(movers > 0)  # a mask is searched faster than numbers
    draw, age, need, place = np.unravel_index(cells, movers.shape)
    weights = _rows(parameters.rates.destination, cells % (ages * needs * places))
    weights *= _rows(parameters.destination, (draw * ages + age) * places + place)
    weights *= _rows(factors, draw)
    weights = changes.redirect("move", year, age, need, weights)
    spread = rng.multinomial(movers.ravel()[cells], _shares(weights, place))
    every = np.arange(len(cells))
    returned = np.zeros_like(movers)
    returned.ravel()[cells] = spread[every, place]  # redirected to where they are
    spread[every, place] = 0
    if into is not None:
        into[draw, age, need, place] = spread
    arrived, group = np.zeros_like(movers), cells // places
    first = np.flatnonzero(np.diff(group, prepend=-1))
    arrived.reshape(-1, places)[group[first]] = np.add.reduceat(spread, first, axis=0)
    pairs = (draw * places + place)[:, None] * places + np.arange(places)
    flows = np.bincount(pairs.ravel(), spread.ravel(), minlength=draws * places * places)
    flows = flows.astype(np.result_type(movers, np.int32))
    return arrived, returned, flows.reshape(draws, places, places)


def split_joiners(
    joiners: IntCounts,
    weights: Counts,
    changes: Changes,
    year: int,
    rng: np.random.Generator,
    *,
    factors: Counts,
) -> IntCounts:
    """Need and place of joiners; ``factors`` multiplies the weights of places, (draw, place)."""
    draws, ages, needs, places = weights.shape
    if (factors != 1).any():
        weights = weights * factors[:, None, None]
    each_age, each_need = np.arange(ages)[None, :, None], np.arange(needs)[None, None, :]
    weights = changes.redirect("join", year, each_age, each_need, weights)
    draw, age = np.nonzero(joiners)
    of_age = weights[draw, age].reshape(len(draw), needs * places)
    order = np.argsort(-of_age.sum(axis=0))  # the common first: the draw ends sooner
    spread = rng.multinomial(joiners[draw, age], _shares(of_age[:, order], np.zeros_like(age)))
    joined = np.zeros((draws, ages, needs * places), dtype=spread.dtype)
    joined[draw[:, None], age[:, None], order] = spread
    return joined.reshape(draws, ages, needs, places)


def find_room(
    staying: IntCounts, arrivals: IntCounts, changes: Changes, year: int, rng: np.random.Generator
) -> tuple[IntCounts, IntCounts]:
    """Place arrivals, drawn at random, where there is room: the stock, and who was turned away.

    Those have the shape (draw, place wanted, place got).
    """
    places = staying.shape[3]
    kind = np.result_type(arrivals, np.int32)
    turned_away = np.zeros((len(staying), places, places), dtype=kind)
    arrivals = arrivals.copy()

    def space(place: int, taken: IntCounts) -> IntCounts:
        room = changes.room[year, place]
        capacity = np.iinfo(np.int64).max if np.isinf(room) else int(room)
        return np.asarray(np.maximum(capacity - sum_cells(staying[..., place]) - taken, 0))

    for place, overflow in changes.overflow:
        if np.isinf(changes.room[year, place]):
            continue
        wanted = sum_cells(arrivals[..., place])
        excess = np.maximum(wanted - space(place, np.zeros_like(wanted)), 0)
        out = choose(arrivals[..., place], excess, rng)
        arrivals[..., place] -= out
        for target in [*overflow, changes.waiting]:
            number = sum_cells(out)
            if target != changes.waiting:
                number = np.minimum(number, space(target, sum_cells(arrivals[..., target])))
            going = choose(out, number, rng)
            arrivals[..., target] += going
            turned_away[:, place, target] += sum_cells(going)
            out = out - going
    return staying + arrivals, turned_away


def choose(cells: IntCounts, number: IntCounts, rng: np.random.Generator) -> IntCounts:
    """Draw so many at random, without replacement, from the cells of each draw."""
    flat = cells.reshape(len(cells), -1)
    total = flat.sum(axis=1)
    chosen = np.where((number == total)[:, None], flat, 0)
    rows = np.flatnonzero((number > 0) & (number < total))  # all or none needs no random number
    if len(rows):
        some = np.flatnonzero(flat.any(axis=0))
        chosen[rows[:, None], some] = _choose(flat[rows][:, some], number[rows], rng)
    return np.asarray(chosen.reshape(cells.shape))


def _choose(cells: IntCounts, number: IntCounts, rng: np.random.Generator) -> IntCounts:
    """As :func:`choose`: how many of each half of the cells, then of each quarter, and so on."""
    width = cells.shape[1]
    kind = np.result_type(cells, np.int64)
    halves = [np.zeros((len(cells), 1 << max(width - 1, 0).bit_length()), dtype=kind)]
    halves[0][:, :width] = cells
    while halves[-1].shape[1] > 1:
        halves.append(halves[-1][:, ::2] + halves[-1][:, 1::2])
    taken = number.astype(kind)[:, None]
    for level in halves[-2::-1]:
        both = np.empty_like(level)
        both[:, ::2] = rng.hypergeometric(level[:, ::2], level[:, 1::2], taken)
        both[:, 1::2] = taken - both[:, ::2]
        taken = both
    return taken[:, :width]


def sum_cells(cells: IntCounts) -> IntCounts:
    """Sums over all but the first axis, the draws."""
    return np.asarray(cells.reshape(len(cells), -1).sum(axis=1))


def _shares(weights: Counts, otherwise: IntCounts) -> Counts:
    """Shares of each row that add to one; a row of zeros goes to its position ``otherwise``."""
    total = weights.sum(axis=-1, keepdims=True)
    empty = total[..., 0] <= 0
    shares = weights / np.where(total > 0, total, 1.0)
    shares[empty, otherwise[empty]] = 1.0
    return shares


def _rows(values: Counts, positions: IntCounts) -> Counts:
    """Rows along the last axis, by their positions on all others together."""
    return values.reshape(-1, values.shape[-1]).take(positions, axis=0)
