"""The number of plans in the years ahead, as draws, from methods that were tested on the past."""

from sendlib.forecast.backtest import backtest, coverage, score
from sendlib.forecast.methods import METHODS
from sendlib.forecast.paths import Choice, Forecast, check_horizon, choose, forecast

__all__ = [
    "METHODS",
    "Choice",
    "Forecast",
    "backtest",
    "check_horizon",
    "choose",
    "coverage",
    "forecast",
    "score",
]
