"""What a run lends to the next; no kernel is started."""

import json

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from invented_notebooks import make_project, write_notebook
from invented_runs import leave_run
from sendlib.packs import resume
from sendlib.packs.execution import Execution, Job
from sendlib.packs.kernels.limits import InForce
from sendlib.packs.outputs import publish
from sendlib.packs.setting import DataFile

KIND = ("", "999", "baseline")
FIGURE = {"label": "Plans", "value": "7", "detail": "", "key": "plans", "numbers": [7.0]}
HELD = InForce("forked", "cut off", 512)
INPUT = DataFile("data/raw/x.csv", "ab" * 32, "Invented")


@pytest.fixture
def project(tmp_path):
    project = make_project(tmp_path / "project")
    project.scenarios.mkdir()
    (project.scenarios / "baseline.yml").write_text("name: Baseline\n")
    return project


@pytest.fixture
def jobs(project):
    names = ("21_one.ipynb", "31_two.ipynb")
    return [Job(write_notebook(project.notebooks, name), {"horizon": 5}) for name in names]


def prints(project, jobs, *, inputs=(INPUT,), **changed):
    ground = resume.describe_ground(project, inputs)
    named = {job.notebook.path.name: {"horizon": 5} | changed for job in jobs}
    return resume.fingerprints(jobs, named, ground=ground)


def finish(folder, job, fingerprint):
    """Leave what a notebook that has run leaves."""
    path = folder / resume.EXECUTED / job.notebook.path.name
    path.parent.mkdir(exist_ok=True)
    node = new_notebook(cells=[new_markdown_cell("# It has run", id="a")])
    nbformat.write(node, path)
    return resume.mark_finished(
        Execution(job, path, node, ("A headline",), 1.5, (FIGURE,), HELD), fingerprint
    )


def lent(project, jobs, wanted):
    folder = leave_run(project.outputs, "running", sequence=99)
    return resume.take_over(project.outputs, folder, jobs, kind=KIND, wanted=wanted)


@pytest.mark.parametrize("state", ["failed", "running"])
def test_a_finished_notebook_of_an_unfinished_run_is_taken_over(project, jobs, state):
    wanted = prints(project, jobs)
    before = leave_run(project.outputs, state)
    finish(before, jobs[0], wanted["21_one.ipynb"])
    taken = lent(project, jobs, wanted)
    assert taken.run_id == before.name
    assert list(taken.finished) == ["21_one.ipynb"]
    execution = taken.finished["21_one.ipynb"]
    assert (execution.headlines, execution.seconds) == (("A headline",), 1.5)
    assert (execution.figures, execution.in_force) == ((FIGURE,), HELD)
    assert execution.node.cells[0].source == "# It has run"
    assert execution.path.parent.parent != before


def test_what_was_taken_over_can_be_lent_again(project, jobs):
    wanted = prints(project, jobs)
    finish(leave_run(project.outputs, "failed"), jobs[0], wanted["21_one.ipynb"])
    first = lent(project, jobs, wanted)
    again = lent(project, jobs, wanted)
    assert first.run_id != again.run_id
    assert list(again.finished) == ["21_one.ipynb"]


def test_a_published_pack_lends_nothing(project, jobs):
    wanted = prints(project, jobs)
    before = leave_run(project.outputs)
    finish(before, jobs[0], wanted["21_one.ipynb"])
    publish.switch_latest(before, project.outputs)
    assert lent(project, jobs, wanted) == resume.Lent()


@pytest.mark.parametrize("other", [{"la_code": "998"}, {"scenario": "slower"}, {"board": "Other"}])
def test_a_run_of_another_kind_lends_nothing(project, jobs, other):
    wanted = prints(project, jobs)
    finish(leave_run(project.outputs, "failed", **other), jobs[0], wanted["21_one.ipynb"])
    assert lent(project, jobs, wanted) == resume.Lent()


def _change_the_notebook(project):
    write_notebook(project.notebooks, "21_one.ipynb", cells=["1 + 1"])
    return {}


def _change_a_scenario(project):
    (project.scenarios / "baseline.yml").write_text("name: Another\n")
    return {}


def _change_own_data(project):
    (project.root / "data" / "private").mkdir()
    (project.root / "data" / "private" / "own.csv").write_text("a")
    return {}


CHANGES = {
    "the notebook": _change_the_notebook,
    "a scenario": _change_a_scenario,
    "own data": _change_own_data,
    "a parameter": lambda _: {"horizon": 6},
    "an input": lambda _: {"inputs": (DataFile("data/raw/x.csv", "cd" * 32, "Invented"),)},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_nothing_is_lent_when_anything_that_a_page_follows_from_has_changed(project, jobs, change):
    finish(leave_run(project.outputs, "failed"), jobs[0], prints(project, jobs)["21_one.ipynb"])
    changed = change(project)
    assert lent(project, jobs, prints(project, jobs, **changed)) == resume.Lent()


def test_a_copy_that_is_not_the_one_that_was_left_is_not_taken(project, jobs):
    wanted = prints(project, jobs)
    before = leave_run(project.outputs, "failed")
    mark = finish(before, jobs[0], wanted["21_one.ipynb"])
    copy = before / resume.EXECUTED / "21_one.ipynb"
    whole = copy.read_text()
    for break_it in (lambda: copy.write_text(whole[:-9]), copy.unlink):
        break_it()
        assert lent(project, jobs, wanted) == resume.Lent()
    copy.write_text(whole)
    mark.write_text("{")
    assert lent(project, jobs, wanted) == resume.Lent()


def test_marks_are_gone_from_a_run_that_ended_well(project, jobs):
    folder = leave_run(project.outputs)
    mark = finish(folder, jobs[0], "print")
    assert json.loads(mark.read_text())["fingerprint"] == "print"
    resume.drop_marks(folder)
    assert [path.name for path in (folder / resume.EXECUTED).iterdir()] == ["21_one.ipynb"]
