"""A run's folder, the switch to its pack, errors of writing, and the lock of the outputs."""

import errno
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from invented_notebooks import make_setting
from sendlib.errors import LockedError, OutputError
from sendlib.files import sync_tree, write_whole
from sendlib.packs import lock, publish

NAME = "20260102T030405Z_999_baseline"
HOLD = """\
import sys, time
from pathlib import Path
from sendlib.packs import lock
with lock.lock_outputs(Path(sys.argv[1])) as name_run:
    name_run("a-run")
    print("held", flush=True)
    time.sleep(60)
"""


def run_folder(out, text="first"):
    folder = publish.make_run_folder(out, NAME)
    (folder / "index.html").write_text(text)
    return folder


def no_links(monkeypatch):
    def refuse(*_, **__):
        raise OSError("links are not allowed here")

    monkeypatch.setattr(Path, "symlink_to", refuse)


def test_a_run_is_named_by_time_authority_and_scenario(tmp_path):
    folder = publish.make_run_folder(tmp_path, make_setting().run_name)
    assert folder.name == "20260102T030400Z_999_baseline"


def test_two_runs_never_share_a_folder(tmp_path):
    assert run_folder(tmp_path) != run_folder(tmp_path)


def test_latest_shows_the_newest_pack(tmp_path):
    for text in ("first", "second"):
        latest = publish.switch_latest(run_folder(tmp_path, text), tmp_path)
        assert (latest / "index.html").read_text() == text


def test_a_project_with_its_packs_can_be_moved(tmp_path):
    out = tmp_path / "before"
    publish.switch_latest(run_folder(out), out)
    out.rename(tmp_path / "after")
    assert (tmp_path / "after" / "latest" / "index.html").read_text() == "first"


def test_latest_is_a_copy_where_links_are_not_allowed(tmp_path, monkeypatch):
    no_links(monkeypatch)
    for text in ("first", "second"):
        latest = publish.switch_latest(run_folder(tmp_path, text), tmp_path)
        assert not latest.is_symlink()
        assert (latest / "index.html").read_text() == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "runs"]


def test_a_link_replaces_a_copy_and_a_copy_a_link(tmp_path, monkeypatch):
    publish.switch_latest(run_folder(tmp_path, "link"), tmp_path)
    with monkeypatch.context() as patch:
        no_links(patch)
        publish.switch_latest(run_folder(tmp_path, "copy"), tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "copy"
    publish.switch_latest(run_folder(tmp_path, "link again"), tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "link again"


def test_latest_changes_where_the_system_replaces_no_link_to_a_folder(tmp_path, monkeypatch):
    replace = Path.replace

    def as_on_windows(path, target):
        if target.is_dir():
            raise PermissionError(13, "Access is denied", str(path), 5, str(target))
        return replace(path, target)

    monkeypatch.setattr("sendlib.files.sys.platform", "win32")
    monkeypatch.setattr(Path, "replace", as_on_windows)
    for text in ("first", "second"):
        latest = publish.switch_latest(run_folder(tmp_path, text), tmp_path)
        assert latest.is_symlink()
        assert (latest / "index.html").read_text() == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "runs"]


def test_a_failed_switch_leaves_the_old_pack(tmp_path, monkeypatch):
    no_links(monkeypatch)
    publish.switch_latest(run_folder(tmp_path, "old"), tmp_path)
    rename = Path.rename

    def fail_for_the_new_pack(path, target):
        if path.name.startswith(".latest.2026"):
            raise OSError("the disk is full")
        return rename(path, target)

    monkeypatch.setattr("sendlib.files.sys.platform", "none with an exchange of its own")
    monkeypatch.setattr(Path, "rename", fail_for_the_new_pack)
    with pytest.raises(OSError, match="full"):
        publish.switch_latest(run_folder(tmp_path, "new"), tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "old"


def test_drafts_that_a_killed_run_left_are_cleared(tmp_path):
    publish.switch_latest(run_folder(tmp_path, "good"), tmp_path)
    (tmp_path / ".latest.killed").symlink_to("runs/killed")
    (tmp_path / ".latest.copy").mkdir()
    (tmp_path / "runs" / ".removed.old").mkdir()
    (tmp_path / "runs" / "unborn").mkdir()
    (tmp_path / "runs" / "unborn" / ".run.json.part").write_text("{")
    publish.clear_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "runs"]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [
        "20260102T030405Z_999_baseline"
    ]
    assert (tmp_path / "latest" / "index.html").read_text() == "good"


def test_a_pack_that_was_being_replaced_by_a_copy_comes_back(tmp_path, monkeypatch):
    no_links(monkeypatch)
    publish.switch_latest(run_folder(tmp_path, "good"), tmp_path)
    (tmp_path / "latest").rename(tmp_path / ".latest.old")
    publish.clear_unfinished(tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "good"
    assert not (tmp_path / ".latest.old").exists()


def test_there_is_nothing_to_clear_where_nothing_ran(tmp_path):
    publish.clear_unfinished(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_run_is_removed_whole(tmp_path):
    folder = run_folder(tmp_path)
    publish.remove_run(folder)
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space is left. Free some space there"),
        (errno.EROFS, "writing is not allowed. Allow writing there"),
    ],
)
def test_an_error_that_only_a_write_can_meet_is_reported_with_its_remedy(tmp_path, number, words):
    with pytest.raises(OutputError) as caught, publish.explained_errors(tmp_path):
        raise OSError(number, "said by the system")
    assert f"{tmp_path}: {words}" in str(caught.value)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOTDIR, errno.EIO])
