"""A frame for every part of every chart: an authority, its neighbours, region and England.

The mean of the neighbours is weighed by the children that each rate is of,
where those are published for all of them; otherwise each neighbour counts the
same. Every frame says which.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pandas as pd

from sendlib.areas import PeerGroup, peer_group
from sendlib.errors import NotAvailableError, ParameterError, Problem, did_you_mean
from sendlib.outcomes.charts import Chart, Part, Printed, read_charts
from sendlib.outcomes.series import TABLES, Tables, series_of
from sendlib.vocabulary import ENGLAND, ChildGroup, ValueStatus

NEIGHBOURS_MEAN = "Neighbours' mean"
_PRINTED_NEIGHBOURS = "statistical neighbours"
_PRINTED_GROUPS = {
    "EHCP": ChildGroup.EHCP,
    "SEN Support": ChildGroup.SEN_SUPPORT,
    "SEND": ChildGroup.ALL_SEN,
    "No SEN": ChildGroup.NO_SEN,
    "all": ChildGroup.ALL,
}
_COLUMNS = ["year", "period", "name", "line", "value", "of", "status", "areas"]
_MARKS = ["year", "period", "name", "line", "value"]
MeanBasis = Literal["weighted", "unweighted", "none"]


class Line(StrEnum):
    """What a line of a chart is to the authority that the chart is about."""

    AUTHORITY = "authority"
    NEIGHBOURS = "neighbours"
    REGION = "region"
    ENGLAND = "england"


@dataclass(frozen=True)
class ChartFrame:
    """One part of a chart, ready to be drawn.

    Parameters
    ----------
    chart : Chart
        The strategy's chart: number and title.
    part : Part
        The measure: name, unit, which way is better.
    group : ChildGroup
        The children; ``ALL`` where the measure is not split by group.
    frame : pd.DataFrame
        A row for each line and year: ``year`` in which the ``period`` ends,
        ``name``, ``line``, ``value`` in the part's unit, ``of`` (the count that
        it is a rate or share of, where published), ``status``, and ``areas``,
        how many areas the value is of.
    printed : pd.DataFrame
        The strategy's own figures: ``year``, ``period``, ``name``, ``line``, ``value``.
    mean_basis : str
        Whether the mean of the neighbours is weighted.
    reason : str
        Why the authority has no figure; empty where it has one.
    not_held : tuple[str, ...]
        Lines without any figure.
    sources : tuple[str, ...]
        ``source_id`` of the figures.
    """

    chart: Chart
    part: Part
    group: ChildGroup
    frame: pd.DataFrame
    printed: pd.DataFrame
    mean_basis: MeanBasis = "none"
    reason: str = ""
    not_held: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def chart_frames(tables: Tables, area_code: str, *, group: str) -> tuple[ChartFrame, ...]:
    """The strategy's sixteen charts for one authority and one group of children."""
    groups = {member.value: member for member in ChildGroup}
    if group not in groups:
        problem = Problem(f"group {group!r}", "group", did_you_mean(group, groups))
        raise ParameterError("There is no such group of children.", [problem])
    if area_code not in set(tables["area"]["area_code"]):
        problem = Problem(f"no area {area_code!r}", "area_code", "use a code of table `area`")
        raise NotAvailableError("There is nothing to chart.", [problem])
    peers = peer_group(area_code, tables["area"], tables["neighbour"])
    theirs = _of_peers(tables, peers)
    return tuple(
        _chart_frame(chart, part, theirs, peers, groups[group])
        for chart in read_charts()
        for part in chart.parts
    )


def with_wider_group(
    asked: Sequence[ChartFrame], wider: Sequence[ChartFrame]
) -> tuple[ChartFrame, ...]:
    """Charts of a group of children, with a wider group where the group has no series."""
    return tuple(
        other
        if mine.part.selection(mine.group) is None and other.part.groups and not other.reason
        else mine
        for mine, other in zip(asked, wider, strict=True)
    )


def _of_peers(tables: Tables, peers: PeerGroup) -> dict[str, pd.DataFrame]:
    """The tables of figures, with the rows of the areas compared only."""
    everyone = list(peers.everyone)
    kept = {name: tables[name] for name in TABLES}
    own = {name: frame[frame["area_code"].isin(everyone)] for name, frame in kept.items()}
    return {**own, "strategy_figure": tables["strategy_figure"]}


def _chart_frame(
    chart: Chart, part: Part, tables: Tables, peers: PeerGroup, asked: ChildGroup
) -> ChartFrame:
    group = ChildGroup.ALL if part.whole else asked
    printed = _printed(part.printed, tables["strategy_figure"], peers, group)
    selection = part.selection(group)
    if selection is None:
        nothing = pd.DataFrame(columns=_COLUMNS)
        return ChartFrame(chart, part, group, nothing, printed, reason=_why_not(part))
    series = series_of(selection, tables, group=group)
    frame, basis = _lines(series, peers)
    with_values = set(frame.loc[frame["value"].notna(), "line"])
    names = _names(peers)
    return ChartFrame(
        chart,
        part,
        group,
        frame,
        printed,
        basis,
        "" if Line.AUTHORITY in with_values else f"no figure for {peers.name}",
        tuple(name for line, name in names.items() if line not in with_values),
        tuple(sorted(set(series["source_id"]))),
    )


