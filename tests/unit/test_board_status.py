from datetime import UTC, datetime
from hashlib import sha256

import pytest

from invented_boards import write_run
from sendlib.board.file import Board, Schedule
from sendlib.board.status import MEANINGS, list_history, read_status
from sendlib.errors import NoticeError, SendlibError
from sendlib.packs.runs import find_damage

MONTHLY = Schedule(every="month", on=5, at="06:30")
BOARD = Board(name="Invented board", authority="865", schedule=MONTHLY)


def status(out, board=BOARD, *, day=4, hour=7, minute=0, month=1):
    return read_status(out, board, now=datetime(2026, month, day, hour, minute, tzinfo=UTC))


def test_a_board_that_published_since_it_was_due_is_in_order(tmp_path):
    write_run(tmp_path, 5)
    told = status(tmp_path, day=7)
    assert told.in_order
    assert str(told) == (
        "The last pack is 20260105T063000Z_865_baseline, published 2 days ago.\n"
        "The next run is due on 5 February 2026 at 06:30 (Europe/London)."
    )


def test_a_run_that_a_wrong_clock_dated_ahead_hides_no_missed_run(tmp_path):
    write_run(tmp_path, 4)
    write_run(tmp_path, 9)
    told = status(tmp_path, day=6)
    assert not told.in_order
    assert "which is still to come: see to the clock" in str(told)
    assert "due on 5 January 2026 at 06:30 (Europe/London) did not take place" in str(told)
    write_run(tmp_path, 5, sequence=10)
    assert status(tmp_path, day=6).in_order


def test_two_boards_of_one_name_are_told_apart_by_their_files(tmp_path):
    files = {"a": "boards/a.yml", "b": "boards/b.yml"}
    for number, file in enumerate(files.values(), start=4):
        write_run(tmp_path, number, board={"name": "Invented board", "file": file, "sha256": "0"})
    said = {
        name: str(status(tmp_path, BOARD.model_copy(update={"file": file})))
        for name, file in files.items()
    }
    assert "The last pack is 20260104T063000Z_865_baseline" in said["a"]
    assert "outputs show 20260105T063000Z_865_baseline, of another board" in said["a"]
    assert "The last pack is 20260105T063000Z_865_baseline" in said["b"]
    assert "another board" not in said["b"]


def test_a_pack_on_show_that_is_no_longer_what_was_published_is_not_in_order(tmp_path):
    page = b"Invented."
    hashes = {"pages": {"index.html": sha256(page).hexdigest()}}
    folder = tmp_path / "runs" / write_run(tmp_path, 5, **hashes)
    lost = status(tmp_path, day=7)
    assert (len(find_damage(tmp_path)), lost.in_order) == (1, False)
    (folder / "index.html").write_bytes(page)
    assert status(tmp_path, day=7).in_order
    (folder / "index.html").write_bytes(b"Altered.")
    assert "latest/index.html" in str(status(tmp_path, day=7))


@pytest.mark.parametrize("damage", ["", "{", None])
def test_a_damaged_record_is_told_from_none(tmp_path, damage):
    assert "No pack has been published yet." in str(status(tmp_path))
    record = tmp_path / "runs" / write_run(tmp_path, 5) / "run.json"
    record.unlink() if damage is None else record.write_text(damage)
    damaged = status(tmp_path, day=7)
    assert not damaged.in_order
    assert [problem.code for problem in find_damage(tmp_path)] == ["record_damaged"]
    assert "No pack has been published yet." not in str(damaged)


def test_a_board_without_a_pack_is_not_in_order(tmp_path):
    told = status(tmp_path)
    assert not told.in_order
    assert "No pack has been published yet." in str(told)


def test_a_due_time_that_passed_without_a_run_was_missed(tmp_path):
    write_run(tmp_path, 4)
    missed = status(tmp_path, day=5, minute=0)
    assert not missed.in_order
    assert "due on 5 January 2026 at 06:30 (Europe/London) did not take place" in str(missed)
    assert status(tmp_path, day=5, hour=6, minute=40).in_order  # it may begin a little late
    write_run(tmp_path, 5)
    assert status(tmp_path, day=5).in_order


