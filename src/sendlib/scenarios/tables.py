"""What a page or a command shows of scenarios: what they assume, and how two differ."""

from collections.abc import Mapping

import pandas as pd

from sendlib.scenarios.assumptions import Assumption, in_text
from sendlib.scenarios.scenario import Scenario


def lever_differences(first: Scenario, second: Scenario) -> list[str]:
    """The levers that two scenarios set differently, in the order of the baseline."""
    return [
        lever
        for lever, entry in first.assumptions.items()
        if entry.value != second.assumptions[lever].value
    ]


def mitigation_differences(
    first: Scenario, second: Scenario
) -> tuple[list[str], list[str], list[str]]:
    """The names of mitigations of the first only, of the second only, and set differently."""
    before, after = ({each.name: each for each in one.mitigations} for one in (first, second))
    return (
        [name for name in before if name not in after],
        [name for name in after if name not in before],
        [name for name in before if name in after and before[name] != after[name]],
    )


def key_assumptions(scenario: Scenario) -> pd.DataFrame:
    """What results move with and evidence does not settle, and what the scenario changes.

    Returns
    -------
    pd.DataFrame
        ``assumption``, ``value`` with its unit, and ``evidence`` ("good", "fair" or
        "weak"), in the file's order: those of large impact without good evidence, and
        all that the scenario sets otherwise than the baseline.
    """
    evidence = {"green": "good", "amber": "fair", "red": "weak"}
    rows = [
        (f"{entry.meaning[:1].upper()}{entry.meaning[1:]}", _value(entry), evidence[entry.quality])
        for lever, entry in scenario.assumptions.items()
        if scenario.changes_to(lever) or _is_open(entry)
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "evidence"])


def _is_open(entry: Assumption) -> bool:
    is_list = isinstance(entry.value, tuple)  # a list has a page of its own
    return not is_list and entry.impact == "red" and entry.quality != "green"


def _value(entry: Assumption) -> str:
    """A value with its unit; of a list its length, of values by year the last two."""
    if isinstance(entry.value, tuple):
        return f"{len(entry.value)} entries, {entry.unit}"
    if isinstance(entry.value, Mapping):
        last = in_text(dict(list(entry.value.items())[-2:]))
        return f"{last} ({entry.unit}; earlier years are in the file)"
    if entry.unit.startswith("year"):
        return in_text(entry.value)
    return f"{in_text(entry.value)}{'' if entry.unit.startswith('%') else ' '}{entry.unit}"
