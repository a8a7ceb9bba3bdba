"""Forecasts of published packs, saved so that they can be compared with the counts that follow.

One file for a project, ``outputs/forecasts.csv``: a row for each January
foreseen, once for each authority, January looked from, scenario and version of
the model. A forecast that is made again is not saved twice.
"""

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from sendlib import __version__
from sendlib.authority import Authority
from sendlib.files import write_whole
from sendlib.forecast.national import FILE
from sendlib.forecast.projection import Projection
from sendlib.indicators import total_plans
from sendlib.ranges import LEVELS, QUANTILES

NAME = "forecasts.csv"
_KEY = ["area_code", "as_of", "scenario", "model", "census_year"]
_SHOWN = {
    "as_of": "made from",
    "census_year": "counted in",
    "scenario": "scenario",
    "model": "model",
    "q100": "low",
    "q500": "middle",
    "q900": "high",
}


def save(projection: Projection, folder: Path) -> Path:
    """Add a projection to those saved in a folder, the project's outputs; gives the file."""
    path = folder / NAME
    rows = pd.concat([read_saved(folder), _rows(projection)], ignore_index=True)
    rows = rows.drop_duplicates(_KEY).sort_values(_KEY)
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(path, rows.to_csv(index=False, lineterminator="\n").encode())


def read_saved(folder: Path) -> pd.DataFrame:
    """Every projection saved in a folder; empty where none is."""
    path = folder / NAME
    if not path.is_file():
        return pd.DataFrame(columns=[*_KEY, *QUANTILES])
    return pd.read_csv(path, dtype={"area_code": str, "scenario": str, "model": str})


def saved_projections(authority: Authority, folder: Path | None = None) -> pd.DataFrame:
    """Projections of earlier packs of one authority that a count has overtaken.

    They are read from the outputs of its project, or from another folder.

    Returns
    -------
    pd.DataFrame
        ``made from`` and ``counted in`` (Januaries), ``scenario``, ``model``, ``low``,
        ``middle``, ``high`` (the range of 8 outcomes in 10) and ``counted`` [plans];
        empty where there is none.
    """
    saved = read_saved(folder or authority.project.outputs)
    plans = total_plans(authority.load("ehcp_caseload")).T[authority.code]
    mine = saved[(saved["area_code"] == authority.code) & (saved["as_of"] < authority.as_of)]
    mine = mine[mine["census_year"] <= authority.as_of]
    counted = mine.assign(counted=mine["census_year"].map(plans)).dropna(subset=["counted"])
    return counted.rename(columns=_SHOWN)[[*_SHOWN.values(), "counted"]]


def model_version() -> str:
    """The version of the program and of the national fit it ships."""
    content = (files("sendlib.forecast") / FILE).read_bytes()
    return f"{__version__}+{hashlib.sha256(content).hexdigest()[:8]}"


def _rows(projection: Projection) -> pd.DataFrame:
    quantiles = np.quantile(projection.plans, LEVELS, axis=0).round(1)
    return pd.DataFrame(
        {
            "area_code": projection.area_code,
            "as_of": projection.origin,
            "scenario": projection.scenario.slug,
            "model": model_version(),
            "census_year": projection.draws.census_years,
            **dict(zip(QUANTILES, quantiles, strict=True)),
        }
    )
