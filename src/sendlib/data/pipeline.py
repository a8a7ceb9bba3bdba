"""Build the tidy tables from ``data/raw``.

A build verifies ``data/raw``, reads every file, tidies, checks every table
against its contract and only then writes. ``build.json`` beside the tables says
what they were built from, and the hash of each; while that still holds, there is
nothing to do. A table that was damaged since is built again.
"""

import hashlib
import os
from collections import UserDict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pandas as pd

from sendlib import __version__
from sendlib.data import ehcp, figures
from sendlib.data.contracts import TABLES, check_contract, check_tables
from sendlib.data.corrections import correct
from sendlib.data.impossible import find_impossible
from sendlib.data.manifest import Inventory, sha256, take_inventory
from sendlib.data.outcomes import OUTCOME_FILES, code_outcomes
from sendlib.data.plausible import NOTHING, find_unlikely
from sendlib.data.store import RECORD, read_record
from sendlib.data.text_tables import areas_elsewhere
from sendlib.data.tidy_figures import tidy_figures
from sendlib.data.tidy_plans import tidy_releases
from sendlib.data.tidy_services import tidy_services
from sendlib.errors import (
    DataError,
    NotBuiltError,
    OutputError,
    Problem,
    did_you_mean,
    raise_any,
)
from sendlib.files import replace_tables
from sendlib.project import Project

_REGIONS = (("old_la_code", "region_code"), ("area_code", "region_name"))  # beside each other
_CODE = ("data", "vocabulary.py", "periods.py", "tidy.py")


@dataclass(frozen=True)
class Build:
    """What a build did: the rows of each table, and whether there was work to do."""

    rows: Mapping[str, int]
    done: bool


def build(project: Project) -> Build:
    """Bring ``data/processed`` up to date with ``data/raw``.

    Parameters
    ----------
    project : Project
        The project.

    Raises
    ------
    DataError
        With every problem of every file; nothing is written then.
    OutputError
        If the tables cannot be written.
    """
    inventory = take_inventory(project)
    record = {
        "sendlib": __version__,
        "code": _code_hash(),
        "inputs": [
            {
                "path": entry.path,
                "sha256": inventory.hashes[entry.path],
                "title": entry.title,
                "published": entry.published,
            }
            for entry in sorted(inventory.manifest.files, key=lambda entry: entry.path)
            if entry.path in inventory.hashes
        ],
    }
    if not inventory.problems and _is_current(project, record):
        return Build(read_record(project)["rows"], done=False)
    tables = build_tables(inventory, project)
    rows = {name: len(frame) for name, frame in tables.items()}
    try:
        replace_tables(
            project.processed,
            tables,
            note=RECORD,
            describe=lambda aside: {**record, "rows": rows, "tables": _hash_tables(aside)},
        )
    except OSError as error:
        found = os.strerror(error.errno).lower() if error.errno else str(error)
        remedy = "free space and allow writing there, then run again"
        problem = Problem("tables_not_written", found, str(project.processed), remedy)
        raise OutputError("The tables could not be written.", [problem]) from error
    return Build(rows, done=True)


def build_tables(inventory: Inventory, project: Project) -> dict[str, pd.DataFrame]:
    """Every tidy table, checked, from an inventory of ``data/raw``."""
    frames, figure_problems = read_figures(inventory, project)
    long, release_problems = read_releases(inventory, project, frames.get("areas"))
    listed = {entry.layout for entry in inventory.manifest.files}
    absent = [name for name in (*figures.LAYOUTS, *ehcp.LAYOUTS) if name not in listed]
    remedy = "restore its file and its entry (git checkout)"
    problems = [
        *inventory.problems,
        *release_problems,
        *figure_problems,
        *_of_no_source(inventory, frames.get("sources")),
        *(
            Problem(
                "layout_not_listed",
                f"no file of the layout {layout} is listed",
                "data/raw/manifest.yml",
                remedy,
            )
            for layout in absent
        ),
    ]
    raise_any(DataError, "data/raw cannot be built.", problems)
    tables = to_tables(tidy_releases(pd.concat(long, ignore_index=True)), frames)
    raise_any(DataError, "data/raw says what cannot be.", find_impossible(tables))
    unlikely = find_unlikely(tables, inventory.manifest.confirmed)
    return tables | {"unlikely": check_contract(unlikely, "unlikely")}


def _of_no_source(inventory: Inventory, sources: pd.DataFrame | None) -> list[Problem]:
    """Files whose publication is not in the file of publications, where that can be read."""
    known = [] if sources is None else sources["source_id"].tolist()
    return [
        Problem(
            "file_of_unknown_source",
            f"{entry.path} is of {entry.source_id!r}",
            "data/raw/manifest.yml",
            did_you_mean(entry.source_id, known) or "add a row to reference/sources.csv",
        )
        for entry in inventory.manifest.files
        if known and entry.source_id not in known
    ]


