"""The yearly figures that are published of the indicators, and England's.

A count of plans of one kind is given as a share of all plans, so that it can be
compared with England; counts of all and money are not, since England is larger.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sendlib.indicators import attendance_by_year, flow_share, outcome_by_year, plans_in
from sendlib.kpi.register import Register
from sendlib.reuse import reuse_published
from sendlib.tidy import with_years
from sendlib.vocabulary import ENGLAND, TOTAL, ValueStatus

TABLES = ("indicator", "outcome", "attendance", "ehcp_caseload", "ehcp_flow", "high_needs_spend")
_COLUMNS = ("area_code", "year", "period", "value", "value_status", "kind", "source_id")
_KINDS = {
    "%": "percentage",
    "% of pupils": "percentage",
    "% of sessions": "percentage",
    "score": "score",
}
_COMPARED = ("percentage", "measure", "score")
_AMOUNTS = ("ehcp_flow", "high_needs_spend")
_BREAKS_AS = {"ehcp_caseload": "plans_in_force", "ehcp_flow": "requests_refused_pct"}


def list_figures(register: Register) -> pd.DataFrame:
    """Every figure that is published of an indicator, a row each in the register's order.

    The fields of ``Where``, the short name of its indicator (``kpi``), and a name unlike any
    other's (``indicator``). What happened or was spent in a year is neither good nor bad in
    itself.
    """
    rows = []
    for entry in register:
        for where in entry.where:
            first = where.values[0]
            name = ":".join(filter(None, (entry.slug, first, where.group)))
            is_amount = where.table in _AMOUNTS and not where.of
            about = {
                "indicator": first if where.table == "indicator" else name,
                "kpi": entry.slug,
                "title": entry.title,
                "label": where.label or entry.title,
                "better": "neither" if is_amount else entry.better,
                "breaks_as": where.breaks_as or _BREAKS_AS.get(where.table, first),
            }
            rows.append(where.model_dump(exclude={"note"}) | about)
    return pd.DataFrame(rows)


def published_series(
    figures: pd.DataFrame, tables: Mapping[str, pd.DataFrame], area_code: str
) -> pd.DataFrame:
    """Every year that is published of each figure, for an authority and England.

    ``figures`` are those of ``list_figures``, ``tables`` the ones that ``TABLES`` names. A row for
    each figure and year of the authority: ``indicator``, ``area_code``, ``year`` in which the
    ``period`` ends, ``value``, ``value_status``, ``kind`` (percentage, count, money, score or
    measure), ``england`` (missing for counts and money) and ``source_id``.
    """
    areas = [area_code, ENGLAND]
    of_both = {name: tables[name][tables[name]["area_code"].isin(areas)] for name in TABLES}

    def gather() -> pd.DataFrame:
        parts = [
            _figure_rows(figure, of_both)[list(_COLUMNS)].assign(indicator=figure["indicator"])
            for figure in figures.to_dict("records")
        ]
        return pd.concat(parts, ignore_index=True)

    every = reuse_published("published figures of indicators", (figures, of_both), gather)
    key = ["indicator", "year"]
    england = every[(every["area_code"] == ENGLAND) & every["kind"].isin(_COMPARED)]
    mine = every[every["area_code"] == area_code]
    return mine.merge(
        england[[*key, "value"]].rename(columns={"value": "england"}), on=key, how="left"
    ).sort_values(key, ignore_index=True)


def _figure_rows(
    figure: Mapping[Hashable, Any], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The yearly values of a figure, in the columns of ``COLUMNS`` among others."""
    rows = tables[figure["table"]]
    if figure["table"] == "ehcp_caseload":
        plans = plans_in(rows, figure["column"], figure["values"])
        if figure["values"] == (TOTAL,):
            return plans.assign(value=plans["plans"], kind="count")
        return plans.assign(value=100 * plans["plans"] / plans["all_plans"], kind="percentage")
    if figure["of"]:
        shares = flow_share(rows, figure["values"][0], figure["of"])
        return shares.assign(value=100 * shares["value"], kind="percentage")
    mine: pd.DataFrame = rows[rows[figure["column"]].isin(figure["values"])]
    if figure["table"] == "ehcp_flow":
        return with_years(mine).assign(kind="count")
    if figure["table"] == "high_needs_spend":
        named = with_years(mine).rename(columns={"net_gbp": "value"})
        return named.assign(value_status=ValueStatus.REPORTED, kind="money")
    if figure["table"] == "outcome":
        mine = outcome_by_year(rows, figure["values"][0], figure["group"])
    if figure["table"] == "attendance":
        name, group = figure["values"][0], figure["group"]
        mine = attendance_by_year(rows, tables["outcome"], name, group)
    return mine.assign(kind=mine["unit"].map(_KINDS).fillna("measure"))


def last_published(
    figures: pd.DataFrame, series: pd.DataFrame, directions: pd.DataFrame
) -> pd.DataFrame:
    """The last year of each figure, compared with England, and which way it goes.

    Of the figures of ``list_figures`` and their ``published_series``; ``directions`` have
    ``indicator``, ``direction`` and ``first_year`` from which it is tested. A row for each figure,
    in order: its fields, those of the last year that was published (missing where nothing is),
    ``direction`` and ``since``, the period from which it is tested, and ``first_value`` in
    ``first_period``.
    """
    withheld = series["value_status"] == ValueStatus.SUPPRESSED
    published = series[series["value"].notna() | series["england"].notna() | withheld]
    last = published.drop(columns="area_code").drop_duplicates("indicator", keep="last")
    found = figures.drop(columns="values").merge(last, on="indicator", how="left")
    periods = series[["indicator", "year", "period"]]
    first = periods.rename(columns={"year": "first_year", "period": "since"})
    tested = directions[["indicator", "direction", "first_year"]].merge(first, how="left")
    found = found.merge(tested.drop(columns="first_year"), on="indicator", how="left")
    known = series.dropna(subset=["value"]).drop_duplicates("indicator")
    starts = {"value": "first_value", "period": "first_period"}
    return found.merge(
        known[["indicator", *starts]].rename(columns=starts), on="indicator", how="left"
    )
