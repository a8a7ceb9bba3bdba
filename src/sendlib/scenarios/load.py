"""From a file to a scenario: its parent first, then its changes, then its mitigations."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from sendlib import documents
from sendlib.errors import Problem, ScenarioError, did_you_mean, raise_any
from sendlib.fields import share_for_percentage
from sendlib.project import Project
from sendlib.scenarios.assumptions import Assumption, numbers_of
from sendlib.scenarios.file import (
    ScenarioFile,
    below_one_per_cent,
    change_problems,
    mitigation_problems,
    read_parts,
)
from sendlib.scenarios.records import Checker, Fault
from sendlib.scenarios.scenario import BASELINE, AppliedChange, Scenario

NO_CHECKERS: Mapping[str, Checker] = MappingProxyType({})
_IF_MEANT = "give a later year if that is not meant"
_ACTS = f"it acts from the first year ahead; {_IF_MEANT}"
_OF_A_YEAR = f"a rate lasts into the years ahead, an amount is of its year alone; {_IF_MEANT}"
_DRAWS = ("cohort.draws", "forecast.draws")
_Place = Callable[..., str]  # of a value, or of a part inside it


@dataclass(frozen=True)
class Attempt:
    """A file read as far as possible: the scenario, all problems, and where its values stand."""

    problems: tuple[Problem, ...] = ()  # of the file and of those that it extends
    scenario: Scenario | None = None
    values: Mapping[str, _Place] = field(default_factory=dict)  # by lever
    effects: Mapping[str, tuple[_Place, ...]] = field(default_factory=dict)  # of mitigations


def list_scenarios(project: Project) -> list[str]:
    """The names of the scenarios, the baseline first."""
    names = [path.stem for path in project.scenarios.glob("*.yml")]
    return sorted(names, key=lambda name: (name != BASELINE, name))


def load_scenario(
    project: Project, slug: str, *, checkers: Mapping[str, Checker] = NO_CHECKERS
) -> Scenario:
    """A scenario by its file's name, with all its changes.

    Parameters
    ----------
    project : Project
        Whose scenario it is.
    slug : str
        The file's name without its ending.
    checkers : Mapping[str, Checker]
        By the beginning of a lever's name, what its records must be; without one
        the model refuses a bad record when it runs, and cannot name its line.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or its file has any problem.
    """
    result = attempt(project, slug, checkers=checkers)
    if result.problems or result.scenario is None:
        raise ScenarioError(f"Scenario {slug} cannot be used.", result.problems)
    return result.scenario


def load_scenarios(project: Project, *lists: str) -> dict[str, Scenario]:
    """Scenarios by their files' names, each once, with the baseline after the first."""
    first, *others = [name.strip() for text in lists for name in text.split(",") if name.strip()]
    return {
        slug: load_scenario(project, slug) for slug in dict.fromkeys([first, BASELINE, *others])
    }


def check_scenarios(
    project: Project, slugs: Iterable[str], *, checkers: Mapping[str, Checker] = NO_CHECKERS
) -> None:
    """Check several scenarios at once."""
    results = [attempt(project, slug, checkers=checkers) for slug in slugs]
    problems = dict.fromkeys(problem for result in results for problem in result.problems)
    raise_any(ScenarioError, "These scenarios cannot be used.", list(problems))


def attempt(
    project: Project,
    slug: str,
    *,
    checkers: Mapping[str, Checker] = NO_CHECKERS,
    text: str | None = None,
) -> Attempt:
    """Read a scenario as far as possible, from its file or from the ``text`` to be written there.

    Mitigations are checked as planned: as if their whole effects were certain.
    """
    result = _attempt(project, slug, (), text)
    if result.scenario is None:
        return result
    certain = [
        each.model_copy(update={"confidence_pct": 100.0}) for each in result.scenario.mitigations
    ]
    planned = replace(result.scenario, mitigations=tuple(certain))
    lists = {
        lever: planned.value(lever) for lever, entry in planned.assumptions.items() if entry.is_list
    }
    faults = [
        fault.problem(_line_of(fault, result, planned))
        for prefix, check in checkers.items()
        for fault in check({name: lists[name] for name in lists if name.startswith(prefix)})
    ]
    few = _too_few_totals(result, planned)
    return replace(result, problems=(*result.problems, *faults, *few))


