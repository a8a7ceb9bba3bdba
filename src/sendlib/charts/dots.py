"""Dots in rows, drawn by seaborn: a measure then and now, here and there, or of several areas."""

from typing import Unpack

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from pandas.api.types import is_numeric_dtype

from sendlib.charts.chart import Chart, Words, compose, nothing
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
    title: str,
    source: str,
    y: str | None = None,
    first: str | None = None,
    last: str | None = None,
    ax: Axes | None = None,
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
    title, source, ax, **words
        As for :func:`sendlib.charts.lines`.

    Raises
    ------
    DataError
        If a column is not there, or a number is below zero.
    """
    flat = frame.reset_index() if any(frame.index.names) else frame
    flat.attrs = dict(frame.attrs)
    numbers = [str(name) for name in flat if is_numeric_dtype(flat[name])] or [""]
    y = y or next((str(name) for name in flat if name not in numbers), "")
    first, last = first or numbers[0], last or numbers[-1]
    check_has(flat, [y, first, last], where="charts.pairs")
    check_numbers(flat, [first, last], where="charts.pairs")
    if block := nothing(flat, first, last):
        return block
    if (flat[[first, last]] < 0).any(axis=None):
        problem = Problem("a number is below zero", "charts.pairs", "draw charts.contributions")
        raise DataError("The pairs cannot be drawn.", [problem])
    write = find_format(
        words.get("unit") or flat.attrs.get("unit") or default_format(last, whole=False)
    )
    names = flat[y].astype(str).tolist()
    over_time = all(any(letter.isdigit() for letter in label) for label in (first, last))

    def text(before: float, now: float) -> str:
        if over_time:
            return f"{write(before)} to {write(now)}"
        return f"{write(now)}, {first} {write(before)}"

    texts = [text(a, b) for a, b in zip(flat[first], flat[last], strict=True)]

    def draw(on: Axes) -> None:
        _draw_pairs(on, flat, names, (first, last), texts)

    what = flat.attrs.get("what") or "pairs"
    listed = "; ".join(f"{name} {said}" for name, said in zip(names, texts, strict=True))
    return compose(
        flat,
        draw,
        words,
        title=title,
        source=source,
        alt=f"Chart of {what}, {first} and {last}: {listed}.",
        kind="pairs",
        formats={first: write, last: write},
        heights=row_heights(names, beside=0.8),
        ax=ax,
    )


def _draw_pairs(
    ax: Axes, flat: pd.DataFrame, names: list[str], ends: tuple[str, str], texts: list[str]
) -> None:
    rows = rows_on(ax, names)
    ax.hlines(rows.at, flat[ends[0]], flat[ends[1]], color=GREY, linewidth=2.5)
    for end, colour, face in zip(ends, (BURGUNDY, NAVY), ("white", NAVY), strict=True):
        sns.scatterplot(
            x=flat[end].to_numpy(), y=rows.at, s=70, color=face, edgecolor=colour, linewidth=2,
            legend=False, zorder=4, clip_on=False, ax=ax,
        )  # fmt: skip
    highest = float(flat[list(ends)].max().max())
    ax.set_xlim(0, 1.03 * highest)
    rows.write(ax)
    rows.write_beside(ax, texts)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    _key(ax, [(label, "o", colour, face) for label, colour, face in
              zip(ends, (BURGUNDY, NAVY), ("white", NAVY), strict=True)])  # fmt: skip


def dots(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    y: str,
    x: str | None = None,
    hue: str | None = None,
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A row for each measure with a mark for each area; the first area is labelled.

    Parameters
    ----------
    frame : pd.DataFrame
        A row for each measure and area, in the order to show; at most four areas.
    title, source, ax, **words
        As for :func:`pairs`.
    y : str
        The column that names the row.
    x, hue : str, optional
        The columns of the number and of the area; found by their names otherwise.

    Raises
    ------
    DataError
        If a column is not there, or there are more than four areas.
    """
    if block := nothing(frame):
        return block
    flat, found = read_columns(frame, words.get("unit"), where="charts.dots", x=y, y=x, hue=hue)
    if block := nothing(flat, found.y):
        return block
    areas = list(dict.fromkeys(flat[found.hue])) if found.hue else [""]
    if len(areas) > len(_MARKERS):
        problem = Problem(f"{len(areas)} areas", "charts.dots", f"choose {len(_MARKERS)} of them")
        raise DataError("There are too many areas for one chart of dots.", [problem])
    names = [str(name) for name in dict.fromkeys(flat[y])]

    def draw(on: Axes) -> None:
        _draw_dots(on, flat.dropna(subset=[found.y]), found, names, areas)

    parts = [
        f"{name}: " + ", ".join(
            f"{area} {found.write(value)}" if found.hue else found.write(value)
            for area, value in zip(
                rows[found.hue] if found.hue else [""] * len(rows), rows[found.y], strict=True
            )
        )
        for name, rows in flat.groupby(y, sort=False)
    ]  # fmt: skip
    return compose(
        flat,
        draw,
        words,
        title=title,
        source=source,
        alt=f"Dots of {flat.attrs.get('what') or title}. {'; '.join(parts)}.",
        kind="dots",
        formats={found.y: found.write},
        heights=row_heights(names, beside=1.1),
        ax=ax,
    )


def _draw_dots(
    ax: Axes, known: pd.DataFrame, found: Columns, names: list[str], areas: list[str]
) -> None:
    rows = rows_on(ax, names)
    at = dict(zip(names, rows.at, strict=True))
    placed = known.assign(_at=known[found.x].astype(str).map(at))
    ends = placed.groupby("_at")[found.y].agg(["min", "max"])
    ax.hlines(ends.index, ends["min"], ends["max"], color=QUIET, linewidth=1)
    looks = list(zip(areas, _MARKERS, _COLOURS, strict=False))
    sns.scatterplot(
        placed,
        x=found.y,
        y="_at",
        hue=found.hue or None,
        hue_order=areas if found.hue else None,
        style=found.hue or None,
        style_order=areas if found.hue else None,
        markers={area: marker for area, marker, _ in looks} if found.hue else True,
        palette={area: colour for area, _, colour in looks} if found.hue else None,
        s=70,
        legend=False,
        zorder=3,
        ax=ax,
    )
    own = placed[placed[found.hue] == areas[0]] if found.hue else placed
    for value, height in own[[found.y, "_at"]].to_numpy():
        write_at(ax, value, height, found.write(value), colour=NAVY, dy=10, ha="center", bold=True)
    ax.margins(x=0.08)
    rows.write(ax)
    ax.set_ylim(0, rows.height + 0.12)
    mark_values(ax, found.write, axis="x", ticks=4 if is_wide(ax) else 3)
    ax.set_xlabel("")
    ax.grid(visible=True, axis="x")
    if found.hue:
        _key(ax, [(area, marker, colour, colour) for area, marker, colour in looks])


def _key(ax: Axes, looks: list[tuple[str, str, str, str]]) -> None:
    """Which mark is which, above the rows."""
    handles = [
        Line2D([], [], marker=marker, markerfacecolor=face, markeredgecolor=edge, linestyle="",
               markeredgewidth=2, markersize=8, label=label)
        for label, marker, edge, face in looks
    ]  # fmt: skip
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.1,
        ncols=min(len(handles), 3) if is_wide(ax) else 1, handletextpad=0.2, columnspacing=1.2,
    )  # fmt: skip
