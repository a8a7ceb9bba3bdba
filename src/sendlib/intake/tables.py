"""Tables of text from CSV files and workbooks, as an authority saves them.

Errors of the parsers are never passed on: they may quote a cell.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from sendlib.intake.checks import Sighting
from sendlib.intake.columns import field_of, transition_field

FIRST_ROW = 2  # row 1 is the header
KNOWN_AT_LEAST = 3
WORKBOOKS = (".xlsx", ".xlsm", ".xls")
MARK = "SYNTHETIC"
_SEPARATORS = ",;\t"


@dataclass(frozen=True, eq=False)
class Table:
    """One sheet or CSV file: text under its headings.

    Parameters
    ----------
    file : str
        The file's name, with the number of the sheet in a workbook.
    headings : tuple[str, ...]
        Row 1, as it stands there.
    rows : pd.DataFrame
        A column for each heading by position, the row's number in ``row`` and
        whether it has more cells than the header in ``ragged``.
    marked : bool
        Whether the file says that its records are invented.
    """

    file: str
    headings: tuple[str, ...] = field(repr=False)  # it may hold references
    rows: pd.DataFrame = field(repr=False)
    marked: bool

    @property
    def form(self) -> str:
        """``extract`` or ``transitions`` by its headings; ``""`` when it is neither."""
        if sum(transition_field(name) is not None for name in self.headings) >= KNOWN_AT_LEAST:
            return "transitions"
        known = {field_of(name) for name in self.headings} - {None}
        return "extract" if len(known) >= KNOWN_AT_LEAST else ""


def has_form(table: Table) -> bool:
    """Whether the headings are those of a caseload."""
    return bool(table.form)


def read_tables(
    path: Path, *, is_known: Callable[[Table], bool] = has_form
) -> tuple[list[Table], list[Sighting]]:
    """Every table of a CSV file or workbook that has known headings, and what is wrong.

    A workbook may hold other sheets; those without known headings in row 1 are
    passed over as long as one has them.
    """
    if path.suffix.lower() in WORKBOOKS:
        return _workbook(path, is_known)
    text, sightings = _decoded(path)
    if text is None:
        return [], sightings
    separator = max(_SEPARATORS, key=text.split("\n", 1)[0].count)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return [], [*sightings, Sighting("not_text", file=path.name)]
    return _known([_table(path.name, records)], path.name, sightings, is_known)


def _decoded(path: Path) -> tuple[str | None, list[Sighting]]:
    content = path.read_bytes()
    if not content.strip():
        return None, [Sighting("empty", file=path.name)]
    if b"\0" in content:
        return None, [Sighting("not_text", file=path.name)]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), [Sighting("windows_1252", file=path.name)]
    except UnicodeDecodeError:
        return None, [Sighting("not_text", file=path.name)]


def _workbook(path: Path, is_known: Callable[[Table], bool]) -> tuple[list[Table], list[Sighting]]:
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheets = [
                book.get_sheet_by_index(number).to_python(skip_empty_area=False)
                for number in range(len(book.sheet_names))
            ]
            marked = MARK in book.sheet_names
    except (CalamineError, OSError, ValueError):
        return [], [Sighting("workbook_unreadable", file=path.name)]
    tables = [
        _table(f"{path.name} (sheet {number})", rows, marked)
        for number, rows in enumerate(sheets, start=1)
    ]
    return _known(tables, path.name, [], is_known)


def _known(
    tables: Sequence[Table],
    file: str,
    sightings: list[Sighting],
    is_known: Callable[[Table], bool],
) -> tuple[list[Table], list[Sighting]]:
    """The tables with known headings; a sighting where there is none, or one has no rows."""
    known = [table for table in tables if is_known(table)]
    if not known:
        check = "no_header" if any(table.headings for table in tables) else "empty"
        return [], [*sightings, Sighting(check, file=file)]
    filled = [table for table in known if not table.rows.empty]
    if not filled:
        return [], [*sightings, Sighting("no_rows", file=known[0].file)]
    return filled, sightings


def _table(file: str, records: Sequence[Sequence[object]], marked: bool = False) -> Table:
    headings = tuple(_text(cell) for cell in records[0]) if records else ()
    while headings and not headings[-1]:
        headings = headings[:-1]
    width = len(headings)
    numbered = [(row, cells) for row, cells in enumerate(records[1:], FIRST_ROW) if _filled(cells)]
    padding = [""] * width
    columns = zip(*([*cells, *padding][:width] for _, cells in numbered), strict=True)
    rows = pd.DataFrame(
        {place: _column(cells) for place, cells in enumerate(columns)}, columns=range(width)
    )
    rows["row"] = [row for row, _ in numbered]
    rows["ragged"] = [_filled(cells[width:]) for _, cells in numbered]
    return Table(file, headings, rows, marked or _marked(headings, rows))


def _filled(cells: Sequence[object]) -> bool:
    return any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in cells)


def _column(cells: Sequence[object]) -> pd.Series:
    """Text of a column; most columns repeat a few values, so each is written once."""
    written = {(type(cell), cell): "" for cell in cells}
    for kind, cell in written:
        written[(kind, cell)] = _text(cell)
    return pd.Series([written[(type(cell), cell)] for cell in cells], dtype="str")


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def _marked(headings: Sequence[str], rows: pd.DataFrame) -> bool:
    """Whether a column ``synthetic`` says so in any row."""
    places = [place for place, name in enumerate(headings) if field_of(name) == "synthetic"]
    return any((rows[place] == MARK).any() for place in places)