def _too_few_totals(result: Attempt, scenario: Scenario) -> Iterator[Problem]:
    """More draws of ages and places than of the total that each of them is steered to."""
    draws = {lever: scenario.value(lever) for lever in _DRAWS if lever in scenario.assumptions}
    places, totals = (draws.get(lever) for lever in _DRAWS)
    if not (isinstance(places, int) and isinstance(totals, int) and places > totals):
        return
    changed = [step.lever for step in scenario.changed if step.lever in _DRAWS]
    lever = changed[-1] if changed else _DRAWS[0]
    found = f"lever {_DRAWS[0]} is {places}, more than {_DRAWS[1]}, {totals}"
    remedy = f"give {_DRAWS[0]} no more than {totals}, or raise {_DRAWS[1]}"
    yield Problem("more_draws_than_totals", found, result.values[lever](), remedy)


def is_slug(slug: str) -> bool:
    """Whether a name may be a file's: small letters, digits, ``_`` and ``-``."""
    return re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", slug) is not None


def _attempt(
    project: Project, slug: str, below: tuple[str, ...], text: str | None = None
) -> Attempt:
    """A scenario, for the scenarios ``below`` that extend it, nearest last."""
    name = f"scenarios/{slug}.yml"
    if text is None:
        known = list_scenarios(project)
        if slug not in known:
            return Attempt((_not_there(project, slug, known),))
        document = documents.load(project.scenarios / f"{slug}.yml", name)
    else:
        document = documents.parse(text, name)
    file = read_parts(document)
    if not isinstance(file.document.value, dict):
        return Attempt(file.problems)
    return _baseline(file) if slug == BASELINE else _extended(project, slug, file, below)


def _not_there(project: Project, slug: str, known: list[str]) -> Problem:
    """No scenario has the name: a path, a file of another ending, or a slip."""
    alone = slug.replace("\\", "/").rpartition("/")[2].removesuffix(".yml")
    if alone in known:
        remedy = f"give its name alone: {alone}"
        return Problem("scenario_name_not_alone", f"{slug!r}", "scenario", remedy)
    files = (path.name for path in project.scenarios.iterdir() if path.is_file())
    if alike := sorted(name for name in files if name.partition(".")[0] == alone):
        found = f"{slug!r} is not there, but scenarios/{alike[0]} is"
        return Problem("scenario_file_misnamed", found, "scenario", f"rename that file {alone}.yml")
    found = f"no file there is called {slug}.yml"
    return Problem("scenario_not_found", found, "scenarios/", did_you_mean(slug, known))


def _baseline(file: ScenarioFile) -> Attempt:
    """The baseline: assumptions only."""
    remedy = "put them in a scenario that extends it"
    unwanted = {
        "changes": file.changes,
        "mitigations": file.mitigations,
        "extends": file.head.extends,
    }
    problems = [
        Problem("baseline_with_changes", f"the baseline has {part}", file.place(part), remedy)
        for part, content in unwanted.items()
        if content
    ]
    places = {
        lever: partial(file.place, "assumptions", lever, "value") for lever in file.assumptions
    }
    problems += [
        problem.at(places[lever](*year))
        for lever, entry in file.assumptions.items()
        for year, problem in entry.faults(lever, entry.value)
    ]
    scenario = Scenario(BASELINE, file.head.name, file.head.question, file.assumptions)
    return Attempt((*file.problems, *problems), scenario, places)


def _extended(project: Project, slug: str, file: ScenarioFile, below: tuple[str, ...]) -> Attempt:
    """The changes and mitigations of a file on top of its parent."""
    base = _parent(project, slug, file, below)
    problems = [*_file_problems(slug, file), *base.problems]
    parent = base.scenario
    if parent is None:
        return Attempt(tuple(problems))
    problems += [*change_problems(file, parent), *mitigation_problems(file, parent)]
    problems += [each for name, each in below_one_per_cent(file) if name.endswith("share_pct")]
    assumptions, changed, values = dict(parent.assumptions), [*parent.changed], dict(base.values)
    for at, change in file.changes.items():
        old = parent.assumptions.get(change.lever)
        if old is not None and old.takes(change.value):
            new = old.with_value(change.value)
            changed.append(AppliedChange(change.lever, old.value, new.value, change.why))
            assumptions[change.lever] = new
            values[change.lever] = partial(file.place, "changes", at, "value")
    effects = dict(base.effects)
    for lever, path, _ in file.records():
        if path[0] == "mitigations":
            effects[lever] = (*effects.get(lever, ()), partial(file.place, *path))
    scenario = replace(
        parent,
        slug=slug,
        name=file.head.name,
        question=file.head.question,
        assumptions=assumptions,
        changed=tuple(changed),
        mitigations=(*parent.mitigations, *file.mitigations.values()),
    )
    return Attempt(tuple(problems), scenario, values, effects)


def _file_problems(slug: str, file: ScenarioFile) -> Iterator[Problem]:
    """What is wrong with a file that extends another, whatever that is."""
    if not is_slug(slug):
        found = "the file's name is not one that runs"
        remedy = "rename it with small letters, digits, _ and - only"
        yield Problem("invalid_scenario_file_name", found, file.document.name, remedy)
    yield from file.problems
    if file.assumptions:
        found, where = "assumptions beside extends", file.place("assumptions")
        yield Problem("assumptions_beside_extends", found, where, "give changes only")


