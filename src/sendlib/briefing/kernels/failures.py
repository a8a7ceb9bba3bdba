"""Say which cell of a notebook failed, why, and what to do about it."""

import signal
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.exceptions import PapermillExecutionError

from sendlib import errors
from sendlib.briefing.kernels.engine import StoppedError
from sendlib.briefing.kernels.limits import Limits
from sendlib.errors import Problem

SHOWN_OF_A_MESSAGE = 1000
"""How much of a message that is not our own is shown. [characters]"""

_HOW_TO_CHANGE = "under limits in the board file"


def describe_error(
    error: PapermillExecutionError, *, source: NotebookNode, path: Path, limits: Limits
) -> Problem:
    """What to say of a cell that raised an error.

    Parameters
    ----------
    error : PapermillExecutionError
        What papermill makes of it.
    source : nbformat.NotebookNode
        The notebook as it was written.
    path : Path
        The executed copy.
    limits : Limits
        What the notebook was held to.
    """
    where = _where(path, source, _place_of(error, source))
    if error.ename.endswith("MemoryError"):
        return Problem(_out_of_memory(limits), where, _more("memory_mb", path))
    message = str(error.evalue)
    if not isinstance(getattr(errors, error.ename, None), type):
        message = message[:SHOWN_OF_A_MESSAGE]
    return Problem(f"{error.ename}: {message}", where, _see(path))


def describe_stop(
    stopped: StoppedError, *, source: NotebookNode, path: Path, limits: Limits
) -> Problem:
    """What to say of a kernel that was stopped, or that ended by itself.

    Parameters
    ----------
    stopped, source, path, limits
        As for :func:`describe_error`.
    """
    place = stopped.place - (len(stopped.node.cells) - len(source.cells))
    if stopped.place < 0:
        return Problem(f"its kernel did not start ({_ending(stopped)})", path.name, _see(path))
    where = _where(path, source, max(place, 0))
    if stopped.out_of_time:
        found = f"stopped, because the notebook ran for more than {limits.notebook_seconds} seconds"
        return Problem(found, where, _more("notebook_seconds", path))
    remedy = _see(path)
    if stopped.ended == -signal.SIGKILL:
        remedy = f"often the machine has no memory left: run fewer at a time, or {remedy}"
    return Problem(f"its kernel ended while the cell ran ({_ending(stopped)})", where, remedy)


def mark_stop(stopped: StoppedError, problem: Problem) -> NotebookNode:
    """The notebook as far as it came, with the reason where it stopped."""
    cells = [cell for cell in stopped.node.cells[stopped.place :] if cell.cell_type == "code"]
    if stopped.place >= 0 and cells:
        shown = new_output("error", ename="Stopped", evalue=problem.found, traceback=[str(problem)])
        cells[0].outputs = [*cells[0].get("outputs", []), shown]
    return stopped.node


def _out_of_memory(limits: Limits) -> str:
    return f"ran out of memory; a notebook may take {limits.memory_mb} MB"


def _more(limit: str, path: Path) -> str:
    return f"give more with {limit} {_HOW_TO_CHANGE}, or {_see(path)}"


def _see(path: Path) -> str:
    return f"see the executed copy, {path}"


def _ending(stopped: StoppedError) -> str:
    """How a kernel ended, in words."""
    if stopped.ended is None:
        return "it did not answer"
    if stopped.ended >= 0:
        return f"exit code {stopped.ended}"
    try:
        return f"signal {signal.Signals(-stopped.ended).name}"
    except ValueError:
        return f"signal {-stopped.ended}"


def _where(path: Path, source: NotebookNode, place: int) -> str:
    return f"{path.name}, cell {place + 1} ({_about(source, place)})"


def _place_of(error: PapermillExecutionError, source: NotebookNode) -> int:
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
