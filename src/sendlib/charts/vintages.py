"""What was counted, and what the same model would have forecast at each past January."""

from functools import partial
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from sendlib.charts.chart import Chart, Words, compose, no_figures
from sendlib.charts.style import LAVENDER, NAVY
from sendlib.charts.text import mark_periods, mark_values, write_ends
from sendlib.pages.columns import check_has, check_numbers
from sendlib.pages.formats import Format, default_format, find_format
from sendlib.pages.markup import Block

_PAST = ["origin", "horizon", "forecast", "low", "high", "actual"]


def vintages(history: pd.DataFrame, past: pd.DataFrame, **words: Unpack[Words]) -> Chart | Block:
    """What was counted, and what the same model would have said at each past January.

    Parameters
    ----------
    history : pd.DataFrame
        ``census_year`` and ``plans``.
    past : pd.DataFrame
        ``origin``, ``horizon``, ``forecast``, ``low``, ``high`` and ``actual``.
    """
    check_has(history, ["census_year", "plans"], where="charts.vintages")
    check_numbers(past, _PAST, where="charts.vintages")
    if block := no_figures(past, "forecast"):
        return block
    counted = history.set_index("census_year")["plans"].loc[int(past["origin"].min()) - 1 :]
    are_integers = bool((counted.dropna() % 1 == 0).all())
    write = find_format(words.get("unit") or default_format("plans", integer=are_integers))
    parts = [
        f"for January {row['origin'] + 1:.0f} {write(row['forecast'])} ({write(row['low'])} to "
        f"{write(row['high'])}), counted {write(row['actual'])}"
        for row in past[past["horizon"] == 1].to_dict("records")
    ]
    what = history.attrs.get("what") or "plans"
    key = "lavender: the forecast made at each past January, with its range a year ahead"
    return compose(
        past,
        partial(_draw, counted=counted, past=past, write=write),
        {"subtitle": f"{what[:1].upper()}{what[1:]}; {key}", **words},
        alt="Line chart of counts and of past forecasts. Forecast a year before: "
        f"{'; '.join(parts)}.",
        kind="vintages",
        formats=dict.fromkeys(("low", "forecast", "high", "actual"), write)
        | dict.fromkeys(("origin", "census_year"), "year"),
        heights=(4.0, 4.0),
    )


def _draw(ax: Axes, counted: pd.Series, past: pd.DataFrame, write: Format) -> None:
    for origin, rows in past.groupby("origin"):
        years = [origin, *(rows["origin"] + rows["horizon"])]
        path = [counted[origin], *rows["forecast"]]
        ax.plot(years, path, color=LAVENDER, linestyle=(0, (3, 2)), linewidth=1.6)
    first = past[past["horizon"] == 1]
    ax.vlines(first["origin"] + 1, first["low"], first["high"], color=LAVENDER, linewidth=6,
              alpha=0.5)  # fmt: skip
    ax.plot(counted.index, counted, "o-", color=NAVY, linewidth=2.8, markersize=5)
    ax.set_ylim(bottom=0)
    reach = [*counted.index, *(past["origin"] + past["horizon"])]
    years = [float(year) for year in range(int(min(reach)), int(max(reach)) + 1)]
    mark_periods(ax, years, [f"{year:.0f}" for year in years])
    mark_values(ax, write)
    write_ends(ax, [(float(counted.iloc[-1]), f"counted {write(counted.iloc[-1])}", NAVY)])
