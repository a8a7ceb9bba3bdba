"""papermill's own command runs a page, from either folder and with codes as it types them."""

import os
import subprocess
import sys

import pytest

from sendlib import data
from sendlib.project import ROOT_VARIABLE, Project

pytestmark = pytest.mark.notebook


@pytest.fixture(scope="module")
def built(project_copy):
    data.build(Project(project_copy))
    return project_copy


@pytest.mark.parametrize(
    ("folder", "page", "values"),
    [
        (".", "notebooks/00_start_here.ipynb", ["-p", "la_code", "865.0", "-p", "as_of", "2024"]),
        ("notebooks", "00_start_here.ipynb", ["-r", "la_code", " wiltshire "]),
    ],
)
def test_papermill_runs_a_page_by_itself(built, tmp_path, folder, page, values):
    made = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", page, str(made), *values]
    environment = {name: value for name, value in os.environ.items() if name != ROOT_VARIABLE}
    done = subprocess.run(
        command, cwd=built / folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Wiltshire" in made.read_text(encoding="utf-8")
