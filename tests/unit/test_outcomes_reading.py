import pandas as pd
import pytest

from error_codes import places
from sendlib import data
from sendlib.data.figures import read_figures
from sendlib.data.outcomes import code_outcomes, tidy_outcomes
from sendlib.errors import DataError
from sendlib.vocabulary import ENGLAND

AREAS = pd.DataFrame(
    [
        (ENGLAND, "England", "england", ENGLAND, "", "2010", "", ""),
        ("E12000009", "South West", "region", "E12000009", "", "2010", "", ""),
        ("865", "Wiltshire", "authority", "E06000054", "", "2010", "", ""),
        ("835", "Dorset", "authority", "E10000009", "", "2010", "2019", "838"),
        ("838", "Dorset", "authority", "E06000059", "E1;E2", "2020", "", ""),
    ],
    columns=[
        "area_code",
        "area_name",
        "area_level",
        "gss_code",
        "former_gss_codes",
        "first_census",
        "last_census",
        "successors",
    ],
)
KS2 = """\
geographic_level,region_name,la_name,characteristic,time_period,academic_year,pt_rwm_met_expected_standard,\
t_rwm_met_expected_standard,t_rwm_eligible_pupils,Percent meeting expected standard
National,,,All SEN,202223,2022/23,20,2000,10000,20.01
Regional,South West,,All SEN,202223,2022/23,19,190,1000,19.02
Regional,Inner London,,All SEN,202223,2022/23,19,190,1000,19.02
Local authority,South West,Wiltshire,All SEN,202223,2022/23,c,c,c,
Local authority,South West,Dorset,All SEN,201819,2018/19,18,18,100,18.03
Local authority,South West,Dorset,All SEN,202223,2022/23,17,17,100,17.04
"""
DESTINATIONS = """\
geographic_level,region_name,la_name,characteristic,cohort,time_period,academic_year,\
destination_raw,% of pupils
Local authority,South West,Dorset,No identified SEN,1,201920,2019/20,overall,100.0
Local authority,South West,Dorset,No identified SEN,1716,201920,2019/20,overall,86.8
Local authority,South West,Dorset,No identified SEN,1716,201920,2019/20,he,40.8
Local authority,South West,Dorset,Identified LLDD (mainstream),50,201920,2019/20,overall,70.1
"""


def coded(text, layout):
    frame = read_figures(text.encode(), layout=layout, where="a.csv")
    made, problems = code_outcomes(frame, layout, AREAS, where="a.csv")
    return made, list(problems)


def test_every_level_of_area_gets_its_code_and_parts_of_london_are_left_out():
    made, problems = coded(KS2, "outcome_ks2")
    assert problems == []
    assert made["area_code"].tolist() == [ENGLAND, "E12000009", "865", "835", "838"]
    assert set(made["group"]) == {"all_sen"}


def test_a_name_of_two_authorities_is_the_one_that_existed_in_that_january():
    made, _ = coded(KS2, "outcome_ks2")
    dorset = made[made["la_name"] == "Dorset"].set_index("academic_year")["area_code"]
    assert dorset.to_dict() == {"2018/19": "835", "2022/23": "838"}


def test_the_few_children_of_a_former_namesake_are_its_own():
    made, problems = coded(DESTINATIONS, "outcome_destinations")
    assert problems == []
    school = made[made["outcome"] == "sustained_destination_school"]
    assert school.set_index("area_code")["cohort"].to_dict() == {"835": 1, "838": 1716}


def test_kinds_of_destination_are_left_out_and_colleges_stand_apart():
    made, _ = coded(DESTINATIONS, "outcome_destinations")
    assert set(made["outcome"]) == {
        "sustained_destination_school",
        "sustained_destination_college",
    }


def test_a_year_that_is_not_the_publishers_own_period_is_reported_with_its_row():
    assert coded(KS2.replace("201819", "201819.0"), "outcome_ks2")[1] == []
    _, problems = coded(KS2.replace("201819", "201920"), "outcome_ks2")
    assert places(problems) == [("year_unlike_its_period", "a.csv, row 6, column academic_year")]
    assert "2018/19" in problems[0].found
    assert "201920" in problems[0].found


