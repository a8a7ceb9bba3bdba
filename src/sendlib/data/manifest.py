"""What ``data/raw`` must hold by ``manifest.yml``, what it does hold, and every difference.

A file is known by its content. A department's full release may be put anywhere
below ``data/raw``, as the archive or unpacked; it is recognised by its hashes and
then takes the place of the committed extract.
"""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from sendlib.data import ehcp, figures
from sendlib.errors import ManifestError, Problem, did_you_mean, nearest, raise_any
from sendlib.project import Project


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RawFile(_Entry):
    """One file that is always there, and where it comes from.

    ``full_sha256`` is that of the published file of which this one is an extract;
    where that file is there too, it is read instead.
    """

    path: str
    title: str
    source_id: str
    publisher: str
    published: str
    licence: str
    kind: Literal["official", "extract", "quoted", "compiled", "synthetic"]
    reader: Literal["ehcp_release", "figures"]
    layout: str
    sha256: str
    area: str = ""
    full_sha256: str = ""

    @model_validator(mode="after")
    def _has_layout(self) -> Self:
        valid = ehcp.LAYOUTS if self.reader == "ehcp_release" else figures.LAYOUTS
        if self.layout not in valid:
            remedy = did_you_mean(self.layout, valid)
            raise ValueError(f"no layout {self.layout!r} of reader {self.reader}; {remedy}")
        return self


class Release(_Entry):
    """A full release that may be there: its archive and the files inside it."""

    release: str
    title: str
    publisher: str
    published: str
    licence: str
    archive: str
    sha256: str
    members: Mapping[str, str]

    @field_validator("release")
    @classmethod
    def _is_known(cls, release: str) -> str:
        if release not in ehcp.LAYOUTS:
            raise ValueError(f"no release {release!r}; {did_you_mean(release, ehcp.LAYOUTS)}")
        return release


class Manifest(_Entry):
    """The content of ``manifest.yml``."""

    files: tuple[RawFile, ...]
    releases: tuple[Release, ...] = ()

    @model_validator(mode="after")
    def _lists_each_file_once(self) -> Self:
        paths = [entry.path for entry in self.files]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return self

    @property
    def full_hashes(self) -> set[str]:
        """The sha256 of every full release, member of one, and full file of an extract."""
        known = {entry.full_sha256 for entry in self.files if entry.full_sha256}
        return known.union(*({each.sha256, *each.members.values()} for each in self.releases))


@dataclass(frozen=True)
class Inventory:
    """What was found in ``data/raw``, and every difference from the manifest."""

    manifest: Manifest
    hashes: Mapping[str, str]  # path below data/raw: sha256, of every file that is used
    full_releases: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    """For each full release, where each of its files is: in itself, or in this archive."""
    full_files: Mapping[str, Path] = field(default_factory=dict)  # path of an extract: full file
    problems: tuple[Problem, ...] = ()


def read_manifest(project: Project) -> Manifest:
    """The manifest, its fields checked."""
    where = project.manifest.relative_to(project.root).as_posix()
    try:
        content = yaml.safe_load(project.manifest.read_text(encoding="utf-8"))
        return Manifest.model_validate(content)
    except yaml.YAMLError as error:
        raise ManifestError(
            f"{where} is not valid YAML.", [Problem("manifest_not_yaml", str(error), where)]
        ) from error
    except UnicodeDecodeError as error:
        problem = Problem("not_utf8", str(error), where, "save the file as UTF-8")
        raise ManifestError(f"{where} is not written in UTF-8.", [problem]) from error
    except ValidationError as error:
        problems = []
        for detail in error.errors():
            parts = (
                f"entry {part + 1}" if isinstance(part, int) else part for part in detail["loc"]
            )
            problems.append(
                Problem("invalid_manifest_entry", detail["msg"], ", ".join([where, *parts]))
            )
        raise ManifestError(f"{where} is not as it should be.", problems) from error


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
        if not any(part.startswith(".") for part in path.relative_to(project.raw).parts)
    }
    problems = [problem for entry in manifest.files for problem in _changed(entry, found)]
    listed = {entry.path for entry in manifest.files}
    unlisted = {path: sha for path, sha in found.items() if path not in listed}
    releases, used, more = _full_releases(manifest, unlisted, project)
    full_files = {
        entry.path: path
        for entry in manifest.files
        for path, sha in unlisted.items()
        if sha == entry.full_sha256
    }
    used |= {*full_files.values()}
    problems += more
    problems += [
        _unlisted_problem(path, sha, manifest, project)
        for path, sha in unlisted.items()
        if path not in used
    ]
    hashes = {path: sha for path, sha in found.items() if path in listed or path in used}
    places = {path: project.raw / place for path, place in full_files.items()}
    return Inventory(manifest, hashes, releases, places, tuple(problems))


