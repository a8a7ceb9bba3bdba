"""What every tidy table has: a period, the year in which it ends, and rows to pick."""

from collections.abc import Callable, Container, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sendlib.errors import DataError, Problem
from sendlib.periods import academic_year_end, financial_year_start

_ENDS: Mapping[str, Callable[[str], int]] = {
    "financial_year": lambda name: financial_year_start(name) + 1,
    "academic_year": academic_year_end,
}
PERIODS = ("census_year", "calendar_year", "financial_year", "academic_year", "year")


def period_of(columns: Container[object]) -> str:
    """The column of the period."""
    found = [name for name in PERIODS if name in columns]
    if not found:
        remedy = f"it is called one of {', '.join(PERIODS)}"
        problem = Problem("no_column_of_years", "no column of years", remedy=remedy)
        raise DataError("The frame has no period.", [problem])
    return found[0]


def years_of(frame: pd.DataFrame) -> pd.Series:
    """The year in which the period of each row ends: 2025 for 2025, 2024-25 and 2024/25."""
    period = period_of(frame)
    if period not in _ENDS:
        return frame[period]
    ends = {name: _ENDS[period](name) for name in frame[period].unique()}
    return frame[period].map(ends).astype("int64")


def with_years(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with the ``year`` in which each period ends, and the ``period`` as it is written."""
    return frame.assign(year=years_of(frame), period=frame[period_of(frame)].astype("str"))


def pick(frame: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The rows whose columns hold what is wanted, or one of a list; all where nothing is."""
    keep = np.full(len(frame), fill_value=True)
    for name, value in wanted.items():
        column = frame[name]
        is_one = column.isin(value) if isinstance(value, (list, tuple)) else column == value
        keep &= is_one.to_numpy(bool)
    return frame[keep]


def existed(areas: pd.DataFrame, census_year: int | pd.Series) -> pd.Series:
    """Whether each area was there in a January by its ``first_census`` and ``last_census``."""
    return ~((areas["first_census"] > census_year) | (areas["last_census"] < census_year))


def about(frame: pd.DataFrame, **said: Any) -> pd.DataFrame:
    """A frame with more of what it says of itself in its ``attrs``."""
    frame.attrs |= said
    return frame
