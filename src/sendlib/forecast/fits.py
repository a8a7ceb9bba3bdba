"""The model at every past January, widened by errors known by then: fitted, stored, read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sendlib.errors import NotBuiltError, Problem, raise_any
from sendlib.forecast.draws import DrawSettings, draw
from sendlib.forecast.model import (
    FIRST_TRAINED,
    PRIOR_YEARS,
    Fit,
    Floats,
    Regression,
    fit,
)
from sendlib.forecast.panel import FEATURES, Panel
from sendlib.ranges import LEVELS, QUANTILES

FIRST_ORIGIN = FIRST_TRAINED + 1
CALIBRATED = 5  # horizons calibrated one by one
HORIZON = 5  # most years ahead of a forecast from the past
VERSION = 1
FILE = "national_fit.json"
_CALIBRATION_DRAWS = 1000
_CALIBRATION_SEED = 1
_DIGITS = 10  # significant ones: a covariance is small


def fit_history(panel: Panel, *, ceiling: float) -> dict[int, Fit]:
    """The model as it would have been known at each origin, the last one included."""
    fits: dict[int, Fit] = {}
    ratios: dict[tuple[int, int], float] = {}
    for origin in range(FIRST_ORIGIN, panel.origin + 1):
        known = panel.up_to(origin)
        for past in range(max(FIRST_ORIGIN, origin - CALIBRATED), origin):
            ahead = origin - past
            ratios[past, ahead] = range_ratio(known, fits[past], ahead, ceiling=ceiling)
        fits[origin] = fit(known, calibration(ratios))
    return fits


def past_forecasts(
    panel: Panel,
    fits: Mapping[int, Fit],
    areas: Sequence[str],
    settings: DrawSettings,
    *,
    horizon: int = HORIZON,
) -> pd.DataFrame:
    """What the model would have forecast at each past origin, with what was counted."""
    parts = []
    for origin, model in fits.items():
        ahead = min(horizon, panel.origin - origin)
        if ahead < 1:
            continue
        known = panel.up_to(origin)
        counted = set(known.authorities)
        codes = [code for code in areas if code in counted]
        quantiles = draw(known, model, codes, settings, horizon=ahead).quantiles(LEVELS)
        index = pd.MultiIndex.from_product(
            [codes, range(1, ahead + 1)], names=["area_code", "horizon"]
        )
        columns = {name: values.ravel() for name, values in zip(QUANTILES, quantiles, strict=True)}
        actual = panel.plans.loc[codes, origin + 1 : origin + ahead].to_numpy(dtype=float)
        columns |= {"actual": actual.ravel(), "forecast": columns["q500"]}
        rows = pd.DataFrame(columns, index=index).reset_index()
        parts.append(rows.assign(method="pooled", origin=origin))
    return pd.concat(parts, ignore_index=True).dropna(subset=["actual"])


def range_ratio(panel: Panel, model: Fit, ahead: int, *, ceiling: float) -> float:
    """By how much errors outgrew the range before calibration; one if eight in ten were inside."""
    plain = replace(model, calibration=np.ones(1))
    then = panel.up_to(model.origin)
    has_both = (panel.plans[[model.origin, model.origin + ahead]] > 0).all(axis=1)
    areas = [code for code in then.authorities if has_both[code]]
    settings = DrawSettings(_CALIBRATION_DRAWS, _CALIBRATION_SEED, ceiling)
    draws = draw(then, plain, areas, settings, horizon=ahead)
    low, middle, high = np.log(draws.quantiles((0.1, 0.5, 0.9))[:, :, -1])
    actual = np.log(panel.plans.loc[areas, model.origin + ahead].to_numpy(dtype=float))
    return float(np.nanquantile(np.abs(actual - middle) / ((high - low) / 2), 0.8))


def calibration(ratios: Mapping[tuple[int, int], float]) -> Floats:
    """By how much to widen each horizon: the geometric mean of its ratios, shrunk to one."""
    widths = []
    for ahead in range(1, CALIBRATED + 1):
        logs = [np.log(ratio) for (_, horizon), ratio in ratios.items() if horizon == ahead]
        widths.append(np.exp(sum(logs) / (len(logs) + PRIOR_YEARS)))
    return np.asarray(widths)


def read_fits(source: Path, **names: tuple[str, ...]) -> dict[str, Any]:
    """The stored model of each origin, if it was made for these names by this version."""
    content = json.loads(source.read_text(encoding="utf-8"))
    wrong = [f"version is {content.get('version')}, not {VERSION}"]
    wrong *= content.get("version") != VERSION
    wrong += [
        f"{what} are not the ones used here"
        for what, each in names.items()
        if content.get(what) != list(each)
    ]
    remedy = "run: sendlib forecast fit"
    problems = [Problem("fits_unusable", f"its {text}", source.name, remedy) for text in wrong]
    raise_any(NotBuiltError, "The national fit cannot be used.", problems)
    return dict(content["fits"])


def national_fits(path: Path | None = None) -> dict[int, Fit]:
    """The model of each origin, from the file that is shipped or another."""
    source = path or Path(str(files("sendlib.forecast") / FILE))
    entries = read_fits(source, features=tuple(FEATURES))
    return {int(origin): _to_fit(int(origin), entry) for origin, entry in entries.items()}


def fit_of(fits: Mapping[int, Fit], origin: int) -> Fit:
    """The model of one origin: its own, or the newest fitted before it."""
    earlier = [known for known in fits if known <= origin]
    if not earlier:
        problem = Problem(
            "january_without_fits",
            f"the fits are for January {min(fits)} to {max(fits)}",
            f"January {origin}",
            "make one with: sendlib forecast fit",
        )
        raise NotBuiltError(f"There is no national fit for January {origin}.", [problem])
    return fits[max(earlier)]


def store_fits(
    fits: Mapping[int, Fit], inputs: Sequence[Mapping[str, str]], path: Path, *, ceiling: float
) -> None:
    """Write the model of each origin, with the files that it was fitted on."""
    content = {
        "version": VERSION,
        "features": list(FEATURES),
        "ceiling": ceiling,
        "fitted_on": [{"title": entry["title"], "sha256": entry["sha256"]} for entry in inputs],
        "fits": {
            str(origin): {
                name: _rounded(value)
                for name, value in {**vars(model.regression), **vars(model)}.items()
                if name not in ("origin", "regression")
            }
            for origin, model in fits.items()
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _to_fit(origin: int, entry: Mapping[str, Any]) -> Fit:
    values: dict[str, Any] = {
        name: np.asarray(value) if isinstance(value, list) else value
        for name, value in entry.items()
    }
    parts = {one.name: values.pop(one.name) for one in fields(Regression)}
    for name in ("centre", "scale"):
        parts[name] = pd.Series(parts[name], index=list(FEATURES))
    return Fit(origin=origin, regression=Regression(**parts), **values)


def _rounded(value: Any) -> Any:
    if isinstance(value, pd.Series | np.ndarray):
        return [_rounded(one) for one in value]
    return value if isinstance(value, int) else float(f"{value:.{_DIGITS}g}")
