"""What is written about a person never comes back out; the people here are invented.

A canary is planted in each column in turn, with something wrong in that row, and
must not be found in findings, errors, reports or anything's repr.
"""

import dataclasses
import traceback

import pytest

from invented_people import HEADINGS, crowd, extract_of, frame, line, person, read
from sendlib.intake import CaseloadError, read_caseload, write_report
from sendlib.intake.files import read_tables
from sendlib.intake.findings import Findings
from sendlib.intake.people import EXTRACT
from sendlib.intake.write import write_extract, write_sen2

CANARIES = [
    {"reference": "Canary Bird-77341"},
    {"born": "Canary 17/03/2011"},
    {"born": "2024-12-07", "start": "2023-11-06"},
    {"year": "canary"},
    {"need": "Canary Bird"},
    {"need": "2011-03-17"},
    {"need": "C77341993"},
    {"place": "ring Canary's mother"},
    {"place": "Canary"},
    {"start": "canary day"},
    {"start": "2031-03-17"},
    {"end": "2011-03-17"},
    {"end": "canary day"},
    {"january": "Canary"},
]


def said_by(caseload_or_error, tmp_path):
    """Everything that could be passed on."""
    report = tmp_path / "report.csv"
    write_report(caseload_or_error.findings, caseload_or_error.rows, report)
    said = [report.read_text(encoding="utf-8"), repr(caseload_or_error), str(caseload_or_error)]
    if isinstance(caseload_or_error, CaseloadError):
        said += ["".join(traceback.format_exception(caseload_or_error))]
    else:
        frames = dataclasses.asdict(caseload_or_error)
        said += [str(each.to_dict()) for each in frames.values() if hasattr(each, "to_dict")]
    return "\n".join(said)


def outcome(*paths, **more):
    try:
        return read(*paths, **more)
    except CaseloadError as error:
        return error


@pytest.mark.parametrize("cells", CANARIES, ids="-".join)
@pytest.mark.parametrize("limit", [1.0, 0.0])
def test_what_stands_in_a_row_with_a_problem_is_never_passed_on(tmp_path, cells, limit):
    path = extract_of(tmp_path, line(**cells), line("Bob Canary Bird-77341", "?", need="?"))
    said = said_by(outcome(path, refuse_above=limit), tmp_path)
    for value in (*cells.values(), "Canary", "77341", "Bob"):
        assert value not in said


def test_a_file_without_headings_shows_none_of_its_first_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Canary Bird,2011-03-17,ASD,Mainstream\n", encoding="utf-8")
    said = said_by(outcome(path), tmp_path)
    assert "Canary" not in said
    assert "2011" not in said


def test_columns_that_are_not_read_are_not_passed_on(tmp_path):
    path = extract_of(tmp_path, line(need="XYZ"))
    text = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([f"{HEADINGS},Surname", *(f"{row},Canary" for row in text[1:])]), encoding="utf-8"
    )
    caseload = read(path)
    assert "need_unknown" in caseload.findings["check"].tolist()
    assert "Canary" not in said_by(caseload, tmp_path)


def test_a_return_passes_on_no_name_number_or_date(tmp_path):
    rows = frame(crowd(), person("CANARY77341", 2024, 2025, need="asd", start="2031-03-17"))
    paths = [tmp_path / f"{year}.xml" for year in (2024, 2025)]
    for path, year in zip(paths, (2024, 2025), strict=True):
        write_sen2(rows, path, year)
        text = path.read_text(encoding="utf-8").replace(
            "<UPN>C000</UPN>", "<Surname>Canary</Surname><Forename>Bird</Forename>"
        )
        path.write_text(text, encoding="utf-8")
    caseload = outcome(*paths)
    assert {"start_after_january", "reference_from_name"} <= set(caseload.findings["check"])
    said = said_by(caseload, tmp_path)
    for value in ("Canary", "CANARY", "Bird", "77341", "2031"):
        assert value not in said


def test_xml_that_cannot_be_read_is_not_quoted(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<Person><Surname>Canary</Sur>", encoding="utf-8")
    assert "Canary" not in said_by(outcome(path), tmp_path)


def test_no_hash_of_a_reference_leaves_the_reader(tmp_path):
    write_extract(frame(crowd()), tmp_path / "a.csv")
    caseload = read_caseload([tmp_path / "a.csv"], salt=b"one invented salt")
    for name in ("stock", "movements", "findings", "rows"):
        assert "person" not in getattr(caseload, name).columns


def test_tables_and_findings_in_the_making_show_nothing_either(tmp_path):
    path = extract_of(tmp_path, line("Canary", need="Canary"))
    findings = Findings()
    (table,) = read_tables(path, [EXTRACT], findings)
    findings.add("need_unknown", codes=table.rows["need"])
    assert "Canary" not in repr(table) + repr(findings)
