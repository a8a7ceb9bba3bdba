"""An authority beside others: how far apart, how sure of it, which way it moves."""

from sendlib.compare.breaks import breaks_under, known_breaks, unbroken
from sendlib.compare.funnel import funnel_limits, rank_ranges
from sendlib.compare.intervals import gap_interval, rate_interval, share_interval
from sendlib.compare.peers import Role, across_years, ranking, to_peers
from sendlib.compare.promises import Outcome, year_on_year
from sendlib.compare.standing import (
    NOT_BANDED,
    lait_band,
    stand,
    stand_of,
)
from sendlib.compare.tested import (
    Funnel,
    funnel_of,
    judge_beside,
    judged_of,
    ranges_of_ranks,
    worth_of,
)
from sendlib.compare.trend import Direction, Trend, trend, trends
from sendlib.compare.uncertainty import (
    CORRECTIONS,
    FEWEST_EXPECTED,
    LEVEL,
    Verdict,
    adjust,
    judge,
)

__all__ = [
    "CORRECTIONS",
    "FEWEST_EXPECTED",
    "LEVEL",
    "NOT_BANDED",
    "Direction",
    "Funnel",
    "Outcome",
    "Role",
    "Trend",
    "Verdict",
    "across_years",
    "adjust",
    "breaks_under",
    "funnel_limits",
    "funnel_of",
    "gap_interval",
    "judge",
    "judge_beside",
    "judged_of",
    "known_breaks",
    "lait_band",
    "ranges_of_ranks",
    "rank_ranges",
    "ranking",
    "rate_interval",
    "share_interval",
    "stand",
    "stand_of",
    "to_peers",
    "trend",
    "trends",
    "unbroken",
    "worth_of",
    "year_on_year",
]
