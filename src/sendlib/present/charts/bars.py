"""Charts of categories: columns for years, ranked bars, then and now, a shaded grid.

Each draws one prepared frame and computes nothing. Bars start at zero and carry
their number; a foreseen value is hatched; an area other than the authority and
its neighbours is an outline. The twins in ``present.words`` say the same in words.
"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sendlib.pages.formats import Format, find_format, signed
from sendlib.present.charts.marks import check_frame, mark_printed, write_beside, years_along
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    LABEL_WIDTH,
    MUTED,
    SMALL_TEXT,
    new_axes,
)

GRID_DARKEST = "#8FAFCB"  # dark text keeps 7:1 on it
TEXT_ON_GRID = "#1D242C"


def plot_columns(
    frame: pd.DataFrame,
    *,
    unit: str | Format,
    printed: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A bar for each year, its number on top; a foreseen value is hatched.

    Parameters
    ----------
    frame : pd.DataFrame
        ``year``, ``value``; optionally ``foreseen`` (true where it has not
        happened). A missing value has no bar and says so.
    unit : str or callable
        Number format of the values.
    printed : pd.DataFrame, optional
        Figures that a strategy printed: ``year``, ``value``, ``label``.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    check_frame(frame, numbers=["value"], others=["year"], where="plot_columns")
    ax = ax or new_axes()
    write = find_format(unit)
    place = {year: position for position, year in enumerate(frame["year"])}
    foreseen = frame["foreseen"].to_numpy() if "foreseen" in frame else np.zeros(len(frame), bool)
    bars = ax.bar(list(place.values()), frame["value"].fillna(0), color=DARK_BLUE, width=0.7)
    for bar, value, ahead in zip(bars, frame["value"], foreseen, strict=True):
        if ahead:
            bar.set(facecolor="white", edgecolor=DARK_BLUE, hatch="///", linewidth=1.5)
        unknown = np.isnan(value)
        text = "not available" if unknown else write(value)
        below = not unknown and value < 0
        ax.annotate(
            text,
            (bar.get_x() + bar.get_width() / 2, bar.get_height()),
            xytext=(0, -4 if below else 4),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            fontsize=11.5,
            rotation=90 if unknown else 0,
        )
    ax.margins(y=0.12)
    ax.axhline(0, color=DARK_GREY, linewidth=1)
    ax.set_yticks([])
    ax.grid(visible=False)
    years_along(ax, list(place))
    mark_printed(ax, printed, place)
    return ax


def plot_ranked(frame: pd.DataFrame, *, unit: str | Format, ax: Axes | None = None) -> Axes:
    """A bar for each area, longest at the top; the authority is filled darkest.

    Parameters
    ----------
    frame : pd.DataFrame
        As made by ``compare.to_peers``: ``area_name``, ``role``, ``value``.
    unit : str or callable
        Number format of the values.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    check_frame(frame, numbers=["value"], others=["area_name", "role"], where="plot_ranked")
    ordered = frame.dropna(subset=["value"]).sort_values("value")
    ax = ax or new_axes(height=0.9 + 0.34 * len(ordered))
    write = find_format(unit)
    bars = ax.barh(ordered["area_name"], ordered["value"], height=0.72)
    for bar, role, value in zip(bars, ordered["role"], ordered["value"], strict=True):
        _paint_bar(bar, role)
        middle = bar.get_y() + bar.get_height() / 2
        write_beside(ax, value, middle, write(value), dx=5, bold=role == "authority")
    for label, role in zip(ax.get_yticklabels(), ordered["role"], strict=True):
        label.set_fontweight("bold" if role == "authority" else "normal")
    ax.margins(x=0.12)
    ax.set_xticks([])
    ax.grid(visible=False)
    return ax


