"""The pooled model at every past origin: its fits, its calibration, its forecasts.

Nothing here looks past the origin it stands at. Ranges at an origin are widened
by what was seen at earlier origins, once the counts that they foresaw were in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sendlib.forecast.draws import Drawing, draw
from sendlib.forecast.panel import Panel
from sendlib.forecast.pooled import FIRST_TRAINED, PRIOR_YEARS, Fit, fit
from sendlib.forecast.regression import Floats
from sendlib.forecast.scores import HORIZON
from sendlib.ranges import LEVELS, QUANTILES

FIRST_ORIGIN = FIRST_TRAINED + 1
CALIBRATED = 5  # horizons calibrated one by one
_CALIBRATION_DRAWS = 1000
_CALIBRATION_SEED = 1


def fit_history(panel: Panel, *, ceiling: float) -> dict[int, Fit]:
    """The model as it would have been known at each origin, the last one included."""
    fits: dict[int, Fit] = {}
    seen: dict[tuple[int, int], float] = {}
    for origin in range(FIRST_ORIGIN, panel.origin + 1):
        known = panel.up_to(origin)
        for past in range(max(FIRST_ORIGIN, origin - CALIBRATED), origin):
            ahead = origin - past
            seen[past, ahead] = outgrown(known, fits[past], ahead, ceiling=ceiling)
        fits[origin] = fit(known, calibration(seen))
    return fits


def past_forecasts(
    panel: Panel,
    fits: Mapping[int, Fit],
    areas: Sequence[str],
    how: Drawing,
    *,
    horizon: int = HORIZON,
) -> pd.DataFrame:
    """What the model would have said from each past origin, beside what came."""
    parts = []
    for origin, model in fits.items():
        ahead = min(horizon, panel.origin - origin)
        if ahead < 1:
            continue
        known = panel.up_to(origin)
        there = [code for code in areas if code in set(known.authorities)]
        futures = draw(known, model, there, how, horizon=ahead)
        parts.append(_forecasts(futures.quantiles(LEVELS), there, origin, panel.plans))
    return pd.concat(parts, ignore_index=True).dropna(subset=["actual"])


def _forecasts(
    quantiles: Floats, areas: Sequence[str], origin: int, plans: pd.DataFrame
) -> pd.DataFrame:
    horizon = quantiles.shape[2]
    index = pd.MultiIndex.from_product(
        [areas, range(1, horizon + 1)], names=["area_code", "horizon"]
    )
    columns = {name: values.ravel() for name, values in zip(QUANTILES, quantiles, strict=True)}
    frame = pd.DataFrame(columns, index=index).reset_index()
    actual = plans.loc[list(areas), origin + 1 : origin + horizon].to_numpy(dtype=float)
    return frame.assign(
        method="pooled", origin=origin, actual=actual.ravel(), forecast=frame["q500"]
    )


def outgrown(panel: Panel, model: Fit, ahead: int, *, ceiling: float) -> float:
    """By how much errors at one horizon from one past origin outgrew the range.

    One where eight outcomes in ten fell inside; the range is the model's own,
    before any calibration.
    """
    plain = replace(model, calibration=np.ones(1))
    then = panel.up_to(model.origin)
    both = (panel.plans[[model.origin, model.origin + ahead]] > 0).all(axis=1)
    areas = [code for code in then.authorities if both[code]]
    how = Drawing(_CALIBRATION_DRAWS, _CALIBRATION_SEED, ceiling)
    futures = draw(then, plain, areas, how, horizon=ahead)
    low, middle, high = np.log(futures.quantiles((0.1, 0.5, 0.9))[:, :, -1])
    actual = np.log(panel.plans.loc[areas, model.origin + ahead].to_numpy(dtype=float))
    return float(np.nanquantile(np.abs(actual - middle) / ((high - low) / 2), 0.8))


def calibration(seen: Mapping[tuple[int, int], float]) -> Floats:
    """By how much to widen each horizon: the geometric mean of what was seen, shrunk to one."""
    widths = []
    for ahead in range(1, CALIBRATED + 1):
        logs = [np.log(ratio) for (_, horizon), ratio in seen.items() if horizon == ahead]
        widths.append(np.exp(sum(logs) / (len(logs) + PRIOR_YEARS)))
    return np.asarray(widths)
