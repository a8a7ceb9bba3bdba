"""The chart of who stayed, moved, joined and left between two dates.

It draws one prepared frame and computes nothing. Those who stay are grey and
those who change are blue; joiners and leavers have a pattern and an edge as well
as a colour. Its twin in ``present.words.flows`` says the same in words.

The ribbons are plain paths: ``matplotlib.sankey`` draws one trunk to a diagram,
and none of the packages read for this (ausankey, matplotlib-sankey, matSankey,
sankey-mpl) can give a ribbon a pattern.
"""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from sendlib.pages.formats import count
from sendlib.present.charts.marks import spread
from sendlib.present.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    GRID,
    MUTED,
    SMALL_TEXT,
    TURQUOISE,
    new_axes,
)

JOINED = "Joined"
LEFT = "Left"
MOST_BLOCKS = 9  # on a side
LABEL_WIDTH = 20  # characters in a line beside a block

_LINE_INCHES = 1.25 * SMALL_TEXT / 72
_BLOCK = 0.035  # width of a block, where the ribbons span 1
_SIDE = 0.74  # room for labels on either side, in the same unit

_RIBBONS: Mapping[str, Mapping[str, Any]] = {
    "Stayed": {"facecolor": GRID, "edgecolor": MUTED, "linewidth": 0.8},
    "Changed": {"facecolor": DARK_BLUE, "edgecolor": DARK_BLUE, "linewidth": 0.4, "alpha": 0.85},
    JOINED: {"facecolor": "white", "edgecolor": TURQUOISE, "linewidth": 1.4, "hatch": "////"},
    LEFT: {"facecolor": "white", "edgecolor": DARK_PINK, "linewidth": 1.4, "hatch": "...."},
}


def plot_flows(frame: pd.DataFrame, *, headings: tuple[str, str], ax: Axes | None = None) -> Axes:
    """Ribbons from where each was to where each is, as wide as they are many.

    Blocks stand in the order in which the frame names them, "Joined" on top and
    "Left" at the bottom, each with its name and number beside it. Small blocks
    are for the caller to group.

    Parameters
    ----------
    frame : pd.DataFrame
        ``start``, ``end``, ``value``: how many went from one to the other;
        "Joined" as a start and "Left" as an end stand for outside. At most nine
        starts and nine ends.
    headings : tuple of str
        What the two sides are, such as the two dates.
    ax : Axes, optional
        Axes to draw on; new ones otherwise.

    Raises
    ------
    ValueError
        If a value is missing or below zero, none is above zero, or there are
        too many blocks.
    """
    _check_flows(frame)
    place = _order(frame)
    sides = [_blocks(frame, side, place) for side in ("start", "end")]
    lines = [[_block_words(name, size) for name, size in side.items()] for side in sides]
    ax = ax or new_axes(height=_flows_height(lines))
    gap = 0.03 * float(frame["value"].sum())
    tops = [_stack(side, gap) for side in sides]
    height = max(sum(side.values()) + gap * len(side) for side in sides)
    ax.set_xlim(-_SIDE, 1 + _SIDE)
    ax.set_ylim(-height, 0.02 * height)
    _draw_ribbons(ax, frame, tops, place)
    for x, side, top, words in zip((0.0, 1.0), sides, tops, lines, strict=True):
        _draw_blocks(ax, x, side, top)
        _label_blocks(ax, x, side, top, words)
    for x, heading, ha in zip((0.0, 1.0), headings, ("right", "left"), strict=True):
        ax.text(x, 0.05 * height, heading, ha=ha, fontsize=13, fontweight="bold")
    _key_of_ribbons(ax, frame)
    ax.set_axis_off()
    return ax


def _check_flows(frame: pd.DataFrame) -> None:
    if not (frame["value"] >= 0).all() or not frame["value"].sum() > 0:
        raise ValueError("a chart of flows needs numbers of 0 or more, and one above 0")
    for side in ("start", "end"):
        names = frame[side].unique()
        if len(names) > MOST_BLOCKS:
            raise ValueError(
                f"{len(names)} blocks are too many for one side: {', '.join(map(str, names))}; "
                f"group them into {MOST_BLOCKS}"
            )


def _order(frame: pd.DataFrame) -> dict[str, int]:
    """The position of every block: joiners on top, leavers at the bottom, so that few cross."""
    named = dict.fromkeys([*frame["start"], *frame["end"]])
    ordered = sorted(named, key=lambda name: (name == LEFT) - (name == JOINED))
    return {name: position for position, name in enumerate(ordered)}


def _blocks(frame: pd.DataFrame, side: str, place: Mapping[str, int]) -> dict[str, float]:
    """How many each block holds, in the order to stand."""
    sizes = frame.groupby(side)["value"].sum()
    return {str(name): float(sizes[name]) for name in sorted(sizes.index, key=place.__getitem__)}


def _block_words(name: str, size: float) -> str:
    return fill(f"{name}\u00a0{count(size)}", LABEL_WIDTH)


