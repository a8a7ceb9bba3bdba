"""The transitions layout, of invented people."""

import pytest

from invented_people import read
from sendlib.intake import CaseloadError

HEADER = "calendar-year,setting-1,need-1,academic-year-1,setting-2,need-2,academic-year-2"
STAYER = "2024,MAINSTREAM,ASD,6,MAINSTREAM,ASD,7"
LEAVER = "2024,state_special,SLD,14,NONSEND,NONSEND,15"
JOINER = "2024,NONSEND,NONSEND,-1,early years,SLCN,0"
MOVER = "2024,mainstream,MLD,6,State special school,SEMH,7"
NEXT = (
    "2025,MAINSTREAM,ASD,7,MAINSTREAM,ASD,8",
    "2025,early_years,SLCN,0,early_years,SLCN,1",
    "2025,state_special,SEMH,7,NONSEND,NONSEND,8",
)


def transitions(tmp_path, *lines, header=HEADER):
    path = tmp_path / "transitions.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


def test_an_age_is_the_national_curriculum_year_plus_four(tmp_path):
    caseload = read(transitions(tmp_path, STAYER, LEAVER, JOINER, MOVER))
    rows = caseload.movements.drop(columns="plans").to_numpy().tolist()
    assert sorted(rows) == [
        [2025, 4, "outside", "outside", "slcn", "early_years"],
        [2025, 11, "asd", "mainstream", "asd", "mainstream"],
        [2025, 11, "mld", "mainstream", "semh", "state_special"],
        [2025, 19, "sld", "state_special", "outside", "outside"],
    ]
    assert caseload.januaries == (2024, 2025)


def test_the_stock_of_a_january_between_two_pairs_is_that_of_both(tmp_path):
    caseload = read(transitions(tmp_path, STAYER, LEAVER, JOINER, MOVER, *NEXT))
    assert caseload.januaries == (2024, 2025, 2026)
    assert caseload.stock.groupby("census_year")["plans"].sum().tolist() == [3, 3, 2]


def test_headings_and_nonsend_match_without_case_or_punctuation(tmp_path):
    path = transitions(
        tmp_path, LEAVER.replace("NONSEND", "non-send"), header=HEADER.upper().replace("-", "_")
    )
    assert read(path).movements["place_to"].tolist() == ["outside"]


def test_an_oldest_leaver_is_26_in_the_second_january(tmp_path):
    path = transitions(tmp_path, STAYER, "2024,FE,MLD,21,NONSEND,NONSEND,22")
    assert read(path).movements["age"].max() == 26


@pytest.mark.parametrize(
    ("check", "bad", "words"),
    [
        ("year_unreadable", STAYER.replace("2024", "one"), "row 3, column calendar-year"),
        ("transition_code_unknown", STAYER.replace("MAINSTREAM", "MMSIB"), "(MMSIB)"),
        ("academic_year_unreadable", STAYER.replace(",6,", ",six,"), "column academic-year-1"),
        ("academic_year_unreadable", JOINER.replace(",0", ",30"), "column academic-year-2"),
        ("academic_years_differ", STAYER.replace(",7", ",6"), "column academic-year-2"),
        ("sides_differ", "2025,MAINSTREAM,ASD,8,MAINSTREAM,ASD,9", "January 2025: 2 combinations"),
        ("january_gap", STAYER.replace("2024", "2026"), "(January 2026)"),
    ],
)  # fmt: skip
def test_what_would_break_the_sums_is_refused(tmp_path, check, bad, words):
    with pytest.raises(CaseloadError) as caught:
        read(transitions(tmp_path, STAYER, bad))
    assert check in caught.value.findings["check"].tolist()
    assert words in str(caught.value)


def test_a_row_outside_on_both_sides_is_left_out(tmp_path):
    caseload = read(transitions(tmp_path, STAYER, "2024,NONSEND,NONSEND,3,NONSEND,NONSEND,4"))
    assert caseload.findings["check"].tolist() == ["outside_twice"]
    assert caseload.movements["plans"].tolist() == [1]


def test_missing_columns_are_all_reported(tmp_path):
    path = transitions(tmp_path, "2024,a,b", header="calendar-year,setting-1,need-1")
    with pytest.raises(CaseloadError) as caught:
        read(path)
    assert len(caught.value.problems) == 4


def test_an_empty_need_is_not_recorded_and_reported(tmp_path):
    caseload = read(transitions(tmp_path, STAYER.replace("ASD", "")))
    assert set(caseload.stock["need"]) == {"not_recorded"}
    assert caseload.findings["check"].tolist() == ["need_missing", "need_missing"]
