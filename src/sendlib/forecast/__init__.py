"""The number of plans in the years ahead: a model of all authorities, tested on the past."""

from sendlib.forecast.chain import STEPS, summarise
from sendlib.forecast.kept import keep, kept_and_counted, read_kept
from sendlib.forecast.methods import METHODS
from sendlib.forecast.outlook import (
    POOLED,
    Outlook,
    check_horizon,
    compare_methods,
    earlier_forecasts,
    look_ahead,
)
from sendlib.forecast.panel import FEATURES, Panel

__all__ = [
    "FEATURES",
    "METHODS",
    "POOLED",
    "STEPS",
    "Outlook",
    "Panel",
    "check_horizon",
    "compare_methods",
    "earlier_forecasts",
    "keep",
    "kept_and_counted",
    "look_ahead",
    "read_kept",
    "summarise",
]
