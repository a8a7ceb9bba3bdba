"""Tables that a screen reader, a keyboard and a printer can read."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import pandas as pd
from markupsafe import Markup
from pandas.api.types import is_bool, is_bool_dtype, is_numeric_dtype

from sendlib.errors import did_you_mean
from sendlib.pages.formats import Format, default_format, find_format, has_unit, heading, kind_of
from sendlib.pages.markup import Origin, render, safe_cell, slug
from sendlib.pages.narrative import inside
from sendlib.pages.notes import not_available
from sendlib.periods import say_day
from sendlib.vocabulary import ValueStatus

MISSING_SYMBOLS: dict[str, str] = {
    ValueStatus.SUPPRESSED: "[c]",
    ValueStatus.NOT_AVAILABLE: "[x]",
    ValueStatus.NOT_APPLICABLE: "[z]",
    ValueStatus.ROUNDS_TO_ZERO: "[low]",
    ValueStatus.LOW_RELIABILITY: "[u]",
    ValueStatus.NOT_COLLECTED: "[w]",
    ValueStatus.NOT_USED: "[n]",
}
"""The shorthand for a value that is not simply there."""

_MEANINGS: dict[str, str] = {
    "[c]": "withheld to protect individuals",
    "[x]": "not available",
    "[z]": "not applicable",
    "[low]": "rounds to zero",
    "[u]": "low reliability",
    "[w]": "not collected in that year",
    "[n]": "published wrongly, and not used",
}
_WITHHELD = MISSING_SYMBOLS[ValueStatus.SUPPRESSED]
CSV_ADDRESS = "data:text/csv;charset=utf-8;base64,"
"""How the address of the link to a table's numbers begins."""

_MOST_WORDS = 50  # of a table that is open when the page opens, unless it is the answer
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """A captioned table, made by :func:`table`, with what it was given."""

    name: str
    caption: str
    missing: str
    values: pd.DataFrame  # what may be published: numbers, and symbols or words in place of others
    shown: pd.DataFrame  # the text of every cell
    numeric: frozenset[str]  # columns that hold numbers and do not name the row
    row_headers: int
    source: str | None
    notes: tuple[str, ...]
    pictures: Mapping[str, Markup] = field(default_factory=dict)
    origin: Origin = ""
    why_empty: str = ""
    is_missing: bool = True  # where it is empty: whether there could be figures
    is_answer: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)  # by column: see formats.kind_of

    def __repr__(self) -> str:
        return f"<Table {self.name}>"

    def _repr_html_(self) -> str:
        if self.values.empty:
            what = inside(self.caption)
            return not_available(what, self.why_empty, missing=self.is_missing)._repr_html_()
        words = len(" ".join(map(str, self.shown.to_numpy().ravel())).split())
        is_folded = words > _MOST_WORDS and not self.is_answer
        return str(render("table", self, *self._words(), self.address(), is_folded))

    def inside(self) -> Markup:
        """What stands behind a chart: the grid, notes, source and the link to the numbers."""
        return render("numbers", self, *self._words(), self.address())

    def _words(self) -> tuple[dict[str, str], dict[str, str]]:
        """What each column is called, and what shorthand means."""
        return {column: heading(column) for column in self.shown.columns}, _MEANINGS

    def address(self) -> str:
        """The numbers as CSV, in the page itself, which spreadsheets open safely."""
        safe = self.values.astype(object).map(safe_cell)
        safe.columns = [safe_cell(str(column)) for column in self.values.columns]
        text = safe.to_csv(index=False, lineterminator="\r\n")
        return f"{CSV_ADDRESS}{base64.b64encode(text.encode('utf-8-sig')).decode('ascii')}"


