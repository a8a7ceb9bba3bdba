"""Control charts, and small ones for a table; a meaning has a form of mark as well as a colour."""

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures, unit_of
from sendlib.charts.style import BURGUNDY, GREY, NAVY, ORANGE, QUIET
from sendlib.charts.text import is_wide, mark_periods, mark_values, write_ends
from sendlib.errors import DataError, Problem
from sendlib.pages.columns import check_has, check_numbers
from sendlib.pages.formats import Format, level_format, say_period
from sendlib.pages.markup import Block, render
from sendlib.pages.narrative import join_words

_MARKS = {  # marker, colour, what the key calls it
    "common_cause": ("o", GREY, "usual variation"),
    "too_few": ("o", GREY, "too few to judge"),
    "improving": ("s", NAVY, "improving"),
    "concerning": ("D", ORANGE, "concerning"),
    "changed": ("^", BURGUNDY, "changed"),
}
_LEVELS: Mapping[str, tuple[object, str, str]] = {  # line style, colour, label
    "lower": ((0, (1, 2)), QUIET, "lower limit"),
    "mean": ("-", QUIET, "mean"),
    "upper": ((0, (1, 2)), QUIET, "upper limit"),
    "target": ((0, (5, 2)), BURGUNDY, "target"),
}
_WIDE, _HIGH, _EDGE = 120, 32, 5  # of a small chart [CSS pixels]


def control(points: pd.DataFrame, **words: Unpack[Words]) -> Chart | Block:
    """One indicator over its periods, with its mean and process limits.

    Parameters
    ----------
    points : pd.DataFrame
        In order: ``period``, ``value``, ``mean``, ``lower``, ``upper`` (missing where there
        are too few values) and ``state``. Its ``attrs["target"]`` is a dashed line.

    Raises
    ------
    DataError
        If a state is unknown.

    Notes
    -----
    Individuals charts with limits from moving ranges: Montgomery, Introduction to
    Statistical Quality Control, chapter 6; NHS England, Making Data Count.
    """
    check_has(points, ["period", "state"], where="charts.control")
    check_numbers(points, ["value", "mean", "lower", "upper"], where="charts.control")
    unknown = sorted(set(points["state"]) - set(_MARKS))
    if unknown:
        found, remedy = f"the state {unknown[0]!r}", f"valid: {', '.join(_MARKS)}"
        problem = Problem("unknown_state", found, "charts.control", remedy)
        raise DataError("A state is not known.", [problem])
    if block := no_figures(points, "value"):
        return block
    write = unit_of(points, words, "number1")
    target = points.attrs.get("target")
    values = {**points.iloc[-1][["lower", "mean", "upper"]], "target": target}
    levels = {name: float(value) for name, value in values.items() if not pd.isna(value)}
    texts = {
        name: f"{_LEVELS[name][2]} {(write if name == 'target' else level_format(write))(value)}"
        for name, value in levels.items()
    }

    def draw(on: Axes) -> None:
        _draw(on, points, levels, texts)
        mark_values(on, write)

    what = words.get("subtitle") or words.get("title")
    return compose(
        points,
        draw,
        words,
        alt=f"Control chart of {what}, {_describe(points, list(texts.values()), write)}",
        kind="control",
        formats={"value": write},
    )


def _draw(
    ax: Axes, points: pd.DataFrame, levels: Mapping[str, float], texts: Mapping[str, str]
) -> None:
    at = [float(n) for n in range(len(points))]
    ax.plot(at, points["value"], color=QUIET, linewidth=1.4)
    present = set(points["state"])
    marks = {state: mark for state, mark in _MARKS.items() if state in present}
    for state, (marker, colour, label) in marks.items():
        those = points["value"].where(points["state"] == state)
        ax.plot(at, those, marker, color=colour, markersize=8, zorder=4, label=label)
    for name, value in levels.items():
        style, colour, _ = _LEVELS[name]
        ax.axhline(value, color=colour, linestyle=style, linewidth=1.3, zorder=2)
    ax.margins(y=0.1)
    mark_periods(ax, at, [str(period) for period in points["period"]])
    ax.set(xlabel="", ylabel="")
    write_ends(ax, [(levels[name], texts[name], _LEVELS[name][1]) for name in levels])
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), handletextpad=0.2,
        ncols=len(marks) if is_wide(ax) else 2,
    )  # fmt: skip


