"""The record that every run leaves: what was made, from what, with what."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from sendlib.clock import is_time_fixed, now, stamp
from sendlib.files import write_whole
from sendlib.packs.program import list_versions
from sendlib.packs.setting import Setting

SCHEMA_VERSION = 2
RECORD = "run.json"

State = Literal["running", "published", "failed"]
"""What a run says of itself."""


def describe_run(
    run_id: str,
    setting: Setting,
    *,
    parameters: Mapping[str, Mapping[str, object]],
    sequence: int,
) -> dict[str, object]:
    """The record of a run that begins: it is under way, and has made nothing.

    A record that still says ``running`` when nobody holds the lock is of a run
    that was killed.
    """
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
        "assurance": asdict(setting.assurance) if setting.assurance else None,
        "notice": setting.notice,
        "limits": asdict(setting.limits),
        "in_force": {},
        "parameters": {name: dict(values) for name, values in parameters.items()},
        "scenario": dict(setting.scenario) if setting.scenario else None,
        "data": [asdict(file) for file in setting.inputs],
        "versions": list_versions(),
        "commit": asdict(setting.commit) if setting.commit else None,
        "resumed_from": None,
        "resumed": [],
        "figures": {},
        "headlines": {},
        "pages": {},
        "content": {},
        "files": {},
        "seconds": {},
        "problems": [],
    }


def to_timings(seconds: Mapping[str, float]) -> dict[str, float]:
    """Times as a record keeps them: none at all where the time is fixed. [seconds]"""
    return {} if is_time_fixed() else {name: round(taken, 2) for name, taken in seconds.items()}


def end_run(
    record: Mapping[str, object], state: State, *, exit_code: int, problems: Sequence[str] = ()
) -> dict[str, object]:
    """The record of a run that has ended."""
    ended = {"state": state, "exit_code": exit_code, "finished": stamp(now())}
    return {**record, **ended, "problems": list(problems)}


def write_record(record: Mapping[str, object], path: Path) -> Path:
    """Write a record in one step, so that no reader ever sees half of it."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    return write_whole(path, text.encode())
