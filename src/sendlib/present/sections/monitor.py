"""The table of indicators that a board reads in a minute: status, value, range, direction, due."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from sendlib.pages.formats import MISSING, say_period
from sendlib.pages.notes import KeyFigure, KeyFigures, key_figures
from sendlib.pages.tables import Table, table
from sendlib.present.charts.control import sparkline
from sendlib.present.words.control import (
    ASSURANCES,
    DIRECTION_NOTE,
    STATE_NOTE,
    STATES,
    cell_signal,
    unit_of,
)
from sendlib.present.words.general import join_words
from sendlib.vocabulary import FEWEST_SHOWN, ValueStatus


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
        ``lowest_value``, ``highest_value``, ``withheld``, ``next_period``,
        ``due``, ``overdue``.
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
        notes=[STATE_NOTE, DIRECTION_NOTE, *_withheld(monitor), *notes],
        status=_marks(monitor),
        pictures=pictures,
    )


def awaited_table(monitor: pd.DataFrame, *, caption: str, name: str, source: str) -> Table:
    """One row for each indicator of which no figure was ever received.

    Parameters
    ----------
    monitor : pd.DataFrame
        In order: ``title``, ``frequency``, ``owner``, ``next_period``, ``due``.
    caption, name, source : str
        As for ``table``.

    Returns
    -------
    Table
        Status in words and a sign, when the last figure was due, how often
        there is one, and who is to give it.
    """
    rows = [
        {
            "Indicator": row["title"],
            "Status": STATES["no_data"],
            "Was due": _due(row),
            "How often": str(row["frequency"]).capitalize(),
            "Who gives it (proposed)": row["owner"],
        }
        for row in monitor.to_dict("records")
    ]
    return table(pd.DataFrame(rows), caption=caption, name=name, source=source, origin="not_people")


def _marks(monitor: pd.DataFrame) -> pd.DataFrame:
    """Where nothing but withheld counts is held: their mark."""
    only = (monitor["withheld"] > 0) & monitor["last_value"].isna()
    mark = only.map({True: ValueStatus.SUPPRESSED.value, False: ""})
    return pd.DataFrame({"Last value": mark.to_numpy(), "Range": mark.to_numpy()})


def _withheld(monitor: pd.DataFrame) -> list[str]:
    """A note on counts that are not shown; none where every one is."""
    titles = list(monitor["title"][monitor["withheld"] > 0])
    if not titles:
        return []
    said = (
        f"Counts from 1 to below {FEWEST_SHOWN} are withheld: marked [c] where there is no other, "
        "otherwise passed over here and marked in the numbers of a chart"
    )
    return [f"{said}: {join_words(titles)}."]


def monitor_tiles(monitor: pd.DataFrame) -> KeyFigures:
    """How many indicators there are of each kind that a board asks about first.

    Where none has a figure, nothing is said of their states.

    Parameters
    ----------
    monitor : pd.DataFrame
        ``state`` and ``overdue``.
    """
    of, what = f"of {len(monitor)}", "monthly and quarterly indicators"
    held = monitor["state"].value_counts()
    none = held.get("no_data", 0) == len(monitor)
    figures = [
        KeyFigure(STATES[state].rpartition(" ")[0], f"{held.get(state, 0)} {of}", what)
        for state in ("concerning", "improving")
    ]
    if none:
        figures = [KeyFigure("With figures", f"0 {of}", what)]
    overdue = f"{int(monitor['overdue'].sum())} {of}"
    return key_figures([*figures, KeyFigure("Figures overdue", overdue, what)])


def _due(row: Mapping[Hashable, Any]) -> str:
    """A day, and the period whose figure should be there by then."""
    return f"{row['due'].day} {row['due']:%b %Y} for {_short(row['next_period'])}"


def _row(row: pd.Series, alt: str) -> dict[str, str]:
    write = unit_of(row["kind"])
    held = not pd.isna(row["last_value"])
    span = f"{write(row['lowest_value'])} to {write(row['highest_value'])}" if held else MISSING
    last = f"{write(row['last_value'])} in {_short(row['last_period'])}" if held else MISSING
    return {
        "Indicator": row["title"],
        "Status": STATES[row["state"]],
        "Last value": last,
        "Range": span,
        "Values so far": alt,
        "Direction": cell_signal(row["rule"], row["side"], row["state"]),
        "Target": ASSURANCES[row["assurance"]],
        "Next figure": _next(row),
    }


def _next(row: pd.Series) -> str:
    """When the next figure is due; which it is, where it is overdue."""
    day = f"{row['due'].day} {row['due']:%b %Y}"
    return f"Overdue: {_short(row['next_period'])}, due {day}" if row["overdue"] else f"Due {day}"


def _short(period: str) -> str:
    """A period with its month cut to three letters, and a quarter before its year."""
    month, _, year = say_period(period).partition(" ")
    return f"{month[:3]} {year.removeprefix('of ')}"


def _alt(row: pd.Series) -> str:
    """What the small chart of a row shows; no two are alike, since each names its indicator."""
    write = unit_of(row["kind"])
    return (
        f"{row['title']}: {write(row['last_value'])} in {say_period(row['last_period'])}, from "
        f"{write(row['lowest_value'])} to {write(row['highest_value'])}; "
        f"{STATES[row['state']].rpartition(' ')[0].lower()}"
    )
