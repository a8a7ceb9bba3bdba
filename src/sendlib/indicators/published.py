"""Indicators that a department publishes as they are."""

from collections.abc import Sequence

import pandas as pd

from sendlib import validation
from sendlib.areas import choose_areas
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
