"""The register of indicators: what each is, whose it is, its periods and when it is due."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from sendlib import clock
from sendlib.documents import Document, parse
from sendlib.errors import DataError, ParameterError, Problem, raise_any
from sendlib.fields import Strict, read_part
from sendlib.intake.columns import to_dates
from sendlib.periods import financial_year, financial_year_start

_FILE = "register.yml"
Frequency = Literal["monthly", "quarterly", "annual"]
_Kind = Literal["percentage", "count", "money", "measure"]
MONTHS: Mapping[Frequency, int] = MappingProxyType({"monthly": 1, "quarterly": 3, "annual": 12})
EXAMPLES: Mapping[Frequency, str] = MappingProxyType(
    {"monthly": "2025-04", "quarterly": "2025-26 Q1", "annual": "2025-26"}
)
_PANDAS = {"monthly": "M", "quarterly": "Q-MAR", "annual": "Y-MAR"}
_MONTH = re.compile(r"\d{4}-\d{2}")
_QUARTER = re.compile(r"(\d{4}-\d{2})\s*[Qq]([1-4])")
_SPREADSHEET_FORMS = ("%b-%y", "%b %Y", "%B %Y")  # what becomes of 2025-04 in a spreadsheet


class Where(Strict):
    """A published figure: the table that holds it, and the rows of it."""

    table: str
    column: str
    values: tuple[str, ...] = Field(min_length=1)  # of the column; their plans are added
    note: str
    label: str = ""  # what it is, where the indicator's title does not say it
    group: Literal["", "ehcp", "sen_support", "all_sen", "no_sen", "all"] = ""  # of an outcome
    breaks_as: str = ""  # the indicator whose breaks in series it has
    of: str = ""  # the value of the column that it is a share of

    @model_validator(mode="after")
    def _says_whose_an_outcome_is(self) -> Self:
        if (self.table in ("outcome", "attendance")) != bool(self.group):
            raise ValueError("group belongs to outcome and attendance; give it there alone")
        return self


class Indicator(Strict):
    """One indicator of the strategies; ``register.yml`` says what each field means."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    section: str
    frequency: Frequency
    status: Literal["recorded", "proposed", "added"]
    priority: str = ""  # of the strategies, so an added one has none
    definition: str
    unit: str
    kind: _Kind
    better: Literal["higher", "lower", "neither"]
    source: str
    owner: str
    due_days: int = Field(gt=0)
    success: str
    tested_by: Literal["strategy", "proposed"]
    data: Literal["published", "supplied", "not_available"]
    where: tuple[Where, ...] = ()
    why: str = ""

    @model_validator(mode="after")
    def _says_where_its_figures_are(self) -> Self:
        if self.data == "published" and not self.where:
            raise ValueError("it is published without where; name the table")
        if (self.data == "not_available") != bool(self.why):
            raise ValueError("why belongs to not_available; give it there, and only there")
        return self


class Register(tuple[Indicator, ...]):
    """Every indicator, in the strategies' order."""

    __slots__ = ()

    @property
    def supplied(self) -> tuple[Indicator, ...]:
        """Those whose figures an authority gives in a feed."""
        return tuple(entry for entry in self if entry.data == "supplied")

    def to_frame(self) -> pd.DataFrame:
        """One row for each indicator: its fields as columns, ``kpi`` for its short name.

        ``lowest`` and ``highest`` are the natural ends of its values.
        """
        frame = pd.DataFrame([entry.model_dump(exclude={"where"}) for entry in self])
        highest = frame["kind"].map({"percentage": 100.0}).fillna(float("inf"))
        return frame.rename(columns={"slug": "kpi"}).assign(lowest=0.0, highest=highest)


@cache
def read_register() -> Register:
    """The register that is part of the library; a DataError has every problem and its line."""
    text = (files("sendlib.kpi") / _FILE).read_text(encoding="utf-8")
    return to_register(parse(text, _FILE))


def to_register(document: Document) -> Register:
    """A register from a parsed file; a DataError has every problem and its line."""
    entries = document.value if isinstance(document.value, dict) else {}
    problems, found = list(document.problems), []
    for slug, entry in entries.items():
        fields = {**(entry if isinstance(entry, dict) else {}), "slug": str(slug)}
        found.append(read_part(document, Indicator, fields, (slug,), problems))
    raise_any(DataError, "The register of indicators cannot be used.", problems)
    return Register(filter(None, found))


@lru_cache(maxsize=4096)  # a feed has few periods, and many rows of each
def read_period(text: str, frequency: Frequency) -> pd.Period | None:
    """The period that a text names; None when it is not one of that frequency.

    A month is written 2025-04, a quarter of the financial year 2025-26 Q1 and a
    financial year 2025-26. A month may also be its first day, as a spreadsheet saves it.
    """
    if frequency == "monthly":
        return _read_month(text)
    quarter = _QUARTER.fullmatch(text) if frequency == "quarterly" else None
    if frequency == "quarterly" and quarter is None:
        return None
    year, number = (quarter[1], int(quarter[2])) if quarter else (text, 4)
    try:
        start = financial_year_start(year)
    except ValueError:
        return None
    last = pd.Period(year=start + 1, quarter=number, freq=_PANDAS["quarterly"])
    return last.asfreq(_PANDAS[frequency])


def _read_month(text: str) -> pd.Period | None:
    forms = ("%Y-%m",) if _MONTH.fullmatch(text) else _SPREADSHEET_FORMS
    for form in forms:
        try:
            return pd.Period(datetime.strptime(text, form), freq=_PANDAS["monthly"])
        except ValueError:
            continue
    day = to_dates(pd.Series([text], dtype="str")).iloc[0]
    return None if pd.isna(day) or day.day != 1 else pd.Period(day, freq=_PANDAS["monthly"])


def period_with(day: date, frequency: Frequency) -> pd.Period:
    """The period in which a day lies."""
    return pd.Period(day, freq=_PANDAS[frequency])


def last_day(period: pd.Period) -> date:
    """The last day of a period."""
    day = period.asfreq("D", how="end")
    return date(day.year, day.month, day.day)


def period_name(period: pd.Period) -> str:
    """How a period is written."""
    if period.freqstr == _PANDAS["monthly"]:
        return str(period)
    quarter = period.asfreq(_PANDAS["quarterly"])
    year = financial_year(quarter.qyear - 1)
    return year if period.freqstr == _PANDAS["annual"] else f"{year} Q{quarter.quarter}"


def report_day(text: str) -> date:
    """The day of reporting as a parameter gives it; today where it is empty.

    Raises
    ------
    ParameterError
        If it is not a day, written like 2026-01-20.

    Examples
    --------
    >>> report_day("2026-01-20")
    datetime.date(2026, 1, 20)
    """
    if not text.strip():
        return clock.today()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        remedy = "write it like 2026-01-20, or leave it empty for today"
        problem = Problem("not_a_day", f"{text!r} is not a day", "report_on", remedy)
        raise ParameterError("The day of reporting cannot be used.", [problem]) from None
