"""Adopt new raw files: as a whole, read and checked first, or not at all.

A copy of ``data/raw`` is made beside it, with the new files and a manifest that
lists them. Only when every table can be built from that copy do the two folders
change places; until then nothing that a reader sees has been touched.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from filelock import FileLock, Timeout

from sendlib.data import ehcp
from sendlib.data.contracts import TABLES
from sendlib.data.manifest import RawFile, verify
from sendlib.data.pipeline import build
from sendlib.data.refresh.account import FileChange, TableChange, compare_files, compare_tables
from sendlib.data.refresh.arrivals import Arrival, plain
from sendlib.data.refresh.client import UNCHANGED
from sendlib.data.refresh.sources import Pin, dump, write_pins
from sendlib.data.store import RECORD, load
from sendlib.errors import (
    DataError,
    LockedError,
    ManifestError,
    OutputError,
    Problem,
    RefreshError,
    raise_any,
)
from sendlib.files import exchange_folders, load_yaml, sync_tree
from sendlib.project import Project

Tables = Mapping[str, pd.DataFrame]
Check = Callable[[Project], Tables]
"""Reads all that a project has; what it cannot read it refuses."""

_DRAFT = ".refresh-"
_LOCK = ".refresh.lock"


@dataclass(frozen=True)
class Landing:
    """What was adopted: paths of files that are new and that were revised, and what they change."""

    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    files: tuple[FileChange, ...] = ()
    tables: Sequence[TableChange] = ()

    @property
    def is_any(self) -> bool:
        """Whether any file was adopted."""
        return bool(self.new or self.revised)


@contextmanager
def one_at_a_time(project: Project) -> Iterator[None]:
    """Only one refresh works in a project; what a killed one left is cleared away."""
    folder = project.raw.parent
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        problem = Problem("another_refresh", "another one", str(folder), "wait until it has ended")
        raise LockedError("Another refresh is at work.", [problem]) from error
    try:
        for left in folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


def land(
    project: Project,
    arrivals: Sequence[Arrival],
    pins: Mapping[str, Pin],
    *,
    check: Check | None = None,
    before: Callable[[], None] | None = None,
) -> Landing:
    """Adopt files, and write what was adopted into the sources; all or nothing."""
    files = verify(project).manifest.files
    raise_any(RefreshError, UNCHANGED, [*_find_problems(project, files, arrivals)])
    stored = {plain(entry.path): entry.sha256 for entry in files}
    changed = [each for each in arrivals if each.entry["sha256"] != stored.get(plain(each.path))]
    if not changed:
        write_pins(project, dict(pins))
        return Landing()
    read = check or build_all
    tables = read(project)
    with _explained(), TemporaryDirectory(dir=project.raw.parent, prefix=_DRAFT) as name:
        draft = Project(Path(name))
        _stage(project, draft, changed)
        verify(draft)
        after = read(draft)
        compared = [_compare_file(project, files, each) for each in changed]
        sync_tree(draft.raw)
        if before:
            before()
        _switch(project, draft, dict(pins))
    new = tuple(each.path for each in changed if plain(each.path) not in stored)
    revised = tuple(each.path for each in changed if plain(each.path) in stored)
    differing = tuple(each for each in compared if each and (each.columns or each.labels))
    return Landing(new, revised, differing, compare_tables(tables, after))


def _switch(project: Project, draft: Project, pins: dict[str, Pin]) -> None:
    """Let the new folder take the place of the old one; back, if the pins cannot be written."""
    exchange_folders(draft.raw, project.raw)
    try:
        write_pins(project, pins)
    except BaseException:
        exchange_folders(draft.raw, project.raw)
        raise
    with suppress(OSError):  # tables that stay behind are built again by the next command
        (project.processed / RECORD).unlink(missing_ok=True)
        built = sorted(draft.processed.glob("*.parquet"))
        for path in (*built, draft.processed / RECORD):
            path.replace(project.processed / path.name)


def _stage(project: Project, draft: Project, arrivals: Sequence[Arrival]) -> None:
    """A copy of the raw data with the new files and their entries; what stays is linked."""
    shutil.copytree(project.raw, draft.raw, copy_function=_link)
    text = project.manifest.read_text(encoding="utf-8")
    content = load_yaml(text)
    entries = {plain(entry["path"]): entry for entry in content["files"]}
    for each in arrivals:
        replaced = entries.get(plain(each.path))
        if replaced:  # unlinked first: it is a link to the file that is there now
            (draft.raw / replaced["path"]).unlink()
        path = draft.raw / each.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.content)
        entries[plain(each.path)] = dict(each.entry)
    content["files"] = _in_order(list(entries.values()))
    draft.manifest.unlink()
    draft.manifest.write_bytes(dump(content, text))


def _in_order(entries: list[dict[str, str]]) -> list[dict[str, str]]:
    """Entries as they stood, a new one behind the last of its own publication's folder."""
    order: list[dict[str, str]] = []
    for entry in entries:
        folder = entry["path"].partition("/")[0]
        same = [at for at, each in enumerate(order) if each["path"].partition("/")[0] == folder]
        order.insert(same[-1] + 1 if same else len(order), entry)
    return order


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def build_all(project: Project) -> Tables:
    """Every table of a project, built where they are not up to date."""
    build(project)
    return {name: load(project, name) for name in TABLES}