def _parent(project: Project, slug: str, file: ScenarioFile, below: tuple[str, ...]) -> Attempt:
    """What a file extends; the baseline stands in for a parent that cannot be used."""
    extends, where = file.head.extends, file.place("extends")
    problem = None
    if not extends:
        remedy = f"add: extends: {BASELINE}"
        problem = Problem("extends_missing", "extends is missing", where, remedy)
    elif extends in (*below, slug):
        found = f"{slug} extends {f'{extends}, which extends it in turn' if below else 'itself'}"
        problem = Problem("extends_in_a_round", found, where, f"extend {BASELINE}")
    elif extends not in (known := list_scenarios(project)):
        remedy = did_you_mean(extends, known)
        problem = Problem("parent_not_found", f"{extends!r}", f"{where}, extends", remedy)
    parent = _attempt(project, BASELINE if problem else extends, (*below, slug))
    return replace(parent, problems=(*([problem] if problem else []), *parent.problems))


def _line_of(fault: Fault, result: Attempt, scenario: Scenario) -> str:
    """The file and line of a fault, whether in a value or in a mitigation."""
    own = scenario.assumptions[fault.lever].value
    position, *inside = fault.path or ("",)
    count = len(own) if isinstance(own, tuple) else 0
    if isinstance(position, int) and position >= count:
        return result.effects[fault.lever][position - count](*inside)
    return result.values[fault.lever](*fault.path)


def remarks(project: Project, slug: str, *, known: int | None = None) -> list[Problem]:
    """What a file changes in a way that may not be meant, with its line: never refused.

    That is a percentage that reads as a share of one, a year before the last ``known`` January,
    a lever set to the value that it has, and a scenario that changes nothing of its parent.
    """
    if slug == BASELINE:
        return []
    name = f"scenarios/{slug}.yml"
    file = read_parts(documents.load(project.root / name, name))
    parent = load_scenario(project, file.head.extends)
    found = [*_unlikely_values(file, parent), *(each for _, each in below_one_per_cent(file))]
    for where, year, remedy in _years(file, parent):
        if known is not None and year < known:
            early = f"{year} lies before the last count, of January {known}"
            found.append(Problem("year_before_last_count", early, where, remedy))
    as_before = (
        each.value == parent.assumption(each.lever).value for each in file.changes.values()
    )
    if all(as_before) and not file.mitigations:
        nothing = f"the scenario changes nothing of {parent.slug}"
        found.append(
            Problem("changes_nothing", nothing, file.place(), "add changes or mitigations")
        )
    return found


def _unlikely_values(file: ScenarioFile, parent: Scenario) -> Iterator[Problem]:
    """Levers set to the value that they have, and percentages that read as shares of one."""
    for at, change in file.changes.items():
        entry = parent.assumptions[change.lever]
        if change.value == entry.value:
            same = f"lever {change.lever} has this value in {parent.slug} already"
            where = file.place("changes", at, "value")
            yield Problem("value_as_before", same, where, "leave it out, or give another")
            continue
        for year, number in numbers_of(change.value):
            if slip := _slip(number, entry):
                yield slip.at(f"{file.place('changes', at, 'value', *year)}, {change.lever}")


def _slip(number: float, entry: Assumption) -> Problem | None:
    """What is wrong with a percentage that reads as a share of one, where a lever takes both.

    Of the schools block no more than 5% can be moved, so that 0.5% is no slip for 50%.
    """
    stands_below_one = any(share_for_percentage(own) for _, own in numbers_of(entry.value))
    if not entry.unit.startswith("%") or stands_below_one or not entry.allows(number * 100):
        return None
    return share_for_percentage(number)


def _years(file: ScenarioFile, parent: Scenario) -> Iterator[tuple[str, int, str]]:
    """Every year that the file sets otherwise than its parent: where, the year, its meaning."""
    for at, change in file.changes.items():
        own = dict(numbers_of(parent.assumptions[change.lever].value))
        for year, number in numbers_of(change.value):
            if year and own.get(year) != number:
                where = f"{file.place('changes', at, 'value', *year)}, {change.lever}"
                yield where, year[0], _OF_A_YEAR
    for lever, path, record in file.records():
        for name in filter(record.__contains__, ("from_year", "year")):
            yield f"{file.place(*path, name)}, {lever}, {name}", int(float(record[name])), _ACTS
    for at, done in file.mitigations.items():
        path = ("mitigations", at, "start")
        yield file.document.locate(path), done.start, _ACTS
