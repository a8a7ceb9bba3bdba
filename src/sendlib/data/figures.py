"""Small files of published figures, as they were compiled: one layout each.

The population file is ONS's own layout: a column for every year. The residents of
2020 have one for every age.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sendlib.data.dsg_allocation import TERMS
from sendlib.data.outcomes import OUTCOME_FILES
from sendlib.data.text_tables import cell, parse_columns, read_text_table
from sendlib.errors import DataError, Problem, raise_any
from sendlib.periods import academic_year_end, financial_year_start


@dataclass(frozen=True)
class Layout:
    """What a file of figures looks like."""

    columns: Sequence[str]
    key: Sequence[str]
    numbers: Sequence[str] = ()
    negative: bool = False
    year_columns: bool = False  # every other column is a year and holds a number
    patterns: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # column: form, example
    nil: str = ""  # a symbol for none at all, which elsewhere means that nothing is available
    terms: Mapping[str, str] = field(default_factory=dict)  # column: the standard term for it
    rates: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # %: of which two columns


_ROUNDED = 0.06  # of a percentage with one decimal, at most
_YEAR = (r"\d{4}", "2024")
_PERIODS = {"financial_year": financial_year_start, "academic_year": academic_year_end}
_AREA = ("gss_code", "la_code", "area_name", "area_level")
_AGES = tuple(map(str, range(26)))
_ALLOCATIONS = (
    "high_needs_before_deductions_gbp",
    "high_needs_after_deductions_gbp",
    "schools_block_before_recoupment_gbp",
)
_LEVELS = ("geographic_level", "country_code", "region_code", "old_la_code")
_PARTICIPATION = (
    *("Cohort_DJFavg", "NEET_not_known_percent", "NEET_NK_noSEN_percent"),
    *("NEET_NK_SENDsupport_percent", "NEET_NK_EHCP_percent"),
)
_APPEALS = tuple(
    f"{what}_{year}" for year in (2024, 2025) for what in ("appeals", "appealable_decisions")
)
_RATES = {
    f"rate_{year}": (f"appeals_{year}", f"appealable_decisions_{year}") for year in (2024, 2025)
}
_PLACES = tuple(f"{one}{two}" for one in ("Pri", "Sec") for two in ("NOR", "Cap")) + tuple(
    f"For_{years}_{phase}" for years in (1, 3) for phase in "PS"
)
_DEDUCTIONS = ("places_from_april", "places_from_autumn", "deduction_gbp")
_TRANSFERS = ("number_plans", "due_25", "due_26", "final_25", "final_26")
LAYOUTS = {
    "areas": Layout(
        (
            *("area_code", "area_name", "area_level", "gss_code", "former_gss_codes"),
            *("region_code", "region_name", "first_census", "last_census", "successors"),
        ),
        key=("area_code",),
        patterns={
            "first_census": (r"\d{4}", "2010"),
            "last_census": (r"(\d{4})?", "2023, or nothing while it goes on"),
        },
    ),
    "sources": Layout(
        ("source_id", "title", "publisher", "published", "licence", "where"), key=("source_id",)
    ),
    "series_breaks": Layout(
        ("series", "first_year", "last_year", "what_happened", "what_it_means", "source_id"),
        key=("series", "first_year"),
        numbers=("first_year", "last_year"),
        patterns={"first_year": _YEAR, "last_year": _YEAR},
    ),
    "high_needs_allocation": Layout(
        (*_AREA, "financial_year", *_ALLOCATIONS, "source_id"),
        key=("gss_code", "financial_year"),
        numbers=_ALLOCATIONS,
    ),
    "high_needs_terms": Layout(
        ("la_code", "la_name", "financial_year", *TERMS),
        key=("la_code", "financial_year"),
        numbers=tuple(TERMS),
        terms=TERMS,
        negative=True,
        patterns={"la_code": (r"(\d{3})?", "865, or nothing for England")},
    ),
    "high_needs_outturn": Layout(
        (*_AREA, "financial_year", "net_outturn_gbp", "spend_lines", "source_id"),
        key=("gss_code", "financial_year", "spend_lines"),
        numbers=("net_outturn_gbp",),
        negative=True,
    ),
    "account_terms": Layout(
        (
            *("la_code", "gss_code", "financial_year", "line_1_9_3_balance_gbp"),
            *("line_1_0_2_gbp", "line_1_0_2_basis"),
        ),
        key=("la_code", "financial_year"),
        numbers=("line_1_9_3_balance_gbp", "line_1_0_2_gbp"),
        negative=True,
    ),
    "account_2023_24": Layout(
        ("gss", "bal", "ind", "tot"), key=("gss",), numbers=("bal",), negative=True
    ),
    "outturn_by_sector": Layout(
        ("la_code", "financial_year", "line", "sector", "outturn_gbp"),
        key=("la_code", "financial_year", "line", "sector"),
        numbers=("outturn_gbp",),
        negative=True,
    ),
    "agreements": Layout(
        ("la_code", "la_name", "financial_year", "confidence", "source_id"),
        key=("la_code",),
    ),
    "indicator": Layout(
        ("indicator", "unit", "better", "area_code", "period", "value", "source_id"),
        key=("indicator", "area_code", "period"),
        numbers=("value",),
        negative=True,
        patterns={"period": (r"\d{4}(/\d{2})?( .*)?", "2024, 2023/24 or 2025 (prov)")},
    ),
    "statistical_neighbours": Layout(
        ("la_code", "rank", "closeness", "source_id", "neighbour_la_code"),
        key=("la_code", "rank"),
        numbers=("rank",),
        patterns={"rank": (r"\d+", "1")},
    ),
    "population_projection": Layout(
        ("AREA_CODE", "AREA_NAME", "COMPONENT", "SEX", "AGE_GROUP"),
        key=("AREA_CODE", "COMPONENT", "SEX", "AGE_GROUP"),
        year_columns=True,
    ),
    "mid_year_estimates": Layout(
        (
            *("time_period", "geographic_level", "country_code", "region_code", "old_la_code"),
            *("age_group", "population_estimate"),
        ),
        key=("time_period", "geographic_level", "region_code", "old_la_code", "age_group"),
        numbers=("population_estimate",),
    ),
    "residents_mid_2020": Layout(
        ("utla20_code", "utla20_name", *_AGES), key=("utla20_code",), numbers=_AGES
    ),
    "council_figures": Layout(
        ("item", "period", "value", "unit", "basis", "confidence", "source_id"),
        key=("item", "period", "basis"),
        numbers=("value",),
        negative=True,
    ),
    "strategy_figures": Layout(
        ("theme", "measure", "group", "area", "period", "value", "unit", "source_id"),
        key=("theme", "measure", "group", "area", "period"),
        numbers=("value",),
        negative=True,
    ),
    "kpi_register": Layout(
        ("kpi", "frequency", "section", "status", "priority_2024"), key=("kpi",)
    ),
    "area_send_inspections": Layout(
        (
            *("La Code", "Inspection Start Date", "Outcome Grade", "Publication Date"),
            *("Next Inspection", "Next Inspection By Date", "Inspection Link"),
        ),
        key=("La Code",),
        numbers=("Outcome Grade",),
        patterns={"Inspection Start Date": (r"(\d\d/\d\d/\d\d)?", "02/02/26")},
    ),
    "participation": Layout(
        (*_LEVELS, "time_period", *_PARTICIPATION),
        key=("time_period", "geographic_level", "region_code", "old_la_code"),
        numbers=_PARTICIPATION,
        patterns={"time_period": _YEAR},
    ),
    "attendance_by_sen": Layout(
        (
            *("time_period", "time_identifier", "new_la_code", "send_group", "metric"),
            *("send_value", "no_sen_value"),
        ),
        key=("time_period", "time_identifier", "new_la_code", "send_group", "metric"),
        numbers=("send_value", "no_sen_value"),
        patterns={"time_period": (r"\d{6}", "202425")},
    ),
    "absence_by_need": Layout(
        ("time_period", "new_la_code", "primary_need", "metric", "value"),
        key=("time_period", "new_la_code", "primary_need", "metric"),
        numbers=("value",),
        patterns={"time_period": (r"\d{6}", "202425")},
    ),
    "appeals": Layout(
        ("la_name", "old_la_code", *_APPEALS, *_RATES),
        key=("old_la_code",),
        numbers=_APPEALS,
        nil="-",
        rates=_RATES,
    ),
    "school_places": Layout(
        ("Year", "geographic_level", "country_code", "LANumber", *_PLACES),
        key=("Year", "LANumber"),
        numbers=_PLACES,
        negative=True,
        patterns={"Year": (r"\d{4}/\d\d", "2024/25")},
    ),
    "place_deductions": Layout(
        ("la_code", "financial_year", "institution", "places", *_DEDUCTIONS),
        key=("la_code", "financial_year", "institution", "places"),
        numbers=_DEDUCTIONS,
    ),
    "phase_transfers": Layout(
        (*_LEVELS, "time_period", *_TRANSFERS),
        key=("time_period", "geographic_level", "region_code", "old_la_code"),
        numbers=_TRANSFERS,
        patterns={"time_period": _YEAR},
    ),
    "policy_facts": Layout(
        ("topic", "fact", "value", "unit", "applies", "date", "source", "confidence"),
        key=("topic", "fact", "date", "source"),
    ),
    "strategy_measures": Layout(
        (
            *("strategy", "priority", "priority_name", "kind", "what", "direction"),
            *("published_measure", "source_id"),
        ),
        key=("strategy", "priority", "what"),
    ),
    "policy": Layout(
        ("lever", "value", "unit", "applies", "confidence", "source_id"), key=("lever",)
    ),
    **{
        name: Layout(file.columns, key=file.key, numbers=file.numbers, negative=file.negative)
        for name, file in OUTCOME_FILES.items()
    },
}


def read_figures(content: bytes, *, layout: str, where: str) -> pd.DataFrame:
    """One file of figures: numbers as numbers with their status."""
    expected = LAYOUTS[layout]
    text = read_text_table(content, where=where, required=expected.columns, key=expected.key)
    if expected.year_columns:
        return _by_year(text, expected, where)
    problems = [
        *_bad_periods(text, where),
        *_unlike_pattern(text, expected, where),
        *_other_rates(text, expected, where),
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
    problems = [
        Problem(
            "column_not_a_year",
            f"column {name} is not a year",
            where,
            "name it like 2024, or leave it out",
        )
        for name in years
        if not re.fullmatch(r"\d{4}", name)
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


def _bad_periods(text: pd.DataFrame, where: str) -> list[Problem]:
    """Each financial or academic year that cannot be read, where it stands first."""
    problems = []
    for name, to_year in _PERIODS.items():
        years = text[name].drop_duplicates() if name in text else pd.Series(dtype="str")
        for row, year in years.items():
            try:
                to_year(year)
            except ValueError as error:
                problems.append(Problem("invalid_period", str(error), cell(where, row, name)))
    return problems
