"""Page parts: charts, tables and small blocks, ready to be shown by a notebook."""

from sendlib.present.bands import plot_bands
from sendlib.present.bars import (
    plot_change,
    plot_columns,
    plot_contributions,
    plot_grid,
    plot_ranked,
)
from sendlib.present.bridges import plot_bridge
from sendlib.present.control import plot_control, sparkline
from sendlib.present.figure import Chart, chart
from sendlib.present.flows import JOINED, LEFT, plot_flows
from sendlib.present.formats import (
    FORMATS,
    count,
    gbp,
    gbp_m,
    number1,
    pct1,
    share0,
    share1,
    signed,
)
from sendlib.present.lines import plot_fan, plot_lines, plot_vintages
from sendlib.present.markup import Block
from sendlib.present.monitor import monitor_table
from sendlib.present.notes import (
    Headline,
    KeyFigure,
    banner,
    caveats,
    headline,
    key_figures,
    takeaway,
)
from sendlib.present.ranges import plot_fans, plot_ranges
from sendlib.present.style import PALETTE, format_axis, new_axes, text_colour
from sendlib.present.tables import Table, table

__all__ = [
    "FORMATS",
    "JOINED",
    "LEFT",
    "PALETTE",
    "Block",
    "Chart",
    "Headline",
    "KeyFigure",
    "Table",
    "banner",
    "caveats",
    "chart",
    "count",
    "format_axis",
    "gbp",
    "gbp_m",
    "headline",
    "key_figures",
    "monitor_table",
    "new_axes",
    "number1",
    "pct1",
    "plot_bands",
    "plot_bridge",
    "plot_change",
    "plot_columns",
    "plot_contributions",
    "plot_control",
    "plot_fan",
    "plot_fans",
    "plot_flows",
    "plot_grid",
    "plot_lines",
    "plot_ranges",
    "plot_ranked",
    "plot_vintages",
    "share0",
    "share1",
    "signed",
    "sparkline",
    "table",
    "takeaway",
    "text_colour",
]
