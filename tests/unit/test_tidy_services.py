"""Tables on services from invented files, and what the published ones must come to."""

import pandas as pd
import pytest

from error_codes import refuses
from sendlib.data import tidy_services
from sendlib.data.figures import read_figures
from sendlib.errors import DataError
from sendlib.vocabulary import ENGLAND

AREAS = pd.DataFrame(
    {
        "area_code": ["865", "E92000001"],
        "gss_code": ["E06", "E92000001"],
        "former_gss_codes": ["E10", ""],
    }
)


def test_an_inspection_without_a_grade_or_a_day_has_none():
    content = (
        b"La Code,Inspection Start Date,Outcome Grade,Publication Date,Next Inspection,"
        b"Next Inspection By Date,Inspection Link\n"
        b"1,14/10/24,1.0,06/12/24,5 years,14/10/29,link\n"
        b"2,,NaN,06/11/25,NaN,not found,link\n"
    )
    made = tidy_services.inspection(
        read_figures(content, layout="area_send_inspections", where="invented")
    ).set_index("area_code")
    assert made.loc["1", "inspected_on"] == pd.Timestamp("2024-10-14")
    assert made["outcome"].dropna().to_dict() == {"1": 1}
    assert made.loc["2", "value_status"] == "not_available"
    assert made.loc["2", ["inspected_on", "next_by"]].isna().all()


def test_a_dash_among_appeals_is_none_and_an_x_is_not_known():
    content = (
        b"la_name,old_la_code,appeals_2024,appealable_decisions_2024,rate_2024,appeals_2025,"
        b"appealable_decisions_2025,rate_2025\n"
        b"Nowhere,1,-,17,-,x,x,x\nEngland,,3,20,15.0%,4,21,19.0%\n"
    )
    made = tidy_services.appeal(read_figures(content, layout="appeals", where="invented"))
    by = made.set_index(["area_code", "calendar_year", "measure"])["value"]
    assert by["1", 2024, "appeals"] == 0
    with refuses(DataError, "rate_unlike_its_parts", match="row 3, column rate_2025"):
        read_figures(content.replace(b"4,21", b"21,4"), layout="appeals", where="invented")
    assert pd.isna(by["1", 2025, "appeals"])
    assert by[ENGLAND, 2025, "appealable_decisions"] == 21


def test_pupils_without_sen_stand_once_and_former_codes_lead_to_the_authority():
    content = (
        b"time_period,time_identifier,new_la_code,send_group,metric,send_value,no_sen_value\n"
        b"202425,Academic year,E10,EHC plan,sess_overall_percent,12,5\n"
        b"202425,Academic year,E10,SEN support,sess_overall_percent,9,5\n"
    )
    read = read_figures(content, layout="attendance_by_sen", where="invented")
    made = tidy_services.attendance(read, AREAS)
    assert made.set_index("group")["value"].to_dict() == {"ehcp": 12, "sen_support": 9, "no_sen": 5}
    assert set(made["area_code"]) == {"865"}
    assert set(made["academic_year"]) == {"2024/25"}


def test_places_that_the_department_funds_are_the_deduction_of_the_block(tables):
    own = tables["place_deduction"].groupby(["area_code", "financial_year"])["deduction_gbp"].sum()
    terms = tables["high_needs_term"].query("term == 'deductions'")
    block = terms.set_index(["area_code", "financial_year"])["value"]
    assert len(own) == len(block)
    assert (own == block).all()


def test_appeals_of_authorities_add_up_to_england(tables):
    wide = tables["appeal"].pivot(
        index="area_code", columns=["measure", "calendar_year"], values="value"
    )
    left = wide.loc[ENGLAND] - wide.drop(ENGLAND).sum()
    assert left.min() >= 0  # what is withheld is in England's
    assert (left / wide.loc[ENGLAND]).max() < 0.02


@pytest.mark.parametrize(
    ("table", "areas"),
    [
        ("inspection", 96),
        ("participation", 150),
        ("attendance", 150),
        ("absence_by_need", 150),
        ("appeal", 153),
        ("school_places", 153),
        ("place_deduction", 150),
    ],
)
def test_services_are_known_for_every_authority_that_was_published(tables, table, areas):
    codes = tables[table]["area_code"]
    assert codes[codes.str.isdigit()].nunique() >= areas


def test_what_was_published_of_wiltshire(tables):
    inspection = tables["inspection"].set_index("area_code").loc["865"]
    assert (inspection["outcome"], str(inspection["inspected_on"].date())) == (1, "2024-10-14")
    neet = tables["participation"].set_index(["area_code", "calendar_year", "group"])["value"]
    assert neet["865", 2025, "ehcp"] == 6.2
    appeals = tables["appeal"].set_index(["area_code", "calendar_year", "measure"])["value"]
    assert appeals["865", 2025, "appeals"] == 177
    transfers = tables["phase_transfer"].set_index(["area_code", "item"])["plans"]
    assert transfers["865", "due_2026"] == 1263
