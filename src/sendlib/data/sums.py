"""Figures that have to equal others: parts and totals, two publications of one thing.

A year is that in which a figure's period ends, so that what is published by academic,
financial and calendar year stands side by side.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sendlib.vocabulary import TOTAL

Tables = Mapping[str, pd.DataFrame]
Figures = pd.Series
"""Values by area, year and what else names one."""

_AREA_YEAR = ["area_code", "year"]
TIMES = ("census_year", "calendar_year", "year", "financial_year", "academic_year")
_ENDS_LATER = ("financial_year", "academic_year")
_FLOW_SHARES = {  # an indicator: of what, in percent
    "requests_refused_pct": ("requests_refused", "requests"),
    "ehcp_within_20_weeks_excluding_exceptions_pct": (
        "plans_issued_within_20_weeks_excluding_exceptions",
        "plans_issued_excluding_exceptions",
    ),
}
_SAME_OUTCOMES = {  # an indicator: the same as an outcome of a group of children
    "phonics_expected_sen_support_pct": ("phonics_expected", "sen_support"),
    "ks2_rwm_expected_ehcp_pct": ("ks2_rwm_expected", "ehcp"),
    "ks2_rwm_expected_sen_support_pct": ("ks2_rwm_expected", "sen_support"),
    "ks2_rwm_expected_no_sen_pct": ("ks2_rwm_expected", "no_sen"),
    "eyfs_good_development_ehcp_pct": ("good_level_of_development", "ehcp"),
    "eyfs_good_development_sen_support_pct": ("good_level_of_development", "sen_support"),
    "attainment8_no_sen": ("attainment8", "no_sen"),
    "pupils_with_ehcp_pct": ("share_of_pupils", "ehcp"),
    "pupils_on_sen_support_pct": ("share_of_pupils", "sen_support"),
}


_SAME = (0.0, 3.0)  # pounds in two publications differ by rounding alone [£]


class Equality(NamedTuple):
    """Two ways to one figure, and what they may differ by."""

    table: str
    series: str
    one: Figures
    other: Figures
    share: float = 0.02  # of the other
    least: float = 10.0  # in the figure's unit


def equalities(tables: Tables) -> Iterator[Equality]:
    """Every pair of figures that have to be the same."""
    yield from _plans(tables)
    yield from _flows(tables)
    yield from _money(tables)
    yield from _rates(tables)


def figures(frame: pd.DataFrame, value: str, *more: str) -> Figures:
    """A column of a table by area, year and further columns, added up; missing where a part is."""
    time = next(name for name in TIMES if name in frame)
    year = frame[time]
    if time in _ENDS_LATER:
        year = year.astype("object").str[:4].astype(int) + 1
    index = [frame["area_code"], year.rename("year"), *(frame[name] for name in more)]
    groups = frame[value].groupby(index, observed=True)
    return groups.sum()[groups.count() == groups.size()]


def _pick(frame: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    keep = np.logical_and.reduce(
        [(frame[name] == text).to_numpy() for name, text in wanted.items()]
    )
    return frame[keep]


def _flow(tables: Tables, measure: str) -> Figures:
    return figures(_pick(tables["ehcp_flow"], measure=measure), "value")


def _margins(
    frame: pd.DataFrame, table: str, axes: Sequence[str], value: str = "plans"
) -> Iterator[Equality]:
    """Each breakdown of a table, added up, with its total."""
    whole = figures(_pick(frame, **dict.fromkeys(axes, TOTAL)), value)
    for axis in axes:
        rest = {name: TOTAL for name in axes if name != axis}
        parts = _pick(frame, **rest)
        parts = parts[(parts[axis] != TOTAL) & (parts["value_status"] != "not_collected")]
        yield Equality(table, axis, figures(parts, value), whole)


def _plans(tables: Tables) -> Iterator[Equality]:
    caseload, ages = tables["ehcp_caseload"], tables["ehcp_caseload_by_age"]
    yield from _margins(caseload, "ehcp_caseload", ("age_band", "place_type", "primary_need"))
    by_place = _pick(caseload, age_band=TOTAL, primary_need=TOTAL)
    both = figures(ages, "plans", "place_type"), figures(by_place, "plans", "place_type")
    yield Equality("ehcp_caseload_by_age", "plans", *both)
    transfers = figures(_pick(tables["phase_transfer"], item="plans"), "plans")
    everybody = figures(_pick(by_place, place_type=TOTAL), "plans")
    yield Equality("phase_transfer", "plans", transfers, everybody)
    totals = tables["ehcp_total_by_table"].dropna(subset=["plans"])
    ends = totals.rename(columns={"census_year": "year"}).groupby(_AREA_YEAR)["plans"]
    yield Equality("ehcp_total_by_table", "plans", ends.min(), ends.max())


def _flows(tables: Tables) -> Iterator[Equality]:
    new, ceased = tables["ehcp_new_plans_by_age"], tables["ehcp_ceased"]
    started = _flow(tables, "new_plans")
    total = _pick(new, place_type=TOTAL)
    yield Equality("ehcp_new_plans_by_age", "age", figures(total, "plans"), started)
    places = new[(new["place_type"] != TOTAL) & (new["value_status"] != "not_collected")]
    by_age = figures(total, "plans", "age")
    yield Equality("ehcp_new_plans_by_age", "place_type", figures(places, "plans", "age"), by_age)
    needs = tables["ehcp_new_plans_by_need"]
    needs = needs[(needs["primary_need"] != TOTAL) & (needs["value_status"] != "not_collected")]
    yield Equality("ehcp_new_plans_by_need", "primary_need", figures(needs, "plans"), started)
    yield from _margins(ceased, "ehcp_ceased", ("age", "place_type", "reason"))
    ended = figures(_pick(ceased, age=TOTAL, place_type=TOTAL, reason=TOTAL), "plans")
    yield Equality("ehcp_ceased", "total", ended, _flow(tables, "ceased_plans"))


def _money(tables: Tables) -> Iterator[Equality]:
    long = tables["high_needs_term"]
    term = {name: figures(_pick(long, term=name), "value") for name in long["term"].unique()}
    rest = ["formula_factors", "import_export", "special_free_schools"]
    later = term["hospital_and_pay"].add(term["additional"], fill_value=0.0)
    formula = sum(term[name] for name in rest) + term["basic_entitlement"] * term["pupils"]
    formula += later.reindex(formula.index).fillna(0.0)
    before = term["before_deductions"]
    yield Equality("high_needs_term", "formula", formula, before, 1e-4)
    left = before - term["deductions"]
    yield Equality("high_needs_term", "deductions", left, term["after_deductions"], 1e-4)
    taken = figures(tables["place_deduction"], "deduction_gbp")
    stated = term["deductions"].index
    of_years = stated[stated.isin(taken.index.unique("year"), level="year")]
    taken = taken.reindex(of_years.union(taken.index), fill_value=0.0)  # an area that is gone
    yield Equality("place_deduction", "deduction_gbp", taken, term["deductions"], *_SAME)
    funding = tables["high_needs_funding"]
    for name in ("before_deductions", "after_deductions"):
        given = figures(_pick(funding, element=f"high_needs_{name}"), "allocation_gbp")
        yield Equality("high_needs_funding", name, given, term[name], *_SAME)
    lines = _pick(tables["outturn_by_sector"], sector="all")
    lines = lines[lines["line"] != "place_funding"]
    spend = figures(_pick(tables["high_needs_spend"], basis="outturn"), "net_gbp")
    yield Equality("high_needs_spend", "lines", figures(lines, "net_gbp"), spend, *_SAME)


def _rates(tables: Tables) -> Iterator[Equality]:
    long, outcomes = tables["indicator"], tables["outcome"]
    for name, (part, whole) in _FLOW_SHARES.items():
        share = 100 * _flow(tables, part) / _flow(tables, whole)
        yield Equality(
            "indicator", name, figures(_pick(long, indicator=name), "value"), share, 0, 1
        )
    for name, (outcome, group) in _SAME_OUTCOMES.items():
        same = figures(_pick(outcomes, outcome=outcome, group=group), "value")
        stated = figures(_pick(long, indicator=name), "value")
        yield Equality("indicator", name, stated, same, 0.05, 1.5)
    of = figures(outcomes, "denominator", "outcome", "group").unstack("group")
    for stage in ("ks2_rwm_expected", "good_level_of_development"):
        one = of.xs(stage, level="outcome")
        parts = one["ehcp"] + one["sen_support"]
        yield Equality("outcome", f"children {stage}", parts, one["all_sen"])
    attendance = _pick(tables["attendance"], measure="overall_absence", term="year")
    for group in ("ehcp", "sen_support", "no_sen"):
        absent = figures(_pick(attendance, group=group), "value")
        same = figures(_pick(outcomes, outcome="overall_absence", group=group), "value")
        yield Equality("attendance", f"overall_absence {group}", absent, same, 0.2, 3.0)