def table(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    name: str = "",
    formats: Mapping[str, str | Format] | str | None = None,
    row_headers: int = 1,
    missing: str = "not available",
    source: str | None = None,
    notes: Sequence[str] = (),
    pictures: Mapping[str, Markup] | None = None,
    origin: Origin = "",
    is_answer: bool = False,
) -> Table:
    """Make a table for a page out of one prepared frame; say so if it has no rows.

    A named index becomes the first columns; names such as ``outturn_gbp`` are shown as words,
    and kept in the CSV. A missing value appears as words, and in the CSV too, never as zero. In
    place of a frame without rows the page says that there is no figure, and
    ``frame.attrs["why"]``.

    Parameters
    ----------
    frame : pd.DataFrame
        One row per row of the table, in order; flat columns.
    caption : str, optional
        What the table shows, with the period and the unit; otherwise ``frame.attrs["what"]``.
    name : str, optional
        Names the CSV file and the element; otherwise from the caption.
    formats : str, or Mapping of str or callable, optional
        For all numbers whose column does not name its unit, or by column: ``count``,
        ``number1``, ``pct1`` (0 to 100), ``share1`` (0 to 1), ``gbp``, ``gbp_m`` (given in
        pounds), ``year``, or a function from number to text. Left out,
        ``frame.attrs["formats"]`` by column, then the column's name and type decide.
    row_headers : int, default 1
        How many columns, from the left, name the row.
    missing : str, default "not available"
        The words for a missing value; one whose reason is known is a symbol (``with_symbols``).
    source : str, optional
        Where the numbers come from, and their vintage.
    notes : sequence of str, optional
        Remarks to stand below the table, before those in ``frame.attrs["notes"]``.
    pictures : Mapping[str, Markup], optional
        Small pictures, or links, by their text: a cell that holds that text shows
        the picture, and the CSV keeps the text.
    origin : str, optional
        Where the counts come from: ``own`` records, ``published`` statistics, or
        ``not_people`` where no child is counted; otherwise ``frame.attrs["origin"]``, or
        as the page says. Small counts of own records are withheld as ``[c]``, and with
        them what would give them away.
    is_answer : bool, default False
        Open when the page opens, however long: it is what the page is for.

    Raises
    ------
    ValueError
        If the frame has no columns or its columns repeat or are nested, if the caption is
        empty, if ``formats`` names a column that is not there, or if the origin is unknown.
    """
    what = str(frame.attrs.get("what", ""))
    caption = caption or what[:1].upper() + what[1:]
    name = name or frame.attrs.get("name") or slug(caption)
    origin = origin or frame.attrs.get("origin", "")
    _check(frame, caption=caption, name=name, origin=origin)
    flat = frame.reset_index(drop=not any(frame.index.names))
    flat.columns = pd.Index([str(column) for column in flat.columns])
    if not flat.columns.is_unique:
        raise ValueError(f"Two columns have one name: {', '.join(flat.columns)}.")
    own = frame.attrs.get("formats", {})
    if not isinstance(formats, str):
        formats = {key: own[key] for key in own if key in flat} | dict(formats or {})
    write = _formatters(flat, formats, are_counts=frame.attrs.get("unit") == "count")
    kinds = {
        name: kind
        for name in flat.columns[row_headers:]
        if name in write and (kind := kind_of(name, write[name]))
    }
    values = flat.astype(object)
    if origin == "own":
        labels = flat[flat.columns[:row_headers]].astype(str).agg(", ".join, axis=1)
        hidden = _small_counts(flat.set_axis(labels), kinds)
        values[hidden.columns] = values[hidden.columns].mask(hidden, _WITHHELD)
    values = values.where(values.notna(), missing)
    shown = values.copy()
    for column in flat.columns:
        shown[column] = [_text(value, write.get(column)) for value in values[column]]
    there = set(shown.to_numpy().ravel())
    used = "; ".join(f"{symbol} {_MEANINGS[symbol]}" for symbol in _MEANINGS if symbol in there)
    return Table(
        name=name,
        caption=caption,
        missing=missing,
        values=values,
        shown=shown,
        numeric=frozenset(write) - set(flat.columns[:row_headers]),
        row_headers=row_headers,
        source=source,
        notes=(*notes, *frame.attrs.get("notes", ()), *[f"Shorthand: {used}."] * bool(used)),
        pictures=pictures or {},
        origin=origin,
        why_empty=str(frame.attrs.get("why", "")),
        is_missing=bool(frame.attrs.get("missing", True)),
        kinds=kinds,
        is_answer=is_answer,
    )


def _check(frame: pd.DataFrame, *, caption: str, name: str, origin: str) -> None:
    if origin not in get_args(Origin):
        known = ", ".join(filter(None, get_args(Origin)))
        raise ValueError(f"Unknown origin {origin!r}. Valid: {known}.")
    if len(frame) and frame.empty:
        raise ValueError("The table has no columns.")
    if frame.columns.nlevels > 1:
        raise ValueError("The columns are nested. Give each one name.")
    if not caption.strip():
        raise ValueError("A table needs a caption that says what it shows.")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"The name {name!r} cannot name a file. Use small letters, digits and - only."
        )


def _small_counts(labelled: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Which cells are small counts of own records, or would give one away."""
    from sendlib.disclosure import withhold  # slow to import

    numbers = labelled[list(kinds)].apply(pd.to_numeric, errors="coerce")
    return withhold(numbers, kinds).reset_index(drop=True)


def _formatters(
    flat: pd.DataFrame, formats: Mapping[str, str | Format] | str, *, are_counts: bool
) -> dict[str, Format]:
    numbers = [
        column
        for column in flat.columns
        if is_numeric_dtype(flat[column]) and not is_bool_dtype(flat[column])
    ]
    if isinstance(formats, str):
        formats = {column: formats for column in numbers if not has_unit(column)}
    unknown = [column for column in formats if column not in flat.columns]
    if unknown:
        remedy = did_you_mean(unknown[0], list(flat.columns))
        raise ValueError(f"formats names a column that is not there: {unknown[0]}; {remedy}")
    integer = {
        column: are_counts or bool((flat[column].dropna() % 1 == 0).all()) for column in numbers
    }
    chosen = {column: default_format(column, integer=integer[column]) for column in numbers}
    return chosen | {column: find_format(name) for column, name in formats.items()}


def _text(value: Any, write: Format | None) -> str:
    if is_bool(value):
        return "Yes" if value else "No"
    if isinstance(value, pd.Timestamp):
        return say_day(value)
    return write(value) if write and not isinstance(value, str) else str(value)


def with_symbols(values: pd.Series, status: pd.Series) -> pd.Series:
    """Numbers with a symbol in place of each that is withheld or missing.

    Examples
    --------
    >>> with_symbols(pd.Series([4.2, None]), pd.Series(["reported", "suppressed"])).tolist()
    [4.2, '[c]']
    """
    symbols = status.map(MISSING_SYMBOLS)
    replaced = symbols.notna() & values.isna()
    return values.astype(object).mask(replaced, symbols) if replaced.any() else values
