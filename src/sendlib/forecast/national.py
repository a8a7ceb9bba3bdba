"""The national fit: the model of every origin, fitted on all authorities, as one file.

It is made by ``sendlib forecast fit`` from the departments' whole files and
shipped, so that a project that holds thirteen areas forecasts with what all
authorities taught. It says which files it was fitted on, and is refused when
its features are not the ones that this version computes.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.forecast.panel import FEATURES
from sendlib.forecast.pooled import GRID, Fit
from sendlib.forecast.regression import Regression

VERSION = 1
FILE = "national_fit.json"
_DIGITS = 10  # that count, whatever the size: a covariance is small


def national_fits(path: Path | None = None) -> dict[int, Fit]:
    """The model of each origin."""
    source = path or Path(str(files("sendlib.forecast") / FILE))
    content = json.loads(source.read_text(encoding="utf-8"))
    _check(content, source.name)
    return {int(origin): _to_fit(int(origin), entry) for origin, entry in content["fits"].items()}


def fit_of(fits: Mapping[int, Fit], origin: int) -> Fit:
    """The model of one origin."""
    if origin not in fits:
        problem = Problem(
            f"the fits are for January {min(fits)} to {max(fits)}",
            f"January {origin}",
            "make one with: sendlib forecast fit --data FOLDER",
        )
        raise NotAvailableError(f"There is no national fit for January {origin}.", [problem])
    return fits[origin]


def save_fits(
    fits: Mapping[int, Fit], inputs: Sequence[Mapping[str, str]], path: Path, *, ceiling: float
) -> None:
    """Write the model of each origin, with the files that it was fitted on."""
    content = {
        "version": VERSION,
        "features": list(FEATURES),
        "ceiling": ceiling,
        "fitted_on": [{"title": entry["title"], "sha256": entry["sha256"]} for entry in inputs],
        "fits": {str(origin): _from_fit(model) for origin, model in fits.items()},
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _check(content: Mapping[str, Any], name: str) -> None:
    problems = []
    if content.get("version") != VERSION:
        problems.append(Problem(f"its version is {content.get('version')}, not {VERSION}", name))
    if content.get("features") != list(FEATURES):
        problems.append(Problem("its features are not the ones computed here", name))
    if any(len(entry["shocks"]) != len(GRID) for entry in content.get("fits", {}).values()):
        problems.append(Problem(f"its errors are not at the {len(GRID)} quantiles used here", name))
    remedy = Problem("make a new one", remedy="run: sendlib forecast fit --data FOLDER")
    raise_any(
        NotAvailableError, "The national fit cannot be used.", problems and [*problems, remedy]
    )


def _from_fit(model: Fit) -> dict[str, Any]:
    regression = model.regression
    return {
        "centre": _rounded(regression.centre),
        "scale": _rounded(regression.scale),
        "coefficients": _rounded(regression.coefficients),
        "covariance": [_rounded(row) for row in regression.covariance],
        "shrinkage": model.shrinkage,
        "persistence": _round(model.persistence),
        "shock_correlation": _round(model.shock_correlation),
        "shocks": _rounded(model.shocks),
        "year_sd": _round(model.year_sd),
        "calibration": _rounded(model.calibration),
        "authorities": model.authorities,
        "years": model.years,
    }


def _to_fit(origin: int, entry: Mapping[str, Any]) -> Fit:
    names = list(FEATURES)
    regression = Regression(
        pd.Series(entry["centre"], index=names),
        pd.Series(entry["scale"], index=names),
        np.asarray(entry["coefficients"]),
        np.asarray(entry["covariance"]),
    )
    return Fit(
        origin=origin,
        regression=regression,
        shrinkage=entry["shrinkage"],
        persistence=entry["persistence"],
        shock_correlation=entry["shock_correlation"],
        shocks=np.asarray(entry["shocks"]),
        year_sd=entry["year_sd"],
        calibration=np.asarray(entry["calibration"]),
        authorities=entry["authorities"],
        years=entry["years"],
    )


def _rounded(values: Any) -> list[float]:
    return [_round(value) for value in values]


def _round(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
