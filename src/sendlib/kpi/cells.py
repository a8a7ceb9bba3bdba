"""One row of a feed: its cells as dates and numbers, and every problem of them."""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from sendlib.errors import Problem, nearest
from sendlib.intake.columns import plain
from sendlib.kpi.dates import EXAMPLES, period_end, period_name
from sendlib.kpi.register import Frequency, Indicator, Register

FIRST_YEAR = 2014  # EHC plans began that September
DIFFERS_BY = 0.5  # a percentage given whole may be so far from its numerator and denominator
_SHOWN = 40
_NUMBER = re.compile(r"£?\s*(-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)\s*(%?)")
_NUMBERS = ("value", "numerator", "denominator", "target")


@dataclass(frozen=True)
class Scope:
    """What a feed may hold.

    Parameters
    ----------
    register : Register
        The indicators there are.
    authority : Collection[str]
        The ways in which its authority may be written: codes and name.
    today : date
        A period must have ended before it.
    """

    register: Register
    authority: Collection[str]
    today: date


@dataclass(frozen=True)
class Line:
    """A row of a feed as far as it can be read.

    Parameters
    ----------
    where : str
        File and row.
    indicator : Indicator or None
        None if it is not known.
    end : date or None
        The last day of its period; None if it cannot be read.
    numbers : Mapping[str, float]
        Value, numerator, denominator and target; missing where empty.
    note : str
        As given.
    problems : tuple[Problem, ...]
        What is wrong with the row on its own.
    """

    where: str
    indicator: Indicator | None
    end: date | None
    numbers: Mapping[str, float]
    note: str
    problems: tuple[Problem, ...]


def read_line(cells: Mapping[str, str], where: str, scope: Scope) -> Line:
    """Read a row; a cell that is wrong becomes a problem and the others are still read."""
    problems = list(_authority_problems(cells["authority"], where, scope))
    indicator, unknown = _indicator(cells["kpi"], where, scope.register)
    end = None
    if indicator is not None:
        end = period_end(cells["period"], indicator.frequency)
        problems += _period_problems(cells["period"], end, indicator, where, scope.today)
    numbers = {}
    for name in _NUMBERS:
        numbers[name], wrong = _number(cells[name], f"{where}, column {name}", indicator)
        problems += wrong
    if indicator is not None and not problems:
        problems += _sense_problems(numbers, indicator, where)
    if indicator is not None and math.isnan(numbers["value"]):
        numbers["value"] = _quotient(numbers, indicator)
    told = (*unknown, *problems)
    return Line(where, indicator, end, numbers, cells["note"], told)


def _authority_problems(text: str, where: str, scope: Scope) -> Iterator[Problem]:
    if plain(text) not in {plain(name) for name in scope.authority}:
        remedy = f"this feed is read for {', '.join(scope.authority)}; take out rows of others"
        found = f"authority {_shown(text)}" if text else "the authority is empty"
        yield Problem(found, f"{where}, column authority", remedy)


def _indicator(text: str, where: str, register: Register) -> tuple[Indicator | None, list[Problem]]:
    place = f"{where}, column kpi"
    known = {plain(name): entry for entry in register for name in (entry.title, entry.slug)}
    entry = known.get(plain(text))
    if entry is None:
        found = f"unknown KPI {_shown(text)}" if text else "the KPI is empty"
        close = nearest(text, [name for each in register for name in (each.title, each.slug)])
        remedy = f"did you mean {' or '.join(close)}?" if close else "use one of the sheet KPIs"
        return None, [Problem(found, place, remedy)]
    if entry.data == "supplied":
        return entry, []
    reason = entry.why or "its published figures are used"
    problem = Problem(f"{entry.title} is not taken from a feed: {reason}", place, "leave it out")
    return entry, [problem]


