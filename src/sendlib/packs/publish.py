"""Give a run its folder, switch to its pack in one step, and say why that could not be written."""

import errno
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sendlib.errors import OutputError, ParameterError, Problem
from sendlib.files import sync, sync_tree

LATEST = "latest"
RUNS = "runs"
RECORD = "run.json"

_ASIDE = f".{LATEST}.old"
_REMOVED = ".removed."
_SAFE = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")

_FULL = (
    "no space is left",
    "free some space there, or name another folder with --out, then run again",
)
_FORBIDDEN = (
    "writing is not allowed",
    "allow writing there, or name another folder with --out, then run again",
)
_IN_THE_WAY = (
    "a file stands where a folder is needed",
    "move that file away, or name another folder with --out",
)
_ONLY_WRITES_FAIL_SO: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _FORBIDDEN,
}
_KNOWN: Mapping[int, tuple[str, str]] = {
    **_ONLY_WRITES_FAIL_SO,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
}
_ELSE = "see that the folder is there and its disk in order, then run again"


def make_run_folder(out: Path, *, started: datetime, la_code: str, scenario: str) -> Path:
    """Make a new folder for one run; its name is the run's id."""
    for part in (la_code, scenario):
        if not _SAFE.fullmatch(part):
            remedy = "use letters, digits, - and _"
            raise ParameterError("No folder can have this name.", [Problem(part, remedy=remedy)])
    name = f"{started:%Y%m%dT%H%M%SZ}_{la_code}_{scenario}"
    folder, attempt = out / RUNS / name, 1
    folder.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            folder.mkdir()
        except FileExistsError:
            attempt += 1
            folder = folder.with_name(f"{name}_{attempt}")
        else:
            return folder


def switch_latest(folder: Path, out: Path) -> Path:
    """Make ``latest`` show a finished pack, in one step.

    ``latest`` becomes a symbolic link; where links are not allowed, a copy
    that is renamed into place. Until the last step nothing changes, and that
    step is taken only when the disk has the whole pack.
    """
    sync_tree(folder)
    sync(folder.parent)
    latest = out / LATEST
    draft = out / f".{LATEST}.{folder.name}"
    try:
        draft.symlink_to(os.path.relpath(folder, out), target_is_directory=True)
    except (OSError, NotImplementedError):
        shutil.copytree(folder, draft)
        sync_tree(draft)
    if latest.is_dir() and (not latest.is_symlink() or not draft.is_symlink()):
        _swap(draft, latest)
    else:
        draft.replace(latest)
    sync(out)
    return latest


def _swap(draft: Path, latest: Path) -> None:
    """Rename the old pack aside and the new one in; back again if that fails."""
    aside = latest.with_name(_ASIDE)
    _remove(aside)
    latest.rename(aside)
    try:
        draft.rename(latest)
    except OSError:
        aside.rename(latest)
        raise
    _remove(aside)


def clear_unfinished(out: Path) -> None:
    """Clear away what killed runs left half done; only for who has the lock.

    Drafts of ``latest`` go, as do folders that were being removed and run
    folders in which nothing had been made. A ``latest`` that was being
    replaced by another copy comes back.
    """
    latest = out / LATEST
    if not latest.is_symlink() and not latest.exists() and (out / _ASIDE).exists():
        (out / _ASIDE).rename(latest)
    for path in (*out.glob(f".{LATEST}.*"), *(out / RUNS).glob(f"{_REMOVED}*")):
        _remove(path)
    for run in (out / RUNS).glob("[!.]*"):
        if run.is_dir() and {path.name for path in run.iterdir()} <= {f".{RECORD}.part"}:
            _remove(run)


def remove_run(folder: Path) -> None:
    """Remove a run's folder, so that none is ever seen half removed."""
    aside = folder.with_name(f"{_REMOVED}{folder.name}")
    folder.rename(aside)
    _remove(aside)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


@contextmanager
def explained_errors(out: Path) -> Iterator[None]:
    """Turn an error of the file system about ``out`` into one that a person can act on.

    An error that says nothing of ``out``, and is not one that only a write can
    meet, passes as it is: that is a fault of the program.
    """
    try:
        yield
    except OSError as error:
        places = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if name]
        if error.errno not in _ONLY_WRITES_FAIL_SO and not any(
            place.is_relative_to(out) or out.is_relative_to(place) for place in places
        ):
            raise
        reason = (error.strerror or str(error)).lower()
        found, remedy = _KNOWN.get(error.errno or 0, (reason, _ELSE))
        where = os.fsdecode(error.filename) if error.filename else str(out)
        headline = "The pack could not be written; the last one published stays as it was."
        raise OutputError(headline, [Problem(found, where, remedy)]) from error
