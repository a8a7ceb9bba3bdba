"""Notices, delivered to a real mail server and a real web server on this machine."""

import json
import socket
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from sendlib.board import notices
from sendlib.errors import GateError, NoticeError, Problem

NOTICE = notices.published(
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


def test_a_notice_arrives_by_mail_and_by_webhook(mail, hook):
    given = {"MAIL": address(mail), "HOOK": f"{hook.address}/packs"}
    notices.send(NOTICE, ["MAIL", "HOOK"], environment=given)
    (to, message), (path, posted) = mail.messages[0], hook.received[0]
    assert to == ["chair@example.org"]
    assert message["subject"] == "Invented board: a new pack is out"
    text = message.get_body(("plain",)).get_content()
    assert "- Plans rose by 4." in text
    assert path == "/packs"
    assert posted["title"] == "Invented board: a new pack is out"
    assert posted["type"] == "success"
    assert "outputs/latest/index.html" in posted["message"]


def test_a_failure_says_why_and_which_pack_still_stands(hook):
    error = GateError("Not published.", [Problem("plans differ", "21", "look"), Problem("b")])
    notice = notices.not_published("Invented board", error, last_good="of 2 January 2026")
    notices.send(notice, ["HOOK"], environment={"HOOK": hook.address})
    posted = hook.received[0][1]
    assert posted["type"] == "failure"
    assert "- 21: plans differ. Look." in posted["message"]
    assert "The last good pack stays: of 2 January 2026" in posted["message"]


def test_of_an_error_that_is_not_ours_only_its_kind_is_told():
    notice = notices.not_published("Invented board", ValueError("a value from a row"))
    assert "ValueError" in notice.body
    assert "a value from a row" not in notice.body


def test_every_address_that_fails_is_named_and_no_address_is_shown(hook):
    given = {
        "BROKEN": f"{hook.address}/broken?+secret=hunter2",
        "ODD": "no-such-service://hunter2",
        "GOOD": hook.address,
    }
    with pytest.raises(NoticeError) as caught:
        notices.send(NOTICE, ["UNSET", "ODD", "BROKEN", "GOOD"], environment=given)
    said = str(caught.value)
    assert [problem.where for problem in caught.value.problems] == ["UNSET", "ODD", "BROKEN"]
    assert "hunter2" not in said
    assert caught.value.exit_code == 7
    assert {path for path, _ in hook.received} == {"/broken", "/"}


def test_a_name_with_line_breaks_adds_no_header(mail):
    notice = notices.published("A\r\nBcc: x@example.org", where="w", headlines=[])
    notices.send(notice, ["MAIL"], environment={"MAIL": address(mail)})
    to, message = mail.messages[0]
    assert to == ["chair@example.org"]
    assert message["bcc"] is None
    assert message["subject"] == "A Bcc: x@example.org: a new pack is out"


def test_a_long_list_is_cut_and_says_so():
    notice = notices.published("A", where="w", headlines=[f"Line {n}." for n in range(20)])
    assert "- and 8 more" in notice.body


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("someone@council.example", "Write it as mailtos://user:password@host?to="),
        ("json://127.0.0.1:9/closed", "reached from here; to see why: .venv/bin/apprise -vvv"),
        ("", "a scheduler does not have the variables of a terminal"),
    ],
)
def test_an_address_that_took_no_notice_is_told_with_what_to_do(address, said):
    with pytest.raises(NoticeError) as caught:
        notices.send(NOTICE, ["HOOK"], environment={"HOOK": address})
    assert said in str(caught.value)
