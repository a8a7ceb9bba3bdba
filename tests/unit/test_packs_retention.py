from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invented_runs import STARTED, leave_run
from sendlib.packs.outputs import folders, lock, publish
from sendlib.packs.outputs.folders import KeptRun
from sendlib.packs.outputs.retention import Retention, choose_old, remove_old

KIND = ("", "999", "baseline")
TODAY = STARTED + timedelta(days=100)


def remove(out, keep):
    return remove_old(out, keep, kind=KIND, today=TODAY)


def kept(out):
    return {run.run_id for run in folders.list_runs(out)}


def test_only_the_newest_packs_are_kept(tmp_path):
    packs = [leave_run(tmp_path, sequence=place).name for place in range(1, 6)]
    publish.switch_latest(tmp_path / "runs" / packs[-1], tmp_path)
    assert set(remove(tmp_path, Retention(runs=2))) == set(packs[:3])
    assert kept(tmp_path) == set(packs[3:])


def test_an_old_pack_goes_but_never_the_one_that_is_shown(tmp_path):
    old = leave_run(tmp_path, sequence=1, started=STARTED - timedelta(days=100))
    before = leave_run(tmp_path, sequence=2)
    shown = leave_run(tmp_path, sequence=3, started=STARTED - timedelta(days=300))
    publish.switch_latest(shown, tmp_path)
    assert remove(tmp_path, Retention(days=99)) == [old.name]
    assert kept(tmp_path) == {before.name, shown.name}


@pytest.mark.parametrize("ahead", [{2}, {1}], ids=["while it is ahead", "when it is right again"])
def test_a_clock_that_ran_ahead_removes_no_pack_that_is_not_old(tmp_path, ahead):
    def began(place):
        return STARTED + timedelta(days=2000 if place in ahead else place)

    packs = [leave_run(tmp_path, sequence=n, started=began(n)).name for n in range(3)]
    publish.switch_latest(tmp_path / "runs" / packs[-1], tmp_path)
    now = began(2)
    assert remove_old(tmp_path, Retention(days=99), kind=KIND, today=now) == []
    assert kept(tmp_path) == set(packs)


def test_a_pack_of_the_last_day_is_kept(tmp_path):
    publish.switch_latest(leave_run(tmp_path), tmp_path)
    assert remove(tmp_path, Retention(days=100)) == []


def test_an_unfinished_run_goes_when_a_newer_pack_is_there(tmp_path):
    before = leave_run(tmp_path, "failed", sequence=1)
    publish.switch_latest(leave_run(tmp_path, sequence=2), tmp_path)
    after = leave_run(tmp_path, "running", sequence=3)
    assert remove(tmp_path, None) == [before.name]
    assert after.name in kept(tmp_path)


def test_without_a_rule_every_pack_is_kept(tmp_path):
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
    assert {other.name, board.name} <= kept(tmp_path)


def test_a_run_under_way_is_left_alone(tmp_path):
    under_way = leave_run(tmp_path, "running", sequence=1)
    publish.switch_latest(leave_run(tmp_path, sequence=2), tmp_path)
    with lock.hold(tmp_path) as held:
        held.name_run(under_way.name)
        assert remove(tmp_path, Retention(runs=1)) == []


@given(
    st.lists(st.sampled_from(["published", "failed", "interrupted", "running"]), max_size=12),
    st.integers(1, 5),
    st.integers(0, 200),
)
def test_what_goes_is_never_among_the_newest_young_packs(states, runs, days):
    count = len(states)
    listed = [
        KeptRun(
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
    old = choose_old(listed, Retention(runs, days), kind=KIND, today=TODAY)
    packs = [run for run in listed if run.state == "published"]
    before = min([TODAY, *(run.started for run in packs[1:2])])
    young = [run for run in packs if before - run.started <= timedelta(days=days)]
    assert not [run for run in old if run.state == "running"]
    assert not [run for run in old if run in packs[:runs] and run in young]
    assert all(run in old for run in packs if run not in packs[:runs] or run not in young)
