"""The strategy's charts, targets and published figures, and what has been published since."""

from sendlib.outcomes import narrative
from sendlib.outcomes.measures import (
    figures_with_counts,
    in_page_order,
    newest_indicators,
    read_titles,
    target_series,
    targets,
)
from sendlib.outcomes.narrative import findings, measure_rows
from sendlib.outcomes.series import TABLES
from sendlib.outcomes.strategy import latest_year, number_rows, strategy_charts

__all__ = [
    "TABLES",
    "figures_with_counts",
    "findings",
    "in_page_order",
    "latest_year",
    "measure_rows",
    "narrative",
    "newest_indicators",
    "number_rows",
    "read_titles",
    "strategy_charts",
    "target_series",
    "targets",
]
