"""Every notebook keeps to the conventions of CONTRIBUTING.md, read from its JSON."""

import ast
import json
import re
from pathlib import Path

import pytest

from sendlib.briefing.parameters import describe

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = {
    "a magic or shell command": re.compile(r"^\s*[%!]", re.M),
    "pyplot": re.compile(r"\bplt\.|pyplot"),
    "reading a file past the store": re.compile(
        r"read_csv|read_parquet|read_excel|(?<!\.)\bopen\("
    ),
    "a path": re.compile(r"""["'](?:\.{0,2}/|[A-Za-z]:\\|data/|outputs/)"""),
}
NUMBER_IN_PROSE = re.compile(r"(?<![\w-])\d[\d,.]*\s?%|£\s?\d|\b\d{1,3},\d{3}\b")


def cells(path: Path, kind: str) -> list[str]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_the_notebooks_are_those_of_the_pack():
    assert [path.stem for path in NOTEBOOKS] == [
        "00_start_here",
        "10_data_quality",
        "20_demand_trends",
        "21_demand_forecast",
        "22_needs_and_places",
        "23_cohort_model",
        "30_spend_and_funding",
        "31_comparators",
        "40_deficit_scenarios",
        "41_what_moves_the_deficit",
        "50_outcomes",
        "51_kpi_monitor",
        "90_board_briefing",
    ]


def test_a_notebook_is_committed_without_outputs_and_with_its_kernel(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


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
    assert title.startswith("# ")
    assert title.endswith("?")
    assert purpose.startswith("For ")
    assert sum(line.startswith("# ") for text in markdown for line in text.splitlines()) == 1


def test_every_section_is_a_question(path):
    headings = [
        line for text in cells(path, "markdown") for line in text.splitlines() if line[:3] == "## "
    ]
    assert headings
    assert all(re.search(r"\?( \(the strategy's Chart \d+\))?$", line) for line in headings)


def test_no_figure_is_typed_into_prose(path):
    for text in cells(path, "markdown"):
        assert not NUMBER_IN_PROSE.search(text), f"{path.name}: {text}"


def test_every_parameter_has_a_default_and_says_what_it_is(path):
    parameters = {parameter.name: parameter for parameter in describe(path)}
    assert {"la_code", "as_of"} <= set(parameters)
    assert parameters["la_code"].default == "865"
    assert all(parameter.help for parameter in parameters.values())


def test_every_parameter_is_used(path):
    code = "\n".join(cells(path, "code")[1:])
    unused = [entry.name for entry in describe(path) if not re.search(rf"\b{entry.name}\b", code)]
    assert not unused
