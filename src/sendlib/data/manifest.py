"""What ``data/raw`` must hold by ``manifest.yml``, what it does hold, and every difference.

A file that is not listed is known by its headings, and how it comes in is said.
"""

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, ValidationInfo, model_validator

from sendlib import documents, fields
from sendlib.errors import ManifestError, Problem, SendlibError, did_you_mean, nearest, raise_any
from sendlib.files import read_list
from sendlib.project import Project

_Model = TypeVar("_Model", bound=BaseModel)
_HEAD = 65_536  # bytes that are looked at
_TITLE_ROWS = 12
LEFT_BEHIND = re.compile(r"~\$.*|thumbs\.db|desktop\.ini|ehthumbs.*\.db|\..*", re.IGNORECASE)
"""The names of files that a desktop leaves in a folder."""


def publication_of(path: Path) -> tuple[str, str]:
    """The name of the publication and the way in; both empty where the headings say nothing.

    A publication is known by headings that begin with those of ``publications.csv``, in
    whatever order, and below a title too.
    """
    for line in _head(path).splitlines()[:_TITLE_ROWS]:
        headings = [cell.strip(' "\ufeff').casefold() for cell in line.split(",")]
        for row in read_list("data", "publications.csv").itertuples():
            wanted = str(row.headings).split("; ")
            if all(any(each.startswith(name) for each in headings) for name in wanted):
                return str(row.publication), str(row.way_in)
    return "", ""


def _head(path: Path) -> str:
    """The first lines of a file of text, compressed or not."""
    try:
        with path.open("rb") as file:
            begins = file.read(_HEAD)
        if begins.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                begins = unpacked.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return ""
    return begins.decode("utf-8", errors="ignore")


class Confirmation(fields.Strict):
    """Figures that are unlikely and right, and the reason that a person gives."""

    names: str  # as the data quality page has them; * stands for any text
    figures: int = 1  # that go by the name, at most
    why: str = Field(min_length=20)


class RawFile(fields.Strict):
    """One file that is always there; ``sources.csv`` says whose publication it is from."""

    path: str
    title: str
    source_id: str
    published: str
    kind: Literal["official", "extract", "quoted", "compiled", "synthetic"]
    reader: Literal["ehcp_release", "figures"]
    layout: str
    sha256: str
    area: str = ""
    confirmed: tuple[Confirmation, ...] = ()

    @model_validator(mode="after")
    def _has_layout(self, info: ValidationInfo) -> Self:
        layouts: Mapping[str, Collection[str]] = info.context or {}
        valid = layouts.get(self.reader, [self.layout])
        if self.layout not in valid:
            remedy = did_you_mean(self.layout, valid) or "describe it in data/layouts.yml"
            raise ValueError(f"no layout {self.layout!r} of reader {self.reader}; {remedy}")
        return self


class Manifest(fields.Strict):
    """The content of ``manifest.yml``."""

    files: tuple[RawFile, ...]

    @property
    def confirmed(self) -> tuple[Confirmation, ...]:
        """What a person has confirmed, of all files."""
        return tuple(each for entry in self.files for each in entry.confirmed)

    @model_validator(mode="after")
    def _lists_each_file_once(self) -> Self:
        paths = [entry.path for entry in self.files]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return self


@dataclass(frozen=True)
class Inventory:
    """What was found in ``data/raw``, and every difference from the manifest."""

    manifest: Manifest
    hashes: Mapping[str, str]  # path below data/raw: sha256, of every file that is used
    problems: tuple[Problem, ...] = ()


def read_manifest(project: Project, *, check_layouts: bool = True) -> Manifest:
    """The manifest, its fields checked; layouts too, unless it is read only to be listed."""
    layouts: dict[str, Collection[str]] = {}
    if check_layouts:
        from sendlib.data import ehcp, figures  # slow to import

        layouts = {"ehcp_release": ehcp.LAYOUTS, "figures": figures.LAYOUTS}
    return read_model(project, project.manifest, Manifest, ManifestError, context=layouts)


def read_model(
    project: Project,
    path: Path,
    model: type[_Model],
    refusal: type[SendlibError],
    *,
    context: Mapping[str, Any] | None = None,
) -> _Model:
    """The content of a YAML file of the project, its fields checked."""
    where, problems = path.relative_to(project.root).as_posix(), list[Problem]()
    read = fields.read_model(documents.load(path, where), model, problems, context)
    raise_any(refusal, f"{where} is not as it should be.", problems)
    assert read is not None
    return read


def read_publications(project: Project) -> dict[str, dict[str, str]]:
    """Each publication by its id, as listed: the rows of table ``source`` before any build."""
    entries = read_manifest(project, check_layouts=False).files
    (entry,) = (entry for entry in entries if entry.layout == "sources")
    path = project.raw / entry.path
    found = {entry.path: sha256(path)} if path.is_file() else {}
    raise_any(ManifestError, "The publications cannot be read.", _changed(entry, found))
    with path.open(encoding="utf-8", newline="") as rows:
        return {row["source_id"]: row for row in csv.DictReader(rows)}


def sha256(path: Path) -> str:
    """The hash of a file, as the manifest writes it."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def take_inventory(project: Project) -> Inventory:
    """Compare ``data/raw`` with its manifest; differences are returned, not raised."""
    manifest = read_manifest(project)
    found = {
        path.relative_to(project.raw).as_posix(): sha256(path)
        for path in sorted(project.raw.rglob("*"))
        if path.is_file() and path != project.manifest
        if not any(LEFT_BEHIND.fullmatch(part) for part in path.relative_to(project.raw).parts)
    }
    problems = [problem for entry in manifest.files for problem in _changed(entry, found)]
    listed = {entry.path for entry in manifest.files}
    problems += [
        _unlisted(path, sha, manifest, project) for path, sha in found.items() if path not in listed
    ]
    hashes = {path: sha for path, sha in found.items() if path in listed}
    return Inventory(manifest, hashes, tuple(problems))


def verify(project: Project) -> Inventory:
    """The inventory of ``data/raw``; any difference from the manifest is refused."""
    inventory = take_inventory(project)
    raise_any(ManifestError, "data/raw is not what its manifest lists.", inventory.problems)
    return inventory


def _changed(entry: RawFile, found: Mapping[str, str]) -> list[Problem]:
    where = f"data/raw/{entry.path}"
    if entry.path not in found:
        remedy = "restore it (git checkout); if it was moved or renamed, renew its entry"
        return [Problem("file_missing", "the file is missing", where, remedy)]
    if found[entry.path] != entry.sha256:
        hashes = f"{found[entry.path]}, where the manifest has {entry.sha256[:12]}"
        remedy = (
            "restore it (git checkout); if you or its publisher revised it, give the new sha256 "
            "in its entry in data/raw/manifest.yml"
        )
        return [
            Problem("file_changed", f"the file was changed: its sha256 is {hashes}", where, remedy)
        ]
    return []


def _unlisted(path: str, sha: str, manifest: Manifest, project: Project) -> Problem:
    publication, way_in = publication_of(project.raw / path)
    if publication:
        found = f"the file is not listed; by its headings it is {publication}"
        return Problem("publication_not_listed", found, f"data/raw/{path}", way_in)
    close = nearest(path, [entry.path for entry in manifest.files], most=1)
    hint = f"; the nearest path that is listed is {close[0]}" if close else ""
    remedy = f"add an entry to data/raw/manifest.yml, or move the file away{hint}"
    found = f"the file is not listed; its sha256 is {sha}"
    return Problem("file_not_listed", found, f"data/raw/{path}", remedy)
