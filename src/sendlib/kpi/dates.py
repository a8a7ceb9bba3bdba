"""Periods of a feed: how they are written, when they end, and which comes next.

A month is written 2025-04, a quarter of the financial year 2025-26 Q1 and a
financial year 2025-26.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

import pandas as pd

from sendlib.clock import today
from sendlib.errors import ParameterError, Problem
from sendlib.intake.columns import to_dates
from sendlib.kpi.register import MONTHS, Frequency
from sendlib.periods import financial_year, financial_year_start

EXAMPLES: dict[Frequency, str] = {
    "monthly": "2025-04",
    "quarterly": "2025-26 Q1",
    "annual": "2025-26",
}
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4}-\d{2})\s*[Qq]([1-4])")
_SPREADSHEET_FORMS = ("%b-%y", "%b %Y", "%B %Y")  # what becomes of 2025-04 in a spreadsheet


def period_end(text: str, frequency: Frequency) -> date | None:
    """The last day of a period; None when it is not one of that frequency.

    A month may also be its first day, as a spreadsheet saves it.

    Examples
    --------
    >>> period_end("2025-04", "monthly"), period_end("2025-26 Q4", "quarterly")
    (datetime.date(2025, 4, 30), datetime.date(2026, 3, 31))
    >>> period_end("2025-13", "monthly"), period_end("Apr-25", "monthly")
    (None, datetime.date(2025, 4, 30))
    """
    if frequency == "monthly":
        return _month_end(text)
    quarter = _QUARTER.fullmatch(text) if frequency == "quarterly" else None
    if frequency == "quarterly" and quarter is None:
        return None
    year, number = (quarter[1], int(quarter[2])) if quarter else (text, 4)
    try:
        start = financial_year_start(year)
    except ValueError:
        return None
    return _add_months(date(start, 3, 31), 3 * number)


def _month_end(text: str) -> date | None:
    match = _MONTH.fullmatch(text)
    if match:
        year, month = int(match[1]), int(match[2])
        return _last_day(year, month) if year >= 1 and 1 <= month <= 12 else None
    for form in _SPREADSHEET_FORMS:
        try:
            day = datetime.strptime(text, form)
        except ValueError:
            continue
        return _last_day(day.year, day.month)
    first = to_dates(pd.Series([text], dtype="str")).iloc[0]
    return _last_day(first.year, first.month) if not pd.isna(first) and first.day == 1 else None


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _add_months(end: date, months: int) -> date:
    count = 12 * end.year + end.month - 1 + months
    return _last_day(count // 12, count % 12 + 1)


def period_name(end: date, frequency: Frequency) -> str:
    """How a period that ends on a day is written.

    Examples
    --------
    >>> [period_name(date(2026, 3, 31), each) for each in ("monthly", "quarterly", "annual")]
    ['2026-03', '2025-26 Q4', '2025-26']
    """
    if frequency == "monthly":
        return f"{end:%Y-%m}"
    year = financial_year(end.year if end.month > 3 else end.year - 1)
    return f"{year} Q{(end.month - 4) % 12 // 3 + 1}" if frequency == "quarterly" else year


def later(end: date, frequency: Frequency, by: int = 1) -> date:
    """The end of the period that is ``by`` periods later; earlier when it is negative.

    Examples
    --------
    >>> later(date(2025, 6, 30), "quarterly"), later(date(2025, 3, 31), "monthly", -1)
    (datetime.date(2025, 9, 30), datetime.date(2025, 2, 28))
    """
    return _add_months(end, by * MONTHS[frequency])


def last_ended(today: date, frequency: Frequency) -> date:
    """The end of the last period that was over before a day.

    Examples
    --------
    >>> last_ended(date(2025, 7, 1), "quarterly"), last_ended(date(2025, 6, 30), "quarterly")
    (datetime.date(2025, 6, 30), datetime.date(2025, 3, 31))
    """
    end = _last_day(today.year, today.month)
    while end >= today or (end.month - 3) % MONTHS[frequency]:
        end = _last_day(end.year, end.month - 1) if end.month > 1 else date(end.year - 1, 12, 31)
    return end


def due(end: date, days: int) -> date:
    """The day by which the figure of a period should be there."""
    return end + timedelta(days=days)


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
        return today()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        remedy = "write it like 2026-01-20, or leave it empty for today"
        problem = Problem(f"{text!r} is not a day", "report_on", remedy)
        raise ParameterError("The day of reporting cannot be used.", [problem]) from None
