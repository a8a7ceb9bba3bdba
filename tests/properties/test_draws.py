"""What holds for any forecast: seeds fix it, other areas leave it alone, quantiles are in order."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sendlib.forecast import METHODS, forecast
from sendlib.vocabulary import ENGLAND

FEW = settings(max_examples=15, deadline=None)
SEED = st.integers(0, 2**32)
ERRORS = pd.DataFrame(
    [
        (name, ahead, origin, 0.02 * ahead * sign, 100.0, 90.0)
        for name in METHODS
        for ahead in (1, 2, 3)
        for origin in (2018, 2019, 2020)
        for sign in (-2, -1, 0, 1, 2)
    ],
    columns=["method", "horizon", "origin", "log_error", "actual", "forecast"],
)
HISTORY = st.lists(st.integers(50, 5000), min_size=8, max_size=8)


def plans(*histories):
    rows = {str(800 + n): row for n, row in enumerate(histories)}
    rows[ENGLAND] = [sum(year) for year in zip(*histories, strict=True)]
    frame = pd.DataFrame(rows, index=range(2018, 2026), dtype=float).T
    return frame.rename_axis("area_code")


def draws(frame, seed, *, method="log_drift", area_code="800", horizon=5):
    return forecast(
        frame, ERRORS, area_code=area_code, method=method, horizon=horizon, draws=50, seed=seed
    ).draws


@FEW
@given(HISTORY, SEED, st.sampled_from(["naive", "log_drift", "national_growth"]))
def test_a_seed_fixes_every_number(history, seed, method):
    frame = plans(history)
    assert np.array_equal(draws(frame, seed, method=method), draws(frame, seed, method=method))


@FEW
@given(HISTORY, HISTORY, SEED)
def test_another_area_changes_nothing_of_an_authority_that_goes_by_its_own_growth(
    mine, other, seed
):
    assert np.array_equal(draws(plans(mine), seed), draws(plans(mine, other), seed))


@FEW
@given(HISTORY, SEED)
def test_authorities_have_random_numbers_of_their_own(history, seed):
    frame = plans(history, history)
    first, second = (draws(frame, seed, area_code=code) for code in ("800", "801"))
    assert not np.array_equal(first, second)


@FEW
@given(HISTORY, SEED)
def test_quantiles_rise_with_their_level_and_draws_stay_positive(history, seed):
    made = forecast(
        plans(history), ERRORS, area_code="800", method="naive", horizon=5, draws=50, seed=seed
    )
    levels = made.quantiles([0.05, 0.25, 0.5, 0.75, 0.95]).drop(columns="census_year")
    assert (levels.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (made.draws > 0).all()


@FEW
@given(HISTORY, SEED, st.floats(0, 10_000), st.floats(0, 10_000))
def test_more_plans_are_never_likelier(history, seed, one, other):
    made = forecast(
        plans(history), ERRORS, area_code="800", method="naive", horizon=2, draws=50, seed=seed
    )
    low, high = sorted((one, other))
    assert made.probability_above(low, 2027) >= made.probability_above(high, 2027)
