"""Tests that execute notebooks; each starts a kernel, so there are few."""

import hashlib
import json
import os

import nbformat
import pytest

from error_codes import codes, refuses
from invented_notebooks import TITLE, make_project, write_notebook
from sendlib.errors import LockedError, NotebookError, ParameterError, Problem, PublicationError
from sendlib.packs import lock
from sendlib.packs.executed import read_outputs
from sendlib.packs.execution import Job, run_all
from sendlib.packs.front import Front
from sendlib.packs.notebooks import list_notebooks
from sendlib.packs.pack import Review, make_pack
from sendlib.packs.page_checks import PageError
from sendlib.packs.runs import list_runs
from sendlib.packs.setting import Assurance, Retention, Setting
from sendlib.pages.notes import HEADLINE_TYPE
from sendlib.processors import processors

pytestmark = pytest.mark.notebook

SHOW = """\
import os
import warnings

from sendlib import pages

warnings.warn("a warning that stays off the page")
pages.headline(f"Horizon {horizon} in {os.getcwd() == os.environ['SENDLIB_ROOT']}")"""

FAIL = """\
from sendlib.errors import DataError, Problem

raise DataError("No such figures are available.", [Problem("no", "la_code 999", "", "use 865")])"""


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "a {project}")


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767323045")


def pack_of(project, out=None, options=None, **parameters):
    given = dict(options or {})
    named = {name: given.pop(name) for name in ("assurance", "notice", "board") if name in given}
    setting = Setting(
        TITLE,
        notebooks=tuple(list_notebooks(project)),
        inputs=({"path": "data/raw/x.csv", "sha256": "ab" * 32, "title": "Invented"},),
        scenario={"name": "Baseline", "changes": []},
        **named,
    )
    return make_pack(project, setting, parameters=parameters, out=out, **given)


def record_of(folder):
    return json.loads((folder / "run.json").read_text())


def newest(project):
    return list_runs(project.outputs)[0]


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_notebook_runs_in_the_project_with_its_parameters(project, tmp_path):
    notebook = write_notebook(project.notebooks, cells=[SHOW])
    told = []
    (done,) = run_all(
        [Job(notebook, {"horizon": 8})],
        root=project.root,
        folder=tmp_path / "run",
        then=lambda execution: execution,
        progress=lambda *progress: told.append(progress),
    )
    assert read_outputs(done.node, HEADLINE_TYPE) == ("Horizon 8 in True",)
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
    assert "Horizon 8 in True" in first.pages[1].read_text()
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
    assert "DataError: No such figures are available.\n  - la_code 999. Use 865." in message
    assert files_of(project.outputs / "latest") == before
    failed = sorted((project.outputs / "runs").iterdir())[-1]
    copy = failed / "notebooks" / "21_invented.ipynb"
    assert str(copy) in message
    assert "DataError" in str(nbformat.read(copy, as_version=4).cells)
    kept = json.loads((failed / "run.json").read_text())
    assert kept["state"] == "failed"
    assert any("DataError" in problem for problem in kept["problems"])


def test_a_page_whose_figures_are_not_available_says_so_and_is_published(project):
    write_notebook(
        project.notebooks,
        cells=[
            "## Which figures?",
            FAIL.replace("DataError", "NotAvailableError"),
            "## Never reached?",
            "1 / 0",
        ],
    )
    page = pack_of(project).pages[1].read_text()
    assert "Not available for this authority." in page
    assert "No such figures are available. la_code 999. Use 865." in page
    assert "Which figures?" in page
    assert "Never reached?" not in page
    assert "Traceback" not in page


def test_a_page_that_lacks_what_was_not_built_stops_the_pack_for_that_reason(project):
    write_notebook(project.notebooks, cells=[FAIL.replace("DataError", "NotBuiltError")])
    with pytest.raises(NotebookError, match="NotBuiltError: No such figures are available"):
        pack_of(project)
    assert not (project.outputs / "latest").exists()


def test_a_page_that_is_not_fit_is_not_published(project):
    write_notebook(project.notebooks, cells=["from IPython.display import HTML; HTML('<form>')"])
    with refuses(PageError, "forbidden_element", match="form"):
        pack_of(project)
    assert not (project.outputs / "latest").exists()


def test_every_failing_notebook_is_reported(project):
    write_notebook(project.notebooks, "21_one.ipynb", cells=["1 / 0"])
    write_notebook(project.notebooks, "31_two.ipynb", cells=["import os; os._exit(3)"])
    with refuses(NotebookError, "cell_failed", "kernel_ended", match=r"\b2\b.*\b2\b") as caught:
        pack_of(project)
    assert "ZeroDivisionError: division by zero" in str(caught.value)
    assert "31_two.ipynb" in str(caught.value)


def test_an_unknown_parameter_makes_nothing(project):
    write_notebook(project.notebooks)
    with pytest.raises(ParameterError, match="horizn"):
        pack_of(project, horizn=8)
    assert not project.outputs.exists()


FIGURE = """\
from sendlib import pages

pages.key_figures(pages.KeyFigure("plans_in_force", 7100))"""


