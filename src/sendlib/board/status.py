"""How a board's runs stand: the pack on show, what happened since, and when the next is due."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sendlib.packs.runs import Run, find_damage, latest_run, list_runs

if TYPE_CHECKING:
    from sendlib.board.file import Board, Schedule

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

_LONGEST: Final = 300  # characters of one problem: the record has the rest


@dataclass(frozen=True)
class StatusLine:
    """One thing that is known of a board's runs, and whether nothing needs to be done about it."""

    text: str
    in_order: bool = True


@dataclass(frozen=True)
class Status:
    """How a board's runs stand: the pack on show first, the next run last."""

    lines: tuple[StatusLine, ...]

    @property
    def in_order(self) -> bool:
        """Whether nothing needs to be done."""
        return all(line.in_order for line in self.lines)

    def __str__(self) -> str:
        return "\n".join(line.text for line in self.lines)


def read_status(out: Path, board: "Board | None" = None, *, now: datetime) -> Status:
    """How the runs in a folder of outputs stand: those of one board, or of all."""
    runs = [
        run
        for run in list_runs(out)
        if board is None or (run.kind and run.kind[0] == (board.file or board.name))
    ]
    damage = [StatusLine(str(problem), in_order=False) for problem in find_damage(out)]
    on_show = _on_show(runs, latest_run(out), now)
    is_lost = bool(damage) and not any(run.state == "published" for run in runs)
    lines = [*([] if is_lost else [on_show]), *damage, *_since_published(runs)]
    if board is not None and board.schedule is not None:
        lines += _planned(board.schedule, runs, now)
    return Status(tuple(lines))


def list_history(out: Path) -> list[str]:
    """Every run that is stored, newest first: a line for each."""
    latest, lines = latest_run(out), []
    for run in list_runs(out):
        whose = str((run.record.get("board") or {}).get("name", ""))
        on_show = "on show" if latest and latest.run_id == run.run_id else ""
        problems = run.record.get("problems") or [""]
        why = str(problems[0]) if run.state == "failed" else ""
        lines.append("  ".join(filter(None, [run.run_id, run.state, whose, on_show, why])))
    return lines


def _on_show(runs: Sequence[Run], latest: Run | None, now: datetime) -> StatusLine:
    """The last published pack and its age."""
    last = next((run for run in runs if run.state == "published"), None)
    if last is None:
        return StatusLine("No pack has been published yet.", in_order=False)
    text = f"The last pack is {last.run_id}, published {_age(last, now)}"
    if latest is None or latest.run_id != last.run_id:
        other = f"{latest.run_id}, of another board" if latest else "no pack that can be read"
        return StatusLine(f"{text}; outputs show {other}.", in_order=False)
    notice = str(last.record.get("notice") or "")
    is_past = last.started is None or last.started <= now
    return StatusLine(f"{text}, and marked: {notice}" if notice else f"{text}.", in_order=is_past)


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


def _since_published(runs: Sequence[Run]) -> Iterator[StatusLine]:
    """Runs that went wrong since the last published one, and the one under way."""
    for run in runs:
        if run.state == "published":
            return
        if run.state == "running":
            began = f", begun {run.started:%H:%M} UTC" if run.started else ""
            yield StatusLine(f"Run {run.run_id} is under way{began}.")
            continue
        became = "failed" if run.state == "failed" else "was interrupted"
        code = int(run.record.get("exit_code") or 0)
        meaning = f": {MEANINGS[code]}" if code in MEANINGS else ""
        ended = f" (exit code {code}{meaning})" if code else ""
        lines = [str(line).strip() for line in run.record.get("problems") or ()]
        first = " ".join(line.removeprefix("- ") for line in lines[:2])  # headline and first below
        why = f"{first[:_LONGEST]} ..." if len(first) > _LONGEST else first
        why = f": {why.rstrip('.')}" if why else ""
        yield StatusLine(f"Run {run.run_id} {became}{ended}{why}.", in_order=False)


def _planned(schedule: "Schedule", runs: Sequence[Run], now: datetime) -> Iterator[StatusLine]:
    """Whether the last time due passed without a run, and when the next is due."""
    from sendlib.board.schedules import describe_moment, last_due, next_run  # slow to import

    due = last_due(schedule, now - GRACE)
    started = [run.started for run in runs if run.started is not None]
    in_time = [begun for begun in started if due.astimezone(UTC) <= begun <= now]
    if started and not in_time:  # one that is still to come was begun by a wrong clock
        missed = f"The run that was due on {describe_moment(due)} did not take place."
        yield StatusLine(missed, in_order=False)
    yield StatusLine(f"The next run is due on {describe_moment(next_run(schedule, now))}.")
