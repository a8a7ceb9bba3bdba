"""The strategy's charts as a page draws them: lines over the years, in the units of the charts."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sendlib.outcomes.frames import ChartFrame, Line, chart_frames, with_wider_group
from sendlib.outcomes.measures import kind_of, not_brought_up_to_date, own_series, to_measures
from sendlib.outcomes.series import Tables
from sendlib.outcomes.words import as_published, measure_name, published_cells
from sendlib.pages.tables import with_symbols
from sendlib.vocabulary import ChildGroup

_LINES = ["chart", "measure", "unit", "year", "period", "line", "name", "value", "status"]
_FORMATS = {"%": "pct1", "score": "number2", "£ per resident aged 0 to 17": "gbp"}


@dataclass(frozen=True)
class StrategyCharts:
    """The strategy's charts for one authority and one group of children.

    Parameters
    ----------
    frames : tuple[ChartFrame, ...]
        A part of a chart each.
    wider : tuple[ChartFrame, ...]
        The same for all children with SEN.
    """

    frames: tuple[ChartFrame, ...]
    wider: tuple[ChartFrame, ...]

    @property
    def measures(self) -> pd.DataFrame:
        """The authority's last figure of every measure, as ``to_measures``."""
        return to_measures(self.frames, self.wider)

    @property
    def series(self) -> pd.DataFrame:
        """Every year of the authority, as ``compare.trends`` takes it."""
        return to_series(self.frames)

    @property
    def break_names(self) -> dict[str, str]:
        """Which indicator's breaks each measure has, by the measure's name."""
        return break_names(self.frames)

    def lines(self, *numbers: int) -> pd.DataFrame:
        """Every year of the measures of some charts: the authority, neighbours, region, England.

        Parameters
        ----------
        *numbers : int
            Numbers of the strategy's charts.

        Returns
        -------
        pd.DataFrame
            ``chart``, ``measure``, ``unit``, ``year``, ``period``, ``name``, ``value``,
            ``status``, ``strategy`` (what the strategy published), and as ``mark`` with its
            ``label`` what it published of the authority itself.
        """
        chosen = [made for made in self.frames if made.chart.number in numbers]
        parts = [_lines(made) for made in chosen if not made.reason]
        lines = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_LINES)
        units = lines.drop_duplicates("measure").set_index("measure")["unit"]
        lines.attrs = {
            "what": "each measure over the years; a diamond is what the strategy published",
            "why": "None of these charts can be brought up to date for this authority.",
            "measure": "value",
            "units": {str(name): _FORMATS.get(unit, "number1") for name, unit in units.items()},
            "source_ids": self.sources(*numbers)["source_id"].tolist(),
        }
        return lines

    def breaks(self, breaks: pd.DataFrame) -> pd.DataFrame:
        """The years that cannot be compared with the year before, by ``measure``.

        Parameters
        ----------
        breaks : pd.DataFrame
            As made by ``compare.known_breaks``.
        """
        names = {made.part.name: _name(made) for made in self.frames}
        years = break_years(breaks)
        return years.assign(measure=years["part"].map(names))

    def sources(self, *numbers: int) -> pd.DataFrame:
        """The publications that some charts come from: ``source_id``."""
        shown = [made for made in self.frames if made.chart.number in numbers and not made.reason]
        found = sorted({source for made in shown for source in made.sources})
        return pd.DataFrame({"source_id": found})

    def lacking(self) -> pd.DataFrame:
        """The measures without a figure, why, and what the strategy published of them."""
        rows = not_brought_up_to_date(self.frames, self.wider)
        columns = {"The strategy": "printed", "The strategy, England": "england_printed"}
        frame = pd.DataFrame(
            {
                "Chart": rows["number"].astype(str) + ". " + rows["chart"],
                "Measure": [
                    measure_name(
                        row["part"], children=row["group"] if row["printed_period"] else ""
                    )
                    for row in rows.to_dict("records")
                ],
                "Why there is no figure": rows["why"],
                **{heading: published_cells(rows, column) for heading, column in columns.items()},
            }
        )
        frame.attrs["why"] = "Every part of the strategy's charts has figures."
        return frame


