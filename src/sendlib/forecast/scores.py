"""How good forecasts were: error, lean, and whether ranges held what came."""

import numpy as np
import pandas as pd

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
QUANTILES = tuple(f"q{1000 * level:03.0f}" for level in LEVELS)
INTERVALS = {50: ("q250", "q750"), 80: ("q100", "q900"), 95: ("q025", "q975")}


def score_each(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Scores of every single forecast.

    The weighted interval score is that of Bracher and others (2021), from the
    median and the ranges of 50, 80 and 95%, as a percentage of the outcome so
    that large and small authorities count alike.

    Parameters
    ----------
    forecasts : pd.DataFrame
        ``actual``, ``forecast`` and, where there are ranges, the columns of
        ``INTERVALS``. [plans]

    Returns
    -------
    pd.DataFrame
        The frame with ``error_pct`` (actual less forecast), ``wis_pct`` and
        ``inside_50``, ``inside_80``, ``inside_95`` (missing without a range).
    """
    actual, middle = forecasts["actual"], forecasts["forecast"]
    scored = forecasts.assign(error_pct=100 * (actual - middle) / actual)
    total = 0.5 * (actual - middle).abs()
    for level, (low, high) in INTERVALS.items():
        tail = 1 - level / 100
        below, above = forecasts[low] - actual, actual - forecasts[high]
        known = forecasts[low].notna()
        scored[f"inside_{level}"] = ((below <= 0) & (above <= 0)).astype(float).where(known)
        width = forecasts[high] - forecasts[low]
        score = width + 2 / tail * (below.clip(lower=0) + above.clip(lower=0))
        total = total + tail / 2 * score
    return scored.assign(wis_pct=100 * total / (len(INTERVALS) + 0.5) / actual)


def scorecard(
    forecasts: pd.DataFrame, *, by: tuple[str, ...] = ("method", "horizon")
) -> pd.DataFrame:
    """Average scores of each method at each horizon.

    Parameters
    ----------
    forecasts : pd.DataFrame
        As for ``score_each``, with the columns of ``by``.
    by : tuple[str, ...]
        What to average within.

    Returns
    -------
    pd.DataFrame
        The columns of ``by``, ``mape_pct``, ``bias_pct`` (positive where counts
        came out above the forecast), ``wis_pct``, ``covered_50``,
        ``covered_80``, ``covered_95`` (shares), ``forecasts``, ``origins``.
    """
    scored = score_each(forecasts)
    groups = scored.assign(absolute=scored["error_pct"].abs()).groupby(list(by), sort=False)
    return groups.agg(
        mape_pct=("absolute", "mean"),
        bias_pct=("error_pct", "mean"),
        wis_pct=("wis_pct", "mean"),
        covered_50=("inside_50", "mean"),
        covered_80=("inside_80", "mean"),
        covered_95=("inside_95", "mean"),
        forecasts=("absolute", "size"),
        origins=("origin", "nunique"),
    ).reset_index()


def sizes(plans: pd.Series) -> pd.Series:
    """Authorities in three groups of like number, by their plans at an origin."""
    order = plans.rank(method="first") / len(plans)
    names = np.select([order <= 1 / 3, order <= 2 / 3], ["smaller", "middle"], "larger")
    return pd.Series(names, index=plans.index)
