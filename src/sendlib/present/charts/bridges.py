"""The chart that leads from one total to the next, step by step.

It draws one prepared frame and computes nothing. What adds is filled and what
takes away is hatched, and both carry their sign and an arrow. Its twin in
``present.words.flows`` says the same in words.
"""

from collections.abc import Mapping
from itertools import pairwise
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sendlib.pages.formats import Format, find_format, with_sign
from sendlib.present.charts.marks import write_beside
from sendlib.present.charts.style import DARK_BLUE, DARK_GREY, DARK_PINK, LABEL_WIDTH, new_axes

TOLERANCE = 1e-6  # of the largest value in a bridge

_BARS: Mapping[str, Mapping[str, Any]] = {
    "total": {"facecolor": DARK_GREY, "edgecolor": DARK_GREY},
    "up": {"facecolor": DARK_BLUE, "edgecolor": DARK_BLUE},
    "down": {"facecolor": "white", "edgecolor": DARK_PINK, "linewidth": 2, "hatch": "///"},
}


def plot_bridge(frame: pd.DataFrame, *, unit: str | Format, ax: Axes | None = None) -> Axes:
    """From one total to the next in steps, each from where the last one ended.

    A step to the right adds and is filled; one to the left takes away and is
    hatched. Both carry their sign and an arrow.

    Parameters
    ----------
    frame : pd.DataFrame
        ``category``, ``value``, ``kind`` ("total" or "step"), in the order to
        show, top first; the last row is a total.
    unit : str or callable
        Number format of the values.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.

    Raises
    ------
    ValueError
        If a value is missing, a kind is unknown, the last row is a step, or
        the steps do not lead to the totals.
    """
    starts = _bridge_starts(frame)
    ax = ax or new_axes(height=0.6 + 0.46 * len(frame))
    write = find_format(unit)
    is_total = (frame["kind"] == "total").to_numpy()
    values = frame["value"].to_numpy(dtype=float)
    rows = np.arange(len(frame))[::-1]
    ends = np.where(is_total, values, starts + values)
    for row, start, value, total in zip(rows, starts, values, is_total, strict=True):
        kind = "total" if total else "up" if value >= 0 else "down"
        ax.barh(row, value, left=start, height=0.62, **_BARS[kind])
        text = write(value) if total else _step_words(value, write)
        write_beside(ax, max(start, start + value), row, text, dx=6, bold=bool(total))
    for (row, end), _ in pairwise(zip(rows, ends, strict=True)):
        ax.plot([end, end], [row - 0.31, row - 0.69], color=DARK_GREY, linewidth=1)
    ax.set_yticks(rows, [fill(name, LABEL_WIDTH) for name in frame["category"]])
    ax.axvline(0, color=DARK_GREY, linewidth=1)
    low, high = min(0.0, *starts, *ends), max(0.0, *starts, *ends)
    ax.set_xlim(low - 0.02 * (high - low), high + 0.27 * (high - low))
    ax.set_xticks([])
    ax.grid(visible=False)
    return ax


def _bridge_starts(frame: pd.DataFrame) -> np.ndarray:
    """Where each bar begins: totals at zero, steps where the last row ended."""
    values = frame["value"].to_numpy(dtype=float)
    unknown = sorted(set(frame["kind"]) - {"total", "step"})
    if unknown:
        raise ValueError(f"unknown kind in a bridge: {', '.join(unknown)}; use total or step")
    if np.isnan(values).any() or not len(frame) or frame["kind"].iloc[-1] != "total":
        raise ValueError("a bridge needs every value, and a total in its last row")
    starts, reached = np.zeros(len(frame)), 0.0
    allowed = TOLERANCE * float(np.abs(values).max())
    for position, (name, kind, value) in enumerate(
        zip(frame["category"], frame["kind"], values, strict=True)
    ):
        if kind == "step":
            starts[position] = reached
            reached += value
        elif position and abs(reached - value) > allowed:
            raise ValueError(f"the steps lead to {reached:,.6g}, but {name} is {value:,.6g}")
        else:
            reached = value
    return starts


def _step_words(value: float, write: Format) -> str:
    arrow = "▶" if value > 0 else "◀" if value < 0 else ""
    return f"{arrow} {with_sign(write)(value)}".strip()
