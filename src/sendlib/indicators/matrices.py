"""Measures as matrices, an area a row and a year a column: what the models reckon with."""

from collections.abc import Sequence

import pandas as pd

from sendlib import given
from sendlib.vocabulary import TOTAL, AgeBand, FlowMeasure, PlaceType, PrimaryNeed

_CASELOAD = ("area_code", "census_year", "age_band", "place_type", "primary_need", "plans")
_YEARS = "name years that it has, as numbers"
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
    given.check_table(caseload, _CASELOAD, "ehcp_caseload")
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
    """Plans in the given place types together, and all plans, at each January.

    Returns
    -------
    pd.DataFrame
        Index ``area_code`` and ``census_year``: ``plans`` (missing where a part
        is) and ``all_plans``. [plans]
    """
    given.check_table(caseload, _CASELOAD, "ehcp_caseload")
    given.check_places(places)
    rows = caseload[(caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)]
    wide = rows.pivot(index=["area_code", "census_year"], columns="place_type", values="plans")
    wide = wide.reindex(columns=[*places, TOTAL])
    plans = wide[list(places)].sum(axis=1, skipna=False)
    return pd.DataFrame({"plans": plans, "all_plans": wide[TOTAL]})


def plans_by_age_band(caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plans of one area by age band, for the Januaries that have them all.

    Returns
    -------
    pd.DataFrame
        Index ``census_year``, columns age bands in order. [plans]
    """
    rows = caseload[
        (caseload["area_code"] == area_code)
        & (caseload["age_band"] != TOTAL)
        & (caseload["primary_need"] == TOTAL)
        & (caseload["place_type"] == TOTAL)
    ]
    wide = rows.pivot(index="census_year", columns="age_band", values="plans")
    return wide[[band.value for band in AgeBand]].dropna()


def shares_by_need(caseload: pd.DataFrame) -> pd.DataFrame:
    """Share of plans by main need, in the last January that has needs.

    Returns
    -------
    pd.DataFrame
        Index ``area_code``, columns needs in the order of the list; the year is
        in ``attrs["census_year"]``. [share, 0 to 1]
    """
    rows = caseload[
        (caseload["age_band"] == TOTAL)
        & (caseload["primary_need"] != TOTAL)
        & (caseload["place_type"] == TOTAL)
    ]
    last = rows["census_year"].max()
    wide = rows[rows["census_year"] == last].pivot(
        index="area_code", columns="primary_need", values="plans"
    )
    shares: pd.DataFrame = wide.div(wide.sum(axis=1, skipna=False), axis=0).dropna()
    shares = shares[[need.value for need in PrimaryNeed if need.value in shares]]
    shares.attrs["census_year"] = last
    return shares


def growth_pct(plans: pd.DataFrame, first: int, last: int) -> pd.Series:
    """Growth between two years; missing where there was nothing to grow from. [%]

    Examples
    --------
    >>> plans = pd.DataFrame({2013: [100.0], 2019: [179.0]}, index=["865"])
    >>> growth_pct(plans, 2013, 2019).round(1).tolist()
    [79.0]
    """
    given.check_columns(plans.columns, [first, last], where="growth_pct", remedy=_YEARS)
    return 100 * (plans[last] / plans[first].where(plans[first] > 0) - 1)


def index_to(plans: pd.DataFrame, base: int) -> pd.DataFrame:
    """Every year as an index of a base year; missing where that is zero. [base year = 100]"""
    given.check_columns(plans.columns, [base], where="index_to", remedy=_YEARS)
    return 100 * plans.div(plans[base].where(plans[base] > 0), axis=0)


def rate_per_10k(plans: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Plans for every 10,000 residents aged 0 to 25, where the residents are known.

    Parameters
    ----------
    plans : pd.DataFrame
        Index ``area_code``, columns ``census_year``. [plans]
    population : pd.DataFrame
        Table ``population``. The mid-year before a January is its denominator.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``census_year``, ``plans``, ``persons``, ``plans_per_10k``;
        only where both are known.
    """
    young = population[population["age"].between(0, 25)]
    persons = young.groupby(["area_code", "year"])["persons"].sum(min_count=26).reset_index()
    persons["census_year"] = persons["year"] + 1
    long = plans.reset_index().melt("area_code", var_name="census_year", value_name="plans")
    joined = long.merge(persons, on=["area_code", "census_year"])
    joined["plans_per_10k"] = 10_000 * joined["plans"] / joined["persons"]
    return joined[["area_code", "census_year", "plans", "persons", "plans_per_10k"]]


def flow_by_year(flow: pd.DataFrame, measure: FlowMeasure) -> pd.DataFrame:
    """One measure of flow, an area a row and a calendar year a column. [count]

    Parameters
    ----------
    flow : pd.DataFrame
        Table ``ehcp_flow``.
    measure : FlowMeasure
        Such as ``FlowMeasure.REQUESTS``, or its value, "requests".
    """
    given.check_table(flow, _FLOW, "ehcp_flow")
    given.check_known(measure, FlowMeasure, "measure")
    rows = flow[flow["measure"] == measure]
    return rows.pivot(index="area_code", columns="calendar_year", values="value")


def indicator_by_year(indicators: pd.DataFrame, name: str) -> pd.DataFrame:
    """One published indicator, an area a row and a year a column; its unit is in its name.

    Parameters
    ----------
    indicators : pd.DataFrame
        Table ``indicator``.
    name : str
        A value of its column ``indicator``, such as "pupils_with_ehcp_pct".
    """
    given.check_table(indicators, ("area_code", "indicator", "year", "value"), "indicator")
    if len(indicators):
        given.check_known(name, indicators["indicator"].unique(), "name")
    rows = indicators[indicators["indicator"] == name]
    return rows.pivot(index="area_code", columns="year", values="value")
