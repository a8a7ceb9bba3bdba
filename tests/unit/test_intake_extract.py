"""Caseload extracts of invented people."""

from datetime import date

import pandas as pd
import pytest

from error_codes import refuses
from invented_people import (
    HEADINGS,
    SALT,
    crowd,
    extract_of,
    frame,
    line,
    person,
    read,
    write_all,
)
from sendlib.errors import DataError
from sendlib.intake import CaseloadError, local_salt, read_caseload
from sendlib.intake.columns import code_list, redact, to_dates, to_values
from sendlib.intake.people import age_at, census_day
from sendlib.intake.write import write_extract
from sendlib.project import Project
from sendlib.vocabulary import PlaceType, PrimaryNeed


def moves(caseload):
    columns = ["age", "place_from", "place_to", "plans"]
    return caseload.movements[columns].to_numpy().tolist()


def test_those_who_stay_join_leave_and_move_are_counted(tmp_path):
    rows = frame(
        person("A1", 2024, 2025),
        person("A2", 2024),
        person("A3", 2025, place="state_special"),
        person("A4", 2024),
        person("A4", 2025, place="state_special"),
    )
    write_extract(rows, tmp_path / "a.csv")
    caseload = read(tmp_path / "a.csv")
    assert caseload.januaries == (2024, 2025)
    assert caseload.kind == "own"
    assert moves(caseload) == [
        [12, "mainstream", "mainstream", 1],
        [12, "mainstream", "state_special", 1],
        [12, "mainstream", "outside", 1],
        [12, "outside", "state_special", 1],
    ]
    assert caseload.stock[["census_year", "age", "place_type", "plans"]].to_numpy().tolist() == [
        [2024, 11, "mainstream", 3],
        [2025, 12, "mainstream", 1],
        [2025, 12, "state_special", 2],
    ]


def test_one_who_passes_25_leaves_at_26(tmp_path):
    lasts = {"born": date(1999, 8, 31), "place": "further_education"}
    stays = {"born": date(1999, 9, 1), "place": "further_education"}
    rows = frame(person("A1", 2025, 2026, **lasts), person("A2", 2025, 2026, **stays))
    write_extract(rows, tmp_path / "a.csv")
    caseload = read(tmp_path / "a.csv")
    assert moves(caseload) == [
        [25, "further_education", "further_education", 1],
        [26, "further_education", "outside", 1],
    ]
    assert caseload.findings["check"].tolist() == ["age_over_25"]


def test_headings_match_without_case_or_punctuation(tmp_path):
    path = extract_of(tmp_path)
    text = path.read_text()
    other = "PERSON_REFERENCE,dob,yob,Primary-Need,setting type,EHCP start,cease date,census"
    path.write_text(text.replace(HEADINGS, other), encoding="utf-8")
    assert read(path).stock["plans"].tolist() == [10, 10]


@pytest.mark.parametrize(
    "text", ["2012-03-31", "31/03/2012", "31-03-2012", "31.3.2012", "31 Mar 2012", "40999"]
)
def test_dates_are_read_in_iso_and_uk_forms_and_as_excel_counts(text):
    assert to_dates(pd.Series([text]))[0].date() == date(2012, 3, 31)


@pytest.mark.parametrize("text", ["", "03/31/2012", "31/03/12", "soon", "12"])
def test_dates_that_could_mean_something_else_are_not_read(text):
    assert to_dates(pd.Series([text])).isna().all()


def test_every_value_and_label_of_our_lists_is_code_list():
    for field, members in (("need", PrimaryNeed), ("place", PlaceType)):
        for member in members:
            written = pd.Series([member.value, member.label, member.label.upper()])
            assert set(to_values(written, field)) == {member.value}


def test_the_departments_codes_of_need_are_code_list():
    ours = [need.value.upper() for need in PrimaryNeed][:-1]
    codes = [*ours, "NSA"]
    values = to_values(pd.Series(codes), "need").tolist()
    assert values == [*map(str.lower, ours), "not_recorded"]


@pytest.mark.parametrize("field", ["need", "place"])
def test_no_spelling_stands_for_two_values(field):
    table = code_list(field)
    assert table.groupby(table["written"].str.casefold())["value"].nunique().max() == 1


