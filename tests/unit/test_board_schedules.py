"""Files for schedulers: each is read back by what will read it, and says the board's times."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from cronsim import CronSim

from sendlib.board import schedules
from sendlib.board.calendar import next_run
from sendlib.board.file import Board
from sendlib.errors import ParameterError

PLANS = [
    {"every": "month", "on": 5, "at": "06:30", "time_zone": "Europe/London"},
    {"every": "week", "on": "sunday", "at": "23:05", "time_zone": "Europe/London"},
    {"every": "day", "at": "00:00", "time_zone": "UTC"},
]
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def board(root: Path, schedule: dict | None, name: str = "Invented board") -> Board:
    made = Board.model_validate(
        {"name": name, "authority": "865", "notices": {"failure": ["HOOK"]}, "schedule": schedule}
    )
    return made.model_copy(update={"path": root / "boards" / "invented.yml"})


@pytest.fixture(params=PLANS, ids=lambda plan: plan["every"])
def planned(request, tmp_path):
    return board(tmp_path, request.param)


def test_systemd_would_start_the_run_at_the_times_of_the_board(planned, tmp_path):
    if not (program := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not installed")
    files = schedules.write(planned, "systemd", root=tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    command = tmp_path / ".venv" / "bin" / "sendlib"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    names = [tmp_path / name for name in files]
    checked = subprocess.run(
        [program, "verify", *names], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    when = files["sendlib-invented.timer"].split("OnCalendar=")[1].splitlines()[0]
    told = subprocess.run(
        [program, "calendar", "--base-time=2026-06-10 12:00:00 UTC", when],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "UTC"},
    )
    line = next(line for line in told.stdout.splitlines() if "Next elapse" in line)
    first = datetime.strptime(line.split("Next elapse: ")[1], "%a %Y-%m-%d %H:%M:%S UTC")
    after = datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert first.replace(tzinfo=UTC) == next_run(planned.schedule, after)


def test_cron_would_start_the_run_at_the_times_of_the_board(planned, tmp_path):
    text = schedules.write(planned, "cron", root=tmp_path)["sendlib-invented.crontab"]
    line = text.splitlines()[-1]
    zone = next_run(planned.schedule, datetime(2026, 6, 10, tzinfo=UTC)).tzinfo
    after = datetime(2026, 6, 10, 12, tzinfo=UTC).astimezone(zone)
    assert next(CronSim(" ".join(line.split()[:5]), after)) == next_run(planned.schedule, after)
    assert "board run boards/invented.yml --wait 60" in line


def test_cron_reads_the_file_of_variables_as_systemd_does(tmp_path):
    root, variables = tmp_path / "our project", tmp_path / ".config" / "sendlib" / "environment"
    command = root / ".venv" / "bin" / "sendlib"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\nprintf "%s" "$HOOK $*"\n')
    command.chmod(0o755)
    text = schedules.write(board(root, PLANS[0]), "cron", root=root)["sendlib-invented.crontab"]
    line = text.splitlines()[-1].split(maxsplit=5)[5]

    def told():
        asked = [shutil.which("sh") or "sh", "-c", line]
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        return subprocess.run(asked, capture_output=True, text=True, env=environment, check=True)

    assert told().stdout == " board run boards/invented.yml --wait 60"
    variables.parent.mkdir(parents=True)
    variables.write_text("HOOK='json://user:a$b@host'\n")
    assert told().stdout == "json://user:a$b@host board run boards/invented.yml --wait 60"
    service = schedules.write(board(root, PLANS[0]), "systemd", root=root)[
        "sendlib-invented.service"
    ]
    assert "EnvironmentFile=-%E/sendlib/environment\n" in service
    assert service.count('board run "boards/invented.yml" --wait 60\n') == 1


def test_windows_is_told_the_same(planned, tmp_path):
    text = schedules.write(planned, "windows", root=tmp_path)["sendlib-invented.xml"]
    task = ElementTree.fromstring(text)
    assert task.find(f".//{TASK}StartBoundary").text.endswith(f"T{planned.schedule.at}:00")
    assert task.find(f".//{TASK}Arguments").text == 'board run "boards/invented.yml" --wait 60'
    kinds = {"month": "ScheduleByMonth", "week": "ScheduleByWeek", "day": "ScheduleByDay"}
    assert task.find(f".//{TASK}{kinds[planned.schedule.every]}") is not None


def test_a_workflow_runs_in_utc_as_the_clock_stands_in_winter(planned, tmp_path):
    text = schedules.write(planned, "github", root=tmp_path)["sendlib-invented.yml"]
    workflow = yaml.safe_load(text)
    line = workflow["on"]["schedule"][0]["cron"]
    after = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert next(CronSim(line, after)) == next_run(planned.schedule, after)
    steps = workflow["jobs"]["pack"]["steps"]
    assert steps[3]["env"] == {"BOARD": "boards/invented.yml", "HOOK": "${{ secrets.HOOK }}"}


@pytest.mark.parametrize(
    ("wanted", "steps"),
    [
        ({}, ["make data"]),
        ({"pdf": True}, ["make data", "Chromium", "make browser"]),
        ({"checks": {"browser": "required"}}, ["make data", "Chromium", "make browser"]),
        ({"checks": {"browser": "where_found"}, "out": "outputs/own"}, ["make data"]),
    ],
)
def test_a_workflow_gets_a_browser_where_the_board_asks_for_one(tmp_path, wanted, steps):
    asked = Board.model_validate({**board(tmp_path, PLANS[0]).model_dump(by_alias=True), **wanted})
    text = schedules.write(asked, "github", root=tmp_path)["sendlib-invented.yml"]
    found = yaml.safe_load(text)["jobs"]["pack"]["steps"]
    runs = [step["run"] for step in found if "run" in step][:-1]
    assert len(runs) == len(steps)
    told = {"Chromium": "sudo apt-get install -y chromium"}
    assert all(told.get(step, step) in run for step, run in zip(steps, runs, strict=True))
    assert found[-1]["with"]["path"] == f"{wanted.get('out', 'outputs')}/latest/"


def test_a_name_cannot_add_a_line_to_any_file(tmp_path):
    name = "A\nExecStart=/bin/false\n<b> %h $(x)"  # a board file may not hold it either
    odd = board(tmp_path, PLANS[0]).model_copy(update={"name": name})
    for kind in ("systemd", "cron", "windows", "github"):
        for text in schedules.write(odd, kind, root=tmp_path).values():
            assert not any(line.startswith("ExecStart=/bin/false") for line in text.splitlines())
    ElementTree.fromstring(schedules.write(odd, "windows", root=tmp_path)["sendlib-invented.xml"])
    service = schedules.write(odd, "systemd", root=tmp_path)["sendlib-invented.service"]
    assert "%%h" in service


def test_a_folder_with_a_space_stays_one_word(tmp_path):
    root = tmp_path / "our $project"
    planned = board(root, PLANS[0])
    cron = schedules.write(planned, "cron", root=root)["sendlib-invented.crontab"]
    assert f"cd '{root}' &&" in cron
    service = schedules.write(planned, "systemd", root=root)["sendlib-invented.service"]
    assert '/our $$project/.venv/bin/sendlib"' in service


def test_a_board_without_a_schedule_is_told_how_to_state_one(tmp_path):
    with pytest.raises(ParameterError, match="every: month"):
        schedules.write(board(tmp_path, None), "cron", root=tmp_path)
