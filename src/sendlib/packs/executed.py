"""Read an executed notebook: what it hands over, and what its cells wrote into the kernel's log."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

INJECTED = "injected-parameters"
"""What papermill tags the cell with that sets the parameters."""

EXPLORE = "explore"
"""Cells with this tag are for whoever works in the notebook: nothing of them is handed over."""

RESULTS = ("reused", "worked out")
"""What the log says of a result that others may reuse."""

Results = dict[str, dict[str, int]]
"""How many results of each kind there were, by ``RESULTS``."""

_SHOWS_NOTHING = "\nNone"  # after the last line of a cell, so that nothing of it is displayed
_LOG = "sendlib_log"  # the part of a cell's metadata with what it wrote into the log
_KERNEL_FILE = re.compile(r"\S*ipykernel_\d+\S*?\.py")
_DATE_OF_A_PICTURE = re.compile(r"<dc:date>.*?</dc:date>")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@contextmanager
def open_log(
    executed: Path, parameters: Mapping[str, object]
) -> Iterator[tuple[Path, Callable[[NotebookNode], None]]]:
    """The log of a kernel beside the executed copy, and what stores with a cell what it wrote.

    ``Authority.open`` writes into it, also from programs that a notebook
    starts, and so does the kernel when a cell sets a parameter anew.
    """
    path = executed.resolve().with_suffix(".log")
    path.touch(mode=0o600)
    path.write_text(json.dumps({"parameters": dict(parameters)}) + "\n", encoding="utf-8")
    try:
        with path.open(encoding="utf-8") as log:
            log.readline()
            yield path, lambda cell: note_log(cell, [json.loads(line) for line in log])
    finally:
        path.unlink(missing_ok=True)  # Windows does so only where it is closed


def note_log(cell: NotebookNode, entries: list[dict[str, Any]]) -> None:
    """Store entries of the log with the cell that wrote them."""
    cell.metadata.pop(_LOG, None)
    if entries:
        cell.metadata[_LOG] = entries


def read_log(node: NotebookNode, kind: str) -> list[tuple[int, Mapping[str, Any]]]:
    """What cells wrote into the log, ``opened`` or ``changed``, with the place of each cell."""
    return [
        (place, entry)
        for place, cell in enumerate(node.cells)
        for entry in cell.metadata.get(_LOG, [])
        if kind in entry
    ]


def count_results(node: NotebookNode) -> Results:
    """How many results were reused and worked out, by what they are; see ``reuse``."""
    found: Results = {}
    for how in RESULTS:
        for _, entry in read_log(node, how):
            counts = found.setdefault(entry[how], dict.fromkeys(RESULTS, 0))
            counts[how] += 1
    return found


def total(results: Iterable[Results]) -> tuple[int, ...]:
    """How many results were reused, and how many worked out, of every kind."""
    counts = [each for found in results for each in found.values()]
    return tuple(sum(each[how] for each in counts) for how in RESULTS)


def read_outputs(node: NotebookNode, media_type: str) -> tuple[Any, ...]:
    """What the blocks of a page hand over under a media type of ``pages.notes``, in order."""
    return tuple(
        each
        for cell in node.cells
        if EXPLORE not in cell.metadata.get("tags", [])
        for output in cell.get("outputs", [])
        for content in output.get("data", {}).get(media_type, {}).values()
        for each in (content if isinstance(content, list) else [content])
    )


def show_nothing_explored(node: NotebookNode) -> NotebookNode:
    """Let cells with the tag ``explore`` run, in place, without drawing what no page shows."""
    for cell in node.cells:
        if cell.cell_type == "code" and EXPLORE in cell.metadata.get("tags", []):
            cell.source += _SHOWS_NOTHING
    return node


def without_traces(node: NotebookNode) -> NotebookNode:
    """Drop, in place, what differs between two equal runs: times, paths, addresses, random ids."""
    for part in (node, *node.cells):
        part.metadata.pop("papermill", None)
    for place, cell in enumerate(node.cells):
        log = cell.metadata.get(_LOG, [])
        note_log(cell, [entry for entry in log if not set(entry) & set(RESULTS)])
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = f"injected-{place}"
        if EXPLORE in cell.metadata.get("tags", []):
            cell.source = cell.source.removesuffix(_SHOWS_NOTHING)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _ADDRESS.sub("", _KERNEL_FILE.sub("cell", output.text))
            for kind, trace in (("text/plain", _ADDRESS), ("image/svg+xml", _DATE_OF_A_PICTURE)):
                if kind in output.get("data", {}):
                    output.data[kind] = trace.sub("", output.data[kind])
    return node
