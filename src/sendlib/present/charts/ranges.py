"""Charts of what is not known exactly: small fans side by side, and rows of ranges.

Each draws one prepared frame and computes nothing. What lies ahead is a band
with a dashed middle, and its ends carry their numbers. The twins in
``present.words.flows`` say the same in words.
"""

from collections.abc import Iterable, Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sendlib.pages.formats import MISSING, Format, find_format
from sendlib.present.charts.marks import note_ends, note_last
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DASHED,
    DOTTED,
    LABEL_WIDTH,
    SMALL_TEXT,
    format_axis,
    new_axes,
)

MOST_PANELS = 9
PANEL_INCHES = 2.2
PANEL_NAME_WIDTH = 20  # characters in a line of a panel's name
_BAND = 0.25  # how dark


def plot_fans(
    frame: pd.DataFrame,
    *,
    range_label: str,
    unit: str | Format = "count",
    limit_label: str = "limit",
    ax: Axes | None = None,
) -> Axes:
    """A small fan for each name, every one on an axis of its own from zero.

    The numbers at the last count and at the ends of the last range say how
    large each panel is; heights are not to be compared between panels.

    Parameters
    ----------
    frame : pd.DataFrame
        ``name``, ``census_year``, ``counted`` (missing for years ahead), ``low``,
        ``middle``, ``high`` (missing for years counted); optionally ``limit``,
        such as the places that there are. At most nine names.
    range_label : str
        What the band is, such as "8 in 10 outcomes".
    unit : str or callable
        Number format of the values.
    limit_label : str
        What the limit is, such as "places".
    ax : Axes, optional
        Axes whose room the panels take; new ones otherwise.

    Returns
    -------
    Axes
        The first panel.

    Raises
    ------
    ValueError
        If there are more than nine names, or none.
    """
    names = list(dict.fromkeys(frame["name"]))
    if not 0 < len(names) <= MOST_PANELS:
        raise ValueError(f"{len(names)} panels: draw 1 to {MOST_PANELS}")
    columns = 2 if len(names) in (2, 4) else min(len(names), 3)
    rows = -(-len(names) // columns)
    panels = _panels(ax or new_axes(height=0.5 + PANEL_INCHES * rows), rows, columns, len(names))
    write = find_format(unit)
    for panel, name in zip(panels, names, strict=True):
        rows_of_name = frame[frame["name"] == name].sort_values("census_year")
        _draw_fan(panel, rows_of_name, write)
        _draw_limit(panel, rows_of_name, limit_label, write)
        panel.set_title(fill(str(name), PANEL_NAME_WIDTH), fontsize=SMALL_TEXT, fontweight="bold")
    _key_of_fans(panels[0], range_label, limit_label if len(with_limit(frame)) else None)
    return panels[0]


def plot_ranges(frame: pd.DataFrame, *, unit: str | Format, ax: Axes | None = None) -> Axes:
    """A line from low to high for each category, with a mark at its middle.

    Parameters
    ----------
    frame : pd.DataFrame
        ``category``, ``low``, ``middle``, ``high``, in the order to show, top
        first. A row with a missing value has no line and says so.
    unit : str or callable
        Number format of the values.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.

    Raises
    ------
    ValueError
        If nothing is known, or a middle is outside its range.
    """
    known = frame[["low", "middle", "high"]].notna().all(axis=1).to_numpy()
    inside = frame["middle"].between(frame["low"], frame["high"]).to_numpy()
    if not known.any() or not inside[known].all():
        raise ValueError("a chart of ranges needs numbers, each middle from its low to its high")
    names = [fill(str(name), LABEL_WIDTH) for name in frame["category"]]
    rows, tall = _rows(names)
    ax = ax or new_axes(height=0.8 + 0.46 * tall)
    shown = frame[known]
    ax.hlines(rows[known], shown["low"], shown["high"], color=DARK_BLUE, linewidth=5, alpha=0.5)
    for end in ("low", "high"):
        ax.scatter(shown[end], rows[known], marker="|", s=140, color=DARK_BLUE, linewidth=2)
    ax.scatter(shown["middle"], rows[known], s=60, color=DARK_BLUE, zorder=4)
    for row, text in zip(rows, range_texts(frame, unit), strict=True):
        ax.annotate(
            text,
            (1.0, row),
            xycoords=ax.get_yaxis_transform(),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL_TEXT,
            annotation_clip=False,
        )
    if shown["low"].min() < 0 < shown["high"].max():
        ax.axvline(0, color=DARK_GREY, linewidth=1.4)
    ax.set_yticks(rows, names)
    ax.set_ylim(-0.1, tall + 0.1)
    ax.xaxis.set_major_locator(MaxNLocator(2))
    format_axis(ax.xaxis, unit)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    return ax


def _rows(names: Sequence[str]) -> tuple[NDArray[np.float64], float]:
    """Where each row stands, top first, and the height of all: a long name has more room."""
    tall = np.array([max(1.0, 0.52 * (1 + name.count("\n"))) for name in names])
    return np.asarray(tall.sum() - np.cumsum(tall) + tall / 2), float(tall.sum())


def range_texts(frame: pd.DataFrame, unit: str | Format) -> list[str]:
    """Each middle with its range, as written beside a row and in words.

    Examples
    --------
    >>> range_texts(pd.DataFrame({"low": [-5.0], "middle": [1.0], "high": [9.0]}), "count")
    ['1 (−5 to 9)']
    """
    write = find_format(unit)
    return [
        MISSING
        if np.isnan([low, middle, high]).any()
        else f"{write(middle)} ({write(low)} to {write(high)})"
        for low, middle, high in frame[["low", "middle", "high"]].to_numpy(dtype=float)
    ]


def with_limit(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a frame of fans that have a limit."""
    held = frame if "limit" in frame else frame.assign(limit=float("nan"))
    return held.dropna(subset=["limit"])


def _panels(ax: Axes, rows: int, columns: int, wanted: int) -> list[Axes]:
    """Panels in the room of ``ax``, which they replace."""
    room = ax.get_subplotspec()
    figure = ax.get_figure()
    if room is None or figure is None:
        raise ValueError("panels need axes that stand in a grid of their figure")
    grid = room.subgridspec(rows, columns)
    ax.remove()
    return [figure.add_subplot(grid[divmod(place, columns)]) for place in range(wanted)]


def _draw_fan(ax: Axes, rows: pd.DataFrame, write: Format) -> None:
    last = rows.dropna(subset=["counted"]).iloc[-1:]
    ahead = rows.dropna(subset=["middle"])
    start = last.assign(low=last["counted"], middle=last["counted"], high=last["counted"])
    path = pd.concat([start, ahead]) if len(start) else ahead
    years = path["census_year"]
    ax.fill_between(years, path["low"], path["high"], color=DARK_BLUE, alpha=_BAND, linewidth=0)
    ax.plot(years, path[["low", "high"]], color=DARK_BLUE, linewidth=0.7)
    ax.plot(years, path["middle"], color=DARK_BLUE, linestyle=DASHED, linewidth=1.8)
    ax.plot(rows["census_year"], rows["counted"], color=DARK_BLUE, linewidth=2.5)
    drawn = [column for column in ("counted", "high", "limit") if column in rows]
    room = 1.4 if len(with_limit(rows)) else 1.15
    ax.set_ylim(0, room * float(rows[drawn].max().max()) or 1.0)
    ax.set_yticks([0], ["0"])
    _few_years(ax, rows["census_year"], last["census_year"])
    _label_counted(ax, rows.dropna(subset=["counted"]), write)
    _label_range(ax, ahead.iloc[-1:], write)


def _label_counted(ax: Axes, counted: pd.DataFrame, write: Format) -> None:
    """The last count, clear of the line that leads to it."""
    if counted.empty:
        return
    year, values = float(counted["census_year"].iloc[-1]), counted["counted"].tolist()
    note_last(ax, year, values, write(values[-1]), size=5, dx=2)


def _label_range(ax: Axes, end: pd.DataFrame, write: Format) -> None:
    gap = 0.14 * ax.get_ylim()[1]
    for year, low, high in end[["census_year", "low", "high"]].to_numpy(dtype=float):
        note_ends(ax, year, [low, high], write, gap=gap, dx=4)


def _few_years(ax: Axes, years: pd.Series, counted: Iterable[float]) -> None:
    """The last year, the last counted and the first, where there is room."""
    first, last = float(years.min()), float(years.max())
    span = last - first or 1.0
    shown = [last]
    for year in (*counted, first):
        if shown[-1] - year > 0.36 * span:
            shown.append(year)
    ax.set_xticks(shown, [f"{year:.0f}" for year in shown], fontsize=SMALL_TEXT)
    ax.set_xlim(first - 0.04 * span, last + 0.42 * span)


def _draw_limit(ax: Axes, rows: pd.DataFrame, label: str, write: Format) -> None:
    limit = with_limit(rows)
    if limit.empty:
        return
    ax.step(
        limit["census_year"],
        limit["limit"],
        where="mid",
        color=DARK_GREY,
        linestyle=DOTTED,
        linewidth=2,
    )
    ax.text(
        0.02,
        0.98,
        f"{label} {write(float(limit['limit'].iloc[-1]))}",
        transform=ax.transAxes,
        va="top",
        fontsize=SMALL_TEXT,
    )


def _key_of_fans(ax: Axes, range_label: str, limit_label: str | None) -> None:
    figure = ax.get_figure()
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=DARK_BLUE, label="counted"),
        Line2D([], [], color=DARK_BLUE, linestyle=DASHED, linewidth=1.8, label="middle"),
        Patch(color=DARK_BLUE, alpha=_BAND, linewidth=0, label=range_label),
    ]
    if limit_label is not None:
        handles.append(Line2D([], [], color=DARK_GREY, linestyle=DOTTED, label=limit_label))
    if figure is not None:
        figure.legend(
            handles=handles, loc="outside lower left", ncols=len(handles), fontsize=SMALL_TEXT
        )
