"""Parts of a file as pydantic's models, and what is wrong with a field in plain words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from sendlib.documents import Document, Path
from sendlib.errors import Problem, did_you_mean

_Model = TypeVar("_Model", bound=BaseModel)

PLAIN_NUMBER = "give a number alone, without %, £ or commas"
ONE_YEAR = (
    "write one year, such as 2027: of a January its own, of a financial year the one in which it "
    "begins"
)
_FIELD_REMEDIES = {  # by the type of pydantic's error
    **dict.fromkeys(("model_type", "dict_type", "mapping_type"), "write keys and values"),
    **dict.fromkeys(("list_type", "tuple_type"), "write a list, each entry after a dash"),
    "too_short": "add at least one",
    "string_too_short": "write at least one letter",
    "string_type": "write text; put a number, a date, yes or no in quotes",
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), PLAIN_NUMBER),
    "bool_type": "give true or false",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "give a whole number"),
    "literal_error": "give {expected}",
    "greater_than": "give more than {gt:g}",
    "greater_than_equal": "give {ge:g} or more",
    "less_than": "give less than {lt:g}",
    "less_than_equal": "give {le:g} or less",
}


class Strict(BaseModel):
    """A part of a file: frozen, without keys that nothing reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldError(ValueError):
    """What the check of a field refuses, as a problem of its own kind, without its place."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def to_problem(
    detail: ErrorDetails, keys: Iterable[str] = (), *, unknown: str = "unknown key"
) -> Problem:
    """What is wrong with a field that pydantic refuses, without its place."""
    value, kind = detail["input"], detail["type"]
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    match kind:
        case "extra_forbidden":
            return Problem("unknown_field", f"{unknown} {name!r}", remedy=did_you_mean(name, keys))
        case "missing":
            return Problem("missing_key", f"{name} is missing", remedy="add it")
        case "value_error":
            found, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
            own: Problem | None = getattr(detail["ctx"]["error"], "problem", None)
            return own or Problem("invalid_value", found, remedy=remedy)
    remedy = _FIELD_REMEDIES.get(kind, detail["msg"].replace("Input should be", "give"))
    remedy = remedy.format(**detail.get("ctx", {}))
    if kind.startswith("int_") and re.search(r"\b(19|20)\d\d\b", str(value)):
        remedy = ONE_YEAR
    if value is None:
        return Problem("empty_value", "it is left empty", remedy=remedy)
    if isinstance(value, (dict, list, tuple)):
        found = "not as it should be" if value else "there is none"
        return Problem("value_of_wrong_kind", found, remedy=remedy)
    found = f"found {value}" if isinstance(value, date) else f"found {value!r}"
    return Problem("value_not_allowed", found, remedy=remedy)


def read_model(
    document: Document, model: type[_Model], problems: list[Problem], context: Any = None
) -> _Model | None:
    """A file as its model; none, with all problems of the file added, where it is wrong."""
    problems += document.problems
    if document.problems and document.value is None:
        return None
    return read_part(document, model, document.value or {}, (), problems, context=context)


def read_part(
    document: Document,
    model: type[_Model],
    content: object,
    path: Path,
    problems: list[Problem],
    *,
    context: Any = None,
) -> _Model | None:
    """A part of a file as its model; none, with its problems added, where it is wrong."""
    try:
        return model.model_validate(content, context=context)
    except ValidationError as error:
        problems += explain(error, document, model, path)
    return None


def explain(
    error: ValidationError,
    document: Document,
    model: type[BaseModel],
    path: Path = (),
    *,
    list_keys: bool = False,
) -> Iterator[Problem]:
    """Everything that pydantic refuses in the part of a file at a path, with its line.

    With ``list_keys`` all that may stand inside a part are named where one is not known.
    """
    details = error.errors()
    around = {detail["loc"][:size] for detail in details for size in range(len(detail["loc"]))}
    for detail in details:
        if detail["loc"] not in around:
            loc = tuple(part for part in detail["loc"] if part != "[key]")
            of_whole = detail["type"] in ("extra_forbidden", "missing")
            where = document.locate((*path, *loc), (*path, *(loc[:-1] if of_whole else loc)))
            keys = _sibling_keys(model, loc)
            problem = to_problem(detail, keys).at(where)
            if list_keys and len(loc) > 1 and problem.code == "unknown_field":
                problem = replace(problem, remedy=f"valid: {', '.join(keys)}")
            yield problem


def _sibling_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that there may be in the part of a model that a path leads into."""
    for part in path[:-1]:
        field_of = {each.alias or name: each for name, each in model.model_fields.items()}
        if part in field_of:
            model = next(_models_in(field_of[str(part)].annotation), model)
    return [each.alias or name for name, each in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def share_for_percentage(pct: float) -> Problem | None:
    """What is wrong with a percentage that reads as a share of one; nothing with any other.

    Examples
    --------
    >>> print(share_for_percentage(0.7), share_for_percentage(7))
    0.7 is less than one per cent. Give 70 for 70%. None
    """
    if not 0 < abs(pct) < 1:
        return None
    found, remedy = f"{pct:g} is less than one per cent", f"give {pct * 100:g} for {pct * 100:g}%"
    return Problem("share_for_percentage", found, remedy=remedy)
