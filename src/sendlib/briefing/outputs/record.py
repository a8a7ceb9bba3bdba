"""The record that every run leaves: what was made, from what, with what."""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import sendlib
from sendlib.briefing.outputs.writing import write_whole
from sendlib.periods import EPOCH_VARIABLE

SCHEMA_VERSION = 2
RECORD = "run.json"

RECORDED_LIBRARIES = (
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

State = Literal["running", "published", "failed"]
"""What a run says of itself."""


@dataclass(frozen=True)
class DataFile:
    """One file that the figures come from.

    Parameters
    ----------
    path : str
        Path inside the project.
    sha256 : str
        Hash of its bytes.
    title : str
        The publication.
    published : str
        When it was published, as it should be read.
    """

    path: str
    sha256: str
    title: str
    published: str = ""


@dataclass(frozen=True)
class Assurance:
    """Who stands behind a pack; whoever is not named is an empty text.

    Parameters
    ----------
    analyst : str
        Who made it.
    assurer : str
        Who checked it.
    approver : str
        Who let it go out.
    """

    analyst: str = ""
    assurer: str = ""
    approver: str = ""


@dataclass(frozen=True)
class Commit:
    """The state of the code.

    Parameters
    ----------
    sha : str
        Full hash of the commit.
    dirty : bool
        Whether files under version control differ from it.
    """

    sha: str
    dirty: bool


def now() -> datetime:
    """The time in UTC, or the time that ``SOURCE_DATE_EPOCH`` fixes.

    Raises
    ------
    ValueError
        If the variable is set to anything but whole seconds since 1970.
    """
    fixed = os.environ.get(EPOCH_VARIABLE)
    if fixed is None:
        return datetime.now(UTC).replace(microsecond=0)
    return datetime.fromtimestamp(int(fixed), UTC)


def is_time_fixed() -> bool:
    """Whether runs are to leave equal bytes, so that nothing measured is kept."""
    return EPOCH_VARIABLE in os.environ


def stamp(moment: datetime) -> str:
    """Write a moment so that people and machines can read it.

    Examples
    --------
    >>> stamp(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    '2026-01-02T03:04:00Z'
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_words(moment: datetime) -> str:
    """Write a moment for a page.

    Examples
    --------
    >>> in_words(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    '2 January 2026 at 03:04 UTC'
    """
    return f"{moment.day} {moment.strftime('%B %Y at %H:%M')} UTC"


def find_commit(root: Path) -> Commit | None:
    """The commit that is checked out at ``root``; None when it is no checkout."""
    sha = _git(root, "rev-parse", "--verify", "HEAD")
    if not sha:
        return None
    return Commit(sha, bool(_git(root, "status", "--porcelain", "--untracked-files=no")))


def _git(root: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603
        [program, "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None


def list_versions() -> dict[str, str]:
    """The versions of Python and of the libraries that shape a page."""
    versions = {"sendlib": sendlib.__version__, "python": platform.python_version()}
    for library in RECORDED_LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions


def describe_run(
    *,
    run_id: str,
    state: State,
    started: datetime,
    parameters: Mapping[str, Mapping[str, object]],
    scenario: Mapping[str, object] | None,
    inputs: Sequence[DataFile],
    commit: Commit | None,
    seconds: Mapping[str, float] | None = None,
    problems: Sequence[str] = (),
    sequence: int = 0,
    pack: Mapping[str, str] | None = None,
    board: Mapping[str, object] | None = None,
    assurance: Assurance | None = None,
    notice: str = "",
    limits: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Put a run's record together.

    Parameters
    ----------
    run_id : str
        Name of the run's folder.
    state : {"running", "published", "failed"}
        A record that still says ``running`` when nobody holds the lock is of a
        run that was killed.
    started : datetime
        Its end is :func:`now`, unless it is still running.
    parameters : Mapping
        For each notebook file, all parameters with their values.
    scenario : Mapping or None
        Its name and what it changed.
    inputs : Sequence[DataFile]
        Every file that the figures come from.
    commit : Commit or None
        The state of the code.
    seconds : Mapping[str, float], optional
        For each notebook file, how long it ran. Left out when
        ``SOURCE_DATE_EPOCH`` is set. [seconds]
    problems : Sequence[str]
        Why it failed.
    sequence : int
        One more than that of the newest run that was kept. Runs are in this
        order, so that a clock set back changes nothing.
    pack : Mapping, optional
        ``authority``, ``as_of``, ``la_code`` and ``scenario`` of its title.
    board : Mapping, optional
        ``name`` and ``sha256`` of the board's file.
    assurance : Assurance, optional
        Who stands behind it.
    notice : str
        What stands at the top of every page.
    limits : Mapping, optional
        What every notebook had to keep to.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "sequence": sequence,
        "state": state,
        "exit_code": None,
        "started": stamp(started),
        "finished": None if state == "running" else stamp(now()),
        "pack": dict(pack) if pack else None,
        "board": dict(board) if board else None,
        "assurance": asdict(assurance) if assurance else None,
        "notice": notice,
        "limits": dict(limits) if limits else None,
        "in_force": {},
        "parameters": {name: dict(values) for name, values in parameters.items()},
        "scenario": dict(scenario) if scenario else None,
        "data": [asdict(file) for file in inputs],
        "versions": list_versions(),
        "commit": asdict(commit) if commit else None,
        "resumed_from": None,
        "resumed": [],
        "figures": {},
        "headlines": {},
        "pages": {},
        "content": {},
        "files": {},
        "seconds": to_timings(seconds or {}),
        "problems": list(problems),
    }


def to_timings(seconds: Mapping[str, float]) -> dict[str, float]:
    """Times as a record keeps them: none at all where the time is fixed. [seconds]"""
    return {} if is_time_fixed() else {name: round(taken, 2) for name, taken in seconds.items()}


def end_run(
    record: Mapping[str, object], state: State, *, exit_code: int, problems: Sequence[str] = ()
) -> dict[str, object]:
    """The record of a run that has ended.

    Parameters
    ----------
    record : Mapping
        The record while it ran.
    state : {"published", "failed"}
        What became of it.
    exit_code : int
        What the program ends with.
    problems : Sequence[str]
        Why it failed, a line each.
    """
    ended = {"state": state, "exit_code": exit_code, "finished": stamp(now())}
    return {**record, **ended, "problems": list(problems)}


def write_record(record: Mapping[str, object], path: Path) -> Path:
    """Write a record in one step, so that no reader ever sees half of it."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    return write_whole(path, text.encode())
