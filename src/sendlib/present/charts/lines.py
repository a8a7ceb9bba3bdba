"""Charts over time: lines for several areas, and the fan of a forecast.

Each draws one prepared frame and computes nothing. Names stand at the ends of
lines in place of a legend; the first name is bold and blue, the others are told
apart by dashes and labels as well as by colour; what lies ahead is dashed,
inside a band. The twins in ``present.words`` say the same in words.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from sendlib.pages.formats import Format, count, find_format
from sendlib.present.charts.marks import (
    check_frame,
    mark_printed,
    note,
    note_ends,
    spread,
    years_along,
)
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    DASHED,
    MUTED,
    ORANGE,
    SMALL_TEXT,
    TURQUOISE,
    Dashes,
    format_axis,
    new_axes,
    text_colour,
)

_LINES: Sequence[tuple[str, str | Dashes]] = (
    (DARK_BLUE, "-"),
    (TURQUOISE, DASHED),
    (DARK_PINK, (0, (1, 1.5))),
    (DARK_GREY, (0, (6, 2, 1, 2))),
)


class _End(NamedTuple):
    """The last known value of a line, in its place among the years, with its name."""

    x: float
    value: float
    name: str
    colour: str


LABEL_GAP = 0.075  # of the height of the axes: one line of text
SMALL_LABEL_GAP = 0.135


def plot_lines(
    frame: pd.DataFrame,
    *,
    unit: str | Format,
    printed: pd.DataFrame | None = None,
    breaks: Sequence[int] = (),
    from_zero: bool = True,
    small: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """One line for each name over the years, labelled at its end.

    Parameters
    ----------
    frame : pd.DataFrame
        ``year`` (number or text), ``name``, ``value``; the name that comes
        first is drawn bold. At most four names.
    unit : str or callable
        Number format of the values.
    printed : pd.DataFrame, optional
        Figures that a strategy printed: ``year``, ``value``, ``label``.
    breaks : Sequence[int]
        Years in which the series cannot be compared with the year before.
    from_zero : bool
        Whether the axis starts at zero.
    small : bool
        Whether the chart is one of several: it keeps its labels inside its
        height, marks each year, and stops a line where a year has no value.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    check_frame(frame, numbers=["value"], others=["year", "name"], where="plot_lines")
    names = list(dict.fromkeys(frame["name"]))
    if len(names) > len(_LINES):
        raise ValueError(f"{len(names)} lines are too many: {', '.join(map(str, names))}; draw 4")
    ax = ax or new_axes()
    years = sorted(frame["year"].unique())
    place = {year: position for position, year in enumerate(years)}
    ends: list[_End] = []
    for name, (colour, dashes) in zip(names, _LINES, strict=False):
        line = frame[frame["name"] == name].assign(place=frame["year"].map(place))
        width = 3.2 if name == names[0] else 2.0
        style: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": width}
        known = line.dropna(subset=["value"])
        drawn = line if small else known
        ax.plot(drawn["place"], drawn["value"], marker="." if small else "", **style)
        last = known[["place", "value"]].tail(1).to_numpy().tolist()
        ends += [_End(x, value, name, colour) for x, value in last]
    years_along(ax, years)
    format_axis(ax.yaxis, unit)
    if small:
        ax.margins(y=0.16)
    if from_zero:
        ax.set_ylim(bottom=min(0.0, float(frame["value"].min())))
    _mark_breaks(ax, [place[year] for year in breaks if year in place])
    mark_printed(ax, printed, place)
    _label_ends(ax, ends, find_format(unit), room=len(years) - 1, small=small)
    return ax


