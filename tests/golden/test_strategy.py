"""Figures that the strategies printed or that are well known, rebuilt from the raw data."""

import pytest

from sendlib import finance, indicators
from sendlib.vocabulary import ENGLAND, STATE_MAINSTREAM_PLACES, FlowMeasure


@pytest.fixture(scope="module")
def plans(tables):
    return indicators.total_plans(tables["ehcp_caseload"])


@pytest.mark.parametrize(("area", "printed"), [("865", 79), (ENGLAND, 52)])
def test_growth_of_plans_from_2013_to_2019_is_what_the_strategy_printed(
    wiltshire, tables, area, printed
):
    figures = tables["strategy_figure"]
    row = figures[(figures["measure"] == "growth in EHCPs") & (figures["area_code"] == area)]
    assert row["value"].tolist() == [printed]
    plans = indicators.plans(wiltshire.load("ehcp_caseload"), areas=area)
    growth = indicators.growth(plans, 2013, 2019)["growth_pct"]
    assert growth.round().tolist() == [printed]


def test_plans_in_wiltshire_in_2019_and_2025(plans):
    assert plans.loc["865", [2019, 2025]].tolist() == [3349, 6383]


def test_the_share_in_mainstream_in_2019_is_what_the_strategy_printed_on_one_of_two_counts(
    wiltshire,
):
    caseload = wiltshire.load("ehcp_caseload")
    both = indicators.mainstream_share(caseload, areas=["Wiltshire", "England"])
    assert (100 * indicators.latest(both, 2019)["share"]).round().tolist() == [51, 39]
    state = indicators.place_share(caseload, STATE_MAINSTREAM_PLACES, areas="England")
    assert (100 * indicators.latest(state, 2019)["share"]).round().tolist() == [38]


def test_requests_in_wiltshire_in_2017_and_2018(tables):
    requests = indicators.flow_by_year(tables["ehcp_flow"], FlowMeasure.REQUESTS)
    assert requests.loc["865", [2017, 2018]].tolist() == [505, 690]


@pytest.mark.parametrize(
    ("area", "last", "column"),
    [
        ("865", "2023-24", "before_deductions_gbp"),
        ("865", "2023-24", "after_deductions_gbp"),
        (ENGLAND, "2022-23", "before_deductions_gbp"),
    ],
)
def test_spend_grew_faster_than_funding_from_2019_20_on(tables, plans, area, last, column):
    """Of 2023-24 two authorities are missing, and so is England."""
    money = finance.funding_and_spend(
        tables["high_needs_funding"], tables["high_needs_spend"], plans, area_code=area
    ).loc[["2019-20", last]]
    growth = money.iloc[1] / money.iloc[0]
    assert growth["outturn_gbp"] > growth[column] > 1
