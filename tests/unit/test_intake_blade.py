"""The return as tables: blade CSVs and the pre-submission workbook, all of invented people."""

import pytest
import xlsxwriter

from error_codes import refuses
from invented_people import read
from invented_returns import PEOPLE, write_blades, write_books
from sendlib.errors import DataError
from sendlib.intake.write import invented_urns, write_sen2


def moves_of(caseload):
    order = [name for name in caseload.movements if name != "plans"]
    return caseload.movements.sort_values(order).to_numpy().tolist()


@pytest.fixture
def as_xml(tmp_path):
    paths = [tmp_path / f"{january}.xml" for january in (2024, 2025)]
    for path in paths:
        write_sen2(PEOPLE, path, int(path.stem))
    return read(*paths, urns=invented_urns())


@pytest.mark.parametrize("write", [write_blades, write_books])
def test_tables_of_a_return_say_what_its_xml_says(tmp_path, as_xml, write):
    caseload = read(*write(tmp_path), urns=invented_urns())
    assert moves_of(caseload) == moves_of(as_xml)
    assert ["ds", "state_special"] in caseload.stock[["need", "place_type"]].to_numpy().tolist()
    assert "reference_from_file" in caseload.findings["check"].tolist()


def test_tables_without_those_that_link_them_are_linked_by_their_native_ids(tmp_path, as_xml):
    caseload = read(*write_blades(tmp_path, linked=False), urns=invented_urns())
    assert moves_of(caseload) == moves_of(as_xml)


def test_a_table_alone_is_no_return(tmp_path):
    (alone,) = [path for path in write_blades(tmp_path) if path.name == "person_SEN2_2025.csv"]
    with refuses(DataError, "blade_incomplete"):
        read(alone)


def test_records_of_no_request_are_refused_by_their_number(tmp_path):
    paths = write_blades(tmp_path)
    requests = next(path for path in paths if path.name == "requests_SEN2_2025.csv")
    requests.write_text(requests.read_text().replace(",R1,", ",R99,"))
    with pytest.raises(DataError) as caught:
        read(*paths)
    assert {each.code for each in caught.value.problems} == {"blade_unlinked"}


def test_headings_below_a_title_are_named_with_their_row(tmp_path):
    path = tmp_path / "extract.csv"
    path.write_text("Caseload of an invented system\n\nUPN,DOB,Primary need,Placement\n1,,ASD,\n")
    with refuses(DataError, "headings_lower", match="row 3"):
        read(path)


def test_a_systems_own_headings_are_named_with_the_nearest_of_ours(tmp_path):
    path = tmp_path / "extract.csv"
    path.write_text("Export 7\nPersonRefNo,BirthDateX,NeedTxt1\nX1,2012-03-31,ASD\n")
    with refuses(DataError, "no_header", match="row 2.*is like"):
        read(path)


def test_a_workbook_with_a_cell_at_the_end_of_the_sheet_is_refused_at_once(tmp_path):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", "Person reference")
        sheet.write("XFD1048576", "far away")
    with refuses(DataError, "records_too_large"):
        read(path)
