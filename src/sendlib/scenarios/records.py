"""Records of list levers: the fields they share, and every fault of each read at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from sendlib.documents import Path
from sendlib.errors import Problem, did_you_mean
from sendlib.fields import Strict, to_problem
from sendlib.scenarios.assumptions import Records, Year
from sendlib.vocabulary import PlaceType, PrimaryNeed

RecordsByLever = Mapping[str, Sequence[Mapping[str, object]]]
UsableRecords = dict[str, list[tuple[int, Any]]]  # by lever, each after its position


@dataclass(frozen=True)
class Fault:
    """Something wrong with a record of a lever, found by the part of the model it acts on."""

    lever: str
    path: Path  # position of the record, and the field inside it; empty for the whole lever
    wrong: Problem

    def problem(self, place: str = "") -> Problem:
        """The fault as a problem, after the place of its line where that is known."""
        position, *rest = self.path or ("",)
        record = f"record {position + 1}" if isinstance(position, int) else str(position)
        where = ", ".join(filter(None, [place, self.lever, record, *map(str, rest)]))
        return self.wrong.at(where)


# Of the records of every list lever that begins with a prefix, all that is wrong with them.
Checker = Callable[[Mapping[str, Records]], list[Fault]]


def one_of(valid: Iterable[str], noun: str) -> AfterValidator:
    """A check that a field of a record names one of some valid ones."""
    choices = list(valid)

    def check(name: str) -> str:
        if name not in choices:
            raise ValueError(f"there is no {noun} {name!r}; {did_you_mean(name, choices)}")
        return name

    return AfterValidator(check)


Place = Annotated[str, one_of(PlaceType, "place")]
Need = Annotated[str, one_of(PrimaryNeed, "need")]


class Phased(Strict):
    """What comes into force from a year on, in equal steps over some years."""

    from_year: Year
    phased_over: int = Field(
        default=1, ge=1, description="years over which it comes into force, in equal steps"
    )

    def phase(self, year: int) -> float:
        """How much of it is in force in a year, from nought to one."""
        return min(max((year - self.from_year + 1) / self.phased_over, 0.0), 1.0)


def read_records(
    values: RecordsByLever, kinds: Mapping[str, type[BaseModel]], *, prefix: str
) -> tuple[UsableRecords, list[Fault]]:
    """The records of one part of the model that can be used, and what is wrong with the others."""
    usable: UsableRecords = {}
    faults = []
    for lever, records in values.items():
        name = lever.removeprefix(prefix)
        if name not in kinds:
            remedy = did_you_mean(name, kinds)
            wrong = Problem("no_such_lever", "there is no such lever", remedy=remedy)
            faults.append(Fault(f"{prefix}{name}", (), wrong))
            continue
        usable[name] = []
        for position, record in enumerate(records):
            try:
                usable[name].append((position, kinds[name].model_validate(record)))
            except ValidationError as error:
                for detail in error.errors():
                    path = (part for part in detail["loc"] if part != "[key]")
                    wrong = to_problem(
                        detail, kinds[name].model_fields, unknown="there is no field"
                    )
                    faults.append(Fault(f"{prefix}{name}", (position, *path), wrong))
    return usable, faults
