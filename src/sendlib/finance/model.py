"""A model of one authority: scenarios run through demand, places and money.

What scenarios share is worked out once: the forecast of plans, the draws of
the cohort model, and what is known of the money.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sendlib import cohort, forecast
from sendlib.cohort import levers as cohort_levers
from sendlib.cohort.estimation import estimate_pooled
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.rates import ParameterDraws
from sendlib.finance import known
from sendlib.finance.projection import Figure, Money, Projection, project_money
from sendlib.finance.seats import running_cost
from sendlib.periods import financial_year_of_census
from sendlib.scenarios import Scenario

YEARS = 6  # financial years ahead unless asked otherwise
TABLES = tuple(dict.fromkeys((*cohort.TABLES, *forecast.Panel.TABLES, *known.TABLES)))
_CITED = ("high_needs_spend", "high_needs_funding", "ehcp_caseload_by_age")
_RECORD_LEVERS = frozenset(f"{cohort_levers.PREFIX}{name}" for name in cohort_levers.KINDS)


@dataclass(frozen=True, eq=False)
class Model:
    """One authority, ready for scenarios; every run has the same random numbers."""

    caseload: cohort.Inputs
    panel: forecast.Panel  # all authorities' series
    known: known.KnownMoney
    sources: pd.DataFrame  # source_id of the last spend, allocation and count used
    _demand: dict[str, forecast.Projection] = field(default_factory=dict, repr=False)
    _places: dict[str, cohort.Projection] = field(default_factory=dict, repr=False)
    _unlevered: dict[str, cohort.Projection] = field(default_factory=dict, repr=False)
    _parameters: dict[float, ParameterDraws] = field(default_factory=dict, repr=False)  # shared

    @classmethod
    def from_tables(
        cls,
        load: Callable[[str], pd.DataFrame],
        *,
        area_code: str,
        origin: int,
        years: int = YEARS,
        with_needs: bool = False,
    ) -> "Model":
        """Gather a model.

        Parameters
        ----------
        load : callable
            Gives a tidy table by its name, such as ``Authority.load``.
        area_code : str
            The authority.
        origin : int
            The January to look from; the first financial year begins that April.
        years : int
            Financial years ahead, 1 to 9.
        with_needs : bool
            Whether to tell needs apart: slower, and needed for levers on a need.

        Raises
        ------
        NotAvailableError
            If the caseload cannot be followed by age, or no outturn or
            allocation is available.
        """
        tables = {name: load(name) for name in TABLES}
        money = known.KnownMoney.from_tables(tables, area_code=area_code, origin=origin)
        panel = forecast.Panel.from_tables(*(tables[name] for name in forecast.Panel.TABLES))
        panel = panel if panel.origin == origin else panel.up_to(origin)
        caseload = cohort.Inputs.from_tables(
            tables, area_code=area_code, origin=origin, horizon=years + 1, with_needs=with_needs
        )
        cited = pd.concat(
            [tables[name][["area_code", "source_id"]] for name in _CITED], keys=_CITED
        )
        own = cited[cited["area_code"] == area_code].groupby(level=0)
        sources = own.tail(1)[["source_id"]]
        return cls(caseload, panel, _with_last_year(money, caseload.evidence), sources)

    def aside(self) -> "Model":
        """The same model, for runs that are not worth storing in this one."""
        return replace(
            self,
            _demand=dict(self._demand),
            _places=dict(self._places),
            _unlevered=dict(self._unlevered),
        )

    def demand(self, scenario: Scenario) -> forecast.Projection:
        """The forecast of plans under a scenario, to one January more than financial years."""
        key = _key(scenario, "forecast.")
        if key not in self._demand:
            horizon = len(self.caseload.residents)
            self._demand[key] = forecast.project_area(
                self.panel, self.caseload.area_code, scenario=scenario, horizon=horizon
            )
        return self._demand[key]

    def places(self, scenario: Scenario) -> cohort.Projection:
        """The draws of the cohort model under a scenario."""
        key = _key(scenario, "forecast.", "cohort.")
        without_records = _key(scenario, "forecast.", "cohort.", but=_RECORD_LEVERS)
        if key not in self._places:
            demand = self.demand(scenario)
            self._places[key] = cohort.project(
                self.caseload,
                scenario=scenario,
                totals=demand.plans,
                shares=demand.shares,
                base=self._unlevered.get(without_records),
                parameters=self._draws_of(float(scenario.value("cohort.half_life_years"))),
            )
        self._unlevered.setdefault(without_records, self._places[key])
        return self._places[key]

    def _draws_of(self, half_life: float) -> ParameterDraws:
        """Draws of the rates: the same for all scenarios of a half-life."""
        if half_life not in self._parameters:
            rates = estimate_pooled(
                self.caseload.evidence, self.caseload.parent, half_life=half_life
            )
            self._parameters[half_life] = ParameterDraws(rates)
        return self._parameters[half_life]

    def run(self, scenario: Scenario) -> Projection:
        """Cost, income and balance under a scenario.

        Raises
        ------
        ScenarioError
            If a lever is not valid.
        """
        places = self.places(scenario)
        simulation = places.simulation
        joined = simulation.joined.sum(axis=(2, 3))
        return project_money(
            self.known,
            known.plan_years(simulation.by(cohort.PLACE), joined),
            scenario,
            plans=simulation.total()[:, -1].astype(float),
            first=self.caseload.origin,
            added_places=running_cost(places, len(self.caseload.residents) - 1),
        )

    def run_each(self, scenarios: Mapping[str, Scenario]) -> dict[str, Projection]:
        """Cost, income and balance under each of several scenarios, by their short names."""
        return {slug: self.run(scenario) for slug, scenario in scenarios.items()}

    def draws(self, scenario: Scenario, figure: Figure) -> Money:
        """A figure in each draw of a changed scenario, which is not stored. [£]"""
        return figure.draws(self.aside().run(scenario))


def _with_last_year(money: known.KnownMoney, evidence: Evidence) -> known.KnownMoney:
    """The last year's plan-years from its joiners and leavers, as those ahead are counted.

    Otherwise costs that agree with its outturn would not fit the plan-years they are charged on.
    As many are taken to join after its last January as in the year before.
    """
    before, after, joined = (
        flow.sum(axis=(0, 1)) for flow in (evidence.before[-1], evidence.stock, evidence.joined[-1])
    )
    stock, new = np.stack([[before, after, after]]), np.stack([[joined, joined]])
    plans = money.plan_years.copy()
    last = financial_year_of_census(evidence.years[-1])
    plans.loc[last, list(evidence.axes.places)] = known.plan_years(stock, new)[0, 0]
    return replace(money, plan_years=plans)


def _key(scenario: Scenario, *prefixes: str, but: frozenset[str] = frozenset()) -> str:
    """The values that part of the model depends on, as one text; a new lever is among them."""
    values = {
        lever: scenario.value(lever)
        for lever in scenario.assumptions
        if lever.startswith(prefixes) and lever not in but
    }
    return json.dumps(values, sort_keys=True, default=str)
