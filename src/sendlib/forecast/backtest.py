"""How well each method would have done: forecasts from past origins against what came.

Every forecast of a backtest uses only counts up to its origin. Errors of one
origin are alike across areas, because one year surprises everybody; the number
of origins, not of areas, says how much a score can be trusted.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.errors import NotHeldError, Problem
from sendlib.forecast.methods import METHODS

FIRST_ORIGIN = 2015  # five counts come before it
FEWEST_ORIGINS = 3


def backtest(
    plans: pd.DataFrame, *, horizon: int, methods: Sequence[str] = tuple(METHODS)
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
    NotHeldError
        If no count follows the first origin.
    """
    last = int(plans.columns[-1])
    if last <= FIRST_ORIGIN:
        problem = Problem(
            f"the last count is that of January {last}",
            remedy=f"a backtest needs January {FIRST_ORIGIN + 1} or later",
        )
        raise NotHeldError("The past is too short for a backtest.", [problem])
    parts = [
        _from_origin(plans, origin, min(horizon, last - origin), name)
        for origin in range(FIRST_ORIGIN, last)
        for name in methods
    ]
    errors = pd.concat(parts, ignore_index=True).dropna(subset=["forecast", "actual"])
    return errors.assign(log_error=np.log(errors["actual"] / errors["forecast"]))


def score(errors: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute percentage error and bias of each method at each horizon.

    Returns
    -------
    pd.DataFrame
        ``method``, ``horizon``, ``mape_pct``, ``bias_pct`` (positive where the
        counts came out higher than forecast), ``forecasts``, ``origins``.
    """
    relative = 100 * (errors["actual"] - errors["forecast"]) / errors["actual"]
    groups = errors.assign(absolute=relative.abs(), relative=relative).groupby(
        ["method", "horizon"], sort=False
    )
    return groups.agg(
        mape_pct=("absolute", "mean"),
        bias_pct=("relative", "mean"),
        forecasts=("absolute", "size"),
        origins=("origin", "nunique"),
    ).reset_index()


def coverage(errors: pd.DataFrame, method: str, *, level: float = 0.8) -> pd.DataFrame:
    """How often ranges made only from earlier errors held what came.

    For each origin the range comes from errors that had been seen by then; an
    origin is left out while fewer than three earlier ones are known.

    Returns
    -------
    pd.DataFrame
        ``horizon``, ``covered_share`` (0 to 1), ``forecasts``, ``origins``.
    """
    mine = errors[errors["method"] == method]
    tail = (1 - level) / 2
    parts = []
    for ahead, origin in mine[["horizon", "origin"]].drop_duplicates().to_numpy():
        same = mine[mine["horizon"] == ahead]
        rows = same[same["origin"] == origin]
        known = same[same["origin"] + ahead <= origin]
        if known["origin"].nunique() < FEWEST_ORIGINS:
            continue
        low, high = known["log_error"].quantile([tail, 1 - tail])
        inside = rows["log_error"].between(low, high)
        parts.append(pd.DataFrame({"horizon": ahead, "origin": origin, "inside": inside}))
    if not parts:
        return pd.DataFrame(columns=["horizon", "covered_share", "forecasts", "origins"])
    groups = pd.concat(parts).groupby("horizon")
    return groups.agg(
        covered_share=("inside", "mean"),
        forecasts=("inside", "size"),
        origins=("origin", "nunique"),
    ).reset_index()


def _from_origin(plans: pd.DataFrame, origin: int, horizon: int, name: str) -> pd.DataFrame:
    history = plans.loc[:, :origin]
    history = history[history.iloc[:, -1].notna()]
    paths = METHODS[name].path(history, horizon)
    authorities = paths[paths.index.str.isdigit()]
    long = authorities.reset_index().melt("area_code", var_name="horizon", value_name="forecast")
    long["horizon"] = long["horizon"].astype("int64")
    actual = plans.loc[authorities.index, origin + 1 : origin + horizon]
    return long.assign(method=name, origin=origin, actual=actual.to_numpy().ravel(order="F"))
