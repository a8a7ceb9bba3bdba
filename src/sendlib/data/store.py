"""Build, check, save and load the tidy tables: the only door to the data.

A build verifies ``data/raw``, reads every file, tidies, checks every table
against its contract and only then writes. ``build.json`` beside the tables says
what they were made from, and the hash of each; while that still holds, there is
nothing to do. A table that was damaged since is made again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa

from sendlib import __version__
from sendlib.data import TABLES, check_keys, check_table
from sendlib.data.inventory import Inventory, take_inventory
from sendlib.data.manifest import known_hashes, read_manifest, sha256
from sendlib.data.reading import missing_layouts, read_all_figures, read_releases
from sendlib.data.tidy_figures import tidy_figures
from sendlib.data.tidy_plans import tidy_releases
from sendlib.errors import (
    DataError,
    NotAvailableError,
    OutputError,
    Problem,
    UnknownNameError,
    did_you_mean,
    raise_any,
)
from sendlib.files import replace_tables
from sendlib.periods import academic_year_end, financial_year_of_census
from sendlib.project import Project

RECORD = "build.json"
_REMAKE = "run: sendlib data build"
_CODE = ("data", "vocabulary.py", "periods.py")


@dataclass(frozen=True)
class Build:
    """What a build did: the rows of each table, and whether there was work to do."""

    rows: Mapping[str, int]
    done: bool


def build(project: Project, *, again: bool = False) -> Build:
    """Bring ``data/processed`` up to date with ``data/raw``.

    Parameters
    ----------
    project : Project
        The project.
    again : bool
        Build even when nothing has changed.

    Raises
    ------
    DataError
        With every problem of every file; nothing is written then.
    OutputError
        If the tables cannot be written.
    """
    inventory = take_inventory(project)
    record = _record(inventory)
    if not again and not inventory.problems and _is_current(project, record):
        return Build(_read_record(project)["rows"], done=False)
    tables = build_tables(inventory, project)
    rows = {name: len(frame) for name, frame in tables.items()}
    _write(project, tables, {**record, "rows": rows})
    return Build(rows, done=True)


def build_tables(inventory: Inventory, project: Project) -> dict[str, pd.DataFrame]:
    """Every tidy table, checked, from an inventory of ``data/raw``."""
    long, release_problems = read_releases(inventory, project)
    figures, figure_problems = read_all_figures(inventory, project)
    problems = [*inventory.problems, *release_problems, *figure_problems]
    problems += missing_layouts(inventory)
    raise_any(DataError, "data/raw cannot be built.", problems)
    tables = {**tidy_figures(figures), **tidy_releases(pd.concat(long, ignore_index=True))}
    return _checked(tables)


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
        the financial year in which that falls, is given.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    NotAvailableError
        If the tables have not been built.
    DataError
        If the file of the table is damaged.
    """
    if table not in TABLES:
        remedy = did_you_mean(str(table), TABLES) or f"valid: {', '.join(TABLES)}"
        raise UnknownNameError(
            f"There is no table {table}.", [Problem(f"table {table!r}", remedy=remedy)]
        )
    path = project.processed / f"{table}.parquet"
    if not path.is_file():
        raise NotAvailableError(
            "The tidy tables are not there.", [Problem(f"no table {table}", remedy=_REMAKE)]
        )
    frame = _read_table(path)
    return frame if as_of is None else _up_to(frame, as_of)


def _read_table(path: Path) -> pd.DataFrame:
    """A table that is the caller's own to change, read once while its file stays the same."""
    file = path.stat()
    kept = _read_file(path, (file.st_ino, file.st_size, file.st_mtime_ns))
    return kept.copy(deep=False)  # what is changed in a copy is copied first


@lru_cache(maxsize=len(TABLES))
def _read_file(path: Path, file: tuple[int, int, int]) -> pd.DataFrame:  # noqa: ARG001
    """A table as it is in a file of this number, size [bytes] and time of change [ns]."""
    try:
        return pd.read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        problem = Problem("the file is damaged", f"data/processed/{path.name}", _REMAKE)
        raise DataError("A tidy table cannot be read.", [problem]) from error


def latest_census(project: Project) -> int:
    """The last January for which plans are available."""
    return int(load(project, "ehcp_caseload")["census_year"].max())


def inputs(project: Project) -> list[dict[str, str]]:
    """The raw files that the tables were made from."""
    if not (project.processed / RECORD).is_file():
        raise NotAvailableError(
            "The tidy tables are not there.", [Problem("no build record", remedy=_REMAKE)]
        )
    files: list[dict[str, str]] = _read_record(project)["inputs"]
    return files


