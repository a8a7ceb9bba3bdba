"""Execute notebooks with papermill, side by side, one kernel for each.

A kernel is a process of its own, so a few threads here keep as many kernels
at work; nothing is shared between two notebooks but the libraries, which were
imported before their kernels were forked.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, TypeVar

import nbformat
from nbformat import NotebookNode

from sendlib.errors import NotebookError, Problem
from sendlib.packs.executed import (
    figures_of,
    headlines_of,
    note_log,
    show_nothing_explored,
    without_traces,
)
from sendlib.packs.kernels.engine import (
    FailedError,
    ForkedKernelManager,
    StoppedError,
    execute,
)
from sendlib.packs.kernels.failures import describe_error, describe_stop, mark_stop
from sendlib.packs.kernels.limits import InForce, Limits
from sendlib.packs.kernels.log import Log, open_log
from sendlib.packs.kernels.workers import Server, start_server
from sendlib.packs.not_held import is_not_held, stop_short
from sendlib.packs.notebooks import Notebook
from sendlib.packs.parameters import Value, in_full
from sendlib.project import BRIEFING_VARIABLE, ROOT_VARIABLE

_ONE_THREAD_EACH = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

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
    figures : tuple[Mapping, ...]
        Every key figure with a key, in order: see ``pages.KeyFigure``.
    in_force : InForce
        What held its kernel.
    """

    job: Job
    path: Path
    node: NotebookNode
    headlines: tuple[str, ...]
    seconds: float
    figures: tuple[Mapping[str, Any], ...] = ()
    in_force: InForce = field(default_factory=InForce)


@dataclass(frozen=True)
class _Ground:
    """What all jobs of one run share."""

    root: Path
    folder: Path
    limits: Limits
    progress: Progress | None
    server: Server | None


def run_all(
    jobs: Sequence[Job],
    *,
    root: Path,
    folder: Path,
    then: Callable[[Execution], T],
    workers: int | None = None,
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008
    finished: Mapping[str, Execution] | None = None,
    expected: Mapping[str, float] | None = None,
) -> list[T]:
    """Execute several notebooks, a few at a time, and do something with each."""
    done = finished or {}
    left = [job.notebook.path for job in jobs if job.notebook.path.name not in done]
    at_once = workers or min(2, os.cpu_count() or 1)

    with (
        _kernel_environment(root),
        _server_for(left) as server,
        ThreadPoolExecutor(at_once) as pool,
    ):
        ground = _Ground(root, folder, limits, progress, server)

        def one(job: Job) -> T:
            return then(done.get(job.notebook.path.name) or _execute(job, ground))

        futures = {place: pool.submit(one, jobs[place]) for place in _order(jobs, expected or {})}
        try:
            return _gather([futures[place] for place in range(len(jobs))])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            if server is not None:
                server.stop()
            raise


@contextmanager
def _server_for(notebooks: Sequence[Path]) -> Iterator[Server | None]:
    """The server of kernels, unless nothing is left to run."""
    if not notebooks:
        yield None
        return
    with start_server(notebooks) as server:
        yield server


def _order(jobs: Sequence[Job], expected: Mapping[str, float]) -> list[int]:
    """The places of ``jobs`` in the order in which they should begin."""
    unknown = float("inf")
    taken = [expected.get(job.notebook.path.name, unknown) for job in jobs]
    return sorted(range(len(jobs)), key=lambda place: (taken[place], place), reverse=True)


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


def _execute(job: Job, ground: _Ground) -> Execution:
    began = perf_counter()
    ground.folder.mkdir(parents=True, exist_ok=True)
    path = (ground.folder / job.notebook.path.name).resolve()
    source = show_nothing_explored(nbformat.read(job.notebook.path, as_version=4))
    manager = ForkedKernelManager(ground.server, limits=ground.limits)
    try:
        with open_log(path, in_full(job.notebook.path, job.parameters)) as log:
            node = execute(
                source,
                path,
                parameters=job.parameters,
                root=ground.root,
                manager=manager,
                log=log,
                told=_teller(job, source, ground.progress, log),
            )
    except FailedError as failed:
        if not is_not_held(failed):
            _save(without_traces(failed.node), path)
            problem = describe_error(failed, path=path, limits=ground.limits)
            raise NotebookError("A notebook failed.", [problem]) from failed
        node = stop_short(failed)
    except StoppedError as stopped:
        problem = describe_stop(stopped, path=path, limits=ground.limits)
        _save(without_traces(mark_stop(stopped, problem)), path)
        raise NotebookError("A notebook failed.", [problem]) from stopped
    _save(without_traces(node), path)
    taken = perf_counter() - began
    return Execution(job, path, node, headlines_of(node), taken, figures_of(node), manager.in_force)


def _teller(
    job: Job, source: NotebookNode, progress: Progress | None, log: Log
) -> Callable[..., None]:
    """A hook that counts the cells that have run, and notes what each wrote into the log."""
    cells = [cell for cell in source.cells if cell.cell_type == "code" and cell.source.strip()]
    total = len(cells) + bool(job.parameters)
    ran: list[int] = []

    def tell(*, cell: NotebookNode, cell_index: int, **_: Any) -> None:
        note_log(cell, log.take())
        ran.append(cell_index)
        if progress:
            progress(job.notebook, len(ran), total)

    return tell


def _save(node: NotebookNode, path: Path) -> None:
    nbformat.write(node, path)
