"""The workbooks to fill in, of a caseload and of indicators, and text that is never a formula."""

import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from invented_people import HEADINGS, frame, person, read
from sendlib import intake, kpi
from sendlib.errors import DataError
from sendlib.intake.columns import code_list
from sendlib.intake.write import write_extract

REGISTER = kpi.read_register()
TODAY = date(2026, 1, 20)
KPI_HEADINGS = "Authority,KPI,Period,Value,Numerator,Denominator,Target,Note"
SHEETS = {
    "caseload": ["Cover", "How to fill in", "Codes", "Caseload"],
    "indicators": ["Cover", "How to fill in", "KPIs", "Feed"],
}


def write_templates(folder):
    intake.write_template(folder / "caseload.xlsx")
    kpi.write_feed_template(folder / "indicators.xlsx", REGISTER, authority="865")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(params=["caseload", "indicators"])
def template(folder, request):
    return folder / f"{request.param}.xlsx"


def read_feed(path):
    return kpi.read_feed(path, authority=["865"], register=REGISTER, today=TODAY)


def sheet(path, name):
    with CalamineWorkbook.from_path(path) as book:
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def parts(path, start):
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith(start)]
        return {name: archive.read(name).decode() for name in names}


def test_the_sheets_are_in_the_order_in_which_they_are_needed(template):
    with CalamineWorkbook.from_path(template) as book:
        assert book.sheet_names == SHEETS[template.stem]


@pytest.mark.parametrize(
    ("name", "headings"), [("caseload", HEADINGS), ("indicators", KPI_HEADINGS)]
)
def test_the_headings_are_in_row_1_and_each_is_explained(folder, name, headings):
    path = folder / f"{name}.xlsx"
    assert sheet(path, SHEETS[name][-1])[0] == headings.split(",")
    assert [row[0] for row in sheet(path, "How to fill in")[1:]] == headings.split(",")


def test_no_sheet_has_merged_cells_and_every_table_has_headings(template):
    assert not any("mergeCell" in xml for xml in parts(template, "xl/worksheets/sheet").values())
    tables = parts(template, "xl/tables/")
    assert len(tables) == 3
    assert not any('headerRowCount="0"' in xml for xml in tables.values())
    title = sheet(template, "Cover")[0][0]
    assert f"<dc:title>{title}</dc:title>" in parts(template, "docProps/")["docProps/core.xml"]


def test_every_code_is_listed(folder):
    listed = {(row[0], row[1]) for row in sheet(folder / "caseload.xlsx", "Codes")[1:]}
    wanted = {("Need", code) for code in code_list("need")["written"]}
    assert wanted | {("Placement", code) for code in code_list("place")["written"]} == listed


def test_every_indicator_that_is_supplied_can_be_chosen_and_no_other(folder):
    path = folder / "indicators.xlsx"
    assert sheet(path, "Cover")[-1] == ["Authority to write in every row: 865"]
    listed = [row[0] for row in sheet(path, "KPIs")[1:]]
    assert listed == [entry.title for entry in REGISTER if entry.data == "supplied"]
    (xml,) = parts(path, "xl/worksheets/sheet4").values()
    assert f"KPIs!$A$2:$A${len(listed) + 1}" in xml


@pytest.mark.parametrize(("name", "reader"), [("caseload", read), ("indicators", read_feed)])
def test_an_empty_template_is_refused_for_its_sheet_without_rows(folder, name, reader):
    with pytest.raises(DataError) as caught:
        reader(folder / f"{name}.xlsx")
    assert [each.where for each in caught.value.problems] == [f"{name}.xlsx (sheet 4)"]


def test_a_template_is_the_same_bytes_each_time(template, tmp_path):
    again = write_templates(tmp_path) / template.name
    assert again.read_bytes() == template.read_bytes()


def test_an_invented_workbook_opens_on_the_mark(tmp_path):
    write_extract(frame(person("X1", 2024, 2025)), tmp_path / "people.xlsx", synthetic=True)
    values = kpi.synthesise_feed(REGISTER, today=TODAY, seed=1).values
    feed = tmp_path / "feed.xlsx"
    kpi.write_feed(values, feed, REGISTER, authority="865", synthetic=True)
    for path in (feed, tmp_path / "people.xlsx"):
        with CalamineWorkbook.from_path(path) as book:
            assert book.sheet_names[0] == "SYNTHETIC"
        assert "invented" in sheet(path, "SYNTHETIC")[0][0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_never_becomes_a_formula_or_a_link(tmp_path, start):
    reference = f"{start}HYPERLINK('https://example.org')"
    path = tmp_path / "a.xlsx"
    write_extract(frame(person(reference, 2024, 2025)), path)
    sheets = parts(path, "xl/worksheets/").values()
    assert not any("<f>" in xml or "hyperlink" in xml for xml in sheets)
    assert sheet(path, "Caseload")[1][0] == reference
    assert read(path).stock["plans"].tolist() == [1, 1]
