"""What ``data/raw`` must hold: ``manifest.yml``, an entry for each file with its sha256."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from sendlib.data import ehcp_layouts, figures
from sendlib.errors import ManifestError, Problem, did_you_mean
from sendlib.project import Project


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RawFile(_Entry):
    """One file that is always there, and where it comes from.

    ``whole_sha256`` is that of the whole published file of which this one is an
    extract; where the whole file is there too, it is read instead.
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
    whole_sha256: str = ""

    @model_validator(mode="after")
    def _has_layout(self) -> Self:
        valid = ehcp_layouts.LAYOUTS if self.reader == "ehcp_release" else figures.LAYOUTS
        if self.layout not in valid:
            remedy = did_you_mean(self.layout, valid)
            raise ValueError(f"no layout {self.layout!r} of reader {self.reader}; {remedy}")
        return self


class Release(_Entry):
    """A whole release that may be there: its archive and the files inside it."""

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
        if release not in ehcp_layouts.LAYOUTS:
            raise ValueError(
                f"no release {release!r}; {did_you_mean(release, ehcp_layouts.LAYOUTS)}"
            )
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


def read_manifest(project: Project) -> Manifest:
    """The manifest, its fields checked."""
    where = project.manifest.relative_to(project.root).as_posix()
    try:
        content = yaml.safe_load(project.manifest.read_text(encoding="utf-8"))
        return Manifest.model_validate(content)
    except yaml.YAMLError as error:
        raise ManifestError(f"{where} is not valid YAML.", [Problem(str(error), where)]) from error
    except UnicodeDecodeError as error:
        problem = Problem(str(error), where, "save the file as UTF-8")
        raise ManifestError(f"{where} is not written in UTF-8.", [problem]) from error
    except ValidationError as error:
        problems = [
            Problem(detail["msg"], ", ".join(filter(None, [where, _location(detail["loc"])])))
            for detail in error.errors()
        ]
        raise ManifestError(f"{where} is not as it should be.", problems) from error


def known_hashes(manifest: Manifest) -> set[str]:
    """The sha256 of every whole release, file of one, and whole file that is recognised."""
    known = {entry.whole_sha256 for entry in manifest.files if entry.whole_sha256}
    known |= {release.sha256 for release in manifest.releases}
    return known | {sha for release in manifest.releases for sha in release.members.values()}


def sha256(path: Path) -> str:
    """The hash of a file, as the manifest writes it."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _location(parts: tuple[int | str, ...]) -> str:
    return ", ".join(f"entry {part + 1}" if isinstance(part, int) else part for part in parts)
