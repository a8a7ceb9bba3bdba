"""Levers laid out on the model's axes: what changes in each January ahead."""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort.axes import Axes, Counts, IntCounts
from sendlib.cohort.levers import PREFIX, Flow, Levers
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.vocabulary import PlaceType

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
        original, weights = weights, weights.copy()
        for of_flow, source, target, share in self.redirections:
            if of_flow == flow:
                taken = original[..., source] * share[year][age, need]
                weights[..., source] -= np.minimum(taken, weights[..., source])
                weights[..., target] += taken
        return weights


def lay_out(levers: Levers, axes: Axes, years: range) -> Changes:
    """Lay levers out on the axes for the Januaries ahead."""
    _check_needs(levers, axes)
    _check_places(levers, axes)
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
    named |= {one.place for one in levers.added_places}
    named |= {WAITING for _ in levers.capacities}
    remedy = f"the places are {', '.join(axes.places)}"
    problems = [
        Problem("unknown_place", f"no place {name}", PREFIX, remedy)
        for name in sorted(named - set(axes.places))
    ]
    if WAITING in {one.place for one in levers.capacities}:
        remedy = "leave it out: it takes everybody"
        problems.append(Problem("waiting_limited", f"a limit on {WAITING}", PREFIX, remedy))
    raise_any(ScenarioError, "The places of a lever do not fit this model.", problems)
