"""Tests of kernels: what they give, what they may not do, and that none is left behind."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest

from invented_notebooks import make_project, write_notebook
from sendlib.errors import NotebookError
from sendlib.packs.executed import read_outputs
from sendlib.packs.execution import Job, run_all
from sendlib.packs.kernels import CAN_FORK
from sendlib.packs.setting import InForce, Limits
from sendlib.pages.notes import FIGURES_TYPE

pytestmark = pytest.mark.notebook
forks = pytest.mark.skipif(not CAN_FORK, reason="kernels are not forked here")

MEMORY = 768

HANDED_OVER = """\
from IPython.display import display
figure = {"label": "Plans", "value": "7", "detail": "", "key": "plans", "numbers": [7.0]}
kind = "application/vnd.sendlib.figures+json"
display({kind: {"figures": [figure]}, "text/plain": "a"}, raw=True)
display({kind: {"figures": [figure | {"key": "more"}]}, "text/plain": "b"}, raw=True)"""

REACH_OUT = """\
import os, socket
attempts = []
for reach in (socket.socket, lambda: socket.create_connection(("127.0.0.1", 9))):
    try:
        reach()
    except PermissionError as error:
        attempts.append(str(error)[:24])
print(attempts, os.getcwd() == os.environ["SENDLIB_ROOT"])"""

HANG = "import time\n\nwhile True:\n    time.sleep(0.1)"
HANG_ON = """\
import signal, time

while True:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    time.sleep(0.01)"""

LEAVE_PROCESSES = """\
import os, subprocess, time
from pathlib import Path
other = subprocess.Popen(["sleep", "600"])
Path("draft").write_text(f"{os.getpid()} {os.getppid()} {other.pid}")
Path("draft").rename("pids")
time.sleep(600)"""

RUN = """\
import sys
from pathlib import Path
from sendlib.packs.execution import Job, run_all
from sendlib.packs.notebooks import read_notebook
root = Path(sys.argv[1])
job = Job(read_notebook(root / "notebooks" / "21_invented.ipynb"), {})
run_all([job], root=root, folder=root / "run", then=print)"""


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


def jobs_of(project, **cells):
    return [
        Job(write_notebook(project.notebooks, f"{name[1:]}.ipynb", cells=["## Why?", cell]), {})
        for name, cell in cells.items()
    ]


def run(project, jobs, **options):
    return run_all(
        jobs, root=project.root, folder=project.root / "run", then=lambda done: done, **options
    )


def text_of(node):
    return "".join(
        output.text for cell in node.cells for output in cell.get("outputs", []) if "text" in output
    )


@forks
def test_notebooks_run_side_by_side_without_network_and_hand_over_figures(project):
    first, second = run(project, jobs_of(project, _21_a=HANDED_OVER, _31_b=REACH_OUT))
    figures = read_outputs(first.node, FIGURES_TYPE)
    assert [figure["key"] for figure in figures] == ["plans", "more"]
    assert figures[0]["numbers"] == [7.0]
    assert text_of(second.node) == "['A notebook has no networ', 'A notebook has no networ'] True\n"
    assert second.in_force.kernel == "forked"
    assert second.in_force.network in ("cut off", "refused to Python")
    assert second.in_force.memory_mb in (4096, None)


@forks
def test_kernels_that_end_or_want_too_much_memory_are_reported_and_the_others_finish(project):
    jobs = jobs_of(
        project,
        _11_good="print('went on')",
        _21_large="kept = bytearray(2**30)",
        _31_gone="import os\n\nos._exit(3)",
        _41_killed="import os\n\nos.kill(os.getpid(), 9)",
    )
    with pytest.raises(NotebookError) as caught:
        run(project, jobs, limits=Limits(memory_mb=MEMORY))
    told = {problem.where[:2]: problem for problem in caught.value.problems}
    assert sorted(told) == ["21", "31", "41"]
    assert [told[page].code for page in ("21", "31", "41")] == [
        "out_of_memory",
        "kernel_ended",
        "kernel_ended",
    ]
    assert told["21"].where == "21_large.ipynb, cell 4 (under 'Why?')"
    assert f"{MEMORY} MB" in told["21"].found
    assert "memory_mb" in told["21"].remedy
    assert told["31"].where == "31_gone.ipynb, cell 4 (under 'Why?')"
    assert "exit code 3" in told["31"].found
    assert "signal SIGKILL" in told["41"].found
    kept = project.root / "run"
    assert "went on" in (kept / "11_good.ipynb").read_text()
    assert "exit code 3" in str(nbformat.read(kept / "31_gone.ipynb", as_version=4).cells[3])


@pytest.mark.parametrize("cell", [HANG, HANG_ON], ids=["gives up", "holds on"])
def test_a_notebook_that_never_ends_is_stopped_at_its_limit(project, cell):
    (job,) = jobs_of(project, _21_invented=cell)
    began = time.monotonic()
    with pytest.raises(NotebookError) as caught:
        run(project, [job], limits=Limits(notebook_seconds=1))
    assert time.monotonic() - began < 60
    (problem,) = caught.value.problems
    assert problem.code == "out_of_time"
    assert problem.where == "21_invented.ipynb, cell 4 (under 'Why?')"
    assert "1 seconds" in problem.found
    assert "notebook_seconds" in problem.remedy
    assert "Stopped" in (project.root / "run" / "21_invented.ipynb").read_text()


@forks
@pytest.mark.parametrize("number", ["SIGKILL", "SIGINT"])
def test_a_run_that_is_killed_leaves_no_process_behind(project, number):
    jobs_of(project, _21_invented=LEAVE_PROCESSES)
    environment = {**os.environ, "TMPDIR": tempfile.gettempdir()}
    runner = subprocess.Popen(
        [sys.executable, "-c", RUN, str(project.root)],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    wait_for((project.root / "pids").exists)
    pids = [int(pid) for pid in (project.root / "pids").read_text().split()]
    assert all(is_alive(pid) for pid in pids)
    runner.send_signal(signal.Signals[number])
    runner.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in pids))


@pytest.fixture
def far(tmp_path):
    """A folder in whose path no socket of a kernel has room, so that none is forked."""
    folder = tmp_path / ("too-long-for-the-path-of-a-socket-" * 4)
    folder.mkdir()
    return folder


@forks  # looks at /proc
def test_a_stop_ends_a_kernel_that_was_not_forked_too(project, far):
    jobs_of(project, _21_invented=LEAVE_PROCESSES)
    runner = subprocess.Popen(
        [sys.executable, "-c", RUN, str(project.root)],
        env={**os.environ, "TMPDIR": str(far)},
        stderr=subprocess.DEVNULL,
    )
    wait_for((project.root / "pids").exists)
    kernel, _, other = map(int, (project.root / "pids").read_text().split())
    runner.send_signal(signal.SIGINT)
    runner.wait(60)
    wait_for(lambda: not is_alive(kernel))
    os.kill(other, signal.SIGKILL)


def wait_for(happened, seconds=60):
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def is_alive(pid):
    """Whether a process runs; one that ended and was not buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_fresh_kernel_is_used_where_none_can_be_forked(project, far, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(far))
    (job,) = jobs_of(project, _21_a="print('all the same')")
    (done,) = run_all([job], root=project.root, folder=project.root / "run", then=lambda one: one)
    assert text_of(done.node) == "all the same\n"
    assert done.in_force == InForce("fresh", "open", None)
    assert not list(far.iterdir())


