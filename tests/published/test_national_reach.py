"""The model on all authorities: the shipped fit made again, and how far it can be trusted."""

from dataclasses import replace

import numpy as np
import pytest

from sendlib.forecast import Panel
from sendlib.forecast.card import make_card
from sendlib.forecast.draws import LONGEST, DrawSettings, draw
from sendlib.forecast.fits import national_fits
from sendlib.scenarios import load_scenario

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("published_forecast"),
]
MOST_ERROR = {1: 3.55, 2: 5.7, 3: 7.6}  # mean absolute error, %
COVERED = {1: (0.77, 0.84), 2: (0.76, 0.85), 3: (0.75, 0.86)}  # by the range of 80%


@pytest.fixture(scope="module")
def settings(project):
    return DrawSettings.of(load_scenario(project, "baseline"))


@pytest.fixture(scope="module")
def panel(tables):
    newest = Panel.from_tables(*(tables[name] for name in Panel.TABLES))
    assert (newest.origin, newest.last_full) == (2026, 2025)  # January 2026 is there for a few
    return newest.up_to(newest.last_full)


@pytest.fixture(scope="module")
def card(panel, settings):
    return make_card(panel, settings)


@pytest.fixture(scope="module")
def scores(card):
    return card.by_method.set_index(["method", "horizon"])


def test_the_fit_that_is_shipped_is_made_again(card):
    shipped = national_fits()
    assert list(card.fits) == list(shipped)
    for origin, fit in card.fits.items():
        held = shipped[origin]
        for name in ("coefficients", "centre", "scale", "covariance"):
            made, kept = getattr(fit, name), getattr(held, name)
            close = {"rtol": 1e-4, "atol": 1e-9} if name == "covariance" else {"atol": 1e-6}
            assert np.allclose(made, kept, **{"rtol": 0, **close}), (origin, name)
        for name in ("shocks", "calibration", "persistence", "shock_correlation", "year_sd"):
            made, kept = getattr(fit, name), getattr(held, name)
            assert np.allclose(made, kept, rtol=0, atol=1e-6), (origin, name)
        assert (fit.shrinkage, fit.years) == (held.shrinkage, held.years)


def test_authorities_with_unbroken_series_are_scored(card, panel):
    assert len(panel.authorities) == 152  # not Newham, whose last count is withdrawn
    assert len(card.areas) == 146
    pooled = card.by_origin[card.by_origin["horizon"] == 1]
    assert pooled["origin"].tolist() == list(range(2019, 2025))
    assert (pooled["forecasts"] == len(card.areas)).all()


@pytest.mark.parametrize("horizon", MOST_ERROR)
def test_the_error_is_within_reach_and_the_smallest_of_all_methods(scores, horizon):
    errors = scores["error_pct"].xs(horizon, level="horizon")
    assert errors["pooled"] <= MOST_ERROR[horizon]
    assert errors.idxmin() == "pooled"


@pytest.mark.parametrize("horizon", COVERED)
def test_a_range_holds_about_as_many_outcomes_as_it_says(scores, horizon):
    low, high = COVERED[horizon]
    assert low <= scores.loc[("pooled", horizon), "covered_80"] <= high


def test_every_authority_is_drawn(panel, card, settings):
    model = card.fits[panel.origin]
    draws = draw(panel, model, panel.authorities, replace(settings, draws=2000), horizon=LONGEST)
    assert draws.plans.shape == (len(panel.authorities), 2000, LONGEST)
    assert np.isfinite(draws.plans).all()
    assert (draws.plans > 0).all()
