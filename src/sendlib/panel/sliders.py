"""The main levers, how far each can be turned by hand, and what was set kept as a scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sendlib.errors import Problem, ScenarioError, did_you_mean, raise_any
from sendlib.finance.changes import LeverChange, read_changes
from sendlib.finance.levers import CHECKERS, in_force
from sendlib.project import Project
from sendlib.scenarios import Change, Scenario, save_changes

FILE = "sliders.csv"
_DIGITS = 6  # after the point, of a value that was reached in steps


@dataclass(frozen=True)
class Slider:
    """A lever that can be turned by hand, between two ends.

    Parameters
    ----------
    change : LeverChange
        What turning it does; its sizes are the slider's values.
    least, most, step : float
        Where it ends, and how finely it is turned.
    start : float
        Where it stands in the scenario: the value of the lever, or nothing for
        one that adds to the scenario's own.
    """

    change: LeverChange
    least: float
    most: float
    step: float
    start: float

    @property
    def name(self) -> str:
        """What it is called."""
        return self.change.name

    def label(self, origin: int) -> str:
        """Its name with its unit, and from when it acts if that is later than ``origin``."""
        later = f", from {self.change.from_year}" if self.change.from_year > origin else ""
        return f"{self.name}, {self.change.unit}{later}"

    def turned(self, scenario: Scenario, value: float) -> Scenario:
        """A scenario with this lever at a value; the same one where it stands already."""
        rounded = round(value, _DIGITS)
        return scenario if rounded == self.start else self.change.applied(scenario, rounded)


def sliders(scenario: Scenario, *, origin: int) -> tuple[Slider, ...]:
    """The sliders that the package declares, as they stand in a scenario.

    None goes further than its lever; one whose lever stands beyond the declared
    ends reaches as far as that.
    """
    rows = read_changes(FILE, origin=origin)
    return tuple(
        _slider(
            change, scenario, (float(row["least"]), float(row["most"])), step=float(row["step"])
        )
        for change, row in rows
    )


def turn(scenario: Scenario, among: Sequence[Slider], values: Mapping[str, float]) -> Scenario:
    """A scenario with some sliders at other values."""
    known = {slider.name: slider for slider in among}
    problems = [
        Problem(f"{name!r}", "slider", did_you_mean(name, known))
        for name in values
        if name not in known
    ]
    raise_any(ScenarioError, "There is no such slider.", problems)
    for name, value in values.items():
        scenario = known[name].turned(scenario, value)
    return scenario


def changes(before: Scenario, after: Scenario) -> list[Change]:
    """What a scenario file needs to say to lead from one scenario to another, each lever once."""
    added = after.changed[len(before.changed) :]
    why: dict[str, list[str]] = {}
    for made in added:
        why.setdefault(made.lever, []).append(made.why)
    return [
        Change(
            lever=lever,
            value=after.assumptions[lever].value,
            unit=after.assumptions[lever].unit,
            why=f"set by hand: {'; '.join(names)}",
        )
        for lever, names in why.items()
        if after.assumptions[lever].value != before.assumptions[lever].value
    ]


def save(
    project: Project, before: Scenario, after: Scenario, *, slug: str, overwrite: bool = False
) -> Path:
    """Write a scenario file that leads from one scenario to another."""
    made = changes(before, after)
    problems = [] if made else [Problem("no lever was moved", remedy="move one first")]
    raise_any(ScenarioError, "There is nothing to save.", problems)
    return save_changes(
        project,
        slug,
        name=slug.replace("_", " ").replace("-", " ").strip().capitalize(),
        question=f"What follows from the scenario {before.name} with levers set by hand?",
        changes=made,
        extends=before.slug,
        overwrite=overwrite,
        checkers=CHECKERS,
    )


def _slider(
    change: LeverChange, scenario: Scenario, declared: tuple[float, float], *, step: float
) -> Slider:
    start = _start(change, scenario)
    least, most = (change.within(scenario, end) for end in declared)
    return Slider(change, min(least, start), max(most, start), step, start)


def _start(change: LeverChange, scenario: Scenario) -> float:
    """Where a lever that is set stands; one that adds to it stands at nothing."""
    if change.kind != "set":
        return 0.0
    value = scenario.value(change.lever)
    now = in_force(value, change.from_year) if isinstance(value, dict) else value
    return float(np.round(now, _DIGITS))
