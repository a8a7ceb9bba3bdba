"""What must be true of the national fit that is shipped."""

import pytest

from sendlib.forecast import project as projected
from sendlib.forecast.backtest import METHOD_LABELS
from sendlib.forecast.fits import CALIBRATED, FIRST_ORIGIN, national_fits
from sendlib.forecast.model import SHRINKAGES
from sendlib.forecast.panel import FEATURES


@pytest.fixture(scope="module")
def fits():
    return national_fits()


@pytest.fixture(scope="module")
def error(wiltshire):
    """The mean absolute error of every method at each horizon, on the committed areas."""
    scores = projected(wiltshire, scenario="baseline", horizon=3).compare_methods()
    return scores.pivot(index="years_ahead", columns="method", values="error_pct")


def test_the_fit_that_is_shipped_covers_every_origin_to_the_latest_full_release(fits):
    assert list(fits) == list(range(FIRST_ORIGIN, 2025 + 1))


def test_the_fit_that_is_shipped_is_for_the_features_of_this_version(fits):
    for fit in fits.values():
        assert list(fit.centre.index) == list(FEATURES)
        assert fit.coefficients.shape == (1 + len(FEATURES),)
        assert fit.covariance.shape == 2 * (1 + len(FEATURES),)


def test_the_fit_that_is_shipped_was_made_on_every_authority(fits):
    assert min(fit.authorities for fit in fits.values()) >= 150
    assert [fit.years for fit in fits.values()] == list(range(1, len(fits) + 1))
    assert {fit.shrinkage for fit in fits.values()} <= set(SHRINKAGES)
    assert {len(fit.calibration) for fit in fits.values()} == {CALIBRATED}


@pytest.mark.slow  # scores every method at every origin
@pytest.mark.parametrize("horizon", [1, 2, 3])
def test_no_other_method_errs_less_than_the_model(error, horizon):
    assert set(error.columns) == set(METHOD_LABELS.values())
    assert error.loc[horizon].idxmin() == METHOD_LABELS["pooled"]