@pytest.mark.parametrize(
    ("code", "rows", "said"),
    [
        ("MLDX", 1, "MLDX"),
        ("Jane", 1, "a value not shown"),
        ("Mainstraem", 5, "Mainstraem"),
        ("31/03/2012", 9, "a value not shown"),
        ("=HYPERLINK(1)", 9, "a value not shown"),
        ("A place with a very long name", 9, "A place with a very "),
    ],
)
def test_only_what_looks_like_a_code_is_shown(code, rows, said):
    assert redact(code, rows) == said


@pytest.mark.parametrize(("january", "day"), [(2024, 18), (2025, 16), (2026, 15), (2022, 20)])
def test_census_day_is_the_third_thursday(january, day):
    assert census_day(january) == date(january, 1, day)


def test_age_is_that_of_the_31_august_before():
    born = pd.Series(pd.to_datetime(["2010-08-31", "2010-09-01", None]))
    ages = age_at(born, pd.Series([2025, 2025, 2025]))
    assert ages[:2].tolist() == [14, 13]
    assert ages.isna()[2]


def test_a_year_of_birth_is_taken_as_a_birth_from_january_to_august(tmp_path):
    year = line(born="", year="2012", january="2025")
    caseload = read(extract_of(tmp_path, year))
    assert 12 in caseload.stock.loc[caseload.stock["census_year"] == 2025, "age"].tolist()
    assert "birth_year_only" in caseload.findings["check"].tolist()


def test_a_workbook_may_hold_several_sheets_and_others_are_passed_over(tmp_path):
    table = frame(crowd())
    table = table.rename(
        columns={
            "reference": "Person reference",
            "born": "Date of birth",
            "place_type": "Placement",
            "start": "Plan start",
            "end": "Plan end",
        }
    )
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        pd.DataFrame({"nothing to read": []}).to_excel(book, sheet_name="Notes")
        for january, rows in table.groupby("january"):
            rows.to_excel(book, sheet_name=str(january), index=False)
    caseload = read(tmp_path / "a.xlsx")
    assert caseload.rows["file"].tolist() == ["a.xlsx (sheet 2)", "a.xlsx (sheet 3)"]
    assert caseload.stock["plans"].tolist() == [10, 10]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_recognised(tmp_path, separator):
    path = extract_of(tmp_path)
    path.write_text(path.read_text().replace(",", separator), encoding="utf-8")
    assert read(path).stock["plans"].tolist() == [10, 10]


def test_windows_text_is_read_with_advice(tmp_path):
    path = extract_of(tmp_path, line(place="École"))
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    findings = read(path).findings
    assert set(findings["check"]) == {"windows_1252", "place_unknown"}


@pytest.mark.parametrize("form", ["csv", "workbook", "return", "transitions"])
def test_invented_records_say_that_they_are(tmp_path, form):
    paths = write_all(frame(crowd()), tmp_path, synthetic=True)[form]
    assert read(*paths).kind == "synthetic"


def test_references_are_the_same_person_whatever_their_case_and_spaces(tmp_path):
    lines = (line(" x001 ", january="2024"), line("X001", january="2025"))
    movements = read(extract_of(tmp_path, *lines)).movements
    assert (movements["place_to"] != "outside").all()
    assert (movements["place_from"] != "outside").all()


@pytest.mark.posix
def test_the_salt_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    project = Project(tmp_path)
    salt = local_salt(project)
    path = tmp_path / "data" / "private" / "salt"
    assert local_salt(project) == salt == path.read_bytes()
    assert len(salt) == 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_not_there_is_reported(tmp_path):
    with refuses(DataError, "no_such_file", where=str(tmp_path / "gone.csv")):
        read(tmp_path / "gone.csv")


def test_more_rows_left_out_than_may_be_is_refused_with_the_problems(tmp_path):
    path = extract_of(tmp_path, line(need="XYZ"), line("X002", need="XYZ"))
    with pytest.raises(CaseloadError) as caught:
        read_caseload([path], salt=SALT)
    found = {problem.code: problem for problem in caught.value.problems}
    assert "2 of 22, 9.1%; at most 5.0%" in found.pop("too_many").found
    (need,) = found.values()
    assert need.where == "extract.csv, rows 22, 23, column Need"
    assert "XYZ" in need.found
    assert caught.value.rows["rows_set_aside"].tolist() == [2]
