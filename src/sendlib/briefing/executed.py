"""Read an executed notebook: what it handed over, without what differs between equal runs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from sendlib.pages.notes import FIGURES_TYPE, HEADLINE_TYPE

INJECTED = "injected-parameters"
"""What papermill tags the cell with that holds the values given."""

_KERNEL_FILE = re.compile(r"\S*ipykernel_\d+\S*?\.py")


def headlines_of(node: NotebookNode) -> tuple[str, ...]:
    """Every headline that a notebook stated, in order."""
    return tuple(str(found["text"]) for found in _handed_over(node, HEADLINE_TYPE))


def figures_of(node: NotebookNode) -> tuple[Mapping[str, Any], ...]:
    """Every key figure that a notebook handed over, in order."""
    return tuple(
        dict(figure) for found in _handed_over(node, FIGURES_TYPE) for figure in found["figures"]
    )


def without_traces(node: NotebookNode) -> NotebookNode:
    """Drop, in place, what differs between two equal runs: times, paths and random ids."""
    for part in (node, *node.cells):
        part.metadata.pop("papermill", None)
    for place, cell in enumerate(node.cells):
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = f"injected-{place}"
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _KERNEL_FILE.sub("cell", output.text)
    return node


def _handed_over(node: NotebookNode, media_type: str) -> Iterator[Mapping[str, Any]]:
    """What a notebook handed over under a media type of ours, in order."""
    for cell in node.cells:
        for output in cell.get("outputs", []):
            if media_type in output.get("data", {}):
                yield output.data[media_type]
