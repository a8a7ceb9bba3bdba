"""What a run does when the disk, the clock, a file or a kernel fails it.

Each run is a process of its own, and each ends in a clear message, the right
exit code, and the last good pack in place.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

import small_run
from sendlib.packs import lock
from sendlib.packs.runs import list_runs

pytestmark = pytest.mark.slow

ENDLESS = "while True: pass"
DYING = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
SLOW = "import pathlib, time; pathlib.Path('begun').touch(); time.sleep(60)"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A project with one good pack."""
    root = small_run.make_project(tmp_path_factory.mktemp("good") / "project")
    done = small_run.run(root, "good")
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def root(published, tmp_path):
    """A copy of it, to break."""
    return Path(shutil.copytree(published, tmp_path / "project", symlinks=True))


@pytest.fixture
def small_disk(root):
    """The project's outputs on a disk of their own, with its good pack."""
    outputs, kept = root / "outputs", root / "kept"
    outputs.rename(kept)
    outputs.mkdir()
    program = shutil.which("mount")
    mount = [program or "", "-t", "tmpfs", "-o", "size=1m", "none", outputs]
    if not program or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    shutil.copytree(kept, outputs, symlinks=True, dirs_exist_ok=True)
    yield outputs
    subprocess.run(["umount", outputs], check=True)


def shows(root):
    """The mark on the page that ``latest`` shows."""
    return (root / "outputs" / "latest" / "21-first.html").read_text().split("The mark is ")[1][:4]


def newest(root):
    return list_runs(root / "outputs")[0]


def test_a_full_disk_is_reported_and_the_last_pack_stays(root, small_disk):
    room = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    (small_disk / "ballast").write_bytes(b"0" * (room - 24_000))
    done = small_run.run(root, "next")
    assert done.returncode == 6, done.stderr
    assert "The pack could not be written; the last one published stays as it was." in done.stderr
    assert "no space is left" in done.stderr
    assert "Free some space there" in done.stderr
    assert shows(root) == "good"
    assert newest(root).state in ("failed", "interrupted")
    (small_disk / "ballast").unlink()
    assert small_run.run(root, "next").returncode == 0
    assert shows(root) == "next"
    assert {run.state for run in list_runs(small_disk)} == {"published"}


def test_a_disk_that_cannot_be_written_to_is_reported(root, small_disk):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = small_run.run(root, "next")
    assert done.returncode == 6, done.stderr
    assert "writing is not allowed" in done.stderr
    assert str(small_disk) in done.stderr
    assert shows(root) == "good"
    assert newest(root).state == "published"


def test_a_file_in_the_place_of_the_folder_is_reported(root, tmp_path):
    (tmp_path / "a file").write_text("in the way")
    done = small_run.run(root, "next", SMALL_RUN_OUT=str(tmp_path / "a file" / "packs"))
    assert done.returncode == 6, done.stderr
    assert "a file stands where a folder is needed" in done.stderr


@pytest.mark.skipif(not shutil.which("prlimit"), reason="needs prlimit")
def test_a_file_that_may_not_grow_is_reported(root):
    done = small_run.run(root, "next", "prlimit", "--fsize=9000")
    assert done.returncode == 6, done.stderr
    assert "no space is left" in done.stderr
    assert shows(root) == "good"


def test_a_clock_that_was_set_back_publishes_the_newest_pack(root):
    done = small_run.run(root, "back", SOURCE_DATE_EPOCH="1000000000")
    assert done.returncode == 0, done.stderr
    assert shows(root) == "back"
    assert newest(root).run_id.startswith("2001")
    assert small_run.run(root, "next").returncode == 0
    assert shows(root) == "next"
    assert newest(root).sequence == 3


def test_a_kernel_that_dies_is_reported(root):
    small_run.write_notebook(root, "22_second.ipynb", DYING)
    done = small_run.run(root, "next")
    assert done.returncode == 3, done.stderr
    assert "22_second.ipynb" in done.stderr
    assert shows(root) == "good"
    assert newest(root).record["exit_code"] == 3
    assert small_run.wait_for_processes(root) == []


def test_a_notebook_that_never_ends_is_stopped_at_its_limit(root):
    small_run.write_notebook(root, "22_second.ipynb", ENDLESS)
    done = small_run.run(root, "next", SMALL_RUN_SECONDS="2")
    assert done.returncode == 3, done.stderr
    assert "22_second.ipynb" in done.stderr
    assert shows(root) == "good"
    assert small_run.wait_for_processes(root) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_run_cleanly(root, number, code):
    small_run.write_notebook(root, "22_second.ipynb", SLOW)
    process = small_run.start(root, "next")
    while not (root / "begun").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == code, out + err
    kept = newest(root)
    assert (kept.state, kept.record["exit_code"]) == ("failed", code)
    assert kept.record["problems"] == [f"stopped by a signal, {number.name}"]
    assert shows(root) == "good"
    assert small_run.wait_for_processes(root) == []
    assert not (root / "outputs" / ".lock.json").exists()


def test_a_second_run_is_refused_while_one_is_at_work(root):
    small_run.write_notebook(root, "22_second.ipynb", SLOW)
    process = small_run.start(root, "next")
    while lock.find_holder(root / "outputs") is None:
        time.sleep(0.02)
    done = small_run.run(root, "other")
    process.kill()
    process.communicate()
    assert done.returncode == 5, done.stderr
    assert f"process {process.pid}" in done.stderr
    assert shows(root) == "good"
    assert small_run.wait_for_processes(root) == []
