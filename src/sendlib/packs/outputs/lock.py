"""One run at a time in one folder of outputs.

The lock is the operating system's: it is freed when the process that holds it
ends, however that comes about, so that a stale one is never in the way. A
small file beside it only says who holds it, for the message that others get.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from sendlib.clock import now, stamp
from sendlib.errors import LockedError, Problem
from sendlib.files import write_whole

LOCK = ".lock"
HOLDER = ".lock.json"

_A_LOOK_TAKES = 0.5
"""How long a run waits for those who only look whether the lock is held. [seconds]"""


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Parameters
    ----------
    pid : int
        Number of its process.
    host : str
        Name of its machine.
    run_id : str
        The run, or an empty text before its folder is made.
    since : str
        When it took the lock, in UTC.
    """

    pid: int
    host: str
    run_id: str
    since: str

    def __str__(self) -> str:
        run = f"run {self.run_id}" if self.run_id else "a run that is about to begin"
        return f"{run}, process {self.pid} on {self.host}, since {self.since}"


class Hold:
    """A lock that is held.

    Parameters
    ----------
    out : Path
        The folder that is locked.
    """

    def __init__(self, out: Path) -> None:
        self._path = out / HOLDER
        self._since = stamp(now())
        self.name_run("")

    def name_run(self, run_id: str) -> None:
        """Tell others which run holds the lock."""
        holder = Holder(os.getpid(), socket.gethostname(), run_id, self._since)
        write_whole(self._path, json.dumps(asdict(holder)).encode())


@contextmanager
def hold(out: Path, *, wait: float = 0.0) -> Iterator[Hold]:
    """Hold the lock of a folder of outputs within the block.

    Parameters
    ----------
    out : Path
        The folder; it is made if it is not there.
    wait : float
        How long to wait for another run to end. [seconds]

    Raises
    ------
    LockedError
        If another run is still at work then: says which, and since when.
    """
    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / LOCK)
    try:
        lock.acquire(timeout=max(wait, _A_LOOK_TAKES))
    except Timeout as error:
        raise _refusal(out) from error
    try:
        yield Hold(out)
    finally:
        _forget(out)
        lock.release()


def find_holder(out: Path) -> Holder | None:
    """Who holds the lock of a folder; None when nobody does.

    What a dead process left behind is recognised, since the system has freed
    its lock, and cleared.
    """
    if not (out / LOCK).exists():
        return None
    lock = FileLock(out / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _read(out)
    except OSError:
        return None  # a folder that cannot be written to has no run at work
    _forget(out)
    lock.release()
    return None


def _refusal(out: Path) -> LockedError:
    holder = _read(out)
    found = str(holder) if holder else "a run that has not said which it is"
    remedy = "wait until it has ended, or stop that process"
    return LockedError("Another run is at work.", [Problem(found, str(out), remedy)])


def _read(out: Path) -> Holder | None:
    try:
        return Holder(**json.loads((out / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _forget(out: Path) -> None:
    try:
        (out / HOLDER).unlink(missing_ok=True)
    except OSError:
        return  # says something of a process that is gone; the next run replaces it
