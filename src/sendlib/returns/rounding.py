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
from scipy.sparse import csr_array, eye_array, hstack, vstack

from sendlib.cohort.axes import Counts
from sendlib.errors import DataError, Problem, raise_any

Ints = NDArray[np.int64]
_NEARLY = 1e-6  # nearer than this to a whole number is that number
_ALIKE = 1e2  # what it is worth that the same number is rounded alike in two tables
_FAR = 1e4  # what a sum costs that goes further than up or down


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


def sums_along(shape: Sequence[int], axes: Sequence[int]) -> Sums:
    """The sums of a table over all axes but some."""
    kept = [np.arange(size) for size in shape]
    grid = np.meshgrid(*kept, indexing="ij")
    lengths = [shape[axis] for axis in axes]
    group = np.zeros(int(np.prod(shape)), dtype=np.int64)
    for axis, length in zip(axes, lengths, strict=True):
        group = group * length + grid[axis].ravel()
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
    met exactly.

    Examples
    --------
    >>> row = np.array([0.4, 0.3, 0.3, 0.9])
    >>> round_together(row, [sums_along((4,), [])]).tolist()
    [1, 0, 0, 1]
    """
    exact = table.ravel().astype(float)
    if not exact.size:
        return table.astype(np.int64)
    every = list(sums)
    weights = vstack([each.weights for each in every], format="csr")
    fixed = np.concatenate([each.fixed for each in every])
    costs = _costs(exact, weights)
    if like is not None:
        costs += _to_be_alike(exact, like[0].ravel(), like[1].ravel())
    below, _ = _below(exact)
    up = _ways_up(exact, costs, weights, fixed)
    return np.asarray((below + up).astype(np.int64).reshape(table.shape))


def _below(exact: Counts) -> tuple[Counts, NDArray[np.bool_]]:
    """The whole number at or below each, and whether there is anything to round."""
    nearest = np.rint(exact)
    open_ = np.abs(exact - nearest) > _NEARLY
    return np.where(open_, np.floor(exact), nearest), open_


def _ways_up(exact: Counts, costs: Counts, weights: csr_array, fixed: Counts) -> Counts:
    """Which cells go up: one whole-number programme.

    Beside a switch for each cell there are two slacks for each sum that is not
    fixed: how far it goes beyond the whole number above, and below.
    """
    below, open_ = _below(exact)
    free = np.isnan(fixed)
    slack = eye_array(len(free), format="csr")
    most = np.concatenate([open_.astype(float), np.tile(np.where(free, np.inf, 0.0), 2)])
    found = milp(
        np.concatenate([costs, np.full(2 * len(free), _FAR)]),
        constraints=LinearConstraint(
            hstack([weights, -slack, slack], format="csr"),
            *_limits(weights @ exact, weights @ below, fixed),
        ),
        integrality=np.repeat([1, 0], [len(exact), 2 * len(free)]),
        bounds=Bounds(0, most),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        problem = Problem("sums that no whole numbers meet", remedy="check that tables agree")
        raise_any(DataError, "A table cannot be rounded.", [problem])
    return np.asarray(np.rint(found.x[: len(exact)]))


def _costs(exact: Counts, weights: csr_array) -> Counts:
    """What it costs to take each cell up: less, the nearer it and its sums are to the next one.

    A sum weighs as the square root of the number of its cells, so that what
    most readers look at is rounded to the nearest.
    """
    weighed = np.sqrt(np.abs(weights).sum(axis=1)) * (1 - 2 * _part(weights @ exact))
    return np.asarray(1 - 2 * _part(exact) + weights.T @ weighed)


def _to_be_alike(exact: Counts, other: Counts, rounded: Ints) -> Counts:
    """A reward for going the way that the same number went in another table."""
    same = np.abs(exact - other) < _NEARLY
    return np.asarray(np.where(same, _ALIKE * (1 - 2 * (rounded > exact)), 0.0))


def _part(exact: Counts) -> Counts:
    """How far each number is on the way to the next whole one."""
    return exact - _below(exact)[0]


def _limits(meant: Counts, taken: Counts, fixed: Counts) -> tuple[Counts, Counts]:
    """How many of its cells each sum may take up: least and most."""
    whole, open_ = _below(meant)
    free = np.isnan(fixed)
    low, high = np.where(free, whole, fixed), np.where(free, whole + open_, fixed)
    return low - taken, high - taken
