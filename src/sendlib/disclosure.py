"""Keep small counts of children out of a table, and out of what its totals give away.

A count from one to four could point to a child, so it is hidden (primary
suppression). Since the rows and columns of a table add up, a hidden cell can
often be worked out from the rest; so more cells are hidden (secondary
suppression) until no hidden cell can be told to within less than the minimum
count. A zero is shown, but may be hidden to protect another cell, so a reader
cannot take a hidden cell to be one or more. What a reader knows besides the
table, and tables that share a total with it, are not considered.

Whether a table is safe is asked of linear programming: the lowest and highest
value that each hidden cell may have, given all that is shown. Counts whose rows
and columns add up have whole numbers at those bounds, so nothing is lost by
leaving out that a count is whole (Hoffman and Kruskal 1956). Which cells to hide
is the network heuristic of Kelly, Golden and Assad (1992): the cheapest way to
move a hidden cell up while every total still holds must pass through hidden cells only.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sendlib.vocabulary import MINIMUM_COUNT, TOTAL

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # slow to import

MINIMUM_RANGE = (3, 10)
_SLACK = 1e-6  # what the solver may be out by
_SCALE = {"share": 1.0, "pct": 0.01}  # kinds of column that are a part of a count


def withhold(numbers: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Which cells of a page's table to hide: small counts, and what would give them away.

    A column of ``kinds`` is a ``count``, or a ``share`` (0 to 1) or ``pct`` (0 to 100) of
    one. Where a row or a column is a total, ``protect`` says what else to hide; a share
    goes with a hidden count of its row, and where it can only be of a small number.

    Examples
    --------
    >>> plans = pd.DataFrame({"plans": [3, 10, 20, 33]}, index=["a", "b", "c", "Total"])
    >>> withhold(plans, {"plans": "count"})["plans"].tolist()
    [True, True, False, False]
    """
    counts = numbers[[name for name, kind in kinds.items() if kind == "count"]]
    hidden = pd.DataFrame(False, numbers.index, numbers.columns)
    hidden[counts.columns] = is_small(counts) | _protected(counts)
    for name, kind in kinds.items():
        if kind in _SCALE:
            tells = is_small(part_of(counts, numbers[name], kind))
            hidden[name] = (tells | hidden[counts.columns]).any(axis=1)
    return hidden


def is_small(counts: pd.DataFrame, minimum: int = MINIMUM_COUNT) -> pd.DataFrame:
    """Which counts could point to a child; a zero is true of nobody."""
    return (counts > 0) & (counts < minimum)


def part_of(counts: pd.DataFrame, share: pd.Series, kind: str) -> pd.DataFrame:
    """The whole number that a share would be of each count in its row. [count]"""
    return counts.mul(share * _SCALE[kind], axis=0).round()


def is_total(label: object) -> bool:
    """Whether a row or a column of this name adds up the others."""
    words = str(label).casefold().replace("_", " ").split()
    return TOTAL in words or words[:1] == ["all"]


def _protected(counts: pd.DataFrame) -> pd.DataFrame:
    """What ``protect`` hides of a table with one total row, one total column or both."""
    hidden = np.zeros(counts.shape, dtype=bool)
    rows, columns = (np.array([is_total(each) for each in axis], bool) for axis in counts.axes)
    inside = counts.to_numpy(dtype="float64")[~rows][:, ~columns]
    is_whole = bool(((inside >= 0) & (inside % 1 == 0)).all())
    has_totals = 1 in (rows.sum(), columns.sum()) and max(rows.sum(), columns.sum()) == 1
    if has_totals and inside.size and is_whole and is_small(counts).any(axis=None):
        down, across = (
            np.append(np.flatnonzero(~each), np.flatnonzero(each)) for each in (rows, columns)
        )
        shown = protect(pd.DataFrame(inside)).to_numpy()
        hidden[np.ix_(down, across)] = np.isnan(shown[: len(down), : len(across)])
    return pd.DataFrame(hidden, counts.index, counts.columns)


def protect(counts: pd.DataFrame, *, minimum: int = MINIMUM_COUNT) -> pd.DataFrame:
    """A table with a row and a column ``total``: missing where small, or where that tells. [count]

    Examples
    --------
    >>> plans = pd.DataFrame({"asd": [2, 20], "hi": [30, 9]}, index=["mainstream", "special"])
    >>> protect(plans).loc["mainstream"].tolist()
    [nan, nan, 32.0]
    """
    table = with_totals(counts)
    value = table.to_numpy(dtype="float64").ravel()
    hidden = _hide_more(value, (value > 0) & (value < minimum), table.shape, minimum)
    shown = np.where(hidden, np.nan, value).reshape(table.shape)
    return pd.DataFrame(shown, table.index, table.columns)


def with_totals(counts: pd.DataFrame) -> pd.DataFrame:
    """A table with a last row and a last column ``total``, missing where a part is. [count]"""
    by_row = counts.assign(**{TOTAL: counts.sum(axis=1, skipna=False)})
    return pd.concat([by_row, by_row.sum(skipna=False).to_frame(TOTAL).T])


