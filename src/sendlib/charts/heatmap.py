"""A shaded grid with its number in every cell, drawn by seaborn."""

from functools import partial
from textwrap import fill
from typing import Unpack

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures, unit_of
from sendlib.charts.style import ON_COLOUR, TEXT
from sendlib.charts.text import is_wide
from sendlib.pages.columns import check_numbers
from sendlib.pages.formats import Format
from sendlib.pages.markup import Block

_LIGHTEST, _DARKEST = "#EEF3F8", "#8FAFCB"  # dark words keep 7:1 on both


def heatmap(frame: pd.DataFrame, **words: Unpack[Words]) -> Chart | Block:
    """A shaded grid with its number in every cell: darker is more.

    Parameters
    ----------
    frame : pd.DataFrame
        Index the rows to show, columns the columns, all numbers in one unit.
    """
    check_numbers(frame, list(frame.columns), where="charts.heatmap")
    if block := no_figures(frame, *frame.columns):
        return block
    write = unit_of(frame, words, "number1")
    tops = [
        f"{column}: {frame[column].idxmax()} {write(frame[column].max())}"
        for column in frame.columns
        if frame[column].notna().any()
    ]
    return compose(
        frame,
        partial(_draw, frame=frame, write=write),
        words,
        alt=f"Grid of {frame.attrs.get('what') or words.get('title')}. "
        f"The largest in each column: {'; '.join(tops)}.",
        kind="heatmap",
        formats=dict.fromkeys(map(str, frame.columns), write),
        heights=(0.5 + 0.4 * len(frame), 0.7 + 0.45 * len(frame)),
    )


def _draw(ax: Axes, frame: pd.DataFrame, write: Format) -> None:
    wide = is_wide(ax)
    size = TEXT if wide else 0.85 * TEXT
    named = frame.rename(
        index=lambda name: fill(str(name), 30 if wide else 22),
        columns=lambda name: fill(str(name), 12 if wide else 5, break_long_words=False),
    )
    cells = frame.map(lambda value: "–" if pd.isna(value) else write(value))
    sns.heatmap(
        named,
        annot=cells if wide else cells.map(lambda text: text.rstrip("%")),  # no room for a unit
        fmt="",
        cmap=sns.blend_palette([_LIGHTEST, _DARKEST], as_cmap=True),
        cbar=False,
        linewidths=1.5,
        linecolor="white",
        annot_kws={"fontsize": size, "color": ON_COLOUR},
        ax=ax,
    )
    ax.set(xlabel="", ylabel="")
    ax.xaxis.tick_top()
    ax.tick_params(length=0, rotation=0)
    ax.tick_params(axis="x", labelsize=size)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
