"""Sheets of a return as plain data: a heading for each column, and rows below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "count", "gbp", "exact", "truth"]
NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"
SHORTHAND = {
    NOT_AVAILABLE: "not available: there is no such figure, which does not mean nought",
    NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True)
class Term:
    """Part of a sum: the cells of one column whose rows are as asked.

    Parameters
    ----------
    sheet, column : str
        The sheet's name and the column's heading.
    where : tuple[tuple[str, str], ...]
        Headings, each with the text that a row must have there; a text that
        begins with ``<>`` is one that it must not have.
    sign : int
        1 to add, -1 to take away.
    """

    sheet: str
    column: str
    where: tuple[tuple[str, str], ...] = ()
    sign: int = 1


@dataclass(frozen=True)
class Formula:
    """A cell that is worked out from others: a sum, or whether two cells agree.

    Parameters
    ----------
    value : float or bool
        What it comes to, for readers that do not work it out.
    terms : tuple[Term, ...]
        Of a sum; none where the two cells to the right are compared.
    """

    value: float | bool
    terms: tuple[Term, ...] = ()


Cell = str | int | float | Formula
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, and its width in characters."""

    heading: str
    kind: Kind = "text"
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """One table, headings first.

    Parameters
    ----------
    name : str
        At most 31 characters, as a workbook allows.
    about : str
        What it holds, in a sentence.
    columns : tuple[Column, ...]
        In order.
    rows : tuple[tuple, ...]
        A cell for each column; text, numbers or formulas, never empty.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def headings(self) -> list[str]:
        """The headings, in order."""
        return [column.heading for column in self.columns]


Content = Mapping[str, tuple[Sequence[str], Sequence[Sequence[object]]]]


def content(sheets: Sequence[Sheet]) -> Content:
    """Headings and rows of sheets by their names, as a reader of the file gets them."""
    return {sheet.name: (sheet.headings, sheet.rows) for sheet in sheets}


def total(terms: Sequence[Term], held: Content) -> float:
    """What a sum comes to; text in its column counts for nothing, as in a workbook.

    Raises
    ------
    KeyError
        If there is no such sheet.
    ValueError
        If a sheet has no such column.
    """
    return float(sum(term.sign * _amount(term, *held[term.sheet]) for term in terms))


def _amount(term: Term, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> float:
    """The numbers of a column in the rows asked for, added up."""
    for heading, text in term.where:
        at, wanted = headings.index(heading), text.removeprefix("<>")
        asked = wanted == text
        rows = [row for row in rows if (row[at] == wanted) is asked]
    at = headings.index(term.column)
    cells = [row[at] for row in rows]
    return sum(float(cell) for cell in cells if isinstance(cell, (int, float)))
