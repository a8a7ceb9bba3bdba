"""What the strategy's charts show (``charts.yml``), and a frame for every part of every chart.

A frame has the figures of an authority, its neighbours, region and England. The mean of the
neighbours is weighed by the children that each rate is of, where those are published for all
of them; otherwise each neighbour counts the same. Every frame says which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

import pandas as pd
from pydantic import TypeAdapter

from sendlib.areas import PeerGroup, peer_group
from sendlib.fields import Strict
from sendlib.files import read_settings
from sendlib.indicators import attendance_by_year, outcome_by_year
from sendlib.reuse import reuse_published
from sendlib.tidy import pick, with_years
from sendlib.validation import check_known
from sendlib.vocabulary import ENGLAND, TOTAL, AgeBand, ChildGroup, PlaceType, ValueStatus

Tables = Mapping[str, pd.DataFrame]
TABLES = (
    "attendance",
    "children",
    "ehcp_caseload",
    "ehcp_flow",
    "high_needs_funding",
    "high_needs_spend",
    "indicator",
    "outcome",
)
_COLUMNS = ["area_code", "year", "period", "value", "weight", "value_status", "source_id"]
_KEY = ["area_code", "year"]
_NEIGHBOURS = "statistical neighbours"  # as the strategy calls their mean
_GROUPS = {
    "EHCP": ChildGroup.EHCP,
    "SEN Support": ChildGroup.SEN_SUPPORT,
    "SEND": ChildGroup.ALL_SEN,
    "No SEN": ChildGroup.NO_SEN,
    "all": ChildGroup.ALL,
}
_LINES = ["year", "period", "name", "line", "value", "of", "status", "areas"]
_PUBLISHED = ["year", "period", "name", "line", "value"]
_STATUS_OF_PRESENCE = {True: ValueStatus.REPORTED.value, False: ValueStatus.NOT_AVAILABLE.value}


class Selection(Strict):
    """Which figures form a series."""

    table: Literal[
        "growth", "flow", "funding", "spend", "needs", "indicator", "outcome", "attendance"
    ]
    name: str = ""  # the measure, element, need, indicator or outcome
    term: Literal["year", "autumn", "spring", "summer"] = "year"  # of attendance
    base_year: int = 0  # the January that a growth starts from
    age_band: AgeBand | None = None  # whose needs: of an age band, or of the plans in some places
    places: tuple[PlaceType, ...] = ()


class ChartPart(Strict):
    """One measure of a chart: a series for everyone, one for each group, or why there is none."""

    name: str
    unit: str
    better: Literal["higher", "lower", "none"]
    everyone: Selection | None = None
    groups: Mapping[ChildGroup, Selection] = {}
    missing: str = ""
    published: Mapping[str, str] = {}  # theme and measure in table ``strategy_figure``
    breaks_as: str = ""  # the indicator whose breaks in series the part shares

    def selection(self, group: ChildGroup) -> Selection | None:
        """Which figures the part is of for a group of children; none where there are none."""
        return self.everyone or self.groups.get(group)


class Chart(Strict):
    """One of the strategy's charts."""

    number: int
    title: str
    parts: tuple[ChartPart, ...]


@cache
def read_charts() -> tuple[Chart, ...]:
    """The sixteen charts, in the strategy's order."""
    return TypeAdapter(tuple[Chart, ...]).validate_python(read_settings("outcomes", "charts.yml"))


def series_of(selection: Selection, tables: Tables, *, group: ChildGroup) -> pd.DataFrame:
    """The figures that a selection asks for, for every area and year available."""
    name = selection.name
    match selection.table:
        case "growth":
            rows = _growth(tables["ehcp_caseload"], selection.base_year)
        case "needs":
            rows = _needs(tables["ehcp_caseload"], selection)
        case "flow":
            own = with_years(pick(tables["ehcp_flow"], measure=name))
            rows = _for_each_child(own, "value", tables["children"], own["year"], scale=10_000)
        case "funding":
            own = pick(tables["high_needs_funding"], element=name)
            rows = _for_financial_year(own, "allocation_gbp", tables["children"])
        case "spend":
            own = pick(tables["high_needs_spend"], basis=name)
            rows = _for_financial_year(own, "net_gbp", tables["children"])
        case "indicator":
            rows = pick(tables["indicator"], indicator=name).assign(weight=float("nan"))
        case "outcome":
            rows = outcome_by_year(tables["outcome"], name, group)
            rows = rows.assign(weight=rows["denominator"])
        case "attendance":
            rows = attendance_by_year(
                tables["attendance"], tables["outcome"], name, group, term=selection.term
            ).assign(weight=float("nan"))
    return rows[_COLUMNS].sort_values(_KEY, ignore_index=True)


