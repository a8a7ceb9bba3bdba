"""Every year of the charts: series to be tested, lines to be drawn, and numbers to be printed.

Units are those of ``measures``.
"""

from collections.abc import Sequence

import pandas as pd

from sendlib.outcomes.frames import ChartFrame, Line
from sendlib.outcomes.measures import in_natural_units, kind_of, own_series, scale_of

Numbers = tuple[pd.DataFrame, pd.DataFrame]
_PANEL = ["number", "part", "unit", "year", "period", "line", "name", "value", "status"]
_MARKS = ["number", "part", "line", "year", "period", "value"]


def to_series(frames: Sequence[ChartFrame]) -> pd.DataFrame:
    """Every year of the authority, as ``compare.trends`` takes it.

    Returns
    -------
    pd.DataFrame
        ``area_code`` (the authority's name), ``indicator`` (the part), ``year``,
        ``value``, ``of`` (missing where the figures cannot be tested by it).
    """
    parts = [
        own.assign(area_code=own["name"], indicator=made.part.name, of=_of(made, own))
        for made in frames
        if not made.reason
        for own in [own_series(made)]
    ]
    columns = ["area_code", "indicator", "year", "value", "of"]
    return _below(parts, columns)


def break_names(frames: Sequence[ChartFrame]) -> dict[str, str]:
    """Which indicator's breaks each part has, by the part's name."""
    return {made.part.name: _breaks_as(made) for made in frames if not made.reason}


def break_years(breaks: pd.DataFrame) -> pd.DataFrame:
    """The years that cannot be compared with the year before: where breaks begin, and end.

    Parameters
    ----------
    breaks : pd.DataFrame
        As made by ``compare.breaks_under``.

    Returns
    -------
    pd.DataFrame
        ``part`` and ``year``; a break of one year has one row.
    """
    begin = breaks.assign(year=breaks["first_year"])
    end = breaks[breaks["last_year"] > breaks["first_year"]]
    both = pd.concat([begin, end.assign(year=end["last_year"] + 1)], ignore_index=True)
    return both.rename(columns={"indicator": "part"})[["part", "year"]]


def to_panels(frames: Sequence[ChartFrame]) -> pd.DataFrame:
    """Every line of every part with a figure, each year from its first to its last.

    Returns
    -------
    pd.DataFrame
        ``number`` of the chart, ``part``, ``unit``, ``year``, ``period``, ``line``,
        ``name``, ``value``, ``status``. A year that nobody published has rows
        without a value, and so has one in which the strategy printed a figure.
    """
    parts = [_every_year(made) for made in frames if not made.reason]
    return _below(parts, _PANEL)


def to_marks(frames: Sequence[ChartFrame]) -> pd.DataFrame:
    """What the strategy printed: ``number``, ``part``, ``line``, ``year``, ``period``, ``value``.

    A part without a figure has marks too; a page may print them in a table.
    """
    parts = [
        made.printed.assign(
            number=made.chart.number,
            part=made.part.name,
            value=made.printed["value"].astype(float) / scale_of(made),
        )
        for made in frames
        if len(made.printed)
    ]
    return _below(parts, _MARKS)


def to_numbers(panels: pd.DataFrame, marks: pd.DataFrame) -> dict[int, Numbers]:
    """The numbers of each chart as a table: a row for each part and year, a column for each line.

    Parameters
    ----------
    panels, marks : pd.DataFrame
        As made by ``to_panels`` and ``to_marks``.

    Returns
    -------
    dict[int, tuple[pd.DataFrame, pd.DataFrame]]
        By the chart's number: values (``Measure``, ``Period``, the lines by name, and
        what the strategy printed of any of them), and the status of the lines.
    """
    return {
        int(number): _numbers(panels[panels["number"] == number], marks[marks["number"] == number])
        for number in panels["number"].unique()
    }


def _numbers(panels: pd.DataFrame, marks: pd.DataFrame) -> Numbers:
    names = panels.drop_duplicates("line").set_index("line")["name"]
    key = ["part", "year", "period"]
    order = panels[key].drop_duplicates().set_index(key).index
    wide = panels.set_index([*key, "line"])[["value", "status"]].unstack("line").reindex(order)
    lines, titles = list(names.index), [str(name) for name in names]
    values = pd.DataFrame(wide["value"])[lines].set_axis(titles, axis=1)
    status = pd.DataFrame(wide["status"])[lines].set_axis(titles, axis=1)
    for line, rows in marks.groupby("line"):
        printed = rows.set_index(["part", "year"])["value"]
        at = pd.MultiIndex.from_arrays([order.get_level_values(name) for name in ("part", "year")])
        if printed.index.isin(at).any():
            values[f"Strategy printed, {names[line]}"] = printed.reindex(at).to_numpy()
    front = {"Measure": order.get_level_values("part"), "Period": order.get_level_values("period")}
    shown = pd.concat([pd.DataFrame(front), values.reset_index(drop=True)], axis=1)
    return shown, status.reset_index(drop=True)


def _every_year(made: ChartFrame) -> pd.DataFrame:
    scaled = in_natural_units(made)
    known = scaled.loc[scaled["value"].notna(), "year"]
    marked = made.printed["year"].astype(int)
    years = range(min([*known, *marked]), max([*known, *marked]) + 1)
    names = _names(made)
    periods = scaled.drop_duplicates("year").set_index("year")["period"]
    wanted = pd.MultiIndex.from_product([list(names), years], names=["line", "year"])
    full = scaled.set_index(["line", "year"]).reindex(wanted).reset_index()
    named = full.assign(name=full["line"].map(names))
    return named.assign(
        number=made.chart.number,
        part=made.part.name,
        unit=made.part.unit,
        period=named["year"].map(periods).fillna(named["year"].astype(str)),
    )


def _names(made: ChartFrame) -> dict[str, str]:
    """The name of every line, of one without any row too, in the order of the lines."""
    rows = made.frame.drop_duplicates("line")
    known = {str(line): str(name) for line, name in zip(rows["line"], rows["name"], strict=True)}
    absent = [name for name in made.not_held if name not in known.values()]
    names = iter(absent)
    return {line.value: known[line] if line in known else next(names) for line in Line}


def _of(made: ChartFrame, own: pd.DataFrame) -> pd.Series:
    tested = kind_of(made) in ("share", "rate")
    return own["of"].astype(float) if tested else pd.Series(float("nan"), index=own.index)


def _breaks_as(made: ChartFrame) -> str:
    selection = made.part.selection(made.group)
    return made.part.breaks_as or (selection.name if selection else "")


def _below(parts: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Frames one below the other; an empty one where there are none."""
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]
