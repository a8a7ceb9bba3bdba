"""Published figures that are wrong: what was printed, what is used, and why.

``corrections.yml`` declares each one. It is applied where the tables are built, to the
figure that was printed and to no other, so that it ends when the publisher mends it.
"""

from collections.abc import Iterator, Mapping
from functools import cache

import pandas as pd
from pydantic import TypeAdapter

from sendlib.errors import DataError, Problem, raise_any
from sendlib.fields import Strict
from sendlib.files import read_settings
from sendlib.tidy import period_of, pick
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
    corrected, problems = dict(tables), list[Problem]()
    for each in declared() if corrections is None else corrections:
        table = corrected[each.table].reset_index(drop=True)
        rows = pick(table, area_code=list(each.cells), **each.rows)
        problems += _mended(rows, each)
        used = rows["area_code"].map({area: used for area, (_, used) in each.cells.items()})
        corrected[each.table] = _replace(table, used.astype("float64"), each.column)
        same_time = {"source_id": each.source_id, each.time: each.rows[each.time]}
        for name in each.and_missing:
            other = corrected[name].reset_index(drop=True)
            gone = pick(other, area_code=list(each.cells), **same_time).index
            corrected[name] = _replace(other, pd.Series(float("nan"), gone), each.column)
    raise_any(DataError, "Declared corrections no longer hold.", problems)
    corrected["correction"] = _as_table()
    return corrected


def _mended(rows: pd.DataFrame, correction: Correction) -> Iterator[Problem]:
    """A problem for each cell that no longer holds what was printed."""
    columns = ["area_code", correction.column, "source_id"]
    figures = rows[columns].astype({correction.column: "float64"})
    for area, value, source in figures.itertuples(index=False):
        expected = correction.cells[area][0]
        close = abs(value - expected) <= _CLOSE * max(1.0, abs(expected))
        if not (close and source == correction.source_id):
            yield Problem(
                "correction_out_of_date",
                f"{correction.what}: {value:,.10g} from {source}, where {correction.name} expects "
                f"{expected:,.10g} from {correction.source_id}",
                f"table {correction.table}, area {area}, column {correction.column}",
                f"if the publisher has mended it, take {correction.name} out of data/{FILE}",
            )


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
