"""Bars, drawn by seaborn: over time, ranked by area, and what adds or takes away."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Unpack

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures
from sendlib.charts.style import BURGUNDY, GRID, INK, NARROW, NAVY, QUIET, WIDE
from sendlib.charts.text import (
    fits,
    is_wide,
    mark_periods,
    mark_values,
    places,
    row_heights,
    rows_on,
    say,
    write_at,
)
from sendlib.pages.columns import NAMES, Columns, axis_title, read_columns
from sendlib.pages.formats import MISSING, with_sign
from sendlib.pages.markup import Block
from sendlib.pages.narrative import join_words

_FILLS: Mapping[str, Mapping[str, Any]] = {
    "authority": {"facecolor": NAVY},
    "neighbour": {"facecolor": GRID},
    "less": {"facecolor": "none", "edgecolor": BURGUNDY, "linewidth": 2, "hatch": "///"},
}
_OUTLINE: Mapping[str, Any] = {"facecolor": "none", "edgecolor": QUIET, "linewidth": 1.6}


def columns(
    frame: pd.DataFrame, *, x: str | None = None, y: str | None = None, **words: Unpack[Words]
) -> Chart | Block:
    """A column for each period, its number on top; what has not happened yet is hatched.

    Parameters
    ----------
    frame : pd.DataFrame
        A row for each period, with a column ``foreseen`` where some have not happened yet.
        A missing value has no column, and the page says so.
    x, y : str, optional
        The columns of the period and the measure; found by their names otherwise.
    """
    if block := no_figures(frame):
        return block
    flat, cols = read_columns(frame, words.get("unit"), where="charts.columns", x=x, y=y)
    if block := no_figures(flat, cols.y):
        return block
    gaps = [say(period) for period in flat.loc[flat[cols.y].isna(), cols.x]]
    gap_notes = [f"{MISSING.capitalize()}: {join_words(gaps)}."] * bool(gaps)
    ahead = flat["foreseen"].tolist() if "foreseen" in flat else [False] * len(flat)
    at = places(flat[cols.x].tolist())
    if len(set(at)) < len(at):
        at = [float(n) for n in range(len(at))]
    return compose(
        flat,
        partial(_draw_columns, rows=flat.assign(_at=at, _ahead=ahead), cols=cols),
        {**words, "notes": [*words.get("notes", ()), *gap_notes]},
        alt=" ".join([_describe_columns(flat, cols), *gap_notes]),
        kind="columns",
        formats={cols.y: cols.write},
        heights=(3.6, 3.4),
    )


def _draw_columns(ax: Axes, rows: pd.DataFrame, cols: Columns) -> None:
    known = rows.dropna(subset=[cols.y])
    sns.barplot(
        known, x="_at", y=cols.y, native_scale=True, color=NAVY, saturation=1, width=0.75,
        errorbar=None, ax=ax,
    )  # fmt: skip
    for bar, ahead in zip(ax.patches, known["_ahead"], strict=True):
        if ahead:
            bar.set(facecolor="none", edgecolor=NAVY, hatch="///", linewidth=1.5)
    least = min(0.0, float(known[cols.y].min()))
    most = max(0.0, float(known[cols.y].max()))
    room = 0.1 * (most - least)
    ax.set_ylim(least - room * (least < 0), most + room)
    ax.axhline(0, color=INK, linewidth=1)
    at, values = known["_at"].tolist(), known[cols.y].tolist()
    texts = [cols.write(value) for value in values]
    span = max(rows["_at"]) - min(rows["_at"]) + 1
    numbered = fits(at, values, texts, span / (0.77 * WIDE if is_wide(ax) else 0.58 * NARROW))
    for n in numbered:
        below = values[n] < 0
        write_at(
            ax, at[n], values[n], texts[n], colour=INK, ha="center",
            dy=-3 if below else 3, va="top" if below else "bottom",
        )  # fmt: skip
    labels = [say(period) for period in rows[cols.x]]
    in_two_lines = [text.replace(" ", "\n") if text[:1].isalpha() else text for text in labels]
    mark_periods(ax, rows["_at"].tolist(), in_two_lines)
    ax.set(xlabel="", ylabel="" if len(numbered) == len(known) else axis_title(cols.y))
    mark_values(ax, cols.write)
    if len(numbered) == len(known):
        ax.set_yticks([])
        ax.grid(visible=False)


def _describe_columns(flat: pd.DataFrame, cols: Columns) -> str:
    known = flat.dropna(subset=[cols.y])
    top = int(known[cols.y].abs().to_numpy().argmax())
    first, last, largest = (
        f"{cols.write(row[cols.y])} in {say(row[cols.x])}"
        for row in (known.iloc[0], known.iloc[-1], known.iloc[top])
    )
    what = flat.attrs.get("what") or axis_title(cols.y).lower()
    return f"Bar chart of {what}: {first}, {last}; the largest is {largest}."


def ranked(
    frame: pd.DataFrame, *, x: str | None = None, y: str | None = None, **words: Unpack[Words]
) -> Chart | Block:
    """A bar for each area, longest at the top; the authority is filled darkest.

    Parameters
    ----------
    frame : pd.DataFrame
        As made by ``compare.to_peers``, or any with a name and a measure a row; the
        column ``role``, where there is one, says which is the authority.
    x, y : str, optional
        The columns of the measure and of the name; found by their names otherwise.
    """
    return _bars(frame, words, x=x, y=y, kind="ranked")


def contributions(
    frame: pd.DataFrame, *, x: str | None = None, y: str | None = None, **words: Unpack[Words]
) -> Chart | Block:
    """A bar to the right for what adds, to the left for what takes away, in the order given.

    Parameters
    ----------
    frame : pd.DataFrame
        Any with a name and a measure a row.
    x, y
        As for :func:`ranked`.
    """
    return _bars(frame, words, x=x, y=y, kind="contributions")


def _bars(
    frame: pd.DataFrame, words: Words, *, x: str | None, y: str | None, kind: str
) -> Chart | Block:
    if block := no_figures(frame):
        return block
    along = (*NAMES, *_columns_of_words(frame))
    where = f"charts.{kind}"
    flat, cols = read_columns(frame, words.get("unit"), where=where, x=y, y=x, along=along)
    if block := no_figures(flat, cols.y):
        return block
    rows, write, order = flat.dropna(subset=[cols.y]), with_sign(cols.write), ""
    roles = rows[cols.y].lt(0).map({True: "less", False: "authority"})
    if kind == "ranked":
        rows, write = rows.sort_values(cols.y, ascending=False), cols.write
        roles = rows.get("role", pd.Series("neighbour", rows.index)).astype(str)
        order = ", highest first"
    names, texts = rows[cols.x].astype(str).tolist(), rows[cols.y].map(write).tolist()
    listed = join_words([f"{name} {text}" for name, text in zip(names, texts, strict=True)])
    what = flat.attrs.get("what") or axis_title(cols.y).lower()

    def draw(on: Axes) -> None:
        _draw_bars(on, rows[cols.y].tolist(), names, roles.tolist(), texts)
        if kind == "contributions":
            on.axvline(0, color=INK, linewidth=1)

    return compose(
        flat,
        draw,
        words,
        alt=f"Bar chart of {what}{order}: {listed}.",
        kind=kind,
        formats={"gap": cols.write, cols.y: write},
        heights=row_heights(names),
    )


def _draw_bars(
    ax: Axes, values: list[float], names: list[str], roles: list[str], texts: list[str]
) -> None:
    """Bars in rows, each with its number at its end."""
    rows = rows_on(ax, names)
    bold = [role == "authority" and "less" not in roles for role in roles]
    for at, value, role, text, heavy in zip(rows.at, values, roles, texts, bold, strict=True):
        ax.barh(at, value, height=0.26, **_FILLS.get(role, _OUTLINE))
        left = value < 0
        write_at(
            ax, value, at, text, colour=INK, dx=-5 if left else 5,
            ha="right" if left else "left", bold=heavy,
        )  # fmt: skip
    low, high = min(0.0, *values), max(0.0, *values) if any(values) else 1.0
    room = 0.12 if is_wide(ax) else 0.25  # for a number left of its bar
    ax.set_xlim(low - (room if low < 0 else 0.0) * (high - low), 1.02 * high)
    rows.write(ax, bold=bold)


def _columns_of_words(frame: pd.DataFrame) -> list[str]:
    """Columns of words, one of which names a row."""
    flat = frame.reset_index() if any(frame.index.names) else frame
    return [
        str(name)
        for name in flat
        if flat[name].dtype == object or str(flat[name].dtype) in ("category", "string", "str")
    ]
