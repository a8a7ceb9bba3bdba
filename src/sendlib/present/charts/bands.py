"""The chart of money over years: two ranges, one within the other, and thresholds.

It draws one prepared frame and computes nothing. Values may be below zero. The
twin in ``present.words.flows`` says the same in words.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sendlib.pages.formats import Format, find_format
from sendlib.present.charts.marks import note, note_ends, note_last, years_along
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    DASHED,
    DOTTED,
    ORANGE,
    SMALL_TEXT,
    format_axis,
    new_axes,
    text_colour,
)

_OUTER, _INNER = 0.18, 0.42  # how dark a band is


def plot_bands(
    history: pd.DataFrame,
    bands: pd.DataFrame,
    *,
    unit: str | Format,
    range_labels: tuple[str, str],
    thresholds: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """What is known, then the dashed middle inside two ranges, one within the other.

    This is for money over financial years, of either sign; ``plot_fan`` is for
    counts in January, from zero.

    Parameters
    ----------
    history : pd.DataFrame
        ``year`` (number or text such as "2025-26"), ``value``; may be empty.
    bands : pd.DataFrame
        ``year``, ``low``, ``inner_low``, ``middle``, ``inner_high``, ``high``.
    unit : str or callable
        Number format of the values.
    range_labels : tuple of str
        What the outer and the inner band are, such as "8 in 10 outcomes".
    thresholds : pd.DataFrame, optional
        Lines across: ``value``, ``label``.
    marks : pd.DataFrame, optional
        Figures of others: ``year``, ``value``, ``label``.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.

    Raises
    ------
    ValueError
        If a mark stands for a year that the chart does not show.
    """
    years = list(dict.fromkeys([*history["year"], *bands["year"]]))
    place: Mapping[object, int] = {year: position for position, year in enumerate(years)}
    _check_marks(marks, place)
    ax = ax or new_axes(height=4.9)
    _draw_bands(ax, history, bands, place)
    ax.axhline(0, color=DARK_GREY, linewidth=1)
    _draw_thresholds(ax, thresholds, bands, place)
    _draw_marks(ax, marks, bands, place)
    years_along(ax, years)
    format_axis(ax.yaxis, unit)
    ax.margins(y=0.1)
    _label_known(ax, history, place, find_format(unit))
    _label_ends(ax, bands.iloc[-1], place, find_format(unit))
    _key_of_bands(ax, range_labels, known=len(history) > 0)
    return ax


def _check_marks(marks: pd.DataFrame | None, place: Mapping[object, int]) -> None:
    unknown = [] if marks is None else [str(year) for year in marks["year"] if year not in place]
    if unknown:
        shown = ", ".join(map(str, place))
        raise ValueError(f"no such year in the chart: {', '.join(unknown)}; it shows {shown}")


def _draw_bands(
    ax: Axes, history: pd.DataFrame, bands: pd.DataFrame, place: Mapping[object, int]
) -> None:
    """Both bands open from the last known value."""
    last = history.dropna(subset=["value"]).iloc[-1:]
    ends = ["low", "inner_low", "middle", "inner_high", "high"]
    start = last.assign(**dict.fromkeys(ends, last["value"]))
    path = pd.concat([start, bands]) if len(start) else bands
    x = path["year"].map(place)
    for low, high, shade in (("low", "high", _OUTER), ("inner_low", "inner_high", _INNER)):
        ax.fill_between(x, path[low], path[high], color=DARK_BLUE, alpha=shade, linewidth=0)
        ax.plot(x, path[[low, high]], color=DARK_BLUE, linewidth=0.7)
    ax.plot(x, path["middle"], color=DARK_BLUE, linestyle=DASHED)
    ax.plot(history["year"].map(place), history["value"], color=DARK_BLUE, linewidth=3)


def _draw_thresholds(
    ax: Axes, thresholds: pd.DataFrame | None, bands: pd.DataFrame, place: Mapping[object, int]
) -> None:
    """Lines across, each named where the bands are furthest from it."""
    if thresholds is None:
        return
    for value, label in thresholds[["value", "label"]].to_numpy():
        ax.axhline(value, color=DARK_PINK, linestyle=DOTTED, linewidth=1.8)
        away = np.maximum(bands["low"] - value, value - bands["high"]).to_numpy()[:-1]
        free = place[bands["year"].iloc[int(np.argmax(away)) if len(away) else 0]]
        ax.annotate(
            str(label),
            (free, value),
            xytext=(0, 4),
            textcoords="offset points",
            ha="right",
            fontsize=SMALL_TEXT,
            color=text_colour(DARK_PINK),
        )


def _draw_marks(
    ax: Axes, marks: pd.DataFrame | None, bands: pd.DataFrame, place: Mapping[object, int]
) -> None:
    """A label stands on the side of its mark that the bands leave free; at the end, beside it."""
    if marks is None:
        return
    middle = bands.set_index("year")["middle"]
    rises = middle.iloc[-1] >= middle.iloc[0]
    for year, value, label in marks[["year", "value", "label"]].to_numpy():
        ax.plot([place[year]], [value], marker="D", markersize=8, color=ORANGE, zorder=5)
        above = value >= middle.get(year, value)
        left = above == rises
        beside = not left and place[year] == max(place.values())
        dx, dy = (10, 0) if beside else (-4 if left else 4, 15 if above else -15)
        note(
            ax, place[year], value, str(label), ORANGE, dx=dx, dy=dy, ha="right" if left else "left"
        )


def _label_known(
    ax: Axes, history: pd.DataFrame, place: Mapping[object, int], write: Format
) -> None:
    """The last known value, clear of the line that leads to it."""
    known = history.dropna(subset=["value"])
    if known.empty:
        return
    values = known["value"].tolist()
    x = place[known["year"].iloc[-1]]
    note_last(ax, x, values, write(values[-1]), size=6, dx=-6)


def _label_ends(ax: Axes, end: pd.Series, place: Mapping[object, int], write: Format) -> None:
    """Both ends and the middle of the last year ahead."""
    low, high = ax.get_ylim()
    values = [end["low"], end["middle"], end["high"]]
    note_ends(ax, place[end["year"]], values, write, gap=0.07 * (high - low))
    ax.set_xlim(right=len(place) - 1 + 0.2 * len(place))


def _key_of_bands(ax: Axes, range_labels: tuple[str, str], *, known: bool) -> None:
    outer, inner = range_labels
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=DARK_BLUE, linestyle=DASHED, label="middle"),
        Patch(color=DARK_BLUE, alpha=_INNER + _OUTER * (1 - _INNER), linewidth=0, label=inner),
        Patch(color=DARK_BLUE, alpha=_OUTER, linewidth=0, label=outer),
    ]
    if known:
        handles.insert(0, Line2D([], [], color=DARK_BLUE, linewidth=3, label="known"))
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        fontsize=SMALL_TEXT,
        borderaxespad=0.2,
    )
