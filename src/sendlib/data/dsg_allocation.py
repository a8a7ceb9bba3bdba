"""The terms of the high needs block, from the department's yearly DSG allocations (ODS).

Three sheets of a workbook are read: the formula of the block, the total of the
deductions from it, and the summary for what is left. Letters, columns and
words differ by year, so a column is known by how its heading begins.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from sendlib.data.text_tables import parse_numbers
from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.files import read_list
from sendlib.periods import financial_year


class _Column(NamedTuple):
    """One column: its heading of 2022-23, and how it begins in every edition."""

    heading: str
    beginnings: tuple[str, ...]
    every_year: bool


def _columns() -> dict[str, list[_Column]]:
    """The columns of each sheet, as ``dsg_columns.csv`` lists them."""
    columns: dict[str, list[_Column]] = {}
    for row in read_list("data", "dsg_columns.csv").to_dict("records"):
        beginnings = tuple(filter(None, (row["begins"].lower(), row["or_begins"].lower())))
        column = _Column(row["heading"], beginnings, row["every_year"] == "yes")
        columns.setdefault(row["sheet"], []).append(column)
    return columns


BLOCK = "High_needs_block"
_COLUMNS = _columns()
TERMS = dict(read_list("data", "dsg_columns.csv")[["heading", "term"]].to_numpy().tolist())
_NOT_APPLICABLE = "z"  # of a column that only other years have
_HEADING_ROWS = 2
_ENGLAND = "ENGLAND"
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_Cells = Sequence[Sequence[str]]


def read_allocation(content: bytes, *, where: str) -> pd.DataFrame:
    """The terms of every authority's high needs block, and England's, as published.

    Groups of authorities are left out. The file's date is not the year of its
    figures: that stands in the titles of its sheets.
    """
    sheets = _read_sheets(content, where)
    years = {name: _year(cells) for name, cells in sheets.items()}
    problems = []
    if len({*years.values()}) > 1 or "" in years.values():
        listed = ", ".join(f"{year or 'no year'} in {name}" for name, year in years.items())
        remedy = "each title (row 1, column A) must name the same one, such as 2022 to 2023"
        found = f"the titles do not give one financial year: {listed}"
        problems.append(Problem("no_one_financial_year", found, where, remedy))
    parts = {}
    for name, cells in sheets.items():
        parts[name], found_here = _read_sheet(name, cells, f"{where}, sheet {name}")
        problems += found_here
    if not problems:  # else a sheet may have no rows for another reason
        codes = {_ENGLAND}.union(*(part.index for part in parts.values()))
        problems = [
            Problem(
                "no_row_of_authority",
                f"no row for {code}",
                f"{where}, sheet {name}",
                "give every sheet the same authorities",
            )
            for name, part in parts.items()
            for code in sorted(codes - set(part.index))
        ]
    raise_any(DataError, f"{where} cannot be used.", problems)
    joined = pd.concat(parts.values(), axis="columns").reset_index()
    rows, _ = _area_rows(sheets[BLOCK], where)
    names = {cells[0]: cells[1] or cells[0] for cells in rows.values()}
    joined.insert(1, "la_name", joined["la_code"].map(names))
    joined.insert(2, "financial_year", years[BLOCK])
    return joined.replace({"la_code": {_ENGLAND: ""}})


def repacked(content: bytes) -> bytes:
    """An ODS archive with its type first and stored, as its standard asks.

    Some of the department's archives name their type elsewhere, or not at all,
    and are then not recognised.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        target.writestr("mimetype", _MIMETYPE)
        for name in source.namelist():
            if name != "mimetype":
                target.writestr(name, source.read(name))
    return out.getvalue()


