"""What is known and the range of what lies ahead: one fan, or a small one for each name."""

from collections.abc import Mapping, Sequence
from functools import partial
from textwrap import fill
from typing import Any, Unpack

import pandas as pd
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures, unit_of
from sendlib.charts.style import BURGUNDY, DASHED, DOTTED, INK, LINE, NAVY, ORANGE, QUIET, split
from sendlib.charts.text import (
    apart,
    is_wide,
    mark_periods,
    mark_values,
    places,
    say,
    when,
    write_at,
    write_ends,
)
from sendlib.errors import DataError, Problem
from sendlib.pages.columns import (
    PERIODS,
    Columns,
    axis_title,
    check_has,
    check_numbers,
    read_columns,
)
from sendlib.pages.formats import Format
from sendlib.pages.markup import Block

_ENDS = ("low", "inner_low", "middle", "inner_high", "high")
_SHADE, _INNER = 0.16, 0.3
_PANEL = 1.35  # height of the axes of a small chart [inches]
_ACROSS = (3, 2)  # small charts side by side, wide and narrow
_MOST_PANELS = 9
_NAME = 18  # letters in a line of a panel's name


def fan(
    history: pd.DataFrame,
    ranges: pd.DataFrame,
    *,
    band: str,
    opening: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None,
    thresholds: pd.DataFrame | None = None,
    **words: Unpack[Words],
) -> Chart | Block:
    """What is known, then the middle (dashed) inside its range.

    Parameters
    ----------
    history : pd.DataFrame
        The column of the period and that of the measure; may be empty.
    ranges : pd.DataFrame
        The same period, ``low``, ``middle``, ``high``, and ``inner_low``,
        ``inner_high`` where a narrower range is drawn inside.
    band : str
        What the shade means, such as "8 outcomes in 10".
    opening : pd.DataFrame, optional
        The period and measure that the range begins from, where that is an estimate after
        the last of what is known; ``attrs`` may have a ``note``.
    marks : pd.DataFrame, optional
        Figures of others: the period or ``year`` (which may be a fraction), the measure or
        ``value``, and ``label``, which says when.
    thresholds : pd.DataFrame, optional
        Lines across: ``value``, ``label``.
    """
    ranges = ranges.copy() if set(PERIODS) & set(ranges) else ranges.reset_index()
    x = next((name for name in PERIODS if name in ranges), "year")
    check_has(ranges, [x], where="charts.fan")
    check_numbers(ranges, ["low", "middle", "high"], where="charts.fan")
    if block := no_figures(ranges, "middle"):
        return block
    known, columns = read_columns(history, words.get("unit"), where="charts.fan", x=x)
    known = known.dropna(subset=[columns.y]).rename(columns={columns.y: "known"})
    after = pd.DataFrame(columns=[x, "known"]) if opening is None else opening
    after = after.rename(columns={columns.y: "known"})
    after = after[~after[x].isin(known[x])]
    if marks is not None:
        marks = marks.rename(columns={columns.y: "known", "value": "known", "year": x})
    what = history.attrs.get("what") or ranges.attrs.get("what") or axis_title(columns.y).lower()
    ranges.attrs = {**ranges.attrs, "what": what}
    inner = ", and 5 in 10 in the darker band" if "inner_low" in ranges else ""
    subtitle = words.get("subtitle") or f"{what[:1].upper()}{what[1:]}"
    note = f". {after.attrs['note']}" if len(after) and "note" in after.attrs else ""
    named = [
        label for frame in (thresholds, marks) if frame is not None for label in frame["label"]
    ]
    draw = partial(
        _draw_fan,
        known=known,
        opening=after,
        ranges=ranges,
        columns=columns,
        marks=marks,
        thresholds=thresholds,
    )
    return compose(
        ranges,
        draw,
        {**words, "subtitle": f"{subtitle}. Shaded: {band}{inner}{note}"},
        alt=_describe(known, after, ranges, columns, what)
        + f" Marked: {'; '.join(named)}." * bool(named),
        kind="fan",
        formats=dict.fromkeys(_ENDS, columns.write),
    )


def _describe(
    known: pd.DataFrame, opening: pd.DataFrame, ranges: pd.DataFrame, columns: Columns, what: str
) -> str:
    """The last known value, and the range of every period ahead."""
    x, write = columns.x, columns.write
    parts = [f"Line chart of {what}."]
    if len(known):
        last = known.iloc[-1]
        parts.append(f"Last known: {write(last['known'])} in {say(last[x])}.")
    for row in opening.to_dict("records"):
        parts.append(f"The range begins from an estimate: {write(row['known'])} in {say(row[x])}.")
    ahead = [
        f"{say(row[x])} {write(row['middle'])} ({write(row['low'])} to {write(row['high'])})"
        for row in ranges.to_dict("records")
    ]
    return " ".join([*parts, f"Ahead, middle and range: {'; '.join(ahead)}."])


