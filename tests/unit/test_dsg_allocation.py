"""A workbook like the department's, invented here, and what is said of one that is broken."""

import io
import re
import zipfile
from xml.sax.saxutils import escape

import pytest

from error_codes import places
from sendlib.data import tidy_figures
from sendlib.data.dsg_allocation import TERMS, read_allocation, repacked
from sendlib.data.figures import read_figures
from sendlib.errors import DataError
from sendlib.vocabulary import ENGLAND, FundingTerm

TITLE = "Dedicated schools grant: 2021 to 2022 "
BLOCK = [
    [
        TITLE + "provisional high needs block allocations",
        "",
        "National funding formula (NFF) allocations (excluding basic entitlement) (£s)",
        "Basic entitlement factor (area cost adjusted) unit of funding (£s)",
        "Number of pupils in special schools and academies",
        "Import/export adjustment (based on January 2021 school census) (£s)",
        "Additional Funding for Special Free Schools (£s)",
        "Hospital education, AP teachers pay/pension and  supplementary funding factor",
        "Total high needs block before deductions (£s)",
    ],
    ["", "", "[A]", "[B]", "[C]", "[D]", "[E]", "[F]", "[G]"],
    ["ENGLAND", "", 1000.0, 10.5, 4.0, -20.0, 5.0, 7.0, 1034.0],
    [998.0, "Nowhere", 600.0, 10.25, 2.0, -20.0, "c", "", 608.0],
    ["999", "Elsewhere ", 400.0, 10.75, 2.0, 0.0, 5.0, 0.0, 426.5],
    ["", "", "", "", "", "", "", "", ""],
    ["South West", "", 1000.0, 10.5, 4.0, -20.0, 5.0, 7.0, 1034.0],
]
PLACES = "Total deduction to high needs block for direct funding of places (£s)"
DEDUCTIONS = [
    [TITLE + "high needs block deductions", "", "Special academies", PLACES],
    ["", "", "Places", ""],
    ["ENGLAND", "", 3.0, 90.0],
    ["998", "Nowhere", 2.0, 60.0],
    [999.0, "Elsewhere", 1.0, 30.0],
]
SUMMARY = [
    [TITLE + "allocations local authority summary", "", "before", "after"],
    ["", "", "High needs block (£s)", "High needs block allocation (£s)"],
    ["ENGLAND", "", 1034.0, 944.0],
    [998.0, "Nowhere", 608.0, 548.0],
    [999.0, "Elsewhere", 426.5, 396.5],
]
SHEETS = {
    "High_needs_block": BLOCK,
    "High_needs_deductions": DEDUCTIONS,
    "Allocations_summary": SUMMARY,
}
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def cell(value):
    if isinstance(value, float):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    text = f"<text:p>{escape(value)}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def workbook(sheets=SHEETS):
    """An ODS archive that names no type, as some of the department's."""
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = "".join(f' xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "content.xml", f"<office:document-content{spaces}>{body}</office:document-content>"
        )
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{OFFICE}manifest:1.0"></manifest:manifest>',
        )
    return out.getvalue()


def changed(sheet, row, column, value):
    """The workbook with one cell changed; rows and columns count from 0."""
    rows = [list(cells) for cells in SHEETS[sheet]]
    rows[row][column] = value
    return workbook({**SHEETS, sheet: rows})


def problems_of(content):
    with pytest.raises(DataError) as caught:
        read_allocation(content, where="a.ods")
    return list(caught.value.problems)


def terms_of(content):
    """From a workbook, through the table that is taken from it, to the tidy one."""
    table = read_allocation(content, where="a.ods").to_csv(index=False).encode()
    frame = read_figures(table, layout="high_needs_terms", where="a.csv")
    tidy = tidy_figures.high_needs_term(frame)
    return tidy.set_index(["area_code", "term"])


def test_every_authority_and_england_have_a_row_and_groups_have_none():
    read = read_allocation(workbook(), where="a.ods")
    assert read[["la_code", "la_name"]].to_numpy().tolist() == [
        ["", "ENGLAND"],
        ["998", "Nowhere"],
        ["999", "Elsewhere"],
    ]
    assert set(read["financial_year"]) == {"2021-22"}
    assert list(read.columns) == ["la_code", "la_name", "financial_year", *TERMS]


def test_figures_come_from_all_three_sheets_as_printed():
    terms = terms_of(workbook())
    values = terms["value"]["999"]
    assert values["basic_entitlement"] == 10.75
    assert values["before_deductions"] == 426.5
    assert (values["deductions"], values["after_deductions"]) == (30, 396.5)
    assert terms["value"]["998", "import_export"] == -20
    assert terms["value"][ENGLAND, "deductions"] == 90
    assert set(terms["source_id"]) == {"dfe_dsg_2122"}
    assert terms["unit"]["999"]["basic_entitlement"] == "GBP per pupil"


def test_symbols_empty_cells_and_terms_that_a_year_does_not_have_stay_missing():
    terms = terms_of(workbook()).loc["998"]
    assert terms["value_status"][["special_free_schools", "hospital_and_pay"]].tolist() == [
        "suppressed",
        "not_available",
    ]
    assert terms["value_status"]["additional"] == "not_applicable"
    missing = ["special_free_schools", "hospital_and_pay", "additional"]
    assert terms["value"][missing].isna().all()


