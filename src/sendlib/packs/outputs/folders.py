"""What is kept of earlier runs: read them back, newest first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sendlib.errors import ParameterError, Problem, did_you_mean
from sendlib.packs.outputs.lock import Holder, find_holder
from sendlib.packs.outputs.publish import LATEST, RUNS
from sendlib.packs.outputs.record import RECORD
from sendlib.packs.setting import Kind

Fate = Literal["running", "interrupted", "failed", "published"]
"""What became of a run."""


@dataclass(frozen=True)
class KeptRun:
    """One run that was kept.

    Parameters
    ----------
    run_id : str
        Name of its folder.
    folder : Path
        Where it is.
    record : Mapping
        Its ``run.json``; empty where that cannot be read.
    state : {"running", "interrupted", "failed", "published"}
        A run is ``interrupted`` when its process ended before it could say so:
        its record says that it runs but it does not hold the lock, or that it
        is published but ``latest`` shows an earlier one, or none.
    """

    run_id: str
    folder: Path
    record: Mapping[str, Any]
    state: Fate

    @property
    def sequence(self) -> int:
        """Its place in the order of runs, which no clock can change."""
        return int(self.record.get("sequence", 0))

    @property
    def started(self) -> datetime | None:
        """When it began, in UTC; None where that is not known."""
        text = self.record.get("started")
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else None

    @property
    def kind(self) -> Kind | None:
        """Board, authority and scenario; None for a record that does not say them."""
        pack, board = self.record.get("pack"), self.record.get("board")
        return (board["name"] if board else "", pack["la_code"], pack["scenario"]) if pack else None


def list_runs(out: Path) -> list[KeptRun]:
    """Every run that is kept in a folder of outputs."""
    folders = [path for path in _folders(out) if not path.name.startswith(".")]
    holder, shown = find_holder(out), _read(out / LATEST)
    runs = [_describe(folder, holder, shown) for folder in folders]
    return sorted(runs, key=lambda run: (run.sequence, run.run_id), reverse=True)


def last_published(out: Path) -> KeptRun | None:
    """The run that ``latest`` shows; None when it shows none."""
    shown = _read(out / LATEST)
    if not shown.get("run_id"):
        return None
    folder = out / RUNS / str(shown["run_id"])
    place = folder if folder.is_dir() else out / LATEST
    return KeptRun(str(shown["run_id"]), place, shown, "published")


def find_run(out: Path, run_id: str) -> KeptRun:
    """One run by its id; ``latest`` names the one that is shown."""
    runs = list_runs(out)
    wanted = last_published(out) if run_id == LATEST else None
    wanted = wanted or next((run for run in runs if run.run_id == run_id), None)
    if wanted is None:
        raise ParameterError("There is no such run.", [_not_there(out, run_id, runs)])
    return wanted


def _not_there(out: Path, run_id: str, runs: Sequence[KeptRun]) -> Problem:
    if not runs:
        remedy = "make a pack first, or name the folder of its outputs with --out"
        return Problem("no run is kept", str(out / RUNS), remedy)
    found = "no pack is on show" if run_id == LATEST else f"found {run_id!r}"
    return Problem(found, str(out / RUNS), did_you_mean(run_id, [run.run_id for run in runs]))


def _folders(out: Path) -> list[Path]:
    runs = out / RUNS
    return [path for path in runs.iterdir() if path.is_dir()] if runs.is_dir() else []


def _read(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _describe(folder: Path, holder: Holder | None, shown: Mapping[str, Any]) -> KeptRun:
    record = _read(folder)
    later = not shown or int(record.get("sequence", 0)) > int(shown.get("sequence", 0))
    state = _judge(record.get("state"), later=later, at_work=_holds(holder, folder.name))
    return KeptRun(folder.name, folder, record, state)


def _holds(holder: Holder | None, run_id: str) -> bool:
    return holder is not None and holder.run_id == run_id


def _judge(said: object, *, later: bool, at_work: bool) -> Fate:
    """What became of a run, from what it said last and what is seen of it."""
    if said == "failed":
        return "failed"
    if said == "published" and not later:
        return "published"
    return "running" if at_work else "interrupted"