def _draw_fan(
    ax: Axes,
    *,
    known: pd.DataFrame,
    opening: pd.DataFrame,
    ranges: pd.DataFrame,
    columns: Columns,
    marks: pd.DataFrame | None,
    thresholds: pd.DataFrame | None,
) -> None:
    x, write = columns.x, columns.write
    periods = list(dict.fromkeys([*known[x], *opening[x], *ranges[x]]))
    at = dict(zip(periods, places(periods), strict=True))
    start, ends = known.tail(1), [end for end in _ENDS if end in ranges]
    points = [each[[x]].assign(**dict.fromkeys(ends, each["known"])) for each in (start, opening)]
    path = pd.concat([*filter(len, points), ranges[[x, *ends]]])
    along = path[x].map(at)
    ax.fill_between(along, path["low"], path["high"], color=NAVY, alpha=_SHADE, linewidth=0)
    if "inner_low" in ends:
        ax.fill_between(
            along, path["inner_low"], path["inner_high"], color=NAVY, alpha=_INNER, linewidth=0
        )
    ax.plot(along, path["middle"], color=NAVY, linestyle=DASHED)
    ax.plot(known[x].map(at), known["known"], color=NAVY, linewidth=2.8)
    lines = [] if thresholds is None else thresholds[["value", "label"]].to_numpy().tolist()
    for value, _ in lines:
        ax.axhline(value, color=BURGUNDY, linestyle=DOTTED, linewidth=2)
    low = min(0.0, float(path["low"].min()), float(known["known"].min()) if len(known) else 0.0)
    ax.set_ylim(bottom=1.05 * low)
    ax.margins(x=0.02)
    if low < 0:
        ax.axhline(0, color=INK, linewidth=1)
    noted = [] if marks is None else marks[[x, "known", "label"]].to_numpy().tolist()
    marked_last = _draw_marks(ax, noted, at)
    mark_periods(ax, list(at.values()), [say(period) for period in periods])
    mark_values(ax, write)
    bottom, top = ax.get_ylim()
    for dots, face, note in ((start, NAVY, ""), (opening, "white", " expected")):
        for period, value in dots[[x, "known"]].to_numpy().tolist():
            ax.plot([at[period]], [value], "o", color=NAVY, markersize=6, mfc=face)
            below = any(0 < line - value < 0.12 * (top - bottom) for line, _ in lines)
            write_at(ax, at[period], value, f"{write(value)}{note}", colour=NAVY, dx=-6,
                     dy=-11 if below else 10, ha="right", bold=not note)  # fmt: skip
    last = ranges.iloc[-1]
    ends_of_range = [
        (last[end], write(last[end]), NAVY if end == "middle" else QUIET)
        for end in ("low", "middle", "high")
    ]
    across = [(value, str(label), BURGUNDY) for value, label in lines]
    write_ends(ax, [*ends_of_range, *across, *marked_last])


def _draw_marks(
    ax: Axes, marks: Sequence[Sequence[Any]], at: Mapping[object, float]
) -> list[tuple[float, str, str]]:
    """A diamond for each figure of others; those of the last period come back, for the right."""
    last, ends = max(at.values()), []
    for period, value, label in marks:
        spot = at.get(period, when(period))
        if spot is None:
            problem = Problem(
                "mark_not_a_period", f"{period!r} is no period", "charts.fan, marks", "give a year"
            )
            raise DataError("A mark cannot be placed.", [problem])
        ax.plot([spot], [value], marker="D", markersize=8, color=ORANGE, linestyle="")
        if spot >= last:
            ends.append((float(value), str(label), ORANGE))
            continue
        left, right = ax.get_xlim()
        bottom, top = ax.get_ylim()
        high = value > bottom + 0.6 * (top - bottom)  # where a path that rises has its end
        late = spot > left + 0.6 * (right - left) and high
        text = fill(str(label), 26 if is_wide(ax) else 14)
        write_at(ax, spot, value, text, colour=ORANGE, dx=6 if late else 10, dy=-9,
                 ha="right" if late else "left", va="top")  # fmt: skip
    return ends


