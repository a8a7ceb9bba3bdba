"""Keep small counts of children out of a table, and out of what its totals give away.

A count from one to four could point to a child, so it is hidden (primary
suppression). Since the rows and columns of a table add up, a hidden cell can
often be worked out from the rest; so more cells are hidden (secondary
suppression) until no hidden cell can be told to within less than the smallest
count that is shown. A zero is shown, but may be hidden to protect another cell,
so a reader cannot take a hidden cell to be one or more. What a reader knows
besides the table, and tables that share a total with it, are not considered.

Whether a table is safe is asked of linear programming: the lowest and highest
value that each hidden cell may have, given all that is shown. Counts whose rows
and columns add up have whole numbers at those bounds, so nothing is lost by
leaving out that a count is whole (Hoffman and Kruskal 1956). Which cells to hide
is the network heuristic of Kelly, Golden and Assad (1992): the cheapest way to
move a hidden cell up while every total still holds must pass through hidden cells only.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack

from sendlib.errors import ParameterError, Problem, raise_any
from sendlib.vocabulary import FEWEST_SHOWN, TOTAL, ValueStatus

FEWEST_RANGE = (3, 10)
_SLACK = 1e-6  # what the solver may be out by


@dataclass(frozen=True)
class ProtectedTable:
    """A table that may be shown.

    Parameters
    ----------
    shown : pd.DataFrame
        The counts with a row and a column ``total``; missing where hidden. [count]
    status : pd.DataFrame
        Of the same shape: ``reported`` or ``suppressed``.
    primary, secondary : int
        How many cells are hidden for their own sake, and for that of others.
    """

    shown: pd.DataFrame
    status: pd.DataFrame
    primary: int
    secondary: int


def protect(counts: pd.DataFrame, *, fewest: int = FEWEST_SHOWN) -> ProtectedTable:
    """Hide the small counts of a table, and as many more as that needs.

    Examples
    --------
    >>> plans = pd.DataFrame({"asd": [2, 20], "hi": [30, 9]}, index=["mainstream", "special"])
    >>> protect(plans).shown.loc["mainstream"].tolist()
    [nan, nan, 32.0]
    """
    raise_any(ParameterError, "The table cannot be protected.", _problems(counts, fewest))
    table = with_totals(counts)
    value = table.to_numpy(dtype="float64").ravel()
    primary = (value > 0) & (value < fewest)
    hidden = _hide_more(value, primary, _sums(table.shape), table.shape, fewest)
    shown = pd.DataFrame(
        np.where(hidden, np.nan, value).reshape(table.shape), table.index, table.columns
    )
    status = shown.isna().replace(
        {True: ValueStatus.SUPPRESSED.value, False: ValueStatus.REPORTED.value}
    )
    return ProtectedTable(shown, status, int(primary.sum()), int((hidden & ~primary).sum()))


def with_totals(counts: pd.DataFrame) -> pd.DataFrame:
    """A table with a last row and a last column ``total``. [count]"""
    by_row = counts.assign(**{TOTAL: counts.sum(axis=1)})
    return pd.concat([by_row, by_row.sum().to_frame(TOTAL).T])


def bounds(shown: pd.DataFrame) -> pd.DataFrame:
    """The lowest and highest value that a reader can tell of each hidden cell."""
    value = shown.to_numpy(dtype="float64").ravel()
    hidden = np.flatnonzero(np.isnan(value))
    sums = _sums(shown.shape)
    rest = -(sums @ np.nan_to_num(value))
    rows, columns = np.unravel_index(hidden, shown.shape)
    limits = [_limits(sums[:, hidden], rest, place) for place in range(len(hidden))]
    return pd.DataFrame(
        {
            "row": shown.index[rows],
            "column": shown.columns[columns],
            "lowest": [lowest for lowest, _ in limits],
            "highest": [highest for _, highest in limits],
        }
    )


def can_be_recovered(shown: pd.DataFrame, *, fewest: int = FEWEST_SHOWN) -> bool:
    """Whether a hidden cell can be told to within less than the smallest count shown.

    Examples
    --------
    >>> shown = pd.DataFrame({"asd": [None, 20.0, 22.0], "total": [32.0, 29.0, 61.0]})
    >>> shown.insert(1, "hi", [30.0, 9.0, 39.0])
    >>> can_be_recovered(shown)
    True
    """
    found = bounds(shown)
    return bool((found["highest"] - found["lowest"] < fewest - _SLACK).any())


def percentages(shown: pd.DataFrame) -> pd.DataFrame:
    """Each cell as a share of its row's total, where both are shown. [%]

    Nothing is worked out but from what is shown, so the shares tell no more than
    the table does: a share of a hidden total would give that total away.

    Parameters
    ----------
    shown : pd.DataFrame
        A protected table with its totals in the last row and column. [count]

    Returns
    -------
    pd.DataFrame
        Of the same shape; missing where the cell or its total is hidden, or the
        total is zero.
    """
    total = shown.iloc[:, -1]
    return 100 * shown.div(total.where(total > 0), axis=0)


def _problems(counts: pd.DataFrame, fewest: int) -> list[Problem]:
    lowest, highest = FEWEST_RANGE
    problems = []
    if not lowest <= fewest <= highest:
        remedy = f"use {lowest} to {highest}"
        problems.append(Problem(f"the smallest count shown is {fewest}", "fewest", remedy))
    if TOTAL in counts.index or TOTAL in counts.columns:
        problems.append(Problem(f"a row or column called {TOTAL}", "counts", "leave totals out"))
    if counts.empty:
        problems.append(Problem("a table without cells", "counts", "give one row at least"))
    value = counts.to_numpy(dtype="float64")
    for row, column in np.argwhere(~((value >= 0) & (value % 1 == 0))):
        where = f"row {counts.index[row]}, column {counts.columns[column]}"
        problems.append(Problem(f"{value[row, column]} is not a count", where, "use 0, 1, 2 ..."))
    return problems


def _sums(shape: tuple[int, ...]) -> csr_matrix:
    """What adds up: a row for each sum, a column for each cell; each is zero."""
    rows, columns = shape
    sign = np.ones(columns)
    sign[-1] = -1
    across = np.kron(np.eye(rows), sign)
    sign = np.ones(rows)
    sign[-1] = -1
    down = np.kron(sign, np.eye(columns))
    return csr_matrix(np.vstack([across, down]))


def _limits(sums: csr_matrix, rest: np.ndarray, place: int) -> tuple[float, float]:
    aim = np.zeros(sums.shape[1])
    aim[place] = 1
    return _solve(aim, sums, rest), -_solve(-aim, sums, rest)


def _solve(aim: np.ndarray, sums: csr_matrix, rest: np.ndarray) -> float:
    found = linprog(aim, A_eq=sums, b_eq=rest, bounds=(0, None), method="highs")
    if found.status == 3:  # without limit
        return -np.inf
    if found.status != 0:
        problem = Problem("no counts add up to what is shown", "shown", "give the table unaltered")
        raise ParameterError("The table cannot be audited.", [problem])
    return float(found.fun)


def _hide_more(
    value: np.ndarray, primary: np.ndarray, sums: csr_matrix, shape: tuple[int, ...], fewest: int
) -> np.ndarray:
    """Hide cells until no hidden one can be told to within less than ``fewest``.

    A cell that can be told is given room: cells are hidden so that it could as
    well be ``fewest`` higher. Hiding more later never takes room away.
    """
    hidden = primary.copy()
    safe = np.zeros_like(primary)
    while (hidden & ~safe).any():
        cell = int(np.flatnonzero(hidden & ~safe)[0])
        if _room(cell, value, hidden, sums) < fewest - _SLACK:
            cost = np.where(hidden, 0.0, _cost(value, shape))
            hidden |= _cells_moved(cell, value, cost, sums, fewest)
        safe[cell] = True
    return hidden


def _room(cell: int, value: np.ndarray, hidden: np.ndarray, sums: csr_matrix) -> float:
    """How far apart the bounds of a hidden cell lie."""
    rest = -(sums @ np.where(hidden, 0.0, value))
    place = int(hidden[:cell].sum())
    lowest, highest = _limits(sums[:, np.flatnonzero(hidden)], rest, place)
    return highest - lowest


def _cells_moved(
    cell: int, value: np.ndarray, cost: np.ndarray, sums: csr_matrix, fewest: int
) -> np.ndarray:
    """The cells that the cheapest way to raise one cell by ``fewest`` passes through."""
    lowest_rise = np.zeros_like(value)
    lowest_rise[cell] = fewest
    highest_fall = value.copy()
    highest_fall[cell] = 0
    limits = np.column_stack(
        [
            np.concatenate([lowest_rise, np.zeros_like(value)]),
            np.concatenate([np.full_like(value, np.inf), highest_fall]),
        ]
    )
    found = linprog(
        np.concatenate([cost, cost]),
        A_eq=hstack([sums, -sums]),
        b_eq=np.zeros(sums.shape[0]),
        bounds=limits,
        method="highs",
    )
    moved = found.x.reshape(2, -1).sum(axis=0)
    return np.asarray(moved > _SLACK)


def _cost(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """What hiding a cell costs: a little more for a large one, much for a total."""
    rows, columns = shape
    totals = np.zeros(shape)
    totals[-1, :] += rows
    totals[:, -1] += columns
    zero = np.where(value == 0, 1.0, 0.0)  # a zero is true of nobody: hide a count first
    return np.asarray(1 + np.log1p(value) / 10 + zero + 2 * totals.ravel())
