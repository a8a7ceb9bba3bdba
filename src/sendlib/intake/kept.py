"""What is kept of an authority's own records, so that notebooks need none of its files.

A folder below ``data/processed``, which never leaves ``data/``, holds tables and
a note of where they came from. It is replaced whole, or not at all. Of a
caseload only counts are kept; those of one place and age may be small, so pages
show sums of them only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sendlib.errors import NotAvailableError, Problem
from sendlib.files import replace_tables
from sendlib.intake.caseload import OwnCaseload
from sendlib.project import Project

FOLDER = "own"
_NOTE = "note.json"
_TABLES = ("stock", "movements", "costs", "findings", "rows")


@dataclass(frozen=True)
class Shelf:
    """One kind of records that are kept, in a folder for each authority.

    Parameters
    ----------
    folder : str
        Below ``data/processed``.
    what : str
        What is kept, as the subject of a sentence.
    command : str
        What makes it; ``{}`` stands for the authority's code.
    """

    folder: str
    what: str
    command: str

    def keep(
        self,
        project: Project,
        area_code: str,
        tables: Mapping[str, pd.DataFrame],
        note: Mapping[str, object],
    ) -> Path:
        """Keep tables and a note on them, in place of those kept before; gives their folder."""
        folder = project.processed / self.folder / area_code
        replace_tables(folder, tables, note=_NOTE, describe=lambda _: note)
        return folder

    def load(
        self, project: Project, area_code: str
    ) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
        """The tables kept of an authority by name, and the note on them.

        Raises
        ------
        NotAvailableError
            If none are kept, with the command that makes them.
        """
        folder = project.processed / self.folder / area_code
        if not (folder / _NOTE).is_file():
            where = f"data/processed/{self.folder}"
            remedy = f"run: {self.command.format(area_code)}"
            problem = Problem(f"authority {area_code}", where, remedy)
            raise NotAvailableError(f"No {self.what} is kept.", [problem])
        tables = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
        return tables, json.loads((folder / _NOTE).read_text(encoding="utf-8"))


_CASELOADS = Shelf(
    FOLDER, "caseload of the authority's own", "sendlib cohort fit --la {} --caseload FILE"
)


def keep_caseload(project: Project, area_code: str, caseload: OwnCaseload) -> Path:
    """Keep the counts of an authority in place of any kept before; gives their folder."""
    tables = {name: getattr(caseload, name) for name in _TABLES}
    note = {"kind": caseload.kind, "januaries": list(caseload.januaries)}
    return _CASELOADS.keep(project, area_code, tables, note)


def load_caseload(project: Project, area_code: str) -> OwnCaseload:
    """The counts kept of an authority."""
    tables, note = _CASELOADS.load(project, area_code)
    return OwnCaseload(kind=note["kind"], januaries=tuple(note["januaries"]), **tables)
