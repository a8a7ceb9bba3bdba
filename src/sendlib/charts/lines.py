"""Lines over time: one chart, or a small one for each measure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from textwrap import fill
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures
from sendlib.charts.style import BURGUNDY, GREY, NAVY, ORANGE, QUIET, TEAL, split
from sendlib.charts.text import (
    is_wide,
    mark_periods,
    mark_values,
    places,
    say,
    when,
    write_at,
    write_ends,
)
from sendlib.pages.columns import Columns, axis_title, check_has, read_columns
from sendlib.pages.formats import find_format
from sendlib.pages.markup import Block

_COLOURS = (NAVY, BURGUNDY, TEAL, GREY)
_STYLES = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
_FEW = 10  # a percentage of fewer is noted
_PANEL = (2.4, 3.0)  # height of a small chart, wide and narrow [inches]


def lines(
    frame: pd.DataFrame,
    *,
    x: str | None = None,
    y: str | None = None,
    hue: str | None = None,
    marks: pd.DataFrame | None = None,
    breaks: Sequence[int] = (),
    **words: Unpack[Words],
) -> Chart | Block:
    """One line for each name over time, labelled at its end; the first is drawn bold.

    Parameters
    ----------
    frame : pd.DataFrame
        A row for each period and name. A line has a gap where a value is missing.
    x, y, hue : str, optional
        The columns of the period, the measure and the name; found by their names otherwise.
    marks : pd.DataFrame, optional
        Figures that somebody published: the column ``x``, the column ``y`` and ``label``.
    breaks : Sequence[int]
        Years that cannot be compared with the year before.

    Examples
    --------
    >>> frame = pd.DataFrame({"census_year": [2024, 2025], "plans": [5536, 6383]})
    >>> lines(frame, title="Plans rose to 6,383", source="Department for Education").alt
    'Line chart of plans. From 5,536 in 2024 to 6,383 in 2025.'
    """
    if block := no_figures(frame):
        return block
    flat, columns = read_columns(frame, words.get("unit"), where="charts.lines", x=x, y=y, hue=hue)
    if block := no_figures(flat, columns.y):
        return block
    alt = _describe(flat, columns)
    if marks is not None and len(marks):
        named = marks[[columns.x, "label"]].to_numpy()
        alt += f" Marked: {'; '.join(f'{label} ({say(period)})' for period, label in named)}."
    return compose(
        flat,
        partial(_draw, flat=flat, columns=columns, marks=marks, breaks=breaks),
        {**words, "notes": [*words.get("notes", ()), *_note_few(flat, columns)]},
        alt=alt,
        kind="lines",
        formats={columns.y: columns.write},
        heights=(3.9, 4.1),
    )


def panels(
    frame: pd.DataFrame,
    *,
    by: str = "measure",
    x: str | None = None,
    y: str | None = None,
    hue: str | None = None,
    breaks: pd.DataFrame | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A small chart of lines for each measure, each on an axis of its own.

    Parameters
    ----------
    frame : pd.DataFrame
        As for :func:`lines`, with the measure in column ``by``. How the numbers of each are
        written is in ``attrs["units"]``; what somebody published in ``mark`` and ``label``.
    by : str
        The column of the measure.
    breaks : pd.DataFrame, optional
        Years that cannot be compared with the year before: ``by`` and ``x``.
    x, y, hue
        As for :func:`lines`.
    """
    if block := no_figures(frame):
        return block
    flat, columns = read_columns(frame, words.get("unit"), where="charts.panels", x=x, y=y, hue=hue)
    check_has(flat, [by], where="charts.panels")
    if block := no_figures(flat, columns.y):
        return block
    marks = flat.dropna(subset=["mark"]) if "mark" in flat else flat[:0]
    marks = marks.assign(**{columns.y: marks.get("mark")})
    units = flat.attrs.get("units", {})
    parts = {
        name: (
            flat[flat[by] == name],
            replace(columns, write=find_format(units.get(name, columns.write))),
        )
        for name in dict.fromkeys(flat[by])
    }

    def draw(on: Axes) -> None:
        for panel, (name, (rows, own)) in zip(split(on, len(parts)), parts.items(), strict=True):
            noted = marks[marks[by] == name] if len(marks) else None
            broken = [] if breaks is None else breaks.loc[breaks[by] == name, columns.x].tolist()
            above_zero = bool(rows[columns.y].min() > 0)
            _draw(panel, rows, own, marks=noted, breaks=broken, from_zero=above_zero)
            panel.set_title(fill(str(name), 44 if is_wide(panel) else 30), fontweight="bold")

    said = [f"{name}: {_describe(*part).partition('. ')[2]}" for name, part in parts.items()]
    return compose(
        flat,
        draw,
        words,
        alt="Line charts, one for each measure. " + " ".join(said),
        kind="panels",
        formats={columns.y: columns.write},
        heights=(_PANEL[0] * len(parts) + 0.4, _PANEL[1] * len(parts) + 0.4),
    )


