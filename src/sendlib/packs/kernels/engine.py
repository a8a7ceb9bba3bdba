"""The engine that papermill runs a notebook with: a kernel forked, held to its limits.

Papermill stays the executor and nbclient the client; only where the kernel
comes from is ours. The engine is registered when this module is imported, not
by an entry point: papermill loads every entry point as it is imported itself,
which would be in a circle, and a single notebook gains nothing from a fork.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import papermill
import zmq
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from sendlib.packs.kernels.limits import InForce, Limits
from sendlib.packs.kernels.log import Log
from sendlib.packs.kernels.workers import ForkedKernel, Server
from sendlib.project import LOG_VARIABLE

NAME = "forked"
"""What papermill knows the engine by."""

_EXTENSION = "sendlib.packs.kernels.shell"

_UNHEARD = logging.getLogger(__name__)
_UNHEARD.addHandler(logging.NullHandler())
_UNHEARD.propagate = False  # errors say what a run's reader needs, once

_START_MAY_TAKE = 120
_OUTPUT_MAY_LAG = 60
_SHORTEST_WAIT = 0.01  # nothing at all would mean to wait for ever


class FailedError(Exception):
    """A cell ended in an error, or shows one.

    Parameters
    ----------
    node : nbformat.NotebookNode
        The notebook as far as it came.
    place : int
        The cell.

    Attributes
    ----------
    name, message : str
        Of the error that the cell shows; empty where it shows none.
    """

    def __init__(self, node: NotebookNode, place: int) -> None:
        super().__init__("A cell failed.")
        self.node = node
        self.place = place
        outputs = node.cells[place].outputs
        shown = next((each for each in outputs if each.output_type == "error"), NotebookNode())
        self.name = str(shown.get("ename", ""))
        self.message = str(shown.get("evalue", ""))


class StoppedError(Exception):
    """A kernel was stopped at its limit, or ended by itself.

    Parameters
    ----------
    node : nbformat.NotebookNode
        The notebook as far as it came.
    place : int
        The cell that was running; -1 if none was.
    out_of_time : bool
        Whether it was stopped for its time.
    ended : int or None
        How the kernel ended: negative for a signal; None if that is not known.
    """

    def __init__(
        self, node: NotebookNode, place: int, *, out_of_time: bool, ended: int | None
    ) -> None:
        super().__init__("A kernel was stopped.")
        self.node = node
        self.place = place
        self.out_of_time = out_of_time
        self.ended = ended


class ForkedProvisioner(LocalProvisioner):
    """Asks the server for a kernel, or starts one anew where it does not answer."""

    def __init__(self, *, server: Server | None, limits: Limits, **options: Any) -> None:
        super().__init__(**options)
        self.server = server
        self.limits = limits
        self.in_force = InForce()

    @property
    def ended(self) -> int | None:
        """How the kernel ended; None while it runs, and when it was stopped."""
        return self.process.returncode if self.process else None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Start the kernel that ``cmd`` describes."""
        if self.server is None:
            return await super().launch_kernel(cmd, **options)
        try:
            kernel = ForkedKernel(
                self.server.address,
                arguments=cmd[cmd.index("ipykernel_launcher") + 1 :],
                environment=options["env"],
                folder=str(options["cwd"]),
                limits=self.limits,
            )
        except OSError:
            if self.server.stopped:
                raise DeadKernelError("The run is being stopped.") from None
            return await super().launch_kernel(cmd, **options)
        self.process = kernel  # type: ignore[assignment]  # all that is asked of a Popen
        self.pid = self.pgid = kernel.pid
        self.in_force = kernel.in_force
        self.cwd = options["cwd"]
        return self.connection_info


