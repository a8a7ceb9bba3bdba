"""Choose the method that did best, and carry an authority forward as draws.

Ranges come from the chosen method's own errors on past origins. A draw is one
whole path: its error at each year ahead comes from the errors seen that many
years ahead, and moves from year to year as a random walk would.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sendlib.errors import NotHeldError, ParameterError, Problem, did_you_mean, raise_any
from sendlib.forecast.backtest import FEWEST_ORIGINS, score
from sendlib.forecast.methods import METHODS

BEST = "best"
LONGEST = 10
CHOSEN_OVER = 3  # the choice weighs errors one to three years ahead


@dataclass(frozen=True)
class Choice:
    """The method chosen by backtest, and by how much.

    Parameters
    ----------
    method : str
        Name in ``METHODS``.
    table : pd.DataFrame
        ``method``, ``mape_pct`` averaged over the horizons weighed, best first.
    """

    method: str
    table: pd.DataFrame

    @property
    def margin_points(self) -> float:
        """By how many percentage points it beat the best of the others; negative if it did not."""
        errors = self.table.set_index("method")["mape_pct"]
        return float(errors.drop(self.method).min() - errors[self.method])


@dataclass(frozen=True)
class Forecast:
    """Paths of one authority.

    Parameters
    ----------
    area_code : str
        The authority.
    origin : int
        The January counted last.
    method : str
        Name in ``METHODS``.
    census_years : np.ndarray
        The years ahead, shape (horizon,).
    draws : np.ndarray
        Plans, shape (draws, horizon). [plans]
    """

    area_code: str
    origin: int
    method: str
    census_years: np.ndarray
    draws: np.ndarray

    def quantiles(self, levels: Sequence[float] = (0.1, 0.5, 0.9)) -> pd.DataFrame:
        """Quantiles over draws: ``census_year`` and ``p10``-like columns. [plans]"""
        values = np.quantile(self.draws, levels, axis=0)
        columns = {f"p{100 * level:02.0f}": row for level, row in zip(levels, values, strict=True)}
        return pd.DataFrame({"census_year": self.census_years, **columns})

    def probability_above(self, plans: float, census_year: int) -> float:
        """Share of draws with more than ``plans`` at one January. [0 to 1]"""
        return float((self.draws[:, self._column(census_year)] > plans).mean())

    def _column(self, census_year: int) -> int:
        return int(np.flatnonzero(self.census_years == census_year)[0])


def choose(errors: pd.DataFrame, *, method: str = BEST) -> Choice:
    """The method with the smallest average error one to three years ahead.

    Parameters
    ----------
    errors : pd.DataFrame
        As made by ``backtest``.
    method : str
        A name in ``METHODS`` to take that one instead of the best.

    Raises
    ------
    ParameterError
        If no method has that name.
    """
    if method not in (BEST, *METHODS):
        problem = Problem(f"{method!r}", "forecast.method", did_you_mean(method, [BEST, *METHODS]))
        raise ParameterError("There is no such method of forecasting.", [problem])
    scores = score(errors)
    weighed = scores[scores["horizon"] <= CHOSEN_OVER]
    table = weighed.groupby("method", sort=False)["mape_pct"].mean().sort_values().reset_index()
    return Choice(str(table["method"].iloc[0]) if method == BEST else method, table)


def check_horizon(horizon: int) -> None:
    """Refuse a number of years that no forecast here reaches.

    Raises
    ------
    ParameterError
        Naming the valid range.
    """
    if not 1 <= horizon <= LONGEST:
        problem = Problem(f"{horizon}", "horizon", f"give 1 to {LONGEST} years")
        raise ParameterError("That is not a horizon.", [problem])


def forecast(
    plans: pd.DataFrame,
    errors: pd.DataFrame,
    *,
    area_code: str,
    method: str,
    horizon: int,
    draws: int,
    seed: int,
) -> Forecast:
    """Paths of one authority from the last January of ``plans``.

    Parameters
    ----------
    plans : pd.DataFrame
        As for ``backtest``.
    errors : pd.DataFrame
        As made by ``backtest`` on the same counts, with the same horizon.
    area_code : str
        The authority.
    method : str
        Name in ``METHODS``.
    horizon, draws : int
        Years ahead, 1 to 10, and how many paths.
    seed : int
        The same seed gives the same paths for an authority, whatever else runs.

    Raises
    ------
    ParameterError
        If the method is unknown, or the horizon, draws or seed out of range.
    NotHeldError
        If the authority has no count at the origin or no path by this method,
        or too few origins are known for a range.
    """
    check_horizon(horizon)
    _check_draws(method, draws, seed)
    origin = int(plans.columns[-1])
    if area_code not in plans.index or plans[origin].isna()[area_code]:
        problem = Problem(f"no count of plans in January {origin}", f"authority {area_code}")
        raise NotHeldError("There is nothing to carry forward.", [problem])
    point = METHODS[method].path(plans, horizon).loc[area_code].to_numpy()
    if np.isnan(point).any():
        problem = Problem(f"{METHODS[method].label} needs more counts", f"authority {area_code}")
        raise NotHeldError("The past is too short for this method.", [problem])
    rng = np.random.default_rng([seed, int(area_code)])
    paths = point * np.exp(_error_paths(errors, method, horizon, draws, rng))
    return Forecast(area_code, origin, method, origin + np.arange(1, horizon + 1), paths)


def _check_draws(method: str, draws: int, seed: int) -> None:
    problems = []
    if method not in METHODS:
        problems.append(Problem(f"{method!r}", "method", did_you_mean(method, METHODS)))
    if draws < 1:
        problems.append(Problem(f"{draws}", "draws", "give 1 or more"))
    if seed < 0:
        problems.append(Problem(f"{seed}", "seed", "give 0 or more"))
    raise_any(ParameterError, "Plans cannot be forecast so.", problems)


def _error_paths(
    errors: pd.DataFrame, method: str, horizon: int, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Log errors, shape (draws, horizon): quantiles of those seen, linked through the years."""
    walk = rng.standard_normal((draws, LONGEST))[:, :horizon].cumsum(axis=1)
    ranks = ndtr(walk / np.sqrt(np.arange(1, horizon + 1)))
    mine = errors[errors["method"] == method]
    paths = np.empty((draws, horizon))
    seen = mine[mine["horizon"] == 1]
    for ahead in range(1, horizon + 1):
        rows = mine[mine["horizon"] == ahead]
        if rows["origin"].nunique() >= FEWEST_ORIGINS:
            seen = rows
        if seen["origin"].nunique() < FEWEST_ORIGINS:
            problem = Problem(
                f"{seen['origin'].nunique()} past origins are known",
                remedy=f"a range needs {FEWEST_ORIGINS}; ask for a later January",
            )
            raise NotHeldError("The past is too short for a range.", [problem])
        # where too few are known: the errors of the last horizon that has enough, widened
        spread = (ahead / int(seen["horizon"].iloc[0])) ** 0.5
        paths[:, ahead - 1] = spread * np.quantile(seen["log_error"], ranks[:, ahead - 1])
    return paths
