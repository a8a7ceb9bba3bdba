"""The money of Wiltshire with the baseline scenario: to a million, unit costs to a hundred pounds.

After a change that is meant to move it, write the figures anew with

    SENDLIB_RENEW_GOLDEN=1 python -m pytest tests/golden

and say so in the change log under "Figures that change".
"""

import os
from pathlib import Path

import pytest

from sendlib.finance import Model
from sendlib.finance.tables import ranges_by_year
from sendlib.scenarios import load_scenario

GOLDEN = Path(__file__).with_name("finance_wiltshire.txt")
RENEW = "SENDLIB_RENEW_GOLDEN"
LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture(scope="module")
def model(tables):
    return Model.from_tables(tables.__getitem__, area_code="865", origin=2026)


@pytest.fixture(scope="module")
def money(project, model):
    return model.run(load_scenario(project, "baseline"))


def whole(value, digits=0):
    """A number as text, never a minus zero."""
    return f"{round(value, digits) + 0.0:.0f}"


def by_year(title, values, names):
    """Low, middle and high of each year. [£m]"""
    frame = ranges_by_year(values / 1e6, names, LEVELS)
    rows = [
        f"{row.Index}: {whole(row.low)} {whole(row.middle)} {whole(row.high)}"
        for row in frame.itertuples()
    ]
    return [title, *rows]


def money_text(model, money):
    names, costs = money.financial_years, money.unit_costs
    growth = model.known.price_growth(dict(zip(costs.places, costs.mean[:-1], strict=True)))
    lines = [
        f"opening balance: {money.opening_gbp / 1e6:.1f}, reserves {money.reserves_gbp / 1e6:.0f}",
        f"growth of unit costs: {growth.now_pct:.1f}, level {growth.level_sd:.1f}, "
        f"yearly {growth.yearly_sd:.1f}, wander {growth.wander_sd:.1f}",
        f"cost of a plan in {money.unit_costs.financial_year}",
    ]
    lines += [
        f"{row.place_type}: {whole(row.gbp, -2)} ({whole(row.standard_error_gbp, -2)})"
        for row in money.unit_costs.table().itertuples()
    ]
    for title, values in (
        ("plan-years, in tens", 1e5 * money.plan_years.sum(axis=2)),
        ("cost", money.total_cost),
        ("income", money.income.total()),
        ("in-year balance before support", money.before.in_year),
        ("balance before support", money.before.closing),
        ("balance left to the council", money.left.closing),
    ):
        lines += by_year(title, values, names)
    passed = money.before.chance_below(-300e6)
    lines.append("chance of a deficit above 300 before support, in tenths")
    lines += [f"{name}: {whole(10 * chance)}" for name, chance in passed.items()]
    return "\n".join([*lines, ""])


def test_the_money_of_wiltshire_is_as_it_was(model, money):
    text = money_text(model, money)
    if os.environ.get(RENEW):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