def _draw(
    ax: Axes,
    flat: pd.DataFrame,
    columns: Columns,
    *,
    marks: pd.DataFrame | None,
    breaks: Sequence[int],
    from_zero: bool = True,
) -> None:
    periods = list(dict.fromkeys(flat[columns.x].sort_values(key=_in_time)))
    at = dict(zip(periods, places(periods), strict=True))
    placed = flat.assign(_at=flat[columns.x].map(at)).sort_values("_at", kind="stable")
    names = list(dict.fromkeys(flat[columns.hue])) if columns.hue else [""]
    own = {name: placed[placed[columns.hue] == name] if columns.hue else placed for name in names}
    for place, rows in enumerate(own.values()):
        _draw_line(ax, rows["_at"], rows[columns.y], place)
    if from_zero:
        ax.set_ylim(bottom=min(0.0, 1.05 * float(flat[columns.y].min())))
    if marks is not None:
        _mark_published(ax, marks, columns, at)
    mark_periods(ax, list(at.values()), [say(period) for period in periods])
    mark_values(ax, columns.write)
    if columns.write(1.0) == "1":  # a bare number does not say what it counts
        ax.set_ylabel(axis_title(columns.y))
    _mark_breaks(ax, breaks)
    _name_ends(ax, own, columns)


def _draw_line(ax: Axes, at: pd.Series, values: pd.Series, place: int) -> None:
    """A line with a gap where a value is missing; a value alone between two gaps is a dot."""
    if values.isna().all():
        return
    style, width = _STYLES[place] if place < len(_STYLES) else "-", 1.6 if place else 2.8
    ax.plot(at, values, color=_colour(place), linestyle=style, linewidth=width)
    alone = values.notna() & values.shift().isna() & values.shift(-1).isna()
    if alone.any():
        ax.plot(at[alone], values[alone], "o", color=_colour(place), markersize=4)


def _colour(place: int) -> str:
    return _COLOURS[place] if place < len(_COLOURS) else GREY


def _in_time(values: pd.Series) -> pd.Series:
    found = values.map(when)
    return pd.Series(range(len(values)), values.index) if found.isna().any() else found


def _name_ends(ax: Axes, own: Mapping[str, pd.DataFrame], columns: Columns) -> None:
    """Every line's name and last value; one that ends before the others says when."""
    known = {name: rows.dropna(subset=[columns.y]) for name, rows in own.items()}
    latest, ends = max(rows["_at"].max() for rows in known.values() if len(rows)), []
    for place, (name, rows) in enumerate(known.items()):
        if rows.empty:
            continue
        last, colour = rows.iloc[-1], _colour(place)
        ax.plot(last["_at"], last[columns.y], "o", color=colour, markersize=6, clip_on=False)
        text = f"{name} {columns.write(last[columns.y])}".strip()
        if last["_at"] < latest:
            text += f" in {say(last[columns.x])}"
        ends.append((float(last[columns.y]), text, colour))
    write_ends(ax, ends)


def _mark_published(
    ax: Axes, marks: pd.DataFrame, columns: Columns, at: Mapping[object, float]
) -> None:
    """A diamond for each figure that somebody published."""
    for period, value, label in marks[[columns.x, columns.y, "label"]].to_numpy():
        x = at.get(period, when(period))
        if x is None:
            continue
        ax.plot([x], [value], marker="D", markersize=8, color=ORANGE, linestyle="")
        right = x >= sum(ax.get_xlim()) / 2
        bottom, top = ax.get_ylim()
        high = value > bottom + 0.8 * (top - bottom)  # above it stands the title
        text = str(label) if is_wide(ax) else fill(str(label), 10)
        write_at(ax, x, value, text, colour=ORANGE, dx=-9 if right else 9,
                 dy=-9 if high else 9, ha="right" if right else "left")  # fmt: skip


def _mark_breaks(ax: Axes, breaks: Sequence[int]) -> None:
    first, last = ax.get_xlim()
    low, high = ax.get_ylim()
    named = first - (last - first)  # where the last of the words stands
    for x in sorted(float(year) - 0.5 for year in breaks):
        if not first < x < last:
            continue
        ax.axvline(x, color=QUIET, linewidth=1.2, linestyle=(0, (2, 2)))
        if x - named > (0.12 if is_wide(ax) else 0.3) * (last - first):
            write_at(ax, x, low + 0.04 * (high - low), "break", dx=3)
            named = x


def _note_few(flat: pd.DataFrame, columns: Columns) -> list[str]:
    """Which percentages are of fewer than ten."""
    few = flat[(flat["of"] < _FEW) & flat[columns.y].notna()] if "of" in flat else flat[:0]
    named = [
        f"{row[columns.hue] + ' ' if columns.hue else ''}{say(row[columns.x])} (of {row['of']:.0f})"
        for row in few.to_dict("records")
    ]
    said = f"Of fewer than {_FEW}, so one more or less moves it far: {', '.join(named)}."
    return [said] * bool(named)


def _describe(flat: pd.DataFrame, columns: Columns) -> str:
    """Where each line begins and ends."""
    known = flat.dropna(subset=[columns.y])
    parts = []
    for name, group in known.groupby(columns.hue, sort=False) if columns.hue else [("", known)]:
        rows = group.sort_values(columns.x, key=_in_time)
        start, end = rows.iloc[0], rows.iloc[-1]
        parts.append(
            f"{name} from {columns.write(start[columns.y])} in {say(start[columns.x])} "
            f"to {columns.write(end[columns.y])} in {say(end[columns.x])}".strip()
        )
    text = "; ".join(parts)
    what = flat.attrs.get("what") or axis_title(columns.y).lower()
    return f"Line chart of {what}. {text[:1].upper()}{text[1:]}."
