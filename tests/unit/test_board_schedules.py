"""When a pack is due, and files for schedulers, each read back by what will read it."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sendlib.board import schedules
from sendlib.board.file import WEEKDAYS, Board, Schedule
from sendlib.board.schedules import last_due, next_run
from sendlib.errors import ParameterError

PLANS = [
    {"every": "month", "on": 5, "at": "06:30", "time_zone": "Europe/London"},
    {"every": "week", "on": "sunday", "at": "23:05", "time_zone": "Europe/London"},
    {"every": "day", "at": "00:00", "time_zone": "UTC"},
]
CRON = {"month": "30 6 5 * *", "week": "5 23 * * 0", "day": "0 0 * * *"}
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
    files = schedules.scheduler_files(planned, "systemd", root=tmp_path)
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
    text = schedules.scheduler_files(planned, "cron", root=tmp_path)["sendlib-invented.crontab"]
    line = text.splitlines()[-1]
    assert " ".join(line.split()[:5]) == CRON[planned.schedule.every]
    assert "board run boards/invented.yml --wait 60" in line


@pytest.mark.posix
def test_cron_reads_the_file_of_variables_as_systemd_does(tmp_path):
    root, variables = tmp_path / "our project", tmp_path / ".config" / "sendlib" / "environment"
    command = root / ".venv" / "bin" / "sendlib"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\nprintf "%s" "$HOOK $*"\n')
    command.chmod(0o755)
    text = schedules.scheduler_files(board(root, PLANS[0]), "cron", root=root)[
        "sendlib-invented.crontab"
    ]
    line = text.splitlines()[-1].split(maxsplit=5)[5]

    def told():
        asked = [shutil.which("sh") or "sh", "-c", line]
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        return subprocess.run(asked, capture_output=True, text=True, env=environment, check=True)

    assert told().stdout == " board run boards/invented.yml --wait 60"
    variables.parent.mkdir(parents=True)
    variables.write_text("HOOK='json://user:a$b@host'\n")
    assert told().stdout == "json://user:a$b@host board run boards/invented.yml --wait 60"
    service = schedules.scheduler_files(board(root, PLANS[0]), "systemd", root=root)[
        "sendlib-invented.service"
    ]
    assert "EnvironmentFile=-%E/sendlib/environment\n" in service
    assert service.count('board run "boards/invented.yml" --wait 60\n') == 1


def test_windows_is_reported_the_same(planned, tmp_path):
    text = schedules.scheduler_files(planned, "windows", root=tmp_path)["sendlib-invented.xml"]
    task = ElementTree.fromstring(text)
    assert task.find(f".//{TASK}StartBoundary").text.endswith(f"T{planned.schedule.at}:00")
    assert task.find(f".//{TASK}Arguments").text == 'board run "boards/invented.yml" --wait 60'
    kinds = {"month": "ScheduleByMonth", "week": "ScheduleByWeek", "day": "ScheduleByDay"}
    assert task.find(f".//{TASK}{kinds[planned.schedule.every]}") is not None


def test_a_workflow_runs_in_utc_as_the_clock_stands_in_winter(planned, tmp_path):
    text = schedules.scheduler_files(planned, "github", root=tmp_path)["sendlib-invented.yml"]
    workflow = yaml.safe_load(text)
    assert workflow["on"]["schedule"] == [{"cron": CRON[planned.schedule.every]}]
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
    text = schedules.scheduler_files(asked, "github", root=tmp_path)["sendlib-invented.yml"]
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
        for text in schedules.scheduler_files(odd, kind, root=tmp_path).values():
            assert not any(line.startswith("ExecStart=/bin/false") for line in text.splitlines())
    ElementTree.fromstring(
        schedules.scheduler_files(odd, "windows", root=tmp_path)["sendlib-invented.xml"]
    )
    service = schedules.scheduler_files(odd, "systemd", root=tmp_path)["sendlib-invented.service"]
    assert "%%h" in service


def test_a_folder_with_a_space_stays_one_word(tmp_path):
    root = tmp_path / "our $project"
    planned = board(root, PLANS[0])
    cron = schedules.scheduler_files(planned, "cron", root=root)["sendlib-invented.crontab"]
    assert f"cd '{root}' &&" in cron
    service = schedules.scheduler_files(planned, "systemd", root=root)["sendlib-invented.service"]
    assert '/our $$project/.venv/bin/sendlib"' in service


def test_a_board_without_a_schedule_is_informed_how_to_state_one(tmp_path):
    with pytest.raises(ParameterError, match="every: month"):
        schedules.scheduler_files(board(tmp_path, None), "cron", root=tmp_path)


ZONES = ["Europe/London", "UTC", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"{at[0]:02}:{at[1]:02}")
DAYS = st.one_of(
    st.just({"every": "day"}),
    st.sampled_from(WEEKDAYS).map(lambda day: {"every": "week", "on": day}),
    st.integers(1, 28).map(lambda day: {"every": "month", "on": day}),
)
SCHEDULES = st.builds(
    lambda days, at, zone: Schedule(**days, at=at, time_zone=zone),
    DAYS,
    CLOCKS,
    st.sampled_from(ZONES),
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(SCHEDULES, MOMENTS)
def test_the_next_run_is_later_and_nothing_is_due_between(schedule, moment):
    due = next_run(schedule, moment)
    assert due > moment
    assert last_due(schedule, due) == due
    assert last_due(schedule, due - timedelta(seconds=1)) <= moment
    assert next_run(schedule, last_due(schedule, moment)) == due


@given(SCHEDULES, MOMENTS)
def test_a_run_is_due_on_its_day_at_its_time_unless_the_clocks_skip_it(schedule, moment):
    due = next_run(schedule, moment)
    if f"{due:%H:%M}" != schedule.at:
        before = due.astimezone(UTC) - timedelta(days=1)
        assert before.astimezone(due.tzinfo).utcoffset() != due.utcoffset()
    elif schedule.every == "week":
        assert WEEKDAYS[due.weekday()] == schedule.on
    elif schedule.every == "month":
        assert due.day == schedule.on


@given(st.sampled_from(ZONES), CLOCKS, MOMENTS)
def test_a_daily_run_is_due_once_a_day(zone, at, moment):
    schedule = Schedule(every="day", at=at, time_zone=zone)
    first = next_run(schedule, moment).astimezone(UTC)
    second = next_run(schedule, first).astimezone(UTC)
    skipped = zone == "Pacific/Apia" and first.year == 2011  # the thirtieth of December
    assert timedelta(hours=22) <= second - first <= timedelta(hours=49 if skipped else 26)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (28, "2026-03-28T01:30:00+00:00"),  # winter time
        (29, "2026-03-29T02:00:00+01:00"),  # 01:30 does not exist
        (30, "2026-03-30T01:30:00+01:00"),
    ],
)
def test_a_time_that_the_clocks_skip_is_due_when_they_have_jumped(day, said):
    schedule = Schedule(every="day", at="01:30", time_zone="Europe/London")
    assert next_run(schedule, datetime(2026, 3, day, tzinfo=UTC)).isoformat() == said


def test_a_time_that_the_clocks_show_twice_is_due_once():
    schedule = Schedule(every="day", at="01:30", time_zone="Europe/London")
    first = next_run(schedule, datetime(2026, 10, 25, tzinfo=UTC))
    assert first.astimezone(UTC).isoformat() == "2026-10-25T00:30:00+00:00"
    assert next_run(schedule, first).isoformat() == "2026-10-26T01:30:00+00:00"


def test_a_month_has_its_day_on_either_side_of_a_change_of_year():
    schedule = Schedule(every="month", on=28, at="23:59", time_zone="America/New_York")
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert last_due(schedule, new_year).isoformat() == "2026-12-28T23:59:00-05:00"
    assert next_run(schedule, new_year).isoformat() == "2027-01-28T23:59:00-05:00"
