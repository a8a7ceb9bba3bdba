"""The workbook to fill in with indicators."""

import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from sendlib.errors import DataError
from sendlib.kpi import read_feed, read_register, synthesise, write_feed, write_template

REGISTER = read_register()
TODAY = date(2026, 1, 20)
HEADER = "Authority,KPI,Period,Value,Numerator,Denominator,Target,Note"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("kpi") / "template.xlsx"
    write_template(path, REGISTER, authority="865")
    return path


def sheet(path, name):
    with CalamineWorkbook.from_path(path) as book:
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def test_the_sheets_are_in_the_order_in_which_they_are_needed(template):
    with CalamineWorkbook.from_path(template) as book:
        assert book.sheet_names == ["Cover", "How to fill in", "KPIs", "Feed"]
    assert sheet(template, "Cover")[-1] == ["Authority to write in every row: 865"]


def test_the_feed_has_the_headings_that_are_explained(template):
    assert ",".join(sheet(template, "Feed")[0]) == HEADER
    assert [row[0] for row in sheet(template, "How to fill in")[1:]] == HEADER.split(",")


def test_every_indicator_that_is_supplied_can_be_chosen_and_no_other(template):
    listed = [row[0] for row in sheet(template, "KPIs")[1:]]
    assert listed == [entry.title for entry in REGISTER if entry.data == "supplied"]
    with zipfile.ZipFile(template) as archive:
        xml = archive.read("xl/worksheets/sheet4.xml").decode()
    assert f"KPIs!$A$2:$A${len(listed) + 1}" in xml


def test_no_sheet_has_merged_cells_and_tables_have_headings(template):
    with zipfile.ZipFile(template) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any("mergeCell" in xml for name, xml in texts.items() if "worksheets/" in name)
    tables = [xml for name, xml in texts.items() if "tables/" in name]
    assert len(tables) == 3
    assert not any('headerRowCount="0"' in xml for xml in tables)
    assert "<dc:title>Indicators of the SEND" in texts["docProps/core.xml"]


def test_an_empty_template_is_told_to_have_no_rows(template):
    with pytest.raises(DataError, match="no rows"):
        read_feed(template, authority=["865"], register=REGISTER, today=TODAY)


def test_an_invented_workbook_opens_on_the_mark(tmp_path):
    made = synthesise(REGISTER, today=TODAY, seed=1)
    path = tmp_path / "feed.xlsx"
    write_feed(made.values, path, REGISTER, authority="865", synthetic=True)
    with CalamineWorkbook.from_path(path) as book:
        assert book.sheet_names[0] == "SYNTHETIC"
    assert sheet(path, "SYNTHETIC") == [["The figures in this workbook are invented."]]
