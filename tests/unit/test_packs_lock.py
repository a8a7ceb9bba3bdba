import json
import subprocess
import sys
import threading
import time

import pytest

from sendlib.errors import LockedError
from sendlib.packs.outputs import lock

HOLD = """\
import sys, time
from pathlib import Path
from sendlib.packs.outputs import lock
with lock.hold(Path(sys.argv[1])) as held:
    held.name_run("a-run")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock of the folder."""
    command = [sys.executable, "-c", HOLD, tmp_path / "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_told_who_holds_the_lock_and_since_when(tmp_path, other):
    with (
        pytest.raises(LockedError, match="Another run is at work") as caught,
        lock.hold(tmp_path / "out"),
    ):
        pass
    assert f"run a-run, process {other.pid} on " in str(caught.value)
    assert "since 20" in str(caught.value)
    assert caught.value.exit_code == 5
    (tmp_path / "out" / lock.HOLDER).write_text("half of a f")
    with (
        pytest.raises(LockedError, match="a run that has not said which it is"),
        lock.hold(tmp_path / "out"),
    ):
        pass


def test_the_lock_of_a_killed_process_is_never_in_the_way(tmp_path, other):
    assert lock.find_holder(tmp_path / "out").pid == other.pid
    other.kill()
    other.wait()
    assert (tmp_path / "out" / lock.HOLDER).exists()
    assert lock.find_holder(tmp_path / "out") is None
    assert not (tmp_path / "out" / lock.HOLDER).exists()
    with lock.hold(tmp_path / "out"):
        pass


def test_nothing_says_that_the_lock_is_held_when_it_is_not(tmp_path):
    with lock.hold(tmp_path / "out") as held:
        held.name_run("mine")
        assert lock.find_holder(tmp_path / "out").run_id == "mine"
    assert lock.find_holder(tmp_path / "out") is None
    assert not (tmp_path / "out" / lock.HOLDER).exists()


def test_a_folder_without_runs_is_not_held_and_stays_as_it_is(tmp_path):
    assert lock.find_holder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_run_can_wait_until_another_has_ended(tmp_path):
    began = threading.Event()

    def other():
        with lock.hold(tmp_path):
            began.set()
            time.sleep(0.8)

    thread = threading.Thread(target=other)
    thread.start()
    began.wait()
    with lock.hold(tmp_path, wait=30):
        assert json.loads((tmp_path / lock.HOLDER).read_text())["run_id"] == ""
    thread.join()


def test_a_failed_run_frees_the_lock(tmp_path):
    with pytest.raises(ZeroDivisionError), lock.hold(tmp_path):
        raise ZeroDivisionError
    with lock.hold(tmp_path):
        pass