def fans(
    ranges: pd.DataFrame,
    *,
    band: str,
    limit_label: str = "limit",
    **words: Unpack[Words],
) -> Chart | Block:
    """A small fan for each name, every one on an axis of its own from zero.

    Parameters
    ----------
    ranges : pd.DataFrame
        A ``name`` and a period a row: ``counted`` (missing ahead), ``low``, ``middle``,
        ``high`` (missing where it was counted); optionally ``limit``, such as the places
        that there are. At most nine names.
    band
        As for :func:`fan`.
    limit_label : str
        What the limit is.

    Raises
    ------
    DataError
        If there are more than nine names.
    """
    check_has(ranges, ["name"], where="charts.fans")
    check_numbers(ranges, ["counted", "low", "middle", "high"], where="charts.fans")
    if block := no_figures(ranges, "middle"):
        return block
    x, write = next(name for name in PERIODS if name in ranges), unit_of(ranges, words)
    parts = {str(name): rows.sort_values(x) for name, rows in ranges.groupby("name", sort=False)}
    if len(parts) > _MOST_PANELS:
        problem = Problem(
            "too_many_names", f"{len(parts)} names", "charts.fans", f"choose {_MOST_PANELS} of them"
        )
        raise DataError("There are too many names for small charts.", [problem])
    between = LINE * (max(fill(name, _NAME).count("\n") for name in parts) + 2.6)
    down = [-(-len(parts) // min(across, len(parts))) for across in _ACROSS]

    def draw(on: Axes) -> None:
        across = min(_ACROSS[0] if is_wide(on) else _ACROSS[1], len(parts))
        rooms = split(on, -(-len(parts) // across), across, between=between / _PANEL)
        for room, (name, rows) in zip(rooms, parts.items(), strict=False):
            _draw_small(room, rows, name, x, write)
        for room in rooms[len(parts) :]:
            room.remove()

    what = ranges.attrs.get("what") or words.get("title", "")
    said = [f"{name}: {_say_fan(rows, x, write, limit_label)}" for name, rows in parts.items()]
    limit = f"; dotted: {limit_label}" if "limit" in ranges else ""
    subtitle = words.get("subtitle") or f"{what[:1].upper()}{what[1:]}"
    return compose(
        ranges.drop(columns=["counted", "limit"], errors="ignore").dropna(subset=["middle"]),
        draw,
        {**words, "subtitle": f"{subtitle}, each on its own scale. Shaded: {band}{limit}"},
        alt=f"Line charts of {what}, with the range ahead. {'; '.join(said)}.",
        kind="fans",
        formats=dict.fromkeys(_ENDS, write),
        heights=((_PANEL + between) * down[0] + 0.2, (_PANEL + between) * down[1] + 0.2),
    )


def _draw_small(ax: Axes, rows: pd.DataFrame, name: str, x: str, write: Format) -> None:
    counted, ahead = rows.dropna(subset=["counted"]), rows.dropna(subset=["middle"])
    start = counted.tail(1)
    opening = start.assign(low=start["counted"], middle=start["counted"], high=start["counted"])
    path = pd.concat([opening, ahead]) if len(start) else ahead
    ax.fill_between(path[x], path["low"], path["high"], color=NAVY, alpha=_INNER, linewidth=0)
    ax.plot(path[x], path["middle"], color=NAVY, linestyle=DASHED, linewidth=1.6)
    ax.plot(counted[x], counted["counted"], "o-", color=NAVY, markersize=5, clip_on=False)
    if "limit" in rows and rows["limit"].notna().any():
        ax.step(rows[x], rows["limit"], where="mid", color=QUIET, linestyle=DOTTED, linewidth=2)
    drawn = [column for column in ("counted", "high", "limit") if column in rows]
    top = 1.08 * float(rows[drawn].max().max()) or 1.0
    ax.set_ylim(0, top)
    ax.set_yticks([0], ["0"])
    ax.set_title(fill(name, _NAME), fontweight="bold")
    first, last = float(rows[x].min()), float(rows[x].max())
    ax.set_xlim(first, last)
    ax.set_xticks([first, last], [f"{first:.0f}", f"{last:.0f}"])
    if len(start):
        value = float(start["counted"].iloc[0])
        above = value < 0.75 * top
        write_at(ax, first, value, write(value), colour=NAVY, dx=2, dy=11 if above else -11,
                 bold=True)  # fmt: skip
    end = ahead.iloc[-1]
    heights = apart([end["low"], end["high"]], [0.15 * top] * 2)
    for value, height in zip((end["low"], end["high"]), heights, strict=True):
        write_at(ax, last, height, write(value), colour=QUIET, dx=4)


def _say_fan(rows: pd.DataFrame, x: str, write: Format, limit_label: str) -> str:
    counted, ahead = rows.dropna(subset=["counted"]), rows.dropna(subset=["middle"])
    parts = []
    if len(counted):
        parts.append(f"{write(counted['counted'].iloc[-1])} in {say(counted[x].iloc[-1])}")
    if len(ahead):
        end = ahead.iloc[-1]
        parts.append(f"{write(end['low'])} to {write(end['high'])} in {say(end[x])}")
    if "limit" in rows and rows["limit"].notna().any():
        parts.append(f"{limit_label} {write(rows['limit'].dropna().iloc[-1])}")
    return ", ".join(parts)
