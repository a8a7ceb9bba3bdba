"""95% intervals of shares and rates, and of the gap between two; none without a denominator.

References
----------
- Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
  Journal of the American Statistical Association 22(158), 209-212.
- Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.
- Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a
  general approach. Statistics in Medicine 27(10), 1693-1702.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
COVERAGE = 0.95
TAIL = (1 - COVERAGE) / 2


def share_interval(value: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's interval of a share: those who have something, of all who could."""
    share, base, known, low, high = _start(value, of)
    if known.any():
        low[known], high[known] = proportion_confint(
            share[known] * base[known], base[known], alpha=1 - COVERAGE, method="wilson"
        )
    return low, high


def rate_interval(value: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats]:
    """The exact interval of a rate of events, of which one person may have several (Poisson)."""
    rate, base, known, low, high = _start(value, of)
    events = rate[known] * base[known]
    least = stats.gamma.ppf(TAIL, np.where(events > 0, events, 1.0))
    low[known] = np.where(events > 0, least, 0.0) / base[known]
    high[known] = stats.gamma.ppf(1 - TAIL, events + 1) / base[known]
    return low, high


def gap_interval(
    value: tuple[ArrayLike, ArrayLike, ArrayLike], other: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> tuple[Floats, Floats]:
    """The interval of a gap, from the two values and their intervals (MOVER).

    Zou and Donner (2008), Statistics in Medicine 27, 1693-1702. For shares it is method 10 of
    Newcombe (1998), Statistics in Medicine 17, 873-890.
    """
    own, own_low, own_high = (np.asarray(part, dtype=float) for part in value)
    theirs, their_low, their_high = (np.asarray(part, dtype=float) for part in other)
    gap = own - theirs
    low = gap - np.hypot(own - own_low, their_high - theirs)
    high = gap + np.hypot(own_high - own, theirs - their_low)
    return low, high


def _start(value: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats, Flags, Floats, Floats]:
    """Values, denominators, which need an interval, and both ends: the value where it is exact."""
    values, base = np.broadcast_arrays(np.asarray(value, float), np.asarray(of, float))
    known = np.isfinite(values) & np.isfinite(base) & (base > 0)
    ends = np.where(np.isposinf(base), values, np.nan)
    return values, base, known, ends, ends.copy()
