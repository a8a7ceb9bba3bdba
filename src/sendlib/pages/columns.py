"""Which columns of a frame are meant: as they are named, or as their names let one see."""

from dataclasses import dataclass

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.pages.formats import Format, default_format, find_format, heading

PERIODS = (
    "census_year", "calendar_year", "financial_year", "academic_year", "year", "period",
    "balance_date", "January",
)  # fmt: skip
NAMES = ("area_name", "name", "scenario", "series", "category")
_AUXILIARY = {"of", "gap", "rank", "ranked", "all_plans"}  # numbers that go with a measure


@dataclass(frozen=True)
class Columns:
    """The columns of a period or name, a measure and a series, and how the measure is written."""

    x: str
    y: str
    hue: str
    write: Format


def read_columns(
    frame: pd.DataFrame,
    unit: str | Format | None = None,
    *,
    where: str,
    x: str | None = None,
    y: str | None = None,
    hue: str | None = None,
    along: tuple[str, ...] = PERIODS,
) -> tuple[pd.DataFrame, Columns]:
    """The frame with a plain index, and which of its columns are drawn."""
    flat = frame.reset_index() if any(frame.index.names) else frame.reset_index(drop=True)
    flat.attrs = dict(frame.attrs)
    flat.columns = pd.Index([str(column) for column in flat.columns])
    check_has(flat, [name for name in (x, y, hue) if name], where=where)
    x = x or _one(flat, [name for name in along if name in flat], "x", where)
    numbers = [
        name
        for name in map(str, flat.columns)
        if name not in (x, hue, *PERIODS)
        and is_numeric_dtype(flat[name])
        and not is_bool_dtype(flat[name])
    ]
    named = [name for name in numbers if name == flat.attrs.get("measure")]
    measures = [name for name in numbers if name not in _AUXILIARY] or numbers
    y = y or _one(flat, named or measures, "y", where)
    check_numbers(flat, [y], where=where)
    hue = hue or next((name for name in NAMES if name in flat and name not in (x, y)), "")
    integer = bool((flat[y].dropna() % 1 == 0).all())
    chosen = unit or flat.attrs.get("unit") or default_format(y, integer=integer)
    return flat, Columns(x, y, hue, find_format(chosen))


def check_has(frame: pd.DataFrame, needed: list[str], *, where: str) -> None:
    """Refuse a frame without a column that is asked for."""
    there = [str(column) for column in frame.columns]
    problems = []
    for name in needed:
        if name not in there:
            remedy = did_you_mean(name, there) or f"it has {', '.join(there) or 'none'}"
            problems.append(Problem("no_column", f"there is no column {name!r}", where, remedy))
    raise_any(DataError, "The frame lacks a column.", problems)


def check_numbers(frame: pd.DataFrame, columns: list[str], *, where: str) -> None:
    """Refuse text where numbers should stand."""
    check_has(frame, columns, where=where)
    problems = []
    for name in columns:
        texts = [value for value in frame[name] if isinstance(value, str)]
        if texts:
            found = f"column {name} holds text, such as {texts[0]!r}"
            problems.append(
                Problem("column_holds_text", found, where, "make numbers of it with pd.to_numeric")
            )
    raise_any(DataError, "There is nothing to draw.", problems)


def axis_title(column: str) -> str:
    """What an axis is called: the column in words, with its unit."""
    return "" if column == "value" else heading(column)


def _one(frame: pd.DataFrame, found: list[str], axis: str, where: str) -> str:
    if len(found) == 1 or (found and axis == "x"):
        return found[0]
    named = ", ".join(map(str, found or frame.columns)) or "no columns"
    remedy = f'say which: {axis}="{found[0] if found else (list(frame.columns) or [""])[0]}"'
    problem = Problem("axis_ambiguous", f"{axis} could be any of {named}", where, remedy)
    raise DataError("It is not clear which column is meant.", [problem])
