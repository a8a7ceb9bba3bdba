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
from sendlib.present.charts.bars import (
    plot_change,
    plot_columns,
    plot_contributions,
    plot_grid,
    plot_ranked,
)
from sendlib.present.charts.lines import plot_fan, plot_lines, plot_vintages
from sendlib.present.charts.style import PALETTE, format_axis, new_axes, text_colour
from sendlib.present.figure import Chart, chart
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
    "PALETTE",
    "Block",
    "Chart",
    "Headline",
    "KeyFigure",
    "Table",
    "as_fans",
    "as_lines",
    "balance_chart",
    "banner",
    "caveats",
    "chance",
    "chart",
    "chart_of",
    "count",
    "format_axis",
    "gbp",
    "gbp_m",
    "headline",
    "key_figures",
    "last_amount",
    "new_axes",
    "not_held",
    "own_records",
    "pct1",
    "peers_chart",
    "plot_change",
    "plot_columns",
    "plot_contributions",
    "plot_fan",
    "plot_grid",
    "plot_lines",
    "plot_ranked",
    "plot_vintages",
    "share0",
    "share1",
    "signed",
    "table",
    "takeaway",
    "text_colour",
]