def test_an_error_about_a_file_of_the_run_names_that_file(tmp_path, number):
    told = r"run\.json: .*(then run again|a file stands)"
    with pytest.raises(OutputError, match=told), publish.explained_errors(tmp_path):
        raise OSError(number, "Said by the system", str(tmp_path / "run.json"))


def test_an_error_about_anything_else_is_a_fault_of_the_program(tmp_path):
    with pytest.raises(FileNotFoundError), publish.explained_errors(tmp_path / "out"):
        (tmp_path / "notebooks" / "none.ipynb").read_text()
    with pytest.raises(KeyError), publish.explained_errors(tmp_path):
        raise KeyError("x")


def test_a_file_is_replaced_in_one_step_and_its_folder_stays(tmp_path):
    path = tmp_path / "a" / "b.txt"
    path.parent.mkdir()
    for content in (b"old", b"new"):
        assert write_whole(path, content) == path
        assert path.read_bytes() == content
    (path.parent / "link").symlink_to("nowhere")
    sync_tree(tmp_path)
    assert sorted(found.name for found in path.parent.iterdir()) == ["b.txt", "link"]


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock of the folder."""
    command = [sys.executable, "-c", HOLD, tmp_path / "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_informed_who_holds_the_lock_and_since_when(tmp_path, other):
    with (
        pytest.raises(LockedError, match="Another run is at work") as caught,
        lock.lock_outputs(tmp_path / "out"),
    ):
        pass
    assert f"run a-run, process {other.pid} on " in str(caught.value)
    assert "since 20" in str(caught.value)
    assert caught.value.exit_code == 5
    (tmp_path / "out" / lock.HOLDER).write_text("half of a f")
    with (
        pytest.raises(LockedError, match="a run that has not said which it is"),
        lock.lock_outputs(tmp_path / "out"),
    ):
        pass


def test_the_lock_of_a_killed_process_is_never_in_the_way(tmp_path, other):
    assert lock.find_holder(tmp_path / "out").pid == other.pid
    other.kill()
    other.wait()
    assert (tmp_path / "out" / lock.HOLDER).exists()
    assert lock.find_holder(tmp_path / "out") is None
    assert not (tmp_path / "out" / lock.HOLDER).exists()
    with lock.lock_outputs(tmp_path / "out"):
        pass


def test_nothing_says_that_the_lock_is_taken_when_it_is_not(tmp_path):
    with lock.lock_outputs(tmp_path / "out") as name_run:
        name_run("mine")
        assert lock.find_holder(tmp_path / "out").run_id == "mine"
    assert lock.find_holder(tmp_path / "out") is None
    assert not (tmp_path / "out" / lock.HOLDER).exists()


def test_a_folder_without_runs_is_not_available_and_stays_as_it_is(tmp_path):
    assert lock.find_holder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_run_can_wait_until_another_has_ended(tmp_path):
    began = threading.Event()

    def other():
        with lock.lock_outputs(tmp_path):
            began.set()
            time.sleep(0.8)

    thread = threading.Thread(target=other)
    thread.start()
    began.wait()
    with lock.lock_outputs(tmp_path, wait=30):
        assert json.loads((tmp_path / lock.HOLDER).read_text())["run_id"] == ""
    thread.join()


def test_a_failed_run_frees_the_lock(tmp_path):
    with pytest.raises(ZeroDivisionError), lock.lock_outputs(tmp_path):
        raise ZeroDivisionError
    with lock.lock_outputs(tmp_path):
        pass
