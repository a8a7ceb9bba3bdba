"""An authority beside others: how far apart, how sure of it, which way it moves."""

from sendlib.compare import sentences
from sendlib.compare.breaks import breaks_under, known_breaks, unbroken
from sendlib.compare.frames import (
    describe,
    directions,
    figures,
    gap_ranges,
    gaps_to_england,
    rank_table,
    results,
    target_results,
)
from sendlib.compare.funnel import funnel_limits, rank_ranges
from sendlib.compare.intervals import gap_interval, rate_interval, share_interval
from sendlib.compare.peers import Role, across_years, ranking, to_peers
from sendlib.compare.rankings import NOT_BANDED, indicator_ranks, lait_band, latest_ranks
from sendlib.compare.targets import Outcome, year_on_year
from sendlib.compare.tested import (
    Funnel,
    better_or_worse,
    funnel_of,
    latest_tests,
    ranges_of_ranks,
    with_tests,
)
from sendlib.compare.trend import Direction, Trend, trend, trends
from sendlib.compare.uncertainty import (
    CORRECTIONS,
    FEWEST_EXPECTED,
    LEVEL,
    Result,
    adjust,
    gap_test,
)

__all__ = [
    "CORRECTIONS",
    "FEWEST_EXPECTED",
    "LEVEL",
    "NOT_BANDED",
    "Direction",
    "Funnel",
    "Outcome",
    "Result",
    "Role",
    "Trend",
    "across_years",
    "adjust",
    "better_or_worse",
    "breaks_under",
    "describe",
    "directions",
    "figures",
    "funnel_limits",
    "funnel_of",
    "gap_interval",
    "gap_ranges",
    "gap_test",
    "gaps_to_england",
    "indicator_ranks",
    "known_breaks",
    "lait_band",
    "latest_ranks",
    "latest_tests",
    "ranges_of_ranks",
    "rank_ranges",
    "rank_table",
    "ranking",
    "rate_interval",
    "results",
    "sentences",
    "share_interval",
    "target_results",
    "to_peers",
    "trend",
    "trends",
    "unbroken",
    "with_tests",
    "year_on_year",
]
