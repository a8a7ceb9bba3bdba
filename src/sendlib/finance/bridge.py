"""From one scenario to another in steps that add up exactly.

Each step applies one part of what differs, alone, to the first scenario. What the parts do
to each other is the last step, by name.

References
----------
- Borgonovo, E. (2010). Sensitivity analysis with finite changes: an application to modified EOQ
  models. European Journal of Operational Research 200(1), 127-138.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from sendlib.errors import ParameterError, Problem, raise_any
from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.projection import Figure
from sendlib.pages.formats import gbp_m
from sendlib.periods import closing_date
from sendlib.scenarios import Mitigation, Scenario, lever_differences, with_value

INTERACTION = "Together less each alone"
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Demand for plans": ("forecast.",),
        "Places and flows": ("cohort.",),
        "Prices": ("finance.unit_costs", "finance.places_", "finance.price_"),
        "Income": (
            "finance.allocation_",
            "finance.transfer_",
            "finance.schools_block_",
            "finance.other_blocks_",
            "finance.agreement_gbp",
            "finance.council_gbp",
        ),
        "Opening balance": ("finance.opening_balance_gbp",),
        "Policy": ("finance.",),
    }
)
"""Beginnings of the levers of each group; a lever is in the first that fits."""
_DRAWN_BY = ("forecast.draws", "forecast.seed", "cohort.draws")
_STEP_NOTES = (
    "Each step is the effect of one part by itself. The interaction is what the parts do together "
    "that none does alone.",
    "Steps are means over draws in whole pence, and add up exactly.",
)


@dataclass(frozen=True)
class Step:
    """A part of what differs: levers set, or a mitigation added, changed or left out."""

    name: str  # what a page calls it
    levers: tuple[str, ...] = ()
    mitigation: str = ""

    def applied(self, first: Scenario, second: Scenario) -> Scenario:
        """The first scenario with this part as in the second."""
        if self.mitigation:
            others, after = _mitigations(first), _mitigations(second)
            if self.mitigation in after:
                others[self.mitigation] = after[self.mitigation]
            else:
                others.pop(self.mitigation)
            return replace(first, mitigations=tuple(others.values()))
        for lever in self.levers:
            value = second.assumptions[lever].value
            first = with_value(first, lever, value, why=f"as in {second.name}")
        return first


def steps_between(first: Scenario, second: Scenario) -> tuple[Step, ...]:
    """The parts of what differs: levers by group, and each mitigation."""
    changed = lever_differences(first, second)
    problems = [
        Problem(
            "two_values_of_lever",
            f"two values of {lever}",
            "bridge",
            "run both scenarios with the same",
        )
        for lever in _DRAWN_BY
        if lever in changed
    ]
    raise_any(ParameterError, "These scenarios cannot be compared draw by draw.", problems)
    groups = {name: [each for each in changed if group_of(each) == name] for name in GROUPS}
    steps = [Step(name, tuple(levers)) for name, levers in groups.items() if levers]
    before, after = _mitigations(first), _mitigations(second)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            changed_name = f"Changed: {name}" if name in before else name
            label = changed_name if name in after else f"Without: {name}"
            steps.append(Step(label, mitigation=name))
    return tuple(steps)


def group_of(lever: str) -> str:
    """The group of a lever."""
    return next(name for name, starts in GROUPS.items() if lever.startswith(starts))


def _mitigations(scenario: Scenario) -> dict[str, Mitigation]:
    return {done.name: done for done in scenario.mitigations}


def bridge(model: Model, first: Scenario, second: Scenario, figure: Figure) -> pd.DataFrame:
    """Lead a figure from one scenario to another, which has the same draws and seed.

    Returns
    -------
    pd.DataFrame
        ``category``, ``value`` (mean over draws, whole pence) [£] and ``kind``
        (``total`` or ``step``).

    Raises
    ------
    ParameterError
        If draws or seed differ, or the figure's year is not among the years.
    """
    parts = steps_between(first, second)
    start, end = figure.draws(model.run(first)), figure.draws(model.run(second))
    alone = {part.name: model.draws(part.applied(first, second), figure) - start for part in parts}
    together = end - start - np.sum([*alone.values(), np.zeros_like(start)], axis=0)
    if len(alone) > 1 or together.any():
        alone[INTERACTION] = together
    # In whole pence; the last step takes what rounding leaves.
    before, *values, after = (
        round(float(draws.mean()) * 100) for draws in (start, *alone.values(), end)
    )
    if values:
        values[-1] = after - before - sum(values[:-1])
    return pd.DataFrame(
        {
            "category": [first.name, *alone, second.name],
            "value": [pence / 100 for pence in (before, *values, after)],
            "kind": ["total", *["step"] * len(alone), "total"],
        }
    )


def deficit_steps(steps: pd.DataFrame, figure: Figure) -> pd.DataFrame:
    """The steps of a :func:`bridge` between balances as a deficit, for a chart."""
    first, last = steps["category"].iloc[0], steps["category"].iloc[-1]
    date = closing_date(figure.financial_year)
    return in_millions(
        steps.assign(value=-steps["value"]),
        f"mean deficit at {date}, before further support, from {first} to {last}",
        formats={"value": "gbp"},
        notes=_STEP_NOTES,
    )


def bridge_title(deficits: pd.DataFrame) -> str:
    """The title of a bridge between deficits: by how much the second scenario differs."""
    change = deficits["value"].iloc[-1] - deficits["value"].iloc[0]
    name = deficits["category"].iloc[-1]
    if gbp_m(abs(change)) == gbp_m(0.0):
        return f"{name} leaves the mean deficit as it is"
    return f"{name} {'raises' if change > 0 else 'lowers'} the mean deficit by {gbp_m(abs(change))}"
