"""Draws of the years ahead: the model's path, and all that it does not know.

A draw is one future of every area at once. All areas share what befalls
England in a year; each has its own errors, which linger; and the coefficients
are themselves uncertain. The random numbers of an area depend on the seed and
its code alone, so other areas never change them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sendlib.errors import ParameterError, Problem
from sendlib.forecast.panel import Panel
from sendlib.forecast.pooled import GRID, Fit, differences
from sendlib.forecast.regression import Floats
from sendlib.scenarios import Scenario
from sendlib.vocabulary import ENGLAND

LONGEST = 10  # random numbers are drawn for all ten years, whatever the horizon
_NORMAL_LIMIT, _STEPS_A_UNIT = 4, 500
_NORMAL_GRID = np.linspace(-_NORMAL_LIMIT, _NORMAL_LIMIT, 2 * _NORMAL_LIMIT * _STEPS_A_UNIT + 1)
_YEAR, _COEFFICIENTS, _AREA = 0, 1, 2  # streams of random numbers


@dataclass(frozen=True)
class Drawing:
    """How futures are drawn.

    Parameters
    ----------
    draws : int
        How many.
    seed : int
        Fixes every number.
    ceiling : float
        Plans for each resident aged 0 to 17 at which England's growth would
        stop; growth fades on the way there. [share]
    """

    draws: int
    seed: int
    ceiling: float

    @classmethod
    def under(cls, scenario: Scenario) -> "Drawing":
        """As a scenario says."""
        return cls(
            int(scenario.value("forecast.draws")),
            int(scenario.value("forecast.seed")),
            float(scenario.value("forecast.ceiling_pct")) / 100,
        )


@dataclass(frozen=True)
class Draws:
    """Futures of several authorities and of England.

    Parameters
    ----------
    origin : int
        The January counted last.
    areas : tuple[str, ...]
        Codes, in the order of ``plans``.
    plans : np.ndarray
        Shape (areas, draws, horizon). [plans]
    england_growth : np.ndarray
        England's log growth in each year, shape (draws, horizon).
    """

    origin: int
    areas: tuple[str, ...]
    plans: Floats
    england_growth: Floats

    @property
    def census_years(self) -> Floats:
        """The Januaries ahead, shape (horizon,)."""
        return self.origin + np.arange(1, self.plans.shape[2] + 1)

    def of(self, area_code: str) -> Floats:
        """The draws of one authority, shape (draws, horizon). [plans]"""
        return np.asarray(self.plans[self.areas.index(area_code)])

    def quantiles(self, levels: Sequence[float]) -> Floats:
        """Quantiles over draws, shape (levels, areas, horizon). [plans]"""
        return np.asarray(np.quantile(self.plans, levels, axis=1))


def draw(
    panel: Panel,
    model: Fit,
    areas: Sequence[str],
    how: Drawing,
    *,
    horizon: int,
) -> Draws:
    """Draw futures of some authorities."""
    years = np.arange(1, horizon + 1)
    normal = normal_numbers((how.draws, horizon), how.seed, _YEAR)
    england, middle = _england(panel, model, how.ceiling, normal)
    known = differences(panel).loc[list(areas)]
    design = model.regression.design(known)
    first = design @ model.regression.coefficients
    uncertain = _coefficient_draws(model, how.draws, how.seed) @ design.T
    lasting = np.cumsum(model.persistence ** (years - 1))
    path = np.cumsum(middle) + first[:, None] * lasting
    futures = _shock_draws(model, areas, horizon, how)  # then filled in place
    futures += np.cumsum(england - middle, axis=1)
    futures += uncertain.T[:, :, None] * lasting
    futures *= _calibration(model, horizon)
    futures += path[:, None, :]
    np.exp(futures, out=futures)
    counted = panel.plans[panel.origin].loc[list(areas)].to_numpy(dtype=float)
    futures *= counted[:, None, None]
    return Draws(panel.origin, tuple(areas), futures, england)


def contributions(panel: Panel, model: Fit, area_code: str) -> pd.DataFrame:
    """What drives an authority's next year, in plans.

    Returns
    -------
    pd.DataFrame
        ``feature`` (England's growth first, then the constant, then
        ``FEATURES``), ``difference`` from England in the feature's own unit
        (missing where it is not available, which counts as none), ``plans``: the
        growth it adds or takes away in the next year. [plans]
    """
    known = differences(panel).loc[[area_code]]
    parts = model.regression.design(known)[0] * model.regression.coefficients
    counted = panel.counted(area_code)
    growth = _england_growth(panel)
    effects = counted * np.concatenate([[np.expm1(growth)], np.exp(growth) * parts])
    names = ["england", "constant", *known.columns]
    difference = [growth, np.nan, *known.iloc[0]]
    return pd.DataFrame({"feature": names, "difference": difference, "plans": effects})


def _england(panel: Panel, model: Fit, ceiling: float, normal: Floats) -> tuple[Floats, Floats]:
    """England's log growth in each year: drawn, and on the middle path."""
    draws, horizon = normal.shape
    steps = np.vstack([model.year_sd * normal, np.zeros(horizon)])
    unbounded = _england_growth(panel) + np.cumsum(steps, axis=1)
    share = _england_share(panel)
    if ceiling <= share:
        held = f"England had {100 * share:.1f} plans per 100 residents in January {panel.origin}"
        problem = Problem(f"{100 * ceiling:g}", "forecast.ceiling_pct", f"{held}; give more")
        raise ParameterError("Growth cannot stop at a ceiling that was passed.", [problem])
    room = np.full(draws + 1, share)
    growth = np.empty_like(unbounded)
    for year in range(horizon):  # ten years at most, all draws at once
        fading = np.clip((ceiling - room) / (ceiling - share), 0.0, 1.0)
        growth[:, year] = unbounded[:, year] * fading
        room = room * np.exp(growth[:, year])
    return growth[:-1], growth[-1]


