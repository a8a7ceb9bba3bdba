"""The terms of the high needs block, from the department's yearly DSG allocations (ODS).

Three sheets of a workbook are read: the formula of the block, the total of the
deductions from it, and the summary for what is left. Letters, columns and
words differ by year, so a column is known by how its heading begins; the headings
given here are those of the 2022-23 edition, without the dates in them.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from sendlib.data.symbols import parse_numbers
from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.periods import financial_year
from sendlib.vocabulary import FundingTerm

BLOCK = "High_needs_block"
DEDUCTIONS = "High_needs_deductions"
SUMMARY = "Allocations_summary"
# What each column of a sheet holds, and its heading of 2022-23: that of every edition begins as far
# as the bar, or as _ALSO_BEGINS says.
_HEADINGS: Mapping[str, Mapping[FundingTerm, str]] = {
    BLOCK: {
        FundingTerm.FORMULA_FACTORS: "Total high needs elements in the funding floor"
        "| and gains calculation (£s)",
        FundingTerm.BASIC_ENTITLEMENT: "Basic entitlement factor"
        "| (area cost adjusted) unit of funding (£s)",
        FundingTerm.PUPILS: "Number of pupils in special| schools and academies",
        FundingTerm.IMPORT_EXPORT: "Import/export adjustment| (£s)",
        FundingTerm.SPECIAL_FREE_SCHOOLS: "Additional Funding for Special Free| Schools (£s)",
        FundingTerm.HOSPITAL_AND_PAY: "Hospital education"
        "|, alternative provision teachers pay/pension and supplementary funding factor (£s)",
        FundingTerm.ADDITIONAL_BASE: "High needs national funding formula"
        "| for historical spend, proxy factors, and funding floor allocation (£s)",
        FundingTerm.ADDITIONAL: "Additional high needs allocation| (£s)",
        FundingTerm.BEFORE_DEDUCTIONS: "Total high needs block before| deductions (£s)",
    },
    DEDUCTIONS: {
        FundingTerm.DEDUCTIONS: "Total deduction to high needs block"
        "| for direct funding of places (£s)",
    },
    SUMMARY: {FundingTerm.AFTER_DEDUCTIONS: "High needs block allocation| (£s)"},
}
_ALSO_BEGINS = {FundingTerm.FORMULA_FACTORS: "National funding formula (NFF) allocations"}
# Columns that only some years have; the symbol stands for the others.
_NOT_IN_EVERY_YEAR = (
    FundingTerm.HOSPITAL_AND_PAY,
    FundingTerm.ADDITIONAL_BASE,
    FundingTerm.ADDITIONAL,
)
_NOT_APPLICABLE = "z"
_HEADING_ROWS = 2
_ENGLAND = "ENGLAND"
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class _Column:
    """What a column holds, its heading in 2022-23, and how that of any edition begins."""

    term: FundingTerm
    heading: str
    begins: tuple[str, ...]
    every_year: bool


def _column(term: FundingTerm, heading: str) -> _Column:
    begins = (heading.partition("|")[0], *filter(None, [_ALSO_BEGINS.get(term)]))
    every_year = term not in _NOT_IN_EVERY_YEAR
    return _Column(term, heading.replace("|", ""), tuple(map(str.lower, begins)), every_year)


_COLUMNS = {
    sheet: [_column(term, heading) for term, heading in headings.items()]
    for sheet, headings in _HEADINGS.items()
}
TERMS = {column.heading: column.term.value for columns in _COLUMNS.values() for column in columns}


@dataclass(frozen=True)
class _Sheet:
    """One sheet: its cells as text, from its first row, and its name for the problems."""

    name: str
    cells: Sequence[Sequence[str]]
    where: str

    @property
    def year(self) -> str:
        """The financial year in its title; empty where there is none."""
        found = re.search(r"(\d{4}) to \d{4}", self.cells[0][0]) if self.cells else None
        return financial_year(int(found[1])) if found else ""


def read_allocation(content: bytes, *, where: str) -> pd.DataFrame:
    """The terms of every authority's high needs block, and England's, as printed.

    Groups of authorities are left out. The file's date is not the year of its
    figures: that stands in the titles of its sheets.
    """
    sheets = _read_sheets(content, where)
    problems = _year_problems(sheets, where)
    parts = []
    for sheet in sheets:
        part, found = _read_sheet(sheet)
        parts.append(part)
        problems += found
    raise_any(DataError, f"{where} cannot be used.", problems or _gaps(parts, sheets))
    joined = pd.concat(parts, axis="columns").reset_index()
    joined.insert(1, "la_name", joined["la_code"].map(_names(sheets[0])))
    joined.insert(2, "financial_year", sheets[0].year)
    return joined.replace({"la_code": {_ENGLAND: ""}})


def repacked(content: bytes) -> bytes:
    """An ODS archive with its type first and stored, as its standard asks.

    Some of the department's archives name their type elsewhere, or not at all,
    and are then not recognised.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        target.writestr("mimetype", _MIMETYPE)  # stored, unless told otherwise
        for name in source.namelist():
            if name != "mimetype":
                target.writestr(name, source.read(name))
    return out.getvalue()


