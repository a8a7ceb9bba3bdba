"""The years ahead of an authority's high needs money, under one scenario.

Places that the department pays direct are in the income and in the cost, which holds them as
commissioned, whoever takes them. Arrays by place are in the order of ``PlaceType``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Literal, get_args

import numpy as np

from sendlib.cohort.levers import latest_value
from sendlib.finance import levers
from sendlib.finance.balance import (
    Balances,
    Support,
    after_support,
    interest_foregone,
    roll_forward,
    support,
)
from sendlib.finance.income import Income, income_ahead, places_ahead
from sendlib.finance.known import KnownMoney, Opening
from sendlib.finance.levers import Stream, generator
from sendlib.finance.unit_costs import (
    OTHER,
    Money,
    UnitCosts,
    check_costs,
    draw_prices,
    estimate_unit_costs,
    grown,
    in_prices_of,
)
from sendlib.periods import financial_year, financial_year_of_census, financial_year_start
from sendlib.ranges import Ranged
from sendlib.scenarios import Scenario, with_value
from sendlib.validation import check_known
from sendlib.vocabulary import ENGLAND, PLACE_GROUPS

FigureKind = Literal["before_support", "after_support", "in_year"]


@dataclass(frozen=True, eq=False)
class Projection(Ranged):
    """High needs money ahead, in every draw."""

    scenario: Scenario
    financial_years: tuple[str, ...]
    plans: Money  # in the January after the last of the years, shape (draws,)
    plan_years: Money  # shape (draws, years, place)
    unit_costs: UnitCosts  # at the prices of the last outturn
    cost: Money  # of plans, without the places themselves, shape (draws, years, place) [£]
    places: Money  # commissioned in institutions, shape (draws, years) [£]
    other_lines: Money  # not for single plans; grow as plans do, shape (draws, years) [£]
    income: Income
    opening_gbp: float  # balance brought forward; nothing where none is stated
    opening_known: bool
    opening_foreseen: bool  # by the council: no outturn of that March is published
    opening_forecast_gbp: float | None  # the council's, where its later monitoring replaces it
    before: Balances  # before further support from government
    support: Support
    left: Balances  # to the council, after support
    interest: Money  # foregone by the general fund on that, shape (draws, years) [£]
    reserves_gbp: float | None  # of the general fund, last stated
    own: tuple[str, ...]  # figures of the authority's own that it rests on, in words
    own_mark: str  # says that they are invented, where they are
    month: str = ""  # the last whose monitoring it holds, such as October 2026

    @property
    def total_cost(self) -> Money:
        """All cost, shape (draws, years). [£]"""
        return np.asarray(self.cost.sum(axis=2) + self.places + self.other_lines)

    def by_kind(self, values: Money) -> dict[str, Money]:
        """Values by place, the last axis, added up by kind of place."""
        places = self.unit_costs.places
        return {
            kind: values[..., [places.index(place) for place in members]].sum(axis=-1)
            for kind, members in PLACE_GROUPS.items()
        }

    @property
    def protected_year(self) -> str:
        """The financial year at whose end deficits are last protected, or the last one ahead."""
        ends = financial_year_of_census(int(self.scenario.value("finance.override_ends")))
        return ends if ends in self.financial_years else self.financial_years[-1]


@dataclass(frozen=True)
class Figure:
    """One number in every draw of a projection: a closing balance, or income less cost."""

    kind: FigureKind
    financial_year: str

    def draws(self, money: Projection) -> Money:
        """The number in each draw, shape (draws,). [£]"""
        check_known(self.kind, get_args(FigureKind), "figure")
        check_known(self.financial_year, money.financial_years, "financial_year")
        balances = money.left if self.kind == "after_support" else money.before
        values = balances.in_year if self.kind == "in_year" else balances.closing
        return values[:, money.financial_years.index(self.financial_year)]


def in_world(money: Projection, *, grant: bool, takeover: bool) -> Balances:
    """What is left to the council if the grant is approved or not, and new deficits met or not."""
    settled = {"grant_approval_pct": 100.0 if grant else 0.0}
    settled["central_share_pct"] = 100.0 if takeover else 0.0
    scenario = money.scenario
    for lever, value in settled.items():
        scenario = with_value(scenario, f"finance.{lever}", value, why="one world")
    starts = [financial_year_start(name) for name in money.financial_years]
    taken = support(scenario, money.before, starts, rng=generator(scenario, Stream.POLICY))
    return after_support(money.before, taken, opening_gbp=money.opening_gbp)


def unit_costs_of(known: KnownMoney, scenario: Scenario) -> UnitCosts:
    """Unit costs that agree with the last outturn available."""
    records = levers.scenario_unit_costs(scenario)
    check_costs(records)
    places = [record.place for record in records if record.place != OTHER]
    last = known.plan_years.index.intersection(known.outturn.index)[-1]
    spend, plans = known.others[ENGLAND]
    priced = min(last, str(spend.dropna().index[-1]))  # own outturn may be newer than England's
    records = in_prices_of(records, spend, plans, priced)
    if priced < last:
        growth = known.price_growth(
            {each.place: each.gbp for each in records if each.place != OTHER}
        )
        years_on = financial_year_start(last) - financial_year_start(priced)
        records = grown(records, (1 + growth.now_pct / 100) ** years_on)
    return estimate_unit_costs(
        records,
        known.stated_costs,
        financial_year=last,
        outturn_gbp=float(known.outturn[last]),
        plan_years=known.plan_years.loc[last, places].to_numpy(float),
    )


def prices_ahead(
    known: KnownMoney,
    scenario: Scenario,
    rng: np.random.Generator,
    *,
    first: int,
    shape: tuple[int, int],
) -> tuple[UnitCosts, Money]:
    """Unit costs, and price levels relative to the year of the costs."""
    costs = unit_costs_of(known, scenario)
    growth = known.price_growth(dict(zip(costs.places, costs.mean[:-1], strict=True)))
    since = first - 1 - financial_year_start(costs.financial_year)
    prices = draw_prices(
        growth,
        rng,
        draws=shape[0],
        years=max(since, 0) + shape[1],
        fades_to_pct=scenario.value("finance.price_fades_to_pct"),
        fades_over=int(scenario.value("finance.price_fades_over_years")),
        points=scenario.value("finance.price_points"),
    )
    past = np.ones((shape[0], max(-since, 0)))  # a year whose outturn the costs agree with
    return costs, np.hstack([past, prices])[:, max(since, 0) :][:, : shape[1]]


def project_money(
    known: KnownMoney,
    plan_years: Money,
    scenario: Scenario,
    *,
    plans: Money,
    first: int,
    added_places: Money | float = 0.0,
    spend_times: Money | float = 1.0,
) -> Projection:
    """What high needs will cost and what will come in, draw by draw.

    ``added_places`` is what places beside those commissioned today cost to run [£], and
    ``spend_times`` how many times what is foreseen the spend will be, both of shape (draws, years).
    """
    draws, years = plan_years.shape[:2]
    starts = range(first, first + years)
    names = tuple(map(financial_year, starts))
    shape, rng = (draws, years), generator(scenario, Stream.PRICES)
    costs, prices = prices_ahead(known, scenario, rng, first=first, shape=shape)
    drawn, other = costs.draw(generator(scenario, Stream.COSTS), draws)
    prices = prices * spend_times
    price = drawn[:, None, :] * prices[:, :, None]
    cost = plan_years * price * levers.price_factors(scenario, costs.places, starts)
    paid_for = known.plan_years.loc[costs.financial_year].sum()
    other_lines = other[:, None] * prices * plan_years.sum(axis=2) / paid_for
    places = places_ahead(known, scenario, starts, draws) + added_places
    income = income_ahead(known, scenario, starts, draws)
    assumed = scenario.value("finance.opening_balance_gbp")
    brought = Opening(first, assumed[first]) if first in assumed else known.opening
    brought = brought if brought and brought.year == first else None
    opening = brought.balance_gbp if brought else 0.0
    return _carry(
        known,
        scenario,
        names,
        plans=plans,
        plan_years=plan_years,
        unit_costs=costs,
        cost=cost,
        places=places,
        other_lines=other_lines,
        income=income,
        opening_gbp=opening,
        opening_known=brought is not None,
        opening_foreseen=brought is not None and brought.foreseen,
        opening_forecast_gbp=brought.forecast_gbp if brought else None,
    )


def add_parts(known: KnownMoney, parts: Sequence[tuple[Projection, float]]) -> Projection:
    """The money of an authority that has a share of each draw of others: balances come last."""
    first, _ = parts[0]

    def add(name: str) -> Any:
        return sum(share * attrgetter(name)(part) for part, share in parts)

    sums = ("plans", "plan_years", "cost", "places", "other_lines", "opening_gbp")
    return _carry(
        known,
        first.scenario,
        first.financial_years,
        **{name: add(name) for name in sums},
        unit_costs=unit_costs_of(known, first.scenario),
        income=Income(*(add(f"income.{part.name}") for part in fields(Income))),
        opening_known=all(part.opening_known for part, _ in parts),
        opening_foreseen=any(part.opening_foreseen for part, _ in parts),
        opening_forecast_gbp=None,  # a share of it would be no forecast that a council made
    )


def _carry(
    known: KnownMoney, scenario: Scenario, financial_years: Sequence[str], **parts: Any
) -> Projection:
    """Carry the balance forward through what comes in and goes out, with what government meets."""
    opening, starts = parts["opening_gbp"], [financial_year_start(name) for name in financial_years]
    in_year = parts["income"].total() - parts["cost"].sum(axis=2)
    in_year = in_year - parts["places"] - parts["other_lines"]
    before = roll_forward(in_year, opening_gbp=opening, financial_years=financial_years)
    taken = support(scenario, before, starts, rng=generator(scenario, Stream.POLICY))
    left = after_support(before, taken, opening_gbp=opening)
    interest_pct = levers.yearly(scenario.value("finance.interest_pct"), starts)
    return Projection(
        scenario=scenario,
        financial_years=tuple(financial_years),
        **parts,
        before=before,
        support=taken,
        left=left,
        interest=interest_foregone(left, opening_gbp=opening, rate_pct=interest_pct),
        reserves_gbp=_reserves(known, scenario, starts[0] + 1),
        own=tuple(known.own.named()),
        own_mark=known.own.mark,
    )


def _reserves(known: KnownMoney, scenario: Scenario, closes: int) -> float | None:
    """The general fund reserve in force when the first year closes, as set or else as stated."""
    by_year = scenario.value("finance.reserves_gbp")
    if any(year <= closes for year in by_year):
        return latest_value(by_year, closes)
    return known.reserve