def to_tables(
    plans: Mapping[str, pd.DataFrame], frames: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Every tidy table, checked, from the tables on plans and figures by layout."""
    used = _Frames(frames)
    figures_only = tidy_figures(used)
    services = tidy_services(used, figures_only["area"])
    tidy = correct({**figures_only, **services, **plans}) | {"unlikely": NOTHING}
    raise_any(
        DataError, "Files, tables and contracts do not fit.", [*_unused(used), *_unlike(tidy)]
    )
    tables = {}
    for name, frame in check_tables(tidy.__getitem__).items():
        order = TABLES[name].key if TABLES[name].order is None else TABLES[name].order
        tables[name] = frame.sort_values(list(order), ignore_index=True) if order else frame
    return tables


class _Frames(UserDict[str, pd.DataFrame]):
    """Frames by layout, which note those that were asked for."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        super().__init__(frames)
        self.asked: set[str] = set()

    def __getitem__(self, layout: str) -> pd.DataFrame:
        self.asked.add(layout)
        return super().__getitem__(layout)


def _unused(frames: _Frames) -> list[Problem]:
    """Layouts whose figures no table has."""
    remedy = "make one of them in tidy_figures of src/sendlib/data/tidy_figures.py"
    return [
        Problem("layout_without_table", "no table has its figures", f"layout {name}", remedy)
        for name in frames
        if name not in frames.asked
    ]


def _unlike(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Tables without a contract, and contracts without a table."""
    remedy = "write its row in src/sendlib/data/tables.csv and one of each column in contracts.csv"
    return [
        Problem("table_without_contract", "its contract is not complete", f"table {name}", remedy)
        for name in tables
        if name not in TABLES or not TABLES[name].columns
    ] + [
        Problem("contract_without_table", "nothing makes it", f"table {name}", "take out its rows")
        for name in TABLES
        if name not in tables
    ]


def read_releases(
    inventory: Inventory, project: Project, areas: pd.DataFrame | None
) -> tuple[list[pd.DataFrame], list[Problem]]:
    """Each release on plans, as a long table."""
    releases: dict[str, list[Path]] = {}
    for entry in inventory.manifest.files:
        if entry.reader == "ehcp_release":
            releases.setdefault(entry.layout, []).append(project.raw / entry.path)
    problems: list[Problem] = []
    parts = []
    for release, paths in releases.items():
        contents = {path.name: path.read_bytes() for path in paths if path.is_file()}
        where = paths[0].parent.relative_to(project.root).as_posix()
        try:
            long = ehcp.read_release(contents, release=release, where=where, areas=areas)
            parts.append(long)
        except DataError as error:
            problems += error.problems
    return parts, problems


def read_figures(
    inventory: Inventory, project: Project
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """All files of figures by their layout."""
    frames: dict[str, list[pd.DataFrame]] = {}
    place: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in inventory.manifest.files:
        path = project.raw / entry.path
        if entry.reader != "figures" or not path.is_file():
            continue
        place[entry.layout] = where = path.relative_to(project.root).as_posix()
        try:
            frame = figures.read_figures(path.read_bytes(), layout=entry.layout, where=where)
        except DataError as error:
            problems += error.problems
            continue
        named = frame.assign(area_code=entry.area) if entry.area else frame
        frames.setdefault(entry.layout, []).append(named)
    joined = {layout: pd.concat(parts, ignore_index=True) for layout, parts in frames.items()}
    for layout in OUTCOME_FILES:  # their areas have names; the file of areas has the codes
        if layout in joined and "areas" in joined:
            joined[layout], found = code_outcomes(
                joined[layout], layout, joined["areas"], where=place[layout]
            )
            problems += found
    for layout, frame in joined.items():
        for code, region in _REGIONS if "areas" in joined else ():
            if {code, region} <= set(frame):
                problems += areas_elsewhere(frame, code, region, joined["areas"], place[layout])
    return joined, problems


def _code_hash() -> str:
    """A hash of the code that builds the tables, so that a change of it rebuilds them."""
    root = Path(str(files("sendlib")))
    digest = hashlib.sha256()
    for name in _CODE:
        place = root / name
        for path in sorted(place.glob("*.[pcy][ysm]*")) if place.is_dir() else [place]:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _is_current(project: Project, record: Mapping[str, object]) -> bool:
    try:
        stored = read_record(project)
    except (NotBuiltError, DataError):
        return False
    same = all(stored.get(name) == value for name, value in record.items())
    return same and stored.get("tables") == _hash_tables(project.processed)


def _hash_tables(folder: Path) -> dict[str, str]:
    """The hash of each table's file; a file that is not there is left out."""
    paths = {name: folder / f"{name}.parquet" for name in TABLES}
    return {name: sha256(path) for name, path in paths.items() if path.is_file()}
