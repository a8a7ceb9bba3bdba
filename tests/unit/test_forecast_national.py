import json

import numpy as np
import pytest

from invented_panel import invented_panel
from sendlib.errors import NotAvailableError
from sendlib.forecast import FEATURES
from sendlib.forecast.draws import Drawing, draw
from sendlib.forecast.national import fit_of, national_fits, save_fits
from sendlib.forecast.pooled import GRID, fit

REMEDY = "Run: sendlib forecast fit --data FOLDER"
INPUTS = [{"title": "Invented", "sha256": "0" * 64, "path": "whole-0/a.csv"}]


@pytest.fixture(scope="module")
def panel():
    return invented_panel(last=2020)


@pytest.fixture(scope="module")
def fits(panel):
    return {
        origin: fit(panel.up_to(origin), calibration=np.array([1.1, 1 / 3]))
        for origin in (2018, 2020)
    }


@pytest.fixture
def saved(fits, tmp_path):
    path = tmp_path / "fit.json"
    save_fits(fits, INPUTS, path, ceiling=0.15)
    return path


def test_a_fit_that_was_saved_gives_the_same_draws(panel, fits, saved):
    again = national_fits(saved)
    assert list(again) == [2018, 2020]
    for origin, model in fits.items():
        known = panel.up_to(origin)
        first, second = (
            draw(known, held, ["801", "802"], Drawing(200, 1, 0.5), horizon=10).plans
            for held in (model, again[origin])
        )
        assert np.allclose(first, second, rtol=1e-6)
        assert (again[origin].years, again[origin].authorities) == (model.years, 12)


def test_a_saved_fit_says_what_it_was_made_from_and_no_more(saved):
    content = json.loads(saved.read_text())
    assert content["fitted_on"] == [{"title": "Invented", "sha256": "0" * 64}]
    assert content["features"] == list(FEATURES)
    assert content["ceiling"] == 0.15


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"version": 0}, "fit.json: its version is 0, not 1."),
        ({"features": ["growth_1"]}, "fit.json: its features are not the ones computed here."),
        ({"features": list(FEATURES)[::-1]}, "fit.json: its features are not the ones"),
    ],
)
def test_a_fit_for_something_else_is_refused_with_the_remedy(saved, changed, words):
    saved.write_text(json.dumps(json.loads(saved.read_text()) | changed))
    with pytest.raises(NotAvailableError) as caught:
        national_fits(saved)
    assert words in str(caught.value)
    assert REMEDY in str(caught.value)


def test_a_fit_with_errors_at_other_quantiles_is_refused_with_the_remedy(saved):
    content = json.loads(saved.read_text())
    content["fits"]["2018"]["shocks"].pop()
    saved.write_text(json.dumps(content))
    with pytest.raises(
        NotAvailableError, match=f"fit.json: its errors are not at the {len(GRID)} quantiles"
    ) as caught:
        national_fits(saved)
    assert REMEDY in str(caught.value)


def test_everything_wrong_with_a_fit_is_told(saved):
    saved.write_text(json.dumps(json.loads(saved.read_text()) | {"version": 0, "features": []}))
    with pytest.raises(NotAvailableError) as caught:
        national_fits(saved)
    assert len(caught.value.problems) == 3


def test_a_january_without_a_fit_is_refused_with_the_remedy(fits):
    assert fit_of(fits, 2018) is fits[2018]
    with pytest.raises(
        NotAvailableError, match="January 2026: the fits are for January 2018 to 2020"
    ):
        fit_of(fits, 2026)
    with pytest.raises(
        NotAvailableError, match="Make one with: sendlib forecast fit --data FOLDER"
    ):
        fit_of(fits, 2026)
