"""Sentences of the first page, from the key figures of the pack; each number is a link.

A figure is as ``Draft.figures`` has it: ``value`` as its page writes it, ``numbers``, ``when``,
``beside`` (what it is compared with) and ``page``. What is not there is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from sendlib.board.rag import is_better
from sendlib.packs.front import Finding, Move, RagStatus, RatedFigure, Verdict
from sendlib.pages.figures import MEASURES, as_shown, write
from sendlib.pages.formats import count
from sendlib.pages.narrative import join_words

Figure = Mapping[str, Any]
Figures = Mapping[str, Figure]

AREAS = {"demand": "Demand", "places": "Places", "money": "Money"}
TOLD = ("plans_in_force", "not_in_school", "state_special_plans")
"""Figures whose change since a year before stands in a sentence already."""
_GRAVEST = tuple(Verdict)
_MOST_MOVES = 3


def link(figures: Figures, key: str, words: object) -> Markup:
    """Words as a link to the figure that they tell of; the words alone where no page has it."""
    page = figures[key].get("page")
    if not page:
        return escape(words)
    return Markup('<a href="{}#figure-{}">{}</a>').format(page, key, words)


def findings(figures: Figures, rated: Sequence[RatedFigure]) -> tuple[Finding, ...]:
    """A sentence on demand, places and money, each with the gravest verdict of its figures."""
    found = []
    for area, name in AREAS.items():
        sentence = _SENTENCES[area](figures)
        if sentence is not None:
            verdicts = [each.verdict for each in rated if MEASURES[each.key].area == area]
            gravest = sorted(filter(None, verdicts), key=_GRAVEST.index)
            found.append(Finding(name, *sentence, next(iter(gravest), None)))
    return tuple(found)


def title(figures: Figures, rated: Sequence[RatedFigure]) -> tuple[Markup, str]:
    """The finding of the pack, and the key of the figure that it begins with.

    What is past a threshold comes first, the gravest in front, one figure of an area.
    """
    past = {each.key: _GRAVEST.index(each.verdict) for each in rated if _is_past(each)}
    keys = sorted(
        (key for key in _CLAUSES if key in figures),
        key=lambda key: past.get(key, len(_GRAVEST)),  # a stable sort keeps the order of clauses
    )
    clauses = {key: clause for key in keys if (clause := _CLAUSES[key](figures))}
    first = {MEASURES[key].area: key for key in reversed(clauses)}
    said = [key for key in clauses if key in first.values() and (key in past or not past)]
    if not said:
        return Markup(""), ""
    text = Markup("; ").join(clauses[key] for key in said[:2])
    return text[:1].upper() + text[1:], said[0]


def _is_past(rated: RatedFigure) -> bool:
    return rated.status in (RagStatus.ACT, RagStatus.WATCH)


def moves(figures: Figures, earlier: Figures, told: Sequence[str] = ()) -> tuple[Move, ...]:
    """The headline figures that changed most, and why that matters.

    ``earlier`` has the figures of the pack before; without any of them each is compared with
    its own of a year before. Those in ``told`` come last.
    """
    changed = []
    for key, figure in figures.items():
        was = _before(key, figure, earlier)
        if MEASURES[key].first and was is not None and was[1] != figure["value"]:
            changed.append((key in told, -was[0], key, was[1]))
    return tuple(_move(figures, key, was) for _, _, key, was in sorted(changed)[:_MOST_MOVES])


def _before(key: str, figure: Figure, earlier: Figures) -> tuple[float, str] | None:
    """By how much a figure changed, relative to what it was, and what it was, as written."""
    unit = MEASURES[key].unit
    numbers = earlier.get(key, {}).get("numbers") if earlier else None
    if not earlier and "before" in (figure.get("beside") or {}):
        numbers = [figure["beside"]["before"]]
    if not numbers:
        return None
    was, now = (each[len(each) // 2] for each in (numbers, figure["numbers"]))
    return abs(now - was) / max(abs(was), 1e-9), write(numbers, unit)


def _move(figures: Figures, key: str, was: str) -> Move:
    figure = figures[key]
    when = f", {figure['when']}" if figure.get("when") else ""
    words = link(figures, key, f"{figure['label']}: {figure['value']}, from {was}{when}")
    better = {True: "Better. ", False: "Worse. ", None: ""}[is_better(key, figure)]
    return Move(words, f"{better}{MEASURES[key].matters}")


def shorten(names: Sequence[str], most: int = 2) -> str:
    """The first of some names, and how many more there are.

    Examples
    --------
    >>> shorten(["a", "b", "c", "d"]), shorten(["a", "b"])
    ('a, b and 2 more', 'a and b')
    """
    rest = [f"{len(names) - most} more"] if len(names) > most else []
    return join_words([*names[:most], *rest])


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
    if "plans_on_time_share" in figures:
        share = _value(figures, "plans_on_time_share")
        text += Markup(" {} were issued on time; by law, all should be.").format(share)
    return link(figures, "plans_in_force", f"{figures['plans_in_force']['value']} plans"), text


def _growth(figures: Figures) -> Markup:
    """By how much plans grew in a year, here and in England, after a comma."""
    key, unit = "plans_growth_pct", MEASURES["plans_growth_pct"].unit
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
        parts.append(Markup("or college{}.").format(_than_before(more)))
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


def _than_before(more: Markup) -> Markup:
    return Markup(": {} than a year before").format(more) if more else Markup("")


def _money(figures: Figures) -> tuple[Markup, Markup] | None:
    ahead, now = "deficit_protection_ends", "deficit_now"
    stated, of = Markup(""), figures.get(now, {}).get("when") or "the last account"
    if now in figures:
        stated = Markup("{} in {}").format(_value(figures, now), of)
    if ahead not in figures:
        text = Markup("was the deficit in {}.").format(of)
        return (_value(figures, now), text) if stated else None
    when = figures[ahead].get("when") or "the end of protection"
    text = Markup("is the deficit by {} without support").format(when)
    text += Markup("; it was {}.").format(stated) if stated else Markup(".")
    reserves = _numbers(figures, ahead, "reserves")
    if reserves is not None:
        amount = link(figures, ahead, write((reserves,), MEASURES[ahead].unit))
        text += Markup(" The general fund reserve is {}.").format(amount)
    return _value(figures, ahead), text


def _late(figures: Figures) -> Markup:
    share, unit = _numbers(figures, "plans_on_time_share"), MEASURES["plans_on_time_share"].unit
    if share is None or as_shown(share, unit) == 1:
        return Markup("")
    late = link(figures, "plans_on_time_share", write((1 - as_shown(share, unit),), unit))
    return Markup("{} of plans come late").format(late)


_SENTENCES: Mapping[str, Callable[[Figures], tuple[Markup, Markup] | None]] = {
    "demand": _demand,
    "places": _places,
    "money": _money,
}
_CLAUSES: Mapping[str, Callable[[Figures], Markup]] = {
    "deficit_protection_ends": lambda figures: Markup("the deficit is heading for {} by {}").format(
        _value(figures, "deficit_protection_ends"),
        figures["deficit_protection_ends"].get("when") or "the end of protection",
    ),
    "plans_on_time_share": _late,
    "not_in_school": lambda figures: Markup("{} are outside school or college").format(
        _value(figures, "not_in_school")
    ),
    "special_suspension_rate": lambda figures: Markup(
        "special schools suspend {} times for every 100 pupils"
    ).format(_value(figures, "special_suspension_rate")),
    "plans_next_january": lambda figures: Markup("plans are heading for {}").format(
        _value(figures, "plans_next_january")
    ),
    "plans_in_force": lambda figures: Markup("{} plans are in force").format(
        _value(figures, "plans_in_force")
    ),
}
"""What a heading says of a figure, those that cost most in front."""
