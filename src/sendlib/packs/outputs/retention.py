"""How long runs are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sendlib.packs.outputs.folders import KeptRun, last_published, list_runs
from sendlib.packs.outputs.publish import remove_run
from sendlib.packs.setting import Kind


@dataclass(frozen=True)
class Retention:
    """How many packs of one kind are kept, and for how long.

    Parameters
    ----------
    runs : int
        How many published packs, the newest included.
    days : int
        How old one may be. [days]
    """

    runs: int = 24
    days: int = 800


def choose_old(
    runs: Sequence[KeptRun], keep: Retention | None, *, kind: Kind, today: datetime
) -> list[KeptRun]:
    """The runs of one kind that are no longer kept.

    A published pack stays while it is among the newest and young enough. A
    run that failed or was interrupted stays until a newer pack is published:
    until then it is looked at, and lends what it finished. Runs under way, and
    those whose record cannot be read, stay.
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


def remove_old(out: Path, keep: Retention | None, *, kind: Kind, today: datetime) -> list[str]:
    """Remove the runs of one kind that are no longer kept; never the one ``latest`` shows."""
    shown = last_published(out)
    old = choose_old(list_runs(out), keep, kind=kind, today=today)
    removed = [run for run in old if shown is None or run.run_id != shown.run_id]
    for run in removed:
        remove_run(run.folder)
    return [run.run_id for run in removed]
