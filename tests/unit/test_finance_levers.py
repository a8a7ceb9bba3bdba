from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_levers import with_levers
from sendlib.errors import NotAvailableError, ScenarioError
from sendlib.finance import levers
from sendlib.finance.known import TABLES, KnownMoney
from sendlib.finance.plan_years import SpendAndPlans
from sendlib.finance.projection import project_money, unit_costs_of
from sendlib.finance.tables import income_and_cost
from sendlib.scenarios import load_scenario
from sendlib.vocabulary import ENGLAND

PLACES = ("mainstream", "state_special")


@pytest.fixture(scope="module")
def baseline(project):
    return load_scenario(project, "baseline")


@pytest.fixture(scope="module")
def known(tables):
    """What is known of Wiltshire's money at January 2025."""
    held = {name: tables[name] for name in TABLES}
    return KnownMoney.from_tables(held, area_code="865", origin=2025)


@pytest.fixture(scope="module")
def ahead(known, baseline):
    """Two years of one plan in each place, with some levers set."""

    def ahead(**given):
        scenario = with_levers(baseline, {f"finance.{name}": each for name, each in given.items()})
        return project_money(known, counted(known, 50), scenario, plans=np.ones(50), first=2025)

    return ahead


def counted(known, draws):
    """Two years of one plan in each place."""
    return np.ones((draws, 2, len(known.plan_years.columns)))


def changes(baseline, *records):
    return with_levers(baseline, {"finance.price_changes": tuple(records)})


def test_a_price_change_comes_in_equal_steps_from_its_year_on():
    change = levers.PriceChange(pct=-20, from_year=2027, phased_over=2)
    assert [change.factor(start) for start in (2026, 2027, 2028, 2035)] == [1, 0.9, 0.8, 0.8]


def test_price_changes_of_one_place_follow_one_another_and_leave_others_alone(baseline):
    made = changes(
        baseline,
        {"places": ["state_special"], "pct": -50, "from_year": 2026},
        {"pct": 10, "from_year": 2027},
    )
    factors = levers.price_factors(made, PLACES, [2025, 2026, 2027])
    assert factors.tolist() == [[1, 1], [1, 0.5], [pytest.approx(1.1), pytest.approx(0.55)]]


def test_an_uplift_of_top_ups_moves_them_and_nothing_paid_for_places(ahead):
    raised, plain = ahead(top_up_uplift=({"pct": 5, "from_year": 2026},)), ahead()
    by_place = dict(zip(plain.unit_costs.places, (raised.cost / plain.cost).T, strict=True))
    topped = [by_place.pop(place)[1] for place in levers.TOPPED_UP]
    assert np.allclose(topped, 1.05)
    assert np.allclose(list(by_place.values()), 1.0)
    assert np.array_equal(raised.places, plain.places)


@pytest.mark.parametrize(
    "record",
    [
        {"pct": 26, "from_year": 2026},
        {"pct": 5, "from_year": 2026, "places": ["independent_special"]},
    ],
)
def test_an_uplift_beyond_its_range_or_of_a_fee_is_refused(ahead, record):
    with pytest.raises(ScenarioError, match="cannot be used"):
        ahead(top_up_uplift=(record,))


@pytest.mark.parametrize(
    "record",
    [
        {"places": ["castle"], "pct": -5, "from_year": 2026},
        {"pct": -100, "from_year": 2026},
        {"pct": -5},
        {"pct": -5, "from_year": 2026, "phased": 2},
    ],
)
def test_a_record_that_cannot_be_used_is_refused(baseline, record):
    with pytest.raises(ScenarioError, match="cannot be used"):
        levers.price_factors(changes(baseline, record), PLACES, [2026])


def test_a_value_lasts_until_the_next_and_a_sum_is_of_its_year_only():
    by_year = {2025: 8.5, 2027: 3.0}
    starts = [2024, 2025, 2026, 2027, 2028]
    assert levers.yearly(by_year, starts).tolist() == [0, 8.5, 8.5, 3, 3]
    assert levers.exactly(by_year, starts).tolist() == [0, 8.5, 0, 3, 0]


def test_places_are_paid_for_as_commissioned_whoever_takes_them(ahead, known, baseline):
    plain, dearer = ahead(places_doubt_points=0.0), ahead(price_points=5.0, places_doubt_points=0.0)
    assert np.array_equal(plain.places, dearer.places)
    last = known.places["2023-24"]
    assert last == pytest.approx(15.58e6, abs=0.01e6)
    assert plain.places[0] == pytest.approx([last * 1.058**2, last * 1.058**3])
    assert ahead(places_growth_pct={2024: 0.0}, places_doubt_points=0.0).places[0, 1] == last
    assert ahead().places[:, 1].std() > ahead().places[:, 0].std() > 0


