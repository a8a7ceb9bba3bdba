"""Counts of an authority's own caseload, kept so that notebooks need no records.

Three small tables and a note of where they came from stand in
``data/processed/own/<code>/``, which never leaves ``data/``; counts of one
place and age may be small, so pages show sums of them only.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from sendlib.errors import NotHeldError, Problem
from sendlib.own.caseload import OwnCaseload
from sendlib.project import Project

FOLDER = "own"
_TABLES = ("stock", "movements", "costs", "findings", "rows")
_NOTE = "caseload.json"


def keep_caseload(project: Project, area_code: str, caseload: OwnCaseload) -> Path:
    """Keep the counts of an authority in place of any kept before.

    Parameters
    ----------
    project : Project
        Where ``data/processed`` is.
    area_code : str
        The authority.
    caseload : OwnCaseload
        As read.

    Returns
    -------
    Path
        The folder.
    """
    folder = _folder(project, area_code)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".new-") as aside:
        for name in _TABLES:
            getattr(caseload, name).to_parquet(Path(aside) / f"{name}.parquet", index=False)
        note = {"kind": caseload.kind, "januaries": list(caseload.januaries)}
        (Path(aside) / _NOTE).write_text(json.dumps(note), encoding="utf-8")
        (folder / _NOTE).unlink(missing_ok=True)  # no note, nothing kept
        for name in (*(f"{name}.parquet" for name in _TABLES), _NOTE):
            (Path(aside) / name).replace(folder / name)
    return folder


def load_caseload(project: Project, area_code: str) -> OwnCaseload:
    """The counts kept of an authority.

    Raises
    ------
    NotHeldError
        If none are kept, with the command that makes them.
    """
    folder = _folder(project, area_code)
    if not (folder / _NOTE).is_file():
        remedy = f"run: sendlib cohort fit --la {area_code} --caseload FILE"
        raise NotHeldError(
            "No caseload of the authority's own is kept.",
            [Problem(f"authority {area_code}", f"data/processed/{FOLDER}", remedy)],
        )
    note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
    return OwnCaseload(kind=note["kind"], januaries=tuple(note["januaries"]), **tables)


def _folder(project: Project, area_code: str) -> Path:
    return project.processed / FOLDER / area_code
