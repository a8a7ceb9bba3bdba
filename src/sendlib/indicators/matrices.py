"""Measures as matrices, an area a row and a year a column: what the models reckon with."""

from collections.abc import Sequence

import pandas as pd

from sendlib import validation
from sendlib.vocabulary import TOTAL, FlowMeasure, PlaceType

_CASELOAD = ("area_code", "census_year", "age_band", "place_type", "primary_need", "plans")
_FLOW = ("area_code", "calendar_year", "measure", "value")


def total_plans(caseload: pd.DataFrame) -> pd.DataFrame:
    """Plans in force at each January, an area a row and a census year a column.

    Parameters
    ----------
    caseload : pd.DataFrame
        Table ``ehcp_caseload``.

    Returns
    -------
    pd.DataFrame
        Index ``area_code``, columns ``census_year``. [plans]
    """
    validation.check_table(caseload, _CASELOAD, "ehcp_caseload")
    whole = (caseload[["age_band", "place_type", "primary_need"]] == TOTAL).all(axis=1)
    return caseload[whole].pivot(index="area_code", columns="census_year", values="plans")


def plans_by_place(caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plans of one area by place type, a census year a row.

    A place type that was not collected in a year is missing, not zero.

    Returns
    -------
    pd.DataFrame
        Index ``census_year``, columns place types in the order of the list. [plans]
    """
    rows = caseload[
        (caseload["area_code"] == area_code)
        & (caseload["age_band"] == TOTAL)
        & (caseload["primary_need"] == TOTAL)
        & (caseload["place_type"] != TOTAL)
    ]
    wide = rows.pivot(index="census_year", columns="place_type", values="plans")
    return wide[[place.value for place in PlaceType if place.value in wide]]


def plans_in_places(caseload: pd.DataFrame, places: Sequence[str]) -> pd.DataFrame:
    """Plans in the given place types together, and all plans, at each January."""
    validation.check_table(caseload, _CASELOAD, "ehcp_caseload")
    validation.check_places(places)
    rows = caseload[(caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)]
    wide = rows.pivot(index=["area_code", "census_year"], columns="place_type", values="plans")
    wide = wide.reindex(columns=[*places, TOTAL])
    plans = wide[list(places)].sum(axis=1, skipna=False)
    return pd.DataFrame({"plans": plans, "all_plans": wide[TOTAL]})


def flow_by_year(flow: pd.DataFrame, measure: FlowMeasure) -> pd.DataFrame:
    """One measure of flow, an area a row and a calendar year a column. [count]"""
    validation.check_table(flow, _FLOW, "ehcp_flow")
    validation.check_known(measure, FlowMeasure, "measure")
    rows = flow[flow["measure"] == measure]
    return rows.pivot(index="area_code", columns="calendar_year", values="value")


def indicator_by_year(indicators: pd.DataFrame, name: str) -> pd.DataFrame:
    """One published indicator, an area a row and a year a column; its unit is in its name."""
    validation.check_table(indicators, ("area_code", "indicator", "year", "value"), "indicator")
    if len(indicators):
        validation.check_known(name, indicators["indicator"].unique(), "name")
    rows = indicators[indicators["indicator"] == name]
    return rows.pivot(index="area_code", columns="year", values="value")
