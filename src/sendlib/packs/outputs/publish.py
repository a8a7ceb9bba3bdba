"""Give a run its folder, and switch to its pack in one step."""

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from sendlib.errors import ParameterError, Problem
from sendlib.files import sync, sync_tree
from sendlib.packs.outputs.record import RECORD

LATEST = "latest"
RUNS = "runs"

_ASIDE = f".{LATEST}.old"
_REMOVED = ".removed."

_SAFE = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")


def make_run_folder(out: Path, *, started: datetime, la_code: str, scenario: str) -> Path:
    """Make a new folder for one run; its name is the run's id."""
    for part in (la_code, scenario):
        if not _SAFE.fullmatch(part):
            remedy = "use letters, digits, - and _"
            raise ParameterError("No folder can have this name.", [Problem(part, remedy=remedy)])
    name = f"{started:%Y%m%dT%H%M%SZ}_{la_code}_{scenario}"
    (out / RUNS).mkdir(parents=True, exist_ok=True)
    return _first_free(out / RUNS, name)


def _first_free(runs: Path, name: str) -> Path:
    attempt = 1
    while True:
        folder = runs / (name if attempt == 1 else f"{name}_{attempt}")
        try:
            folder.mkdir()
        except FileExistsError:
            attempt += 1
        else:
            return folder


def switch_latest(folder: Path, out: Path) -> Path:
    """Make ``latest`` show a finished pack, in one step.

    ``latest`` becomes a symbolic link; where links are not allowed, a copy
    that is renamed into place. Until the last step nothing changes, and that
    step is taken only when the disk holds the whole pack.
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


def clear_left(out: Path) -> None:
    """Clear away what killed runs left half done; only for who holds the lock.

    Drafts of ``latest`` go, as do folders that were being removed and run
    folders in which nothing had been made. A ``latest`` that was being
    replaced by another copy comes back.
    """
    latest = out / LATEST
    if not latest.is_symlink() and not latest.exists() and (out / _ASIDE).exists():
        (out / _ASIDE).rename(latest)
    left = [*out.glob(f".{LATEST}.*"), *(out / RUNS).glob(f"{_REMOVED}*")]
    unborn = [run for run in (out / RUNS).glob("[!.]*") if _is_unborn(run)]
    for path in [*left, *unborn]:
        _remove(path)


def remove_run(folder: Path) -> None:
    """Remove a run's folder, so that none is ever seen half removed."""
    aside = folder.with_name(f"{_REMOVED}{folder.name}")
    folder.rename(aside)
    _remove(aside)


def _is_unborn(run: Path) -> bool:
    """Whether a run's folder holds nothing, or no more than a record half written."""
    return run.is_dir() and {path.name for path in run.iterdir()} <= {f".{RECORD}.part"}


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


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
