"""Rates estimated from evidence cell by cell (age, need, place), pooled with larger groups.

The prior of a rate is that of its need and place, of its age, of all cells, and of the same cell
of a parent area where there is one; how strong it is follows from the counts.

References
----------
- Griffiths, D. A. (1973). Maximum likelihood estimation for the beta-binomial distribution and an
  application to the household distribution of the total number of cases of a disease. Biometrics
  29(4), 637-648.
- Efron, B. and Morris, C. (1975). Data analysis using Stein's estimator and its generalizations.
  Journal of the American Statistical Association 70(350), 311-319.
- Clayton, D. and Kaldor, J. (1987). Empirical Bayes estimates of age-standardized relative risks
  for use in disease mapping. Biometrics 43(3), 671-681: observed over expected, pooled.
- Mosimann, J. E. (1962). On the compound multinomial distribution, the multivariate
  beta-distribution, and correlations among proportions. Biometrika 49(1-2), 65-82.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import betaln, gammaln

from sendlib.cohort.axes import AGES, Counts, as_share, share_of
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.rates import Beta, Pooling, Rates, Shock
from sendlib.vocabulary import PlaceType

HALF_LIFE = 2.0  # years after which what was observed counts half
_USUAL_SHOCK = 0.08  # how far a rate usually departs in one year, in logs
_USUAL_STRENGTH = 3.0  # years of evidence that the usual shock counts for
_NEIGHBOUR_AGES = 2  # ages either side that are the prior of a split of joiners
_TRACE = 0.01  # weight of the split of all ages among joiners of one age
_GRID = np.geomspace(0.2, 20_000, 51)  # strengths of a prior that are tried
_LEAST, _MOST = 1e-7, 0.98  # of a rate
_ROUNDS = 10


def estimate(
    evidence: Evidence, *, parent: Rates | None = None, half_life: float = HALF_LIFE
) -> Rates:
    """Estimate all rates of an authority."""
    weighted = evidence.weighted(half_life)
    before, left = weighted.before.sum(axis=0), weighted.left.sum(axis=0)
    moved, joined = weighted.moved.sum(axis=0), weighted.joined.sum(axis=0)
    stayed = np.maximum(before - left, 0.0)
    leave, leave_pooling = _rate(left, before, parent.leave.mean if parent else None)
    move, move_pooling = _rate(moved.sum(axis=3), stayed, parent.move.mean if parent else None)
    near = evidence.before.sum(axis=(0, 2)) + evidence.joined.sum(axis=(0, 2))
    near = near + evidence.stock.sum(axis=1) + evidence.moved.sum(axis=(0, 2, 3))
    near = near + _smoothed(near, ages=1)  # places that children of about an age are known in
    if parent is not None:
        near = near + parent.destination.sum(axis=(1, 2))
    allowed = (near > 0).astype(float)
    destination, strength, destination_pooling = _destinations(moved, allowed, parent)
    need_change, need_to = _need_changes(
        weighted.need_changed.sum(axis=(0, 1, 4)), stayed.sum(axis=(0, 2))
    )
    join_split, split_pooling = _join_split(joined, parent)
    return Rates(
        evidence.axes,
        leave,
        move,
        destination,
        strength,
        need_change,
        need_to,
        _join_rate(joined.sum(axis=(1, 2)), weighted.without_plan.sum(axis=0), parent),
        join_split,
        shocks=_shocks(evidence, half_life),
        pooling={
            "leave": leave_pooling,
            "move": move_pooling,
            "destination": destination_pooling,
            "join_split": split_pooling,
        },
    )


def estimate_pooled(evidence: Evidence, parent: Evidence | None, *, half_life: float) -> Rates:
    """Rates of an authority, with those of a parent area, of what it recorded, as their prior."""
    if parent is None:
        return estimate(evidence, half_life=half_life)
    at = parent.axes.place(PlaceType.NOT_RECORDED.value)
    moved, joined = parent.moved.copy(), parent.joined.copy()
    moved[..., at, :] = 0.0
    moved[..., at] = 0.0
    joined[..., at] = 0.0
    recorded = replace(parent, moved=moved, joined=joined)
    prior = estimate(recorded, half_life=half_life)
    return estimate(evidence, parent=prior, half_life=half_life)


def _rate(events: Counts, exposure: Counts, prior: Counts | None) -> tuple[Beta, Pooling]:
    """Cells pooled with need and place, age, all cells and the prior, in that order."""
    events = np.minimum(events, exposure)
    if prior is None:
        prior = as_rate(np.asarray(events.sum() / max(exposure.sum(), 1.0)))
    mean = np.broadcast_to(prior, exposure.shape)
    strengths = []
    for summed in ((0, 1, 2), (1, 2), (0,)):  # all cells; by age; by need and place
        observed = events.sum(axis=summed, keepdims=True)
        expected = (exposure * mean).sum(axis=summed, keepdims=True)
        ratio, strength = pooled_ratios(observed, expected)
        mean = as_rate(mean * ratio)
        strengths.append(strength)
    rate, pooled = _beta(events, exposure, mean)
    return rate, Pooling(pooled / rate.events, tuple(strengths[1:]))


def _beta(events: Counts, exposure: Counts, mean: Counts) -> tuple[Beta, Counts]:
    """A prior as strong as the counts call for with the counts, and its events alone."""
    strength = beta_strength(events, exposure, mean)
    pooled = strength * mean
    return Beta(pooled + events, strength * (1 - mean) + exposure - events), pooled


def _smoothed(counts: Counts, *, ages: int) -> Counts:
    """The counts of the ages around each age, without its own."""
    near = np.zeros_like(counts)
    for step in range(1, ages + 1):
        near[step:] += counts[:-step]
        near[:-step] += counts[step:]
    return near


def _destinations(
    moved: Counts, allowed: Counts, parent: Rates | None
) -> tuple[Counts, Counts, Pooling]:
    """Shares of movers' destinations, the moves they are known from, and their pooling."""
    places = moved.shape[2]
    elsewhere = 1.0 - np.eye(places)
    by_age = moved.sum(axis=1)
    if parent is None:
        prior = as_share((by_age.sum(axis=(0, 1)) + _TRACE) * elsewhere * allowed[:, None, :])
    else:
        prior = as_share(parent.destination[:, 0] * elsewhere)
    prior, overall = calibrate_shares(prior, by_age, summed=(0, 1))
    prior, of_place = calibrate_shares(prior, by_age, summed=(0,))
    strength = dirichlet_strength(by_age.reshape(-1, places), prior.reshape(-1, places))
    shares = as_share(strength * prior + by_age)
    total = strength + by_age.sum(axis=2)
    if parent is None:  # the prior was read off the same moves
        overall = by_age.sum(axis=(0, 1), keepdims=True) + 1
    pooling = Pooling((strength / total)[..., None], (overall, of_place))
    return _split_by_need(shares, moved), total, pooling


