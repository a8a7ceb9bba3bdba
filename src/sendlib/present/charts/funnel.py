"""The funnel plot: figures of many authorities by size, and how far chance would scatter them.

It draws prepared frames and computes nothing. The authority is a named filled
square, its neighbours are filled circles, others are rings: shape and fill tell
them apart without colour. The twin in ``present.words.verdicts`` says the same.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from sendlib.pages.formats import Format, find_format
from sendlib.present.charts.marks import note
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    MUTED,
    SMALL_TEXT,
    Dashes,
    format_axis,
    new_axes,
)

_DASHES: tuple[Dashes, Dashes] = ((0, (4, 2)), (0, ()))


@dataclass(frozen=True)
class _Mark:
    """How the authorities of one role are drawn."""

    marker: Literal["o", "s"]
    face: str
    edge: str
    size: float


_MARKS = {
    "other": _Mark("o", "white", MUTED, 6.5),
    "neighbour": _Mark("o", DARK_BLUE, "white", 8.5),
    "authority": _Mark("s", DARK_PINK, "white", 12),
}


def plot_funnel(
    points: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    centre: float,
    unit: str | Format,
    of: str,
    name: str,
    centre_label: str = "England",
    ax: Axes | None = None,
) -> Axes:
    """A mark for each authority, by how many its figure is of, inside limits of chance.

    Parameters
    ----------
    points : pd.DataFrame
        ``role`` ("authority", "neighbour" or "other"), ``of``, ``value``.
    limits : pd.DataFrame
        ``of``, ``coverage`` (two pairs), ``low``, ``high``.
    centre : float
        The figure that the limits lie about.
    unit : str or callable
        Number format of the values.
    of : str
        What each figure is of, under the axis.
    name, centre_label : str
        The authority, and whose figure the centre is.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    ax = ax or new_axes(height=5.0)
    write = find_format(unit)
    coverages = sorted(limits["coverage"].unique())
    for coverage, dashes in zip(coverages, _DASHES, strict=True):
        pair = limits[limits["coverage"] == coverage]
        for end in ("low", "high"):
            ax.plot(pair["of"], pair[end], color=DARK_GREY, linestyle=dashes, linewidth=1.2)
    ax.axhline(centre, color=DARK_GREY, linewidth=1.6)
    for zorder, (role, mark) in enumerate(_MARKS.items(), start=3):
        those = points[points["role"] == role]
        ax.add_line(_handle(mark, those["of"], those["value"], zorder=zorder))
    ax.set_xlim(limits["of"].min(), limits["of"].max())
    _write_along(ax, points, unit=unit, of=of)
    _name_own(ax, points, name, write)
    _key(ax, points, coverages, name=name, centre=f"{centre_label} {write(centre)}")
    return ax


def _write_along(ax: Axes, points: pd.DataFrame, *, unit: str | Format, of: str) -> None:
    ax.set_ylim(bottom=0, top=1.12 * float(points["value"].max()))
    format_axis(ax.yaxis, unit)
    format_axis(ax.xaxis, "count")
    ax.set_xlabel(of)


def _name_own(ax: Axes, points: pd.DataFrame, name: str, write: Format) -> None:
    """The authority's name on the side of its mark where other marks are furthest."""
    own = points[points["role"] == "authority"].iloc[0]
    others = points[points["role"] != "authority"]
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across = ((others["of"] - own["of"]) / (right - left)).to_numpy()
    up = ((others["value"] - own["value"]) / (top - bottom)).to_numpy()
    free = {
        (x, y): float(np.min(np.hypot(across - 0.12 * x, up - 0.05 * y), initial=1.0))
        for x in _sides((own["of"] - left) / (right - left))
        for y in (1, -1)
    }
    x, y = max(free, key=lambda side: free[side])
    text = f"{name} {write(own['value'])}"
    ha = "left" if x > 0 else "right"
    note(ax, own["of"], own["value"], text, DARK_PINK, dx=10 * x, dy=13 * y, ha=ha)


def _sides(place: float) -> tuple[int, ...]:
    """To which sides of a mark there is room for a name, by its place along the axis."""
    return tuple(side for side, room in ((1, place < 0.7), (-1, place > 0.3)) if room)


def _key(ax: Axes, points: pd.DataFrame, coverages: list[float], *, name: str, centre: str) -> None:
    labels = {"authority": name, "neighbour": "neighbours", "other": "others"}
    handles = [
        _handle(mark, [], [], label=labels[role])
        for role, mark in reversed(_MARKS.items())
        if (points["role"] == role).any()
    ]
    handles.append(Line2D([], [], color=DARK_GREY, linewidth=1.6, label=centre))
    handles += [
        Line2D(
            [], [], color=DARK_GREY, linewidth=1.2, linestyle=dashes, label=f"chance, {share:.1%}"
        )
        for share, dashes in zip(coverages, _DASHES, strict=True)
    ]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        fontsize=SMALL_TEXT,
        borderaxespad=0.2,
        columnspacing=1.2,
    )


def _handle(
    mark: _Mark, x: ArrayLike, y: ArrayLike, *, label: str = "", zorder: float = 2
) -> Line2D:
    return Line2D(
        x,
        y,
        linestyle="",
        marker=mark.marker,
        markerfacecolor=mark.face,
        markeredgecolor=mark.edge,
        markeredgewidth=1.5,
        markersize=mark.size,
        label=label,
        zorder=zorder,
    )
