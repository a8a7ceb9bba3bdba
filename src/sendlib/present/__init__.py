"""Page parts: charts, tables and small blocks, ready to be shown by a notebook."""

from sendlib.present.charts.bands import plot_bands
from sendlib.present.charts.bars import (
    plot_change,
    plot_columns,
    plot_contributions,
    plot_grid,
    plot_ranked,
)
from sendlib.present.charts.bridges import plot_bridge
from sendlib.present.charts.control import plot_control, sparkline
from sendlib.present.charts.flows import JOINED, LEFT, plot_flows
from sendlib.present.charts.funnel import plot_funnel
from sendlib.present.charts.lines import plot_fan, plot_lines, plot_vintages
from sendlib.present.charts.ranges import plot_fans, plot_ranges
from sendlib.present.charts.style import PALETTE, format_axis, new_axes, text_colour
from sendlib.present.figure import Chart, chart
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
from sendlib.present.markup import Block
from sendlib.present.notes import (
    Headline,
    KeyFigure,
    banner,
    caveats,
    headline,
    key_figures,
    takeaway,
)
from sendlib.present.origin import own_records
from sendlib.present.sections.comparators import (
    figures_table,
    places_table,
    promises_table,
    verdicts_table,
)
from sendlib.present.sections.monitor import (
    MOST_CONTROL_CHARTS,
    awaited_table,
    control_table,
    monitor_table,
    monitor_tiles,
)
from sendlib.present.sections.published import published_table
from sendlib.present.tables import Table, table

__all__ = [
    "FORMATS",
    "JOINED",
    "LEFT",
    "MOST_CONTROL_CHARTS",
    "PALETTE",
    "Block",
    "Chart",
    "Headline",
    "KeyFigure",
    "Table",
    "awaited_table",
    "banner",
    "caveats",
    "chart",
    "control_table",
    "count",
    "figures_table",
    "format_axis",
    "gbp",
    "gbp_m",
    "headline",
    "key_figures",
    "monitor_table",
    "monitor_tiles",
    "new_axes",
    "number1",
    "own_records",
    "pct1",
    "places_table",
    "plot_bands",
    "plot_bridge",
    "plot_change",
    "plot_columns",
    "plot_contributions",
    "plot_control",
    "plot_fan",
    "plot_fans",
    "plot_flows",
    "plot_funnel",
    "plot_grid",
    "plot_lines",
    "plot_ranges",
    "plot_ranked",
    "plot_vintages",
    "promises_table",
    "published_table",
    "share0",
    "share1",
    "signed",
    "sparkline",
    "table",
    "takeaway",
    "text_colour",
    "verdicts_table",
]
