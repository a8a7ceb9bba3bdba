"""Ready files for the schedulers that a council has: systemd, cron, Windows, GitHub Actions.

Each runs one command, ``sendlib board run FILE``, at the times that the board's
own file states; ``sendlib board status`` notices when one of them did not. Where
another run is at work then, it waits.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Literal
from xml.etree import ElementTree as Xml
from zoneinfo import ZoneInfo

import yaml

from sendlib.board.file import WEEKDAYS, Board, Schedule
from sendlib.errors import ParameterError, Problem

Kind = Literal["systemd", "cron", "windows", "github"]

LONGEST_RUN = "2h"
"""After which systemd stops a run that has not ended."""

WAIT = 60
"""How long a run waits for another one, such as another board's of the same time. [minutes]"""

ENVIRONMENT = "sendlib/environment"
"""The file of variables, below the folder of a person's settings."""

_MONTHS = tuple(datetime(2000, month, 1, tzinfo=UTC).strftime("%B") for month in range(1, 13))
_TASKS = "http://schemas.microsoft.com/windows/2004/02/mit/task"


@dataclass(frozen=True)
class _Job:
    """What all schedulers are told."""

    slug: str
    title: str
    root: Path
    file: PurePath
    schedule: Schedule
    variables: tuple[str, ...]
    out: str
    browser: bool

    @property
    def arguments(self) -> str:
        """What follows the board's file."""
        return f"--wait {WAIT}"

    @property
    def hour(self) -> int:
        return int(self.schedule.at[:2])

    @property
    def minute(self) -> int:
        return int(self.schedule.at[3:])


def write(board: Board, kind: Kind, *, root: Path) -> dict[str, str]:
    """The files of one scheduler for one board, by file name.

    Parameters
    ----------
    board : Board
        Read from a file, with a schedule.
    kind : {"systemd", "cron", "windows", "github"}
        The scheduler.
    root : Path
        The project's folder on the machine that will run it.

    Raises
    ------
    ParameterError
        If the board states no schedule, or was not read from a file.
    """
    if board.schedule is None or board.path is None:
        remedy = "add schedule: {every: month, day: 5, at: '06:30', time_zone: Europe/London}"
        raise ParameterError(
            "There is nothing to schedule.", [Problem(f"{board.name} has no schedule", "", remedy)]
        )
    path = board.path.resolve()
    file = path.relative_to(root) if path.is_relative_to(root) else path
    title = " ".join(board.name.split())
    variables = tuple(dict.fromkeys((*board.notices.success, *board.notices.failure)))
    job = _Job(
        slug=f"sendlib-{path.stem}",
        title=title,
        root=root,
        file=file,
        schedule=board.schedule,
        variables=variables,
        out=board.out,
        browser=board.pdf or board.checks.browser == "required",
    )
    return _WRITERS[kind](job)


def _systemd(job: _Job) -> dict[str, str]:
    command = job.root / ".venv" / "bin" / "sendlib"
    service = f"""\
[Unit]
Description={_specifier(job.title)}: make the pack
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={_specifier(str(job.root))}
EnvironmentFile=-%E/{ENVIRONMENT}
ExecStart={_quoted(command)} board run {_quoted(job.file)} {job.arguments}
TimeoutStartSec={LONGEST_RUN}
NoNewPrivileges=yes
PrivateTmp=yes
"""
    timer = f"""\
[Unit]
Description={_specifier(job.title)}: when to make the pack

[Timer]
OnCalendar={_calendar(job)}
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{job.slug}.service": service, f"{job.slug}.timer": timer}


def _calendar(job: _Job) -> str:
    """As ``systemd-analyze calendar`` reads it."""
    schedule = job.schedule
    at = f"{schedule.at}:00 {schedule.time_zone}"
    if schedule.every == "month":
        return f"*-*-{schedule.on:02d} {at}"
    if schedule.every == "week":
        return f"{str(schedule.on)[:3].capitalize()} *-*-* {at}"
    return f"*-*-* {at}"


def _specifier(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(path: PurePath) -> str:
    escaped = _specifier(str(path)).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'


def _cron(job: _Job) -> dict[str, str]:
    schedule = job.schedule
    day = schedule.on if schedule.every == "month" else "*"
    weekday = (WEEKDAYS.index(str(schedule.on)) + 1) % 7 if schedule.every == "week" else "*"
    variables = f"$HOME/.config/{ENVIRONMENT}"
    command = (
        f'set -a; [ ! -f "{variables}" ] || . "{variables}"; set +a; '
        f"cd {shlex.quote(str(job.root))} && "
        f".venv/bin/sendlib board run {shlex.quote(str(job.file))} {job.arguments}"
    ).replace("%", "\\%")
    text = f"""\