def _split_by_need(shares: Counts, moved: Counts) -> Counts:
    """Shares by age and place, times how each need's movers differ from all movers."""
    average = as_share(moved.sum(axis=(0, 1)) + _TRACE)
    of_need = moved.sum(axis=0)
    strength = dirichlet_strength(
        of_need.reshape(-1, average.shape[1]), np.tile(average, (len(of_need), 1))
    )
    ratio = as_share(strength * average + of_need) / average
    return as_share(shares[:, None] * ratio[None])


def _need_changes(changed: Counts, stayed: Counts) -> tuple[Beta, Counts]:
    """The rate at which a need changes, shape (need,), and what it changes to."""
    events = changed.sum(axis=1)
    mean = as_rate(np.full(events.shape, events.sum() / max(stayed.sum(), 1.0)))
    strength = beta_strength(events, np.maximum(stayed, events), mean)
    others = np.maximum(stayed - events, 0.0)
    rate = Beta(strength * mean + events, strength * (1 - mean) + others)
    prior = as_share((changed.sum(axis=0) + _TRACE) * (1.0 - np.eye(len(changed))))
    return rate, as_share(dirichlet_strength(changed, prior) * prior + changed)


def _join_rate(joined: Counts, without_plan: Counts, parent: Rates | None) -> Beta:
    """By age; pooled with the parent area's rates, once brought to the authority's level."""
    joined = np.minimum(joined, without_plan)
    if parent is None:
        return Beta(joined + 0.5, without_plan - joined + 0.5)
    mean = parent.join.mean
    mean = as_rate(mean * joined.sum() / max((mean * without_plan).sum(), 1.0))
    mean = as_rate(mean * pooled_ratios(joined, without_plan * mean)[0])
    return _beta(joined, without_plan, mean)[0]


