"""How far chance alone would scatter a group: funnel limits, and ranges of ranks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from sendlib.compare.intervals import Floats

DRAWS = 2_000
RANK_COVERAGE = 0.95  # how many of the draws a range of ranks holds
COVERAGES = (0.95, 0.998)


def funnel_limits(
    of: ArrayLike, centre: float, *, kind: str = "share", coverages: Sequence[float] = COVERAGES
) -> pd.DataFrame:
    """Between which limits chance alone would leave a figure, by its denominator.

    The limits are those of the exact binomial or Poisson distribution about the
    mean of the group, drawn between whole counts (Spiegelhalter, 2005).

    References
    ----------
    Spiegelhalter, D. J. (2005), Statistics in Medicine 24, 1185-1202.
    """
    base = np.atleast_1d(np.asarray(of, dtype=float))
    parts = [
        pd.DataFrame(
            {
                "of": base,
                "coverage": coverage,
                "low": _limit((1 - coverage) / 2, base, centre, kind),
                "high": _limit((1 + coverage) / 2, base, centre, kind),
            }
        )
        for coverage in coverages
    ]
    return pd.concat(parts, ignore_index=True)


def rank_ranges(
    values: pd.DataFrame,
    *,
    better: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The range of ranks that each authority could have had by chance alone.

    Each draw gives every authority a value from what its count leaves possible
    (Jeffreys' posterior: beta for a share, gamma for a rate) and ranks them all.
    """
    known = values[values["value"].notna()]
    drawn = _draw(known, rng)
    sign = 1.0 if better == "lower" else -1.0
    order = np.argsort(sign * drawn, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, drawn.shape[1] + 1)[np.newaxis, :], axis=1)
    tails = [(1 - RANK_COVERAGE) / 2, (1 + RANK_COVERAGE) / 2]
    ends = np.quantile(ranks, tails, axis=0, method="nearest") if len(known) else np.empty((2, 0))
    ranges = pd.DataFrame(ends.T, known.index, ["rank_low", "rank_high"], dtype="float64")
    ranges = ranges[known["of"].notna()]
    rank = (sign * values["value"]).rank(method="min")
    return pd.DataFrame({"rank": rank}).join(ranges)


def _draw(known: pd.DataFrame, rng: np.random.Generator) -> Floats:
    value, of, size = known["value"].to_numpy(), known["of"].to_numpy(), (DRAWS, len(known))
    is_rate, counted = known["kind"].eq("rate").to_numpy(), np.isfinite(of)
    base = np.where(counted, of, 1.0)
    cases = value * base
    others = np.where(is_rate | ~counted, 0.0, base - cases)
    shares = rng.beta(np.maximum(cases, 0) + 0.5, np.maximum(others, 0) + 0.5, size=size)
    rates = rng.gamma(np.maximum(cases, 0) + 0.5, size=size) / base
    return np.where(counted, np.where(is_rate, rates, shares), value)


def _limit(below: float, of: Floats, centre: float, kind: str) -> Floats:
    """The figure below which chance falls so often, drawn between whole counts."""
    known = stats.poisson(of * centre) if kind == "rate" else stats.binom(of, centre)
    count = known.ppf(below)
    at, before = known.cdf(count), known.cdf(count - 1)
    part = (at - below) / (at - before)
    return np.asarray(np.clip(count - part, 0.0, None) / of)
