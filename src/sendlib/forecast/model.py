"""The pooled model: one robust regression of growth beyond England's, shrunk to no difference.

References
----------
- Huber, P. J. (1964). Robust estimation of a location parameter. Annals of Mathematical Statistics
  35(1), 73-101.
- Hoerl, A. E. and Kennard, R. W. (1970). Ridge regression: biased estimation for nonorthogonal
  problems. Technometrics 12(1), 55-67.
- Rousseeuw, P. J. and Croux, C. (1993). Alternatives to the median absolute deviation. Journal of
  the American Statistical Association 88(424), 1273-1283: the robust standard deviation.
- Roberts, D. R. and others (2017). Cross-validation strategies for data with temporal, spatial,
  hierarchical, or phylogenetic structure. Ecography 40(8), 913-929: years left out whole.
- Efron, B. and Morris, C. (1975). Data analysis using Stein's estimator and its generalizations.
  Journal of the American Statistical Association 70(350), 311-319: slopes shrunk to a prior.
- Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management Science
  31(10), 1237-1246: a difference of which a share remains each year.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.forecast.panel import FEATURES, Panel
from sendlib.vocabulary import ENGLAND

FIRST_TRAINED = 2017  # the first January with requests of the year before
PRIOR_PERSISTENCE = 0.7
PRIOR_SHOCK_CORRELATION = 0.4
PRIOR_YEAR_SD = 0.01
PRIOR_YEARS = 3  # prior strength, in years of evidence
GRID = np.linspace(0.005, 0.995, 100)  # quantiles of the errors that a fit has
SHRINKAGES = (1.0, 10.0, 100.0)
CLIP = 3.0  # robust standard deviations; a correction of records shows as a spike
ROBUST_SD = 1.4826  # of the median absolute deviation, if deviations are normal
_OUTCOMES = ["year", "growth", "growth_after"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Regression:
    """Standardisation and coefficients of one fitted regression."""

    centre: pd.Series  # of each feature's difference from England
    scale: pd.Series
    coefficients: Floats  # the constant, then one for each feature [log growth]
    covariance: Floats

    def design(self, difference: pd.DataFrame) -> Floats:
        """Features clipped and standardised, with a constant; a missing one is England's."""
        standard = ((difference - self.centre) / self.scale).clip(-CLIP, CLIP).fillna(0.0)
        return np.column_stack([np.ones(len(standard)), standard.to_numpy()])


@dataclass(frozen=True)
class Fit(Regression):
    """The model as it was known at one origin."""

    origin: int  # the last January used
    shrinkage: float
    persistence: float  # how much of a difference from England remains a year later
    shock_correlation: float  # between an authority's errors of two years running
    shocks: Floats  # quantiles, at ``GRID``, of an authority's error in one year [log]
    year_sd: float  # of the yearly change of England's growth [log]
    calibration: Floats  # widening of the range at horizons 1, 2, ...; the last one goes on
    authorities: int
    years: int


def fit(panel: Panel, calibration: Floats | None = None) -> Fit:
    """Fit the model on what a panel, cut at the origin, knows; calibration is ones by default."""
    rows = training(panel)
    shrinkage, residuals = choose_shrinkage(rows)
    regression = regress(rows[list(FEATURES)], rows["growth"], shrinkage)
    fitted = pd.Series(
        regression.design(rows[list(FEATURES)]) @ regression.coefficients, rows.index
    )
    persistence, carried = how_much_lasts(fitted, residuals, rows)
    return Fit(
        **vars(regression),
        origin=panel.origin,
        shrinkage=shrinkage,
        persistence=persistence,
        shock_correlation=carried,
        shocks=np.quantile(residuals, GRID),
        year_sd=england_year_sd(panel),
        calibration=np.ones(1) if calibration is None else calibration,
        authorities=int(rows.index.nunique()),
        years=int(rows["year"].nunique()),
    )


def training(panel: Panel) -> pd.DataFrame:
    """Features of every authority and earlier origin less England's, and growth beyond England's.

    ``growth`` is that of the first year after the origin, ``growth_after`` of the second. [log]
    """
    plans = panel.plans.where(panel.plans > 0)
    plans = plans.reindex(columns=range(FIRST_TRAINED, panel.origin + 2))
    parts = []
    for year in range(FIRST_TRAINED, panel.origin):
        rows = differences(panel.up_to(year)).assign(year=year)
        for name, first in (("growth", year), ("growth_after", year + 1)):
            growth = pd.Series(np.log(plans[first + 1] / plans[first]), index=plans.index)
            rows[name] = growth - growth[ENGLAND]
        parts.append(rows[rows["growth"].notna() & rows["growth_1"].notna()])
    return pd.concat(parts)


