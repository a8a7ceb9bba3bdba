"""Read an executed notebook: what it handed over, without what differs between equal runs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from sendlib.packs.kernels.failures import INJECTED
from sendlib.pages.notes import FIGURES_TYPE, HEADLINE_TYPE

EXPLORE = "explore"
"""Cells with this tag are for whoever works in the notebook: nothing of them is handed over."""

_SHOWS_NOTHING = "\nNone"  # after the last line of a cell, so that nothing of it is displayed
_LOG = "sendlib_log"  # the part of a cell's metadata that holds what it wrote into the log
_KERNEL_FILE = re.compile(r"\S*ipykernel_\d+\S*?\.py")
_DRAWN_ON = re.compile(r"<dc:date>.*?</dc:date>")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def headlines_of(node: NotebookNode) -> tuple[str, ...]:
    """Every headline that a notebook stated, in order."""
    return tuple(str(found["text"]) for found in _handed_over(node, HEADLINE_TYPE))


def figures_of(node: NotebookNode) -> tuple[Mapping[str, Any], ...]:
    """Every key figure that a notebook handed over, in order."""
    return tuple(
        dict(figure) for found in _handed_over(node, FIGURES_TYPE) for figure in found["figures"]
    )


def show_nothing_explored(node: NotebookNode) -> NotebookNode:
    """Let cells with the tag ``explore`` run, in place, without drawing what no page shows."""
    for cell in node.cells:
        if cell.cell_type == "code" and EXPLORE in cell.metadata.get("tags", []):
            cell.source += _SHOWS_NOTHING
    return node


def note_log(cell: NotebookNode, entries: Sequence[Mapping[str, Any]]) -> None:
    """Keep with a cell what it wrote into the log of its kernel."""
    cell.metadata.pop(_LOG, None)
    if entries:
        cell.metadata[_LOG] = list(map(dict, entries))


def read_log(node: NotebookNode, kind: str) -> list[tuple[int, Mapping[str, Any]]]:
    """What cells wrote into the log, ``opened`` or ``changed``, with the place of each cell."""
    return [
        (place, entry)
        for place, cell in enumerate(node.cells)
        for entry in cell.metadata.get(_LOG, [])
        if kind in entry
    ]


def without_traces(node: NotebookNode) -> NotebookNode:
    """Drop, in place, what differs between two equal runs: times, paths, addresses, random ids."""
    for part in (node, *node.cells):
        part.metadata.pop("papermill", None)
    for place, cell in enumerate(node.cells):
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = f"injected-{place}"
        if EXPLORE in cell.metadata.get("tags", []):
            cell.source = cell.source.removesuffix(_SHOWS_NOTHING)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _ADDRESS.sub("", _KERNEL_FILE.sub("cell", output.text))
            for kind, trace in (("text/plain", _ADDRESS), ("image/svg+xml", _DRAWN_ON)):
                if kind in output.get("data", {}):
                    output.data[kind] = trace.sub("", output.data[kind])
    return node


def _handed_over(node: NotebookNode, media_type: str) -> Iterator[Mapping[str, Any]]:
    """What a notebook handed over under a media type of ours, in order."""
    for cell in node.cells:
        if EXPLORE in cell.metadata.get("tags", []):
            continue
        for output in cell.get("outputs", []):
            if media_type in output.get("data", {}):
                yield output.data[media_type]
