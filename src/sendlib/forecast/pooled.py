"""The pooled model: how much faster than England an authority will grow next year.

One regression for all authorities and years, on what was known at each origin.
Everything is a difference from England, so that a national surge says nothing
about one authority; England's own growth is carried forward apart. Features
are clipped at three robust deviations, because a correction of records shows
as a spike that is not growth. The regression is robust (Huber) and shrunk
towards no difference; shrinkage, persistence and errors are all found inside
the training years.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.forecast.panel import FEATURES, Panel
from sendlib.vocabulary import ENGLAND

FIRST_TRAINED = 2017  # the first January with requests of the year before
SHRINKAGES = (1.0, 10.0, 100.0)
CLIP = 3.0  # robust standard deviations
_ROBUST_SD = 1.4826  # of the middle departure from the middle, if departures are normal
PRIOR_PERSISTENCE = 0.7
PRIOR_SHOCK_CORRELATION = 0.4
PRIOR_YEAR_SD = 0.01
PRIOR_YEARS = 3  # how many years of evidence a prior is worth
GRID = np.linspace(0.005, 0.995, 100)  # quantiles kept of the errors
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Regression:
    """Standardisation and coefficients of one fitted regression.

    Parameters
    ----------
    centre, scale : pd.Series
        Of each feature's difference from England.
    coefficients : np.ndarray
        The constant, then one for each feature. [log growth]
    covariance : np.ndarray
        Of the coefficients.
    """

    centre: pd.Series
    scale: pd.Series
    coefficients: Floats
    covariance: Floats

    def design(self, difference: pd.DataFrame) -> Floats:
        """Clipped, standardised features with a constant, shape (areas, 1 + features).

        A missing feature counts as England's.
        """
        standard = ((difference - self.centre) / self.scale).clip(-CLIP, CLIP).fillna(0.0)
        return np.column_stack([np.ones(len(standard)), standard.to_numpy()])

    def predict(self, difference: pd.DataFrame) -> pd.Series:
        """Growth beyond England's in the next year. [log]"""
        return pd.Series(self.design(difference) @ self.coefficients, index=difference.index)


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


@dataclass(frozen=True)
class Training:
    """Rows to learn from: one for each authority and origin.

    ``difference`` are features less England's; ``growth`` and ``growth_after``
    are log growth beyond England's in the first and the second year after the
    origin, the second missing where it lies beyond what is known.
    """

    difference: pd.DataFrame
    growth: pd.Series
    growth_after: pd.Series
    year: pd.Series

    @property
    def rows_a_year(self) -> float:
        """How many authorities a year has on average."""
        return len(self.year) / self.year.nunique()


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


def regress(difference: pd.DataFrame, growth: pd.Series, shrinkage: float) -> Regression:
    """A robust regression shrunk towards no difference.

    The shrinkage enters as further rows that say "no effect" of each feature,
    which is what a ridge penalty amounts to.
    """
    from statsmodels.robust.norms import HuberT  # slow to import
    from statsmodels.robust.robust_linear_model import RLM

    centre = difference.median().fillna(0.0)
    spread = _ROBUST_SD * (difference - centre).abs().median()
    scale = spread.where(spread > 0, difference.std()).fillna(1.0).replace(0.0, 1.0)
    count = difference.shape[1]
    empty = Regression(centre, scale, np.zeros(count + 1), np.zeros((count + 1, count + 1)))
    design = empty.design(difference)
    penalty = np.sqrt(shrinkage) * np.eye(count + 1)[1:]
    result = RLM(
        np.concatenate([growth.to_numpy(), np.zeros(count)]),
        np.vstack([design, penalty]),
        M=HuberT(),
    ).fit()
    return Regression(centre, scale, np.asarray(result.params), np.asarray(result.cov_params()))


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


def choose_shrinkage(rows: Training) -> tuple[float, pd.Series]:
    """The shrinkage with the smallest error on years left out, and those errors.

    Rows keep the robust weights of one regression on all years, so that each
    year left out costs a small system of equations and not a regression. With
    one year to learn from, the errors are those of the regression itself.
    """
    middle = SHRINKAGES[1]
    start = regress(rows.difference, rows.growth, middle)
    design, growth = start.design(rows.difference), rows.growth.to_numpy()
    residuals = growth - design @ start.coefficients
    if rows.year.nunique() < 2:
        return middle, pd.Series(residuals, index=rows.growth.index)
    weights = robust_weights(residuals)
    year = rows.year.to_numpy()
    errors = {
        shrinkage: errors_left_out(design, growth, weights, year, shrinkage)
        for shrinkage in SHRINKAGES
    }
    best = min(errors, key=lambda shrinkage: float(np.abs(errors[shrinkage]).mean()))
    return best, pd.Series(errors[best], index=rows.growth.index)


def robust_weights(residuals: Floats) -> Floats:
    """How much each row counts (Huber): one, or less the larger its error."""
    from statsmodels.robust.norms import HuberT  # slow to import

    spread = _ROBUST_SD * np.median(np.abs(residuals))
    return (
        np.asarray(HuberT().weights(residuals / spread)) if spread > 0 else np.ones_like(residuals)
    )


def errors_left_out(
    design: Floats, growth: Floats, weights: Floats, year: Floats, shrinkage: float
) -> Floats:
    """The error of each row, by a regression on the other years. [log growth]

    Parameters
    ----------
    design : np.ndarray
        Constant and standardised features, shape (rows, 1 + features).
    growth, weights, year : np.ndarray
        Of each row.
    shrinkage : float
        Of every coefficient but the constant.
    """
    penalty = shrinkage * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    errors = np.empty_like(growth)
    for one in np.unique(year):
        out = year == one
        kept = design[~out] * weights[~out, None]
        coefficients = np.linalg.solve(kept.T @ design[~out] + penalty, kept.T @ growth[~out])
        errors[out] = growth[out] - design[out] @ coefficients
    return errors


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

    Parameters
    ----------
    first, second : np.ndarray
        Of the same rows. [log growth]
    prior : float
        The slope held beforehand.
    rows_a_year : float
        What a year of evidence is worth.
    """
    if len(first) == 0:
        return prior
    limit = CLIP * _ROBUST_SD * np.median(np.abs(second - np.median(second)))
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
