"""Every check of own records, sighted in a file of invented people and named with its row."""

import re

import pandas as pd
import pytest

from error_codes import refuses
from invented_people import HEADINGS, crowd, extract_of, frame, line, person, read, write_all
from sendlib.errors import OutputError
from sendlib.intake import CaseloadError, write_report
from sendlib.intake.findings import checks
from sendlib.intake.write import write_extract

FIRST = 22  # the row of the first line below the crowd


def finding(caseload, check):
    found = caseload.findings[caseload.findings["check"] == check]
    assert len(found) == 1, caseload.findings[["check", "row"]]
    return found.iloc[0]


def refusal(*paths, **more):
    with pytest.raises(CaseloadError) as caught:
        read(*paths, **more)
    return caught.value


ONE_ROW = [
    ("reference_empty", {"reference": ""}, "Person reference"),
    ("reference_like_name", {"reference": "An Other"}, "Person reference"),
    ("january_unreadable", {"january": "last"}, "January"),
    ("birth_missing", {"born": ""}, "Date of birth"),
    ("birth_unreadable", {"born": "03/31/2012"}, "Date of birth"),
    ("birth_differs_from_year", {"year": "2011"}, "Year of birth"),
    ("birth_year_only", {"born": "", "year": "2012"}, "Year of birth"),
    ("birth_after_start", {"born": "2019-10-01"}, "Date of birth"),
    ("age_under_0", {"born": "2024-10-01", "start": "2024-12-01"}, "Date of birth"),
    ("age_over_25", {"born": "1997-01-01"}, "Date of birth"),
    ("need_missing", {"need": ""}, "Need"),
    ("need_unknown", {"need": "XYZ"}, "Need"),
    ("place_missing", {"place": ""}, "Placement"),
    ("place_unknown", {"place": "moon base"}, "Placement"),
    ("place_unlikely", {"place": "FE college", "born": "2020-01-01", "start": ""}, "Placement"),
    ("place_unlikely", {"born": "2001-01-01"}, "Placement"),
    ("start_unreadable", {"start": "autumn"}, "Plan start"),
    ("end_unreadable", {"end": "summer"}, "Plan end"),
    ("start_after_january", {"start": "2025-01-17"}, "Plan start"),
    ("end_before_january", {"end": "2025-01-15"}, "Plan end"),
    ("end_before_start", {"start": "2025-01-10", "end": "2025-01-09"}, "Plan end"),
    ("start_before_2014", {"start": "2014-08-31"}, "Plan start"),
]


@pytest.mark.parametrize(("check", "cells", "column"), ONE_ROW)
def test_a_row_with_a_problem_is_named_as_a_person_sees_it(tmp_path, check, cells, column):
    caseload = read(extract_of(tmp_path, line(), line(**{"reference": "X002"} | cells)))
    found = finding(caseload, check)
    assert (found["row"], found["column"], found["file"]) == (str(FIRST + 1), column, "extract.csv")
    assert found["rows_affected"] == 1
    assert found["rows_share"] == pytest.approx(1 / 22)
    left_out = found["severity"] == "set aside"
    assert caseload.rows["rows_set_aside"].tolist() == [int(left_out)]
    assert caseload.stock["plans"].sum() == 22 - left_out


@pytest.mark.parametrize("cells", [{"end": "2025-01-16"}, {"start": "2025-01-16"}])
def test_what_is_just_right_is_not_reported(tmp_path, cells):
    assert read(extract_of(tmp_path, line(**cells))).findings.empty


def test_a_cell_too_many_sets_the_row_aside(tmp_path):
    found = finding(read(extract_of(tmp_path, line() + ",more")), "ragged")
    assert found["row"] == str(FIRST)


def test_a_blank_line_keeps_the_numbers_of_the_rows_below(tmp_path):
    found = finding(read(extract_of(tmp_path, "", line(need="XYZ"))), "need_unknown")
    assert found["row"] == str(FIRST + 1)


def test_a_row_that_stands_there_twice_is_used_once(tmp_path):
    caseload = read(extract_of(tmp_path, line(), line()))
    assert finding(caseload, "row_twice")["row"] == str(FIRST + 1)
    assert caseload.stock["plans"].sum() == 21


def test_two_plans_of_one_person_set_all_the_persons_rows_aside(tmp_path):
    lines = (line(january="2024"), line(), line(need="SLD"))
    caseload = read(extract_of(tmp_path, *lines))
    assert finding(caseload, "person_twice")["row"] == f"{FIRST + 1}, {FIRST + 2}"
    assert caseload.stock["plans"].sum() == 20
    assert caseload.rows["rows_set_aside"].tolist() == [3]


def test_a_second_plan_that_had_ended_is_not_a_second_plan(tmp_path):
    caseload = read(extract_of(tmp_path, line(), line(need="SLD", end="2024-12-01")))
    assert caseload.findings["check"].tolist() == ["end_before_january"]
    assert caseload.stock["plans"].sum() == 21


def test_a_code_not_known_in_one_january_makes_nobody_leave_or_join(tmp_path):
    caseload = read(extract_of(tmp_path, line(january="2024"), line(need="XYZ")))
    assert not (caseload.movements[["place_from", "place_to"]] == "outside").any(axis=None)
    assert finding(caseload, "need_unknown")["found"] == "XYZ"


def test_two_dates_of_birth_of_one_person_are_reported_and_the_last_is_used(tmp_path):
    lines = (line(january="2024", born="2005-01-01"), line(born="2006-01-01"))
    caseload = read(extract_of(tmp_path, *lines))
    assert finding(caseload, "birth_changes")["row"] == str(FIRST)
    assert sorted(set(caseload.stock["age"])) == [11, 12, 17, 18]


