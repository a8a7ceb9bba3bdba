"""What the charts hold, part by part: the last figures, the years, and what is missing.

Percentages are shares from 0 to 1 here and rates are events for each person, so
that they can be tested; amounts, points and scores stay as they are. Tests belong
to ``compare``, which takes these frames.
"""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from sendlib.outcomes.counted import counted_name
from sendlib.outcomes.frames import ChartFrame, Line

Kind = Literal["share", "rate", "amount", "untested"]
_PER_PERSON = {"%": 100.0, "per 10,000 residents aged 0 to 17": 10_000.0}
_KINDS: dict[str, Kind] = {
    "flow": "rate",
    "needs": "share",
    "outcome": "share",
    "growth": "amount",
    "funding": "amount",
    "spend": "amount",
    "indicator": "untested",
}
_OTHERS = (Line.ENGLAND, Line.NEIGHBOURS, Line.REGION)
_PANEL = ["number", "part", "unit", "year", "period", "line", "name", "value", "status"]
_MARKS = ["number", "part", "line", "year", "period", "value"]
_NOTED = ["mean_basis", "neighbours_held", "rose", "changes", "not_held", "sources"]


def kind_of(made: ChartFrame) -> Kind:
    """What a part's figures are: shares or rates that can be tested, amounts, or neither.

    An amount is all there is, so that a gap between two is a gap; points and
    scores, and shares whose counts are not published, cannot be tested.
    """
    selection = made.part.selection(made.group)
    kind = _KINDS[selection.table] if selection else "untested"
    return "untested" if kind == "share" and made.part.unit != "%" else kind


def to_measures(frames: Sequence[ChartFrame], wider: Sequence[ChartFrame] = ()) -> pd.DataFrame:
    """The authority's last figure of every part that has one, and what stands beside it.

    Parameters
    ----------
    frames : Sequence[ChartFrame]
        As made by ``chart_frames``.
    wider : Sequence[ChartFrame]
        The same for a wider group: what the strategy printed of that group is
        taken where it printed nothing of the group asked for.

    Returns
    -------
    pd.DataFrame
        One row for each part with a figure: ``number`` and ``chart``, ``part``,
        ``group``, ``indicator`` (its name among the counted, or empty), ``unit``,
        ``better``, ``kind``, ``year``, ``period``, ``value`` and ``of``;
        ``neighbours``, ``region`` and ``england`` in the same year; ``other_name``,
        ``other`` and ``other_of``, the one to set it beside (England, or else the
        neighbours, or else the region); ``printed`` with ``printed_period``, what the
        authority's own strategy printed last, and ``printed_of``, the children where
        they are others; ``mean_basis`` and ``neighbours_held``, of how many neighbours the mean
        is; ``rose`` of ``changes``, how many changes from one year to the next
        went up; ``not_held``, the lines without figures; and ``sources``.
        Missing where not held.
    """
    others = {made.part.name: made for made in wider}
    rows = [_measure(made, others.get(made.part.name, made)) for made in frames if not made.reason]
    columns = ["number", "chart", "part", "group", "indicator", "unit", "better", "kind"]
    columns += ["year", "period"]
    columns += ["name", "value", "of", "neighbours", "region", "england"]
    columns += ["other_name", "other", "other_of", "printed", "printed_period", "printed_of"]
    return pd.DataFrame(rows, columns=[*columns, *_NOTED])


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
        for own in [_own(made)]
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
            value=made.printed["value"].astype(float) / _scale(made),
        )
        for made in frames
        if len(made.printed)
    ]
    return _below(parts, _MARKS)


def not_brought_up_to_date(
    frames: Sequence[ChartFrame], wider: Sequence[ChartFrame] = ()
) -> pd.DataFrame:
    """The parts that have no figure, why, and what the strategy printed of them.

    Parameters
    ----------
    frames : Sequence[ChartFrame]
        As made by ``chart_frames``.
    wider : Sequence[ChartFrame]
        The same for a wider group of children: parts that the strategy printed
        of them and that have no figure are listed too.

    Returns
    -------
    pd.DataFrame
        ``number``, ``chart``, ``part``, ``group``, ``unit``, ``why``, ``printed``
        and ``england_printed`` (natural units, as in ``to_measures``) and
        ``printed_period``; in the charts' order.
    """
    listed = {(made.part.name, made.group) for made in frames}
    others = [made for made in wider if len(made.printed)]
    lacking = [
        made
        for made in (*frames, *(one for one in others if (one.part.name, one.group) not in listed))
        if made.reason
    ]
    columns = ["number", "chart", "part", "group", "unit", "why", "printed", "england_printed"]
    rows = pd.DataFrame(list(map(_lacking, lacking)), columns=[*columns, "printed_period"])
    twice = rows["printed"].isna() & rows.duplicated(["part", "why"], keep=False)
    return rows[~twice].sort_values("number", kind="stable", ignore_index=True)


