"""The number of plans in the years ahead: a model of all authorities, tested on the past."""

from sendlib.forecast.chain import STEPS, summarise
from sendlib.forecast.panel import FEATURES, Panel
from sendlib.forecast.projection import (
    METHOD_LABELS,
    Projection,
    check_horizon,
    project,
    project_area,
)
from sendlib.forecast.saved import read_saved, save, saved_projections
from sendlib.forecast.sentences import (
    describe_backtest,
    describe_drivers,
    describe_methods,
    describe_plan,
    describe_saved,
    method_notes,
)

__all__ = [
    "FEATURES",
    "METHOD_LABELS",
    "STEPS",
    "Panel",
    "Projection",
    "check_horizon",
    "describe_backtest",
    "describe_drivers",
    "describe_methods",
    "describe_plan",
    "describe_saved",
    "method_notes",
    "project",
    "project_area",
    "read_saved",
    "save",
    "saved_projections",
    "summarise",
]
