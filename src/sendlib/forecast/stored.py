"""Forecasts of published packs, stored in ``outputs/forecasts.csv`` to be compared with counts."""

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from sendlib import __version__
from sendlib.authority import Authority
from sendlib.files import write_whole
from sendlib.forecast.fits import FILE
from sendlib.forecast.projection import Projection
from sendlib.indicators import total_plans
from sendlib.ranges import LEVELS, QUANTILES

NAME = "forecasts.csv"
_KEY = ["area_code", "as_of", "scenario", "model", "census_year"]
_COLUMNS = {
    "as_of": "made from",
    "census_year": "counted in",
    "scenario": "scenario",
    "model": "model",
    "q100": "low",
    "q500": "middle",
    "q900": "high",
}


def store(projection: Projection, folder: Path) -> Path:
    """Add a projection to those in a folder, the project's outputs, once; gives the file."""
    quantiles = np.quantile(projection.plans, LEVELS, axis=0).round(1)
    new = pd.DataFrame(
        {
            "area_code": projection.area_code,
            "as_of": projection.origin,
            "scenario": projection.scenario.slug,
            "model": model_version(),
            "census_year": projection.draws.census_years,
            **dict(zip(QUANTILES, quantiles, strict=True)),
        }
    )
    rows = pd.concat([read_stored(folder), new], ignore_index=True)
    rows = rows.drop_duplicates(_KEY).sort_values(_KEY)
    folder.mkdir(parents=True, exist_ok=True)
    content = rows.to_csv(index=False, lineterminator="\n").encode()
    return write_whole(folder / NAME, content)


def read_stored(folder: Path) -> pd.DataFrame:
    """Every projection stored in a folder; empty where none is."""
    path = folder / NAME
    if not path.is_file():
        return pd.DataFrame(columns=[*_KEY, *QUANTILES])
    return pd.read_csv(path, dtype={"area_code": str, "scenario": str, "model": str})


def stored_projections(authority: Authority, folder: Path | None = None) -> pd.DataFrame:
    """Projections of earlier packs of one authority that a count has overtaken.

    They are read from the outputs of its project, or from another folder.

    Returns
    -------
    pd.DataFrame
        ``made from`` and ``counted in`` (Januaries), ``scenario``, ``model``, ``low``,
        ``middle``, ``high`` (the range of 8 outcomes in 10) and ``counted`` [plans];
        empty where there is none.
    """
    stored = read_stored(folder or authority.project.outputs)
    plans = total_plans(authority.load("ehcp_caseload")).T[authority.code]
    own = stored[(stored["area_code"] == authority.code) & (stored["as_of"] < authority.as_of)]
    own = own[own["census_year"] <= authority.as_of]
    counted = own.assign(counted=own["census_year"].map(plans)).dropna(subset=["counted"])
    return counted.rename(columns=_COLUMNS)[[*_COLUMNS.values(), "counted"]]


def model_version() -> str:
    """The version of the program and of the national fit it ships."""
    content = (files("sendlib.forecast") / FILE).read_bytes()
    return f"{__version__}+{hashlib.sha256(content).hexdigest()[:8]}"
