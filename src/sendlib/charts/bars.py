"""Bars, drawn by seaborn: over time, ranked by area, and what adds or takes away.

Bars start at zero and carry their number. What has not happened yet is hatched;
an area that is neither the authority nor a neighbour is an outline.
"""

from collections.abc import Mapping
from typing import Any, Unpack

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sendlib.charts.chart import Chart, Words, compose, nothing
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
from sendlib.pages.columns import NAMES, Columns, axis_title, check_has, read_columns
from sendlib.pages.formats import MISSING, with_sign
from sendlib.pages.markup import Block
from sendlib.pages.narrative import join_words


def columns(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    x: str | None = None,
    y: str | None = None,
    foreseen: str = "foreseen",
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A column for each period, its number on top; what has not happened yet is hatched.

    Parameters
    ----------
    frame : pd.DataFrame
        A row for each period. A missing value has no column, and the page says so.
    x, y : str, optional
        The columns of the period and the measure; found by their names otherwise.
    foreseen : str
        The column, where there is one, that is true for what has not happened yet.
    title, source, ax, **words
        As for :func:`sendlib.charts.lines`.

    Raises
    ------
    DataError
        If a column is not there, or it is not clear which is drawn.
    """
    if block := nothing(frame):
        return block
    flat, chosen = read_columns(frame, words.get("unit"), where="charts.columns", x=x, y=y)
    if block := nothing(flat, chosen.y):
        return block
    gaps = [say(period) for period in flat.loc[flat[chosen.y].isna(), chosen.x]]
    gap_notes = [f"{MISSING.capitalize()}: {join_words(gaps)}."] * bool(gaps)
    ahead = flat[foreseen].to_numpy(dtype=bool) if foreseen in flat else [False] * len(flat)
    at = places(flat[chosen.x].tolist())
    if len(set(at)) < len(at):
        at = [float(n) for n in range(len(at))]

    def draw(on: Axes) -> None:
        rows = flat.assign(_at=at, _ahead=ahead)
        _draw_columns(on, rows, chosen)

    return compose(
        flat,
        draw,
        {**words, "notes": [*words.get("notes", ()), *gap_notes]},
        title=title,
        source=source,
        alt=" ".join([_describe_columns(flat, chosen), *gap_notes]),
        kind="columns",
        formats={chosen.y: chosen.write},
        heights=(3.6, 3.4),
        ax=ax,
    )


def _draw_columns(ax: Axes, rows: pd.DataFrame, chosen: Columns) -> None:
    known = rows.dropna(subset=[chosen.y])
    sns.barplot(
        known, x="_at", y=chosen.y, native_scale=True, color=NAVY, saturation=1, width=0.75,
        errorbar=None, ax=ax,
    )  # fmt: skip
    for bar, ahead in zip(ax.patches, known["_ahead"], strict=True):
        if ahead:
            bar.set(facecolor="none", edgecolor=NAVY, hatch="///", linewidth=1.5)
    least = min(0.0, float(known[chosen.y].min()))
    most = max(0.0, float(known[chosen.y].max()))
    room = 0.1 * (most - least)
    ax.set_ylim(least - room * (least < 0), most + room)
    ax.axhline(0, color=INK, linewidth=1)
    at, values = known["_at"].tolist(), known[chosen.y].tolist()
    texts = [chosen.write(value) for value in values]
    span = max(rows["_at"]) - min(rows["_at"]) + 1
    shown = fits(at, values, texts, span / (0.77 * WIDE if is_wide(ax) else 0.58 * NARROW))
    numbered = len(shown) == len(known)
    for x, value in ((at[n], values[n]) for n in shown):
        below = value < 0
        write_at(
            ax, x, value, chosen.write(value), colour=INK, ha="center",
            dy=-3 if below else 3, va="top" if below else "bottom",
        )  # fmt: skip
    mark_periods(ax, rows["_at"].tolist(), [_short(period) for period in rows[chosen.x]])
    ax.set(xlabel="", ylabel="" if numbered else axis_title(chosen.y))
    mark_values(ax, chosen.write)
    if numbered:
        ax.set_yticks([])
        ax.grid(visible=False)


def _short(period: object) -> str:
    """A period under its column; a date in two lines."""
    text = say(period)
    return text.replace(" ", "\n") if text[:1].isalpha() else text


def _describe_columns(flat: pd.DataFrame, chosen: Columns) -> str:
    known = flat.dropna(subset=[chosen.y])
    top = known.iloc[int(known[chosen.y].abs().to_numpy().argmax())]
    what = flat.attrs.get("what") or axis_title(chosen.y).lower()

    def one(row: pd.Series) -> str:
        return f"{chosen.write(row[chosen.y])} in {say(row[chosen.x])}"

    return (
        f"Bar chart of {what}: {one(known.iloc[0])}, {one(known.iloc[-1])}; "
        f"the largest is {one(top)}."
    )


def ranked(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    x: str | None = None,
    y: str | None = None,
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A bar for each area, longest at the top; the authority is filled darkest.

    Parameters
    ----------
    frame : pd.DataFrame
        As made by ``compare.to_peers``, or any with a name and a measure a row; the
        column ``role``, where there is one, says which is the authority.
    title, source, ax, **words
        As for :func:`columns`.
    x, y : str, optional
        The columns of the measure and of the name; found by their names otherwise.

    Raises
    ------
    DataError
        If a column is not there, or it is not clear which is drawn.
    """
    if block := nothing(frame):
        return block
    flat, found = read_columns(
        frame, words.get("unit"), where="charts.ranked", x=y, y=x, along=(*NAMES, *_texts(frame))
    )
    if block := nothing(flat, found.y):
        return block
    rows = flat.dropna(subset=[found.y]).sort_values(found.y, ascending=False)
    names = rows[found.x].astype(str).tolist()
    roles = rows["role"].astype(str).tolist() if "role" in rows else ["neighbour"] * len(rows)

    def draw(on: Axes) -> None:
        _draw_bars(
            on, rows[found.y].tolist(), names, roles, [found.write(v) for v in rows[found.y]]
        )

    listed = [f"{n} {found.write(v)}" for n, v in zip(names, rows[found.y], strict=True)]
    what = flat.attrs.get("what") or axis_title(found.y).lower()
    return compose(
        flat,
        draw,
        words,
        title=title,
        source=source,
        alt=f"Bar chart of {what}, highest first: {join_words(listed)}.",
        kind="ranked",
        formats={found.y: found.write, "gap": found.write},
        heights=row_heights(names),
        ax=ax,
    )


def contributions(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    x: str | None = None,
    y: str | None = None,
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A bar to the right for what adds, to the left for what takes away, in the order given.

    Parameters
    ----------
    frame, title, source, x, y, ax, **words
        As for :func:`ranked`.
    """
    if block := nothing(frame):
        return block
    flat, found = read_columns(
        frame,
        words.get("unit"),
        where="charts.contributions",
        x=y,
        y=x,
        along=(*NAMES, *_texts(frame)),
    )
    if block := nothing(flat, found.y):
        return block
    rows = flat.dropna(subset=[found.y])
    names, signed = rows[found.x].astype(str).tolist(), with_sign(found.write)
    values = rows[found.y].tolist()
    roles = ["authority" if value >= 0 else "less" for value in values]

    def draw(on: Axes) -> None:
        _draw_bars(on, values, names, roles, [signed(value) for value in values])
        on.axvline(0, color=INK, linewidth=1)

    listed = [f"{n} {signed(v)}" for n, v in zip(names, values, strict=True)]
    what = flat.attrs.get("what") or axis_title(found.y).lower()
    return compose(
        flat,
        draw,
        words,
        title=title,
        source=source,
        alt=f"Bar chart of {what}: {join_words(listed)}.",
        kind="contributions",
        formats={found.y: signed},
        heights=row_heights(names),
        ax=ax,
    )


_FILLS: Mapping[str, Mapping[str, Any]] = {
    "authority": {"facecolor": NAVY},
    "neighbour": {"facecolor": GRID},
    "less": {"facecolor": "none", "edgecolor": BURGUNDY, "linewidth": 2, "hatch": "///"},
}
_OUTLINE: Mapping[str, Any] = {"facecolor": "none", "edgecolor": QUIET, "linewidth": 1.6}


def _draw_bars(
    ax: Axes, values: list[float], names: list[str], roles: list[str], texts: list[str]
) -> None:
    """Bars in rows, each with its number at its end."""
    rows = rows_on(ax, names)
    sns.barplot(
        x=values, y=rows.at, orient="h", native_scale=True, color=NAVY, saturation=1,
        errorbar=None, ax=ax,
    )  # fmt: skip
    bars = [bar for bar in ax.patches if isinstance(bar, Rectangle)]
    by_row = sorted(bars, key=lambda bar: -bar.get_y())
    for bar, at, value, role, text in zip(by_row, rows.at, values, roles, texts, strict=True):
        bar.set(y=at - 0.13, height=0.26, **_FILLS.get(role, _OUTLINE))
        left = value < 0
        write_at(
            ax, value, at, text, colour=INK, dx=-5 if left else 5,
            ha="right" if left else "left", bold=role == "authority" and "less" not in roles,
        )  # fmt: skip
    ax.relim()  # bars are lower than seaborn drew them
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.12 if is_wide(ax) else 0.25  # for a number left of its bar
    ax.set_xlim(low - (room if low < 0 else 0.0) * (high - low), 1.02 * high)
    rows.write(ax, bold=[role == "authority" and "less" not in roles for role in roles])
    ax.set_xticks([])
    ax.set_xlabel("")
    ax.spines["bottom"].set_visible(False)


def _texts(frame: pd.DataFrame) -> tuple[str, ...]:
    """Columns of words, one of which names a row."""
    flat = frame.reset_index() if any(frame.index.names) else frame
    check_has(flat, [], where="charts.ranked")
    return tuple(
        str(name)
        for name in flat
        if flat[name].dtype == object or str(flat[name].dtype) in ("category", "string", "str")
    )