def test_an_unknown_name_is_reported_with_its_row_and_the_nearest_name():
    _, problems = coded(KS2.replace("Wiltshire", "Wiltshrie"), "outcome_ks2")
    assert places(problems) == [("unknown_area_code", "a.csv, row 5, column la_name")]
    assert "'Wiltshrie'" in problems[0].found
    assert problems[0].remedy.endswith("Wiltshire?")


def test_every_row_with_an_unknown_name_is_reported():
    _, problems = coded(KS2.replace("Dorset", "Dorchester-on-Sea"), "outcome_ks2")
    assert [problem.where.split(",")[1] for problem in problems] == [" row 6", " row 7"]


def test_an_unknown_region_and_an_unknown_level_are_reported():
    text = KS2.replace("Regional,South West", "Regional,Wessex").replace("National", "World")
    _, problems = coded(text, "outcome_ks2")
    assert places(problems) == [
        ("unknown_area_code", "a.csv, row 2, column geographic_level"),
        ("unknown_area_code", "a.csv, row 3, column region_name"),
    ]
    assert "'World'" in problems[0].found
    assert "'Wessex'" in problems[1].found


def test_an_unknown_group_is_reported_with_where_to_add_it():
    _, problems = coded(KS2.replace("Wiltshire,All SEN", "Wiltshire,Any SEN"), "outcome_ks2")
    assert places(problems) == [("unknown_label", "a.csv, row 5, column characteristic")]
    assert "'Any SEN'" in problems[0].found


def test_halves_of_a_year_that_do_not_follow_are_reported():
    text = KS2.replace("2018/19", "2018/21").encode()
    with pytest.raises(DataError) as caught:
        read_figures(text, layout="outcome_ks2", where="a.csv")
    assert places(caught.value) == [("invalid_period", "a.csv, row 6, column academic_year")]
    assert "'2018/21'" in caught.value.problems[0].found


def test_a_suppressed_outcome_stays_suppressed_and_has_no_counts():
    made, _ = coded(KS2, "outcome_ks2")
    tidy = tidy_outcomes({"outcome_ks2": made}).set_index(["area_code", "academic_year"])
    own = tidy.loc[("865", "2022/23")]
    assert own["value_status"] == "suppressed"
    assert own[["value", "numerator", "denominator"]].isna().all()
    assert tidy.loc[(ENGLAND, "2022/23"), "value"] == 20.01


def test_outcomes_are_cut_at_the_school_year_before(project):
    held = data.load(project, "outcome", as_of=2019)
    assert held["academic_year"].max() == "2018/19"


def test_the_phonics_of_children_with_a_plan_are_not_taken_from_a_subtraction(tables):
    phonics = tables["outcome"].query("outcome == 'phonics_expected'")
    assert set(phonics["group"]) == {"all_sen", "sen_support", "no_sen"}


@pytest.mark.parametrize("measure", ["good_level_of_development", "ks2_rwm_expected"])
def test_a_percentage_is_its_count_of_its_children(tables, measure):
    rows = tables["outcome"].query("outcome == @measure and area_code == '865'")
    worked_out = 100 * rows["numerator"] / rows["denominator"]
    assert len(rows) >= 4
    assert (worked_out - rows["value"]).abs().max() <= 0.051


def test_a_score_outside_its_published_limits_is_refused():
    text = (
        "geographic_level,region_name,la_name,SEN provision,time_period,academic_year,avg_att8,"
        "t_pupils,avg_p8score,p8score_ci_low,p8score_ci_upp\n"
        "Local authority,South West,Wiltshire,All SEN,202223,2022/23,28,100,-0.6,-0.7,-0.5\n"
        "Local authority,South West,Wiltshire,All SEN,201819,2018/19,50,900,0.2,0.1,0.15\n"
    )
    _, problems = coded(text, "outcome_ks4")
    assert places(problems) == [("value_outside_its_limits", "a.csv, row 3, column avg_p8score")]
