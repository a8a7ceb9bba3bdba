"""Records of list levers: the fields they share, and every fault of each read at once."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from sendlib.errors import did_you_mean
from sendlib.scenarios.assumptions import Strict, Year
from sendlib.scenarios.checks import Fault
from sendlib.scenarios.wording import found_and_remedy
from sendlib.vocabulary import PlaceType, PrimaryNeed

Given = Mapping[str, Sequence[Mapping[str, object]]]
Read = dict[str, list[tuple[int, Any]]]  # by lever, the records that can be used, by position


def _known_place(place: str) -> str:
    if place not in list(PlaceType):
        raise ValueError(f"there is no place {place!r}; {did_you_mean(place, PlaceType)}")
    return place


def _known_need(need: str) -> str:
    if need not in list(PrimaryNeed):
        raise ValueError(f"there is no need {need!r}; {did_you_mean(need, PrimaryNeed)}")
    return need


Place = Annotated[str, AfterValidator(_known_place)]
Need = Annotated[str, AfterValidator(_known_need)]


class Phased(Strict):
    """What comes into force from a year on, in equal steps over some years."""

    from_year: Year
    phased_over: int = Field(
        default=1, ge=1, description="years over which it comes into force, in equal steps"
    )

    def phase(self, year: int) -> float:
        """How much of it is in force in a year, from nought to one.

        Examples
        --------
        >>> [Phased(from_year=2027, phased_over=2).phase(year) for year in (2026, 2027, 2028)]
        [0.0, 0.5, 1.0]
        """
        return min(max((year - self.from_year + 1) / self.phased_over, 0.0), 1.0)


def read_records(
    given: Given, kinds: Mapping[str, type[BaseModel]], *, prefix: str
) -> tuple[Read, list[Fault]]:
    """The records of one part of the model that can be used, and what is wrong with the others."""
    read: Read = {}
    faults = []
    for lever, records in given.items():
        name = lever.removeprefix(prefix)
        if name not in kinds:
            remedy = did_you_mean(name, kinds)
            faults.append(Fault(f"{prefix}{name}", (), "there is no such lever", remedy))
            continue
        read[name] = []
        for position, record in enumerate(records):
            try:
                read[name].append((position, kinds[name].model_validate(record)))
            except ValidationError as error:
                faults += _faults(f"{prefix}{name}", position, error, kinds[name])
    return read, faults


def _faults(
    lever: str, position: int, error: ValidationError, kind: type[BaseModel]
) -> list[Fault]:
    """What is wrong inside one record, field by field."""
    faults = []
    for detail in error.errors():
        inside = tuple(part for part in detail["loc"] if part != "[key]")
        match detail["type"]:
            case "extra_forbidden":
                found = f"there is no field {inside[-1]!r}"
                remedy = did_you_mean(str(inside[-1]), kind.model_fields)
            case "missing":
                found, remedy = f"{inside[-1]} is missing", "add it"
            case _:
                found, remedy = found_and_remedy(detail)
        faults.append(Fault(lever, (position, *inside), found, remedy))
    return faults
