"""The workbook to fill in, and text that must never become a formula."""

import zipfile

import pytest
from python_calamine import CalamineWorkbook

from invented_people import HEADINGS, frame, person, read
from sendlib.intake import CaseloadError, write_template
from sendlib.intake.columns import code_list
from sendlib.intake.write import write_extract


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path)
    return path


def sheet(path, name):
    with CalamineWorkbook.from_path(path) as book:
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def parts(path, start):
    with zipfile.ZipFile(path) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith(start)
        }


def test_the_sheets_are_in_the_order_in_which_they_are_needed(template):
    with CalamineWorkbook.from_path(template) as book:
        assert book.sheet_names == ["Cover", "How to fill in", "Codes", "Caseload"]


def test_the_caseload_has_one_row_of_headings_from_a1_marked_as_a_table(template):
    assert ",".join(map(str, sheet(template, "Caseload")[0])) == HEADINGS
    tables = parts(template, "xl/tables/")
    assert len(tables) == 3
    assert any('ref="A1:H2"' in xml and 'headerRowCount="0"' not in xml for xml in tables.values())


def test_every_column_is_explained_and_every_code_listed(template):
    explained = [row[0] for row in sheet(template, "How to fill in")[1:]]
    assert explained == HEADINGS.split(",")
    listed = {(row[0], row[1]) for row in sheet(template, "Codes")[1:]}
    wanted = {("Need", code) for code in code_list("need")["written"]}
    assert wanted | {("Placement", code) for code in code_list("place")["written"]} == listed


def test_no_sheet_has_merged_cells_and_the_workbook_has_a_title(template):
    assert not any("mergeCell" in xml for xml in parts(template, "xl/worksheets/sheet").values())
    core = parts(template, "docProps/core.xml")["docProps/core.xml"]
    assert "<dc:title>Caseload of education, health and care plans</dc:title>" in core


def test_an_empty_template_is_told_to_have_no_rows(template):
    with pytest.raises(CaseloadError) as caught:
        read(template)
    assert caught.value.findings[["check", "file"]].to_numpy().tolist() == [
        ["no_rows", "template.xlsx (sheet 4)"]
    ]


def test_the_template_is_the_same_bytes_each_time(template, tmp_path):
    write_template(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == template.read_bytes()


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_never_becomes_a_formula_or_a_link(tmp_path, start):
    reference = f"{start}HYPERLINK('https://example.org')"
    path = tmp_path / "a.xlsx"
    write_extract(frame(person(reference, 2024, 2025)), path)
    assert not any("<f>" in xml for xml in parts(path, "xl/worksheets/").values())
    assert not any("hyperlink" in xml for xml in parts(path, "xl/worksheets/").values())
    assert sheet(path, "Caseload")[1][0] == reference
    assert read(path).stock["plans"].tolist() == [1, 1]
