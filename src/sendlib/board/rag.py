"""The RAG status of headline figures against a board's thresholds, or ``thresholds.yml``."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sendlib.board.file import Threshold
from sendlib.packs.front import RatedFigure, Verdict
from sendlib.pages.figures import KEY_FIGURES, Unit, as_shown, in_full, write
from sendlib.pages.notes import Beside

Figure = Mapping[str, Any]

_GRAVEST = tuple(Verdict)
_ORDER = {Verdict.ACT: 0, Verdict.NOT_KNOWN: 2, Verdict.EXPECTED: 3}  # between: to watch
_WHOSE: Mapping[Beside, str] = {
    "before": "the {} of a year before",
    "england": "England's {}",
    "neighbours": "the middle neighbour's {}",
    "plan": "the {} of the council's plan",
    "reserves": "the {} of the general fund reserve",
}


@cache
def default_thresholds() -> tuple[Threshold, ...]:
    """Thresholds that hold where a board sets none: from law, a plan or others' figures."""
    text = (files("sendlib.board") / "thresholds.yml").read_text(encoding="utf-8")
    return tuple(Threshold.model_validate(entry) for entry in yaml.safe_load(text))


def rate_figures(
    figures: Mapping[str, Figure], thresholds: Sequence[Threshold]
) -> tuple[RatedFigure, ...]:
    """Every figure that has a threshold, of the board or by default, the gravest first.

    A board acts on the middle of a range and watches its far end. Numbers are compared as they
    are shown, so that no sentence contradicts the figure above it.
    """
    own = {threshold.figure: threshold for threshold in thresholds}
    default = {each.figure: each for each in default_thresholds() if each.figure in figures}
    rated = [
        _rate(key, figures.get(key), threshold)
        for key, threshold in {**default, **own}.items()
        if key in own or _levels(figures[key], threshold)
    ]
    return tuple(sorted(rated, key=lambda each: _ORDER.get(each.verdict, 1)))


def _levels(figure: Figure, threshold: Threshold) -> dict[str, float]:
    """The levels of a threshold as numbers; one that the figure is not compared with is none."""
    beside, unit = figure.get("beside") or {}, KEY_FIGURES[threshold.figure].unit
    known = {name: as_shown(value, unit) for name, value in beside.items()}
    return {
        name: known[level] if isinstance(level, str) else level
        for name, level in threshold.named.items()
        if not isinstance(level, str) or level in known
    }


def _rate(key: str, figure: Figure | None, threshold: Threshold) -> RatedFigure:
    levels = _levels(figure, threshold) if figure else {}
    if figure is None or not levels:
        label = KEY_FIGURES[key].meaning
        why = "The board has set a threshold for it, but no page of this pack states it."
        heading = label[:1].upper() + label[1:]
        return RatedFigure(key, heading, "not available", Verdict.NOT_KNOWN, why)
    unit = KEY_FIGURES[key].unit
    numbers = [as_shown(number, unit) for number in figure["numbers"]]
    words = {
        name: _WHOSE[level].format(write((levels[name],), unit))
        if isinstance(level, str)
        else in_full(level, unit)
        for name, level in threshold.named.items()
        if name in levels
    }
    sides = sorted({name.partition("_")[2] for name in levels})
    found = [_compare(numbers, unit, levels, words, side) for side in sides]
    gravest = min((verdict for verdict, _ in found), key=_GRAVEST.index)
    ways = {True: Verdict.BETTER, False: Verdict.WORSENING, None: Verdict.WATCH}
    way = ways[is_better(key, figure)]
    return RatedFigure(
        key,
        figure["label"],
        figure["value"],
        way if gravest is Verdict.WATCH else gravest,
        " ".join(why for each, why in found if each == gravest),
        threshold.reason,
        figure.get("page", ""),
    )


def is_better(key: str, figure: Figure) -> bool | None:
    """Whether a figure moved for the better in a year; None where neither way is, or unknown."""
    before, better = (figure.get("beside") or {}).get("before"), KEY_FIGURES[key].better
    if before is None or better == "none" or len(figure["numbers"]) > 1:
        return None
    unit = KEY_FIGURES[key].unit
    change = as_shown(figure["numbers"][0], unit) - as_shown(before, unit)
    return None if change == 0 else (change > 0) == (better == "higher")


def _compare(
    numbers: Sequence[float],
    unit: Unit,
    levels: Mapping[str, float],
    words: Mapping[str, str],
    beyond: str,
) -> tuple[Verdict, str]:
    """The status on one side, ``above`` or ``below`` its levels, with its sentence."""
    sign = 1 if beyond == "above" else -1
    watch_at, act_at = (f"{level}_{beyond}" for level in ("watch", "act"))
    watch, act = levels.get(watch_at), levels.get(act_at)

    def is_past(number: float, level: float | None) -> bool:
        return level is not None and sign * (number - level) > 0

    middle = numbers[len(numbers) // 2] if len(numbers) != 2 else sum(numbers) / 2
    far = numbers[-1] if sign > 0 else numbers[0]
    is_single = len(numbers) == 1
    subject = "It is" if is_single else f"The middle, {write((middle,), unit)}, is"
    to_act = f"{words[act_at]}, the level to act at" if act is not None else ""
    to_watch = f"{words[watch_at]}, the level to watch from" if watch is not None else ""
    if is_past(middle, act):
        return Verdict.ACT, f"{subject} {beyond} {to_act}."
    if is_past(middle, watch):
        return Verdict.WATCH, f"{subject} {beyond} {to_watch}."
    if is_past(far, act):
        return Verdict.WATCH, f"The range reaches {beyond} {to_act}; its middle does not."
    lowest = to_watch or to_act
    if is_single:
        why = f"It is not {beyond} {lowest}."
    elif is_past(far, act if watch is None else watch):
        why = f"{lowest}, lies in the {'upper' if sign > 0 else 'lower'} half of the range."
    else:
        why = f"No part of the range is {beyond} {lowest}."
    return Verdict.EXPECTED, why
