"""The pooled model: how much faster than England an authority will grow next year.

One regression for all authorities and years, on what was known at each origin.
Everything is a difference from England, so that a national surge says nothing
about one authority; England's own growth is carried forward apart. Shrinkage,
persistence and errors are all found inside the training years.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.forecast.panel import FEATURES, Panel
from sendlib.forecast.regression import (
    CLIP,
    ROBUST_SD,
    Floats,
    Regression,
    Training,
    choose_shrinkage,
    regress,
)
from sendlib.vocabulary import ENGLAND

FIRST_TRAINED = 2017  # the first January with requests of the year before
PRIOR_PERSISTENCE = 0.7
PRIOR_SHOCK_CORRELATION = 0.4
PRIOR_YEAR_SD = 0.01
PRIOR_YEARS = 3  # how many years of evidence a prior is worth
GRID = np.linspace(0.005, 0.995, 100)  # quantiles kept of the errors


@dataclass(frozen=True)
class Fit:
    """The model as it was known at one origin.

    Parameters
    ----------
    origin : int
        The last January used.
    regression : Regression
        Next year's growth beyond England's.
    shrinkage : float
        Chosen inside the training years.
    persistence : float
        How much of a difference from England is still there a year later.
    shock_correlation : float
        How alike an authority's errors of two years running are.
    shocks : np.ndarray
        Quantiles, at ``GRID``, of an authority's error in one year. [log]
    year_sd : float
        Standard deviation of the yearly change of England's growth. [log]
    calibration : np.ndarray
        For horizons 1, 2, ...: by how much ranges are widened. The last one
        holds for longer horizons.
    authorities, years : int
        How much it was trained on.
    """

    origin: int
    regression: Regression
    shrinkage: float
    persistence: float
    shock_correlation: float
    shocks: Floats
    year_sd: float
    calibration: Floats
    authorities: int
    years: int


def fit(panel: Panel, calibration: Floats | None = None) -> Fit:
    """Fit the model on what the panel knows at its origin.

    Parameters
    ----------
    panel : Panel
        Cut at the origin; at least one earlier January with requests.
    calibration : np.ndarray, optional
        As found on earlier origins; ones otherwise.
    """
    rows = training(panel)
    shrinkage, left_out = choose_shrinkage(rows)
    regression = regress(rows.difference, rows.growth, shrinkage)
    fitted = regression.predict(rows.difference)
    persistence = find_persistence(fitted, rows)
    return Fit(
        origin=panel.origin,
        regression=regression,
        shrinkage=shrinkage,
        persistence=persistence,
        shock_correlation=find_shock_correlation(left_out, fitted, persistence, rows),
        shocks=np.quantile(left_out, GRID),
        year_sd=england_year_sd(panel),
        calibration=np.ones(1) if calibration is None else calibration,
        authorities=int(rows.difference.index.nunique()),
        years=int(rows.year.nunique()),
    )


def training(panel: Panel) -> Training:
    """Every authority and origin before the panel's own, with what followed."""
    parts = [_training_year(panel, year) for year in range(FIRST_TRAINED, panel.origin)]
    joined = pd.concat(parts)
    names = list(FEATURES)
    return Training(joined[names], joined["growth"], joined["growth_after"], joined["year"])


def differences(panel: Panel) -> pd.DataFrame:
    """Features of every authority less England's, at the panel's origin."""
    known = panel.features
    return known.loc[panel.authorities] - known.loc[ENGLAND]


def _training_year(panel: Panel, year: int) -> pd.DataFrame:
    then = panel.up_to(year)
    known = differences(then)
    growth = {ahead: _beyond_england(panel, year + ahead) for ahead in (0, 1)}
    rows = known.assign(growth=growth[0], growth_after=growth[1], year=year)
    return rows[rows["growth"].notna() & rows["growth_1"].notna()]


def _beyond_england(panel: Panel, year: int) -> pd.Series:
    """Log growth from January ``year`` to the next, less England's."""
    if year + 1 not in panel.plans:
        return pd.Series(np.nan, index=panel.plans.index)
    plans = panel.plans.where(panel.plans > 0)
    growth = pd.Series(np.log(plans[year + 1] / plans[year]), index=plans.index)
    return growth - growth[ENGLAND]


def find_persistence(fitted: pd.Series, rows: Training) -> float:
    """How much of a fitted difference is there again in the second year."""
    known = rows.growth_after.notna().to_numpy()
    first, second = fitted.to_numpy()[known], rows.growth_after.to_numpy()[known]
    return shrunken_slope(first, second, PRIOR_PERSISTENCE, rows.rows_a_year)


def find_shock_correlation(
    left_out: pd.Series, fitted: pd.Series, persistence: float, rows: Training
) -> float:
    """How much of an error of the first year is there again in the second, 0 to 0.9."""
    known = rows.growth_after.notna().to_numpy()
    first = left_out.to_numpy()[known]
    second = (rows.growth_after - persistence * fitted).to_numpy()[known]
    slope = shrunken_slope(first, second, PRIOR_SHOCK_CORRELATION, rows.rows_a_year)
    return float(np.clip(slope, 0.0, 0.9))


def shrunken_slope(first: Floats, second: Floats, prior: float, rows_a_year: float) -> float:
    """A robust slope through the origin, shrunk to a prior worth some years of evidence.

    Both ends are growth beyond England's in a year and have one limit, that of
    the second. Growth that was fitted, from features that are clipped already,
    stays well within it; a limit of its own would cut what is no spike.
    """
    if len(first) == 0:
        return prior
    limit = CLIP * ROBUST_SD * np.median(np.abs(second - np.median(second)))
    second = np.clip(second, -limit, limit)
    first = np.clip(first, -limit, limit)
    weight = PRIOR_YEARS * rows_a_year * float(np.mean(first**2))
    return float((first @ second + weight * prior) / (first @ first + weight))


def england_year_sd(panel: Panel) -> float:
    """How much England's growth changes from one year to the next."""
    england = panel.plans.loc[ENGLAND, FIRST_TRAINED - 1 :].to_numpy(dtype=float)
    changes = np.diff(np.log(england), n=2)
    total = float(np.sum(changes**2)) + PRIOR_YEARS * PRIOR_YEAR_SD**2
    return float(np.sqrt(total / (len(changes) + PRIOR_YEARS)))
