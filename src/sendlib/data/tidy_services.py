"""Files on services to tidy tables: inspections, appeals, attendance, participation, places."""

from collections.abc import Mapping

import pandas as pd

from sendlib.data.crosswalks import to_standard
from sendlib.errors import DataError, raise_any
from sendlib.vocabulary import ENGLAND

_OUTCOMES = {
    1: "typically lead to positive experiences and outcomes",
    2: "lead to inconsistent experiences and outcomes",
    3: "widespread and/or systemic failings",
}
_PARTICIPATION = {
    "NEET_not_known_percent": "all",
    "NEET_NK_noSEN_percent": "no_sen",
    "NEET_NK_SENDsupport_percent": "sen_support",
    "NEET_NK_EHCP_percent": "ehcp",
}
_FIRST_BY_SEN = 2022
_MEASURES = {
    "sess_overall_percent": ("overall_absence", "% of sessions"),
    "overall_absence_perc": ("overall_absence", "% of sessions"),
    "attendance_perc": ("attendance", "% of sessions"),
    "enrolments_pa_10_exact_percent": ("persistent_absence", "% of pupils"),
    "enrolments_pa_50_exact_percent": ("severe_absence", "% of pupils"),
    "susp_rate": ("suspensions", "per 100 pupils"),
    "one_plus_susp_rate": ("pupils_suspended", "per 100 pupils"),
    "perm_excl_rate": ("permanent_exclusions", "per 100 pupils"),
}
_GROUPS = {"EHC plan": "ehcp", "SEN support": "sen_support"}
_TERMS = {
    "Academic year": "year",
    "Autumn term": "autumn",
    "Spring term": "spring",
    "Summer term": "summer",
}
_PHASES = {
    "primary": ("PriNOR", "PriCap", "For_1_P", "For_3_P"),
    "secondary": ("SecNOR", "SecCap", "For_1_S", "For_3_S"),
}
_OF_PLACES = (
    ("pupils", "pupils", 1.0),
    ("places", "places", 1.0),
    ("forecast_error_1_year", "%", 100.0),
    ("forecast_error_3_years", "%", 100.0),
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
        "strategy_measure": frames["strategy_measures"],
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
    year = pd.to_numeric(frame["time_period"])
    parts = []
    for column, group in _PARTICIPATION.items():
        is_there = (year >= _FIRST_BY_SEN) | (group == "all")
        parts.append(
            pd.DataFrame(
                {
                    "area_code": _code_by_level(frame),
                    "calendar_year": year,
                    "group": group,
                    "value": frame[column],
                    "young_people": frame["Cohort_DJFavg"],
                    "value_status": frame[f"{column}_status"],
                    "source_id": "dfe_neet_2025",
                }
            )[is_there]
        )
    long = pd.concat(parts, ignore_index=True)
    return long[long["area_code"].isin(areas["area_code"])]


def attendance(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Each measure of pupils with a plan, on SEN support and without SEN."""
    groups = frame["send_group"].map(_GROUPS)
    own = _measures(frame, areas, "send_value").assign(
        term=frame["time_identifier"].map(_TERMS), group=groups
    )
    others = _measures(frame, areas, "no_sen_value").assign(term=own["term"], group="no_sen")
    others = others[groups == "ehcp"]
    return pd.concat([own, others], ignore_index=True).assign(source_id="dfe_attendance_2026")


def absence_by_need(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Absence by main need."""
    need, problems = to_standard(
        frame["primary_need"],
        release="absence_by_need",
        field="need_label",
        where="absence_by_need",
    )
    raise_any(DataError, "The file of absence by need cannot be used.", problems)
    measures = _measures(frame, areas, "value")
    return measures.assign(primary_need=need, source_id="dfe_absence_by_need_2025")


def appeal(frame: pd.DataFrame) -> pd.DataFrame:
    """Appeals and decisions of two years, by the codes that are printed."""
    parts = [
        pd.DataFrame(
            {
                "area_code": frame["old_la_code"].mask(frame["la_name"] == "England", ENGLAND),
                "calendar_year": year,
                "measure": measure,
                "value": frame[f"{measure}_{year}"],
                "value_status": frame[f"{measure}_{year}_status"],
                "source_id": "moj_tribunal_2025",
            }
        )
        for year in (2024, 2025)
        for measure in ("appeals", "appealable_decisions")
    ]
    return pd.concat(parts, ignore_index=True)


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
    parts = [
        known.assign(
            phase=phase,
            measure=measure,
            value=frame[column] * scale,
            value_status=frame[f"{column}_status"],
            unit=unit,
        )
        for phase, columns in _PHASES.items()
        for column, (measure, unit, scale) in zip(columns, _OF_PLACES, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def place_deduction(frame: pd.DataFrame) -> pd.DataFrame:
    """Deductions as published; only England's rows have no code."""
    year = frame["financial_year"]
    return frame.assign(
        area_code=frame["la_code"].replace("", ENGLAND),
        source_id="dfe_dsg_" + year.str[2:4] + year.str[5:],
    )


def phase_transfer(frame: pd.DataFrame) -> pd.DataFrame:
    """Plans due for a transfer and final; the January is the one after the period of the file."""
    items = {
        "number_plans": "plans",
        "due_25": "due_2025",
        "final_25": "final_2025",
        "due_26": "due_2026",
        "final_26": "final_2026",
    }
    parts = [
        pd.DataFrame(
            {
                "area_code": _code_by_level(frame),
                "census_year": pd.to_numeric(frame["time_period"]) + 1,
                "item": item,
                "plans": frame[column],
                "value_status": frame[f"{column}_status"],
                "source_id": "dfe_ehcp_2026",
            }
        )
        for column, item in items.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _measures(frame: pd.DataFrame, areas: pd.DataFrame, column: str) -> pd.DataFrame:
    """Area, year, measure, value and unit of files whose rows have one metric each."""
    codes = (areas["gss_code"] + ";" + areas["former_gss_codes"]).str.strip(";").str.split(";")
    code_of = areas.assign(gss=codes).explode("gss").set_index("gss")["area_code"]
    years = frame["time_period"]
    return pd.DataFrame(
        {
            "area_code": frame["new_la_code"].map(code_of),
            "academic_year": years.str[:4] + "/" + years.str[4:],
            "measure": frame["metric"].map({name: one for name, (one, _) in _MEASURES.items()}),
            "value": frame[column],
            "value_status": frame[f"{column}_status"],
            "unit": frame["metric"].map({name: unit for name, (_, unit) in _MEASURES.items()}),
        }
    )


def _code_by_level(frame: pd.DataFrame) -> pd.Series:
    """The code of an authority, a region or England, by the level of each row."""
    level = frame["geographic_level"]
    code = frame["old_la_code"].mask(level == "National", frame["country_code"])
    return code.mask(level == "Regional", frame["region_code"])
