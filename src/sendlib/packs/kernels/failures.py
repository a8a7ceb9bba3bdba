"""Say which cell of a notebook failed, why, what it printed last, and what to do about it."""

import signal
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output

from sendlib import errors
from sendlib.errors import Problem
from sendlib.packs.kernels.engine import FailedError, StoppedError
from sendlib.packs.kernels.limits import Limits

INJECTED = "injected-parameters"
"""What papermill tags the cell with that holds the values given."""

SHOWN_OF_A_MESSAGE = 1000
"""How much of a message that is not our own is shown. [characters]"""

SHOWN_OF_A_LINE = 200
"""How much of the last line that a cell printed is shown. [characters]"""

_HOW_TO_CHANGE = "under limits in the board file"
_ENDED_HERE = "what stands below it did not run: take the exit out"


def number(node: NotebookNode, place: int) -> int:
    """The number of a cell of an executed notebook, counted as it was written."""
    return place + 1 - sum(INJECTED in cell.metadata.get("tags", []) for cell in node.cells[:place])


def locate(node: NotebookNode, place: int) -> str:
    """A cell of an executed notebook by its number, and the heading above it."""
    return f"cell {number(node, place)} ({_about(node, place)})"


def describe_error(failed: FailedError, *, path: Path, limits: Limits) -> Problem:
    """What to say of a cell that failed."""
    where = f"{path.name}, {locate(failed.node, failed.place)}"
    cell = failed.node.cells[failed.place]
    if failed.name.endswith("MemoryError"):
        return Problem(_said(_out_of_memory(limits), cell), where, _more("memory_mb", path))
    is_exit = failed.name == "SystemExit"
    remedy = f"{_ENDED_HERE}, or {_see(path)}" if is_exit else _see(path)
    return Problem(_said(_error(failed), cell), where, remedy)


def describe_stop(stopped: StoppedError, *, path: Path, limits: Limits) -> Problem:
    """What to say of a kernel that was stopped, or that ended by itself."""
    if stopped.place < 0:
        return Problem(f"its kernel did not start ({_ending(stopped)})", path.name, _see(path))
    where = f"{path.name}, {locate(stopped.node, stopped.place)}"
    cell = stopped.node.cells[stopped.place]
    if stopped.out_of_time:
        found = f"stopped, because the notebook ran for more than {limits.notebook_seconds} seconds"
        return Problem(_said(found, cell), where, _more("notebook_seconds", path))
    remedy = _see(path)
    if stopped.ended == -signal.SIGKILL:
        remedy = f"often the machine has no memory left: run fewer at a time, or {remedy}"
    found = f"its kernel ended while the cell ran ({_ending(stopped)})"
    return Problem(_said(found, cell), where, remedy)


def mark_stop(stopped: StoppedError, problem: Problem) -> NotebookNode:
    """The notebook as far as it came, with the reason where it stopped."""
    cells = [cell for cell in stopped.node.cells[stopped.place :] if cell.cell_type == "code"]
    if stopped.place >= 0 and cells:
        shown = new_output("error", ename="Stopped", evalue=problem.found, traceback=[str(problem)])
        cells[0].outputs = [*cells[0].get("outputs", []), shown]
    return stopped.node


def _error(failed: FailedError) -> str:
    """The error that a cell shows, a foreign message cut short."""
    is_ours = isinstance(getattr(errors, failed.name, None), type)
    message = failed.message if is_ours else failed.message[:SHOWN_OF_A_MESSAGE]
    return ": ".join(filter(None, (failed.name, message.rstrip()))) or "the cell failed"


def _said(found: str, cell: NotebookNode) -> str:
    """What happened to a cell, and the last line that it printed before that."""
    lines: list[str] = []
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            break
        lines += str(output.get("text", "")).splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    if not last:
        return found
    return f"{found.rstrip('.')}. It printed last: {last[:SHOWN_OF_A_LINE]!r}"


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


def _about(node: NotebookNode, place: int) -> str:
    """The heading above a cell, or the cell's own first line."""
    for cell in reversed(node.cells[:place]):
        if cell.cell_type == "markdown":
            headings = [line for line in cell.source.splitlines() if line.startswith("#")]
            if headings:
                return f"under '{headings[-1].lstrip('# ')}'"
    lines: list[str] = node.cells[place].source.strip().splitlines()
    return f"'{lines[0]}'" if lines else "empty"
