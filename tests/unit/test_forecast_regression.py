import numpy as np
import pandas as pd
import pytest

from sendlib.forecast.regression import (
    Regression,
    Training,
    choose_shrinkage,
    errors_left_out,
    regress,
    robust_weights,
)

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
    made = regress(*planted([0.03, -0.01, 0.0]), shrinkage=1.0)
    assert per_unit(made).tolist() == pytest.approx([0.03, -0.01, 0.0], abs=0.001)


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


def regression(*coefficients):
    names = list("ab")
    return Regression(
        pd.Series(0.01, names), pd.Series(0.02, names), np.array(coefficients), np.zeros((3, 3))
    )


@pytest.mark.parametrize(
    ("value", "standard"), [(0.01, 0), (0.03, 1), (0.07, 3), (5.0, 3), (-5.0, -3), (np.nan, 0)]
)
def test_a_spike_is_clipped_and_a_missing_feature_counts_as_england_s(value, standard):
    rows = pd.DataFrame({"a": [value], "b": [0.01]})
    assert regression(0.1, 0.2, 0.4).predict(rows).tolist() == pytest.approx([0.1 + 0.2 * standard])


def test_a_feature_that_nobody_has_is_worth_nothing():
    difference, growth = planted([0.03])
    made = regress(difference.assign(b=np.nan), growth, shrinkage=1.0)
    assert (made.centre["b"], made.scale["b"]) == (0, 1)
    assert made.coefficients[2] == pytest.approx(0, abs=1e-12)
    assert np.isfinite(made.covariance).all()


def test_an_error_beyond_what_is_usual_weighs_less_the_larger_it_is():
    residuals = np.array([-1.0, 1.0, -1.0, 1.0, 10.0])
    edge = 1.345 * 1.4826  # of the middle error, which is one
    assert robust_weights(residuals).tolist() == pytest.approx([1, 1, 1, 1, edge / 10])
    assert robust_weights(np.zeros(3)).tolist() == [1, 1, 1]


def small_training(slope, *, noise, rows_a_year=15, seed=2):
    """Four years of a feature and growth that follows it, with a few wild rows."""
    rng = np.random.default_rng(seed)
    count = 4 * rows_a_year
    difference = pd.DataFrame(rng.uniform(-1, 1, (count, 3)), columns=list("abc"))
    growth = pd.Series(slope * difference["a"] + noise * rng.standard_normal(count))
    growth.iloc[::20] += 5 * noise
    year = pd.Series(np.repeat(range(2017, 2021), rows_a_year))
    return Training(difference, growth, pd.Series(np.nan, growth.index), year)


def test_a_year_left_out_is_foreseen_by_a_weighted_regression_on_the_others():
    rows = small_training(0.03, noise=0.01)
    design = np.column_stack([np.ones(60), rows.difference])
    weights = np.random.default_rng(4).uniform(0.2, 1, 60)
    year, growth = rows.year.to_numpy(), rows.growth.to_numpy()
    found = errors_left_out(design, growth, weights, year, 7.0)
    for one in range(2017, 2021):
        kept, root = year != one, np.sqrt(weights)
        penalty = np.sqrt(7.0) * np.eye(4)[1:]  # the constant is not shrunk
        left = np.vstack([design[kept] * root[kept, None], penalty])
        right = np.append(growth[kept] * root[kept], np.zeros(3))
        expected = growth[~kept] - design[~kept] @ np.linalg.lstsq(left, right)[0]
        assert found[~kept].tolist() == pytest.approx(expected.tolist())


@pytest.mark.parametrize(("slope", "noise", "chosen"), [(0.05, 0.001, 1.0), (0.0, 0.05, 100.0)])
def test_the_shrinkage_is_the_one_that_foresees_years_left_out_best(slope, noise, chosen):
    rows = small_training(slope, noise=noise)
    shrinkage, errors = choose_shrinkage(rows)
    assert shrinkage == chosen
    assert errors.abs().mean() < rows.growth.abs().mean() * (1.02 if slope == 0 else 0.2)
    assert errors.index.equals(rows.growth.index)


def test_a_feature_that_most_do_not_have_is_measured_by_its_spread_and_a_constant_by_one():
    difference, growth = planted([0.03])
    rare = pd.Series(np.arange(ROWS) % 10 == 0, dtype=float)
    made = regress(difference.assign(b=rare, c=2.0), growth, shrinkage=1.0)
    assert made.centre[["b", "c"]].tolist() == [0, 2]
    assert made.scale["b"] == pytest.approx(rare.std())
    assert made.scale["c"] == 1
    middle = (difference["a"] - difference["a"].median()).abs().median()
    assert made.scale["a"] == pytest.approx(1.4826 * middle)
