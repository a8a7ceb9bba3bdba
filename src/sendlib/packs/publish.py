"""Give a run its folder, switch to its pack in one step, and say why that could not be written."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sendlib.errors import OutputError, Problem
from sendlib.files import exchange_folders, sync, sync_tree

LATEST_FOLDER = "latest"
RUNS = "runs"
RUN_FILE = "run.json"

_ASIDE = f".{LATEST_FOLDER}.old"
_REMOVED = ".removed."

_ELSEWHERE = "or name another folder with --out, then run again"
_FULL = ("no space is left", f"free some space there, {_ELSEWHERE}")
_FORBIDDEN = ("writing is not allowed", f"allow writing there, {_ELSEWHERE}")
_IN_THE_WAY = ("a file stands where a folder is needed", f"move that file away, {_ELSEWHERE}")
_ONLY_WRITES_FAIL_SO = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL),
    errno.EROFS: _FORBIDDEN,
}
_KNOWN = {
    **_ONLY_WRITES_FAIL_SO,
    **dict.fromkeys((errno.EACCES, errno.EPERM), _FORBIDDEN),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), _IN_THE_WAY),
}


def make_run_folder(out: Path, name: str) -> Path:
    """Make a new folder for one run, whose name is the run's id; nobody else may look into it."""
    folder, attempt = out / RUNS / name, 1
    folder.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            # Windows takes this mode for one that lasts, and would let nobody read the pack.
            folder.mkdir(mode=0o777 if os.name == "nt" else 0o700)
        except FileExistsError:
            attempt += 1
            folder = folder.with_name(f"{name}_{attempt}")
        else:
            return folder


def switch_latest(folder: Path, out: Path) -> Path:
    """Make ``latest`` show a finished pack, in one step.

    ``latest`` becomes a symbolic link; where links are not allowed, a copy
    that is renamed into place. Until the last step nothing changes, and that
    step is taken only when the disk has the whole pack. From then on, whoever
    may look into the folder of all runs may read it.
    """
    folder.chmod(folder.parent.stat().st_mode)
    sync_tree(folder)
    sync(folder.parent)
    latest = out / LATEST_FOLDER
    draft = out / f".{LATEST_FOLDER}.{folder.name}"
    try:
        draft.symlink_to(os.path.relpath(folder, out), target_is_directory=True)
    except (OSError, NotImplementedError):
        shutil.copytree(folder, draft)
        sync_tree(draft)
    try:
        draft.replace(latest)
    except OSError:  # of a folder, and on Windows of a link to one
        if not latest.is_dir():
            raise
        exchange_folders(draft, latest)
        _remove(draft)
    sync(out)
    return latest


def clear_unfinished(out: Path) -> None:
    """Clear away what killed runs left half done; only for who has the lock.

    Drafts of ``latest`` go, as do folders that were being removed and run
    folders in which nothing had been made. A ``latest`` that was being
    replaced by another copy comes back.
    """
    latest = out / LATEST_FOLDER
    if not latest.is_symlink() and not latest.exists() and (out / _ASIDE).exists():
        (out / _ASIDE).rename(latest)
    for path in (*out.glob(f".{LATEST_FOLDER}.*"), *(out / RUNS).glob(f"{_REMOVED}*")):
        _remove(path)
    for run in (out / RUNS).glob("[!.]*"):
        if run.is_dir() and {path.name for path in run.iterdir()} <= {f".{RUN_FILE}.part"}:
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
        unknown = (reason, "see that the folder is there and its disk in order, then run again")
        found, remedy = _KNOWN.get(error.errno or 0, unknown)
        where = os.fsdecode(error.filename) if error.filename else str(out)
        headline = "The pack could not be written; the last one published stays as it was."
        raise OutputError(headline, [Problem("pack_not_written", found, where, remedy)]) from error
