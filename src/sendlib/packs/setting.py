"""What a pack is about and what it stands on: every page says it, and so does its record."""

import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

import sendlib
from sendlib.clock import in_words, now
from sendlib.periods import say_day

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
class InForce:
    """Which limits a kernel was held to; ``fresh`` is one that imported the libraries itself."""

    kernel: Literal["forked", "fresh"] = "fresh"
    network: Network = "open"
    memory_mb: int | None = None


class BoardPart(BaseModel):
    """A part of a board's file: frozen, strict, and without keys that nothing reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a character that cannot be shown; write it on one line")
    return text


OneLine = Annotated[str, AfterValidator(_one_line)]


class Assurance(BoardPart):
    """Who made the pack, who checked it and who approved it; each may be left empty."""

    analyst: OneLine = ""
    assurer: OneLine = ""
    approver: OneLine = ""


class Retention(BoardPart):
    """How many published packs of one kind are stored, and for how long. [runs], [days]"""

    runs: Annotated[int, Field(ge=1)] = 24
    days: Annotated[int, Field(ge=1)] = 800


class Limits(BoardPart):
    """What one notebook may use: time for all its cells, memory with its libraries. [s], [MB]"""

    notebook_seconds: Annotated[int, Field(ge=1)] = 900
    memory_mb: Annotated[int, Field(ge=MEMORY_AT_LEAST)] = 4096


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
class Setting:
    """What all pages of a pack share, and its record says."""

    title: PackTitle
    notebooks: "tuple[Notebook, ...]"
    inputs: Sequence[Mapping[str, str]]  # raw files: path, sha256, title, when published
    scenario: Mapping[str, object] | None = None
    notice: str = ""  # at the top of every page, such as that the data are stale
    note: str = ""  # beside it: what is to become of the authority
    assurance: Assurance = field(default_factory=Assurance)
    limits: Limits = field(default_factory=Limits)
    board: Mapping[str, object] | None = None  # name, and path and sha256 of its file
    started: datetime = field(default_factory=now)
    version: str = sendlib.__version__
    commit: Mapping[str, object] | None = None  # see find_commit

    @property
    def made(self) -> str:
        """When the run began, as it should be read."""
        return in_words(self.started)

    @property
    def made_on(self) -> str:
        """The day on which it began."""
        return say_day(self.started)

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


def find_commit(root: Path) -> dict[str, object] | None:
    """The commit checked out at ``root``, and whether files differ; None for no checkout."""
    sha = _git(root, "rev-parse", "--verify", "HEAD")
    if not sha:
        return None
    # Not git status: that goes by size, and takes a notebook with outputs for a changed one.
    return {"sha": sha, "dirty": bool(_git(root, "diff", "--name-only", "HEAD"))}


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
    own = {"sendlib": sendlib.__version__, "python": platform.python_version()}
    return own | {library: version(library) for library in LIBRARIES}