def plot_fan(
    history: pd.DataFrame,
    quantiles: pd.DataFrame,
    *,
    range_label: str,
    marks: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """What was counted, then the middle path (dashed) inside its range.

    Parameters
    ----------
    history : pd.DataFrame
        ``census_year``, ``plans``.
    quantiles : pd.DataFrame
        ``census_year``, ``low``, ``middle``, ``high``.
    range_label : str
        What the band is, such as "8 in 10 outcomes".
    marks : pd.DataFrame, optional
        Forecasts by others: ``census_year`` (may be a fraction), ``plans``, ``label``.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    ax = ax or new_axes(height=4.8)
    _draw_fan(ax, history, quantiles)
    _label_fan(ax, history, quantiles, range_label)
    if marks is not None and len(marks):
        ax.scatter(marks["census_year"], marks["plans"], marker="D", s=60, color=ORANGE, zorder=5)
        for year, plans, label in marks[["census_year", "plans", "label"]].to_numpy():
            note(ax, year, plans, label, ORANGE, dx=8, dy=-14)
    ax.set_ylim(bottom=0)
    every = [*history["census_year"], *quantiles["census_year"]]
    ax.set_xticks(every[:: -(-len(every) // 8)])
    format_axis(ax.yaxis, "count")
    ax.margins(x=0.02)
    ax.set_xlim(right=float(every[-1]) + 1.6)
    return ax


def _draw_fan(ax: Axes, history: pd.DataFrame, quantiles: pd.DataFrame) -> None:
    """The band and its dashed middle open from the last count."""
    last = history.iloc[[-1]]
    start = last.assign(**dict.fromkeys(("low", "middle", "high"), last["plans"]))
    ahead = pd.concat([start, quantiles])
    years = ahead["census_year"]
    ax.fill_between(years, ahead["low"], ahead["high"], color=DARK_BLUE, alpha=0.18, linewidth=0)
    ax.plot(history["census_year"], history["plans"], color=DARK_BLUE, linewidth=3)
    ax.plot(years, ahead["middle"], color=DARK_BLUE, linestyle=DASHED)


def _label_fan(ax: Axes, history: pd.DataFrame, quantiles: pd.DataFrame, range_label: str) -> None:
    """The ends of the last range, the last count, and above its middle what the band is."""
    last, end, middle = history.iloc[-1], quantiles.iloc[-1], quantiles.iloc[len(quantiles) // 2]
    gap = LABEL_GAP * max(quantiles["high"].max(), history["plans"].max())
    note_ends(ax, end["census_year"], [end["low"], end["middle"], end["high"]], count, gap=gap)
    counted = count(last["plans"])
    note(ax, last["census_year"], last["plans"], counted, DARK_BLUE, dx=-8, dy=8, ha="right")
    ax.annotate(
        range_label,
        (middle["census_year"], middle["high"]),
        xytext=(-10, 12),
        textcoords="offset points",
        ha="right",
        fontsize=SMALL_TEXT,
        color=DARK_BLUE,
    )


def plot_vintages(history: pd.DataFrame, past: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """What was counted, and the middle of each earlier forecast as a thin dashed line.

    Parameters
    ----------
    history : pd.DataFrame
        ``census_year``, ``plans``.
    past : pd.DataFrame
        ``origin``, ``horizon``, ``forecast``, and the ends of the range one year
        ahead, ``q100`` and ``q900``.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.
    """
    ax = ax or new_axes(height=4.6)
    counted = history.set_index("census_year")["plans"]
    recent = counted.loc[int(past["origin"].min()) - 2 :]
    ax.plot(recent.index, recent, color=DARK_BLUE, linewidth=3)
    for origin, rows in past.groupby("origin"):
        years = [origin, *(rows["origin"] + rows["horizon"])]
        ax.plot(
            years,
            [counted[origin], *rows["forecast"]],
            color=DARK_PINK,
            linestyle=(0, (3, 2)),
            linewidth=1.6,
        )
    first = past[past["horizon"] == 1]
    ax.vlines(
        first["origin"] + 1, first["q100"], first["q900"], color=DARK_PINK, linewidth=5, alpha=0.35
    )
    note(ax, recent.index[-1], recent.iloc[-1], f"counted {recent.iloc[-1]:,.0f}", DARK_BLUE)
    longest = past[past["origin"] == past["origin"].min()].iloc[-1]
    year = longest["origin"] + longest["horizon"]
    note(ax, year, longest["forecast"], f"forecast of {longest['origin']:.0f}", DARK_PINK, dy=-12)
    ax.set_ylim(bottom=0)
    ax.set_xticks(list(recent.index))
    format_axis(ax.yaxis, "count")
    ax.set_xlim(right=float(recent.index[-1]) + 2.2)
    return ax


def _label_ends(
    ax: Axes,
    ends: Sequence[_End],
    write: Format,
    *,
    room: int,
    small: bool,
) -> None:
    """Name each line at its end, moved apart where labels would touch."""
    low, high = ax.get_ylim()
    rising = sorted(ends, key=lambda end: end.value)
    gap = (SMALL_LABEL_GAP if small else LABEL_GAP) * (high - low)
    heights = spread([end.value for end in rising], gap)
    if small and heights:
        over = max(0.0, heights[-1] - (high - gap / 2))
        heights = [height - over for height in heights]
    ax.set_xlim(right=room + 0.15)
    for (x, value, name, colour), y in zip(rising, heights, strict=True):
        ax.plot([x], [value], marker="o", markersize=6, color=colour)
        ax.annotate(
            f"{name} {write(value)}",
            (1.0, y),
            xycoords=ax.get_yaxis_transform(),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=text_colour(colour),
            fontsize=12.5,
            fontweight="bold" if colour == DARK_BLUE else "normal",
            annotation_clip=False,
        )


def _mark_breaks(ax: Axes, positions: Sequence[int]) -> None:
    for position in positions:
        ax.axvline(position - 0.5, color=MUTED, linewidth=1.2, linestyle=(0, (2, 2)))
        ax.annotate(
            "break",
            (position - 0.5, 0.02),
            xycoords=ax.get_xaxis_transform(),
            xytext=(3, 0),
            textcoords="offset points",
            fontsize=11,
            color=text_colour(MUTED),
        )
