"""A notebook that cannot be answered for an authority: its page says so, and no more.

A department that withheld a count, or an authority that is newer than the
data, is no fault of a run. A notebook stops at its first ``NotHeldError``; what
it showed until then stays, and the reason stands below it.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.exceptions import PapermillExecutionError

from sendlib.errors import NotHeldError
from sendlib.pages.markup import Block
from sendlib.pages.notes import Headline, banner, headline

_MARKED = "papermill-error-cell-tag"


def is_not_held(error: PapermillExecutionError) -> bool:
    """Whether a notebook stopped because the figures that it needs are not held."""
    return bool(error.ename == NotHeldError.__name__)


def stop_short(node: NotebookNode, error: PapermillExecutionError) -> NotebookNode:
    """The notebook up to the cell that stopped it, with the reason in place of the error.

    Parameters
    ----------
    node : nbformat.NotebookNode
        As executed and saved.
    error : PapermillExecutionError
        What stopped it.
    """
    cells = [cell for cell in node.cells if _MARKED not in cell.metadata.get("tags", [])]
    stopped = next(place for place, cell in enumerate(cells) if _failed(cell))
    node.cells = cells[: stopped + 1]
    node.cells[stopped].outputs = [
        *(output for output in cells[stopped].outputs if output.output_type != "error"),
        _shown(headline("Not available for this authority.")),
        _shown(banner(_in_one_line(str(error.evalue)), "degraded")),
    ]
    return node


def _failed(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def _shown(part: Block) -> NotebookNode:
    """An output as a kernel would have made it of a page part."""
    data: dict[str, object] = {"text/html": str(part.html)}
    if isinstance(part, Headline):
        data = part._repr_mimebundle_()
    made: NotebookNode = new_output("display_data", data={"text/plain": repr(part), **data})
    return made


def _in_one_line(message: str) -> str:
    return " ".join(line.strip().removeprefix("- ") for line in message.splitlines())
