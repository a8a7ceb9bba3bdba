"""How the shares of kinds of place change: one model of all authorities, fitted at a January.

References
----------
- Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management Science
  31(10), 1237-1246.
- Huber, P. J. (1964). Robust estimation of a location parameter. Annals of Mathematical Statistics
  35(1), 73-101.
- Efron, B. and Morris, C. (1975). Data analysis using Stein's estimator and its generalizations.
  Journal of the American Statistical Association 70(350), 311-319.
- Lange, K. L., Little, R. J. A. and Taylor, J. M. G. (1989). Robust statistical modeling using the
  t distribution. Journal of the American Statistical Association 84(408), 881-896.
- Cario, M. C. and Nelson, B. L. (1997). Modeling and generating random vectors with arbitrary
  marginal distributions and correlation matrix. Northwestern University: shocks by normal scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from sendlib.forecast.draws import LONGEST, NORMAL_GRID, look_up, symmetric_root
from sendlib.forecast.places import FEWEST, KINDS, Floats, PlaceCounts, log_shares

FIRST_FITTED = 2016  # the first January whose changes teach spread and response
FIRST_SHOCK = 2018  # and the nation's shocks: the move from statements to plans had ended
FIRST_DRIFT = 2019  # and its drift
CHANGED_RETURN = 2023  # the January of the first return by person: a shock, and no drift
NEUTRAL_GROWTH = 0.02  # of plans in a year, about that of residents: shares do not answer to it
DAMPING = 0.9  # of a drift, from year to year
PRIOR_SCALE = 0.5  # of the nation's shocks and drift, in shocks of a large authority
PRIOR_YEARS = 2.0  # that this prior is worth
NATIONAL_TAILS = 5.0  # degrees of freedom of the nation's shocks
LIMITS = (-0.1, 0.35)  # log growth of plans in a year that a response is taken from
_ROUNDS, _HUBER, _MOST = 12, 1.5, 3.0
_LARGEST = 5.0  # standardised shock that an authority's volatility counts
_EXTREMES = (0.005, 0.995)
_TAILS = (2.1, 30.0)
_NATION, _DRIFT, _AREA = 11, 12, 13  # streams of random numbers
_LEAST = 5.0  # plans that an own variance is reckoned from


@dataclass(frozen=True, eq=False)
class PlaceFit:
    """The model as it was known at one origin; arrays have a row for each of ``KINDS``."""

    origin: int  # the last January used
    response: Floats  # of the log share to log growth of plans beyond ``NEUTRAL_GROWTH``
    reversion: Floats  # share of the gap to the median authority closed in a year
    median: Floats  # log share of the median authority
    drift: Floats  # of the log share in the first year
    drift_sd: Floats
    national_sd: Floats  # of one year's shock to all authorities [log]
    small: Floats  # own variance of one year is small / plans + base [log squared]
    base: Floats
    tails: Floats  # degrees of freedom of own shocks
    limits: Floats  # smallest and largest standardised shock, shape (kind, 2)
    correlation: Floats  # of own shocks, shape (kind, kind)
    authorities: int
    years: int
    volatility: Mapping[str, Floats]  # own scale of shocks, of each authority; one is usual
    widths: Floats = field(default_factory=lambda: np.ones((1, len(KINDS))))  # by horizon


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Every authority and pair of Januaries, a row each."""

    area: NDArray[np.int64]
    year: NDArray[np.int64]  # of the first January
    change: Floats  # of log shares, shape (row, kind); missing where not comparable
    growth: Floats  # log growth of plans beyond the neutral
    gap: Floats  # of log shares to the median authority, shape (row, kind)
    plans: Floats  # in the first January, shape (row, kind)


def fit_places(counts: PlaceCounts, widths: Floats | None = None) -> PlaceFit:
    """Fit the model on counts cut at the origin; ``widths`` are ones by default."""
    own = counts.only([code for code in counts.areas if code.isdigit()])
    pairs = _pairs(own)
    kinds = [_fit_kind(pairs, row, len(own.areas)) for row in range(len(KINDS))]
    of = {name: np.array([kind[name] for kind in kinds]) for name in kinds[0]}
    rows = zip(of["common"], of["base"], strict=True)
    drift, drift_sd, national_sd = np.array([_national(*row, pairs) for row in rows]).T
    return PlaceFit(
        origin=own.years[-1],
        **{
            name: of[name] for name in ("response", "reversion", "small", "base", "tails", "limits")
        },
        median=np.nanmedian(log_shares(own.start(own.years[-1])), axis=0),
        drift=drift,
        drift_sd=drift_sd,
        national_sd=national_sd,
        correlation=_correlation(of["shocks"].T, of["tails"]),
        authorities=int(np.unique(pairs.area).size),
        years=int(np.unique(pairs.year).size),
        volatility=dict(zip(own.areas, of["volatility"].T, strict=True)),
        widths=np.ones((1, len(KINDS))) if widths is None else widths,
    )


