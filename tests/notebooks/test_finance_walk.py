"""The walk for finance officers, run as it is written."""

import re
import shlex
import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from command_line import call_sendlib, run_sendlib
from conftest import copy_project

ROOT = Path(__file__).parents[2]
WALK = (ROOT / "docs" / "finance_walk.md").read_text(encoding="utf-8")
FILE = re.search(r"`(scenarios/\w+\.yml)`", WALK)[1]
SCENARIO = re.search(r"^```yaml\n(.*?)^```", WALK, re.M | re.S)[1]
COMMANDS = [
    line
    for block in re.findall(r"^```shell\n(.*?)^```", WALK, re.M | re.S)
    for line in block.splitlines()
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A whole project of the walk's own: it publishes packs, which others must not see."""
    folder = tmp_path_factory.mktemp("walk")
    copy_project(folder)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / FILE).write_text(SCENARIO, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def walked(folder):
    """What each command answered."""
    answers = {}
    for command in COMMANDS:
        name, *arguments = shlex.split(command)
        assert name == "sendlib"
        with chdir(folder):  # a folder after --out is taken from where the command runs
            answers[command] = run_sendlib(folder, *arguments)
    return answers


@pytest.mark.slow
@pytest.mark.notebook
def test_every_command_of_the_walk_does_what_it_says(walked):
    failed = {command: done.stderr for command, done in walked.items() if done.returncode}
    assert failed == {}
    assert "finance.price_points" in walked["sendlib scenario diff baseline my_plan"].stdout
    assert "all" in walked["sendlib returns --scenario my_plan"].stdout


@pytest.mark.slow
@pytest.mark.notebook
@pytest.mark.usefixtures("walked")
def test_every_file_that_the_walk_names_is_there_and_answers_the_question(folder):
    named = re.findall(r"`(outputs/[\w./-]+)`", WALK)
    assert len(named) == 4
    assert all((folder / path).is_file() for path in named)
    page = (folder / named[0]).read_text(encoding="utf-8")
    assert "Deficit at 31 March 2028" in page
    assert "scenario Our plan" in page
    assert "Baseline" in page


def test_a_slip_in_the_walk_s_file_is_reported_with_its_line(tmp_path):
    for part in ("data/raw/manifest.yml", "scenarios/baseline.yml"):
        (tmp_path / part).parent.mkdir(parents=True)
        shutil.copy(ROOT / part, tmp_path / part)
    slip = SCENARIO.replace("finance.price_points", "finance.price_point")
    (tmp_path / FILE).write_text(slip, encoding="utf-8")
    told = call_sendlib(tmp_path, "scenario", "check", "my_plan")
    assert told.returncode == 1
    assert f"{FILE}, line 5: unknown lever 'finance.price_point'" in told.stderr
    assert "Did you mean finance.price_points" in told.stderr
