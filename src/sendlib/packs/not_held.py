"""A notebook that cannot be answered for an authority: its page says so, and no more.

A department that withheld a count, or an authority that is newer than the
data, is no fault of a run. A notebook stops at its first ``NotAvailableError``; what
it showed until then stays, and the reason stands below it. A name that stands
for nothing is a slip of the notebook, and fails it.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_output

from sendlib.errors import NotAvailableError
from sendlib.packs.kernels.engine import FailedError
from sendlib.pages.markup import Block
from sendlib.pages.notes import banner, headline


def is_not_held(failed: FailedError) -> bool:
    """Whether a notebook stopped because the figures that it needs are not available."""
    return failed.name == NotAvailableError.__name__


def stop_short(failed: FailedError) -> NotebookNode:
    """The notebook up to the cell that stopped it, with the reason in place of the error."""
    node, stopped = failed.node, failed.node.cells[failed.place]
    node.cells = node.cells[: failed.place + 1]
    stopped.outputs = [
        *(output for output in stopped.outputs if output.output_type != "error"),
        _shown(headline("Not available for this authority.")),
        _shown(banner(_in_one_line(failed.message), "degraded")),
    ]
    return node


def _shown(part: Block) -> NotebookNode:
    """An output as a kernel would have made it of a page part."""
    data = {"text/plain": repr(part), **part._repr_mimebundle_()}
    made: NotebookNode = new_output("display_data", data=data)
    return made


def _in_one_line(message: str) -> str:
    return " ".join(line.strip().removeprefix("- ") for line in message.splitlines())
