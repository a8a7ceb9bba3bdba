"""How well each method would have done: forecasts from past origins against what came.

Every forecast of a backtest uses only counts up to its origin. Errors of one
origin are alike across areas, because one year surprises everybody; the number
of origins, not of areas, says how much a score can be trusted.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.errors import NotAvailableError, Problem
from sendlib.forecast.methods import METHODS
from sendlib.forecast.scores import HORIZON, scorecard
from sendlib.ranges import LEVELS, QUANTILES

_FIRST_ORIGIN = 2015  # five counts come before it
_FEWEST_ORIGINS = 3


def backtest(
    plans: pd.DataFrame, *, horizon: int = HORIZON, methods: Sequence[str] = tuple(METHODS)
) -> pd.DataFrame:
    """Forecasts from every past January, beside the counts that followed.

    Parameters
    ----------
    plans : pd.DataFrame
        Index ``area_code``, columns ``census_year``, England among the rows;
        the last column is as far as anything may be known. [plans]
    horizon : int
        Years ahead.
    methods : Sequence[str]
        Names in ``METHODS``.

    Returns
    -------
    pd.DataFrame
        One row a forecast: ``method``, ``area_code``, ``origin``, ``horizon``,
        ``forecast``, ``actual`` [plans], ``log_error`` (log of actual over
        forecast). Authorities only; areas with a gap are left out where it
        matters.

    Raises
    ------
    NotAvailableError
        If no count follows the first origin.
    """
    last = int(plans.columns[-1])
    if last <= _FIRST_ORIGIN:
        problem = Problem(
            f"the last count is that of January {last}",
            remedy=f"a backtest needs January {_FIRST_ORIGIN + 1} or later",
        )
        raise NotAvailableError("The past is too short for a backtest.", [problem])
    parts = [
        _from_origin(plans, origin, min(horizon, last - origin), name)
        for origin in range(_FIRST_ORIGIN, last)
        for name in methods
    ]
    errors = pd.concat(parts, ignore_index=True).dropna(subset=["forecast", "actual"])
    return errors.assign(log_error=np.log(errors["actual"] / errors["forecast"]))


def with_ranges(errors: pd.DataFrame) -> pd.DataFrame:
    """Ranges for forecasts that have none, from errors that had been seen by then."""
    parts = []
    alike = dict(list(errors.groupby(["method", "horizon"], sort=False)))
    for name, ahead, origin in _distinct(errors, ["method", "horizon", "origin"]):
        same = alike[name, ahead]
        rows = same[same["origin"] == origin]
        known = same[same["origin"] + ahead <= origin]
        enough = known["origin"].nunique() >= _FEWEST_ORIGINS
        wide = known["log_error"].quantile(LEVELS) if enough else pd.Series(np.nan, LEVELS)
        columns = {
            column: rows["forecast"] * np.exp(value)
            for column, value in zip(QUANTILES, wide, strict=True)
        }
        parts.append(rows.assign(**columns))
    return pd.concat(parts, ignore_index=True)


def score_beside(pooled: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """The scorecard of the model beside simpler methods, same authorities and origins for all."""
    simple = with_ranges(backtest(plans))
    alike = simple["origin"].isin(pooled["origin"]) & simple["area_code"].isin(pooled["area_code"])
    return scorecard(pd.concat([pooled, simple[alike]], ignore_index=True))


def _distinct(frame: pd.DataFrame, columns: list[str]) -> list[tuple[str, int, int]]:
    return list(frame[columns].drop_duplicates().itertuples(index=False, name=None))


def _from_origin(plans: pd.DataFrame, origin: int, horizon: int, name: str) -> pd.DataFrame:
    history = plans.loc[:, :origin]
    history = history[history.iloc[:, -1].notna()]
    paths = METHODS[name].path(history, horizon)
    authorities = paths[paths.index.str.isdigit()]
    long = authorities.reset_index().melt("area_code", var_name="horizon", value_name="forecast")
    long["horizon"] = long["horizon"].astype("int64")
    actual = plans.loc[authorities.index, origin + 1 : origin + horizon]
    return long.assign(method=name, origin=origin, actual=actual.to_numpy().ravel(order="F"))
