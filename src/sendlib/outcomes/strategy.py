"""The strategy's charts for one authority: last figures, their series, and lines as drawn.

In ``measures`` and ``series`` percentages are shares from 0 to 1 and rates are events for each
person, so that ``compare`` can test them; amounts, points and scores are as they are. ``lines``
are in the units of the charts.
"""

from dataclasses import dataclass

import pandas as pd

from sendlib.outcomes.measures import counted_name
from sendlib.outcomes.narrative import UNIT_WORDS, as_published, measure_name, published_cells
from sendlib.outcomes.series import ChartFrame, Line, Tables, chart_frames
from sendlib.pages.tables import with_symbols
from sendlib.tidy import about
from sendlib.vocabulary import ChildGroup

_PER_PERSON = {"%": 100.0, "per 10,000 residents aged 0 to 17": 10_000.0}
_KINDS = {
    "flow": "rate",
    "needs": "share",
    "outcome": "share",
    "growth": "amount",
    "funding": "amount",
    "spend": "amount",
    "indicator": "untested",
    "attendance": "untested",
}
_OTHERS = (Line.ENGLAND, Line.NEIGHBOURS, Line.REGION)
_MEASURE = [
    *("number", "chart", "part", "group", "indicator", "unit", "format", "better", "kind"),
    *("year", "period", "name", "value", "of", "neighbours", "region", "england"),
    *("other_name", "other", "other_of", "published", "published_period", "published_of"),
    *("mean_basis", "neighbours_available", "not_available"),
]
_WITHOUT = ["number", "chart", "part", "group", "unit"]
_WITHOUT += ["why", "published", "england_published", "published_period"]
_LINES = ["chart", "measure", "unit", "year", "period", "line", "name", "value", "status"]
_FORMATS = {"%": "pct1", "score": "number2", "£ per resident aged 0 to 17": "gbp"}


@dataclass(frozen=True)
class StrategyCharts:
    """The strategy's charts for one authority and one group of children."""

    frames: tuple[ChartFrame, ...]
    all_sen: tuple[ChartFrame, ...]  # the same for all children with SEN

    @property
    def _with_figures(self) -> list[ChartFrame]:
        return [panel for panel in self.frames if not panel.reason]

    @property
    def measures(self) -> pd.DataFrame:
        """The authority's last figure of every measure, what it is compared with, its changes."""
        others = {panel.part.name: panel for panel in self.all_sen}
        rows = [_measure(panel, others.get(panel.part.name, panel)) for panel in self._with_figures]
        return pd.DataFrame(rows, columns=_MEASURE)

    @property
    def series(self) -> pd.DataFrame:
        """Every year of the authority, as ``compare.trends`` takes it."""
        columns = ["area_code", "indicator", "year", "value", "of"]
        parts = []
        for panel in self._with_figures:
            own = _own(panel)
            of = own["of"].astype(float) if _kind(panel) in ("share", "rate") else float("nan")
            parts.append(own.assign(area_code=own["name"], indicator=panel.part.name, of=of))
        joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
        return joined[columns]

    @property
    def break_names(self) -> dict[str, str]:
        """Which indicator's breaks each measure has, by the measure's name."""
        names = {}
        for panel in self._with_figures:
            selection = panel.part.selection(panel.group)
            names[panel.part.name] = panel.part.breaks_as or (selection.name if selection else "")
        return names

    def lines(self, *numbers: int) -> pd.DataFrame:
        """Every year of some charts, by number: the authority, neighbours, region, England.

        ``chart``, ``measure``, ``unit``, ``year``, ``period``, ``name``, ``value``, ``status``,
        ``strategy`` (what the strategy published), and as ``mark`` with its ``label`` what it
        published of the authority itself.
        """
        panels = [panel for panel in self._with_figures if panel.chart.number in numbers]
        parts = [_lines(panel) for panel in panels]
        lines = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_LINES)
        units = dict(zip(lines["measure"], lines["unit"], strict=True))
        return about(
            lines,
            what="each measure over the years; a diamond is what the strategy published",
            why="None of these charts can be brought up to date for this authority: the last "
            "table of this page says why of each.",
            missing=False,
            measure="value",
            units={str(name): _FORMATS.get(unit, "number1") for name, unit in units.items()},
            source_ids=sorted({source for panel in panels for source in panel.sources}),
        )

    def breaks(self, breaks: pd.DataFrame) -> pd.DataFrame:
        """The years that cannot be compared with the year before, by ``measure``.

        A break has a year where it begins, and one after it ends, if it is of several. Breaks are
        as made by ``compare.known_breaks``.
        """
        names = {panel.part.name: _name(panel) for panel in self.frames}
        end = breaks[breaks["last_year"] > breaks["first_year"]]["last_year"] + 1
        years = pd.concat([breaks["first_year"], end])
        measure = breaks["indicator"].map(names)[years.index]
        return pd.DataFrame({"measure": measure, "year": years}).reset_index(drop=True)

    def without_figures(self) -> pd.DataFrame:
        """The measures without a figure, why, and what the strategy published of them."""
        listed = {(panel.part.name, panel.group) for panel in self.frames}
        others = [
            panel
            for panel in self.all_sen
            if len(panel.published) and (panel.part.name, panel.group) not in listed
        ]
        rows = pd.DataFrame(
            [_without(panel) for panel in (*self.frames, *others) if panel.reason],
            columns=_WITHOUT,
        )
        twice = rows["published"].isna() & rows.duplicated(["part", "why"], keep=False)
        rows = rows[~twice].sort_values("number", kind="stable", ignore_index=True)
        groups = rows["group"].where(rows["published_period"] != "", "")
        names = zip(rows["part"], groups, strict=True)
        frame = pd.DataFrame(
            {
                "Chart": rows["number"].astype(str) + ". " + rows["chart"],
                "Measure": [measure_name(part, children=group) for part, group in names],
                "Why there is no figure": rows["why"],
                "The strategy": published_cells(rows, "published"),
                "The strategy, England": published_cells(rows, "england_published"),
            }
        )
        return about(frame, why="Every part of the strategy's charts has figures.")


