"""How well each method would have done: forecasts from past origins against what was counted.

References
----------
- Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and
  estimation. Journal of the American Statistical Association 102(477), 359-378.
- Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management Science
  31(10), 1237-1246: the fading trend.
- Assimakopoulos, V. and Nikolopoulos, K. (2000). The theta model: a decomposition approach to
  forecasting. International Journal of Forecasting 16(4), 521-530.
- Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy: an analysis and review.
  International Journal of Forecasting 16(4), 437-450: an origin that moves from year to year.
- Hyndman, R. J. and Athanasopoulos, G. (2021). Forecasting: principles and practice. 3rd edition.
  OTexts. Chapter 5: no change and drift.
- Williams, W. H. and Goodman, M. L. (1971). A simple method for the construction of empirical
  confidence limits for economic forecasts. Journal of the American Statistical Association 66(336),
  752-754: ranges from past errors.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sendlib.forecast.fits import HORIZON
from sendlib.forecast.model import Floats
from sendlib.ranges import LEVELS, QUANTILES, score_each
from sendlib.reuse import reuse
from sendlib.vocabulary import ENGLAND

DRIFT_YEARS = 3
_FEWEST_COUNTS = 6
_FIRST_ORIGIN = 2015  # five counts come before it
_FEWEST_ORIGINS = 3


@dataclass(frozen=True)
class Method:
    """A way to carry plans forward from the counts of all areas up to an origin."""

    label: str
    meaning: str  # what it assumes, in plain words
    path: Callable[[pd.DataFrame, int], pd.DataFrame]  # counts and horizon to plans, by years ahead
    is_fitted: bool = False  # to each area alone, which takes time


def naive(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """The last number of plans, unchanged."""
    return _grown(history, np.zeros((len(history), horizon)))


def log_drift(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """The average yearly growth of the last three years goes on."""
    growth = (history.iloc[:, -1] / history.iloc[:, -1 - DRIFT_YEARS]).map(np.log) / DRIFT_YEARS
    return _grown(history, np.outer(growth.to_numpy(), np.arange(1, horizon + 1)))


def national_growth(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """England's growth of the last year goes on, in every area."""
    england = history.loc[ENGLAND]
    growth = float(np.log(england.iloc[-1] / england.iloc[-2]))
    return _grown(history, np.tile(growth * np.arange(1, horizon + 1), (len(history), 1)))


