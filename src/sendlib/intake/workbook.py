"""Workbooks as we write them: text stays text, tables are marked, and bytes repeat."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LAST_ROW = 10_000  # formats and lists of a sheet to fill in reach so far down
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False}
_CREATED = datetime(2020, 1, 1)


def new_workbook(path: Path, title: str) -> xlsxwriter.Workbook:
    """A workbook to be written in a ``with`` block; what it holds alone decides its bytes."""
    book = xlsxwriter.Workbook(path, TEXT_ONLY)
    book.set_properties({"title": title, "language": "en-GB", "created": _CREATED})
    return book


def write_cover(sheet: Worksheet, lines: Sequence[str], formats: tuple[Format, Format]) -> None:
    """A title in the first format and lines in the second, one below the other."""
    bold, wrap = formats
    sheet.set_column(0, 0, 90)
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, wrap if row else bold)


def write_marked_table(
    sheet: Worksheet,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
) -> None:
    """A table of text from A1, marked as one, whose first row stays in sight."""
    name = sheet.get_name().replace(" ", "_")
    columns = [{"header": heading} for heading in headings]
    area = (0, 0, len(rows), len(headings) - 1)
    sheet.add_table(*area, {"name": name, "columns": columns, "style": "Table Style Light 1"})
    for row, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells):
            if text:
                sheet.write_string(row, column, text)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def write_sheet(book: xlsxwriter.Workbook, name: str, table: pd.DataFrame) -> None:
    """Write a table from A1; text stays text, dates are dates, missing cells are empty."""
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
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
