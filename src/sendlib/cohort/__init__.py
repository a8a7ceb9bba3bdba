"""The cohort model: a caseload by age, primary need and place, year by year."""

from sendlib.cohort.estimation import estimate
from sendlib.cohort.inputs import CITED, TABLES, Inputs
from sendlib.cohort.projection import Projection, project
from sendlib.cohort.sentences import (
    describe_growth,
    describe_moves,
    describe_places,
    describe_turned_away,
    describe_year,
    move_notes,
    origin_banner,
    place_figures,
)
from sendlib.cohort.simulation import AGE, NEED, PLACE, Simulation
from sendlib.cohort.summaries import (
    account,
    bridge,
    change_by_age,
    change_by_place,
    flows_between,
    flows_by_place,
    moves,
    places_at_the_end,
    places_needed,
    turned_away,
)
from sendlib.ranges import levels

__all__ = [
    "AGE",
    "CITED",
    "NEED",
    "PLACE",
    "TABLES",
    "Inputs",
    "Projection",
    "Simulation",
    "account",
    "bridge",
    "change_by_age",
    "change_by_place",
    "describe_growth",
    "describe_moves",
    "describe_places",
    "describe_turned_away",
    "describe_year",
    "estimate",
    "flows_between",
    "flows_by_place",
    "levels",
    "move_notes",
    "moves",
    "origin_banner",
    "place_figures",
    "places_at_the_end",
    "places_needed",
    "project",
    "turned_away",
]