def _pairs(counts: PlaceCounts) -> _Pairs:
    """Changes of all pairs of Januaries from ``FIRST_FITTED``, where both have detail."""
    parts: list[tuple[NDArray[Any], ...]] = []
    for year in [year for year in counts.years[:-1] if year >= FIRST_FITTED]:
        start, end = counts.start(year), counts.at(year + 1)
        same = counts.same_places[counts.years.index(year + 1)]
        counted = [(plans * same).sum(axis=1, keepdims=True) for plans in (start, end)]
        first, last = (  # shares of the kinds that both Januaries count alike
            np.log((plans + 0.5) / (total + 0.5 * len(KINDS)))
            for plans, total in zip((start, end), counted, strict=True)
        )
        shares = log_shares(start)
        growth = np.log(end.sum(axis=1) / start.sum(axis=1))
        known = np.flatnonzero(np.isfinite(growth))
        change = np.where(same & (start >= FEWEST), last - first, np.nan)
        gap = np.nanmedian(shares, axis=0) - shares
        beyond = np.clip(growth, *LIMITS) - NEUTRAL_GROWTH
        row = (change, beyond, gap, np.maximum(start, 1.0))
        parts.append((known, np.full(len(known), year), *(values[known] for values in row)))
    area, years, *values = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _Pairs(area.astype(np.int64), years.astype(np.int64), *values)


def _fit_kind(pairs: _Pairs, kind: int, areas: int) -> dict[str, Floats | float]:
    """A robust regression on the year, the growth of plans and the gap to the median.

    ``common`` is what each year adds beyond the response, ``shocks`` are standardised, by row
    of the pairs; both are missing where nothing compares.
    """
    used = np.isfinite(pairs.change[:, kind])
    years = np.unique(pairs.year)
    dummies = (pairs.year[used, None] == years).astype(float)
    design = np.column_stack([dummies, pairs.growth[used], pairs.gap[used, kind]])
    plans, change = pairs.plans[used, kind], pairs.change[used, kind]
    coefficients, small, base, weights = _regress(design, change, plans)
    residuals = (change - design @ coefficients) / np.sqrt(small / plans + base)
    response = _shrunk_response(coefficients, design, weights)
    seen = dummies.any(axis=0)
    growth = dummies.T @ pairs.growth[used] / np.maximum(dummies.sum(axis=0), 1)
    common = coefficients[:-2] + (coefficients[-2] - response) * growth
    volatility, expected = _volatility(residuals, pairs.area[used], areas)
    tails, scale = _tails(residuals / expected)
    shocks = np.full(len(used), np.nan)
    shocks[used] = residuals / expected / scale
    return {
        "response": response,
        "reversion": float(np.clip(coefficients[-1], 0.0, 0.5)),
        "common": np.where(seen, common, np.nan),
        "small": small * scale**2,
        "base": base * scale**2,
        "tails": tails,
        "limits": np.nanquantile(shocks, _EXTREMES),
        "volatility": volatility,
        "shocks": shocks,
    }


def _regress(design: Floats, change: Floats, plans: Floats) -> tuple[Floats, float, float, Floats]:
    """Huber's regression with a variance of small / plans + base; all three and the weights."""
    from scipy.optimize import nnls  # slow to import

    small, base, robust = 1.0, 0.01, np.ones(len(change))
    ridge = 1e-9 * np.eye(design.shape[1])
    for _ in range(_ROUNDS):
        variance = small / plans + base
        weighted = design * (robust / variance)[:, None]
        coefficients = np.linalg.solve(weighted.T @ design + ridge, weighted.T @ change)
        residuals = change - design @ coefficients
        standard = np.abs(residuals) / np.sqrt(variance)
        level = 1.4826 * np.median(standard)
        robust = np.minimum(1.0, _HUBER * level / np.maximum(standard, 1e-9))
        variance = variance * level**2
        squares = np.minimum(residuals**2, _MOST**2 * variance) / variance
        parts = np.column_stack([1 / plans, np.ones_like(plans)]) / variance[:, None]
        small, base = np.maximum(nnls(parts, squares)[0], (1e-3, 1e-5))
    return np.asarray(coefficients), float(small), float(base), robust / (small / plans + base)


