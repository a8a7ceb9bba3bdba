"""Breaks: years from which an indicator, or an authority, is not what it was before.

Nothing is compared across a break. A break of an indicator is a change of what is
counted; a break of an authority is its own beginning, when areas were reorganised.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from sendlib.errors import DataError, Problem, raise_any

COLUMNS = ("indicator", "first_year", "last_year", "what_changed")


@cache
def known_breaks() -> pd.DataFrame:
    """Breaks of the indicators that the tables hold, and of the plans in force.

    They come from the methods in the data dictionary of the department's tool
    and in its releases. A year between ``first_year`` and ``last_year`` stands
    alone; years before and after are not compared with it or with each other.

    Returns
    -------
    pd.DataFrame
        ``indicator``, ``first_year``, ``last_year``, ``what_changed``.
    """
    with (files("sendlib.compare") / "breaks.csv").open(encoding="utf-8") as source:
        return pd.read_csv(source)


def breaks_under(names: Mapping[str, str]) -> pd.DataFrame:
    """The known breaks under the names that a page gives its series.

    Parameters
    ----------
    names : Mapping[str, str]
        By the name of a series, the indicator whose breaks it has; an indicator
        without a break gives none.

    Returns
    -------
    pd.DataFrame
        As ``known_breaks``.
    """
    known = known_breaks()
    parts = [known[known["indicator"] == like].assign(indicator=own) for own, like in names.items()]
    return pd.concat([known.iloc[:0], *parts], ignore_index=True)[list(COLUMNS)]


def check_breaks(breaks: pd.DataFrame) -> None:
    """Refuse a table of breaks that lacks a column, or ends one before it begins."""
    missing = [Problem(f"column {name} is missing") for name in COLUMNS if name not in breaks]
    raise_any(DataError, "The breaks cannot be used.", missing)
    backward = breaks[breaks["last_year"] < breaks["first_year"]]
    problems = [
        Problem(f"{row.indicator} breaks from {row.first_year} to {row.last_year}")
        for row in backward.itertuples()
    ]
    raise_any(DataError, "The breaks cannot be used.", problems)


def unbroken(
    rows: pd.DataFrame, breaks: pd.DataFrame, *, areas: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The rows that may be set beside the last year of their series.

    Parameters
    ----------
    rows : pd.DataFrame
        ``indicator``, ``year`` and, where areas are given, ``area_code``.
    breaks : pd.DataFrame
        As ``known_breaks``.
    areas : pd.DataFrame, optional
        Table ``area``: what an authority was before it began is left out, and
        what is dated after its end.

    Returns
    -------
    pd.DataFrame
        The same columns; years since the last break only. A series whose last
        year lies inside a break keeps that year alone.
    """
    check_breaks(breaks)
    kept = rows if areas is None else _of_one_authority(rows, areas)
    by = [name for name in ("area_code", "indicator") if name in kept]
    last = kept.groupby(by)["year"].transform("max")
    start = _start(kept.assign(_last=last), breaks)
    return kept[kept["year"] >= start]


def _start(kept: pd.DataFrame, breaks: pd.DataFrame) -> pd.Series:
    """The first year that is alike with the last of each row's series."""
    start = np.zeros(len(kept), dtype=int)
    indicator, last = kept["indicator"].to_numpy(), kept["_last"].to_numpy()
    for name, first_year, last_year in breaks[["indicator", "first_year", "last_year"]].to_numpy():
        touched = (indicator == name) & (last >= first_year)
        after = first_year if first_year == last_year else last_year + 1
        begins = np.where(last <= last_year, last, after)
        start = np.where(touched, np.maximum(start, begins.astype(int)), start)
    return pd.Series(start, index=kept.index)


def _of_one_authority(rows: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    by_code = areas.set_index("area_code")
    first = rows["area_code"].map(by_code["first_census"])
    last = rows["area_code"].map(by_code["last_census"])
    return rows[~((rows["year"] < first) | (rows["year"] > last))]
