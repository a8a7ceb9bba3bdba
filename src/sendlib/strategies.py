"""What an authority's strategies said they would do, from ``strategies/``, and what became of it.

Each file is of one authority. A measure names the published figures that come nearest, by
their names in the register of indicators, so that its figure, its years and how it is written
are the same as on the page of indicators.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from sendlib.authority import Authority
from sendlib.errors import Problem, SendlibError, did_you_mean, raise_any
from sendlib.indicators import plans
from sendlib.kpi import TABLES, list_figures, published_series, read_register
from sendlib.kpi.narrative import unit_of
from sendlib.pages.narrative import inside, join_words
from sendlib.project import Project
from sendlib.scenarios import documents
from sendlib.vocabulary import PlaceType, labels

FOLDER = "strategies"
NONE = "none is published"
PLANS = "plans:"
"""What a figure begins with that counts plans in kinds of place: ``plans:mainstream+sen_unit``."""
_WAYS = {True: "as wanted", False: "not as wanted", None: "unchanged"}
RULE = (
    "Verdict: the way from the first January or year of the strategy that is published to the "
    "last, as wanted or not; whether that is more than chance is tested on page 31."
)

Row = Mapping[Hashable, Any]


class StrategyError(SendlibError):
    """A file of strategies cannot be used."""


class Part(BaseModel):
    """A part of the file: frozen, and without keys that nothing reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Figures = Annotated[tuple[str, ...], BeforeValidator(tuple)]


class Measure(Part):
    """What a strategy would do or deliver, and the figures that come nearest."""

    what: str
    wanted: str = ""  # in the strategy's sense
    wants: Literal["up", "down", ""] = ""
    figures: Figures = ()
    published: str = ""  # what else is published of it
    target: str = ""
    owner: str = ""
    due: str = ""


class Priority(Part):
    """A priority with its measures of success and what it would deliver."""

    name: str
    measures: tuple[Measure, ...] = ()
    deliverables: tuple[Measure, ...] = ()


class Strategy(Part):
    """One strategy."""

    name: str
    begins: int
    source: str
    priorities: tuple[Priority, ...]


class Asked(Part):
    """What somebody asked the authority for, and the answer."""

    by: str
    when: str
    what: str
    source: str
    answer: str = ""
    figures: Figures = ()


class Printed(Part):
    """A figure that a strategy printed."""

    what: str
    value: float
    unit: str
    of: str
    figures: Figures = ()


class Strategies(Part):
    """The strategies of one authority."""

    authority: str
    strategies: tuple[Strategy, ...] = ()
    asked: tuple[Asked, ...] = ()
    printed: tuple[Printed, ...] = ()


def read_strategies(project: Project, la_code: str) -> Strategies:
    """The strategies of an authority; none where no file is of it.

    Raises
    ------
    StrategyError
        If a file cannot be read or names a figure that there is not; all problems at once.
    """
    found = Strategies(authority=la_code)
    problems: list[Problem] = []
    for path in sorted((project.root / FOLDER).glob("*.yml")):
        document = documents.parse(path.read_text(encoding="utf-8"), f"{FOLDER}/{path.name}")
        problems += document.problems
        try:
            read = Strategies.model_validate(document.value)
        except ValidationError as error:
            problems += [
                documents.to_problem(detail).at(document.place(tuple(detail["loc"])))
                for detail in error.errors()
            ]
            continue
        problems += _unknown_figures(read, document)
        if read.authority == la_code:
            found = read
    raise_any(StrategyError, "The strategies cannot be read.", problems)
    return found


def _unknown_figures(read: Strategies, document: documents.Document) -> Iterator[Problem]:
    known = [figure.indicator for figure in list_figures(read_register())]
    named = [each.figures for each in _measures(read)]
    named += [*(each.figures for each in read.asked), *(each.figures for each in read.printed)]
    known += [f"{PLANS}{place}" for place in labels(PlaceType)]
    parts = [part for figures in named for name in figures for part in _parts(name)]
    for name in dict.fromkeys(parts):
        if name not in known:
            found, remedy = f"no figure is called {name!r}", did_you_mean(name, known)
            yield Problem("unknown_figure", found, document.name, remedy)


def _parts(name: str) -> list[str]:
    """A figure, or each kind of place whose plans are added."""
    if not name.startswith(PLANS):
        return [name]
    return [f"{PLANS}{place}" for place in name.removeprefix(PLANS).split("+")]


def published(authority: Authority) -> pd.DataFrame:
    """Every year of every published figure that a measure may name, of one authority.

    As made by ``kpi.published_series``, and the plans in each kind of place, as counted.
    """
    tables = {name: authority.load(name) for name in TABLES}
    series = published_series(list_figures(read_register()), tables, authority.code)
    placed = plans(tables["ehcp_caseload"], by="place", areas=authority.code).dropna()
    counted = pd.DataFrame(
        {
            "indicator": PLANS + placed["place_type"].astype(str),
            "year": placed["census_year"],
            "period": "January " + placed["census_year"].astype(str),
            "value": placed["plans"],
            "kind": "count",
        }
    )
    return pd.concat([series, counted], ignore_index=True)


def _years(series: pd.DataFrame, name: str) -> pd.DataFrame:
    """The years of a figure; of plans in several kinds of place, those in which each is known."""
    parts = _parts(name)
    rows = series[series["indicator"].isin(parts)].dropna(subset=["value"])
    if len(parts) == 1:
        return rows
    by = rows.groupby(["year", "period", "kind"], as_index=False)["value"].agg(["sum", "size"])
    return by[by["size"] == len(parts)].rename(columns={"sum": "value"})


