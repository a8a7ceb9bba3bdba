import json
import subprocess

import pytest

from invented_notebooks import make_setting
from sendlib.clock import now, stamp
from sendlib.packs import Assurance, DataFile, Limits
from sendlib.packs.outputs import record
from sendlib.packs.program import find_commit


def describe(**changes):
    inputs = (DataFile("data/raw/x.csv", "ab", "Invented"),)
    setting = make_setting(**{"inputs": inputs, "scenario": {"name": "baseline"}} | changes)
    return record.describe_run(
        "run", setting, parameters={"21_x.ipynb": {"horizon": 5}}, sequence=7
    )


def git(folder, *arguments):
    identity = ["-c", "user.name=Invented", "-c", "user.email=invented@example.org"]
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    git(tmp_path, "init")
    git(tmp_path, "add", "a.txt")
    git(tmp_path, "commit", "-m", "invented")
    return tmp_path


def test_the_time_can_be_fixed(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767323045")
    assert stamp(now()) == "2026-01-02T03:04:05Z"


def test_a_record_says_what_was_made_from_what(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    path = record.write_record(describe(), tmp_path / "run.json")
    kept = json.loads(path.read_text())
    assert kept["schema_version"] == 2
    assert kept["data"][0]["sha256"] == "ab"
    assert {"sendlib", "python", "pandas", "papermill"} <= kept["versions"].keys()
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_nothing_measured_is_kept_when_the_time_is_fixed(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert record.to_timings({"21_x.ipynb": 1.23456}) == {"21_x.ipynb": 1.23}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767323045")
    assert record.to_timings({"21_x.ipynb": 1.23456}) == {}


def test_a_run_under_way_has_no_end():
    kept = describe()
    assert (kept["state"], kept["finished"], kept["exit_code"]) == ("running", None, None)


def test_a_commit_is_found_with_the_state_of_its_files(checkout):
    clean = find_commit(checkout)
    assert len(clean.sha) == 40
    assert not clean.dirty
    (checkout / "a.txt").write_text("b")
    assert find_commit(checkout).dirty


def test_a_folder_that_is_no_checkout_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert find_commit(tmp_path) is None


def test_a_record_says_what_became_of_a_run():
    ended = record.end_run(describe(), "failed", exit_code=4, problems=["a", "b"])
    assert (ended["state"], ended["exit_code"], ended["problems"]) == ("failed", 4, ["a", "b"])
    assert ended["finished"] is not None
    assert ended["parameters"] == {"21_x.ipynb": {"horizon": 5}}


def test_a_record_says_who_stands_behind_it_and_for_which_board():
    kept = describe(
        assurance=Assurance("A. Analyst"),
        board={"name": "A board", "sha256": "ab"},
        notice="stale",
        limits=Limits(memory_mb=512),
    )
    assert kept["assurance"] == {"analyst": "A. Analyst", "assurer": "", "approver": ""}
    assert kept["board"]["name"] == "A board"
    assert (kept["sequence"], kept["notice"], kept["limits"]["memory_mb"]) == (7, "stale", 512)
    assert kept["pack"]["la_code"] == "999"


def test_a_record_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path):
    record.write_record({"a": 1}, tmp_path / "run.json")
    (tmp_path / ".run.json.part").mkdir()
    with pytest.raises(IsADirectoryError):
        record.write_record({"a": 2}, tmp_path / "run.json")
    assert json.loads((tmp_path / "run.json").read_text()) == {"a": 1}
