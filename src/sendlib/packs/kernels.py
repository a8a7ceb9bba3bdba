"""Execute a notebook with papermill, in a kernel that is forked and held to its limits.

Papermill stays the executor and nbclient the client; only where the kernel
comes from is ours. The standard library's forkserver forks it from a process
that has imported the libraries. The engine is registered when this module is
imported, not by an entry point: papermill loads every entry point as it is
imported itself, which would be in a circle.
"""

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import count
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from time import perf_counter
from types import ModuleType
from typing import Any

import zmq
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from sendlib.packs import kernel
from sendlib.packs.failures import FailedError, StoppedError
from sendlib.packs.setting import InForce, Limits
from sendlib.project import LOG_VARIABLE

ENGINE = "forked"
"""What papermill knows the engine by."""

IN_FORCE = "sendlib_in_force"
"""What of a notebook's metadata says what its kernel was held to."""

CAN_FORK = sys.platform == "linux"
"""Whether kernels can be forked: macOS's own libraries do not promise to survive that."""

_UNHEARD = logging.getLogger(__name__)
_UNHEARD.addHandler(logging.NullHandler())
_UNHEARD.propagate = False  # errors say what a run's reader needs, once

_START_MAY_TAKE = 120
_OUTPUT_MAY_LAG = 60
_SHORTEST_WAIT = 0.01  # nothing at all would mean to wait for ever
_LONGEST_FOLDER = 80  # the system takes the path of a socket up to about 100 characters

_ONE_AT_A_TIME = Lock()  # what multiprocessing knows of its children is for one thread


@dataclass(frozen=True)
class ForkedKernel:
    """A kernel that the forkserver forked; what jupyter_client wants of a process."""

    process: BaseProcess
    stdin = stdout = stderr = None

    @property
    def pid(self) -> int:
        """The number of its process, and of the group of all that it starts."""
        return self.process.pid or 0

    def poll(self) -> int | None:
        """How it ended: a number, negative for a signal; None while it runs."""
        with _ONE_AT_A_TIME:
            return self.process.exitcode

    wait = poll  # nobody waits for it before it has ended
    returncode = property(poll)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it, with whatever it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.kill()


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep multiprocessing from running the caller's main module again in every kernel."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class Kernels:
    """The kernels of one run: what they may use, and how to end them all at once."""

    def __init__(self, limits: Limits, folder: Path | None) -> None:
        self.limits = limits
        self.folder = folder  # for their sockets; None where none can be forked
        self.numbers = count(1)
        self.started: list[Any] = []  # their processes
        self.is_stopped = False

    def stop(self) -> None:
        """End every kernel that is left, and start no other."""
        self.is_stopped = True
        for started in self.started:
            if started.poll() is None:
                started.kill()


@contextmanager
def open_kernels(limits: Limits) -> Iterator[Kernels]:
    """The kernels of a run, forked from a process that has imported what pages need.

    That process serves every run of this one; what else a notebook imports, its kernel does.
    """
    with TemporaryDirectory(prefix="sendlib-", ignore_cleanup_errors=True) as folder:
        can_fork = CAN_FORK and len(os.fsencode(folder)) <= _LONGEST_FOLDER
        if can_fork:
            forkserver.set_forkserver_preload(["sendlib.packs.preloaded"])
            try:
                with _without_main():
                    forkserver.ensure_running()
            except OSError:
                can_fork = False
        kernels = Kernels(limits, Path(folder) if can_fork else None)
        _name_classes()
        try:
            yield kernels
        finally:
            kernels.stop()


def _name_classes() -> None:
    """Let a manager and its clients find the classes that they know by name.

    The first of each class does so; two at once, in threads, would be in each other's way.
    """
    manager = AsyncKernelManager()
    manager.client()
    nothing = NotebookExecutionManager(NotebookNode(cells=[]), progress_bar=False)
    PapermillNotebookClient(nothing, km=manager)