def to_numbers(panels: pd.DataFrame, marks: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One chart's numbers as a table: a row for each part and year, a column for each line.

    Parameters
    ----------
    panels, marks : pd.DataFrame
        As made by ``to_panels`` and ``to_marks``, for one chart.

    Returns
    -------
    tuple[pd.DataFrame, pd.DataFrame]
        Values (``Measure``, ``Period``, the lines by name, and what the strategy
        printed of any of them), and the status of the lines.
    """
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


def _lacking(made: ChartFrame) -> dict[str, object]:
    printed, period = _printed_last(made, Line.AUTHORITY)
    return {
        "number": made.chart.number,
        "chart": made.chart.title,
        "part": made.part.name,
        "group": made.group.value,
        "unit": made.part.unit,
        "why": made.reason,
        "printed": printed / _scale(made),
        "england_printed": _printed_last(made, Line.ENGLAND)[0] / _scale(made),
        "printed_period": period,
    }


def _measure(made: ChartFrame, wider: ChartFrame) -> dict[str, object]:
    scaled, selection = _scaled(made), made.part.selection(made.group)
    series = _own(made).dropna(subset=["value"])
    own, changes = series.iloc[-1], series.set_index("year")["value"].diff().dropna()
    beside = scaled[scaled["year"] == own["year"]].set_index("line")
    kind = kind_of(made)
    other = next((line for line in _OTHERS if line in set(beside["value"].dropna().index)), None)
    row = beside.loc[other] if other else {"name": "England", "value": float("nan")}
    tested = kind in ("share", "rate") and other is not None
    printed_by = made if len(made.printed) else wider
    printed, period = _printed_last(printed_by, Line.AUTHORITY)
    return {
        "number": made.chart.number,
        "chart": made.chart.title,
        "part": made.part.name,
        "group": made.group.value,
        "indicator": counted_name(selection, made.group) if selection else "",
        "unit": made.part.unit,
        "better": made.part.better,
        "kind": kind,
        "year": int(own["year"]),
        "period": own["period"],
        "name": own["name"],
        "value": own["value"],
        "of": own["of"] if tested else float("nan"),
        **{line.value: beside["value"].get(line.value) for line in _OTHERS},
        "other_name": "the neighbours' mean" if other == Line.NEIGHBOURS else row["name"],
        "other": row["value"],
        "other_of": row["of"] if tested else float("nan"),
        "printed": printed / _scale(made),
        "printed_period": period,
        "printed_of": "" if printed_by.group == made.group else printed_by.group.label,
        "mean_basis": made.mean_basis,
        "neighbours_held": int(beside["areas"].fillna(0).get(Line.NEIGHBOURS.value, 0)),
        "rose": int((changes > 0).sum()),
        "changes": len(changes),
        "not_held": made.not_held,
        "sources": made.sources,
    }


def _every_year(made: ChartFrame) -> pd.DataFrame:
    scaled = _scaled(made)
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


def _own(made: ChartFrame) -> pd.DataFrame:
    scaled = _scaled(made)
    return scaled[scaled["line"] == Line.AUTHORITY].sort_values("year")


def _scaled(made: ChartFrame) -> pd.DataFrame:
    frame = made.frame.assign(year=made.frame["year"].astype(int))
    return frame.assign(value=frame["value"].astype(float) / _scale(made))


def _scale(made: ChartFrame) -> float:
    return _PER_PERSON.get(made.part.unit, 1.0)


def _of(made: ChartFrame, own: pd.DataFrame) -> pd.Series:
    tested = kind_of(made) in ("share", "rate")
    return own["of"].astype(float) if tested else pd.Series(float("nan"), index=own.index)


def _breaks_as(made: ChartFrame) -> str:
    selection = made.part.selection(made.group)
    return made.part.breaks_as or (selection.name if selection else "")


def _printed_last(made: ChartFrame, line: Line) -> tuple[float, str]:
    rows = made.printed[made.printed["line"] == line]
    if rows.empty:
        return float("nan"), ""
    return float(rows["value"].iloc[-1]), str(rows["period"].iloc[-1])


def _below(parts: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Frames one below the other; an empty one where there are none."""
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]
