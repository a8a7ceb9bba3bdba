"""Levers on the cohort model: they change rates, streams and room, never counts."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from sendlib.cohort.axes import AGES, FIRST_AGE, LAST_AGE, NEEDS
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.fields import Strict
from sendlib.scenarios import LAST_YEAR, Scenario
from sendlib.scenarios.assumptions import Percent, Year
from sendlib.scenarios.records import (
    Fault,
    Need,
    Phased,
    Place,
    RecordsByLever,
    UsableRecords,
    one_of,
    read_records,
)
from sendlib.vocabulary import PLACE_GROUPS, PlaceType

Flow = Literal["join", "leave", "move"]
PREFIX = "cohort."
_ALL = 100.0
_ROUNDING = 1e-9
_NO_SEATS = frozenset(PLACE_GROUPS["Not in school or college"]) | {PlaceType.NOT_RECORDED}


def _some_ages(text: str) -> str:
    first, _, last = text.partition("-")
    if not (first.isdigit() and (last or first).isdigit()):
        raise ValueError(f"ages {text!r}; write one age, or two as in 16-19")
    if not FIRST_AGE <= int(first) <= int(last or first) <= LAST_AGE:
        raise ValueError(f"ages {text!r}; give ages from {FIRST_AGE} to {LAST_AGE}, youngest first")
    return text


def ages_of(text: str) -> range:
    """The ages of a field that was checked."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def latest_value(by_year: Mapping[int, float], year: int, otherwise: float = 0.0) -> float:
    """The last value stated by a year; before the first, another."""
    stated = [each for each in by_year if each <= year]
    return by_year[max(stated)] if stated else otherwise


Ages = Annotated[str, AfterValidator(_some_ages)]
Seat = Annotated[
    str, one_of([place for place in PlaceType if place not in _NO_SEATS], "place with seats")
]


class _From(Phased):
    """From a January on, for some ages and needs."""

    from_year: Year = Field(description="the January from which it acts")
    ages: Ages = Field(
        default=f"{FIRST_AGE}-{LAST_AGE}",
        description="one age, or the youngest and the oldest with a hyphen",
    )
    needs: tuple[Need, ...] = Field(
        default=(), description="primary needs meant; all of them where none is named"
    )

    @property
    def age_range(self) -> range:
        """The ages meant."""
        return ages_of(self.ages)


class RateChange(_From):
    """A rate of one flow raised or lowered, in per cent of the rate."""

    flow: Flow = Field(description="which flow is meant")
    pct: float = Field(
        gt=-_ALL,
        strict=True,
        allow_inf_nan=False,
        description="by how much: 10 is a tenth more, -10 a tenth less",
    )
    places: tuple[Place, ...] = Field(
        default=(), description="kinds of place meant; all of them where none is named"
    )


class Redirection(_From):
    """A share of those who would join, or move to, one place goes to another."""

    flow: Literal["join", "move"] = Field(description="which flow is meant")
    from_place: Place = Field(description="where they would have gone")
    to_place: Place = Field(description="where they go instead")
    share_pct: Percent = Field(description="the share meant")


class Capacity(Strict):
    """How many a kind of place can take, and where those go who find it full."""

    place: Place = Field(description="the kind of place")
    room: dict[Year, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        description="places by January; each number lasts until the next"
    )
    overflow: tuple[Place, ...] = Field(
        default=(),
        description="where those go who find it full, tried in order; who fits nowhere waits",
    )

    def room_in(self, january: int) -> float:
        """The last room stated by a January; without a limit before the first. [places]"""
        return latest_value(self.room, january, math.inf)


