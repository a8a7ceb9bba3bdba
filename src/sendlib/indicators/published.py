"""Indicators and outcomes that a department publishes as they are."""

from collections.abc import Sequence

import pandas as pd

from sendlib import given
from sendlib.areas import choose_areas
from sendlib.indicators.frames import AREA, measure_frame, with_figures
from sendlib.periods import academic_year_end
from sendlib.vocabulary import ChildGroup, OutcomeMeasure

_INDICATOR = (*AREA, "indicator", "year", "period", "value", "unit", "source_id")


def indicator(
    table: pd.DataFrame, name: str, *, areas: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """One published indicator of every area each year; its unit is in its name.

    Parameters
    ----------
    table : pd.DataFrame
        Table ``indicator`` of an authority.
    name : str
        A value of its column ``indicator``, such as "pupils_with_ehcp_pct".
    areas : str or list, optional
        Names or codes; all otherwise.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``area_name``, ``area_type``, ``year`` (in which the period
        ends), ``period`` (as published), and a column with the indicator's name.
        Years without a figure of any area are left out.

    Raises
    ------
    DataError
        If it is another table.
    ParameterError
        If there is no such indicator.
    NotHeldError
        If the table has such figures, and not of such an area.
    """
    given.check_table(table, _INDICATOR, "indicator")
    if len(table):
        given.check_known(name, table["indicator"].unique(), "name")
    rows = table[table["indicator"] == name].rename(columns={"value": name})
    made = choose_areas(with_figures(rows, name), areas)
    return measure_frame(
        made,
        ["year", "period", name],
        measure=name,
        what=f"{_words(name)} [{', '.join(rows['unit'].unique())}]",
        source_ids=made["source_id"].unique(),
    )


def _words(name: str) -> str:
    """A short name as words: pupils with EHC plan."""
    return name.removesuffix("_pct").replace("_", " ").replace("ehcp", "EHC plan")


def outcome_by_year(outcomes: pd.DataFrame, name: str, group: str) -> pd.DataFrame:
    """The rows of one outcome and group of children, with the year in which each ends.

    Returns
    -------
    pd.DataFrame
        The columns of table ``outcome``, with ``year`` and ``period`` (the academic
        year in full).
    """
    needed = ("area_code", "academic_year", "outcome", "group", "value")
    given.check_table(outcomes, needed, "outcome")
    given.check_known(name, OutcomeMeasure, "name")
    given.check_known(group, ChildGroup, "group")
    rows = outcomes[(outcomes["outcome"] == name) & (outcomes["group"] == group)]
    year = rows["academic_year"].map(academic_year_end).astype("int64")
    return rows.assign(year=year, period=rows["academic_year"])


def _words(indicator: str) -> str:
    """An indicator's name in words: pupils with EHC plan."""
    return indicator.removesuffix("_pct").replace("_", " ").replace("ehcp", "EHC plan")
