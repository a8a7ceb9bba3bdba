"""Levers laid out on the model's axes: what changes in each January ahead."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendlib.cohort.axes import Axes, Counts, Whole
from sendlib.cohort.levers import PREFIX, Flow, Levers, Redirection
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.vocabulary import PlaceType

Flags = NDArray[np.bool_]
WAITING = PlaceType.AWAITING.value
_TRACE = 1e-12  # open places with less weight than this beside shut ones are none


@dataclass(frozen=True, eq=False)
class Redirected:
    """One redirection on the axes: from where, to where, what share of which cells."""

    flow: Flow
    source: int
    target: int
    share: Counts  # (year, age, need)


@dataclass(frozen=True, eq=False)
class Changes:
    """What levers do, January by January; arrays start with the year.

    Parameters
    ----------
    factors : dict
        For ``join``, ``leave`` and ``move``: what a rate is multiplied by,
        shape (year, age, need, place).
    redirections : tuple[Redirected, ...]
        In the order given, which makes no difference.
    closed : np.ndarray
        Whether a place is shut, shape (year, place).
    closing : np.ndarray
        Whether it shuts in that year, shape (year, place).
    closing_to : np.ndarray
        Where its pupils go, shape (place, place); a row of zeros leaves it to the model.
    room : np.ndarray
        How many a place can take, shape (year, place); infinite without a limit.
    overflow : tuple[tuple[int, tuple[int, ...]], ...]
        Places with a limit in the order given, each with where it overflows to.
    waiting : int
        Where those wait who find no place.
    """

    factors: dict[Flow, Counts]
    redirections: tuple[Redirected, ...]
    closed: Flags
    closing: Flags
    closing_to: Counts
    room: Counts
    overflow: tuple[tuple[int, tuple[int, ...]], ...]
    waiting: int

    def redirect(self, flow: Flow, year: int, age: Whole, need: Whole, weights: Counts) -> Counts:
        """Move weights of destinations from one place to another, row by row.

        Every share is of what would have gone to a place without any redirection.
        """
        original, weights = weights, weights.copy()
        for record in self.redirections:
            if record.flow == flow:
                taken = original[..., record.source] * record.share[year][age, need]
                weights[..., record.source] -= np.minimum(taken, weights[..., record.source])
                weights[..., record.target] += taken
        return self._shut(year, weights)

    def _shut(self, year: int, weights: Counts) -> Counts:
        """Nobody goes to a place that is shut; who would is shared out, or waits."""
        shut = self.closed[year]
        if not shut.any():
            return weights
        lost = weights * shut
        open_ = weights * ~shut
        to = self.closing_to
        for _ in range(int(shut.sum())):  # on from a place that is shut as well
            to = to * ~shut + (to * shut) @ self.closing_to
        told = lost @ (to * ~shut)
        untold = np.maximum(lost.sum(axis=-1) - told.sum(axis=-1), 0.0)[..., None]
        left = open_.sum(axis=-1, keepdims=True)
        some = left > _TRACE * untold
        scale = np.divide(left + untold, left, out=np.ones_like(left), where=some)
        open_ = open_ * scale + told
        open_[..., self.waiting] += np.where(some, 0.0, untold)[..., 0]
        return np.asarray(open_)


def lay_out(levers: Levers, axes: Axes, years: range) -> Changes:
    """Lay levers out on the axes for the Januaries ahead."""
    _check_needs(levers, axes)
    _check_places(levers, axes)
    closed, closing, to = _closures(levers, axes, years)
    return Changes(
        _factors(levers, axes, years),
        tuple(_redirected(record, axes, years) for record in levers.redirections),
        closed,
        closing,
        to,
        _room(levers, axes, years),
        tuple(
            (axes.place(record.place), tuple(map(axes.place, record.overflow)))
            for record in levers.capacities
        ),
        axes.place(WAITING) if WAITING in axes.places else -1,
    )


def _factors(levers: Levers, axes: Axes, years: range) -> dict[Flow, Counts]:
    """What the rates of each flow are multiplied by; changes of one rate multiply."""
    shape = (len(years), *axes.shape)
    factors: dict[Flow, Counts] = {
        "join": np.ones(shape),
        "leave": np.ones(shape),
        "move": np.ones(shape),
    }
    for change in levers.rate_changes:
        places = [axes.place(place) for place in change.places or axes.places]
        cells = np.ix_(list(change.age_range), _needs(axes, change.needs), places)
        for position, year in enumerate(years):
            factors[change.flow][position][cells] *= 1 + change.pct / 100 * change.phase(year)
    return factors


def _closures(levers: Levers, axes: Axes, years: range) -> tuple[Flags, Flags, Counts]:
    """Which places are shut, which shut in that year, and where their pupils go."""
    places = len(axes.places)
    closed = np.zeros((len(years), places), dtype=bool)
    closing, to = closed.copy(), np.zeros((places, places))
    for closure in levers.closures:
        at = axes.place(closure.place)
        closed[:, at] = [year >= closure.year for year in years]
        closing[:, at] = [year == max(closure.year, years[0]) for year in years]
        for place, share in closure.to.items():
            to[at, axes.place(place)] = share / sum(closure.to.values())
    return closed, closing, to


def _needs(axes: Axes, needs: tuple[str, ...]) -> list[int]:
    """Positions of needs; all where none is named."""
    return [axes.needs.index(need) for need in needs or axes.needs]


def _check_needs(levers: Levers, axes: Axes) -> None:
    """Refuse a lever on one need where the model does not tell needs apart."""
    problems = [
        Problem(f"a change for {', '.join(record.needs)}", f"{PREFIX}{name}", "leave out needs")
        for name in ("rate_changes", "redirections")
        for record in getattr(levers, name)
        if not set(record.needs) <= set(axes.needs)
    ]
    raise_any(ScenarioError, "This model does not tell needs apart.", problems)


def _check_places(levers: Levers, axes: Axes) -> None:
    """Refuse a lever on a place that the model does not hold, and one that needs a waiting list."""
    named = {place for change in levers.rate_changes for place in change.places}
    named |= {place for one in levers.redirections for place in (one.from_place, one.to_place)}
    named |= {place for one in levers.capacities for place in (one.place, *one.overflow)}
    named |= {place for one in levers.closures for place in (one.place, *one.to)}
    if levers.capacities or levers.closures:
        named.add(WAITING)
    remedy = f"the places are {', '.join(axes.places)}"
    problems = [
        Problem(f"no place {name}", PREFIX, remedy) for name in sorted(named - set(axes.places))
    ]
    limited = {one.place for one in levers.capacities} | {one.place for one in levers.closures}
    if WAITING in limited:
        found = f"a limit on {WAITING}, or its end"
        problems.append(Problem(found, PREFIX, "leave it out: it takes everybody"))
    raise_any(ScenarioError, "The places of a lever do not fit this model.", problems)


def _redirected(record: Redirection, axes: Axes, years: range) -> Redirected:
    share = np.zeros((len(years), *axes.shape[:2]))
    cells = np.ix_(list(record.age_range), _needs(axes, record.needs))
    for position, year in enumerate(years):
        share[position][cells] = record.share_pct / 100 * record.phase(year)
    return Redirected(
        record.flow, axes.place(record.from_place), axes.place(record.to_place), share
    )


def _room(levers: Levers, axes: Axes, years: range) -> Counts:
    """The limit in force in each year: the last one stated by then."""
    room = np.full((len(years), len(axes.places)), np.inf)
    for record in levers.capacities:
        room[:, axes.place(record.place)] = [record.room_in(year) for year in years]
    return room
