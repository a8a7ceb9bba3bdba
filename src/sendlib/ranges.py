"""Ranges of forecasts: their quantiles, and how well they covered what was counted.

References
----------
- Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and
  estimation. Journal of the American Statistical Association 102(477), 359-378.
- Bracher, J., Ray, E. L., Gneiting, T. and Reich, N. G. (2021). Evaluating epidemic forecasts in an
  interval format. PLOS Computational Biology 17(2), e1008618.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
QUANTILES = tuple(f"q{1000 * level:03.0f}" for level in LEVELS)
INTERVALS = {50: ("q250", "q750"), 80: ("q100", "q900"), 95: ("q025", "q975")}


def levels(range_pct: float) -> tuple[float, float, float]:
    """The quantiles of a range that holds so many outcomes in a hundred, and its middle.

    Examples
    --------
    >>> levels(80.0)
    (0.1, 0.5, 0.9)
    """
    outside = round((1 - range_pct / 100) / 2, 6)
    return outside, 0.5, 1 - outside


class Ranged:
    """Something made under a scenario, which says how wide its ranges are."""

    scenario: Any  # a Scenario: pages, which write chances, know of none

    @property
    def range_pct(self) -> float:
        """How many outcomes in a hundred a range should hold."""
        return float(self.scenario.value("forecast.range_pct"))

    @property
    def levels(self) -> tuple[float, float, float]:
        """The quantiles of ``low``, ``middle`` and ``high``."""
        return levels(self.range_pct)


def ranges(
    draws: NDArray[Any], levels: Sequence[float], **axes: Iterable[Hashable]
) -> pd.DataFrame:
    """``low``, ``middle`` and ``high`` of draws, whose first axis is the draw: the last step.

    ``axes`` are the names and values of the other axes, in order, and come first.
    """
    ends = np.quantile(draws, levels, axis=0).reshape(3, -1)
    index = pd.MultiIndex.from_product(list(axes.values()), names=list(axes))
    return pd.DataFrame(ends.T, index, ["low", "middle", "high"]).reset_index()


def say_chance(share: float) -> str:
    """A chance as a whole percentage: what every draw does, or none, is still not certain.

    Examples
    --------
    >>> say_chance(0.48), say_chance(1.0), say_chance(0.0)
    ('48%', 'more than 99%', 'less than 1%')
    """
    pct = 100 * share
    return "more than 99%" if pct > 99 else "less than 1%" if pct < 1 else f"{pct:.0f}%"


def score_each(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Scores of every single forecast, in the unit of what was forecast.

    The weighted interval score is that of Bracher and others (2021), from the
    median and the ranges of ``INTERVALS``.
    """
    actual, error = forecasts["actual"], forecasts["actual"] - forecasts["forecast"]
    total, inside = 0.5 * error.abs(), {}
    for level, (low, high) in INTERVALS.items():
        missed = (forecasts[low] - actual).clip(lower=0) + (actual - forecasts[high]).clip(lower=0)
        tail = 1 - level / 100
        total = total + tail / 2 * (forecasts[high] - forecasts[low]) + missed
        inside[f"inside_{level}"] = (missed == 0).astype(float).where(missed.notna())
    return forecasts.assign(error=error, wis=total / (len(INTERVALS) + 0.5), **inside)
