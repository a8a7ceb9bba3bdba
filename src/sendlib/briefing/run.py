"""Execute notebooks with papermill, in process, one kernel for each.

A kernel is a process of its own, so a few threads here keep as many kernels
at work; nothing is shared between two notebooks.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, TypeVar

import nbformat
import papermill
import zmq
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from sendlib import errors
from sendlib.briefing.not_held import is_not_held, stop_short
from sendlib.briefing.notebooks import Notebook
from sendlib.briefing.parameters import Value
from sendlib.errors import NotebookError, Problem
from sendlib.present.notes import HEADLINE_TYPE
from sendlib.project import BRIEFING_VARIABLE, ROOT_VARIABLE

CELL_MAY_TAKE = 600
"""How long one cell may run. [seconds]"""

INJECTED = "injected-parameters"

SHOWN_OF_A_MESSAGE = 1000
"""How much of a message that is not our own is shown. [characters]"""

_ONE_THREAD_EACH = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

_KERNEL_CONFIG = Config(
    {"KernelManager": {"transport_encryption": "auto" if zmq.has("curve") else "disabled"}}
)

_KERNEL_FILE = re.compile(r"\S*ipykernel_\d+\S*?\.py")

T = TypeVar("T")


class Progress(Protocol):
    """What is told, from any thread, whenever a cell is done."""

    def __call__(self, notebook: Notebook, done: int, total: int) -> None:
        """``done`` of ``total`` code cells of ``notebook`` have run."""


@dataclass(frozen=True)
class Job:
    """A notebook and the values that it is given."""

    notebook: Notebook
    parameters: Mapping[str, Value]


@dataclass(frozen=True)
class Execution:
    """What came of a job.

    Parameters
    ----------
    job : Job
        What was run.
    path : Path
        The executed copy.
    node : nbformat.NotebookNode
        The same, in memory.
    headlines : tuple[str, ...]
        Every headline that it stated, in order.
    seconds : float
        How long it took, kernel included.
    """

    job: Job
    path: Path
    node: NotebookNode
    headlines: tuple[str, ...]
    seconds: float


def run_notebook(
    job: Job, *, root: Path, folder: Path, progress: Progress | None = None
) -> Execution:
    """Execute one notebook.

    Parameters
    ----------
    job : Job
        The notebook, and checked values for its parameters.
    root : Path
        The project's root: the kernel's working folder.
    folder : Path
        Where the executed copy is kept, also after a failure.
    progress : Progress, optional
        Told whenever a cell is done.

    Raises
    ------
    NotebookError
        If a cell fails: says which, why, and where the executed copy is.
    """
    return run_all([job], root=root, folder=folder, then=_itself, progress=progress)[0]


def run_all(
    jobs: Sequence[Job],
    *,
    root: Path,
    folder: Path,
    then: Callable[[Execution], T],
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[T]:
    """Execute several notebooks, a few at a time, and do something with each.

    Parameters
    ----------
    then : callable
        Called with each :class:`Execution`, in the thread that ran it.
    workers : int, optional
        How many at a time; by default two, or one on a single core.

    Returns
    -------
    list
        What ``then`` returned, in the order of ``jobs``.

    Raises
    ------
    NotebookError
        If any notebook fails; the others run all the same, and all failures
        are told at once.
    """

    def one(job: Job) -> T:
        with _event_loop():
            done = _execute(job, root=root, folder=folder, progress=progress)
        return then(done)

    at_once = workers or min(2, os.cpu_count() or 1)
    with _kernel_environment(root), ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(one, job) for job in jobs]
        try:
            return _gather(futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _itself(execution: Execution) -> Execution:
    return execution


@contextmanager
def _event_loop() -> Iterator[None]:
    """Close the loop that talking to a kernel opens in this thread."""
    loop = ensure_event_loop()
    try:
        yield
    finally:
        loop.close()


def _gather(futures: Sequence[Future[T]]) -> list[T]:
    results: list[T] = []
    problems: list[Problem] = []
    for future in futures:
        try:
            results.append(future.result())
        except NotebookError as error:
            problems += error.problems
    if problems:
        headline = f"{len(problems)} of {len(futures)} notebooks failed."
        raise NotebookError(headline, problems)
    return results


@contextmanager
def _kernel_environment(root: Path) -> Iterator[None]:
    """Set what a kernel inherits: the root, that it makes a page, one thread for linear algebra."""
    named = {ROOT_VARIABLE: str(root), BRIEFING_VARIABLE: "1"}
    wanted = {**_ONE_THREAD_EACH, **os.environ, **named}
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name in wanted.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def _execute(job: Job, *, root: Path, folder: Path, progress: Progress | None) -> Execution:
    began = perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / job.notebook.path.name
    source = nbformat.read(job.notebook.path, as_version=4)
    try:
        node = papermill.execute_notebook(
            source,
            str(path).replace("{", "{{").replace("}", "}}"),
            dict(job.parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            resources={"metadata": {"path": str(root)}},
            timeout=CELL_MAY_TAKE,
            record_timing=False,
            shutdown_kernel="immediate",
            config=_KERNEL_CONFIG,
            on_cell_executed=_teller(job, source, progress),
        )
    except PapermillExecutionError as error:
        node = nbformat.read(path, as_version=4)
        if not is_not_held(error):
            _save(_without_traces(node), path)
            problem = _failure(job, source, error, path)
            raise NotebookError("A notebook failed.", [problem]) from error
        node = stop_short(node, error)
    except (CellTimeoutError, DeadKernelError) as error:
        problem = Problem(str(error).strip().splitlines()[0], job.notebook.path.name)
        raise NotebookError("A notebook failed.", [problem]) from error
    _save(_without_traces(node), path)
    return Execution(job, path, node, _headlines(node), perf_counter() - began)


def _teller(job: Job, source: NotebookNode, progress: Progress | None) -> Callable[..., None]:
    """A hook that counts the cells that have run."""
    cells = [cell for cell in source.cells if cell.cell_type == "code" and cell.source.strip()]
    total = len(cells) + bool(job.parameters)
    ran: list[int] = []

    def tell(*, cell_index: int, **_: Any) -> None:
        ran.append(cell_index)
        if progress:
            progress(job.notebook, len(ran), total)

    return tell


def _failure(job: Job, source: NotebookNode, error: PapermillExecutionError, path: Path) -> Problem:
    """Say which cell failed, why, and where to look."""
    place = _place(source, error)
    message = str(error.evalue)
    if not isinstance(getattr(errors, error.ename, None), type):
        message = message[:SHOWN_OF_A_MESSAGE]
    where = f"{job.notebook.path.name}, cell {place + 1} ({_about(source, place)})"
    return Problem(f"{error.ename}: {message}", where, f"see the executed copy, {path}")


def _place(source: NotebookNode, error: PapermillExecutionError) -> int:
    """Where the failed cell stands in the notebook as it was written."""
    index: int = error.cell_index
    same = index < len(source.cells) and source.cells[index].source == error.source
    return index if same else index - 1


def _about(source: NotebookNode, place: int) -> str:
    """The heading above a cell, or the cell's own first line."""
    for cell in reversed(source.cells[:place]):
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.splitlines() if line.startswith("#")]
            if headings:
                return f"under '{headings[-1].lstrip('# ')}'"
    lines: list[str] = source.cells[place].source.strip().splitlines()
    return f"'{lines[0]}'" if lines else "empty"


def _headlines(node: NotebookNode) -> tuple[str, ...]:
    data = [
        output.data[HEADLINE_TYPE]
        for cell in node.cells
        for output in cell.get("outputs", [])
        if HEADLINE_TYPE in output.get("data", {})
    ]
    return tuple(str(found["text"]) for found in data)


def _without_traces(node: NotebookNode) -> NotebookNode:
    """Drop what differs between two equal runs: times, paths and random ids."""
    for part in (node, *node.cells):
        part.metadata.pop("papermill", None)
    for place, cell in enumerate(node.cells):
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = f"injected-{place}"
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _KERNEL_FILE.sub("cell", output.text)
    return node


def _save(node: NotebookNode, path: Path) -> None:
    nbformat.write(node, path)
