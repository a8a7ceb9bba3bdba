from dataclasses import replace

import pandas as pd
import pytest

from sendlib.finance.known import TABLES, KnownMoney, as_known_in, spend_and_plans
from sendlib.forecast.panel import Panel, features
from sendlib.vocabulary import ENGLAND


@pytest.fixture(scope="module")
def money(tables):
    return KnownMoney.from_tables(
        {name: tables[name] for name in TABLES}, area_code="865", origin=2025
    )


def test_growth_is_kept_for_the_costs_that_it_was_judged_at(money):
    level = dict.fromkeys(money.plan_years.columns, 10_000.0)
    dear = level | {"independent_special": 90_000.0}
    first, second = money.price_growth(level), money.price_growth(dear)
    assert money.price_growth(level) is first
    assert first != second
    assert replace(money).price_growth(dear) == second


def test_growth_is_not_kept_for_other_areas(money):
    level = dict.fromkeys(money.plan_years.columns, 10_000.0)
    before = money.price_growth(level)
    few = {code: money.others[code] for code in (ENGLAND, "865")}
    assert replace(money, others=few).price_growth(level).level_sd != before.level_sd


@pytest.mark.parametrize("origin", [2019, 2022, 2025])
def test_an_earlier_january_knows_what_it_would_have_gathered_itself(tables, origin):
    later = as_known_in(spend_and_plans(tables, 2025), origin)
    then = spend_and_plans(tables, origin)
    assert list(later) == list(then)
    for code, (spend, plans) in then.items():
        pd.testing.assert_series_equal(later[code][0], spend)
        pd.testing.assert_frame_equal(later[code][1], plans)


def test_an_area_without_outturn_by_then_is_not_known_of():
    spend = pd.Series([1.0], ["2021-22"])
    assert as_known_in({"801": (spend, pd.DataFrame())}, 2021) == {}


def test_a_panel_that_is_cut_has_features_of_its_own(tables):
    panel = Panel.from_tables(*(tables[name] for name in Panel.TABLES))
    assert panel.features is panel.features
    for then in (panel, panel.up_to(2022)):
        pd.testing.assert_frame_equal(then.features, features(then))
    assert not panel.up_to(2022).features.equals(panel.features)