def _describe(points: pd.DataFrame, levels: list[str], write: Format) -> str:
    """Its span, its last value, its limits and what is not usual."""
    first, last = points.iloc[0], points.iloc[-1]
    text = (
        f"{say_period(first['period'])} to {say_period(last['period'])}. "
        f"Last value {write(last['value'])}; lowest {write(points['value'].min())}, highest "
        f"{write(points['value'].max())}. "
    )
    if pd.isna(last["mean"]):
        return f"{text}There are too few values for limits."
    counts = points["state"].value_counts()
    parts = [
        f"{counts[state]} value{'' if counts[state] == 1 else 's'} {state}"
        for state in ("improving", "concerning", "changed")
        if state in counts
    ]
    said = ", ".join(levels)
    return f"{text}{said[:1].upper()}{said[1:]}. Special cause: {join_words(parts) or 'none'}."


def _sparkline(points: pd.DataFrame, alt: str) -> Markup:
    """A line inside its limits, in the colour of the text; what is not usual has a mark."""
    known = points[["value", "lower", "upper"]].to_numpy(dtype=float)
    low, span = np.nanmin(known), (np.nanmax(known) - np.nanmin(known)) or 1.0
    step = (_WIDE - 2 * _EDGE) / max(len(points) - 1, 1)

    def height(value: float) -> float:
        return float(round(_HIGH - _EDGE - (value - low) / span * (_HIGH - 2 * _EDGE), 1))

    last, band = points.iloc[-1], None
    if not pd.isna(last["mean"]):  # the room between the limits
        top, bottom = height(last["upper"]), height(last["lower"])
        band = (top, round(bottom - top, 1))
    at = [(round(_EDGE + step * i, 1), height(value)) for i, value in enumerate(points["value"])]
    marks = [
        _mark(x, y, state)
        for place, ((x, y), state) in enumerate(zip(at, points["state"], strict=True))
        if state not in ("common_cause", "too_few") or place == len(at) - 1
    ]
    return render("sparkline", alt, (_WIDE, _HIGH), band, at, marks)


def _mark(x: float, y: float, state: str) -> str:
    """The outline of a mark around a point, three pixels each way."""
    shapes = {
        "improving": f"M{x - 3},{y - 3}h6v6h-6z",
        "concerning": f"M{x},{y - 4.2:.1f}l4.2,4.2l-4.2,4.2l-4.2,-4.2z",
        "changed": f"M{x},{y - 4:.1f}l4,7h-8z",
    }
    return shapes.get(state, f"M{x - 3:.1f},{y}a3,3 0 1 0 6,0a3,3 0 1 0 -6,0z")


def sparklines(points: pd.DataFrame, alts: pd.Series, *, by: str) -> dict[str, Markup]:
    """A small line for each row of a table, by what it shows, as ``pages.table`` takes pictures.

    Parameters
    ----------
    points : pd.DataFrame
        In order: ``by`` and ``value``; with the columns of :func:`control` where there
        are limits.
    alts : pd.Series
        What each line shows, on the values of ``by``.
    by : str
        The column that names the line.
    """
    plain: dict[str, Any] = dict.fromkeys(("mean", "lower", "upper"), np.nan)
    lacking = {name: plain.get(name, "too_few") for name in (*plain, "state") if name not in points}
    known = points.assign(**lacking).dropna(subset=["value"])
    lines = known.groupby(by, sort=False)
    return {alts[name]: _sparkline(own, alts[name]) for name, own in lines if name in alts}
