"""From a file to a scenario: its parent first, then its changes, then its mitigations."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sendlib.errors import Problem, ScenarioError, did_you_mean, raise_any
from sendlib.project import Project
from sendlib.scenarios.assumptions import Assumption, Change, Records, Value, as_held
from sendlib.scenarios.checks import (
    Checker,
    Fault,
    assumption_problems,
    change_problems,
    fits,
    mitigation_problems,
    share_problems,
)
from sendlib.scenarios.documents import Document, Path, parse
from sendlib.scenarios.files import ScenarioFile, read_parts
from sendlib.scenarios.scenario import BASELINE, Applied, Scenario

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_AS_TEXT = "save it from a text editor as plain text (UTF-8), not from Excel or Word"
NO_CHECKERS: Mapping[str, Checker] = MappingProxyType({})
_Origin = tuple[Document, Path]


@dataclass(frozen=True)
class Attempt:
    """What became of a file: a scenario as far as it could be made, and all problems.

    Parameters
    ----------
    problems : tuple[Problem, ...]
        Of the file and of those that it extends.
    scenario : Scenario or None
        None if there is nothing to build on.
    values : Mapping[str, tuple[Document, Path]]
        Where the value of each lever stands.
    effects : Mapping[str, tuple[tuple[Document, Path], ...]]
        Where the records that mitigations add to a lever stand, in order.
    """

    problems: tuple[Problem, ...] = ()
    scenario: Scenario | None = None
    values: Mapping[str, _Origin] = field(default_factory=dict)
    effects: Mapping[str, tuple[_Origin, ...]] = field(default_factory=dict)


def list_scenarios(project: Project) -> list[str]:
    """The names of the scenarios, the baseline first."""
    names = sorted(path.stem for path in project.scenarios.glob("*.yml"))
    return sorted(names, key=lambda name: name != BASELINE)


def load_scenario(
    project: Project, slug: str, *, checkers: Mapping[str, Checker] = NO_CHECKERS
) -> Scenario:
    """A scenario by its file's name, all its changes made.

    Parameters
    ----------
    project : Project
        Whose scenario it is.
    slug : str
        The file's name without its ending.
    checkers : Mapping[str, Checker]
        For the beginning of a lever's name, the part of the model that knows
        what its records must be. Without one, the model refuses a bad record
        when it meets it, and cannot name its line.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or its file has any problem.
    """
    made = attempt(project, slug, checkers=checkers)
    if made.problems or made.scenario is None:
        raise ScenarioError(f"Scenario {slug} cannot be used.", made.problems)
    return made.scenario


def load_scenarios(project: Project, *lists: str) -> dict[str, Scenario]:
    """Scenarios by their files' names, each once, with the baseline after the first.

    Parameters
    ----------
    project : Project
        Whose scenarios they are.
    *lists : str
        Names of files without their ending, separated by commas.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or its file has any problem.
    """
    first, *others = [name.strip() for text in lists for name in text.split(",") if name.strip()]
    return {
        slug: load_scenario(project, slug) for slug in dict.fromkeys([first, BASELINE, *others])
    }


def check_scenarios(
    project: Project, slugs: Iterable[str], *, checkers: Mapping[str, Checker] = NO_CHECKERS
) -> None:
    """Check several scenarios at once."""
    problems = [
        problem for slug in slugs for problem in attempt(project, slug, checkers=checkers).problems
    ]
    raise_any(ScenarioError, "These scenarios cannot be used.", list(dict.fromkeys(problems)))


def attempt(
    project: Project,
    slug: str,
    *,
    checkers: Mapping[str, Checker] = NO_CHECKERS,
    text: str | None = None,
) -> Attempt:
    """Make a scenario as far as can be, from its file or from the ``text`` to be written there."""
    made = _attempt(project, slug, (), text)
    if made.scenario is None:
        return made
    faults = [
        fault
        for prefix, checker in checkers.items()
        for fault in checker(_planned(made.scenario, prefix))
    ]
    more = tuple(fault.problem(_line_of(fault, made, made.scenario)) for fault in faults)
    return replace(made, problems=(*made.problems, *more))


def is_slug(slug: str) -> bool:
    """Whether a name may be a file's: small letters, digits, ``_`` and ``-``."""
    return _SLUG.fullmatch(slug) is not None


def _attempt(
    project: Project, slug: str, below: tuple[str, ...], text: str | None = None
) -> Attempt:
    """A scenario, for the scenarios ``below`` that extend it, nearest last."""
    name = f"scenarios/{slug}.yml"
    if text is None:
        known = list_scenarios(project)
        if slug not in known:
            return Attempt((_not_there(project, slug, known),))
        try:
            text = (project.scenarios / f"{slug}.yml").read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            return Attempt((Problem(f"not plain text: {error}", name, _AS_TEXT),))
    file = read_parts(parse(text, name))
    if not isinstance(file.document.value, dict):
        return Attempt(file.problems)
    if slug == BASELINE:
        return _complete(file, slug)
    parent = _parent(project, slug, file, below)
    own = (*_misnamed(slug, name), *file.problems, *_misplaced(file), *parent.problems)
    if parent.scenario is None:
        return Attempt(own)
    return _extended(file, slug, replace(parent, problems=own), parent.scenario)


