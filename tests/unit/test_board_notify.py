"""Notices, delivered to a real mail server and a real web server on this machine."""

import json
import signal
import socket
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from error_codes import refuses
from invented_boards import BOARD, make_board_project, write_board, write_run
from sendlib.board import notify
from sendlib.board.file import BoardError
from sendlib.board.reading import read_board
from sendlib.board.run import refusal_recorded, run
from sendlib.board.status import read_status
from sendlib.cli.options import explain_stop, show_progress
from sendlib.clock import now
from sendlib.errors import NoticeError, Problem, PublicationError
from sendlib.packs import axe, lock
from sendlib.packs.runs import list_runs, remove_old
from sendlib.packs.stopping import Stopped

NOTICE = notify.success_message(
    "Invented board", where="outputs/latest/index.html", headlines=["Plans rose by 4."]
)


class Mailbox:
    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def mail():
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.address = f"mailto://127.0.0.1:{port}"
    yield box
    controller.stop()


@pytest.fixture
def hook():
    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.received.append((self.path, json.loads(body)))
            self.send_response(500 if self.path == "/broken" else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.received = []
    server.address = f"json://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address(mail) -> str:
    return f"{mail.address}?from=board@example.org&to=chair@example.org"


@pytest.fixture
def send(monkeypatch):
    """Send a message to addresses, each in the variable of its name."""

    def send(message, **addresses):
        for name, address in addresses.items():
            monkeypatch.setenv(name, address)
        notify.send(message, list(addresses))

    return send


def test_a_notice_arrives_by_mail_and_by_webhook(mail, hook, send):
    send(NOTICE, MAIL=address(mail), HOOK=f"{hook.address}/packs")
    (to, message), (path, posted) = mail.messages[0], hook.received[0]
    assert to == ["chair@example.org"]
    assert message["subject"] == "Invented board: a new pack is out"
    text = message.get_body(("plain",)).get_content()
    assert "- Plans rose by 4." in text
    assert path == "/packs"
    assert posted["title"] == "Invented board: a new pack is out"
    assert posted["type"] == "success"
    assert "outputs/latest/index.html" in posted["message"]


def test_a_failure_says_why_and_which_pack_still_stands(hook, send):
    error = PublicationError(
        "Not published.",
        [Problem("plans_differ", "plans differ", "21", "look"), Problem("other", "b")],
    )
    notice = notify.failure_message("Invented board", error, last_good="of 2 January 2026")
    send(notice, HOOK=hook.address)
    posted = hook.received[0][1]
    assert posted["type"] == "failure"
    assert "- 21: plans differ. Look." in posted["message"]
    assert "The last good pack stays: of 2 January 2026" in posted["message"]


def test_of_an_error_that_is_not_ours_only_its_kind_is_reported():
    notice = notify.failure_message("Invented board", ValueError("a value from a row"))
    assert "ValueError" in notice.body
    assert "a value from a row" not in notice.body


def test_every_address_that_fails_is_named_and_no_address_is_shown(hook, send):
    given = {
        "UNSET": "",
        "ODD": "no-such-service://hunter2",
        "BROKEN": f"{hook.address}/broken?+secret=hunter2",
        "GOOD": hook.address,
    }
    with pytest.raises(NoticeError) as caught:
        send(NOTICE, **given)
    said = str(caught.value)
    assert [problem.where for problem in caught.value.problems] == ["UNSET", "ODD", "BROKEN"]
    assert "hunter2" not in said
    assert caught.value.exit_code == 7
    assert {path for path, _ in hook.received} == {"/broken", "/"}


def test_a_name_with_line_breaks_adds_no_header(mail, send):
    notice = notify.success_message("A\r\nBcc: x@example.org", where="w", headlines=[])
    send(notice, MAIL=address(mail))
    to, message = mail.messages[0]
    assert to == ["chair@example.org"]
    assert message["bcc"] is None
    assert message["subject"] == "A Bcc: x@example.org: a new pack is out"


def test_a_long_list_is_cut_and_says_so():
    notice = notify.success_message("A", where="w", headlines=[f"Line {n}." for n in range(20)])
    assert "- and 8 more" in notice.body


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("someone@council.example", "Write it as mailtos://user:password@host?to="),
        ("json://127.0.0.1:9/closed", "reached from here; to see why: apprise -vvv"),
        ("", "a scheduler does not have the variables of a terminal"),
    ],
)
def test_an_address_that_took_no_notice_is_reported_with_what_to_do(address, said, send):
    with pytest.raises(NoticeError) as caught:
        send(NOTICE, HOOK=address)
    assert said in str(caught.value)


@pytest.fixture(scope="module")
def place(project, tmp_path_factory):
    return make_board_project(project, tmp_path_factory.mktemp("telling") / "project")


@pytest.fixture
def board(place):
    """A board whose failures are told to an address that is not set."""
    text = f"{BOARD}notices: {{failure: [NOT_SET]}}\nscenarios: [slower_growth]\n"
    return read_board(write_board(place, text, "told.yml"), place)


def refuse(place, board, out, error):
    with pytest.raises(type(error)), refusal_recorded(place, board, out):
        raise error


