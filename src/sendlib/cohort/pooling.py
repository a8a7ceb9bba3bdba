"""Pooling: how strong the prior of a small count is, judged from all counts alike.

The strength is not chosen by hand. It is the one under which the counts would have been
most likely (empirical Bayes), found on a grid.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import betaln, gammaln

from sendlib.cohort.axes import Counts, as_share

_GRID = np.geomspace(0.2, 20_000, 51)
_LEAST, _MOST = 1e-7, 0.98
_ROUNDS = 10


def pooled_ratios(observed: Counts, expected: Counts) -> tuple[Counts, Counts]:
    """Observed over expected, each pooled towards one, and the events that each is known from.

    Examples
    --------
    >>> pooled_ratios(np.array([0.0, 30.0]), np.array([0.0, 10.0]))[0].round(1).tolist()
    [1.0, 2.9]
    """

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
    """Shares calibrated to the counts of groups of rows, and the events each is known from.

    Shares of a row add to one again afterwards; what is expected of a category
    allows for that, so that strong ratios meet the counts as weak ones do.
    """
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
    return float(_GRID[int(np.argmax([likelihood(strength) for strength in _GRID]))])
