from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from invented_panel import invented_panel, shaken
from sendlib.forecast import pooled
from sendlib.forecast.pooled import fit, training
from sendlib.forecast.regression import SHRINKAGES, Training
from sendlib.vocabulary import ENGLAND


@pytest.fixture(scope="module")
def panel():
    return invented_panel()


def planted_years(*, persistence, carried, years=40, areas=100):
    """Two years of growth after each origin, with how much lasts of it planted."""
    rng = np.random.default_rng(5)
    fitted = pd.Series(0.03 * rng.standard_normal(years * areas))
    first = pd.Series(0.02 * rng.standard_normal(years * areas))
    second = carried * first + 0.01 * rng.standard_normal(years * areas)
    rows = Training(
        pd.DataFrame(index=fitted.index),
        fitted + first,
        persistence * fitted + second,
        pd.Series(np.repeat(range(years), areas)),
    )
    return fitted, first, rows


@pytest.mark.parametrize(("persistence", "carried"), [(0.9, 0.1), (0.3, 0.6)])
def test_how_much_lasts_of_growth_and_of_errors_is_found(persistence, carried):
    fitted, errors, rows = planted_years(persistence=persistence, carried=carried)
    assert pooled.find_persistence(fitted, rows) == pytest.approx(persistence, abs=0.06)
    found = pooled.find_shock_correlation(errors, fitted, persistence, rows)
    assert found == pytest.approx(carried, abs=0.06)


def test_little_evidence_leaves_persistence_near_what_is_held_beforehand():
    fitted, _, rows = planted_years(persistence=0.0, carried=0.0, years=1)
    found = pooled.find_persistence(fitted, rows)
    assert found == pytest.approx(0.75 * pooled.PRIOR_PERSISTENCE, abs=0.1)


def test_errors_never_turn_round_a_year_later():
    fitted, errors, rows = planted_years(persistence=0.5, carried=-0.9)
    assert pooled.find_shock_correlation(errors, fitted, 0.5, rows) == 0


def test_rows_to_learn_from_hold_what_followed_beyond_england(panel):
    rows = training(panel)
    assert sorted(rows.year.unique()) == list(range(2017, 2025))
    assert len(rows.growth) == 8 * 12
    plans = np.log(panel.plans)
    beyond = plans.diff(axis=1) - plans.diff(axis=1).loc[ENGLAND]
    mine = rows.year == 2020
    assert rows.growth[mine].to_dict() == pytest.approx(
        beyond.loc[rows.growth[mine].index, 2021].to_dict()
    )
    assert rows.growth_after[mine]["801"] == pytest.approx(beyond.loc["801", 2022])
    assert rows.growth_after[rows.year == 2024].isna().all()


def test_an_authority_created_in_a_year_teaches_from_the_next(panel):
    plans = panel.plans.copy()
    plans.loc["801", :2020] = np.nan
    rows = training(replace(panel, plans=plans))
    assert sorted(rows.year.loc[["801"]]) == [2022, 2023, 2024]


def test_one_year_to_learn_from_is_enough(panel):
    made = fit(panel.up_to(2018))
    assert (made.years, made.authorities) == (1, 12)
    assert made.persistence == pooled.PRIOR_PERSISTENCE
    assert made.shock_correlation == pooled.PRIOR_SHOCK_CORRELATION
    assert made.shrinkage == SHRINKAGES[1]
    assert np.isfinite(made.shocks).all()
    assert made.calibration.tolist() == [1.0]


def test_what_comes_later_changes_no_fit(panel):
    made, again = (fit(held.up_to(2021)) for held in (panel, shaken(panel, 2021)))
    assert made.regression.coefficients.tolist() == again.regression.coefficients.tolist()
    assert made.shocks.tolist() == again.shocks.tolist()
    for name in ("shrinkage", "persistence", "shock_correlation", "year_sd"):
        assert getattr(made, name) == getattr(again, name)


def test_growth_of_england_that_changes_more_is_less_certain(panel):
    steady = panel.plans.copy()
    steady.loc[ENGLAND] = 10_000 * 1.1 ** np.arange(len(steady.columns))
    jumpy = steady.copy()
    jumpy.loc[ENGLAND, 2020::2] *= 1.1
    found = [pooled.england_year_sd(replace(panel, plans=plans)) for plans in (steady, jumpy)]
    # No change in eight years, beside the three years at one point held beforehand.
    assert found[0] == pytest.approx(pooled.PRIOR_YEAR_SD * np.sqrt(3 / 11))
    assert found[1] > 0.05


def test_a_slope_is_shrunk_to_what_is_held_beforehand_and_wild_values_are_clipped():
    first = np.array([1.0, -1.0, 2.0, 100.0, -50.0, 3.0])
    second = np.array([2.0, -2.0, 2.0, -2.0, 0.0, 90.0])
    limit = 3 * 1.4826 * 2  # the middle departure from the middle is two
    first_held, second_held = (np.clip(each, -limit, limit) for each in (first, second))
    weight = 3 * 10 * (first_held**2).mean()
    expected = (first_held @ second_held + weight * 0.7) / (first_held @ first_held + weight)
    assert pooled.shrunken_slope(first, second, 0.7, 10.0) == pytest.approx(expected)


def test_the_spread_of_yearly_changes_counts_what_is_held_beforehand_as_three_years(panel):
    plans = panel.plans.copy()
    growth = np.tile([0.1, 0.16], len(plans.columns))[: len(plans.columns)]
    plans.loc[ENGLAND] = 10_000 * np.exp(np.cumsum(growth))
    found = pooled.england_year_sd(replace(panel, plans=plans))
    changes = 2025 - 2016 - 1  # from the growth of 2017 on
    assert found == pytest.approx(np.sqrt((changes * 0.06**2 + 3 * 0.01**2) / (changes + 3)))


def test_errors_carry_over_by_nine_tenths_at_most():
    fitted, errors, rows = planted_years(persistence=0.5, carried=1.5)
    assert pooled.find_shock_correlation(errors, fitted, 0.5, rows) == 0.9


@pytest.mark.parametrize(("plans", "taught"), [(0.0, [2018, 2022]), (1.0, range(2018, 2023))])
def test_a_year_without_plans_has_no_growth_and_a_single_plan_has(panel, plans, taught):
    changed = panel.plans.loc[:, :2023].copy()
    changed.loc["801", 2020] = plans
    rows = training(replace(panel, plans=changed))
    years = rows.year.loc[["801"]]
    assert sorted(year for year in years if year >= 2018) == list(taught)


def test_what_carries_over_is_looked_for_in_what_persistence_leaves_over():
    errors = pd.Series(np.tile([0.02, -0.02], 200))
    rows = Training(
        pd.DataFrame(index=errors.index),
        2 * errors,
        0.3 * errors + 0.5 * errors,  # what lasts of a difference, and what carries over
        pd.Series(np.repeat(range(4), 100)),
    )
    found = pooled.find_shock_correlation(errors, errors, 0.3, rows)
    assert found == pytest.approx((4 * 0.5 + 3 * pooled.PRIOR_SHOCK_CORRELATION) / 7)
