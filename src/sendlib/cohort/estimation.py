"""Estimating rates from evidence, each pulled towards what is known of larger groups.

Every rate is estimated cell by cell (age, need, place) and pulled, as far as
the counts call for, towards the rates of its need and place, of its age, of
the whole, and of a parent area where one is given.
"""

from dataclasses import replace

import numpy as np

from sendlib.cohort.axes import AGES, Counts, share_of
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.rates import Beta, Rates, Shock
from sendlib.cohort.shrink import (
    Leaning,
    as_rate,
    as_share,
    beta_strength,
    dirichlet_strength,
    ratios,
    ratios_and_worth,
    shares_as_counted,
)
from sendlib.vocabulary import PlaceType

HALF_LIFE = 2.0  # years after which what was seen counts half
_USUAL_SHOCK = 0.08  # how far a rate usually strays from one year to the next, in logs
_USUAL_WORTH = 3.0  # years of evidence that the usual shock counts for
_NEIGHBOUR_AGES = 2  # ages either side that a split of joiners leans on
_TRACE = 0.01  # weight of the whole's split among joiners of one age
_UNRECORDED = PlaceType.NOT_RECORDED.value


def estimate(
    evidence: Evidence, *, parent: Rates | None = None, half_life: float = HALF_LIFE
) -> Rates:
    """Estimate all rates of an authority."""
    seen = evidence.weighted(half_life)
    before, left = seen.before.sum(axis=0), seen.left.sum(axis=0)
    moved, joined = seen.moved.sum(axis=0), seen.joined.sum(axis=0)
    changed = seen.need_changed.sum(axis=(0, 1, 4))
    stayed = np.maximum(before - left, 0.0)
    leave, leave_leans = _rates(left, before, parent.leave.mean if parent else None)
    move, move_leans = _rates(moved.sum(axis=3), stayed, parent.move.mean if parent else None)
    destination, worth, to_leans = _destinations(moved, _allowed(evidence, parent), parent)
    split, split_leans = _join_split(joined, parent)
    return Rates(
        evidence.axes,
        leave=leave,
        move=move,
        destination=destination,
        destination_worth=worth,
        need_change=_need_rate(changed, stayed.sum(axis=(0, 2))),
        need_to=_need_to(changed),
        join=_join_rate(joined.sum(axis=(1, 2)), seen.without_plan.sum(axis=0), parent),
        join_split=split,
        shocks=_shocks(evidence, half_life),
        leaning={
            "leave": leave_leans,
            "move": move_leans,
            "destination": to_leans,
            "join_split": split_leans,
        },
    )


def estimate_pooled(evidence: Evidence, parent: Evidence | None, *, half_life: float) -> Rates:
    """Rates of an authority, pulled towards a parent area's where one is given."""
    if parent is None:
        return estimate(evidence, half_life=half_life)
    base = estimate(without_unrecorded(parent), half_life=half_life)
    return estimate(evidence, parent=base, half_life=half_life)


def without_unrecorded(evidence: Evidence) -> Evidence:
    """Evidence in which nobody moves or joins into "not recorded", or out of it by a move.

    For a parent area whose members left places unrecorded in some year: that is
    a gap in their records, and no sign of where another authority's children go.
    """
    at = evidence.axes.place(_UNRECORDED)
    moved, joined = evidence.moved.copy(), evidence.joined.copy()
    moved[..., at, :] = 0.0
    moved[..., at] = 0.0
    joined[..., at] = 0.0
    return replace(evidence, moved=moved, joined=joined)


