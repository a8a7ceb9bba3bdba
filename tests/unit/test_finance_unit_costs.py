import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_codes import codes, refuses
from sendlib.errors import NotAvailableError
from sendlib.finance.unit_costs import (
    OTHER,
    PriceGrowth,
    UnitCost,
    check_costs,
    draw_prices,
    estimate_growth,
    estimate_unit_costs,
    in_prices_of,
)
from sendlib.periods import financial_year
from sendlib.vocabulary import PlaceType

PLACES = ("mainstream", "state_special", "independent_special")
COSTS = (9_000.0, 16_000.0, 63_000.0)
PLANS = np.array([2000.0, 1200.0, 300.0])


def known(doubts=(30, 30, 30), share=10, places=PLACES):
    records = [
        UnitCost(place=place, gbp=cost, sd_pct=doubt)
        for place, cost, doubt in zip(places, COSTS, doubts, strict=True)
    ]
    return [*records, UnitCost(place=OTHER, share_pct=share, sd_pct=40)]


def priced(costs):
    """What the costs come to in the lines of the outturn."""
    return float(costs[:-1] @ PLANS + costs[-1])


def expected(share=10):
    per_plan = PLANS @ COSTS
    return float(per_plan / (1 - share / 100))


def estimated(times=1.0, stated=None, **records):
    net = times * expected()
    year = {"financial_year": "2024-25", "outturn_gbp": net, "plan_years": PLANS}
    return estimate_unit_costs(known(**records), stated or {}, **year), net


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
        *("outturn of all authorities", "outturn of all authorities"),
        *("stated by the council", "outturn of all authorities"),
    ]


@given(st.floats(0.5, 2), st.lists(st.integers(5, 100), min_size=3, max_size=3))
def test_an_outturn_never_makes_a_cost_more_doubtful(times, doubts):
    made, net = estimated(times, doubts=doubts)
    before = np.array([*(np.array(doubts) / 100 * COSTS), 0.4 * 0.1 * net])
    assert (np.sqrt(np.diag(made.covariance)) <= before + 1e-6).all()
    weights = np.append(PLANS, 1.0)
    assert np.sqrt(weights @ made.covariance @ weights) <= 0.01 * net * (1 + 1e-6)


def test_draws_come_to_the_outturn_within_its_doubt_and_never_below_nothing():
    made, net = estimated(1.1)
    costs, other = made.draw(np.random.default_rng(1), 4000)
    total = costs @ PLANS + other
    assert total.mean() == pytest.approx(net, rel=0.02)
    assert total.std() == pytest.approx(0.01 * net, rel=0.1)
    assert costs.min() > 0
    assert other.min() > 0


def test_the_same_numbers_give_the_same_costs():
    made, _ = estimated()
    one, other = (made.draw(np.random.default_rng(5), 10) for _ in range(2))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


def test_a_place_without_a_cost_and_one_with_two_are_named():
    costs = [UnitCost(place=place, gbp=1, sd_pct=10) for place in PlaceType]
    check_costs(costs)
    wrong = [costs[0], *(each for each in costs if each.place not in ("eotas", "neet"))]
    with pytest.raises(NotAvailableError) as caught:
        check_costs(wrong)
    assert codes(caught.value) == ["no_cost", "no_cost", "two_costs"]
    found = [problem.found.split()[0] for problem in caught.value.problems]
    assert found == ["eotas", "neet", costs[0].place]


CERTAIN = PriceGrowth(now_pct=5.0, level_sd=0.0, yearly_sd=0.0, wander_sd=0.0)


def years(count, first=2018):
    return [financial_year(first + year) for year in range(count)]


def series(values):
    return pd.Series(values, years(len(values)), dtype=float)


def rows(authorities):
    return pd.DataFrame(authorities).T if authorities else pd.DataFrame(columns=["2018-19"])


def levels(growth=CERTAIN, *, draws=3, ahead=4, seed=1, **path):
    path = {"fades_to_pct": 5.0, "fades_over": 5} | path
    rng = np.random.default_rng(seed)
    return draw_prices(growth, rng, draws=draws, years=ahead, **path)


def test_costs_with_a_year_are_brought_to_englands_prices_and_others_stay():
    plans = pd.DataFrame([PLANS], ["2024-25"], list(PLACES))
    dated = [record.model_copy(update={"price_year": 2021}) for record in known()[:2]]
    made = in_prices_of([*dated, *known()[2:]], pd.Series({"2024-25": 90e6}), plans, "2024-25")
    assert made[2:] == known()[2:]
    assert made[0].gbp / COSTS[0] == pytest.approx(made[1].gbp / COSTS[1])
    assert sum(record.gbp * count for record, count in zip(made, PLANS, strict=False)) == (
        pytest.approx(81e6)
    )
    assert in_prices_of(known(), pd.Series({"2024-25": 90e6}), plans, "2024-25") == known()


