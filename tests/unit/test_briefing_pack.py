"""Tests that execute notebooks; each starts a kernel, so there are few."""

import json
import os

import nbformat
import pytest

from invented_notebooks import TITLE, make_project, write_notebook
from sendlib.briefing import DataFile, Job, PageError, list_notebooks, make_pack, run_notebook
from sendlib.errors import NotebookError, ParameterError

pytestmark = pytest.mark.notebook

SHOW = """\
import os
import warnings

from sendlib import present

warnings.warn("a warning that stays off the page")
present.headline(f"Horizon {horizon} in {os.getcwd() == os.environ['SENDLIB_ROOT']}")"""

FAIL = """\
from sendlib.errors import DataError, Problem

raise DataError("No such figures are held.", [Problem("la_code 999", remedy="use 865")])"""


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "a {project}")


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767323045")


def pack_of(project, out=None, **parameters):
    return make_pack(
        project,
        notebooks=list_notebooks(project),
        parameters=parameters,
        title=TITLE,
        inputs=[DataFile("data/raw/x.csv", "ab" * 32, "Invented")],
        scenario={"name": "Baseline", "changes": []},
        out=out,
    )


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_notebook_runs_in_the_project_with_its_parameters(project, tmp_path):
    notebook = write_notebook(project.notebooks, cells=[SHOW])
    told = []
    done = run_notebook(
        Job(notebook, {"horizon": 8}),
        root=project.root,
        folder=tmp_path / "run",
        progress=lambda *progress: told.append(progress),
    )
    assert done.headlines == ("Horizon 8 in True",)
    assert done.path == tmp_path / "run" / "21_invented.ipynb"
    assert told[-1] == (notebook, 3, 3)
    assert "SENDLIB_ROOT" not in os.environ
    assert str(tmp_path) not in done.path.read_text()


def test_a_pack_is_published_twice_with_equal_bytes(project, tmp_path):
    write_notebook(project.notebooks, "21_invented.ipynb", cells=[SHOW])
    write_notebook(project.notebooks, "31_other.ipynb", title="Other", cells=[SHOW])
    first = pack_of(project, tmp_path / "first", horizon="8")
    second = pack_of(project, tmp_path / "second", horizon="8")
    assert files_of(first.folder) == files_of(second.folder)
    assert [page.name for page in first.pages] == [
        "index.html",
        "21-invented.html",
        "31-other.html",
        "accessibility.html",
    ]
    assert "Horizon 8 in True" in (first.latest / "index.html").read_text()
    assert "stays off the page" not in first.pages[1].read_text()
    assert json.loads(first.record.read_text())["state"] == "published"


def test_a_failing_cell_is_named_and_latest_stays(project):
    good = write_notebook(project.notebooks, cells=["1 + 1"])
    before = files_of(pack_of(project).latest)
    write_notebook(project.notebooks, good.path.name, cells=["## Which figures?", FAIL])
    with pytest.raises(NotebookError) as caught:
        pack_of(project, horizon=8)
    message = str(caught.value)
    assert "21_invented.ipynb, cell 4 (under 'Which figures?')" in message
    assert "DataError: No such figures are held.\n  - la_code 999. Use 865." in message
    assert files_of(project.outputs / "latest") == before
    failed = sorted((project.outputs / "runs").iterdir())[-1]
    copy = failed / "notebooks" / "21_invented.ipynb"
    assert str(copy) in message
    assert "DataError" in str(nbformat.read(copy, as_version=4).cells)
    kept = json.loads((failed / "run.json").read_text())
    assert kept["state"] == "failed"
    assert any("DataError" in problem for problem in kept["problems"])


def test_a_page_whose_figures_are_not_held_says_so_and_is_published(project):
    write_notebook(
        project.notebooks,
        cells=[
            "## Which figures?",
            FAIL.replace("DataError", "NotHeldError"),
            "## Never reached?",
            "1 / 0",
        ],
    )
    page = pack_of(project).pages[1].read_text()
    assert "Not available for this authority." in page
    assert "No such figures are held. la_code 999. Use 865." in page
    assert "Which figures?" in page
    assert "Never reached?" not in page
    assert "Traceback" not in page


def test_a_page_that_is_not_fit_is_not_published(project):
    write_notebook(project.notebooks, cells=["from IPython.display import HTML; HTML('<img>')"])
    with pytest.raises(PageError, match="no real alternative text"):
        pack_of(project)
    assert not (project.outputs / "latest").exists()


def test_every_failing_notebook_is_told(project):
    write_notebook(project.notebooks, "21_one.ipynb", cells=["1 / 0"])
    write_notebook(project.notebooks, "31_two.ipynb", cells=["import os; os._exit(3)"])
    with pytest.raises(NotebookError, match="2 of 2 notebooks failed") as caught:
        pack_of(project)
    assert "ZeroDivisionError: division by zero" in str(caught.value)
    assert "31_two.ipynb" in str(caught.value)


def test_an_unknown_parameter_makes_nothing(project):
    write_notebook(project.notebooks)
    with pytest.raises(ParameterError, match="horizn"):
        pack_of(project, horizn=8)
    assert not project.outputs.exists()
