"""The process that kernels are forked from: it imports the libraries once, and waits.

It runs nothing of a notebook itself, and has one thread only, so that a fork is
safe. It ends, and every kernel with it, when whoever started it ends, in
whatever way. Run it as ``python -m sendlib.packs.kernels.forking SOCKET MODULE ...``
with a listening socket as its standard input; see :mod:`sendlib.packs.kernels.workers`.
"""

import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from sendlib.packs.kernels import limits

WARM = (
    "IPython.core.completer",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
)
"""What every kernel imports."""


def main(address: str, alive: int, modules: Sequence[str]) -> None:
    """Import ``modules``, then fork a kernel for each connection until ``alive`` closes.

    Parameters
    ----------
    address : str
        The socket on which requests come; its folder is removed in the end.
    alive : int
        A pipe that only the process that started this one can write to.
    modules : Sequence[str]
        What to import; what cannot be imported is left to the notebook that needs it.
    """
    with socket.socket(fileno=sys.stdin.fileno()) as listener:
        for module in (*WARM, *modules):
            with suppress(Exception):
                importlib.import_module(module)
        gc.freeze()  # what is shared is never looked through again, so it stays shared
        server = _Server(listener, alive)
        try:
            server.serve()
        finally:
            if os.getpid() == server.pid:
                server.end_kernels()
                shutil.rmtree(Path(address).parent, ignore_errors=True)


class _Server:
    """Forks, and tells whoever asked for a kernel how it ended."""

    def __init__(self, listener: socket.socket, alive: int) -> None:
        self.pid = os.getpid()
        self.listener = listener
        self.alive = alive
        self.asked: dict[int, socket.socket] = {}
        self.ended, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Wait for a request, for the end of a kernel, or for the end of it all."""
        with selectors.DefaultSelector() as selector:
            for source in (self.listener, self.alive, self.ended):
                selector.register(source, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self.alive in ready:
                    return
                if self.ended in ready:
                    os.read(self.ended, 65536)
                    self.reap()
                if self.listener in ready:
                    self.fork(self.listener.accept()[0])

    def fork(self, connection: socket.socket) -> None:
        """Fork a kernel, which reads what is asked of it from ``connection``."""
        pid = os.fork()
        if pid == 0:
            for other in (self.listener, *self.asked.values()):
                other.close()
            os.close(self.alive)
            _become_kernel(connection, server=self.pid)
        self.asked[pid] = connection

    def reap(self, options: int = os.WNOHANG) -> None:
        """Take note of every kernel that has ended, and tell."""
        while self.asked:
            pid, status = os.waitpid(-1, options)
            if pid == 0:
                return
            connection = self.asked.pop(pid, None)
            if connection is not None:
                with connection, suppress(OSError):
                    _tell(connection, {"ended": os.waitstatus_to_exitcode(status)})

    def end_kernels(self) -> None:
        """Kill every kernel, with whatever it has started."""
        for pid in self.asked:
            for kill in (os.killpg, os.kill):
                with suppress(ProcessLookupError):
                    kill(pid, signal.SIGKILL)
        self.reap(0)


def _become_kernel(connection: socket.socket, *, server: int) -> NoReturn:
    """Turn this fork into the kernel that is asked for; it never comes back."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        with connection, connection.makefile("r", encoding="utf-8") as reader:
            asked = json.loads(reader.readline())
            in_force = limits.hold_to(limits.Limits(**asked["limits"]))
            limits.die_with_parent()
            if os.getppid() != server:
                os._exit(1)
            _tell(connection, {"pid": os.getpid(), "in_force": asdict(in_force)})
        _run_kernel(asked, server=server)
    finally:
        os._exit(1)


def _run_kernel(asked: dict[str, Any], *, server: int) -> None:
    """What ``python -m ipykernel_launcher`` does, with its libraries imported."""
    from ipykernel.kernelapp import IPKernelApp

    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    _reseed()
    app = IPKernelApp.instance(parent_handle=server)
    app.initialize(asked["arguments"])  # type: ignore[no-untyped-call]
    app.start()  # type: ignore[no-untyped-call]
    os._exit(0)


def _reseed() -> None:
    """Forks of one process would otherwise draw the same numbers where nothing is seeded."""
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed()  # noqa: NPY002


def _tell(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