def test_every_term_has_a_row():
    assert set(terms_of(workbook()).loc["998"].index) == set(FundingTerm)


def test_the_committed_terms_have_every_term_and_a_value_exactly_where_reported(tables):
    held = tables["high_needs_term"]
    assert set(held["term"]) == set(FundingTerm)
    assert (held["value"].notna() == (held["value_status"] == "reported")).all()
    missing = held[held["value"].isna()]
    assert set(missing["value_status"]) == {"not_applicable"}
    assert set(missing["term"]) == {"hospital_and_pay", "additional_base", "additional"}
    assert set(missing["financial_year"]) == {"2020-21", "2021-22"}


def test_an_archive_gets_its_type_first_and_stored_whether_it_names_one_or_not():
    once = repacked(workbook())
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    with zipfile.ZipFile(io.BytesIO(repacked(once))) as archive:
        assert archive.namelist().count("mimetype") == 1


def test_a_missing_sheet_is_reported_with_the_nearest_name():
    sheets = dict(SHEETS)
    sheets["Deductions"] = sheets.pop("High_needs_deductions")
    (problem,) = problems_of(workbook(sheets))
    assert (problem.code, problem.where) == ("sheet_missing", "a.ods")
    assert "High_needs_deductions" in problem.found
    assert problem.remedy.endswith("High_needs_block or Deductions?")


def test_a_missing_column_is_reported_with_its_sheet_and_rows():
    (told,) = problems_of(changed("High_needs_deductions", 0, 3, ""))
    assert (told.code, told.where) == (
        "heading_missing",
        "a.ods, sheet High_needs_deductions, rows 1 to 2",
    )
    assert repr(PLACES) in told.found
    assert "'total deduction to high needs block'" in told.remedy


def test_a_renamed_column_of_the_formula_is_not_passed_over():
    told = problems_of(changed("High_needs_block", 0, 7, "Hospitals (£s)"))
    assert places(told) == [("unknown_heading", "a.ods, sheet High_needs_block, row 1, column H")]
    assert "'Hospitals (£s)'" in told[0].found
    assert "data/dsg_columns.csv" in told[0].remedy


def test_a_column_that_stands_there_twice_is_reported():
    told = problems_of(changed("High_needs_deductions", 0, 2, PLACES))
    assert places(told)[0] == (
        "ambiguous_heading",
        "a.ods, sheet High_needs_deductions, rows 1 to 2",
    )
    assert told[0].found.startswith("2")


def test_a_word_where_a_number_belongs_is_reported_with_its_sheet_row_and_column():
    (told,) = problems_of(changed("High_needs_block", 4, 6, "tbc"))
    heading = "Additional Funding for Special Free Schools (£s)"
    assert told.code == "unknown_symbol"
    assert told.where == f"a.ods, sheet High_needs_block, row 5, column {heading}"
    assert "'tbc'" in told.found


def test_codes_must_stand_there_once():
    told = problems_of(changed("High_needs_block", 4, 0, 998.0))
    assert told[0].code == "area_twice"
    assert told[0].where.endswith("row 5, column A")
    assert re.findall(r"\d+", told[0].found) == ["998", "4"]


@pytest.mark.parametrize("gone", ["ENGLAND", "999"])
def test_an_area_that_a_sheet_leaves_out_is_reported(gone):
    rows = [row for row in SUMMARY if str(row[0]).removesuffix(".0") != gone]
    (told,) = problems_of(workbook({**SHEETS, "Allocations_summary": rows}))
    assert places([told]) == [("no_row_of_authority", "a.ods, sheet Allocations_summary")]
    assert gone in told.found


def test_sheets_of_unlike_years_are_refused():
    (told,) = problems_of(changed("Allocations_summary", 0, 0, "2022 to 2023 allocations"))
    assert told.code == "no_one_financial_year"
    assert re.search("2021-22 in High_needs_block.*2022-23 in Allocations_summary", told.found)


def test_an_empty_sheet_is_reported_and_not_read_as_nothing():
    told = problems_of(workbook({**SHEETS, "High_needs_block": []}))
    (years,) = (each for each in told if each.code == "no_one_financial_year")
    assert "High_needs_block" in years.found


@pytest.mark.parametrize("content", [b"not an archive", b"PK\x03\x04 cut short", b"", None])
def test_what_is_no_workbook_is_refused(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("letter.txt", "hello")
    told = problems_of(out.getvalue() if content is None else content)
    assert places(told) == [("not_an_ods_workbook", "a.ods")]


def test_problems_of_several_sheets_are_reported_together():
    rows = [list(cells) for cells in BLOCK]
    rows[3][3] = "?"
    sheets = {**SHEETS, "High_needs_block": rows, "Allocations_summary": SUMMARY[:1]}
    told = problems_of(workbook(sheets))
    assert any("sheet High_needs_block, row 4" in each.where for each in told)
    assert any("sheet Allocations_summary, rows 1 to 2" in each.where for each in told)
