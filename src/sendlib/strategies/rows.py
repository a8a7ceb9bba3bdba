"""What became of what strategies wanted: their measures beside published figures, in words."""

from collections.abc import Sequence

import pandas as pd

from sendlib.authority import Authority
from sendlib.indicators import plans
from sendlib.kpi import TABLES, list_figures, published_series, read_register
from sendlib.kpi.narrative import format_of
from sendlib.outcomes import proposed_targets
from sendlib.pages.narrative import join_words
from sendlib.reuse import reuse
from sendlib.strategies.file import PLANS, Measure, Strategies, Strategy, Target, parts_of
from sendlib.tidy import about
from sendlib.vocabulary import PlaceType, labels

NONE = "none is published"
_WAYS = {True: "as wanted", False: "not as wanted", None: "unchanged"}
RULE = (
    "Verdict: the way from the first January or year of the strategy that is published to the "
    "last, as wanted or not; whether that is more than chance is tested on page 31."
)

_COLUMNS = ["priority", "what", "kind", "wanted", "figure", "verdict"]
_COLUMNS += ["target", "how often", "owner", "also published"]


def published(authority: Authority) -> pd.DataFrame:
    """Every year of every published figure that a measure may name, of one authority.

    As made by ``kpi.published_series``, and the plans in each kind of place, as counted.
    """
    return reuse("figures of strategies", authority.version, lambda: _published(authority))


def _published(authority: Authority) -> pd.DataFrame:
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
    parts = parts_of(name)
    rows = series[series["indicator"].isin(parts)].dropna(subset=["value"])
    if len(parts) == 1:
        return rows
    by = rows.groupby(["year", "period", "kind"], as_index=False)["value"].agg(["sum", "size"])
    return by[by["size"] == len(parts)].rename(columns={"sum": "value"})


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
            "priority": name,
            "what": measure.what[:1].upper() + measure.what[1:],
            "kind": kind,
            "wanted": measure.wanted or measure.direction or "not stated",
            **_figure(measure, series, strategy.begins),
            "target": measure.target or NONE,
            "how often": measure.due or ("every year" if measure.figures else "not stated"),
            "owner": measure.owner or NONE,
            "also published": measure.published or "–",
        }
        for name, priority in zip(_numbered(strategy), strategy.priorities, strict=True)
        for kind, members in (
            ("measure of success", priority.measures),
            ("deliverable", priority.deliverables),
        )
        for measure in members
    ]
    return about(
        pd.DataFrame(rows, columns=_COLUMNS),
        name=f"strategy-{strategy.begins}",
        what=f"{strategy.name}, measure by measure",
        origin="not_people",
        notes=[RULE, f"Strategy: {strategy.source}."],
    )


def _figure(measure: Measure, series: pd.DataFrame, begins: int) -> dict[str, str]:
    own = _first_published(series[series["year"] >= begins], measure.figures)
    if own.empty:
        return {"figure": NONE, "verdict": "no figure"}
    first, last = own.iloc[0], own.iloc[-1]
    start = f", from {_in_words(first)}" * (len(own) > 1)
    verdict = "no direction is set" if len(own) > 1 else "one year only"
    if measure.direction and len(own) > 1:
        change = round(float(last["value"]) - float(first["value"]), 1)
        verdict = _WAYS[None if change == 0 else (change > 0) == (measure.direction == "up")]
    return {"figure": f"{_in_words(last)}{start}", "verdict": verdict}


