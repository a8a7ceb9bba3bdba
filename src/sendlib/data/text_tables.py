"""Read a CSV file, compressed or not, as text, and its numbers with why each is missing.

The department writes ``z`` (not applicable), ``x`` (unavailable), ``c``
(confidential), ``low`` or ``k`` (rounds to zero) and ``u`` (low reliability);
older releases and tools write ``: ~ . .. - NA NaN``. Source: the department's open
data standards and each release's data guidance.
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv_reader

from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.vocabulary import AreaLevel, ValueStatus

SYMBOLS = {
    "z": ValueStatus.NOT_APPLICABLE,
    ".": ValueStatus.NOT_APPLICABLE,
    "x": ValueStatus.NOT_AVAILABLE,
    ":": ValueStatus.NOT_AVAILABLE,
    "..": ValueStatus.NOT_AVAILABLE,
    "-": ValueStatus.NOT_AVAILABLE,
    "na": ValueStatus.NOT_AVAILABLE,
    "nan": ValueStatus.NOT_AVAILABLE,
    "": ValueStatus.NOT_AVAILABLE,
    "c": ValueStatus.SUPPRESSED,
    "~": ValueStatus.SUPPRESSED,
    "low": ValueStatus.ROUNDS_TO_ZERO,
    "k": ValueStatus.ROUNDS_TO_ZERO,
    "u": ValueStatus.LOW_RELIABILITY,
}
_PARTS_OF_LONDON = {"Inner London": "London", "Outer London": "London"} | dict.fromkeys(
    ("E13000001", "E13000002"), "E12000007"
)
_TEXT = pd.StringDtype(na_value=np.nan)
_GZIP = b"\x1f\x8b"  # how compressed text begins
FIRST_DATA_ROW = 2  # row 1 of a file is its header
YEARS = (2009, 2049)  # in which the period of a figure may begin, first and last


def cell(where: str, row: object, column: object = "") -> str:
    """Where a cell is, as a person counts: the file, the row, the column.

    Examples
    --------
    >>> cell("flow.csv", 5, "value")
    'flow.csv, row 7, column value'
    """
    place = f"{where}, row {int(str(row)) + FIRST_DATA_ROW}"
    return f"{place}, column {column}" if column else place


def parse_numbers(
    text: pd.Series, *, where: str, negative: bool = False
) -> tuple[pd.DataFrame, list[Problem]]:
    """Columns ``value`` and ``value_status``; a symbol gives a missing value, never zero.

    Examples
    --------
    >>> frame, problems = parse_numbers(pd.Series(["12", "x"], name="plans"), where="a.csv")
    >>> frame["value_status"].tolist(), problems
    (['reported', 'not_available'], [])
    """
    at, distinct = pd.factorize(text, use_na_sentinel=False)  # far fewer than cells
    cleaned = pd.Series(distinct, dtype="str").str.strip()
    number = pd.to_numeric(cleaned, errors="coerce").replace([np.inf, -np.inf], np.nan)
    symbols = {symbol: meaning.value for symbol, meaning in SYMBOLS.items()}
    reason = cleaned.str.lower().map(symbols).mask(number.notna(), ValueStatus.REPORTED.value)
    value = pd.Series(number.to_numpy()[at], index=text.index)
    status = pd.Series(reason.array.take(at), index=text.index)
    valid = f"valid: a number or {' '.join(filter(None, SYMBOLS))}"
    problems = [
        Problem(
            "unknown_symbol", f"unknown symbol {text[row]!r}", cell(where, row, text.name), valid
        )
        for row in text.index[status.isna()]
    ]
    if not negative:
        problems += [
            Problem(
                "negative_count",
                f"negative count {text[row]}",
                cell(where, row, text.name),
                "a count is 0 or more",
            )
            for row in text.index[value < 0]
        ]
    return pd.DataFrame({"value": value, "value_status": status}), problems


def parse_columns(
    text: pd.DataFrame, *, where: str, negative: bool = False
) -> tuple[pd.DataFrame, list[Problem]]:
    """What `parse_numbers` says of several columns, one below the other."""
    together = pd.concat([text[name] for name in text], ignore_index=True)
    numbers, problems = parse_numbers(together, where=where, negative=negative)
    if problems:  # each again, for its rows and its name
        each = [parse_numbers(text[name], where=where, negative=negative)[1] for name in text]
        problems = [problem for found in each for problem in found]
    return numbers, problems


def read_text_table(
    content: bytes, *, where: str, required: Sequence[str], key: Sequence[str] = ()
) -> pd.DataFrame:
    """Every cell of a CSV file as text, its columns checked.

    pyarrow reads it; only a file that it refuses is looked at row by row, to say where.
    """
    content = _unpack(content, where)
    try:
        frame = _read_cells(content)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise_any(
            DataError, f"{where} is not a table.", _check_shape(_decode(content, where), where)
        )
        raise
    if frame.empty:
        raise DataError(
            f"{where} is empty.", [Problem("header_without_rows", "a header and no rows", where)]
        )
    if re.search(rb"\n\r?\n", content):  # the parser passes over blank lines, a person counts them
        filled = [row for row, cells in enumerate(_rows(_decode(content, where))) if cells]
        frame.index = pd.Index([row - filled[0] - 1 for row in filled[1:]])
    raise_any(DataError, f"{where} cannot be used.", missing_columns(frame, required, where))
    raise_any(DataError, f"{where} cannot be used.", _repeated_keys(frame, key, where))
    return frame


def years_out_of_range(
    text: pd.Series, where: str, years: tuple[int, int] = YEARS
) -> list[Problem]:
    """One problem for each period of another year than there may be, where it stands first.

    A period that names no year is passed over.
    """
    periods = text.drop_duplicates()
    first = periods.str.extract(r"(\d{4})", expand=False).dropna().astype(int)
    remedy = f"give one from {years[0]} to {years[1]}: compare the file with what was published"
    return [
        Problem(
            "year_out_of_range",
            f"no figures can be of {text[row]!r}",
            cell(where, row, text.name),
            remedy,
        )
        for row in first.index[~first.between(*years)]
    ]


def as_categories(frame: pd.DataFrame, more: Sequence[str] = ()) -> pd.DataFrame:
    """A frame with text as categories of one type: a fraction of the work to group or to sort."""
    codes = {str(name): pd.factorize(frame[name]) for name in frame if frame[name].dtype == "str"}
    known = set(more).union(*(names for _, names in codes.values()))
    dtype = pd.CategoricalDtype(sorted(known), ordered=True)
    place = pd.Series(range(len(known)), dtype.categories)
    columns = {
        name: pd.Categorical.from_codes(place[names].to_numpy()[at], dtype=dtype)
        for name, (at, names) in codes.items()
    }
    return frame.assign(**columns)


def missing_columns(frame: pd.DataFrame, required: Sequence[str], where: str) -> list[Problem]:
    """One problem for each column that is not there, with the nearest that is."""
    return [
        Problem(
            "missing_column", f"column {name} is missing", where, did_you_mean(name, frame.columns)
        )
        for name in required
        if name not in frame.columns
    ]


def areas_elsewhere(
    frame: pd.DataFrame, code: str, region: str, areas: pd.DataFrame, where: str
) -> list[Problem]:
    """One problem for each authority whose row names another region than its own.

    ``region`` is a column of codes or of names; two parts of London have their own.
    """
    own = areas.set_index("area_code")[region]
    rows = frame[[code, region]].drop_duplicates()
    rows = rows[rows[code].isin(areas.loc[areas["area_level"] == AreaLevel.AUTHORITY, "area_code"])]
    there = rows[region].replace(_PARTS_OF_LONDON)
    expected = rows[code].map(own)
    remedy = "compare the file with what was published: two areas may be in each other's place"
    return [
        Problem(
            "area_in_another_region",
            f"area {rows.loc[row, code]} in {rows.loc[row, region]!r}, not {expected[row]!r}",
            cell(where, row, region),
            remedy,
        )
        for row in rows.index[there != expected]
    ]


def _unpack(content: bytes, where: str) -> bytes:
    try:
        content = gzip.decompress(content) if content.startswith(_GZIP) else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        problem = Problem("damaged_gzip", str(error), where, "restore the file (git checkout)")
        raise DataError(f"{where} cannot be unpacked.", [problem]) from error
    if not re.search(rb"\S", content.removeprefix(codecs.BOM_UTF8)):
        problem = Problem("neither_header_nor_rows", "no header and no rows", where)
        raise DataError(f"{where} is empty.", [problem])
    return content


def _read_cells(content: bytes) -> pd.DataFrame:
    """The cells as text that shares the parser's memory; columns of one name are refused."""
    quoted = b'"' in content
    names = next(csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")))
    table = csv_reader.read_csv(
        pa.BufferReader(content),
        parse_options=csv_reader.ParseOptions(newlines_in_values=quoted),
        convert_options=csv_reader.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
        ),
    )
    if len(set(table.column_names)) < len(names):
        raise pa.ArrowInvalid("columns of one name")
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.large_string(): _TEXT}.get)
    return frame


