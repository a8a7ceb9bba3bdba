"""Checks of what a caller passes to a measure or a chart: frames, names, years.

In a cell a name is easily misspelt and one table taken for another; what would
then come back looks like missing figures. These checks raise instead.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

import pandas as pd

from sendlib.errors import DataError, ParameterError, Problem, did_you_mean

COLUMNS_LISTED = 16


def to_integer(value: object) -> int | None:
    """The whole number that a value stands for, as a number or as text; None if it is none.

    Examples
    --------
    >>> to_integer(2025.0), to_integer(" 2025 "), to_integer(86.5), to_integer(True)
    (2025, 2025, None, None)
    """
    if isinstance(value, str):
        return int(float(value)) if re.fullmatch(r"[1-9]\d*(\.0+)?", value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, Real) or not float(value).is_integer():
        return None
    return int(float(value))


def name_or_code(value: object) -> str | None:
    """The text that a value stands for, a code written as a number too; None if it is neither.

    Examples
    --------
    >>> name_or_code(865.0), name_or_code("865.0"), name_or_code(" Wiltshire "), name_or_code(86.5)
    ('865', '865', 'Wiltshire', None)
    """
    code = to_integer(value)
    if code is not None:
        return str(code)
    return value.strip() if isinstance(value, str) else None


def check_columns(
    columns: Iterable[object], needed: Sequence[object], *, where: str, remedy: str
) -> None:
    """Raise when a frame lacks a column that is needed of it."""
    available = list(columns)
    missing = [repr(name) for name in needed if name not in available]
    if missing:
        more = " and more" if len(available) > COLUMNS_LISTED else ""
        listed = ", ".join(map(str, available[-COLUMNS_LISTED:])) or "no columns at all"
        found = f"there is no {', '.join(missing)}; it has {listed}{more}"
        raise DataError(
            "The frame lacks a column.", [Problem("names_missing", found, where, remedy)]
        )


def check_table(frame: pd.DataFrame, needed: Sequence[str], table: str) -> None:
    """Raise when a frame is not the tidy table that a measure is made from."""
    remedy = f'give the table itself: authority.load("{table}")'
    columns = getattr(frame, "columns", ())
    check_columns(columns, needed, where=f"table {table}", remedy=remedy)


def check_known(name: str, valid: Iterable[str], where: str) -> None:
    """Raise when a name is not one of the valid ones; the nearest are offered."""
    choices = [str(choice) for choice in valid]
    if str(name) not in choices:
        remedy = did_you_mean(str(name), choices) or f"valid: {', '.join(sorted(choices))}"
        problem = Problem("unknown_name", f"there is no {str(name)!r}", where, remedy)
        raise ParameterError("That name is not known.", [problem])


def as_list(names: str | Iterable[str] | None) -> list[str]:
    """One name, several or none, as a list."""
    return [names] if isinstance(names, str) else list(names or [])


def find_value(name: str, valid: Mapping[str, str], where: str) -> str:
    """The value that a name or a label stands for, in any case; the nearest are offered.

    Examples
    --------
    >>> find_value("SEMH", {"semh": "Social, emotional and mental health"}, "need")
    'semh'
    """
    by_name = {label.casefold(): value for value, label in valid.items()}
    wanted = str(name).casefold()
    if wanted not in valid and wanted not in by_name:
        check_known(name, valid, where)
    return by_name.get(wanted, wanted)


def find_values(
    names: str | Iterable[str] | None, valid: Mapping[str, str], where: str
) -> list[str]:
    """The values that names or labels stand for, each once."""
    return list(dict.fromkeys(find_value(name, valid, where) for name in as_list(names)))
