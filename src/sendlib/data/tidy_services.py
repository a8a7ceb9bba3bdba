"""Files on services to tidy tables: inspections, appeals, attendance, participation, places."""

from collections.abc import Mapping

import pandas as pd

from sendlib.data.crosswalks import (
    code_by_level,
    code_of_gss,
    crosswalk,
    to_rows,
)
from sendlib.vocabulary import ENGLAND

_OUTCOMES = {
    1: "typically lead to positive experiences and outcomes",
    2: "lead to inconsistent experiences and outcomes",
    3: "widespread and/or systemic failings",
}
_FIRST_BY_SEN = 2022
_PHASES = {
    "primary": ("PriNOR", "PriCap", "For_1_P", "For_3_P"),
    "secondary": ("SecNOR", "SecCap", "For_1_S", "For_3_S"),
}
_OF_PLACES = (
    {"measure": "pupils", "unit": "pupils"},
    {"measure": "places", "unit": "places"},
    {"measure": "forecast_error_1_year", "unit": "%"},
    {"measure": "forecast_error_3_years", "unit": "%"},
)


def tidy_services(
    frames: Mapping[str, pd.DataFrame], areas: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """All tables that come from files on services."""
    return {
        "inspection": inspection(frames["area_send_inspections"]),
        "participation": participation(frames["participation"], areas),
        "attendance": attendance(frames["attendance_by_sen"], areas),
        "absence_by_need": absence_by_need(frames["absence_by_need"], areas),
        "appeal": appeal(frames["appeals"]),
        "school_places": school_places(frames["school_places"]),
        "place_deduction": place_deduction(frames["place_deductions"]),
        "phase_transfer": phase_transfer(frames["phase_transfers"]),
        "policy_fact": frames["policy_facts"]
        .rename(columns={"source": "where"})
        .assign(source_id="policy_facts_2026"),
    }


def inspection(frame: pd.DataFrame) -> pd.DataFrame:
    """Inspections by area; the day of the first of January 1900 stands for none."""
    day = {
        name: pd.to_datetime(frame[column], format="%d/%m/%y", errors="coerce")
        for name, column in (
            ("inspected_on", "Inspection Start Date"),
            ("published_on", "Publication Date"),
            ("next_by", "Next Inspection By Date"),
        )
    }
    outcome = frame["Outcome Grade"]
    return pd.DataFrame(
        {
            "area_code": frame["La Code"],
            **day,
            "outcome": outcome,
            "outcome_label": outcome.map(_OUTCOMES).fillna(""),
            "next_inspection": frame["Next Inspection"].replace("NaN", ""),
            "link": frame["Inspection Link"],
            "value_status": frame["Outcome Grade_status"],
            "source_id": "ofsted_area_send_2026",
        }
    )


def participation(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Shares by group; the file of 2021 repeats those of 2022 by SEN for three areas, left out."""
    known = pd.DataFrame(
        {
            "area_code": code_by_level(frame),
            "calendar_year": pd.to_numeric(frame["time_period"]),
            "young_people": frame["Cohort_DJFavg"],
            "source_id": "dfe_neet_2025",
        }
    )
    groups = crosswalk("participation", "group_column")
    long = to_rows(known, frame, {column: {"group": group} for column, group in groups.items()})
    is_there = (long["calendar_year"] >= _FIRST_BY_SEN) | (long["group"] == "all")
    return long[is_there & long["area_code"].isin(areas["area_code"])]


def attendance(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Each measure of pupils with a plan, on SEN support and without SEN."""
    known = _measures(frame, areas).assign(
        term=frame["time_identifier"].map(crosswalk("attendance_by_sen", "term_label")),
        group=frame["send_group"].map(crosswalk("attendance_by_sen", "group_label")),
        source_id="dfe_attendance_2026",
    )
    own = to_rows(known, frame, {"send_value": {}})
    others = to_rows(known, frame, {"no_sen_value": {}})
    return pd.concat([own, others[others["group"] == "ehcp"].assign(group="no_sen")])


def absence_by_need(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Absence by main need."""
    known = _measures(frame, areas).assign(
        primary_need=frame["primary_need"].map(crosswalk("absence_by_need", "need_label")),
        source_id="dfe_absence_by_need_2025",
    )
    return to_rows(known, frame, {"value": {}})


def appeal(frame: pd.DataFrame) -> pd.DataFrame:
    """Appeals and decisions of two years, by the codes that are printed."""
    area_code = frame["old_la_code"].mask(frame["la_name"] == "England", ENGLAND)
    known = pd.DataFrame({"area_code": area_code, "source_id": "moj_tribunal_2025"})
    columns = {
        f"{measure}_{year}": {"measure": measure, "calendar_year": year}
        for year in (2024, 2025)
        for measure in ("appeals", "appealable_decisions")
    }
    return to_rows(known, frame, columns)


def school_places(frame: pd.DataFrame) -> pd.DataFrame:
    """Pupils, places and forecast errors by phase; the file's own share is made a percentage."""
    is_england = frame["geographic_level"] == "National"
    known = pd.DataFrame(
        {
            "area_code": frame["LANumber"].mask(is_england, frame["country_code"]),
            "academic_year": frame["Year"],
            "source_id": "dfe_scorecards_2025",
        }
    )
    columns = {
        column: {"phase": phase, **about}
        for phase, names in _PHASES.items()
        for column, about in zip(names, _OF_PLACES, strict=True)
    }
    long = to_rows(known, frame, columns)
    return long.assign(value=long["value"].mask(long["unit"] == "%", 100 * long["value"]))


def place_deduction(frame: pd.DataFrame) -> pd.DataFrame:
    """Deductions as published; only England's rows have no code."""
    year = frame["financial_year"]
    return frame.assign(
        area_code=frame["la_code"].replace("", ENGLAND),
        source_id="dfe_dsg_" + year.str[2:4] + year.str[5:],
    )


def phase_transfer(frame: pd.DataFrame) -> pd.DataFrame:
    """Plans due for a transfer and final; the January is the one after the period of the file."""
    known = pd.DataFrame(
        {
            "area_code": code_by_level(frame),
            "census_year": pd.to_numeric(frame["time_period"]) + 1,
            "source_id": "dfe_ehcp_2026",
        }
    )
    items = crosswalk("phase_transfers", "item_column")
    long = to_rows(known, frame, {column: {"item": item} for column, item in items.items()})
    return long.rename(columns={"value": "plans"})


def _measures(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Area, year, measure and unit of files whose rows have one metric each."""
    years, metric = frame["time_period"], frame["metric"]
    return pd.DataFrame(
        {
            "area_code": code_of_gss(frame["new_la_code"], areas),
            "academic_year": years.str[:4] + "/" + years.str[4:],
            "measure": metric.map(crosswalk("attendance_by_sen", "measure_label")),
            "unit": metric.map(crosswalk("attendance_by_sen", "unit_label")),
        }
    )