def test_growth_stands_where_england_was_last_seen():
    england = series([1, 2, 9])
    made = estimate_growth(england, rows({"801": england, "802": england}))
    assert (made.now_pct, made.level_sd, made.yearly_sd) == (9, 0, 0)


def test_what_differs_for_good_is_reported_from_what_differs_for_a_year():
    rng = np.random.default_rng(3)
    england = series([4, 5, 6])
    lasting = {str(code): england + 2 * rng.standard_normal() for code in range(400)}
    made = estimate_growth(england, rows(lasting))
    assert (made.level_sd, made.yearly_sd) == (pytest.approx(2, rel=0.1), pytest.approx(0))
    yearly = {str(code): england + 4 * rng.standard_normal(3) for code in range(400)}
    made = estimate_growth(england, rows(yearly))
    assert made.yearly_sd == pytest.approx(4, rel=0.1)
    assert made.level_sd < 1


def test_many_moves_of_england_outweigh_the_judgement_and_none_leave_it():
    rng = np.random.default_rng(2)
    far = series(np.cumsum(4 * rng.standard_normal(400)))
    assert estimate_growth(far, rows({"801": far})).wander_sd == pytest.approx(4, rel=0.1)
    one = series([3.0])
    assert estimate_growth(one, rows({"801": one + 1})).wander_sd == 2


def test_one_year_of_many_authorities_says_how_far_one_differs_in_a_year():
    one, rng = series([3.0]), np.random.default_rng(3)
    same = {str(code): one + 4 * rng.standard_normal() for code in range(400)}
    made = estimate_growth(one, rows(same))
    assert (made.now_pct, made.level_sd) == (3, 0)
    assert made.yearly_sd == pytest.approx(4, rel=0.1)


def test_a_few_outturns_that_were_reclassified_do_not_widen_the_ranges_of_all():
    england, rng = series([4, 5, 6]), np.random.default_rng(3)
    yearly = {str(code): england + 4 * rng.standard_normal(3) for code in range(400)}
    odd = yearly | {str(code): england + 50 * rng.standard_normal(3) for code in range(8)}
    assert estimate_growth(england, rows(odd)).yearly_sd == pytest.approx(4, rel=0.1)


def test_an_authority_without_all_of_the_years_is_left_out():
    england = series([1, 2, 3])
    same = {"801": england, "802": england + 1}
    fewer = same | {"803": england.iloc[1:] + 100}
    assert estimate_growth(england, rows(fewer)) == estimate_growth(england, rows(same))


@pytest.mark.parametrize(
    ("england", "authorities"), [(series([1, 2]), {}), (series([]), {"801": series([1])})]
)
def test_growth_that_was_never_seen_cannot_be_judged(england, authorities):
    with refuses(NotAvailableError, "too_little_outturn"):
        estimate_growth(england, rows(authorities))


def test_growth_without_doubt_fades_in_equal_steps():
    path = levels(fades_to_pct=2.0, fades_over=3, ahead=5)
    assert path.shape == (3, 5)
    grown = path[0] / np.concatenate([[1], path[0, :-1]]) - 1
    assert (100 * grown).tolist() == pytest.approx([4, 3, 2, 2, 2])


def test_points_of_a_scenario_are_added_in_every_year():
    assert np.allclose(levels(points=1.0), np.cumprod(np.full((3, 4), 1.06), axis=1))


def test_growth_below_its_long_run_level_does_not_last():
    slow = levels(PriceGrowth(-2.0, 0.0, 0.0, 0.0), fades_to_pct=2.5)
    assert np.allclose(slow, np.cumprod(np.full((3, 4), 1.025), axis=1))


def test_an_authority_repeats_a_part_of_its_own_growth_and_falls_back_to_england():
    own = levels(PriceGrowth(5.0, 0.0, 0.0, 0.0, own_pct=10.0))[0]
    assert own[0] == pytest.approx(1.06)
    assert (own[1:] / own[:-1]).tolist() == pytest.approx([1.05] * 3)
    dear = levels(PriceGrowth(5.0, 0.0, 0.0, 0.0, gap=0.4), ahead=40)[0]
    fallen = np.log(dear / 1.05 ** np.arange(1, 41))
    assert fallen[0] == pytest.approx(-0.032)
    assert -0.4 < fallen[-1] < -0.38


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
