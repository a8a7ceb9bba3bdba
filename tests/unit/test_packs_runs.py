"""The record that each run leaves, reading runs back, and how long they are stored."""

import json
import subprocess
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invented_notebooks import make_setting
from invented_runs import STARTED, leave_run
from sendlib.clock import now, stamp
from sendlib.errors import ParameterError
from sendlib.packs import lock, publish, runs
from sendlib.packs.publish import RUN_FILE
from sendlib.packs.setting import Assurance, Limits, Retention, find_commit

KIND = ("", "999", "baseline")
TODAY = STARTED + timedelta(days=100)


def states(out):
    return {run.run_id: run.state for run in runs.list_runs(out)}


def test_a_folder_without_runs_has_none(tmp_path):
    assert runs.list_runs(tmp_path / "none") == []
    assert runs.latest_run(tmp_path / "none") is None


def test_runs_come_newest_first_also_when_the_clock_was_set_back(tmp_path):
    first = leave_run(tmp_path, sequence=1)
    later = leave_run(tmp_path, sequence=2, started=STARTED - timedelta(days=400))
    assert later.name < first.name
    assert [run.run_id for run in runs.list_runs(tmp_path)] == [later.name, first.name]


def test_a_run_that_says_it_runs_is_interrupted_unless_it_holds_the_lock(tmp_path):
    run = leave_run(tmp_path, "running")
    assert states(tmp_path) == {run.name: "interrupted"}
    with lock.lock_outputs(tmp_path) as name_run:
        assert states(tmp_path) == {run.name: "interrupted"}
        name_run(run.name)
        assert states(tmp_path) == {run.name: "running"}
    assert states(tmp_path) == {run.name: "interrupted"}


def test_a_run_that_was_killed_before_the_switch_was_not_published(tmp_path):
    shown = leave_run(tmp_path, sequence=1)
    assert states(tmp_path) == {shown.name: "interrupted"}
    publish.switch_latest(shown, tmp_path)
    killed = leave_run(tmp_path, sequence=2)
    assert states(tmp_path) == {shown.name: "published", killed.name: "interrupted"}
    publish.switch_latest(killed, tmp_path)
    assert states(tmp_path) == {shown.name: "published", killed.name: "published"}


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_run_whose_record_cannot_be_read_is_interrupted(tmp_path, text):
    run = leave_run(tmp_path)
    (run / RUN_FILE).write_text(text)
    found = runs.list_runs(tmp_path)[0]
    assert (found.state, found.record, found.kind, found.started) == ("interrupted", {}, None, None)


def test_the_last_published_pack_is_the_one_that_latest_shows(tmp_path):
    first, second = leave_run(tmp_path, sequence=1), leave_run(tmp_path, sequence=2)
    publish.switch_latest(second, tmp_path)
    leave_run(tmp_path, "failed", sequence=3)
    found = runs.latest_run(tmp_path)
    assert (found.run_id, found.folder, found.started) == (second.name, second, STARTED)
    assert runs.find_run(tmp_path, "latest") == found
    assert runs.find_run(tmp_path, first.name).folder == first


def test_runs_are_alike_by_board_authority_and_scenario(tmp_path):
    leave_run(tmp_path, la_code="998", scenario="slower", board="A board")
    assert runs.list_runs(tmp_path)[0].kind == ("A board", "998", "slower")


def test_an_unknown_run_offers_the_nearest(tmp_path):
    run = leave_run(tmp_path)
    with pytest.raises(ParameterError, match=f"Did you mean {run.name}"):
        runs.find_run(tmp_path, run.name[:-1])


@pytest.mark.parametrize("name", ["../runs", "", "latest"])
def test_no_name_leads_to_a_folder_that_is_no_run(tmp_path, name):
    leave_run(tmp_path)
    with pytest.raises(ParameterError, match="no such run"):
        runs.find_run(tmp_path, name)


def describe(**changes):
    inputs = [{"path": "data/raw/x.csv", "sha256": "ab", "title": "Invented"}]
    setting = make_setting(**{"inputs": inputs, "scenario": {"name": "baseline"}} | changes)
    return runs.describe_run("run", setting, parameters={"21_x.ipynb": {"horizon": 5}}, sequence=7)


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
    path = runs.write_record(describe(), tmp_path)
    kept = json.loads(path.read_text())
    assert kept["schema_version"] == 3
    assert kept["data"][0]["sha256"] == "ab"
    assert {"sendlib", "python", "pandas", "papermill"} <= kept["versions"].keys()
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_run_under_way_has_no_end():
    kept = describe()
    assert (kept["state"], kept["finished"], kept["exit_code"]) == ("running", None, None)


def test_a_commit_is_found_with_the_state_of_its_files(checkout):
    clean = find_commit(checkout)
    assert len(clean["sha"]) == 40
    assert not clean["dirty"]
    (checkout / "a.txt").write_text("b")
    assert find_commit(checkout)["dirty"]


def test_a_folder_that_is_no_checkout_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert find_commit(tmp_path) is None


