"""Start and stop the process that kernels are forked from, and ask it for one."""

import ast
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import nbformat

from sendlib.packs.kernels.limits import InForce, Limits

START_MAY_TAKE = 120
"""How long the libraries may take to import. [seconds]"""

SAFE_TO_SHARE = (
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "seaborn",
    "sendlib",
    "statsmodels",
)
"""Libraries that start no thread when they are imported, so that a fork of them is whole."""

IMPORTED_LATE = (
    "pandas.io.formats.style",
    "pyarrow.parquet",
    "seaborn",
    "statsmodels.robust.norms",
    "statsmodels.robust.robust_linear_model",
    "statsmodels.tsa.forecasting.theta",
    "statsmodels.tsa.holtwinters",
)
"""What parts of sendlib import only where they need it."""


class ForkedKernel:
    """A kernel that the server forked; what jupyter_client wants of a process.

    Parameters
    ----------
    address : Path
        Where the server listens.
    arguments : Sequence[str]
        Of ``ipykernel_launcher``.
    environment : Mapping[str, str]
        All of the kernel's environment.
    folder : str
        Its working folder.
    limits : Limits
        What it may use.

    Raises
    ------
    OSError
        If the server does not answer.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        address: Path,
        *,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        limits: Limits,
    ) -> None:
        asked = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": folder,
            "limits": asdict(limits),
        }
        self.returncode: int | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.settimeout(START_MAY_TAKE)
        self._heard = b""
        try:
            self._connection.connect(str(address))
            self._connection.sendall(json.dumps(asked).encode() + b"\n")
            told = self._hear()
        except OSError:
            self._connection.close()
            raise
        if told is None or "pid" not in told:
            self._connection.close()
            raise ConnectionResetError("The server of kernels has ended.")
        self.pid: int = told["pid"]
        self.in_force = InForce(**told["in_force"])

    def poll(self) -> int | None:
        """How it ended: a number, negative for a signal; None while it runs."""
        return self._await_end(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        return self._await_end(timeout)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _await_end(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._connection.settimeout(timeout)
            with suppress(BlockingIOError, TimeoutError):
                told = self._hear()
                self.returncode = -signal.SIGKILL if told is None else int(told["ended"])
                self._connection.close()
        return self.returncode

    def _hear(self) -> dict[str, Any] | None:
        """The next line that the server or the kernel tells; None when both are gone."""
        while b"\n" not in self._heard:
            try:
                more = self._connection.recv(4096)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        return told


class Server:
    """A process that forks kernels; end it with :meth:`stop`.

    Parameters
    ----------
    modules : Sequence[str]
        What to import before the first fork.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sendlib-"))
        self.address = self.folder / "forks"
        self.stopped = False
        self._numbers = count(1)
        self._alive: int | None = None
        try:
            self._process = self._start(modules)
        except OSError:
            self._clear()
            raise

    def _start(self, modules: Sequence[str]) -> "subprocess.Popen[bytes]":
        read, self._alive = os.pipe()
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(self.address))
                listener.listen()
                command = [sys.executable, "-P", "-m", "sendlib.packs.kernels.forking"]
                return subprocess.Popen(  # noqa: S603
                    [*command, str(self.address), str(read), *modules],
                    stdin=listener.fileno(),
                    stdout=subprocess.DEVNULL,
                    pass_fds=[read],
                    start_new_session=True,
                )
        finally:
            os.close(read)

    def connection_file(self) -> Path:
        """Where the next kernel may describe its sockets: a short path, as sockets need."""
        return self.folder / f"{next(self._numbers)}.json"

    def stop(self) -> None:
        """End the server and every kernel that is left."""
        self.stopped = True
        self._close_pipe()
        self._process.wait()
        self._clear()

    def _close_pipe(self) -> None:
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None

    def _clear(self) -> None:
        self._close_pipe()
        shutil.rmtree(self.folder, ignore_errors=True)


def can_fork() -> bool:
    """Whether kernels can be forked here: on Linux and its like.

    macOS can fork, but its own libraries do not promise to survive it.
    """
    return hasattr(os, "fork") and sys.platform != "darwin"


@contextmanager
def start_server(notebooks: Sequence[Path]) -> Iterator[Server | None]:
    """A server that has imported what ``notebooks`` import; None where there can be none."""
    if not can_fork():
        yield None
        return
    try:
        server = Server(modules_of(notebooks))
    except OSError:
        yield None
        return
    try:
        yield server
    finally:
        server.stop()


def modules_of(notebooks: Sequence[Path]) -> list[str]:
    """What notebooks import and a fork may share, in the order of their names."""
    found = {name for path in notebooks for name in _imported(path)}
    wanted = {name for name in found if name.partition(".")[0] in SAFE_TO_SHARE}
    late = IMPORTED_LATE if any(name.startswith("sendlib") for name in wanted) else ()
    return sorted({*wanted, *late})


def _imported(path: Path) -> Iterator[str]:
    """Every module that the cells of a notebook name; a name inside one may be a module too."""
    for cell in nbformat.read(path, as_version=4).cells:
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
                if isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module
                    yield from (f"{node.module}.{alias.name}" for alias in node.names)
