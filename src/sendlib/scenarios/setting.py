"""One lever set to another value, without a file: for explanations, searches and sliders."""

from collections.abc import Iterable
from dataclasses import replace

from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.scenarios.assumptions import (
    Assumption,
    Record,
    Value,
    as_held,
    as_value,
    in_horizon,
    kind,
    numbers_of,
    shown,
)
from sendlib.scenarios.checks import fits
from sendlib.scenarios.scenario import Applied, Scenario


def with_value(scenario: Scenario, lever: str, value: object, *, why: str = "") -> Scenario:
    """The same scenario with one lever at another value.

    Parameters
    ----------
    scenario : Scenario
        To start from; its mitigations stay in force.
    lever : str
        Its full name.
    value : Value
        Of the kind and within the limits that the lever takes.
    why : str
        For the list of changes.

    Raises
    ------
    ScenarioError
        If there is no such lever, or it does not take the value. Records of a
        list are checked by the part of the model that they act on, when it runs.
    """
    scenario.value(lever)
    entry = scenario.assumptions[lever]
    new, problems = _read(lever, value, entry)
    raise_any(ScenarioError, f"Lever {lever} cannot be set so.", problems)
    if new == entry.value:
        return scenario
    changed = {**scenario.assumptions, lever: entry.model_copy(update={"value": new})}
    applied = (*scenario.changed, Applied(lever, entry.value, new, why))
    return replace(scenario, assumptions=changed, changed=applied)


def with_records(
    scenario: Scenario, lever: str, records: Iterable[Record], *, why: str = ""
) -> Scenario:
    """The same scenario with more records in one list lever.

    Raises
    ------
    ScenarioError
        If there is no such lever, or it takes no records.
    """
    scenario.value(lever)
    own = scenario.assumptions[lever].value
    kept = own if isinstance(own, tuple) else ()
    return with_value(scenario, lever, (*kept, *records), why=why)


def _read(lever: str, value: object, entry: Assumption) -> tuple[Value, list[Problem]]:
    """The value as the lever takes it, and what is wrong with it."""
    try:
        new = as_value(value)
    except ValueError as error:
        return entry.value, [Problem(str(error), lever)]
    if not fits(new, entry.value):
        wanted = "a whole number" if isinstance(entry.value, int) else kind(entry.value)
        return entry.value, [Problem(f"{shown(new)!r}", lever, f"give {wanted}")]
    problems = []
    for year, number in numbers_of(new):
        if not entry.allows(number):
            problems.append(Problem(shown(number), lever, f"give {entry.valid_range}"))
        try:
            in_horizon(*year) if year else None
        except ValueError as error:
            problems.append(Problem(str(error), lever))
    return as_held(new, entry.value), problems
