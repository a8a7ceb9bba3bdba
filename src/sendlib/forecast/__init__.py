"""The number of plans in the years ahead: a model of all authorities, tested on the past."""

from sendlib.forecast.forecasting import add_parts, check_horizon, project, project_area
from sendlib.forecast.narrative import (
    describe_backtest,
    describe_drivers,
    describe_methods,
    describe_plan,
    describe_stored,
    method_notes,
    warn_of_ranges,
)
from sendlib.forecast.panel import Panel
from sendlib.forecast.place_scores import place_scorecard
from sendlib.forecast.projection import Projection
from sendlib.forecast.stored import store, stored_projections

__all__ = [
    "Panel",
    "Projection",
    "add_parts",
    "check_horizon",
    "describe_backtest",
    "describe_drivers",
    "describe_methods",
    "describe_plan",
    "describe_stored",
    "method_notes",
    "place_scorecard",
    "project",
    "project_area",
    "store",
    "stored_projections",
    "warn_of_ranges",
]