def differences(panel: Panel) -> pd.DataFrame:
    """Features of every authority less England's, at the panel's origin."""
    return panel.features.loc[panel.authorities] - panel.features.loc[ENGLAND]


def regress(difference: pd.DataFrame, growth: pd.Series, shrinkage: float) -> Regression:
    """A robust regression (Huber) with a ridge penalty, as further rows that say "no effect"."""
    from statsmodels.robust.norms import HuberT  # slow to import
    from statsmodels.robust.robust_linear_model import RLM

    centre = difference.median().fillna(0.0)
    spread = ROBUST_SD * (difference - centre).abs().median()
    scale = spread.where(spread > 0, difference.std()).fillna(1.0).replace(0.0, 1.0)
    count = difference.shape[1]
    empty = Regression(centre, scale, np.zeros(count + 1), np.zeros((count + 1, count + 1)))
    penalty = np.sqrt(shrinkage) * np.eye(count + 1)[1:]
    result = RLM(
        np.concatenate([growth.to_numpy(), np.zeros(count)]),
        np.vstack([empty.design(difference), penalty]),
        M=HuberT(),
    ).fit()
    return Regression(centre, scale, np.asarray(result.params), np.asarray(result.cov_params()))


def choose_shrinkage(rows: pd.DataFrame) -> tuple[float, pd.Series]:
    """The shrinkage with the smallest error on years left out, and those errors."""
    default = SHRINKAGES[1]
    difference = rows.drop(columns=_OUTCOMES)
    start = regress(difference, rows["growth"], default)
    design, growth = start.design(difference), rows["growth"].to_numpy()
    residuals = growth - design @ start.coefficients
    if rows["year"].nunique() < 2:
        return default, pd.Series(residuals, index=rows.index)
    from statsmodels.robust.norms import HuberT  # slow to import

    spread, year = ROBUST_SD * np.median(np.abs(residuals)), rows["year"].to_numpy()
    weights = (
        np.asarray(HuberT().weights(residuals / spread)) if spread else np.ones_like(residuals)
    )
    errors = {
        shrinkage: left_out_errors(design, growth, weights, year, shrinkage)
        for shrinkage in SHRINKAGES
    }
    best = min(errors, key=lambda shrinkage: float(np.abs(errors[shrinkage]).mean()))
    return best, pd.Series(errors[best], index=rows.index)


def left_out_errors(
    design: Floats, growth: Floats, weights: Floats, year: Floats, shrinkage: float
) -> Floats:
    """The error of each row, by a regression on the other years. [log growth]"""
    penalty = shrinkage * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    errors = np.empty_like(growth)
    for one in np.unique(year):
        out = year == one
        weighted = design[~out] * weights[~out, None]
        normal = weighted.T @ design[~out] + penalty
        errors[out] = growth[out] - design[out] @ np.linalg.solve(normal, weighted.T @ growth[~out])
    return errors


def how_much_lasts(
    fitted: pd.Series, residuals: pd.Series, rows: pd.DataFrame
) -> tuple[float, float]:
    """How much of a fitted difference remains in the second year, and of an error, 0 to 0.9."""
    after, year = rows["growth_after"], rows["year"]
    persistence = shrunk_slope(fitted, after, PRIOR_PERSISTENCE, year)
    second = after - persistence * fitted.to_numpy()
    carried = shrunk_slope(residuals, second, PRIOR_SHOCK_CORRELATION, year)
    return persistence, float(np.clip(carried, 0.0, 0.9))


def shrunk_slope(x: pd.Series, y: pd.Series, prior: float, year: pd.Series) -> float:
    """A robust slope through the origin, shrunk to a prior of ``PRIOR_YEARS`` years' strength."""
    known = y.notna().to_numpy()
    if not known.any():
        return prior
    first, second = x.to_numpy()[known], y.to_numpy()[known]
    limit = CLIP * ROBUST_SD * np.median(np.abs(second - np.median(second)))
    first, second = np.clip(first, -limit, limit), np.clip(second, -limit, limit)
    weight = PRIOR_YEARS * (len(year) / year.nunique()) * float(np.mean(first**2))
    return float((first @ second + weight * prior) / (first @ first + weight))


def england_year_sd(panel: Panel) -> float:
    """How much England's growth changes from one year to the next. [log]"""
    england = panel.plans.loc[ENGLAND, FIRST_TRAINED - 1 :].to_numpy(dtype=float)
    changes = np.diff(np.log(england), n=2)
    total = float(np.sum(changes**2)) + PRIOR_YEARS * PRIOR_YEAR_SD**2
    return float(np.sqrt(total / (len(changes) + PRIOR_YEARS)))
