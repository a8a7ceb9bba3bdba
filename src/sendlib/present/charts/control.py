"""Control charts, and the lines of small ones that a table of indicators holds.

What a value means is told by the form of its mark as well as by its colour:
a disc for common cause, a square for improving, a diamond for concerning, a
triangle for a change that is neither.
"""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sendlib.pages.formats import Format, find_format, level_format
from sendlib.present.charts.lines import LABEL_GAP
from sendlib.present.charts.marks import note, spread, years_along
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    MUTED,
    ORANGE,
    SMALL_TEXT,
    Dashes,
    format_axis,
    new_axes,
)

MARKS = {
    # state: marker, colour, what the key calls it
    "common_cause": ("o", MUTED, "usual variation"),
    "too_few": ("o", MUTED, "too few to judge"),
    "improving": ("s", DARK_BLUE, "improving"),
    "concerning": ("D", ORANGE, "concerning"),
    "changed": ("^", DARK_PINK, "changed"),
}
_LEVELS: Mapping[str, tuple[str | Dashes, str, str]] = {
    "lower": ((0, (1, 2)), DARK_GREY, "lower limit"),
    "mean": ("-", DARK_GREY, "mean"),
    "upper": ((0, (1, 2)), DARK_GREY, "upper limit"),
    "target": ((0, (5, 2)), DARK_PINK, "target"),
}
_WIDE, _HIGH, _EDGE = 120, 32, 5  # of a small chart [CSS pixels]


def plot_control(
    points: pd.DataFrame, *, unit: str | Format, target: float | None = None, ax: Axes | None = None
) -> Axes:
    """One indicator over its periods, with its mean and process limits.

    Parameters
    ----------
    points : pd.DataFrame
        In order: ``period``, ``value``, ``mean``, ``lower``, ``upper`` (missing
        where there are too few values) and ``state``.
    unit : str or callable
        Number format of the values.
    target : float, optional
        Drawn as a dashed line.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.

    Raises
    ------
    ValueError
        If there are no points, or a state is unknown.
    """
    unknown = sorted(set(points["state"]) - set(MARKS))
    if points.empty or unknown:
        raise ValueError(f"no points to draw, or unknown states: {', '.join(unknown)}")
    ax = ax or new_axes(height=4.8)
    places = list(range(len(points)))
    ax.plot(places, points["value"], color=DARK_GREY, linewidth=1.4)
    for state, (marker, colour, _) in MARKS.items():
        of_state = (points["state"] == state).to_numpy()
        at = [place for place in places if of_state[place]]
        ax.scatter(at, points["value"][of_state], marker=marker, s=56, color=colour, zorder=4)
    years_along(ax, list(points["period"]))
    format_axis(ax.yaxis, unit)
    last = points.iloc[-1]
    levels = {name: float(last[name]) for name in ("lower", "mean", "upper")}
    levels["target"] = float("nan") if target is None else target
    known = {name: value for name, value in levels.items() if not pd.isna(value)}
    ax.margins(y=0.1)
    _draw_levels(ax, known, unit, at=len(points) - 0.4)
    ax.set_xlim(-0.5, 1.36 * len(points))
    _key(ax, [state for state in MARKS if state in set(points["state"])])
    return ax


def _draw_levels(ax: Axes, levels: Mapping[str, float], unit: str | Format, *, at: float) -> None:
    """Lines across the chart, each named right of the last value and clear of the others."""
    for name, value in levels.items():
        dashes, colour, _ = _LEVELS[name]
        ax.plot([-0.5, at], [value, value], color=colour, linestyle=dashes, linewidth=1.3, zorder=2)
    low, high = ax.get_ylim()
    rising = sorted(levels, key=lambda name: levels[name])
    heights = spread([levels[name] for name in rising], LABEL_GAP * (high - low))
    for name, height in zip(rising, heights, strict=True):
        _, colour, said = _LEVELS[name]
        write = find_format(unit) if name == "target" else level_format(unit)
        note(ax, at, height, f"{said} {write(levels[name])}", colour, dx=4)


def _key(ax: Axes, states: Sequence[str]) -> None:
    handles = [
        Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=7, label=said)
        for marker, colour, said in (MARKS[state] for state in states)
    ]
    figure = ax.get_figure()
    if figure is not None:
        figure.legend(
            handles=handles, loc="outside lower left", ncols=len(handles), fontsize=SMALL_TEXT
        )


def sparkline(points: pd.DataFrame, *, alt: str) -> Markup:
    """A small line of values inside its limits, as a picture for a cell of a table.

    It has the colours of the text around it. The last value, and each that is
    not usual, has a mark: a disc, a square for improving, a diamond for
    concerning, a triangle for changed.

    Parameters
    ----------
    points : pd.DataFrame
        As for ``plot_control``.
    alt : str
        What it shows, for those who cannot see it.

    Raises
    ------
    ValueError
        If there are no points or no words.
    """
    if points.empty or not alt.strip():
        raise ValueError("a small chart needs points and words")
    drawn = points[["value", "lower", "upper"]].to_numpy(dtype=float)
    known = drawn[~pd.isna(drawn)]
    low, span = known.min(), (known.max() - known.min()) or 1.0
    step = (_WIDE - 2 * _EDGE) / max(len(points) - 1, 1)

    def height(value: float) -> float:
        return float(round(_HIGH - _EDGE - (value - low) / span * (_HIGH - 2 * _EDGE), 1))

    at = [(round(_EDGE + step * i, 1), height(value)) for i, value in enumerate(points["value"])]
    line = Markup('<polyline points="{}" fill="none" stroke="currentColor" stroke-width="1.5"/>')
    parts = [_band(points, height), line.format(" ".join(f"{x},{y}" for x, y in at))]
    for place, ((x, y), state) in enumerate(zip(at, points["state"], strict=True)):
        if state not in ("common_cause", "too_few") or place == len(at) - 1:
            parts.append(_mark(x, y, state))
    return Markup(
        '<svg role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">{}</svg>'
    ).format(alt, _WIDE, _HIGH, _WIDE, _HIGH, Markup("").join(parts))


def _band(points: pd.DataFrame, height: Callable[[float], float]) -> Markup:
    """The room between the limits; nothing where there are none."""
    last = points.iloc[-1]
    if pd.isna(last["mean"]):
        return Markup("")
    top, bottom = height(last["upper"]), height(last["lower"])
    return Markup(
        '<rect x="0" y="{}" width="{}" height="{}" fill="currentColor" fill-opacity="0.13"/>'
    ).format(top, _WIDE, round(bottom - top, 1))


def _mark(x: float, y: float, state: str) -> Markup:
    """A mark around a point, three pixels each way."""
    shapes = {
        "improving": f"M{x - 3},{y - 3}h6v6h-6z",
        "concerning": f"M{x},{y - 4.2:.1f}l4.2,4.2l-4.2,4.2l-4.2,-4.2z",
        "changed": f"M{x},{y - 4:.1f}l4,7h-8z",
    }
    disc = f"M{x - 3:.1f},{y}a3,3 0 1 0 6,0a3,3 0 1 0 -6,0z"
    return Markup('<path d="{}" fill="currentColor"/>').format(shapes.get(state, disc))
