"""One scenario file: its parts, and all that is wrong with each, alone or with its parent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from sendlib.documents import Document, Path
from sendlib.errors import Problem, did_you_mean
from sendlib.fields import Strict, read_part, share_for_percentage
from sendlib.scenarios.assumptions import Assumption, Change, Record
from sendlib.scenarios.records import Fault
from sendlib.scenarios.scenario import BASELINE, Mitigation, Scenario

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
    assumptions: object = None  # these three are read entry by entry
    changes: object = None
    mitigations: object = None


@dataclass(frozen=True)
class ScenarioFile:
    """The parts of a file that can be read, and what is wrong with the others."""

    document: Document
    head: Head
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)  # of the baseline only
    changes: Mapping[int, Change] = field(default_factory=dict)  # by position in the list
    mitigations: Mapping[int, Mitigation] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place(self, *path: int | str) -> str:
        """The file and the line of a part, by the keys and positions that lead to it."""
        return self.document.place(path)

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


SECTIONS: Mapping[str, type[BaseModel]] = {
    "assumptions": Assumption,
    "changes": Change,
    "mitigations": Mitigation,
}


def read_parts(document: Document) -> ScenarioFile:
    """Read every part of a file; a part that is wrong is left out, with its problems."""
    content = document.value
    if not isinstance(content, dict):
        found = "the file is empty" if content is None else "the file is not keys and values"
        empty = Problem("no_keys_and_values", found, document.place(()), "begin with name:")
        nobody = Head(name="", question="")
        return ScenarioFile(document, nobody, problems=document.problems or (empty,))
    problems = list(document.problems)
    head = read_part(document, Head, content, (), problems)
    if head is None:  # a stand-in, so that the other parts can be checked
        extends = content.get("extends", "")
        extends = extends if isinstance(extends, str) else BASELINE
        head = Head(name="", question="", extends=extends)
    parts: dict[str, Any] = {
        section: _entries(document, model, section, content.get(section), problems)
        for section, model in SECTIONS.items()
    }
    return ScenarioFile(document, head, **parts, problems=tuple(problems))


def _entries(
    document: Document,
    model: type[BaseModel],
    section: str,
    content: object,
    problems: list[Problem],
) -> dict[Any, Any]:
    """The entries of one section that can be read; the problems of the others are added."""
    shape = dict if model is Assumption else list
    if content is None:
        return {}
    if not isinstance(content, shape):
        kind = "set of levers" if shape is dict else "list, each entry after a dash"
        found, where = f"{section} is not a {kind}", document.place((section,))
        problems.append(Problem("section_of_wrong_kind", found, where, "write it as one"))
        return {}
    parts = {
        key: read_part(document, model, entry, (section, key), problems)
        for key, entry in (content.items() if isinstance(content, dict) else enumerate(content))
    }
    return {key: part for key, part in parts.items() if part is not None}


def change_problems(file: ScenarioFile, parent: Scenario) -> Iterator[Problem]:
    """What is wrong with the changes of a file to the scenario that it extends."""
    first: dict[str, int] = {}
    for at, change in file.changes.items():
        lever, where = change.lever, file.place("changes", at, "lever")
        if lever in first:
            again = f"two changes to {lever}; the first is entry {first[lever] + 1}"
            yield Problem("two_changes", again, where, "keep one")
        first.setdefault(lever, at)
        if lever not in parent.assumptions:
            remedy = did_you_mean(lever, parent.assumptions) or _LISTED
            yield Problem("unknown_lever", f"unknown lever {lever!r}", where, remedy)
            continue
        expected = parent.assumptions[lever]
        if change.unit != expected.unit and (change.unit or not expected.is_list):
            found = f"lever {lever} is given in {change.unit or 'no unit'}"
            where = file.place("changes", at, "unit")
            yield Problem("wrong_unit", found, where, f'write unit: "{expected.unit}"')
        for year, problem in expected.faults(lever, change.value):
            yield problem.at(file.place("changes", at, "value", *year))


def mitigation_problems(file: ScenarioFile, parent: Scenario) -> Iterator[Problem]:
    """Names used twice, and effects on levers that take no records."""
    lists = [name for name, entry in parent.assumptions.items() if entry.is_list]
    names = {done.name for done in parent.mitigations}
    for at, done in file.mitigations.items():
        if done.name in names:
            found = f"two mitigations named {done.name!r}"
            where = file.place("mitigations", at, "name")
            yield Problem("mitigation_twice", found, where, "rename one")
        names.add(done.name)
        for position, effect in enumerate(done.effects):
            where = file.place("mitigations", at, "effects", position, "lever")
            remedy = did_you_mean(effect.lever, lists)
            if effect.lever not in parent.assumptions:
                yield Problem("unknown_lever", f"unknown lever {effect.lever!r}", where, remedy)
            elif effect.lever not in lists:
                found = f"lever {effect.lever} takes no records"
                yield Problem("lever_without_records", found, where, remedy)


def below_one_per_cent(file: ScenarioFile) -> Iterator[tuple[str, Problem]]:
    """Percentages in records that read as shares of one: the field, and what is wrong with it."""
    for lever, path, record in file.records():
        position = path[-1:] if isinstance(path[-1], int) else ()
        for name, number in record.items():
            is_pct = str(name).endswith("pct") and isinstance(number, (int, float))
            if is_pct and (slip := share_for_percentage(number)):
                fault = Fault(lever, (*position, name), slip)
                yield name, fault.problem(file.place(*path, name))