def damped_trend(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Exponential smoothing of the logarithm with a trend that fades (statsmodels)."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing  # slow to import

    options = {"trend": "add", "damped_trend": True, "initialization_method": "estimated"}
    return _each(history, horizon, lambda logs: ExponentialSmoothing(logs, **options).fit())


def theta(history: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """The Theta method on the logarithm (statsmodels)."""
    from statsmodels.tsa.forecasting.theta import ThetaModel  # slow to import

    options = {"period": 1, "deseasonalize": False}
    return _each(history, horizon, lambda logs: ThetaModel(logs, **options).fit())


_DRIFT = f"the average yearly growth of the last {DRIFT_YEARS} years goes on"
_FADING = "recent growth goes on and fades, by exponential smoothing"
_HALF = "recent growth goes on at half its pace, by the Theta method"
METHODS: dict[str, Method] = {
    "naive": Method("No change", "plans stay at the last count", naive),
    "log_drift": Method("Own growth", _DRIFT, log_drift),
    "damped_trend": Method("Fading trend", _FADING, damped_trend, is_fitted=True),
    "theta": Method("Theta", _HALF, theta, is_fitted=True),
    "national_growth": Method(
        "National growth", "plans grow as England's did in the last year", national_growth
    ),
}
METHOD_LABELS = {"pooled": "Pooled model"} | {name: way.label for name, way in METHODS.items()}


def backtest(
    plans: pd.DataFrame, *, horizon: int = HORIZON, methods: Sequence[str] = tuple(METHODS)
) -> pd.DataFrame:
    """Forecasts of authorities from every past January, with the counts that followed.

    ``plans`` have an area a row, England among them, and a January a column.
    """
    last = int(plans.columns[-1])
    fitted = {name: _fit_each(plans, horizon, name) for name in methods if METHODS[name].is_fitted}
    parts = []
    for origin in range(_FIRST_ORIGIN, last):
        history = plans.loc[:, :origin]
        history = history[history.iloc[:, -1].notna()]
        ahead = min(horizon, last - origin)
        for name in methods:
            if name in fitted:
                areas = history[history.index.str.isdigit()]
                rows = [fitted[name][code][origin] for code in areas.index]
                paths = _by_years_ahead(areas, np.reshape(rows, (len(rows), ahead)))
            else:
                paths = METHODS[name].path(history, ahead)
                paths = paths[paths.index.str.isdigit()]
            long = paths.reset_index().melt("area_code", var_name="horizon", value_name="forecast")
            long["horizon"] = long["horizon"].astype("int64")
            actual = plans.loc[paths.index, origin + 1 : origin + ahead].to_numpy()
            parts.append(long.assign(method=name, origin=origin, actual=actual.ravel(order="F")))
    errors = pd.concat(parts, ignore_index=True).dropna(subset=["forecast", "actual"])
    return errors.assign(log_error=np.log(errors["actual"] / errors["forecast"]))


def _fit_each(plans: pd.DataFrame, horizon: int, name: str) -> dict[str, dict[int, Floats]]:
    """The path of each authority from each January, which rests on its own counts alone."""
    path, last = METHODS[name].path, int(plans.columns[-1])

    def of_one(own: pd.DataFrame) -> dict[int, Floats]:
        ways = {}
        for origin in range(_FIRST_ORIGIN, last):
            ahead = min(horizon, last - origin)
            ways[origin] = path(own.loc[:, :origin], ahead).to_numpy()[0]
        return ways

    authorities = [code for code in plans.index if str(code).isdigit()]
    rests_on = {code: (name, horizon, plans.loc[code].to_dict()) for code in authorities}
    return {
        code: reuse("fits of simple methods", rests_on[code], partial(of_one, plans.loc[[code]]))
        for code in authorities
    }


def with_ranges(errors: pd.DataFrame) -> pd.DataFrame:
    """Ranges for forecasts that have none, from errors that had been seen by then."""
    logs, origin = (errors[name].to_numpy() for name in ("log_error", "origin"))
    counted = origin + errors["horizon"].to_numpy()
    widths = np.full((len(errors), len(LEVELS)), np.nan)
    for alike in errors.groupby(["method", "horizon"]).indices.values():
        for one in np.unique(origin[alike]):
            known = alike[counted[alike] <= one]
            if len(np.unique(origin[known])) >= _FEWEST_ORIGINS:
                rows = alike[origin[alike] == one]
                widths[rows] = np.percentile(logs[known], 100 * np.asarray(LEVELS))
    ends = errors[["forecast"]].to_numpy() * np.exp(widths)
    return errors.assign(**dict(zip(QUANTILES, ends.T, strict=True))).reset_index(drop=True)


def score_methods(pooled: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """The scorecard of the model and simpler methods, same authorities and origins for all."""
    simple = with_ranges(backtest(plans))
    alike = simple["origin"].isin(pooled["origin"]) & simple["area_code"].isin(pooled["area_code"])
    return scorecard(pd.concat([pooled, simple[alike]], ignore_index=True))


def scorecard(
    forecasts: pd.DataFrame, *, by: tuple[str, ...] = ("method", "horizon")
) -> pd.DataFrame:
    """Average scores of each method at each horizon, in per cent of the outcome."""
    scored = score_each(forecasts)
    error_pct, score_pct = (100 * scored[name] / scored["actual"] for name in ("error", "wis"))
    return mean_scores(scored.assign(error_pct=error_pct, score_pct=score_pct), by)


def mean_scores(scored: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Means of groups of forecasts: error, bias, interval score and cover, and how many."""
    groups = scored.assign(absolute=scored["error_pct"].abs()).groupby(list(by), sort=False)
    means = groups.agg(
        error_pct=("absolute", "mean"),
        bias_pct=("error_pct", "mean"),
        score_pct=("score_pct", "mean"),
        covered_50=("inside_50", "mean"),
        covered_80=("inside_80", "mean"),
        covered_95=("inside_95", "mean"),
        forecasts=("absolute", "size"),
        origins=("origin", "nunique"),
    )
    return means.reset_index()


def sizes(plans: pd.Series) -> pd.Series:
    """Authorities in three groups of like number, by their plans at an origin."""
    order = plans.rank(method="first") / len(plans)
    names = np.select([order <= 1 / 3, order <= 2 / 3], ["smaller", "middle"], "larger")
    return pd.Series(names, index=plans.index)


def _each(history: pd.DataFrame, horizon: int, fitted: Callable[[Floats], Any]) -> pd.DataFrame:
    """A path for each area with six counts or more and no gap between them."""
    paths = np.full((len(history), horizon), np.nan)
    for row, plans in enumerate(history.to_numpy(dtype=float)):
        known = plans[np.argmax(~np.isnan(plans)) :]
        if len(known) < _FEWEST_COUNTS or np.isnan(known).any() or (known <= 0).any():
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a flat start leaves the optimiser at a bound
            paths[row] = np.exp(np.asarray(fitted(np.log(known)).forecast(horizon)))
    return _by_years_ahead(history, paths)


def _grown(history: pd.DataFrame, log_growth: Floats) -> pd.DataFrame:
    """The last count, grown by the logarithms for each year ahead."""
    last = history.iloc[:, -1].to_numpy(dtype=float)[:, None]
    return _by_years_ahead(history, last * np.exp(log_growth))


def _by_years_ahead(history: pd.DataFrame, paths: Floats) -> pd.DataFrame:
    columns = pd.RangeIndex(1, paths.shape[1] + 1, name="horizon")
    return pd.DataFrame(paths, index=history.index, columns=columns)
