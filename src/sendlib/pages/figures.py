"""Every key figure that pages share: its key, what it means, its unit and how it is written.

A figure has one key wherever it stands, so that a pack can be checked against
itself, compared with the last one and held against a board's thresholds. The
table :data:`MEASURES` is the only list of keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

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
        The format of ``present`` that writes a number.
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


PLANS = Unit("plans", "count", lowest=0)
PLACES = Unit("places", "count", lowest=0)
GBP_M = Unit("£ million", "gbp_m", scale=1e6, decimals=1, prefix="£", suffix="m")
PER_CENT = Unit("per cent", "pct1", decimals=1, suffix="%")
SHARE = Unit("share, 0 to 1", "share0", per=100, suffix="%", lowest=0, highest=1)
CHANCE = Unit("share, 0 to 1", "chance", per=100, suffix="%", lowest=0, highest=1)
FINE_SHARE = Unit("share, 0 to 1", "share1", per=100, decimals=1, suffix="%", lowest=0, highest=1)


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


MEASURES: dict[str, Measure] = {
    "plans_in_force": Measure(
        "Plans in force", "plans in force at the last January count", PLANS, first=True
    ),
    "plans_next_january": Measure(
        "Plans next January", "plans in the January after, forecast", PLANS, first=True
    ),
    "plans_at_horizon": Measure(
        "Plans at the end of the forecast", "plans in the last January of the forecast", PLANS
    ),
    "plans_growth_pct": Measure("Growth in a year", "growth of plans in the last year", PER_CENT),
    "plans_growth_since_base_pct": Measure(
        "Growth since the base year", "growth of plans since the base year", PER_CENT
    ),
    "plans_by_place": Measure(
        "In all kinds of place, added up", "plans in all kinds of place, added up", PLANS
    ),
    "plans_on_time_share": Measure(
        "Plans on time",
        "plans issued within 20 weeks, leaving out exceptions",
        SHARE,
        "higher",
        first=True,
    ),
    "mainstream_share": Measure(
        "In mainstream, bases and units", "plans in mainstream schools, bases and units", SHARE
    ),
    "independent_share": Measure(
        "In independent or non-maintained special schools",
        "plans in independent or non-maintained special schools",
        FINE_SHARE,
    ),
    "places_mainstream": Measure(
        "Mainstream school", "mainstream places needed in the last year ahead", PLACES
    ),
    "places_state_special": Measure(
        "State special school", "state special places needed in the last year ahead", PLACES
    ),
    "places_independent_special": Measure(
        "Independent or non-maintained special",
        "independent or non-maintained special places needed in the last year ahead",
        PLACES,
    ),
    "places_post_16": Measure(
        "College or specialist post-16",
        "college or specialist post-16 places needed in the last year ahead",
        PLACES,
    ),
    "high_needs_spend": Measure(
        "High needs spend", "high needs spend, last outturn", GBP_M, first=True
    ),
    "high_needs_allocation": Measure(
        "Allocation after deductions", "high needs allocation after deductions, last known", GBP_M
    ),
    "deficit_now": Measure(
        "Deficit of the schools grant",
        "deficit of the schools grant last stated",
        GBP_M,
        "lower",
        first=True,
    ),
    "deficit_next_march": Measure(
        "Deficit next March",
        "deficit at the end of the first year ahead, before any support",
        GBP_M,
        "lower",
        first=True,
    ),
    "deficit_protection_ends": Measure(
        "Deficit when protection ends",
        "deficit when the protection of deficits ends, before any support",
        GBP_M,
        "lower",
        first=True,
    ),
    "deficit_last_march": Measure(
        "Deficit in the last March",
        "deficit at the end of the last year ahead, before any support",
        GBP_M,
        "lower",
    ),
    "deficit_chance_share": Measure(
        "Chance of a larger deficit",
        "chance of a deficit above the page's threshold when protection ends",
        CHANCE,
        "lower",
    ),
    "deficit_widest_swing": Measure(
        "Widest swing of the deficit",
        "how far the assumption that matters most moves the deficit of the last year",
        GBP_M,
    ),
}
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
    >>> write((6100.0, 6512.4, 7000.0), PLANS), write((69.24,), GBP_M)
    ('6,100 to 7,000', '£69.2m')
    """
    shown = find_format(unit.written)
    ends = dict.fromkeys((numbers[0], numbers[-1])) if len(numbers) > 1 else numbers[:1]
    return " to ".join(shown(number * unit.scale) for number in ends)


def as_shown(number: float, unit: Unit) -> float:
    """A number to the digits that a page shows, so that words agree with what is read.

    Examples
    --------
    >>> as_shown(69.249, GBP_M)
    69.2
    """
    return round(number * unit.per, unit.decimals) / unit.per + 0.0  # no negative zero


def in_full(number: float, unit: Unit) -> str:
    """A number with all its digits, as a person set it.

    Examples
    --------
    >>> in_full(7500, PLANS), in_full(0.485, SHARE), in_full(100, GBP_M)
    ('7,500', '48.5%', '£100m')
    """
    return f"{unit.prefix}{number * unit.per:,.10g}{unit.suffix}"


def first_keys(held: Mapping[str, object]) -> list[str]:
    """The keys among ``held`` that stand on the first page, in order."""
    return [key for key, measure in MEASURES.items() if measure.first and key in held]
