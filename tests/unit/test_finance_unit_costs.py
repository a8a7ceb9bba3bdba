import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendlib.errors import NotAvailableError
from sendlib.finance.unit_costs import (
    OTHER,
    Outturn,
    UnitCost,
    check_every_place,
    estimate_unit_costs,
    in_order,
)
from sendlib.vocabulary import PlaceType

PLACES = ("mainstream", "state_special", "independent_special")
COSTS = (9_000.0, 26_000.0, 63_000.0)
PLANS = np.array([2000.0, 1200.0, 300.0])
FUNDING = np.array([0.0, 10_000.0, 0.0])


def known(doubts=(30, 30, 30), share=10, places=PLACES):
    records = [
        UnitCost(place=place, gbp=cost, sd_pct=doubt)
        for place, cost, doubt in zip(places, COSTS, doubts, strict=True)
    ]
    return [*records, UnitCost(place=OTHER, share_pct=share, sd_pct=40)]


def priced(costs):
    """What the costs come to in the lines of the outturn, which leave place funding out."""
    return float(costs[:-1] @ PLANS - PLANS @ FUNDING + costs[-1])


def expected(share=10):
    per_plan = PLANS @ COSTS - PLANS @ FUNDING
    return float(per_plan / (1 - share / 100))


def estimated(times=1.0, stated=None, **records):
    outturn = Outturn("2024-25", times * expected(), PLANS, FUNDING)
    return estimate_unit_costs(outturn, known(**records), stated or {}), outturn.net_gbp


def test_costs_that_agree_with_the_outturn_stay_as_they_are():
    made, net = estimated()
    assert made.mean[:-1].tolist() == pytest.approx(COSTS)
    assert made.mean[-1] == pytest.approx(0.1 * net)


@given(st.floats(0.8, 1.4))
def test_costs_are_brought_to_agree_with_the_outturn(times):
    made, net = estimated(times)
    assert priced(made.mean) == pytest.approx(net, rel=0.02)


def test_the_more_doubtful_cost_gives_way_more():
    made, _ = estimated(1.2, doubts=(60, 10, 10))
    moved = made.mean[:-1] / COSTS - 1
    assert moved[0] > 3 * moved[1] > 0
    assert moved[0] > 3 * moved[2] > 0


def test_a_cost_that_the_council_stated_is_kept_within_its_doubt():
    made, _ = estimated(1.15, stated={"independent_special": 70_000.0})
    table = made.table().set_index("place_type")
    assert table.loc["independent_special", "prior_gbp"] == 70_000
    assert abs(made.mean[2] / 70_000 - 1) < 0.05
    assert abs(made.mean[0] / COSTS[0] - 1) > 0.05
    assert table["basis"].tolist() == [
        "published elsewhere",
        "published elsewhere",
        "stated by the council",
        "published elsewhere",
    ]


@given(st.floats(0.5, 2), st.lists(st.integers(5, 100), min_size=3, max_size=3))
def test_an_outturn_never_makes_a_cost_more_doubtful(times, doubts):
    made, net = estimated(times, doubts=doubts)
    before = np.array([*(np.array(doubts) / 100 * COSTS), 0.4 * 0.1 * net])
    assert (np.sqrt(np.diag(made.covariance)) <= before + 1e-6).all()
    weights = np.append(PLANS, 1.0)
    assert np.sqrt(weights @ made.covariance @ weights) <= 0.02 * net * (1 + 1e-6)


def test_draws_come_to_the_outturn_within_its_doubt_and_never_below_nothing():
    made, net = estimated(1.1)
    costs, other = made.draw(np.random.default_rng(1), 4000)
    total = costs @ PLANS - PLANS @ FUNDING + other
    assert total.mean() == pytest.approx(net, rel=0.02)
    assert total.std() == pytest.approx(0.02 * net, rel=0.1)
    assert costs.min() > 0
    assert other.min() > 0


def test_the_same_numbers_give_the_same_costs():
    made, _ = estimated()
    one, other = (made.draw(np.random.default_rng(5), 10) for _ in range(2))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


def test_a_place_with_two_costs_is_refused():
    twice = ("mainstream", "state_special", "mainstream")
    with pytest.raises(NotAvailableError, match="mainstream has two costs"):
        estimated(places=twice)


def test_two_shares_of_other_lines_are_refused():
    outturn = Outturn("2024-25", 1e6, PLANS, FUNDING)
    with pytest.raises(NotAvailableError, match="other_lines has two costs"):
        estimate_unit_costs(outturn, [*known(), known()[-1]], {})


def test_places_and_plans_that_do_not_fit_are_refused():
    outturn = Outturn("2024-25", 1e6, PLANS[:2], FUNDING[:2])
    with pytest.raises(NotAvailableError, match="2 places with plans and 3 costs"):
        estimate_unit_costs(outturn, known(), {})


def test_a_place_without_a_cost_is_named():
    check_every_place(list(PlaceType))
    with pytest.raises(NotAvailableError) as caught:
        check_every_place([place for place in PlaceType if place not in ("eotas", "neet")])
    assert [problem.found for problem in caught.value.problems] == [
        "eotas has no cost",
        "neet has no cost",
    ]


def test_the_order_in_which_a_scenario_lists_costs_does_not_matter():
    assert in_order(known()[::-1]) == known()
