"""Control charts with their words and numbers, for indicators whose last value broke a rule."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sendlib.pages.formats import Format, level_format, say_period
from sendlib.pages.tables import Table, table
from sendlib.present.charts.control import plot_control
from sendlib.present.figure import Chart, chart
from sendlib.present.words.control import (
    STATES,
    describe_control,
    say_signal,
    say_target,
    unit_of,
)
from sendlib.vocabulary import ValueStatus

MOST_CONTROL_CHARTS = 6
"""So many control charts stand on a page, which has to go by mail; of others only words."""

_LEVELS = {"mean": "Mean", "lower": "Lower limit", "upper": "Upper limit"}


def control_chart(
    indicator: Mapping[Any, Any],
    verdicts: pd.DataFrame,
    points: pd.DataFrame,
    *,
    withheld: pd.DataFrame,
    whose: str,
    source: str,
) -> Chart:
    """One indicator's control chart, with what its rules and its target say of the last value.

    Parameters
    ----------
    indicator : Mapping
        ``kpi``, ``title``, ``kind`` and ``unit``.
    verdicts, points : pd.DataFrame
        Those of ``kpi.Charts``, of all indicators.
    withheld : pd.DataFrame
        Periods whose count is withheld, of all indicators: ``kpi``, ``period``, ``period_end``.
    whose, source : str
        Whose figures they are, and where from.
    """
    slug, what = indicator["kpi"], indicator["title"]
    own, gone = points[points["kpi"] == slug], withheld[withheld["kpi"] == slug]
    verdict, unit = verdicts.set_index("kpi").loc[slug], unit_of(indicator["kind"])
    title, name = f"{what} ({indicator['unit']})", f"control_{slug}"
    said = f"{say_signal(verdict, what=what, unit=unit)} {say_target(verdict, unit=unit)}"
    return chart(
        plot_control(own, unit=unit, target=verdict["target"]),
        title=f"{title}, {whose}",
        alt=describe_control(own, what=what, unit=unit),
        source=source,
        takeaway=said.strip(),
        table=control_table(own, title=title, unit=unit, name=name, withheld=gone),
        name=name,
    )


def signals_table(
    indicators: pd.DataFrame, verdicts: pd.DataFrame, *, whose: str, source: str
) -> Table:
    """The indicators that have no chart though a rule was broken: what their rules say.

    Parameters
    ----------
    indicators : pd.DataFrame
        ``kpi``, ``title`` and ``kind``.
    verdicts, whose, source
        As for ``control_chart``.
    """
    by_kpi = verdicts.set_index("kpi")
    rows = [
        {
            "indicator": row["title"],
            "what changed": say_signal(
                by_kpi.loc[row["kpi"]], what=row["title"], unit=unit_of(row["kind"])
            ),
        }
        for row in indicators.to_dict("records")
    ]
    caption = f"Other indicators that changed by more than chance, {whose}"
    return table(pd.DataFrame(rows), caption=caption, name="others_changed", source=source)


def control_table(
    points: pd.DataFrame,
    *,
    title: str,
    unit: Format,
    name: str,
    withheld: pd.DataFrame | None = None,
) -> Table:
    """The numbers of a control chart, a period a row.

    Parameters
    ----------
    points : pd.DataFrame
        As for ``plot_control``.
    title : str
        What is measured, with its unit.
    unit : callable
        Number format of the values.
    name : str
        As for ``table``.
    withheld : pd.DataFrame, optional
        Periods whose count is withheld and which the chart passes over: ``period``,
        ``period_end``; each has a row with its mark.
    """
    if withheld is not None:
        rows = withheld[["period", "period_end"]].assign(value=float("nan"), state=None)
        points = pd.concat([points, rows], ignore_index=True).sort_values("period_end")
    shown = pd.DataFrame(
        {
            "Period": [say_period(period) for period in points["period"]],
            "Value": points["value"].to_numpy(),
            **{heading: points[level].to_numpy() for level, heading in _LEVELS.items()},
            "Status": points["state"].map(STATES).fillna("Withheld").to_numpy(),
        }
    ).dropna(axis="columns", how="all")
    gone = points["value"].isna().map({True: ValueStatus.SUPPRESSED.value, False: ""})
    marks = pd.DataFrame({"Value": gone.to_numpy()})
    levels = {heading: level_format(unit) for heading in _LEVELS.values() if heading in shown}
    caption = f"{title}, with the mean and limits of its control chart"
    return table(shown, caption=caption, name=name, formats={"Value": unit, **levels}, status=marks)