def _read_sheets(content: bytes, where: str) -> list[_Sheet]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(repacked(content))) as book:
            problems = [
                Problem(f"sheet {name} is missing", where, did_you_mean(name, book.sheet_names))
                for name in _COLUMNS
                if name not in book.sheet_names
            ]
            raise_any(DataError, f"{where} cannot be used.", problems)
            cells = {
                name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                for name in _COLUMNS
            }
    except (zipfile.BadZipFile, CalamineError, OSError) as error:
        problem = Problem(f"not an ODS workbook: {error}", where, "download the file again")
        raise DataError(f"{where} cannot be read.", [problem]) from error
    return [
        _Sheet(name, [list(map(_text, row)) for row in rows], f"{where}, sheet {name}")
        for name, rows in cells.items()
    ]


def _text(value: object) -> str:
    """A cell as printed: whole numbers without a point, text without spaces around it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _year_problems(sheets: Sequence[_Sheet], where: str) -> list[Problem]:
    if len({sheet.year for sheet in sheets}) == 1 and sheets[0].year:
        return []
    years = ", ".join(f"{sheet.year or 'no year'} in {sheet.name}" for sheet in sheets)
    remedy = "each title (row 1, column A) must name the same one, such as 2022 to 2023"
    return [Problem(f"the titles do not give one financial year: {years}", where, remedy)]


def _read_sheet(sheet: _Sheet) -> tuple[pd.DataFrame, list[Problem]]:
    """The columns of one sheet, by ``la_code``, and what is wrong with it."""
    places, problems = _places(sheet)
    rows, found = _rows(sheet)
    problems += found
    names = [column.heading for column in _COLUMNS[sheet.name]]
    part = pd.DataFrame(
        [
            [cells[places[name]] if name in places else _NOT_APPLICABLE for name in names]
            for cells in rows.values()
        ],
        index=pd.Index(rows, dtype="int64"),  # as parse_numbers counts: from the second row
        columns=names,
        dtype="str",
    )
    for name in names:
        problems += parse_numbers(part[name], where=sheet.where, negative=True)[1]
    part.index = pd.Index([cells[0] for cells in rows.values()], name="la_code")
    return part, problems


def _names(sheet: _Sheet) -> dict[str, str]:
    return {cells[0]: cells[1] or cells[0] for cells in _rows(sheet)[0].values()}


def _places(sheet: _Sheet) -> tuple[dict[str, int], list[Problem]]:
    """Which column of the sheet holds each of the wanted ones."""
    headings = [
        (place, " ".join(cell.lower().split()))
        for cells in sheet.cells[:_HEADING_ROWS]
        for place, cell in enumerate(cells)
        if cell and place > 1
    ]
    places: dict[str, int] = {}
    problems = []
    for column in _COLUMNS[sheet.name]:
        found = [place for place, heading in headings if heading.startswith(column.begins)]
        if len(found) == 1:
            places[column.heading] = found[0]
        elif found or column.every_year:
            problems.append(_heading_problem(sheet, column, len(found)))
    return places, problems + _unknown_headings(sheet, set(places.values()))


def _heading_problem(sheet: _Sheet, column: _Column, found: int) -> Problem:
    said = f"{found} columns could be" if found else "no column is"
    begins = " or ".join(map(repr, column.begins))
    rows = f"{sheet.where}, rows 1 to {_HEADING_ROWS}"
    return Problem(f"{said} {column.heading!r}", rows, f"its heading should begin with {begins}")


def _unknown_headings(sheet: _Sheet, known: set[int]) -> list[Problem]:
    """Every column of the block must be known, or a renamed term would be left out."""
    if sheet.name != BLOCK:
        return []
    return [
        Problem(
            f"the heading {cell!r} is not known",
            f"{sheet.where}, row 1, column {_letters(column)}",
            "say how it begins in sendlib.data.dsg_allocation",
        )
        for cells in sheet.cells[:1]
        for column, cell in enumerate(cells)
        if cell and column > 1 and column not in known
    ]


def _letters(column: int) -> str:
    """The letter of one of the first 26 columns, as a spreadsheet shows it."""
    return chr(ord("A") + column) if column < 26 else str(column + 1)


def _rows(sheet: _Sheet) -> tuple[dict[int, Sequence[str]], list[Problem]]:
    """Rows of authorities and England, by number from the second row on, each of them once."""
    rows: dict[int, Sequence[str]] = {}
    problems = []
    first: dict[str, int] = {}
    for row, cells in enumerate(sheet.cells[1:]):
        code, name = (*cells, "", "")[:2]
        if not code or (not name and code != _ENGLAND):
            continue  # a heading, a gap, or a group of authorities
        place = f"{sheet.where}, row {row + 2}, column A"
        if code != _ENGLAND and not re.fullmatch(r"\d{3}", code):
            problems.append(Problem(f"{code!r} is not a code", place, "three digits, such as 865"))
        elif code in first:
            problems.append(Problem(f"{code} stands in row {first[code] + 2} already", place))
        else:
            first[code] = row
            rows[row] = cells
    return rows, problems


def _gaps(parts: Sequence[pd.DataFrame], sheets: Sequence[_Sheet]) -> list[Problem]:
    """Every sheet must have a row for England, and for each authority that another one has."""
    codes = {code for part in parts for code in part.index} | {_ENGLAND}
    return [
        Problem(f"no row for {code}", sheet.where, "give every sheet the same authorities")
        for part, sheet in zip(parts, sheets, strict=True)
        for code in sorted(codes - set(part.index))
    ]
