"""Load the tidy tables, and say what they were built from."""

import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sendlib.data.contracts import TABLES
from sendlib.errors import DataError, NotBuiltError, Problem, UnknownNameError, did_you_mean
from sendlib.project import Project
from sendlib.tidy import PERIODS, period_of, years_of
from sendlib.vocabulary import TOTAL

RECORD = "build.json"
_REMEDY = "run: sendlib data build"
_File = tuple[int, int, int]  # its number, size [bytes] and time of change [ns]


def load(project: Project, table: str, *, as_of: int | None = None) -> pd.DataFrame:
    """One tidy table, as its contract in ``data.TABLES`` describes it.

    Parameters
    ----------
    project : Project
        The project.
    table : str
        A key of ``data.TABLES``.
    as_of : int, optional
        A census year: only what describes the time up to its January count, and
        the financial year in which that falls, is returned.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    NotBuiltError
        If the tables have not been built.
    DataError
        If the file of the table is not the one that was built.
    """
    if table not in TABLES:
        remedy = did_you_mean(str(table), TABLES) or f"valid: {', '.join(TABLES)}"
        problem = Problem("unknown_table", f"table {table!r}", remedy=remedy)
        raise UnknownNameError(f"There is no table {table}.", [problem])
    stored = _read_file(*_named(project, table))
    frame = stored.copy(deep=False)  # what a caller changes in a copy is copied first
    return frame if as_of is None else _up_to(frame, as_of)


def latest_census(project: Project, area_code: str = "") -> int:
    """The last January for which plans are available, anywhere or of one area."""
    return int(counted_years(project, area_code).max())


def counted_years(project: Project, area_code: str = "") -> pd.Series:
    """The Januaries in which all plans are stated, anywhere or of one area."""
    counted = _read_counted(*_named(project, "ehcp_caseload"))
    return counted[counted.index == area_code] if area_code else counted


def inputs(project: Project) -> list[dict[str, str]]:
    """The raw files that the tables were built from."""
    files: list[dict[str, str]] = read_record(project)["inputs"]
    return files


def tables_version(project: Project) -> str:
    """A hash of all tables that were built."""
    tables = json.dumps(read_record(project)["tables"], sort_keys=True)
    return hashlib.sha256(tables.encode()).hexdigest()


def read_record(project: Project) -> dict[str, Any]:
    """What the last build wrote of itself."""
    path = project.processed / RECORD
    if not path.is_file():
        problem = Problem("no_build_record", "no build record", remedy=_REMEDY)
        raise NotBuiltError("The tidy tables are not there.", [problem])
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        where = f"data/processed/{RECORD}"
        problem = Problem("build_record_damaged", "the file is damaged", where, _REMEDY)
        raise DataError("The record of the tidy tables cannot be read.", [problem]) from error
    return record


def _named(project: Project, table: str) -> tuple[Path, _File, str]:
    """A table's file, what tells it from an earlier one of its name, and the hash of the build."""
    path = project.processed / f"{table}.parquet"
    if not path.is_file():
        problem = Problem("table_not_built", f"no table {table}", remedy=_REMEDY)
        raise NotBuiltError("The tidy tables are not there.", [problem])
    file = path.stat()
    built = read_record(project)["tables"].get(table, "")
    return path, (file.st_ino, file.st_size, file.st_mtime_ns), built


@lru_cache(maxsize=1)
def _read_counted(path: Path, file: _File, built: str) -> pd.Series:
    """The Januaries in which all plans of an area are stated, by the code of the area."""
    caseload = _read_file(path, file, built)
    is_all = caseload["plans"].notna()
    for column in ("age_band", "place_type", "primary_need"):
        is_all &= caseload[column] == TOTAL
    return caseload[is_all].set_index("area_code")["census_year"]


@lru_cache(maxsize=len(TABLES))
def _read_file(path: Path, file: _File, built: str) -> pd.DataFrame:  # noqa: ARG001
    """A table, read once while its file is the same.

    It has to have the hash that the build wrote down.
    """
    found = "the file is damaged, or not the one that was built"
    problem = Problem("file_damaged", found, f"data/processed/{path.name}", _REMEDY)
    damaged = DataError("A tidy table cannot be read.", [problem])
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != built:
            raise damaged
        return pd.read_parquet(io.BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        raise damaged from error


def _up_to(frame: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Rows on the time up to one January; projections of population stay as they are."""
    if not set(PERIODS) & set(frame) or ("year" in frame and "indicator" not in frame):
        return frame
    last = as_of - (period_of(frame) == "calendar_year")
    return frame[years_of(frame) <= last]
