"""The transitions layout of the open model witan.send: a row for each person and pair of Januaries.

``calendar-year`` is the year of the first January. An academic year is a
national curriculum year: 1 is the year of those who were 5 on the 31 August
before, so that an age is the national curriculum year plus 4. ``NONSEND``
stands for no plan on that side.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.intake.checks import Sighting, seen
from sendlib.intake.columns import (
    TRANSITION_FIELDS,
    plain,
    to_values,
    to_years,
    transition_field,
    twice,
)
from sendlib.intake.counts import CELL, sides
from sendlib.intake.row_checks import FIRST_AGE, LAST_AGE, MISSING
from sendlib.intake.tables import Table
from sendlib.vocabulary import OUTSIDE

AGE_OF_YEAR_NOUGHT = 4
NONSEND = "NONSEND"
_CODES = {  # column: our name, and the field of its codes
    "setting-1": ("place_from", "place"),
    "need-1": ("need_from", "need"),
    "setting-2": ("place_to", "place"),
    "need-2": ("need_to", "need"),
}


def read_transitions(tables: Sequence[Table]) -> tuple[pd.DataFrame, list[Sighting]]:
    """Rows of all files of transitions, as text to be checked."""
    sightings = [found for table in tables for found in _headings(table)]
    parts = [_rows(table) for table in tables if not _headings(table)]
    columns = ["file", "row", "ragged", *TRANSITION_FIELDS]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return rows, sightings


def judge_transitions(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Sighting]]:
    """The movement of every row, and every problem with it.

    A row left out of one pair of Januaries would be missing from the next, so
    that a code or year that cannot be read refuses the files.
    """
    moves = pd.DataFrame({"census_year": to_years(rows["calendar-year"]) + 1}, index=rows.index)
    outside = {side: _outside(rows, side) for side in "12"}
    found = [
        *seen("ragged", rows["ragged"].astype(bool)),
        *seen("year_unreadable", moves["census_year"].isna(), column="calendar-year"),
        *seen("outside_twice", outside["1"] & outside["2"], column="setting-2"),
    ]
    for column, (name, field) in _CODES.items():
        moves[name], codes = _codes(rows[column], field, outside[column[-1]])
        found += codes
    moves["age"], ages = _ages(rows, outside)
    return moves, found + ages


def differing_sides(movements: pd.DataFrame) -> list[Sighting]:
    """Januaries at which the pair that ends and the pair that starts count differently."""
    before, after = sides(movements)
    found = []
    for january in sorted(set(before["census_year"]) & set(after["census_year"])):
        counts = [
            side[side["census_year"] == january].set_index(CELL)["plans"]
            for side in (after, before)
        ]
        differ = int(counts[0].sub(counts[1], fill_value=0).ne(0).sum())
        if differ:
            detail = f"January {january}: {differ} combinations of age, need and place"
            found.append(Sighting("sides_differ", column="calendar-year", detail=detail))
    return found


def _headings(table: Table) -> list[Sighting]:
    fields = [transition_field(name) for name in table.headings]
    return [
        *(
            Sighting("column_missing", file=table.file, column=name)
            for name in TRANSITION_FIELDS
            if name not in fields
        ),
        *(Sighting("column_twice", file=table.file, column=name) for name in twice(fields)),
    ]


def _rows(table: Table) -> pd.DataFrame:
    place_of = {transition_field(name): place for place, name in enumerate(table.headings)}
    texts = {name: table.rows[place_of[name]] for name in TRANSITION_FIELDS}
    return pd.DataFrame({"file": table.file, **table.rows[["row", "ragged"]], **texts})


def _outside(rows: pd.DataFrame, side: str) -> pd.Series:
    """Rows without a plan on a side: the setting says NONSEND, or the need does."""
    mark = plain(NONSEND)
    return (rows[f"setting-{side}"].map(plain) == mark) | (rows[f"need-{side}"].map(plain) == mark)


def _codes(text: pd.Series, field: str, outside: pd.Series) -> tuple[pd.Series, list[Sighting]]:
    values = to_values(text, field).mask(text == "", MISSING[field]).mask(outside, OUTSIDE)
    missing = (text == "") & ~outside
    column = str(text.name)
    return values, [
        *seen(f"{field}_missing", missing, column=column),
        *seen("transition_code_unknown", values.isna(), column=column, codes=text),
    ]


def _ages(rows: pd.DataFrame, outside: dict[str, pd.Series]) -> tuple[pd.Series, list[Sighting]]:
    """The age at the later January; that of a leaver is one more than at the first."""
    first, second = (
        pd.to_numeric(rows[f"academic-year-{side}"], errors="coerce") + AGE_OF_YEAR_NOUGHT
        for side in "12"
    )
    age = second.where(~outside["2"], first + 1)
    found = []
    for side, ages in (("1", first), ("2", second)):
        unreadable = ~_is_age(ages) & ~outside[side]
        found += seen("academic_year_unreadable", unreadable, column=f"academic-year-{side}")
    stays = ~outside["1"] & ~outside["2"]
    differ = stays & (second != first + 1)
    return age, [*found, *seen("academic_years_differ", differ, column="academic-year-2")]


def _is_age(age: pd.Series) -> pd.Series:
    return age.between(FIRST_AGE, LAST_AGE) & np.equal(age % 1, 0)
