"""Small files of published figures, as they were compiled: one layout each.

The population file is ONS's own layout: a column for every year. The residents of
2020 have one for every age.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from sendlib.data.crosswalks import read_layouts, to_standard
from sendlib.data.dsg_allocation import TERMS
from sendlib.data.outcomes import OUTCOME_FILES
from sendlib.data.text_tables import YEARS, cell, parse_columns, read_text_table, years_out_of_range
from sendlib.errors import DataError, Problem, raise_any
from sendlib.periods import academic_year_end, financial_year_start


@dataclass(frozen=True)
class Layout:
    """What a file of figures looks like."""

    key: Sequence[str]
    numbers: Sequence[str] = ()
    also: Sequence[str] = ()  # columns of text
    negative: bool = False
    years: tuple[int, int] = YEARS  # in which its periods may begin, first and last
    year_columns: bool = False  # every other column is a year and holds a number
    patterns: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # column: form, example
    labels: Mapping[str, tuple[str, str]] = field(
        default_factory=dict
    )  # column: where in crosswalks
    nil: str = ""  # a symbol for none at all, which elsewhere means that nothing is available
    terms: Mapping[str, str] = field(default_factory=dict)  # column: the standard term for it
    rates: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # %: of which two columns

    @property
    def columns(self) -> list[str]:
        """Every column that must be there, each once."""
        return list(dict.fromkeys((*self.key, *self.also, *self.numbers)))


def _read_layouts() -> dict[str, Layout]:
    layouts = TypeAdapter(dict[str, Layout]).validate_python(read_layouts("figures"))
    terms = layouts["high_needs_terms"]
    layouts["high_needs_terms"] = replace(terms, numbers=tuple(TERMS), terms=TERMS)
    for name, file in OUTCOME_FILES.items():
        layouts[name] = Layout(file.key, file.numbers, ("time_period",), negative=file.negative)
    return layouts


_ROUNDED = 0.06  # of a percentage with one decimal, at most
_PERIODS = {"financial_year": financial_year_start, "academic_year": academic_year_end}
_DATED = (
    *("time_period", "Year", "period", "date"),
    *("first_census", "last_census", "first_year", "last_year"),
)
LAYOUTS = _read_layouts()


def read_figures(content: bytes, *, layout: str, where: str) -> pd.DataFrame:
    """One file of figures: numbers as numbers with their status."""
    expected = LAYOUTS[layout]
    text = read_text_table(content, where=where, required=expected.columns, key=expected.key)
    if expected.year_columns:
        return _by_year(text, expected, where)
    problems = [
        *_bad_periods(text, expected, where),
        *_unlike_pattern(text, expected, where),
        *_other_rates(text, expected, where),
        *_unknown_labels(text, expected, where),
    ]
    typed: dict[str, Any] = {}
    if expected.numbers:
        printed = text[list(expected.numbers)]
        printed = printed.replace(expected.nil, "0") if expected.nil else printed
        parsed, found = parse_columns(printed, where=where, negative=expected.negative)
        problems += found
        for at, column in enumerate(expected.numbers):
            rows = slice(at * len(text), (at + 1) * len(text))
            name = expected.terms.get(column, column)
            typed[name] = parsed["value"].array[rows]
            typed[f"{name}_status"] = parsed["value_status"].array[rows]
    raise_any(DataError, f"{where} cannot be used.", problems)
    return text.rename(columns=expected.terms).assign(**typed)


def _by_year(text: pd.DataFrame, expected: Layout, where: str) -> pd.DataFrame:
    """A row for each year, where the file has a column for each."""
    years = [name for name in text.columns if name not in expected.columns]
    first, last = expected.years
    problems = [
        Problem(
            "column_not_a_year",
            f"column {name} is not a year from {first} to {last}",
            where,
            "name it like 2024, or leave it out",
        )
        for name in years
        if name not in map(str, range(first, last + 1))
    ]
    if not years:
        remedy = "add one such as 2024"
        problems.append(Problem("no_column_of_a_year", "no column is a year", where, remedy))
        raise DataError(f"{where} cannot be used.", problems)
    parsed, found = parse_columns(text[years], where=where, negative=expected.negative)
    raise_any(DataError, f"{where} cannot be used.", problems + found)
    areas = pd.concat([text[list(expected.columns)]] * len(years), ignore_index=True)
    year = pd.Series(years, dtype="str").take(np.repeat(np.arange(len(years)), len(text)))
    return areas.assign(
        year=year.array, persons=parsed["value"], persons_status=parsed["value_status"]
    )


def _unlike_pattern(text: pd.DataFrame, expected: Layout, where: str) -> list[Problem]:
    return [
        Problem(
            "value_unlike_pattern",
            f"{value!r} cannot be read",
            cell(where, row, name),
            f"write it like {example}",
        )
        for name, (pattern, example) in expected.patterns.items()
        for row, value in text.loc[~text[name].str.fullmatch(pattern), name].items()
    ]


def _unknown_labels(text: pd.DataFrame, expected: Layout, where: str) -> list[Problem]:
    return [
        problem
        for column, (release, names) in expected.labels.items()
        for problem in to_standard(text[column], release=release, field=names, where=where)[1]
    ]


def _other_rates(text: pd.DataFrame, expected: Layout, where: str) -> list[Problem]:
    """Percentages that are not, but for rounding, what the file's own columns give."""
    problems = []
    for name, (part, whole) in expected.rates.items():
        columns = (text[part], text[whole], text[name].str.rstrip("%"))
        one, other, rate = (pd.to_numeric(column, errors="coerce") for column in columns)
        for row in text.index[(100 * one / other - rate).abs() > _ROUNDED]:
            found = f"{text.loc[row, name]} for {one[row]:,.6g} of {other[row]:,.6g}"
            remedy = "compare the file with what was published: columns may have changed places"
            place = cell(where, row, name)
            problems.append(Problem("rate_unlike_its_parts", found, place, remedy))
    return problems


def _bad_periods(text: pd.DataFrame, expected: Layout, where: str) -> list[Problem]:
    """Each period that cannot be read, or is of no year that can be, where it stands first."""
    problems = [
        problem
        for name in (*_PERIODS, *_DATED)
        if name in expected.columns
        for problem in years_out_of_range(text[name], where, expected.years)
    ]
    for name, to_year in _PERIODS.items():
        years = text[name].drop_duplicates() if name in text else pd.Series(dtype="str")
        for row, year in years.items():
            try:
                to_year(year)
            except ValueError as error:
                problems.append(Problem("invalid_period", str(error), cell(where, row, name)))
    return problems
