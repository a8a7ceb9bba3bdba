"""Forecasts that were given, kept so that they can be held against what came.

One file for a project, ``outputs/forecasts.csv``: a row for each January
foreseen, once for each authority, January looked from, scenario and version of
the model. A forecast that is made again is not kept twice.
"""

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from sendlib import __version__
from sendlib.files import write_whole
from sendlib.forecast.national import FILE
from sendlib.forecast.outlook import Outlook
from sendlib.ranges import LEVELS, QUANTILES

NAME = "forecasts.csv"
_KEY = ["area_code", "as_of", "scenario", "model", "census_year"]


def keep(outlook: Outlook, scenario: str, folder: Path) -> Path:
    """Add a forecast to those kept in a folder.

    Parameters
    ----------
    outlook : Outlook
        What was forecast.
    scenario : str
        Under which scenario.
    folder : Path
        The project's outputs.

    Returns
    -------
    Path
        The file.
    """
    path = folder / NAME
    rows = pd.concat([read_kept(folder), _rows(outlook, scenario)], ignore_index=True)
    rows = rows.drop_duplicates(_KEY).sort_values(_KEY)
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(path, rows.to_csv(index=False, lineterminator="\n").encode())


def read_kept(folder: Path) -> pd.DataFrame:
    """Every forecast kept in a folder; empty where none is.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``as_of``, ``scenario``, ``model``, ``census_year`` and
        ``QUANTILES``. [plans]
    """
    path = folder / NAME
    if not path.is_file():
        return pd.DataFrame(columns=[*_KEY, *QUANTILES])
    return pd.read_csv(path, dtype={"area_code": str, "scenario": str, "model": str})


def kept_and_counted(kept: pd.DataFrame, plans: pd.Series, as_of: int) -> pd.DataFrame:
    """Kept forecasts of one authority that have been overtaken by a count.

    Parameters
    ----------
    kept : pd.DataFrame
        As made by ``read_kept``, one authority's rows.
    plans : pd.Series
        Its counts by ``census_year``. [plans]
    as_of : int
        The January looked from: forecasts made from it, or later, are left out.

    Returns
    -------
    pd.DataFrame
        The rows with ``actual`` [plans].
    """
    earlier = kept[(kept["as_of"] < as_of) & (kept["census_year"] <= as_of)]
    return earlier.assign(actual=earlier["census_year"].map(plans)).dropna(subset=["actual"])


def model_version() -> str:
    """The version of the program and of the national fit it ships."""
    content = (files("sendlib.forecast") / FILE).read_bytes()
    return f"{__version__}+{hashlib.sha256(content).hexdigest()[:8]}"


def _rows(outlook: Outlook, scenario: str) -> pd.DataFrame:
    quantiles = np.quantile(outlook.plans, LEVELS, axis=0).round(1)
    return pd.DataFrame(
        {
            "area_code": outlook.area_code,
            "as_of": outlook.origin,
            "scenario": scenario,
            "model": model_version(),
            "census_year": outlook.futures.census_years,
            **dict(zip(QUANTILES, quantiles, strict=True)),
        }
    )
