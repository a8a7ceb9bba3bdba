"""What is told, and what is kept, of runs that were stopped or refused."""

import json
import signal
import socket
import time

import pytest

from invented_boards import BOARD, make_board_project, write_board, write_run
from sendlib.board import notices, telling
from sendlib.board.config import read_board
from sendlib.board.status import read_status
from sendlib.cli.options import explain_stop, show_progress
from sendlib.clock import now
from sendlib.errors import GateError, NoticeError, Problem
from sendlib.packs import axe, lock
from sendlib.packs.runs import list_runs, remove_old
from sendlib.packs.stopping import Stopped

NOTICE = notices.published("Invented board", where="w", headlines=[])


@pytest.fixture(scope="module")
def place(project, tmp_path_factory):
    return make_board_project(project, tmp_path_factory.mktemp("telling") / "project")


@pytest.fixture
def board(place):
    """A board whose failures are told to an address that is not set."""
    text = f"{BOARD}notices: {{failure: [NOT_SET]}}\nscenarios: [slower_growth]\n"
    return read_board(write_board(place, text, "told.yml"), place)


def refuse(place, board, out, error):
    with pytest.raises(type(error)), telling.refusal_kept(place, board, out):
        raise error


@pytest.mark.parametrize("stopped", [Stopped(signal.SIGTERM), KeyboardInterrupt()])
def test_of_a_run_that_was_stopped_people_are_told(board, tmp_path, stopped):
    with pytest.raises(type(stopped)) as caught, telling.failure_told(board, tmp_path):
        raise stopped
    assert "NOT_SET: the environment variable is not set" in str(caught.value.__notes__)


def test_of_a_pack_that_is_out_no_failure_is_told(board, tmp_path):
    stopped = Stopped(signal.SIGTERM)
    stopped.pack_is_out = True
    with pytest.raises(Stopped) as caught, telling.failure_told(board, tmp_path):
        raise stopped
    assert not hasattr(caught.value, "__notes__")


def test_the_notice_of_a_stop_names_the_signal_and_the_last_good_pack():
    body = notices.not_published("Invented board", Stopped(signal.SIGTERM), last_good="x").body
    assert body.startswith("The run was stopped by a signal, SIGTERM.")
    assert "The last good pack stays: x" in body
    assert "keyboard" in notices.not_published("Invented board", KeyboardInterrupt()).body


def test_an_address_that_never_answers_is_not_waited_for():
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        given = {"HOOK": f"json://127.0.0.1:{silent.getsockname()[1]}"}
        with pytest.raises(NoticeError, match="HOOK: its address did not take the notice in time"):
            notices.send(NOTICE, ["HOOK"], environment=given, most=0.2)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("is_out", "said"),
    [
        (False, ["The last pack that was published stays", "sendlib board run x.yml"]),
        (True, ["is out"]),
    ],
)
def test_the_terminal_says_what_a_stop_left(capsys, is_out, said):
    stopped = Stopped(signal.SIGTERM)
    stopped.pack_is_out = is_out
    with pytest.raises(Stopped), explain_stop("sendlib board run x.yml"):
        raise stopped
    told = capsys.readouterr().err
    assert told.startswith("The run was stopped by a signal, SIGTERM.\n")
    assert all(words in told for words in said)
    assert ("board run" in told) is not is_out


def test_where_nobody_looks_on_no_bar_writes_a_line(capfd):
    with show_progress([]):
        pass
    assert capfd.readouterr() == ("", "")


def test_a_refused_run_is_kept_with_its_reason_until_the_next_pack(place, board, tmp_path):
    too_old = GateError("Too old.", [Problem("published long ago", "count")])
    refuse(place, board, tmp_path, too_old)
    [kept] = list_runs(tmp_path)
    assert (kept.state, kept.record["exit_code"]) == ("failed", 4)
    assert kept.kind == ("Invented board", "865", "slower_growth")
    assert [path.name for path in kept.folder.iterdir()] == ["run.json"]
    status = read_status(tmp_path, board, now=now())
    assert not status.in_order
    assert f"Run {kept.run_id} failed (exit code 4: not fit to be published): Too old." in str(
        status
    )
    pack = {"la_code": "865", "scenario": "slower_growth"}
    newer = write_run(tmp_path, 2, pack=pack)
    assert remove_old(tmp_path, None, kind=kept.kind, today=now()) == [kept.run_id]
    assert [run.run_id for run in list_runs(tmp_path)] == [newer]


def test_an_authority_that_is_unknown_stops_no_record(place, board, tmp_path):
    odd = board.model_copy(update={"authority": "../No such / place"})
    refuse(place, odd, tmp_path, GateError("Refused."))
    assert list_runs(tmp_path)[0].record["pack"]["la_code"] == "No-such-place"


def test_a_refusal_is_left_in_no_other_run_and_for_no_board_without_a_file(place, board, tmp_path):
    with lock.lock_outputs(tmp_path):
        refuse(place, board, tmp_path, GateError("Refused."))
    refuse(place, board.model_copy(update={"path": None}), tmp_path, GateError("Refused."))
    assert list_runs(tmp_path) == []


def test_refused_runs_come_after_those_before_them(place, board, tmp_path):
    write_run(tmp_path, 7)
    refuse(place, board, tmp_path, GateError("Refused."))
    newest = list_runs(tmp_path)[0]
    assert json.loads((newest.folder / "run.json").read_text())["sequence"] == 8
    assert newest.state == "failed"


def test_what_a_browser_lacks_is_got_by_a_command_of_the_project(monkeypatch):
    monkeypatch.setattr(axe, "find_spec", lambda _: None)
    assert axe.why_not().endswith("get them with: make browser")