def strategy_charts(tables: Tables, area_code: str, *, group: str) -> StrategyCharts:
    """The strategy's sixteen charts of an authority and a value of ``ChildGroup``.

    Where a group has no series, those of all children with SEN stand in its place.
    """
    all_sen = chart_frames(tables, area_code, group=ChildGroup.ALL_SEN.value)
    asked = chart_frames(tables, area_code, group=group, others=all_sen)
    frames = [
        other
        if mine.part.selection(mine.group) is None and other.part.groups and not other.reason
        else mine
        for mine, other in zip(asked, all_sen, strict=True)
    ]
    return StrategyCharts(tuple(frames), all_sen)


def latest_year(lines: pd.DataFrame) -> pd.DataFrame:
    """The last year of each measure of ``StrategyCharts.lines``, in which it is drawn as dots."""
    last = lines.groupby("measure")["year"].transform("max") if len(lines) else lines["year"]
    rows = lines[lines["year"] == last].reset_index(drop=True)
    return about(rows, what="the last year of each measure")


def number_rows(lines: pd.DataFrame) -> pd.DataFrame:
    """The numbers of ``StrategyCharts.lines`` with a column for each area."""
    key = ["measure", "year", "period"]
    rows = lines[key].drop_duplicates()
    frame = pd.DataFrame({"Measure": rows["measure"], "Period": rows["period"]})
    frame, index = frame.reset_index(drop=True), pd.MultiIndex.from_frame(rows)
    frame.attrs["formats"] = {}
    for name, own in lines.groupby("name", sort=False):
        at = own.set_index(key).reindex(index).reset_index()
        frame[name] = with_symbols(at["value"].astype(float), at["status"])
        frame.attrs["formats"][str(name)] = "number"
        if at["strategy"].notna().any():
            frame[f"Strategy, {name}"] = at["strategy"]
    return frame


