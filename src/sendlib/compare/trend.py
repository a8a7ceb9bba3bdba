"""Which way a series goes: a tested trend over years that are alike, not an arrow.

Where each year's denominator is known, the trend is a regression on the year that
weighs years by how sure they are and widens its range where years scatter more
than chance would have them. Otherwise it is the rank test of Mann and Kendall with
the slope of Theil and Sen, which asks nothing of the figures but their order; of
four years alone it can never be sure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from sendlib.compare.intervals import Floats
from sendlib.compare.uncertainty import LEVEL, adjust

FEWEST_POINTS = 4


class Direction(StrEnum):
    """What can be said of a series."""

    RISING = "rising"
    FALLING = "falling"
    NO_CLEAR_DIRECTION = "no clear direction"
    TOO_FEW_POINTS = "too few points"


@dataclass(frozen=True)
class Trend:
    """A direction, and the statistic that it comes from.

    Parameters
    ----------
    direction : Direction
        What can be said.
    slope : float
        Change in a year, in the unit of the series; missing with too few points.
    p : float
        Two-sided p-value of the slope; missing with too few points.
    points : int
        How many years have a value.
    first_year, last_year : int
        Between which years; 0 where there is none.
    method : str
        "weighted regression", "Mann-Kendall", or empty.
    """

    direction: Direction
    slope: float
    p: float
    points: int
    first_year: int
    last_year: int
    method: str


def trend(values: pd.Series, *, of: pd.Series | None = None) -> Trend:
    """The direction of one series.

    Examples
    --------
    >>> found = trend(pd.Series([2.7, 2.9, 3.0, 3.3, 3.7, 4.0], range(2016, 2022)))
    >>> found.direction.value, round(found.slope, 2), round(found.p, 3)
    ('rising', 0.27, 0.003)
    """
    known = values.dropna().sort_index()
    span = (int(known.index[0]), int(known.index[-1])) if len(known) else (0, 0)
    if len(known) < FEWEST_POINTS:
        return Trend(Direction.TOO_FEW_POINTS, np.nan, np.nan, len(known), *span, "")
    weights = None if of is None else _weights(known, of.reindex(known.index))
    if weights is None:
        slope, p = _rank_trend(known)
        method = "Mann-Kendall"
    else:
        slope, p = _weighted_trend(known, weights)
        method = "weighted regression"
    return Trend(_direction(slope, p), slope, p, len(known), *span, method)


def trends(series: pd.DataFrame) -> pd.DataFrame:
    """The direction of every series of a frame, corrected for how many an area has.

    Parameters
    ----------
    series : pd.DataFrame
        One row for each ``area_code``, ``indicator`` and ``year``: ``value``,
        and ``of`` where denominators are available. Years are alike (``unbroken``).

    Returns
    -------
    pd.DataFrame
        One row for each area and indicator, with the fields of ``Trend`` and
        ``p_corrected``.
    """
    rows: list[Mapping[str, object]] = []
    for (area_code, indicator), mine in series.groupby(["area_code", "indicator"], sort=True):
        by_year = mine.set_index("year")
        found = trend(by_year["value"], of=by_year.get("of"))
        rows.append({"area_code": area_code, "indicator": indicator, **vars(found)})
    made = pd.DataFrame(rows, columns=["area_code", "indicator", *Trend.__dataclass_fields__])
    p = adjust(made["p"].astype(float), made, page="area_code")
    pairs = zip(made["slope"], p, made["direction"], strict=True)
    said = [
        Direction.TOO_FEW_POINTS if old == Direction.TOO_FEW_POINTS else _direction(slope, sure)
        for slope, sure, old in pairs
    ]
    return made.assign(p_corrected=p, direction=pd.Series(said, made.index, dtype="str"))


def _direction(slope: float, p: float) -> Direction:
    """A direction is said where the p-value is below ``LEVEL``."""
    if not p < LEVEL or slope == 0:
        return Direction.NO_CLEAR_DIRECTION
    return Direction.RISING if slope > 0 else Direction.FALLING


def _weights(known: pd.Series, of: pd.Series) -> Floats | None:
    """One over the variance that chance gives each year; none where it is not known."""
    pooled = float((known * of).sum() / of.sum()) if of.notna().all() and of.gt(0).all() else 0.0
    if not 0 < pooled < 1:
        return None
    return np.asarray(of.to_numpy(float) / (pooled * (1 - pooled)))


def _weighted_trend(known: pd.Series, weights: Floats) -> tuple[float, float]:
    """Slope and p-value; scatter beyond chance widens, scatter below it does not narrow."""
    years = known.index.to_numpy(float)
    fitted = sm.WLS(known.to_numpy(float), sm.add_constant(years - years.mean()), weights).fit()
    widen = max(1.0, float(fitted.scale))
    spread = (
        float(fitted.bse[1]) * np.sqrt(widen / fitted.scale)
        if fitted.scale > 0
        else np.sqrt(1 / float((weights * (years - np.average(years, weights=weights)) ** 2).sum()))
    )
    slope = float(fitted.params[1])
    return slope, float(2 * stats.t.sf(abs(slope) / spread, len(known) - 2))


def _rank_trend(known: pd.Series) -> tuple[float, float]:
    """Theil and Sen's slope, and the p-value of Mann and Kendall's test."""
    years, value = known.index.to_numpy(float), known.to_numpy(float)
    if np.ptp(value) == 0:
        return 0.0, 1.0
    p = float(stats.kendalltau(years, value).pvalue)
    return float(stats.theilslopes(value, years).slope), p
