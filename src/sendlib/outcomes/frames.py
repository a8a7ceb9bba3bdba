"""A frame for every part of every chart: an authority, its neighbours, region and England.

The mean of the neighbours is weighed by the children that each rate is of,
where those are published for all of them; otherwise each neighbour counts the
same. Every frame says which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from sendlib.areas import PeerGroup, peer_group
from sendlib.errors import ParameterError, Problem, did_you_mean
from sendlib.outcomes.series import TABLES, Chart, Part, Tables, read_charts, series_of
from sendlib.reuse import reuse_published
from sendlib.vocabulary import ENGLAND, ChildGroup, ValueStatus

_NEIGHBOURS = "statistical neighbours"  # as the strategy calls their mean
_GROUPS = {
    "EHCP": ChildGroup.EHCP,
    "SEN Support": ChildGroup.SEN_SUPPORT,
    "SEND": ChildGroup.ALL_SEN,
    "No SEN": ChildGroup.NO_SEN,
    "all": ChildGroup.ALL,
}
_COLUMNS = ["year", "period", "name", "line", "value", "of", "status", "areas"]
_PUBLISHED = ["year", "period", "name", "line", "value"]


class Line(StrEnum):
    """What a line of a chart is to the authority that the chart is about."""

    AUTHORITY = "authority"
    NEIGHBOURS = "neighbours"
    REGION = "region"
    ENGLAND = "england"


@dataclass(frozen=True)
class ChartFrame:
    """One part of a chart, ready to be drawn.

    ``frame`` has a row for each line and year: ``year`` in which the ``period`` ends, ``name``,
    ``line``, ``value`` in the part's unit, ``of`` (the count that it is a rate or share of, where
    published), ``status``, and ``areas``, how many areas the value is of.
    """

    chart: Chart
    part: Part
    group: ChildGroup  # ``ALL`` where the measure is not split by group
    names: Mapping[Line, str]
    frame: pd.DataFrame
    published: pd.DataFrame  # in the strategy: year, period, name, line, value
    mean_basis: str = "none"  # or whether the mean of the neighbours is weighted or unweighted
    sources: tuple[str, ...] = ()

    @property
    def not_available(self) -> tuple[str, ...]:
        """The names of lines without any figure."""
        lines = set(self.frame.loc[self.frame["value"].notna(), "line"])
        return tuple(name for line, name in self.names.items() if line not in lines)

    @property
    def reason(self) -> str:
        """Why the authority has no figure; empty where it has one."""
        if self.part.selection(self.group) is None and not self.part.missing:
            groups = [f"{each.label[0].lower()}{each.label[1:]}" for each in self.part.groups]
            return f"not available for this group of children, only for {' and '.join(groups)}"
        name = self.names[Line.AUTHORITY]
        lacks = f"no figure for {name}" if name in self.not_available else ""
        return self.part.missing or lacks


def chart_frames(
    tables: Tables, area_code: str, *, group: str, others: Sequence[ChartFrame] = ()
) -> tuple[ChartFrame, ...]:
    """The strategy's sixteen charts for one authority and one group of children.

    ``others`` are those for another group; what is of everyone is taken from them.
    """
    groups = {member.value: member for member in ChildGroup}
    if group not in groups:
        problem = Problem("unknown_group", f"group {group!r}", "group", did_you_mean(group, groups))
        raise ParameterError("There is no such group of children.", [problem])
    peers = peer_group(area_code, tables["area"], tables["neighbour"])
    compared = {
        name: tables[name][tables[name]["area_code"].isin(peers.everyone)] for name in TABLES
    }
    known = {(each.chart.number, each.part.name): each for each in others if each.part.everyone}
    used = {**compared, "strategy_figure": tables["strategy_figure"]}

    def gather() -> tuple[ChartFrame, ...]:
        return tuple(
            known.get((chart.number, part.name))
            or _chart_frame(chart, part, used, peers, groups[group])
            for chart in read_charts()
            for part in chart.parts
        )

    return reuse_published("charts of the strategy", (used, peers, group), gather)


def _chart_frame(
    chart: Chart, part: Part, tables: Tables, peers: PeerGroup, asked: ChildGroup
) -> ChartFrame:
    group = ChildGroup.ALL if part.everyone else asked
    names = {
        Line.AUTHORITY: peers.name,
        Line.NEIGHBOURS: "Neighbours' mean",
        Line.REGION: peers.names[peers.region],
        Line.ENGLAND: peers.names[ENGLAND],
    }
    published = _published(part, tables["strategy_figure"], peers, group)
    published["name"] = published["line"].map(names)
    selection = part.selection(group)
    if selection is None:
        return ChartFrame(chart, part, group, names, pd.DataFrame(columns=_COLUMNS), published)
    series = series_of(selection, tables, group=group)
    mean, basis = _mean(series[series["area_code"].isin(peers.neighbours)])
    codes = {peers.area_code: Line.AUTHORITY, peers.region: Line.REGION, ENGLAND: Line.ENGLAND}
    areas = {line: series[series["area_code"] == code] for code, line in codes.items()}
    rows = {line: frame.assign(areas=1) for line, frame in areas.items()} | {Line.NEIGHBOURS: mean}
    lines = [rows[line].assign(line=line.value, name=name) for line, name in names.items()]
    frame = pd.concat(lines, ignore_index=True)
    frame = frame.rename(columns={"value_status": "status", "weight": "of"})[_COLUMNS]
    sources = tuple(sorted(set(series["source_id"])))
    return ChartFrame(chart, part, group, names, frame, published, basis, sources)


def _mean(neighbours: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The mean of the neighbours with a value in each year. [the part's unit]"""
    known = neighbours[neighbours["value"].notna()]
    if known.empty:
        return neighbours.drop_duplicates("year").assign(areas=0), "none"
    weighted, key = bool(known["weight"].notna().all()), ["year", "period"]
    weight = known["weight"] if weighted else pd.Series(1.0, index=known.index)
    mean = (
        known.assign(part=known["value"] * weight, weight=weight)
        .groupby(key)
        .agg(part=("part", "sum"), weight=("weight", "sum"), areas=("area_code", "nunique"))
        .reindex(pd.MultiIndex.from_frame(neighbours[key].drop_duplicates().sort_values(key)))
        .reset_index()
    )
    mean["value"] = mean["part"] / mean["weight"].where(mean["weight"] > 0)
    mean["weight"] = mean["weight"] if weighted else float("nan")
    mean["areas"] = mean["areas"].fillna(0).astype("int64")
    status = {True: ValueStatus.REPORTED.value, False: ValueStatus.NOT_AVAILABLE.value}
    mean["value_status"] = mean["value"].notna().map(status)
    return mean, "weighted" if weighted else "unweighted"


