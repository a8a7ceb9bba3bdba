"""Round tables of means so that their whole numbers still add up, within and between tables.

Every number goes up or down to a whole one. How many go up is settled by the
sums; which ones is settled by largest remainders: of all ways that keep the
sums, the one that takes the numbers nearest to the next whole number up. In a
single list that is the method of largest remainders; in tables of several
ways it is controlled rounding with the same aim.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from sendlib.cohort.axes import Counts
from sendlib.errors import DataError, Problem, raise_any

Ints = NDArray[np.int64]
_NEARLY = 1e-6  # nearer than this to a whole number is that number
_FAR = 1e3  # what a sum costs that goes further than up or down


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of cells that are to come out whole and near.

    Parameters
    ----------
    weights : csr_array
        What each sum takes of each cell: 1, -1 or 0; shape (sum, cell).
    fixed : np.ndarray
        What a sum must be, where another table has settled it, and missing
        where it has not, shape (sum,).
    """

    weights: csr_array
    fixed: Counts


def sums_along(shape: Sequence[int], axes: Sequence[int], fixed: Counts | None = None) -> Sums:
    """The sums of a table over all axes but some.

    Parameters
    ----------
    shape : Sequence[int]
        The table's shape.
    axes : Sequence[int]
        The axes that are kept.
    fixed : np.ndarray, optional
        What they must be, of the lengths of ``axes``.
    """
    kept = [np.arange(size) for size in shape]
    grid = np.meshgrid(*kept, indexing="ij")
    lengths = [shape[axis] for axis in axes]
    group = np.zeros(int(np.prod(shape)), dtype=np.int64)
    for axis, length in zip(axes, lengths, strict=True):
        group = group * length + grid[axis].ravel()
    return sums_by_group(group, int(np.prod(lengths)), fixed)


def sums_by_group(group: Ints, count: int, fixed: Counts | None = None) -> Sums:
    """The sums of numbered groups of cells; ``group`` has one number for each cell."""
    cells = np.arange(group.size)
    weights = csr_array((np.ones(group.size), (group.ravel(), cells)), shape=(count, group.size))
    return Sums(weights, np.full(count, np.nan) if fixed is None else np.ravel(fixed).astype(float))


def round_together(table: Counts, sums: Iterable[Sums]) -> Ints:
    """Round a table so that its sums are whole numbers near their own.

    Each cell goes to the whole number below or above it, and each sum as well
    wherever that can be had for all of them at once. A sum that is fixed is
    met exactly.

    Parameters
    ----------
    table : np.ndarray
        Of any shape.
    sums : Iterable[Sums]
        All sums that tables show.

    Returns
    -------
    np.ndarray
        Whole numbers of the same shape.

    Raises
    ------
    DataError
        If the cells cannot reach a sum that is fixed.

    Examples
    --------
    >>> row = np.array([0.4, 0.4, 0.3, 0.9])
    >>> round_together(row, [sums_along((4,), [])]).tolist()
    [1, 0, 0, 1]
    """
    exact = table.ravel().astype(float)
    if not exact.size:
        return table.astype(np.int64)
    below, open_ = _below(exact)
    every = list(sums)
    up = _ways_up(exact - below, open_, _limits(every, exact, below), every)
    return np.asarray((below + up).astype(np.int64).reshape(table.shape))


def _below(exact: Counts) -> tuple[Counts, NDArray[np.bool_]]:
    """The whole number at or below each, and whether there is anything to round."""
    nearest = np.rint(exact)
    open_ = np.abs(exact - nearest) > _NEARLY
    return np.where(open_, np.floor(exact), nearest), open_


def _limits(sums: Sequence[Sums], exact: Counts, below: Counts) -> Counts:
    """How many of its cells each sum may take up: least and most, shape (2, sum)."""
    low, high = [], []
    for each in sums:
        meant, taken = each.weights @ exact, each.weights @ below
        whole, open_ = _below(meant)
        settled = ~np.isnan(each.fixed)
        low.append(np.where(settled, each.fixed, whole) - taken)
        high.append(np.where(settled, each.fixed, whole + open_) - taken)
    return np.array([np.concatenate(low), np.concatenate(high)])


def _ways_up(
    part: Counts, open_: NDArray[np.bool_], limits: Counts, sums: Sequence[Sums]
) -> Counts:
    """Which cells go up: one whole-number programme.

    Beside a switch for each cell there are two slacks for each sum that is not
    fixed: how far it goes beyond the whole number above, and below.
    """
    weights = csr_array(np.concatenate([each.weights.toarray() for each in sums]))
    fixed = np.concatenate([~np.isnan(each.fixed) for each in sums])
    slack = eye_array(len(fixed), format="csr")
    cells, rows = len(part), len(fixed)
    most = np.concatenate([open_.astype(float), np.tile(np.where(fixed, 0.0, np.inf), 2)])
    found = milp(
        np.concatenate([1 - 2 * part, np.full(2 * rows, _FAR)]),
        constraints=LinearConstraint(hstack([weights, -slack, slack], format="csr"), *limits),
        integrality=np.concatenate([np.ones(cells), np.zeros(2 * rows)]),
        bounds=Bounds(0, most),
    )
    if found.x is None:
        problem = Problem("sums that no whole numbers meet", remedy="check that tables agree")
        raise_any(DataError, "A table cannot be rounded.", [problem])
    return np.asarray(np.rint(found.x[:cells]))
