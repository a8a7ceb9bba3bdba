"""Tables of the Local SEND Reform Plan (LSRP), 2025 to 2029.

The year of a table is that of its calendar: plans are those of the January
count that follows it, and requests and assessments are those of the year
itself. What has not been counted yet is called projected, also for a year that
the department's table calls actual.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGE_BANDS, Axes
from sendlib.returns.groups import PROVISIONS, TABS, described, group_of
from sendlib.returns.plan_tables import ALL_AGES, ALL_NEEDS, january_heading
from sendlib.returns.rounding import Ints, round_together, sums_along
from sendlib.returns.sheets import NOT_AVAILABLE, Cell, Column, Row, Sheet
from sendlib.returns.whole import Numbers
from sendlib.vocabulary import TOTAL, AgeBand, FlowMeasure, PrimaryNeed, labels

FIRST, LAST = 2025, 2029
ALL_PROVISIONS = "All provisions"
BY_AGE, BY_PROVISION, BY_NEED = "LSRP 5.1", "LSRP 6", "LSRP 7"
_STEPS = {
    "LSRP 10": ("requests", FlowMeasure.REQUESTS),
    "LSRP 11": ("assessed", FlowMeasure.ASSESSMENTS),
    "LSRP 12": ("issued", FlowMeasure.ASSESSMENTS_PLAN_ISSUED),
}


def lsrp_januaries(made: Numbers) -> list[int]:
    """The January counted last, and those that the tables ask for as far as they are projected."""
    asked = range(FIRST + 1, LAST + 2)
    return [january for january in made.januaries if january == made.origin or january in asked]


def column_heading(january: int, origin: int) -> str:
    """The heading of plans at a January, with the year of the LSRP that it stands for.

    Examples
    --------
    >>> column_heading(2025, 2025)
    'January 2025 count'
    >>> column_heading(2026, 2025)
    'LSRP 2025: January 2026 projected'
    """
    told = january_heading(january, origin)
    return f"LSRP {january - 1}: {told}" if FIRST <= january - 1 <= LAST else told


def need_sheet(tab: str) -> str:
    """The name of the sheet of needs in one placement tab: 7.1 to 7.7."""
    return f"{BY_NEED}.{list(TABS).index(tab) + 1}"


def plan_sheets(made: Numbers) -> list[Sheet]:
    """Tables 5.1, 6, 7 and 7.1 to 7.7: plans by age band, provision and need."""
    plans = made.mitigated.plans[[made.januaries.index(each) for each in lsrp_januaries(made)]]
    axes = made.mitigated.position.futures.axes
    provision, tab = (group_of(axes.places, groups) for groups in (PROVISIONS, TABS))
    bands = dict(zip(labels(AgeBand).values(), plans.sum(axis=(2, 3)).T, strict=True))
    provided = {
        name: plans[..., provision == at].sum(axis=(1, 2, 3)) for at, name in enumerate(PROVISIONS)
    }
    by_need = [
        _sheet(made, need_sheet(name), _of_needs(plans[..., tab == at], axes), described(group))
        for at, (name, group) in enumerate(TABS.items())
    ]
    return [
        _sheet(made, BY_AGE, Parts("Age band", ALL_AGES, bands), "age reached by 31 August"),
        _sheet(made, BY_PROVISION, Parts("Provision", ALL_PROVISIONS, provided), "all provisions"),
        _sheet(made, BY_NEED, _of_needs(plans, axes), "all provisions"),
        *by_need,
    ]


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of a total: what they are, what the total is called, and each part by January."""

    what: str
    whole: str
    plans: Mapping[str, Ints]


def _of_needs(plans: Ints, axes: Axes) -> Parts:
    named = [labels(PrimaryNeed)[need] for need in axes.needs]
    by_need = dict(zip(named, plans.sum(axis=(1, 3)).T, strict=True))
    return Parts("Primary need", ALL_NEEDS, by_need)


def _sheet(made: Numbers, name: str, parts: Parts, scope: str) -> Sheet:
    """A total and its parts."""
    headings = [column_heading(january, made.origin) for january in lsrp_januaries(made)]
    columns = (Column(parts.what, width=42), *(Column(each, "count", 18) for each in headings))
    whole = np.sum(list(parts.plans.values()), axis=0)
    rows: list[Row] = [(parts.whole, *whole.tolist())]
    rows += [(label, *row.tolist()) for label, row in parts.plans.items()]
    about = f"Plans by {parts.what.lower()}, mitigations included: {scope}."
    return Sheet(name, about, columns, tuple(rows))


def flow_sheets(made: Numbers, flow: pd.DataFrame, new_plans: pd.DataFrame) -> list[Sheet]:
    """Tables 10, 11 and 12: requests, assessments, and those that led to a plan."""
    return [_flow_sheet(made, name, flow, new_plans) for name in _STEPS]


def _flow_sheet(made: Numbers, name: str, flow: pd.DataFrame, new_plans: pd.DataFrame) -> Sheet:
    step, measure = _STEPS[name]
    last = made.origin - 1
    ahead = [year for year in range(FIRST, LAST + 1) if year > last]
    means = made.model.demand(made.scenario).steps[step].mean(axis=0)
    drawn = means[[year - made.origin for year in ahead]]
    projected = [int(round_together(np.array([mean]), [sums_along((1,), [])])[0]) for mean in drawn]
    columns = (
        Column("Age band", width=42),
        Column(f"{last} published", "count", 16),
        *(Column(f"LSRP {year}: projected", "count", 18) for year in ahead),
    )
    rows: list[Row] = [(ALL_AGES, _published(flow, made, measure), *projected)]
    counted = _by_age(new_plans, made) if name == "LSRP 12" else {}
    unknown: Row = (NOT_AVAILABLE,) * len(ahead)
    rows += [(label, counted.get(band, NOT_AVAILABLE), *unknown) for band, label in _bands()]
    return Sheet(name, _about(measure, name), columns, tuple(rows))


def _bands() -> list[tuple[str, str]]:
    return [(band.value, band.label) for band in AgeBand]


def _about(measure: FlowMeasure, name: str) -> str:
    ages = "ages of the year published" if name == "LSRP 12" else "ages are not published"
    return f"{measure.label} by calendar year; {ages}, and none are projected."


def _published(flow: pd.DataFrame, made: Numbers, measure: FlowMeasure) -> Cell:
    rows = flow[
        (flow["area_code"] == made.model.caseload.area_code)
        & (flow["calendar_year"] == made.origin - 1)
        & (flow["measure"] == measure)
    ]
    return _whole(rows["value"].sum(min_count=1))


def _by_age(new_plans: pd.DataFrame, made: Numbers) -> dict[str, Cell]:
    """New plans of the last year published by age band; none of a band that is not complete."""
    rows = new_plans[
        (new_plans["area_code"] == made.model.caseload.area_code)
        & (new_plans["calendar_year"] == made.origin - 1)
        & (new_plans["place_type"] == TOTAL)
        & (new_plans["age"] != TOTAL)
    ]
    first = rows["age"].str.extract(r"(\d+)", expand=False).astype(int)
    band = {age: name for name, ages in AGE_BANDS.items() for age in ages}
    sums = rows.groupby(first.map(band))["plans"].agg(lambda plans: plans.sum(skipna=False))
    return {str(name): _whole(plans) for name, plans in sums.items()}


def _whole(value: float) -> Cell:
    return NOT_AVAILABLE if np.isnan(value) else round(value)
