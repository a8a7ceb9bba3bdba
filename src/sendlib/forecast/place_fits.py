"""The model of kinds of place at every past January: fitted, calibrated, stored, read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from sendlib.forecast.fits import CALIBRATED, VERSION, read_fits
from sendlib.forecast.place_draws import draw_shares
from sendlib.forecast.place_model import FIRST_FITTED, PlaceFit, fit_places
from sendlib.forecast.places import FEWEST, KINDS, Floats, PlaceCounts, log_shares

FIRST_ORIGIN = FIRST_FITTED + 2
PRIOR_RATIOS = 3.0  # that no widening is worth
FILE = "place_fit.json"
_DRAWS, _SEED = 400, 2
_DIGITS = 6


def fit_place_history(counts: PlaceCounts) -> dict[int, PlaceFit]:
    """The model as it would have been known at each origin, the last January included."""
    fits: dict[int, PlaceFit] = {}
    ratios: dict[tuple[int, int], Floats] = {}
    for origin in range(FIRST_ORIGIN, counts.years[-1] + 1):
        known = counts.up_to(origin)
        for past in range(max(FIRST_ORIGIN, origin - CALIBRATED), origin):
            ratios[past, origin - past] = _log_ratio(known, fits[past])
        fits[origin] = fit_places(known, _widths(ratios))
    return fits


def _log_ratio(counts: PlaceCounts, fit: PlaceFit) -> Floats:
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
    repeated = np.repeat(growth[:, None], _DRAWS, axis=1)
    shares = draw_shares(plain, areas, start, repeated, seed=_SEED)[:, :, -1]
    low, middle, high = np.log(np.quantile(shares, (0.1, 0.5, 0.9), axis=1))
    ratio = np.abs(log_shares(end) - middle) / ((high - low) / 2)
    ratio[start < FEWEST] = np.nan
    return np.asarray(np.log(np.nanquantile(ratio, 0.8, axis=0)))


def _widths(ratios: Mapping[tuple[int, int], Floats]) -> Floats:
    """By how much to widen each horizon and kind: geometric means, shrunk to one."""
    widths = np.ones((CALIBRATED, len(KINDS)))
    for ahead in range(1, CALIBRATED + 1):
        logs = [ratio for (_, horizon), ratio in ratios.items() if horizon == ahead]
        if logs:
            widths[ahead - 1] = np.exp(np.sum(logs, axis=0) / (len(logs) + PRIOR_RATIOS))
    return widths


def national_place_fits(path: Path | None = None) -> dict[int, PlaceFit]:
    """The model of each origin, from the file that is shipped or another."""
    entries = read_fits(path or Path(str(files("sendlib.forecast") / FILE)), kinds=KINDS)
    return {int(origin): _to_fit(int(origin), entry) for origin, entry in entries.items()}


def place_fit_of(fits: Mapping[int, PlaceFit], origin: int) -> PlaceFit | None:
    """The model of one origin: its own, or the newest fitted before it; none before the first."""
    earlier = [known for known in fits if known <= origin]
    return fits[max(earlier)] if earlier else None


def store_place_fits(
    fits: Mapping[int, PlaceFit], inputs: Sequence[Mapping[str, str]], path: Path
) -> None:
    """Write the model of each origin, with the files that it was fitted on."""
    content = {
        "version": VERSION,
        "kinds": list(KINDS),
        "fitted_on": [{"title": entry["title"], "sha256": entry["sha256"]} for entry in inputs],
        "fits": {
            str(origin): {
                each.name: _plain(getattr(fit, each.name))
                for each in fields(fit)
                if each.name != "origin"
            }
            for origin, fit in fits.items()
        },
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {code: np.round(own, 3).tolist() for code, own in value.items()}
    if isinstance(value, np.ndarray):
        return [_plain(each) for each in value]
    return value if isinstance(value, int) else float(f"{value:.{_DIGITS}g}")


def _to_fit(origin: int, entry: Mapping[str, Any]) -> PlaceFit:
    values: dict[str, Any] = {
        name: np.asarray(value) if isinstance(value, list) else value
        for name, value in entry.items()
    }
    values["volatility"] = {code: np.asarray(own) for code, own in entry["volatility"].items()}
    return PlaceFit(origin=origin, **values)