def _rates(events: Counts, exposure: Counts, prior: Counts | None) -> tuple[Beta, Leaning]:
    """Cells pulled towards need and place, age, the whole and the prior, in that order."""
    events = np.minimum(events, exposure)
    total = max(exposure.sum(), 1.0)
    mean = (
        np.full(exposure.shape, as_rate(np.asarray(events.sum() / total)))
        if prior is None
        else np.broadcast_to(prior, exposure.shape)
    )
    worths = []
    for kept in ((), (0,), (1, 2)):  # the whole; by age; by need and place
        summed = tuple(axis for axis in range(3) if axis not in kept)
        observed = events.sum(axis=summed, keepdims=True)
        expected = (exposure * mean).sum(axis=summed, keepdims=True)
        ratio, worth = ratios_and_worth(observed, expected)
        mean = as_rate(mean * ratio)
        worths.append(worth)
    strength = beta_strength(events, exposure, mean)
    known = Beta(strength * mean + events, strength * (1 - mean) + exposure - events)
    return known, Leaning(strength * mean / known.events, tuple(worths[1:]))


def _allowed(evidence: Evidence, parent: Rates | None) -> Counts:
    """Places that children of an age are known to be in, shape (age, place): 1 or 0."""
    seen = evidence.before.sum(axis=(0, 2)) + evidence.joined.sum(axis=(0, 2))
    seen = seen + evidence.stock.sum(axis=1) + evidence.moved.sum(axis=(0, 2, 3))
    near = seen.copy()
    near[1:] += seen[:-1]
    near[:-1] += seen[1:]
    if parent is not None:
        near = near + parent.destination.sum(axis=(1, 2))
    return np.asarray((near > 0).astype(float))


def _destinations(
    moved: Counts, allowed: Counts, parent: Rates | None
) -> tuple[Counts, Counts, Leaning]:
    """Shares of movers' destinations, how many moves they are known from, and on what they lean."""
    places = moved.shape[2]
    elsewhere = 1.0 - np.eye(places)
    by_age = moved.sum(axis=1)
    if parent is None:
        prior = as_share((by_age.sum(axis=(0, 1)) + _TRACE) * elsewhere * allowed[:, None, :])
    else:
        prior = as_share(parent.destination[:, 0] * elsewhere)
    prior, worths = _as_moved(by_age, prior)
    strength = dirichlet_strength(by_age.reshape(-1, places), prior.reshape(-1, places))
    shares = as_share(strength * prior + by_age)
    worth = strength + by_age.sum(axis=2)
    if parent is None:  # the prior was read off the same moves
        worths = (by_age.sum(axis=(0, 1), keepdims=True) + 1, *worths[1:])
    return _by_need(shares, moved), worth, Leaning((strength / worth)[..., None], worths)


def _as_moved(by_age: Counts, prior: Counts) -> tuple[Counts, tuple[Counts, ...]]:
    """Shares brought to where all movers went, then to where those of each place went."""
    shares, overall = shares_as_counted(prior, by_age, summed=(0, 1))
    shares, of_place = shares_as_counted(shares, by_age, summed=(0,))
    return shares, (overall, of_place)


def _by_need(shares: Counts, moved: Counts) -> Counts:
    """Shares by age and place, tilted by how each need's movers differ from all movers."""
    whole = as_share(moved.sum(axis=(0, 1)) + _TRACE)
    of_need = moved.sum(axis=0)
    strength = dirichlet_strength(
        of_need.reshape(-1, whole.shape[1]), np.tile(whole, (len(of_need), 1))
    )
    tilt = as_share(strength * whole + of_need) / whole
    return as_share(shares[:, None] * tilt[None])


def _need_rate(changed: Counts, stayed: Counts) -> Beta:
    events = changed.sum(axis=1)
    mean = as_rate(np.full(events.shape, events.sum() / max(stayed.sum(), 1.0)))
    strength = beta_strength(events, np.maximum(stayed, events), mean)
    others = np.maximum(stayed - events, 0.0)
    return Beta(strength * mean + events, strength * (1 - mean) + others)


def _need_to(changed: Counts) -> Counts:
    elsewhere = 1.0 - np.eye(len(changed))
    prior = as_share((changed.sum(axis=0) + _TRACE) * elsewhere)
    return as_share(dirichlet_strength(changed, prior) * prior + changed)