def _measures(read: Strategies) -> Iterator[Measure]:
    for strategy in read.strategies:
        for priority in strategy.priorities:
            yield from (*priority.measures, *priority.deliverables)


def measure_rows(strategy: Strategy, series: pd.DataFrame) -> pd.DataFrame:
    """What a strategy would do, priority by priority, with the figure that comes nearest.

    Parameters
    ----------
    strategy : Strategy
        One strategy.
    series : pd.DataFrame
        As made by ``published``.

    Returns
    -------
    pd.DataFrame
        A row for each measure of success and deliverable, with ``figure``, ``verdict``,
        ``target``, ``owner`` and where it is published.
    """
    rows = [
        {
            "priority": f"{number}. {priority.name}",
            "what": measure.what[:1].upper() + measure.what[1:],
            "kind": kind,
            "wanted": measure.wanted or "not stated",
            **_figure(measure, series, strategy.begins),
            "target": measure.target or NONE,
            "how often": measure.due or ("every year" if measure.figures else "not stated"),
            "owner": measure.owner or NONE,
            "also published": measure.published or "–",
        }
        for number, priority in enumerate(strategy.priorities, start=1)
        for kind, members in (
            ("measure of success", priority.measures),
            ("deliverable", priority.deliverables),
        )
        for measure in members
    ]
    frame = pd.DataFrame(rows)
    notes = [RULE, f"Strategy: {strategy.source}."]
    frame.attrs = {"what": f"{strategy.name}, measure by measure", "notes": notes}
    frame.attrs["name"] = f"strategy-{strategy.begins}"
    frame.attrs["origin"] = "not_people"
    return frame


def _figure(measure: Measure, series: pd.DataFrame, begins: int) -> dict[str, str]:
    for name in measure.figures:
        own = _years(series, name)
        own = own[own["year"] >= begins]
        if len(own):
            first, last = own.iloc[0], own.iloc[-1]
            write = unit_of(last["kind"])
            start = f", from {write(first['value'])} in {first['period']}" * (len(own) > 1)
            said = f"{write(last['value'])} in {last['period']}{start}"
            return {"figure": said, "verdict": _verdict(measure, first, last, many=len(own) > 1)}
    return {"figure": NONE, "verdict": "no figure"}


def _verdict(measure: Measure, first: Row | pd.Series, last: Row | pd.Series, *, many: bool) -> str:
    if not measure.wants or not many:
        return "no direction is set" if many else "one year only"
    change = round(float(last["value"]) - float(first["value"]), 1)
    return _WAYS[None if change == 0 else (change > 0) == (measure.wants == "up")]


def printed_rows(read: Strategies, series: pd.DataFrame) -> pd.DataFrame:
    """What the strategies printed, and the last published figure that comes nearest."""
    rows = []
    for printed in read.printed:
        last = _last(series, printed.figures)
        unit = printed.unit if printed.unit == "%" else f" {printed.unit}"
        value = f"{printed.value:,g}{unit}, {printed.of}"
        rows.append((printed.what, value, last or "not published by authority"))
    frame = pd.DataFrame(rows, columns=["what", "printed in the strategy", "last published"])
    note = "Published shares are of all plans of the area and need not count as the strategy did."
    frame.attrs = {"what": "figures that the strategies printed, brought up to date"}
    frame.attrs |= {"notes": [note], "name": "printed", "origin": "not_people"}
    frame.attrs["why"] = "No strategy of this authority is on record here."
    return frame


def _last(series: pd.DataFrame, names: tuple[str, ...]) -> str:
    for name in names:
        for last in _years(series, name).tail(1).to_dict("records"):
            return f"{unit_of(last['kind'])(last['value'])} in {last['period']}"
    return ""


def asked_rows(read: Strategies, series: pd.DataFrame) -> list[str]:
    """What was asked of the authority, by whom and when, and the answer, a sentence each."""
    return [
        f"{each.what} ({each.by}, {each.when}): {_last(series, each.figures) or each.answer}"
        for each in read.asked
    ]


def say_strategy(read: Strategies, name: str) -> str:
    """One sentence: how many measures of the newest strategy have a target and an owner."""
    if not read.strategies:
        return f"No strategy of {name} is on record here: write one in {FOLDER}/."
    newest = max(read.strategies, key=lambda strategy: strategy.begins)
    measures = [each for priority in newest.priorities for each in priority.measures]
    if not measures:
        return (
            f"{newest.name} has {len(newest.priorities)} priorities; no measure of success, target "
            "or owner of them is published."
        )
    told = sum(bool(each.target) for each in measures)
    return f"{newest.name}: {told} of {len(measures)} measures of success have a target."


def say_verdicts(tables: Sequence[pd.DataFrame]) -> str:
    """Which measures and deliverables of ``measure_rows`` went as wanted, and which did not."""
    if not tables:
        return ""
    rows = pd.concat(tables, ignore_index=True)
    said = []
    for way in (_WAYS[False], _WAYS[True]):
        names = rows.loc[rows["verdict"] == way, "what"].map(inside).drop_duplicates().tolist()
        said += [f"{way[:1].upper()}{way[1:]}: {join_words(names)}."] if names else []
    return " ".join(said)