def test_the_record_says_what_the_pages_hold(project):
    write_notebook(project.notebooks, cells=[SHOW, FIGURE])
    options = {
        "assurance": Assurance(analyst="A. Analyst"),
        "notice": "These figures are out of date.",
        "board": {"name": "A board", "sha256": "ab"},
        "overrides": {"21_invented.ipynb": {"horizon": "9"}},
    }
    pack = pack_of(project, options=options, horizon=8)
    kept = record_of(pack.latest)
    assert (kept["state"], kept["exit_code"], kept["sequence"]) == ("published", 0, 1)
    assert kept["finished"] >= kept["started"]
    assert kept["figures"]["plans_in_force"] == {
        "label": "Plans in force",
        "value": "7,100",
        "detail": "",
        "when": "",
        "numbers": [7100.0],
        "beside": {},
        "page": "21-invented.html",
    }
    assert kept["headlines"] == {"21_invented.ipynb": ["Horizon 9 in True"]}
    assert kept["parameters"]["21_invented.ipynb"]["horizon"] == 9
    assert kept["pages"] == {
        page.name: hashlib.sha256(page.read_bytes()).hexdigest() for page in pack.pages
    }
    assert kept["board"]["name"] == "A board"
    assert kept["in_force"].keys() == {"21_invented.ipynb"}
    for page in pack.pages:
        assert "These figures are out of date." in page.read_text()
        assert "A. Analyst" in page.read_text()


def test_values_for_one_notebook_are_checked_with_the_shared_ones(project):
    write_notebook(project.notebooks)
    overrides = {"21_invented.ipynb": {"growth": "much", "horizn": 1}, "22_none.ipynb": {}}
    with pytest.raises(ParameterError) as caught:
        pack_of(project, options={"overrides": overrides}, detaild=True)
    for part in ("growth", "horizn", "22_none.ipynb", "detaild"):
        assert part in str(caught.value)
    assert not project.outputs.exists()


def test_those_who_judge_see_the_whole_draft(project):
    write_notebook(project.notebooks, cells=[SHOW])
    seen = {}

    def review(draft):
        seen.update(record_of(draft.folder), pages=sorted(draft.folder.glob("*.html")))
        return Review(files={"about.txt": draft.run_id.encode()})

    def front(draft):
        seen["figures at first"] = draft.figures
        return Front(since="the pack before")

    first = pack_of(project, options={"review": review, "front": front})
    assert (seen["state"], len(seen["pages"]), seen["figures at first"]) == ("running", 3, {})
    assert (first.latest / "about.txt").read_text() == first.run_id
    sha = hashlib.sha256(first.run_id.encode()).hexdigest()
    assert record_of(first.latest)["files"] == {"about.txt": sha}


def test_a_pack_that_the_gate_refuses_is_not_published(project):
    write_notebook(project.notebooks)
    good = pack_of(project)
    write_notebook(project.notebooks, cells=["from IPython.display import HTML; HTML('<form>')"])
    asked = []

    def review(draft):
        asked.append(draft.previous.run_id)
        return Review([Problem("totals_differ", "the totals differ", "two pages")])

    with pytest.raises(PublicationError) as caught:
        pack_of(project, options={"review": review})
    assert asked == [good.run_id]
    assert codes(caught.value) == ["totals_differ", "forbidden_element"]
    assert caught.value.problems[0].where == "two pages"
    assert good.latest.resolve() == good.folder
    kept = record_of(newest(project).folder)
    assert (kept["state"], kept["exit_code"]) == ("failed", 4)
    assert any("the totals differ" in line for line in kept["problems"])


def test_a_fault_of_the_program_is_recorded_and_passed_on(project):
    write_notebook(project.notebooks)
    with pytest.raises(ZeroDivisionError):
        pack_of(project, options={"review": lambda _: 1 / 0})
    kept = record_of(newest(project).folder)
    assert (kept["exit_code"], kept["problems"]) == (1, ["ZeroDivisionError", "division by zero"])


def test_a_clock_that_was_set_back_changes_no_order(project, monkeypatch):
    write_notebook(project.notebooks)
    keep = {"keep": Retention(runs=1, days=30)}
    first = pack_of(project, options=keep)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    second = pack_of(project, options=keep)
    assert second.run_id < first.run_id
    assert second.latest.resolve() == second.folder
    assert [run.run_id for run in list_runs(project.outputs)] == [second.run_id]


def test_a_second_run_makes_nothing_while_another_is_at_work(project):
    write_notebook(project.notebooks)
    with lock.lock_outputs(project.outputs), pytest.raises(LockedError):
        pack_of(project)
    assert not (project.outputs / "runs").exists()


REUSE = """\
from sendlib import pages
from sendlib.processors import threads
from sendlib.reuse import reuse

pages.headline(f"{reuse('a number', 1, lambda: 0.1 + 0.2)} by {threads()}")"""


def test_a_page_is_the_same_with_results_of_others_and_without(project, monkeypatch):
    write_notebook(project.notebooks, cells=[REUSE])
    made = [pack_of(project, project.root / str(n), {"fresh": n == 2}) for n in range(3)]
    assert [(pack.reused, pack.worked_out) for pack in made] == [(0, 1), (1, 0), (0, 0)]
    (said,) = record_of(made[0].folder)["headlines"]["21_invented.ipynb"]
    assert said.endswith(f"by {processors()}")  # one notebook is at work, and may use them all
    first, *others = (files_of(pack.folder) for pack in made)
    assert all(files == first for files in others)