def verify(project: Project) -> Inventory:
    """The inventory of ``data/raw``; any difference from the manifest is refused."""
    inventory = take_inventory(project)
    raise_any(ManifestError, "data/raw is not what its manifest lists.", inventory.problems)
    return inventory


def release_contents(places: Mapping[str, Path]) -> dict[str, bytes]:
    """The files of a full release, from its archive or its folder."""
    contents = {}
    for name, path in places.items():
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                inner = {Path(member).name: member for member in archive.namelist()}
                contents[name] = archive.read(inner[name])
        else:
            contents[name] = path.read_bytes()
    return contents


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


def _full_releases(
    manifest: Manifest, unlisted: Mapping[str, str], project: Project
) -> tuple[dict[str, dict[str, Path]], set[str], list[Problem]]:
    """Releases among the unlisted files, the files they use, and what they lack."""
    releases: dict[str, dict[str, Path]] = {}
    used: set[str] = set()
    problems = []
    path_of = {sha: path for path, sha in unlisted.items()}
    for release in manifest.releases:
        needed = ehcp.member_names(release.release)
        used |= {path_of[sha] for sha in release.members.values() if sha in path_of}
        if release.sha256 in path_of:
            used.add(path_of[release.sha256])
            archive = project.raw / path_of[release.sha256]
            releases[release.release] = dict.fromkeys(needed, archive)
            continue
        places = {
            name: project.raw / path_of[sha]
            for name, sha in release.members.items()
            if sha in path_of and name in needed
        }
        missing = [name for name in needed if name not in places]
        if places and missing:
            folder = next(iter(places.values())).parent.relative_to(project.root).as_posix()
            remedy = "put the full release there, as published, or take it away"
            problems += [
                Problem(
                    "release_missing_or_changed",
                    f"{name} of {release.archive} is missing or was changed",
                    folder,
                    remedy,
                )
                for name in missing
            ]
        elif places:
            releases[release.release] = places
    return releases, used, problems


def _unlisted_problem(path: str, sha: str, manifest: Manifest, project: Project) -> Problem:
    where = f"data/raw/{path}"
    file = project.raw / path
    is_archive = zipfile.is_zipfile(file)
    if file.suffix.lower() == ".zip" and not is_archive:
        remedy = "download the release again, or move the file away"
        return Problem(
            "not_a_zip_archive", "not a zip archive, though its name says so", where, remedy
        )
    if sha in manifest.full_hashes:
        return Problem("second_copy", "a second copy of a published file", where, "keep one copy")
    known = {name for each in manifest.releases for name in (each.archive, *each.members)}
    differs = _difference(file, manifest) if is_archive else ""
    if file.name in known or differs:
        return Problem(
            "not_the_published_file",
            f"not the published file: its sha256 starts {sha[:12]}{differs}",
            where,
            "download the release again, or list the edition under releases in the manifest",
        )
    close = nearest(path, [entry.path for entry in manifest.files], most=1)
    hint = f"; the nearest path that is listed is {close[0]}" if close else ""
    remedy = f"add an entry to data/raw/manifest.yml, or move the file away{hint}"
    return Problem("file_not_listed", f"the file is not listed; its sha256 is {sha}", where, remedy)


def _difference(archive: Path, manifest: Manifest) -> str:
    """How an archive differs from the release most like it; empty where it is like none."""
    try:
        with zipfile.ZipFile(archive) as content:
            inside = {
                Path(name).name: hashlib.sha256(content.read(name)).hexdigest()
                for name in content.namelist()
                if not name.endswith("/")
            }
    except zipfile.BadZipFile as error:
        return f"; {error}"
    for release in manifest.releases:
        changed = [name for name, sha in release.members.items() if inside.get(name) != sha]
        if not changed:
            return f"; it holds the files of {release.archive}, packed again: unpack it there"
        if len(changed) < len(release.members):
            return f"; missing or changed inside: {', '.join(changed)}"
    return ""