def test_other_blocks_bring_their_share_of_the_schools_block(ahead):
    certain = {"other_blocks_lasting_pct": 0.0, "other_blocks_yearly_pct": 0.0}
    none, half = (ahead(other_blocks_pct=share, **certain).income for share in (0.0, 0.5))
    moved = ahead(transfer_pct={2024: 0.5}, **certain).income.transfer
    assert not none.other_blocks.any()
    assert np.allclose(half.other_blocks, moved)
    assert ahead(**certain | {"other_blocks_yearly_pct": 0.6}).income.other_blocks.std() > 0


def test_unit_costs_agree_with_the_last_outturn(known, baseline):
    made = unit_costs_of(known, baseline)
    assert made.financial_year == "2024-25"
    plans = known.plan_years.loc["2024-25", list(made.places)].to_numpy()
    spend = made.mean[:-1] @ plans + made.mean[-1]
    assert spend == pytest.approx(known.outturn["2024-25"], rel=0.01)
    assert made.mean.min() > 0


def test_costs_of_an_outturn_newer_than_england_s_rise_by_the_growth_of_a_year(known, baseline):
    spend, plans = known.others[ENGLAND]
    earlier = SpendAndPlans(known.others | {ENGLAND: (spend.drop("2024-25"), plans)})
    newer, both = (
        unit_costs_of(each, baseline) for each in (replace(known, others=earlier), known)
    )
    assert newer.financial_year == both.financial_year == "2024-25"
    assert newer.mean == pytest.approx(both.mean, rel=0.1)


def test_a_place_left_out_of_the_unit_costs_is_reported(known, baseline):
    records = [
        record for record in baseline.value("finance.unit_costs") if record["place"] != "mainstream"
    ]
    made = with_levers(baseline, {"finance.unit_costs": tuple(records)})
    with refuses(NotAvailableError, "no_cost", match="mainstream"):
        unit_costs_of(known, made)


def test_the_order_of_the_unit_costs_in_a_scenario_changes_nothing(ahead, baseline):
    backwards = tuple(reversed(baseline.value("finance.unit_costs")))
    pd.testing.assert_frame_equal(
        income_and_cost(ahead(unit_costs=backwards)), income_and_cost(ahead())
    )


def test_reserves_stated_for_later_years_only_are_not_taken_for_none(ahead, known):
    assert known.reserve == 34e6
    assert ahead(reserves_gbp={2028: 5e6}).reserves_gbp == 34e6
    assert ahead(reserves_gbp={2026: 20e6, 2028: 5e6}).reserves_gbp == 20e6


def test_a_transfer_a_payment_and_a_contribution_come_in_their_years(ahead, known):
    plain = ahead()
    made = ahead(transfer_pct={2026: 0.5}, agreement_gbp={2025: 1e6}, council_gbp={2026: 2e6})
    more = made.income.total() - plain.income.total()
    assert np.allclose(more[:, 0], 1e6)
    assert np.allclose(more[:, 1] - 2e6, made.income.transfer[:, 1])
    held = known.schools_block.to_dict()
    growth = 1 + plain.scenario.value("finance.schools_block_growth_pct") / 100
    schools = held["2023-24"] * growth**3
    assert np.allclose(made.income.transfer[:, 1], 0.005 * schools)


def test_a_stated_allocation_is_certain_and_grown_from(ahead):
    made = ahead(
        allocation_gbp={2025: 80e6},
        allocation_growth_pct={2025: 50.0, 2026: 3.0},
        allocation_doubt_points={2024: 0.0},
    )
    assert np.allclose(made.income.before_deductions, [80e6, 82.4e6])


def test_a_balance_that_a_caller_states_opens_the_first_year_and_none_is_said_to_be_unknown(
    tables, known, baseline
):
    given = with_levers(baseline, {"finance.opening_balance_gbp": {2025: -70e6}})
    count = {"plans": np.ones(3), "first": 2025}
    made = project_money(known, counted(known, 3), given, **count)
    assert (made.opening_gbp, made.opening_known) == (-70e6, True)
    held = {name: tables[name] for name in TABLES}
    other = KnownMoney.from_tables(held, area_code="916", origin=2025)
    made = project_money(other, counted(other, 3), baseline, **count)
    assert (made.opening_gbp, made.opening_known) == (0, False)


def test_a_cost_of_a_place_that_there_is_not_is_refused_with_the_nearest(known, baseline):
    (first, *rest) = baseline.value("finance.unit_costs")
    wrong = with_levers(
        baseline, {"finance.unit_costs": ({**first, "place": "state_specail"}, *rest)}
    )
    with pytest.raises(ScenarioError, match="state_special"):
        unit_costs_of(known, wrong)
