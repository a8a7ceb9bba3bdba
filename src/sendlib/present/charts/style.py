"""The house style of charts: colours, type and axes.

The colours are those of the Government Analysis Function. Charts are drawn on
figures of their own, without pyplot, so that nothing is kept between charts
and a page is the same on every machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sendlib.pages.formats import Format, find_format

DARK_BLUE = "#12436D"
TURQUOISE = "#28A197"
DARK_PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
LIGHT_PURPLE = "#A285D1"

PALETTE = (DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE)
"""At most four colours in one chart, in this order."""

MUTED = "#8A8A8A"
"""Everything that is only there for comparison: 3:1 on white."""

GRID = "#D9D9D9"

TEXT_SAFE = {
    DARK_BLUE: DARK_BLUE,
    TURQUOISE: "#1B7069",
    DARK_PINK: DARK_PINK,
    ORANGE: "#B04310",
    DARK_GREY: DARK_GREY,
    LIGHT_PURPLE: "#6F4BA8",
    MUTED: "#5E5E5E",
}
"""The colour to write in beside a mark of each colour: at least 4.5:1 on white."""

TEXT_SIZE = 13.0
SMALL_TEXT = 12
LABEL_WIDTH = 26  # characters in a line of a category's name
WIDTH = 7.5
HEIGHT = 4.2

Dashes = tuple[float, tuple[float, ...]]
DASHED: Dashes = (0, (4, 2))
"""The line style of a middle path."""

DOTTED: Dashes = (0, (1.5, 1.5))
"""The line style of a limit or a threshold."""

HOUSE_STYLE: dict[str, object] = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT_SIZE,
    "axes.titlesize": TEXT_SIZE,
    "axes.labelsize": TEXT_SIZE,
    "xtick.labelsize": TEXT_SIZE,
    "ytick.labelsize": TEXT_SIZE,
    "legend.fontsize": TEXT_SIZE,
    "text.color": DARK_GREY,
    "axes.labelcolor": DARK_GREY,
    "xtick.color": DARK_GREY,
    "ytick.color": DARK_GREY,
    "axes.edgecolor": DARK_GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.titlelocation": "left",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.major.size": 4,
    "ytick.major.size": 0,
    "lines.linewidth": 2.5,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "figure.constrained_layout.use": True,
    "text.parse_math": False,  # a name from data is text, whatever stands in it
    "svg.fonttype": "path",
    "svg.hashsalt": "sendlib",
    "path.simplify": True,
}


def apply() -> None:
    """Make the house style the style of every chart drawn from now on."""
    mpl.rcParams.update(HOUSE_STYLE)  # type: ignore[arg-type]


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside a ``with`` block only."""
    with mpl.rc_context(HOUSE_STYLE):  # type: ignore[arg-type]
        yield


def new_axes(width: float = WIDTH, height: float = HEIGHT) -> Axes:
    """Make empty axes on a figure of their own, in the house style.

    The style also holds for what is drawn on the axes afterwards.

    Parameters
    ----------
    width, height : float
        Size on the page; text keeps its size when these change. [inches]
    """
    apply()
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure.add_subplot()


def format_axis(axis: Axis, chosen: str | Format) -> None:
    """Write the tick labels of ``axis`` in one of the page's number formats.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        ``axes.xaxis`` or ``axes.yaxis``.
    chosen : str or callable
        A name such as ``"count"``, ``"gbp_m"`` or ``"pct1"``, or a function.

    Raises
    ------
    ValueError
        If no format has that name.
    """
    write = find_format(chosen)
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def text_colour(mark: str) -> str:
    """The colour in which to write a label beside a mark of colour ``mark``.

    Examples
    --------
    >>> text_colour("#F46A25")
    '#B04310'
    """
    return TEXT_SAFE.get(mark.upper(), DARK_GREY)
