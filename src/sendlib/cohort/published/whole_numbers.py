"""Counts shared out in whole numbers, with every sum exact."""

import numpy as np
from numpy.typing import NDArray

from sendlib.cohort.axes import Counts

NEARLY = 1e-6  # a share of one plan that counts for nothing


def apportion(parts: Counts, total: float) -> Counts:
    """Whole numbers in proportion to parts that add up to a total: largest remainders.

    Examples
    --------
    >>> apportion(np.array([1.0, 1.0, 2.0]), 10).tolist()
    [3.0, 2.0, 5.0]
    """
    exact = parts * (total / max(parts.sum(), 1e-9))
    found = np.floor(exact + NEARLY)
    order = np.argsort(found - exact, kind="stable")
    found[order[: round(total - found.sum())]] += 1
    return np.asarray(found)


def deal_evenly(totals: NDArray[np.int64], hands: NDArray[np.int64]) -> Counts:
    """Deal out kinds to hands so that each hand has nearly the mix of the whole.

    All items are laid in a line in which each kind is spaced evenly, and the
    line is cut into hands: whole numbers, with both sums exact.

    Examples
    --------
    >>> deal_evenly(np.array([2, 4]), np.array([3, 3])).tolist()
    [[1.0, 2.0], [1.0, 2.0]]
    """
    kind = np.repeat(np.arange(len(totals)), totals)
    place = np.concatenate([(np.arange(total) + 0.5) / max(total, 1) for total in totals])
    line = kind[np.argsort(place, kind="stable")]
    hand = np.repeat(np.arange(len(hands)), hands)
    dealt = np.zeros((len(hands), len(totals)))
    np.add.at(dealt, (hand, line), 1)
    return dealt
