"""What in a scenario file can be used and may not be meant: worth a look, never refused."""

from collections.abc import Iterator

from sendlib.errors import Problem
from sendlib.project import Project
from sendlib.scenarios.assumptions import Assumption, Change, numbers_of
from sendlib.scenarios.checks import below_one_per_cent
from sendlib.scenarios.documents import Path, parse
from sendlib.scenarios.files import ScenarioFile, named, read_parts
from sendlib.scenarios.loading import load_scenario
from sendlib.scenarios.scenario import BASELINE, Scenario
from sendlib.scenarios.wording import share_for_percentage

_YEARS = ("from_year", "year")
_IF_MEANT = "give a later year if that is not meant"
_ACTS = f"it acts from the first year ahead; {_IF_MEANT}"
_OF_A_YEAR = f"a rate lasts into the years ahead, an amount is of its year alone; {_IF_MEANT}"


def remarks(project: Project, slug: str, *, known: int | None = None) -> list[Problem]:
    """What a file changes in a way that may not be meant, with its line.

    That is a percentage that reads as a share of one, a year that is past, a
    lever set to the value that it has, and a scenario that changes nothing.
    What its parents change is not looked at.
    """
    if slug == BASELINE:
        return []
    text = (project.scenarios / f"{slug}.yml").read_text(encoding="utf-8")
    file = read_parts(parse(text, f"scenarios/{slug}.yml"))
    parent = load_scenario(project, file.head.extends)
    found = [*_of_changes(file, parent), *(problem for _, problem in below_one_per_cent(file))]
    if known is not None:
        found += _past(file, parent, known)
    if not file.mitigations and all(_has(parent, change) for change in file.changes.values()):
        nothing = f"the scenario changes nothing of {parent.slug}"
        found.append(Problem(nothing, file.document.place(()), "add changes or mitigations"))
    return found


def _has(parent: Scenario, change: Change) -> bool:
    """Whether a lever has the value that a change sets it to."""
    return bool(change.value == parent.assumptions[change.lever].value)


def _of_changes(file: ScenarioFile, parent: Scenario) -> Iterator[Problem]:
    """Values that the levers have already, and percentages that read as shares of one."""
    for at, change in file.changes.items():
        path: Path = ("changes", at, "value")
        entry = parent.assumptions[change.lever]
        if _has(parent, change):
            found = f"lever {change.lever} has this value in {parent.slug} already"
            yield Problem(found, file.document.place(path), "leave it out, or give another")
            continue
        for year, number in numbers_of(change.value):
            if slip := _slip(number, entry):
                found, _, remedy = slip.partition("; ")
                where = f"{file.document.place((*path, *year))}, {change.lever}"
                yield Problem(found, where, remedy)


def _slip(number: float, entry: Assumption) -> str:
    """What is told of a percentage that reads as a share of one, where a lever takes both.

    Of the schools block no more than 5% can be moved, so that 0.5% is no slip for 50%.
    """
    stands_below_one = any(share_for_percentage(own) for _, own in numbers_of(entry.value))
    if not entry.unit.startswith("%") or stands_below_one or not entry.allows(number * 100):
        return ""
    return share_for_percentage(number)


def _past(file: ScenarioFile, parent: Scenario, known: int) -> Iterator[Problem]:
    """Years before the last count that the file sets."""
    for where, year, remedy in _years(file, parent):
        if year < known:
            yield Problem(f"{year} lies before the last count, of January {known}", where, remedy)


def _years(file: ScenarioFile, parent: Scenario) -> Iterator[tuple[str, int, str]]:
    """Every year that the file sets otherwise than its parent: where, the year, its meaning."""
    place = file.document.place
    for at, change in file.changes.items():
        own = dict(numbers_of(parent.assumptions[change.lever].value))
        for year, number in numbers_of(change.value):
            if year and own.get(year) != number:
                where = f"{place(('changes', at, 'value', *year))}, {change.lever}"
                yield where, year[0], _OF_A_YEAR
    for lever, path, record in file.records():
        for field in filter(record.__contains__, _YEARS):
            yield f"{place((*path, field))}, {lever}, {field}", int(float(record[field])), _ACTS
    for at, done in file.mitigations.items():
        path = ("mitigations", at, "start")
        yield named(place(path), path), done.start, _ACTS
