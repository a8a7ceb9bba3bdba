"""The last figure of every part of the charts, what stands beside it, and what is missing.

Percentages are shares from 0 to 1 here and rates are events for each person, so
that they can be tested; amounts, points and scores stay as they are. Tests belong
to ``compare``, which takes these frames.
"""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from sendlib.outcomes.counted import counted_name
from sendlib.outcomes.frames import ChartFrame, Line
from sendlib.outcomes.words import UNITS

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
    """The authority's last figure of every part that has one, and what stands beside it."""
    others = {made.part.name: made for made in wider}
    rows = [_measure(made, others.get(made.part.name, made)) for made in frames if not made.reason]
    columns = ["number", "chart", "part", "group", "indicator", "unit", "format", "better", "kind"]
    columns += ["year", "period"]
    columns += ["name", "value", "of", "neighbours", "region", "england"]
    columns += ["other_name", "other", "other_of", "printed", "printed_period", "printed_of"]
    return pd.DataFrame(rows, columns=[*columns, *_NOTED])


def not_brought_up_to_date(
    frames: Sequence[ChartFrame], wider: Sequence[ChartFrame] = ()
) -> pd.DataFrame:
    """The parts that have no figure, why, and what the strategy printed of them."""
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


def _lacking(made: ChartFrame) -> dict[str, object]:
    printed, period = _printed_last(made, Line.AUTHORITY)
    return {
        "number": made.chart.number,
        "chart": made.chart.title,
        "part": made.part.name,
        "group": made.group.value,
        "unit": made.part.unit,
        "why": made.reason,
        "printed": printed / scale_of(made),
        "england_printed": _printed_last(made, Line.ENGLAND)[0] / scale_of(made),
        "printed_period": period,
    }


def _measure(made: ChartFrame, wider: ChartFrame) -> dict[str, object]:
    scaled, selection = in_natural_units(made), made.part.selection(made.group)
    series = own_series(made).dropna(subset=["value"])
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
        "format": UNITS.get(made.part.unit, "number1"),
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
        "printed": printed / scale_of(made),
        "printed_period": period,
        "printed_of": "" if printed_by.group == made.group else printed_by.group.label,
        "mean_basis": made.mean_basis,
        "neighbours_held": int(beside["areas"].fillna(0).get(Line.NEIGHBOURS.value, 0)),
        "rose": int((changes > 0).sum()),
        "changes": len(changes),
        "not_held": made.not_held,
        "sources": made.sources,
    }


def own_series(made: ChartFrame) -> pd.DataFrame:
    """The authority's figures of a part, in order of the years."""
    scaled = in_natural_units(made)
    return scaled[scaled["line"] == Line.AUTHORITY].sort_values("year")


def in_natural_units(made: ChartFrame) -> pd.DataFrame:
    """All lines of a part, percentages from 0 to 1 and rates as events for each person."""
    frame = made.frame.assign(year=made.frame["year"].astype(int))
    return frame.assign(value=frame["value"].astype(float) / scale_of(made))


def scale_of(made: ChartFrame) -> float:
    """By what a part's figures are divided."""
    return _PER_PERSON.get(made.part.unit, 1.0)


def _printed_last(made: ChartFrame, line: Line) -> tuple[float, str]:
    rows = made.printed[made.printed["line"] == line]
    if rows.empty:
        return float("nan"), ""
    return float(rows["value"].iloc[-1]), str(rows["period"].iloc[-1])
