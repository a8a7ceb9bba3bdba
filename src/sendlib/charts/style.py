"""The house style of charts: seaborn's theme with our colours and type, in light and in dark."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sendlib.pages.markup import without_control

Draw = Callable[[Axes], None]

NAVY = "#12436D"
"""The authority that the page is about."""
TEAL = "#28A197"
BURGUNDY = "#801650"
ORANGE = "#F46A25"
"""What needs explaining: a step, a figure that somebody published."""
LAVENDER = "#A285D1"
"""Forecasts made in the past."""
GREY = "#7D8890"
"""Everyone else: 3:1 on white."""
INK = "#0B0C0C"
QUIET = "#505A60"
GRID = "#D3D8DC"
PAPER = "#FFFFFF"

PALETTE = (NAVY, BURGUNDY, TEAL, GREY)
"""At most four colours in one chart, in this order."""

TEXT_COLOURS: Mapping[str, str] = {NAVY: NAVY, BURGUNDY: BURGUNDY, GREY: QUIET}
"""The colour of words beside a mark; beside any other colour they are ink."""

DASHED = (0, (4, 2))
"""The line style of what has not happened yet."""
DOTTED = (0, (1.5, 1.5))
"""The line style of a limit."""

WIDE = 7.5
NARROW = 3.75
"""Widths of the two drawings of a chart. [inches of 96 CSS pixels]"""
TEXT = 11.5
"""Size of all text on a chart. [points]"""
LINE = 1.3 * TEXT / 72
"""Height of a line of text. [inches]"""
_PAD = 0.08  # around a drawing [inches]

_DARK = {
    NAVY: "#7FB8EA",
    TEAL: "#4FCABF",
    BURGUNDY: "#F08CBC",
    ORANGE: "#FF9B66",
    LAVENDER: "#C3ABE8",
    GREY: "#8E9AA3",
    INK: "#F2F4F5",
    QUIET: "#B6C0C7",
    GRID: "#3A444C",
    PAPER: "#12171D",
}
ON_COLOUR = "#1D242C"
"""Words on a coloured cell: the same in light and in dark, and without an edge."""
_PAGE_FONT = "Arial,'Liberation Sans',Helvetica,sans-serif"
_WORDS = (
    f"text{{font:{TEXT}px {_PAGE_FONT}}}"
    "text{paint-order:stroke;stroke:var(--c9);stroke-width:3px;stroke-linejoin:round}"
    f"text[style*='{ON_COLOUR.lower()}']{{stroke:none}}"
)  # no line cuts the words

_STYLE: dict[str, object] = {
    "font.family": "DejaVu Sans",  # it comes with matplotlib, so text is as wide everywhere
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,  # a name from data is text, whatever stands in it
    "axes.labelcolor": QUIET,
    "axes.edgecolor": QUIET,
    "axes.labelsize": TEXT,
    "axes.titlesize": TEXT,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.prop_cycle": cycler(color=PALETTE),
    "figure.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.color": QUIET,
    "xtick.bottom": True,
    "xtick.major.size": 4,
    "ytick.major.size": 0,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": TEXT,
    "svg.fonttype": "none",
    "svg.hashsalt": "sendlib",
}
_DEFAULTS = {
    name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")
}

_is_set = ContextVar("house style", default=False)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside a ``with`` block, whatever was set before."""
    if _is_set.get():
        yield
        return
    theme = {**_DEFAULTS, **sns.axes_style("white"), **_STYLE}
    before = _is_set.set(True)
    try:
        with mpl.rc_context(theme):
            yield
    finally:
        _is_set.reset(before)


def text_colour(mark: str) -> str:
    """The colour of words beside a mark of that colour."""
    return TEXT_COLOURS.get(mark, INK)


def adapt_svg(svg: str) -> str:
    """Give a drawing its dark colours and the page's own font, both inside the drawing."""
    light = "".join(f"--c{n}:{colour};" for n, colour in enumerate(_DARK))
    dark = "".join(f"--c{n}:{colour};" for n, colour in enumerate(_DARK.values()))
    rules = (
        f"<style>svg{{{light}}}{_WORDS}"
        f"@media screen and (prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    )
    for n, colour in enumerate(_DARK):
        svg = svg.replace(colour.lower(), f"var(--c{n})")
    return re.sub(r"(<svg [^>]*>)", rf"\1{rules}", svg, count=1)


def _shorten(svg: str) -> str:
    """A drawing without what changes nothing: spaces, names of groups, digits, our own font."""
    svg = re.sub(r"<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"(\d\.\d\d)\d+", r"\1", svg)  # digits beyond a hundredth
    svg = re.sub(r'<g id="[a-z.\d]+_\d+">', "<g>", re.sub(r">\s+<", "><", svg).strip())
    svg = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", svg)
    svg = re.sub(r' style="[^"]*"', lambda found: re.sub("([:;]) ", r"\1", found[0]), svg)
    svg = re.sub(r' d="[^"]*"', lambda found: re.sub(r"\s*([A-Za-z])\s+", r"\1", found[0]), svg)
    return re.sub(rf"font-size:{TEXT}px;|font-family:'DejaVu Sans';?", "", svg)


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
