"""Round tables of means so that their whole numbers still add up, within and between tables.

Every number goes up or down to a whole one. How many go up is settled by the
sums; which ones, by largest remainders: of all ways that meet the sums, the one
that takes the numbers nearest to the next whole number up. In a single list that
is the method of largest remainders; in tables of several ways it is controlled
rounding with the same aim.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from sendlib.cohort.axes import Counts
from sendlib.errors import DataError, Problem

Ints = NDArray[np.int64]
_NEARLY = 1e-6  # nearer than this to a whole number is that number
_ALIKE = 1e2  # reward for rounding the same number alike in two tables
_FAR = 1e4  # cost of a sum that goes further than up or down


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of cells that are to come out whole and near."""

    weights: csr_array  # 1, -1 or 0 of each cell, shape (sum, cell)
    fixed: Counts  # what another table has settled, else missing, shape (sum,)


def sums_along(shape: Sequence[int], axes: Sequence[int]) -> Sums:
    """The sums of a table over all axes but some."""
    lengths = [shape[axis] for axis in axes]
    group = np.zeros(shape, dtype=np.int64)
    for axis, length in zip(axes, lengths, strict=True):
        group = group * length + np.indices(shape)[axis]
    return sums_by_group(group, int(np.prod(lengths)))


def sums_by_group(group: Ints, count: int, fixed: Counts | None = None) -> Sums:
    """The sums of numbered groups of cells; ``group`` has one number for each cell."""
    cells = np.arange(group.size)
    weights = csr_array((np.ones(group.size), (group.ravel(), cells)), shape=(count, group.size))
    return Sums(weights, np.full(count, np.nan) if fixed is None else np.ravel(fixed).astype(float))


def round_together(
    table: Counts, sums: Iterable[Sums], *, like: tuple[Counts, Ints] | None = None
) -> Ints:
    """Round a table so that its sums are whole numbers near their own.

    Each cell goes to the whole number below or above it, and each sum as well
    wherever that can be had for all of them at once. A sum that is fixed is
    met exactly. A number that is the same in the table ``like`` goes the way
    that it went there, where it can.

    Examples
    --------
    >>> row = np.array([0.4, 0.3, 0.3, 0.9])
    >>> round_together(row, [sums_along((4,), [])]).tolist()
    [1, 0, 0, 1]
    """
    exact = table.ravel().astype(float)
    every = list(sums)
    weights = vstack([each.weights for each in every], format="csr")
    fixed = np.concatenate([each.fixed for each in every])
    below, _ = _below(exact)
    # Going up costs less, the nearer a cell and its sums are to the next whole number. A sum
    # weighs as the square root of the number of its cells, as most readers look at the largest.
    towards = 1 - 2 * (weights @ exact - _below(weights @ exact)[0])
    weighed = np.sqrt(np.abs(weights).sum(axis=1)) * towards
    costs = 1 - 2 * (exact - below) + weights.T @ weighed
    if like is not None:
        other, rounded = like[0].ravel(), like[1].ravel()
        same = np.abs(exact - other) < _NEARLY
        costs += np.where(same, _ALIKE * (1 - 2 * (rounded > exact)), 0.0)
    up = _choose_up(exact, costs, weights, fixed)
    return np.asarray((below + up).astype(np.int64).reshape(table.shape))


def _below(exact: Counts) -> tuple[Counts, NDArray[np.bool_]]:
    """The whole number at or below each, and whether there is anything to round."""
    nearest = np.rint(exact)
    is_open = np.abs(exact - nearest) > _NEARLY
    return np.where(is_open, np.floor(exact), nearest), is_open


def _choose_up(exact: Counts, costs: Counts, weights: csr_array, fixed: Counts) -> Counts:
    """Which cells go up: one whole-number programme.

    Beside a switch for each cell there are two slacks for each sum that is not
    fixed: how far it goes beyond the whole number above, and below.
    """
    below, is_open = _below(exact)
    whole, sum_open = _below(weights @ exact)
    free = np.isnan(fixed)
    taken = weights @ below
    low = np.where(free, whole, fixed) - taken
    high = np.where(free, whole + sum_open, fixed) - taken
    slack = eye_array(len(free), format="csr")
    most = np.concatenate([is_open.astype(float), np.tile(np.where(free, np.inf, 0.0), 2)])
    found = milp(
        np.concatenate([costs, np.full(2 * len(free), _FAR)]),
        constraints=LinearConstraint(hstack([weights, -slack, slack], format="csr"), low, high),
        integrality=np.repeat([1, 0], [len(exact), 2 * len(free)]),
        bounds=Bounds(0, most),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        problem = Problem(
            "sums_not_whole", "sums that no whole numbers meet", remedy="check that tables agree"
        )
        raise DataError("A table cannot be rounded.", [problem])
    return np.asarray(np.rint(found.x[: len(exact)]))
