"""Kill runs at random moments, and count what that leaves behind.

``python scripts/kill_runs.py --kills 300`` makes small packs in a folder of
its own, ends each run with SIGKILL at a moment that a seed fixes, spread over
the time that a run takes and, for every third, over its last steps, and looks
after each: is ``latest`` one whole pack, is it no older than before, is any
process left? A run that had ended by then is not counted. Every tenth time a
run is left to end, and must leave nothing half done. It prints a tally, and
ends with 1 if anything was amiss.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import small_run
from sendlib.packs.publish import RUN_FILE
from sendlib.packs.runs import latest_run, list_runs

CLEAN_EVERY = 10
TOO_LATE = "not counted: the run had ended"
PROCESSES, LOST, BROKEN, UNCLEAN = AMISS = (
    "amiss: processes left",
    "amiss: good packs lost",
    "amiss: broken or mixed packs",
    "amiss: next run not clean",
)
PAGES = (*(f"{name[:2]}-{name[3:-6]}.html" for name in small_run.NAMES), "index.html")


@dataclass(frozen=True)
class Course:
    """How long a whole run took, and its last steps, from its first page on. [seconds]"""

    whole: float
    last_steps: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--json", action="store_true", help="print the tally for a program")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kills-") as folder:
        tally = kill_many(small_run.make_project(Path(folder) / "project"), asked.kills, asked.seed)
    if asked.json:
        print(json.dumps(tally))
    else:
        print("\n".join(f"{what:46}{count:6}" for what, count in tally.items()))
    raise SystemExit(any(count for what, count in tally.items() if what.startswith("amiss")))


def kill_many(root: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill that many runs, and count what became of them."""
    chance = random.Random(seed)  # noqa: S311
    tally: Counter[str] = Counter({"kills": 0, **dict.fromkeys(AMISS, 0)})
    run_to_end(root, "0")
    course = run_to_end(root, "0")
    while tally["kills"] < kills:
        mark = str(tally["kills"])
        before = _sequence(root)
        process = begin(root, mark)
        _wait_for_the_moment(root, process, course, chance, late=tally["kills"] % 3 == 0)
        when = _end(process, root)
        tally[when] += 1
        tally["kills"] += when != TOO_LATE
        tally.update(look(root, before))
        if tally["kills"] % CLEAN_EVERY == 0 or when == TOO_LATE:
            course = run_to_end(root, mark)
            tally["runs left to end"] += 1
            tally.update(look_when_clean(root))
    return dict(tally)


def begin(root: Path, mark: str) -> int:
    """Start a run in a process forked from this one, which has imported everything."""
    process = os.fork()
    if process:
        return process
    os.setsid()
    os.environ["SENDLIB_ROOT"] = str(root)
    with (root / "log.txt").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    code = 1
    try:
        small_run.main(root, mark)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run_to_end(root: Path, mark: str) -> Course:
    """Make one run to its end."""
    began = time.time()
    _, status = os.waitpid(begin(root, mark), 0)
    if status:
        raise SystemExit(f"a run failed, {status}:\n{(root / 'log.txt').read_text()}")
    ended = time.time()
    pages_began = (root / "outputs" / "latest" / "index.html").stat().st_mtime
    return Course(ended - began, ended - pages_began)


def _wait_for_the_moment(
    root: Path, process: int, course: Course, chance: random.Random, *, late: bool
) -> None:
    """Sleep until a moment inside the run; a late one lies after its pages were written."""
    moment = chance.uniform(0, course.last_steps if late else course.whole)
    if late:
        pages = _when_written(root)
        while not pages() and not _has_ended(process):
            time.sleep(0.0005)
    time.sleep(moment)


def _when_written(root: Path) -> Callable[[], bool]:
    """Whether a run that began after now has written its first page."""
    known = set((root / "outputs" / "runs").iterdir())

    def written() -> bool:
        new = set((root / "outputs" / "runs").glob("[!.]*")) - known
        return any((run / "index.html").exists() for run in new)

    return written


def _has_ended(process: int) -> bool:
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: int, root: Path) -> str:
    """Kill a run, and say where in its course that was."""
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if not os.WIFSIGNALED(status):
        return TOO_LATE
    newest = list_runs(root / "outputs")[0]
    if newest.record.get("state") == "published":
        return "came at the switch or after it"
    if newest.record.get("pages"):
        return "came between the pages and the switch"
    return "came while notebooks ran, or before"


def look(root: Path, before: int) -> Counter[str]:
    """What is amiss after a kill."""
    found: Counter[str] = Counter()
    if small_run.wait_for_processes(root):
        found[PROCESSES] += 1
    if _sequence(root) < before:
        found[LOST] += 1
    if not is_whole(root / "outputs" / "latest"):
        found[BROKEN] += 1
    return found


def look_when_clean(root: Path) -> Counter[str]:
    """What is amiss after a run that was left to end."""
    out = root / "outputs"
    left = [
        *out.glob(".latest.*"),
        *out.glob("runs/.*"),
        *out.rglob(".*.part"),
        *out.glob("*.json"),
    ]
    left += [out / ".lock.json"] if (out / ".lock.json").exists() else []
    states = {run.state for run in list_runs(out)}
    return Counter({UNCLEAN: int(bool(left or states != {"published"}))})


def is_whole(pack: Path) -> bool:
    """Whether a folder holds every page of one run, as its record says, and no other."""
    record = json.loads((pack / RUN_FILE).read_text())
    hashes = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in pack.glob("*.html")
    }
    mark = record["parameters"][small_run.NAMES[0]]["mark"]
    shown = [f"The mark is {mark}." in (pack / page).read_text() for page in PAGES[:-1]]
    return (
        record["state"] == "published"
        and record["run_id"] == pack.resolve().name
        and set(PAGES) <= hashes.keys()
        and hashes == record["pages"]
        and all(shown)
    )


def _sequence(root: Path) -> int:
    """The place of the pack that is shown in the order of runs; 0 when none is."""
    shown = latest_run(root / "outputs")
    return shown.sequence if shown else 0


if __name__ == "__main__":
    main()
