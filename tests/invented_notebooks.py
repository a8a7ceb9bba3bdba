"""Tiny notebooks and projects for tests; whatever they say is invented."""

from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from sendlib.packs.notebooks import Notebook, read_notebook
from sendlib.packs.pack import Draft
from sendlib.packs.setting import PackTitle, Setting
from sendlib.project import Project

PARAMETERS = """\
la_code: str = "865"  # three-digit DfE code
horizon: int = 5  # years ahead
growth: float = 1.5  # per cent a year
detailed: bool = False  # show more"""

TITLE = PackTitle("Inventedshire", "2 January 2026", "999", "baseline")


def parameters_cell(source: str = PARAMETERS) -> nbformat.NotebookNode:
    return new_code_cell(source, metadata={"tags": ["parameters"]})


def make_project(root: Path) -> Project:
    (root / "notebooks").mkdir(parents=True)
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "manifest.yml").write_text("[]\n")
    return Project(root)


def write_notebook(
    folder: Path,
    name: str = "21_invented.ipynb",
    *,
    title: str = "Invented page",
    parameters: str | None = PARAMETERS,
    cells: list[str | nbformat.NotebookNode] = (),
) -> Notebook:
    """Write a notebook; a text beginning with ``#`` and a space becomes markdown."""
    opening = new_markdown_cell(f"# {title}\n\nInvented, for a test.")
    declared = [] if parameters is None else [parameters_cell(parameters)]
    others = [_cell(cell) for cell in cells]
    node = new_notebook(cells=[opening, *declared, *others])
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(node, folder / name)
    return read_notebook(folder / name)


def _cell(cell: str | nbformat.NotebookNode) -> nbformat.NotebookNode:
    if not isinstance(cell, str):
        return cell
    return new_markdown_cell(cell) if cell.startswith("#") else new_code_cell(cell)


def shown(*parts: object) -> nbformat.NotebookNode:
    """A code cell that has run and shows page parts."""
    outputs = [
        new_output("display_data", data={"text/html": part._repr_html_(), **_bundle(part)})
        for part in parts
    ]
    return new_code_cell("secret = 'source of the cell'", outputs=outputs, execution_count=3)


def _bundle(part: object) -> dict[str, object]:
    bundle = part._repr_mimebundle_() if hasattr(part, "_repr_mimebundle_") else {}
    return {"text/plain": "part", **bundle}


def make_setting(*notebooks: Notebook, **changes: object) -> Setting:
    plain = {
        "title": TITLE,
        "notebooks": notebooks,
        "inputs": (),
        "started": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "version": "0.0",
    }
    return Setting(**(plain | changes))


def make_draft(folder: Path, setting: Setting, **changes: object) -> Draft:
    """A pack that is being made in a folder, of which nothing is written."""
    plain = {"project": Project(folder), "out": folder, "folder": folder, "parameters": {}}
    return Draft(**(plain | {"setting": setting} | changes))
