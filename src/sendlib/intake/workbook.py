"""Workbooks as we write them: text stays text, tables are marked, and bytes repeat."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sendlib.intake.columns import Layout

MARK = "SYNTHETIC"
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False}
_CREATED = datetime(2020, 1, 1)
_LAST_ROW = 10_000  # lists to choose from reach so far down
_FORMATS = {"number": "General", "date": "yyyy-mm-dd", "text": "@"}  # else 2025-04 becomes a day


Choices = Mapping[str, Mapping[str, object]]  # what may be chosen, by field
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Fillable:
    """A sheet to fill in."""

    layout: Layout
    sheet: str
    choices: Choices


@dataclass(frozen=True)
class Form(Fillable):
    """A workbook to fill in: Cover, How to fill in, a sheet of codes, and the sheets of rows."""

    cover: Sequence[str]  # the first line is the title
    codes: str  # name of the sheet of codes
    code_headings: Sequence[str]
    code_rows: Rows
    more: Sequence[Fillable] = ()  # sheets beside the first


def write_rows(form: Form, table: pd.DataFrame, path: Path, invented: str) -> None:
    """Write rows as CSV or as the form filled in, marked where ``invented`` says what is."""
    if path.suffix == ".csv":
        named = table.rename(columns=form.layout.template)
        marked = named.assign(Synthetic=MARK) if invented else named
        marked.to_csv(path, index=False, date_format="%Y-%m-%d")
        return
    write_form(form, path, table.to_numpy(dtype=object).tolist(), invented=invented)


def write_form(form: Form, path: Path, rows: Rows = (), *, invented: str = "") -> None:
    """Write a form, empty or filled in; what is invented stands on a sheet in front.

    Every sheet starts in A1 with a single row of headings or a title and has no
    merged cells; tables are marked with their headings. Text is never a formula, and
    the contents alone decide the bytes of the file. ``rows`` are those of the first sheet.
    """
    sheets = (form, *form.more)
    with xlsxwriter.Workbook(path, TEXT_ONLY) as book:
        book.set_properties({"title": form.cover[0], "language": "en-GB", "created": _CREATED})
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        covers: dict[str, Sequence[str]] = {MARK: [invented]} if invented else {}
        for name, lines in (covers | {"Cover": form.cover}).items():
            cover = book.add_worksheet(name)
            cover.set_column(0, 0, 90)
            for at, line in enumerate(lines):
                cover.write_string(at, 0, line, wrap if at else bold)
        explained = [[each.sheet, *pair] for each in sheets for pair in each.layout.explained]
        headings, first = ("Sheet", "Column", "What to write"), 0 if form.more else 1
        shown = [row[first:] for row in explained]
        _write_table(book.add_worksheet("How to fill in"), headings[first:], shown)
        _write_table(book.add_worksheet(form.codes), form.code_headings, form.code_rows)
        for each in sheets:
            _write_fillable(book, each, rows if each is form else ())


def _write_fillable(book: xlsxwriter.Workbook, form: Fillable, rows: Rows) -> None:
    """A sheet to fill in, with what may be chosen in its columns."""
    headings = form.layout.template
    sheet = book.add_worksheet(form.sheet)
    _write_table(sheet, [*headings.values()], rows or [[""] * len(headings)])
    for at, name in enumerate(headings):
        shape = book.add_format({"num_format": _FORMATS[form.layout.columns[name]["kind"]]})
        sheet.set_column(at, at, 40 if name in form.choices else 20, shape)
        if name in form.choices:
            sheet.data_validation(1, at, _LAST_ROW, at, form.choices[name])


def _write_table(sheet: Worksheet, headings: Sequence[str], rows: Rows) -> None:
    """A table from A1, marked as one, whose first row stays in sight."""
    name = re.sub(r"\W", "_", sheet.get_name())
    columns = [{"header": heading} for heading in headings]
    area = (0, 0, len(rows), len(headings) - 1)
    sheet.add_table(*area, {"name": name, "columns": columns, "style": "Table Style Light 1"})
    for at, heading in enumerate(headings):
        width = max(len(str(cell)) for cell in (heading, *(row[at] for row in rows)))
        sheet.set_column(at, at, max(14, min(100, width)))
        for row, cell in enumerate((row[at] for row in rows), start=1):
            if isinstance(cell, str):
                sheet.write_string(row, at, cell)
            elif not pd.isna(cell):
                sheet.write(row, at, cell)
    sheet.freeze_panes(1, 0)


def no_formula(text: object) -> object:
    """Text that a spreadsheet would run is marked as text."""
    return f"'{text}" if str(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
