"""Make a return, write it as a workbook, and work its checks out again from the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sendlib.errors import DataError, ParameterError, Problem, raise_any
from sendlib.finance import Model
from sendlib.intake.workbook import TEXT_ONLY
from sendlib.returns import tables, text_sheets
from sendlib.returns.checks import CHECKS, HOLDS, Check, check_sheet, list_checks
from sendlib.returns.numbers import calculate
from sendlib.returns.sheets import CellKind, Content, Formula, Sheet, Term
from sendlib.scenarios import Scenario

TABLES = ("ehcp_flow", "ehcp_new_plans_by_age")
SUFFIX = ".xlsx"
_FORMATS: dict[CellKind, dict[str, object]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "count": {"num_format": "#,##0;-#,##0", "align": "right", "valign": "top"},
    "gbp": {"num_format": "£#,##0;-£#,##0", "align": "right", "valign": "top"},
    "exact": {"num_format": "#,##0.000;-#,##0.000", "align": "right", "valign": "top"},
    "truth": {"align": "center", "valign": "top"},
}


@dataclass(frozen=True, eq=False)
class Return:
    """A return that is ready to be written: its sheets in order, and what must hold in it."""

    title: str
    created: datetime
    sheets: tuple[Sheet, ...]
    checks: tuple[Check, ...]


def make_return(
    model: Model,
    scenario: Scenario,
    load: Callable[[str], pd.DataFrame],
    *,
    authority: str,
    created: datetime,
) -> Return:
    """Run a scenario and lay its figures out as a DSG management plan with LSRP tables.

    The model is one that tells needs apart (``with_needs``).
    """
    flow, new_plans = (load(name) for name in TABLES)
    numbers = calculate(model, scenario)
    figures = [
        *tables.plan_tables(numbers),
        *tables.own_figures(numbers),
        *tables.mitigations_so_far(numbers),
        *text_sheets.registers(scenario, numbers.mitigated.money.unit_costs),
        *tables.lsrp_tables(numbers, flow, new_plans),
    ]
    checks = list_checks(numbers)
    body = [text_sheets.notes_sheet(numbers), *figures, check_sheet(checks, figures)]
    cover = text_sheets.cover(numbers, authority=authority, created=created)
    title = f"{text_sheets.TITLE}: {authority}, {scenario.name}"
    return Return(title, created, (cover, text_sheets.contents_sheet(body), *body), checks)


def save_return(document: Return, path: Path) -> Path:
    """Write a return under another name, check it, and put it there in one step."""
    if path.suffix != SUFFIX:
        problem = Problem(
            "wrong_suffix", f"{path.name}", "--out", f"end the file's name in {SUFFIX}"
        )
        raise ParameterError("The return cannot be written there.", [problem])
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        write_workbook(document.sheets, draft, title=document.title, created=document.created)
        check_file(draft, document.checks)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def write_workbook(sheets: Sequence[Sheet], path: Path, *, title: str, created: datetime) -> None:
    """Write sheets as a workbook: one table each from A1, one row of headings, nothing merged.

    Text is written as text, whatever it begins with. The same sheets and time
    give the same bytes.
    """
    by_name = {sheet.name: sheet for sheet in sheets}
    with xlsxwriter.Workbook(path, TEXT_ONLY) as book:
        created = created.replace(tzinfo=None)
        book.set_properties({"title": title, "language": "en-GB", "created": created})
        formats = {kind: book.add_format(look) for kind, look in _FORMATS.items()}
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        link = book.get_default_url_format()
        for number, sheet in enumerate(sheets, start=1):
            page = book.add_worksheet(sheet.name)
            _lay_out(page, sheet, number, heading)
            for row, cells in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(cells):
                    look = formats[sheet.columns[column].kind]
                    if isinstance(cell, Formula):
                        text = _formula_text(cell, (row, column), by_name)
                        page.write_formula(row, column, text, look, cell.value)
                    elif isinstance(cell, str):
                        page.write_string(row, column, cell, look)
                    else:
                        page.write_number(row, column, cell, look)
                if sheet.name == text_sheets.CONTENTS:
                    name = str(cells[0])
                    page.write_url(row, 0, f"internal:{_quote(name)}!A1", link, name)


def _lay_out(page: Worksheet, sheet: Sheet, number: int, heading: Format) -> None:
    """The marked table with its headings, column widths, and how it prints."""
    columns = [{"header": column.heading, "header_format": heading} for column in sheet.columns]
    look = {
        "name": f"table_{number}",
        "columns": columns,
        "style": "Table Style Light 1",
        "autofilter": False,
        "description": sheet.about,
    }
    page.add_table(0, 0, len(sheet.rows), len(columns) - 1, look)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer(f"&L{sheet.name}&RPage &P of &N")


def _formula_text(cell: Formula, at: tuple[int, int], sheets: dict[str, Sheet]) -> str:
    """A formula as a workbook writes it."""
    if not cell.terms:
        left, right = (xl_rowcol_to_cell(at[0], at[1] + step) for step in (1, 2))
        return f"={left}={right}"
    parts = [("-" if term.sign < 0 else "+") + _sum_text(term, sheets) for term in cell.terms]
    return "=" + "".join(parts).removeprefix("+")


def _sum_text(term: Term, sheets: dict[str, Sheet]) -> str:
    sheet = sheets[term.sheet]

    def cells(heading: str) -> str:
        at = sheet.headings.index(heading)
        return f"{_quote(sheet.name)}!{xl_range_abs(1, at, len(sheet.rows), at)}"

    wanted = [(heading, text.replace('"', '""')) for heading, text in term.where]
    asked = "".join(f',{cells(heading)},"{text}"' for heading, text in wanted)
    return f"SUMIFS({cells(term.column)}{asked})"


def _quote(name: str) -> str:
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
    sheets = read_content(path)
    headings, rows = sheets[CHECKS]
    stated = [row[list(headings).index(HOLDS)] for row in rows]
    problems = [
        Problem("check_fails", f"{check.what}, {check.when}", f"sheet {CHECKS}, row {row}")
        for row, (check, truth) in enumerate(zip(checks, stated, strict=True), start=2)
        if truth is not True or not check.holds(sheets)
    ]
    raise_any(DataError, "The return does not reconcile.", problems)
