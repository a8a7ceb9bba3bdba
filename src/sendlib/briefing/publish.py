"""Give a run its folder, and switch to its pack in one step."""

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from sendlib.errors import ParameterError, Problem

LATEST = "latest"
RUNS = "runs"

_SAFE = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")


def make_run_folder(out: Path, *, started: datetime, la_code: str, scenario: str) -> Path:
    """Make a new folder for one run; its name is the run's id.

    Parameters
    ----------
    out : Path
        The folder of outputs.
    started : datetime
        In UTC; comes first in the name.
    la_code, scenario : str
        Letters and digits, joined by ``-`` or ``_``.

    Raises
    ------
    ParameterError
        If a code or a scenario could lead out of the folder.
    """
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
    that is renamed into place. Until the last step nothing changes.

    Returns
    -------
    Path
        ``latest``.
    """
    latest = out / LATEST
    draft = out / f".{LATEST}.{folder.name}"
    try:
        draft.symlink_to(os.path.relpath(folder, out), target_is_directory=True)
    except (OSError, NotImplementedError):
        shutil.copytree(folder, draft)
    if latest.is_dir() and (not latest.is_symlink() or not draft.is_symlink()):
        return _swap(draft, latest)
    return draft.replace(latest)


def _swap(draft: Path, latest: Path) -> Path:
    """Rename the old pack aside and the new one in; back again if that fails."""
    aside = latest.with_name(f".{LATEST}.old")
    _remove(aside)
    latest.rename(aside)
    try:
        draft.rename(latest)
    except OSError:
        aside.rename(latest)
        raise
    _remove(aside)
    return latest


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
