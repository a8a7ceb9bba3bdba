"""Indicators that a department publishes as they are."""

from collections.abc import Sequence

import pandas as pd

from sendlib import validation
from sendlib.areas import choose_areas
from sendlib.indicators.caseload import mainstream_share
from sendlib.indicators.frames import AREA, measure_frame, with_figures

_INDICATOR = (*AREA, "indicator", "year", "period", "value", "unit", "source_id")


def indicator(
    table: pd.DataFrame, name: str, *, areas: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """One published indicator of every area each year; its unit is in its name.

    ``name`` is a value of the column ``indicator`` of that table, such as
    "pupils_with_ehcp_pct". The columns are ``year`` (in which the period ends), ``period`` (as
    published), and one with the indicator's name. Years without a figure of any area are left
    out.
    """
    validation.check_table(table, _INDICATOR, "indicator")
    if len(table):
        validation.check_known(name, table["indicator"].unique(), "name")
    rows = table[table["indicator"] == name].rename(columns={"value": name})
    result = choose_areas(with_figures(rows, name), areas)
    words = name.removesuffix("_pct").replace("_", " ").replace("ehcp", "EHC plan")
    what = f"{words} [{', '.join(rows['unit'].unique())}]"
    return measure_frame(result, ["year", "period", name], measure=name, what=what)


def mainstream_two_ways(
    caseload: pd.DataFrame, strategy: pd.DataFrame, *, areas: Sequence[str]
) -> pd.DataFrame:
    """Share of plans in mainstream with and without independent schools, and as published.

    Of tables ``ehcp_caseload`` and ``strategy_figure``, for January 2019, of which the strategy
    published a share. The index is ``Area``, and the columns are named as a page names them;
    missing where there is none. [share, 0 to 1]
    """
    published = strategy[strategy["measure"].str.startswith("EHCPs placed in mainstream")]
    both, state = (
        mainstream_share(caseload, with_independent=each, areas=areas)
        .query("census_year == 2019")
        .set_index("area_code")
        for each in (True, False)
    )
    result = both[["area_name"]].rename(columns={"area_name": "Area"})
    result["With independent schools"] = both["share"]
    result["State schools only"] = state["share"]
    result["Published in the strategy"] = published.set_index("area_code")["value"] / 100
    result = result.set_index("Area")
    result.attrs = {
        "what": "Share of plans in mainstream, bases and units in January 2019, on two counts",
        "unit": "share1",
        "formats": dict.fromkeys(result.columns, "share1"),
        "notes": ["The strategy published shares for its own area and England; others have none."],
        "source_ids": [*both.attrs["source_ids"], *published["source_id"].unique()],
    }
    return result