def _read_sheets(content: bytes, where: str) -> dict[str, _Cells]:
    """The cells of each sheet as published: whole numbers without a point, text stripped."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(repacked(content))) as book:
            missing = [
                Problem(
                    "sheet_missing",
                    f"sheet {name} is missing",
                    where,
                    did_you_mean(name, book.sheet_names),
                )
                for name in _COLUMNS
                if name not in book.sheet_names
            ]
            raise_any(DataError, f"{where} cannot be used.", missing)
            sheets = {
                name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                for name in _COLUMNS
            }
    except (zipfile.BadZipFile, CalamineError, OSError) as error:
        problem = Problem(
            "not_an_ods_workbook", f"not an ODS workbook: {error}", where, "download the file again"
        )
        raise DataError(f"{where} cannot be read.", [problem]) from error
    return {
        name: [
            [
                f"{value:.0f}"
                if isinstance(value, float) and value.is_integer()
                else str(value).strip()
                for value in row
            ]
            for row in rows
        ]
        for name, rows in sheets.items()
    }


def _year(cells: _Cells) -> str:
    """The financial year in the title of a sheet; empty where there is none."""
    found = re.search(r"(\d{4}) to \d{4}", cells[0][0]) if cells else None
    return financial_year(int(found[1])) if found else ""


def _read_sheet(name: str, cells: _Cells, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The columns of one sheet, by ``la_code``, and what is wrong with it."""
    places, problems = _places(name, cells, where)
    rows, found = _area_rows(cells, where)
    problems += found
    headings = [column.heading for column in _COLUMNS[name]]
    part = pd.DataFrame(
        [
            [row[places[each]] if each in places else _NOT_APPLICABLE for each in headings]
            for row in rows.values()
        ],
        index=pd.Index(rows, dtype="int64"),  # as parse_numbers counts: from the second row
        columns=headings,
        dtype="str",
    )
    for heading in headings:
        problems += parse_numbers(part[heading], where=where, negative=True)[1]
    part.index = pd.Index([row[0] for row in rows.values()], name="la_code")
    return part, problems


def _places(name: str, cells: _Cells, where: str) -> tuple[dict[str, int], list[Problem]]:
    """Which column of the sheet holds each of the wanted ones, by heading."""
    headings = [
        (place, " ".join(cell.lower().split()))
        for row in cells[:_HEADING_ROWS]
        for place, cell in enumerate(row)
        if cell and place > 1
    ]
    places: dict[str, int] = {}
    problems = []
    for column in _COLUMNS[name]:
        found = [place for place, heading in headings if heading.startswith(column.beginnings)]
        if len(found) == 1:
            places[column.heading] = found[0]
        elif found or column.every_year:
            remedy = f"its heading should begin with {' or '.join(map(repr, column.beginnings))}"
            rows = f"{where}, rows 1 to {_HEADING_ROWS}"
            if found:
                said = f"{len(found)} columns could be {column.heading!r}"
                problems.append(Problem("ambiguous_heading", said, rows, remedy))
            else:
                said = f"no column is {column.heading!r}"
                problems.append(Problem("heading_missing", said, rows, remedy))
    if name == BLOCK:  # every column must be known, or a renamed term would be left out
        problems += [
            Problem(
                "unknown_heading",
                f"the heading {cell!r} is not known",
                f"{where}, row 1, column {chr(ord('A') + place) if place < 26 else place + 1}",
                "say how it begins in data/dsg_columns.csv",
            )
            for row in cells[:1]
            for place, cell in enumerate(row)
            if cell and place > 1 and place not in places.values()
        ]
    return places, problems


def _area_rows(cells: _Cells, where: str) -> tuple[dict[int, Sequence[str]], list[Problem]]:
    """Rows of authorities and England, by number from the second row on, each of them once."""
    rows: dict[int, Sequence[str]] = {}
    problems = []
    first: dict[str, int] = {}
    for number, row in enumerate(cells[1:]):
        code, name = (*row, "", "")[:2]
        if not code or (not name and code != _ENGLAND):
            continue  # a heading, a gap, or a group of authorities
        place = f"{where}, row {number + 2}, column A"
        if code in first:
            problems.append(
                Problem("area_twice", f"{code} stands in row {first[code] + 2} already", place)
            )
        else:
            first[code] = number
            rows[number] = row
    return rows, problems
