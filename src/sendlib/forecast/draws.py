"""Draws of the years ahead, each one future of every area at once, by the pooled model.

References
----------
- Gelman, A. and Hill, J. (2007). Data analysis using regression and multilevel/hierarchical
  models. Cambridge University Press. Chapter 7: draws of coefficients.
- Cario, M. C. and Nelson, B. L. (1997). Modeling and generating random vectors with arbitrary
  marginal distributions and correlation matrix. Northwestern University: errors by normal scores.
- Box, G. E. P., Jenkins, G. M. and Reinsel, G. C. (2008). Time series analysis: forecasting and
  control. 4th edition. Wiley. Chapter 3: errors that carry over from year to year.
- Meade, N. and Islam, T. (2006). Modelling and forecasting the diffusion of innovation: a 25-year
  review. International Journal of Forecasting 22(3), 519-545: growth that fades on the way to a
  ceiling.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sendlib.errors import ParameterError, Problem
from sendlib.forecast.model import GRID, Fit, Floats, differences
from sendlib.forecast.panel import Panel
from sendlib.scenarios import Scenario
from sendlib.vocabulary import ENGLAND

LONGEST = 10  # random numbers are drawn for all ten years, whatever the horizon
_LIMIT, _STEPS_A_UNIT = 4, 500
NORMAL_GRID = np.linspace(-_LIMIT, _LIMIT, 2 * _LIMIT * _STEPS_A_UNIT + 1)
_YEAR, _COEFFICIENTS, _AREA = 0, 1, 2  # streams of random numbers


@dataclass(frozen=True)
class DrawSettings:
    """How many draws there are, what fixes them, and where England's growth would stop."""

    draws: int
    seed: int
    ceiling: float  # plans for each resident aged 0 to 17; growth fades on the way there

    @classmethod
    def of(cls, scenario: Scenario) -> "DrawSettings":
        """The settings of a scenario."""
        return cls(
            int(scenario.value("forecast.draws")),
            int(scenario.value("forecast.seed")),
            float(scenario.value("forecast.ceiling_pct")) / 100,
        )


@dataclass(frozen=True)
class Draws:
    """Draws of several authorities."""

    origin: int  # the January counted last
    areas: tuple[str, ...]  # codes, in the order of ``plans``
    plans: Floats  # shape (areas, draws, horizon)

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
    panel: Panel, model: Fit, areas: Sequence[str], settings: DrawSettings, *, horizon: int
) -> Draws:
    """Draw the years ahead of some authorities."""
    england, middle = england_ahead(panel, model, settings, horizon=horizon)
    design = model.design(differences(panel).loc[list(areas)])
    first = design @ model.coefficients
    rng = np.random.default_rng([settings.seed, _COEFFICIENTS])
    root = symmetric_root(model.covariance)
    uncertain = rng.standard_normal((settings.draws, len(root))) @ root @ design.T
    lasting = np.cumsum(model.persistence ** np.arange(horizon))
    path = np.cumsum(middle) + first[:, None] * lasting
    last = len(model.calibration) - 1
    widening = model.calibration[np.minimum(np.arange(horizon), last)]
    plans = _shock_draws(model, areas, settings, horizon)  # then filled in place
    plans += np.cumsum(england - middle, axis=1)
    plans += uncertain.T[:, :, None] * lasting
    plans *= widening
    plans += path[:, None, :]
    np.exp(plans, out=plans)
    plans *= panel.plans[panel.origin].loc[list(areas)].to_numpy(dtype=float)[:, None, None]
    return Draws(panel.origin, tuple(areas), plans)


def contributions(panel: Panel, model: Fit, area_code: str) -> pd.DataFrame:
    """What drives an authority's next year: England's growth, the constant and ``FEATURES``."""
    known = panel.features.loc[[area_code]] - panel.features.loc[ENGLAND]
    parts = model.design(known)[0] * model.coefficients
    growth = _england_growth(panel)
    effects = np.concatenate([[np.expm1(growth)], np.exp(growth) * parts])
    return pd.DataFrame(
        {
            "feature": ["england", "constant", *known.columns],
            "difference": [growth, np.nan, *known.iloc[0]],
            "plans": panel.counted(area_code) * effects,
        }
    )


def normal_numbers(shape: tuple[int, int], *stream: int) -> Floats:
    """Normal numbers of one stream; the first years are the same for any horizon."""
    draws, horizon = shape
    rng = np.random.default_rng(list(stream))
    return np.asarray(rng.standard_normal((draws, LONGEST))[:, :horizon])


def england_ahead(
    panel: Panel, model: Fit, settings: DrawSettings, *, horizon: int
) -> tuple[Floats, Floats]:
    """England's log growth in each year: of each draw, and on the middle path."""
    plans, children = (
        float(wide.loc[ENGLAND].to_numpy()[-1]) for wide in (panel.plans, panel.children)
    )
    share, ceiling = plans / children, settings.ceiling
    if ceiling <= share:
        rate = f"England had {100 * share:.1f} plans per 100 residents in January {panel.origin}"
        problem = Problem(
            "ceiling_too_low", f"{100 * ceiling:g}", "forecast.ceiling_pct", f"{rate}; give more"
        )
        raise ParameterError("Growth cannot stop at a ceiling that was passed.", [problem])
    normal = normal_numbers((settings.draws, horizon), settings.seed, _YEAR)
    steps = np.vstack([model.year_sd * normal, np.zeros(horizon)])
    unbounded = _england_growth(panel) + np.cumsum(steps, axis=1)
    rate_now = np.full(settings.draws + 1, share)
    growth = np.empty_like(unbounded)
    for year in range(horizon):  # ten years at most, all draws at once
        fading = np.clip((ceiling - rate_now) / (ceiling - share), 0.0, 1.0)
        growth[:, year] = unbounded[:, year] * fading
        rate_now = rate_now * np.exp(growth[:, year])
    return growth[:-1], growth[-1]


def _england_growth(panel: Panel) -> float:
    england = panel.plans.loc[ENGLAND].to_numpy(dtype=float)
    return float(np.log(england[-1] / england[-2]))


def _shock_draws(model: Fit, areas: Sequence[str], settings: DrawSettings, horizon: int) -> Floats:
    """Errors of each authority, added up over the years, shape (areas, draws, horizon)."""
    shape = (settings.draws, horizon)
    normal = np.empty((len(areas), *shape))
    for row, code in enumerate(areas):
        normal[row] = normal_numbers(shape, settings.seed, _AREA, int(code))
    carried = model.shock_correlation
    fresh = np.sqrt(1 - carried**2)
    for year in range(1, horizon):
        normal[:, :, year] = carried * normal[:, :, year - 1] + fresh * normal[:, :, year]
    table = np.interp(ndtr(NORMAL_GRID), GRID, model.shocks - np.median(model.shocks))
    shocks = look_up(table, normal)
    return np.cumsum(shocks, axis=2, out=shocks)


def symmetric_root(covariance: Floats) -> Floats:
    """The root that does not depend on the signs that an eigenvector happens to have."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T)


def look_up(table: Floats, normal: Floats) -> Floats:
    """A function of normal numbers, tabulated over ``NORMAL_GRID``: faster than one by one."""
    step = normal * _STEPS_A_UNIT
    step += _LIMIT * _STEPS_A_UNIT + 0.5
    return np.asarray(table.take(step.astype(np.int32), mode="clip"))
