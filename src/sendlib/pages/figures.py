"""Every key figure that pages share: its key, what it means, its unit and how it is written.

A figure has one key wherever it stands, so that a pack can be checked against
itself, compared with the last one and held against a board's thresholds. The
table ``figures.csv`` is the only list of keys.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, cast

from sendlib.pages.formats import find_format

Better = Literal["lower", "higher", "none"]


@dataclass(frozen=True)
class Unit:
    """What the numbers of a key figure count, and how they are written.

    Parameters
    ----------
    name : str
        The unit, in words.
    written : str
        The format of ``sendlib.pages.formats`` that writes a number.
    scale : float
        What a number is multiplied by for that format.
    per : float
        What a number is multiplied by to be read: 100 for a share.
    decimals : int
        To how many decimal places it is then shown.
    suffix, prefix : str
        What stands beside a number that is written in full.
    lowest, highest : float
        What a number may be.
    """

    name: str
    written: str
    scale: float = 1.0
    per: float = 1.0
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    lowest: float = float("-inf")
    highest: float = float("inf")


UNITS = {
    "plans": Unit("plans", "count", lowest=0),
    "places": Unit("places", "count", lowest=0),
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
class Measure:
    """A key figure.

    Parameters
    ----------
    label : str
        What a tile calls it.
    meaning : str
        What it is, in a few words.
    unit : Unit
        What its numbers count.
    better : {"lower", "higher", "none"}
        Which way is better for children or for money.
    first : bool
        Whether it stands on the first page of every pack.
    """

    label: str
    meaning: str
    unit: Unit
    better: Better = "none"
    first: bool = False


def _read_measures() -> dict[str, Measure]:
    with (files("sendlib.pages") / "figures.csv").open(encoding="utf-8") as file:
        return {
            row["key"]: Measure(
                row["label"],
                row["meaning"],
                UNITS[row["unit"]],
                cast(Better, row["better"]),
                first=bool(row["first"]),
            )
            for row in csv.DictReader(file)
        }


MEASURES: dict[str, Measure] = _read_measures()
"""Every key, in the order of the first page; numbers are in ``unit``."""


@dataclass(frozen=True)
class Identity:
    """Key figures that have to add up; told only when all of them are stated.

    Parameters
    ----------
    parts : tuple[str, ...]
        The keys of what is added up.
    total : str or float
        The key of what they come to, or a number.
    kind : {"equal", "at most"}
        Whether the parts are the whole of it.
    within : float
        How far they may differ, in the unit of the parts.
    """

    parts: tuple[str, ...]
    total: str | float
    kind: Literal["equal", "at most"] = "equal"
    within: float = 0.5


IDENTITIES: tuple[Identity, ...] = (
    Identity(("plans_by_place",), "plans_in_force", "at most"),  # some places are not recorded
    Identity(("mainstream_share", "independent_share"), 1.0, "at most", within=1e-9),
)
"""What has to add up between pages; only figures that are single numbers are held to it."""


def write(numbers: Sequence[float], unit: Unit) -> str:
    """One number, or ``low to high``, as pages write it.

    Parameters
    ----------
    numbers : Sequence[float]
        One number; low and high; or low, middle and high. In ``unit``.
    unit : Unit
        What they count.

    Examples
    --------
    >>> write((6100.0, 6512.4), UNITS["plans"]), write((69.24,), UNITS["gbp_m"])
    ('6,100 to 6,512', '£69.2m')
    """
    shown = find_format(unit.written)
    ends = dict.fromkeys((numbers[0], numbers[-1])) if len(numbers) > 1 else numbers[:1]
    return " to ".join(shown(number * unit.scale) for number in ends)


def as_shown(number: float, unit: Unit) -> float:
    """A number to the digits that a page shows, so that words agree with what is read.

    Examples
    --------
    >>> as_shown(69.249, UNITS["gbp_m"])
    69.2
    """
    return round(number * unit.per, unit.decimals) / unit.per + 0.0  # no negative zero


def in_full(number: float, unit: Unit) -> str:
    """A number with all its digits, as a person set it.

    Examples
    --------
    >>> in_full(7500, UNITS["plans"]), in_full(0.485, UNITS["share"])
    ('7,500', '48.5%')
    """
    return f"{unit.prefix}{number * unit.per:,.10g}{unit.suffix}"


def first_keys(held: Mapping[str, object]) -> list[str]:
    """The keys among ``held`` that stand on the first page, in order."""
    return [key for key, measure in MEASURES.items() if measure.first and key in held]