def _find_problems(
    project: Project, files: Sequence[RawFile], arrivals: Sequence[Arrival]
) -> Iterator[Problem]:
    """Editions that no reader knows, and editions of which files would be missing."""
    plans = [each for each in arrivals if each.source.is_of_plans]
    there = {entry.layout for entry in files}
    for release in dict.fromkeys(each.entry["layout"] for each in plans):
        those = [each for each in plans if each.entry["layout"] == release]
        if release not in ehcp.LAYOUTS:
            for each in those:
                yield _not_known(each, project, files)
            continue
        names = {_name(each.path) for each in those}
        lacking = {member.name for member in ehcp.LAYOUTS[release]} - names
        if lacking and release not in there:
            found = f"the edition {release[-4:]} would lack {', '.join(sorted(lacking))}"
            where = ", ".join(sorted(names))
            yield Problem("edition_not_whole", found, where, "adopt all its files at once")


def _not_known(arrival: Arrival, project: Project, files: Sequence[RawFile]) -> Problem:
    """What is new in a file of an edition that no reader knows, and where to add it."""
    differs = "it has the columns and labels of the edition before"
    if change := _compare_file(project, files, arrival):
        _, *lines = change.describe()
        differs = "; ".join(line.strip() for line in lines) or differs
    release = arrival.entry["layout"]
    return Problem(
        "edition_not_known",
        f"{release[-4:]} is a newer edition than the readers know; {differs}",
        _name(arrival.path),
        f"add {release} to releases in data/layouts.yml, and what is new to data/crosswalks.csv",
    )


def _compare_file(
    project: Project, files: Sequence[RawFile], arrival: Arrival
) -> FileChange | None:
    """What differs in a file against itself as it was, or against that of the edition before."""
    folder, name = arrival.path.partition("/")[0], _name(arrival.path)
    older = [
        entry.path
        for entry in files
        if entry.path.partition("/")[0] == folder
        and _name(entry.path) == name
        and plain(entry.path) <= plain(arrival.path)
    ]
    if not older:
        return None
    before = (project.raw / max(older)).read_bytes()
    return compare_files(arrival.path, before, arrival.content)


def _name(path: str) -> str:
    return plain(path.rpartition("/")[2])


@contextmanager
def _explained() -> Iterator[None]:
    """What cannot be read, or not written, as a refusal; everything is then as it was."""
    try:
        yield
    except (DataError, ManifestError, OutputError) as error:
        raise RefreshError(UNCHANGED, error.problems) from error
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        where = os.fsdecode(error.filename) if error.filename else "data/raw"
        remedy = "free space and allow writing there, then run again"
        raise RefreshError(UNCHANGED, [Problem("raw_not_written", found, where, remedy)]) from error
