"""An authority beside others: how far apart, how sure of it, which way it moves."""

from sendlib.compare.against import (
    BANDS,
    NOT_BANDED,
    lait_band,
    stand,
    stand_of,
)
from sendlib.compare.breaks import known_breaks, unbroken
from sendlib.compare.funnel import funnel_limits, rank_ranges
from sendlib.compare.intervals import gap_interval, rate_interval, share_interval
from sendlib.compare.peers import Role, across_years, to_peers
from sendlib.compare.promises import Outcome, year_on_year
from sendlib.compare.trend import Direction, Trend, trend, trends
from sendlib.compare.uncertainty import (
    CORRECTIONS,
    FEWEST_EXPECTED,
    LEVEL,
    Verdict,
    adjust,
    gap_p,
    judge,
)

__all__ = [
    "BANDS",
    "CORRECTIONS",
    "FEWEST_EXPECTED",
    "LEVEL",
    "NOT_BANDED",
    "Direction",
    "Outcome",
    "Role",
    "Trend",
    "Verdict",
    "across_years",
    "adjust",
    "funnel_limits",
    "gap_interval",
    "gap_p",
    "judge",
    "known_breaks",
    "lait_band",
    "rank_ranges",
    "rate_interval",
    "share_interval",
    "stand",
    "stand_of",
    "to_peers",
    "trend",
    "trends",
    "unbroken",
    "year_on_year",
]