@pytest.mark.parametrize("state", ["failed", "running"])
def test_a_run_that_went_wrong_is_no_missed_run_but_is_reported(tmp_path, state):
    write_run(tmp_path, 4)
    write_run(tmp_path, 5, state, problems=["No such figures are available."])
    told = status(tmp_path, day=6)
    assert not told.in_order
    assert "did not take place" not in str(told)
    became = "failed" if state == "failed" else "was interrupted"  # nobody holds the lock
    assert f"Run 20260105T063000Z_865_baseline {became}: No such figures are available." in str(
        told
    )


def test_a_failure_is_reported_with_its_first_problem_and_what_its_code_means(tmp_path):
    problems = ["1 of 2 notebooks failed.", "  - 21_plans.ipynb, cell 4: no such figures.", "  - x"]
    write_run(tmp_path, 5, "failed", exit_code=3, problems=problems)
    told = str(status(tmp_path, day=6))
    assert (
        "failed (exit code 3: a notebook failed): 1 of 2 notebooks failed. "
        "21_plans.ipynb, cell 4: no such figures.\n"
    ) in told
    write_run(tmp_path, 6, "failed", exit_code=99, problems=["word " * 200])
    told = str(status(tmp_path, day=6))
    assert "failed (exit code 99): word word" in told
    assert max(map(len, told.splitlines())) < 400


def test_every_code_of_a_run_that_failed_has_a_meaning():
    kinds = [SendlibError, *SendlibError.__subclasses__()]
    assert {kind.exit_code for kind in kinds} - {NoticeError.exit_code} <= MEANINGS.keys()


def test_what_went_wrong_before_the_last_pack_is_past(tmp_path):
    write_run(tmp_path, 4, "failed", problems=["No such figures are available."])
    write_run(tmp_path, 5)
    assert status(tmp_path, day=5).in_order


def test_runs_of_another_board_are_none_of_its_business(tmp_path):
    other = {"name": "Another board", "sha256": "0"}
    write_run(tmp_path, 5)
    write_run(tmp_path, 6, "failed", board=other)
    assert status(tmp_path, day=7).in_order
    write_run(tmp_path, 7, board=other)
    told = status(tmp_path, day=8)
    assert "outputs show 20260107T063000Z_865_baseline, of another board" in str(told)
    assert not told.in_order


def test_without_a_board_all_runs_count_and_nothing_is_due(tmp_path):
    write_run(tmp_path, 5)
    told = status(tmp_path, None, month=6)
    assert told.in_order
    assert str(told).count("\n") == 0


def test_a_pack_that_is_marked_as_old_says_so(tmp_path):
    write_run(tmp_path, 5, notice="The figures are old.")
    assert "and marked: The figures are old." in str(status(tmp_path, day=5))


def test_a_clock_that_was_set_back_is_reported(tmp_path):
    write_run(tmp_path, 5)
    assert "still to come: see to the clock" in str(status(tmp_path, day=1))


def test_a_record_that_cannot_be_read_stops_nothing(tmp_path):
    (tmp_path / "runs" / "20260101T063000Z_865_baseline").mkdir(parents=True)
    told = status(tmp_path, None)
    assert "20260101T063000Z_865_baseline was interrupted." in str(told)
    write_run(tmp_path, 5)
    assert status(tmp_path, None, day=6).in_order


def test_history_is_newest_first_and_says_what_became_of_each(tmp_path):
    write_run(tmp_path, 4)
    write_run(tmp_path, 5)
    write_run(tmp_path, 6, "failed", problems=["Too old."])
    assert [line.split("  ")[1:] for line in list_history(tmp_path)] == [
        ["failed", "Invented board", "Too old."],
        ["published", "Invented board", "on show"],
        ["published", "Invented board"],
    ]