def plot_change(
    frame: pd.DataFrame,
    *,
    first: str,
    last: str,
    unit: str | Format,
    ax: Axes | None = None,
) -> Axes:
    """Two points and a line for each category: then (open) and now (filled).

    Parameters
    ----------
    frame : pd.DataFrame
        ``category``, ``first``, ``last``, in the order to show, top first.
    first, last : str
        What the two columns are, such as the years.
    unit : str or callable
        Number format of the values.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    check_frame(frame, numbers=["first", "last"], others=["category"], where="plot_change")
    highest = frame[["first", "last"]].max().max()
    if not highest > 0 or (frame[["first", "last"]] < 0).any(axis=None):
        raise ValueError("a chart of pairs needs numbers, none of them below zero")
    ax = ax or new_axes(height=1.0 + 0.46 * len(frame))
    write = find_format(unit)
    rows = np.arange(len(frame))[::-1]
    ax.hlines(rows, frame["first"], frame["last"], color=MUTED, linewidth=3)
    open_disc = ax.scatter(frame["first"], rows, s=70, zorder=3, label=first)
    open_disc.set(facecolor="white", edgecolor=DARK_PINK, linewidth=2)
    ax.scatter(frame["last"], rows, s=80, color=DARK_BLUE, zorder=4, label=last)
    ax.set_yticks(rows, [fill(name, LABEL_WIDTH) for name in frame["category"]])
    furthest = frame[["first", "last"]].max(axis=1).fillna(0)
    pairs = zip(rows, furthest, frame["first"], frame["last"], strict=True)
    for row, end, before, now in pairs:
        write_beside(ax, end, row, f"{write(before)} to {write(now)}", dx=10)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0, handletextpad=0.2)
    ax.set_ylim(-0.6, len(frame) - 0.4)
    ax.set_xlim(0, 1.6 * float(highest))
    ax.set_xticks([])
    ax.grid(visible=False)
    return ax


def plot_contributions(frame: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A bar to the right for what adds, to the left for what takes away.

    Parameters
    ----------
    frame : pd.DataFrame
        ``category``, ``value``, in the order to show, top first.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    check_frame(frame, numbers=["value"], others=["category"], where="plot_contributions")
    ax = ax or new_axes(height=0.9 + 0.4 * len(frame))
    rows = np.arange(len(frame))[::-1]
    adds = frame["value"].to_numpy() >= 0
    bars = ax.barh(rows, frame["value"], height=0.66, color=DARK_BLUE)
    for bar, value, add in zip(bars, frame["value"], adds, strict=True):
        if not add:
            bar.set(facecolor="white", edgecolor=DARK_PINK, linewidth=2)
        middle = bar.get_y() + bar.get_height() / 2
        dx, ha = (5, "left") if add else (-5, "right")
        write_beside(ax, value, middle, signed(value), dx=dx, ha=ha)
    ax.set_yticks(rows, [fill(name, LABEL_WIDTH) for name in frame["category"]])
    ax.axvline(0, color=DARK_GREY, linewidth=1)
    ax.margins(x=0.16)
    ax.set_xticks([])
    ax.grid(visible=False)
    return ax


def plot_grid(frame: pd.DataFrame, *, unit: str | Format, ax: Axes | None = None) -> Axes:
    """A shaded grid with its number in every cell: darker is more.

    Parameters
    ----------
    frame : pd.DataFrame
        Index the rows to show, columns the columns, values in one unit.
    unit : str or callable
        Number format of the values.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    import seaborn as sns  # slow to import, and needed for this chart only

    check_frame(frame, numbers=list(frame.columns), where="plot_grid")
    ax = ax or new_axes(height=1.0 + 0.46 * len(frame))
    write = find_format(unit)
    named = frame.rename(index=lambda name: fill(str(name), LABEL_WIDTH))
    words = frame.map(lambda value: "–" if np.isnan(value) else write(value))
    sns.heatmap(
        named,
        annot=words,
        fmt="",
        cmap=sns.light_palette(GRID_DARKEST, as_cmap=True),
        cbar=False,
        linewidths=1.5,
        linecolor="white",
        annot_kws={"fontsize": SMALL_TEXT, "color": TEXT_ON_GRID},
        ax=ax,
    )
    for row, column in zip(*np.nonzero(frame.isna().to_numpy()), strict=True):
        ax.text(column + 0.5, row + 0.5, "–", ha="center", va="center", fontsize=SMALL_TEXT)
    ax.set(xlabel="", ylabel="")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(visible=False)
    return ax


def _paint_bar(bar, role: str) -> None:  # type: ignore[no-untyped-def]
    if role == "authority":
        bar.set_facecolor(DARK_BLUE)
    elif role == "neighbour":
        bar.set_facecolor("#B9C7D6")
    else:
        bar.set(facecolor="white", edgecolor=DARK_GREY, linewidth=1.6)
