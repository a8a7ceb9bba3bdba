"""Money levers of a scenario, read once into plain values by financial year; its random numbers."""

from collections.abc import Mapping, Sequence
from enum import IntEnum, auto
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from sendlib.cohort import levers as cohort_levers
from sendlib.errors import ScenarioError, raise_any
from sendlib.fields import Strict
from sendlib.finance.unit_costs import PRICED, Money, UnitCost
from sendlib.scenarios import Scenario
from sendlib.scenarios.assumptions import Year
from sendlib.scenarios.records import (
    Checker,
    Fault,
    Phased,
    Place,
    RecordsByLever,
    one_of,
    read_records,
)
from sendlib.vocabulary import PlaceType

PREFIX = "finance."
TOPPED_UP = (
    *(PlaceType.MAINSTREAM, PlaceType.RESOURCED_PROVISION, PlaceType.SEN_UNIT),
    *(PlaceType.STATE_SPECIAL, PlaceType.ALTERNATIVE_PROVISION, PlaceType.FURTHER_EDUCATION),
)
"""Kinds of place whose top-ups an authority sets; elsewhere it pays a fee."""


class PriceChange(Phased):
    """Unit costs of some places raised or lowered from a financial year on, in equal steps."""

    places: tuple[Place, ...] = Field(
        default=(), description="kinds of place meant; all of them where none is named"
    )
    pct: float = Field(
        gt=-100, strict=True, description="by how much: 10 is a tenth more, -10 a tenth less"
    )
    from_year: Year = Field(
        description="the year in which the first financial year begins in which it acts"
    )

    def factor(self, start: int) -> float:
        """What the cost is multiplied by in the financial year that begins in ``start``."""
        return 1 + self.pct / 100 * self.phase(start)


class TopUpUplift(PriceChange):
    """Top-ups raised or lowered beside what is paid for the places themselves."""

    places: tuple[Annotated[str, one_of(TOPPED_UP, "place with a top-up")], ...] = Field(
        default=TOPPED_UP,
        min_length=1,
        description="kinds of place meant; all with top-ups if none is named",
    )
    pct: float = Field(
        ge=-10, le=25, strict=True, description="by how much, beside the growth of unit costs"
    )


KINDS: Mapping[str, type[Strict]] = MappingProxyType(
    {"unit_costs": UnitCost, "price_changes": PriceChange, "top_up_uplift": TopUpUplift}
)
"""What a record of each lever is, by the lever's name without the prefix."""


def lever_faults(values: RecordsByLever) -> list[Fault]:
    """All that is wrong with the records of a scenario's money levers."""
    return read_records(values, KINDS, prefix=PREFIX)[1]


CHECKERS: Mapping[str, Checker] = MappingProxyType(
    {cohort_levers.PREFIX: cohort_levers.lever_faults, PREFIX: lever_faults}
)
"""For the beginning of a lever's name, the part of the model that knows its records."""


def scenario_unit_costs(scenario: Scenario) -> list[UnitCost]:
    """What plan-years cost elsewhere, in the order of ``PlaceType``, other lines last."""
    records = _records(scenario, "unit_costs")
    return sorted(records, key=lambda record: PRICED.index(record.place))


def _records(scenario: Scenario, name: str) -> list[Any]:
    values = {name: scenario.value(f"{PREFIX}{name}")}
    usable, faults = read_records(values, KINDS, prefix=PREFIX)
    problems = [fault.problem() for fault in faults]
    raise_any(ScenarioError, "These levers cannot be used.", problems)
    return [record for _, record in usable[name]]


def yearly(by_year: Mapping[int, float], starts: Sequence[int]) -> Money:
    """The value in force in each year."""
    return np.array([cohort_levers.latest_value(by_year, start) for start in starts], dtype=float)


def exactly(by_year: Mapping[int, float], starts: Sequence[int]) -> Money:
    """The value of each year itself; nothing in the others."""
    return np.array([by_year.get(start, 0.0) for start in starts], dtype=float)


def price_factors(scenario: Scenario, places: Sequence[str], starts: Sequence[int]) -> Money:
    """What unit costs are multiplied by, shape (years, places)."""
    factors = np.ones((len(starts), len(places)))
    for change in (*_records(scenario, "price_changes"), *_records(scenario, "top_up_uplift")):
        meant = [not change.places or place in change.places for place in places]
        factors[:, meant] *= np.array([change.factor(start) for start in starts])[:, None]
    return factors


class Stream(IntEnum):
    """Random numbers of each part of the money."""

    COSTS = 0
    PRICES = auto()
    ALLOCATION = auto()
    POLICY = auto()
    PLACES = auto()
    BLOCKS = auto()
    MONTHS = auto()


def generator(scenario: Scenario, stream: Stream) -> np.random.Generator:
    """Random numbers of one part, whatever the other parts draw."""
    seed = [int(scenario.value("forecast.seed")), 1]
    sequence = np.random.SeedSequence(seed, spawn_key=(stream,))
    return np.random.Generator(np.random.SFC64(sequence))
