"""Tables of whole numbers that meet margins: proportional fitting, then rounding.

A margin is any grouping of cells whose sums are known. Rounding goes up or
down in single cells, at random, so that every margin is met exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from sendlib.cohort.axes import Counts, share_of
from sendlib.cohort.published.whole_numbers import NEARLY
from sendlib.errors import DataError, Problem, raise_any

_ROUNDS = 400
_CLOSE = 1e-9
_FAR = 50.0  # what it costs to go further than up or down


@dataclass(frozen=True, eq=False)
class Margin:
    """Groups of cells and what each adds up to.

    Parameters
    ----------
    group : np.ndarray
        The group of each cell, numbered from nought; of the table's shape.
    totals : np.ndarray
        Sum of each group, shape (group,). [plans]
    """

    group: NDArray[np.int64]
    totals: Counts

    def sums(self, table: Counts) -> Counts:
        """What the groups of a table add up to."""
        sums = np.bincount(self.group.ravel(), table.ravel(), minlength=len(self.totals))
        return sums.astype(float)


def margin(sums: Counts, shape: Sequence[int], axes: Sequence[int]) -> Margin:
    """The margin of a table along some of its axes."""
    spread = [size if axis in axes else 1 for axis, size in enumerate(shape)]
    group = np.arange(sums.size).reshape(spread)
    return Margin(np.ascontiguousarray(np.broadcast_to(group, tuple(shape))), sums.ravel())


def fit(seed: Counts, margins: Sequence[Margin]) -> Counts:
    """Scale a table until it meets its margins (iterative proportional fitting).

    Cells that are zero stay zero. Where margins cannot all be met, the last
    one is.

    Examples
    --------
    >>> seed = np.ones((2, 2))
    >>> rows = margin(np.array([6.0, 2.0]), (2, 2), (0,))
    >>> columns = margin(np.array([4.0, 4.0]), (2, 2), (1,))
    >>> fit(seed, [rows, columns]).tolist()
    [[3.0, 3.0], [1.0, 1.0]]
    """
    found = seed.astype(float)
    for _ in range(_ROUNDS):
        for each in margins:
            found = found * share_of(each.totals, each.sums(found))[each.group]
        if all(np.allclose(each.sums(found), each.totals, rtol=0, atol=_CLOSE) for each in margins):
            break
    return found


def to_whole(table: Counts, margins: Sequence[Margin], rng: np.random.Generator) -> Counts:
    """Round a table so that every margin, a whole number, is met exactly.

    Each cell goes up or down to a whole number, the likelier the nearer it
    is; a cell goes further only where the margins leave no other way. Cells
    that are zero stay zero.
    """
    cells = np.flatnonzero(table)
    exact = table.ravel()[cells]
    floor = np.floor(exact + NEARLY)
    part = np.clip(exact - floor, NEARLY, 1 - NEARLY)
    pull = rng.logistic(size=len(cells)) - np.log(part / (1 - part))
    whole = np.zeros(table.size)
    whole[cells] = floor + _steps(_sums(margins, cells), margins, floor, pull)
    return np.asarray(whole.reshape(table.shape))


def _sums(margins: Sequence[Margin], cells: NDArray[np.int64]) -> csr_array:
    """Which cells each total adds up, shape (total, cell): totals of all margins in a line."""
    first = np.cumsum([0, *(len(each.totals) for each in margins)])
    rows = [start + each.group.ravel()[cells] for start, each in zip(first, margins, strict=False)]
    columns = np.tile(np.arange(len(cells)), len(margins))
    placed = (np.ones(len(columns)), (np.concatenate(rows), columns))
    return csr_array(placed, shape=(first[-1], len(cells)))


def _steps(sums: csr_array, margins: Sequence[Margin], floor: Counts, pull: Counts) -> Counts:
    """How far each cell goes from its floor: a linear programme, whose corners are whole.

    Three variables for each cell: up by one, up by more, and down.
    """
    wanted = np.rint(np.concatenate([each.totals for each in margins]) - sums @ floor)
    if not wanted.any() and not len(floor):
        return floor  # nothing to round, and nothing is asked for
    far = np.full(len(floor), _FAR)
    most = np.concatenate([np.ones(len(floor)), np.full(len(floor), np.inf), floor])
    solved = linprog(
        np.concatenate([pull, far, far]),
        A_eq=hstack([sums, sums, -sums], format="csr"),
        b_eq=wanted,
        bounds=np.column_stack([np.zeros(len(most)), most]),
        method="highs-ds",
    )
    if not solved.success:
        problem = Problem("margins that no whole numbers meet", remedy="check that they agree")
        raise_any(DataError, "A table cannot be rounded.", [problem])
    up, further, down = np.rint(solved.x).reshape(3, -1)
    return np.asarray(up + further - down)