def _first_published(series: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The years of the first of some figures that has any."""
    every = (_years(series, name) for name in names)
    return next((years for years in every if len(years)), series.iloc[:0])


def _in_words(row: pd.Series) -> str:
    return f"{format_of(row['kind'])(row['value'])} in {row['period']}"


def printed_rows(read: Strategies, series: pd.DataFrame) -> pd.DataFrame:
    """What the strategies printed, and the last published figure that comes nearest."""
    rows = []
    for printed in read.printed:
        last = _last(series, printed.figures)
        unit = printed.unit if printed.unit == "%" else f" {printed.unit}"
        value = f"{printed.value:,g}{unit}, {printed.of}"
        rows.append((printed.what, value, last or "not published by authority"))
    note = "Published shares are of all plans of the area and need not count as the strategy did."
    return about(
        pd.DataFrame(rows, columns=["what", "printed in the strategy", "last published"]),
        name="printed",
        what="figures that the strategies printed, brought up to date",
        why="No figure that a strategy of this authority printed is on record here.",
        missing=False,
        origin="not_people",
        notes=[note],
    )


def _last(series: pd.DataFrame, names: Sequence[str]) -> str:
    years = _first_published(series, names)
    return _in_words(years.iloc[-1]) if len(years) else ""


def asked_rows(read: Strategies, series: pd.DataFrame) -> list[str]:
    """What was asked of the authority, by whom and when, and the answer, a sentence each."""
    if not read.asked:
        return ["No question of a committee is on record here."]
    return [
        f"{each.what} ({each.by}, {each.when}): {_last(series, each.figures) or each.answer}"
        for each in read.asked
    ]


def inspection_rows(read: Strategies, series: pd.DataFrame) -> pd.DataFrame:
    """What the last inspection asked for, and the published figures that answer it."""
    inspected = read.inspection
    rows = [
        (each.what, _all(series, each.figures) or NONE, each.lacking or "–")
        for each in (inspected.asked if inspected else ())
    ]
    columns = ["what was asked for", "last published figure", "what is not available"]
    return about(
        pd.DataFrame(rows, columns=columns),
        name="inspection",
        what="what the last inspection asked for, and the figures that answer it",
        why="What an inspection of this area asked for is not on record here.",
        missing=False,
        origin="not_people",
        notes=[f"Source: {inspected.source}."] if inspected else [],
    )


def _all(series: pd.DataFrame, names: tuple[str, ...]) -> str:
    titles = list_figures(read_register()).set_index("indicator")["label"]
    places = labels(PlaceType)
    said = []
    for name in names:
        kinds = [
            places[part.removeprefix(PLANS)].lower() for part in parts_of(name) if PLANS in part
        ]
        what = titles.get(name) or f"Plans, {join_words(kinds)}"
        value = _last(series, (name,))
        said += [f"{what}: {value}"] if value else []
    return "; ".join(said)


def answers(read: Strategies, series: pd.DataFrame) -> list[str]:
    """What was asked, in short, and the answer, for the briefing of a board."""
    return [
        f"{each.short or each.what}? {_last(series, each.figures) or each.reply or each.answer}."
        for each in read.asked
    ]


def say_strategy(read: Strategies, name: str) -> str:
    """One sentence: how many measures of the newest strategy have a target and an owner."""
    if not read.strategies:
        return f"No strategy of {name} is on record here."
    newest = max(read.strategies, key=lambda strategy: strategy.begins)
    if not newest.priorities:
        return f"Of {newest.name} its priorities, targets and owners are not on record here."
    measures = [each for priority in newest.priorities for each in priority.measures]
    if not measures:
        return f"{newest.name} publishes no measure of success, target or owner of its priorities."
    with_target = sum(bool(each.target) for each in measures)
    return f"{newest.name}: {with_target} of {len(measures)} measures of success have a target."


def targets(read: Strategies) -> pd.DataFrame:
    """The targets that an authority's own strategies set, then those proposed to every authority.

    Rows for ``compare.year_on_year``, as ``outcomes.proposed_targets`` has them. A strategy's own
    (``by`` is "strategy") may have no ``indicator`` and say why under ``missing``; a number of
    plans names the indicator that is its ``share`` of all.
    """
    own = [
        target.model_dump() | {"by": "strategy"}
        for strategy in read.strategies
        for target in strategy.targets
    ]
    rows = [*own, *proposed_targets().to_dict("records")]
    columns = [*Target.model_fields, "by"]
    return pd.DataFrame(rows, columns=columns, dtype=object).fillna("").astype("str")


def priority_rows(strategy: Strategy, table: pd.DataFrame) -> pd.DataFrame:
    """Each priority of a strategy, and which of its ``measure_rows`` went as wanted."""
    judged = [_WAYS[True], _WAYS[False]]
    rows = []
    for name in _numbered(strategy):
        own = table[table["priority"] == name]
        said = ("; ".join(own.loc[own["verdict"] == way, "what"]) or "–" for way in judged)
        rows.append((name, *said, int((~own["verdict"].isin(judged)).sum())))
    frame = pd.DataFrame(rows, columns=["priority", *judged, "without a verdict"])
    what = "priorities, and the way their figures went"
    return about(frame, name="priorities", what=what, origin="not_people", notes=[RULE])


def _numbered(strategy: Strategy) -> list[str]:
    return [f"{n}. {priority.name}" for n, priority in enumerate(strategy.priorities, start=1)]
