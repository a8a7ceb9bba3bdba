"""The first page of a board's pack: sentences from key figures and the pack before.

A figure is as ``Draft.figures`` has it: ``value`` as its page writes it, ``numbers``, ``when``,
``beside`` (what it is compared with) and ``page``. Each number is a link to its page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bs4 import BeautifulSoup
from markupsafe import Markup, escape

from sendlib.board import changes, rag
from sendlib.board.file import Board
from sendlib.board.schedules import describe_next_run
from sendlib.packs.front import AreaFinding, Front, Move, RatedFigure, Verdict
from sendlib.packs.pack import Draft
from sendlib.packs.runs import Run
from sendlib.pages.figures import KEY_FIGURES, as_shown, write
from sendlib.pages.formats import count
from sendlib.pages.narrative import join_words

Figures = Mapping[str, rag.Figure]

_UNDER_A_PICTURE = "details, .source, .note"
_SAID_ALREADY = ("plans_in_force", "not_in_school", "state_special_plans")  # in a sentence
_GRAVEST = tuple(Verdict)
_MOST_MOVES = 3
_NEARLY_ALL = 0.95  # of plans on time


def make_front(board: Board, draft: Draft, previous: Run | None) -> Front:
    """What the first page says of a draft; ``previous`` is the pack to compare it with."""
    figures, record = draft.figures, previous.record if previous else {}
    rated = rag.rate_figures(figures, board.thresholds)
    heading, key = title(figures, rated)
    earlier = _changed(figures, record)
    return Front(
        title=heading,
        findings=findings(figures, rated),
        chart=_chart(draft, figures[key]["page"], figures[key]["value"]) if key else None,
        moves=moves(figures, earlier),
        since=changes.name_of(previous) if earlier else "a year before",
        remark=_remark(record, draft, is_changed=bool(earlier)),
        missing=_missing(draft, rated),
        rated=rated,
        next_run=describe_next_run(board),
    )


def _changed(figures: Figures, record: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of the pack before; none where not one of them reads otherwise now."""
    earlier = dict(record.get("figures") or {})
    values = {key: figure["value"] for key, figure in earlier.items() if key in figures}
    is_same = all(figures[key]["value"] == value for key, value in values.items())
    return {} if is_same else earlier


def _remark(record: Mapping[str, Any], draft: Draft, *, is_changed: bool) -> str:
    """What explains the changes since the pack before, in a sentence or two."""
    if not record:
        return ""
    causes = changes.find_causes(record, draft.record)
    data = [cause.what for cause in causes if cause.kind is changes.Difference.DATA and cause.now]
    if not is_changed:
        return "No headline figure has changed since the last pack."
    if data:
        more = [f"{len(data) - 2} more"] * (len(data) > 2)
        return f"New data: {join_words([*data[:2], *more])}."
    if any(cause.kind is changes.Difference.ASSUMPTIONS for cause in causes):
        return "Assumptions have changed since the last pack; the data have not."
    return "No new data or assumption explains this: ask before relying on it."


def _missing(draft: Draft, rated: tuple[RatedFigure, ...]) -> tuple[Markup, ...]:
    """What pages say is late or missing, each a link to its page, and figures that none states."""
    said = [
        Markup('<a href="{}">{}</a>').format(page.notebook.page, point)
        for page in draft.pages
        for point in page.missing
    ]
    unknown = [escape(each.label) for each in rated if each.verdict is Verdict.NOT_KNOWN]
    return (*said, *(Markup("{}: on no page of this pack").format(label) for label in unknown))


def _chart(draft: Draft, page: str, value: str) -> tuple[Markup, str] | None:
    """The chart of a page whose title has a figure, or its first, and where its numbers stand."""
    content = next((each.content for each in draft.pages if each.notebook.page == page), "")
    charts = BeautifulSoup(content, "html.parser").select("figure.chart")
    titled = [chart for chart in charts if value in str(chart.find(class_="chart-title"))]
    if not charts:
        return None
    chart = (titled or charts)[0]
    for part in chart.select(_UNDER_A_PICTURE):
        part.decompose()
    return Markup(str(chart)), f"{page}#{chart['id']}"  # noqa: S704  # made by our own charts


def link(figures: Figures, key: str, words: object) -> Markup:
    """Words as a link to the figure that they tell of; the words alone where no page has it."""
    page = figures[key].get("page")
    if not page:
        return escape(words)
    return Markup('<a href="{}#figure-{}">{}</a>').format(page, key, words)