class ForkedKernelManager(AsyncKernelManager):
    """Starts one kernel and ends it.

    Parameters
    ----------
    server : Server or None
        Forks the kernel, which is then reached without any network; None for
        a fresh one.
    limits : Limits
        What the kernel may use.
    """

    def __init__(self, server: Server | None, *, limits: Limits, **options: Any) -> None:
        if server is not None:
            options |= {"transport": "ipc", "connection_file": str(server.connection_file())}
        elif zmq.has("curve"):
            options |= {"transport_encryption": "auto"}
        super().__init__(kernel_name="python3", **options)
        self.limits = limits
        self.started = self.provisioner = ForkedProvisioner(
            kernel_id="", kernel_spec=self.kernel_spec, parent=self, server=server, limits=limits
        )

    @property
    def in_force(self) -> InForce:
        """What held the kernel."""
        return self.started.in_force


class ForkedEngine(NBClientEngine):  # type: ignore[misc]
    """Executes a notebook in the kernel of a :class:`ForkedKernelManager`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        manager: ForkedKernelManager,
        log: Log,
        **options: Any,
    ) -> None:
        """Execute the notebook of ``nb_man``."""
        del kernel_name
        for unused in ("input_path", "start_timeout", "stdout_file", "stderr_file"):
            options.pop(unused, None)
        client = PapermillNotebookClient(
            nb_man,
            km=manager,
            log=_UNHEARD,
            startup_timeout=_START_MAY_TAKE,
            iopub_timeout=_OUTPUT_MAY_LAG,
            force_raise_errors=True,
            extra_arguments=[f"--ext={_EXTENSION}"],
            **options,
        )
        try:
            client.execute(cleanup_kc=True, env={**os.environ, LOG_VARIABLE: str(log.path)})
        except (CellTimeoutError, RuntimeError) as error:
            place = _place(nb_man)
            if place >= 0 and not isinstance(error, CellTimeoutError | DeadKernelError):
                raise
            raise StoppedError(
                nb_man.nb,
                place,
                out_of_time=isinstance(error, CellTimeoutError),
                ended=manager.started.ended,
            ) from error
        failed = _failed_place(nb_man.nb)
        if failed is not None:
            raise FailedError(nb_man.nb, failed)


def _failed_place(node: NotebookNode) -> int | None:
    """The first cell that ended in an error, or shows one though it went on."""
    for place, cell in enumerate(node.cells):
        kinds = {output.output_type for output in cell.get("outputs", [])}
        if "error" in kinds or cell.metadata.papermill["exception"]:
            return place
    return None


def _place(nb_man: NotebookExecutionManager) -> int:
    """The last cell that was begun."""
    begun = [
        place
        for place, cell in enumerate(nb_man.nb.cells)
        if cell.metadata.papermill["status"] != nb_man.PENDING
    ]
    return begun[-1] if begun else -1


papermill_engines.register(NAME, ForkedEngine)


def execute(
    source: NotebookNode,
    path: Path,
    *,
    parameters: Mapping[str, object],
    root: Path,
    manager: ForkedKernelManager,
    log: Log,
    told: Callable[..., None],
) -> NotebookNode:
    """Execute a notebook with papermill and this engine."""
    with _event_loop():
        node: NotebookNode = papermill.execute_notebook(
            source,
            str(path).replace("{", "{{").replace("}", "}}"),
            dict(parameters),
            engine_name=NAME,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            resources={"metadata": {"path": str(root)}},
            timeout_func=_clock(manager.limits.notebook_seconds),
            record_timing=False,
            shutdown_kernel="immediate",
            on_cell_executed=told,
            manager=manager,
            log=log,
        )
    return node


@contextmanager
def _event_loop() -> Iterator[None]:
    """Close the loop that talking to a kernel opens in this thread."""
    loop = ensure_event_loop()
    try:
        yield
    finally:
        loop.close()


def _clock(seconds: float) -> Callable[[object], float]:
    """What is left of a notebook's time, asked when a cell begins."""
    began: list[float] = []

    def left(_cell: object) -> float:
        began.append(perf_counter())
        return max(_SHORTEST_WAIT, began[0] + seconds - perf_counter())

    return left
