"""The assumptions of a scenario that a reader should know, in words."""

from collections.abc import Mapping

import pandas as pd

from sendlib.scenarios.assumptions import Assumption, shown
from sendlib.scenarios.scenario import Scenario

_EVIDENCE = {"green": "good", "amber": "fair", "red": "weak"}
_LAST = 2  # of values by year, how many are shown


def key_assumptions(scenario: Scenario) -> pd.DataFrame:
    """What results move with and evidence does not settle, and what the scenario changes.

    Parameters
    ----------
    scenario : Scenario
        As ``load_scenario`` gives it.

    Returns
    -------
    pd.DataFrame
        ``assumption``, ``value`` with its unit, and ``evidence`` ("good", "fair" or
        "weak"), in the file's order: those of large impact without good evidence, and
        all that the scenario sets otherwise than the baseline.
    """
    rows = [
        {
            "assumption": f"{entry.meaning[:1].upper()}{entry.meaning[1:]}",
            "value": _value(entry),
            "evidence": _EVIDENCE[entry.quality],
        }
        for lever, entry in scenario.assumptions.items()
        if scenario.changes_to(lever) or _is_open(entry)
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "evidence"])


def _is_open(entry: Assumption) -> bool:
    is_listed = not isinstance(entry.value, tuple)  # a list has a page of its own
    return is_listed and entry.impact == "red" and entry.quality != "green"


def _value(entry: Assumption) -> str:
    """A value with its unit; of a list its length, of values by year the last."""
    if isinstance(entry.value, tuple):
        return f"{len(entry.value)} entries, {entry.unit}"
    if isinstance(entry.value, Mapping):
        last = shown(dict(list(entry.value.items())[-_LAST:]))
        return f"{last} ({entry.unit}; earlier years are in the file)"
    if entry.unit.startswith("year"):
        return shown(entry.value)
    return f"{shown(entry.value)}{'' if entry.unit.startswith('%') else ' '}{entry.unit}"
