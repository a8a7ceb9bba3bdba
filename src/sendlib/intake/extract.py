"""Caseload extracts: CSV or workbook, a row for each person and January.

References are hashed here, before anything else looks at a row.
"""

from collections.abc import Sequence

import pandas as pd

from sendlib.errors import nearest
from sendlib.intake.checks import Sighting
from sendlib.intake.columns import BIRTH, FIELDS, REQUIRED, field_of, plain, twice
from sendlib.intake.salt import hashed
from sendlib.intake.tables import Table

LABELS = {field: label for field, (label, _) in FIELDS.items()}
TEXTS = ("born", "birth_year", "need", "place", "start", "end", "january", "cost")
FLAGS = {  # a check that the reader makes: the field that it is about
    "ragged": "",
    "reference_empty": "reference",
    "reference_like_name": "reference",
    "reference_from_name": "reference",
    "no_named_plan": "start",
    "places_overlap": "place",
    "place_by_urn": "place",
}
ROW_COLUMNS = ("file", "row", "person", *TEXTS, *FLAGS)


def read_extract(tables: Sequence[Table], *, salt: bytes) -> tuple[pd.DataFrame, list[Sighting]]:
    """Rows of all extracts, with their references hashed, as text to be checked."""
    sightings = [found for table in tables for found in _headings(table)]
    parts = [_rows(table, salt) for table in tables if not _headings(table)]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=ROW_COLUMNS)
    return rows, sightings


def _headings(table: Table) -> list[Sighting]:
    fields = [field_of(name) for name in table.headings]
    needed = [field for field in REQUIRED if field not in fields]
    if not set(BIRTH) & set(fields):
        needed.append("born")
    missing = [
        Sighting(
            "column_missing", file=table.file, column=LABELS[field], detail=_like(field, table)
        )
        for field in needed
    ]
    repeated = [
        Sighting("column_twice", file=table.file, column=LABELS[field]) for field in twice(fields)
    ]
    return missing + repeated


def _like(field: str, table: Table) -> str:
    """The nearest heading, which is shown only if it is nearly a name that we know."""
    unknown = [name for name in table.headings if name and field_of(name) is None]
    names = [field, LABELS[field], *FIELDS[field][1]]
    close = [found for name in names for found in nearest(plain(name), map(plain, unknown), most=1)]
    return f"the nearest heading is {close[0]}" if close else ""


def _rows(table: Table, salt: bytes) -> pd.DataFrame:
    place_of = {field_of(name): place for place, name in enumerate(table.headings)}
    texts = {
        field: table.rows[place_of[field]] if field in place_of else pd.Series("", table.rows.index)
        for field in TEXTS
    }
    references = table.rows[place_of["reference"]].str.strip()
    rows = pd.DataFrame({"file": table.file, "row": table.rows["row"], **texts})
    rows["person"] = hashed(references, salt)
    flags = dict.fromkeys(FLAGS, False) | {
        "ragged": table.rows["ragged"],
        "reference_empty": references == "",
        "reference_like_name": _like_name(references),
    }
    return rows.assign(**flags)[list(ROW_COLUMNS)]


def _like_name(references: pd.Series) -> pd.Series:
    """References with a space inside, or of letters only."""
    return references.str.contains(r"\s|^[^\W\d]{3,}$", regex=True)
