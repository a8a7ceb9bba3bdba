"""Scorecards of forecasts: error, lean, and whether ranges held what came."""

import numpy as np
import pandas as pd

from sendlib.ranges import score_each

HORIZON = 5  # most years ahead of a forecast from the past


def scorecard(
    forecasts: pd.DataFrame, *, by: tuple[str, ...] = ("method", "horizon")
) -> pd.DataFrame:
    """Average scores of each method at each horizon.

    Errors and interval scores are percentages of the outcome, so that large and
    small authorities count alike.
    """
    scored = score_each(forecasts)
    error_pct, wis_pct = (100 * scored[name] / scored["actual"] for name in ("error", "wis"))
    scored = scored.assign(error_pct=error_pct, absolute=error_pct.abs(), wis_pct=wis_pct)
    return (
        scored.groupby(list(by), sort=False)
        .agg(
            mape_pct=("absolute", "mean"),
            bias_pct=("error_pct", "mean"),
            wis_pct=("wis_pct", "mean"),
            covered_50=("inside_50", "mean"),
            covered_80=("inside_80", "mean"),
            covered_95=("inside_95", "mean"),
            forecasts=("absolute", "size"),
            origins=("origin", "nunique"),
        )
        .reset_index()
    )


def sizes(plans: pd.Series) -> pd.Series:
    """Authorities in three groups of like number, by their plans at an origin."""
    order = plans.rank(method="first") / len(plans)
    names = np.select([order <= 1 / 3, order <= 2 / 3], ["smaller", "middle"], "larger")
    return pd.Series(names, index=plans.index)