def _measure(panel: ChartFrame, of_all_sen: ChartFrame) -> dict[str, object]:
    """The last figure of one part that has one."""
    part, selection, kind = panel.part, panel.part.selection(panel.group), _kind(panel)
    own = _own(panel).dropna(subset=["value"]).iloc[-1]
    lines = _scaled(panel)
    lines = lines[lines["year"] == own["year"]].set_index("line")
    other = next((line for line in _OTHERS if pd.notna(lines["value"].get(line))), None)
    row = lines.loc[other] if other else {"name": "England", "value": float("nan")}
    tested = kind in ("share", "rate") and other is not None
    source = panel if len(panel.published) else of_all_sen
    published, period = _last_published(source, Line.AUTHORITY)
    return {
        **_names(panel),
        "indicator": counted_name(selection, panel.group) if selection else "",
        "format": UNIT_WORDS.get(part.unit, "number1"),
        "better": part.better,
        "kind": kind,
        **own[["year", "period", "name", "value"]],
        "of": own["of"] if tested else float("nan"),
        **{line.value: lines["value"].get(line.value) for line in _OTHERS},
        "other_name": "the neighbours' mean" if other == Line.NEIGHBOURS else row["name"],
        "other": row["value"],
        "other_of": row["of"] if tested else float("nan"),
        "published": published / _scale(panel),
        "published_period": period,
        "published_of": "" if source.group == panel.group else source.group.label,
        "mean_basis": panel.mean_basis,
        "neighbours_available": int(lines["areas"].fillna(0).get(Line.NEIGHBOURS.value, 0)),
        "not_available": panel.not_available,
    }


def _without(panel: ChartFrame) -> dict[str, object]:
    published, period = _last_published(panel, Line.AUTHORITY)
    return {
        **_names(panel),
        "why": panel.reason,
        "published": published / _scale(panel),
        "england_published": _last_published(panel, Line.ENGLAND)[0] / _scale(panel),
        "published_period": period,
    }


def _names(panel: ChartFrame) -> dict[str, object]:
    chart, part = panel.chart, panel.part
    titles = {"number": chart.number, "chart": chart.title}
    return {**titles, "part": part.name, "group": panel.group.value, "unit": part.unit}


def _kind(panel: ChartFrame) -> str:
    """What a part's figures are: shares or rates that can be tested, amounts, or neither.

    An amount is all there is, so that a gap between two is a gap; points and
    scores, and shares whose counts are not published, cannot be tested.
    """
    selection = panel.part.selection(panel.group)
    kind = _KINDS[selection.table] if selection else "untested"
    return "untested" if kind == "share" and panel.part.unit != "%" else kind


def _scale(panel: ChartFrame) -> float:
    return _PER_PERSON.get(panel.part.unit, 1.0)


def _scaled(panel: ChartFrame) -> pd.DataFrame:
    """All lines of a part, percentages from 0 to 1 and rates as events for each person."""
    frame = panel.frame.assign(year=panel.frame["year"].astype(int))
    return frame.assign(value=frame["value"].astype(float) / _scale(panel))


def _own(panel: ChartFrame) -> pd.DataFrame:
    """The authority's figures of a part, in order of the years."""
    scaled = _scaled(panel)
    return scaled[scaled["line"] == Line.AUTHORITY].sort_values("year")


def _last_published(panel: ChartFrame, line: Line) -> tuple[float, str]:
    rows = panel.published[panel.published["line"] == line]
    if rows.empty:
        return float("nan"), ""
    return float(rows["value"].iloc[-1]), str(rows["period"].iloc[-1])


def _lines(panel: ChartFrame) -> pd.DataFrame:
    """Every year of every line from the first to the last; one that nobody published has a row."""
    key, unit = ["line", "year"], panel.part.unit
    figures = panel.frame.astype({"year": int})
    published = panel.published.astype({"year": int, "value": float})
    years = [*figures.loc[figures["value"].notna(), "year"], *published["year"]]
    names = {line.value: name for line, name in panel.names.items()}
    wanted = pd.MultiIndex.from_product([list(names), range(min(years), max(years) + 1)], names=key)
    full = figures.set_index(key).reindex(wanted)
    full["strategy"] = published.set_index(key)["value"].reindex(wanted)
    full = full.reset_index()
    periods = figures.drop_duplicates("year").set_index("year")["period"]
    return full.assign(
        chart=panel.chart.number,
        measure=_name(panel),
        unit=unit,
        name=full["line"].map(names),
        value=full["value"].astype(float),
        period=full["year"].map(periods).fillna(full["year"].astype(str)),
        mark=full["strategy"].where(full["line"] == Line.AUTHORITY),
        label="strategy " + full["strategy"].map(lambda value: as_published(value, unit)),
    )[[*_LINES, "strategy", "mark", "label"]]


def _name(panel: ChartFrame) -> str:
    return measure_name(panel.part.name, panel.part.unit, children=panel.group.value)
