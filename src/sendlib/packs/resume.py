"""Take up a run that did not end, from the notebooks that did.

Every notebook that has run leaves its executed copy and, in one step after
that, a mark beside it: a fingerprint of everything that the copy follows from.
A later run takes the copy of an unfinished one where the fingerprints agree.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from sendlib.files import sync, write_whole
from sendlib.packs.execution import Execution, Job
from sendlib.packs.kernels.limits import InForce
from sendlib.packs.outputs.folders import KeptRun, list_runs
from sendlib.packs.program import hash_files, hash_program, list_versions
from sendlib.packs.setting import DataFile, Kind
from sendlib.project import Project

MARK = ".done.json"
EXECUTED = "notebooks"

_UNFINISHED = ("interrupted", "failed")


@dataclass(frozen=True)
class Lent:
    """What an earlier run lends to this one.

    Parameters
    ----------
    run_id : str or None
        The earlier run; None when there is none.
    finished : dict[str, Execution]
        By notebook file, the executions that need not be done again.
    """

    run_id: str | None = None
    finished: dict[str, Execution] = field(default_factory=dict)


def describe_ground(project: Project, inputs: Sequence[DataFile]) -> str:
    """A hash of everything that all notebooks of a run stand on.

    That is the published files, the scenarios, an authority's own files (by
    their names, sizes and times), this program and the versions of the
    libraries.
    """
    own = project.private
    return _hash(
        {
            "inputs": sorted((entry.path, entry.sha256) for entry in inputs),
            "scenarios": hash_files(project.scenarios, project.scenarios.glob("*.yml")),
            "own": sorted(_glance(path, own) for path in own.rglob("*") if path.is_file()),
            "program": hash_program(),
            "versions": list_versions(),
        }
    )


def fingerprint(notebook: Path, parameters: Mapping[str, object], *, ground: str) -> str:
    """A hash of everything that the executed copy of a notebook follows from."""
    source = hashlib.sha256(notebook.read_bytes()).hexdigest()
    return _hash({"notebook": source, "parameters": dict(parameters), "ground": ground})


def fingerprints(
    jobs: Sequence[Job], parameters: Mapping[str, Mapping[str, object]], *, ground: str
) -> dict[str, str]:
    """By notebook file, the fingerprint of each job."""
    return {
        job.notebook.path.name: fingerprint(
            job.notebook.path, parameters[job.notebook.path.name], ground=ground
        )
        for job in jobs
    }


def mark_finished(execution: Execution, fingerprint: str) -> Path:
    """Leave a mark, in one step, that a notebook has run."""
    sync(execution.path)
    kept = {
        "fingerprint": fingerprint,
        "sha256": hashlib.sha256(execution.path.read_bytes()).hexdigest(),
        "headlines": list(execution.headlines),
        "figures": [dict(figure) for figure in execution.figures],
        "seconds": execution.seconds,
        "in_force": asdict(execution.in_force),
    }
    return write_whole(_mark_of(execution.path), json.dumps(kept, ensure_ascii=False).encode())


def drop_marks(folder: Path) -> None:
    """Remove the marks of a run that has ended well."""
    for mark in (folder / EXECUTED).glob(f"*{MARK}"):
        mark.unlink()


def find_lent(
    out: Path, *, kind: Kind, wanted: Mapping[str, str]
) -> tuple[KeptRun, list[str]] | None:
    """The newest unfinished run that finished something that is wanted."""
    for run in list_runs(out):
        if run.state in _UNFINISHED and run.kind == kind:
            lends = [name for name, print_ in wanted.items() if _lends(run.folder, name, print_)]
            if lends:
                return run, lends
    return None


def take_over(
    out: Path, folder: Path, jobs: Sequence[Job], *, kind: Kind, wanted: Mapping[str, str]
) -> Lent:
    """Copy what an unfinished run finished into the folder of a new one."""
    found = find_lent(out, kind=kind, wanted=wanted)
    if found is None:
        return Lent()
    run, names = found
    (folder / EXECUTED).mkdir(exist_ok=True)
    by_name = {job.notebook.path.name: job for job in jobs}
    return Lent(run.run_id, {name: _take(by_name[name], run.folder, folder) for name in names})


def _take(job: Job, before: Path, folder: Path) -> Execution:
    name = job.notebook.path.name
    copy = folder / EXECUTED / name
    shutil.copyfile(before / EXECUTED / name, copy)
    sync(copy)
    mark = _read_mark(before, name)
    write_whole(_mark_of(copy), json.dumps(mark, ensure_ascii=False).encode())
    return Execution(
        job=job,
        path=copy,
        node=nbformat.read(copy, as_version=4),
        headlines=tuple(mark["headlines"]),
        seconds=float(mark["seconds"]),
        figures=tuple(mark["figures"]),
        in_force=InForce(**mark["in_force"]),
    )


def _lends(folder: Path, name: str, fingerprint: str) -> bool:
    """Whether a notebook's mark is there, agrees, and the copy is the one it was left for."""
    mark = _read_mark(folder, name)
    if mark.get("fingerprint") != fingerprint:
        return False
    with suppress(OSError):
        held = hashlib.sha256((folder / EXECUTED / name).read_bytes()).hexdigest()
        return bool(held == mark.get("sha256"))
    return False


def _read_mark(folder: Path, name: str) -> dict[str, Any]:
    try:
        mark = json.loads(_mark_of(folder / EXECUTED / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def _mark_of(executed: Path) -> Path:
    return executed.with_name(executed.name + MARK)


def _hash(described: object) -> str:
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _glance(path: Path, root: Path) -> tuple[str, int, int]:
    seen = path.stat()
    return path.relative_to(root).as_posix(), seen.st_size, seen.st_mtime_ns
