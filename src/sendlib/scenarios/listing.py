"""The assumptions of a scenario as a frame that a reader understands."""

import pandas as pd

from sendlib.scenarios.assumptions import Value, shown
from sendlib.scenarios.scenario import Scenario

_EVIDENCE = {"green": "good", "amber": "fair", "red": "weak"}


def list_assumptions(scenario: Scenario, *, impact: str = "red") -> pd.DataFrame:
    """What a scenario assumes, in words, of one impact on the results.

    Parameters
    ----------
    scenario : Scenario
        As ``load_scenario`` gives it.
    impact : {"red", "amber", "green"}
        How much results move with an assumption: red is much.

    Returns
    -------
    pd.DataFrame
        ``assumption``, ``value``, ``unit`` and ``evidence`` ("good", "fair" or "weak"),
        in the file's order. What the scenario sets to nothing is left out.
    """
    rows = [
        {
            "assumption": f"{entry.meaning[:1].upper()}{entry.meaning[1:]}",
            "value": _words(entry.value),
            "unit": entry.unit,
            "evidence": _EVIDENCE[entry.quality],
        }
        for entry in scenario.assumptions.values()
        if entry.impact == impact and entry.value not in ((), {})
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "unit", "evidence"])


def _words(value: Value) -> str:
    return f"a list of {len(value)}" if isinstance(value, tuple) else shown(value)
