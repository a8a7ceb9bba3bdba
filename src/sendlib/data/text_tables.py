"""Read a CSV file as text, and say exactly where it is not as it should be."""

import csv
import io
import re
from collections.abc import Sequence

import pandas as pd

from sendlib.data.symbols import FIRST_DATA_ROW, cell
from sendlib.errors import DataError, Problem, did_you_mean, raise_any


def read_text_table(
    content: bytes, *, where: str, required: Sequence[str], key: Sequence[str] = ()
) -> pd.DataFrame:
    """Every cell of a CSV file as text, its columns checked.

    The pyarrow engine of pandas was the fastest of five ways measured
    (``benchmarks/parsers.py``) that keeps every symbol.
    """
    text = _decoded(content, where)
    frame = _parsed(text, where)
    raise_any(DataError, f"{where} cannot be used.", missing_columns(frame, required, where))
    raise_any(DataError, f"{where} cannot be used.", repeated_keys(frame, key, where))
    return frame


def repeated_keys(frame: pd.DataFrame, key: Sequence[str], where: str) -> list[Problem]:
    """One problem for each row whose key stands in an earlier row already."""
    if not key:
        return []
    first = frame.groupby(list(key), sort=False, dropna=False)[key[0]].transform("size") > 1
    again = frame[frame.duplicated(list(key))].index
    return [
        Problem(
            f"duplicate key {_key_text(frame, key, row)}",
            cell(where, row),
            f"keep one row for each {', '.join(key)}; rows "
            f"{_rows_like(frame[first], key, row)} say the same",
        )
        for row in again
    ]


def _key_text(frame: pd.DataFrame, key: Sequence[str], row: int) -> str:
    return ", ".join(f"{name}={frame[name][row]}" for name in key)


def _rows_like(frame: pd.DataFrame, key: Sequence[str], row: int) -> str:
    same = (frame[list(key)] == frame.loc[row, list(key)]).all(axis=1)
    return " and ".join(str(index + FIRST_DATA_ROW) for index in frame.index[same])


def _decoded(content: bytes, where: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        problem = Problem(
            f"byte 0x{content[error.start]:02x} is not UTF-8",
            f"{where}, row {line}, character {column}",
            "save the file as CSV UTF-8",
        )
        raise DataError(f"{where} is not written in UTF-8.", [problem]) from error
    if not text.strip():
        raise DataError(f"{where} is empty.", [Problem("no header and no rows", where)])
    return text


def _parsed(text: str, where: str) -> pd.DataFrame:
    problems = [*_repeated_columns(text, where), *_ragged_lines(text, where)]
    raise_any(DataError, f"{where} is not a table.", problems)
    frame = pd.read_csv(
        io.BytesIO(text.encode()), dtype=str, keep_default_na=False, engine="pyarrow"
    )
    if frame.empty:
        raise DataError(f"{where} is empty.", [Problem("a header and no rows", where)])
    if re.search(r"\n\r?\n", text):
        frame.index = pd.Index(_filled_lines(text))
    return frame


def _filled_lines(text: str) -> list[int]:
    """Which lines below the header hold anything; the parser passes over blank ones."""
    rows = csv.reader(io.StringIO(text, newline=""))
    filled = [row for row, cells in enumerate(rows) if cells]
    return [row - filled[0] - 1 for row in filled[1:]]


def _repeated_columns(text: str, where: str) -> list[Problem]:
    names = next(csv.reader(io.StringIO(text, newline="")))
    repeated = sorted({name for name in names if names.count(name) > 1})
    return [
        Problem(
            f"column {name!r} stands there {names.count(name)} times", where, "keep one of them"
        )
        for name in repeated
    ]


def _ragged_lines(text: str, where: str) -> list[Problem]:
    """Lines with too many or too few cells, found cheaply when nothing is quoted."""
    if '"' in text:
        return _ragged_quoted_lines(text, where)
    lines = text.split("\n")  # splitlines would also split at marks inside a cell
    width = lines[0].count(",")
    return [
        _ragged(where, row, line.count(",") + 1, width + 1)
        for row, line in enumerate(lines[1:], start=FIRST_DATA_ROW)
        if line.rstrip("\r") and line.count(",") != width
    ]


def _ragged_quoted_lines(text: str, where: str) -> list[Problem]:
    rows = csv.reader(io.StringIO(text, newline=""))
    width = len(next(rows))
    return [
        _ragged(where, row, len(cells), width)
        for row, cells in enumerate(rows, start=FIRST_DATA_ROW)
        if cells and len(cells) != width
    ]


def _ragged(where: str, row: int, found: int, expected: int) -> Problem:
    return Problem(
        f"{found} cells where the header has {expected}",
        f"{where}, row {row}",
        "give every row as many cells as the header; quote text that holds a comma",
    )


def missing_columns(frame: pd.DataFrame, required: Sequence[str], where: str) -> list[Problem]:
    """One problem for each column that is not there, with the nearest that is."""
    return [
        Problem(f"column {name} is missing", where, did_you_mean(name, frame.columns))
        for name in required
        if name not in frame.columns
    ]
