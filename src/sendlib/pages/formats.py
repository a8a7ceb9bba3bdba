"""How a number is written on a page: one way for each kind of quantity."""

from collections.abc import Callable
from datetime import datetime
from math import isnan

from sendlib.ranges import say_chance

Format = Callable[[float], str]

MINUS = "\u2212"
MISSING = "not available"


def _fixed(decimals: int, *, before: str = "", after: str = "", times: float = 1.0) -> Format:
    """A number with its unit; a minus is a true one, before the currency sign, never on a zero."""

    def write(value: float) -> str:
        if isnan(value):
            return MISSING
        digits = f"{abs(value * times):,.{decimals}f}"
        is_below = value < 0 and any(digit in "123456789" for digit in digits)
        return f"{MINUS if is_below else ''}{before}{digits}{after}"

    return write


count = _fixed(0)
"""A whole number: 5,210."""
number1, number2 = _fixed(1), _fixed(2)
"""A number to one or two decimal places."""
pct1 = _fixed(1, after="%")
"""A percentage, given from 0 to 100: 4.8%."""
share0, share1 = (_fixed(n, after="%", times=100) for n in range(2))
"""A share, given from 0 to 1, as a percentage to no or one decimal place."""
per_10k = _fixed(1, times=10_000)
"""Events for each person as events for every 10,000."""
gbp = _fixed(0, before="£")
"""An amount in whole pounds: £61,250. [£]"""
gbp_m = _fixed(1, before="£", after="m", times=1e-6)
"""An amount, given in pounds, in millions: £61.3m. [£]"""


def with_sign(write: Format) -> Format:
    """The same number format with a plus sign before what is above zero."""

    def write_signed(value: float) -> str:
        text = write(value)
        shows = any(digit in "123456789" for digit in text)
        return f"+{text}" if value > 0 and shows and not text.startswith("+") else text

    return write_signed


signed = with_sign(count)
"""A change as a whole number that always has its sign: +83."""


def plain_number(value: float) -> str:
    """Write a figure of any unit: two decimals below 2, where scores lie, otherwise one."""
    return number2(value) if abs(value) < 2 else number1(value)


def chance(value: float) -> str:
    """Write a chance found from draws, given from 0 to 1, never as nothing or as certain."""
    return MISSING if isnan(value) else say_chance(value)


FORMATS: dict[str, Format] = {
    "count": count,
    "number1": number1,
    "number2": number2,
    "number": plain_number,
    "signed": signed,
    "pct1": pct1,
    "share1": share1,
    "share0": share0,
    "chance": chance,
    "gbp": gbp,
    "gbp_m": gbp_m,
    "per_10k": per_10k,
    "year": "{:.0f}".format,
}

_KINDS = {count: "count", pct1: "pct", share0: "share", share1: "share"}
_NOT_PEOPLE = {"age", "horizon", "level", "month", "months", "quarter", "rank", "term", "week",
               "weeks", "years", "years ahead"}  # fmt: skip

_BY_SUFFIX = {
    "_gbp": gbp,
    "gbp_per_plan": gbp,
    "_pct": pct1,
    "share": share1,
    "_per_10k": number1,
    "year": FORMATS["year"],
}


_COUNTS = {"of", "plans", "requests", "requests_refused", "within_20_weeks"}  # in whole numbers


def _by_name(column: str) -> Format | None:
    name = column.lower()
    if name in _COUNTS:
        return count
    if name.startswith("chance"):
        return chance
    return next((write for end, write in _BY_SUFFIX.items() if name.endswith(end)), None)


def has_unit(column: str) -> bool:
    """Whether the name of a column says its unit, as ``outturn_gbp`` does."""
    return _by_name(column) is not None


def level_format(chosen: str | Format) -> Format:
    """How the mean and limits of values are written: those of counts to one decimal place."""
    write = find_format(chosen)
    return number1 if write is count else write


def find_format(chosen: str | Format) -> Format:
    """The formatter of that name; a function passes through."""
    if callable(chosen):
        return chosen
    if chosen not in FORMATS:
        raise ValueError(f"No number format is called {chosen!r}. Valid: {', '.join(FORMATS)}.")
    return FORMATS[chosen]


def kind_of(column: str, write: Format) -> str:
    """Whether numbers so written are a ``count`` of people, or a ``share`` or ``pct`` of one."""
    return "" if column.lower().replace("_", " ") in _NOT_PEOPLE else _KINDS.get(write, "")


def default_format(column: str, *, integer: bool) -> Format:
    """The format that a column's name suggests; otherwise that of a count, or one decimal."""
    return _by_name(column) or (count if integer else number1)


_HEADINGS = {
    "area_and_january": "Area and January",
    "area_name": "Area",
    "census_year": "January",
    "financial_year": "Financial year",
    "plans": "Plans",
    "persons": "Residents",
    "pupils_with_ehcp_pct": "Pupils with a plan (%)",
    "plans_per_10k": "Plans for every 10,000",
    "covered_share": "Inside the range",
    "gap": "Gap",
    "gbp_per_plan": "For each plan (£)",
    "of": "Out of",
    "value": "Value",
    "year": "Year",
}
_UNITS = {
    "_gbp_per_plan": " for each plan (£)",
    "_gbp": " (£)",
    "_pct": " (%)",
    "_share": ", share",
}


def heading(column: str) -> str:
    """What a page calls a column; of a name that is already words, the first letter is large."""
    if column in _HEADINGS:
        return _HEADINGS[column]
    if column == column.lower():
        unit = next((unit for unit in _UNITS if column.endswith(unit)), "")
        column = column.removesuffix(unit).replace("_", " ") + _UNITS.get(unit, "")
    return column[:1].upper() + column[1:]


def say_period(period: str) -> str:
    """A period as a reader says it: "April 2025", "Q1 of 2025-26"."""
    year, _, quarter = period.partition(" ")
    if quarter:
        return f"{quarter} of {year}"
    try:
        return f"{datetime.strptime(period, '%Y-%m'):%B %Y}"
    except ValueError:
        return period