def strategy_charts(tables: Tables, area_code: str, *, group: str) -> StrategyCharts:
    """The strategy's sixteen charts, with all children with SEN where a group has no series.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        The tidy tables by name.
    area_code : str
        Three-digit code of an authority.
    group : str
        A value of ``ChildGroup``.
    """
    wider = chart_frames(tables, area_code, group=ChildGroup.ALL_SEN.value)
    asked = chart_frames(tables, area_code, group=group)
    return StrategyCharts(with_wider_group(asked, wider), wider)


def latest_year(lines: pd.DataFrame) -> pd.DataFrame:
    """The last year of each measure, in which it can be drawn as dots.

    Parameters
    ----------
    lines : pd.DataFrame
        As made by ``StrategyCharts.lines``.
    """
    last = lines.groupby("measure")["year"].transform("max") if len(lines) else lines["year"]
    shown = lines[lines["year"] == last].reset_index(drop=True)
    shown.attrs = {**lines.attrs, "what": "the last year of each measure"}
    return shown


def number_rows(lines: pd.DataFrame) -> pd.DataFrame:
    """The numbers of lines with a row for each measure and year, and a column for each area.

    Parameters
    ----------
    lines : pd.DataFrame
        As made by ``StrategyCharts.lines``.
    """
    key = ["measure", "year", "period"]
    rows = lines[key].drop_duplicates().set_index(key).index
    frame = pd.DataFrame(
        {"Measure": rows.get_level_values("measure"), "Period": rows.get_level_values("period")}
    )
    formats = {}
    for name, own in lines.groupby("name", sort=False):
        at = own.set_index(key).reindex(rows).reset_index()
        frame[name] = with_symbols(at["value"].astype(float), at["status"])
        formats[str(name)] = "number"
        if at["strategy"].notna().any():
            frame[f"Strategy, {name}"] = at["strategy"]
    frame.attrs["formats"] = formats
    return frame


def to_series(frames: Sequence[ChartFrame]) -> pd.DataFrame:
    """Every year of the authority, as ``compare.trends`` takes it."""
    parts = [
        own.assign(area_code=own["name"], indicator=made.part.name, of=_of(made, own))
        for made in frames
        if not made.reason
        for own in [own_series(made)]
    ]
    columns = ["area_code", "indicator", "year", "value", "of"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def break_names(frames: Sequence[ChartFrame]) -> dict[str, str]:
    """Which indicator's breaks each part has, by the part's name."""
    return {made.part.name: _breaks_as(made) for made in frames if not made.reason}


def break_years(breaks: pd.DataFrame) -> pd.DataFrame:
    """The years that cannot be compared with the year before: where breaks begin, and end."""
    begin = breaks.assign(year=breaks["first_year"])
    end = breaks[breaks["last_year"] > breaks["first_year"]]
    both = pd.concat([begin, end.assign(year=end["last_year"] + 1)], ignore_index=True)
    return both.rename(columns={"indicator": "part"})[["part", "year"]]


def _lines(made: ChartFrame) -> pd.DataFrame:
    """Every year of every line from the first to the last; one that nobody published has a row."""
    known = made.frame.loc[made.frame["value"].notna(), "year"].astype(int)
    years = [*known, *made.printed["year"].astype(int)]
    names = _names(made)
    periods = made.frame.drop_duplicates("year").set_index("year")["period"]
    wanted = pd.MultiIndex.from_product(
        [list(names), range(min(years), max(years) + 1)], names=["line", "year"]
    )
    full = made.frame.astype({"year": int}).set_index(["line", "year"]).reindex(wanted)
    published = made.printed.astype({"year": int}).set_index(["line", "year"])["value"]
    full = full.assign(strategy=published.astype(float).reindex(wanted)).reset_index()
    return full.assign(
        chart=made.chart.number,
        measure=_name(made),
        unit=made.part.unit,
        name=full["line"].map(names),
        value=full["value"].astype(float),
        period=full["year"].map(periods).fillna(full["year"].astype(str)),
        mark=full["strategy"].where(full["line"] == Line.AUTHORITY),
        label="strategy " + full["strategy"].map(lambda value: as_published(value, made.part.unit)),
    )[[*_LINES, "strategy", "mark", "label"]]


def _name(made: ChartFrame) -> str:
    return measure_name(made.part.name, made.part.unit, children=made.group.value)


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
