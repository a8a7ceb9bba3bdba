"""Measures: counts, rates, shares and growth of tidy tables, as frames to read and draw.

A measure has a row for each area and period. ``area_code``, ``area_name`` and ``area_type``
come first, then the columns that each function lists; a unit is in the name of its column:
``share`` (0 to 1), ``growth_pct`` (0 to 100), ``requests_per_10k``, ``gbp_per_plan``; a count
is bare. What it measures, and the sources, stand in its ``attrs``.

Each raises a ``DataError`` if it is given another table than its own, a
``ParameterError`` for a name that there is not, and a ``NotAvailableError`` for an area
or a year that there is not: what would come back otherwise looks like missing figures.
Where the table itself has no such figure, the frame has no rows, and its ``attrs``
say ``what`` is missing and ``why``; charts and tables show that in its place.
"""

from sendlib.indicators.caseload import (
    age_share,
    mainstream_share,
    need_share,
    place_share,
    plans,
    plans_per_10k,
)
from sendlib.indicators.change import earlier_year, growth, index_since, pivot
from sendlib.indicators.flow import flows, indicator, refused_share, requests, share_within_20_weeks
from sendlib.indicators.frames import latest
from sendlib.indicators.matrices import (
    attendance_by_year,
    flow_by_year,
    flow_share,
    outcome_by_year,
    plans_in,
    total_plans,
)

__all__ = [
    "age_share",
    "attendance_by_year",
    "earlier_year",
    "flow_by_year",
    "flow_share",
    "flows",
    "growth",
    "index_since",
    "indicator",
    "latest",
    "mainstream_share",
    "need_share",
    "outcome_by_year",
    "pivot",
    "place_share",
    "plans",
    "plans_in",
    "plans_per_10k",
    "refused_share",
    "requests",
    "share_within_20_weeks",
    "total_plans",
]
