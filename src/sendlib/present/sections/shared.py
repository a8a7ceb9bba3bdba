"""What sections of several pages have: lines, columns, bars beside peers, and amounts of money.

Each chart is drawn, described and named from one frame, so its picture and its words
cannot come apart.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from sendlib.pages.formats import Format, gbp_m
from sendlib.pages.markup import Block
from sendlib.pages.notes import KeyFigure, banner
from sendlib.pages.tables import Table, table
from sendlib.present.charts.bars import plot_columns, plot_ranked
from sendlib.present.charts.lines import plot_lines
from sendlib.present.figure import Chart, chart
from sendlib.present.words.general import (
    describe_columns,
    describe_lines,
    describe_ranked,
    say_not_held,
    say_rank,
)

Kind = Literal["lines", "columns", "ranked"]
_TWINS: Mapping[Kind, tuple[Callable[..., Axes], Callable[..., str]]] = {
    "lines": (plot_lines, describe_lines),
    "columns": (plot_columns, describe_columns),
    "ranked": (plot_ranked, describe_ranked),
}


def not_held(what: str, name: str) -> Block:
    """Say in place of a section that there is nothing to show.

    Parameters
    ----------
    what, name : str
        What is not held, and of which authority.
    """
    return banner(say_not_held(what, name), "degraded")


def last_amount(
    label: str, amounts: pd.Series, *, key: str, detail: str = "{}"
) -> tuple[KeyFigure, ...]:
    """The last of some amounts as a key figure; none where there are none.

    Parameters
    ----------
    label, key : str
        As for ``KeyFigure``.
    amounts : pd.Series
        In order of time; the index says when. [£]
    detail : str
        What stands below the number, with ``{}`` for when.
    """
    return tuple(
        KeyFigure(label, gbp_m(amount), detail.format(when), key, (amount / 1e6,))
        for when, amount in amounts.tail(1).items()
    )


def as_lines(by_year: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Columns over years as lines of a chart.

    Parameters
    ----------
    by_year : pd.DataFrame
        A row for each year, which the index names.
    names : Mapping[str, str]
        The name of a line by its column, in order.

    Returns
    -------
    pd.DataFrame
        ``year``, ``name``, ``value``.
    """
    named = by_year[list(names)].rename(columns=names).rename_axis("year").reset_index()
    return named.melt("year", var_name="name")


def as_fans(ranges: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Ranges as fans of a chart: what was counted at the start, and what lies ahead of it.

    Parameters
    ----------
    ranges : pd.DataFrame
        ``census_year``, ``low``, ``middle``, ``high``; those of ``origin`` are counts.
    origin : int
        The last January that was counted.

    Returns
    -------
    pd.DataFrame
        The columns given and ``counted``, as ``plot_fans`` needs them.
    """
    is_count = ranges["census_year"] == origin
    ahead = {end: ranges[end].mask(is_count) for end in ("low", "middle", "high")}
    return ranges.assign(counted=ranges["middle"].where(is_count), **ahead)


def chart_of(
    kind: Kind,
    frame: pd.DataFrame,
    *,
    what: str,
    unit: str | Format,
    title: str,
    source: str,
    table: pd.DataFrame | Table,
    name: str,
    takeaway: str | None = None,
) -> Chart:
    """A chart with the words of its twin, both from one frame in one unit.

    Parameters
    ----------
    kind : str
        "lines", "columns" or "ranked": which ``plot_`` and ``describe_``.
    frame, unit
        As for that ``plot_``.
    what : str
        What is measured, inside a sentence.
    title, source, table, name, takeaway
        As for ``chart``.
    """
    plot, describe = _TWINS[kind]
    return chart(
        plot(frame, unit=unit),
        title=title,
        alt=describe(frame, what=what, unit=unit),
        source=source,
        takeaway=takeaway,
        table=table,
        name=name,
    )


def peers_chart(
    beside: pd.DataFrame,
    *,
    what: str,
    measured: str,
    unit: str | Format,
    title: str,
    source: str,
    name: str,
    table_unit: str | Format = "number1",
) -> Chart:
    """An authority among its neighbours, beside its region and England, with its place.

    Parameters
    ----------
    beside : pd.DataFrame
        As made by ``compare.to_peers``.
    what, measured : str
        What is measured, in a sentence after "a"; and the same with its period.
    unit, table_unit : str or callable
        Number format on the chart, and in the table of its numbers.
    title, source, name : str
        As for ``chart``.
    """
    numbers = table(
        beside[["area_name", "value", "gap", "rank"]],
        caption=title,
        formats=dict.fromkeys(("value", "gap"), table_unit),
        name=name,
    )
    return chart_of(
        "ranked",
        beside,
        what=measured,
        unit=unit,
        title=title,
        source=source,
        takeaway=say_rank(beside, what=f"a {what}", unit=unit),
        table=numbers,
        name=name,
    )


def balance_chart(
    stated: pd.DataFrame, *, title: str, caption: str, also: Sequence[str], source: str
) -> Chart:
    """Every stated balance of the dedicated schools grant, foreseen ones hatched.

    Parameters
    ----------
    stated : pd.DataFrame
        As made by ``finance.balances``.
    title, source : str
        As for ``chart``.
    caption : str
        Of the table.
    also : Sequence[str]
        Columns of ``stated`` that the table shows beside the balances.
    """
    columns = pd.DataFrame(
        {
            "year": [f"{date:%B %Y}" for date in stated["balance_date"]],
            "value": stated["closing_balance_gbp"],
            "foreseen": stated["foreseen"],
        }
    )
    numbers = columns.assign(**{name: stated[name] for name in also})[["year", *also, "value"]]
    return chart_of(
        "columns",
        columns,
        what="the stated balance of the dedicated schools grant",
        unit="gbp_m",
        title=title,
        source=source,
        table=table(numbers, caption=caption, formats={"value": "gbp"}, name="balance"),
        name="balance",
    )
