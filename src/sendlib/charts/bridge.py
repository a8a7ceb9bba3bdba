"""From one total to the next, step by step."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures, unit_of
from sendlib.charts.style import BURGUNDY, GREY, INK, NAVY, QUIET
from sendlib.charts.text import row_heights, rows_on, write_at
from sendlib.errors import DataError, Problem
from sendlib.pages.columns import check_has, check_numbers
from sendlib.pages.formats import with_sign
from sendlib.pages.markup import Block

_WHERE = "charts.bridge"
TOLERANCE = 1e-6
"""How far steps may miss a total, as a share of the largest value."""

_BARS: Mapping[str, Mapping[str, Any]] = {
    "total": {"facecolor": QUIET, "edgecolor": QUIET},
    "up": {"facecolor": NAVY, "edgecolor": NAVY},
    "down": {"facecolor": "none", "edgecolor": BURGUNDY, "linewidth": 2, "hatch": "///"},
}


def bridge(frame: pd.DataFrame, **words: Unpack[Words]) -> Chart | Block:
    """From one total to the next in steps, each from where the last one ended.

    A step to the right adds and is filled; one to the left takes away and is hatched.
    Both carry their sign and an arrow.

    Parameters
    ----------
    frame : pd.DataFrame
        ``category``, ``value`` and ``kind`` ("total" or "step"), in the order to show, top
        first; the last row is a total.

    Raises
    ------
    DataError
        If a value is missing, a kind is unknown, the last row is a step, or the steps do
        not lead to the totals.
    """
    check_has(frame, ["category", "kind"], where="charts.bridge")
    check_numbers(frame, ["value"], where="charts.bridge")
    if block := no_figures(frame, "value"):
        return block
    write, names = unit_of(frame, words), frame["category"].astype(str).tolist()
    values, is_total = frame["value"].astype(float).tolist(), (frame["kind"] == "total").tolist()
    starts, signed = _starts(frame), with_sign(write)
    texts = [
        write(value) if total else signed(value)
        for value, total in zip(values, is_total, strict=True)
    ]
    listed = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))

    def draw(on: Axes) -> None:
        _draw(on, starts, values, is_total=is_total, names=names, texts=texts)

    return compose(
        frame,
        draw,
        words,
        alt=f"Bridge chart of {frame.attrs.get('what') or words.get('title')}: {listed}.",
        kind="bridge",
        formats={"value": write},
        heights=row_heights(names),
    )


def _draw(
    ax: Axes,
    starts: list[float],
    values: list[float],
    *,
    is_total: list[bool],
    names: list[str],
    texts: list[str],
) -> None:
    rows = rows_on(ax, names)
    ends = [start + value for start, value in zip(starts, values, strict=True)]
    for at, start, value, total, text in zip(rows.at, starts, values, is_total, texts, strict=True):
        kind = "total" if total else "up" if value >= 0 else "down"
        ax.barh(at, value, left=start, height=0.26, **_BARS[kind])
        arrow = "" if total or not value else "▶ " if value > 0 else "◀ "
        write_at(ax, max(start, start + value), at, arrow + text, colour=INK, dx=6, bold=total)
    for (at, end), (below, _) in pairwise(zip(rows.at, ends, strict=True)):
        ax.plot([end, end], [at, below], color=GREY, linewidth=1, zorder=0)
    low, high = min(0.0, *starts, *ends), max(0.0, *starts, *ends)
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    rows.write(ax)


def _starts(frame: pd.DataFrame) -> list[float]:
    """Where each bar begins: totals at zero, steps where the last row ended."""
    values = frame["value"].to_numpy(dtype=float)
    unknown = sorted(set(frame["kind"]) - {"total", "step"})
    if unknown:
        found = f"a row is of the kind {unknown[0]!r}"
        raise _error(Problem("unknown_kind_of_row", found, _WHERE, "total or step is right"))
    if np.isnan(values).any() or frame["kind"].iloc[-1] != "total":
        found = "a value is missing, or the last row is a step"
        raise _error(Problem("no_total_at_end", found, _WHERE, "end it with a total"))
    starts, reached = [0.0] * len(frame), 0.0
    allowed = TOLERANCE * float(np.abs(values).max())
    rows = zip(frame["category"], frame["kind"], values, strict=True)
    for n, (name, kind, value) in enumerate(rows):
        if kind == "step":
            starts[n] = reached
            reached += value
        elif n and abs(reached - value) > allowed:
            found = f"the steps lead to {reached:,.6g}, but {name} is {value:,.6g}"
            raise _error(Problem("step_missing", found, _WHERE, "add the step that is missing"))
        else:
            reached = value
    return starts


def _error(problem: Problem) -> DataError:
    return DataError("The bridge cannot be drawn.", [problem])
