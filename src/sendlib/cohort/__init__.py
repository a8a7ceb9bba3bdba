"""The cohort model: a caseload by age, primary need and place, year by year."""

from sendlib.cohort.basis import CITED, TABLES, Basis
from sendlib.cohort.estimation import estimate
from sendlib.cohort.futures import AGE, NEED, PLACE, Futures
from sendlib.cohort.outlook import Outlook, look_ahead
from sendlib.cohort.summaries import (
    change_by_age_band,
    change_by_group,
    flows_between,
    flows_by_place,
    group_ranges,
    room_of_groups,
    waiting_ranges,
)
from sendlib.ranges import levels

__all__ = [
    "AGE",
    "CITED",
    "NEED",
    "PLACE",
    "TABLES",
    "Basis",
    "Futures",
    "Outlook",
    "change_by_age_band",
    "change_by_group",
    "estimate",
    "flows_between",
    "flows_by_place",
    "group_ranges",
    "levels",
    "look_ahead",
    "room_of_groups",
    "waiting_ranges",
]
