"""Figures that cannot be: no count, no percentage, more than what they are a part of."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sendlib.data.series import SERIES, figures
from sendlib.errors import Problem
from sendlib.tidy import period_of

_PARTS_OF_FLOWS = (
    ("plans_issued_within_20_weeks", "plans_issued"),
    ("requests_refused", "requests"),
    ("requests_agreed", "requests"),
    ("plans_issued_excluding_exceptions", "plans_issued"),
    ("plans_issued_within_20_weeks_excluding_exceptions", "plans_issued_excluding_exceptions"),
)
_SIGNED = ("forecast_error_1_year", "forecast_error_3_years", "import_export")  # may be below 0
_COHORT = 0.12  # of children below 18, in one school year at most
_PRICES = (4_000, 12_500)  # of a place for a year [£]
_NUMBER = r"\d+(\.\d+)?"
_POLICY: Mapping[str, tuple[str, float]] = {
    "date": (r"\d{4}-\d{2}(-\d{2})?", np.inf),
    "share": (_NUMBER, 1.0),
    "%": (_NUMBER, 100.0),
    "GBP": (_NUMBER, np.inf),
    "plans": (_NUMBER, np.inf),
}


def find_impossible(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Figures that no count, share or part of another can be, and values of policy of no type."""
    return [
        *_not_of_unit(tables),
        *_parts_above_total(tables),
        *_cohorts(tables["outcome"], figures(tables["children"], "persons")),
        *_prices(tables["place_deduction"]),
        *_policy(tables["policy_lever"]),
    ]


def _not_of_unit(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    for name, value, keys, kind, *_ in (each for each in SERIES if not each.breakdown):
        frame = tables[name]
        time = period_of(frame)
        number = frame[value]
        wrong = pd.Series(False, frame.index)
        if "unit" in frame:
            unit, signed = frame["unit"], frame[keys].isin(_SIGNED).any(axis=1)
            wrong |= (number.abs() > 100) & unit.str.startswith("%")
            wrong |= (number < 0) & (unit != "score") & ~signed
        if kind == "count":
            wrong |= (number < 0) | (number % 1 != 0) & number.notna()
        if kind == "money":
            wrong |= number < 0
        for row in frame[wrong].to_dict("records"):
            series = " ".join(str(row[key]) for key in keys)
            where = (
                f"table {name}, {series}, area {row['area_code']}, {row[time]}, {row['source_id']}"
            )
            remedy = (
                "give a percentage from 0 to 100, whole numbers of children and no negative sums"
            )
            yield Problem("impossible_value_of_unit", f"{row[value]:,.6g}", where, remedy)


def _parts_above_total(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """Parts of a year's flows, or of a group of children, that are more than the whole."""
    flow = tables["ehcp_flow"].pivot(
        index=["area_code", "calendar_year"], columns="measure", values="value"
    )
    remedy = "compare the file with what was published: two columns may be in each other's place"
    for part, whole in _PARTS_OF_FLOWS:
        if part in flow and whole in flow:
            for row in flow[flow[part] > flow[whole]].reset_index().to_dict("records"):
                found = f"{row[part]:,.0f} of {row[whole]:,.0f}"
                where = f"table ehcp_flow, {part} of {whole}, area {row['area_code']}"
                yield Problem(
                    "part_larger_than_whole", found, f"{where}, {row['calendar_year']}", remedy
                )
    outcome = tables["outcome"]
    of = 100 * outcome["numerator"] / outcome["denominator"]
    off = (outcome["numerator"] > outcome["denominator"]) | (
        (outcome["unit"] == "%") & ((of - outcome["value"]).abs() > 1)
    )
    for row in outcome[off].to_dict("records"):
        found = f"{row['value']:.4g} for {row['numerator']:,.6g} of {row['denominator']:,.6g}"
        where = f"table outcome, {row['outcome']} {row['group']}, area {row['area_code']}"
        yield Problem("value_unlike_its_parts", found, f"{where}, {row['academic_year']}", remedy)


def _cohorts(outcome: pd.DataFrame, children: pd.Series) -> Iterator[Problem]:
    """Children of one school year that are more than two years of an authority's children."""
    cohort = outcome[~outcome["outcome"].str.startswith("share_of")]
    usual = children.groupby(level="area_code").max() * _COHORT
    most = cohort["area_code"].map(usual)
    for row in cohort[cohort["denominator"] > most].to_dict("records"):
        found = f"{row['denominator']:,.0f} children of one school year"
        where = f"table outcome, {row['outcome']} {row['group']}, area {row['area_code']}"
        remedy = "compare the file with what was published: the column may be in another unit"
        yield Problem("cohort_too_large", found, f"{where}, {row['academic_year']}", remedy)


def _prices(deductions: pd.DataFrame) -> Iterator[Problem]:
    """Deductions that are not the number of places by what any place costs a year."""
    frame = deductions[~deductions["places"].str.startswith("Hospital")]  # places stand in pounds
    places = (5 * frame["places_from_april"] + 7 * frame["places_from_autumn"]) / 12
    price = frame["deduction_gbp"] / places.where(places != 0)
    unpriced = price.isna() & (frame["deduction_gbp"] != 0)
    wrong = frame[unpriced | price.notna() & ~price.between(*_PRICES)]
    for row in wrong.to_dict("records"):
        found = f"£{row['deduction_gbp']:,.0f} for {row['places_from_april']:g} places from April"
        found += f" and {row['places_from_autumn']:g} from the autumn"
        where = f"table place_deduction, {row['institution']}, {row['places']}"
        remedy = f"a place costs £{_PRICES[0]:,} to £{_PRICES[1]:,} a year: compare the file"
        where = f"{where}, area {row['area_code']}, {row['financial_year']}"
        yield Problem("no_price_of_a_place", found, where, remedy)


def _policy(levers: pd.DataFrame) -> Iterator[Problem]:
    """Values of policy that are not of the type that their unit names."""
    for row in levers.to_dict("records"):
        unit, parts = str(row["unit"]).split(" ")[0], str(row["value"]).split(";")
        form, highest = _POLICY.get(unit, (r".*", np.inf))
        right = all(re.fullmatch(form, part.strip()) for part in parts)
        if right and highest < np.inf:
            right = all(float(part) <= highest for part in parts)
        if not right:
            where = f"table policy_lever, {row['lever']}"
            remedy = f"write a value of the unit {row['unit']!r}"
            yield Problem("policy_value_of_no_type", repr(row["value"]), where, remedy)
