"""What a contract is made of: a table, and its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a tidy table.

    Parameters
    ----------
    dtype : str
        ``str``, ``int64``, ``float64``, ``bool`` or ``datetime``.
    meaning : str
        What it holds, with its unit in square brackets.
    allowed : Sequence[str]
        The only values it may hold; empty for any.
    lowest, highest : float, optional
        The range of a number.
    optional : bool
        Whether it may be missing.
    """

    dtype: str
    meaning: str
    allowed: Sequence[str] = ()
    lowest: float | None = None
    highest: float | None = None
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """One tidy table: what a row is, the columns that name it, and every column."""

    row: str
    key: Sequence[str]
    columns: Mapping[str, Column]