def _period_problems(
    text: str, end: date | None, indicator: Indicator, where: str, today: date
) -> Iterator[Problem]:
    place = f"{where}, column period"
    write = f"write it like {EXAMPLES[indicator.frequency]}"
    if end is None:
        other = [each for each in get_args(Frequency) if period_end(text, each)]
        found = f"{_shown(text)} is not a period of the {indicator.frequency} KPI {indicator.title}"
        kind = f"{found}, but a {other[0]} one" if other else found
        yield Problem(kind if text else "the period is empty", place, write)
    elif end >= today:
        yield Problem(
            f"{_shown(text)} is in the future: it ends on {end}", place, "give periods that ended"
        )
    elif end.year < FIRST_YEAR:
        yield Problem(
            f"{_shown(text)} lies before {FIRST_YEAR}", place, f"{write}, {FIRST_YEAR} on"
        )


def _number(text: str, where: str, indicator: Indicator | None) -> tuple[float, list[Problem]]:
    """The number of a cell, missing when it is empty, and what is wrong with it."""
    if not text:
        return math.nan, []
    match = _NUMBER.fullmatch(text)
    if match is None:
        remedy = "write digits only, such as 92.5; leave the row out where there is no figure"
        return math.nan, [Problem(f"{_shown(text)} is not a number", where, remedy)]
    number = float(match[1].replace(",", ""))
    problems = []
    if number < 0:
        problems.append(Problem(f"{_shown(text)} is negative", where, "give 0 or more"))
    if match[2] and indicator is not None and indicator.kind != "percentage":
        found = f"{_shown(text)} is a percentage and {indicator.title} is not"
        problems.append(Problem(found, where, f"give {indicator.unit}"))
    return number, problems


def _sense_problems(
    numbers: Mapping[str, float], indicator: Indicator, where: str
) -> Iterator[Problem]:
    """What is wrong with numbers that can be read."""
    for name in ("value", "target"):
        place = f"{where}, column {name}"
        if numbers[name] > indicator.highest:
            yield Problem(
                f"{indicator.title} is {numbers[name]:g}%, over 100", place, "give 0 to 100"
            )
        if indicator.kind == "count" and name == "value" and numbers[name] % 1 > 0:
            found = f"{numbers[name]:g} {indicator.unit}"
            yield Problem(found, place, "give a whole number")
    parts = [math.isnan(numbers[name]) for name in ("numerator", "denominator")]
    if parts[0] != parts[1]:
        yield Problem("numerator or denominator alone", where, "give both or neither")
    yield from _part_problems(numbers, indicator, where)


def _part_problems(
    numbers: Mapping[str, float], indicator: Indicator, where: str
) -> Iterator[Problem]:
    """Whether the value is what its numerator and denominator say."""
    top, bottom = numbers["numerator"], numbers["denominator"]
    value, implied = numbers["value"], _quotient(numbers, indicator)
    if indicator.kind == "percentage" and top > bottom:
        found = f"numerator {top:g} is more than denominator {bottom:g}"
        yield Problem(found, f"{where}, column numerator", "a percentage cannot be over 100")
    elif bottom == 0:
        remedy = "leave the row out: nothing can be divided by 0"
        yield Problem("denominator 0", f"{where}, column denominator", remedy)
    elif abs(value - implied) > DIFFERS_BY:
        found = f"value {value:g} is not {top:g} of {bottom:g}, which is {implied:.1f}%"
        yield Problem(found, f"{where}, column value", "put right whichever is wrong")
    elif math.isnan(value) and math.isnan(implied):
        remedy = "leave the row out where there is no figure; do not write 0 for it"
        yield Problem("the value is empty", f"{where}, column value", remedy)


def _quotient(numbers: Mapping[str, float], indicator: Indicator) -> float:
    """The percentage that numerator and denominator make; missing for other indicators."""
    top, bottom = numbers["numerator"], numbers["denominator"]
    if indicator.kind != "percentage" or math.isnan(top) or not bottom > 0:
        return math.nan
    return 100 * top / bottom


def label(line: Line) -> str:
    """The period of a line as a page writes it; empty without one."""
    if line.indicator is None or line.end is None:
        return ""
    return period_name(line.end, line.indicator.frequency)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
