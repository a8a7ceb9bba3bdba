"""The cohort commands, run as a person runs them, on invented people."""

import re
import shutil

import pandas as pd
import pytest

from command_line import call_sendlib

JANUARIES = range(2022, 2027)


@pytest.fixture(scope="module")
def place(synthetic, tmp_path_factory):
    """A project of its own, and the folder with its invented caseload."""
    root = tmp_path_factory.mktemp("cohort")
    shutil.copytree(synthetic, root, dirs_exist_ok=True)
    return root, root / "data" / "private" / "synthetic"


def stock_of(text):
    """The last column of the table of places, by place."""
    rows = re.findall(r"^ *([a-z_0-9]+) .* ([\d,]+)$", text, flags=re.MULTILINE)
    return {name: int(count.replace(",", "")) for name, count in rows}


def fitted(root, *options):
    made = call_sendlib(root, "cohort", "fit", "--la", "802", *options)
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_all_three_forms_give_the_same_stock_and_the_published_total(place):
    root, folder = place
    published = fitted(root)
    workbook = fitted(root, "--caseload", str(folder / "synthetic_caseload.xlsx"))
    returns = [
        part
        for january in JANUARIES
        for part in ("--caseload", str(folder / f"synthetic_sen2_{january}.xml"))
    ]
    xml = fitted(root, *returns, "--urns", str(folder / "synthetic_urns.csv"))
    transitions = fitted(root, "--caseload", str(folder / "synthetic_transitions.csv"))
    assert stock_of(workbook) == stock_of(xml) == stock_of(transitions)
    assert stock_of(workbook)["total"] == stock_of(published)["total"] > 1000
    assert "as published" in published
    assert all("SYNTHETIC" in told for told in (workbook, xml, transitions))


def test_counts_stay_inside_data_and_hold_no_reference(place):
    root, folder = place
    fitted(root, "--caseload", str(folder / "synthetic_caseload.xlsx"))
    kept = sorted((root / "data" / "processed" / "own" / "802").iterdir())
    assert [path.name for path in kept] == [
        "findings.parquet",
        "movements.parquet",
        "note.json",
        "rows.parquet",
        "stock.parquet",
    ]
    for path in kept:
        assert b"SYNTHETIC-" not in path.read_bytes()


def test_a_file_that_cannot_be_used_is_refused_with_a_report_and_nothing_is_stored(place, tmp_path):
    root, _ = place
    wrong = tmp_path / "extract.csv"
    people = pd.DataFrame(
        {
            "Person reference": ["CANARY-1", "CANARY-2"],
            "Date of birth": ["31/02/2012", "2030-01-01"],
            "Need": ["ASD", "XYZZY"],
            "Placement": ["mainstream", "mainstream"],
            "Plan start": ["2020-01-01", "2020-01-01"],
            "Plan end": ["", ""],
            "January": [2024, 2025],
        }
    )
    people.to_csv(wrong, index=False)
    report = tmp_path / "a new folder" / "found.csv"
    options = ("--caseload", str(wrong), "--report", str(report))
    made = call_sendlib(root, "cohort", "fit", "--la", "850", *options)
    assert made.returncode == 1
    assert report.is_file()
    for told in (made.stdout, made.stderr, report.read_text(encoding="utf-8")):
        assert "CANARY" not in told
        assert "2030" not in told
        assert "31/02" not in told
    assert not (root / "data" / "processed" / "own" / "850").exists()


def test_a_region_and_england_can_be_fitted_from_published_tables(place):
    root, _ = place
    for name, total in (("South West", 69_777), ("England", 718_838)):
        made = call_sendlib(root, "cohort", "fit", "--la", name)
        assert made.returncode == 0, made.stderr
        assert stock_of(made.stdout)["total"] == total


def test_the_template_is_written_where_asked(place, tmp_path):
    root, _ = place
    made = call_sendlib(root, "cohort", "template", str(tmp_path / "fill_in.xlsx"))
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "fill_in.xlsx").stat().st_size > 1000
