import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_levers import with_levers
from sendlib.errors import NotAvailableError
from sendlib.finance.backtest import (
    TABLES,
    at_prices_of_the_time,
    backtest,
    backtest_summary,
)
from sendlib.finance.known import spend_and_plans
from sendlib.finance.levers import place_funding
from sendlib.finance.unit_costs import OTHER
from sendlib.scenarios import load_scenario
from sendlib.vocabulary import ENGLAND

FORESEEN = ["low", "middle", "high"]


@pytest.fixture(scope="module")
def scenario(project):
    return with_levers(load_scenario(project, "baseline"), {"forecast.draws": 300})


@pytest.fixture(scope="module")
def held(tables):
    return {name: tables[name] for name in TABLES}


@pytest.fixture(scope="module")
def checked(held, scenario):
    return backtest(held.__getitem__, scenario, area_code="865")


def test_every_authority_is_checked_from_every_january_against_every_later_outturn(checked):
    assert checked.groupby("origin").size().to_dict() == {
        2019: 11 * 5,
        2020: 11 * 5,
        2021: 11 * 4,
        2022: 11 * 3,
        2023: 11 * 2,
    }
    assert not checked.isna().any(axis=None)
    starts = checked["financial_year"].str[:4].astype(int)
    assert (starts == checked["origin"] + checked["years_ahead"] - 1).all()


def test_outturn_is_that_of_section_251_and_inside_says_where_it_fell(checked, tables):
    spend = tables["high_needs_spend"].set_index(["area_code", "financial_year"])["net_gbp"]
    key = pd.MultiIndex.from_frame(checked[["area_code", "financial_year"]])
    assert (checked["outturn"].to_numpy() == spend.loc[key].to_numpy()).all()
    within = (checked["low"] <= checked["outturn"]) & (checked["outturn"] <= checked["high"])
    assert (checked["inside"] == within).all()
    assert (checked["low"] < checked["middle"]).all()
    assert (checked["middle"] < checked["high"]).all()


def test_ranges_widen_with_the_years_ahead(checked):
    assert backtest_summary(checked)["width_pct"].is_monotonic_increasing


def test_about_eight_in_ten_outturns_fell_inside_the_range(checked):
    assert 0.75 < checked["inside"].mean() < 0.87
    assert backtest_summary(checked)["inside_pct"].between(55, 95).all()


def test_the_year_that_begins_that_april_is_foreseen_to_within_five_per_cent(checked):
    assert backtest_summary(checked).loc[1, "error_pct"] < 5


def test_nothing_that_came_after_the_january_changes_what_was_foreseen(held, scenario):
    def later(name, column, value, first):
        frame = held[name]
        return frame.assign(**{value: frame[value].mask(frame[column] >= first, 7.0)})

    changed = held | {
        "high_needs_spend": later("high_needs_spend", "financial_year", "net_gbp", "2022-23"),
        "ehcp_caseload": later("ehcp_caseload", "census_year", "plans", 2023),
        "ehcp_flow": later("ehcp_flow", "calendar_year", "value", 2022),
        "council_figure": held["council_figure"].assign(value=1.0),
        "high_needs_funding": held["high_needs_funding"].iloc[:0],
    }
    before = backtest(held.__getitem__, scenario, area_code="865", origins=[2022])
    after = backtest(changed.__getitem__, scenario, area_code="865", origins=[2022])
    pd.testing.assert_frame_equal(before[FORESEEN], after[FORESEEN])
    assert not before["outturn"].equals(after["outturn"])


def test_the_same_seed_foresees_the_same_and_the_level_of_prices_elsewhere_does_not_matter(
    held, scenario, checked
):
    again = backtest(held.__getitem__, scenario, area_code="865", origins=[2023])
    first = checked[checked["origin"] == 2023].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, again)
    funding = {"finance.place_funding": ()}
    plain = with_levers(scenario, funding)
    doubled = tuple(
        {**record, "gbp": 2 * record.get("gbp", 0.0)}
        for record in scenario.value("finance.unit_costs")
    )
    dearer = with_levers(plain, {"finance.unit_costs": doubled})
    one, other = (
        backtest(held.__getitem__, made, area_code="865", origins=[2023])
        for made in (plain, dearer)
    )
    np.testing.assert_allclose(one[FORESEEN], other[FORESEEN])


def test_growth_cannot_be_judged_before_there_were_two_outturns(held, scenario):
    spend = held["high_needs_spend"]
    late = held | {"high_needs_spend": spend[spend["financial_year"] >= "2018-19"]}
    with refuses(NotAvailableError, "too_little_outturn"):
        backtest(late.__getitem__, scenario, area_code="865", origins=[2019])


def test_a_summary_tells_error_from_bias():
    frame = pd.DataFrame(
        {
            "years_ahead": [1, 1, 2],
            "low": 90.0,
            "middle": [110.0, 90.0, 90.0],
            "high": 130.0,
            "outturn": [100.0, 100.0, 100.0],
            "inside": [True, False, True],
        }
    )
    made = backtest_summary(frame)
    assert made["outturns"].tolist() == [2, 1]
    assert made["inside_pct"].tolist() == [50, 100]
    assert made["error_pct"].tolist() == pytest.approx([10, 10])
    assert made["bias_pct"].tolist() == pytest.approx([0, -10], abs=1e-9)
    assert made["width_pct"].tolist() == pytest.approx([50 * (40 / 110 + 40 / 90), 4000 / 90])


def test_prices_of_the_time_charge_england_what_it_spent(held, scenario):
    areas = spend_and_plans(held, 2021, "865")
    spend, plans = areas[ENGLAND]
    made = at_prices_of_the_time(scenario, areas).value("finance.unit_costs")
    (other,) = [record for record in made if record["place"] == OTHER]
    costs = [record for record in made if record["place"] != OTHER]
    places = [record["place"] for record in costs]
    above = np.array([record["gbp"] for record in costs]) - place_funding(scenario, places)
    paid = (
        above @ plans.loc["2020-21", places].to_numpy() + other["share_pct"] / 100 * spend.iloc[-1]
    )
    assert paid == pytest.approx(spend.iloc[-1])
