"""Tables that a screen reader, a keyboard and a printer can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from sendlib.errors import did_you_mean
from sendlib.pages.formats import Format, default_format, find_format, has_unit, heading
from sendlib.pages.markup import (
    Origin,
    check_name,
    check_origin,
    csv_link,
    join,
    mark,
    region,
    slug,
)
from sendlib.pages.narrative import inside
from sendlib.pages.notes import not_available
from sendlib.vocabulary import ValueStatus

SYMBOLS: dict[str, str] = {
    ValueStatus.SUPPRESSED: "[c]",
    ValueStatus.NOT_AVAILABLE: "[x]",
    ValueStatus.NOT_APPLICABLE: "[z]",
    ValueStatus.ROUNDS_TO_ZERO: "[low]",
    ValueStatus.LOW_RELIABILITY: "[u]",
    ValueStatus.NOT_COLLECTED: "[w]",
}
"""The shorthand for a value that is not simply there."""

MEANINGS: dict[str, str] = {
    "[c]": "withheld to protect individuals",
    "[x]": "not available",
    "[z]": "not applicable",
    "[low]": "rounds to zero",
    "[u]": "low reliability",
    "[w]": "not collected in that year",
}

_SHOWN_PLAINLY = {"", ValueStatus.REPORTED}


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """A captioned table, made by :func:`table`.

    Parameters
    ----------
    name, caption, missing, source, pictures, origin
        As given to :func:`table`.
    values : pd.DataFrame
        What may be published: the numbers, with symbols and words in place of
        those that are withheld or missing.
    shown : pd.DataFrame
        The text of every cell.
    numeric : frozenset[str]
        The columns that hold numbers and do not name the row.
    row_headers : int
        How many columns, from the left, name the row.
    notes : tuple[str, ...]
        Remarks below the table, the shorthand among them.
    why_empty : str
        Why there are no rows.
    """

    name: str
    caption: str
    missing: str
    values: pd.DataFrame
    shown: pd.DataFrame
    numeric: frozenset[str]
    row_headers: int
    source: str | None
    notes: tuple[str, ...]
    pictures: Mapping[str, Markup] = field(default_factory=dict)
    origin: Origin = ""
    why_empty: str = ""

    def __repr__(self) -> str:
        return f"<Table {self.name}>"

    def _repr_html_(self) -> str:
        if self.values.empty:
            return not_available(inside(self.caption), self.why_empty)._repr_html_()
        parts = [self.grid(), *self.remarks(), self.download()]
        return str(
            Markup('<div class="table-block" id="table-{}"{}>\n{}\n</div>').format(
                self.name, mark(self.origin), join(parts)
            )
        )

    def grid(self, label: str = "Table") -> Markup:
        """The table element inside its scrollable region."""
        head = Markup("").join(self._column_header(column) for column in self.shown.columns)
        body = join([self._row(row) for row in self.shown.itertuples(index=False, name=None)])
        element = Markup(
            "<table>\n<caption><span>{}</span></caption>\n"
            "<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table>"
        ).format(self.caption, head, body)
        return region(element, label=f"{label}: {self.caption}", kind="table-scroll")

    def remarks(self) -> list[Markup]:
        """Source and notes, each a paragraph."""
        lines = [Markup('<p class="note">{}</p>').format(note) for note in self.notes]
        if self.source:
            lines.append(Markup('<p class="source">Source: {}</p>').format(self.source))
        return lines

    def download(self) -> Markup:
        """The link to the numbers as CSV."""
        return csv_link(self.values, name=self.name, about=self.caption)

    def _column_header(self, column: str) -> Markup:
        css = Markup(' class="num"') if column in self.numeric else ""
        return Markup('<th scope="col"{}>{}</th>').format(css, heading(column))

    def _row(self, texts: tuple[str, ...]) -> Markup:
        cells = [self._cell(place, text) for place, text in enumerate(texts)]
        return Markup("<tr>{}</tr>").format(Markup("").join(cells))

    def _cell(self, place: int, text: str) -> Markup:
        if place < self.row_headers:
            return Markup('<th scope="row">{}</th>').format(text)
        css = Markup(' class="num"') if self.shown.columns[place] in self.numeric else ""
        return Markup("<td{}>{}</td>").format(css, self._content(text))

    def _content(self, text: str) -> Markup:
        if text in self.pictures:
            return self.pictures[text]
        if text == self.missing:
            return Markup('<span class="missing">{}</span>').format(text)
        number, _, symbol = text.rpartition(" ")
        if symbol not in MEANINGS:
            return escape(text)
        short = Markup('<abbr title="{}">{}</abbr>').format(MEANINGS[symbol], symbol)
        return Markup("{} {}").format(number, short) if number else short


def table(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    name: str = "",
    formats: Mapping[str, str | Format] | str | None = None,
    row_headers: int = 1,
    status: pd.DataFrame | None = None,
    missing: str = "not available",
    source: str | None = None,
    notes: tuple[str, ...] | list[str] = (),
    pictures: Mapping[str, Markup] | None = None,
    origin: Origin = "",
) -> Table:
    """Make a table for a page out of one prepared frame; say so if it has no rows.

    Nothing is computed here. A named index becomes the first columns; names
    such as ``outturn_gbp`` are shown as words, and kept in the CSV. A missing
    value appears as words, and in the CSV too, never as zero. In place of a
    frame without rows the page says that there is no figure, and
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
        ``number1``, ``pct1`` (0 to 100), ``share1``
        (0 to 1), ``gbp``, ``gbp_m`` (given in pounds), ``year``, or a function
        from number to text. Left out, ``frame.attrs["formats"]`` by column, then the
        column's name and type decide.
    row_headers : int, default 1
        How many columns, from the left, name the row.
    status : pd.DataFrame, optional
        As many rows as ``frame`` and some of its columns, holding
        :class:`~sendlib.vocabulary.ValueStatus` values; empty or ``reported``
        shows the value, ``low_reliability`` marks it, and any other replaces
        it by its symbol, in the CSV too.
    missing : str, default "not available"
        The words for a missing value that has no status.
    source : str, optional
        Where the numbers come from, and their vintage.
    notes : sequence of str, optional
        Remarks to stand below the table, before those in ``frame.attrs["notes"]``.
    pictures : Mapping[str, Markup], optional
        Small pictures by their alternative text: a cell that holds that text
        shows the picture, and the CSV keeps the text.
    origin : str, optional
        Where the counts come from, if not as the page says: ``own`` records,
        ``published`` statistics, or ``not_people`` where no child is counted.

    Raises
    ------
    ValueError
        If the frame has no columns or its columns repeat or are nested, if the
        caption is empty, if ``formats`` or ``status`` name a column that is
        not there, or if a status or the origin is unknown.
    """
    check_origin(origin)
    flat = _flatten(frame)
    marks = _marks(flat, status)
    formatters = _formatters(flat, _chosen(frame, flat, formats))
    what = str(frame.attrs.get("what", ""))
    caption = caption or what[:1].upper() + what[1:]
    name = name or frame.attrs.get("name") or slug(caption)
    values, shown = flat.astype(object), flat.astype(object)
    for column in flat.columns:
        cells = [
            _written(value, mark, formatters.get(column), missing)
            for value, mark in zip(flat[column], marks[column], strict=True)
        ]
        values[column] = pd.Series([cell[0] for cell in cells], dtype=object)
        shown[column] = pd.Series([cell[1] for cell in cells], dtype=object)
    _check_caption(caption)
    return Table(
        name=check_name(name),
        caption=caption,
        missing=missing,
        values=values,
        shown=shown,
        numeric=frozenset(formatters) - set(flat.columns[:row_headers]),
        row_headers=row_headers,
        source=source,
        notes=(*notes, *frame.attrs.get("notes", ()), *_shorthand(shown)),
        pictures=pictures or {},
        origin=origin,
        why_empty=str(frame.attrs.get("why", "")),
    )


def _chosen(
    frame: pd.DataFrame, flat: pd.DataFrame, formats: Mapping[str, str | Format] | str | None
) -> Mapping[str, str | Format] | str:
    """The formats asked for, before those that the frame brings for the columns that it has."""
    if isinstance(formats, str):
        return formats
    own = frame.attrs.get("formats", {})
    return {name: own[name] for name in own if name in flat} | dict(formats or {})


def _check_caption(caption: str) -> None:
    if not caption.strip():
        raise ValueError("A table needs a caption that says what it shows.")


def _flatten(frame: pd.DataFrame) -> pd.DataFrame:
    if len(frame) and frame.empty:
        raise ValueError("The table has no columns.")
    if frame.columns.nlevels > 1:
        raise ValueError("The columns are nested. Give each one name.")
    flat = frame.reset_index(drop=not any(frame.index.names))
    flat.columns = pd.Index([str(column) for column in flat.columns])
    if not flat.columns.is_unique:
        raise ValueError(f"Two columns have one name: {', '.join(flat.columns)}.")
    return flat


def _marks(flat: pd.DataFrame, status: pd.DataFrame | None) -> pd.DataFrame:
    """The symbol of every cell, empty where the value is simply shown."""
    marks = pd.DataFrame("", index=flat.index, columns=flat.columns, dtype=object)
    if status is None:
        return marks
    given = status.reset_index(drop=not any(status.index.names))
    if len(given) != len(flat):
        raise ValueError(f"status has {len(given)} rows and the table {len(flat)}.")
    for column in status.columns:
        if str(column) not in flat.columns:
            raise ValueError(f"status has a column that the table has not: {column}.")
        marks[str(column)] = [_symbol(value) for value in given[column]]
    return marks


def _symbol(status: object) -> str:
    text = "" if pd.isna(status) else str(status)  # type: ignore[call-overload]
    if text in _SHOWN_PLAINLY:
        return ""
    if text not in SYMBOLS:
        raise ValueError(f"Unknown status {text!r}: {did_you_mean(text, SYMBOLS)}")
    return SYMBOLS[text]


def _formatters(flat: pd.DataFrame, formats: Mapping[str, str | Format] | str) -> dict[str, Format]:
    if isinstance(formats, str):
        formats = dict.fromkeys([name for name in flat.columns if _is_bare(flat, name)], formats)
    unknown = [column for column in formats if column not in flat.columns]
    if unknown:
        remedy = did_you_mean(unknown[0], list(flat.columns))
        raise ValueError(f"formats names a column that is not there: {unknown[0]}; {remedy}")
    chosen = {column: find_format(given) for column, given in formats.items()}
    for column in flat.columns:
        values = flat[column]
        if is_numeric_dtype(values) and not is_bool_dtype(values):
            chosen.setdefault(column, default_format(column, whole=_is_whole(values)))
    return chosen


def _is_bare(flat: pd.DataFrame, column: str) -> bool:
    """Whether a column holds numbers and its name says no unit."""
    values = flat[column]
    return is_numeric_dtype(values) and not is_bool_dtype(values) and not has_unit(column)


def _is_whole(values: pd.Series) -> bool:
    """Whether every number that is there is whole; a missing one makes integers floats."""
    return is_integer_dtype(values) or bool((values.dropna() % 1 == 0).all())


def _written(value: object, symbol: str, write: Format | None, missing: str) -> tuple[object, str]:
    """The value for the CSV, and the text for the page."""
    marked_only = symbol == SYMBOLS[ValueStatus.LOW_RELIABILITY]
    if symbol and not marked_only:
        return symbol, symbol
    if pd.isna(value):  # type: ignore[call-overload]
        return missing, missing
    text = write(value) if write and not isinstance(value, str) else _plain(value)  # type: ignore[arg-type]
    return value, f"{text} {symbol}" if symbol else text


def _plain(value: object) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "Yes" if value else "No"
    return str(value)


def _shorthand(shown: pd.DataFrame) -> list[str]:
    """What the symbols in the cells mean."""
    ends = {str(cell).rpartition(" ")[2] for cell in shown.to_numpy().ravel()}
    used = [symbol for symbol in MEANINGS if symbol in ends]
    if not used:
        return []
    return ["Shorthand: " + "; ".join(f"{symbol} {MEANINGS[symbol]}" for symbol in used) + "."]


def with_symbols(values: pd.Series, status: pd.Series) -> pd.Series:
    """Numbers with a symbol in place of each that is withheld or missing.

    Examples
    --------
    >>> with_symbols(pd.Series([4.2, None]), pd.Series(["reported", "suppressed"])).tolist()
    [4.2, '[c]']
    """
    symbols = status.map(_symbol)
    replaced = symbols.ne("") & values.isna()
    return values.astype(object).mask(replaced, symbols) if replaced.any() else values
