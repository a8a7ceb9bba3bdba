"""A model of one authority: scenarios run through demand, places and money.

What scenarios share is worked out once: the forecast of plans, the draws of the cohort model, and
what is known of the money. Runs that differ in money alone share their children, and fewer draws
are the first of more.
"""

import json
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar

import pandas as pd

from sendlib import cohort, forecast
from sendlib.authority import Authority
from sendlib.cohort import levers as cohort_levers
from sendlib.cohort.estimation import estimate_pooled
from sendlib.cohort.rates import ParameterDraws
from sendlib.cohort.seats import SeatDraws
from sendlib.finance import known
from sendlib.finance.children import Children, with_last_year
from sendlib.finance.months import YearSoFar, usual
from sendlib.finance.projection import Figure, Projection, add_parts, project_money
from sendlib.finance.unit_costs import Money
from sendlib.intake.store import SOURCE_ID, TABLE
from sendlib.reuse import reuse
from sendlib.scenarios import Scenario

YEARS = 6  # financial years ahead unless asked otherwise
TABLES = tuple(dict.fromkeys((*cohort.TABLES, *forecast.Panel.TABLES, *known.TABLES)))
_CITED = ("high_needs_spend", "high_needs_funding", "ehcp_caseload_by_age")
_DRAWS = "cohort.draws"
_RECORD_LEVERS = frozenset(f"{cohort_levers.PREFIX}{name}" for name in cohort_levers.KINDS)
Result = TypeVar("Result")


