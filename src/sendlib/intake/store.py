"""What stays of own records on this machine: counts, figures, and the salt of references."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from sendlib.errors import NotBuiltError, Problem, ProjectError
from sendlib.files import make_private, owner_only, replace_tables
from sendlib.periods import say_day
from sendlib.project import Project
from sendlib.reuse import note_own_records

SALT_BYTES = 32
SHORTEST_SALT = 16
_NOTE = "note.json"


@dataclass(frozen=True)
class Store:
    """One kind of records, in a folder for each authority below ``data/processed``.

    Nothing in it leaves ``data/``, and only its owner may read it. It is replaced
    whole, or not at all.
    """

    folder: str
    what: str  # as the subject of a sentence
    command: str  # that saves it; {} stands for the authority's code

    def save(
        self,
        project: Project,
        area_code: str,
        tables: Mapping[str, pd.DataFrame],
        note: Mapping[str, object],
    ) -> Path:
        """Save tables and a note on them in place of those before; gives their folder."""
        folder = project.processed / self.folder / area_code
        make_private(folder.parent)
        make_private(folder)
        with owner_only():
            replace_tables(folder, tables, note=_NOTE, describe=lambda _: note)
        return folder

    def remove(self, project: Project, area_code: str) -> None:
        """Delete what is stored of an authority; nothing where nothing is."""
        shutil.rmtree(project.processed / self.folder / area_code, ignore_errors=True)

    def load(
        self, project: Project, area_code: str
    ) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
        """The tables saved of an authority by name, and the note on them."""
        folder = project.processed / self.folder / area_code
        if not (folder / _NOTE).is_file():
            where = f"data/processed/{self.folder}"
            remedy = f"run: {self.command.format(area_code)}"
            problem = Problem("no_own_records", f"authority {area_code}", where, remedy)
            raise NotBuiltError(f"No {self.what} is stored.", [problem])
        note_own_records(self.folder)
        tables = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
        return tables, json.loads((folder / _NOTE).read_text(encoding="utf-8"))


def local_salt(project: Project) -> bytes:
    """The salt of this copy of the project, made on first use.

    It lies in ``data/private/salt``, which git ignores and only its owner may read. Hashes of
    another machine do not match, which is the point; it also settles how own counts are rounded.
    """
    path = project.private / "salt"
    make_private(path.parent)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        salt = path.read_bytes()
        if len(salt) < SHORTEST_SALT:
            remedy = "delete it; a new one is made"
            problem = Problem(
                "salt_too_short", "the salt is too short", "data/private/salt", remedy
            )
            raise ProjectError("References cannot be hashed.", [problem]) from None
        return salt
    path.chmod(0o600)
    with os.fdopen(handle, "wb") as target:
        salt = secrets.token_bytes(SALT_BYTES)
        target.write(salt)
    return salt


FIGURES = Store("own_figures", "own figures of the authority", "sendlib finance read FILE --la {}")
TABLE = "own_figure"
SOURCE_ID = "own_figures"
COLUMNS = ("sheet", "financial_year", "month", "name", "item", "value", "note")


def empty_figures() -> pd.DataFrame:
    """The columns of the table and no row."""
    types = dict.fromkeys(COLUMNS, "str") | {"value": "float64"}
    return pd.DataFrame(columns=list(COLUMNS)).astype(types)


def load_figures(project: Project, area_code: str) -> pd.DataFrame:
    """An authority's own figures, a row for each; none where none are stored.

    The note on them stands in ``attrs``: ``synthetic`` and ``read_on``.
    """
    with suppress(NotBuiltError):
        tables, note = FIGURES.load(project, area_code)
        frame = tables[TABLE]
        frame.attrs.update(note)
        return frame
    return empty_figures()


def own_source(frame: pd.DataFrame, name: str) -> dict[str, str]:
    """Own figures as a row of table ``source``."""
    read_on = date.fromisoformat(frame.attrs["read_on"])
    invented = ", INVENTED" if frame.attrs["synthetic"] else ""
    return {
        "source_id": SOURCE_ID,
        "title": f"Own figures, read {say_day(read_on)}{invented}",
        "publisher": name,
        "published": frame.attrs["read_on"],
        "licence": "the authority's own",
        "where": "sendlib finance read",
    }
