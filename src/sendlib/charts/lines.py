"""Lines over time, drawn by seaborn: one chart, or a small one for each measure."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Unpack

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, nothing
from sendlib.charts.style import BURGUNDY, GREY, NAVY, ORANGE, QUIET, TEAL
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
from sendlib.pages.formats import Format, find_format
from sendlib.pages.markup import Block

_COLOURS = (NAVY, BURGUNDY, TEAL, GREY)
_DASHES = ((), (4, 2), (1, 1.5), (6, 2, 1, 2))
_FEW = 10  # a percentage of fewer is noted
_PANEL = (2.4, 3.0)  # height of a small chart, wide and narrow [inches]


def lines(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    x: str | None = None,
    y: str | None = None,
    hue: str | None = None,
    marks: pd.DataFrame | None = None,
    breaks: Sequence[int] = (),
    from_zero: bool = True,
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """One line for each name over time, labelled at its end; the first is drawn bold.

    Parameters
    ----------
    frame : pd.DataFrame
        A row for each period and name.
    title : str
        What is found, with its number.
    source : str
        Publication and edition: ``authority.cite(frame)``.
    x, y, hue : str, optional
        The columns of the period, the measure and the name; found by their names otherwise.
    marks : pd.DataFrame, optional
        Figures that somebody published: the column ``x``, the column ``y`` and ``label``.
    breaks : Sequence[int]
        Years that cannot be compared with the year before.
    from_zero : bool
        Whether the axis starts at zero.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    **words
        See :class:`Words`.

    Raises
    ------
    DataError
        If a column is not there, or it is not clear which is drawn.

    Examples
    --------
    >>> frame = pd.DataFrame({"census_year": [2024, 2025], "plans": [5536, 6383]})
    >>> lines(frame, title="Plans rose to 6,383", source="Department for Education").alt
    'Line chart of plans. From 5,536 in 2024 to 6,383 in 2025.'
    """
    if block := nothing(frame):
        return block
    flat, columns = read_columns(frame, words.get("unit"), where="charts.lines", x=x, y=y, hue=hue)
    if block := nothing(flat, columns.y):
        return block

    def draw(on: Axes) -> None:
        _draw(on, flat, columns, marks=marks, breaks=breaks, from_zero=from_zero)

    few = _note_few(flat, columns)
    return compose(
        flat,
        draw,
        {**words, "notes": [*words.get("notes", ()), *few]},
        title=title,
        source=source,
        alt=_describe(flat, columns) + _describe_marks(marks, columns),
        kind="lines",
        formats={columns.y: columns.write},
        heights=(3.9, 4.1),
        ax=ax,
    )


def panels(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    by: str = "measure",
    x: str | None = None,
    y: str | None = None,
    hue: str | None = None,
    units: Mapping[str, str | Format] | None = None,
    marks: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
    ax: Axes | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """A small chart of lines for each measure, each on an axis of its own.

    Parameters
    ----------
    frame, title, source, x, y, hue, ax, **words
        As for :func:`lines`.
    by : str
        The column of the measure.
    units : Mapping, optional
        How the numbers of each measure are written; otherwise ``frame.attrs["units"]``.
    marks, breaks : pd.DataFrame, optional
        As for :func:`lines`, with a column ``by``; a break has ``by`` and ``x``. Marks are
        otherwise in the columns ``mark`` and ``label`` of the frame.

    Raises
    ------
    DataError
        If a column is not there, or it is not clear which is drawn.
    """
    if block := nothing(frame):
        return block
    flat, columns = read_columns(frame, words.get("unit"), where="charts.panels", x=x, y=y, hue=hue)
    check_has(flat, [by], where="charts.panels")
    if block := nothing(flat, columns.y):
        return block
    names = list(dict.fromkeys(flat[by]))
    units = units or flat.attrs.get("units", {})
    formats = {name: find_format(units.get(name, columns.write)) for name in names}
    if marks is None and "mark" in flat:
        marks = flat.dropna(subset=["mark"]).assign(**{columns.y: flat["mark"]})

    def draw(on: Axes) -> None:
        for panel, name in zip(split(on, len(names)), names, strict=True):
            own = Columns(columns.x, columns.y, columns.hue, formats[name])
            rows = flat[flat[by] == name]
            noted = None if marks is None else marks[marks[by] == name]
            broken = [] if breaks is None else breaks.loc[breaks[by] == name, columns.x].tolist()
            _draw(panel, rows, own, marks=noted, breaks=broken, from_zero=rows[columns.y].min() > 0)
            panel.set_title(fill(str(name), 44 if is_wide(panel) else 30), fontweight="bold")

    parts = [
        f"{name}: "
        + _describe(
            flat[flat[by] == name], Columns(columns.x, columns.y, columns.hue, formats[name])
        ).partition(". ")[2]
        for name in names
    ]
    return compose(
        flat,
        draw,
        words,
        title=title,
        source=source,
        alt="Line charts, one for each measure. " + " ".join(parts),
        kind="panels",
        formats={columns.y: columns.write},
        heights=(_PANEL[0] * len(names) + 0.4, _PANEL[1] * len(names) + 0.4),
        ax=ax,
    )


def split(ax: Axes, rows: int, columns: int = 1, *, between: float = 0.7) -> list[Axes]:
    """Panels in the room of axes, which they replace."""
    figure, room = ax.get_figure(), ax.get_subplotspec()
    if room is None or figure is None:
        raise ValueError("Small charts need axes that stand in a grid of their figure.")
    if rows * columns == 1:
        return [ax]
    grid = room.subgridspec(rows, columns, hspace=between, wspace=0.75)
    ax.remove()
    return [figure.add_subplot(grid[divmod(n, columns)]) for n in range(rows * columns)]


def _draw(
    ax: Axes,
    flat: pd.DataFrame,
    columns: Columns,
    *,
    marks: pd.DataFrame | None,
    breaks: Sequence[int],
    from_zero: bool,
) -> None:
    periods = list(dict.fromkeys(flat[columns.x].sort_values(key=_in_time)))
    at = dict(zip(periods, places(periods), strict=True))
    names = list(dict.fromkeys(flat[columns.hue])) if columns.hue else [""]
    rows = flat.assign(
        _at=flat[columns.x].map(at), _name=flat[columns.hue] if columns.hue else ""
    ).dropna(subset=[columns.y])
    drawn = [name for name in names if (rows["_name"] == name).any()]
    sns.lineplot(
        rows,
        x="_at",
        y=columns.y,
        hue="_name",
        hue_order=drawn,
        palette=[_colour(names.index(name)) for name in drawn],
        estimator=None,
        errorbar=None,
        legend=False,
        ax=ax,
    )
    for line, name in zip(ax.lines, drawn, strict=True):
        place = names.index(name)
        line.set_linewidth(1.6 if place else 2.8)
        line.set_dashes(_DASHES[place] if place < len(_DASHES) else ())
    if from_zero:
        ax.set_ylim(bottom=min(0.0, 1.05 * float(rows[columns.y].min())))
    _mark_published(ax, marks, columns, at)
    mark_periods(ax, list(at.values()), [say(period) for period in periods])
    mark_values(ax, columns.write)
    ax.set(xlabel="", ylabel="")
    if columns.write(1.0) == "1":  # a bare number does not say what it counts
        ax.set_ylabel(axis_title(columns.y))
    _mark_breaks(ax, breaks)
    _name_ends(ax, rows, names, columns)


def _colour(place: int) -> str:
    return _COLOURS[place] if place < len(_COLOURS) else GREY


def _in_time(values: pd.Series) -> pd.Series:
    found = values.map(when)
    return pd.Series(range(len(values)), values.index) if found.isna().any() else found


def _name_ends(ax: Axes, rows: pd.DataFrame, names: Sequence[str], columns: Columns) -> None:
    """Every line's name and last value; one that ends before the others says when."""
    ends, latest = [], rows["_at"].max()
    for place, name in enumerate(names):
        own = rows[rows["_name"] == name].sort_values("_at")
        if own.empty:
            continue
        last, colour = own.iloc[-1], _colour(place)
        ax.plot(last["_at"], last[columns.y], "o", color=colour, markersize=6, clip_on=False)
        text = f"{name} {columns.write(last[columns.y])}".strip()
        if last["_at"] < latest:
            text += f" in {say(last[columns.x])}"
        ends.append((float(last[columns.y]), text, colour))
    write_ends(ax, ends)