def _shrunk_response(coefficients: Floats, design: Floats, weights: Floats) -> float:
    """The response to growth, shrunk towards none the less it stands out from its error."""
    ridge = 1e-9 * np.eye(design.shape[1])
    variance = np.linalg.inv((design * weights[:, None]).T @ design + ridge)[-2, -2]
    squared = coefficients[-2] ** 2
    return float(coefficients[-2] * squared / (squared + variance))


def _volatility(residuals: Floats, area: NDArray[np.int64], areas: int) -> tuple[Floats, Floats]:
    """How large shocks are against the usual (empirical Bayes), by area, and by row without it."""
    size = np.minimum(np.abs(residuals), _LARGEST)
    count, total = (np.bincount(area, weights, areas) for weights in (None, size))
    mean = float(size.mean())
    several = count > 1
    squares = np.bincount(area, size**2, areas) - total**2 / np.maximum(count, 1)
    within = squares[several].sum() / max((count[several] - 1).sum(), 1)
    known = count > 0
    among = (count * (total / np.maximum(count, 1) - mean) ** 2).sum() / max(known.sum() - 1, 1)
    usual = (count.sum() - (count**2).sum() / count.sum()) / max(known.sum() - 1, 1)
    between = max(among - within, 0.0) / max(usual, 1e-9)
    strength = max(within / max(between, 1e-6), 1.0)
    others = (total[area] - size + strength * mean) / (count[area] - 1 + strength) / mean
    return (total + strength * mean) / (count + strength) / mean, others


def _tails(shocks: Floats) -> tuple[float, float]:
    """Degrees of freedom and scale of a t distribution about zero."""
    from scipy.stats import t  # slow to import

    tails = float(np.clip(t.fit(shocks, floc=0)[0], *_TAILS))
    return tails, float(t.fit(shocks, f0=tails, floc=0)[2])


def _national(common: Floats, base: float, pairs: _Pairs) -> tuple[float, float, float]:
    """Drift, its error and the yearly shock that all authorities share, with their prior."""
    years = np.unique(pairs.year)
    prior = PRIOR_SCALE * np.sqrt(base)
    known = np.isfinite(common)
    learnt = common[known & (years >= FIRST_DRIFT) & (years != CHANGED_RETURN - 1)]
    shaken = common[known & (years >= FIRST_SHOCK)]
    centre = learnt.mean() if len(learnt) else shaken.mean() if len(shaken) else 0.0
    total = ((shaken - centre) ** 2).sum() + PRIOR_YEARS * prior**2
    shock = np.sqrt(total / (max(len(shaken) - 1, 0) + PRIOR_YEARS))
    weight = len(learnt) * prior**2 / (len(learnt) * prior**2 + shock**2)
    drift = weight * learnt.mean() if len(learnt) else 0.0
    return float(drift), float(prior * np.sqrt(1 - weight)), float(shock)


def _correlation(shocks: Floats, tails: Floats) -> Floats:
    """Of shocks, once brought to normal margins; pairs of kinds seen together."""
    normal = ndtri(np.clip(stdtr(tails, shocks), 1e-4, 1 - 1e-4))
    result = np.eye(len(tails))
    for one, other in zip(*np.triu_indices(len(tails), 1), strict=True):
        both = np.isfinite(normal[:, one]) & np.isfinite(normal[:, other])
        if both.sum() >= 50:
            result[one, other] = np.corrcoef(normal[both, one], normal[both, other])[0, 1]
    return np.asarray(result + np.triu(result, 1).T)


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
    tails = NATIONAL_TAILS  # of shocks that all authorities share, shape (draw, year, kind)
    nation = stdtrit(tails, ndtr(_normal(root, (draws, horizon), seed, _NATION)))
    nation = _carried(nation * np.sqrt((tails - 2) / tails) * fit.national_sd, fit)
    rng = np.random.default_rng([seed, _DRIFT])
    drift = fit.drift + fit.drift_sd * rng.standard_normal((draws, 1, len(KINDS)))
    drift = drift * np.cumsum(DAMPING ** np.arange(horizon))[:, None]
    widths = fit.widths[np.minimum(np.arange(horizon), len(fit.widths) - 1)]
    origin = log_shares(start)
    years = np.arange(1, horizon + 1)
    returned = 1 - (1 - fit.reversion) ** years[:, None]
    shares = np.empty((len(areas), draws, horizon, len(KINDS)))
    for row, code in enumerate(areas):
        normal = _normal(root, (draws, horizon), seed, _AREA, int(code))
        shocks = [look_up(table, normal[..., kind]) for kind, table in enumerate(tables)]
        scale = np.sqrt(fit.small / np.maximum(start[row], _LEAST) + fit.base)
        scale = scale * fit.volatility.get(code, np.ones(len(KINDS)))
        own = _carried(np.stack(shocks, axis=-1) * scale, fit)
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
