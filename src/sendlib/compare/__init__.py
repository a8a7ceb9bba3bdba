"""An authority compared with others: how far apart, how sure of it, which way it moves."""

from sendlib.compare import narrative
from sendlib.compare.funnel import funnel_of
from sendlib.compare.gap_tests import gap_test, latest_tests, with_tests
from sendlib.compare.peers import across_years, key_figure, ranking, to_peers
from sendlib.compare.rankings import indicator_ranks, latest_ranks
from sendlib.compare.tables import (
    describe,
    directions,
    figures,
    gap_ranges,
    gaps_to_england,
    over_years,
    rank_table,
    results,
    target_results,
)
from sendlib.compare.trend import comparable_years, known_breaks, trends, year_on_year

__all__ = [
    "across_years",
    "comparable_years",
    "describe",
    "directions",
    "figures",
    "funnel_of",
    "gap_ranges",
    "gap_test",
    "gaps_to_england",
    "indicator_ranks",
    "key_figure",
    "known_breaks",
    "latest_ranks",
    "latest_tests",
    "narrative",
    "over_years",
    "rank_table",
    "ranking",
    "results",
    "target_results",
    "to_peers",
    "trends",
    "with_tests",
    "year_on_year",
]
