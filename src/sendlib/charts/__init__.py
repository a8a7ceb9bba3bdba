"""Charts in one call: a frame, a title that says what is found, and a source.

Each draws, describes and tabulates one frame, and takes ``ax=`` to draw on axes of one's
own; ``chart.ax`` is there to draw more. ``show`` puts any other figure on the page.
"""

from sendlib.charts.bars import columns, contributions, ranked
from sendlib.charts.bridge import bridge
from sendlib.charts.chart import Chart, show
from sendlib.charts.control import control, sparkline, sparklines
from sendlib.charts.dots import dots, pairs
from sendlib.charts.fan import fan, fans, vintages
from sendlib.charts.funnel import funnel
from sendlib.charts.heatmap import heatmap
from sendlib.charts.lines import lines, panels
from sendlib.charts.ranges import effects, ranges

__all__ = [
    "Chart",
    "bridge",
    "columns",
    "contributions",
    "control",
    "dots",
    "effects",
    "fan",
    "fans",
    "funnel",
    "heatmap",
    "lines",
    "pairs",
    "panels",
    "ranges",
    "ranked",
    "show",
    "sparkline",
    "sparklines",
    "vintages",
]
