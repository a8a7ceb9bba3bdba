"""The workbook of a return, opened by other libraries, its formulas worked out again."""

import re
import zipfile

import openpyxl
import pytest
import yaml
from openpyxl.utils import column_index_from_string, range_boundaries
from python_calamine import CalamineWorkbook

from command_line import run_sendlib
from conftest import copy_project
from error_codes import refuses
from sendlib.errors import DataError, ParameterError
from sendlib.returns import make_return, save_return
from sendlib.returns.checks import CHECKS, Check, check_sheet
from sendlib.returns.numbers import TABS
from sendlib.returns.sheets import Column, Sheet, Term
from sendlib.returns.workbook import Return, check_file, write_workbook
from small_return import CREATED, few_draws, loader, small_model


@pytest.fixture(scope="module")
def made(project):
    return make_return(
        small_model(project),
        few_draws(project),
        loader(project),
        authority="Wiltshire",
        created=CREATED,
    )


@pytest.fixture(scope="module")
def path(made, tmp_path_factory):
    return save_return(made, tmp_path_factory.mktemp("returns") / "made.xlsx")


@pytest.fixture(scope="module")
def formulas(path):
    """The workbook with its formulas."""
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def values(path):
    """The values that the file holds, by sheet, headings first."""
    with CalamineWorkbook.from_path(path) as book:
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def cells_of(sheet):
    return [cell for row in sheet.iter_rows() for cell in row]


def test_the_sheets_are_those_of_the_template_in_its_order(formulas):
    names = formulas.sheetnames
    front = ["Cover", "Contents", "Notes"]
    summaries = ["Financial summary unmitigated", "Financial summary mitigated"]
    assert names[:5] == [*front, *summaries]
    assert [name for name in names if name in TABS] == list(TABS)
    registers = ["Mitigations", "Assumptions", "Unit costs", "Governance log"]
    assert [name for name in names if name in registers] == registers
    needs = [f"LSRP 7.{at}" for at in range(1, 8)]
    lsrp = ["LSRP 5.1", "LSRP 6", "LSRP 7", *needs, "LSRP 10", "LSRP 11", "LSRP 12"]
    assert [name for name in names if name.startswith("LSRP")] == lsrp
    assert names[-1] == CHECKS
    listed = [row[0].value for row in formulas["Contents"].iter_rows(min_row=2)]
    assert listed == [name for name in names if name not in ("Cover", "Contents")]


def test_every_sheet_is_one_table_from_a1_with_one_row_of_headings(formulas):
    for sheet in formulas:
        (table,) = sheet.tables.values()
        assert table.headerRowCount in (1, None)
        assert table.ref == sheet.dimensions
        assert range_boundaries(table.ref)[:2] == (1, 1)
        headings = [cell.value for cell in sheet[1]]
        assert all(isinstance(heading, str) for heading in headings)
        assert len(set(headings)) == len(headings)


def test_nothing_is_merged_hidden_or_blank(formulas):
    for sheet in formulas:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert not any(row.hidden for row in sheet.row_dimensions.values())
        assert not any(column.hidden for column in sheet.column_dimensions.values())
        assert all(cell.value not in (None, "") for cell in cells_of(sheet))


def test_a_reader_that_works_nothing_out_sees_every_check_true(values, formulas, made):
    rows = values[CHECKS][1:]
    assert len(rows) == len(made.checks) > 500
    assert all(row[2] is True for row in rows)
    assert all(cell.data_type == "f" for (cell,) in formulas[CHECKS][f"C2:C{len(rows) + 1}"])


PART = re.compile(r"([+-]?)SUMIFS\(((?:[^()\"]|\"[^\"]*\"|'[^']*')*)\)")
REFERENCE = re.compile(r"'([^']+)'!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)")
CRITERION = re.compile(r",('[^']+'![$A-Z\d:]+),\"([^\"]*)\"")


class Reckoner:
    """Works out sums of SUMIFS from the numbers of a workbook, as a spreadsheet does."""

    def __init__(self, book):
        self.book = book
        self.columns = {}

    def column(self, reference):
        if reference not in self.columns:
            name, first, top, last, bottom = REFERENCE.fullmatch(reference).groups()
            assert first == last
            at = column_index_from_string(first) - 1
            rows = self.book[name][int(top) - 1 : int(bottom)]
            self.columns[reference] = [row[at] for row in rows]
        return self.columns[reference]

    def total(self, formula):
        parts = PART.findall(formula)
        assert "=" + "".join(f"{s}SUMIFS({inside})" for s, inside in parts) == formula
        return sum((-1 if sign == "-" else 1) * self.part(inside) for sign, inside in parts)

    def part(self, inside):
        summed = self.column(inside.split(",'")[0])
        kept = [True] * len(summed)
        for reference, text in CRITERION.findall(inside):
            unlike = text.startswith("<>")
            wanted = text.removeprefix("<>")
            kept = [
                keep and ((cell == wanted) != unlike)
                for keep, cell in zip(kept, self.column(reference), strict=True)
            ]
        numbers = zip(summed, kept, strict=True)
        return sum(n for n, keep in numbers if keep and isinstance(n, (int, float)))


