"""Rows of text from CSV files and workbooks, as an authority saves them.

Errors of the parsers are never passed on: they may quote a cell.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from sendlib.errors import Problem, nearest
from sendlib.intake.columns import Layout, normalise
from sendlib.intake.findings import Findings
from sendlib.intake.workbook import MARK

FIRST_ROW = 2  # row 1 is the header
KNOWN_AT_LEAST = 3
MOST_BYTES = 100_000_000  # of a file, unpacked
_MOST_CELLS = 20_000_000  # as far as a sheet reaches
_CHUNK = 1 << 20
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_LONGEST_CELL = 15
_TITLE_ROWS = 15  # headings are looked for so far down
WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_SEPARATORS = ",;\t"

Cells = Sequence[Sequence[object]]
Sheets = Sequence[tuple[str, Cells]]


@dataclass(frozen=True, eq=False)
class SheetRows:
    """The rows of one sheet or CSV file, by the fields of its layout."""

    layout: Layout
    headings: Sequence[str] = field(repr=False)  # it may be a row about a person
    rows: pd.DataFrame = field(repr=False)  # file, row, ragged, and the text of each field
    synthetic: bool  # whether the file says that its records are invented


@dataclass(frozen=True, eq=False)
class File:
    """The cells of a CSV file, or of each sheet of a workbook by its name."""

    path: Path
    sheets: Sheets = field(repr=False)
    synthetic: bool  # whether a sheet says that its records are invented
    titles: Sequence[str] = ()  # of the sheets of a workbook, as it names them


def missing_files(*paths: Path) -> list[Problem]:
    """A problem for each file that is not there."""
    return [
        Problem("no_such_file", "there is no such file", str(path), "check the path")
        for path in paths
        if not path.is_file()
    ]


def text_frame(records: Cells) -> pd.DataFrame:
    """Text by heading, and by number of the row; rows without a filled cell are left out."""
    headings = [_text(cell) for cell in records[0]]
    width = len(headings)
    numbered = {row: cells for row, cells in enumerate(records[1:], FIRST_ROW) if _filled(cells)}
    rows = [[*cells, *[""] * width][:width] for cells in numbered.values()]
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    named = {name: _column(cells) for name, cells in zip(headings, columns, strict=True) if name}
    frame = pd.DataFrame(named, dtype="str")
    return frame.set_axis(pd.Index(numbered, dtype="int64"), axis="index")


def read_tables(path: Path, layouts: Sequence[Layout], findings: Findings) -> list[SheetRows]:
    """Every table of a CSV file or workbook whose headings are those of a layout."""
    return to_tables(read_file(path, findings), layouts, findings)


def to_tables(file: File, layouts: Sequence[Layout], findings: Findings) -> list[SheetRows]:
    """Every table of a file whose headings are those of a layout.

    A workbook may hold other sheets; they are passed over as long as one is known.
    """
    path, sheets, marked = file.path, file.sheets, file.synthetic
    known = [
        (name, layout, records)
        for name, records in sheets
        if (layout := _layout_of(records, layouts)) is not None
    ]
    filled = [_to_table(*sheet, marked=marked) for sheet in known]
    tables = [table for table in filled if not table.rows.empty]
    if sheets and not known:
        words = {"headings": ", ".join(layouts[-1].template.values())}
        rows = [rows for _, rows in sheets]
        check, detail = _where_headings_are(rows, layouts) if any(map(any, rows)) else ("empty", "")
        findings.add(check, file=path.name, detail=detail, words=words)
    elif known and not tables:
        name, layout, _ = known[0]
        findings.add("no_rows", file=name, words={"row": layout.row})
    return [table for table in tables if _has_columns(table, findings)]


def join_rows(tables: Sequence[SheetRows], findings: Findings) -> pd.DataFrame:
    """The rows of all tables, numbered through; those with cells beyond the headings are found."""
    rows = pd.concat([table.rows for table in tables], ignore_index=True)
    findings.add_rows("ragged", rows["ragged"])
    return rows


def read_file(path: Path, findings: Findings) -> File:
    """The cells of a CSV file or workbook; none where it cannot be read."""
    unread = File(path, [], synthetic=False)
    if path.suffix.lower() in WORKBOOKS:
        if _reaches_too_far(path):
            findings.add("records_too_large", file=path.name)
            return unread
        try:
            with CalamineWorkbook.from_path(path) as book:
                sheets = [
                    book.get_sheet_by_index(number).to_python(skip_empty_area=False)
                    for number in range(len(book.sheet_names))
                ]
                titles = book.sheet_names
        except (CalamineError, OSError, ValueError):
            findings.add("workbook_unreadable", file=path.name)
            return unread
        named = [(f"{path.name} (sheet {at})", cells) for at, cells in enumerate(sheets, start=1)]
        return File(path, named, MARK in titles, titles)
    text = _read_text(path, findings)
    if text is None:
        return unread
    separator = max(_SEPARATORS, key=text.split("\n", 1)[0].count)
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        findings.add("not_text", file=path.name)
        return unread
    return File(path, [(path.name, cells)], synthetic=False)


def _reaches_too_far(path: Path) -> bool:
    """Whether a workbook's sheets hold more, or reach further, than records ever do.

    A single cell far away makes a reader lay out all before it. The sizes that an archive
    states are not trusted: what comes out of it is counted.
    """
    if not zipfile.is_zipfile(path):
        return path.stat().st_size > MOST_BYTES
    left = MOST_BYTES
    with suppress(zipfile.BadZipFile, zlib.error), zipfile.ZipFile(path) as book:
        for name in book.namelist():
            rows = columns = 0
            with book.open(name) as member:
                before = b""
                while chunk := member.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        return True
                    for letters, row in _CELL.findall(before + chunk):
                        rows, columns = max(rows, int(row)), max(columns, _number(letters))
                    before = chunk[-_LONGEST_CELL:]
            if name.startswith("xl/worksheets/") and rows * columns > _MOST_CELLS:
                return True
    return False


def _number(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _read_text(path: Path, findings: Findings) -> str | None:
    content = path.read_bytes()
    if not content.strip():
        findings.add("empty", file=path.name)
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" in text:
                break
            if encoding == "cp1252":
                findings.add("windows_1252", file=path.name)
            return text
    findings.add("not_text", file=path.name)
    return None


def _layout_of(records: Cells, layouts: Sequence[Layout]) -> Layout | None:
    """The first layout of which three columns or more are there."""
    headings = [_text(cell) for cell in records[0]] if records else []
    for layout in layouts:
        known = {layout.field_of(name) for name in headings} - {None}
        if len(known) >= min(KNOWN_AT_LEAST, len(layout.template) or KNOWN_AT_LEAST):
            return layout
    return None


def _where_headings_are(sheets: Sequence[Cells], layouts: Sequence[Layout]) -> tuple[str, str]:
    """Whether headings stand below titles, or the row that is most like them, and how."""
    like: list[tuple[int, str]] = []
    for at, cells in enumerate(sheets, start=1):
        where = f"sheet {at}, " if len(sheets) > 1 else ""
        for row, found in enumerate(cells[:_TITLE_ROWS], start=1):
            if _layout_of([found], layouts) is not None:
                return "headings_lower", f"{where}row {row}"
            texts = [normalise(_text(cell)) for cell in found if _filled([cell])]
            wanted = {normalise(label): label for label in layouts[-1].template.values()}
            near = {text: close[0] for text in texts if (close := nearest(text, wanted, most=1))}
            said = ", ".join(f"{text} is like {wanted[name]}" for text, name in near.items())
            like.append((len(near), f"{where}row {row}: {said}"))
    most = max(like, default=(0, ""), key=lambda each: each[0])
    return "no_header", most[1] if most[0] else ""


def _to_table(file: str, layout: Layout, records: Cells, *, marked: bool) -> SheetRows:
    headings = [_text(cell) for cell in records[0]]
    while not headings[-1]:
        headings.pop()
    texts = text_frame([headings, *records[1:]])
    named = {layout.field_of(str(name)): name for name in texts}
    fields = {each: texts[named[each]] if each in named else "" for each in layout.columns}
    rows = pd.DataFrame(fields, texts.index).rename_axis("row").reset_index()
    rows["ragged"] = [_filled(cells[len(headings) :]) for cells in records[1:] if _filled(cells)]
    synthetic = marked or bool((rows["synthetic"] == MARK).any())
    return SheetRows(layout, headings, rows.assign(file=file), synthetic)


def _filled(cells: Sequence[object]) -> bool:
    return any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in cells)


def _column(cells: Sequence[object]) -> pd.Series:
    """Text of a column; most columns repeat a few values, so each is written once."""
    texts = {(type(cell), cell): _text(cell) for cell in cells}
    return pd.Series([texts[(type(cell), cell)] for cell in cells], dtype="str")


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def _has_columns(table: SheetRows, findings: Findings) -> bool:
    """Whether every column that is needed is there, and none twice."""
    fields = [table.layout.field_of(name) for name in table.headings]
    unknown = [normalise(name) for name in table.headings if not table.layout.field_of(name)]
    file, before = str(table.rows["file"].iloc[0]), len(findings)
    for name, column in table.layout.columns.items():
        label, needed = column["label"], column["needed"]
        if needed != "no" and not {name, needed.removeprefix("or ")} & {*fields}:
            names = map(normalise, (name, label, *column["names"].split("; ")))
            close = [found for each in names for found in nearest(each, unknown, most=1)]
            detail = f"the nearest heading is {close[0]}" if close else ""
            findings.add("column_missing", file=file, column=label, detail=detail)
        if fields.count(name) > 1:
            findings.add("column_twice", file=file, column=label)
    return len(findings) == before
