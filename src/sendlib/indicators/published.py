"""Indicators and outcomes that a department publishes as they are."""

from collections.abc import Sequence

import pandas as pd

from sendlib import validation
from sendlib.areas import choose_areas
from sendlib.indicators.caseload import mainstream_share
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
    NotAvailableError
        If the table has such figures, and not of such an area.
    """
    validation.check_table(table, _INDICATOR, "indicator")
    if len(table):
        validation.check_known(name, table["indicator"].unique(), "name")
    rows = table[table["indicator"] == name].rename(columns={"value": name})
    made = choose_areas(with_figures(rows, name), areas)
    return measure_frame(
        made,
        ["year", "period", name],
        measure=name,
        what=f"{_words(name)} [{', '.join(rows['unit'].unique())}]",
        source_ids=made["source_id"].unique(),
    )


def mainstream_two_ways(
    caseload: pd.DataFrame, strategy: pd.DataFrame, *, areas: Sequence[str], year: int = 2019
) -> pd.DataFrame:
    """Share of plans in mainstream with and without independent schools, and as published.

    Parameters
    ----------
    caseload, strategy : pd.DataFrame
        Tables ``ehcp_caseload`` and ``strategy_figure`` of an authority.
    areas : list
        Names or codes.
    year : int
        The January of which the strategy published a share.

    Returns
    -------
    pd.DataFrame
        Index ``Area``: "With independent schools", "State schools only" and "Published
        in the strategy"; missing where there is none. [share, 0 to 1]
    """
    published = strategy[strategy["measure"].str.startswith("EHCPs placed in mainstream")]
    both = [
        mainstream_share(caseload, with_independent=each, areas=areas) for each in (True, False)
    ]
    january = [share[share["census_year"] == year].set_index("area_code") for share in both]
    made = pd.DataFrame(
        {
            "Area": january[0]["area_name"],
            "With independent schools": january[0]["share"],
            "State schools only": january[1]["share"],
            "Published in the strategy": published.set_index("area_code")["value"] / 100,
        }
    ).reindex(january[0].index)
    made = made.set_index("Area")
    made.attrs = {
        "what": f"Share of plans in mainstream, bases and units in January {year}, on two counts",
        "unit": "share1",
        "formats": dict.fromkeys(made.columns, "share1"),
        "notes": ["The strategy published shares for its own area and England; others have none."],
        "source_ids": [*both[0].attrs["source_ids"], *published["source_id"].unique()],
    }
    return made


def outcome_by_year(outcomes: pd.DataFrame, name: str, group: str) -> pd.DataFrame:
    """The rows of one outcome and group of children, with the year in which each ends."""
    needed = ("area_code", "academic_year", "outcome", "group", "value")
    validation.check_table(outcomes, needed, "outcome")
    validation.check_known(name, OutcomeMeasure, "name")
    validation.check_known(group, ChildGroup, "group")
    rows = outcomes[(outcomes["outcome"] == name) & (outcomes["group"] == group)]
    year = rows["academic_year"].map(academic_year_end).astype("int64")
    return rows.assign(year=year, period=rows["academic_year"])


def _words(indicator: str) -> str:
    """An indicator's name in words: pupils with EHC plan."""
    return indicator.removesuffix("_pct").replace("_", " ").replace("ehcp", "EHC plan")