def test_the_formulas_themselves_come_to_what_the_file_says_and_agree(formulas, values):
    reckoner = Reckoner(values)
    for row in range(2, formulas[CHECKS].max_row + 1):
        compared, *sides = (formulas[CHECKS].cell(row, column).value for column in (3, 4, 5))
        assert compared == f"=D{row}=E{row}"
        left, right = map(reckoner.total, sides)
        assert left == right == values[CHECKS][row - 1][3]


def test_text_stays_text_whatever_it_begins_with(formulas, path):
    register = [row[:8] for row in formulas["Mitigations"].iter_rows(min_row=2, values_only=True)]
    assert [register[0][0], register[0][1], register[0][7]] == ["=Bases", "@head", "+a pilot"]
    for sheet in formulas:
        if sheet.title != CHECKS:
            assert not any(cell.data_type == "f" for cell in cells_of(sheet))


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_cell_of_any_sheet_is_never_a_formula_by_its_text(tmp_path, start):
    text = f"{start}HYPERLINK('https://example.org')"
    sheet = Sheet("One", "One cell.", (Column("What"),), ((text,),))
    write_workbook([sheet], tmp_path / "a.xlsx", title=text, created=CREATED)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "hyperlink" not in page
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["One"]["A2"].value == text


def test_the_same_return_is_the_same_bytes(made, path, tmp_path):
    again = tmp_path / "again.xlsx"
    write_workbook(made.sheets, again, title=made.title, created=made.created)
    assert again.read_bytes() == path.read_bytes()


def tiny(*parts):
    """A return of one table and one check: its parts are to add up to three."""
    columns = (Column("Part"), Column("Plans", "count"))
    table = Sheet("Table", "t.", columns, (("All", 3), *((f"part {n}", n) for n in parts)))
    whole, each = ((Term("Table", "Plans", (("Part", text),)),) for text in ("All", "<>All"))
    check = Check("the parts add up", "2025", each, whole)
    return Return("T", CREATED, (table, check_sheet([check], [table])), (check,))


def test_a_return_that_does_not_reconcile_is_not_put_in_place(tmp_path):
    there = save_return(tiny(1, 2), tmp_path / "made.xlsx")
    before = there.read_bytes()
    with refuses(DataError, "check_fails", where="sheet Checks, row 2") as caught:
        save_return(tiny(1, 1), there)
    (problem,) = caught.value.problems
    assert (problem.found, problem.where) == ("the parts add up, 2025", "sheet Checks, row 2")
    assert there.read_bytes() == before
    assert list(tmp_path.iterdir()) == [there]


def test_a_file_whose_numbers_were_changed_afterwards_fails_its_checks(tmp_path):
    there = save_return(tiny(1, 2), tmp_path / "made.xlsx")
    changed = tmp_path / "changed.xlsx"
    with zipfile.ZipFile(there) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert part.count(b"<v>2</v></c></row>") == 1
                part = part.replace(b"<v>2</v></c></row>", b"<v>7</v></c></row>")
            new.writestr(name, part)
    check_file(there, tiny(1, 2).checks)
    with refuses(DataError, "check_fails", match="parts add up", where="sheet Checks, row 2"):
        check_file(changed, tiny(1, 2).checks)


@pytest.mark.parametrize("name", ["made.xls", "made", "made.csv"])
def test_only_a_workbook_is_written(tmp_path, name):
    with pytest.raises(ParameterError, match="xlsx"):
        save_return(tiny(1, 2), tmp_path / name)
    assert not any(tmp_path.iterdir())


def test_the_command_writes_the_workbook_and_tells_how_many_checks_hold(project, tmp_path):
    folder = copy_project(tmp_path / "project", project).root
    baseline = folder / "scenarios" / "baseline.yml"
    given = yaml.safe_load(baseline.read_text(encoding="utf-8"))
    for lever in ("cohort.draws", "forecast.draws"):
        given["assumptions"][lever]["value"] = 100
    baseline.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    done = run_sendlib(folder, "returns", epoch="1750000000")
    assert done.returncode == 0, done.stderr
    told, checks = done.stdout.splitlines()
    assert told == str(folder / "outputs" / "returns" / "dsg_plan_865_baseline.xlsx")
    assert re.fullmatch(r"all \d+ checks true", checks)
    with CalamineWorkbook.from_path(told) as book:
        first = {row[0]: row[1] for row in book.get_sheet_by_name("Cover").to_python()}
        summary = book.get_sheet_by_name("Financial summary unmitigated").to_python()
    assert first["Made on"] == "15 June 2025"
    answer = first["Deficit at 31 March 2028, unmitigated"]
    assert re.fullmatch(
        r"£[\d,]+ to £[\d,]+ in 8 .*; £[\d,]+ on average; before further support", answer
    )
    lines = {row[1]: row for row in summary}
    at = lines["Line"].index("2027-28 projected (£)")
    closing = int(lines["Carried forward before support"][at])
    assert f"; £{-closing:,} on average;" in answer
