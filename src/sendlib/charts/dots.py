"""Dots in rows, drawn by seaborn: a measure then and now, here and there, or of several areas."""

from functools import partial
from typing import Unpack

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from pandas.api.types import is_numeric_dtype

from sendlib.charts.chart import Chart, Words, compose, no_figures
from sendlib.charts.style import BURGUNDY, GREY, NAVY, QUIET, TEAL
from sendlib.charts.text import is_wide, mark_values, row_heights, rows_on, write_at
from sendlib.errors import DataError, Problem
from sendlib.pages.columns import Columns, check_has, check_numbers, read_columns
from sendlib.pages.formats import default_format, find_format
from sendlib.pages.markup import Block

_MARKERS = ("o", "s", "^", "D")
_COLOURS = (NAVY, TEAL, BURGUNDY, GREY)


def pairs(
    frame: pd.DataFrame,
    *,
    y: str | None = None,
    first: str | None = None,
    last: str | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """Two dots and a line for each row: then (open) and now (filled), or there and here.

    Parameters
    ----------
    frame : pd.DataFrame
        In the order to show, top first.
    y, first, last : str, optional
        The columns of the name and of the two measures, which are named as they should be
        read: "January 2019" and "January 2025", or "England" and "Wiltshire". Otherwise the
        first column of words, and the first and the last of numbers.

    Raises
    ------
    DataError
        If a number is below zero.
    """
    flat = frame.reset_index() if any(frame.index.names) else frame
    flat.attrs = dict(frame.attrs)
    numbers = [str(name) for name in flat if is_numeric_dtype(flat[name])] or [""]
    y = y or next((str(name) for name in flat if name not in numbers), "")
    first, last = first or numbers[0], last or numbers[-1]
    check_has(flat, [y, first, last], where="charts.pairs")
    check_numbers(flat, [first, last], where="charts.pairs")
    if block := no_figures(flat, first, last):
        return block
    if (flat[[first, last]] < 0).any(axis=None):
        found, remedy = "a number is below zero", "draw charts.contributions"
        problem = Problem("number_below_zero", found, "charts.pairs", remedy)
        raise DataError("The pairs cannot be drawn.", [problem])
    write = find_format(
        words.get("unit") or flat.attrs.get("unit") or default_format(last, integer=False)
    )
    over_time = all(any(letter.isdigit() for letter in label) for label in (first, last))
    texts = [
        f"{write(before)} to {write(now)}"
        if over_time
        else f"{write(now)}, {first} {write(before)}"
        for before, now in zip(flat[first], flat[last], strict=True)
    ]
    names = flat[y].astype(str).tolist()
    listed = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    return compose(
        flat,
        partial(_draw_pairs, flat=flat[[first, last]], names=names, texts=texts),
        words,
        alt=f"Chart of {flat.attrs.get('what') or 'pairs'}, {first} and {last}: {listed}.",
        kind="pairs",
        formats={first: write, last: write},
        heights=row_heights(names, around=0.8),
    )


def _draw_pairs(ax: Axes, flat: pd.DataFrame, names: list[str], texts: list[str]) -> None:
    first, last = flat.columns[0], flat.columns[-1]
    looks = [(first, "o", BURGUNDY, "white"), (last, "o", NAVY, NAVY)]
    rows = rows_on(ax, names)
    ax.hlines(rows.at, flat[first], flat[last], color=GREY, linewidth=2.5)
    for end, _, colour, face in looks:
        sns.scatterplot(
            x=flat[end].to_numpy(), y=rows.at, s=70, color=face, edgecolor=colour, linewidth=2,
            legend=False, zorder=4, clip_on=False, ax=ax,
        )  # fmt: skip
    ax.set_xlim(0, 1.03 * float(flat.max().max()))
    rows.write(ax)
    rows.write_right(ax, texts)
    _key(ax, looks)


def dots(
    frame: pd.DataFrame,
    *,
    y: str,
    x: str | None = None,
    hue: str | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A row for each measure with a mark for each area; the first area is labelled.

    Parameters
    ----------
    frame : pd.DataFrame
        A row for each measure and area, in the order to show; at most four areas.
    y : str
        The column that names the row.
    x, hue : str, optional
        The columns of the number and of the area; found by their names otherwise.

    Raises
    ------
    DataError
        If there are more than four areas.
    """
    if block := no_figures(frame):
        return block
    flat, cols = read_columns(frame, words.get("unit"), where="charts.dots", x=y, y=x, hue=hue)
    if block := no_figures(flat, cols.y):
        return block
    areas = list(dict.fromkeys(flat[cols.hue])) if cols.hue else [""]
    if len(areas) > len(_MARKERS):
        found, remedy = f"{len(areas)} areas", f"choose {len(_MARKERS)} of them"
        problem = Problem("too_many_areas", found, "charts.dots", remedy)
        raise DataError("There are too many areas for one chart of dots.", [problem])
    said = flat[cols.y].map(cols.write)
    said = flat[cols.hue].astype(str) + " " + said if cols.hue else said
    parts = [f"{name}: {', '.join(texts)}" for name, texts in said.groupby(flat[y], sort=False)]
    names = [str(name) for name in dict.fromkeys(flat[y])]
    known = flat.dropna(subset=[cols.y])
    return compose(
        flat,
        partial(_draw_dots, known=known, cols=cols, names=names, areas=areas),
        words,
        alt=f"Dots of {flat.attrs.get('what') or words.get('title')}. {'; '.join(parts)}.",
        kind="dots",
        formats={cols.y: cols.write},
        heights=row_heights(names, around=1.1),
    )


def _draw_dots(
    ax: Axes, known: pd.DataFrame, cols: Columns, names: list[str], areas: list[str]
) -> None:
    rows = rows_on(ax, names)
    at = dict(zip(names, rows.at, strict=True))
    placed = known.assign(_at=known[cols.x].astype(str).map(at))
    ends = placed.groupby("_at")[cols.y].agg(["min", "max"])
    ax.hlines(ends.index, ends["min"], ends["max"], color=QUIET, linewidth=1)
    looks = list(zip(areas, _MARKERS, _COLOURS, _COLOURS, strict=False))
    by_area = {
        "hue": cols.hue,
        "hue_order": areas,
        "style": cols.hue,
        "style_order": areas,
        "markers": {area: marker for area, marker, *_ in looks},
        "palette": {area: colour for area, _, colour, _ in looks},
    }
    sns.scatterplot(
        placed, x=cols.y, y="_at", s=70, legend=False, zorder=3, ax=ax,
        **(by_area if cols.hue else {}),
    )  # fmt: skip
    own = placed[placed[cols.hue] == areas[0]] if cols.hue else placed
    for value, height in own[[cols.y, "_at"]].to_numpy():
        write_at(ax, value, height, cols.write(value), colour=NAVY, dy=10, ha="center", bold=True)
    ax.margins(x=0.08)
    rows.write(ax, with_axis=True)
    ax.set_ylim(0, rows.height + 0.12)
    mark_values(ax, cols.write, axis="x", ticks=4 if is_wide(ax) else 3)
    ax.set_xlabel("")
    ax.grid(visible=True, axis="x")
    if cols.hue:
        _key(ax, looks)


def _key(ax: Axes, looks: list[tuple[str, str, str, str]]) -> None:
    """Which mark is which, above the rows: its label, form, edge and face."""
    handles = [
        Line2D([], [], marker=marker, markerfacecolor=face, markeredgecolor=edge, linestyle="",
               markeredgewidth=2, markersize=8, label=label)
        for label, marker, edge, face in looks
    ]  # fmt: skip
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.1,
        ncols=min(len(handles), 3) if is_wide(ax) else 1, handletextpad=0.2, columnspacing=1.2,
    )  # fmt: skip
