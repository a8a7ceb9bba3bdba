"""Both models at every past January, widened by errors known by then: fitted, stored, read.

References
----------
- Gneiting, T., Balabdaoui, F. and Raftery, A. E. (2007). Probabilistic forecasts, calibration and
  sharpness. Journal of the Royal Statistical Society B 69(2), 243-268.
- Lei, J., G'Sell, M., Rinaldo, A., Tibshirani, R. J. and Wasserman, L. (2018). Distribution-free
  predictive inference for regression. Journal of the American Statistical Association 113(523),
  1094-1111: ranges widened by a quantile of errors over their range.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from sendlib.errors import NotBuiltError, Problem, raise_any
from sendlib.forecast.draws import DrawSettings, draw
from sendlib.forecast.model import (
    FIRST_TRAINED,
    PRIOR_YEARS,
    Fit,
    Floats,
    fit,
)
from sendlib.forecast.panel import FEATURES, Panel
from sendlib.forecast.place_model import FIRST_FITTED, PlaceFit, draw_shares, fit_places
from sendlib.forecast.places import FEWEST, KINDS, PlaceCounts, log_shares
from sendlib.ranges import LEVELS, QUANTILES

FIRST_ORIGIN = FIRST_TRAINED + 1
CALIBRATED = 5  # horizons calibrated one by one
HORIZON = 5  # most years ahead of a forecast from the past
VERSION = 1
FILE, PLACE_FILE = "national_fit.json", "place_fit.json"
_FIRST_PLACE_ORIGIN = FIRST_FITTED + 2
_DRAWS, _SEED = 1000, 1  # of calibration
_PLACE_DRAWS, _PLACE_SEED = 400, 2
_DIGITS, _PLACE_DIGITS = 10, 6  # significant ones: a covariance is small
Model = TypeVar("Model", Fit, PlaceFit)


def fit_history(panel: Panel, *, ceiling: float) -> dict[int, Fit]:
    """The model as it would have been known at each origin, the last one included."""
    fits: dict[int, Fit] = {}
    logs: dict[tuple[int, int], float] = {}
    for origin in range(FIRST_ORIGIN, panel.origin + 1):
        known = panel.up_to(origin)
        for past in range(max(FIRST_ORIGIN, origin - CALIBRATED), origin):
            ahead = origin - past
            ratio = range_ratio(known, fits[past], ahead, ceiling=ceiling)
            logs[past, ahead] = float(np.log(ratio))
        fits[origin] = fit(known, calibration(logs, 0.0))
    return fits


def fit_place_history(counts: PlaceCounts) -> dict[int, PlaceFit]:
    """The model of kinds of place at each origin, the last January included."""
    fits: dict[int, PlaceFit] = {}
    logs: dict[tuple[int, int], Floats] = {}
    for origin in range(_FIRST_PLACE_ORIGIN, counts.years[-1] + 1):
        known = counts.up_to(origin)
        for past in range(max(_FIRST_PLACE_ORIGIN, origin - CALIBRATED), origin):
            logs[past, origin - past] = _place_ratio(known, fits[past])
        fits[origin] = fit_places(known, calibration(logs, np.zeros(len(KINDS))))
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
    settings = DrawSettings(_DRAWS, _SEED, ceiling)
    draws = draw(then, plain, areas, settings, horizon=ahead)
    low, middle, high = np.log(draws.quantiles((0.1, 0.5, 0.9))[:, :, -1])
    actual = np.log(panel.plans.loc[areas, model.origin + ahead].to_numpy(dtype=float))
    return float(np.nanquantile(np.abs(actual - middle) / ((high - low) / 2), 0.8))


def _place_ratio(counts: PlaceCounts, fit: PlaceFit) -> Floats:
    """By how much errors of shares outgrew the range of 80%, by kind, given the plans. [log]"""
    last = counts.years[-1]
    own = counts.only([code for code in counts.areas if code.isdigit()])
    start, end = own.start(fit.origin), own.at(last)
    known = np.flatnonzero(np.isfinite(start + end).all(axis=1))
    areas = [own.areas[row] for row in known]
    start, end = start[known], end[known]
    ahead = np.arange(1, last - fit.origin + 1)
    growth = np.outer(np.log(end.sum(axis=1) / start.sum(axis=1)), ahead / ahead[-1])
    plain = replace(fit, widths=np.ones((1, len(KINDS))))
    repeated = np.repeat(growth[:, None], _PLACE_DRAWS, axis=1)
    shares = draw_shares(plain, areas, start, repeated, seed=_PLACE_SEED)[:, :, -1]
    low, middle, high = np.log(np.quantile(shares, (0.1, 0.5, 0.9), axis=1))
    ratio = np.abs(log_shares(end) - middle) / ((high - low) / 2)
    ratio[start < FEWEST] = np.nan
    return np.asarray(np.log(np.nanquantile(ratio, 0.8, axis=0)))


def calibration(logs: Mapping[tuple[int, int], float | Floats], none: float | Floats) -> Floats:
    """By how much to widen each horizon: geometric means of ratios, shrunk to one."""
    widths = []
    for ahead in range(1, CALIBRATED + 1):
        known = [log for (_, horizon), log in logs.items() if horizon == ahead]
        widths.append(np.exp((none + sum(known)) / (len(known) + PRIOR_YEARS)))
    return np.asarray(widths)


def national_fits(path: Path | None = None) -> dict[int, Fit]:
    """The model of each origin, from the file that is shipped or another."""
    fits = _read(path or Path(str(files("sendlib.forecast") / FILE)), Fit, features=tuple(FEATURES))
    return {
        origin: replace(
            each,
            centre=pd.Series(each.centre, list(FEATURES)),
            scale=pd.Series(each.scale, list(FEATURES)),
        )
        for origin, each in fits.items()
    }


def national_place_fits(path: Path | None = None) -> dict[int, PlaceFit]:
    """The model of kinds of place of each origin, from the file that is shipped or another."""
    return _read(path or Path(str(files("sendlib.forecast") / PLACE_FILE)), PlaceFit, kinds=KINDS)


def _read(source: Path, kind: type[Model], **names: tuple[str, ...]) -> dict[int, Model]:
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
    return {
        int(origin): kind(origin=int(origin), **_arrays(entry))
        for origin, entry in content["fits"].items()
    }


def newest_fit(fits: Mapping[int, Model], origin: int) -> Model | None:
    """The model of one origin: its own, or the newest fitted before it; none before the first."""
    earlier = [known for known in fits if known <= origin]
    return fits[max(earlier)] if earlier else None


def fit_of(fits: Mapping[int, Fit], origin: int) -> Fit:
    """As :func:`newest_fit`, of the plans; there has to be one."""
    fit = newest_fit(fits, origin)
    if fit is None:
        problem = Problem(
            "january_without_fits",
            f"the fits are for January {min(fits)} to {max(fits)}",
            f"January {origin}",
            "make one with: sendlib forecast fit",
        )
        raise NotBuiltError(f"There is no national fit for January {origin}.", [problem])
    return fit


def store_fits(
    fits: Mapping[int, Fit], inputs: Sequence[Mapping[str, str]], path: Path, *, ceiling: float
) -> None:
    """Write the model of each origin, with the files that it was fitted on."""
    names = {"features": list(FEATURES), "ceiling": ceiling}
    content = {**names, **_content(fits, inputs, _DIGITS)}
    path.write_text(json.dumps({"version": VERSION, **content}, indent=1) + "\n", encoding="utf-8")


def store_place_fits(
    fits: Mapping[int, PlaceFit], inputs: Sequence[Mapping[str, str]], path: Path
) -> None:
    """Write the model of kinds of place of each origin, with the files it was fitted on."""
    content = {"kinds": list(KINDS), **_content(fits, inputs, _PLACE_DIGITS)}
    path.write_text(json.dumps({"version": VERSION, **content}) + "\n", encoding="utf-8")


def _content(
    fits: Mapping[int, Fit] | Mapping[int, PlaceFit],
    inputs: Sequence[Mapping[str, str]],
    digits: int,
) -> dict[str, Any]:
    fitted_on = [{"title": entry["title"], "sha256": entry["sha256"]} for entry in inputs]
    entries = {
        str(origin): {
            name: _plain(value, digits) for name, value in vars(fit).items() if name != "origin"
        }
        for origin, fit in fits.items()
    }
    return {"fitted_on": fitted_on, "fits": entries}


def _plain(value: Any, digits: int) -> Any:
    if isinstance(value, Mapping):
        return {code: np.round(own, 3).tolist() for code, own in value.items()}
    if isinstance(value, pd.Series | np.ndarray):
        return [_plain(one, digits) for one in value]
    return value if isinstance(value, int) else float(f"{value:.{digits}g}")


def _arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _arrays(own) for name, own in value.items()}
    return np.asarray(value) if isinstance(value, list) else value
