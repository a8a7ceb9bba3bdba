"""papermill's own command runs a page by itself, with codes as it types them."""

import os
import subprocess
import sys

import pytest

from sendlib.project import ROOT_VARIABLE

pytestmark = pytest.mark.notebook


def test_papermill_runs_a_page_by_itself(project_copy, tmp_path):
    made = tmp_path / "out.ipynb"
    values = ["-p", "la_code", "865.0", "-p", "as_of", "2024"]
    command = [sys.executable, "-m", "papermill", "00_start_here.ipynb", str(made), *values]
    environment = {name: value for name, value in os.environ.items() if name != ROOT_VARIABLE}
    done = subprocess.run(
        command,
        cwd=project_copy / "notebooks",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Wiltshire" in made.read_text(encoding="utf-8")
