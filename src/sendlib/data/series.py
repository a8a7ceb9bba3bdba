"""Every published series, and figures that have to equal others: parts and totals, two sources.

A year is that in which a figure's period ends, so that what is published by academic,
financial and calendar year stands side by side.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sendlib.files import read_list
from sendlib.tidy import period_of, pick, years_of
from sendlib.vocabulary import TOTAL

Tables = Mapping[str, pd.DataFrame]
Figures = pd.Series
"""Values by area, year and what else names one."""

_AREA_YEAR = ["area_code", "year"]
_SAME = (0.0, 3.0)  # pounds in two publications differ by rounding alone [£]


class Series(NamedTuple):
    """The series of a table: a value, what names one beside area and time, and what it counts.

    Of ``totals`` the total alone is taken. Where a series is ``steady``, all areas together do
    not move far in a year, however small each is. A ``breakdown`` is of a flow that is listed
    in all: what is gone there is gone here.
    """

    table: str
    value: str
    keys: list[str]
    kind: str  # count, money or any
    totals: list[str]
    steady: bool
    breakdown: bool


SERIES = [
    Series(table, value, keys.split(), kind, totals.split(), steady == "yes", breakdown == "yes")
    for table, value, keys, kind, totals, steady, breakdown in read_list(
        "data", "series.csv"
    ).to_numpy()
]


class Anomaly(NamedTuple):
    """Something that a person has to look at before a board sees it."""

    check: str
    table: str
    series: str
    area_code: str
    time: str
    found: str


def to_text(value: float) -> str:
    """A figure as a person reads it, without powers of ten where it is large."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def each_cell(where: np.ndarray | pd.DataFrame, *wide: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The name and the period of each cell that is marked, and what wide frames have there."""
    for row, column in np.argwhere(where):
        numbers = (frame.to_numpy()[row, column] for frame in wide)
        yield wide[0].index[row], wide[0].columns[column], *numbers


def to_wide(frame: pd.DataFrame, each: Series) -> pd.DataFrame:
    """A row for each series and area, a column for each period."""
    if each.totals:
        frame = frame[(frame[each.totals] == TOTAL).all(axis=1)]
    series = np.full(len(frame), each.value, dtype=object)
    if each.keys:
        names = [
            " ".join(map(str, row)) for row in frame[each.keys].drop_duplicates().to_numpy(object)
        ]
        number = frame.groupby(each.keys, observed=True, sort=False).ngroup()
        series = np.asarray(names, dtype=object)[number]
    labels = [series, _as_text(frame["area_code"]), _as_text(frame[period_of(frame)])]
    index = pd.MultiIndex.from_arrays(labels, names=["series", "area_code", "time"])
    values = pd.Series(frame[each.value].to_numpy(float), index).dropna()
    if index.has_duplicates:  # a breakdown further than the series
        values = values.groupby(level=list(index.names)).sum()
    wide = values.unstack("time")
    return wide.reindex(columns=_each_period(list(wide.columns)))


def _as_text(values: pd.Series) -> np.ndarray:
    codes, names = pd.factorize(values)
    return np.asarray([str(name) for name in names], dtype=object)[codes]


def _each_period(periods: Sequence[str]) -> list[str]:
    """Periods with those between them that no area has, so that a lost year is seen."""
    known = {int(name[:4]): name for name in periods}
    mark = periods[0][4:5]
    every = range(min(known), max(known) + 1)
    return [
        known.get(year, f"{year}{mark}{(year + 1) % 100:02}" if mark else f"{year}")
        for year in every
    ]


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
    year = years_of(frame).rename("year")
    index = [frame["area_code"], year, *(frame[name] for name in more)]
    groups = frame[value].groupby(index, observed=True)
    return groups.sum()[groups.count() == groups.size()]


def _flow(tables: Tables, measure: str) -> Figures:
    return figures(pick(tables["ehcp_flow"], measure=measure), "value")


def _margins(frame: pd.DataFrame, table: str, axes: Sequence[str]) -> Iterator[Equality]:
    """Each breakdown of a table of plans, added up, with its total."""
    whole = figures(pick(frame, **dict.fromkeys(axes, TOTAL)), "plans")
    for axis in axes:
        rest = {name: TOTAL for name in axes if name != axis}
        parts = pick(frame, **rest)
        parts = parts[(parts[axis] != TOTAL) & (parts["value_status"] != "not_collected")]
        yield Equality(table, axis, figures(parts, "plans"), whole)


