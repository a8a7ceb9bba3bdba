"""Every published series: where its figures stand, and a table of them by area and period."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from sendlib.vocabulary import TOTAL

Kind = Literal["count", "money", "any"]


class Series(NamedTuple):
    """The series of a table: a value, what names one beside area and time, and what it counts."""

    table: str
    time: str
    value: str
    keys: tuple[str, ...]
    kind: Kind = "any"
    totals: tuple[str, ...] = ()  # columns of which the total alone is taken
    steady: bool = False  # all areas together do not move far in a year, however small each is


SERIES = (
    Series("ehcp_caseload", "census_year", "plans",
           ("age_band", "place_type", "primary_need"), "count"),
    Series("ehcp_flow", "calendar_year", "value", ("measure",), "count"),
    Series("ehcp_ceased", "calendar_year", "plans", ("reason",), "count",
           ("age", "place_type"), steady=True),
    Series("ehcp_new_plans_by_need", "calendar_year", "plans", ("primary_need",), "count",
           steady=True),
    Series("indicator", "year", "value", ("indicator",)),
    Series("outcome", "academic_year", "value", ("outcome", "group")),
    Series("attendance", "academic_year", "value", ("measure", "group", "term")),
    Series("absence_by_need", "academic_year", "value", ("measure", "primary_need")),
    Series("participation", "calendar_year", "value", ("group",)),
    Series("participation", "calendar_year", "young_people", ("group",)),
    Series("appeal", "calendar_year", "value", ("measure",), "count"),
    Series("school_places", "academic_year", "value", ("phase", "measure")),
    Series("high_needs_funding", "financial_year", "allocation_gbp", ("element",), "money"),
    Series("high_needs_term", "financial_year", "value", ("term",)),
    Series("phase_transfer", "census_year", "plans", ("item",), "count"),
    Series("outturn_by_sector", "financial_year", "net_gbp", ("line", "sector")),
    Series("high_needs_spend", "financial_year", "net_gbp", ("spend_line", "basis"), "money"),
    Series("dsg_account", "financial_year", "balance_gbp", ()),
    Series("dsg_account", "financial_year", "place_funding_gbp", (), "money"),
    Series("children", "year", "persons", (), "count"),
    Series("residents", "year", "persons", ("age",), "count"),
    Series("population", "year", "persons", ("variant", "age")),  # a projection is not whole
)  # fmt: skip
BREAKDOWNS = (  # of flows that stand above in all; what is gone there is gone here
    Series("ehcp_ceased", "calendar_year", "plans", ("place_type",), "count",
           ("age", "reason"), steady=True),
    Series("ehcp_ceased", "calendar_year", "plans", ("age",), "count",
           ("place_type", "reason"), steady=True),
    Series("ehcp_new_plans_by_age", "calendar_year", "plans", ("place_type",), "count",
           steady=True),
)  # fmt: skip


class Finding(NamedTuple):
    """Something that a person has to look at before a board sees it."""

    check: str
    table: str
    series: str
    area_code: str
    time: str
    found: str


def to_text(value: float) -> str:
    """A figure as a person reads it, without powers of ten where it is large."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def to_wide(frame: pd.DataFrame, each: Series) -> pd.DataFrame:
    """A row for each series and area, a column for each period."""
    if each.totals:
        frame = frame[(frame[list(each.totals)] == TOTAL).all(axis=1)]
    series = np.full(len(frame), each.value, dtype=object)
    if keys := list(each.keys):
        names = [" ".join(map(str, row)) for row in frame[keys].drop_duplicates().to_numpy(object)]
        number = frame.groupby(keys, observed=True, sort=False).ngroup()
        series = np.asarray(names, dtype=object)[number]
    labels = [series, _as_text(frame["area_code"]), _as_text(frame[each.time])]
    index = pd.MultiIndex.from_arrays(labels, names=["series", "area_code", "time"])
    values = pd.Series(frame[each.value].to_numpy(float), index).dropna()
    if index.has_duplicates:  # a breakdown further than the series
        values = values.groupby(level=list(index.names)).sum()
    wide = values.unstack("time")
    return wide.reindex(columns=_each_period(list(wide.columns)))


def _as_text(values: pd.Series) -> np.ndarray:
    codes, names = pd.factorize(values)
    return np.asarray([str(name) for name in names], dtype=object)[codes]


def _each_period(periods: Sequence[str]) -> list[str]:
    """Periods with those between them that no area has, so that a lost year is seen."""
    known = {int(name[:4]): name for name in periods}
    mark = periods[0][4:5]
    every = range(min(known), max(known) + 1)
    return [
        known.get(year, f"{year}{mark}{(year + 1) % 100:02}" if mark else f"{year}")
        for year in every
    ]
