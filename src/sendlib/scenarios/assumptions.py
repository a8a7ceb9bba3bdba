"""What a scenario consists of: values, assumptions and changes to them."""

import math
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from sendlib.documents import Path
from sendlib.errors import Problem
from sendlib.fields import ONE_YEAR, PLAIN_NUMBER, Strict

FIRST_YEAR = 2019  # the first January with enough before it to judge a forecast by
LAST_YEAR = 2047  # the last of the population projection, and so of any year ahead

Record = dict[str, Any]
Records = tuple[Record, ...]  # each checked by the part of the model that it acts on
Value = int | float | str | dict[int, float] | Records
_Light = Literal["red", "amber", "green"]


def in_horizon(year: int) -> int:
    """The year itself, if a scenario can reach it."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year is {year}; give one from {FIRST_YEAR} to {LAST_YEAR}")
    return year


Year = Annotated[int, AfterValidator(in_horizon)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100)]  # no text, as "70"


def as_value(content: object) -> Value:
    """The content of a file or a slider as a value of a lever."""
    if isinstance(content, str):
        return content
    if isinstance(content, Real) and not isinstance(content, bool):
        return _finite(content)
    if isinstance(content, Mapping):
        faults = [fault for item in content.items() if (fault := _fault_by_year(*item))]
        if faults:
            raise ValueError(". And ".join(faults))
        return {int(year): float(_finite(number)) for year, number in content.items()}
    found = f"is {content!r}"
    if isinstance(content, (list, tuple)):
        if all(isinstance(part, Mapping) for part in content):
            return tuple(dict(record) for record in content)
        found = "is not one"
    kinds = "a number, text, a number for each year (2027: 3.5), or a list of records"
    raise ValueError(f"the value {found}; give {kinds}")


def _finite(number: Real) -> int | float:
    if isinstance(number, Integral):
        return int(number)
    if not math.isfinite(number):
        raise ValueError(f"the value is {float(number)}; give a number that is finite")
    return float(number)


def _fault_by_year(year: object, number: object) -> str:
    """What is wrong with one year and its number; empty if nothing is."""
    if isinstance(year, bool) or not isinstance(year, Integral):
        remedy = f"write {year} without quotes" if str(year).isdigit() else ONE_YEAR
        return f"the value is of the year {year!r}; {remedy}"
    if isinstance(number, bool) or not isinstance(number, Real):
        return f"the value of {year} is {number!r}; {PLAIN_NUMBER}"
    return ""


AnyValue = Annotated[Value, PlainValidator(as_value)]


class Assumption(Strict):
    """What a lever is, its value with its unit, date, source, quality of evidence and impact."""

    meaning: str
    value: AnyValue
    unit: str
    as_of: str
    source: str
    quality: _Light
    impact: _Light
    least: float | None = None  # limits of the value; of values by year, of each
    most: float | None = None

    @model_validator(mode="after")
    def _has_limits_that_fit(self) -> Self:
        has_limits = self.least is not None or self.most is not None
        if has_limits and isinstance(self.value, (str, tuple)):
            raise ValueError(f"limits on {_kind(self.value)}; leave out least and most")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least {self.least:g} is above most {self.most:g}; swap them")
        return self

    @property
    def valid_range(self) -> str:
        """The numbers that the lever may be set to, in words with their unit; empty without."""
        match self.least, self.most:
            case None, None:
                return ""
            case least, None:
                limits = f"{in_text(least)} or more"
            case None, most:
                limits = f"{in_text(most)} or less"
            case least, most:
                limits = f"{in_text(least)} to {in_text(most)}"
        return f"{limits} [{self.unit}]"

    @property
    def is_list(self) -> bool:
        """Whether the lever takes records."""
        return isinstance(self.value, tuple)

    def allows(self, number: float) -> bool:
        """Whether a number lies inside the limits."""
        return (self.least is None or number >= self.least) and (
            self.most is None or number <= self.most
        )

    def takes(self, value: Value) -> bool:
        """Whether a value is of the lever's kind: a whole number may stand for any number."""
        is_fraction = isinstance(self.value, int) and isinstance(value, float)
        return _kind(value) == _kind(self.value) and not is_fraction

    def with_value(self, value: Value) -> Self:
        """The assumption at another value; a lever of any number stores whole ones as such too."""
        if isinstance(self.value, float) and isinstance(value, int):
            value = float(value)
        return self.model_copy(update={"value": value})

    def faults(self, lever: str, value: Value) -> Iterator[tuple[Path, Problem]]:
        """What is wrong with a value for the lever, after its year if any; places are not known."""
        if not self.takes(value):
            wanted = "a whole number" if isinstance(self.value, int) else _kind(self.value)
            limits = f", {self.valid_range}" if self.valid_range else ""
            text = in_text(value) if isinstance(value, (dict, tuple)) else repr(value)
            found, remedy = f"lever {lever} is {text}", f"give {wanted}{limits}"
            yield (), Problem("value_of_other_kind", found, remedy=remedy)
            return
        for year, number in numbers_of(value):
            at = f" in {year[0]}" if year else ""
            if not self.allows(number):
                found = f"lever {lever} is {in_text(number)}{at}"
                remedy = f"give {self.valid_range}"
                yield year, Problem("value_out_of_range", found, remedy=remedy)
            if year and not FIRST_YEAR <= year[0] <= LAST_YEAR:
                found = f"lever {lever}: the year is {year[0]}"
                remedy = f"give one from {FIRST_YEAR} to {LAST_YEAR}"
                yield year, Problem("year_out_of_horizon", found, remedy=remedy)


class Change(Strict):
    """One lever set to another value, and why."""

    lever: str
    value: AnyValue
    unit: str = ""  # a list of records needs none: its fields have their own
    why: str


def _kind(value: Value) -> str:
    if isinstance(value, tuple):
        return "a list of records"
    if isinstance(value, str):
        return "text"
    return "a number for each year" if isinstance(value, dict) else "a number"


def numbers_of(value: Value) -> Iterator[tuple[tuple[int, ...], float]]:
    """The numbers of a value, each after its year if it has one; none of text or records."""
    if isinstance(value, dict):
        yield from (((year,), number) for year, number in value.items())
    elif not isinstance(value, (str, tuple)):
        yield (), value


def in_text(value: object) -> str:
    """A value as a person reads it.

    Examples
    --------
    >>> in_text({2027: 60.0, 2028: 120.0}), in_text(90.0), in_text(())
    ('2027: 60, 2028: 120', '90', 'none')
    >>> in_text(({"flow": "join", "needs": ["asd"], "share_pct": 7.0},))
    'flow join, needs asd, share_pct 7'
    """
    if isinstance(value, Mapping):
        return ", ".join(map(_describe_entry, value.items())) or "none"
    if isinstance(value, (list, tuple)):
        return "; ".join(map(in_text, value)) or "none"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _describe_entry(entry: tuple[object, object]) -> str:
    """A key, with a colon after a year, and its part; mappings inside in brackets."""
    key, part = entry
    name = f"{key}:" if str(key)[:1].isdigit() else str(key)
    if isinstance(part, (list, tuple)):
        return f"{name} {' and '.join(map(in_text, part)) or 'none'}"
    return f"{name} ({in_text(part)})" if isinstance(part, Mapping) else f"{name} {in_text(part)}"