class Recent(dict[Hashable, Result], Generic[Result]):
    """Results by the values they rest on; the one not asked for longest makes room."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def find(self, key: Hashable) -> Result | None:
        """A result, if there is one."""
        if key in self:
            self[key] = self.pop(key)
        return self.get(key)

    def add(self, key: Hashable, result: Result) -> Result:
        """Store a result in place of an older one of its key, and give it."""
        self.pop(key, None)
        while len(self) >= self.most:
            del self[next(iter(self))]
        self[key] = result
        return result


@dataclass(frozen=True, eq=False)
class Model:
    """One authority, ready for scenarios; every run has the same random numbers."""

    caseload: cohort.Inputs
    panel: forecast.Panel  # all authorities' series
    known: known.KnownMoney
    sources: pd.DataFrame  # source_id of the last spend, allocation and count used
    without_needs: "Model | None" = None  # of a model that tells needs apart
    version: str = ""  # what it is known by; empty where its results are not stored
    parts: "tuple[tuple[Model, float], ...]" = ()  # whose draws of children it has a share of
    expected: bool = False  # whether children are as many as expected, not drawn
    _demand: Recent[forecast.Projection] = field(default_factory=lambda: Recent(32), repr=False)
    _steered: Recent[cohort.Projection] = field(default_factory=lambda: Recent(8), repr=False)
    _places: Recent[cohort.Projection] = field(default_factory=lambda: Recent(8), repr=False)
    _children: Recent[Children] = field(default_factory=lambda: Recent(64), repr=False)
    _so_far: Recent[YearSoFar] = field(default_factory=lambda: Recent(4), init=False, repr=False)
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
        own_figures: pd.DataFrame | None = None,
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
        own_figures : pd.DataFrame, optional
            Table ``own_figure`` of ``Authority.load``: each stands in place of a published one.

        Raises
        ------
        NotAvailableError
            If the caseload cannot be followed by age, or no outturn or
            allocation is available.
        """
        tables = {name: load(name) for name in TABLES}
        money = known.KnownMoney.from_tables(
            tables, area_code=area_code, origin=origin, own_figures=own_figures
        )
        panel = forecast.Panel.from_tables(*(tables[name] for name in forecast.Panel.TABLES))
        panel = panel if panel.origin == origin else panel.up_to(origin)
        caseload, *by_need = (
            cohort.Inputs.from_tables(
                tables, area_code=area_code, origin=origin, horizon=years + 1, with_needs=needs
            )
            for needs in (False, True)[: 1 + with_needs]
        )
        cited = pd.concat(
            [tables[name][["area_code", "source_id"]] for name in _CITED], keys=_CITED
        )
        own = cited[cited["area_code"] == area_code].groupby(level=0)
        sources = own.tail(1)[["source_id"]]
        if money.own.used:
            sources = pd.concat([sources, pd.DataFrame({"source_id": [SOURCE_ID]})])
        model = cls(caseload, panel, with_last_year(money, caseload.evidence), sources)
        apart = (cls(each, panel, model.known, sources, without_needs=model) for each in by_need)
        return next(apart, model)

    @classmethod
    def of(cls, authority: Authority, *, years: int = YEARS, with_needs: bool = False) -> "Model":
        """A model of an authority at the January that it is looked at from, own figures included.

        Parameters
        ----------
        authority : Authority
            The authority, with the January.
        years : int
            Financial years ahead, 1 to 9.
        with_needs : bool
            Whether to tell needs apart: slower, and needed for levers on a need.

        Raises
        ------
        NotAvailableError
            As of :meth:`from_tables`.
        """
        own = authority.load(TABLE)
        has_own = len(own) or any(len(part.load(TABLE)) for part, _ in authority.parts)
        version = "" if has_own else f"{authority.version} {years} {with_needs}"

        def gather() -> "Model":
            model = cls.from_tables(
                authority.load,
                area_code=authority.code,
                origin=authority.as_of,
                years=years,
                with_needs=with_needs,
                own_figures=own,
            )
            parts = tuple(
                (cls.of(part, years=years, with_needs=with_needs), share)
                for part, share in authority.parts
            )
            apart = model.without_needs and replace(
                model.without_needs,
                parts=tuple((part.without_needs or part, share) for part, share in parts),
            )
            return replace(model, version=version, parts=parts, without_needs=apart)

        return reuse("money of an authority", version, gather)

    def of_totals(self, scenario: Scenario) -> "Model":
        """The model that pages take totals from: one without needs, where no lever is on a need."""
        on_a_need = any(
            record.get("needs") for lever in _RECORD_LEVERS for record in scenario.value(lever)
        )
        return self if self.without_needs is None or on_a_need else self.without_needs

    @cached_property
    def on_average(self) -> "Model":
        """The model with as many children as are expected at the rates of each draw.

        Its runs are for differences of means: the chance of single children is in none of them.
        """
        return replace(
            self,
            expected=True,
            without_needs=self.without_needs and self.without_needs.on_average,
            parts=tuple((part.on_average, share) for part, share in self.parts),
            _steered=Recent(8),
            _places=Recent(8),
            _children=Recent(64),
        )

    def same_children(self, first: Scenario, second: Scenario) -> bool:
        """Whether two scenarios differ in money alone."""
        ahead, other = (_key(each, "forecast.", "cohort.") for each in (first, second))
        return ahead == other

    def demand(self, scenario: Scenario) -> forecast.Projection:
        """The forecast of plans under a scenario, to one January more than financial years."""
        return replace(self._demand_of(scenario), scenario=scenario)

    def _demand_of(self, scenario: Scenario) -> forecast.Projection:
        """The forecast, of whichever scenario with the same levers on it came first."""
        key = _key(scenario, "forecast.")
        found = self._demand.find(key)
        if found is not None:
            return found
        area, januaries = self.caseload.area_code, len(self.caseload.residents)
        if self.parts:
            parts = [(part.demand(scenario), share) for part, share in self.parts]
            return self._demand.add(key, forecast.add_parts(self.panel, area, parts))
        return self._demand.add(
            key, forecast.project_area(self.panel, area, scenario=scenario, horizon=januaries)
        )

    def places(self, scenario: Scenario) -> cohort.Projection:
        """The draws of the cohort model under a scenario."""
        draws, key = _draws(scenario), _key(scenario, "forecast.", "cohort.", but={_DRAWS})
        found = self._places.find(key)
        if found is None or not cohort.holds(len(found.simulation.stock), draws):
            found = self._places.add(key, self._project(scenario))
        return replace(found.first(draws), scenario=scenario)

    def _project(self, scenario: Scenario) -> cohort.Projection:
        """Simulate a cohort; records of levers act on the rates that its total asks for."""
        if self.parts:
            parts = [(part.places(scenario), share) for part, share in self.parts]
            return cohort.add_projections(self.caseload, parts)
        key = _key(scenario, "forecast.", "cohort.", but={_DRAWS, *_RECORD_LEVERS})
        demand, draws = self._demand_of(scenario), _draws(scenario)
        steered = self._steered.find(key)
        holds = steered is not None and cohort.holds(len(steered.unchanged.stock), draws)
        projection = cohort.project(
            self.caseload,
            scenario=scenario,
            totals=demand.plans,
            shares=demand.shares,
            base=steered.first(draws) if steered is not None and holds else None,
            parameters=self._draws_of(float(scenario.value("cohort.half_life_years"))),
            expected=self.expected,
        )
        if not holds:
            self._steered.add(key, replace(projection, simulation=projection.unchanged))
        return projection

    def seats(self, scenario: Scenario) -> SeatDraws | None:
        """What becomes of the places that a scenario adds, in every draw; nothing without."""
        return self._counted(scenario).seats

    def _counted(self, scenario: Scenario) -> Children:
        """Plan-years and plans under a scenario."""
        draws, key = _draws(scenario), _key(scenario, "forecast.", "cohort.", but={_DRAWS})
        found = self._children.find(key)
        if found is None or not cohort.holds(len(found.plans), draws):
            rests_on = (self.version, draws, key, self.expected) if self.version else None
            found = reuse("children ahead", rests_on, lambda: Children.of(self.places(scenario)))
            self._children.add(key, found)
        return found.first(draws)

    def _draws_of(self, half_life: float) -> ParameterDraws:
        """Draws of the rates: the same for all scenarios of a half-life."""
        if half_life not in self._parameters:
            rates = estimate_pooled(
                self.caseload.evidence, self.caseload.parent, half_life=half_life
            )
            self._parameters[half_life] = ParameterDraws(rates)
        return self._parameters[half_life]

    def run(self, scenario: Scenario, *, with_months: bool = True) -> Projection:
        """Cost, income and balance under a scenario, the same whether needs are told apart.

        ``with_months`` says whether monitoring of the first year, where it is stored, moves them.

        Raises
        ------
        ScenarioError
            If a lever is not valid.
        """
        if (totals := self.of_totals(scenario)) is not self:
            return totals.run(scenario, with_months=with_months)
        if self.parts:
            runs = [(part.run(scenario, with_months=with_months), of) for part, of in self.parts]
            return add_parts(self.known, runs)
        so_far = self.year_so_far(scenario) if with_months else None
        children = self._counted(scenario)
        money = project_money(
            self.known,
            children.plan_years,
            scenario,
            plans=children.plans,
            first=self.caseload.origin,
            added_places=children.running,
            spend_times=so_far.times if so_far else 1.0,
        )
        return replace(money, month=so_far.month) if so_far else money

    def year_so_far(self, scenario: Scenario) -> YearSoFar | None:
        """What the months of the first year say, for the draws of a scenario; none without."""
        if (totals := self.of_totals(scenario)) is not self:
            return totals.year_so_far(scenario)
        months = self.known.own.months(self.caseload.origin)
        if months.empty:
            return None
        held = usual(scenario)
        if found := self._so_far.find(key := _key(held, "")):
            return found
        stock = self.places(held).simulation.total()[:, :2].astype(float)
        requests = self.demand(held).steps["requests"][: len(stock), 0]
        money = self.run(held, with_months=False)
        return self._so_far.add(key, YearSoFar.of(months, money, stock=stock, requests=requests))

    def run_each(self, scenarios: Mapping[str, Scenario]) -> dict[str, Projection]:
        """Cost, income and balance under each of several scenarios, by their short names."""
        return {slug: self.run(scenario) for slug, scenario in scenarios.items()}

    def draws(self, scenario: Scenario, figure: Figure) -> Money:
        """A figure in each draw of a scenario. [£]"""
        return figure.draws(self.run(scenario))


def _draws(scenario: Scenario) -> int:
    return int(scenario.value(_DRAWS))


def _key(scenario: Scenario, *prefixes: str, but: Collection[str] = ()) -> str:
    """The values that part of the model depends on, as one text; a new lever is among them."""
    values = {
        lever: scenario.value(lever)
        for lever in scenario.assumptions
        if lever.startswith(prefixes) and lever not in but
    }
    return json.dumps(values, sort_keys=True, default=str)
