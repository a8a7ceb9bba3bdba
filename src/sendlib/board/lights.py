"""Hold headline figures against what a board has set, and say how each stands and why.

A board acts on the middle of a range and watches its far end: the light is
``Act`` when the middle is past the level to act at, and ``Watch`` when it is
past the level to watch from, or when the range reaches past the level to act
at. Numbers are held against a level as they are shown, so that no sentence
contradicts the figure above it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendlib.packs.pages.front import Light, Status
from sendlib.pages.figures import MEASURES, Unit, as_shown, first_keys, in_full, write

if TYPE_CHECKING:
    from sendlib.board.file import Threshold

_GRAVEST_FIRST = (
    Status.ACT,
    Status.WATCH,
    Status.NOT_KNOWN,
    Status.EXPECTED,
    Status.NO_THRESHOLD,
)


@dataclass(frozen=True)
class _Side:
    """The levels of one threshold on one side: ``sign`` is 1 above and -1 below."""

    sign: int
    watch: float | None
    act: float | None

    @property
    def beyond(self) -> str:
        return "above" if self.sign > 0 else "below"

    def is_past(self, number: float, level: float | None) -> bool:
        return level is not None and self.sign * (number - level) > 0


def judge(
    figures: Mapping[str, Mapping[str, Any]], thresholds: Sequence["Threshold"]
) -> tuple[Light, ...]:
    """The lights of the first page, the gravest first."""
    set_by_key = {threshold.figure: threshold for threshold in thresholds}
    keys = dict.fromkeys([*first_keys({**figures, **set_by_key}), *set_by_key])
    shown = [key for key in keys if key in figures or key in set_by_key]
    lights = [_light(key, figures.get(key), set_by_key.get(key)) for key in shown]
    return tuple(sorted(lights, key=lambda light: _GRAVEST_FIRST.index(light.status)))


def _light(key: str, figure: Mapping[str, Any] | None, threshold: "Threshold | None") -> Light:
    if figure is None:
        label = MEASURES[key].meaning if key in MEASURES else key
        why = "The board has set a threshold for it, but no page of this pack states it."
        return Light(key, _sentence_case(label), "not available", "", Status.NOT_KNOWN, why)
    if threshold is None:
        status, why = Status.NO_THRESHOLD, ""
    else:
        status, why = _stand(figure["numbers"], MEASURES[key].unit, _sides(threshold))
    return Light(
        key,
        figure["label"],
        figure["value"],
        figure.get("detail", ""),
        status,
        why,
        figure.get("page", ""),
    )


def _sides(threshold: "Threshold") -> list[_Side]:
    sides = (
        _Side(1, threshold.watch_above, threshold.act_above),
        _Side(-1, threshold.watch_below, threshold.act_below),
    )
    return [side for side in sides if side.watch is not None or side.act is not None]


def _stand(numbers: Sequence[float], unit: Unit, sides: Sequence[_Side]) -> tuple[Status, str]:
    """The gravest status over both sides, with its sentence."""
    shown = tuple(as_shown(number, unit) for number in numbers)
    found = [_stand_on(shown, unit, side) for side in sides]
    status = min((status for status, _ in found), key=_GRAVEST_FIRST.index)
    sentences = [why for each, why in found if each == status]
    return status, " ".join(sentences)


def _stand_on(shown: tuple[float, ...], unit: Unit, side: _Side) -> tuple[Status, str]:
    middle, reaching = _middle(shown), shown[-1] if side.sign > 0 else shown[0]
    subject = "It is" if len(shown) == 1 else f"The middle, {write((middle,), unit)}, is"
    if side.act is not None and side.is_past(middle, side.act):
        return (
            Status.ACT,
            f"{subject} {side.beyond} {in_full(side.act, unit)}, the level to act at.",
        )
    if side.watch is not None and side.is_past(middle, side.watch):
        level = in_full(side.watch, unit)
        return Status.WATCH, f"{subject} {side.beyond} {level}, the level to watch from."
    if side.act is not None and side.is_past(reaching, side.act):
        level = in_full(side.act, unit)
        why = f"The range reaches {side.beyond} {level}, the level to act at; its middle does not."
        return Status.WATCH, why
    return Status.EXPECTED, _calm(len(shown) == 1, reaching, unit, side)


def _calm(single: bool, reaching: float, unit: Unit, side: _Side) -> str:
    """Why there is nothing to do: where the figure stays, and what it stays within."""
    level = side.watch if side.watch is not None else side.act
    purpose = "watch from" if side.watch is not None else "act at"
    words = in_full(level, unit) if level is not None else ""
    if single:
        return f"It is not {side.beyond} {words}, the level to {purpose}."
    if side.is_past(reaching, level):
        half = "upper" if side.sign > 0 else "lower"
        return f"{words}, the level to {purpose}, lies in the {half} half of the range."
    return f"No part of the range is {side.beyond} {words}, the level to {purpose}."


def _middle(numbers: tuple[float, ...]) -> float:
    """The middle that is stated; between low and high where none is."""
    return numbers[len(numbers) // 2] if len(numbers) != 2 else sum(numbers) / 2


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
