"""What a worker of Dask does: one authority at a time, in a process of its own that stays warm.

That process has imported the libraries and forks a kernel for each notebook. Dask's worker
itself computes nothing, so it hears of everything, and whatever befalls the other process costs
one authority. A pack is made in the worker's own folder, which Dask clears up after a kill, and
put where all of them go.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from threading import Event, Lock, Timer
from typing import Any
from uuid import uuid4

from distributed import get_worker

from sendlib.england.destination import NOTE, Destination
from sendlib.packs.publish import LATEST_FOLDER, RUN_FILE, RUNS
from sendlib.processors import THREADS_VARIABLE

_READ = ("areas", "notebooks", "scenarios", "strategies")
_ONE_AT_A_TIME = Lock()
_OF_ONE, _OF_ALL = 2**28, 2**31  # what packs may take of a disk [bytes]
_GRACE = 20.0  # for a process that is told to end [seconds]
BESIDE_NOTEBOOKS = 300.0  # for rendering, checks and imports [seconds]
_CAUSES = {True: "it took longer than it may", False: "its process ended: was it short of memory?"}
_server: list[subprocess.Popen[str]] = []


def describe(address: str, dask_worker: Any) -> dict[str, object]:
    """What a worker would make packs with, its full disks, and the mark it left at an address."""
    from sendlib import data
    from sendlib.project import Project
    from sendlib.reuse import code_version

    destination, mark, why_not, project = Destination(address), f".{uuid4()}", "", Project.find()
    needed: dict[Path | None, int] = {Path(dask_worker.local_directory): _OF_ONE}
    try:
        destination.write(mark, b"")
        needed[destination.folder] = _OF_ALL
    except Exception as error:
        why_not = str(error)
    return {
        "code": code_version(),
        "data": data.tables_version(project),
        "files": files_version(project.root),
        "full": [
            str(disk) for disk, most in needed.items() if disk and disk_usage(disk).free < most
        ],
        "mark": mark,
        "why_not": why_not,
    }


def files_version(root: Path) -> str:
    """A hash of what a pack is made from beside tables and code."""
    paths = [path for name in _READ for path in sorted((root / name).glob("*.[iy]*"))]
    found = {f"{path.parent.name}/{path.name}": sha256(path.read_bytes()) for path in paths}
    listed = "".join(f"{name} {each.hexdigest()}" for name, each in found.items())
    return sha256(listed.encode()).hexdigest()


def make(task: dict[str, Any]) -> dict[str, Any]:
    """Make the pack of one authority; an answer says what came of it, also where it failed."""
    with (
        _ONE_AT_A_TIME,
        TemporaryDirectory(dir=get_worker().local_directory, ignore_cleanup_errors=True) as scratch,
    ):
        destination, name = Destination(task["address"]), task["folder"]
        try:
            before = _fetch(destination, task, Path(scratch))
            answer = _serve({**task, "scratch": scratch})
            _deliver(destination, task, Path(scratch), before, answer.pop("note", None))
        except Exception as error:
            said = f"its pack could not be put at {destination}: {type(error).__name__}: {error}"
            return {"state": "failed", "problems": [said]}
    there = f"{destination}/{name}"
    problems = [problem.replace(scratch, there) for problem in answer.get("problems", ())]
    return {**answer, "problems": problems}


def _fetch(destination: Destination, task: dict[str, Any], scratch: Path) -> str:
    """Take the record of the pack on show and the forecasts given so far; gives its name."""
    name, given = task["folder"], task["forecasts"]
    shown = str(destination.note(name).get("run_id", ""))
    record = destination.read(f"{name}/{RUNS}/{shown}/{RUN_FILE}") if shown else None
    wanted = {f"{RUNS}/{shown}/{RUN_FILE}": record, f"{LATEST_FOLDER}/{RUN_FILE}": record}
    for path, content in {**wanted, given: destination.read(f"{name}/{given}")}.items():
        if content is not None:
            (scratch / path).parent.mkdir(parents=True, exist_ok=True)
            (scratch / path).write_bytes(content)
    return shown


def _deliver(
    destination: Destination,
    task: dict[str, Any],
    scratch: Path,
    before: str,
    note: dict[str, Any] | None,
) -> None:
    """Put what a run left where it goes, then the note on a pack that was made."""
    runs = [run for run in (scratch / RUNS).glob("[!.]*") if run.name != before]
    files = [path for run in runs for path in run.rglob("*") if path.is_file()]
    destination.put(task["folder"], scratch, [*files, *scratch.glob(task["forecasts"])])
    if note:
        destination.write(f"{task['folder']}/{NOTE}", json.dumps(note, indent=1).encode())


def _serve(task: dict[str, Any]) -> dict[str, Any]:
    """What the process beside this one answers, within the time that it may take."""
    if _server and _server[0].poll() is not None:
        _end()
    if not _server:
        _server.append(_start())
    (server,) = _server
    most = task["limits"]["notebook_seconds"] * len(task["pages"]) + BESIDE_NOTEBOOKS
    is_late = Event()

    def give_up() -> None:
        is_late.set()
        _kill(server)

    timer = Timer(most, give_up)
    timer.start()
    try:
        answer = _ask(server, task)
    finally:
        timer.cancel()
    if answer:
        return dict(json.loads(answer))
    _end()
    return {"state": "failed", "problems": [_CAUSES[is_late.is_set()]]}


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


def stop() -> None:
    """End the process beside this one, unless it is at work: a worker may outlive a run by far."""
    if _ONE_AT_A_TIME.acquire(blocking=False):
        try:
            _end()
        finally:
            _ONE_AT_A_TIME.release()


def _end() -> None:
    while _server:
        with suppress(OSError), _server.pop() as server:  # what it was not told stays unsaid
            _kill(server)


def _kill(server: subprocess.Popen[str]) -> None:
    server.terminate()
    try:
        server.wait(_GRACE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