def _why_not(part: Part) -> str:
    if part.missing:
        return part.missing
    held = [f"{group.label[0].lower()}{group.label[1:]}" for group in part.groups]
    return f"not available for this group of children, only for {' and '.join(held)}"


def _names(peers: PeerGroup) -> dict[Line, str]:
    return {
        Line.AUTHORITY: peers.name,
        Line.NEIGHBOURS: NEIGHBOURS_MEAN,
        Line.REGION: peers.names[peers.region],
        Line.ENGLAND: peers.names[ENGLAND],
    }


def _lines(series: pd.DataFrame, peers: PeerGroup) -> tuple[pd.DataFrame, MeanBasis]:
    """The four lines of a chart below each other, and how the mean was made."""
    neighbours = series[series["area_code"].isin(peers.neighbours)]
    mean, basis = _mean(neighbours)
    codes = {
        Line.AUTHORITY: peers.area_code,
        Line.REGION: peers.region,
        Line.ENGLAND: ENGLAND,
    }
    single = {line: series[series["area_code"] == code] for line, code in codes.items()}
    lines = {line: frame.assign(areas=1) for line, frame in single.items()}
    lines[Line.NEIGHBOURS] = mean
    named = [
        lines[line]
        .assign(line=line.value, name=name)
        .rename(columns={"value_status": "status", "weight": "of"})
        for line, name in _names(peers).items()
    ]
    return pd.concat(named, ignore_index=True)[_COLUMNS], basis


def _mean(neighbours: pd.DataFrame) -> tuple[pd.DataFrame, MeanBasis]:
    """The mean of the neighbours with a value in each year. [the part's unit]"""
    known = neighbours[neighbours["value"].notna()]
    if known.empty:
        return neighbours.drop_duplicates("year").assign(areas=0), "none"
    weighted = bool(known["weight"].notna().all())
    weight = known["weight"] if weighted else pd.Series(1.0, index=known.index)
    sums = (
        known.assign(part=known["value"] * weight, weight=weight)
        .groupby(["year", "period"])
        .agg(part=("part", "sum"), weight=("weight", "sum"), areas=("area_code", "nunique"))
    )
    years = neighbours[["year", "period"]].drop_duplicates().set_index(["year", "period"]).index
    made = sums.reindex(years.sort_values())
    mean = pd.DataFrame(
        {
            "value": made["part"] / made["weight"].where(made["weight"] > 0),
            "weight": made["weight"] if weighted else float("nan"),
            "areas": made["areas"].fillna(0).astype("int64"),
        }
    ).reset_index()
    present = mean["value"].notna()
    status = present.map({True: ValueStatus.REPORTED, False: ValueStatus.NOT_AVAILABLE})
    return mean.assign(value_status=status.astype(str)), "weighted" if weighted else "unweighted"


def _printed(
    wanted: Printed | None, figures: pd.DataFrame, peers: PeerGroup, group: ChildGroup
) -> pd.DataFrame:
    """What the authority's own strategy printed, to mark on the chart."""
    if wanted is None:
        return pd.DataFrame(columns=_MARKS)
    own = set(figures.loc[figures["area_code"] == peers.area_code, "source_id"])
    is_it = (figures["theme"] == wanted.theme) & (figures["measure"] == wanted.measure)
    rows = figures[is_it & figures["source_id"].isin(own)]
    if group != ChildGroup.ALL:
        rows = rows[rows["group"].map(_PRINTED_GROUPS) == group]
    return pd.DataFrame(_marks(rows, peers), columns=_MARKS).sort_values(
        ["line", "year"], ignore_index=True
    )


def _marks(rows: pd.DataFrame, peers: PeerGroup) -> Iterator[tuple[int, str, str, str, float]]:
    line_of_code = {
        peers.area_code: Line.AUTHORITY,
        peers.region: Line.REGION,
        ENGLAND: Line.ENGLAND,
    }
    for row in rows.itertuples():
        line = line_of_code.get(str(row.area_code))
        if row.area_name == _PRINTED_NEIGHBOURS:
            line = Line.NEIGHBOURS
        if line is not None:
            period = str(row.period)
            yield _last_year(period), period, _names(peers)[line], line.value, float(str(row.value))


def _last_year(period: str) -> int:
    """The year in which a printed period ends: 2019, 2013-2019 and 2018/19 all in 2019."""
    first, _, half = period.partition("/")
    return int(first) + 1 if half else int(period[-4:])
