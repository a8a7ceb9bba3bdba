"""Words on a chart: next to marks, at the ends of lines, in rows, along an axis of time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from numbers import Real
from textwrap import fill
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sendlib.charts.style import GREY, LINE, NAVY, PAPER, QUIET, TEXT, WIDE, text_colour
from sendlib.pages.formats import Format

_CHARACTER = 0.53 * TEXT / 72  # width of a letter, on average [inches]
_SHORT = 21  # letters of a name that stands left of its row
_ROW = 0.36  # height of a row [inches]
_BELOW = 0.48  # of what stands below a name [inches]
_NOUGHT = re.compile(r"\.0+(?=\D*$)")  # what a round number does not need
_YEARS = re.compile(r"(\d{4})[-/](\d{2})(?: Q(\d))?")


def when(value: object) -> float | None:
    """Where a period stands on an axis of time, in years; None for what is no period."""
    if isinstance(value, date):
        return value.year + (value.timetuple().tm_yday - 1) / 365
    if isinstance(value, Real):
        return float(value)
    match = _YEARS.fullmatch(str(value))
    if not match:
        return float(str(value)) if str(value).isdigit() and len(str(value)) == 4 else None
    first, second, quarter = int(match[1]), int(match[2]), match[3]
    if (first + 1) % 100 == second:
        return first + (int(quarter) - 1) / 4 if quarter else float(first)
    return first + (second - 1) / 12 if 1 <= second <= 12 else None


def places(values: Sequence[object]) -> list[float]:
    """Where periods stand: by time where all of them are periods, otherwise one after another."""
    known = [place for value in values if (place := when(value)) is not None]
    return known if len(known) == len(values) else [float(n) for n in range(len(values))]


def say(value: object) -> str:
    """A period as words; a row of a frame turns whole years into floats."""
    if isinstance(value, date):
        return f"{value:%B %Y}"
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def is_wide(ax: Axes) -> bool:
    """Whether the axes are on the wide of the two drawings."""
    return _inches(ax)[0] > 0.6 * WIDE


def mark_periods(ax: Axes, at: Sequence[float], labels: Sequence[str]) -> None:
    """Label periods along the bottom, from the last back, wherever a label has room."""
    span = max(at) - min(at) or 1.0
    width = (0.62 if is_wide(ax) else 0.42) * _inches(ax)[0]
    shown: list[int] = []
    for n in sorted(range(len(at)), key=lambda n: -at[n]):
        room = (max(map(len, labels[n].split("\n"))) + 2) * _CHARACTER / width * span
        if not shown or at[shown[-1]] - at[n] >= room - 1e-9:
            shown.append(n)
    ax.set_xticks([at[n] for n in shown], [labels[n] for n in shown])


def mark_values(ax: Axes, write: Format, *, axis: str = "y", ticks: int = 5) -> None:
    """Few round numbers along an axis, written in the unit of the chart."""
    chosen = ax.yaxis if axis == "y" else ax.xaxis

    def text(value: float, _: object) -> str:
        return _NOUGHT.sub("", write(value))

    if axis == "x":
        longest = max(len(text(value, None)) for value in ax.get_xlim())
        ticks = max(1, min(ticks, int(0.32 * _inches(ax)[0] / (_CHARACTER * (longest + 2)))))
    chosen.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    chosen.set_major_formatter(FuncFormatter(text))


def write_at(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    *,
    colour: str = GREY,
    dx: float = 0,
    dy: float = 0,
    ha: str = "left",
    va: str = "center",
    bold: bool = False,
) -> None:
    """Write a few words next to a point."""
    ax.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        ha=ha,
        va=va,
        color=text_colour(colour),
        fontweight="bold" if bold else "normal",
        annotation_clip=False,
        zorder=6,
    )


def fits(
    at: Sequence[float], values: Sequence[float], texts: Sequence[str], per_inch: float
) -> list[int]:
    """Which columns have room for their number: the last first, then the tallest."""
    chosen: list[int] = []
    half = [0.5 * (len(text) + 0.5) * _CHARACTER * per_inch for text in texts]
    order = sorted(range(len(at)), key=lambda n: (n != len(at) - 1, -abs(values[n])))
    for n in order:
        near = [m for m in range(len(at)) if m != n and abs(at[m] - at[n]) < half[n] + 0.38]
        taller = any(abs(values[m]) > abs(values[n]) for m in near)
        touched = any(abs(at[m] - at[n]) < half[n] + half[m] for m in chosen)
        if not taller and not touched:
            chosen.append(n)
    return chosen


def write_ends(ax: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Name lines right of the chart by height, words and colour, moved apart where they touch."""
    low, high = ax.get_ylim()
    per_inch = (high - low) / (0.8 * _inches(ax)[1])
    width = 26 if is_wide(ax) else 13
    rising = [
        (y, fill(text, width), colour) for y, text, colour in sorted(ends, key=lambda end: end[0])
    ]
    sizes = [LINE * per_inch * (text.count("\n") + 1) for _, text, _ in rising]
    heights = apart([y for y, _, _ in rising], sizes)
    for (_, text, colour), height in zip(rising, heights, strict=True):
        weight = "bold" if colour == NAVY else "normal"
        _write_right(ax, height, text, 8, color=text_colour(colour), fontweight=weight)