def _join_rate(joined: Counts, without_plan: Counts, parent: Rates | None) -> Beta:
    """By age; pulled towards the parent area's rates, once brought to the authority's level."""
    joined = np.minimum(joined, without_plan)
    if parent is None:
        return Beta(joined + 0.5, without_plan - joined + 0.5)
    mean = parent.join.mean
    mean = as_rate(mean * joined.sum() / max((mean * without_plan).sum(), 1.0))
    mean = as_rate(mean * ratios(joined, without_plan * mean))
    strength = beta_strength(joined, without_plan, mean)
    return Beta(strength * mean + joined, strength * (1 - mean) + without_plan - joined)


def _join_split(joined: Counts, parent: Rates | None) -> tuple[Counts, Leaning]:
    """Joiners' needs and places by age, pulled to the ages around or to a parent area."""
    flat = joined.reshape(len(AGES), -1)
    whole = as_share(flat.sum(axis=0))
    if parent is None:
        prior, worth = _of_neighbours(flat), joined.sum(axis=0) + 1
    else:
        prior, worth = _of_wider(joined, parent)
    prior = as_share(prior + _TRACE * whole)
    strength = dirichlet_strength(flat, prior)
    pulled = strength * prior
    split = pulled + np.where(prior > 0, flat, 0.0)
    leans = share_of(pulled, split)
    return split.reshape(joined.shape), Leaning(leans.reshape(joined.shape), (worth[None],))


def _of_neighbours(flat: Counts) -> Counts:
    """The split of the ages around each age, without its own; counts of joiners."""
    near = np.zeros_like(flat)
    for step in range(1, _NEIGHBOUR_AGES + 1):
        near[step:] += flat[:-step]
        near[:-step] += flat[step:]
    return as_share(near)


def _of_wider(joined: Counts, parent: Rates) -> tuple[Counts, Counts]:
    """The parent area's places at each age, brought to the places joined here, by need as here."""
    by_age = joined.sum(axis=1)
    split = as_share(parent.join_split.sum(axis=1))
    split, worth = shares_as_counted(split, by_age, summed=(0,))
    trace = _TRACE * joined.sum() / joined[0].size
    needs = as_share((joined.sum(axis=0) + trace).T).T
    told = split[:, None, :] * needs[None]
    return told.reshape(len(AGES), -1), worth * needs


def _shocks(evidence: Evidence, half_life: float) -> dict[str, Shock]:
    stayed = evidence.before - evidence.left
    weight = 0.5 ** (np.arange(len(evidence.years))[::-1] / half_life)
    lasting = float(np.sqrt((weight**2).sum()) / weight.sum())
    return {
        "leave": _shock(evidence.left, evidence.before, lasting),
        "move": _shock(evidence.moved.sum(axis=4), stayed, lasting),
        "join": _shock(evidence.joined.sum(axis=(2, 3)), evidence.without_plan, lasting),
    }


def _shock(events: Counts, exposure: Counts, lasting: float) -> Shock:
    """How the years differ, given each year's make-up; the usual where few years are seen."""
    years = len(events)
    cell = tuple(range(1, events.ndim))
    rate = events.sum(axis=0) / np.maximum(exposure.sum(axis=0), 1e-9)
    expected = np.maximum((exposure * rate).sum(axis=cell), 1e-9)
    observed = np.maximum(events.sum(axis=cell), 0.5)
    strays = np.log(observed / expected)
    chance = (1 / np.maximum(expected, 1.0)).sum()
    seen = max(((strays - strays.mean()) ** 2).sum() - chance, 0.0)
    worth = _USUAL_WORTH + years - 1
    yearly = float(np.sqrt((_USUAL_WORTH * _USUAL_SHOCK**2 + seen) / worth))
    return Shock(yearly, yearly * lasting, worth)
