"""What sections of several pages have: lines, columns, bars beside peers, and amounts of money.

Each chart is drawn, described and named from one frame, so its picture and its words
cannot come apart.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from sendlib.present.charts.bars import plot_columns, plot_ranked
from sendlib.present.charts.lines import plot_lines
from sendlib.present.figure import Chart, chart
from sendlib.present.formats import Format, gbp_m
from sendlib.present.markup import Block
from sendlib.present.notes import KeyFigure, banner
from sendlib.present.tables import Table, table
from sendlib.present.words.general import (
    describe_columns,
    describe_lines,
    describe_ranked,
    say_not_held,
    say_rank,
)


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


def line_chart(
    lines: pd.DataFrame,
    *,
    what: str,
    unit: str | Format,
    title: str,
    source: str,
    table: pd.DataFrame | Table,
    name: str,
    takeaway: str | None = None,
) -> Chart:
    """A chart of lines with its words.

    Parameters
    ----------
    lines, unit
        As for ``plot_lines``.
    what : str
        What is measured, inside a sentence.
    title, source, table, name, takeaway
        As for ``chart``.
    """
    return chart(
        plot_lines(lines, unit=unit),
        title=title,
        alt=describe_lines(lines, what=what, unit=unit),
        source=source,
        takeaway=takeaway,
        table=table,
        name=name,
    )


def column_chart(
    columns: pd.DataFrame,
    *,
    what: str,
    unit: str | Format,
    title: str,
    source: str,
    table: pd.DataFrame | Table,
    name: str,
    takeaway: str | None = None,
) -> Chart:
    """A chart of columns with its words.

    Parameters
    ----------
    columns, unit
        As for ``plot_columns``.
    what : str
        What is measured, inside a sentence.
    title, source, table, name, takeaway
        As for ``chart``.
    """
    return chart(
        plot_columns(columns, unit=unit),
        title=title,
        alt=describe_columns(columns, what=what, unit=unit),
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
    return chart(
        plot_ranked(beside, unit=unit),
        title=title,
        alt=describe_ranked(beside, what=measured, unit=unit),
        source=source,
        takeaway=say_rank(beside, what=f"a {what}", unit=unit),
        table=table(
            beside[["area_name", "value", "gap", "rank"]],
            caption=title,
            formats=dict.fromkeys(("value", "gap"), table_unit),
            name=name,
        ),
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
            "foreseen": ~stated["happened"],
        }
    )
    numbers = columns.assign(**{name: stated[name] for name in also})[["year", *also, "value"]]
    return column_chart(
        columns,
        what="the stated balance of the dedicated schools grant",
        unit="gbp_m",
        title=title,
        source=source,
        table=table(numbers, caption=caption, formats={"value": "gbp"}, name="balance"),
        name="balance",
    )
