"""Years of four kinds, and how they meet.

A ``census_year`` is the year of the January count (2025). A ``calendar_year``
is the year in which something happened (2024, published with the count of
January 2025). A ``financial_year`` runs from April to March ("2024-25"). An
``academic_year`` runs from September to August ("2024/25").
"""

import re
from datetime import date

_FINANCIAL = re.compile(r"(\d{4})-(\d{2})")
_ACADEMIC = re.compile(r"(\d{4})/(\d{2})")
_ACADEMIC_DIGITS = re.compile(r"(\d{4})(\d{2})")


def financial_year(start: int) -> str:
    """The financial year that begins in April of ``start``: 2024-25 for 2024."""
    return f"{start}-{(start + 1) % 100:02d}"


def financial_year_start(year: str) -> int:
    """The calendar year in whose April a financial year begins: 2024 for 2024-25."""
    return _first_of_two(year, _FINANCIAL, "a financial year; write it like 2024-25")


def financial_year_of_census(census_year: int) -> str:
    """The financial year in which the January count falls: 2024-25 for 2025."""
    return financial_year(census_year - 1)


def closing_date(name: str) -> str:
    """The day on which a financial year closes: 31 March 2028 for 2027-28."""
    return f"31 March {financial_year_start(name) + 1}"


def say_day(day: date) -> str:
    """A day as a page has it: 31 March 2028."""
    return f"{day.day} {day:%B %Y}"


def year_of_date(when: object) -> str:
    """The financial year that a date lies in: 2024-25 for 2025-03-31."""
    day = date.fromisoformat(str(when)[:10])
    return financial_year(day.year if day.month > 3 else day.year - 1)


def census_year_of_academic(digits: str) -> int:
    """The January count inside an academic year, from its six digits: 2025 for 202425."""
    kind = "an academic year in six digits, such as 202425"
    return _first_of_two(digits, _ACADEMIC_DIGITS, kind) + 1


def academic_year_end(year: str) -> int:
    """The calendar year in which an academic year ends: 2023 for 2022/23."""
    return _first_of_two(year, _ACADEMIC, "an academic year; write it like 2022/23") + 1


def _first_of_two(text: str, form: re.Pattern[str], kind: str) -> int:
    """The first of two years that follow each other, from text in a form of theirs."""
    match = form.fullmatch(text)
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        raise ValueError(f"{text!r} is not {kind}")
    return int(match[1])