def normal_numbers(shape: tuple[int, int], *stream: int) -> Floats:
    """Normal numbers of one stream; the first years are the same for any horizon."""
    draws, horizon = shape
    rng = np.random.default_rng(list(stream))
    return np.asarray(rng.standard_normal((draws, LONGEST))[:, :horizon])


def _england_growth(panel: Panel) -> float:
    england = panel.plans.loc[ENGLAND].to_numpy(dtype=float)
    return float(np.log(england[-1] / england[-2]))


def _england_share(panel: Panel) -> float:
    """Plans for each resident aged 0 to 17 in England. [share]"""
    plans = panel.plans.loc[ENGLAND].to_numpy(dtype=float)
    children = panel.children.loc[ENGLAND].to_numpy(dtype=float)
    return float(plans[-1] / children[-1])


def _coefficient_draws(model: Fit, draws: int, seed: int) -> Floats:
    """Deviations of the coefficients, shape (draws, 1 + features).

    By the symmetric root of their covariance, the only one that does not depend
    on the signs that an eigenvector happens to have.
    """
    rng = np.random.default_rng([seed, _COEFFICIENTS])
    values, vectors = np.linalg.eigh(model.regression.covariance)
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return np.asarray(rng.standard_normal((draws, len(values))) @ root)


def _shock_draws(model: Fit, areas: Sequence[str], horizon: int, how: Drawing) -> Floats:
    """Errors of each authority, added up over the years, shape (areas, draws, horizon)."""
    normal = np.empty((len(areas), how.draws, horizon))
    for row, code in enumerate(areas):
        normal[row] = normal_numbers((how.draws, horizon), how.seed, _AREA, int(code))
    carried = model.shock_correlation
    fresh = np.sqrt(1 - carried**2)
    for year in range(1, horizon):
        normal[:, :, year] = carried * normal[:, :, year - 1] + fresh * normal[:, :, year]
    shocks = _to_shocks(normal, model)
    return np.cumsum(shocks, axis=2, out=shocks)


def _to_shocks(normal: Floats, model: Fit) -> Floats:
    """Errors in place of normal numbers, rank for rank; the numbers are used up.

    The quantile function of the errors is tabulated finely over normal numbers
    once, which is four times as fast as finding each number's rank.
    """
    table = np.interp(ndtr(_NORMAL_GRID), GRID, model.shocks - np.median(model.shocks))
    normal *= _STEPS_A_UNIT
    normal += _NORMAL_LIMIT * _STEPS_A_UNIT + 0.5
    return np.asarray(table.take(normal.astype(np.int32), mode="clip"))


def _calibration(model: Fit, horizon: int) -> Floats:
    known = model.calibration
    last = np.full(max(0, horizon - len(known)), known[-1])
    return np.concatenate([known, last])[:horizon]
