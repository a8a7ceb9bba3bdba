"""One scenario file: its parts, and all that is wrong with each, alone or with its parent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator

from sendlib.errors import Problem, did_you_mean
from sendlib.scenarios.assumptions import Assumption, Change, Record
from sendlib.scenarios.documents import (
    Document,
    Path,
    Strict,
    read_part,
    share_for_percentage,
)
from sendlib.scenarios.records import Fault
from sendlib.scenarios.scenario import BASELINE, Effect, Mitigation, Scenario

_Part = TypeVar("_Part", bound=BaseModel)
_LISTED = "see docs/reference/levers.md, or run: sendlib scenario show baseline"


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
    """The parts of a file that can be read, and what is wrong with the others."""

    document: Document
    head: Head
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)  # of the baseline only
    changes: Mapping[int, Change] = field(default_factory=dict)  # by position in the list
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


def read_parts(document: Document) -> ScenarioFile:
    """Read every part of a file; a part that is wrong is left out, with its problems."""
    content = document.value
    if not isinstance(content, dict):
        found = "the file is empty" if content is None else "the file is not keys and values"
        empty = (Problem("no_keys_and_values", found, document.place(()), "begin with name:"),)
        return ScenarioFile(
            document, Head(name="", question=""), problems=document.problems or empty
        )
    problems = list(document.problems)
    own = {key: part for key, part in content.items() if key not in SECTIONS}
    head = read_part(document, Head, own, (), problems, others=SECTIONS)
    if head is None:  # a stand-in, so that the other parts can be checked
        extends = content.get("extends", "")
        extends = extends if isinstance(extends, str) else BASELINE
        head = Head(name="", question="", extends=extends)
    assumptions = _entries(document, Assumption, "assumptions", dict, problems)
    changes = _entries(document, Change, "changes", list, problems)
    mitigations = _entries(document, Mitigation, "mitigations", list, problems)
    return ScenarioFile(
        document,
        head,
        assumptions,
        changes,
        mitigations,
        tuple(problems),
    )


def _entries(
    document: Document,
    model: type[_Part],
    section: str,
    shape: type[dict[object, object]] | type[list[object]],
    problems: list[Problem],
) -> dict[Any, _Part]:
    """The entries of one section that can be read; the problems of the others are added."""
    content = document.value.get(section) if isinstance(document.value, dict) else None
    if content is None:
        return {}
    if not isinstance(content, shape):
        kind = "list, each entry after a dash" if shape is list else "set of levers"
        where = document.place((section,))
        problems.append(
            Problem("section_of_wrong_kind", f"{section} is not a {kind}", where, "write it as one")
        )
        return {}
    items = content.items() if isinstance(content, dict) else enumerate(content)
    fields = list(Effect.model_fields) if model is Mitigation else []
    parts = {
        key: read_part(document, model, entry, (section, key), problems, others=fields)
        for key, entry in items
    }
    return {key: part for key, part in parts.items() if part is not None}


def change_problems(file: ScenarioFile, parent: Scenario) -> list[Problem]:
    """What is wrong with the changes of a file to the scenario that it extends."""
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for at, change in file.changes.items():
        path: Path = ("changes", at)
        where = file.document.place((*path, "lever"))
        if change.lever in first:
            again = f"two changes to {change.lever}; the first is entry {first[change.lever] + 1}"
            problems.append(Problem("two_changes", again, where, "keep one"))
        first.setdefault(change.lever, at)
        if change.lever not in parent.assumptions:
            remedy = did_you_mean(change.lever, parent.assumptions) or _LISTED
            problems.append(
                Problem("unknown_lever", f"unknown lever {change.lever!r}", where, remedy)
            )
            continue
        expected = parent.assumptions[change.lever]
        if change.unit != expected.unit:
            found, where = f"lever {change.lever} is given in", file.document.place((*path, "unit"))
            problems.append(
                Problem(
                    "wrong_unit", f"{found} {change.unit}", where, f"give it in {expected.unit}"
                )
            )
        problems += [
            problem.at(file.document.place((*path, "value", *year)))
            for year, problem in expected.faults(change.lever, change.value)
        ]
    return problems


def mitigation_problems(file: ScenarioFile, parent: Scenario) -> list[Problem]:
    """Names used twice, and effects on levers that take no records."""
    problems = []
    lists = [name for name, entry in parent.assumptions.items() if entry.is_list]
    names = {done.name for done in parent.mitigations}
    for at, done in file.mitigations.items():
        if done.name in names:
            where = file.document.place(("mitigations", at, "name"))
            problems.append(
                Problem(
                    "mitigation_twice", f"two mitigations named {done.name!r}", where, "rename one"
                )
            )
        names.add(done.name)
        for position, effect in enumerate(done.effects):
            if effect.lever not in lists:
                where = file.document.place(("mitigations", at, "effects", position, "lever"))
                remedy = did_you_mean(effect.lever, lists)
                if effect.lever in parent.assumptions:
                    no_list = f"lever {effect.lever} takes no records"
                    problems.append(Problem("lever_without_records", no_list, where, remedy))
                else:
                    unknown = f"unknown lever {effect.lever!r}"
                    problems.append(Problem("unknown_lever", unknown, where, remedy))
    return problems


def below_one_per_cent(file: ScenarioFile) -> Iterator[tuple[str, Problem]]:
    """Percentages in records that read as shares of one: the field, and what is wrong with it."""
    for lever, path, record in file.records():
        position = path[-1:] if isinstance(path[-1], int) else ()
        for name, number in record.items():
            is_pct = str(name).endswith("pct") and isinstance(number, (int, float))
            if is_pct and (slip := share_for_percentage(number)):
                found, _, remedy = slip.partition("; ")
                wrong = Problem("share_for_percentage", found, remedy=remedy)
                fault = Fault(lever, (*position, name), wrong)
                yield name, fault.problem(file.document.place((*path, name)))
