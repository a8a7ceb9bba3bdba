"""Every key figure that pages share, from ``figures.csv``, the only list of keys."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from sendlib.pages.formats import find_format

Better = Literal["lower", "higher", "none"]


@dataclass(frozen=True)
class Unit:
    """What the numbers of a key figure count, and how they are written."""

    name: str
    written: str  # the format of pages.formats that writes a number
    scale: float = 1.0  # what a number is multiplied by for that format
    per: float = 1.0  # what a number is multiplied by to be read: 100 for a share
    decimals: int = 0  # to how many it is then shown
    prefix: str = ""  # around a number that is written in full
    suffix: str = ""
    lowest: float = float("-inf")  # what a number may be
    highest: float = float("inf")


UNITS = {
    "plans": Unit("plans", "count", lowest=0),
    "places": Unit("places", "count", lowest=0),
    "requests": Unit("requests", "count", lowest=0),
    "rate": Unit("number for every 10,000", "number1", decimals=1, lowest=0),
    "gbp_m": Unit("£ million", "gbp_m", scale=1e6, decimals=1, prefix="£", suffix="m"),
    "per_cent": Unit("per cent", "pct1", decimals=1, suffix="%"),
    "share": Unit("share, 0 to 1", "share0", per=100, suffix="%", lowest=0, highest=1),
    "chance": Unit("share, 0 to 1", "chance", per=100, suffix="%", lowest=0, highest=1),
    "fine_share": Unit(
        "share, 0 to 1", "share1", per=100, decimals=1, suffix="%", lowest=0, highest=1
    ),
}
"""Every unit of a key figure, by its name in ``figures.csv``."""


@dataclass(frozen=True)
class FigureDefinition:
    """A key figure."""

    label: str  # what a tile calls it
    meaning: str
    unit: Unit
    better: Better  # which way is, for children or for money
    first: bool  # whether it may stand on the first page of a pack
    area: str  # of the first page: demand, places, money or outcomes
    matters: str  # why a change of it does, in a sentence; empty where it is seldom told


def _read_key_figures() -> dict[str, FigureDefinition]:
    with (files("sendlib.pages") / "figures.csv").open(encoding="utf-8") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    return {
        row.pop("key"): FigureDefinition(
            **row | {"unit": UNITS[row["unit"]], "first": bool(row["first"])}
        )
        for row in rows
    }


KEY_FIGURES: dict[str, FigureDefinition] = _read_key_figures()
"""Every key, in the order of the first page; numbers are in ``unit``."""


AT_MOST: tuple[tuple[tuple[str, ...], str | float, float], ...] = (
    (("plans_by_place",), "plans_in_force", 0.5),  # some places are not recorded
    (("mainstream_share", "independent_share"), 1.0, 1e-9),
)
"""Keys that together cannot exceed another, or a number, and by how much they may be out."""


def write(numbers: Sequence[float], unit: Unit) -> str:
    """One number, or ``low to high`` of several, in the unit, as pages write it."""
    shown = find_format(unit.written)
    ends = dict.fromkeys((numbers[0], numbers[-1])) if len(numbers) > 1 else numbers[:1]
    return " to ".join(shown(number * unit.scale) for number in ends)


def as_shown(number: float, unit: Unit) -> float:
    """A number to the digits that a page shows, so that words agree with what is read."""
    return round(number * unit.per, unit.decimals) / unit.per + 0.0  # no negative zero


def in_full(number: float, unit: Unit) -> str:
    """A number with all its digits, as a person set it."""
    return f"{unit.prefix}{number * unit.per:,.10g}{unit.suffix}"
