"""The runs in a folder of outputs: the record that each leaves, and how long it is stored."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sendlib.clock import stamp
from sendlib.errors import ParameterError, Problem, did_you_mean
from sendlib.files import write_whole
from sendlib.packs.lock import find_holder
from sendlib.packs.publish import LATEST_FOLDER, RUN_FILE, RUNS, remove_run
from sendlib.packs.setting import Retention, RunKind, Setting, known_by, list_versions

SCHEMA_VERSION = 3

_FILLED_IN_LATER = (
    *("in_force", "figures", "headlines", "pages", "content", "files", "seconds", "results"),
)
_RUN_AGAIN = "make the pack again, and find out what changed it"

State = Literal["running", "interrupted", "failed", "published"]


@dataclass(frozen=True)
class Run:
    """One run, read back from its folder.

    It is ``interrupted`` when its process ended before it could say so: its
    record says that it runs but it does not have the lock, or that it is
    published but ``latest`` shows an earlier one, or none.
    """

    run_id: str
    folder: Path
    record: Mapping[str, Any]  # its run.json; empty where that cannot be read
    state: State

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
    def kind(self) -> RunKind | None:
        """A board's file, authority and scenario; None for a record that does not say them."""
        pack, board = self.record.get("pack"), known_by(self.record.get("board"))
        return (board, pack["la_code"], pack["scenario"]) if pack else None


def describe_run(
    run_id: str,
    setting: Setting,
    *,
    parameters: Mapping[str, Mapping[str, object]],
    sequence: int,
) -> dict[str, object]:
    """The record of a run that begins: it is under way, and has made nothing."""
    title = asdict(setting.title)
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "sequence": sequence,
        "state": "running",
        "exit_code": None,
        "started": stamp(setting.started),
        "finished": None,
        "pack": {name: title[name] for name in ("authority", "as_of", "la_code", "scenario")},
        "board": dict(setting.board) if setting.board else None,
        "assurance": setting.assurance.model_dump(),
        "notice": setting.notice,
        "limits": setting.limits.model_dump(),
        "parameters": {name: dict(values) for name, values in parameters.items()},
        "scenario": dict(setting.scenario) if setting.scenario else None,
        "data": [dict(file) for file in setting.inputs],
        "versions": list_versions(),
        "commit": setting.commit,
        **{name: {} for name in _FILLED_IN_LATER},
        "problems": [],
    }


def write_record(record: Mapping[str, object], folder: Path) -> Path:
    """Write a run's record in one step, so that no reader ever sees half of it."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    return write_whole(folder / RUN_FILE, text.encode())


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def list_runs(out: Path) -> list[Run]:
    """Every run in a folder of outputs, newest first."""
    folders = [path for path in (out / RUNS).glob("[!.]*") if path.is_dir()]
    holder, shown = find_holder(out), _read_record(out / LATEST_FOLDER)
    is_damaged = not shown and (out / LATEST_FOLDER).exists()  # then what records say has to do
    newest = float("inf") if is_damaged else int(shown.get("sequence", 0))
    runs: list[Run] = []
    for folder in folders:
        record = _read_record(folder)
        is_later = int(record.get("sequence", 0)) > newest
        state: State = "interrupted"
        if record.get("state") == "failed":
            state = "failed"
        elif record.get("state") == "published" and not is_later:
            state = "published"
        elif holder is not None and holder.run_id == folder.name:
            state = "running"
        runs.append(Run(folder.name, folder, record, state))
    return sorted(runs, key=lambda run: (run.sequence, run.run_id), reverse=True)


def find_published(folders: Iterable[Path], la_code: str) -> list[Run]:
    """Every published pack of an authority, of any board, wherever it lies in some folders."""
    paths = {
        path.parent.resolve() for each in folders for path in each.rglob(f"{RUNS}/*/{RUN_FILE}")
    }
    records = {path: _read_record(path) for path in sorted(paths)}
    return [
        Run(path.name, path, record, "published")
        for path, record in records.items()
        if record.get("state") == "published" and record["pack"]["la_code"] == la_code
    ]


def latest_run(out: Path) -> Run | None:
    """The run that ``latest`` shows; None when it shows none."""
    shown = _read_record(out / LATEST_FOLDER)
    if not shown.get("run_id"):
        return None
    folder = out / RUNS / str(shown["run_id"])
    place = folder if folder.is_dir() else out / LATEST_FOLDER
    return Run(str(shown["run_id"]), place, shown, "published")


def find_damage(out: Path) -> list[Problem]:
    """What of the pack on show is not as it was published; nothing where none is on show."""
    latest = out / LATEST_FOLDER
    if not latest.exists() and not latest.is_symlink():
        return []
    shown, where = _read_record(latest), str(latest)
    if not shown:
        found = "the record of the pack on show is damaged or gone"
        return [Problem("record_damaged", found, f"{where}/{RUN_FILE}", _RUN_AGAIN)]
    problems = []
    for name, published in {**shown.get("pages", {}), **shown.get("files", {})}.items():
        try:
            is_same = hashlib.sha256((latest / name).read_bytes()).hexdigest() == published
        except OSError:
            is_same = False
        if not is_same:
            found = "it is damaged or gone: not what was published"
            problems.append(Problem("file_not_as_published", found, f"{where}/{name}", _RUN_AGAIN))
    return problems


def find_run(out: Path, run_id: str) -> Run:
    """One run by its id; ``latest`` names the one that is shown."""
    runs = list_runs(out)
    wanted = latest_run(out) if run_id == LATEST_FOLDER else None
    wanted = wanted or next((run for run in runs if run.run_id == run_id), None)
    if wanted is not None:
        return wanted
    where, remedy = str(out / RUNS), did_you_mean(run_id, [run.run_id for run in runs])
    problem = Problem("unknown_run", f"found {run_id!r}", where, remedy)
    if not runs:
        remedy = "make a pack first, or name the folder of its outputs with --out"
        problem = Problem("no_runs", "there are no runs", where, remedy)
    elif run_id == LATEST_FOLDER:
        problem = Problem("nothing_published", "no pack has been published", where, remedy)
    raise ParameterError("There is no such run.", [problem])


def choose_old(
    runs: Sequence[Run], keep: Retention | None, *, kind: RunKind, today: datetime
) -> list[Run]:
    """The runs of one kind to remove, newest first in ``runs``.

    A published pack stays while it is among the newest and young enough. A
    run that failed or was interrupted stays until a newer pack is published:
    until then somebody may look at it. Runs under way, and those whose record
    cannot be read, stay.
    """
    alike = [run for run in runs if run.kind == kind]
    packs = [run for run in alike if run.state == "published"]
    newest = packs[0].sequence if packs else 0
    ended = [run for run in alike if run.state in ("failed", "interrupted")]
    old = [run for run in ended if run.sequence < newest]
    if keep is None:
        return old
    began = [run.started for run in packs[1:2] if run.started is not None]
    earliest = min([today, *began]) - timedelta(days=keep.days)
    return old + [
        run
        for place, run in enumerate(packs)
        if place >= keep.runs or (run.started is not None and run.started < earliest)
    ]


def remove_old(out: Path, keep: Retention | None, *, kind: RunKind, today: datetime) -> list[str]:
    """Remove the runs of one kind that are too old; never the one that ``latest`` shows."""
    shown = latest_run(out)
    old = choose_old(list_runs(out), keep, kind=kind, today=today)
    removed = [run for run in old if shown is None or run.run_id != shown.run_id]
    for run in removed:
        remove_run(run.folder)
    return [run.run_id for run in removed]
