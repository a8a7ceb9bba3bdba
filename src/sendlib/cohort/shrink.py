"""Shrinkage: how far a small count is pulled towards what is known of larger groups.

The pull is not chosen by hand. It is the one under which the counts at hand
would have been most likely (empirical Bayes), found on a grid.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln

from sendlib.cohort.axes import Counts, share_of

_GRID = np.geomspace(0.2, 20_000, 51)
_LEAST, _MOST = 1e-7, 0.98
_ROUNDS = 10


@dataclass(frozen=True, eq=False)
class Leaning:
    """How far estimates lean on groups of cells, and how well those groups are known.

    What a group is thought to be is wrong for all its cells alike, so it does
    not average out over them as what is not known of each cell does.

    Parameters
    ----------
    share : np.ndarray
        Of each estimate, how much comes from its groups and not from its own
        count. [share]
    worths : tuple[np.ndarray, ...]
        For each way of grouping, the events that each group is known from;
        broadcast against ``share``. [events]
    """

    share: Counts
    worths: tuple[Counts, ...]


def ratios(observed: Counts, expected: Counts) -> Counts:
    """Observed over expected, each pulled towards one.

    Examples
    --------
    >>> ratios(np.array([0.0, 30.0]), np.array([0.0, 10.0])).round(1).tolist()
    [1.0, 2.9]
    """
    return ratios_and_worth(observed, expected)[0]


def ratios_and_worth(observed: Counts, expected: Counts) -> tuple[Counts, Counts]:
    """As ``ratios``, and the events that each is known from, the pull included."""

    def likelihood(strength: float) -> float:
        terms = (
            gammaln(observed + strength)
            - gammaln(strength)
            + strength * np.log(strength)
            - (observed + strength) * np.log(expected + strength)
        )
        return float(terms.sum())

    strength = _best(likelihood)
    return np.asarray((observed + strength) / (expected + strength)), observed + strength


def shares_as_counted(
    shares: Counts, counts: Counts, *, summed: tuple[int, ...]
) -> tuple[Counts, Counts]:
    """Shares whose categories are scaled to the counts of groups, each ratio pulled towards one.

    Shares of a row add to one again afterwards; what is expected of a category
    allows for that, so that strong ratios meet the counts as weak ones do.
    """
    total = counts.sum(axis=-1, keepdims=True)
    observed = counts.sum(axis=summed, keepdims=True)
    ratio = worth = np.ones_like(observed)
    for _ in range(_ROUNDS):
        level = np.maximum((shares * ratio).sum(axis=-1, keepdims=True), _LEAST)
        expected = (total * shares / level).sum(axis=summed, keepdims=True)
        ratio, worth = ratios_and_worth(observed, expected)
    return as_share(shares * ratio), worth


def beta_strength(events: Counts, exposure: Counts, mean: Counts) -> float:
    """How many plans' worth of evidence a prior mean counts for (beta-binomial)."""
    seen = exposure > 0
    k, n, m = events[seen], exposure[seen], mean[seen]

    def likelihood(strength: float) -> float:
        a, b = strength * m, strength * (1 - m)
        return float((betaln(a + k, b + n - k) - betaln(a, b)).sum())

    return _best(likelihood)


def dirichlet_strength(counts: Counts, mean: Counts) -> float:
    """How many plans' worth of evidence the prior shares count for (Dirichlet-multinomial)."""
    total = counts.sum(axis=1)
    seen = total > 0
    counts, mean, total = counts[seen], mean[seen], total[seen]
    possible = mean > 0

    def likelihood(strength: float) -> float:
        alpha = np.where(possible, strength * mean, 1.0)
        held = np.where(possible, counts, 0.0)
        rows = gammaln(strength) - gammaln(total + strength)
        return float(rows.sum() + (gammaln(alpha + held) - gammaln(alpha))[possible].sum())

    return _best(likelihood)


def as_share(values: Counts) -> Counts:
    """Shares along the last axis; a row of nothing stays nothing."""
    return share_of(values, values.sum(axis=-1, keepdims=True))


def as_rate(values: Counts) -> Counts:
    """Values kept inside the open interval from nought to one."""
    return np.asarray(np.clip(values, _LEAST, _MOST))


def _best(likelihood: Callable[[float], float]) -> float:
    return float(_GRID[int(np.argmax([likelihood(strength) for strength in _GRID]))])
