"""Levers laid out on the model's axes: what changes in each January ahead."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendlib.cohort.axes import Axes, Counts, IntCounts
from sendlib.cohort.levers import PREFIX, Flow, Levers
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.vocabulary import PlaceType

Flags = NDArray[np.bool_]
WAITING = PlaceType.AWAITING.value
_TRACE = 1e-12  # open places with less weight than this compared to shut ones are none


@dataclass(frozen=True, eq=False)
class Changes:
    """What levers do, January by January; arrays start with the year."""

    factors: dict[Flow, Counts]  # on the rates of each flow, shape (year, age, need, place)
    redirections: list[tuple[Flow, int, int, Counts]]  # from, to and share, (year, age, need)
    closed: Flags  # whether a place is shut, shape (year, place)
    closing: Flags  # whether it shuts in that year, same shape
    closing_to: Counts  # shares of its pupils, shape (from, to); zeros leave it to the model
    room: Counts  # how many a place can take, shape (year, place); infinite without a limit
    overflow: list[tuple[int, list[int]]]  # of places with a limit, in the order given
    waiting: int  # where those wait who find no place

    def redirect(
        self, flow: Flow, year: int, age: IntCounts, need: IntCounts, weights: Counts
    ) -> Counts:
        """Move weights of destinations from one place to another, row by row.

        Every share is of what would have gone to a place without any redirection.
        """
        original, weights = weights, weights.copy()
        for of_flow, source, target, share in self.redirections:
            if of_flow == flow:
                taken = original[..., source] * share[year][age, need]
                weights[..., source] -= np.minimum(taken, weights[..., source])
                weights[..., target] += taken
        return self._avoid_shut(year, weights)

    def _avoid_shut(self, year: int, weights: Counts) -> Counts:
        """Nobody goes to a place that is shut: they go where it says, where others go, or wait."""
        shut = self.closed[year]
        if not shut.any():
            return weights
        lost = weights * shut
        open_ = weights * ~shut
        to = self.closing_to
        for _ in range(int(shut.sum())):  # on from a place that is shut as well
            to = to * ~shut + (to * shut) @ self.closing_to
        directed = lost @ (to * ~shut)
        rest = np.maximum(lost.sum(axis=-1) - directed.sum(axis=-1), 0.0)[..., None]
        left = open_.sum(axis=-1, keepdims=True)
        some = left > _TRACE * rest
        scale = np.divide(left + rest, left, out=np.ones_like(left), where=some)
        open_ = open_ * scale + directed
        open_[..., self.waiting] += np.where(some, 0.0, rest)[..., 0]
        return np.asarray(open_)


def lay_out(levers: Levers, axes: Axes, years: range) -> Changes:
    """Lay levers out on the axes for the Januaries ahead."""
    _check_needs(levers, axes)
    _check_places(levers, axes)
    closed, closing, closing_to = _closures(levers, axes, years)
    room = np.full((len(years), len(axes.places)), np.inf)
    for limit in levers.capacities:
        room[:, axes.place(limit.place)] = [limit.room_in(year) for year in years]
    return Changes(
        _factors(levers, axes, years),
        _redirections(levers, axes, years),
        closed,
        closing,
        closing_to,
        room,
        [(axes.place(one.place), list(map(axes.place, one.overflow))) for one in levers.capacities],
        axes.place(WAITING) if WAITING in axes.places else -1,
    )


def _factors(levers: Levers, axes: Axes, years: range) -> dict[Flow, Counts]:
    """What the rates of each flow are multiplied by; changes of one rate multiply."""
    flows: tuple[Flow, ...] = ("join", "leave", "move")
    factors = {flow: np.ones((len(years), *axes.shape)) for flow in flows}
    for change in levers.rate_changes:
        places = [axes.place(place) for place in change.places or axes.places]
        cells = np.ix_(change.age_range, _needs(axes, change.needs), places)
        for position, year in enumerate(years):
            factors[change.flow][position][cells] *= 1 + change.pct / 100 * change.phase(year)
    return factors


def _redirections(levers: Levers, axes: Axes, years: range) -> list[tuple[Flow, int, int, Counts]]:
    redirections: list[tuple[Flow, int, int, Counts]] = []
    for record in levers.redirections:
        share = np.zeros((len(years), *axes.shape[:2]))
        cells = np.ix_(record.age_range, _needs(axes, record.needs))
        for position, year in enumerate(years):
            share[position][cells] = record.share_pct / 100 * record.phase(year)
        source, target = axes.place(record.from_place), axes.place(record.to_place)
        redirections.append((record.flow, source, target, share))
    return redirections


def _closures(levers: Levers, axes: Axes, years: range) -> tuple[Flags, Flags, Counts]:
    """Which places are shut, which shut in that year, and where their pupils go."""
    places = len(axes.places)
    closed, closing = np.zeros((2, len(years), places), dtype=bool)
    to = np.zeros((places, places))
    for closure in levers.closures:
        at = axes.place(closure.place)
        closed[:, at] = np.array(years) >= closure.year
        closing[:, at] = np.array(years) == max(closure.year, years[0])
        for place, share in closure.to.items():
            to[at, axes.place(place)] = share / sum(closure.to.values())
    return closed, closing, to


def _needs(axes: Axes, needs: tuple[str, ...]) -> list[int]:
    """Positions of needs; all where none is named."""
    return [axes.needs.index(need) for need in needs or axes.needs]


def _check_needs(levers: Levers, axes: Axes) -> None:
    problems = [
        Problem(
            "change_with_needs",
            f"a change for {', '.join(record.needs)}",
            f"{PREFIX}{name}",
            "leave out needs",
        )
        for name in ("rate_changes", "redirections", "added_places")
        for record in getattr(levers, name)
        if not set(record.needs) <= set(axes.needs)
    ]
    raise_any(ScenarioError, "This model does not tell needs apart.", problems)


def _check_places(levers: Levers, axes: Axes) -> None:
    """Refuse places that the model does not have, and limits where nobody can wait."""
    named = {place for change in levers.rate_changes for place in change.places}
    named |= {place for one in levers.redirections for place in (one.from_place, one.to_place)}
    named |= {place for one in levers.capacities for place in (one.place, *one.overflow)}
    named |= {place for one in levers.closures for place in (one.place, *one.to)}
    named |= {one.place for one in levers.added_places}
    limited = {one.place for one in levers.capacities} | {one.place for one in levers.closures}
    if limited:
        named.add(WAITING)
    remedy = f"the places are {', '.join(axes.places)}"
    problems = [
        Problem("unknown_place", f"no place {name}", PREFIX, remedy)
        for name in sorted(named - set(axes.places))
    ]
    if WAITING in limited:
        found = f"a limit on {WAITING}, or its end"
        problems.append(
            Problem("waiting_limited", found, PREFIX, "leave it out: it takes everybody")
        )
    raise_any(ScenarioError, "The places of a lever do not fit this model.", problems)
