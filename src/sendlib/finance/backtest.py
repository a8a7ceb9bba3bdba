"""The cost side tested on the past: what it would have said each January, and the outturn after.

Of what came later it uses only the ratios of unit costs and the long-run growth of prices.
What became of deficits is in ``known.balances``.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from sendlib import forecast
from sendlib.finance import known, levers
from sendlib.finance.projection import Money, prices_ahead
from sendlib.finance.unit_costs import OTHER
from sendlib.periods import financial_year, financial_year_start
from sendlib.ranges import levels
from sendlib.scenarios import Scenario, with_value
from sendlib.vocabulary import ENGLAND

TABLES = tuple(dict.fromkeys((*forecast.Panel.TABLES, *known.TABLES)))
ORIGINS = (2019, 2020, 2021, 2022, 2023)
LONGEST = 5  # financial years ahead
_COSTS = "finance.unit_costs"
_STREAM = 2  # of random numbers, apart from those of the years ahead
_METHOD = (
    "Plans were projected as they would have been then, with the mix of places of that January, "
    "unit costs of the last outturn then known and prices as they had grown."
)
_BIAS = (
    "Bias: negative where spend was projected too low. Prices rose everywhere at once, so the "
    "Januaries are the sample, not the authorities."
)


def backtest(
    load: Callable[[str], pd.DataFrame],
    scenario: Scenario,
    *,
    area_code: str,
    origins: Sequence[int] = ORIGINS,
) -> pd.DataFrame:
    """Spend as it would have been foreseen from past Januaries, beside the outturn.

    Of an authority and its statistical neighbours. The scenario is the baseline: its draws,
    seed, range, unit costs and judgements.

    Returns
    -------
    pd.DataFrame
        One row for each authority, January and later outturn: ``area_code``,
        ``origin``, ``financial_year``, ``years_ahead`` (1 for the year that
        begins that April), ``low``, ``middle``, ``high``, ``outturn`` [£] and
        ``inside``.

    Raises
    ------
    NotAvailableError
        If too little outturn is available to judge growth, or a January has no fit.
    """
    tables = {name: load(name) for name in TABLES}
    panel = forecast.Panel.from_tables(*(tables[name] for name in forecast.Panel.TABLES))
    areas = known.spend_and_plans(tables, max(origins), area_code)
    outturns = tables["high_needs_spend"].set_index(["area_code", "financial_year"])["net_gbp"]
    last = financial_year_start(tables["high_needs_spend"]["financial_year"].max())
    quantiles = levels(scenario.value("forecast.range_pct"))
    rows = []
    for origin in origins:
        then, areas_then = panel.up_to(origin), known.as_known_in(areas, origin)
        of_the_time = at_prices_of_the_time(scenario, areas_then)
        years = min(LONGEST, last - origin + 1)
        names = [financial_year(origin + ahead) for ahead in range(years)]
        for code in [code for code in areas_then if code in then.authorities]:
            plans = forecast.project_area(then, code, scenario=of_the_time, horizon=years).plans
            counted = np.column_stack([np.full(len(plans), then.plans.at[code, origin]), plans])
            mix = known.plans_by_place(tables["ehcp_caseload"], code).T[origin]
            spend = _spend(code, areas_then, of_the_time, counted, mix / mix.sum(), origin=origin)
            low, middle, high = np.quantile(spend, quantiles, axis=0)
            part = {"area_code": code, "origin": origin, "financial_year": names}
            part |= {"years_ahead": np.arange(1, years + 1)}
            part |= {"low": low, "middle": middle, "high": high}
            outturn = outturns[code].reindex(names).to_numpy(dtype=float)
            rows.append(pd.DataFrame(part).assign(outturn=outturn))
    frame = pd.concat(rows, ignore_index=True).dropna(subset=["outturn"])
    return frame.assign(inside=frame["outturn"].between(frame["low"], frame["high"]))


def at_prices_of_the_time(scenario: Scenario, areas: known.SpendAndPlans) -> Scenario:
    """Unit costs that price England's plan-years at its last outturn, with the same ratios."""
    spend, plans = areas[ENGLAND]
    records = scenario.value(_COSTS)
    names = [record["place"] for record in records]
    costs = np.array([record.get("gbp", 0.0) for record in records], dtype=float)
    funding = levers.place_funding(scenario, names)
    above = np.maximum(costs - funding, 0.0)
    counted = plans.loc[spend.index[-1]].reindex(names).fillna(0.0).to_numpy()
    other = records[names.index(OTHER)]["share_pct"] / 100
    scaled = funding + above * spend.iloc[-1] * (1 - other) / (above @ counted)
    new = tuple({**old, "gbp": float(cost)} for old, cost in zip(records, scaled, strict=True))
    return with_value(scenario, _COSTS, new, why="prices of the time")


def _spend(
    area_code: str,
    areas: known.SpendAndPlans,
    scenario: Scenario,
    counted: Money,
    mix: pd.Series,
    *,
    origin: int,
) -> Money:
    """Spend without place funding, from plans at each January, shape (draws, years). [£]

    Nothing that the council stated later is used: only outturn and plan-years.
    """
    outturn, plans = areas[area_code]
    none = pd.Series(dtype=float)
    money = known.KnownMoney(area_code, plans, outturn, none, none, {}, None, None, areas)
    seed = int(scenario.value("forecast.seed"))
    streams = np.random.SeedSequence([seed, _STREAM, origin, int(area_code)]).spawn(2)
    for_costs, for_prices = map(np.random.default_rng, streams)
    shape = (len(counted), counted.shape[1] - 1)
    costs, _, prices = prices_ahead(money, scenario, for_prices, first=origin, shape=shape)
    drawn, other = costs.draw(for_costs, len(counted))
    above = np.maximum(drawn - levers.place_funding(scenario, costs.places), 0.0)
    of_a_plan = above @ mix.loc[list(costs.places)].to_numpy(dtype=float)
    plan_years = known.past_plan_years(counted[:, :-1], counted[:, 1:])
    return np.asarray((plan_years * of_a_plan[:, None] + other[:, None]) * prices)


def backtest_summary(checked: pd.DataFrame, by: str = "years_ahead") -> pd.DataFrame:
    """How often the outturn fell inside the range, and how far off the middle was.

    Errors of one January and year are alike in all authorities, because prices
    rise everywhere at once: the Januaries are the sample, not the rows.

    Returns
    -------
    pd.DataFrame
        Index ``by``: ``outturns`` (rows), ``inside_pct``, ``error_pct`` (mean
        absolute, of the outturn), ``bias_pct`` (mean; negative where spend was
        foreseen too low) and ``width_pct`` (of the range, as a share of the
        middle). [%]
    """
    error = 100 * (checked["middle"] / checked["outturn"] - 1)
    parts = checked.assign(
        inside_pct=100.0 * checked["inside"],
        error_pct=error.abs(),
        bias_pct=error,
        width_pct=100 * (checked["high"] - checked["low"]) / checked["middle"],
    ).groupby(by)
    means = parts[["inside_pct", "error_pct", "bias_pct", "width_pct"]].mean()
    means.insert(0, "outturns", parts.size())
    areas = checked["area_code"].nunique() if "area_code" in checked else 1
    means.attrs["what"] = (
        f"spend projected from past Januaries, and the outturn, {areas} authorities"
    )
    means.attrs["notes"] = [_METHOD, _BIAS]
    return means
