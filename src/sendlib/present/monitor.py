"""The table of indicators that a board reads in a minute: status, value, range, direction, due."""

from collections.abc import Sequence

import pandas as pd

from sendlib.present.control import read_period, sparkline
from sendlib.present.control_words import (
    ASSURANCES,
    DIRECTION_NOTE,
    STATE_NOTE,
    STATES,
    say_direction,
    unit_of,
)
from sendlib.present.formats import MISSING
from sendlib.present.tables import Table, table


def monitor_table(
    monitor: pd.DataFrame,
    points: pd.DataFrame,
    *,
    caption: str,
    name: str,
    source: str,
    notes: Sequence[str] = (),
) -> Table:
    """One row for each indicator, with a small chart of its values in it.

    Parameters
    ----------
    monitor : pd.DataFrame
        In order: ``kpi``, ``title``, ``kind``, ``unit``, ``state``, ``rule``,
        ``side``, ``assurance``, ``last_period``, ``last_value``,
        ``lowest_value``, ``highest_value``, ``next_period``, ``due``, ``overdue``.
    points : pd.DataFrame
        ``kpi`` and the columns that ``plot_control`` needs.
    caption, name, source : str
        As for ``table``.
    notes : Sequence[str]
        Remarks below the table; what the status means is always said.

    Returns
    -------
    Table
        Status in words and a sign, the last value, its range, direction,
        target, when the next figure is due and whether it is overdue.
    """
    by_kpi = dict(list(points.groupby("kpi", sort=False)))
    rows, pictures = [], {}
    for row in monitor.to_dict("records"):
        own = by_kpi.get(row["kpi"])
        said = pd.Series(row)
        alt = _alt(said) if own is not None else MISSING
        if own is not None:
            pictures[alt] = sparkline(own, alt=alt)
        rows.append(_row(said, alt))
    return table(
        pd.DataFrame(rows),
        caption=caption,
        name=name,
        source=source,
        notes=[STATE_NOTE, DIRECTION_NOTE, *notes],
        pictures=pictures,
    )


def _row(row: pd.Series, alt: str) -> dict[str, str]:
    write = unit_of(row["kind"])
    when = f"{row['due'].day} {row['due']:%b %Y} for {_short(row['next_period'])}"
    held = not pd.isna(row["last_value"])
    span = f"{write(row['lowest_value'])} to {write(row['highest_value'])}" if held else MISSING
    last = f"{write(row['last_value'])} in {_short(row['last_period'])}" if held else MISSING
    return {
        "Indicator": row["title"],
        "Status": STATES[row["state"]],
        "Last value": last,
        "Range": span,
        "Values so far": alt,
        "Direction": say_direction(row["rule"], row["side"], row["state"]),
        "Target": ASSURANCES[row["assurance"]],
        "Next figure": f"Overdue: {when}" if row["overdue"] else f"Due {when}",
    }


def _short(period: str) -> str:
    """A period with its month cut to three letters."""
    month, _, year = read_period(period).partition(" ")
    return f"{month[:3]} {year}" if year.isdigit() else period


def _alt(row: pd.Series) -> str:
    """What the small chart of a row shows; no two are alike, since each names its indicator."""
    write = unit_of(row["kind"])
    return (
        f"{row['title']}: {write(row['last_value'])} in {read_period(row['last_period'])}, from "
        f"{write(row['lowest_value'])} to {write(row['highest_value'])}; "
        f"{STATES[row['state']].rpartition(' ')[0].lower()}"
    )
