"""The table of yearly figures that are published of indicators, beside England's."""

import pandas as pd

from sendlib.pages.formats import MISSING, number1, number2
from sendlib.pages.tables import Table, table
from sendlib.present.charts.control import sparkline
from sendlib.present.words.control import unit_of
from sendlib.present.words.directions import worth_of_way
from sendlib.vocabulary import ValueStatus

DIRECTION_NOTE = (
    "Direction: rising or falling where a test of all years since the figure was last counted "
    "another way finds it, allowing for how many figures are tested; the line shows every year "
    "held. A gap to England is not tested here and may be chance. Counts and money are not set "
    "beside England."
)
_DIRECTIONS = {
    "no clear direction": "No clear direction",
    "too few points": "Too few years to compare",
}
_SHOWN = {"", ValueStatus.REPORTED, ValueStatus.NOT_AVAILABLE}


def published_table(
    published: pd.DataFrame, series: pd.DataFrame, *, caption: str, name: str, source: str
) -> Table:
    """One row for each figure, with a small chart of its years in it.

    Parameters
    ----------
    published : pd.DataFrame
        In order: ``indicator`` (its name), ``title``, ``label``, ``kind``,
        ``better``, ``period``, ``value``, ``value_status``, ``england``,
        ``direction`` and ``since``, missing where nothing is held.
    series : pd.DataFrame
        ``indicator``, ``year``, ``period`` and ``value``, in order of the years.
    caption, name, source : str
        As for ``table``.

    Returns
    -------
    Table
        The indicator, the figure, its last value, England's, how far apart
        they are, its years and its direction.
    """
    years = dict(list(series.dropna(subset=["value"]).groupby("indicator", sort=False)))
    rows, pictures = [], {}
    for row in published.to_dict("records"):
        said, own = pd.Series(row), years.get(row["indicator"])
        alt = MISSING if own is None else _alt(said, own)
        if own is not None:
            pictures[alt] = sparkline(_plain(own), alt=alt)
        rows.append(_row(said, alt))
    status = published["value_status"].where(~published["value_status"].isin(_SHOWN))
    return table(
        pd.DataFrame(rows),
        caption=caption,
        name=name,
        source=source,
        notes=[DIRECTION_NOTE],
        origin="published",
        status=pd.DataFrame({"Last value": status.to_numpy()}),
        pictures=pictures,
    )


def _plain(own: pd.DataFrame) -> pd.DataFrame:
    """Values as a small chart needs them: without limits, none of them judged."""
    nothing = float("nan")
    return own.assign(mean=nothing, lower=nothing, upper=nothing, state="too_few")


def _row(row: pd.Series, alt: str) -> dict[str, str]:
    write = unit_of(row["kind"])
    held = not pd.isna(row["value"])
    beside = not pd.isna(row["england"])
    return {
        "Figure": row["label"],
        "Indicator": row["title"],
        "Last value": f"{write(row['value'])} in {row['period']}" if held else MISSING,
        "England": write(row["england"]) if beside else _no_england(row["kind"]),
        "Beside England": _gap(row) if held and beside else _no_england(row["kind"]),
        "Years so far": alt,
        "Direction": _direction(row) if held else MISSING,
    }


def _no_england(kind: object) -> str:
    return "Not compared" if kind in ("count", "money") else MISSING


def _gap(row: pd.Series) -> str:
    """How far above or below England, between the two figures as they are shown."""
    places, write = (2, number2) if row["kind"] == "score" else (1, number1)
    gap = round(row["value"], places) - round(row["england"], places)
    if gap == 0:
        return "Same"
    points = " points" if row["kind"] == "percentage" else ""
    return f"{write(abs(gap))}{points} {'above' if gap > 0 else 'below'}"


def _direction(row: pd.Series) -> str:
    """Which way, since when, and whether that is better."""
    going = row["direction"]
    if going in _DIRECTIONS or pd.isna(going):
        return _DIRECTIONS.get(going, MISSING)
    said = f"{str(going).capitalize()} since {row['since']}"
    worth = worth_of_way(going, row["better"])
    return f"{said}: {worth}" if worth else said


def _alt(row: pd.Series, own: pd.DataFrame) -> str:
    """What the small chart of a row shows."""
    write = unit_of(own["kind"].iloc[-1])
    first, last = own.iloc[0], own.iloc[-1]
    text = f"{row['label']}, {row['title']}: {write(last['value'])} in {last['period']}"
    if len(own) == 1:
        return f"{text}, the only year held"
    span = f"{write(own['value'].min())} to {write(own['value'].max())}"
    return f"{text}, {write(first['value'])} in {first['period']}, from {span}"
