"""A chart on a page: its picture, its words, its numbers and its source."""

import base64
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sendlib.pages.markup import check_name, join, region, without_control
from sendlib.pages.origin import Origin, mark
from sendlib.pages.tables import Table
from sendlib.pages.tables import table as make_table
from sendlib.present.charts.style import house_style

ALT_AT_LEAST = 30
_CSS_PIXELS_PER_INCH = 96


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """A drawn chart with all that a page needs to show it, made by :func:`chart`.

    Parameters
    ----------
    name, title, alt, source : str
        As given to :func:`chart`.
    svg : bytes
        The picture; equal charts have equal bytes.
    width, height : int
        Size on the page. [CSS pixels]
    numbers : Table
        The numbers behind the picture.
    takeaway : str or None
        One generated sentence that says what follows from the chart.
    """

    name: str
    title: str
    alt: str
    source: str
    svg: bytes
    width: int
    height: int
    numbers: Table
    takeaway: str | None

    def __repr__(self) -> str:
        return f"<Chart {self.name}>"

    def _repr_html_(self) -> str:
        parts = [
            Markup('<figcaption class="chart-title">{}</figcaption>').format(self.title),
            region(self._image(), label=f"Chart: {self.title}", kind="chart-scroll"),
            *self._words(),
            self._details(),
        ]
        return str(
            Markup('<figure class="chart" id="chart-{}"{}>\n{}\n</figure>').format(
                self.name, mark(self.numbers.origin), join(parts)
            )
        )

    def _image(self) -> Markup:
        held = base64.b64encode(self.svg).decode("ascii")
        return Markup(
            '<img src="data:image/svg+xml;base64,{}" alt="{}" width="{}" height="{}">'
        ).format(held, self.alt, self.width, self.height)

    def _words(self) -> list[Markup]:
        words = [Markup('<p class="source">Source: {}</p>').format(self.source)]
        if self.takeaway:
            words.insert(0, Markup('<p class="takeaway">{}</p>').format(self.takeaway))
        return words

    def _details(self) -> Markup:
        inside = [self.numbers.grid("Numbers"), *self.numbers.remarks(), self.numbers.download()]
        return Markup(
            '<details class="numbers"><summary>Show the numbers'
            '<span class="hidden">: {}</span></summary>\n{}\n</details>'
        ).format(self.title, join(inside))


def chart(
    axes: Axes,
    *,
    title: str,
    alt: str,
    source: str,
    table: pd.DataFrame | Table,
    name: str,
    takeaway: str | None = None,
    origin: Origin = "",
) -> Chart:
    """Turn drawn axes into a chart for a page.

    The picture is made at once, so the figure may be let go afterwards.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes with something drawn on them; their whole figure is shown.
    title : str
        What the chart shows, with the period and the unit.
    alt : str
        What a person who cannot see the chart needs to know; 30 characters or
        more.
    source : str
        Publication and vintage.
    table : pd.DataFrame or Table
        The numbers behind the chart. A frame is shown in default formats;
        for others, or for symbols, pass what ``present.table`` returns.
    name : str
        Names the CSV file and the element; once on a page.
    takeaway : str, optional
        One generated sentence that says what follows from the chart.
    origin : str, optional
        As for :func:`~sendlib.pages.tables.table`, where ``table`` is a
        frame; a table has its own.

    Raises
    ------
    ValueError
        If nothing is drawn, the alternative text is too short, the title or
        the source is empty, or there are no numbers.
    """
    figure = axes.get_figure(root=True)
    if not isinstance(figure, Figure) or not any(_is_drawn(part) for part in figure.axes):
        raise ValueError(f"The chart {name!r} is empty: nothing is drawn on it.")
    _check_words(name, title=title, alt=alt, source=source)
    width, height = (round(float(side) * _CSS_PIXELS_PER_INCH) for side in figure.get_size_inches())
    return Chart(
        name=check_name(name),
        title=title,
        alt=alt,
        source=source,
        svg=to_svg(figure),
        width=width,
        height=height,
        numbers=_numbers(table, title=title, name=name, origin=origin),
        takeaway=takeaway,
    )


def to_svg(figure: Figure) -> bytes:
    """Draw a figure as SVG: the same bytes for the same figure, undated."""
    drawn = BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with house_style():
        figure.savefig(drawn, format="svg", metadata=nothing)
    return without_control(drawn.getvalue().decode("utf-8")).encode("utf-8")


def _is_drawn(axes: Axes) -> bool:
    return axes.has_data() and bool(np.isfinite(axes.dataLim.get_points()).all())


def _check_words(name: str, *, title: str, alt: str, source: str) -> None:
    if len(alt.strip()) < ALT_AT_LEAST:
        raise ValueError(
            f"The chart {name!r} has an alternative text of {len(alt.strip())} characters. "
            f"Say what the chart shows in {ALT_AT_LEAST} or more."
        )
    if not title.strip() or not source.strip():
        raise ValueError(f"The chart {name!r} needs a title and a source.")


def _numbers(given: pd.DataFrame | Table, *, title: str, name: str, origin: Origin) -> Table:
    if isinstance(given, Table):
        return given
    return make_table(given, caption=title, name=name, origin=origin)
