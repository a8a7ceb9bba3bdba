"""Children of an invented caseload, followed from each January to the next.

Everyone grows a year older and some leave. Those who stay keep their place as
far as the next January has it; the rest move, and what is missing joins. All
children are handled at once, and nobody is lost or counted twice.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sendlib.cohort.axes import AGES, LAST_AGE, NEEDS, PLACES, Counts
from sendlib.cohort.rates import Rates
from sendlib.cohort.synthetic.targets import Target, Targets
from sendlib.cohort.synthetic.whole_tables import fit, margin, to_whole

NEED_CHANGES = 0.004  # share of those who stay whose need is drawn anew in a year
_PULL = 10.0  # how strongly those who lose a place decide the needs of those who gain one
_TRACE = 1e-6

Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class People:
    """Children counted in one January, one position of each array for each child.

    Parameters
    ----------
    child : np.ndarray
        A number that stays the child's.
    age : np.ndarray
        On the 31 August before. [years]
    need, place : np.ndarray
        Positions in ``NEEDS`` and ``PLACES``.
    """

    child: Positions
    age: Positions
    need: Positions
    place: Positions

    def only(self, which: NDArray[np.bool_]) -> "People":
        """Some of the children."""
        return People(self.child[which], self.age[which], self.need[which], self.place[which])

    def table(self) -> Counts:
        """Counts, shape (age, need, place). [plans]"""
        counts = np.zeros((len(AGES), len(NEEDS), len(PLACES)))
        np.add.at(counts, (self.age, self.need, self.place), 1)
        return counts


def follow(targets: Targets, rates: Rates, rng: np.random.Generator) -> list[People]:
    """Draw the children of every January.

    Leavers are drawn at the rates. Places then keep as many children of each
    age and need as they hold in the next January. Those who cannot stay take
    a place that is wanted at their age and need, or at their age with another
    need; those for whom there is none leave too, and joiners take what is left.

    Parameters
    ----------
    targets : Targets
        What every January adds up to.
    rates : Rates
        Whose rates of leaving are used.
    rng : np.random.Generator
        Draws them.
    """
    leaving = np.broadcast_to(rates.leave.mean, targets.mix.shape)
    nobody = People(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    first = _wanted(nobody, nobody, targets.each[0], targets.mix, rng=rng)
    counted = [_joined(nobody, first, 0)]
    known = len(counted[0].child)
    for target in targets.each[1:]:
        staying = _staying(counted[-1], target, leaving, rng)
        counted.append(_placed(staying, target, targets.mix, known=known, rng=rng))
        known = max(known, int(counted[-1].child.max()) + 1)
    return counted


def _staying(before: People, target: Target, leaving: Counts, rng: np.random.Generator) -> People:
    """Those who still have a plan, a year older; some with another need."""
    aged = replace(before, age=before.age + 1)
    aged = aged.only(aged.age <= LAST_AGE)
    stays = rng.random(len(aged.child)) >= leaving[aged.age, aged.need, aged.place]
    return _changed(aged.only(stays), target, rng)


def _placed(
    staying: People, target: Target, mix: Counts, *, known: int, rng: np.random.Generator
) -> People:
    """The children of the next January; those not seen before are numbered from ``known``."""
    keeps = _keeps(staying, target, rng)
    kept, released = staying.only(keeps), staying.only(~keeps)
    wanted = _wanted(kept, released, target, mix, rng=rng)
    moved, placeless, wanted = _moved(released, wanted, rng, same_need=True)
    changed, _, wanted = _moved(placeless, wanted, rng, same_need=False)
    return _joined(_both(kept, _both(moved, changed)), wanted, known)


def _changed(people: People, target: Target, rng: np.random.Generator) -> People:
    """Some needs drawn anew, from those of the place."""
    changes = np.flatnonzero(rng.random(len(people.need)) < NEED_CHANGES)
    weights = target.by_need.T[people.place[changes]] + _TRACE
    weights[np.arange(len(changes)), people.need[changes]] = 0.0
    reached = np.cumsum(weights, axis=1)
    drawn = rng.random(len(changes)) * reached[:, -1]
    need = people.need.copy()
    need[changes] = (reached < drawn[:, None]).sum(axis=1)
    return replace(people, need=need)


def _keeps(people: People, target: Target, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Who keeps a place: as many as it holds of each age, and then of each need."""
    places = len(PLACES)
    by_age = people.age * places + people.place
    keeps = _rank(by_age, rng) < target.by_age.ravel()[by_age]
    by_need = (people.need * places + people.place)[keeps]
    keeps[keeps] = _rank(by_need, rng) < target.by_need.ravel()[by_need]
    return np.asarray(keeps)


def _wanted(
    kept: People, released: People, target: Target, mix: Counts, *, rng: np.random.Generator
) -> Counts:
    """Places that are left to fill, by age and need; whole numbers."""
    held = kept.table()
    by_age = target.by_age - held.sum(axis=1)
    by_need = target.by_need - held.sum(axis=0)
    expected = (target.by_age[:, None, :] * mix).sum(axis=2)
    pull = 1 + _PULL * released.table().sum(axis=2) / np.maximum(expected, 1.0)
    anyone = by_age[:, None, :] * by_need[None] / np.maximum(by_need.sum(axis=0), 1.0)
    seed = by_age[:, None, :] * mix * pull[:, :, None] + _TRACE * anyone
    seed = np.where(anyone > 0, seed, 0.0)
    margins = [margin(by_need, seed.shape, (1, 2)), margin(by_age, seed.shape, (0, 2))]
    return to_whole(fit(seed, margins), margins, rng)


def _moved(
    released: People, wanted: Counts, rng: np.random.Generator, *, same_need: bool
) -> tuple[People, People, Counts]:
    """Those who find a place at their age, and perhaps need; those who do not; places left."""
    age, need, place = _each(wanted)
    asked, asking = age * len(NEEDS), released.age * len(NEEDS)
    if same_need:
        asked, asking = asked + need, asking + released.need
    most = len(asked) + len(asking) + 1
    _, found, mover = np.intersect1d(
        asked * most + _rank(asked, rng), asking * most + _rank(asking, rng), return_indices=True
    )
    left_over = wanted.copy()
    np.add.at(left_over, (age[found], need[found], place[found]), -1)
    moved = People(released.child[mover], released.age[mover], need[found], place[found])
    without = np.ones(len(asking), dtype=bool)
    without[mover] = False
    return moved, released.only(without), left_over


def _joined(people: People, wanted: Counts, first: int) -> People:
    """The children and those who join them, numbered from ``first``."""
    age, need, place = _each(wanted)
    return _both(people, People(np.arange(first, first + len(age)), age, need, place))


def _each(counts: Counts) -> tuple[Positions, Positions, Positions]:
    """Age, need and place of each child of a table of whole numbers."""
    cells = np.nonzero(counts)
    number = np.rint(counts[cells]).astype(np.int64)
    age, need, place = (np.repeat(axis, number) for axis in cells)
    return age, need, place


def _both(some: People, others: People) -> People:
    pairs = ((getattr(some, name), getattr(others, name)) for name in People.__annotations__)
    return People(*(np.concatenate(pair) for pair in pairs))


def _rank(group: Positions, rng: np.random.Generator) -> Positions:
    """The position of each member within its group, in random order, from nought."""
    order = np.lexsort((rng.random(len(group)), group))
    ordered = group[order]
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.searchsorted(ordered, ordered)
    return rank
