"""Counts of an authority's own caseload, kept so that notebooks need no records.

Three small tables and a note of where they came from stand in
``data/processed/own/<code>/``, which never leaves ``data/``; counts of one
place and age may be small, so pages show sums of them only.
"""

from pathlib import Path

from sendlib.errors import NotHeldError, Problem
from sendlib.own.caseload import OwnCaseload
from sendlib.own.folder import read_folder, write_folder
from sendlib.project import Project

FOLDER = "own"
_TABLES = ("stock", "movements", "costs", "findings", "rows")


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
    tables = {name: getattr(caseload, name) for name in _TABLES}
    note = {"kind": caseload.kind, "januaries": list(caseload.januaries)}
    return write_folder(_folder(project, area_code), tables, note)


def load_caseload(project: Project, area_code: str) -> OwnCaseload:
    """The counts kept of an authority.

    Raises
    ------
    NotHeldError
        If none are kept, with the command that makes them.
    """
    kept = read_folder(_folder(project, area_code))
    if kept is None:
        remedy = f"run: sendlib cohort fit --la {area_code} --caseload FILE"
        raise NotHeldError(
            "No caseload of the authority's own is kept.",
            [Problem(f"authority {area_code}", f"data/processed/{FOLDER}", remedy)],
        )
    tables, note = kept
    return OwnCaseload(kind=note["kind"], januaries=tuple(note["januaries"]), **tables)


def _folder(project: Project, area_code: str) -> Path:
    return project.processed / FOLDER / area_code