def _write_right(ax: Axes, y: float, text: str, dx: float, **style: Any) -> None:
    """Write a text right of the chart, ``dx`` points from its edge."""
    ax.annotate(
        text,
        (1.0, y),
        xycoords=ax.get_yaxis_transform(),
        xytext=(dx, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        **style,
    )


@dataclass(frozen=True)
class Rows:
    """Names down the side of a chart, top first; on a narrow drawing long ones stand above."""

    texts: list[str]  # the names, in as many lines as they need
    at: list[float]  # the middle of each row's mark, from the bottom up [inches]
    height: float  # of all rows [inches]
    narrow: bool
    above: bool  # whether the names stand above their rows

    @classmethod
    def of(cls, names: Sequence[str], *, narrow: bool) -> "Rows":
        """Rows for one of the two drawings."""
        above = narrow and max(map(len, names)) > _SHORT
        width = 40 if above else _SHORT if narrow else 28
        texts = [fill(str(name), width) for name in names]
        lines = [text.count("\n") + 1 for text in texts]
        sizes = [_BELOW + LINE * n if above else max(_ROW, LINE * (n + 0.35)) for n in lines]
        height = sum(sizes)
        tops = [height - sum(sizes[:n]) for n in range(len(sizes))]
        at = [
            top - size + _BELOW / 2 if above else top - size / 2
            for top, size in zip(tops, sizes, strict=True)
        ]
        return cls(texts, at, height, narrow, above)

    def write(self, ax: Axes, *, bold: Sequence[bool] = (), with_axis: bool = False) -> None:
        """Write the names, in place of a grid of rows, and of the axis of values too."""
        ax.set_ylim(0, self.height)
        ax.set_ylabel("")
        ax.grid(visible=False)
        if not with_axis:
            ax.set_xticks([])
            ax.set_xlabel("")
            ax.spines["bottom"].set_visible(False)
        if not self.above:
            ax.set_yticks(self.at, self.texts)
            for label, heavy in zip(ax.get_yticklabels(), bold, strict=False):
                label.set_fontweight("bold" if heavy else "normal")
            return
        ax.set_yticks([])
        for at, text in zip(self.at, self.texts, strict=True):
            ax.annotate(
                text,
                (0.0, at + 0.4 * _BELOW),
                xycoords=ax.get_yaxis_transform(),
                va="bottom",
                color=QUIET,
                annotation_clip=False,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1},  # no line strikes it out
                zorder=5,
            )

    def write_right(self, ax: Axes, texts: Sequence[str]) -> None:
        """Write a text right of each row, all from one edge."""
        for at, text in zip(self.at, texts, strict=True):
            _write_right(ax, at, fill(text, 15) if self.narrow else text, 10)


def rows_on(ax: Axes, names: Sequence[str]) -> Rows:
    """The rows of names for one of the two drawings."""
    return Rows.of(names, narrow=not is_wide(ax))


def row_heights(names: Sequence[str], *, around: float = 0.5) -> tuple[float, float]:
    """How high the wide and the narrow drawing of rows are. [inches]"""
    wide, narrow = (Rows.of(names, narrow=each).height for each in (False, True))
    return wide + around, narrow + around


def apart(middles: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Middles of labels, rising, moved by as little as keeps every two from touching."""

    def room(group: Sequence[int]) -> float:
        return sum(sizes[n] for n in group)

    def bottom(group: Sequence[int]) -> float:
        return sum(middles[n] for n in group) / len(group) - room(group) / 2

    groups: list[list[int]] = []
    for n in range(len(middles)):
        groups.append([n])
        while len(groups) > 1 and bottom(groups[-2]) + room(groups[-2]) > bottom(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    moved: list[float] = []
    for group in groups:
        edge = bottom(group)
        for n in group:
            moved.append(edge + sizes[n] / 2)
            edge += sizes[n]
    return moved


def _inches(ax: Axes) -> tuple[float, float]:
    figure = ax.get_figure(root=True)
    box = ax.get_position()
    width, height = figure.get_size_inches() if figure else (WIDE, WIDE)
    return float(width * box.width / 0.775), float(height * box.height / 0.77)
