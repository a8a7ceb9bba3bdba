from datetime import timedelta

import pytest

from invented_runs import STARTED, leave_run
from sendlib.errors import ParameterError
from sendlib.packs.outputs import folders, lock, publish
from sendlib.packs.outputs.record import RECORD


def states(out):
    return {run.run_id: run.state for run in folders.list_runs(out)}


def test_a_folder_without_runs_has_none(tmp_path):
    assert folders.list_runs(tmp_path / "none") == []
    assert folders.last_published(tmp_path / "none") is None


def test_runs_come_newest_first_also_when_the_clock_was_set_back(tmp_path):
    first = leave_run(tmp_path, sequence=1)
    later = leave_run(tmp_path, sequence=2, started=STARTED - timedelta(days=400))
    assert later.name < first.name
    assert [run.run_id for run in folders.list_runs(tmp_path)] == [later.name, first.name]


def test_a_run_that_says_it_runs_is_interrupted_unless_it_holds_the_lock(tmp_path):
    run = leave_run(tmp_path, "running")
    assert states(tmp_path) == {run.name: "interrupted"}
    with lock.hold(tmp_path) as held:
        assert states(tmp_path) == {run.name: "interrupted"}
        held.name_run(run.name)
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
    (run / RECORD).write_text(text)
    found = folders.list_runs(tmp_path)[0]
    assert (found.state, found.record, found.kind, found.started) == ("interrupted", {}, None, None)


def test_the_last_published_pack_is_the_one_that_latest_shows(tmp_path):
    first, second = leave_run(tmp_path, sequence=1), leave_run(tmp_path, sequence=2)
    publish.switch_latest(second, tmp_path)
    leave_run(tmp_path, "failed", sequence=3)
    found = folders.last_published(tmp_path)
    assert (found.run_id, found.folder, found.started) == (second.name, second, STARTED)
    assert folders.find_run(tmp_path, "latest") == found
    assert folders.find_run(tmp_path, first.name).folder == first


def test_runs_are_alike_by_board_authority_and_scenario(tmp_path):
    leave_run(tmp_path, la_code="998", scenario="slower", board="A board")
    assert folders.list_runs(tmp_path)[0].kind == ("A board", "998", "slower")


def test_an_unknown_run_offers_the_nearest(tmp_path):
    run = leave_run(tmp_path)
    with pytest.raises(ParameterError, match=f"Did you mean {run.name}"):
        folders.find_run(tmp_path, run.name[:-1])


@pytest.mark.parametrize("name", ["../runs", "", "latest"])
def test_no_name_leads_to_a_folder_that_is_no_run(tmp_path, name):
    leave_run(tmp_path)
    with pytest.raises(ParameterError, match="no such run"):
        folders.find_run(tmp_path, name)