class AddedPlaces(Strict):
    """Seats of a kind of place that open, and who fills them."""

    place: Seat = Field(description="the kind of place")
    seats: dict[Year, Annotated[int, Field(ge=0)]] = Field(
        description="seats open by September of each year, all since the first counted together",
        min_length=1,
    )
    filled: dict[Year, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="the most that are filled in the school year from that September; all of them "
        "otherwise",
    )
    ages: Ages = Field(
        default="4-15", description="one age, or the youngest and the oldest with a hyphen"
    )
    needs: tuple[Need, ...] = Field(
        default=(), description="primary needs meant; all of them where none is named"
    )
    displacement_pct: Percent = Field(
        default=45.0,
        description="the share of filled seats that is expected to replace an independent or "
        "non-maintained special place",
    )
    displacement_strength: float = Field(
        default=5.0,
        gt=0,
        allow_inf_nan=False,
        description="how sure that share is: the two counts of a beta distribution together",
    )
    waiting_pct: Percent = Field(
        default=5.0, description="the share of those in mainstream of that age who wait for a seat"
    )
    waiting_out_of_school_pct: Percent = Field(
        default=25.0,
        description="the share of those of that age educated at home or otherwise, or in nothing, "
        "who would take a seat in a year; all who await a place would",
    )
    running_gbp: float = Field(
        default=10_000.0,
        ge=0,
        allow_inf_nan=False,
        description="cost of a seat in a year, filled or empty, beside what follows the child",
    )

    @property
    def age_range(self) -> range:
        """The ages meant."""
        return ages_of(self.ages)

    def open_in(self, january: int) -> int:
        """Seats open in a January: those of the September before. [seats]"""
        return int(latest_value(self.seats, january - 1))

    def most_filled_in(self, january: int) -> float:
        """The most that are filled in a January; without a limit before the first. [children]"""
        return latest_value(self.filled, january - 1, math.inf)

    @model_validator(mode="after")
    def _check(self) -> "AddedPlaces":
        numbers = [self.seats[year] for year in sorted(self.seats)]
        if numbers != sorted(numbers):
            raise ValueError("seats: they become fewer; give all that are open by each September")
        for year, filled in self.filled.items():
            if filled > self.open_in(year + 1):
                open_ = self.open_in(year + 1)
                raise ValueError(f"filled: {filled} of {open_} seats in {year}; give no more than")
        return self


class Levers(Strict):
    """All levers of a scenario that act on the cohort model."""

    rate_changes: tuple[RateChange, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    added_places: tuple[AddedPlaces, ...] = ()


KINDS: Mapping[str, type[Strict]] = MappingProxyType(
    {name: get_args(field.annotation)[0] for name, field in Levers.model_fields.items()}
)
"""What a record of each lever is, by the lever's name without the prefix."""


def levers(scenario: Scenario) -> Levers:
    """The cohort levers of a scenario; a ``ScenarioError`` names every record that is wrong."""
    read, faults = _read({name: scenario.value(f"{PREFIX}{name}") for name in KINDS})
    problems = [fault.problem() for fault in faults]
    raise_any(ScenarioError, "These levers cannot be used.", problems)
    return Levers(**{name: tuple(record for _, record in rows) for name, rows in read.items()})


def lever_faults(values: RecordsByLever) -> list[Fault]:
    """All that is wrong with the records of a scenario's cohort levers."""
    return _read(values)[1]


def _read(given: RecordsByLever) -> tuple[UsableRecords, list[Fault]]:
    """The records that can be used, and all that is wrong with each and with all together."""
    read, faults = read_records(given, KINDS, prefix=PREFIX)
    capacities, redirections = (read.get(name, []) for name in ("capacities", "redirections"))
    limited: set[str] = set()
    for position, record in capacities:
        if record.place in limited:
            twice = Problem("two_records", f"two records for {record.place}", remedy="keep one")
            faults.append(Fault(f"{PREFIX}capacities", (position, "place"), twice))
        limited.add(record.place)
    circles = [
        ("capacities", n, "overflow") for n, each in capacities if each.place in each.overflow
    ]
    circles += [
        ("redirections", n, "to_place")
        for n, each in redirections
        if each.from_place == each.to_place
    ]
    circle = Problem("to_itself", "it leads to itself", remedy="name another place")
    faults += [Fault(f"{PREFIX}{name}", (n, field), circle) for name, n, field in circles]
    return read, [*faults, *_too_much_redirected(redirections)]


def _too_much_redirected(rows: Sequence[tuple[int, Redirection]]) -> list[Fault]:
    """Streams of which more than all is redirected in some January."""
    streams: dict[tuple[str, str], dict[int, Redirection]] = defaultdict(dict)
    for position, record in rows:
        streams[record.flow, record.from_place][position] = record
    faults = []
    for (flow, place), records in sorted(streams.items()):
        lasts = {min(each.from_year + each.phased_over - 1, LAST_YEAR) for each in records.values()}
        for year in sorted(lasts):
            share = np.zeros((len(AGES), len(NEEDS)))  # in per cent
            for record in records.values():
                ages = np.isin(AGES, record.age_range)
                needs = np.isin(NEEDS, record.needs or NEEDS)
                share += record.share_pct * record.phase(year) * np.outer(ages, needs)
            if share.max() > _ALL + _ROUNDING:
                found = (
                    f"redirections of those who {flow} {place} add up to {share.max():g}% at age "
                    f"{AGES[int(share.max(axis=1).argmax())]} in January {year}"
                )
                remedy = "keep their sum from 0 to 100"
                wrong = Problem("too_much_redirected", found, remedy=remedy)
                where = (max(records), "share_pct")
                faults.append(Fault(f"{PREFIX}redirections", where, wrong))
                break
    return faults
