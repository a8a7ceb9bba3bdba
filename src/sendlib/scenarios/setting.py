"""One lever set to another value, without a file: for explanations, searches and sliders."""

from collections.abc import Iterable
from dataclasses import replace

from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.scenarios.assumptions import Record, as_held, as_value
from sendlib.scenarios.checks import value_faults
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
    headline = f"Lever {lever} cannot be set so."
    try:
        given = as_value(value)
    except ValueError as error:
        raise ScenarioError(headline, [Problem(str(error), lever)]) from error
    faults = value_faults(lever, given, entry)
    raise_any(ScenarioError, headline, [Problem(found, "", way) for _, found, way in faults])
    new = as_held(given, entry.value)
    if new == entry.value:
        return scenario
    changed = {**scenario.assumptions, lever: entry.model_copy(update={"value": new})}
    applied = (*scenario.changed, Applied(lever, entry.value, new, why))
    return replace(scenario, assumptions=changed, changed=applied)


def with_records(
    scenario: Scenario, lever: str, records: Iterable[Record], *, why: str = ""
) -> Scenario:
    """The same scenario with more records in one list lever."""
    scenario.value(lever)
    own = scenario.assumptions[lever].value
    kept = own if isinstance(own, tuple) else ()
    return with_value(scenario, lever, (*kept, *records), why=why)
