"""A drawing as a page holds it: margins that fit, limits that hold, SVG without a date."""

import base64
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sendlib.charts.style import adapt_svg, house_style
from sendlib.pages.markup import without_control

Draw = Callable[[Axes], None]

_PAD = 0.08  # around a drawing [inches]


def new_axes(width: float, height: float) -> Axes:
    """Empty axes in the house style on a figure of their own. [inches]"""
    with house_style():
        figure = Figure(figsize=(width, height))
        FigureCanvasAgg(figure)
        return figure.add_subplot()


def draw_on(ax: Axes, draw: Draw) -> tuple[Axes, Figure]:
    """Draw in the house style; the axes, or the first of those that took their room."""
    figure = ax.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise ValueError("A chart needs axes that stand on a figure.")
    with house_style():
        draw(ax)
    check_marks(figure)
    return (ax if ax in figure.axes else figure.axes[0]), figure


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


def check_marks(figure: Figure) -> None:
    """Refuse a chart whose limits cut off what is drawn."""
    for ax in figure.axes:
        if not has_marks(ax):
            continue
        for low, high, (start, end) in (
            (*sorted(ax.get_xlim()), ax.dataLim.intervalx),
            (*sorted(ax.get_ylim()), ax.dataLim.intervaly),
        ):
            slack = 1e-6 * (high - low)
            if start < low - slack or end > high + slack:
                raise ValueError(
                    f"The axes reach from {low:g} to {high:g} and cut off what is drawn from "
                    f"{start:g} to {end:g}."
                )


def has_marks(ax: Axes) -> bool:
    """Whether anything with data is drawn."""
    return ax.has_data() and bool(np.isfinite(ax.dataLim.get_points()).all())


def address(figure: Figure) -> str:
    """The drawing as SVG inside an address; the same bytes for the same figure, undated."""
    drawn = BytesIO()
    undated: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with house_style():
        _fit(figure)
        figure.savefig(drawn, format="svg", metadata=undated, transparent=True)
    svg = adapt_svg(_shorten(without_control(drawn.getvalue().decode("utf-8"))))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode('ascii')}"


def _fit(figure: Figure) -> None:
    """Margins as wide as what stands in them, found in one pass."""
    if figure.get_layout_engine() is not None or not figure.axes:
        return
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    extents = [(ax.get_tightbbox(renderer), ax.get_window_extent()) for ax in figure.axes]
    full = figure.bbox
    pad = _PAD * figure.dpi
    inner = [box for _, box in extents]
    outer = [box for box, _ in extents if box is not None]
    edges = [
        min(b.x0 for b in inner) - min(b.x0 for b in outer),
        min(b.y0 for b in inner) - min(b.y0 for b in outer),
        max(b.x1 for b in outer) - max(b.x1 for b in inner),
        max(b.y1 for b in outer) - max(b.y1 for b in inner),
    ]
    left, bottom, right, top = (max(edge, 0) + pad for edge in edges)
    figure.subplots_adjust(
        left=left / full.width,
        bottom=bottom / full.height,
        right=1 - right / full.width,
        top=1 - top / full.height,
    )


def _shorten(svg: str) -> str:
    """Drop what a page does not need: comments, the document type, digits beyond a hundredth."""
    svg = re.sub(r"<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"(\d\.\d\d)\d+", r"\1", svg)
    return re.sub(r">\s+<", "><", svg).strip()
