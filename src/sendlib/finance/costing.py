"""What plan-years of one authority cost, as a scenario has it, and how that grows."""

import numpy as np
from numpy.typing import NDArray

from sendlib.finance import levers
from sendlib.finance.known import KnownMoney
from sendlib.finance.prices import PriceGrowth, draw_prices
from sendlib.finance.unit_costs import (
    OTHER,
    Outturn,
    UnitCosts,
    check_every_place,
    estimate_unit_costs,
)
from sendlib.periods import financial_year_start
from sendlib.scenarios import Scenario

Money = NDArray[np.float64]


def unit_costs_of(known: KnownMoney, scenario: Scenario) -> UnitCosts:
    """Unit costs that agree with the last outturn available."""
    records = levers.unit_costs(scenario)
    places = [record.place for record in records if record.place != OTHER]
    check_every_place(places)
    last = known.plan_years.index.intersection(known.outturn.index)[-1]
    outturn = Outturn(
        last,
        float(known.outturn[last]),
        known.plan_years.loc[last, places].to_numpy(float),
        levers.place_funding(scenario, places),
    )
    return estimate_unit_costs(outturn, records, known.stated_costs)


def prices_ahead(
    known: KnownMoney,
    scenario: Scenario,
    rng: np.random.Generator,
    *,
    first: int,
    shape: tuple[int, int],
) -> tuple[UnitCosts, PriceGrowth, Money]:
    """Unit costs, how they grow, and price levels relative to the year of the costs."""
    costs = unit_costs_of(known, scenario)
    funding = levers.place_funding(scenario, costs.places)
    moving = np.maximum(costs.mean[:-1] - funding, 0.0)
    growth = known.price_growth(dict(zip(costs.places, moving, strict=True)))
    since = first - 1 - financial_year_start(costs.financial_year)
    prices = draw_prices(
        growth,
        rng,
        draws=shape[0],
        years=since + shape[1],
        fades_to_pct=scenario.value("finance.price_fades_to_pct"),
        fades_over=int(scenario.value("finance.price_fades_over_years")),
        points=scenario.value("finance.price_points"),
    )
    return costs, growth, prices[:, since:]