def _growth(caseload: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """Growth of plans since a January, weighed by the plans of that January. [%]"""
    total = pick(caseload, age_band=TOTAL, place_type=TOTAL, primary_need=TOTAL)
    plans = total[total["census_year"] >= base_year].rename(columns={"census_year": "year"})
    base = pick(plans, year=base_year).set_index("area_code")["plans"]
    before = plans["area_code"].map(base).where(lambda count: count > 0)
    value = 100 * (plans["plans"] / before - 1)
    period = "January " + plans["year"].astype(str)
    return _with_status(plans.assign(period=period, value=value, weight=before))


def _for_financial_year(rows: pd.DataFrame, money: str, children: pd.DataFrame) -> pd.DataFrame:
    """Money of a financial year for each resident aged 0 to 17. [£]"""
    named = with_years(rows.assign(value_status=rows[money].notna().map(_STATUS_OF_PRESENCE)))
    return _for_each_child(named, money, children, named["year"] - 1, scale=1)


def _for_each_child(
    rows: pd.DataFrame, count: str, children: pd.DataFrame, mid_year: pd.Series, *, scale: float
) -> pd.DataFrame:
    """A count, or money, for each resident aged 0 to 17 in the middle of a year, or for many."""
    persons = children.set_index(["area_code", "year"])["persons"]
    wanted = pd.MultiIndex.from_arrays([rows["area_code"], mid_year])
    weight = pd.Series(persons.reindex(wanted).to_numpy(), index=rows.index)
    return _with_status(rows.assign(value=scale * rows[count] / weight, weight=weight))


def _needs(caseload: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Share of the plans of an age band, or of some places, that name a need. [%]

    A combination that the release leaves out is one in which nobody is placed;
    one missing part makes the share unknown.
    """
    age = selection.age_band.value if selection.age_band else TOTAL
    places = [place.value for place in selection.places] or [TOTAL]
    rows = pick(caseload, age_band=age, place_type=places).rename(columns={"census_year": "year"})
    is_not_collected = rows["value_status"] == ValueStatus.NOT_COLLECTED
    rows = rows[(rows["primary_need"] != TOTAL) & ~is_not_collected]
    by_area = rows.groupby(_KEY)
    named = rows["plans"].where(rows["primary_need"] == selection.name, 0 * rows["plans"])
    series = by_area.agg(source_id=("source_id", "max"))
    series["weight"] = by_area["plans"].sum(skipna=False)
    series["value"] = 100 * named.groupby([rows[key] for key in _KEY]).sum() / series["weight"]
    lacking = rows[rows["value_status"] != ValueStatus.REPORTED].drop_duplicates(_KEY)
    status = lacking.set_index(_KEY)["value_status"].reindex(series.index)
    series["value_status"] = status.fillna(ValueStatus.REPORTED.value)
    long = series.reset_index()
    return _with_status(long.assign(period="January " + long["year"].astype(str)))


def _with_status(series: pd.DataFrame) -> pd.DataFrame:
    """The rest is missing where a sum could not be done though its count was reported."""
    lost = series["value"].isna() & (series["value_status"] == ValueStatus.REPORTED)
    status = series["value_status"].mask(lost, ValueStatus.NOT_AVAILABLE.value)
    return series.assign(value_status=status)


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
    part: ChartPart
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
    check_known(group, groups, "group")
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
    chart: Chart, part: ChartPart, tables: Tables, peers: PeerGroup, asked: ChildGroup
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
        return ChartFrame(chart, part, group, names, pd.DataFrame(columns=_LINES), published)
    series = series_of(selection, tables, group=group)
    mean, basis = _mean(series[series["area_code"].isin(peers.neighbours)])
    alone = series.assign(line=series["area_code"].map(_lines_of(peers)), areas=1)
    lines = pd.concat([alone, mean.assign(line=Line.NEIGHBOURS.value)], ignore_index=True)
    frame = pd.concat([pick(lines, line=line.value) for line in names], ignore_index=True)
    frame["name"] = frame["line"].map(names)
    frame = frame.rename(columns={"value_status": "status", "weight": "of"})[_LINES]
    sources = tuple(sorted(set(series["source_id"])))
    return ChartFrame(chart, part, group, names, frame, published, basis, sources)


def _lines_of(peers: PeerGroup) -> dict[str, str]:
    """The line of each area that has one alone, by its code."""
    lines = {peers.area_code: Line.AUTHORITY, peers.region: Line.REGION, ENGLAND: Line.ENGLAND}
    return {code: line.value for code, line in lines.items()}


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
    mean["value_status"] = mean["value"].notna().map(_STATUS_OF_PRESENCE)
    return mean, "weighted" if weighted else "unweighted"


def _published(
    part: ChartPart, figures: pd.DataFrame, peers: PeerGroup, group: ChildGroup
) -> pd.DataFrame:
    """What the authority's own strategy published of a part, to mark on the chart."""
    if not part.published:
        return pd.DataFrame(columns=_PUBLISHED)
    own = pick(figures, area_code=peers.area_code)["source_id"].tolist()
    rows = pick(figures, source_id=own, **part.published)
    if group != ChildGroup.ALL:
        rows = rows[rows["group"].map(_GROUPS) == group]
    line = rows["area_code"].map(_lines_of(peers))
    line = line.mask(rows["area_name"] == _NEIGHBOURS, Line.NEIGHBOURS.value)
    marks = rows.assign(line=line, name="", year=rows["period"].map(_last_year))[_PUBLISHED]
    return marks.dropna(subset="line").sort_values(["line", "year"], ignore_index=True)


def _last_year(period: str) -> int:
    """The year in which a period ends: 2019, 2013-2019 and 2018/19 all in 2019."""
    first, _, half = period.partition("/")
    return int(first) + 1 if half else int(period[-4:])
