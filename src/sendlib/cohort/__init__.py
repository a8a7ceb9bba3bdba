"""The cohort model: a caseload by age, primary need and place, year by year."""

from sendlib.cohort.inputs import TABLES, Inputs
from sendlib.cohort.located import describe_where_taught, unfilled_mainstream, where_taught
from sendlib.cohort.narrative import (
    describe_growth,
    describe_moves,
    describe_places,
    describe_turned_away,
    describe_whose_places,
    describe_year,
    move_notes,
    origin_banner,
    place_figures,
)
from sendlib.cohort.projection import Projection, add_projections, project, project_demand
from sendlib.cohort.simulation import PLACE, Simulation, holds
from sendlib.cohort.sufficiency import (
    added_places,
    added_records,
    chances_by_september,
    describe_sufficiency,
    least_programme,
    sufficiency,
    sufficiency_title,
)
from sendlib.cohort.summaries import (
    account,
    bridge,
    change_by_age,
    change_by_place,
    flows_by_place,
    moves,
    places_at_the_end,
    places_needed,
)

__all__ = [
    "PLACE",
    "TABLES",
    "Inputs",
    "Projection",
    "Simulation",
    "account",
    "add_projections",
    "added_places",
    "added_records",
    "bridge",
    "chances_by_september",
    "change_by_age",
    "change_by_place",
    "describe_growth",
    "describe_moves",
    "describe_places",
    "describe_sufficiency",
    "describe_turned_away",
    "describe_where_taught",
    "describe_whose_places",
    "describe_year",
    "flows_by_place",
    "holds",
    "least_programme",
    "move_notes",
    "moves",
    "origin_banner",
    "place_figures",
    "places_at_the_end",
    "places_needed",
    "project",
    "project_demand",
    "sufficiency",
    "sufficiency_title",
    "unfilled_mainstream",
    "where_taught",
]
