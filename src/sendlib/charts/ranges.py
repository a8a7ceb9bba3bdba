"""From low to high in rows: ranges with a mark at the middle, and effects either way."""

from functools import partial
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures, unit_of
from sendlib.charts.style import BURGUNDY, INK, NAVY
from sendlib.charts.text import is_wide, mark_values, row_heights, rows_on
from sendlib.errors import DataError, Problem
from sendlib.pages.columns import check_has, check_numbers
from sendlib.pages.formats import MISSING, Format, with_sign
from sendlib.pages.markup import Block

_ENDS = ["low", "middle", "high"]


def ranges(frame: pd.DataFrame, *, y: str = "category", **words: Unpack[Words]) -> Chart | Block:
    """A line from low to high for each row, with a mark at its middle and its numbers at its right.

    Parameters
    ----------
    frame : pd.DataFrame
        The column ``y``, ``low``, ``middle``, ``high``, in the order to show, top first.
        A row with a missing value has no line and says so.
    y : str
        The column that names the row.

    Raises
    ------
    DataError
        If a middle lies outside its range.
    """
    check_has(frame, [y], where="charts.ranges")
    check_numbers(frame, _ENDS, where="charts.ranges")
    if block := no_figures(frame, *_ENDS):
        return block
    known = frame[_ENDS].notna().all(axis=1)
    outside = frame.loc[known & ~frame["middle"].between(frame["low"], frame["high"]), y]
    if len(outside):
        found = f"the middle of {outside.iloc[0]} is not between its low and its high"
        remedy = "give low, middle and high in one unit"
        problem = Problem("middle_outside_range", found, "charts.ranges", remedy)
        raise DataError("The ranges cannot be drawn.", [problem])
    write, names = unit_of(frame, words), frame[y].astype(str).tolist()
    texts = [
        f"{write(middle)} ({write(low)} to {write(high)})" if there else MISSING
        for there, (low, middle, high) in zip(known, frame[_ENDS].to_numpy(float), strict=True)
    ]
    listed = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    wide, narrow = row_heights(names)
    return compose(
        frame,
        partial(_draw_ranges, frame=frame, names=names, texts=texts, write=write),
        words,
        alt=f"Chart of ranges of {frame.attrs.get('what') or words.get('title')}, "
        f"middle and range: {listed}.",
        kind="ranges",
        formats=dict.fromkeys(_ENDS, write),
        heights=(wide, narrow + 0.4 * len(names)),
    )


def _draw_ranges(
    ax: Axes, frame: pd.DataFrame, names: list[str], texts: list[str], write: Format
) -> None:
    rows = rows_on(ax, names)
    drawn = frame.assign(_at=rows.at).dropna(subset=_ENDS)
    ax.hlines(drawn["_at"], drawn["low"], drawn["high"], color=NAVY, linewidth=5, alpha=0.4)
    ax.plot(drawn["middle"], drawn["_at"], "o", color=NAVY, markersize=8)
    for end in ("low", "high"):
        ax.plot(drawn[end], drawn["_at"], "|", color=NAVY, markersize=10, markeredgewidth=2)
    rows.write_right(ax, texts)
    ax.margins(x=0.04)
    rows.write(ax, with_axis=True)
    if drawn["low"].min() < 0 < drawn["high"].max():
        ax.axvline(0, color=INK, linewidth=1.2)
    mark_values(ax, write, axis="x", ticks=4 if is_wide(ax) else 2)
    ax.grid(visible=True, axis="x")


def effects(frame: pd.DataFrame, *, y: str = "category", **words: Unpack[Words]) -> Chart | Block:
    """A bar for each row from what it takes away, left, to what it adds, right of nothing.

    Parameters
    ----------
    frame : pd.DataFrame
        The column ``y``, ``low`` (zero or less) and ``high`` (zero or more), in the order
        to show, top first.
    y
        As for :func:`ranges`.

    Raises
    ------
    DataError
        If a low is above zero or a high below.
    """
    check_has(frame, [y], where="charts.effects")
    check_numbers(frame, ["low", "high"], where="charts.effects")
    if block := no_figures(frame, "low", "high"):
        return block
    if (frame["low"] > 0).any() or (frame["high"] < 0).any():
        found, remedy = "a low above zero or a high below it", "draw charts.ranges"
        problem = Problem("range_without_zero", found, "charts.effects", remedy)
        raise DataError("The effects cannot be drawn.", [problem])
    write, names = with_sign(unit_of(frame, words)), frame[y].astype(str).tolist()
    texts = [f"{write(a)} to {write(b)}" for a, b in frame[["low", "high"]].to_numpy(float)]
    listed = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    wide, narrow = row_heights(names)
    return compose(
        frame,
        partial(_draw_effects, frame=frame, names=names, texts=texts),
        words,
        alt=f"Bar chart of {frame.attrs.get('what') or words.get('title')}: {listed}.",
        kind="effects",
        formats={"low": write, "high": write},
        heights=(wide, narrow + 0.4 * len(names)),
    )


def _draw_effects(ax: Axes, frame: pd.DataFrame, names: list[str], texts: list[str]) -> None:
    rows = rows_on(ax, names)
    ax.barh(rows.at, frame["high"], height=0.26, color=NAVY)
    ax.barh(rows.at, frame["low"], height=0.26, facecolor="none", edgecolor=BURGUNDY,
            linewidth=2, hatch="///")  # fmt: skip
    ax.vlines([0] * len(names), [at - 0.15 for at in rows.at], [at + 0.15 for at in rows.at],
              color=INK, linewidth=1.2)  # fmt: skip
    ax.margins(x=0.02)
    rows.write_right(ax, texts)
    rows.write(ax)
