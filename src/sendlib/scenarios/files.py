"""One scenario file as it is written: its parts, and all that is wrong with each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails

from sendlib.errors import Problem, did_you_mean
from sendlib.scenarios.assumptions import Assumption, Change, Record, Strict
from sendlib.scenarios.documents import Document, Path
from sendlib.scenarios.mitigations import Effect, Mitigation
from sendlib.scenarios.scenario import BASELINE
from sendlib.scenarios.wording import found_and_remedy

_Part = TypeVar("_Part", bound=BaseModel)
_Parsed = tuple[_Part | None, list[Problem]]


def _one_parent(extends: object) -> object:
    if isinstance(extends, list):
        raise ValueError(f"extends is a list of {len(extends)}; name one scenario")
    return extends


class Head(Strict):
    """What a scenario is called, and what it builds on."""

    name: str
    question: str
    extends: Annotated[str, BeforeValidator(_one_parent)] = ""


@dataclass(frozen=True)
class ScenarioFile:
    """The parts of a file that can be read.

    Parameters
    ----------
    document : Document
        Where everything stands.
    head : Head
        Name, question and parent.
    assumptions : Mapping[str, Assumption]
        By lever; of a complete file only.
    changes : Mapping[int, Change]
        By position in the list.
    mitigations : Mapping[int, Mitigation]
        By position in the list.
    problems : tuple[Problem, ...]
        What is wrong with the parts that cannot be read.
    """

    document: Document
    head: Head
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    changes: Mapping[int, Change] = field(default_factory=dict)
    mitigations: Mapping[int, Mitigation] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def records(self) -> Iterator[tuple[str, Path, Record]]:
        """The records of changes and mitigations: the lever, where each stands, what it says."""
        for at, change in self.changes.items():
            records = change.value if isinstance(change.value, tuple) else ()
            for position, record in enumerate(records):
                yield change.lever, ("changes", at, "value", position), record
        for at, done in self.mitigations.items():
            for position, effect in enumerate(done.effects):
                path = ("mitigations", at, "effects", position, "record")
                yield effect.lever, path, effect.record


SECTIONS = ("assumptions", "changes", "mitigations")
_KEYS: Mapping[type[BaseModel], tuple[str, ...]] = {
    Head: (*Head.model_fields, *SECTIONS),
    **{model: tuple(model.model_fields) for model in (Assumption, Change, Mitigation, Effect)},
}


def read_parts(document: Document) -> ScenarioFile:
    """Read every part of a file; a part that is wrong is left out and told."""
    content = document.value
    if not isinstance(content, dict):
        found = "the file is empty" if content is None else "the file is not keys and values"
        told = document.problems or (Problem(found, document.place(()), "begin with name:"),)
        return ScenarioFile(document, _fallback({}), problems=told)
    head, problems = _read(
        document, Head, {key: part for key, part in content.items() if key not in SECTIONS}, ()
    )
    assumptions, more = _entries(document, content, Assumption, "assumptions", dict)
    changes, wrong = _entries(document, content, Change, "changes", list)
    mitigations, missing = _entries(document, content, Mitigation, "mitigations", list)
    told = (*document.problems, *problems, *more, *wrong, *missing)
    return ScenarioFile(
        document,
        head or _fallback(content),
        {str(lever): entry for lever, entry in assumptions.items()},
        {int(at): entry for at, entry in changes.items()},
        {int(at): entry for at, entry in mitigations.items()},
        told,
    )


def _fallback(content: Mapping[int | str, object]) -> Head:
    """A head for a file without a good one, so that its other parts can be checked."""
    extends = content.get("extends", "")
    return Head(name="", question="", extends=extends if isinstance(extends, str) else BASELINE)


def _entries(
    document: Document,
    content: Mapping[int | str, object],
    model: type[_Part],
    section: str,
    shape: type[dict[object, object]] | type[list[object]],
) -> tuple[dict[int | str, _Part], list[Problem]]:
    """The entries of one section that can be read, and the problems of the others."""
    given = content.get(section)
    if given is None:
        return {}, []
    if not isinstance(given, shape):
        kind = "list, each entry after a dash" if shape is list else "set of levers"
        where = document.place((section,))
        return {}, [Problem(f"{section} is not a {kind}", where, "write it as one")]
    items = given.items() if isinstance(given, dict) else enumerate(given)
    found, problems = {}, []
    for key, entry in items:
        parsed, wrong = _read(document, model, entry, (section, key))
        problems += wrong
        if parsed is not None:
            found[key] = parsed
    return found, problems


def _read(document: Document, model: type[_Part], given: object, path: Path) -> _Parsed[_Part]:
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        details = error.errors()
        around = {detail["loc"][:size] for detail in details for size in range(len(detail["loc"]))}
        told = [detail for detail in details if detail["loc"] not in around]
        return None, [_problem(document, model, detail, path) for detail in told]


def _problem(
    document: Document, model: type[BaseModel], detail: ErrorDetails, path: Path
) -> Problem:
    """What is wrong with a field, where, and what is valid."""
    whole = (*path, *(part for part in detail["loc"] if part != "[key]"))
    where = document.place(whole)
    last = str(whole[-1]) if whole else ""
    match detail["type"]:
        case "extra_forbidden":
            keys = _KEYS[Effect if "effects" in whole else model]
            return Problem(
                f"unknown key {last!r}", named(where, whole[:-1]), did_you_mean(last, keys)
            )
        case "missing":
            return Problem(f"{last} is missing", named(where, whole[:-1]), "add it")
    found, remedy = found_and_remedy(detail)
    return Problem(found, named(where, whole), remedy)


def named(where: str, path: Path) -> str:
    """A place followed by a path in words; entries are counted from one."""
    entries = (f"entry {part + 1}" if isinstance(part, int) else part for part in path)
    return ", ".join([where, *entries])
