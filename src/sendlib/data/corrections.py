"""Published figures that are wrong: what was printed, what is used, and why.

``corrections.yml`` declares each one. It is applied where the tables are built, to the
figure that was printed and to no other, so that it ends when the publisher mends it.
"""

from collections.abc import Mapping
from functools import cache

import pandas as pd
from pydantic import TypeAdapter

from sendlib.errors import DataError, Problem, raise_any
from sendlib.files import read_settings
from sendlib.scenarios.documents import Strict
from sendlib.tidy import period_of
from sendlib.vocabulary import ValueStatus

FILE = "corrections.yml"
_CLOSE = 1e-6  # figures are compared to this share of themselves


class Correction(Strict):
    """An error of a publication; the head of ``corrections.yml`` says what each field means."""

    name: str
    what: str
    published: str
    instead: str
    why: str
    source_id: str
    table: str
    column: str
    rows: Mapping[str, int | str]
    cells: Mapping[str, tuple[float, float | None]]  # by area: published, used
    and_missing: tuple[str, ...] = ()

    @property
    def time(self) -> str:
        """The column of the time of the figures."""
        return period_of(self.rows)


@cache
def declared() -> tuple[Correction, ...]:
    """Every correction, in the order of the file."""
    return TypeAdapter(tuple[Correction, ...]).validate_python(read_settings("data", FILE))


def correct(
    tables: Mapping[str, pd.DataFrame], corrections: tuple[Correction, ...] | None = None
) -> dict[str, pd.DataFrame]:
    """The tables with the declared figures in place of the printed ones.

    A cell that does not hold what was printed is refused: the error has been mended, or
    another edition gives that figure.
    """
    corrected, problems = dict(tables), []
    for correction in declared() if corrections is None else corrections:
        table = corrected[correction.table].reset_index(drop=True)
        found = _cells(table, correction)
        problems += _mended(table, found, correction)
        used = {row: correction.cells[area][1] for row, area in found.items()}
        corrected[correction.table] = _replace(
            table, pd.Series(used, dtype="float64"), correction.column
        )
        for name in correction.and_missing:
            other = corrected[name].reset_index(drop=True)
            corrected[name] = _replace(other, _same_time(other, correction), correction.column)
    raise_any(DataError, "Declared corrections no longer hold.", problems)
    corrected["correction"] = _as_table()
    return corrected


def _cells(table: pd.DataFrame, correction: Correction) -> dict[int, str]:
    """The area of each row that is corrected."""
    chosen = table["area_code"].isin(list(correction.cells))
    for column, value in correction.rows.items():
        chosen &= table[column] == value
    rows = table.index[chosen].tolist()
    return dict(zip(rows, table.loc[rows, "area_code"], strict=True))


def _mended(table: pd.DataFrame, found: Mapping[int, str], correction: Correction) -> list[Problem]:
    """A problem for each cell that no longer holds what was printed."""
    problems = []
    values, sources = table[correction.column].astype("float64"), table["source_id"]
    for row, area in found.items():
        value, expected = values[row], correction.cells[area][0]
        source = str(sources[row])
        close = abs(value - expected) <= _CLOSE * max(1.0, abs(expected))
        if close and source == correction.source_id:
            continue
        problems.append(
            Problem(
                "correction_out_of_date",
                f"{correction.what}: {value:,.10g} from {source}, where {correction.name} expects "
                f"{expected:,.10g} from {correction.source_id}",
                f"table {correction.table}, area {area}, column {correction.column}",
                f"if the publisher has mended it, take {correction.name} out of data/{FILE}",
            )
        )
    return problems


def _same_time(table: pd.DataFrame, correction: Correction) -> pd.Series:
    """No figure for every row of the areas and the time of a correction."""
    time = correction.time
    chosen = (
        table["area_code"].isin(list(correction.cells))
        & (table[time] == correction.rows[time])
        & (table["source_id"] == correction.source_id)
    )
    return pd.Series(float("nan"), index=table.index[chosen])


def _replace(table: pd.DataFrame, used: pd.Series, column: str) -> pd.DataFrame:
    """A table with other figures in some rows; one that goes is published, but not used."""
    status = used.isna().map({True: ValueStatus.NOT_USED.value, False: ValueStatus.REPORTED.value})
    changed = table.copy()
    changed.loc[used.index, column] = used
    changed.loc[used.index, "value_status"] = status
    return changed


def _as_table() -> pd.DataFrame:
    """A row for each correction, for the pages."""
    rows = [
        {
            "correction": each.name,
            "area_codes": ";".join(each.cells),
            "period": str(each.rows[each.time]),
            "what": each.what,
            "published": each.published,
            "instead": each.instead,
            "why": each.why,
            "source_id": each.source_id,
        }
        for each in declared()
    ]
    return pd.DataFrame(rows)
