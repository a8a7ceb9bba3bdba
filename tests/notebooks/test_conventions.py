"""Every notebook keeps to the conventions of CONTRIBUTING.md, read from its JSON."""

import ast
import json
import re
import statistics
import sys
from pathlib import Path

import pytest

from sendlib.packs.notebooks import CHAPTERS, list_notebooks
from sendlib.packs.parameters import list_parameters
from sendlib.project import Project

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "scripts"))
from count_lines import read_cells  # noqa: E402  # the script counts what this holds to

MOST_LINES_OF_A_CELL = 8
MEDIAN_OF_A_CELL = 6
MOST_LINES_OF_A_NOTEBOOK = 130
WORDS_FOR_A_LINE = 3
OF_THE_BOARD = "90"  # its pages are not for work in the notebook
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = {
    "a magic or shell command": re.compile(r"^\s*[%!]", re.M),
    "pyplot": re.compile(r"\bplt\.|pyplot"),
    "reading a file past the store": re.compile(
        r"read_csv|read_parquet|read_excel|(?<!\.)\bopen\("
    ),
    "a path": re.compile(r"""["'](?:\.{0,2}/|[A-Za-z]:\\|data/|outputs/)"""),
}
QUESTION = r"\?( \(the strategy's Chart \d+\))?$"
NUMBER_IN_PROSE = re.compile(r"(?<![\w-])\d[\d,.]*\s?%|£\s?\d|\b\d{1,3},\d{3}\b")


def cells(path: Path, kind: str) -> list[str]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_notebook_has_a_number_of_its_own_in_a_chapter(root):
    found = list_notebooks(Project(root))
    assert [notebook.path for notebook in found] == NOTEBOOKS
    assert {notebook.number[0] for notebook in found} <= set(CHAPTERS)


def test_a_notebook_defines_nothing_and_touches_no_file(path):
    for source in cells(path, "code"):
        kinds = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.AsyncFunctionDef)
        found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
        assert not found, f"{path.name} defines something:\n{source}"
        for what, pattern in FORBIDDEN.items():
            assert not pattern.search(source), f"{path.name} has {what}:\n{source}"


def test_a_notebook_opens_with_one_title_and_its_purpose(path):
    markdown = cells(path, "markdown")
    title, _, purpose = markdown[0].partition("\n\n")
    assert title.startswith("# "), "begin with a title: # What is asked?"
    assert title.endswith("?"), f"make the title a question: {title}"
    assert purpose.startswith("For "), "after the title, say who it is for: For the board. ..."
    titles = [line for text in markdown for line in text.splitlines() if line.startswith("# ")]
    assert len(titles) == 1, f"keep one title: {titles}"


def test_every_section_is_a_question(path):
    headings = [
        line for text in cells(path, "markdown") for line in text.splitlines() if line[:3] == "## "
    ]
    assert headings, "begin each section with a question: ## How many?"
    plain = [line for line in headings if not re.search(QUESTION, line)]
    assert not plain, "make these headings questions"


def test_no_figure_is_typed_into_prose(path):
    for text in cells(path, "markdown"):
        found = NUMBER_IN_PROSE.search(text)
        assert not found, f"{path.name}: make {found[0]} from the data with pages.narrative: {text}"


def test_every_parameter_has_a_default_and_says_what_it_is(path):
    parameters = {parameter.name: parameter for parameter in list_parameters(path)}
    assert {"la_code", "as_of"} <= set(parameters)
    assert parameters["la_code"].default == "865"
    silent = [name for name, parameter in parameters.items() if not parameter.help]
    assert not silent, "say what each is in a comment on its line"


def test_every_parameter_is_used(path):
    code = "\n".join(cells(path, "code")[1:])
    unused = [
        entry.name for entry in list_parameters(path) if not re.search(rf"\b{entry.name}\b", code)
    ]
    assert not unused


def test_a_cell_is_one_thought(path):
    assert max(read_cells(path).sizes) <= MOST_LINES_OF_A_CELL, "a cell is one thought: split it"


def test_prose_says_how_to_read_and_what_to_alter(path):
    found = read_cells(path)
    assert found.words >= WORDS_FOR_A_LINE * found.lines, "say more of what the cells show"


def test_a_notebook_stays_small(path):
    sizes = read_cells(path).sizes
    assert sum(sizes) <= MOST_LINES_OF_A_NOTEBOOK, "make two pages of it"
    assert statistics.median(sizes) <= MEDIAN_OF_A_CELL


def test_a_frame_is_shown_before_it_is_drawn(path):
    if path.stem.startswith(OF_THE_BOARD):
        return
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    shown: set[str] = set()  # names in the last line of the cell before, where it shows a frame
    for cell in code:
        source = "".join(cell["source"])
        used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        assert "charts" not in used or shown & used, (
            f"show the frame in a cell tagged explore, before the one that draws it:\n{source}"
        )
        shown = set()
        if "explore" in cell["metadata"].get("tags", []):
            last = ast.parse(source).body[-1]
            assert isinstance(last, ast.Expr), f"end the cell in its frame:\n{source}"
            shown = {node.id for node in ast.walk(last) if isinstance(node, ast.Name)}
