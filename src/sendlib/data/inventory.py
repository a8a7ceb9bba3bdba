"""What ``data/raw`` does hold, beside what its manifest lists, and every difference.

A file is known by its content. A department's whole release may be put anywhere
below ``data/raw``, as the archive or unpacked; it is recognised by its hashes and
then takes the place of the committed extract.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sendlib.data.ehcp import member_names
from sendlib.data.manifest import (
    Manifest,
    RawFile,
    Release,
    known_hashes,
    read_manifest,
    sha256,
)
from sendlib.errors import ManifestError, Problem, nearest, raise_any
from sendlib.project import Project


@dataclass(frozen=True)
class Inventory:
    """What was found in ``data/raw``.

    Parameters
    ----------
    manifest : Manifest
        What should be there.
    hashes : Mapping[str, str]
        Path below ``data/raw`` to sha256, for every file that is used.
    whole_releases : Mapping[str, Mapping[str, Path]]
        For each whole release found, where each of its files is; a file inside
        an archive is given by the archive's path.
    whole_files : Mapping[str, Path]
        For each extract whose whole file is there: its path in the manifest,
        and where the whole file is.
    problems : tuple[Problem, ...]
        Every difference.
    """

    manifest: Manifest
    hashes: Mapping[str, str]
    whole_releases: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    whole_files: Mapping[str, Path] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def take_inventory(project: Project) -> Inventory:
    """Compare ``data/raw`` with its manifest; differences are returned, not raised."""
    manifest = read_manifest(project)
    found = {_relative(path, project): sha256(path) for path in _files(project.raw)}
    problems = [problem for entry in manifest.files for problem in _listed_problems(entry, found)]
    listed = {entry.path for entry in manifest.files}
    unlisted = {path: sha for path, sha in found.items() if path not in listed}
    releases, used, more = _whole_releases(manifest, unlisted, project)
    problems += more
    whole = {
        entry.path: project.raw / path
        for entry in manifest.files
        for path, sha in unlisted.items()
        if sha == entry.whole_sha256
    }
    used |= {_relative(path, project) for path in whole.values()}
    problems += [
        _unlisted_problem(path, sha, manifest, project)
        for path, sha in unlisted.items()
        if path not in used
    ]
    kept = {path: sha for path, sha in found.items() if path in listed or path in used}
    return Inventory(manifest, kept, releases, whole, tuple(problems))


def verify(project: Project) -> Inventory:
    """Take stock, and refuse any difference."""
    inventory = take_inventory(project)
    raise_any(ManifestError, "data/raw is not what its manifest lists.", inventory.problems)
    return inventory


def release_contents(places: Mapping[str, Path]) -> dict[str, bytes]:
    """The files of a whole release, from its archive or its folder."""
    contents = {}
    for name, path in places.items():
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                inner = {Path(member).name: member for member in archive.namelist()}
                contents[name] = archive.read(inner[name])
        else:
            contents[name] = path.read_bytes()
    return contents


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path != folder / "manifest.yml":
            yield path


def _relative(path: Path, project: Project) -> str:
    return path.relative_to(project.raw).as_posix()


def _listed_problems(entry: RawFile, found: Mapping[str, str]) -> list[Problem]:
    where = f"data/raw/{entry.path}"
    if entry.path not in found:
        remedy = "restore it (git checkout); if it was moved or renamed, renew its entry"
        return [Problem("the file is missing", where, remedy)]
    if found[entry.path] != entry.sha256:
        hashes = f"{found[entry.path]}, where the manifest has {entry.sha256[:12]}"
        remedy = (
            "restore it (git checkout); if you or its publisher revised it, give the new sha256 "
            "in its entry in data/raw/manifest.yml"
        )
        return [Problem(f"the file was changed: its sha256 is {hashes}", where, remedy)]
    return []


def _whole_releases(
    manifest: Manifest, unlisted: Mapping[str, str], project: Project
) -> tuple[dict[str, dict[str, Path]], set[str], list[Problem]]:
    """Releases among the unlisted files, the files they use, and what they lack."""
    releases: dict[str, dict[str, Path]] = {}
    used: set[str] = set()
    problems = []
    path_of = {sha: path for path, sha in unlisted.items()}
    for release in manifest.releases:
        needed = member_names(release.release)
        inside = {sha: path for sha, path in path_of.items() if sha in release.members.values()}
        used |= set(inside.values())
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
        missing = _incomplete(release, needed, places) if places else []
        problems += missing
        if places and not missing:
            releases[release.release] = places
    return releases, used, problems


def _incomplete(
    release: Release,
    needed: list[str],
    places: Mapping[str, Path],
) -> list[Problem]:
    folder = next(iter(places.values())).parent
    return [
        Problem(
            f"{name} of {release.archive} is missing or was changed",
            folder.as_posix()[folder.as_posix().rindex("data/raw") :],
            "put the whole release there, as published, or take it away",
        )
        for name in needed
        if name not in places
    ]


def _unlisted_problem(path: str, sha: str, manifest: Manifest, project: Project) -> Problem:
    where = f"data/raw/{path}"
    file = project.raw / path
    is_archive = zipfile.is_zipfile(file)
    if file.suffix.lower() == ".zip" and not is_archive:
        return Problem(
            "not a zip archive, though its name says so",
            where,
            "download the release again, or move the file away",
        )
    if sha in known_hashes(manifest):
        return Problem("a second copy of a published file", where, "keep one copy")
    members = {name for release in manifest.releases for name in release.members}
    archives = {release.archive for release in manifest.releases}
    differs = _difference(file, manifest) if is_archive else ""
    if file.name in archives | members or differs:
        return Problem(
            f"not the published file: its sha256 starts {sha[:12]}{differs}",
            where,
            "download the release again, or list the edition under releases in the manifest",
        )
    close = nearest(path, [entry.path for entry in manifest.files], most=1)
    hint = f"; the nearest path that is listed is {close[0]}" if close else ""
    return Problem(
        f"the file is not listed; its sha256 is {sha}",
        where,
        f"add an entry to data/raw/manifest.yml, or move the file away{hint}",
    )


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
