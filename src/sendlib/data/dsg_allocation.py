"""The terms of the high needs block, from the department's yearly DSG allocations (ODS).

Three sheets of a workbook are read: the formula of the block, the total of the
deductions from it, and the summary for what is left. Letters, columns and
words differ by year, so a column is known by how its heading begins.
"""

import io
import re
import zipfile

import pandas as pd
from python_calamine import CalamineError

from sendlib.data.text_tables import FIRST_DATA_ROW, cell, parse_numbers
from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.files import read_list
from sendlib.periods import financial_year

BLOCK = "High_needs_block"
_COLUMNS = read_list("data", "dsg_columns.csv")  # of each sheet: heading of 2022-23, its beginnings
_SHEETS = _COLUMNS["sheet"].unique().tolist()
TERMS = dict(_COLUMNS[["heading", "term"]].to_numpy().tolist())
_NOT_APPLICABLE = "z"  # of a column that only other years have
_HEADING_ROWS = 2
_ENGLAND = "ENGLAND"
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


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
    parts = {name: _read_sheet(name, cells, where, problems) for name, cells in sheets.items()}
    if not problems:  # else a sheet may have no rows for another reason
        codes = {_ENGLAND}.union(*(part.index for part in parts.values()))
        remedy = "give every sheet the same authorities"
        problems = [
            Problem("no_row_of_authority", f"no row for {code}", f"{where}, sheet {name}", remedy)
            for name, part in parts.items()
            for code in sorted(codes - set(part.index))
        ]
    raise_any(DataError, f"{where} cannot be used.", problems)
    joined = pd.concat(parts.values(), axis="columns").rename_axis("la_code").reset_index()
    names = _area_rows(sheets[BLOCK]).set_index(0)[1]
    joined.insert(1, "la_name", joined["la_code"].map(names.mask(names == "", names.index)))
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


def _read_sheets(content: bytes, where: str) -> dict[str, pd.DataFrame]:
    """The cells of each sheet as published: whole numbers without a point, text stripped."""
    try:
        with pd.ExcelFile(io.BytesIO(repacked(content)), engine="calamine") as book:
            near = {name: did_you_mean(name, map(str, book.sheet_names)) for name in _SHEETS}
            missing = [
                Problem("sheet_missing", f"sheet {name} is missing", where, remedy)
                for name, remedy in near.items()
                if name not in book.sheet_names
            ]
            raise_any(DataError, f"{where} cannot be used.", missing)
            sheets = pd.read_excel(book, _SHEETS, header=None, dtype=str, na_filter=False)
    except (zipfile.BadZipFile, CalamineError, OSError) as error:
        problem = Problem(
            "not_an_ods_workbook", f"not an ODS workbook: {error}", where, "download the file again"
        )
        raise DataError(f"{where} cannot be read.", [problem]) from error
    return {name: cells.map(str.strip) for name, cells in sheets.items()}


def _year(cells: pd.DataFrame) -> str:
    """The financial year in the title of a sheet; empty where there is none."""
    found = re.search(r"(\d{4}) to \d{4}", str(cells.iloc[0, 0])) if cells.size else None
    return financial_year(int(found[1])) if found else ""


def _read_sheet(
    name: str, cells: pd.DataFrame, where: str, problems: list[Problem]
) -> pd.DataFrame:
    """The columns of one sheet, by the code of the area; what is wrong with it is added."""
    place = f"{where}, sheet {name}"
    places, rows = _places(name, cells, place, problems), _area_rows(cells)
    for row, code in rows.loc[rows.duplicated(0), 0].items():
        first = rows.index[rows[0] == code][0] + FIRST_DATA_ROW
        found = f"{code} stands in row {first} already"
        problems.append(Problem("area_twice", found, f"{cell(place, row)}, column A"))
    rows = rows.drop_duplicates(0)
    headings = _COLUMNS.loc[_COLUMNS["sheet"] == name, "heading"]
    columns = {each: rows[places[each]] if each in places else _NOT_APPLICABLE for each in headings}
    part = pd.DataFrame(columns, rows.index, dtype="str")
    for heading in part:
        problems += parse_numbers(part[heading], where=place, negative=True)[1]
    return part.set_axis(rows[0])


def _places(name: str, cells: pd.DataFrame, where: str, problems: list[Problem]) -> dict[str, int]:
    """Which column of the sheet holds each of the wanted ones, by heading."""
    headings = [
        (place, " ".join(text.lower().split()))
        for row in cells.head(_HEADING_ROWS).to_numpy()
        for place, text in enumerate(row)
        if text and place > 1
    ]
    places: dict[str, int] = {}
    for wanted in _COLUMNS[_COLUMNS["sheet"] == name].to_dict("records"):
        beginnings = tuple(filter(None, (wanted["begins"].lower(), wanted["or_begins"].lower())))
        found = [place for place, heading in headings if heading.startswith(beginnings)]
        if len(found) == 1:
            places[wanted["heading"]] = found[0]
        elif found or wanted["every_year"] == "yes":
            remedy = f"its heading should begin with {' or '.join(map(repr, beginnings))}"
            rows = f"{where}, rows 1 to {_HEADING_ROWS}"
            if found:
                said = f"{len(found)} columns could be {wanted['heading']!r}"
                problems.append(Problem("ambiguous_heading", said, rows, remedy))
            else:
                said = f"no column is {wanted['heading']!r}"
                problems.append(Problem("heading_missing", said, rows, remedy))
    if name == BLOCK:  # every column must be known, or a renamed term would be left out
        remedy = "say how it begins in data/dsg_columns.csv"
        for place, text in enumerate(next(iter(cells.to_numpy()), ())):
            if text and place > 1 and place not in places.values():
                letter = chr(ord("A") + place) if place < 26 else place + 1
                at = f"{where}, row 1, column {letter}"
                said = f"the heading {text!r} is not known"
                problems.append(Problem("unknown_heading", said, at, remedy))
    return places


def _area_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Rows of authorities and England, by number from the second row on.

    A heading, a gap or a group of authorities has no code, or a code and no name.
    """
    named = cells.reindex(columns=range(max(2, cells.shape[1])), fill_value="")
    rows = named.iloc[1:].set_axis(range(len(cells) - 1) if len(cells) else [], axis="index")
    return rows[(rows[0] != "") & ((rows[1] != "") | (rows[0] == _ENGLAND))]
