"""Levers on the cohort model: changes to rates, room in places, closures.

A lever never changes a count. It changes a rate (and so what follows from it),
redirects a share of a stream, or limits how many a kind of place can take.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from sendlib.cohort.axes import AGES, FIRST_AGE, LAST_AGE, NEEDS, Counts
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.scenarios import LAST_YEAR, Scenario
from sendlib.scenarios.assumptions import Percent, Strict, Year
from sendlib.scenarios.records import (
    Fault,
    Need,
    Phased,
    Place,
    RecordsByLever,
    UsableRecords,
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


def _a_place(name: str) -> str:
    if name in _NO_SEATS:
        raise ValueError(f"{name!r} has no seats; give a kind of school or college")
    return name


Ages = Annotated[str, AfterValidator(_some_ages)]
Seat = Annotated[Place, AfterValidator(_a_place)]


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
        """The last room given by a January; without a limit before the first. [places]"""
        given = [start for start in self.room if start <= january]
        return self.room[max(given)] if given else math.inf


class Closure(Strict):
    """A kind of place that closes by a January; its pupils are placed elsewhere."""

    place: Place = Field(description="the kind of place")
    year: Year = Field(description="the January by which it has closed")
    to: dict[Place, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        default_factory=dict,
        description="shares by kind of place; without it they go where movers of their age go",
    )


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
    capital_gbp: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, description="cost of building a seat"
    )

    @property
    def age_range(self) -> range:
        """The ages meant."""
        return ages_of(self.ages)

    def open_in(self, january: int) -> int:
        """Seats open in a January: those of the September before. [seats]"""
        given = [self.seats[year] for year in sorted(self.seats) if year < january]
        return given[-1] if given else 0

    def most_filled_in(self, january: int) -> float:
        """The most that are filled in a January; without a limit before the first. [children]"""
        given = [self.filled[year] for year in sorted(self.filled) if year < january]
        return given[-1] if given else math.inf

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
    closures: tuple[Closure, ...] = ()
    added_places: tuple[AddedPlaces, ...] = ()


KINDS: Mapping[str, type[Strict]] = MappingProxyType(
    {name: get_args(field.annotation)[0] for name, field in Levers.model_fields.items()}
)
"""What a record of each lever is, by the lever's name without the prefix."""


def levers(scenario: Scenario) -> Levers:
    """The cohort levers of a scenario, checked.

    Raises
    ------
    ScenarioError
        Naming every record that is wrong, and the nearest valid value.
    """
    return parse_levers({name: scenario.value(f"{PREFIX}{name}") for name in Levers.model_fields})


def parse_levers(records: RecordsByLever) -> Levers:
    """Levers from plain records, as a scenario file gives them.

    Examples
    --------
    >>> given = {"flow": "leave", "pct": 10, "ages": "16-19", "from_year": 2027}
    >>> parse_levers({"rate_changes": [given]}).rate_changes[0].phase(2026)
    0.0
    """
    read, faults = _read(records)
    problems = [fault.problem() for fault in faults]
    raise_any(ScenarioError, "These levers cannot be used.", problems)
    return Levers(**{name: tuple(record for _, record in rows) for name, rows in read.items()})


def lever_faults(values: RecordsByLever) -> list[Fault]:
    """All that is wrong with the records of a scenario's cohort levers."""
    return _read(values)[1]


def _read(given: RecordsByLever) -> tuple[UsableRecords, list[Fault]]:
    """The records that can be used, and all that is wrong with each and with all together."""
    read, faults = read_records(given, KINDS, prefix=PREFIX)
    for name in ("capacities", "closures"):
        rows = read.get(name, [])
        places = [record.place for _, record in rows]
        faults += [
            Fault(
                f"{PREFIX}{name}",
                (position, "place"),
                Problem("two_records", f"two records for {place}", remedy="keep one"),
            )
            for at, ((position, _), place) in enumerate(zip(rows, places, strict=True))
            if place in places[:at]
        ]
    for name, source, target, found in _TO_ITSELF:
        wrong = Problem("to_itself", found, remedy="name another place")
        faults += [
            Fault(f"{PREFIX}{name}", (position, target), wrong)
            for position, record in read.get(name, [])
            if getattr(record, source) in _places(getattr(record, target))
        ]
    return read, [*faults, *_too_much_redirected(read.get("redirections", []))]


_TO_ITSELF = (
    ("capacities", "place", "overflow", "it overflows into itself"),
    ("redirections", "from_place", "to_place", "it redirects to itself"),
    ("closures", "place", "to", "it places its pupils in itself"),
)


def _places(named: str | Iterable[str]) -> list[str]:
    return [named] if isinstance(named, str) else list(named)


def _too_much_redirected(rows: Sequence[tuple[int, Redirection]]) -> list[Fault]:
    """Streams of which more than all is redirected in some January."""

    def stream(row: tuple[int, Redirection]) -> tuple[str, str]:
        return row[1].flow, row[1].from_place

    faults = []
    for (flow, place), group in groupby(sorted(rows, key=stream), key=stream):
        records = dict(group)
        lasts = {min(each.from_year + each.phased_over - 1, LAST_YEAR) for each in records.values()}
        for year in sorted(lasts):
            share = sum(_share_pct(record, year) for record in records.values())
            if np.max(share) > _ALL + _ROUNDING:
                age = AGES[int(np.argmax(np.max(share, axis=1)))]
                found = (
                    f"redirections of those who {flow} {place} add up to {np.max(share):g}% at age "
                    f"{age} in January {year}"
                )
                remedy = "keep their sum from 0 to 100"
                wrong = Problem("too_much_redirected", found, remedy=remedy)
                where = (max(records), "share_pct")
                faults.append(Fault(f"{PREFIX}redirections", where, wrong))
                break
    return faults


def _share_pct(record: Redirection, year: int) -> Counts:
    """What a redirection takes of each age and need in a January, shape (age, need). [%]"""
    ages = np.isin(AGES, record.age_range)
    needs = np.isin(NEEDS, record.needs or NEEDS)
    return record.share_pct * record.phase(year) * np.outer(ages, needs).astype(float)
