"""Figures as models and other pages take them: matrices by year, and plain rows."""

from collections.abc import Sequence

import pandas as pd

from sendlib import validation
from sendlib.tidy import pick, with_years
from sendlib.vocabulary import TOTAL, ChildGroup, FlowMeasure, OutcomeMeasure, ValueStatus

_CASELOAD = ("area_code", "census_year", "age_band", "place_type", "primary_need", "plans")
_KEY = ["area_code", "year"]
_FLOW = ("area_code", "calendar_year", "measure", "value")


def total_plans(caseload: pd.DataFrame) -> pd.DataFrame:
    """Plans in force, an ``area_code`` a row and a ``census_year`` a column. [plans]"""
    validation.check_table(caseload, _CASELOAD, "ehcp_caseload")
    is_total = (caseload[["age_band", "place_type", "primary_need"]] == TOTAL).all(axis=1)
    return caseload[is_total].pivot(index="area_code", columns="census_year", values="plans")


def flow_by_year(flow: pd.DataFrame, measure: FlowMeasure) -> pd.DataFrame:
    """One measure of flow, an area a row and a calendar year a column. [count]"""
    validation.check_table(flow, _FLOW, "ehcp_flow")
    validation.check_known(measure, FlowMeasure, "measure")
    rows = flow[flow["measure"] == measure]
    return rows.pivot(index="area_code", columns="calendar_year", values="value")


def plans_in(caseload: pd.DataFrame, column: str, values: Sequence[str]) -> pd.DataFrame:
    """Plans of some values of a column added, and all plans, by ``area_code`` and ``year``. [plans]

    Missing where a part is; ``value_status`` is that of the first part not simply reported.
    """
    others = sorted({"age_band", "place_type", "primary_need"} - {column})
    rows = caseload[(caseload[others] == TOTAL).all(axis=1)].assign(year=caseload["census_year"])
    wide = rows.pivot(index=_KEY, columns=column, values="plans")
    parts = rows[rows[column].isin(values)].set_index(_KEY)
    first = parts.loc[~parts.index.duplicated(), ["source_id"]]
    odd = parts.loc[parts["value_status"] != ValueStatus.REPORTED, "value_status"]
    found = first.assign(
        plans=wide.reindex(columns=list(values)).sum(axis=1, skipna=False),
        all_plans=wide[TOTAL],
        value_status=odd[~odd.index.duplicated()],
    ).reset_index()
    found["value_status"] = found["value_status"].fillna(ValueStatus.REPORTED)
    return found.assign(period="January " + found["year"].astype(str))


def flow_share(flow: pd.DataFrame, measure: str, total: str) -> pd.DataFrame:
    """One measure of flow as a share of another (``of``), by area and ``year``. [0 to 1]"""
    rows = with_years(flow)
    of = rows.loc[(rows["measure"] == total) & (rows["value"] > 0), [*_KEY, "value"]]
    both = rows[rows["measure"] == measure].merge(of.rename(columns={"value": "of"}), on=_KEY)
    return both.assign(value=both["value"] / both["of"])


def attendance_by_year(
    attendance: pd.DataFrame, outcomes: pd.DataFrame, name: str, group: str, *, term: str = "year"
) -> pd.DataFrame:
    """One measure of attendance of a group of children, by area and ``year``.

    Years and areas that the newest release leaves out have the figure of table ``outcome``,
    where that has the measure.
    """
    newer = pick(attendance, measure=name, term=term, group=group)
    older = pick(outcomes, outcome=name, group=group)
    return with_years(pd.concat([newer, older]).drop_duplicates(["area_code", "academic_year"]))


def outcome_by_year(outcomes: pd.DataFrame, name: str, group: str) -> pd.DataFrame:
    """The rows of one outcome and group of children, with the year in which each ends."""
    needed = ("area_code", "academic_year", "outcome", "group", "value")
    validation.check_table(outcomes, needed, "outcome")
    validation.check_known(name, OutcomeMeasure, "name")
    validation.check_known(group, ChildGroup, "group")
    return with_years(pick(outcomes, outcome=name, group=group))
