"""From low to high in rows: ranges with a mark at the middle, and effects either way."""

from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, nothing
from sendlib.charts.style import BURGUNDY, INK, NAVY
from sendlib.charts.text import is_wide, mark_values, row_heights, rows_on
from sendlib.errors import DataError, Problem
from sendlib.pages.columns import check_has, check_numbers
from sendlib.pages.formats import MISSING, Format, find_format, with_sign
from sendlib.pages.markup import Block

_ENDS = ["low", "middle", "high"]


def ranges(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    y: str = "category",
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A line from low to high for each row, with a mark at its middle and its numbers beside it.

    Parameters
    ----------
    frame : pd.DataFrame
        The column ``y``, ``low``, ``middle``, ``high``, in the order to show, top first.
        A row with a missing value has no line and says so.
    y : str
        The column that names the row.
    title, source, ax, **words
        As for :func:`sendlib.charts.lines`.

    Raises
    ------
    DataError
        If a column is not there, or a middle lies outside its range.
    """
    check_has(frame, [y], where="charts.ranges")
    check_numbers(frame, _ENDS, where="charts.ranges")
    if block := nothing(frame, *_ENDS):
        return block
    known = frame[_ENDS].notna().all(axis=1)
    outside = frame.loc[known & ~frame["middle"].between(frame["low"], frame["high"]), y]
    if len(outside):
        problem = Problem(
            f"the middle of {outside.iloc[0]} is not between its low and its high",
            "charts.ranges",
            "give low, middle and high in one unit",
        )
        raise DataError("The ranges cannot be drawn.", [problem])
    write = find_format(words.get("unit") or frame.attrs.get("unit") or "count")
    texts = range_texts(frame, write)
    names = frame[y].astype(str).tolist()

    def draw(on: Axes) -> None:
        _draw(on, frame, known.tolist(), names=names, texts=texts, write=write)

    what = frame.attrs.get("what") or title
    listed = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    return compose(
        frame,
        draw,
        words,
        title=title,
        source=source,
        alt=f"Chart of ranges of {what}, middle and range: {listed}.",
        kind="ranges",
        formats=dict.fromkeys(_ENDS, write),
        heights=(row_heights(names)[0], row_heights(names)[1] + 0.4 * len(names)),
        ax=ax,
    )


def effects(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    y: str = "category",
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A bar for each row from what it takes away, left, to what it adds, right of nothing.

    Parameters
    ----------
    frame : pd.DataFrame
        The column ``y``, ``low`` (zero or less) and ``high`` (zero or more), in the order
        to show, top first.
    title, source, y, ax, **words
        As for :func:`ranges`.

    Raises
    ------
    DataError
        If a column is not there, or a low is above zero or a high below.
    """
    check_has(frame, [y], where="charts.effects")
    check_numbers(frame, _ENDS[::2], where="charts.effects")
    if block := nothing(frame, *_ENDS[::2]):
        return block
    if (frame["low"] > 0).any() or (frame["high"] < 0).any():
        problem = Problem(
            "a low above zero or a high below it", "charts.effects", "draw charts.ranges"
        )
        raise DataError("The effects cannot be drawn.", [problem])
    write = with_sign(find_format(words.get("unit") or frame.attrs.get("unit") or "count"))
    names = frame[y].astype(str).tolist()
    texts = [
        f"{write(low)} to {write(high)}" for low, high in frame[_ENDS[::2]].to_numpy(dtype=float)
    ]

    def draw(on: Axes) -> None:
        _draw_effects(on, frame, names, texts)

    listed = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    return compose(
        frame,
        draw,
        words,
        title=title,
        source=source,
        alt=f"Bar chart of {frame.attrs.get('what') or title}: {listed}.",
        kind="effects",
        formats=dict.fromkeys(_ENDS[::2], write),
        heights=(row_heights(names)[0], row_heights(names)[1] + 0.4 * len(names)),
        ax=ax,
    )


def _draw_effects(ax: Axes, frame: pd.DataFrame, names: list[str], texts: list[str]) -> None:
    rows = rows_on(ax, names)
    ax.barh(rows.at, frame["high"], height=0.26, color=NAVY)
    ax.barh(rows.at, frame["low"], height=0.26, facecolor="none", edgecolor=BURGUNDY,
            linewidth=2, hatch="///")  # fmt: skip
    ax.vlines([0] * len(names), [at - 0.15 for at in rows.at], [at + 0.15 for at in rows.at],
              color=INK, linewidth=1.2)  # fmt: skip
    ax.margins(x=0.02)
    rows.write_beside(ax, texts)
    rows.write(ax)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)


def range_texts(frame: pd.DataFrame, write: Format) -> list[str]:
    """Each middle with its range, as written beside a row and in words.

    Examples
    --------
    >>> range_texts(pd.DataFrame({"low": [-5.0], "middle": [1.0], "high": [9.0]}), "{:g}".format)
    ['1 (-5 to 9)']
    """
    return [
        MISSING
        if pd.isna([low, middle, high]).any()
        else f"{write(middle)} ({write(low)} to {write(high)})"
        for low, middle, high in frame[_ENDS].to_numpy(dtype=float)
    ]


def _draw(
    ax: Axes,
    frame: pd.DataFrame,
    known: list[bool],
    *,
    names: list[str],
    texts: list[str],
    write: Format,
) -> None:
    wide = is_wide(ax)
    rows = rows_on(ax, names)
    at = [spot for spot, there in zip(rows.at, known, strict=True) if there]
    shown = frame[known]
    ax.hlines(at, shown["low"], shown["high"], color=NAVY, linewidth=5, alpha=0.4)
    ax.plot(shown["middle"], at, "o", color=NAVY, markersize=8)
    for end in ("low", "high"):
        ax.plot(shown[end], at, "|", color=NAVY, markersize=10, markeredgewidth=2)
    rows.write_beside(ax, texts)
    ax.margins(x=0.04)
    rows.write(ax)
    if shown["low"].min() < 0 < shown["high"].max():
        ax.axvline(0, color=INK, linewidth=1.2)
    mark_values(ax, write, axis="x", ticks=4 if wide else 2)
    ax.grid(visible=True, axis="x")
