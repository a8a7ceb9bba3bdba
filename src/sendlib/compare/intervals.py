"""Intervals of shares and rates, and of the gap between two of them.

A share is a count of those who have something, of all who could; its interval is
Wilson's. A rate counts events, of which one person may have several; its interval
is the exact one of a Poisson count. The interval of a gap is put together from
the two intervals (MOVER: Zou and Donner, 2008), which for shares is Newcombe's
hybrid score interval (1998, method 10). Where there is no denominator there is no
interval, and none is made up.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def share_interval(
    value: ArrayLike, of: ArrayLike, *, coverage: float = 0.95
) -> tuple[Floats, Floats]:
    """Wilson's interval of a share.

    Examples
    --------
    >>> low, high = share_interval([0.2, 0.2], [100, float("nan")])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.133, nan], [0.289, nan])
    """
    share, base = _floats(value, of)
    known = np.isfinite(share) & np.isfinite(base) & (base > 0)
    low, high = _exact_ends(share, base)
    if known.any():
        count, number = share[known] * base[known], base[known]
        low[known], high[known] = proportion_confint(
            count, number, alpha=1 - coverage, method="wilson"
        )
    return low, high


def rate_interval(
    value: ArrayLike, of: ArrayLike, *, coverage: float = 0.95
) -> tuple[Floats, Floats]:
    """The exact interval of a rate of events, as a Poisson count has it.

    Examples
    --------
    >>> low, high = rate_interval(0.1, 100)
    >>> float(low.round(3)), float(high.round(3))
    (0.048, 0.184)
    """
    rate, base = _floats(value, of)
    known = np.isfinite(rate) & np.isfinite(base) & (base > 0)
    low, high = _exact_ends(rate, base)
    events, tail = rate[known] * base[known], (1 - coverage) / 2
    least = stats.gamma.ppf(tail, np.where(events > 0, events, 1.0))
    low[known] = np.where(events > 0, least, 0.0) / base[known]
    high[known] = stats.gamma.ppf(1 - tail, events + 1) / base[known]
    return low, high


def gap_interval(
    value: tuple[ArrayLike, ArrayLike, ArrayLike], other: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> tuple[Floats, Floats]:
    """The interval of a gap, from the two values and their intervals.

    References
    ----------
    Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890. Zou, G. Y. and
    Donner, A. (2008), Statistics in Medicine 27, 1693-1702.
    """
    mine, my_low, my_high = (np.asarray(part, dtype=float) for part in value)
    theirs, their_low, their_high = (np.asarray(part, dtype=float) for part in other)
    gap = mine - theirs
    low = gap - np.hypot(mine - my_low, their_high - theirs)
    high = gap + np.hypot(my_high - mine, theirs - their_low)
    return low, high


def _floats(value: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats]:
    share, base = np.broadcast_arrays(np.asarray(value, float), np.asarray(of, float))
    return share, base


def _exact_ends(value: Floats, base: Floats) -> tuple[Floats, Floats]:
    """Both ends at the value itself where it is taken as exact, missing elsewhere."""
    ends = np.where(np.isposinf(base), value, np.nan)
    return ends, ends.copy()