def _flows_height(lines: Sequence[Sequence[str]]) -> float:
    """Height that leaves every label its lines, with the headings and the key. [inches]"""
    most = max(sum(words.count("\n") + 1.5 for words in side) for side in lines)
    return max(4.4, 1.3 + _LINE_INCHES * most)


def _stack(blocks: Mapping[str, float], gap: float) -> dict[str, float]:
    """The top of each block, from zero down."""
    tops, top = {}, 0.0
    for name, size in blocks.items():
        tops[name] = top
        top -= size + gap
    return tops


def _draw_ribbons(
    ax: Axes, frame: pd.DataFrame, tops: Sequence[Mapping[str, float]], place: Mapping[str, int]
) -> None:
    """Ribbons leave and arrive in the order of the other side, so that few cross."""
    left, right = (dict(side) for side in tops)
    rows = frame.loc[frame["value"] > 0, ["start", "end", "value"]].to_numpy().tolist()
    leaving = {}
    for start, end, value in sorted(rows, key=lambda row: (place[row[0]], place[row[1]])):
        leaving[start, end] = left[start]
        left[start] -= value
    for start, end, value in sorted(rows, key=lambda row: (place[row[1]], place[row[0]])):
        kind = kind_of_flow(start, end)
        path = _ribbon(leaving[start, end], right[end], value)
        right[end] -= value
        ax.add_patch(PathPatch(path, zorder=2 + list(_RIBBONS).index(kind), **_RIBBONS[kind]))


def kind_of_flow(start: str, end: str) -> str:
    """Whether a flow joined, left, stayed or changed.

    Examples
    --------
    >>> kind_of_flow("Joined", "A"), kind_of_flow("A", "A"), kind_of_flow("A", "B")
    ('Joined', 'Stayed', 'Changed')
    """
    if start == JOINED:
        return JOINED
    if end == LEFT:
        return LEFT
    return "Stayed" if start == end else "Changed"


def _ribbon(left: float, right: float, size: float) -> Path:
    begin, end = _BLOCK, 1 - _BLOCK
    corners = [
        (begin, left), (0.5, left), (0.5, right), (end, right),
        (end, right - size), (0.5, right - size), (0.5, left - size), (begin, left - size),
        (begin, left),
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    return Path(corners, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _draw_blocks(
    ax: Axes, x: float, blocks: Mapping[str, float], tops: Mapping[str, float]
) -> None:
    for name, size in blocks.items():
        corner = (x if x == 0 else x - _BLOCK, tops[name] - size)
        ax.add_patch(Rectangle(corner, _BLOCK, size, color=DARK_GREY, linewidth=1, zorder=8))


def _label_blocks(
    ax: Axes,
    x: float,
    blocks: Mapping[str, float],
    tops: Mapping[str, float],
    words: Sequence[str],
) -> None:
    """Name each block at its middle; a label that had to move has a line to its block."""
    bottom, top = ax.get_ylim()
    middles = [tops[name] - size / 2 for name, size in blocks.items()]
    line = _LINE_INCHES / _inches_high(ax) * (top - bottom)
    heights = _apart(middles, [line * (text.count("\n") + 1.15) for text in words], bottom, top)
    away, ha = (-1, "right") if x == 0 else (1, "left")
    for middle, height, text in zip(middles, heights, words, strict=True):
        ax.plot(
            [x + away * 0.01, x + away * 0.035, x + away * 0.06],
            [middle, height, height],
            color=MUTED,
            linewidth=1,
        )
        ax.text(x + away * 0.075, height, text, ha=ha, va="center", fontsize=SMALL_TEXT)


def _inches_high(ax: Axes) -> float:
    figure = ax.get_figure(root=True)
    return float(ax.bbox.height / figure.dpi) if isinstance(figure, Figure) else 1.0


def _apart(
    middles: Sequence[float], sizes: Sequence[float], bottom: float, top: float
) -> list[float]:
    """Where labels stand, from the top down, without touching and inside the axes.

    ``marks.spread`` keeps one distance, so it is given the middles less what
    the labels below and above take of their own.
    """
    taken = np.cumsum(sizes) - np.asarray(sizes) / 2
    down = np.minimum(np.asarray(middles), top - np.asarray(sizes) / 2)
    moved = -np.asarray(spread(list(-(down + taken)), 0.0)) - taken
    floor = bottom + np.asarray(sizes)[::-1].cumsum()[::-1] - np.asarray(sizes) / 2
    return [float(height) for height in np.maximum(moved, floor)]


def _key_of_ribbons(ax: Axes, frame: pd.DataFrame) -> None:
    kinds = {
        kind_of_flow(start, end)
        for start, end in frame.loc[frame["value"] > 0, ["start", "end"]].to_numpy()
    }
    ax.legend(
        handles=[Patch(label=kind, **_RIBBONS[kind]) for kind in _RIBBONS if kind in kinds],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=len(_RIBBONS),
        fontsize=SMALL_TEXT,
        borderaxespad=0.3,
    )