def test_a_january_without_any_need_is_reported(tmp_path):
    rows = frame(crowd())
    rows.loc[rows["january"] == 2024, "need"] = ""
    write_extract(rows, tmp_path / "a.csv")
    assert finding(read(tmp_path / "a.csv"), "need_not_collected")["found"] == "January 2024"


def test_one_who_leaves_and_returns_is_reported(tmp_path):
    rows = frame(crowd(3, (2023, 2024, 2025)), person("B1", 2023, 2025))
    write_extract(rows, tmp_path / "a.csv")
    assert finding(read(tmp_path / "a.csv"), "returner")["rows_affected"] == 1


def test_a_count_that_jumps_is_reported(tmp_path):
    write_extract(frame(crowd(3), person("B1", 2025), person("B2", 2025)), tmp_path / "a.csv")
    assert finding(read(tmp_path / "a.csv"), "count_jumps")["found"] == "January 2025"


def test_a_gap_between_januaries_is_refused_and_named(tmp_path):
    write_extract(frame(person("B1", 2021, 2023)), tmp_path / "a.csv")
    assert "between the first and the last (January 2022)" in str(refusal(tmp_path / "a.csv"))


def test_a_single_january_is_refused(tmp_path):
    write_extract(frame(person("B1", 2021)), tmp_path / "a.csv")
    assert "there is only one January (2021)" in str(refusal(tmp_path / "a.csv"))


def test_missing_and_repeated_columns_are_all_reported_with_the_nearest_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Reference,Person ID,Neeed,Placement,January\nx,x,x,x,x\n", encoding="utf-8")
    told = str(refusal(path))
    for column in ("Need", "Plan start", "Plan end", "Date of birth"):
        assert f"a.csv, column {column}: a column is missing" in told
    assert "the nearest heading is neeed" in told
    assert "column Person reference: more than one column" in told


BROKEN = [
    ("empty", "a.csv", b" \n"),
    ("empty", "a.xml", b""),
    ("no_rows", "a.csv", HEADINGS.encode()),
    ("no_rows", "a.xml", b"<Message><Header/></Message>"),
    ("no_header", "a.csv", b"Ann Other,2012-01-01,ASD\nBob Other,2011-01-01,MLD\n"),
    ("not_text", "a.csv", b"Need\0\n"),
    ("not_text", "a.csv", b"Need\n\x81\n"),
    ("workbook_unreadable", "a.xlsx", b"not a workbook"),
    ("xml_unreadable", "a.xml", b"<Message><Persons>"),
    ("xml_entities", "a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("xml_entities", "a.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'),
    ("file_unknown", "a.xml", b"<html/>"),
    ("file_unknown", "a.pdf", b"%PDF"),
    ("reference_date_missing", "a.xml", b"<Message><Persons><Person/></Persons></Message>"),
]


@pytest.mark.parametrize(("check", "name", "content"), BROKEN)
def test_a_file_that_cannot_be_used_is_refused_by_name(tmp_path, check, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    error = refusal(path)
    assert error.findings["check"].tolist() == [check]
    assert str(error.problems[0]).startswith(f"{name}")
    assert checks()[check].what in str(error)


def test_an_empty_workbook_is_refused(tmp_path):
    write_extract(frame(person("A1", 2025)).iloc[:0], tmp_path / "a.xlsx")
    assert refusal(tmp_path / "a.xlsx").findings["check"].tolist() == ["no_rows"]


def test_everything_wrong_with_several_files_is_reported_at_once(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.xlsx").write_bytes(b"no")
    path = extract_of(tmp_path, line(need="XYZ"))
    error = refusal(tmp_path / "a.csv", tmp_path / "b.xlsx", path)
    assert set(error.findings["check"]) == {"empty", "workbook_unreadable", "need_unknown"}


def test_files_of_different_forms_are_refused(tmp_path):
    paths = write_all(frame(crowd()), tmp_path)
    mixed = refusal(*paths["csv"], *paths["return"])
    assert mixed.findings["check"].tolist() == ["forms_mixed"]


def test_invented_records_next_to_real_ones_are_refused(tmp_path):
    write_extract(frame(crowd(2)), tmp_path / "a.csv", synthetic=True)
    error = refusal(tmp_path / "a.csv", extract_of(tmp_path))
    assert error.findings["check"].tolist() == ["kinds_mixed"]


def test_the_report_has_every_finding_and_the_totals(tmp_path):
    caseload = read(extract_of(tmp_path, line(need="XYZ"), line("X002", start="2014-08-31")))
    write_report(caseload.findings, caseload.rows, tmp_path / "report.csv")
    report = pd.read_csv(tmp_path / "report.csv", keep_default_na=False)
    assert report["check"].tolist() == ["need_unknown", "start_before_2014", *["total"] * 3]
    assert report["rows_affected"].tolist() == [1, 1, 22, 1, 21]


def test_the_report_never_holds_a_formula(tmp_path):
    path = extract_of(tmp_path, line(need="=1+1"), name="=cmd.csv")
    caseload = read(path)
    write_report(caseload.findings, caseload.rows, tmp_path / "report.csv")
    text = (tmp_path / "report.csv").read_text(encoding="utf-8")
    assert not re.search(r"(^|,)\"?[=+@-]", text, re.M)


def test_every_check_is_described():
    assert len(checks()) > 50
    for check in checks().values():
        assert check.what
        assert check.remedy
        assert check.severity in ("refuse", "confirm", "set aside", "advice")


def test_a_report_that_cannot_be_written_is_refused_by_a_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    caseload = read(extract_of(tmp_path))
    with refuses(OutputError, "report_not_written"):
        write_report(caseload.findings, caseload.rows, tmp_path / "file" / "found.csv")
