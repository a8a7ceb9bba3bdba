"""Whether the parts of a scenario fit the one it extends, and each other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sendlib.errors import Problem, did_you_mean
from sendlib.scenarios.assumptions import (
    Assumption,
    Change,
    Records,
    Value,
    in_horizon,
    kind,
    numbers_of,
    shown,
)
from sendlib.scenarios.documents import Document, Path
from sendlib.scenarios.files import ScenarioFile
from sendlib.scenarios.scenario import Scenario
from sendlib.scenarios.wording import share_for_percentage

_LISTED = "see docs/reference/levers.md, or run: sendlib scenario show baseline"


@dataclass(frozen=True)
class Fault:
    """Something wrong with a record of a lever, found by the part of the model it acts on.

    Parameters
    ----------
    lever : str
        The lever.
    path : tuple
        Position of the record, and the field inside it; empty for the whole lever.
    found, remedy : str
        As of a ``Problem``.
    """

    lever: str
    path: Path
    found: str
    remedy: str = ""

    @property
    def where(self) -> str:
        """The lever, its record counted from one, and the field."""
        position, *rest = self.path or ("",)
        record = f"record {position + 1}" if isinstance(position, int) else str(position)
        return ", ".join(filter(None, [self.lever, record, *map(str, rest)]))

    def problem(self, where: str = "") -> Problem:
        """The fault as a problem, after the place of its line where that is known."""
        return Problem(self.found, ", ".join(filter(None, [where, self.where])), self.remedy)


# Given the records of every list lever that begins with a prefix, all that is wrong with them.
Checker = Callable[[Mapping[str, Records]], list[Fault]]


def assumption_problems(file: ScenarioFile) -> list[Problem]:
    """The values of a complete file that lie outside their own limits or the years."""
    document = file.document
    return [
        problem
        for lever, entry in file.assumptions.items()
        for problem in _value_problems(
            document, ("assumptions", lever, "value"), lever, entry, entry.value
        )
    ]


def change_problems(file: ScenarioFile, parent: Scenario) -> list[Problem]:
    """What is wrong with the changes of a file to the scenario that it extends."""
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for at, change in file.changes.items():
        path: Path = ("changes", at)
        where = file.document.place((*path, "lever"))
        if change.lever in first:
            again = f"two changes to {change.lever}; the first is entry {first[change.lever] + 1}"
            problems.append(Problem(again, where, "keep one"))
        first.setdefault(change.lever, at)
        if change.lever not in parent.assumptions:
            remedy = did_you_mean(change.lever, parent.assumptions) or _LISTED
            problems.append(Problem(f"unknown lever {change.lever!r}", where, remedy))
            continue
        expected = parent.assumptions[change.lever]
        problems += _unit_problems(file.document, path, change, expected)
        problems += _value_problems(
            file.document, (*path, "value"), change.lever, expected, change.value
        )
    return problems


def mitigation_problems(file: ScenarioFile, parent: Scenario) -> list[Problem]:
    """Names used twice, and effects on levers that take no records."""
    problems = []
    lists = [name for name, entry in parent.assumptions.items() if isinstance(entry.value, tuple)]
    names = {done.name for done in parent.mitigations}
    for at, done in file.mitigations.items():
        if done.name in names:
            where = file.document.place(("mitigations", at, "name"))
            problems.append(Problem(f"two mitigations named {done.name!r}", where, "rename one"))
        names.add(done.name)
        for position, effect in enumerate(done.effects):
            if effect.lever not in lists:
                where = file.document.place(("mitigations", at, "effects", position, "lever"))
                unknown = effect.lever not in parent.assumptions
                found = f"unknown lever {effect.lever!r}"
                found = found if unknown else f"lever {effect.lever} takes no records"
                problems.append(Problem(found, where, did_you_mean(effect.lever, lists)))
    return problems


def share_problems(file: ScenarioFile) -> list[Problem]:
    """Shares above nothing and below one per cent, which nobody means: 0.3 stands for 30%."""
    return [problem for field, problem in below_one_per_cent(file) if field.endswith("share_pct")]


def below_one_per_cent(file: ScenarioFile) -> Iterator[tuple[str, Problem]]:
    """Percentages in records that read as shares of one: the field, and what is wrong with it."""
    for lever, path, record in file.records():
        position = path[-1:] if isinstance(path[-1], int) else ()
        for field, number in record.items():
            is_pct = str(field).endswith("pct") and isinstance(number, (int, float))
            if is_pct and (slip := share_for_percentage(number)):
                found, _, remedy = slip.partition("; ")
                fault = Fault(lever, (*position, field), found, remedy)
                yield field, fault.problem(file.document.place((*path, field)))


def value_faults(lever: str, value: Value, expected: Assumption) -> Iterator[tuple[Path, str, str]]:
    """What is wrong with a value for a lever: the year it is of, if any, the fault, the remedy."""
    if not fits(value, expected.value):
        wanted = "a whole number" if isinstance(expected.value, int) else kind(expected.value)
        range_ = f", {expected.valid_range}" if expected.valid_range else ""
        yield (), f"lever {lever} is {_quoted(value)}", f"give {wanted}{range_}"
        return
    for year, number in numbers_of(value):
        at = f" in {year[0]}" if year else ""
        if not expected.allows(number):
            yield year, f"lever {lever} is {shown(number)}{at}", f"give {expected.valid_range}"
        try:
            in_horizon(*year) if year else None
        except ValueError as error:
            found, _, remedy = str(error).partition("; ")
            yield year, f"lever {lever}: {found}", remedy


def fits(value: Value, expected: Value) -> bool:
    """Whether a value is of the kind that a lever takes."""
    whole_wanted = isinstance(expected, int)
    return kind(value) == kind(expected) and not (whole_wanted and isinstance(value, float))


def _unit_problems(
    document: Document, path: Path, change: Change, expected: Assumption
) -> Iterator[Problem]:
    if change.unit != expected.unit:
        found = f"lever {change.lever} is given in {change.unit}"
        yield Problem(found, document.place((*path, "unit")), f"give it in {expected.unit}")


def _value_problems(
    document: Document, path: Path, lever: str, expected: Assumption, value: Value
) -> Iterator[Problem]:
    for year, found, remedy in value_faults(lever, value, expected):
        yield Problem(found, document.place((*path, *year)), remedy)


def _quoted(value: Value) -> str:
    return shown(value) if isinstance(value, (dict, tuple)) else repr(value)
