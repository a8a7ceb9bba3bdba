"""One run at a time in one folder of outputs.

The lock is the operating system's: it is freed when its process ends, however
that comes about, so that a stale one is never in the way. A small file beside
it only says who has it, for the message that others get.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from sendlib.clock import now, stamp
from sendlib.errors import LockedError, Problem
from sendlib.files import write_whole

LOCK = ".lock"
HOLDER = ".lock.json"

_A_LOOK_TAKES = 0.5
"""How long a run waits for those who only look whether the lock is free. [seconds]"""


@dataclass(frozen=True)
class Holder:
    """The process that has a lock, and its run; no name of one before its folder is made."""

    pid: int
    host: str
    run_id: str
    since: str

    def __str__(self) -> str:
        run = f"run {self.run_id}" if self.run_id else "a run that is about to begin"
        return f"{run}, process {self.pid} on {self.host}, since {self.since}"


@contextmanager
def lock_outputs(out: Path, *, wait: float = 0.0) -> Iterator[Callable[[str], None]]:
    """Lock a folder of outputs, which is made if it is not there, for as long as the block lasts.

    The block gets a function that tells others the name of the run. A
    ``LockedError`` says which run is still at work after ``wait`` seconds.
    """
    out.mkdir(parents=True, exist_ok=True)
    file = FileLock(out / LOCK)
    try:
        file.acquire(timeout=max(wait, _A_LOOK_TAKES))
    except Timeout as error:
        found = str(_read(out) or "a run that has not said which it is")
        remedy = "wait until it has ended, or stop that process"
        raise LockedError(
            "Another run is at work.", [Problem("another_run", found, str(out), remedy)]
        ) from error
    since = stamp(now())

    def name_run(run_id: str) -> None:
        holder = Holder(os.getpid(), socket.gethostname(), run_id, since)
        write_whole(out / HOLDER, json.dumps(asdict(holder)).encode())

    try:
        name_run("")
        yield name_run
    finally:
        _forget(out)
        file.release()


def find_holder(out: Path) -> Holder | None:
    """Who has the lock of a folder; None when nobody does.

    What a dead process left behind is recognised, since the system has freed
    its lock, and cleared.
    """
    if not (out / LOCK).exists():
        return None
    file = FileLock(out / LOCK)
    try:
        file.acquire(timeout=0)
    except Timeout:
        return _read(out)
    except OSError:
        return None  # a folder that cannot be written to has no run at work
    _forget(out)
    file.release()
    return None


def _read(out: Path) -> Holder | None:
    try:
        return Holder(**json.loads((out / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _forget(out: Path) -> None:
    with suppress(OSError):  # says something of a process that is gone; the next run replaces it
        (out / HOLDER).unlink(missing_ok=True)