def _not_there(project: Project, slug: str, known: list[str]) -> Problem:
    """No scenario has the name: a path, a file of another ending, or a slip."""
    alone = slug.replace("\\", "/").rpartition("/")[2].removesuffix(".yml")
    if alone in known:
        return Problem(f"{slug!r}", "scenario", f"give its name alone: {alone}")
    files = (path.name for path in project.scenarios.iterdir() if path.is_file())
    if alike := sorted(name for name in files if name.partition(".")[0] == alone):
        found = f"{slug!r} is not there, but scenarios/{alike[0]} is"
        return Problem(found, "scenario", f"rename that file {alone}.yml")
    return Problem(f"{slug!r}", "scenario", did_you_mean(slug, known))


def _complete(file: ScenarioFile, slug: str) -> Attempt:
    """The baseline: assumptions only."""
    place = file.document.place
    problems = [
        Problem(
            f"the baseline has {part}", place((part,)), "put them in a scenario that extends it"
        )
        for part, given in (
            ("changes", file.changes),
            ("mitigations", file.mitigations),
            ("extends", file.head.extends),
        )
        if given
    ]
    scenario = Scenario(slug, file.head.name, file.head.question, file.assumptions)
    places = {lever: (file.document, ("assumptions", lever, "value")) for lever in file.assumptions}
    return Attempt((*file.problems, *problems, *assumption_problems(file)), scenario, places)


def _parent(project: Project, slug: str, file: ScenarioFile, below: tuple[str, ...]) -> Attempt:
    """What a file extends; the baseline stands in for a parent that cannot be used."""
    extends, where = file.head.extends, file.document.place(("extends",))
    problem = None
    if not extends:
        problem = Problem("extends is missing", where, f"add: extends: {BASELINE}")
    elif extends in (*below, slug):
        round_ = f"{extends}, which extends it in turn" if below else "itself"
        problem = Problem(f"{slug} extends {round_}", where, f"extend {BASELINE}")
    elif extends not in list_scenarios(project):
        remedy = did_you_mean(extends, list_scenarios(project))
        problem = Problem(f"{extends!r}", f"{where}, extends", remedy)
    parent = _attempt(project, BASELINE if problem else extends, (*below, slug))
    return replace(parent, problems=(*([problem] if problem else []), *parent.problems))


def _misnamed(slug: str, name: str) -> list[Problem]:
    remedy = "rename it with small letters, digits, _ and - only"
    return [] if is_slug(slug) else [Problem("the file's name is not one that runs", name, remedy)]


def _misplaced(file: ScenarioFile) -> list[Problem]:
    where = file.document.place(("assumptions",))
    problem = Problem("assumptions beside extends", where, "give changes only")
    return [problem] if file.assumptions else []


def _extended(file: ScenarioFile, slug: str, base: Attempt, parent: Scenario) -> Attempt:
    """The changes and mitigations of a file on top of its parent."""
    usable = {
        at: change.model_copy(update={"value": as_held(change.value, _own(change, parent))})
        for at, change in file.changes.items()
        if _is_usable(change, parent)
    }
    applied = tuple(
        Applied(change.lever, _own(change, parent), change.value, change.why)
        for change in usable.values()
    )
    scenario = Scenario(
        slug,
        file.head.name,
        file.head.question,
        {**parent.assumptions, **_set(usable.values(), parent)},
        (*parent.changed, *applied),
        (*parent.mitigations, *file.mitigations.values()),
    )
    problems = (
        *base.problems,
        *change_problems(file, parent),
        *mitigation_problems(file, parent),
        *share_problems(file),
    )
    places = {
        change.lever: (file.document, ("changes", at, "value")) for at, change in usable.items()
    }
    return Attempt(problems, scenario, {**base.values, **places}, _effect_places(file, base))


def _set(changes: Iterable[Change], parent: Scenario) -> dict[str, Assumption]:
    return {
        change.lever: parent.assumptions[change.lever].model_copy(update={"value": change.value})
        for change in changes
    }


def _own(change: Change, parent: Scenario) -> Value:
    return parent.assumptions[change.lever].value


def _is_usable(change: Change, parent: Scenario) -> bool:
    expected = parent.assumptions.get(change.lever)
    return expected is not None and fits(change.value, expected.value)


def _effect_places(file: ScenarioFile, base: Attempt) -> dict[str, tuple[_Origin, ...]]:
    """Where each record stands that a mitigation adds, those of the parents first."""
    places = dict(base.effects)
    for at, done in file.mitigations.items():
        for position, effect in enumerate(done.effects):
            path = ("mitigations", at, "effects", position, "record")
            places[effect.lever] = (*places.get(effect.lever, ()), (file.document, path))
    return places


def _planned(scenario: Scenario, prefix: str) -> dict[str, Records]:
    """The records of the list levers that begin with a prefix, as planned: whole effects."""
    done = tuple(entry.planned() for entry in scenario.mitigations)
    planned = replace(scenario, mitigations=done)
    return {
        lever: planned.value(lever)
        for lever, entry in planned.assumptions.items()
        if lever.startswith(prefix) and isinstance(entry.value, tuple)
    }


def _line_of(fault: Fault, made: Attempt, scenario: Scenario) -> str:
    """The file and line of a fault, whether in a value or in a mitigation."""
    own = scenario.assumptions[fault.lever].value
    position, *inside = fault.path or ("",)
    counted = len(own) if isinstance(own, tuple) else 0
    if isinstance(position, int) and position >= counted:
        document, path = made.effects[fault.lever][position - counted]
        return document.place((*path, *inside))
    document, path = made.values[fault.lever]
    return document.place((*path, *fault.path))
