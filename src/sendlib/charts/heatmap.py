"""A shaded grid with its number in every cell, drawn by seaborn."""

from textwrap import fill
from typing import Unpack

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, nothing
from sendlib.charts.style import ON_COLOUR, TEXT
from sendlib.charts.text import is_wide
from sendlib.pages.columns import check_numbers
from sendlib.pages.formats import find_format
from sendlib.pages.markup import Block

_LIGHTEST, _DARKEST = "#EEF3F8", "#8FAFCB"  # dark words keep 7:1 on both


def heatmap(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A shaded grid with its number in every cell: darker is more.

    Parameters
    ----------
    frame : pd.DataFrame
        Index the rows to show, columns the columns, all numbers in one unit.
    title, source, ax, **words
        As for :func:`sendlib.charts.lines`.

    Raises
    ------
    DataError
        If a column holds text.
    """
    check_numbers(frame, list(frame.columns), where="charts.heatmap")
    if block := nothing(frame, *frame.columns):
        return block
    write = find_format(words.get("unit") or frame.attrs.get("unit") or "number1")

    def draw(on: Axes) -> None:
        wide = is_wide(on)
        named = frame.rename(
            index=lambda name: fill(str(name), 30 if wide else 22),
            columns=lambda name: fill(str(name), 12 if wide else 5, break_long_words=False),
        )
        sns.heatmap(
            named,
            annot=frame.map(lambda value: "–" if pd.isna(value) else _in(write(value), wide)),
            fmt="",
            cmap=sns.blend_palette([_LIGHTEST, _DARKEST], as_cmap=True),
            cbar=False,
            linewidths=1.5,
            linecolor="white",
            annot_kws={"fontsize": TEXT if wide else 0.85 * TEXT, "color": ON_COLOUR},
            ax=on,
        )
        on.set(xlabel="", ylabel="")
        on.xaxis.tick_top()
        on.tick_params(length=0, rotation=0)
        on.tick_params(axis="x", labelsize=TEXT if wide else 0.85 * TEXT)
        on.grid(visible=False)
        on.spines["bottom"].set_visible(False)

    tops = [
        f"{column}: {frame[column].idxmax()} {write(frame[column].max())}"
        for column in frame.columns
        if frame[column].notna().any()
    ]
    what = frame.attrs.get("what") or title
    height = 0.5 + 0.4 * len(frame)
    return compose(
        frame,
        draw,
        words,
        title=title,
        source=source,
        alt=f"Grid of {what}. The largest in each column: {'; '.join(tops)}.",
        kind="heatmap",
        formats=dict.fromkeys(map(str, frame.columns), write),
        heights=(height, 0.7 + 0.45 * len(frame)),
        ax=ax,
    )


def _in(text: str, wide: bool) -> str:
    """A number in its cell; where cells are narrow, without its unit."""
    return text if wide else text.rstrip("%")
