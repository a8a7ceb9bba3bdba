"""Fits of every past January: calibrated, looked back on, stored and read again."""

import json
from dataclasses import replace

import numpy as np
import pytest

from error_codes import refuses
from invented_panel import invented_panel, shaken
from sendlib.errors import NotBuiltError
from sendlib.forecast.draws import DrawSettings, draw
from sendlib.forecast.fits import (
    calibration,
    fit_history,
    fit_of,
    national_fits,
    past_forecasts,
    range_ratio,
    store_fits,
)
from sendlib.forecast.model import fit
from sendlib.forecast.panel import FEATURES
from sendlib.ranges import QUANTILES

CEILING = 0.5


@pytest.fixture(scope="module")
def panel():
    return invented_panel(last=2023)


@pytest.fixture(scope="module")
def fits(panel):
    return fit_history(panel, ceiling=CEILING)


def past(panel, fits, areas, horizon=3):
    return past_forecasts(panel, fits, areas, DrawSettings(100, 1, CEILING), horizon=horizon)


def test_there_is_a_fit_for_each_january_from_2018_to_the_last(fits):
    assert list(fits) == list(range(2018, 2024))
    assert [fits[origin].origin for origin in fits] == list(fits)
    assert [fit.years for fit in fits.values()] == [1, 2, 3, 4, 5, 6]


def test_a_fit_is_calibrated_by_outcomes_that_had_come_by_then(fits):
    ones = [int((fit.calibration == 1).sum()) for fit in fits.values()]
    assert ones == [5, 4, 3, 2, 1, 0]  # one horizon more has been seen each year
    assert all(fit.calibration[-1] == 1 for origin, fit in fits.items() if origin < 2023)


@pytest.mark.parametrize("origin", [2020, 2021])
def test_nothing_that_comes_later_changes_a_calibrated_fit(panel, fits, origin):
    again = fit_history(shaken(panel, origin), ceiling=CEILING)
    assert again[origin].calibration.tolist() == fits[origin].calibration.tolist()
    assert again[origin].shocks.tolist() == fits[origin].shocks.tolist()
    later = origin + 1
    assert again[later].calibration.tolist() != fits[later].calibration.tolist()


def test_a_ratio_is_how_far_errors_outgrew_the_range_and_calibration_shrinks_to_one():
    ratios = {(2018, 1): 2.0, (2019, 1): 8.0, (2018, 2): 0.5}
    widths = calibration({key: np.log(ratio) for key, ratio in ratios.items()}, 0.0)
    assert widths.tolist() == pytest.approx([16 ** (1 / 5), 0.5 ** (1 / 4), 1, 1, 1])


def test_an_authority_without_plans_calibrates_nothing(panel, fits):
    plans = panel.plans.copy()
    plans.loc["801", 2020] = 0
    none = replace(panel, plans=plans).up_to(2020)
    assert np.isfinite(range_ratio(none, fits[2018], 2, ceiling=CEILING))


def test_a_forecast_has_what_was_counted(panel, fits):
    result = past(panel, fits, ["801", "804"])
    row = result[(result["area_code"] == "804") & (result["origin"] == 2020)].set_index("horizon")
    assert row["actual"].tolist() == panel.plans.loc["804", 2021:2023].tolist()
    assert set(result["method"]) == {"pooled"}
    assert (result["forecast"] == result["q500"]).all()
    assert (np.diff(result[list(QUANTILES)], axis=1) >= 0).all()


def test_no_forecast_reaches_past_what_was_counted(panel, fits):
    result = past(panel, fits, ["801"])
    assert (result["origin"] + result["horizon"]).max() == 2023
    assert result.groupby("origin")["horizon"].max().to_dict() == {
        2018: 3,
        2019: 3,
        2020: 3,
        2021: 2,
        2022: 1,
    }


def test_forecasts_whose_outcome_is_not_known_are_left_out(panel, fits):
    plans = panel.plans.copy()
    plans.loc["801", 2021] = np.nan
    gone = replace(panel, plans=plans)
    result = past(gone, fits, ["801", "802"])
    mine = result[result["area_code"] == "801"]
    assert not (mine["origin"] + mine["horizon"]).isin([2021]).any()
    assert 2021 not in set(mine["origin"])
    assert len(result[result["area_code"] == "802"]) == 12


def test_an_authority_created_last_year_has_no_past_forecast(panel, fits):
    plans = panel.plans.copy()
    plans.loc["801", :2022] = np.nan
    new = replace(panel, plans=plans)
    assert past(new, fits, ["801"]).empty


REMEDY = "Run: sendlib forecast fit"
INPUTS = [{"title": "Invented", "sha256": "0" * 64, "path": "whole-0/a.csv"}]


@pytest.fixture(scope="module")
def two_fits(panel):
    return {
        origin: fit(panel.up_to(origin), calibration=np.array([1.1, 1 / 3]))
        for origin in (2018, 2020)
    }


@pytest.fixture
def stored(two_fits, tmp_path):
    path = tmp_path / "fit.json"
    store_fits(two_fits, INPUTS, path, ceiling=0.15)
    return path


def test_a_fit_that_was_stored_gives_the_same_draws(panel, two_fits, stored):
    again = national_fits(stored)
    assert list(again) == [2018, 2020]
    for origin, model in two_fits.items():
        known = panel.up_to(origin)
        first, second = (
            draw(known, rows, ["801", "802"], DrawSettings(200, 1, 0.5), horizon=10).plans
            for rows in (model, again[origin])
        )
        assert np.allclose(first, second, rtol=1e-6)
        assert (again[origin].years, again[origin].authorities) == (model.years, 12)


def test_a_stored_fit_says_what_it_was_made_from_and_no_more(stored):
    content = json.loads(stored.read_text())
    assert content["fitted_on"] == [{"title": "Invented", "sha256": "0" * 64}]
    assert content["features"] == list(FEATURES)
    assert content["ceiling"] == 0.15


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"version": 0}, "fit.json: its version is 0, not 1."),
        ({"features": ["growth_1"]}, "fit.json: its features are not the ones used here."),
        ({"features": list(FEATURES)[::-1]}, "fit.json: its features are not the ones"),
    ],
)
def test_a_fit_for_something_else_is_refused_with_the_remedy(stored, changed, words):
    stored.write_text(json.dumps(json.loads(stored.read_text()) | changed))
    with pytest.raises(NotBuiltError) as caught:
        national_fits(stored)
    assert words in str(caught.value)
    assert REMEDY in str(caught.value)


def test_everything_wrong_with_a_fit_is_said(stored):
    stored.write_text(json.dumps(json.loads(stored.read_text()) | {"version": 0, "features": []}))
    with pytest.raises(NotBuiltError) as caught:
        national_fits(stored)
    assert len(caught.value.problems) == 2


def test_a_january_before_every_fit_is_refused_with_the_remedy(two_fits):
    assert fit_of(two_fits, 2018) is two_fits[2018]
    assert fit_of(two_fits, 2026) is two_fits[max(two_fits)]
    with refuses(NotBuiltError, "january_without_fits", match="2018.*2020", where="January 2017"):
        fit_of(two_fits, 2017)
    with refuses(NotBuiltError, "january_without_fits"):
        fit_of(two_fits, 2017)