def bounds(shown: pd.DataFrame) -> np.ndarray:
    """The lowest and highest value that a reader can tell of each hidden cell, shape (cell, 2)."""
    value = shown.to_numpy(dtype="float64").ravel()
    hidden = np.flatnonzero(np.isnan(value))
    sums = _sums(shown.shape)
    rest = -(sums @ np.nan_to_num(value))
    limits = [_limits(sums[:, hidden], rest, place) for place in range(len(hidden))]
    return np.array(limits).reshape(-1, 2)


def can_be_recovered(shown: pd.DataFrame, *, minimum: int = MINIMUM_COUNT) -> bool:
    """Whether a hidden cell of a table with totals can be told to within less than the minimum."""
    return bool((np.diff(bounds(shown)) < minimum - _SLACK).any())


def gives_away(counts: pd.DataFrame, *, minimum: int = MINIMUM_COUNT) -> bool:
    """Whether a hidden cell of a page's table can be told from the totals shown with it.

    Totals that the table lacks are added up, as a reader could, where nothing is hidden.
    """
    rows, columns = ([name for name in axis if is_total(name)] for axis in counts.axes)
    usual = len(rows) <= 1 and len(columns) <= 1 and (rows or columns) and counts.index.is_unique
    if not usual or not counts.isna().any(axis=None):
        return False
    inside = counts.drop(index=rows, columns=columns)
    full = with_totals(inside.astype("float64"))
    if rows:
        full.iloc[-1, :-1] = counts.loc[rows[0], inside.columns]
    if columns:
        full.iloc[:-1, -1] = counts.loc[inside.index, columns[0]]
    across, down = full.iloc[-1, :-1], full.iloc[:-1, -1]
    full.iloc[-1, -1] = (across if across.notna().all() else down).sum(skipna=False)
    if rows and columns:
        full.iloc[-1, -1] = counts.loc[rows[0], columns[0]]
    return can_be_recovered(full, minimum=minimum)


def _sums(shape: tuple[int, ...]) -> "csr_matrix":
    """What adds up: a row for each sum, a column for each cell; each is zero."""
    from scipy.sparse import csr_matrix

    rows, columns = shape
    sign = np.ones(columns)
    sign[-1] = -1
    across = np.kron(np.eye(rows), sign)
    sign = np.ones(rows)
    sign[-1] = -1
    down = np.kron(sign, np.eye(columns))
    return csr_matrix(np.vstack([across, down]))


def _limits(sums: "csr_matrix", rest: np.ndarray, place: int) -> tuple[float, float]:
    """The bounds of the hidden cell at a place among the hidden ones.

    There are none where no limit is set, or where what is called a total is no sum of the rest.
    """
    from scipy.optimize import linprog

    def solve(aim: np.ndarray) -> float:
        found = linprog(aim, A_eq=sums, b_eq=rest, bounds=(0, None), method="highs")
        return float(found.fun) if found.status == 0 else -np.inf

    aim = np.zeros(sums.shape[1])
    aim[place] = 1
    return solve(aim), -solve(-aim)


def _hide_more(
    value: np.ndarray, primary: np.ndarray, shape: tuple[int, ...], minimum: int
) -> np.ndarray:
    """Hide cells until no hidden one can be told to within less than ``minimum``.

    A cell that can be told is given room: cells are hidden so that it could as
    well be ``minimum`` higher. Hiding more later never takes room away.
    """
    sums, hidden, safe = _sums(shape), primary.copy(), np.zeros_like(primary)
    while (hidden & ~safe).any():
        cell = int(np.flatnonzero(hidden & ~safe)[0])
        rest = -(sums @ np.where(hidden, 0.0, value))
        place = int(hidden[:cell].sum())
        lowest, highest = _limits(sums[:, np.flatnonzero(hidden)], rest, place)
        if highest - lowest < minimum - _SLACK:
            cost = np.where(hidden, 0.0, _cost(value, shape))
            hidden |= _cells_moved(cell, value, cost, sums, minimum)
        safe[cell] = True
    return hidden


def _cells_moved(
    cell: int, value: np.ndarray, cost: np.ndarray, sums: "csr_matrix", minimum: int
) -> np.ndarray:
    """The cells that the cheapest way to raise one cell by ``minimum`` passes through."""
    from scipy.optimize import linprog
    from scipy.sparse import hstack

    lowest_rise = np.zeros_like(value)
    lowest_rise[cell] = minimum
    highest_fall = value.copy()
    highest_fall[cell] = 0
    lowest = np.concatenate([lowest_rise, np.zeros_like(value)])
    highest = np.concatenate([np.full_like(value, np.inf), highest_fall])
    found = linprog(
        np.concatenate([cost, cost]),
        A_eq=hstack([sums, -sums]),
        b_eq=np.zeros(sums.shape[0]),
        bounds=np.column_stack([lowest, highest]),
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
