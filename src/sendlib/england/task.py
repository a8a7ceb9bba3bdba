"""What a worker of Dask does: one authority at a time, in a process of its own that stays warm.

That process has imported the libraries and forks a kernel for each notebook. Dask's worker
itself computes nothing, so it hears of everything, and whatever befalls the other process costs
one authority.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event, Lock, Timer
from typing import Any

from sendlib.processors import THREADS_VARIABLE

_ONE_AT_A_TIME = Lock()
_GRACE = 20.0  # for a process that is told to end [seconds]
_BESIDE_NOTEBOOKS = 300.0  # for rendering, checks and imports [seconds]
_CAUSES = {True: "it took longer than it may", False: "its process ended: was it short of memory?"}
_server: list[subprocess.Popen[str]] = []


def describe(folder: str) -> dict[str, object]:
    """What a worker would make packs with, and whether it can write where they go."""
    from sendlib import data
    from sendlib.project import Project
    from sendlib.reuse import code_version

    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        can_write, free = os.access(place, os.W_OK), shutil.disk_usage(place).free
    except OSError:
        can_write, free = False, 0
    tables = data.tables_version(Project.find())
    return {"code": code_version(), "data": tables, "can_write": can_write, "free": free}


def make(task: dict[str, Any]) -> dict[str, Any]:
    """Make the pack of one authority; an answer says what came of it, also where it failed."""
    with _ONE_AT_A_TIME:
        if not _server or _server[0].poll() is not None:
            _server[:] = [_start()]
        (server,) = _server
        most = task["limits"]["notebook_seconds"] * len(task["pages"]) + _BESIDE_NOTEBOOKS
        is_late = Event()

        def stop() -> None:
            is_late.set()
            _end(server)

        timer = Timer(most, stop)
        timer.start()
        try:
            answer = _ask(server, task)
        finally:
            timer.cancel()
        if answer:
            return dict(json.loads(answer))
        _end(server)
        return {"state": "failed", "exit_code": 3, "problems": [_CAUSES[is_late.is_set()]]}


def _ask(server: subprocess.Popen[str], task: dict[str, Any]) -> str:
    """Its answer; empty where it ends without one."""
    try:
        print(json.dumps(task), file=server.stdin, flush=True)
    except OSError:
        return ""
    return server.stdout.readline() if server.stdout else ""


def _start() -> subprocess.Popen[str]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", THREADS_VARIABLE), "1")
    return subprocess.Popen(
        [sys.executable, "-m", "sendlib.england.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**threads, **os.environ},
    )


def _end(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(_GRACE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