def _decode(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        problem = Problem(
            "byte_not_utf8",
            f"byte 0x{content[error.start]:02x} is not UTF-8",
            f"{where}, row {line}, character {column}",
            "save the file as CSV UTF-8",
        )
        raise DataError(f"{where} is not written in UTF-8.", [problem]) from error


def _rows(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""))


def _check_shape(text: str, where: str) -> list[Problem]:
    """Columns that occur twice, and rows with too many or too few cells."""
    names, *rows = _rows(text)
    problems = [
        Problem(
            "column_repeated",
            f"column {name!r} stands there {names.count(name)} times",
            where,
            "keep one of them",
        )
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    remedy = "give every row as many cells as the header; quote text that holds a comma"
    return problems + [
        Problem(
            "ragged_row",
            f"{len(cells)} cells where the header has {len(names)}",
            f"{where}, row {row}",
            remedy,
        )
        for row, cells in enumerate(rows, start=FIRST_DATA_ROW)
        if len(cells) not in (0, len(names))
    ]


def _repeated_keys(frame: pd.DataFrame, key: Sequence[str], where: str) -> list[Problem]:
    """One problem for each row whose key stands in an earlier row already."""
    problems = []
    for row in frame.index[frame.duplicated(list(key))] if key else ():
        values = frame.loc[row, list(key)]
        same = frame.index[(frame[list(key)] == values).all(axis=1)]
        alike = " and ".join(str(index + FIRST_DATA_ROW) for index in same)
        named = ", ".join(f"{name}={value}" for name, value in values.items())
        remedy = f"keep one row for each {', '.join(key)}; rows {alike} say the same"
        problems.append(
            Problem("duplicate_key", f"duplicate key {named}", cell(where, row), remedy)
        )
    return problems
