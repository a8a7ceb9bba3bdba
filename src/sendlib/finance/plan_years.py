"""Plan-years: how many plans are paid for in a financial year, part years counted as such.

Counts are of January, money of April to March. Between two Januaries plans
start evenly through the year, while those who leave or move do so when the
school year turns, in September.
"""

from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Draws = NDArray[np.generic]
Sums = TypeVar("Sums", pd.Series, Counts)

_BEFORE_NEXT = 9 / 12  # April to December, of the year that began with the January counted
_JOINED_BY_THEN = 7.5 / 12  # of that year's joiners, on average over April to December
_TURNED_BY_THEN = 4 / 9  # September to December, of April to December
_AFTER_NEXT = 3 / 12  # January to March
_JOINED_SINCE = 1.5 / 12  # of the next year's joiners, on average over January to March


def plan_years(stock: Draws, joined: Draws) -> Counts:
    """Plans paid for in each financial year, for each draw.

    Examples
    --------
    Nobody leaves and twelve plans start in the first year: by the mid-point of
    the financial year more than half of them are being paid for.

    >>> stock, joined = np.array([[100, 112, 112]]), np.array([[12, 0]])
    >>> plan_years(stock, joined).round(3).tolist()
    [[108.625]]
    """
    held, new = np.asarray(stock, dtype=float), np.asarray(joined, dtype=float)
    turned = np.diff(held, axis=1) - new
    before = held[:, :-1] + _JOINED_BY_THEN * new + _TURNED_BY_THEN * turned
    after = held[:, 1:-1] + _JOINED_SINCE * new[:, 1:]
    return np.asarray(_BEFORE_NEXT * before[:, :-1] + _AFTER_NEXT * after)


def past_plan_years(earlier: Sums, later: Sums) -> Sums:
    """Plans paid for in a past financial year, from the January before it and the one in it.

    Plans are taken to change evenly from one January to the next, and the last
    quarter to stand at the later one.

    Examples
    --------
    >>> round(float(past_plan_years(pd.Series([100.0]), pd.Series([112.0])).iloc[0]), 3)
    108.625
    """
    return _BEFORE_NEXT * (earlier + _JOINED_BY_THEN * (later - earlier)) + _AFTER_NEXT * later
