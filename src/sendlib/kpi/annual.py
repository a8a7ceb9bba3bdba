"""The yearly figures that are published of the indicators, and England's.

A count of plans of one kind is given as a share of all plans, so that it can be
compared with England; counts of all and money are not, since England is larger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sendlib.indicators import outcome_by_year
from sendlib.kpi.register import Register, Where
from sendlib.periods import financial_year_start
from sendlib.vocabulary import ENGLAND, TOTAL, ValueStatus

TABLES = ("indicator", "outcome", "ehcp_caseload", "ehcp_flow", "high_needs_spend")
_COLUMNS = ("area_code", "year", "period", "value", "value_status", "kind", "source_id")
_KINDS = {"%": "percentage", "score": "score"}
_COMPARED = ("percentage", "measure", "score")
_AMOUNTS = ("ehcp_flow", "high_needs_spend")
_BREAKS_AS = {"ehcp_caseload": "plans_in_force", "ehcp_flow": "requests_refused_pct"}


@dataclass(frozen=True)
class _Figure:
    """A figure that is published of an indicator: some rows of a table, added."""

    indicator: str  # its name, unlike any other's
    kpi: str  # short name of the indicator
    title: str
    label: str
    frequency: str
    better: str  # higher, lower or neither
    table: str
    column: str
    members: tuple[str, ...]  # values of the column
    group: str  # the children of an outcome; otherwise empty
    breaks_as: str  # the indicator whose breaks in series it has
    of: str  # the value of the column of which it is a share; empty for an amount


def list_figures(register: Register) -> tuple[_Figure, ...]:
    """Every figure that is published of an indicator, in the register's order.

    What happened or was spent in a year is neither good nor bad in itself.
    """
    figures = []
    for entry in register:
        parts: list[list[Where]] = []
        for part in entry.where:
            if parts and not part.label and part.table == parts[-1][0].table:
                parts[-1].append(part)
            else:
                parts.append([part])
        for rows in parts:
            first = rows[0]
            name = ":".join(filter(None, (entry.slug, first.value, first.group)))
            figure = _Figure(
                indicator=first.value if first.table == "indicator" else name,
                kpi=entry.slug,
                title=entry.title,
                label=first.label or entry.title,
                frequency=entry.frequency,
                better="neither" if first.table in _AMOUNTS and not first.of else entry.better,
                table=first.table,
                column=first.column,
                members=tuple(part.value for part in rows),
                group=first.group,
                breaks_as=first.breaks_as or _BREAKS_AS.get(first.table, first.value),
                of=first.of,
            )
            figures.append(figure)
    return tuple(figures)


def published_series(
    figures: Sequence[_Figure], tables: Mapping[str, pd.DataFrame], area_code: str
) -> pd.DataFrame:
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
    parts = []
    for figure in figures:
        table = tables[figure.table]
        rows = _figure_rows(figure, table[table["area_code"].isin(areas)])
        parts.append(rows[list(_COLUMNS)].assign(indicator=figure.indicator))
    every = pd.concat(parts, ignore_index=True)
    key = ["indicator", "year"]
    england = every[(every["area_code"] == ENGLAND) & every["kind"].isin(_COMPARED)]
    mine = every[every["area_code"] == area_code]
    return mine.merge(
        england[[*key, "value"]].rename(columns={"value": "england"}), on=key, how="left"
    ).sort_values(key, ignore_index=True)


def _figure_rows(figure: _Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """The yearly values of a figure, in the columns of ``COLUMNS`` among others."""
    if figure.table == "ehcp_caseload":
        return _plans(figure, rows)
    if figure.table == "outcome":
        mine = outcome_by_year(rows, figure.members[0], figure.group)
        return mine.assign(kind=mine["unit"].map(_KINDS).fillna("measure"))
    mine = rows[rows[figure.column].isin(figure.members)]
    if figure.of:
        return _shares(figure, rows)
    if figure.table == "ehcp_flow":
        year = mine["calendar_year"]
        return mine.assign(year=year, period=year.astype(str), kind="count")
    if figure.table == "high_needs_spend":
        named = mine.rename(columns={"financial_year": "period", "net_gbp": "value"})
        year = named["period"].map(financial_year_start) + 1
        return named.assign(year=year, value_status=ValueStatus.REPORTED, kind="money")
    return mine.assign(kind=mine["unit"].map(_KINDS).fillna("measure"))


def _shares(figure: _Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """One flow as a share of another, each calendar year, where both are stated."""
    by = ["area_code", "calendar_year"]
    wide = rows.pivot(index=by, columns=figure.column, values="value")
    (part,) = figure.members
    share = (100 * wide[part] / wide[figure.of]).rename("value").reset_index()
    stated = rows[rows[figure.column] == part].drop(columns="value").merge(share, on=by)
    year = stated["calendar_year"]
    return stated.assign(year=year, period=year.astype(str), kind="percentage")


def _plans(figure: _Figure, rows: pd.DataFrame) -> pd.DataFrame:
    """Plans of a place or need as a share of all, or all plans, each January."""
    column, members = figure.column, list(figure.members)
    others = {"age_band", "place_type", "primary_need"} - {column}
    by = ["area_code", "census_year"]
    all_others = rows[(rows[sorted(others)] == TOTAL).all(axis=1)]
    wide = all_others.pivot(index=by, columns=column, values="plans")
    plans = wide.reindex(columns=members).sum(axis=1, skipna=False)
    is_all = members == [TOTAL]
    parts = all_others[all_others[column].isin(members)]
    sources = parts.drop_duplicates(by).set_index(by)["source_id"]
    odd = parts[parts["value_status"] != ValueStatus.REPORTED].drop_duplicates(by)
    status = odd.set_index(by)["value_status"]  # of the first part that is not simply reported
    value = plans if is_all else 100 * plans / wide[TOTAL]
    yearly = pd.DataFrame({"value": value, "source_id": sources, "value_status": status})
    yearly = yearly.dropna(subset=["source_id"]).reset_index()
    return yearly.assign(
        year=yearly["census_year"],
        period="January " + yearly["census_year"].astype(str),
        value_status=yearly["value_status"].fillna(ValueStatus.REPORTED),
        kind="count" if is_all else "percentage",
    )


def break_names(figures: Sequence[_Figure]) -> dict[str, str]:
    """Which indicator's breaks each figure has, by the figure's name."""
    return {each.indicator: each.breaks_as for each in figures}


def last_published(
    figures: Sequence[_Figure], series: pd.DataFrame, directions: pd.DataFrame
) -> pd.DataFrame:
    """The last year of each figure, compared with England, and which way it goes.

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
    published = series[series["value"].notna() | series["england"].notna() | withheld]
    last = published.drop(columns="area_code").drop_duplicates("indicator", keep="last")
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
