"""The RAG status of headline figures against the thresholds that a board has set, and why.

A board acts on the middle of a range and watches its far end: the status is
``Act`` when the middle is past the level to act at, and ``Watch`` when it is
past the level to watch from, or when the range reaches past the level to act
at. Numbers are compared with a level as they are shown, so that no sentence
contradicts the figure above it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sendlib.packs.front import RagStatus, RatedFigure
from sendlib.pages.figures import MEASURES, Unit, as_shown, first_keys, in_full, write

if TYPE_CHECKING:
    from sendlib.board.file import Threshold

_GRAVEST_FIRST = (
    RagStatus.ACT,
    RagStatus.WATCH,
    RagStatus.NOT_KNOWN,
    RagStatus.EXPECTED,
    RagStatus.NO_THRESHOLD,
)


def rate_figures(
    figures: Mapping[str, Mapping[str, Any]], thresholds: Sequence["Threshold"]
) -> tuple[RatedFigure, ...]:
    """The headline figures of the first page with their status, the gravest first."""
    by_key = {threshold.figure: threshold for threshold in thresholds}
    keys = dict.fromkeys([*first_keys({**figures, **by_key}), *by_key])
    rated = [_rate(key, figures.get(key), by_key.get(key)) for key in keys]
    return tuple(sorted(rated, key=lambda figure: _GRAVEST_FIRST.index(figure.status)))


def _rate(key: str, figure: Mapping[str, Any] | None, threshold: "Threshold | None") -> RatedFigure:
    if figure is None:
        label = MEASURES[key].meaning
        why = "The board has set a threshold for it, but no page of this pack states it."
        heading = label[:1].upper() + label[1:]
        return RatedFigure(key, heading, "not available", "", RagStatus.NOT_KNOWN, why)
    status, why = RagStatus.NO_THRESHOLD, ""
    if threshold is not None:
        unit = MEASURES[key].unit
        numbers = [as_shown(number, unit) for number in figure["numbers"]]
        sides = {level.partition("_")[2] for level in threshold.levels}
        found = [_compare(numbers, unit, threshold, side) for side in sorted(sides)]
        status = min((status for status, _ in found), key=_GRAVEST_FIRST.index)
        why = " ".join(why for each, why in found if each == status)
    return RatedFigure(
        key,
        figure["label"],
        figure["value"],
        figure.get("detail", ""),
        status,
        why,
        figure.get("page", ""),
    )


def _compare(
    numbers: Sequence[float], unit: Unit, threshold: "Threshold", beyond: str
) -> tuple[RagStatus, str]:
    """The status on one side, ``above`` or ``below`` its levels, with its sentence."""
    sign = 1 if beyond == "above" else -1
    watch, act = (threshold.levels.get(f"{level}_{beyond}") for level in ("watch", "act"))

    def is_past(number: float, level: float | None) -> bool:
        return level is not None and sign * (number - level) > 0

    middle = numbers[len(numbers) // 2] if len(numbers) != 2 else sum(numbers) / 2
    far = numbers[-1] if sign > 0 else numbers[0]
    is_single = len(numbers) == 1
    subject = "It is" if is_single else f"The middle, {write((middle,), unit)}, is"
    to_act = f"{in_full(act, unit)}, the level to act at" if act is not None else ""
    to_watch = f"{in_full(watch, unit)}, the level to watch from" if watch is not None else ""
    if is_past(middle, act):
        return RagStatus.ACT, f"{subject} {beyond} {to_act}."
    if is_past(middle, watch):
        return RagStatus.WATCH, f"{subject} {beyond} {to_watch}."
    if is_past(far, act):
        return RagStatus.WATCH, f"The range reaches {beyond} {to_act}; its middle does not."
    lowest = to_watch or to_act
    if is_single:
        why = f"It is not {beyond} {lowest}."
    elif is_past(far, act if watch is None else watch):
        why = f"{lowest}, lies in the {'upper' if sign > 0 else 'lower'} half of the range."
    else:
        why = f"No part of the range is {beyond} {lowest}."
    return RagStatus.EXPECTED, why
