"""The yearly figures that are published of the indicators, beside England's.

A count of plans of one kind is given as a share of all plans, so that it can be
set beside England; whole counts and money are not, since England is larger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sendlib.indicators import outcome_by_year
from sendlib.kpi.register import Indicator, Register, Where
from sendlib.periods import financial_year_start
from sendlib.vocabulary import ENGLAND, TOTAL, ValueStatus

TABLES = ("indicator", "outcome", "ehcp_caseload", "ehcp_flow", "high_needs_spend")
COLUMNS = ("area_code", "year", "period", "value", "value_status", "source_id")
_KINDS = {"%": "percentage", "score": "score"}
_COMPARED = ("percentage", "measure", "score")
_AMOUNTS = ("ehcp_flow", "high_needs_spend")
_BREAKS_AS = {"ehcp_caseload": "plans_in_force", "ehcp_flow": "requests_refused_pct"}

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Figure:
    """A figure that is published of an indicator.

    Parameters
    ----------
    indicator : str
        Its name, unlike any other's.
    kpi : str
        Short name of the indicator.
    title : str
        Title of the indicator.
    label : str
        What the figure is.
    frequency : str
        How often the indicator is due.
    better : str
        ``higher``, ``lower`` or ``neither``.
    table, column : str
        Where it is available.
    members : tuple[str, ...]
        The values of the column, which are added.
    group : str
        The children of an outcome; otherwise empty.
    breaks_as : str
        The indicator whose breaks in series the figure has.
    """

    indicator: str
    kpi: str
    title: str
    label: str
    frequency: str
    better: str
    table: str
    column: str
    members: tuple[str, ...]
    group: str
    breaks_as: str


def list_figures(register: Register) -> tuple[Figure, ...]:
    """Every figure that is published of an indicator, in the register's order.

    What happened or was spent in a year is neither good nor bad in itself.
    """
    return tuple(_figure(entry, parts) for entry in register for parts in _parts(entry))


def _figure(entry: Indicator, parts: list[Where]) -> Figure:
    first = parts[0]
    name = ":".join(filter(None, (entry.slug, first.value, first.group)))
    return Figure(
        indicator=first.value if first.table == "indicator" else name,
        kpi=entry.slug,
        title=entry.title,
        label=first.label or entry.title,
        frequency=entry.frequency,
        better="neither" if first.table in _AMOUNTS else entry.better,
        table=first.table,
        column=first.column,
        members=tuple(part.value for part in parts),
        group=first.group,
        breaks_as=first.breaks_as or _BREAKS_AS.get(first.table, first.value),
    )


def _parts(entry: Indicator) -> list[list[Where]]:
    """The published figures of an indicator, each with the rows that make it."""
    figures: list[list[Where]] = []
    for part in entry.where:
        if figures and not part.label and part.table == figures[-1][0].table:
            figures[-1].append(part)
        else:
            figures.append([part])
    return figures


def published_series(figures: Sequence[Figure], tables: Tables, area_code: str) -> pd.DataFrame:
    """Every year that is published of each figure, for an authority and England.

    Parameters
    ----------
    figures : Sequence[Figure]
        As made by ``list_figures``.
    tables : Mapping[str, pd.DataFrame]
        The tables that ``TABLES`` names.
    area_code : str
        The authority.

    Returns
    -------
    pd.DataFrame
        One row for each figure and year of the authority: ``indicator``,
        ``area_code``, ``year`` in which the ``period`` ends, ``value``,
        ``value_status``, ``kind`` (percentage, count, money, score or
        measure), ``england`` (missing for counts and money) and ``source_id``.
    """
    areas = [area_code, ENGLAND]
    own = {name: tables[name][tables[name]["area_code"].isin(areas)] for name in TABLES}
    parts = [
        _READERS[figure.table](figure, own[figure.table]).assign(indicator=figure.indicator)
        for figure in figures
    ]
    every = pd.concat(parts, ignore_index=True)
    key = ["indicator", "year"]
    england = every[(every["area_code"] == ENGLAND) & every["kind"].isin(_COMPARED)]
    mine = every[every["area_code"] == area_code]
    return mine.merge(
        england[[*key, "value"]].rename(columns={"value": "england"}), on=key, how="left"
    ).sort_values(key, ignore_index=True)


def _of_indicator(figure: Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """A figure of the department's tool."""
    mine = rows[rows["indicator"].isin(figure.members)]
    kind = mine["unit"].map(_KINDS).fillna("measure")
    return mine[list(COLUMNS)].assign(kind=kind)


