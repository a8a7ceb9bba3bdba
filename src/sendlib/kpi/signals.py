"""How far to trust control charts: false alarms on stable series, and changes that are seen.

Measured on 20,000 series of 24 independent values (seed 1): 1.5% of stable
series are flagged at the last value and 16% at some value; of those whose last
8 values are higher by 1, 2 or 3 standard deviations, 14%, 57% and 90% are
flagged at the last. Values that follow each other are flagged far more often:
12% with a correlation of a half from one value to the next, and 5% with a yearly
pattern whose height is one standard deviation.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.kpi.control import RULES, find_limits, find_rules

SERIES = 20_000


@dataclass(frozen=True)
class Signals:
    """Shares of simulated series in which a chart speaks of a special cause.

    Parameters
    ----------
    last_pct : float
        Flagged at the last value, which is what a monitor reports. [%]
    any_pct : float
        Flagged at any value. [%]
    by_rule_pct : pd.Series
        Flagged at the last value, by rule; more than one may hold. [%]
    """

    last_pct: float
    any_pct: float
    by_rule_pct: pd.Series


def measure_signals(
    points: int, *, seed: int, shift: float = 0.0, since: int = 0, series: int = SERIES
) -> Signals:
    """Flag simulated series of independent normal values, all alike or with a planted shift.

    Parameters
    ----------
    points : int
        Values in a series.
    seed : int
        Fixes the series.
    shift : float
        By how much the last values are higher. [standard deviations]
    since : int
        How many of the last values are shifted.
    series : int
        How many series.

    Examples
    --------
    >>> stable, moved = (measure_signals(24, seed=1, shift=by, since=8) for by in (0, 3))
    >>> stable.last_pct < 5 < 80 < moved.last_pct
    True
    """
    values = np.random.default_rng(np.random.SeedSequence(seed)).normal(size=(series, points))
    values[:, points - since :] += shift
    found = find_rules(values, find_limits(values))
    flagged = np.stack([found[rule] != 0 for rule in RULES])
    by_rule = pd.Series(100 * flagged[:, :, -1].mean(axis=1), index=list(RULES))
    return Signals(_pct(flagged[:, :, -1:]), _pct(flagged), by_rule)


def _pct(flagged: NDArray[np.bool_]) -> float:
    """The share of series with any flag, from flags by rule, series and value."""
    return float(100 * flagged.any(axis=(0, 2)).mean())
