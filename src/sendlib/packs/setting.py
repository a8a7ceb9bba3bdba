"""What a pack is about and what it stands on: every page says it, and so does its record."""

import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

import sendlib
from sendlib.clock import in_words, now
from sendlib.errors import ParameterError, Problem, raise_any

if TYPE_CHECKING:
    from sendlib.packs.notebooks import Notebook

RunKind = tuple[str, str, str]
"""What makes two runs comparable: a board's file (or an empty text), authority and scenario."""

LIBRARIES = (
    "pandas",
    "numpy",
    "pyarrow",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "ipykernel",
)
"""The libraries that shape a page."""

MEMORY_AT_LEAST = 512
"""Less than this does not hold the libraries that every page needs. [MB]"""

Network = Literal["cut off", "refused to Python", "open"]


@dataclass(frozen=True)
class Limits:
    """What one notebook may use; a ``ParameterError`` where none could run within it."""

    notebook_seconds: int = 900  # for all its cells together
    memory_mb: int = 4096  # for data, libraries included
    network: bool = False

    def __post_init__(self) -> None:
        """Refuse what leaves no room for any notebook."""
        problems = [
            Problem("limit_too_low", f"{value}", name, f"give {least} or more")
            for name, value, least in (
                ("notebook_seconds", self.notebook_seconds, 1),
                ("memory_mb", self.memory_mb, MEMORY_AT_LEAST),
            )
            if value < least
        ]
        raise_any(ParameterError, "No notebook could run within these limits.", problems)


@dataclass(frozen=True)
class InForce:
    """Which limits a kernel was held to; ``fresh`` is one that imported the libraries itself."""

    kernel: Literal["forked", "fresh"] = "fresh"
    network: Network = "open"
    memory_mb: int | None = None


@dataclass(frozen=True)
class DataFile:
    """One file that the figures come from; ``path`` is inside the project."""

    path: str
    sha256: str
    title: str
    published: str = ""


class Part(BaseModel):
    """A part of a board's file: frozen, strict, and without keys that nothing reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a character that cannot be shown; write it on one line")
    return text


OneLine = Annotated[str, AfterValidator(_one_line)]


class Assurance(Part):
    """Who made the pack, who checked it and who approved it; each may be left empty."""

    analyst: OneLine = ""
    assurer: OneLine = ""
    approver: OneLine = ""


class Retention(Part):
    """How many published packs of one kind are stored, and for how long. [runs], [days]"""

    runs: Annotated[int, Field(ge=1)] = 24
    days: Annotated[int, Field(ge=1)] = 800


@dataclass(frozen=True)
class PackTitle:
    """What a pack is about."""

    authority: str
    as_of: str
    la_code: str  # three digits
    scenario: str = "baseline"  # its file's name
    contact: str | None = None  # whom to ask for another format

    def __str__(self) -> str:
        return f"{self.authority} SEND briefing".strip()


@dataclass(frozen=True)
class Commit:
    """The state of the code; ``dirty`` when files under version control differ from it."""

    sha: str
    dirty: bool


@dataclass(frozen=True)
class Setting:
    """What all pages of a pack share, and its record says."""

    title: PackTitle
    notebooks: "tuple[Notebook, ...]"
    inputs: tuple[DataFile, ...]
    scenario: Mapping[str, object] | None = None
    notice: str = ""  # at the top of every page, such as that the data are stale
    note: str = ""  # beside it: what is to become of the authority
    assurance: Assurance = field(default_factory=Assurance)
    limits: Limits = field(default_factory=Limits)
    board: Mapping[str, object] | None = None  # name, and path and sha256 of its file
    started: datetime = field(default_factory=now)
    version: str = sendlib.__version__
    commit: Commit | None = None

    @property
    def made(self) -> str:
        """When the run began, as it should be read."""
        return in_words(self.started)

    @property
    def made_on(self) -> str:
        """The day on which it began."""
        return f"{self.started.day} {self.started:%B %Y}"

    @property
    def run_name(self) -> str:
        """What the folder of its run is called."""
        title = self.title
        return f"{self.started:%Y%m%dT%H%M%SZ}_{title.la_code}_{title.scenario}"

    @property
    def kind(self) -> RunKind:
        """What makes its run comparable with others."""
        return known_by(self.board), self.title.la_code, self.title.scenario


def known_by(board: Mapping[str, object] | None) -> str:
    """What a board is known by: its file, since two may share a name; empty for no board."""
    return str(board.get("file") or board["name"]) if board else ""


def find_commit(root: Path) -> Commit | None:
    """The commit that is checked out at ``root``; None when it is no checkout."""
    sha = _git(root, "rev-parse", "--verify", "HEAD")
    if not sha:
        return None
    # Not git status: that goes by size, and takes a notebook with outputs for a changed one.
    return Commit(sha, bool(_git(root, "diff", "--name-only", "HEAD")))


def _git(root: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603
        [program, "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None


def list_versions() -> dict[str, str]:
    """The versions of sendlib, Python and the libraries that shape a page."""
    versions = {"sendlib": sendlib.__version__, "python": platform.python_version()}
    for library in LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions
