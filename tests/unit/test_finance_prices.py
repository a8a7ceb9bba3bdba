import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendlib.errors import NotAvailableError
from sendlib.finance.prices import PriceGrowth, draw_prices, estimate_growth, mix_fixed_growth
from sendlib.periods import financial_year

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


def test_what_differs_for_good_is_told_from_what_differs_for_a_year():
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
    with pytest.raises(NotAvailableError, match="table high_needs_spend: outturn of too few"):
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
