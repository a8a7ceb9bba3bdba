"""Page parts: charts, tables and small blocks, ready to be shown by a notebook."""

from sendlib.pages.formats import (
    chance,
    count,
    gbp,
    gbp_m,
    pct1,
    share0,
    share1,
    signed,
)
from sendlib.pages.markup import Block
from sendlib.pages.notes import (
    Headline,
    KeyFigure,
    banner,
    caveats,
    headline,
    key_figures,
    takeaway,
)
from sendlib.pages.origin import own_records
from sendlib.pages.tables import Table, table
from sendlib.present.charts.bands import plot_bands
from sendlib.present.charts.bars import (
    plot_change,
    plot_columns,
    plot_contributions,
    plot_grid,
    plot_ranked,
)
from sendlib.present.charts.control import plot_control
from sendlib.present.charts.flows import JOINED, LEFT, plot_flows
from sendlib.present.charts.funnel import plot_funnel
from sendlib.present.charts.lines import plot_fan, plot_lines, plot_vintages
from sendlib.present.charts.ranges import plot_fans, plot_ranges
from sendlib.present.charts.style import PALETTE, format_axis, new_axes, text_colour
from sendlib.present.figure import Chart, chart
from sendlib.present.sections.comparators import (
    comparison_tiles,
    figures_table,
    funnel_chart,
    places_table,
    promises_table,
    verdicts_table,
)
from sendlib.present.sections.control import MOST_CONTROL_CHARTS, control_chart, signals_table
from sendlib.present.sections.monitor import awaited_table, monitor_table, monitor_tiles
from sendlib.present.sections.outcomes import (
    charts_or_not_held,
    lacking_table,
    outcome_charts,
    outcome_table,
    sources_of,
)
from sendlib.present.sections.published import published_table
from sendlib.present.sections.shared import (
    as_fans,
    as_lines,
    balance_chart,
    chart_of,
    last_amount,
    not_held,
    peers_chart,
)

__all__ = [
    "JOINED",
    "LEFT",
    "MOST_CONTROL_CHARTS",
    "PALETTE",
    "Block",
    "Chart",
    "Headline",
    "KeyFigure",
    "Table",
    "as_fans",
    "as_lines",
    "awaited_table",
    "balance_chart",
    "banner",
    "caveats",
    "chance",
    "chart",
    "chart_of",
    "charts_or_not_held",
    "comparison_tiles",
    "control_chart",
    "count",
    "figures_table",
    "format_axis",
    "funnel_chart",
    "gbp",
    "gbp_m",
    "headline",
    "key_figures",
    "lacking_table",
    "last_amount",
    "monitor_table",
    "monitor_tiles",
    "new_axes",
    "not_held",
    "outcome_charts",
    "outcome_table",
    "own_records",
    "pct1",
    "peers_chart",
    "places_table",
    "plot_bands",
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
    "signals_table",
    "signed",
    "sources_of",
    "table",
    "takeaway",
    "text_colour",
    "verdicts_table",
]
