"""Levers set, and mitigations added, in a scenario that was loaded."""

from dataclasses import replace

from sendlib.scenarios import Mitigation, Scenario


def with_levers(scenario: Scenario, levers: dict) -> Scenario:
    """The same scenario with some levers set, by their full names, unchecked."""
    changed = {
        name: scenario.assumptions[name].model_copy(update={"value": value})
        for name, value in levers.items()
    }
    return replace(scenario, assumptions={**scenario.assumptions, **changed})


def with_mitigations(scenario: Scenario, **effects) -> Scenario:
    """The same scenario with mitigations wholly counted on from 2026: a lever and record each."""
    register = [
        Mitigation(
            name=name,
            owner="Head of SEND",
            start=2026,
            confidence_pct=100,
            evidence="A pilot",
            effects=({"lever": lever, "record": record},),
        )
        for name, (lever, record) in effects.items()
    ]
    return replace(scenario, mitigations=tuple(register))
