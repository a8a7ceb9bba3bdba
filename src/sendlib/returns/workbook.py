"""Write a return as a workbook, and work its checks out again from the file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sendlib.errors import DataError, Problem, raise_any
from sendlib.intake.workbook import TEXT_ONLY
from sendlib.returns.checks import CHECKS, HOLDS, Check
from sendlib.returns.front import CONTENTS
from sendlib.returns.sheets import Cell, Content, Formula, Kind, Sheet, Term

_FORMATS: dict[Kind, dict[str, object]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "count": {"num_format": "#,##0;-#,##0", "align": "right", "valign": "top"},
    "gbp": {"num_format": "£#,##0;-£#,##0", "align": "right", "valign": "top"},
    "exact": {"num_format": "#,##0.000;-#,##0.000", "align": "right", "valign": "top"},
    "truth": {"align": "center", "valign": "top"},
}
_SIDES = (1, 2)  # how far the two sides of a comparison stand to the right of it


def write_workbook(sheets: Sequence[Sheet], path: Path, *, title: str, created: datetime) -> None:
    """Write sheets as a workbook: one table each from A1, one row of headings, nothing merged.

    Text is written as text, whatever it begins with. The same sheets and time
    give the same bytes.
    """
    placed = {sheet.name: sheet for sheet in sheets}
    with xlsxwriter.Workbook(path, TEXT_ONLY) as book:
        book.set_properties(
            {
                "title": title,
                "language": "en-GB",
                "created": created.replace(tzinfo=None),
            }
        )
        formats = {kind: book.add_format(look) for kind, look in _FORMATS.items()}
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        link = book.get_default_url_format()
        for number, sheet in enumerate(sheets, start=1):
            page = book.add_worksheet(sheet.name)
            _lay_out(page, sheet, number, heading)
            for row, cells in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(cells):
                    look = formats[sheet.columns[column].kind]
                    _write(page, (row, column), cell, look, placed)
            if sheet.name == CONTENTS:
                _link(page, sheet, link)


def _lay_out(page: Worksheet, sheet: Sheet, number: int, heading: Format) -> None:
    """The marked table with its headings, column widths, and how it prints."""
    columns = [{"header": column.heading, "header_format": heading} for column in sheet.columns]
    page.add_table(
        *(0, 0, len(sheet.rows), len(columns) - 1),
        {
            "name": f"table_{number}",
            "columns": columns,
            "style": "Table Style Light 1",
            "autofilter": False,
            "description": sheet.about,
        },
    )
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer(f"&L{sheet.name}&RPage &P of &N")


def _write(
    page: Worksheet, at: tuple[int, int], cell: Cell, look: Format, placed: dict[str, Sheet]
) -> None:
    if isinstance(cell, Formula):
        page.write_formula(*at, formula_text(cell, at, placed), look, cell.value)
    elif isinstance(cell, str):
        page.write_string(*at, cell, look)
    else:
        page.write_number(*at, cell, look)


def _link(page: Worksheet, sheet: Sheet, look: Format) -> None:
    """Make the names in the contents lead to their sheets."""
    for row, cells in enumerate(sheet.rows, start=1):
        name = str(cells[0])
        page.write_url(row, 0, f"internal:{_quoted(name)}!A1", look, name)


def formula_text(cell: Formula, at: tuple[int, int], placed: dict[str, Sheet]) -> str:
    """A formula as a workbook writes it."""
    if not cell.terms:
        left, right = (xl_rowcol_to_cell(at[0], at[1] + step) for step in _SIDES)
        return f"={left}={right}"
    parts = [("-" if term.sign < 0 else "+") + _sum_text(term, placed) for term in cell.terms]
    return "=" + "".join(parts).removeprefix("+")


def _sum_text(term: Term, placed: dict[str, Sheet]) -> str:
    sheet = placed[term.sheet]
    asked = "".join(f',{_range(sheet, heading)},"{_escaped(text)}"' for heading, text in term.where)
    return f"SUMIFS({_range(sheet, term.column)}{asked})"


def _range(sheet: Sheet, heading: str) -> str:
    at = sheet.headings.index(heading)
    return f"{_quoted(sheet.name)}!{xl_range_abs(1, at, len(sheet.rows), at)}"


def _escaped(text: str) -> str:
    return text.replace('"', '""')


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def read_content(path: Path) -> Content:
    """Headings and rows of every sheet of a workbook, read back from the file."""
    with CalamineWorkbook.from_path(path) as book:
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    return {name: ([str(cell) for cell in rows[0]], rows[1:]) for name, rows in sheets.items()}


def check_file(path: Path, checks: Sequence[Check]) -> None:
    """Work every check out again from the numbers in a file."""
    held = read_content(path)
    headings, rows = held[CHECKS]
    said = [row[list(headings).index(HOLDS)] for row in rows]
    problems = [
        Problem(f"{check.what}, {check.when}", f"sheet {CHECKS}, row {row}")
        for row, (check, truth) in enumerate(zip(checks, said, strict=True), start=2)
        if truth is not True or not check.holds(held)
    ]
    raise_any(DataError, "The return does not reconcile.", problems)
