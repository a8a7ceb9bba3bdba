"""Sheets of a return as plain data: a heading for each column, and rows below.

Columns that every return has stand in ``columns.csv``, by sheet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sendlib.files import read_list
from sendlib.tidy import pick

CellKind = Literal["text", "count", "gbp", "exact", "truth"]
NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"
SHORTHAND = {
    NOT_AVAILABLE: "not available: there is no such figure, which does not mean nought",
    NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True)
class Term:
    """Part of a sum: the cells of one column whose rows are as asked.

    ``where`` has headings, each with the text that a row must have there; a text
    that begins with ``<>`` is one that it must not have.
    """

    sheet: str
    column: str
    where: tuple[tuple[str, str], ...] = ()
    sign: int = 1  # 1 to add, -1 to take away


@dataclass(frozen=True)
class Formula:
    """A sum of terms; without any, whether the two cells to the right agree."""

    value: float | bool  # for readers that do not work it out
    terms: tuple[Term, ...] = ()


Cell = str | int | float | Formula
Row = tuple[Cell, ...]
Content = Mapping[str, tuple[Sequence[str], Sequence[Sequence[object]]]]


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, and its width in characters."""

    heading: str
    kind: CellKind = "text"
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """One table, headings first; a cell for each column, never empty."""

    name: str  # at most 31 characters, as a workbook allows
    about: str  # what it holds, in a sentence
    columns: Sequence[Column]
    rows: Sequence[Row]

    @property
    def headings(self) -> list[str]:
        """The headings, in order."""
        return [column.heading for column in self.columns]


def columns_of(sheet: str) -> list[Column]:
    """The columns of a sheet that every return has."""
    rows = pick(read_list("returns", "columns.csv"), sheet=sheet)[["heading", "kind", "width"]]
    return [Column(heading, kind, int(width)) for heading, kind, width in rows.to_numpy()]


def content(sheets: Sequence[Sheet]) -> Content:
    """Headings and rows of sheets by their names, as a reader of the file gets them."""
    return {sheet.name: (sheet.headings, sheet.rows) for sheet in sheets}


def total(terms: Sequence[Term], sheets: Content) -> float:
    """What a sum comes to; text in its column counts for nothing, as in a workbook."""
    amount = 0.0
    for term in terms:
        headings, rows = sheets[term.sheet]
        for heading, text in term.where:
            at, wanted = headings.index(heading), text.removeprefix("<>")
            rows = [row for row in rows if (row[at] == wanted) is (wanted == text)]
        at = headings.index(term.column)
        numbers = [row[at] for row in rows]
        amount += term.sign * sum(float(n) for n in numbers if isinstance(n, (int, float)))
    return amount
