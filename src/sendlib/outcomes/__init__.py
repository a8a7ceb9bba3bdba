"""The strategy's charts, targets and published figures, and what has been published since."""

from sendlib.outcomes import narrative
from sendlib.outcomes.charts import Part, Selection, read_charts
from sendlib.outcomes.frames import Line, chart_frames, filled_from
from sendlib.outcomes.measures import figures_with_counts, in_page_order, read_titles
from sendlib.outcomes.narrative import findings, measure_rows
from sendlib.outcomes.series import TABLES, series_of
from sendlib.outcomes.strategy import StrategyCharts, latest_year, number_rows, strategy_charts
from sendlib.outcomes.strategy_gaps import strategy_gaps
from sendlib.outcomes.targets import Target, read_targets, target_series, targets

__all__ = [
    "TABLES",
    "Line",
    "Part",
    "Selection",
    "StrategyCharts",
    "Target",
    "chart_frames",
    "figures_with_counts",
    "filled_from",
    "findings",
    "in_page_order",
    "latest_year",
    "measure_rows",
    "narrative",
    "number_rows",
    "read_charts",
    "read_targets",
    "read_titles",
    "series_of",
    "strategy_charts",
    "strategy_gaps",
    "target_series",
    "targets",
]
