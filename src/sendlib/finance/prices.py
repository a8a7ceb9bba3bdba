"""How unit costs rise: what they did, with the mix of places held fixed, and what they may do.

Spend grows because there are more plans, because more of them are in dear
places, and because a place costs more. The last is what is left of the growth
of an outturn when plan-years by place are priced at fixed costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Money = NDArray[np.float64]
YEARS_SEEN = 3  # growth is judged from the last years only: it was lower before


@dataclass(frozen=True)
class PriceGrowth:
    """Growth of unit costs ahead.

    Parameters
    ----------
    now_pct : float
        Where growth stands: England's mean over the last years seen. [%]
    level_sd : float
        Doubt of an authority's level: England's own, and how far authorities
        differ from it for good; the same in every year of a draw. [points]
    yearly_sd : float
        How far one authority strays from its level in one year. [points]
    """

    now_pct: float
    level_sd: float
    yearly_sd: float


def mix_fixed_growth(
    spend: pd.Series, plan_years: pd.DataFrame, costs: Mapping[str, float]
) -> pd.Series:
    """Growth of spend that neither more plans nor another mix of places explains.

    Parameters
    ----------
    spend : pd.Series
        Outturn of one area by financial year, in order. [£]
    plan_years : pd.DataFrame
        By financial year and place type. [plan-years]
    costs : Mapping[str, float]
        Fixed costs by place type. [£ a plan-year]

    Returns
    -------
    pd.Series
        By financial year, the first left out. [%]

    Examples
    --------
    >>> years = ["2022-23", "2023-24"]
    >>> plans = pd.DataFrame({"mainstream": [100, 110]}, index=years)
    >>> spend = pd.Series([100.0, 121.0], years)
    >>> mix_fixed_growth(spend, plans, {"mainstream": 1}).round(1).tolist()
    [10.0]
    """
    priced = sum(plan_years[place] * cost for place, cost in costs.items() if place in plan_years)
    level = (spend / priced).dropna()
    return 100 * level.pct_change().dropna()


def estimate_growth(england: pd.Series, authorities: Mapping[str, pd.Series]) -> PriceGrowth:
    """Where price growth stands, and how far it strays.

    Parameters
    ----------
    england : pd.Series
        As made by :func:`mix_fixed_growth`. [%]
    authorities : Mapping[str, pd.Series]
        The same for authorities. [%]
    """
    recent = england.iloc[-YEARS_SEEN:]
    strays = pd.concat(
        [own.reindex(recent.index) - recent for own in authorities.values()], axis=1
    ).dropna(axis=1)
    yearly = float(strays.var(ddof=1).mean())
    lasting = max(float(strays.mean().var(ddof=1)) - yearly / len(recent), 0.0)
    level = float(recent.var(ddof=1)) / len(recent)
    return PriceGrowth(
        float(recent.mean()), float(np.sqrt(level + lasting)), float(np.sqrt(yearly))
    )


def draw_prices(
    growth: PriceGrowth,
    rng: np.random.Generator,
    *,
    draws: int,
    years: int,
    fades_to_pct: float,
    fades_over: int,
    points: float = 0.0,
) -> Money:
    """Price levels relative to the base year, shape (draws, years).

    Growth fades in equal steps from where it stands to a long-run level, and
    with it a draw's own departure from the level; yearly strays do not fade.

    Parameters
    ----------
    growth : PriceGrowth
        Where it stands, and how doubtful it is.
    rng : np.random.Generator
        Seeded.
    draws, years : int
        How many of each.
    fades_to_pct : float
        Long-run growth. [%]
    fades_over : int
        After how many years.
    points : float
        Added to every year's growth by a scenario. [points]
    """
    share = np.minimum(np.arange(1, years + 1) / max(fades_over, 1), 1.0)
    middle = growth.now_pct + (fades_to_pct - growth.now_pct) * share + points
    level = growth.level_sd * rng.standard_normal((draws, 1)) * (1 - share / 2)
    strays = growth.yearly_sd * rng.standard_normal((draws, years))
    return np.asarray(np.exp(np.cumsum(np.log1p((middle + level + strays) / 100), axis=1)))
