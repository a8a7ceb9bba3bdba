"""When a pack is due by a board's clock, and ready files for the schedulers that councils have."""

import json
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from typing import Final, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim
from jinja2 import Environment

from sendlib.board.file import WEEKDAYS, Board, Schedule
from sendlib.clock import now
from sendlib.errors import ParameterError, Problem
from sendlib.pages.markup import templates

Scheduler = Literal["systemd", "cron", "windows", "github"]

_ENDINGS = {
    "systemd": (".service", ".timer"),
    "cron": (".crontab",),
    "windows": (".xml",),
    "github": (".yml",),
}
_VARIABLES_FILE: Final = "sendlib/environment"  # below the folder of a person's settings
_WAIT: Final = 60  # for another run, such as another board's of the same time [minutes]
_MONTHS = tuple(f"{datetime(2000, month, 1, tzinfo=UTC):%B}" for month in range(1, 13))


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """The first time due after a moment; as cron has it where the clocks change."""
    local = after.astimezone(ZoneInfo(schedule.time_zone))
    return next(CronSim(_cron(schedule), local))


def last_due(schedule: Schedule, before: datetime) -> datetime:
    """The last time due by a moment, the moment itself included."""
    past = before.replace(second=0, microsecond=0).astimezone(UTC) + timedelta(minutes=1)
    local = past.astimezone(ZoneInfo(schedule.time_zone))
    return next(CronSim(_cron(schedule), local, reverse=True))


def describe_moment(moment: datetime) -> str:
    """A moment on a local clock, with the name of that clock."""
    return f"{moment.day} {moment.strftime('%B %Y at %H:%M')} ({moment.tzinfo})"


def describe_next_run(board: Board) -> str:
    """When the next pack of a board is due, in words; empty without a schedule."""
    return describe_moment(next_run(board.schedule, now())) if board.schedule else ""


def scheduler_files(board: Board, scheduler: Scheduler, *, root: Path) -> dict[str, str]:
    """The files of one scheduler for one board of the project at ``root``, by file name."""
    if board.schedule is None or board.path is None:
        remedy = "add schedule: {every: month, day: 5, at: '06:30', time_zone: Europe/London}"
        problem = Problem("no_schedule", f"{board.name} has no schedule", "", remedy)
        raise ParameterError("There is nothing to schedule.", [problem])
    path, schedule = board.path.resolve(), board.schedule
    slug = f"sendlib-{path.stem}"
    facts = {
        "slug": slug,
        "title": " ".join(board.name.split()),
        "root": root,
        "file": path.relative_to(root) if path.is_relative_to(root) else path,
        "every": schedule.every,
        "day": schedule.on,
        "at": schedule.at,
        "time_zone": schedule.time_zone,
        "cron": _cron(schedule),
        "cron_utc": _cron_utc(schedule),
        "months": _MONTHS,
        "variables": list(dict.fromkeys((*board.notices.success, *board.notices.failure))),
        "variables_file": _VARIABLES_FILE,
        "wait": _WAIT,
        "out": board.out,
        "browser": board.pdf or board.checks.browser == "required",
    }
    environment = _templates()
    return {
        f"{slug}{ending}": environment.get_template(f"sendlib{ending}.j2").render(facts)
        for ending in _ENDINGS[scheduler]
    }


def _cron(schedule: Schedule) -> str:
    """The five fields of a line for cron."""
    hour, minute = map(int, schedule.at.split(":"))
    day = schedule.on if schedule.every == "month" else "*"
    weekday = (WEEKDAYS.index(str(schedule.on)) + 1) % 7 if schedule.every == "week" else "*"
    return f"{minute} {hour} {day} * {weekday}"


def _cron_utc(schedule: Schedule) -> str:
    """The same in UTC, as the clock stands in January; a day may shift."""
    first = next_run(schedule, datetime(2026, 1, 1, 12, tzinfo=UTC)).astimezone(UTC)
    day = first.day if schedule.every == "month" else "*"
    weekday = first.isoweekday() % 7 if schedule.every == "week" else "*"
    return f"{first.minute} {first.hour} {day} * {weekday}"


def _templates() -> Environment:
    """The templates, with a filter for each way in which a scheduler quotes text."""

    def systemd(text: object) -> str:
        return str(text).replace("%", "%%")

    def systemd_word(path: PurePath) -> str:
        escaped = systemd(path).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
        return f'"{escaped}"'

    environment = templates(("sendlib.board", "schedulers"))
    environment.filters |= {
        "systemd": systemd,
        "systemd_word": systemd_word,
        "shell": lambda path: shlex.quote(str(path)),
        "cron_command": lambda command: command.replace("%", "\\%"),
        "yaml": lambda text: json.dumps(text, ensure_ascii=False),
    }
    return environment
