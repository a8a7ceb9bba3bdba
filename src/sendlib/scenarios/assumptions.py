"""What a scenario is made of: values, assumptions and changes to them."""

import math
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, model_validator

from sendlib.scenarios.wording import ONE_YEAR, PLAIN_NUMBER

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


def _in_percent(share: float) -> float:
    if not 0 <= share <= 100:
        raise ValueError(f"the share is {share:g}%; give one from 0 to 100")
    return share


Year = Annotated[int, AfterValidator(in_horizon)]
Percent = Annotated[float, Field(strict=True), AfterValidator(_in_percent)]  # no text, as "70"


def as_value(given: object) -> Value:
    """What a file or a slider gives, as a value of a lever.

    Examples
    --------
    >>> as_value({2027: 60, 2028: 120})
    {2027: 60.0, 2028: 120.0}
    """
    if isinstance(given, str):
        return given
    if isinstance(given, Real) and not isinstance(given, bool):
        return _number(given)
    if isinstance(given, Mapping) and all(map(_is_year_and_number, given.items())):
        return {int(year): float(_number(number)) for year, number in given.items()}
    if isinstance(given, (list, tuple)) and all(isinstance(part, Mapping) for part in given):
        return tuple(dict(record) for record in given)
    if isinstance(given, Mapping):
        raise ValueError(". And ".join(filter(None, map(_fault_by_year, given.items()))))
    found = "is not one" if isinstance(given, (list, tuple)) else f"is {given!r}"
    kinds = "a number, text, a number for each year (2027: 3.5), or a list of records"
    raise ValueError(f"the value {found}; give {kinds}")


def _number(given: Real) -> int | float:
    if isinstance(given, Integral):
        return int(given)
    if not math.isfinite(given):
        raise ValueError(f"the value is {float(given)}; give a number that is finite")
    return float(given)


def _is_year_and_number(item: tuple[object, object]) -> bool:
    year, number = item
    return not any(isinstance(part, bool) for part in item) and (
        isinstance(year, Integral) and isinstance(number, Real)
    )


def _fault_by_year(item: tuple[object, object]) -> str:
    """What is wrong with one year and its number; empty if nothing is."""
    year, number = item
    if isinstance(year, bool) or not isinstance(year, Integral):
        quoted = f"write {year} without quotes" if str(year).isdigit() else ONE_YEAR
        return f"the value is of the year {year!r}; {quoted}"
    if not _is_year_and_number(item):
        return f"the value of {year} is {number!r}; {PLAIN_NUMBER}"
    return ""


class Strict(BaseModel):
    """A part of a scenario file, such as a record: frozen, without keys that nothing reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnyValue = Annotated[Value, PlainValidator(as_value)]


class Assumption(Strict):
    """What a lever is, its value with its unit, date, source, quality of evidence and impact.

    ``least`` and ``most`` bound the value; of values by year, each of them.
    """

    meaning: str
    value: AnyValue
    unit: str
    as_of: str
    source: str
    quality: _Light
    impact: _Light
    least: float | None = None
    most: float | None = None

    @model_validator(mode="after")
    def _has_limits_that_fit(self) -> Self:
        bounded = self.least is not None or self.most is not None
        if bounded and isinstance(self.value, (str, tuple)):
            raise ValueError(f"limits on {kind(self.value)}; leave out least and most")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least {self.least:g} is above most {self.most:g}; swap them")
        return self

    @property
    def valid_range(self) -> str:
        """The numbers that the lever may be set to, in words with their unit; empty without."""
        if self.least is None and self.most is None:
            return ""
        if self.most is None:
            return f"{shown(self.least)} or more [{self.unit}]"
        if self.least is None:
            return f"{shown(self.most)} or less [{self.unit}]"
        return f"{shown(self.least)} to {shown(self.most)} [{self.unit}]"

    def allows(self, number: float) -> bool:
        """Whether a number lies inside the limits."""
        return (self.least is None or number >= self.least) and (
            self.most is None or number <= self.most
        )


class Change(Strict):
    """One lever set to another value, and why."""

    lever: str
    value: AnyValue
    unit: str
    why: str


def kind(value: Value) -> str:
    """What kind of value it is; a whole number may stand for any number."""
    if isinstance(value, tuple):
        return "a list of records"
    if isinstance(value, str):
        return "text"
    return "a number for each year" if isinstance(value, dict) else "a number"


def as_held(value: Value, expected: Value) -> Value:
    """A value as a lever holds it: one that takes any number holds a whole one as such too.

    Examples
    --------
    >>> as_held(-1, 0.0), as_held(5, 2)
    (-1.0, 5)
    """
    return float(value) if isinstance(expected, float) and isinstance(value, int) else value


def numbers_of(value: Value) -> Iterator[tuple[tuple[int, ...], float]]:
    """The numbers of a value, each after its year if it has one; none of text or records."""
    if isinstance(value, dict):
        yield from (((year,), number) for year, number in value.items())
    elif not isinstance(value, (str, tuple)):
        yield (), value


def shown(value: object) -> str:
    """A value as a person reads it.

    Examples
    --------
    >>> shown({2027: 60.0, 2028: 120.0}), shown(90.0), shown(())
    ('2027: 60, 2028: 120', '90', 'none')
    >>> shown(({"flow": "join", "needs": ["asd"], "share_pct": 7.0},))
    'flow join, needs asd, share_pct 7'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{_named(key)} {_part(part)}" for key, part in value.items()) or "none"
    if isinstance(value, (list, tuple)):
        return "; ".join(map(shown, value)) or "none"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _named(key: object) -> str:
    """A key as it stands before its value: years, also financial years, with a colon."""
    return f"{key}:" if str(key)[:1].isdigit() else str(key)


def _part(value: object) -> str:
    """A value inside a record: mappings and lists in brackets where they hold more than one."""
    if isinstance(value, (list, tuple)):
        return " and ".join(map(shown, value)) or "none"
    return f"({shown(value)})" if isinstance(value, Mapping) else shown(value)
