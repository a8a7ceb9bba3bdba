"""What several charts share: years along the bottom, words beside marks, printed figures."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sendlib.errors import DataError, Problem, raise_any
from sendlib.given import check_columns
from sendlib.pages.formats import Format
from sendlib.present.charts.style import DARK_BLUE, ORANGE, SMALL_TEXT, text_colour

_EMPTY = "look at the filter that made it, or show a banner in the chart's place"


def check_frame(
    frame: pd.DataFrame, *, numbers: Sequence[str], others: Sequence[str] = (), where: str
) -> None:
    """Refuse a frame that cannot be drawn, with what is amiss.

    Raises
    ------
    DataError
        If a column is not there, the frame has no rows, or text stands where
        numbers should.
    """
    needed = [*others, *numbers]
    remedy = f"give a frame with the columns {', '.join(needed)}"
    check_columns(frame.columns, needed, where=where, remedy=remedy)
    problems = [Problem("the frame has no rows", where, _EMPTY)] if frame.empty else []
    for name in numbers:
        texts = [value for value in frame[name] if isinstance(value, str)]
        if texts:
            found = f"column {name} holds text, such as {texts[0]!r}"
            problems.append(Problem(found, where, "make numbers of it with pd.to_numeric"))
    raise_any(DataError, "There is nothing to draw.", problems)


def years_along(ax: Axes, years: Sequence[object]) -> None:
    """A tick for every year, with as many labels as there is room for."""
    room = 9 if all(len(str(year)) <= 4 for year in years) else 5
    step = -(-len(years) // room)
    last = len(years) - 1
    shown = [position for position in range(len(years)) if (last - position) % step == 0]
    ax.set_xticks(shown, [str(years[position]) for position in shown])


def mark_printed(ax: Axes, printed: pd.DataFrame | None, place: Mapping[object, int]) -> None:
    """Mark figures that a document printed: ``year``, ``value``, ``label``."""
    if printed is None:
        return
    for year, value, label in printed[["year", "value", "label"]].to_numpy():
        if year in place:
            ax.plot([place[year]], [value], marker="D", markersize=8, color=ORANGE)
            ax.annotate(
                str(label),
                (place[year], value),
                xytext=(0, 14),
                textcoords="offset points",
                ha="right" if place[year] > 1 else "left",
                fontsize=SMALL_TEXT,
                color=text_colour(ORANGE),
            )


def note(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    colour: str,
    *,
    dx: float = 7,
    dy: float = 0,
    ha: str = "left",
) -> None:
    """Write a few words beside a point, in its mark's colour, edged where a line would cut them."""
    ax.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        ha=ha,
        va="center",
        fontsize=12.5,
        color=text_colour(colour),
        path_effects=[withStroke(linewidth=3, foreground="white")],
        zorder=6,
    )


def write_beside(
    ax: Axes, x: float, y: float, text: str, *, dx: float, bold: bool = False, ha: str = "left"
) -> None:
    """Write a few words level with the end of a bar or a line."""
    ax.annotate(
        text,
        (x, y),
        xytext=(dx, 0),
        textcoords="offset points",
        ha=ha,
        va="center",
        fontsize=SMALL_TEXT,
        fontweight="bold" if bold else "normal",
    )


def note_last(
    ax: Axes, x: float, values: Sequence[float], text: str, *, size: float, dx: float
) -> None:
    """Mark the last of the known values, and write it clear of the line that leads to it."""
    ax.plot([x], values[-1:], marker="o", markersize=size, color=DARK_BLUE)
    falls = values[-1] < values[max(-2, -len(values))]
    note(ax, x, values[-1], text, DARK_BLUE, dx=dx, dy=-12 if falls else 12, ha="right")


def note_ends(
    ax: Axes, x: float, values: Sequence[float], write: Format, *, gap: float, dx: float = 7
) -> None:
    """Write the values of a range, rising, beside its end, moved apart where they would touch."""
    for value, height in zip(values, spread(values, gap), strict=True):
        note(ax, x, height, write(value), DARK_BLUE, dx=dx)


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights for labels, in rising order, moved up where two would touch.

    Parameters
    ----------
    heights : Sequence[float]
        Where the labels belong, rising.
    gap : float
        The least distance between two labels, in the same unit.

    Examples
    --------
    >>> spread([1.0, 1.1, 5.0], gap=1.0)
    [1.0, 2.0, 5.0]
    """
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + gap) if moved else height)
    return moved