def _of_outcome(figure: Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """An outcome of one group of children, for the academic year."""
    mine = outcome_by_year(rows, figure.members[0], figure.group)
    kind = mine["unit"].map(_KINDS).fillna("measure")
    return mine[list(COLUMNS)].assign(kind=kind)


def _of_caseload(figure: Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """Plans of a place or need as a share of all, or all plans, each January."""
    column, members = figure.column, list(figure.members)
    others = {"age_band", "place_type", "primary_need"} - {column}
    whole = rows[(rows[sorted(others)] == TOTAL).all(axis=1)]
    by = ["area_code", "census_year"]
    wide = whole.pivot(index=by, columns=column, values="plans")
    plans = wide.reindex(columns=members).sum(axis=1, skipna=False)
    is_all = members == [TOTAL]
    value = plans if is_all else 100 * plans / wide[TOTAL]
    parts = whole[whole[column].isin(members)].drop_duplicates(by).set_index(by)["source_id"]
    made = pd.DataFrame({"value": value, "source_id": parts})
    made = made.join(_why_missing(whole[whole[column].isin(members)], by)).reset_index()
    made = made.rename(columns={"census_year": "year"}).dropna(subset=["source_id"])
    period = "January " + made["year"].astype(str)
    made["value_status"] = made["value_status"].fillna(ValueStatus.REPORTED)
    return made.assign(period=period, kind="count" if is_all else "percentage")


def _why_missing(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    """The status of the first part that is not simply reported."""
    odd = rows[rows["value_status"] != ValueStatus.REPORTED].drop_duplicates(by)
    return odd.set_index(by)["value_status"]


def _of_flow(figure: Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """A count of the calendar year."""
    mine = rows[rows["measure"].isin(figure.members)]
    named = mine.rename(columns={"calendar_year": "year"})
    return named.assign(period=named["year"].astype(str))[list(COLUMNS)].assign(kind="count")


def _of_spend(figure: Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """Spend of the financial year, as it turned out."""
    mine = rows[rows["basis"].isin(figure.members)]
    named = mine.rename(columns={"financial_year": "period", "net_gbp": "value"})
    year = [financial_year_start(period) + 1 for period in named["period"]]
    return named.assign(year=year, value_status=ValueStatus.REPORTED)[list(COLUMNS)].assign(
        kind="money"
    )


_READERS = {
    "indicator": _of_indicator,
    "outcome": _of_outcome,
    "ehcp_caseload": _of_caseload,
    "ehcp_flow": _of_flow,
    "high_needs_spend": _of_spend,
}


def break_names(figures: Sequence[Figure]) -> dict[str, str]:
    """Which indicator's breaks each figure has, by the figure's name."""
    return {each.indicator: each.breaks_as for each in figures}


def last_published(
    figures: Sequence[Figure], series: pd.DataFrame, directions: pd.DataFrame
) -> pd.DataFrame:
    """The last year of each figure, beside England, and which way it goes.

    Parameters
    ----------
    figures : Sequence[Figure]
        As made by ``list_figures``.
    series : pd.DataFrame
        As made by ``published_series``.
    directions : pd.DataFrame
        ``indicator``, ``direction`` and ``first_year`` from which it is tested.

    Returns
    -------
    pd.DataFrame
        One row for each figure, in order: its fields, those of the last year
        that was published (missing where nothing is available), ``direction`` and
        ``since``, the period from which it is tested, and ``first_value`` in
        ``first_period``.
    """
    withheld = series["value_status"] == ValueStatus.SUPPRESSED
    told = series[series["value"].notna() | series["england"].notna() | withheld]
    last = told.drop(columns="area_code").drop_duplicates("indicator", keep="last")
    found = pd.DataFrame([vars(each) for each in figures]).merge(last, on="indicator", how="left")
    periods = series[["indicator", "year", "period"]]
    first = periods.rename(columns={"year": "first_year", "period": "since"})
    tested = directions[["indicator", "direction", "first_year"]].merge(first, how="left")
    found = found.merge(tested.drop(columns="first_year"), on="indicator", how="left")
    known = series.dropna(subset=["value"]).drop_duplicates("indicator")
    starts = {"value": "first_value", "period": "first_period"}
    return found.merge(
        known[["indicator", *starts]].rename(columns=starts), on="indicator", how="left"
    )