def findings(figures: Figures, rated: Sequence[RatedFigure]) -> tuple[AreaFinding, ...]:
    """A sentence on demand, places and money, each with the gravest verdict of its figures."""
    found = []
    for name, describe in _SENTENCES.items():
        if sentence := describe(figures):
            area = name.lower()
            verdicts = {each.verdict for each in rated if KEY_FIGURES[each.key].area == area}
            gravest = sorted(verdicts - {Verdict.NOT_KNOWN}, key=_GRAVEST.index)
            found.append(AreaFinding(name, *sentence, next(iter(gravest), None)))
    return tuple(found)


def title(figures: Figures, rated: Sequence[RatedFigure]) -> tuple[Markup, str]:
    """What is past a threshold, one of an area, the gravest first and a few late plans last."""
    past = {each.key: _GRAVEST.index(each.verdict) for each in rated if each.verdict.is_past}
    keys = sorted(  # stable, so that the order of clauses is kept
        (key for key in _CLAUSES if key in figures),
        key=lambda key: (key not in past, _is_nearly_met(figures, key), past.get(key, 0)),
    )
    clauses = {key: clause for key in keys if (clause := _clause(figures, key))}
    first = {KEY_FIGURES[key].area: key for key in reversed(clauses)}
    said = [key for key in clauses if key in first.values() and (key in past or not past)]
    if not said:
        return Markup(""), ""
    text = Markup("; ").join(clauses[key] for key in said[:2])
    return text[:1].upper() + text[1:], said[0]


def moves(figures: Figures, earlier: Figures) -> tuple[Move, ...]:
    """The headline figures that changed most since the pack before, or else since a year before.

    Those that are in a sentence already come last.
    """
    changed = []
    for key, figure in figures.items():
        was = _before(key, figure, earlier)
        if KEY_FIGURES[key].first and was is not None and was[1] != figure["value"]:
            changed.append((key in _SAID_ALREADY, -was[0], key, was[1]))
    found = []
    for _, _, key, before in sorted(changed)[:_MOST_MOVES]:
        figure = figures[key]
        when = f" ({figure['when']})" if figure.get("when") else ""
        words = link(figures, key, f"{figure['label']}: {figure['value']}{when}, from {before}")
        better = {True: "Better. ", False: "Worse. ", None: ""}[rag.is_better(key, figure)]
        found.append(Move(words, f"{better}{KEY_FIGURES[key].matters}"))
    return tuple(found)


