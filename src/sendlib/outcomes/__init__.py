"""The strategy's charts and published figures, what has been published since, and targets."""

from sendlib.outcomes import narrative
from sendlib.outcomes.measures import (
    figures_with_counts,
    in_page_order,
    list_testable,
    newest_indicators,
    proposed_targets,
    read_titles,
    target_series,
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
    "list_testable",
    "measure_rows",
    "narrative",
    "newest_indicators",
    "number_rows",
    "proposed_targets",
    "read_titles",
    "strategy_charts",
    "target_series",
]
