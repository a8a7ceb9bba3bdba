"""The monitor: for each indicator that is due in the year, how it stands and what is overdue."""

from datetime import date, timedelta

import pandas as pd

from sendlib.kpi.control import Charts
from sendlib.kpi.register import Register, last_day, period_name, period_with

IN_YEAR = ("monthly", "quarterly")
_ABOUT = ["kpi", "title", "section", "frequency", "kind", "unit", "better", "owner"]
_LATEST = ["rule", "side", "state", "assurance", "target", "mean", "lower", "upper"]
_ORDER = ("concerning", "changed", "improving", "common_cause", "too_few", "no_data")


def monitor(
    register: Register, values: pd.DataFrame, charts: Charts, *, today: date
) -> pd.DataFrame:
    """One row for each monthly and quarterly indicator that an authority supplies.

    Parameters
    ----------
    register : Register
        The indicators there are.
    values : pd.DataFrame
        As in ``Feed.values``; a row without a value was supplied and withheld.
    charts : Charts
        Of the same values.
    today : date
        The day of reporting.

    Returns
    -------
    pd.DataFrame
        ``kpi``, ``title``, ``section``, ``frequency``, ``kind``, ``unit``,
        ``better``, ``owner``, ``last_period``, ``last_value``, ``lowest_value``,
        ``highest_value``, ``values`` (how many), ``withheld`` (how many), the rule, side, state,
        assurance, target, mean and limits of its last point, ``next_period``,
        ``due`` (date) and ``overdue``. Those that are concerning come first,
        then in the register's order. An indicator that was never supplied has
        state ``no_data`` and was due for the last period that should be there.
    """
    about = register.to_frame()
    due_in_year = (about["data"] == "supplied") & about["frequency"].isin(IN_YEAR)
    rows = about.loc[due_in_year, _ABOUT].set_index("kpi")
    latest = charts.latest.set_index("kpi")
    by_kpi = values.groupby("kpi")
    spans = by_kpi["value"].agg(lowest_value="min", highest_value="max")
    last = latest[["period", "value"]].add_prefix("last_")
    rows = rows.join(last).join(spans).join(latest[["values", *_LATEST]])
    rows["withheld"] = by_kpi["value"].agg(lambda each: each.isna().sum())
    supplied = rows["withheld"].notna()
    rows["state"] = rows["state"].fillna(supplied.map({True: "too_few", False: "no_data"}))
    rows["rule"], rows["assurance"] = rows["rule"].fillna(""), rows["assurance"].fillna("too_few")
    counts = ["values", "withheld", "side"]
    rows[counts] = rows[counts].fillna(0).astype(int)
    ends = by_kpi["period_end"].max()
    expected = [_next_due(register, kpi, ends, today) for kpi in rows.index]
    rows["next_period"], rows["due"] = zip(*expected, strict=True)
    rows["overdue"] = [today > day for day in rows["due"]]
    rank = rows["state"].map(_ORDER.index).sort_values(kind="stable")
    return rows.loc[rank.index].reset_index()


def _next_due(register: Register, kpi: str, ends: pd.Series, today: date) -> tuple[str, date]:
    """The period of which a figure is awaited, and the day by which it should be there.

    Without any figure, the last period whose figure should be there by now.
    """
    entry = register[kpi]
    days = timedelta(days=entry.due_days)
    if kpi in ends.index:
        period = period_with(ends[kpi], entry.frequency) + 1
    else:
        period = period_with(today, entry.frequency) - 1
        while last_day(period) + days >= today:
            period -= 1
    return period_name(period), last_day(period) + days