def _before(key: str, figure: rag.Figure, earlier: Figures) -> tuple[float, str] | None:
    """By how much a figure changed, relative to what it was, and what it was, as written."""
    unit = KEY_FIGURES[key].unit
    numbers = earlier.get(key, {}).get("numbers") if earlier else None
    if not earlier and "before" in (figure.get("beside") or {}):
        numbers = [figure["beside"]["before"]]
    if not numbers:
        return None
    was, now = (each[len(each) // 2] for each in (numbers, figure["numbers"]))
    return abs(now - was) / max(abs(was), 1e-9), write(numbers, unit)


def _numbers(figures: Figures, key: str, name: str = "") -> float | None:
    """The middle number of a figure, or of what it is compared with; None where it is not known."""
    figure = figures.get(key, {})
    if name:
        return (figure.get("beside") or {}).get(name)
    numbers = figure.get("numbers") or ()
    return numbers[len(numbers) // 2] if numbers else None


def _more(figures: Figures, key: str) -> Markup:
    """How many more a count is than a year before, linked; empty where that is not known."""
    now, before = _numbers(figures, key), _numbers(figures, key, "before")
    if now is None or before is None:
        return Markup("")
    more = round(now - before)
    words = f"{count(abs(more))} {'more' if more > 0 else 'fewer'}" if more else "as many"
    return link(figures, key, words)


def _value(figures: Figures, key: str) -> Markup:
    return link(figures, key, figures[key]["value"])


def _demand(figures: Figures) -> tuple[Markup, Markup] | None:
    if "plans_in_force" not in figures:
        return None
    text = Markup("are in force{}.").format(_growth(figures))
    if "plans_next_january" in figures:
        when = figures["plans_next_january"].get("when") or "Next January"
        text += Markup(" {} should bring {}.").format(when, _value(figures, "plans_next_january"))
        if caveat := figures["plans_next_january"].get("caveat"):
            text += Markup(" {}").format(link(figures, "plans_next_january", caveat))
    if "plans_on_time_share" in figures:
        share = _value(figures, "plans_on_time_share")
        text += Markup(" {} were issued on time; by law, all should be.").format(share)
    return link(figures, "plans_in_force", f"{figures['plans_in_force']['value']} plans"), text


def _growth(figures: Figures) -> Markup:
    """By how much plans grew in a year, here and in England, after a comma."""
    key, unit = "plans_growth_pct", KEY_FIGURES["plans_growth_pct"].unit
    own, england = _numbers(figures, key), _numbers(figures, key, "england")
    if own is None:
        return Markup("")
    way = "more" if own >= 0 else "fewer"
    here = link(figures, key, f"{write((abs(own),), unit)} {way}")
    there = link(figures, key, write((england,), unit)) if england is not None else ""
    beside = Markup(" (England {})").format(there) if there else ""
    return Markup(", {} than a year before{}").format(here, beside)


def _places(figures: Figures) -> tuple[Markup, Markup] | None:
    outside, state = "not_in_school", "state_special_plans"
    parts = []
    if outside in figures:
        more = _more(figures, outside)
        lead = link(figures, outside, f"{figures[outside]['value']} outside school")
        than_before = Markup(": {} than a year before").format(more) if more else ""
        parts.append(Markup("or college{}.").format(than_before))
    elif state in figures:
        lead = link(figures, state, f"{figures[state]['value']} in special schools")
    else:
        return None
    if state in figures:
        more = _more(figures, state)
        added = Markup(", {}").format(more) if more else Markup("")
        parts.append(
            Markup("State special schools teach {}{}.").format(_value(figures, state), added)
        )
    return lead, Markup(" ").join(parts)


def _money(figures: Figures) -> tuple[Markup, Markup] | None:
    ahead = "deficit_protection_ends"
    now, kind = next((item for item in _BALANCES.items() if item[0] in figures), ("", ""))
    of = figures.get(now, {}).get("when") or "the last account"
    if ahead not in figures:
        text = Markup("was the {} in {}.").format(kind, of)
        return (_value(figures, now), text) if now else None
    when = figures[ahead].get("when") or "the end of protection"
    is_added = _is_added(figures[ahead])
    what = "more is spent than comes in" if is_added else "is the deficit"
    text = Markup("{} by {} without support").format(what, when)
    if now:
        it = "it" if kind == "deficit" and not is_added else f"the {kind}"
        text += Markup("; {} was {} in {}").format(it, _value(figures, now), of)
    text += Markup(".")
    reserves = _numbers(figures, ahead, "reserves")
    if reserves is not None:
        amount = link(figures, ahead, write((reserves,), KEY_FIGURES[ahead].unit))
        text += Markup(" The general fund reserve is {}.").format(amount)
    return _value(figures, ahead), text


def _clause(figures: Figures, key: str) -> Markup:
    """What a heading says of a figure; nothing where all is as it should be."""
    figure, unit = figures[key], KEY_FIGURES[key].unit
    value = _value(figures, key)
    if key == "plans_on_time_share":
        share = _numbers(figures, key)
        if share is None or as_shown(share, unit) == 1:
            return Markup("")
        if _is_nearly_met(figures, key):
            return Markup("{} of plans come on time, where by law all should").format(value)
        value = link(figures, key, write((1 - as_shown(share, unit),), unit))
    when = figure.get("when") or "the end of protection"
    if key == "not_in_school" and not _numbers(figures, key):
        return Markup("")
    if _is_added(figure):
        if min(figure["numbers"]) < 0:
            return Markup("the deficit changes by {} by {}").format(value, when)
        return Markup("{} more is spent than comes in by {}").format(value, when)
    return _CLAUSES[key].format(value, when)


def _is_nearly_met(figures: Figures, key: str) -> bool:
    """Whether so few plans come late that other findings go first."""
    share = _numbers(figures, key) if key == "plans_on_time_share" else None
    return share is not None and share >= _NEARLY_ALL


def _is_added(figure: Mapping[str, Any]) -> bool:
    """Whether a deficit is counted from a March whose balance is not available."""
    return "Deficit since" in str(figure.get("label"))


_BALANCES = {"deficit_now": "deficit", "surplus_now": "surplus"}
_SENTENCES: Mapping[str, Callable[[Figures], tuple[Markup, Markup] | None]] = {
    "Demand": _demand,
    "Places": _places,
    "Money": _money,
}
_CLAUSES = {
    "deficit_protection_ends": Markup("the deficit is heading for {} by {}"),
    "plans_on_time_share": Markup("{} of plans come late"),
    "not_in_school": Markup("{} are outside school or college"),
    "special_suspension_rate": Markup("special schools suspend {} times for every 100 pupils"),
    "plans_next_january": Markup("plans are heading for {}"),
    "plans_in_force": Markup("{} plans are in force"),
}
"""What a heading says of a figure, those that cost most in front."""
