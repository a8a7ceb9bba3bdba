import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_codes import codes, refuses
from sendlib.errors import NotAvailableError
from sendlib.finance.unit_costs import (
    OTHER,
    Outturn,
    PriceGrowth,
    UnitCost,
    check_every_place,
    draw_prices,
    estimate_growth,
    estimate_unit_costs,
    in_order,
    mix_fixed_growth,
)
from sendlib.periods import financial_year
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


def test_a_cost_that_the_council_stated_stays_within_its_doubt():
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
    with refuses(NotAvailableError, "two_costs", match="mainstream"):
        estimated(places=twice)


def test_two_shares_of_other_lines_are_refused():
    outturn = Outturn("2024-25", 1e6, PLANS, FUNDING)
    with refuses(NotAvailableError, "places_and_costs_differ", "two_costs", match="other_lines"):
        estimate_unit_costs(outturn, [*known(), known()[-1]], {})


def test_places_and_plans_that_do_not_fit_are_refused():
    outturn = Outturn("2024-25", 1e6, PLANS[:2], FUNDING[:2])
    with refuses(NotAvailableError, "places_and_costs_differ", match=r"\b2\b.*\b3\b"):
        estimate_unit_costs(outturn, known(), {})


def test_a_place_without_a_cost_is_named():
    check_every_place(list(PlaceType))
    with pytest.raises(NotAvailableError) as caught:
        check_every_place([place for place in PlaceType if place not in ("eotas", "neet")])
    assert codes(caught.value) == ["no_cost"] * 2
    assert [problem.found.split()[0] for problem in caught.value.problems] == ["eotas", "neet"]


def test_the_order_in_which_a_scenario_lists_costs_does_not_matter():
    assert in_order(known()[::-1]) == known()


CERTAIN = PriceGrowth(now_pct=5.0, level_sd=0.0, yearly_sd=0.0, wander_sd=0.0)


def years(count, first=2018):
    return [financial_year(first + year) for year in range(count)]


def series(values):
    return pd.Series(values, years(len(values)), dtype=float)


def levels(growth=CERTAIN, *, draws=3, ahead=4, seed=1, **path):
    path = {"fades_to_pct": 5.0, "fades_over": 5} | path
    rng = np.random.default_rng(seed)
    return draw_prices(growth, rng, draws=draws, years=ahead, **path)


@given(st.floats(-5, 15), st.integers(50, 500), st.integers(50, 500))
def test_neither_more_plans_nor_another_mix_counts_as_price(growth, plain, special):
    plans = pd.DataFrame({"mainstream": [100, plain], "state_special": [100, special]}, years(2))
    costs = {"mainstream": 9.0, "state_special": 20.0}
    spend = (plans * pd.Series(costs)).sum(axis=1) * [1, 1 + growth / 100]
    assert mix_fixed_growth(spend, plans, costs).tolist() == pytest.approx([growth], abs=1e-9)


def test_a_year_without_plans_has_no_growth():
    plans = pd.DataFrame({"mainstream": [100.0, 100]}, years(2))
    assert mix_fixed_growth(series([1, 2, 3]), plans, {"mainstream": 1.0}).index.tolist() == [
        "2019-20"
    ]


def test_growth_stands_where_england_was_last_seen():
    england = series([1, 2, 9])
    made = estimate_growth(england, {"801": england, "802": england})
    assert (made.now_pct, made.level_sd, made.yearly_sd) == (9, 0, 0)


def test_what_differs_for_good_is_reported_from_what_differs_for_a_year():
    rng = np.random.default_rng(3)
    england = series([4, 5, 6])
    lasting = {str(code): england + 2 * rng.standard_normal() for code in range(400)}
    made = estimate_growth(england, lasting)
    assert (made.level_sd, made.yearly_sd) == (pytest.approx(2, rel=0.1), pytest.approx(0))
    yearly = {str(code): england + 4 * rng.standard_normal(3) for code in range(400)}
    made = estimate_growth(england, yearly)
    assert made.yearly_sd == pytest.approx(4, rel=0.1)
    assert made.level_sd < 1


def test_many_moves_of_england_outweigh_the_judgement_and_none_leave_it():
    rng = np.random.default_rng(2)
    far = series(np.cumsum(4 * rng.standard_normal(400)))
    assert estimate_growth(far, {"801": far}).wander_sd == pytest.approx(4, rel=0.1)
    one = series([3.0])
    assert estimate_growth(one, {"801": one + 1}).wander_sd == 2


def test_one_year_of_one_authority_is_taken_for_a_years_stray():
    one = series([3.0])
    made = estimate_growth(one, {"801": one - 4})
    assert (made.now_pct, made.level_sd, made.yearly_sd) == (3, 0, 4)


def test_one_year_of_several_authorities_says_how_far_one_strays_in_a_year():
    one = series([3.0])
    made = estimate_growth(one, {"801": one - 4, "802": one + 2})
    assert (made.level_sd, made.yearly_sd) == (0, pytest.approx(np.sqrt(10)))


def test_an_authority_without_all_of_the_years_is_left_out():
    england = series([1, 2, 3])
    authorities = {"801": england, "802": england + 1, "803": england.iloc[1:] + 100}
    assert estimate_growth(england, authorities).level_sd == pytest.approx(np.sqrt(0.5))


@pytest.mark.parametrize(
    ("england", "authorities"), [(series([1, 2]), {}), (series([]), {"801": series([1])})]
)
def test_growth_that_was_never_seen_cannot_be_judged(england, authorities):
    with refuses(NotAvailableError, "too_little_outturn", where="table high_needs_spend"):
        estimate_growth(england, authorities)


def test_growth_without_doubt_fades_in_equal_steps():
    path = levels(fades_to_pct=2.0, fades_over=3, ahead=5)
    assert path.shape == (3, 5)
    grown = path[0] / np.concatenate([[1], path[0, :-1]]) - 1
    assert (100 * grown).tolist() == pytest.approx([4, 3, 2, 2, 2])


def test_points_of_a_scenario_are_added_in_every_year():
    assert np.allclose(levels(points=1.0), np.cumprod(np.full((3, 4), 1.06), axis=1))


def test_the_range_widens_with_each_doubt_and_each_year():
    spreads = [
        np.log(levels(growth, draws=4000)).std(axis=0)
        for growth in (
            PriceGrowth(5.0, 0.0, 4.0, 0.0),
            PriceGrowth(5.0, 2.0, 4.0, 0.0),
            PriceGrowth(5.0, 2.0, 4.0, 2.0),
        )
    ]
    assert (np.diff(spreads, axis=1) > 0).all()
    assert (np.diff(spreads, axis=0)[:, 1:] > 0).all()


def test_what_wanders_does_not_come_back():
    spread = np.log(levels(PriceGrowth(0.0, 0.0, 0.0, 2.0), draws=8000, fades_to_pct=0.0))
    grown = np.diff(spread, axis=1)
    assert grown.std(axis=0)[-1] == pytest.approx(0.02 * np.sqrt(4), rel=0.05)


def test_the_same_seed_gives_the_same_prices():
    doubtful = PriceGrowth(5.0, 2.0, 4.0, 2.0)
    assert np.array_equal(levels(doubtful), levels(doubtful))
    assert not np.array_equal(levels(doubtful), levels(doubtful, seed=2))
