"""Charts in one call: a frame, a title that says what is found, and a source.

Each draws, describes and tabulates one frame. All take the keywords of :class:`Words`, raise
a ``DataError`` if a column is not there or it is not clear which is drawn, and say so in words
where there is no figure. ``show`` puts any other figure on the page.
"""

from sendlib.charts.bars import columns, contributions, ranked
from sendlib.charts.bridge import bridge
from sendlib.charts.chart import Chart, Words, show
from sendlib.charts.control import control, sparklines
from sendlib.charts.dots import dots, pairs
from sendlib.charts.fan import fan, fans
from sendlib.charts.funnel import funnel
from sendlib.charts.heatmap import heatmap
from sendlib.charts.lines import lines, panels
from sendlib.charts.ranges import effects, ranges
from sendlib.charts.vintages import vintages

__all__ = [
    "Chart",
    "Words",
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
    "sparklines",
    "vintages",
]
