"""Running a notebook and saving it leaves nothing for git to see, and an edit still shows."""

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from checkout import as_git_sees, git, make_checkout
from sendlib.packs.setting import find_commit

ROOT = Path(__file__).parents[2]
TUTORIAL = "docs/tutorials/ask_a_question.ipynb"
FILES = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("docs/tutorials/*.ipynb")]
CHART = '<img alt="Plans rose.">'
STATUS = ("status", "--porcelain")

_spec = spec_from_file_location("clean_git", ROOT / "lab" / "clean_git.py")
clean_git = module_from_spec(_spec)
_spec.loader.exec_module(clean_git)


@pytest.fixture
def clone(tmp_path):
    made = make_checkout(ROOT, tmp_path / "clone", (".gitattributes", TUTORIAL))
    clean_git.set_filter(made)
    return made


def save(path: Path, node: nbformat.NotebookNode) -> None:
    """Write a notebook, and do what JupyterLab then does."""
    nbformat.write(node, path)
    clean_git.refresh(os_path=str(path), model={"type": "notebook"}, contents_manager=None)


def annotate(node: nbformat.NotebookNode) -> None:
    """Leave in a notebook what a kernel, JupyterLab and papermill leave there."""
    node.metadata.language_info.update(
        codemirror_mode={"name": "ipython", "version": 3},
        file_extension=".py",
        mimetype="text/x-python",
        nbconvert_exporter="python",
        pygments_lexer="ipython3",
        version="3.99.0",
    )
    node.metadata.update(papermill={"duration": 1.5}, widgets={"state": {}})
    for place, cell in enumerate(node.cells):
        cell.id = f"a-random-id-{place}"
        cell.metadata.update(collapsed=True, scrolled=True, execution={}, papermill={})
        cell.metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
        if cell.cell_type == "code":
            cell.execution_count = place
            cell.outputs = [new_output("execute_result", {"text/html": CHART}, execution_count=1)]
            cell.metadata["execution"] = {"iopub.execute_input": "2026-01-02T03:04:05.678Z"}


def test_a_notebook_that_was_run_and_saved_is_the_one_that_is_committed(clone):
    path = clone / TUTORIAL
    node = nbformat.read(path, as_version=4)
    annotate(node)
    nbformat.write(node, path)
    assert not find_commit(clone)["dirty"]
    save(path, node)
    assert git(clone, *STATUS) == ""
    assert CHART in path.read_text(encoding="utf-8").replace("\\", "")  # on the disk it is kept


def test_a_cell_that_was_changed_shows_and_is_not_staged(clone):
    path = clone / TUTORIAL
    node = nbformat.read(path, as_version=4)
    node.cells[1].source += "\n1 + 1"
    node.cells[1].update(execution_count=4, outputs=[])
    save(path, node)
    assert git(clone, *STATUS) == f" M {TUTORIAL}\n"
    assert find_commit(clone)["dirty"]
    changed = [line for line in git(clone, "diff", "-U0").splitlines() if line[:2] in ("+ ", "- ")]
    assert all("execution_count" not in line for line in changed)


def test_a_clone_without_the_filter_works_and_sees_edits(clone, tmp_path):
    git(tmp_path, "clone", str(clone), "other")
    other = tmp_path / "other"
    assert git(other, *STATUS) == ""
    assert not find_commit(other)["dirty"]
    save(other / TUTORIAL, nbformat.v4.new_notebook())
    assert find_commit(other)["dirty"]


def test_a_folder_that_is_no_checkout_goes_without(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "x").mkdir()
    clean_git.set_filter(tmp_path / "x")
    save(tmp_path / "x" / "a.ipynb", nbformat.v4.new_notebook())
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["a.ipynb"]


def test_every_notebook_is_committed_without_what_running_it_leaves(tmp_path):
    for path in FILES:
        (tmp_path / path.name).write_text(as_git_sees(path), encoding="utf-8")
    keys = " ".join(clean_git.NOTED)
    command = [sys.executable, "-m", "nbstripout", "--verify", "--extra-keys", keys]
    done = subprocess.run(
        [*command, *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run .venv/bin/nbstripout on it:\n{done.stdout}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_notebook_names_its_kernel_as_jupyterlab_writes_it(path):
    kernel = json.loads(as_git_sees(path))["metadata"]["kernelspec"]
    as_written = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    assert kernel == as_written, "or opening it in JupyterLab changes it"
