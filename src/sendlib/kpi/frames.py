"""Tables of indicators with columns named as they should be read, and a notice on their feed."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sendlib.kpi import narrative
from sendlib.kpi.control import Charts
from sendlib.kpi.feed import Feed
from sendlib.kpi.narrative import ASSURANCES, STATES, format_of
from sendlib.kpi.register import Register
from sendlib.pages.formats import MISSING, level_format, number1, number2, say_period
from sendlib.pages.markup import Block
from sendlib.pages.notes import banner, missing, own_records
from sendlib.pages.tables import MISSING_SYMBOLS
from sendlib.tidy import about, pick
from sendlib.vocabulary import ValueStatus

_Row = Mapping[Hashable, Any]
_YEARLY_NOTE = (
    "Direction: rising or falling where a test of all years since the figure was last counted "
    "another way finds it, allowing for how many figures are tested; the line shows every year. A "
    "gap to England is not tested here and may be chance. Counts and money are not compared."
)
_DIRECTIONS = {
    "no clear direction": "No clear direction",
    "too few points": "Too few years counted alike",
}
_WITHHELD = MISSING_SYMBOLS[ValueStatus.SUPPRESSED]


def feed_notice(feed: Feed) -> Block:
    """What a reader has to know first of the figures of a feed: invented, own records, or none."""
    if feed.synthetic:
        return banner(
            "The monthly and quarterly figures on this page, their charts and their status are "
            "invented and say nothing of any authority. The yearly figures are published ones.",
            "synthetic",
        )
    if len(feed.values):
        return own_records()
    return missing(["Monthly and quarterly indicators: none received"])


def caveats(feed: Feed) -> list[str]:
    """What to bear in mind of the status of indicators; little where no feed was received."""
    proposed = (
        "Definitions, owners and due dates are proposals in the register of indicators, to be "
        "agreed by the board."
    )
    if feed.values.empty:
        return [proposed]
    return [
        "A status speaks of the last value only. Concerning and improving mean that it is unlikely "
        "to be chance, not that the strategy caused it.",
        proposed,
        "Yearly patterns are not taken out, so a school year's rhythm can look like a change.",
    ]


def by_frequency(register: Register) -> pd.DataFrame:
    """The indicators of the strategies by how often each is due."""
    every = register.to_frame()
    listed = every.groupby("frequency", sort=False)["title"].agg("; ".join)
    frame = listed.rename("indicators").rename_axis("how often").reset_index()
    what = "indicators by how often each is due"
    return about(frame, name="register", what=what, origin="not_people")


def monitor_rows(monitor: pd.DataFrame) -> pd.DataFrame:
    """One row for each indicator of a ``monitor``, by its short name.

    Where none has a figure, whose they are and since when due. "Values so far" describes the
    small chart.
    """
    rows = monitor.to_dict("records")
    to_row = _awaited if monitor["state"].eq("no_data").all() else _monitored
    frame = pd.DataFrame([to_row(row) for row in rows], index=monitor["kpi"].tolist())
    return about(frame, notes=narrative.table_notes(monitor))


def signal_points(signals: pd.DataFrame, control: Charts, whose: str) -> list[pd.DataFrame]:
    """The values of each indicator that changed, with what its chart says of it.

    ``signals`` are rows of ``monitor`` with a rule. Each frame has rows of ``Charts.points``; its
    ``attrs`` have ``title``, ``what``, ``unit``, ``target`` and ``notes``.
    """
    return [
        about(
            pick(control.points, kpi=row["kpi"]),
            name=f"control_{row['kpi']}",
            title=narrative.signal(row),
            what=f"{row['title']} ({row['unit']}), {whose}",
            unit=format_of(row["kind"]),
            target=row["target"],
            notes=[narrative.meaning(row)],
        )
        for row in signals.to_dict("records")
    ]


def control_rows(points: pd.DataFrame, withheld: pd.DataFrame) -> pd.DataFrame:
    """The numbers of a control chart, a period a row, with the periods that are withheld.

    ``points`` are those of one indicator from :func:`signal_points`; ``withheld`` are rows of a
    feed without a value, of which those of other indicators are left out.
    """
    missing = withheld[withheld["kpi"].isin(points["kpi"]) & withheld["value"].isna()]
    every = pd.concat([points, missing[["period", "period_end"]]]).sort_values("period_end")
    levels = {"Mean": "mean", "Lower limit": "lower", "Upper limit": "upper"}
    frame = pd.DataFrame(
        {
            "Period": every["period"].map(say_period),
            "Value": every["value"].astype(object).where(every["value"].notna(), _WITHHELD),
            **{heading: every[level] for heading, level in levels.items()},
            "Status": every["state"].map(STATES).fillna("Withheld"),
        }
    ).dropna(axis="columns", how="all")
    unit = points.attrs.get("unit", number1)
    formats = {"Value": unit, **dict.fromkeys(levels, level_format(unit))}
    return about(frame, formats=formats)


def published_rows(published: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """One row for each yearly figure: its last value, England's, its years and its direction.

    The figures are those of ``last_published`` and their years of ``published_series``; the index
    is the name of the figure. "Years so far" describes its small chart.
    """
    years = dict(list(series.dropna(subset=["value"]).groupby("indicator", sort=False)))
    rows = [_published(row, years.get(row["indicator"])) for row in published.to_dict("records")]
    frame = pd.DataFrame(rows, index=published["indicator"].tolist())
    return about(frame, name="yearly", notes=[_YEARLY_NOTE])


def _awaited(row: _Row) -> dict[str, str]:
    return {
        "Indicator": row["title"],
        "Status": STATES["no_data"],
        "Was due": f"{_day(row)} for {_short(row['next_period'])}",
        "How often": row["frequency"].capitalize(),
        "Who gives it (proposed)": row["owner"],
    }


def _monitored(row: _Row) -> dict[str, str]:
    write, available = format_of(row["kind"]), not pd.isna(row["last_value"])
    nothing = _WITHHELD if row["withheld"] and not available else MISSING
    low, high = write(row["lowest_value"]), write(row["highest_value"])
    value = write(row["last_value"])
    chart = ""  # what the small chart of the row shows; no two are alike
    if available:
        chart = (
            f"{row['title']}: {value} in {say_period(row['last_period'])}, from {low} to {high}; "
            f"{STATES[row['state']].rpartition(' ')[0].lower()}"
        )
    late = f"Overdue: {_short(row['next_period'])}, due " if row["overdue"] else "Due "
    return {
        "Indicator": row["title"],
        "Status": STATES[row["state"]],
        "Last value": f"{value} in {_short(row['last_period'])}" if available else nothing,
        "Range": f"{low} to {high}" if available else nothing,
        "Values so far": chart or MISSING,
        "Direction": narrative.signal_direction(row),
        "Target": ASSURANCES[row["assurance"]],
        "Next figure": f"{late}{_day(row)}",
    }


def _published(row: _Row, own: pd.DataFrame | None) -> dict[str, str]:
    write = format_of(row["kind"])
    available, compared = not pd.isna(row["value"]), not pd.isna(row["england"])
    nothing = MISSING_SYMBOLS.get(row["value_status"], MISSING) if own is not None else MISSING
    not_compared = "Not compared" if row["kind"] in ("count", "money") else MISSING
    return {
        "Figure": row["label"],
        "Indicator": row["title"],
        "Last value": f"{write(row['value'])} in {row['period']}" if available else nothing,
        "England": write(row["england"]) if compared else not_compared,
        "Compared with England": _gap(row) if available and compared else not_compared,
        "Years so far": MISSING if own is None else _years(row, own),
        "Direction": _direction(row) if available else MISSING,
    }


def _gap(row: _Row) -> str:
    """How far above or below England, between the two figures as they are shown."""
    places, write = (2, number2) if row["kind"] == "score" else (1, number1)
    gap = round(row["value"], places) - round(row["england"], places)
    if gap == 0:
        return "Same"
    points = " points" if row["kind"] == "percentage" else ""
    return f"{write(abs(gap))}{points} {'above' if gap > 0 else 'below'}"


def _direction(row: _Row) -> str:
    """Which way, since when, and whether that is better."""
    going = row["direction"]
    if going in _DIRECTIONS or pd.isna(going):
        return _DIRECTIONS.get(going, MISSING)
    trend = f"{going.capitalize()} since {row['since']}"
    if row["better"] not in ("higher", "lower"):
        return trend
    return f"{trend}: {'better' if (going == 'rising') == (row['better'] == 'higher') else 'worse'}"


def _years(row: _Row, own: pd.DataFrame) -> str:
    """What the small chart of a row shows."""
    write = format_of(own["kind"].iloc[-1])
    first, last = own.iloc[0], own.iloc[-1]
    text = f"{row['label']}, {row['title']}: {write(last['value'])} in {last['period']}"
    if len(own) == 1:
        return f"{text}, the only year available"
    span = f"{write(own['value'].min())} to {write(own['value'].max())}"
    return f"{text}, {write(first['value'])} in {first['period']}, from {span}"


def _day(row: _Row) -> str:
    return f"{row['due'].day} {row['due']:%b %Y}"


def _short(period: str) -> str:
    """A period with its month cut to three letters, and a quarter before its year."""
    month, _, year = say_period(period).partition(" ")
    return f"{month[:3]} {year.removeprefix('of ')}"
