"""Two scenarios side by side: the levers and mitigations that differ."""

from dataclasses import dataclass

from sendlib.scenarios.assumptions import Value
from sendlib.scenarios.scenario import Scenario


@dataclass(frozen=True)
class Difference:
    """A lever that differs between two scenarios.

    Parameters
    ----------
    lever, unit : str
        The lever and its unit.
    first, second : Value
        Its values, before mitigations.
    whys : tuple[str, ...]
        Why either was changed from the baseline, the first scenario's reason first.
    """

    lever: str
    unit: str
    first: Value
    second: Value
    whys: tuple[str, ...]


def differences(first: Scenario, second: Scenario) -> tuple[Difference, ...]:
    """The levers that two scenarios set differently, in the baseline's order."""
    return tuple(
        Difference(
            lever,
            entry.unit,
            entry.value,
            second.assumptions[lever].value,
            tuple(filter(None, (_why(first, lever), _why(second, lever)))),
        )
        for lever, entry in first.assumptions.items()
        if entry.value != second.assumptions[lever].value
    )


def mitigations_only_in(first: Scenario, second: Scenario) -> tuple[str, ...]:
    """The names of the mitigations of the first that the second lacks."""
    others = {done.name for done in second.mitigations}
    return tuple(done.name for done in first.mitigations if done.name not in others)


def mitigations_that_differ(first: Scenario, second: Scenario) -> tuple[str, ...]:
    """The names of the mitigations that both have, with anything in them set differently."""
    others = {done.name: done for done in second.mitigations}
    return tuple(done.name for done in first.mitigations if others.get(done.name, done) != done)


def _why(scenario: Scenario, lever: str) -> str:
    """Why a lever was last changed; empty if it never was."""
    changes = scenario.changes_to(lever)
    return changes[-1].why if changes else ""
