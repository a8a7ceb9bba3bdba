"""One regression for all authorities and years: robust, and shrunk towards no difference.

Features are clipped at three robust deviations, because a correction of records
shows as a spike that is not growth; large errors weigh less (Huber). How far
coefficients are shrunk is chosen by years left out.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SHRINKAGES = (1.0, 10.0, 100.0)
CLIP = 3.0  # robust standard deviations
ROBUST_SD = 1.4826  # of the middle departure from the middle, if departures are normal
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


def regress(difference: pd.DataFrame, growth: pd.Series, shrinkage: float) -> Regression:
    """A robust regression shrunk towards no difference.

    The shrinkage enters as further rows that say "no effect" of each feature,
    which is what a ridge penalty amounts to.
    """
    from statsmodels.robust.norms import HuberT  # slow to import
    from statsmodels.robust.robust_linear_model import RLM

    centre = difference.median().fillna(0.0)
    spread = ROBUST_SD * (difference - centre).abs().median()
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

    spread = ROBUST_SD * np.median(np.abs(residuals))
    return (
        np.asarray(HuberT().weights(residuals / spread)) if spread > 0 else np.ones_like(residuals)
    )


def errors_left_out(
    design: Floats, growth: Floats, weights: Floats, year: Floats, shrinkage: float
) -> Floats:
    """The error of each row, by a regression on the other years. [log growth]"""
    penalty = shrinkage * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    errors = np.empty_like(growth)
    for one in np.unique(year):
        out = year == one
        kept = design[~out] * weights[~out, None]
        coefficients = np.linalg.solve(kept.T @ design[~out] + penalty, kept.T @ growth[~out])
        errors[out] = growth[out] - design[out] @ coefficients
    return errors
