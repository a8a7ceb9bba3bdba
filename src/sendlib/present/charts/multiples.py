"""Small charts one below the other, and rows of dots: several measures, the same areas.

Each draws one prepared frame and computes nothing. Every measure has an axis of
its own, so that heights are not to be compared between them. The twins in
``present.words.outcomes`` say the same in words.
"""

from collections.abc import Mapping
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sendlib.pages.formats import Format, find_format
from sendlib.present.charts.lines import plot_lines
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    TURQUOISE,
    format_axis,
    new_axes,
    text_colour,
)

MOST_PANELS = 3
MOST_AREAS = 4
PANEL_INCHES = 2.7
ROW_INCHES = 0.56
TITLE_WIDTH = 60  # characters in a line of a panel's name
LABEL_WIDTH = 34  # characters in a line of a row's name
TEXT_POINTS = 12.5
_BETWEEN = 0.1  # above and below a panel [inches]
_LINE_INCHES = 0.24  # one line of text
_AREAS = (  # in the order of the names: marker, its size, colour
    ("o", 110, DARK_BLUE),
    ("s", 46, TURQUOISE),
    ("^", 56, DARK_PINK),
    ("D", 40, DARK_GREY),
)


def plot_multiples(
    frame: pd.DataFrame,
    *,
    units: Mapping[str, str | Format],
    printed: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
) -> Axes:
    """A chart of lines for each measure, one below the other.

    A line stops where a year has no value. Years are alike in distance.

    Parameters
    ----------
    frame : pd.DataFrame
        ``part`` (the measure), ``year``, ``name``, ``value``; one to three
        measures, at most four names, a row for every year.
    units : Mapping[str, str or callable]
        Number format of each measure.
    printed : pd.DataFrame, optional
        Figures that a strategy printed: ``part``, ``year``, ``value``, ``label``.
    breaks : pd.DataFrame, optional
        ``part`` and ``year``: in which it cannot be compared with the year before.

    Returns
    -------
    Axes
        The first panel.

    Raises
    ------
    ValueError
        If there are no measures, or more than three.
    """
    parts = list(dict.fromkeys(frame["part"]))
    if not 0 < len(parts) <= MOST_PANELS:
        raise ValueError(f"{len(parts)} measures: draw 1 to {MOST_PANELS}")
    first = new_axes(height=PANEL_INCHES * len(parts) + (0.3 if len(parts) > 1 else 0.2))
    figure = _figure(first)
    first.remove()
    figure.set_layout_engine("constrained", h_pad=_BETWEEN)
    panels = [figure.add_subplot(len(parts), 1, place + 1) for place in range(len(parts))]
    for panel, part in zip(panels, parts, strict=True):
        of_part = frame[frame["part"] == part]
        plot_lines(
            of_part,
            unit=units[part],
            printed=None if printed is None else printed[printed["part"] == part],
            breaks=[] if breaks is None else breaks.loc[breaks["part"] == part, "year"].tolist(),
            from_zero=not (of_part["value"] < 0).any(),
            small=True,
            ax=panel,
        )
        panel.yaxis.set_major_locator(MaxNLocator(4))
        if len(parts) > 1:
            title = fill(str(part), TITLE_WIDTH)
            panel.set_title(title, fontsize=TEXT_POINTS, fontweight="bold")
    return panels[0]


def plot_dots(frame: pd.DataFrame, *, unit: str | Format) -> Axes:
    """A row for each measure with a mark for each area; the first area is labelled.

    Parameters
    ----------
    frame : pd.DataFrame
        ``part`` (the measure), ``name`` (the area), ``value``, in the order to
        show, top first; at most four names, one value of each in a measure.
    unit : str or callable
        Number format of the values.

    Raises
    ------
    ValueError
        If nothing is known, or there are more than four names.
    """
    names = list(dict.fromkeys(frame["name"]))
    known = frame.dropna(subset=["value"])
    if known.empty or len(names) > MOST_AREAS:
        raise ValueError(f"dots need values, of at most {MOST_AREAS} areas")
    parts = list(dict.fromkeys(frame["part"]))
    texts = [fill(str(part), LABEL_WIDTH) for part in parts]
    tall = np.array([max(ROW_INCHES, _LINE_INCHES * (text.count("\n") + 1.4)) for text in texts])
    heights = tall.sum() - np.cumsum(tall) + tall / 2
    rows = dict(zip(parts, heights.tolist(), strict=True))
    ax = new_axes(height=0.95 + float(tall.sum()))
    ends = known.groupby(known["part"].map(rows))["value"].agg(["min", "max"])
    ax.hlines(ends.index, ends["min"], ends["max"], color=DARK_GREY, linewidth=1)
    for name, (marker, size, colour) in reversed(list(zip(names, _AREAS, strict=False))):
        mine = known[known["name"] == name]
        at = mine["part"].map(rows)
        ax.scatter(mine["value"], at, marker=marker, s=size, color=colour, zorder=3)
    _label_first(ax, known[known["name"] == names[0]], rows, find_format(unit))
    ax.margins(x=0.1)
    ax.set_yticks(list(heights), texts, fontsize=TEXT_POINTS)
    ax.set_ylim(0, float(tall.sum()) + 0.15)
    ax.xaxis.set_major_locator(MaxNLocator(4))
    format_axis(ax.xaxis, unit)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    _key(ax, names)
    return ax


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("small charts need axes that stand on a figure")
    return figure


def _label_first(ax: Axes, own: pd.DataFrame, rows: Mapping[str, float], write: Format) -> None:
    for part, value in own[["part", "value"]].to_numpy():
        ax.annotate(
            write(value),
            (value, rows[part]),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=TEXT_POINTS - 0.5,
            fontweight="bold",
            color=text_colour(DARK_BLUE),
        )


def _key(ax: Axes, names: list[str]) -> None:
    handles = [
        Line2D(
            [],
            [],
            marker=marker,
            color=colour,
            linestyle="none",
            markersize=np.sqrt(size),
            label=name,
        )
        for name, (marker, size, colour) in zip(names, _AREAS, strict=False)
    ]
    _figure(ax).legend(handles=handles, loc="outside lower left", ncols=2, fontsize=TEXT_POINTS)