@pytest.mark.parametrize("stopped", [Stopped(signal.SIGTERM), KeyboardInterrupt()])
def test_of_a_run_that_was_stopped_people_are_reported(board, tmp_path, stopped):
    with pytest.raises(type(stopped)) as caught, notify.failure_notified(board, tmp_path):
        raise stopped
    assert "NOT_SET: the environment variable is not set" in str(caught.value.__notes__)


def test_of_a_pack_that_is_out_no_failure_is_reported(board, tmp_path):
    stopped = Stopped(signal.SIGTERM)
    stopped.pack_is_out = True
    with pytest.raises(Stopped) as caught, notify.failure_notified(board, tmp_path):
        raise stopped
    assert not hasattr(caught.value, "__notes__")


def test_the_notice_of_a_stop_names_the_signal_and_the_last_good_pack():
    body = notify.failure_message("Invented board", Stopped(signal.SIGTERM), last_good="x").body
    assert body.startswith("The run was stopped by a signal, SIGTERM.")
    assert "The last good pack stays: x" in body
    assert "keyboard" in notify.failure_message("Invented board", KeyboardInterrupt()).body


@pytest.mark.parametrize(
    ("is_out", "said"),
    [
        (False, ["The last pack that was published stays", "give the same command"]),
        (True, ["is out"]),
    ],
)
def test_the_terminal_says_what_a_stop_left(capsys, is_out, said):
    stopped = Stopped(signal.SIGTERM)
    stopped.pack_is_out = is_out
    with pytest.raises(Stopped), explain_stop():
        raise stopped
    told = capsys.readouterr().err
    assert told.startswith("The run was stopped by a signal, SIGTERM.\n")
    assert all(words in told for words in said)
    assert ("same command" in told) is not is_out


def test_where_nobody_looks_on_no_bar_writes_a_line(capfd):
    with show_progress([]):
        pass
    assert capfd.readouterr() == ("", "")


def test_a_refused_run_stays_with_its_reason_until_the_next_pack(place, board, tmp_path):
    too_old = PublicationError(
        "Too old.", [Problem("figures_too_old", "published long ago", "count")]
    )
    refuse(place, board, tmp_path, too_old)
    [kept] = list_runs(tmp_path)
    assert (kept.state, kept.record["exit_code"]) == ("failed", 4)
    assert kept.kind == ("boards/told.yml", "865", "slower_growth")
    assert [path.name for path in kept.folder.iterdir()] == ["run.json"]
    status = read_status(tmp_path, board, now=now())
    assert not status.in_order
    assert f"Run {kept.run_id} failed (exit code 4: not fit to be published): Too old." in str(
        status
    )
    pack = {"la_code": "865", "scenario": "slower_growth"}
    newer = write_run(tmp_path, 2, pack=pack, board={"name": board.name, "file": board.file})
    assert remove_old(tmp_path, None, kind=kept.kind, today=now()) == [kept.run_id]
    assert [run.run_id for run in list_runs(tmp_path)] == [newer]


def test_an_authority_that_is_unknown_stops_no_record(place, board, tmp_path):
    odd = board.model_copy(update={"authority": "../No such / place"})
    refuse(place, odd, tmp_path, PublicationError("Refused."))
    assert list_runs(tmp_path)[0].record["pack"]["la_code"] == "No-such-place"


def test_a_refusal_is_left_in_no_other_run_and_for_no_board_without_a_file(place, board, tmp_path):
    with lock.lock_outputs(tmp_path):
        refuse(place, board, tmp_path, PublicationError("Refused."))
    refuse(place, board.model_copy(update={"path": None}), tmp_path, PublicationError("Refused."))
    assert list_runs(tmp_path) == []


def test_refused_runs_come_after_those_before_them(place, board, tmp_path):
    write_run(tmp_path, 7)
    refuse(place, board, tmp_path, PublicationError("Refused."))
    newest = list_runs(tmp_path)[0]
    assert json.loads((newest.folder / "run.json").read_text())["sequence"] == 8
    assert newest.state == "failed"


@pytest.fixture
def without_browser(monkeypatch):
    monkeypatch.setattr(axe, "find_spec", lambda _: None)


def test_what_a_browser_lacks_is_got_by_a_command_of_the_project(without_browser):
    assert axe.why_not().endswith("get them with: make browser")


@pytest.mark.parametrize(
    ("asks", "pdf", "keys"),
    [
        ("checks: {browser: required}", None, ["checks: browser"]),
        ("pdf: true", None, ["pdf"]),
        ("pdf: false", True, ["pdf"]),
        ("checks: {browser: required}\npdf: true", None, ["pdf", "checks: browser"]),
    ],
)
def test_a_board_that_requires_a_browser_is_refused_before_anything_runs_without_one(
    place, tmp_path, without_browser, asks, pdf, keys
):
    board = read_board(write_board(place, f"{BOARD}{asks}\n", "required.yml"), place)
    with refuses(BoardError, *["no_browser"] * len(keys)) as caught:
        run(place, board, out=tmp_path, pdf=pdf)
    assert [problem.where for problem in caught.value.problems] == keys
    [refused] = list_runs(tmp_path)
    assert (refused.state, [path.name for path in refused.folder.iterdir()]) == (
        "failed",
        ["run.json"],
    )