def _plans(tables: Tables) -> Iterator[Equality]:
    caseload, ages = tables["ehcp_caseload"], tables["ehcp_caseload_by_age"]
    yield from _margins(caseload, "ehcp_caseload", ("age_band", "place_type", "primary_need"))
    by_place = pick(caseload, age_band=TOTAL, primary_need=TOTAL)
    both = figures(ages, "plans", "place_type"), figures(by_place, "plans", "place_type")
    yield Equality("ehcp_caseload_by_age", "plans", *both)
    transfers = figures(pick(tables["phase_transfer"], item="plans"), "plans")
    everybody = figures(pick(by_place, place_type=TOTAL), "plans")
    yield Equality("phase_transfer", "plans", transfers, everybody)
    totals = tables["ehcp_total_by_table"].dropna(subset=["plans"])
    ends = totals.rename(columns={"census_year": "year"}).groupby(_AREA_YEAR)["plans"]
    yield Equality("ehcp_total_by_table", "plans", ends.min(), ends.max())


def _flows(tables: Tables) -> Iterator[Equality]:
    new, ceased = tables["ehcp_new_plans_by_age"], tables["ehcp_ceased"]
    started = _flow(tables, "new_plans")
    total = pick(new, place_type=TOTAL)
    yield Equality("ehcp_new_plans_by_age", "age", figures(total, "plans"), started)
    places = new[(new["place_type"] != TOTAL) & (new["value_status"] != "not_collected")]
    by_age = figures(total, "plans", "age")
    yield Equality("ehcp_new_plans_by_age", "place_type", figures(places, "plans", "age"), by_age)
    needs = tables["ehcp_new_plans_by_need"]
    needs = needs[(needs["primary_need"] != TOTAL) & (needs["value_status"] != "not_collected")]
    yield Equality("ehcp_new_plans_by_need", "primary_need", figures(needs, "plans"), started)
    yield from _margins(ceased, "ehcp_ceased", ("age", "place_type", "reason"))
    ended = figures(pick(ceased, age=TOTAL, place_type=TOTAL, reason=TOTAL), "plans")
    yield Equality("ehcp_ceased", "total", ended, _flow(tables, "ceased_plans"))


def _money(tables: Tables) -> Iterator[Equality]:
    long = tables["high_needs_term"]
    term = {name: figures(pick(long, term=name), "value") for name in long["term"].unique()}
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
        given = figures(pick(funding, element=f"high_needs_{name}"), "allocation_gbp")
        yield Equality("high_needs_funding", name, given, term[name], *_SAME)
    lines = pick(tables["outturn_by_sector"], sector="all")
    lines = lines[lines["line"] != "place_funding"]
    spend = figures(pick(tables["high_needs_spend"], basis="outturn"), "net_gbp")
    yield Equality("high_needs_spend", "lines", figures(lines, "net_gbp"), spend, *_SAME)


def _rates(tables: Tables) -> Iterator[Equality]:
    long, outcomes = tables["indicator"], tables["outcome"]
    known = read_list("data", "lait_indicators.csv")
    for name, table, way in known[["indicator", "also_in", "as"]].to_numpy():
        stated = figures(pick(long, indicator=name), "value")
        part, _, whole = way.partition("/")  # a flow and what it is of, or an outcome and a group
        if table == "ehcp_flow":
            share = 100 * _flow(tables, part) / _flow(tables, whole)
            yield Equality("indicator", name, stated, share, 0, 1)
        elif table == "outcome":
            same = figures(pick(outcomes, outcome=part, group=whole), "value")
            yield Equality("indicator", name, stated, same, 0.05, 1.5)
    of = figures(outcomes, "denominator", "outcome", "group").unstack("group")
    for stage in ("ks2_rwm_expected", "good_level_of_development"):
        one = of.xs(stage, level="outcome")
        parts = one["ehcp"] + one["sen_support"]
        yield Equality("outcome", f"children {stage}", parts, one["all_sen"])
    attendance = pick(tables["attendance"], measure="overall_absence", term="year")
    for group in ("ehcp", "sen_support", "no_sen"):
        absent = figures(pick(attendance, group=group), "value")
        same = figures(pick(outcomes, outcome="overall_absence", group=group), "value")
        yield Equality("attendance", f"overall_absence {group}", absent, same, 0.2, 3.0)
