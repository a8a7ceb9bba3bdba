"""The funnel plot: figures of many authorities by size, and how far chance would scatter them."""

from collections.abc import Mapping
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sendlib.charts.chart import Chart, Words, compose, no_figures, unit_of
from sendlib.charts.style import GREY, INK, NAVY, QUIET
from sendlib.charts.text import is_wide, mark_values, write_at, write_ends
from sendlib.pages.columns import check_has, check_numbers
from sendlib.pages.formats import count
from sendlib.pages.markup import Block

_DASHES = ((0, (4, 2)), "-")
_MARKS: Mapping[str, tuple[str, str, str, float]] = {
    # role: marker, face, edge, size
    "other": ("o", "none", GREY, 6.0),
    "neighbour": ("o", GREY, "none", 8.0),
    "authority": ("s", NAVY, "none", 11.0),
}


def funnel(
    points: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    centre: float,
    **words: Unpack[Words],
) -> Chart | Block:
    """A mark for each authority, by how many its figure is of, inside limits of chance.

    Parameters
    ----------
    points : pd.DataFrame
        ``area_name``, ``role`` ("authority", "neighbour" or "other"), ``of``, ``value``
        and ``beyond`` ("above", "below" or "inside" the outer limits). Its ``attrs["of"]``,
        what each figure is of, is written below the axis.
    limits : pd.DataFrame
        ``of``, ``coverage`` (two pairs), ``low``, ``high``.
    centre : float
        England's figure, which the limits lie about.

    Notes
    -----
    Limits as in Spiegelhalter (2005), Funnel plots for comparing institutional
    performance, Statistics in Medicine 24: 1185-1202.
    """
    check_has(points, ["area_name", "role", "beyond"], where="charts.funnel")
    check_numbers(points, ["of", "value"], where="charts.funnel")
    if block := no_figures(points, "value"):
        return block
    write = unit_of(points, words, "share1")
    own = points[points["role"] == "authority"].iloc[0]

    def draw(on: Axes) -> None:
        _draw(on, points, limits, centre)
        mark_values(on, write)
        mark_values(on, count, axis="x", ticks=5 if is_wide(on) else 3)
        on.set_xlabel(points.attrs.get("of", ""))
        _name(on, points, own, f"{own['area_name']} {write(own['value'])}")
        tops = limits.groupby("coverage").last()["high"]
        named = [(float(high), f"{share:.1%} limit", QUIET) for share, high in tops.items()]
        write_ends(on, [(centre, f"England {write(centre)}", INK), *named])

    tally = points["beyond"].value_counts()
    what = words.get("subtitle") or points.attrs.get("what") or words.get("title")
    return compose(
        points.sort_values("value"),
        draw,
        words,
        alt=(
            f"Funnel plot of {what} by size. {own['area_name']} has {write(own['value'])} of "
            f"{own['of']:,.0f}, {own['beyond']} the outer limits of chance about {write(centre)}. "
            f"Of {len(points)} authorities, {tally.get('above', 0)} lie above the limits, "
            f"{tally.get('below', 0)} below and {tally.get('inside', 0)} inside."
        ),
        kind="funnel",
        formats={"value": write, "of": "count"},
        heights=(4.4, 4.4),
    )


def _draw(ax: Axes, points: pd.DataFrame, limits: pd.DataFrame, centre: float) -> None:
    for coverage, dashes in zip(sorted(limits["coverage"].unique()), _DASHES, strict=True):
        pair = limits[limits["coverage"] == coverage]
        for end in ("low", "high"):
            ax.plot(pair["of"], pair[end], color=QUIET, linestyle=dashes, linewidth=1.1)
    ax.axhline(centre, color=QUIET, linewidth=1.6)
    for zorder, (role, (marker, face, edge, size)) in enumerate(_MARKS.items(), start=3):
        those = points[points["role"] == role]
        ax.add_line(Line2D(
            those["of"], those["value"], linestyle="", marker=marker, markersize=size,
            markerfacecolor=face, markeredgecolor=edge, zorder=zorder, clip_on=False,
        ))  # fmt: skip
    right = max(float(limits["of"].max()), float(points["of"].max()))
    ax.set_xlim(min(float(limits["of"].min()), float(points["of"].min())), right)
    top = 1.12 * float(points["value"].max())
    ax.set_ylim(0, max(top, 1.02 * float(limits["high"].max())))


def _name(ax: Axes, points: pd.DataFrame, own: pd.Series, text: str) -> None:
    """The authority's name on the side of its mark where other marks are furthest."""
    others = points[points["role"] != "authority"]
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across = ((others["of"] - own["of"]) / (right - left)).to_numpy()
    up = ((others["value"] - own["value"]) / (top - bottom)).to_numpy()
    place = (own["of"] - left) / (right - left)
    free = {
        (x, y): float(np.min(np.hypot(across - 0.12 * x, up - 0.05 * y), initial=1.0))
        for x in (1, -1)
        for y in (1, -1)
        if (x > 0 and place < 0.65) or (x < 0 and place > 0.35)
    }
    x, y = max(free, key=lambda side: free[side])
    write_at(ax, own["of"], own["value"], text, colour=NAVY, dx=10 * x, dy=13 * y, bold=True,
             ha="left" if x > 0 else "right")  # fmt: skip
