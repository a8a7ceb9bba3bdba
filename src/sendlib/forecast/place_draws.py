"""Draws of the shares of kinds of place, each with the growth of plans in the same draw.

References
----------
- Lange, K. L., Little, R. J. A. and Taylor, J. M. G. (1989). Robust statistical modeling using the
  t distribution. Journal of the American Statistical Association 84(408), 881-896.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, stdtrit

from sendlib.forecast.draws import LONGEST, NORMAL_GRID, look_up, symmetric_root
from sendlib.forecast.place_model import (
    DAMPING,
    LIMITS,
    NATIONAL_TAILS,
    NEUTRAL_GROWTH,
    PlaceFit,
)
from sendlib.forecast.places import KINDS, Floats, log_shares

_NATION, _DRIFT, _AREA = 11, 12, 13  # streams of random numbers
_LEAST = 5.0  # plans that an own variance is reckoned from


def draw_shares(
    fit: PlaceFit, areas: Sequence[str], start: Floats, growth: Floats, *, seed: int
) -> Floats:
    """Shares of kinds of place in the Januaries ahead, shape (area, draw, year, kind).

    ``start`` are plans by kind at the origin, (area, kind); ``growth`` the log growth of all
    plans since then, (area, draw, year). An authority's draws depend on the seed and its code.
    """
    draws, horizon = growth.shape[1:]
    root, chance = symmetric_root(fit.correlation), ndtr(NORMAL_GRID)
    tables = [  # standardised shocks of each kind, over normal numbers
        np.clip(stdtrit(tails, chance), *limits)
        for tails, limits in zip(fit.tails, fit.limits, strict=True)
    ]
    nation = _carried(_national_shocks(fit, root, (draws, horizon), seed), fit)
    drift = _drift(fit, draws, horizon, seed)
    widths = fit.widths[np.minimum(np.arange(horizon), len(fit.widths) - 1)]
    origin = log_shares(start)
    years = np.arange(1, horizon + 1)
    returned = 1 - (1 - fit.reversion) ** years[:, None]
    shares = np.empty((len(areas), draws, horizon, len(KINDS)))
    for row, code in enumerate(areas):
        normal = _normal(root, (draws, horizon), seed, _AREA, int(code))
        shocks = [look_up(table, normal[..., kind]) for kind, table in enumerate(tables)]
        own = _carried(np.stack(shocks, axis=-1) * _own_scale(fit, code, start[row]), fit)
        beyond = np.clip(growth[row], LIMITS[0] * years, LIMITS[1] * years) - NEUTRAL_GROWTH * years
        middle = origin[row] + returned * (fit.median - origin[row])
        middle = middle + drift + fit.response * beyond[..., None]
        shares[row] = middle + widths * (nation + own)
    shares -= shares.max(axis=3, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=3, keepdims=True)
    return shares


def _carried(shocks: Floats, fit: PlaceFit) -> Floats:
    """Shocks added up over the years, as they fade with the return to the median."""
    total = shocks.copy()
    for year in range(1, shocks.shape[1]):
        total[:, year] += (1 - fit.reversion) * total[:, year - 1]
    return total


def _normal(root: Floats, shape: tuple[int, int], *stream: int) -> Floats:
    """Normal numbers correlated between kinds; the first years are the same for any horizon."""
    rng = np.random.default_rng(list(stream))
    draws, horizon = shape
    return np.asarray(rng.standard_normal((draws, LONGEST, len(KINDS)))[:, :horizon] @ root)


def _national_shocks(fit: PlaceFit, root: Floats, shape: tuple[int, int], seed: int) -> Floats:
    """Shocks that all authorities share, with heavy tails, shape (draw, year, kind)."""
    chance = ndtr(_normal(root, shape, seed, _NATION))
    unit = np.sqrt((NATIONAL_TAILS - 2) / NATIONAL_TAILS)
    return np.asarray(stdtrit(NATIONAL_TAILS, chance) * unit * fit.national_sd)


def _drift(fit: PlaceFit, draws: int, horizon: int, seed: int) -> Floats:
    """The nation's drift since the origin, which nobody knows exactly, shape (draw, year, kind)."""
    rng = np.random.default_rng([seed, _DRIFT])
    first = fit.drift + fit.drift_sd * rng.standard_normal((draws, 1, len(KINDS)))
    return np.asarray(first * np.cumsum(DAMPING ** np.arange(horizon))[:, None])


def _own_scale(fit: PlaceFit, code: str, start: Floats) -> Floats:
    """How far an authority's log shares are shaken in a year, shape (kind,)."""
    usual = np.sqrt(fit.small / np.maximum(start, _LEAST) + fit.base)
    return np.asarray(usual * fit.volatility.get(code, np.ones(len(KINDS))))
