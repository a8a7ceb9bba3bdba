"""A chart: its picture, wide and narrow, its words, its numbers and its source."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Required, TypedDict

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sendlib.charts.style import (
    NARROW,
    WIDE,
    Draw,
    address,
    draw_on,
    has_marks,
    house_style,
    new_axes,
)
from sendlib.errors import did_you_mean
from sendlib.pages.formats import Format, count, find_format
from sendlib.pages.markup import ALT_AT_LEAST, Block, Origin, render, slug
from sendlib.pages.notes import not_available
from sendlib.pages.tables import Table
from sendlib.pages.tables import table as make_table
from sendlib.project import BRIEFING_VARIABLE, RESULTS_VARIABLE
from sendlib.reuse import has_own_records, reuse
from sendlib.vocabulary import MINIMUM_COUNT

_CSS_PIXELS = 96  # to an inch
_NARROW_AT = "(max-width: 35rem)"
_HIDDEN = ["area_code", "area_type", "source_id", "role", "ranked", "value_status"]


class Words(TypedDict, total=False):
    """The keywords of every chart; all but the title and the source follow from the frame.

    Parameters
    ----------
    title : str
        What the chart shows, with its number.
    source : str
        Publication and edition: ``authority.cite(frame)``.
    subtitle : str
        What is plotted, where, in which unit; otherwise ``frame.attrs["what"]``.
    unit : str or callable
        How numbers are written (``count``, ``pct1``, ``share1``, ``gbp_m``, ...);
        otherwise by the name of the column that is drawn.
    alt : str
        What a person who cannot see the chart needs to know.
    table : pd.DataFrame or Table
        The numbers behind the chart; otherwise the frame.
    notes : Sequence[str]
        Remarks below the chart.
    name : str
        Names the element and the CSV file; otherwise from the columns drawn.
    origin : str
        As for :func:`sendlib.pages.table`.
    ax : Axes
        Axes to draw on; a figure of its own otherwise.
    """

    title: Required[str]
    source: Required[str]
    subtitle: str
    unit: str | Format
    alt: str
    table: pd.DataFrame | Table
    notes: Sequence[str]
    name: str
    origin: Origin
    ax: Axes | None


@dataclass(eq=False, repr=False)
class Chart:
    """A drawn chart, shown by naming it; ``chart.ax`` is there to draw more on it.

    ``draw`` sees by the size of the empty axes whether the drawing is narrow.
    """

    draw: Draw
    title: str
    source: str
    alt: str
    name: str
    numbers: Table | None
    subtitle: str = ""
    notes: Sequence[str] = ()
    heights: tuple[float, float] = (4.2, 4.2)  # of the wide and the narrow drawing [inches]
    on: Axes | None = None

    def __post_init__(self) -> None:
        if len(self.alt.strip()) < ALT_AT_LEAST:
            raise ValueError(
                f"The chart {self.name!r} has an alternative text of {len(self.alt.strip())} "
                f"characters. Say what the chart shows in {ALT_AT_LEAST} or more."
            )
        if not self.title.strip():  # too little is known to conclude anything
            self.title, self.subtitle = self.subtitle, ""
        if not self.title.strip() or not self.source.strip():
            raise ValueError(f"The chart {self.name!r} needs a title and a source.")
        self._is_ours = self.on is None  # until somebody draws on it
        if self.on is not None:
            self._wide = draw_on(self.on, self.draw)

    @cached_property
    def _wide(self) -> tuple[Axes, Figure]:
        return draw_on(new_axes(WIDE, self.heights[0]), self.draw)

    @property
    def ax(self) -> Axes:
        """The axes, to draw more on."""
        self._is_ours = False
        return self._wide[0]

    @property
    def figure(self) -> Figure:
        """The wide drawing."""
        return self._wide[1]

    def __repr__(self) -> str:
        return f"<Chart {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        if self.on is not None and (pyplot := sys.modules.get("matplotlib.pyplot")):
            pyplot.close(self.figure)  # or it is shown again at the end of the cell
        return str(render("chart", self, self._pictures()))

    def _pictures(self) -> Markup:
        """The wide drawing and, on a page, the narrow one for small screens."""
        size = self.figure.get_size_inches() if self._may_be_edited else (WIDE, self.heights[0])
        pixels = [round(float(side) * _CSS_PIXELS) for side in size]
        drawings = reuse("pictures", self._rests_on(), self._drawings)
        return render("picture", drawings, self.alt, pixels, _NARROW_AT)

    @property
    def _may_be_edited(self) -> bool:
        """Whether the wide drawing is there, so that somebody may have drawn on it."""
        return "_wide" in vars(self)

    def _rests_on(self) -> bytes:
        """What the pictures follow from; nothing where none is stored, as of own records."""
        is_own = has_own_records() or (self.numbers is not None and self.numbers.origin == "own")
        if is_own or self._may_be_edited or RESULTS_VARIABLE not in os.environ:
            return b""
        import cloudpickle  # where there is a store alone

        return bytes(cloudpickle.dumps((self.draw, self.heights)))

    def _drawings(self) -> list[str]:
        """The addresses of the wide drawing and, for a page, of the narrow one."""
        with house_style():
            wide = address(self.figure)
            return [wide, address(self.narrow())] if BRIEFING_VARIABLE in os.environ else [wide]

    def narrow(self) -> Figure:
        """The chart drawn anew for a telephone; one that was drawn on is the same, narrower."""
        if self._is_ours:
            return draw_on(new_axes(NARROW, self.heights[1]), self.draw)[1]
        self.figure.set_size_inches(NARROW, self.figure.get_size_inches()[1])
        return self.figure


def show(
    drawn: Axes | Figure,
    *,
    title: str,
    alt: str,
    source: str,
    table: pd.DataFrame | Table | None = None,
) -> Chart:
    """Put a figure of one's own, drawn with matplotlib or seaborn, on the page.

    Parameters
    ----------
    drawn : matplotlib.axes.Axes or matplotlib.figure.Figure
        With something drawn on it; the whole figure is shown.
    title, source, table
        As in :class:`Words`; without a table there are no numbers behind it.
    alt : str
        What a person who cannot see it needs to know; 30 characters or more.

    Raises
    ------
    ValueError
        If nothing is drawn, or the words are missing or too short.
    """
    axes = drawn.axes if isinstance(drawn, Figure) else [drawn]
    if not axes or not any(has_marks(each) for each in axes):
        raise ValueError("The chart is empty: nothing is drawn on it.")
    if isinstance(table, pd.DataFrame):
        table = make_table(table, caption=title, name=slug(title))
    return Chart(lambda _: None, title, source, alt, slug(title), table, on=axes[0])


def compose(
    frame: pd.DataFrame,
    draw: Draw,
    words: Words,
    *,
    alt: str,
    kind: str,
    formats: Mapping[str, str | Format],
    heights: tuple[float, float] = (4.2, 4.2),
) -> Chart:
    """A chart of a frame, with what follows from the frame and what the caller says instead."""
    if unknown := [name for name in words if name not in Words.__annotations__]:
        remedy = did_you_mean(unknown[0], Words.__annotations__)
        raise TypeError(f"charts.{kind} has no argument {unknown[0]!r}: {remedy}")
    what, title = str(frame.attrs.get("what", "")), words.get("title", "").removesuffix(".")
    subtitle = words.get("subtitle") or what[:1].upper() + what[1:]
    name = (
        words.get("name")
        or frame.attrs.get("name")
        or slug(f"{kind} {what or '-'.join(map(str, frame.columns[:3]))}")
    )
    if (origin := words.get("origin") or frame.attrs.get("origin", "")) == "own":
        counts = [column for column, unit in formats.items() if find_format(unit) is count]
        small = frame[[column for column in counts if column in frame]]
        if ((small > 0) & (small < MINIMUM_COUNT)).any(axis=None):
            raise ValueError(
                f"The chart {name!r} would draw counts of own records below {MINIMUM_COUNT}. "
                "Make them missing first."
            )
    numbers = words.get("table")
    if not isinstance(numbers, (Block, Table)):
        rows = (frame if numbers is None else numbers).copy()
        rows.attrs.pop("notes", None)  # they stand below the chart
        numbers = make_table(
            rows.drop(columns=_HIDDEN, errors="ignore"),
            caption=subtitle or title,
            formats={column: unit for column, unit in formats.items() if column in rows},
            name=name,
            origin=origin,
        )
    return Chart(
        draw,
        title,
        words.get("source", ""),
        words.get("alt") or alt,
        name,
        numbers if isinstance(numbers, Table) else None,
        subtitle,
        words.get("notes") or frame.attrs.get("notes", ()),
        heights,
        words.get("ax"),
    )


def unit_of(frame: pd.DataFrame, words: Words, default: str = "count") -> Format:
    """How the numbers of a chart are written: as the caller says, or the frame."""
    return find_format(words.get("unit") or frame.attrs.get("unit") or default)


def no_figures(frame: pd.DataFrame, *columns: str) -> Block | None:
    """What stands in place of a chart without rows or numbers; None where there are some."""
    if len(frame) and (not columns or frame[list(columns)].notna().any(axis=None)):
        return None
    missing = bool(frame.attrs.get("missing", True))
    what, why = (str(frame.attrs.get(name, "")) for name in ("what", "why"))
    return not_available(what, why, missing=missing)