class ForkedProvisioner(LocalProvisioner):
    """Forks a kernel, or starts one anew where that cannot be."""

    in_force = InForce()

    def __init__(self, kernels: Kernels, **options: Any) -> None:
        super().__init__(**options)
        self.kernels = kernels

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Start the kernel that ``cmd`` describes."""
        if self.kernels.is_stopped:
            raise DeadKernelError("The run is being stopped.")
        if self.kernels.folder is None or not self._fork(cmd, options):
            await super().launch_kernel(cmd, **options)
        self.kernels.started.append(self.process)
        return self.connection_info

    def _fork(self, cmd: list[str], options: Mapping[str, Any]) -> bool:
        """Fork the kernel that ``cmd`` describes; whether that went well."""
        try:
            context = multiprocessing.get_context("forkserver")
            reader, writer = context.Pipe(duplex=False)
            arguments, folder = cmd[cmd.index("ipykernel_launcher") + 1 :], str(options["cwd"])
            asked = (writer, arguments, dict(options["env"]), folder, self.kernels.limits)
            with reader:
                with writer, _ONE_AT_A_TIME, _without_main():
                    process = context.Process(target=kernel.run, args=asked)
                    process.start()
                forked = ForkedKernel(process)
                if not reader.poll(_START_MAY_TAKE):
                    forked.kill()
                self.in_force = reader.recv()
        except (OSError, EOFError):
            return False
        self.process = forked  # type: ignore[assignment]  # all that is asked of a Popen
        self.pid = self.pgid = forked.pid
        self.cwd = options["cwd"]
        return True


class ForkedEngine(NBClientEngine):  # type: ignore[misc]
    """Executes a notebook in a kernel of its own, which works in ``root`` and writes into ``log``.

    What that kernel was held to stands in the notebook's metadata then. A ``FailedError`` has the
    cell that failed, and a ``StoppedError`` the one in which the kernel ended.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        kernels: Kernels,
        root: Path,
        log: Path,
        on_cell_executed: Callable[..., None],
        **_unused: Any,
    ) -> None:
        """Execute the notebook of ``nb_man``; raises what came of it where that is no success."""
        loop = ensure_event_loop(prefer_selector_loop=True)  # the one that zmq knows on Windows
        manager = _manager(kernels, kernel_name)
        provisioner: Any = manager.provisioner  # dropped when the kernel has ended
        client = PapermillNotebookClient(
            nb_man,
            km=manager,
            log=_UNHEARD,
            startup_timeout=_START_MAY_TAKE,
            iopub_timeout=_OUTPUT_MAY_LAG,
            timeout_func=_time_left(kernels.limits),
            force_raise_errors=True,
            record_timing=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(root)}},
            extra_arguments=[f"--ext={kernel.__name__}"],
            on_cell_executed=on_cell_executed,
        )
        try:
            client.execute(cleanup_kc=True, env={**os.environ, LOG_VARIABLE: str(log)})
        except (CellTimeoutError, RuntimeError) as error:
            raise _explained(error, nb_man, getattr(provisioner, "process", None)) from error
        finally:
            loop.close()  # which talking to a kernel opens in this thread
            nb_man.nb.metadata[IN_FORCE] = asdict(provisioner.in_force)
        for place, cell in enumerate(nb_man.nb.cells):  # one can show an error and yet go on
            kinds = {output.output_type for output in cell.get("outputs", [])}
            if "error" in kinds or cell.metadata.papermill["exception"]:
                raise FailedError(nb_man.nb, place)


papermill_engines.register(ENGINE, ForkedEngine)


def _manager(kernels: Kernels, kernel_name: str) -> AsyncKernelManager:
    """What starts a kernel, and is reached without any network where kernels are forked."""
    options: dict[str, str] = {"transport_encryption": "auto"} if zmq.has("curve") else {}
    if kernels.folder is not None:
        file = kernels.folder / f"{next(kernels.numbers)}.json"
        options = {"transport": "ipc", "connection_file": str(file)}
    manager = AsyncKernelManager(kernel_name=kernel_name, **options)
    manager.provisioner = ForkedProvisioner(
        kernels, kernel_id="", kernel_spec=manager.kernel_spec, parent=manager
    )
    return manager


def _time_left(limits: Limits) -> Callable[[object], float]:
    """How long the next cell may take: the limit is one for all cells together. [seconds]"""
    began: list[float] = []

    def time_left(_cell: object) -> float:
        began.append(perf_counter())
        return max(_SHORTEST_WAIT, began[0] + limits.notebook_seconds - perf_counter())

    return time_left


def _explained(error: Exception, nb_man: NotebookExecutionManager, process: Any) -> Exception:
    """What became of the kernel; the error itself where that is of another kind."""
    states = [cell.metadata.papermill["status"] for cell in nb_man.nb.cells]
    begun = [place for place, state in enumerate(states) if state != nb_man.PENDING]
    if begun and not isinstance(error, CellTimeoutError | DeadKernelError):
        return error
    return StoppedError(
        nb_man.nb,
        begun[-1] if begun else -1,
        out_of_time=isinstance(error, CellTimeoutError),
        exit_code=process.returncode if process else None,
    )
