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

from sendlib.errors import NotAvailableError, Problem, raise_any

Money = NDArray[np.float64]
YEARS_SEEN = 3  # over which an authority is compared with England
_WANDER = 2.0  # points that England's growth moves in a year, before any move was seen
_WANDER_YEARS = 2  # how many years of moves that judgement counts for


@dataclass(frozen=True)
class PriceGrowth:
    """Growth of unit costs ahead.

    Parameters
    ----------
    now_pct : float
        Where growth stands: England's in the last year seen. [%]
    level_sd : float
        How far authorities differ from England for good; the same in every year
        of a draw. [points]
    yearly_sd : float
        How far one authority strays from its level in one year. [points]
    wander_sd : float
        How far England's growth moves from one year to the next, for good. [points]
    """

    now_pct: float
    level_sd: float
    yearly_sd: float
    wander_sd: float


def mix_fixed_growth(
    spend: pd.Series, plan_years: pd.DataFrame, costs: Mapping[str, float]
) -> pd.Series:
    """Growth of spend that neither more plans nor another mix of places explains.

    Examples
    --------
    >>> years = ["2022-23", "2023-24"]
    >>> plans = pd.DataFrame({"mainstream": [100, 110]}, index=years)
    >>> spend = pd.Series([100.0, 121.0], years)
    >>> mix_fixed_growth(spend, plans, {"mainstream": 1}).round(1).tolist()
    [10.0]
    """
    places = [place for place in costs if place in plan_years]
    priced = plan_years[places].to_numpy(float) @ np.array([costs[place] for place in places])
    at = plan_years.index.get_indexer(spend.index)
    with np.errstate(divide="ignore", invalid="ignore"):  # a year that nothing was priced in
        level = np.where(at >= 0, spend.to_numpy(float) / np.append(priced, np.nan)[at], np.nan)
        held = ~np.isnan(level)
        grown = 100 * (level[held][1:] / level[held][:-1] - 1)
    return pd.Series(grown, spend.index[held][1:]).dropna()


def estimate_growth(england: pd.Series, authorities: Mapping[str, pd.Series]) -> PriceGrowth:
    """Where price growth stands, how far it wanders, and how far an authority strays.

    England's growth rose by eight points in six years: it moves from year to
    year and does not come back. So it stands where it was last seen, and the
    moves seen, with a judgement where there are few, say how far it may go.

    Examples
    --------
    >>> england = pd.Series([4.0, 6.0], ["2023-24", "2024-25"])
    >>> made = estimate_growth(england, {"801": england + 1, "802": england - 1})
    >>> made.now_pct, round(made.wander_sd, 3), round(made.level_sd, 3), made.yearly_sd
    (6.0, 2.0, 1.414, 0.0)
    """
    recent = england.iloc[-YEARS_SEEN:]
    same = [own.reindex(recent.index).to_numpy(float) for own in authorities.values()]
    strays = np.reshape(same, (len(same), len(recent))).T - recent.to_numpy(float)[:, None]
    strays = strays[:, ~np.isnan(strays).any(axis=0)]
    _check_seen(strays)
    yearly, lasting = _variances(strays)
    moves = england.diff().dropna().to_numpy()
    known = _WANDER_YEARS * _WANDER**2 + float(moves @ moves)
    wander = known / (_WANDER_YEARS + len(moves))
    spreads = (float(np.sqrt(variance)) for variance in (lasting, yearly, wander))
    return PriceGrowth(float(recent.iloc[-1]), *spreads)


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
    with it half of an authority's own departure from England. On the way
    England's growth wanders, and the authority strays from it year by year.
    """
    share = np.minimum(np.arange(1, years + 1) / max(fades_over, 1), 1.0)
    middle = growth.now_pct + (fades_to_pct - growth.now_pct) * share + points
    level = growth.level_sd * rng.standard_normal((draws, 1)) * (1 - share / 2)
    strays = growth.yearly_sd * rng.standard_normal((draws, years))
    wander = growth.wander_sd * np.cumsum(rng.standard_normal((draws, years)), axis=1)
    grown = np.log1p((middle + level + strays + wander) / 100)
    return np.asarray(np.exp(np.cumsum(grown, axis=1)))


def _variances(strays: Money) -> tuple[float, float]:
    """Of one authority from year to year, and between authorities for good.

    One year alone cannot tell them apart and is taken to be the first; one
    authority alone says nothing of the second.
    """
    years, authorities = strays.shape
    if years == 1:
        return float((strays**2).mean()), 0.0
    yearly = float(strays.var(axis=0, ddof=1).mean())
    if authorities == 1:
        return yearly, 0.0
    return yearly, max(float(strays.mean(axis=0).var(ddof=1)) - yearly / years, 0.0)


def _check_seen(strays: Money) -> None:
    problems = []
    if not strays.size:
        found = "outturn of too few years or areas"
        problems.append(Problem(found, "table high_needs_spend", "add it to data/raw"))
    raise_any(NotAvailableError, "The growth of unit costs cannot be judged.", problems)
