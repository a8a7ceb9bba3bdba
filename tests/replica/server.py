"""The replica's server: on loopback alone, with entity tags, ranges and faults on demand."""

import gzip
import hashlib
import json
import re
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from .catalogue import Catalogue
from .faults import Fault, Faults
from .routes import Answer, answer, to_json

_PAGE = (
    b"<!DOCTYPE html><html><body><h1>Sorry, there is a problem with the service</h1></body></html>"
)
_RANGE = re.compile(r"bytes=(\d+)-")


class Replica:
    """A server that answers until its block ends.

    Examples
    --------
    >>> with Replica(Catalogue()) as replica:
    ...     replica.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(self, catalogue: Catalogue, *, port: int = 0) -> None:
        self.catalogue = catalogue
        self.faults = Faults()
        self.requests: list[tuple[str, dict[str, str]]] = []  # path with query, and headers
        handler = type("Handler", (_Handler,), {"replica": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Replica":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Answer until the process is interrupted."""
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of an asker that hung up; an error of the replica's own is raised."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    replica: Replica
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._reply("GET")

    def do_POST(self) -> None:
        self._reply("POST")

    def do_PUT(self) -> None:
        self._reply("PUT")

    def do_DELETE(self) -> None:
        self._reply("DELETE")

    def do_PATCH(self) -> None:
        self._reply("PATCH")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: tests read the list of requests instead."""

    def _reply(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.replica.requests.append((self.path, dict(self.headers.items())))
        if method == "POST" and self.path == "/_faults":
            self.replica.faults.add(**json.loads(body))
            self._send(to_json({"waiting": len(self.replica.faults.waiting)}))
            return
        fault = self.replica.faults.next_for(unquote(self.path))
        if fault and self._strike(fault):
            return
        target = self.path.removeprefix("/moved")
        found = answer(
            self.replica.catalogue, method, target, body=body, headers=dict(self.headers.items())
        )
        if fault:
            found = _spoil(fault, found)
        self._send(found, cut=bool(fault and fault.kind == "truncated"))

    def _strike(self, fault: Fault) -> bool:
        """Answer as a fault does, where it does not wait for the true answer."""
        kind = fault.kind
        if kind == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            return True
        if kind == "slow":
            time.sleep(fault.seconds)
            return False
        if kind.startswith("redirect"):
            self._send(_redirect(kind, self.path))
            return True
        if kind == "html":
            self._send(Answer(200, _PAGE, "text/html; charset=utf-8"))
            return True
        if kind == "withdrawn":
            title = {
                "title": "Forbidden",
                "type": "https://tools.ietf.org/html/rfc9110#section-15.5.4",
            }
            self._send(to_json({**title, "status": 403}, 403))
            return True
        if kind[:3].isdigit():
            self._send(_unavailable(fault))
            return True
        return False

    def _send(self, found: Answer, *, cut: bool = False) -> None:
        body = found.body
        headers = dict(found.headers)
        if found.zipped:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        status = found.status
        if status == 200:
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers |= {"ETag": tag, "Accept-Ranges": "bytes"}
            status, body = self._part(tag, body, headers)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", found.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True

    def _part(self, tag: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Nothing, where the asker has it; the rest, where it asks for that; or all."""
        if self.headers.get("If-None-Match") == tag:
            return 304, b""
        found = _RANGE.fullmatch(self.headers.get("Range") or "")
        if found and self.headers.get("If-Range", tag) == tag:
            start = int(found[1])
            if start >= len(body):
                headers["Content-Range"] = f"bytes */{len(body)}"
                return 416, b""
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return 206, body[start:]
        return 200, body


def _redirect(kind: str, path: str) -> Answer:
    place = {
        "redirect": f"/moved{path}",
        "redirect-loop": path,
        "redirect-away": "https://elsewhere.invalid/file.csv",
    }[kind]
    return Answer(302, headers={"Location": place})


def _unavailable(fault: Fault) -> Answer:
    """Too many requests, or a server that gave up."""
    status = int(fault.kind[:3])
    title = {429: "Too Many Requests", 504: "Gateway Timeout"}.get(status, "Server Error")
    found = to_json({"title": title, "type": "about:blank", "status": status}, status)
    if fault.kind.endswith("retry-after"):
        found.headers["Retry-After"] = str(int(fault.seconds))
    return found


def _spoil(fault: Fault, found: Answer) -> Answer:
    """The true answer with what a fault does to it."""
    if fault.kind == "schema-changed" and found.kind == "text/csv":
        heading, _, rest = found.body.partition(b"\n")
        names = heading.split(b",")
        names[-1] = b"renamed_" + names[-1].strip()
        found.body = b",".join(names) + b"\n" + rest
    elif fault.kind == "garbage":
        found = Answer(200, b"\x00not compressed" * 50, found.kind, {"Content-Encoding": "gzip"})
    elif fault.kind == "huge":
        found = Answer(200, b"time_period\n" + b"2025\n" * 4_000_000, found.kind, zipped=True)
    return found