def _join_split(joined: Counts, parent: Rates | None) -> tuple[Counts, Pooling]:
    """Joiners' needs and places by age, pooled with the ages around or a parent area."""
    flat = joined.reshape(len(AGES), -1)
    if parent is None:
        prior = as_share(_smoothed(flat, ages=_NEIGHBOUR_AGES))
        group_strength = joined.sum(axis=0) + 1
    else:
        prior, group_strength = _split_of_parent(joined, parent)
    prior = as_share(prior + _TRACE * as_share(flat.sum(axis=0)))
    pooled = dirichlet_strength(flat, prior) * prior
    split = pooled + np.where(prior > 0, flat, 0.0)
    share = share_of(pooled, split).reshape(joined.shape)
    return split.reshape(joined.shape), Pooling(share, (group_strength[None],))


def _split_of_parent(joined: Counts, parent: Rates) -> tuple[Counts, Counts]:
    """The parent's places at each age, calibrated to the places joined here, by need as here."""
    split = as_share(parent.join_split.sum(axis=1))
    split, strength = calibrate_shares(split, joined.sum(axis=1), summed=(0,))
    trace = _TRACE * joined.sum() / joined[0].size
    needs = as_share((joined.sum(axis=0) + trace).T).T
    return (split[:, None, :] * needs[None]).reshape(len(AGES), -1), strength * needs


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
    """How the years differ, given each year's make-up; the usual where few were observed."""
    cells = tuple(range(1, events.ndim))
    rate = events.sum(axis=0) / np.maximum(exposure.sum(axis=0), 1e-9)
    expected = np.maximum((exposure * rate).sum(axis=cells), 1e-9)
    residuals = np.log(np.maximum(events.sum(axis=cells), 0.5) / expected)
    chance = (1 / np.maximum(expected, 1.0)).sum()
    excess = max(((residuals - residuals.mean()) ** 2).sum() - chance, 0.0)
    strength = _USUAL_STRENGTH + len(events) - 1
    yearly = float(np.sqrt((_USUAL_STRENGTH * _USUAL_SHOCK**2 + excess) / strength))
    return Shock(yearly, yearly * lasting, strength)


def pooled_ratios(observed: Counts, expected: Counts) -> tuple[Counts, Counts]:
    """Observed over expected, each pooled towards one, and the events that each is known from."""

    def likelihood(strength: float) -> float:
        terms = (
            gammaln(observed + strength)
            - gammaln(strength)
            + strength * np.log(strength)
            - (observed + strength) * np.log(expected + strength)
        )
        return float(terms.sum())

    strength = _most_likely(likelihood)
    return np.asarray((observed + strength) / (expected + strength)), observed + strength


def calibrate_shares(
    shares: Counts, counts: Counts, *, summed: tuple[int, ...]
) -> tuple[Counts, Counts]:
    """Shares calibrated to the counts of groups of rows, and the events each is known from."""
    total = counts.sum(axis=-1, keepdims=True)
    observed = counts.sum(axis=summed, keepdims=True)
    ratio = strength = np.ones_like(observed)
    for _ in range(_ROUNDS):
        level = np.maximum((shares * ratio).sum(axis=-1, keepdims=True), _LEAST)
        expected = (total * shares / level).sum(axis=summed, keepdims=True)
        ratio, strength = pooled_ratios(observed, expected)
    return as_share(shares * ratio), strength


def beta_strength(events: Counts, exposure: Counts, mean: Counts) -> float:
    """How many plans a prior mean counts for (beta-binomial)."""
    observed = exposure > 0
    k, n, m = events[observed], exposure[observed], mean[observed]

    def likelihood(strength: float) -> float:
        a, b = strength * m, strength * (1 - m)
        return float((betaln(a + k, b + n - k) - betaln(a, b)).sum())

    return _most_likely(likelihood)


def dirichlet_strength(counts: Counts, mean: Counts) -> float:
    """How many plans the prior shares count for (Dirichlet-multinomial)."""
    total = counts.sum(axis=1)
    observed = total > 0
    counts, mean, total = counts[observed], mean[observed], total[observed]
    possible = mean > 0
    counts = np.where(possible, counts, 0.0)

    def likelihood(strength: float) -> float:
        alpha = np.where(possible, strength * mean, 1.0)
        rows = gammaln(strength) - gammaln(total + strength)
        return float(rows.sum() + (gammaln(alpha + counts) - gammaln(alpha))[possible].sum())

    return _most_likely(likelihood)


def as_rate(values: Counts) -> Counts:
    """Values clipped to the open interval from zero to one."""
    return np.asarray(np.clip(values, _LEAST, _MOST))


def _most_likely(likelihood: Callable[[float], float]) -> float:
    """The strength under which the counts would have been most likely (empirical Bayes)."""
    return float(_GRID[int(np.argmax([likelihood(strength) for strength in _GRID]))])
