"""The projection of one authority's caseload by age, need and place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from sendlib.cohort.axes import AGES, Counts
from sendlib.cohort.estimation import estimate_pooled
from sendlib.cohort.inputs import Inputs
from sendlib.cohort.levers import Levers, levers
from sendlib.cohort.rates import ParameterDraws
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import Simulation, Start, add_parts
from sendlib.errors import ParameterError, Problem
from sendlib.ranges import Ranged
from sendlib.reuse import reuse
from sendlib.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Projection(Ranged):
    """What a scenario makes of a caseload."""

    inputs: Inputs
    scenario: Scenario
    simulation: Simulation
    unchanged: Simulation  # without levers; the same object where there are none

    def first(self, draws: int) -> "Projection":
        """The first draws."""
        if draws == len(self.simulation.stock):
            return self
        unchanged = self.unchanged.part(slice(draws))
        is_changed = self.simulation is not self.unchanged
        simulation = self.simulation.part(slice(draws)) if is_changed else unchanged
        return replace(self, simulation=simulation, unchanged=unchanged)

    @property
    def last(self) -> str:
        """The last January ahead, such as "January 2035"."""
        return f"January {self.simulation.census_years[-1]}"

    @property
    def source(self) -> str:
        """What a chart of it is made from, as a line below the chart."""
        return f"{self.inputs.source} Forecast by sendlib."


class Demand(Protocol):
    """A forecast of the total, as ``forecast.project`` makes it."""

    @property
    def scenario(self) -> Scenario: ...  # noqa: D102
    @property
    def parts(self) -> "Sequence[tuple[Demand, float]]": ...  # noqa: D102
    @property
    def origin(self) -> int: ...  # noqa: D102
    @property
    def plans(self) -> Counts: ...  # noqa: D102
    @property
    def shares(self) -> Counts | None: ...  # noqa: D102


def project_demand(inputs: Inputs, demand: Demand) -> Projection:
    """Simulate a caseload so that it meets a forecast of its total and its kinds of place.

    Parameters
    ----------
    inputs : Inputs
        What is known of the authority and of England.
    demand : forecast.Projection
        The forecast, with its scenario; it counts where it begins at the same January.

    Raises
    ------
    ParameterError, ScenarioError
        As of :func:`project`.
    """
    if inputs.parts:
        pairs = zip(inputs.parts, demand.parts, strict=True)
        parts = [(project_demand(known, total), share) for (known, share), (total, _) in pairs]
        return add_projections(inputs, parts)
    if demand.origin != inputs.origin:
        return project(inputs, scenario=demand.scenario)
    return project(inputs, scenario=demand.scenario, totals=demand.plans, shares=demand.shares)


def add_projections(inputs: Inputs, parts: Sequence[tuple[Projection, float]]) -> Projection:
    """The projection of an area that has a share of each draw of others."""
    simulation = add_parts([(part.simulation, share) for part, share in parts])
    unchanged = simulation
    if any(part.unchanged is not part.simulation for part, _ in parts):
        unchanged = add_parts([(part.unchanged, share) for part, share in parts])
    return Projection(inputs, parts[0][0].scenario, simulation, unchanged)


def project(
    inputs: Inputs,
    *,
    scenario: Scenario,
    totals: Counts | None = None,
    shares: Counts | None = None,
    base: Projection | None = None,
    parameters: ParameterDraws | None = None,
    expected: bool = False,
) -> Projection:
    """Simulate a caseload under a scenario.

    Levers act on the rates that a forecast of the total asks for: the total is
    met without them, and changes with them.

    Parameters
    ----------
    inputs : Inputs
        What is known of the authority and of England.
    scenario : Scenario
        Draws, seed and levers.
    totals : np.ndarray, optional
        Draws of all plans in each January ahead, from a forecast
        (``forecast.Projection.plans``); its first draws are used. Shape
        (draws or more, years). [plans]
    shares : np.ndarray, optional
        Shares of kinds of place drawn with those totals (``forecast.Projection.shares``),
        shape (draws or more, years, kind); without them places follow the last year's moves.
    base : Projection, optional
        Of a scenario that differs in its levers alone: what does not depend on them is
        not simulated again.
    parameters : ParameterDraws, optional
        Of the same inputs and half-life, with what earlier runs drew.
    expected : bool
        Whether to give counts that are expected at the rates of each draw, not whole children.

    Raises
    ------
    ParameterError
        If there are fewer draws of totals than asked for.
    ScenarioError
        If the levers are not valid.
    """
    draws, seed = int(scenario.value("cohort.draws")), int(scenario.value("forecast.seed"))
    changes = levers(scenario)
    evidence = inputs.evidence
    if totals is not None and len(totals) < draws:
        problem = Problem(
            "too_few_draws", f"{len(totals)} draws", "totals", f"give {draws} or more"
        )
        raise ParameterError("Too few draws of the total.", [problem])
    imposed = None if totals is None else totals[:draws]
    drawn = None if totals is None or shares is None else shares[:draws]
    start = Start(evidence.years[-1], evidence.stock, inputs.residents[list(AGES)].to_numpy(float))

    def run() -> tuple[Simulation, Simulation]:
        known = parameters
        if known is None:
            half_life = float(scenario.value("cohort.half_life_years"))
            known = ParameterDraws(estimate_pooled(evidence, inputs.parent, half_life=half_life))
        one = partial(
            simulate,
            known.rates,
            start,
            draws=draws,
            seed=seed,
            parameters=known,
            expected=expected,
        )
        unchanged = base.unchanged if base else one(totals=imposed, shares=drawn)
        if changes == Levers():
            return unchanged, unchanged
        return one(levers=changes, follow=None if totals is None else unchanged), unchanged

    rests_on = (inputs.version, scenario, imposed, drawn, expected) if inputs.version else None
    return Projection(inputs, scenario, *reuse("draws of a cohort", rests_on, run))
