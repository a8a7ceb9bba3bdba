"""Ways to carry the number of plans forward, each from what was known at the origin.

A method takes the history of all areas up to the origin (index ``area_code``,
columns ``census_year``, England among the rows) and gives plans for each year
of the horizon. [plans]
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.vocabulary import ENGLAND

DRIFT_YEARS = 3
NATIONAL_YEARS = 1
FEWEST_COUNTS = 6
Forecaster = Callable[[pd.DataFrame, int], pd.DataFrame]


@dataclass(frozen=True)
class Method:
    """A way to forecast.

    Parameters
    ----------
    label : str
        Its name on a page.
    meaning : str
        What it assumes, in plain words.
    path : Forecaster
        History and horizon to plans: index ``area_code``, columns 1 to horizon.
    """

    label: str
    meaning: str
    path: Forecaster


def naive(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """The last number of plans, unchanged."""
    return _steps(history, np.zeros((len(history), horizon)))


def log_drift(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """The average yearly growth of the last three years goes on."""
    growth = _mean_growth(history, DRIFT_YEARS).to_numpy()
    return _steps(history, np.outer(growth, np.arange(1, horizon + 1)))


def national_growth(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """England's growth of the last year goes on, in every area."""
    growth = float(_mean_growth(history.loc[[ENGLAND]], NATIONAL_YEARS).iloc[0])
    return _steps(history, np.tile(growth * np.arange(1, horizon + 1), (len(history), 1)))


def damped_trend(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Exponential smoothing of the logarithm with a trend that fades (statsmodels).

    An area with a gap in its history, or fewer than six years of it, has no
    path by this method.
    """
    from statsmodels.tsa.holtwinters import ExponentialSmoothing  # slow to import

    return _one_by_one(
        history,
        horizon,
        lambda logs: (
            ExponentialSmoothing(
                logs, trend="add", damped_trend=True, initialization_method="estimated"
            )
            .fit()
            .forecast(horizon)
        ),
    )


def theta(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """The Theta method on the logarithm (statsmodels).

    An area with a gap in its history, or fewer than six years of it, has no
    path by this method.
    """
    from statsmodels.tsa.forecasting.theta import ThetaModel  # slow to import

    return _one_by_one(
        history,
        horizon,
        lambda logs: ThetaModel(logs, period=1, deseasonalize=False).fit().forecast(horizon),
    )


METHODS: dict[str, Method] = {
    "naive": Method("No change", "plans stay at the last count", naive),
    "log_drift": Method(
        "Own growth",
        f"the average yearly growth of the last {DRIFT_YEARS} years goes on",
        log_drift,
    ),
    "damped_trend": Method(
        "Fading trend",
        "recent growth goes on and fades, by exponential smoothing",
        damped_trend,
    ),
    "theta": Method("Theta", "recent growth goes on at half its pace, by the Theta method", theta),
    "national_growth": Method(
        "National growth",
        "plans grow as England's did in the last year",
        national_growth,
    ),
}


def _one_by_one(
    history: pd.DataFrame, horizon: int, ahead: Callable[[NDArray[np.float64]], object]
) -> pd.DataFrame:
    """A path for each area whose history is long enough and has no gap."""
    paths = np.full((len(history), horizon), np.nan)
    for row, plans in enumerate(history.to_numpy(dtype=float)):
        known = plans[np.argmax(~np.isnan(plans)) :]
        if len(known) < FEWEST_COUNTS or np.isnan(known).any() or (known <= 0).any():
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a flat start leaves the optimiser at a bound
            paths[row] = np.exp(np.asarray(ahead(np.log(known))))
    return pd.DataFrame(paths, index=history.index, columns=_years_ahead(horizon))


def _mean_growth(history: pd.DataFrame, years: int) -> pd.Series:
    """Average yearly growth of the logarithm over the last ``years`` years."""
    last, before = history.iloc[:, -1], history.iloc[:, -1 - years]
    return (last / before).map(np.log) / years


def _steps(history: pd.DataFrame, log_growth: np.ndarray) -> pd.DataFrame:
    """The last count, grown by the logarithms given for each year ahead."""
    last = history.iloc[:, -1].to_numpy(dtype=float)[:, None]
    paths = last * np.exp(log_growth)
    return pd.DataFrame(paths, index=history.index, columns=_years_ahead(log_growth.shape[1]))


def _years_ahead(horizon: int) -> pd.RangeIndex:
    return pd.RangeIndex(1, horizon + 1, name="horizon")
