"""How a board's runs stand: the pack on show, what happened since, and when the next is due."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sendlib.board.file import Board, Schedule
from sendlib.board.schedules import describe_moment, last_due, next_run
from sendlib.packs.runs import Run, last_published, list_runs

GRACE = timedelta(minutes=15)
"""How long after its time a run may begin before it counts as missed."""

MEANINGS: Mapping[int, str] = {
    1: "refused before a notebook ran",
    3: "a notebook failed",
    4: "not fit to be published",
    5: "another run was at work",
    6: "something could not be written",
    130: "stopped from the keyboard",
    143: "stopped by a signal",
}
"""What the exit code of a run that published nothing means."""

_TOLD_AT_MOST = 300  # characters of one problem: the record has the rest

_WENT_WRONG: Mapping[str, str] = {"failed": "failed", "interrupted": "was interrupted"}


@dataclass(frozen=True)
class Line:
    """One thing that is known of a board's runs.

    Parameters
    ----------
    text : str
        In words.
    in_order : bool
        Whether nothing needs to be done about it.
    """

    text: str
    in_order: bool = True


@dataclass(frozen=True)
class Status:
    """How a board's runs stand.

    Parameters
    ----------
    lines : tuple[Line, ...]
        The pack on show first, the next run last.
    """

    lines: tuple[Line, ...]

    @property
    def in_order(self) -> bool:
        """Whether nothing needs to be done."""
        return all(line.in_order for line in self.lines)

    def __str__(self) -> str:
        return "\n".join(f"{line.text}" for line in self.lines)


def read_status(out: Path, board: Board | None = None, *, now: datetime) -> Status:
    """How the runs in a folder of outputs stand."""
    runs = [run for run in list_runs(out) if board is None or _is_of(run, board)]
    lines = [_on_show(runs, last_published(out), now), *_since(runs)]
    if board is not None and board.schedule is not None:
        lines += _planned(board.schedule, runs, now)
    return Status(tuple(lines))


def list_history(out: Path) -> list[str]:
    """Every run that is kept, newest first: a line for each."""
    shown = last_published(out)
    return [_in_a_line(run, shown) for run in list_runs(out)]


def _is_of(run: Run, board: Board) -> bool:
    return run.kind is not None and run.kind[0] == board.name


def _in_a_line(run: Run, shown: Run | None) -> str:
    whose = run.kind[0] if run.kind else ""
    on_show = "on show" if shown and shown.run_id == run.run_id else ""
    problems = run.record.get("problems") or [""]
    why = str(problems[0]) if run.state == "failed" else ""
    return "  ".join(filter(None, [run.run_id, run.state, whose, on_show, why]))


def _on_show(runs: Sequence[Run], shown: Run | None, now: datetime) -> Line:
    """The last published pack and its age."""
    last = next((run for run in runs if run.state == "published"), None)
    if last is None:
        return Line("No pack has been published yet.", in_order=False)
    told = f"The last pack is {last.run_id}, published {_age(last, now)}"
    notice = str(last.record.get("notice") or "")
    if shown is None or shown.run_id != last.run_id:
        other = f"{shown.run_id}, of another board" if shown else "nothing"
        return Line(f"{told}; outputs show {other}.", in_order=False)
    is_past = last.started is None or last.started <= now
    return Line(f"{told}, and marked: {notice}" if notice else f"{told}.", in_order=is_past)


def _age(run: Run, now: datetime) -> str:
    """How long ago a run began, in words."""
    if run.started is None:
        return "at a time that its record does not say"
    age = now - run.started
    if age < timedelta(0):
        return f"{run.started:%d %B %Y %H:%M} UTC, which is still to come: see to the clock"
    hours = age // timedelta(hours=1)
    many, unit = (age.days, "day") if age.days >= 2 else (hours, "hour")
    return f"{many} {unit if many == 1 else unit + 's'} ago" if many else "less than an hour ago"


def _since(runs: Sequence[Run]) -> Iterator[Line]:
    """Runs that went wrong since the last published one, and the one under way."""
    for run in runs:
        if run.state == "published":
            return
        if run.state == "running":
            began = f", begun {run.started:%H:%M} UTC" if run.started else ""
            yield Line(f"Run {run.run_id} is under way{began}.")
            continue
        told = f"Run {run.run_id} {_WENT_WRONG[run.state]}{_ended(run.record)}{_why(run.record)}."
        yield Line(told, in_order=False)


def _ended(record: Mapping[str, Any]) -> str:
    """The exit code, with what it means."""
    code = record.get("exit_code")
    if not code:
        return ""
    meaning = f": {MEANINGS[code]}" if code in MEANINGS else ""
    return f" (exit code {code}{meaning})"


def _why(record: Mapping[str, Any]) -> str:
    """The first lines of why it failed: the headline, and the first problem below it."""
    lines = [str(line).strip() for line in record.get("problems") or ()]
    first = " ".join(line.removeprefix("- ") for line in lines[:2])
    shown = f"{first[:_TOLD_AT_MOST]} ..." if len(first) > _TOLD_AT_MOST else first
    return f": {shown.rstrip('.')}" if shown else ""


def _planned(schedule: Schedule, runs: Sequence[Run], now: datetime) -> Iterator[Line]:
    """Whether the last time due passed without a run, and when the next is due."""
    due = last_due(schedule, now - GRACE)
    started = [run.started for run in runs if run.started is not None]
    in_time = [begun for begun in started if due.astimezone(UTC) <= begun <= now]
    if started and not in_time:  # one that is still to come was begun by a wrong clock
        told = f"The run that was due on {describe_moment(due)} did not take place."
        yield Line(told, in_order=False)
    yield Line(f"The next run is due on {describe_moment(next_run(schedule, now))}.")
