"""Workbooks as we write them: text stays text, tables are marked, and bytes repeat."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sendlib.intake.columns import Layout

TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False}
_CREATED = datetime(2020, 1, 1)
_LAST_ROW = 10_000  # lists to choose from reach so far down
_DATE = "yyyy-mm-dd"
_FORMATS = {"number": "General", "date": _DATE, "text": "@"}  # else 2025-04 becomes a day


@dataclass(frozen=True)
class Form:
    """A workbook to fill in: Cover, How to fill in, a sheet of codes, and the sheet of rows."""

    layout: Layout
    sheet: str
    cover: Sequence[str]  # the first line is the title
    codes: str  # name of the sheet of codes
    code_headings: Sequence[str]
    code_rows: Sequence[Sequence[str]]
    choices: Mapping[str, Mapping[str, object]]  # what may be chosen, by field


def write_form(
    form: Form,
    path: Path,
    rows: Sequence[Mapping[str, object]] = ({},),
    *,
    mark: tuple[str, str] | None = None,
) -> None:
    """Write a form, empty or filled in; ``mark`` is a sheet in front with what it says.

    Every sheet starts in A1 with a single row of headings or a title and has no
    merged cells; tables are marked with their headings.
    """
    headings, columns = form.layout.template, form.layout.columns
    with new_workbook(path, form.cover[0]) as book:
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        covers = [(mark[0], [mark[1]])] if mark else []
        for name, lines in [*covers, ("Cover", form.cover)]:
            cover = book.add_worksheet(name)
            cover.set_column(0, 0, 90)
            for at, line in enumerate(lines):
                cover.write_string(at, 0, line, wrap if at else bold)
        explained = [[label, columns[field]["help"]] for field, label in headings.items()]
        _write_table(book.add_worksheet("How to fill in"), ("Column", "What to write"), explained)
        _write_table(book.add_worksheet(form.codes), form.code_headings, form.code_rows)
        sheet = book.add_worksheet(form.sheet)
        cells = [[row.get(name, "") for name in headings] for row in rows]
        _write_table(sheet, [*headings.values()], cells)
        for at, name in enumerate(headings):
            shape = book.add_format({"num_format": _FORMATS[columns[name]["kind"]]})
            sheet.set_column(at, at, 40 if name in form.choices else 20, shape)
            if name in form.choices:
                sheet.data_validation(1, at, _LAST_ROW, at, form.choices[name])


def new_workbook(path: Path, title: str) -> xlsxwriter.Workbook:
    """A workbook to be written in a ``with`` block; what it holds alone decides its bytes."""
    book = xlsxwriter.Workbook(path, TEXT_ONLY)
    book.set_properties({"title": title, "language": "en-GB", "created": _CREATED})
    return book


def _write_table(
    sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """A table from A1, marked as one, whose first row stays in sight."""
    name = sheet.get_name().replace(" ", "_")
    columns = [{"header": heading} for heading in headings]
    area = (0, 0, len(rows), len(headings) - 1)
    sheet.add_table(*area, {"name": name, "columns": columns, "style": "Table Style Light 1"})
    for at, heading in enumerate(headings):
        texts = [str(row[at]) for row in rows]
        sheet.set_column(at, at, max(14, min(100, max(map(len, [heading, *texts])))))
        for row, cell in enumerate((row[at] for row in rows), start=1):
            if isinstance(cell, float):
                if not math.isnan(cell):
                    sheet.write_number(row, at, cell)
            elif cell:
                sheet.write_string(row, at, str(cell))
    sheet.freeze_panes(1, 0)


def write_sheet(book: xlsxwriter.Workbook, name: str, table: pd.DataFrame) -> None:
    """Write a table from A1; text stays text, dates are dates, missing cells are empty."""
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": _DATE})
    for column, heading in enumerate(table.columns):
        sheet.write_string(0, column, str(heading))
        for row, value in enumerate(table[heading].tolist(), start=1):
            if pd.isna(value):
                continue
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            else:
                sheet.write_number(row, column, value)


def no_formula(text: object) -> object:
    """Text that a spreadsheet would run is marked as text."""
    return f"'{text}" if str(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