@contextmanager
def with_full_releases(project: Project, folder: Path) -> Iterator[Project]:
    """A copy of the project's data with the whole published files of a folder, built.

    The copy is gone when the block ends; the project itself is left alone.
    """
    known = known_hashes(read_manifest(project))
    held = {sha256(path): path for path in sorted(folder.rglob("*")) if path.is_file()}
    found = [path for sha, path in held.items() if sha in known]  # each content once
    if not found:
        problem = Problem("no whole published file", str(folder), "name a folder that holds some")
        raise NotAvailableError("There are no whole files to use.", [problem])
    with TemporaryDirectory(prefix="sendlib-") as root:
        copy = Project(Path(root))
        shutil.copytree(project.raw, copy.raw)
        for number, path in enumerate(found):
            place = copy.raw / f"whole-{number}" / path.name
            place.parent.mkdir()
            shutil.copyfile(path, place)
        build(copy)
        yield copy


def _up_to(frame: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Rows on the time up to one January; projections of population are kept whole."""
    if "census_year" in frame:
        return frame[frame["census_year"] <= as_of]
    if "calendar_year" in frame:
        return frame[frame["calendar_year"] < as_of]
    if "financial_year" in frame:
        return frame[frame["financial_year"] <= financial_year_of_census(as_of)]
    if "indicator" in frame:
        return frame[frame["year"] <= as_of]
    if "academic_year" in frame:
        return frame[frame["academic_year"].map(academic_year_end) <= as_of]
    return frame


def _checked(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Tables that keep their contracts, or the breaches of all of them at once."""
    checked = {}
    problems: list[Problem] = []
    for name in TABLES:
        try:
            checked[name] = check_table(tables[name], name)
        except DataError as error:
            problems += error.problems
    raise_any(DataError, "Some tables do not keep their contracts.", problems)
    check_keys(checked)
    return checked


def _record(inventory: Inventory) -> dict[str, object]:
    return {
        "sendlib": __version__,
        "code": _code_hash(),
        "inputs": [
            {"path": path, "sha256": sha, **_described(path, inventory)}
            for path, sha in sorted(inventory.hashes.items())
        ],
    }


def _described(path: str, inventory: Inventory) -> dict[str, str]:
    """Title and date of a raw file; a file of a whole release takes the release's."""
    for entry in inventory.manifest.files:
        whole = inventory.whole_files.get(entry.path)
        if entry.path == path:
            return {"title": entry.title, "published": entry.published}
        if whole and whole.as_posix().endswith(f"data/raw/{path}"):
            return {"title": entry.title.partition(", rows of")[0], "published": entry.published}
    release = next(
        release
        for release in inventory.manifest.releases
        if inventory.hashes[path] in {release.sha256, *release.members.values()}
    )
    return {"title": f"{release.title}: {Path(path).name}", "published": release.published}


def _code_hash() -> str:
    """A hash of the code that makes the tables, so that a change of it rebuilds them."""
    root = Path(str(files("sendlib")))
    digest = hashlib.sha256()
    for name in _CODE:
        place = root / name
        paths = sorted(place.glob("*.[pc][ys]*")) if place.is_dir() else [place]
        for path in paths:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _read_record(project: Project) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((project.processed / RECORD).read_text(encoding="utf-8"))
    return record


def _is_current(project: Project, record: Mapping[str, object]) -> bool:
    try:
        held = _read_record(project)
    except (OSError, ValueError):
        return False
    same = all(held.get(name) == value for name, value in record.items())
    return same and held.get("tables") == _hash_tables(project.processed)


def _hash_tables(folder: Path) -> dict[str, str]:
    """The hash of each table's file; a file that is not there is left out."""
    paths = {name: folder / f"{name}.parquet" for name in TABLES}
    return {name: sha256(path) for name, path in paths.items() if path.is_file()}


def _write(
    project: Project, tables: Mapping[str, pd.DataFrame], record: Mapping[str, object]
) -> None:
    try:
        replace_tables(
            project.processed,
            tables,
            note=RECORD,
            describe=lambda aside: {**record, "tables": _hash_tables(aside)},
        )
    except OSError as error:
        found = os.strerror(error.errno).lower() if error.errno else str(error)
        remedy = "free space and allow writing there, then run again"
        problem = Problem(found, str(project.processed), remedy)
        raise OutputError("The tables could not be written.", [problem]) from error
