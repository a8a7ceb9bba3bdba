"""The strategy's charts, targets and printed figures, beside what is published since."""

from sendlib.outcomes import sentences
from sendlib.outcomes.charts import Chart, Part, Printed, Selection, read_charts
from sendlib.outcomes.counted import counted, in_page_order, read_titles
from sendlib.outcomes.frames import ChartFrame, Line, chart_frames, with_wider_group
from sendlib.outcomes.measures import not_brought_up_to_date, to_measures
from sendlib.outcomes.panels import (
    StrategyCharts,
    break_names,
    break_years,
    latest_year,
    number_rows,
    strategy_charts,
    to_series,
)
from sendlib.outcomes.sentences import findings, measure_rows
from sendlib.outcomes.series import TABLES, series_of
from sendlib.outcomes.strategy_gaps import strategy_gaps
from sendlib.outcomes.targets import Target, read_targets, target_series, targets

__all__ = [
    "TABLES",
    "Chart",
    "ChartFrame",
    "Line",
    "Part",
    "Printed",
    "Selection",
    "StrategyCharts",
    "Target",
    "break_names",
    "break_years",
    "chart_frames",
    "counted",
    "findings",
    "in_page_order",
    "latest_year",
    "measure_rows",
    "not_brought_up_to_date",
    "number_rows",
    "read_charts",
    "read_targets",
    "read_titles",
    "sentences",
    "series_of",
    "strategy_charts",
    "strategy_gaps",
    "target_series",
    "targets",
    "to_measures",
    "to_series",
    "with_wider_group",
]