def test_a_record_says_who_stands_behind_it_and_for_which_board():
    kept = describe(
        assurance=Assurance(analyst="A. Analyst"),
        board={"name": "A board", "sha256": "ab"},
        notice="stale",
        limits=Limits(memory_mb=512),
    )
    assert kept["assurance"] == {"analyst": "A. Analyst", "assurer": "", "approver": ""}
    assert kept["board"]["name"] == "A board"
    assert (kept["sequence"], kept["notice"], kept["limits"]["memory_mb"]) == (7, "stale", 512)
    assert kept["pack"]["la_code"] == "999"


def test_a_record_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path):
    runs.write_record({"a": 1}, tmp_path)
    (tmp_path / ".run.json.part").mkdir()
    with pytest.raises(IsADirectoryError):
        runs.write_record({"a": 2}, tmp_path)
    assert json.loads((tmp_path / "run.json").read_text()) == {"a": 1}


def remove(out, keep):
    return runs.remove_old(out, keep, kind=KIND, today=TODAY)


def stored(out):
    return {run.run_id for run in runs.list_runs(out)}


def test_only_the_newest_packs_are_stored(tmp_path):
    packs = [leave_run(tmp_path, sequence=place).name for place in range(1, 6)]
    publish.switch_latest(tmp_path / "runs" / packs[-1], tmp_path)
    assert set(remove(tmp_path, Retention(runs=2))) == set(packs[:3])
    assert stored(tmp_path) == set(packs[3:])


def test_an_old_pack_goes_but_never_the_one_that_is_shown(tmp_path):
    old = leave_run(tmp_path, sequence=1, started=STARTED - timedelta(days=100))
    before = leave_run(tmp_path, sequence=2)
    shown = leave_run(tmp_path, sequence=3, started=STARTED - timedelta(days=300))
    publish.switch_latest(shown, tmp_path)
    assert remove(tmp_path, Retention(days=99)) == [old.name]
    assert stored(tmp_path) == {before.name, shown.name}


@pytest.mark.parametrize("ahead", [{2}, {1}], ids=["while it is ahead", "when it is right again"])
def test_a_clock_that_ran_ahead_removes_no_pack_that_is_not_old(tmp_path, ahead):
    def began(place):
        return STARTED + timedelta(days=2000 if place in ahead else place)

    packs = [leave_run(tmp_path, sequence=n, started=began(n)).name for n in range(3)]
    publish.switch_latest(tmp_path / "runs" / packs[-1], tmp_path)
    now = began(2)
    assert runs.remove_old(tmp_path, Retention(days=99), kind=KIND, today=now) == []
    assert stored(tmp_path) == set(packs)


def test_a_pack_of_the_last_day_is_stored(tmp_path):
    publish.switch_latest(leave_run(tmp_path), tmp_path)
    assert remove(tmp_path, Retention(days=100)) == []


def test_an_unfinished_run_goes_when_a_newer_pack_is_there(tmp_path):
    before = leave_run(tmp_path, "failed", sequence=1)
    publish.switch_latest(leave_run(tmp_path, sequence=2), tmp_path)
    after = leave_run(tmp_path, "running", sequence=3)
    assert remove(tmp_path, None) == [before.name]
    assert after.name in stored(tmp_path)


def test_without_a_rule_every_pack_is_stored(tmp_path):
    for place in range(1, 40):
        folder = leave_run(tmp_path, sequence=place, started=STARTED - timedelta(days=90 * place))
    publish.switch_latest(folder, tmp_path)
    assert remove(tmp_path, None) == []


def test_packs_of_others_are_left_alone(tmp_path):
    other = leave_run(tmp_path, sequence=1, la_code="998")
    board = leave_run(tmp_path, sequence=2, board="A board")
    mine = [leave_run(tmp_path, sequence=place) for place in (3, 4)]
    publish.switch_latest(mine[1], tmp_path)
    assert remove(tmp_path, Retention(runs=1)) == [mine[0].name]
    assert {other.name, board.name} <= stored(tmp_path)


def test_a_run_under_way_is_left_alone(tmp_path):
    under_way = leave_run(tmp_path, "running", sequence=1)
    publish.switch_latest(leave_run(tmp_path, sequence=2), tmp_path)
    with lock.lock_outputs(tmp_path) as name_run:
        name_run(under_way.name)
        assert remove(tmp_path, Retention(runs=1)) == []


@given(
    st.lists(st.sampled_from(["published", "failed", "interrupted", "running"]), max_size=12),
    st.integers(1, 5),
    st.integers(1, 200),
)
def test_what_goes_is_never_among_the_newest_young_packs(states, most, days):
    count = len(states)
    listed = [
        runs.Run(
            str(place),
            None,
            {
                "sequence": count - place,
                "started": f"{STARTED + timedelta(days=100 - 10 * place):%Y-%m-%dT%H:%M:%SZ}",
                "pack": {"la_code": "999", "scenario": "baseline"},
            },
            state,
        )
        for place, state in enumerate(states)
    ]
    old = runs.choose_old(listed, Retention(runs=most, days=days), kind=KIND, today=TODAY)
    packs = [run for run in listed if run.state == "published"]
    before = min([TODAY, *(run.started for run in packs[1:2])])
    young = [run for run in packs if before - run.started <= timedelta(days=days)]
    assert not [run for run in old if run.state == "running"]
    assert not [run for run in old if run in packs[:most] and run in young]
    assert all(run in old for run in packs if run not in packs[:most] or run not in young)
