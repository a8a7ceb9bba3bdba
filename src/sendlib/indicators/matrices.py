"""Tables as models take them: an area a row and a year a column."""

import pandas as pd

from sendlib import validation
from sendlib.periods import academic_year_end
from sendlib.vocabulary import TOTAL, ChildGroup, FlowMeasure, OutcomeMeasure

_CASELOAD = ("area_code", "census_year", "age_band", "place_type", "primary_need", "plans")
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


def outcome_by_year(outcomes: pd.DataFrame, name: str, group: str) -> pd.DataFrame:
    """The rows of one outcome and group of children, with the year in which each ends."""
    needed = ("area_code", "academic_year", "outcome", "group", "value")
    validation.check_table(outcomes, needed, "outcome")
    validation.check_known(name, OutcomeMeasure, "name")
    validation.check_known(group, ChildGroup, "group")
    rows = outcomes[(outcomes["outcome"] == name) & (outcomes["group"] == group)]
    year = rows["academic_year"].map(academic_year_end).astype("int64")
    return rows.assign(year=year, period=rows["academic_year"])