def test_the_longest_come_first(project):
    jobs = jobs_of(project, _11_a="1", _21_b="1", _31_c="1", _41_d="1")
    begun = []
    done = run_all(
        jobs,
        root=project.root,
        folder=project.root / "run",
        then=lambda execution: begun.append(execution.name) or execution.name,
        workers=1,
        expected={"11_a.ipynb": 5.0, "31_c.ipynb": 9.0},
    )
    assert done == [job.notebook.path.name for job in jobs]
    assert [name[:2] for name in begun] == ["41", "21", "31", "11"]


def test_before_a_fork_all_is_imported_that_pages_name_and_no_thread_is_started(root):
    program = "import sys, threading, sendlib.packs.preloaded\n"
    program += "print(threading.active_count(), *sys.modules)"
    call = [sys.executable, "-c", program]
    run = subprocess.run(call, check=False, capture_output=True, text=True)
    threads, *imported = run.stdout.split()
    assert threads == "1", run.stderr
    pages = [nbformat.read(path, as_version=4) for path in (root / "notebooks").glob("*.ipynb")]
    code = "\n".join(cell.source for page in pages for cell in page.cells)
    wanted = set(re.findall(r"^from (sendlib\S*) import", code, re.MULTILINE))
    for line in re.findall(r"^from sendlib import (.+)$", code, re.MULTILINE):
        wanted |= {f"sendlib.{part}" for part in line.split(", ")}
    assert len(wanted) > 10
    assert sorted(wanted - set(imported)) == []
