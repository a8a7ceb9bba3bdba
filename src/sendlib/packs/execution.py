"""Execute notebooks with papermill, side by side, one kernel for each.

A kernel is a process of its own, so a few threads here keep as many kernels
at work; nothing is shared between two notebooks but the libraries, which were
imported before their kernels were forked.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import nbformat
import papermill
from nbformat import NotebookNode
from nbformat.v4 import new_output

from sendlib.clock import EPOCH_VARIABLE
from sendlib.errors import NotAvailableError, NotebookError, Problem
from sendlib.files import make_private
from sendlib.packs import executed
from sendlib.packs.executed import Results
from sendlib.packs.failures import FailedError, StoppedError
from sendlib.packs.kernels import ENGINE, IN_FORCE, Kernels, open_kernels
from sendlib.packs.notebooks import Notebook
from sendlib.packs.parameters import Value
from sendlib.packs.setting import InForce, Limits
from sendlib.pages.notes import banner, headline
from sendlib.processors import THREADS_VARIABLE, processors
from sendlib.project import BRIEFING_VARIABLE, RESULTS_VARIABLE, ROOT_VARIABLE

PASSED_ON = (
    *("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"),
    *("HOME", "USERPROFILE", "APPDATA", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"),
    *("JUPYTER_PATH", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR"),
    *("LANG", "LC_ALL", "LC_CTYPE", "TZ", EPOCH_VARIABLE),
)
"""The variables that a kernel gets, where they are set; the rest may be addresses and secrets."""

T = TypeVar("T")

Progress = Callable[[Notebook, int, int], None]
"""Called, from any thread, when so many of all code cells of a notebook have run."""


@dataclass(frozen=True)
class Job:
    """A notebook and the values of all its parameters."""

    notebook: Notebook
    parameters: Mapping[str, Value]


@dataclass(frozen=True)
class Execution:
    """What came of a job."""

    job: Job
    path: Path  # the executed copy
    node: NotebookNode  # the same, in memory
    seconds: float  # kernel included
    in_force: InForce
    results: Results  # by what they are, those it took from others and those it worked out

    @property
    def name(self) -> str:
        """The file name of the notebook."""
        return self.path.name


def run_all(
    jobs: Sequence[Job],
    *,
    root: Path,
    folder: Path,
    then: Callable[[Execution], T],
    workers: int | None = None,
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008
    expected: Mapping[str, float] | None = None,
    store: Path | None = None,
) -> list[T]:
    """Execute notebooks, a few at a time, and do something with each; the longest begin first.

    ``expected`` says, by file name, how many seconds each may take, and ``store`` which folder
    has what was worked out before: see ``reuse``. A ``NotebookError`` has the problems of every
    notebook that failed.
    """
    make_private(folder)  # an executed copy has more than a page shows
    taken = [(expected or {}).get(job.notebook.path.name, float("inf")) for job in jobs]
    at_work = workers or max(1, min(processors(), len(jobs)))
    order = sorted(range(len(jobs)), key=lambda place: (taken[place], place), reverse=True)
    with (
        _kernel_environment(root, store, threads=max(1, processors() // at_work)),
        open_kernels(limits) as kernels,
        ThreadPoolExecutor(at_work) as pool,
    ):
        run = partial(
            _execute, folder=folder, root=root, kernels=kernels, progress=progress, then=then
        )
        futures = {place: pool.submit(run, jobs[place]) for place in order}
        results: list[T] = []
        problems: list[Problem] = []
        try:
            for place in range(len(jobs)):
                try:
                    results.append(futures[place].result())
                except NotebookError as error:
                    problems += error.problems
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.stop()
            raise
    if problems:
        raise NotebookError(f"{len(problems)} of {len(jobs)} notebooks failed.", problems)
    return results


@contextmanager
def _kernel_environment(root: Path, store: Path | None, *, threads: int) -> Iterator[None]:
    """Leave only what a kernel may inherit: ``PASSED_ON``, and what it needs to make a page.

    The process that forks the kernels starts within the block too, since the
    system shows to each of them what that one began with.
    """
    before = dict(os.environ)
    algebra = {name: before.get(name, "1") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    shared = {THREADS_VARIABLE: before.get(THREADS_VARIABLE, str(threads))}
    own = {**algebra, **shared, ROOT_VARIABLE: str(root), BRIEFING_VARIABLE: "1"}
    own["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # its own sets a gigabyte of the limit aside
    own["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # known before the first fork
    own["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # so that the debugger does not warn of itself
    own |= {RESULTS_VARIABLE: str(store)} if store else {}
    os.environ.clear()
    os.environ.update({name: before[name] for name in PASSED_ON if name in before} | own)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _execute(
    job: Job,
    *,
    folder: Path,
    root: Path,
    kernels: Kernels,
    progress: Progress | None,
    then: Callable[[Execution], T],
) -> T:
    """Execute one notebook, and do something with it; its copy is written also where it failed."""
    began = perf_counter()
    notebook = job.notebook
    path = (folder / notebook.path.name).resolve()
    source = executed.show_nothing_explored(nbformat.read(notebook.path, as_version=4))
    cells = [cell for cell in source.cells if cell.cell_type == "code" and cell.source.strip()]
    total = len(cells) + bool(job.parameters)
    ran: list[NotebookNode] = []
    problem: Problem | None = None
    path.touch(mode=0o600)
    with executed.open_log(path, job.parameters) as (log, note_in):

        def on_cell(*, cell: NotebookNode, **_: Any) -> None:
            note_in(cell)
            ran.append(cell)
            if progress:
                progress(notebook, len(ran), total)

        try:
            node = papermill.execute_notebook(
                source,
                str(path).replace("{", "{{").replace("}", "}}"),
                dict(job.parameters),
                engine_name=ENGINE,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                kernels=kernels,
                root=root,
                log=log,
                on_cell_executed=on_cell,
            )
        except (FailedError, StoppedError) as failed:
            node = failed.node
            if isinstance(failed, FailedError) and failed.name == NotAvailableError.__name__:
                _end_at(failed)
            else:
                problem = failed.describe(path, kernels.limits)
    in_force = InForce(**node.metadata.pop(IN_FORCE))
    results = executed.count_results(node)
    nbformat.write(executed.without_traces(node), path)
    if problem:
        raise NotebookError("A notebook failed.", [problem])
    return then(Execution(job, path, node, perf_counter() - began, in_force, results))


def _end_at(failed: FailedError) -> None:
    """End a notebook, in place, at the cell that needs figures which are not available.

    A department that withheld a count, or an authority that is newer than the
    data, is no fault of a run: the page shows what came before, and the reason.
    """
    failed.node.cells = failed.node.cells[: failed.place + 1]
    lines = [line.strip().removeprefix("- ") for line in failed.message.splitlines()]
    said, why = headline("Not available for this authority."), banner(" ".join(lines), "degraded")
    bundles = [
        {"text/plain": repr(said), **said._repr_mimebundle_()},
        {"text/plain": repr(why), "text/html": str(why.html)},
    ]
    cell = failed.node.cells[failed.place]
    cell.outputs = [
        *(output for output in cell.outputs if output.output_type != "error"),
        *(new_output("display_data", data=bundle) for bundle in bundles),
    ]
