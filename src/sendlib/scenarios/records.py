"""Records of list levers: the fields they share, and every fault of each read at once."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ValidationError

from sendlib.errors import did_you_mean
from sendlib.scenarios.checks import Fault
from sendlib.scenarios.wording import found_and_remedy
from sendlib.vocabulary import PlaceType, PrimaryNeed

_PLACES = [place.value for place in PlaceType]
_NEEDS = [need.value for need in PrimaryNeed]

Given = Mapping[str, Sequence[Mapping[str, object]]]
Read = dict[str, list[tuple[int, Any]]]  # by lever, the records that can be used, by position


def _known_place(place: str) -> str:
    if place not in _PLACES:
        raise ValueError(f"there is no place {place!r}; {did_you_mean(place, _PLACES)}")
    return place


def _known_need(need: str) -> str:
    if need not in _NEEDS:
        raise ValueError(f"there is no need {need!r}; {did_you_mean(need, _NEEDS)}")
    return need


Place = Annotated[str, AfterValidator(_known_place)]
Need = Annotated[str, AfterValidator(_known_need)]


def read_records(
    given: Given, kinds: Mapping[str, type[BaseModel]], *, prefix: str
) -> tuple[Read, list[Fault]]:
    """The records of one part of the model that can be used, and what is wrong with the others.

    Parameters
    ----------
    given : Mapping[str, Sequence[Mapping]]
        Records by lever, with or without the prefix.
    kinds : Mapping[str, type[BaseModel]]
        What a record of each lever must be, by lever without the prefix.
    prefix : str
        With which the names of the part's levers begin, as in ``cohort.``.

    Returns
    -------
    tuple[dict, list[Fault]]
        By lever without the prefix, positions and records; and every fault.
    """
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