# {job.title}: add this with crontab -e. The times are {schedule.time_zone}, which has to be
# the time zone of the machine; cron mails what the command prints. Variables are read
# from ~/.config/{ENVIRONMENT}, if it is there.
{job.minute} {job.hour} {day} * {weekday} {command}
"""
    return {f"{job.slug}.crontab": text}


def _windows(job: _Job) -> dict[str, str]:
    """A task for ``schtasks /Create /XML``; its times are those of the machine."""
    task = Xml.Element("Task", {"version": "1.2", "xmlns": _TASKS})
    Xml.SubElement(
        Xml.SubElement(task, "RegistrationInfo"), "Description"
    ).text = f"{job.title}: make the pack. The times are {job.schedule.time_zone}."
    trigger = Xml.SubElement(Xml.SubElement(task, "Triggers"), "CalendarTrigger")
    Xml.SubElement(trigger, "StartBoundary").text = f"2026-01-01T{job.schedule.at}:00"
    Xml.SubElement(trigger, "Enabled").text = "true"
    _when(trigger, job.schedule)
    settings = Xml.SubElement(task, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("ExecutionTimeLimit", "PT2H"),
    ):
        Xml.SubElement(settings, name).text = value
    execute = Xml.SubElement(Xml.SubElement(task, "Actions"), "Exec")
    Xml.SubElement(execute, "Command").text = f"{job.root}\\.venv\\Scripts\\sendlib.exe"
    Xml.SubElement(execute, "Arguments").text = f'board run "{job.file}" {job.arguments}'
    Xml.SubElement(execute, "WorkingDirectory").text = str(job.root)
    Xml.indent(task)
    body = Xml.tostring(task, encoding="unicode")
    return {f"{job.slug}.xml": f'<?xml version="1.0"?>\n{body}\n'}


def _when(trigger: Xml.Element, schedule: Schedule) -> None:
    if schedule.every == "month":
        month = Xml.SubElement(trigger, "ScheduleByMonth")
        days = Xml.SubElement(month, "DaysOfMonth")
        Xml.SubElement(days, "Day").text = str(schedule.on)
        months = Xml.SubElement(month, "Months")
        for name in _MONTHS:
            Xml.SubElement(months, name)
    elif schedule.every == "week":
        week = Xml.SubElement(trigger, "ScheduleByWeek")
        days = Xml.SubElement(week, "DaysOfWeek")
        Xml.SubElement(days, str(schedule.on).capitalize())
        Xml.SubElement(week, "WeeksInterval").text = "1"
    else:
        Xml.SubElement(Xml.SubElement(trigger, "ScheduleByDay"), "DaysInterval").text = "1"


def _github(job: _Job) -> dict[str, str]:
    """A workflow; its clock is UTC, so it keeps to the board's winter time all year."""
    file = job.file.as_posix()
    secrets = {name: f"${{{{ secrets.{name} }}}}" for name in job.variables}
    workflow = {
        "name": job.title,
        "on": {"schedule": [{"cron": _utc_line(job)}], "workflow_dispatch": None},
        "permissions": {"contents": "read"},
        "concurrency": {"group": job.slug, "cancel-in-progress": False},
        "jobs": {
            "pack": {
                "runs-on": "ubuntu-latest",
                "timeout-minutes": 60,
                "steps": [
                    {"uses": "actions/checkout@v4"},
                    {"uses": "actions/setup-python@v5", "with": {"python-version": "3.12"}},
                    {"name": "Set up", "run": "make data"},
                    *(_BROWSER_STEPS if job.browser else ()),
                    {
                        "name": "Make the pack",
                        "run": '.venv/bin/sendlib board run "$BOARD"',
                        "env": {"BOARD": file, **secrets},
                    },
                    {
                        "uses": "actions/upload-artifact@v4",
                        "with": {"name": "pack", "path": f"{job.out}/latest/"},
                    },
                ],
            }
        },
    }
    head = (
        f"# The clock here is UTC: in summer this runs an hour later by {job.schedule.time_zone}\n"
        "# than the board's file says. Each runner starts anew, so nothing is compared with the\n"
        "# last pack, and a missed run is not noticed.\n"
    )
    return {f"{job.slug}.yml": head + yaml.safe_dump(workflow, sort_keys=False, width=120)}


def _utc_line(job: _Job) -> str:
    """Five fields of cron in UTC, as the clock stands in January; a day may shift."""
    schedule = job.schedule
    day = int(schedule.on or 1) if schedule.every == "month" else 5  # 5 January 2026: a Monday
    if schedule.every == "week":
        day += WEEKDAYS.index(str(schedule.on))
    zone = ZoneInfo(schedule.time_zone)
    moment = datetime(2026, 1, day, job.hour, job.minute, tzinfo=zone).astimezone(UTC)
    on = moment.day if schedule.every == "month" else "*"
    weekday = moment.isoweekday() % 7 if schedule.every == "week" else "*"
    return f"{moment.minute} {moment.hour} {on} * {weekday}"


_GET_CHROMIUM = (
    "command -v chromium google-chrome || "
    "{ sudo apt-get update && sudo apt-get install -y chromium; }"
)
_BROWSER_STEPS = (
    {"name": "Get Chromium, unless the runner has a browser", "run": _GET_CHROMIUM},
    {"name": "Add what drives it", "run": "make browser"},
)

_WRITERS: Mapping[Kind, Callable[[_Job], dict[str, str]]] = {
    "systemd": _systemd,
    "cron": _cron,
    "windows": _windows,
    "github": _github,
}