def _published(
    part: Part, figures: pd.DataFrame, peers: PeerGroup, group: ChildGroup
) -> pd.DataFrame:
    """What the authority's own strategy published of a part, to mark on the chart."""
    if not part.published:
        return pd.DataFrame(columns=_PUBLISHED)
    own = figures.loc[figures["area_code"] == peers.area_code, "source_id"]
    is_it = (figures[list(part.published)] == pd.Series(part.published)).all(axis=1)
    rows = figures[is_it & figures["source_id"].isin(own)]
    if group != ChildGroup.ALL:
        rows = rows[rows["group"].map(_GROUPS) == group]
    lines = {
        peers.area_code: Line.AUTHORITY.value,
        peers.region: Line.REGION.value,
        ENGLAND: Line.ENGLAND.value,
    }
    line = rows["area_code"].map(lines)
    line = line.mask(rows["area_name"] == _NEIGHBOURS, Line.NEIGHBOURS.value)
    marks = rows.assign(line=line, name="", year=rows["period"].map(_last_year))[_PUBLISHED]
    return marks.dropna(subset="line").sort_values(["line", "year"], ignore_index=True)


def _last_year(period: str) -> int:
    """The year in which a period ends: 2019, 2013-2019 and 2018/19 all in 2019."""
    first, _, half = period.partition("/")
    return int(first) + 1 if half else int(period[-4:])
