"""Say which cell of a notebook failed, why, what it printed last, and what to do about it."""

import signal
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output

from sendlib import errors
from sendlib.errors import Problem
from sendlib.packs.executed import INJECTED
from sendlib.packs.setting import Limits

SHOWN_OF_A_MESSAGE = 1000
"""How much of a message that is not our own is shown. [characters]"""

SHOWN_OF_A_LINE = 200
"""How much of the last line that a cell printed is shown. [characters]"""


class FailedError(Exception):
    """A cell of a notebook ended in an error, or shows one."""

    def __init__(self, node: NotebookNode, place: int) -> None:
        super().__init__("A cell failed.")
        self.node = node  # as far as it came
        self.place = place
        outputs = node.cells[place].outputs
        shown = next((each for each in outputs if each.output_type == "error"), NotebookNode())
        self.name = str(shown.get("ename", ""))
        self.message = str(shown.get("evalue", ""))

    def describe(self, path: Path, limits: Limits) -> Problem:
        """The cell, its error, and the remedy; ``path`` is the executed copy."""
        see = f"see the executed copy, {path}"
        code, remedy = "cell_failed", see
        is_ours = isinstance(getattr(errors, self.name, None), type)
        message = self.message if is_ours else self.message[:SHOWN_OF_A_MESSAGE]
        found = ": ".join(filter(None, (self.name, message.rstrip()))) or "the cell failed"
        if self.name.endswith("MemoryError"):
            code = "out_of_memory"
            found = f"ran out of memory; a notebook may take {limits.memory_mb} MB"
            remedy = _give_more("memory_mb", see)
        elif self.name == "SystemExit":
            code = "exit_in_cell"
            remedy = f"what stands below it did not run: take the exit out, or {see}"
        where = f"{path.name}, {locate(self.node, self.place)}"
        cell = self.node.cells[self.place]
        return Problem(code, _with_last_line(found, cell), where, remedy)


class StoppedError(Exception):
    """A kernel was stopped at its limit, or ended by itself."""

    def __init__(
        self, node: NotebookNode, place: int, *, out_of_time: bool, exit_code: int | None
    ) -> None:
        super().__init__("A kernel was stopped.")
        self.node = node  # as far as it came
        self.place = place  # of the cell that was running; -1 if none was
        self.out_of_time = out_of_time
        self.exit_code = exit_code  # negative for a signal; None if that is not known

    def describe(self, path: Path, limits: Limits) -> Problem:
        """The cell that was running, how its kernel ended, and the remedy; marks it there too."""
        see = f"see the executed copy, {path}"
        if self.place < 0:
            return Problem(
                "kernel_not_started", f"its kernel did not start ({self._ending()})", path.name, see
            )
        code, remedy = "kernel_ended", see
        found = f"its kernel ended while the cell ran ({self._ending()})"
        if self.out_of_time:
            most = limits.notebook_seconds
            code = "out_of_time"
            found = f"stopped, because the notebook ran for more than {most} seconds"
            remedy = _give_more("notebook_seconds", see)
        elif self._ending() == "signal SIGKILL":
            remedy = f"often the machine has no memory left: run fewer at a time, or {see}"
        where = f"{path.name}, {locate(self.node, self.place)}"
        problem = Problem(code, _with_last_line(found, self.node.cells[self.place]), where, remedy)
        running = [cell for cell in self.node.cells[self.place :] if cell.cell_type == "code"]
        if running:
            running[0].outputs = [
                *running[0].get("outputs", []),
                new_output(
                    "error", ename="Stopped", evalue=problem.found, traceback=[str(problem)]
                ),
            ]
        return problem

    def _ending(self) -> str:
        if self.exit_code is None:
            return "it did not answer"
        if self.exit_code >= 0:
            return f"exit code {self.exit_code}"
        try:
            return f"signal {signal.Signals(-self.exit_code).name}"
        except ValueError:
            return f"signal {-self.exit_code}"


def number(node: NotebookNode, place: int) -> int:
    """The number of a cell of an executed notebook, counted as it was written."""
    return place + 1 - sum(INJECTED in cell.metadata.get("tags", []) for cell in node.cells[:place])


def locate(node: NotebookNode, place: int) -> str:
    """A cell of an executed notebook by its number, and the heading above it or its first line."""
    above = [cell.source for cell in node.cells[:place] if cell.cell_type == "markdown"]
    lines = [line for source in above for line in source.splitlines()]
    heading = next((line for line in reversed(lines) if line.startswith("#")), "")
    own = node.cells[place].source.strip().partition("\n")[0]
    about = f"under '{heading.lstrip('# ')}'" if heading else f"'{own}'" if own else "empty"
    return f"cell {number(node, place)} ({about})"


def _give_more(limit: str, see: str) -> str:
    return f"give more with {limit} under limits in the board file, or {see}"


def _with_last_line(found: str, cell: NotebookNode) -> str:
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