def _mark_published(
    ax: Axes, marks: pd.DataFrame | None, columns: Columns, at: Mapping[object, float]
) -> None:
    """A diamond for each figure that somebody published."""
    if marks is None:
        return
    for period, value, label in marks[[columns.x, columns.y, "label"]].to_numpy():
        x = at.get(period, when(period))
        if x is None:
            continue
        ax.plot([x], [value], marker="D", markersize=8, color=ORANGE, linestyle="")
        middle = sum(ax.get_xlim()) / 2
        right = x >= middle
        text = str(label) if is_wide(ax) else fill(str(label), 10)
        write_at(ax, x, value, text, colour=ORANGE, dx=-9 if right else 9, dy=9,
                 ha="right" if right else "left")  # fmt: skip


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
    if "of" not in flat:
        return []
    few = flat[(flat["of"] < _FEW) & flat[columns.y].notna()]
    named = [
        f"{row[columns.hue] + ' ' if columns.hue else ''}{say(row[columns.x])} (of {row['of']:.0f})"
        for row in few.to_dict("records")
    ]
    return [f"Of fewer than {_FEW}, so one more or less moves it far: {', '.join(named)}."] * bool(
        named
    )


def _describe(flat: pd.DataFrame, columns: Columns) -> str:
    """Where each line begins and ends."""
    known = flat.dropna(subset=[columns.y])
    groups = known.groupby(columns.hue, sort=False) if columns.hue else [("", known)]
    parts = []
    for name, group in groups:
        rows = group.sort_values(columns.x, key=_in_time)
        start, end = rows.iloc[0], rows.iloc[-1]
        parts.append(
            f"{name} from {columns.write(start[columns.y])} in {say(start[columns.x])} "
            f"to {columns.write(end[columns.y])} in {say(end[columns.x])}".strip()
        )
    text = "; ".join(parts)
    what = flat.attrs.get("what") or axis_title(columns.y).lower()
    return f"Line chart of {what}. {text[:1].upper()}{text[1:]}."


def _describe_marks(marks: pd.DataFrame | None, columns: Columns) -> str:
    if marks is None or marks.empty:
        return ""
    parts = [f"{label} ({say(period)})" for period, label in marks[[columns.x, "label"]].to_numpy()]
    return f" Marked: {'; '.join(parts)}."
