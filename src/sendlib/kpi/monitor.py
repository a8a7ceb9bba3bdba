"""The monitor: for each indicator that is due in the year, how it stands and what is overdue."""

from datetime import date

import numpy as np
import pandas as pd

from sendlib.kpi.control import Charts
from sendlib.kpi.dates import due, last_ended, later, period_name
from sendlib.kpi.register import Indicator, Register

IN_YEAR = ("monthly", "quarterly")
_STATED = ("rule", "side", "state", "assurance", "target", "mean", "lower", "upper")
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
    latest = charts.latest.set_index("kpi")
    held = values.dropna(subset=["value"])
    spans = held.groupby("kpi")["value"].agg(["min", "max"])
    entries = [entry for entry in register.supplied if entry.frequency in IN_YEAR]
    ends = values.groupby("kpi")["period_end"].max()
    withheld = values[values["value"].isna()].groupby("kpi").size()
    rows = [_row(entry, latest, spans, ends, today) for entry in entries]
    frame = pd.DataFrame(rows)
    frame["withheld"] = frame["kpi"].map(withheld).fillna(0).astype(int)
    rank = frame["state"].map({state: place for place, state in enumerate(_ORDER)})
    return frame.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)


def _row(
    entry: Indicator, latest: pd.DataFrame, spans: pd.DataFrame, ends: pd.Series, today: date
) -> dict[str, object]:
    said: dict[str, object] = {
        "kpi": entry.slug,
        "title": entry.title,
        "section": entry.section,
        "frequency": entry.frequency,
        "kind": entry.kind,
        "unit": entry.unit,
        "better": entry.better,
        "owner": entry.owner,
    }
    expected = (
        later(ends.loc[entry.slug].date(), entry.frequency)
        if entry.slug in ends.index
        else _last_due(entry, today)
    )
    if entry.slug not in latest.index:
        state = "too_few" if entry.slug in ends.index else "no_data"
        return said | _nothing() | {"state": state} | _next(entry, expected, today)
    last = latest.loc[[entry.slug]].to_dict("records")[0]
    said |= {
        "last_period": last["period"],
        "last_value": last["value"],
        "lowest_value": spans.loc[entry.slug, "min"],
        "highest_value": spans.loc[entry.slug, "max"],
        "values": int(last["values"]),
    }
    return said | {name: last[name] for name in _STATED} | _next(entry, expected, today)


def _nothing() -> dict[str, object]:
    numbers = ("last_value", "lowest_value", "highest_value", "target", "mean", "lower", "upper")
    return {
        "last_period": None,
        "values": 0,
        "rule": "",
        "side": 0,
        "assurance": "too_few",
    } | dict.fromkeys(numbers, np.nan)


def _last_due(entry: Indicator, today: date) -> date:
    """The end of the last period whose figure should be there by now."""
    end = last_ended(today, entry.frequency)
    while due(end, entry.due_days) >= today:
        end = later(end, entry.frequency, -1)
    return end


def _next(entry: Indicator, expected: date, today: date) -> dict[str, object]:
    day = due(expected, entry.due_days)
    name = period_name(expected, entry.frequency)
    return {"next_period": name, "due": day, "overdue": today > day}
