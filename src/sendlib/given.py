"""Check what a caller gives to a measure or a chart: frames, names, years.

In a cell a name is easily misspelt and one table taken for another; what would
then come back looks like missing figures. These checks raise instead.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

import pandas as pd

from sendlib.errors import (
    DataError,
    ParameterError,
    Problem,
    did_you_mean,
    raise_any,
)
from sendlib.vocabulary import PlaceType

COLUMNS_SHOWN = 16
_WHOLE = re.compile(r"[1-9]\d*(?:\.0+)?")


def whole_number(value: object) -> int | None:
    """The whole number that a value stands for, as a number or as text; None if it is none.

    Examples
    --------
    >>> whole_number(2025.0), whole_number(" 2025 "), whole_number(86.5), whole_number(True)
    (2025, 2025, None, None)
    """
    if isinstance(value, str):
        return int(float(value)) if _WHOLE.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    number = float(value)
    return int(number) if number.is_integer() else None


def name_or_code(value: object) -> str | None:
    """The text that a value stands for, a code written as a number too; None if it is neither.

    Examples
    --------
    >>> name_or_code(865.0), name_or_code("865.0"), name_or_code(" Wiltshire "), name_or_code(86.5)
    ('865', '865', 'Wiltshire', None)
    """
    code = whole_number(value)
    if code is not None:
        return str(code)
    return value.strip() if isinstance(value, str) else None


def check_columns(
    held: Iterable[object], needed: Sequence[object], *, where: str, remedy: str
) -> None:
    """Raise when a frame lacks a column that is needed of it.

    Examples
    --------
    >>> check_columns(["year", "value"], ["year"], where="plot_lines", remedy="add them")
    """
    columns = list(held)
    missing = [repr(name) for name in needed if name not in columns]
    if missing:
        more = " and more" if len(columns) > COLUMNS_SHOWN else ""
        there = ", ".join(map(str, columns[-COLUMNS_SHOWN:])) or "no columns at all"
        found = f"there is no {', '.join(missing)}; it has {there}{more}"
        raise DataError("The frame lacks a column.", [Problem(found, where, remedy)])


def check_table(frame: pd.DataFrame, needed: Sequence[str], table: str) -> None:
    """Raise when a frame is not the tidy table that a measure is made from."""
    remedy = f'give the table itself: authority.load("{table}")'
    held = getattr(frame, "columns", ())
    check_columns(held, needed, where=f"table {table}", remedy=remedy)


def check_known(name: str, valid: Iterable[str], where: str) -> None:
    """Raise when a name is not one of the valid ones; the nearest are offered.

    Examples
    --------
    >>> check_known("requests", ["requests", "new_plans"], "measure")
    """
    choices = [str(choice) for choice in valid]
    if str(name) not in choices:
        problem = Problem(f"there is no {str(name)!r}", where, _offer(str(name), choices))
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


def check_places(places: Sequence[str]) -> None:
    """Raise when these are not place types, or there are none."""
    problems = []
    if isinstance(places, str):
        remedy = f'give a list: ["{places}"]'
        problems.append(Problem(f"{str(places)!r} is not a list", "places", remedy))
    elif not len(places):
        problems.append(Problem("the list is empty", "places", 'give some: ["state_special"]'))
    else:
        valid = [place.value for place in PlaceType]
        problems += [
            Problem(f"there is no {str(place)!r}", "places", _offer(str(place), valid))
            for place in places
            if place not in valid
        ]
    raise_any(ParameterError, "Those are not place types.", problems)


def _offer(name: str, valid: Sequence[str]) -> str:
    """The nearest of the valid names, or else all of them."""
    return did_you_mean(name, valid) or f"valid: {', '.join(sorted(valid))}"
