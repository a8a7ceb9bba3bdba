"""The pooled model: its regression, and what is estimated inside the training years."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from invented_panel import invented_panel, shaken
from sendlib.forecast import model
from sendlib.forecast.model import (
    SHRINKAGES,
    Regression,
    choose_shrinkage,
    fit,
    left_out_errors,
    regress,
    training,
)
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
    rows = pd.DataFrame(
        {
            "growth": fitted + first,
            "growth_after": persistence * fitted + second,
            "year": np.repeat(range(years), areas),
        }
    )
    return fitted, first, rows


@pytest.mark.parametrize(("persistence", "carried"), [(0.9, 0.1), (0.3, 0.6)])
def test_how_much_lasts_of_growth_and_of_errors_is_found(persistence, carried):
    fitted, errors, rows = planted_years(persistence=persistence, carried=carried)
    found = model.how_much_lasts(fitted, errors, rows)
    assert found == pytest.approx((persistence, carried), abs=0.08)


def test_little_evidence_leaves_persistence_near_the_prior():
    fitted, errors, rows = planted_years(persistence=0.0, carried=0.0, years=1)
    result, _ = model.how_much_lasts(fitted, errors, rows)
    assert result == pytest.approx(0.75 * model.PRIOR_PERSISTENCE, abs=0.1)


def test_errors_never_turn_round_a_year_later():
    fitted, errors, rows = planted_years(persistence=0.5, carried=-0.9)
    assert model.how_much_lasts(fitted, errors, rows)[1] == 0


def test_rows_to_learn_from_hold_what_followed_beyond_england(panel):
    rows = training(panel)
    assert sorted(rows["year"].unique()) == list(range(2017, 2025))
    assert len(rows["growth"]) == 8 * 12
    plans = np.log(panel.plans)
    beyond = plans.diff(axis=1) - plans.diff(axis=1).loc[ENGLAND]
    mine = rows["year"] == 2020
    assert rows["growth"][mine].to_dict() == pytest.approx(
        beyond.loc[rows["growth"][mine].index, 2021].to_dict()
    )
    assert rows["growth_after"][mine]["801"] == pytest.approx(beyond.loc["801", 2022])
    assert rows["growth_after"][rows["year"] == 2024].isna().all()


def test_an_authority_created_in_a_year_teaches_from_the_next(panel):
    plans = panel.plans.copy()
    plans.loc["801", :2020] = np.nan
    rows = training(replace(panel, plans=plans))
    assert sorted(rows["year"].loc[["801"]]) == [2022, 2023, 2024]


def test_one_year_to_learn_from_is_enough(panel):
    result = fit(panel.up_to(2018))
    assert (result.years, result.authorities) == (1, 12)
    assert result.persistence == model.PRIOR_PERSISTENCE
    assert result.shock_correlation == model.PRIOR_SHOCK_CORRELATION
    assert result.shrinkage == SHRINKAGES[1]
    assert np.isfinite(result.shocks).all()
    assert result.calibration.tolist() == [1.0]


def test_what_comes_later_changes_no_fit(panel):
    result, again = (fit(rows.up_to(2021)) for rows in (panel, shaken(panel, 2021)))
    assert result.coefficients.tolist() == again.coefficients.tolist()
    assert result.shocks.tolist() == again.shocks.tolist()
    for name in ("shrinkage", "persistence", "shock_correlation", "year_sd"):
        assert getattr(result, name) == getattr(again, name)


def test_growth_of_england_that_changes_more_is_less_certain(panel):
    steady = panel.plans.copy()
    steady.loc[ENGLAND] = 10_000 * 1.1 ** np.arange(len(steady.columns))
    jumpy = steady.copy()
    jumpy.loc[ENGLAND, 2020::2] *= 1.1
    result = [model.england_year_sd(replace(panel, plans=plans)) for plans in (steady, jumpy)]
    # No change in eight years, beside the three years at one point held by the prior.
    assert result[0] == pytest.approx(model.PRIOR_YEAR_SD * np.sqrt(3 / 11))
    assert result[1] > 0.05


def test_a_slope_is_shrunk_to_the_prior_and_wild_values_are_clipped():
    first = np.array([1.0, -1.0, 2.0, 100.0, -50.0, 3.0])
    second = np.array([2.0, -2.0, 2.0, -2.0, 0.0, 90.0])
    limit = 3 * 1.4826 * 2  # the middle departure from the middle is two
    first_clipped, second_clipped = (np.clip(each, -limit, limit) for each in (first, second))
    weight = 3 * 10 * (first_clipped**2).mean()
    expected = (first_clipped @ second_clipped + weight * 0.7) / (
        first_clipped @ first_clipped + weight
    )
    x, y = (pd.Series(values).reindex(range(20)) for values in (first, second))
    ten_a_year = pd.Series(np.repeat([2024, 2025], 10))
    assert model.shrunk_slope(x, y, 0.7, ten_a_year) == pytest.approx(expected)


def test_the_spread_of_yearly_changes_counts_the_prior_as_three_years(panel):
    plans = panel.plans.copy()
    growth = np.tile([0.1, 0.16], len(plans.columns))[: len(plans.columns)]
    plans.loc[ENGLAND] = 10_000 * np.exp(np.cumsum(growth))
    result = model.england_year_sd(replace(panel, plans=plans))
    changes = 2025 - 2016 - 1  # from the growth of 2017 on
    assert result == pytest.approx(np.sqrt((changes * 0.06**2 + 3 * 0.01**2) / (changes + 3)))


def test_errors_carry_over_by_nine_tenths_at_most():
    fitted, errors, rows = planted_years(persistence=0.5, carried=1.5)
    assert model.how_much_lasts(fitted, errors, rows)[1] == 0.9


@pytest.mark.parametrize(("plans", "taught"), [(0.0, [2018, 2022]), (1.0, range(2018, 2023))])
def test_a_year_without_plans_has_no_growth_and_a_single_plan_has(panel, plans, taught):
    changed = panel.plans.loc[:, :2023].copy()
    changed.loc["801", 2020] = plans
    rows = training(replace(panel, plans=changed))
    years = rows["year"].loc[["801"]]
    assert sorted(year for year in years if year >= 2018) == list(taught)


ROWS = 4000


def planted(slopes, *, noise=0.01, seed=3):
    """Features of unit spread, and growth that follows them with slopes that are known."""
    rng = np.random.default_rng(seed)
    difference = pd.DataFrame(
        rng.uniform(-1, 1, (ROWS, len(slopes))), columns=list("abc")[: len(slopes)]
    )
    growth = 0.005 + difference @ np.array(slopes) + noise * rng.standard_normal(ROWS)
    return difference, growth


def per_unit(regression):
    return regression.coefficients[1:] / regression.scale


def test_a_regression_finds_the_slopes_that_were_planted():
    result = regress(*planted([0.03, -0.01, 0.0]), shrinkage=1.0)
    assert per_unit(result).tolist() == pytest.approx([0.03, -0.01, 0.0], abs=0.001)


def test_wild_errors_hardly_move_a_slope():
    difference, growth = planted([0.03])
    wild = growth.mask(difference["a"] > 0.9, -1.0)  # one row in twenty, all on one side
    robust = per_unit(regress(difference, wild, shrinkage=1.0))["a"]
    plain = np.polyfit(difference["a"], wild, 1)[0]
    assert plain < -0.1
    assert robust == pytest.approx(0.03, abs=0.01)


def test_shrinkage_pulls_every_slope_to_zero_and_leaves_the_constant():
    data = planted([0.03, -0.02])
    sizes = [regress(*data, shrinkage=shrinkage).coefficients for shrinkage in (1.0, 1e4, 1e8)]
    slopes = np.abs([size[1:] for size in sizes])
    assert (np.diff(slopes, axis=0) < 0).all()
    assert slopes[-1].max() < 1e-4
    assert sizes[-1][0] == pytest.approx(0.005, abs=0.001)


def regression():
    names = list("ab")
    return Regression(pd.Series(0.01, names), pd.Series(0.02, names), np.zeros(3), np.zeros((3, 3)))


@pytest.mark.parametrize(
    ("value", "standard"), [(0.01, 0), (0.03, 1), (0.07, 3), (5.0, 3), (-5.0, -3), (np.nan, 0)]
)
def test_a_spike_is_clipped_and_a_missing_feature_counts_as_england_s(value, standard):
    rows = pd.DataFrame({"a": [value], "b": [0.01]})
    assert regression().design(rows).tolist() == [pytest.approx([1, standard, 0])]


def test_a_feature_that_nobody_has_is_worth_nothing():
    difference, growth = planted([0.03])
    result = regress(difference.assign(b=np.nan), growth, shrinkage=1.0)
    assert (result.centre["b"], result.scale["b"]) == (0, 1)
    assert result.coefficients[2] == pytest.approx(0, abs=1e-12)
    assert np.isfinite(result.covariance).all()


def small_training(slope, *, noise, rows_a_year=15, seed=2):
    """Four years of a feature and growth that follows it, with a few wild rows."""
    rng = np.random.default_rng(seed)
    count = 4 * rows_a_year
    difference = pd.DataFrame(rng.uniform(-1, 1, (count, 3)), columns=list("abc"))
    growth = pd.Series(slope * difference["a"] + noise * rng.standard_normal(count))
    growth.iloc[::20] += 5 * noise
    year = pd.Series(np.repeat(range(2017, 2021), rows_a_year))
    return difference.assign(growth=growth, growth_after=np.nan, year=year)


def test_a_year_left_out_is_foreseen_by_a_weighted_regression_on_the_others():
    rows = small_training(0.03, noise=0.01)
    design = np.column_stack([np.ones(60), rows[list("abc")]])
    weights = np.random.default_rng(4).uniform(0.2, 1, 60)
    year, growth = rows["year"].to_numpy(), rows["growth"].to_numpy()
    result = left_out_errors(design, growth, weights, year, 7.0)
    for one in range(2017, 2021):
        columns, root = year != one, np.sqrt(weights)
        penalty = np.sqrt(7.0) * np.eye(4)[1:]  # the constant is not shrunk
        left = np.vstack([design[columns] * root[columns, None], penalty])
        right = np.append(growth[columns] * root[columns], np.zeros(3))
        expected = growth[~columns] - design[~columns] @ np.linalg.lstsq(left, right)[0]
        assert result[~columns].tolist() == pytest.approx(expected.tolist())


@pytest.mark.parametrize(("slope", "noise", "chosen"), [(0.05, 0.001, 1.0), (0.0, 0.05, 100.0)])
def test_the_shrinkage_is_the_one_that_foresees_years_left_out_best(slope, noise, chosen):
    rows = small_training(slope, noise=noise)
    shrinkage, errors = choose_shrinkage(rows)
    assert shrinkage == chosen
    assert errors.abs().mean() < rows["growth"].abs().mean() * (1.02 if slope == 0 else 0.2)
    assert errors.index.equals(rows["growth"].index)


def test_a_feature_that_most_do_not_have_is_measured_by_its_spread_and_a_constant_by_one():
    difference, growth = planted([0.03])
    rare = pd.Series(np.arange(ROWS) % 10 == 0, dtype=float)
    result = regress(difference.assign(b=rare, c=2.0), growth, shrinkage=1.0)
    assert result.centre[["b", "c"]].tolist() == [0, 2]
    assert result.scale["b"] == pytest.approx(rare.std())
    assert result.scale["c"] == 1
    middle = (difference["a"] - difference["a"].median()).abs().median()
    assert result.scale["a"] == pytest.approx(1.4826 * middle)
