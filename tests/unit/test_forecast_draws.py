from dataclasses import replace

import numpy as np
import pytest

from error_codes import refuses
from invented_panel import invented_panel
from sendlib.errors import ParameterError
from sendlib.forecast.draws import LONGEST, DrawSettings, contributions, draw, england_ahead
from sendlib.forecast.model import GRID, differences, fit
from sendlib.forecast.panel import FEATURES
from sendlib.vocabulary import ENGLAND


@pytest.fixture(scope="module")
def panel():
    return invented_panel()


@pytest.fixture(scope="module")
def model(panel):
    return fit(panel)


@pytest.fixture(scope="module")
def ahead(panel, model):
    def ahead(areas=("801",), *, panel=panel, model=model, horizon=5, draws=400, ceiling=0.5):
        return draw(panel, model, areas, DrawSettings(draws, 1, ceiling), horizon=horizon)

    return ahead


def certain(model):
    """The model without any error: all that is left is its middle path."""
    return replace(model, covariance=0 * model.covariance, year_sd=0.0, shocks=0 * model.shocks)


def test_draws_have_a_path_for_each_area_draw_and_year(ahead):
    result = ahead(["803", "801"], horizon=3, draws=50)
    assert result.plans.shape == (2, 50, 3)
    assert result.census_years.tolist() == [2026, 2027, 2028]
    assert np.array_equal(result.of("801"), result.plans[1])
    assert result.quantiles([0.1, 0.9]).shape == (2, 2, 3)


def test_growth_of_england_stops_at_the_ceiling(panel, model):
    share = panel.plans.loc[ENGLAND, 2025] / panel.children.loc[ENGLAND, 2024]
    free, bound = (
        england_ahead(panel, model, DrawSettings(400, 1, ceiling), horizon=LONGEST)[0]
        for ceiling in (1e6, 1.3 * share)
    )
    assert np.array_equal(free[:, 0], bound[:, 0])
    assert np.exp(np.median(free.sum(axis=1))) > 1.8
    assert np.exp(bound.sum(axis=1)).max() < 1.3
    assert np.median(bound[:, -1]) < 0.2 * np.median(free[:, -1])


def test_a_fall_of_england_stays_as_steep_as_it_was(panel, model):
    plans = panel.plans.copy()
    plans.loc[ENGLAND, 2025] = 0.9 * plans.loc[ENGLAND, 2024]
    fallen, settings = replace(panel, plans=plans), DrawSettings(400, 1, 0.2)
    growth, middle = england_ahead(fallen, certain(model), settings, horizon=5)
    assert np.allclose(growth, np.log(0.9))
    assert np.allclose(middle, np.log(0.9))


def test_a_ceiling_that_was_passed_is_refused(ahead):
    with refuses(
        ParameterError, "ceiling_too_low", match=r"\b2\b.*England had", where="forecast.ceiling_pct"
    ):
        ahead(ceiling=0.02)


def test_without_errors_every_draw_is_the_middle_path(ahead, model):
    result = ahead(model=certain(model)).of("801")
    assert np.ptp(result, axis=0).max() < 1e-9
    middle = np.median(ahead(draws=4000).of("801"), axis=0)
    assert middle == pytest.approx(result[0], rel=0.02)


def test_more_calibration_widens_and_the_last_holds_for_years_beyond(ahead, model):
    plain = replace(model, calibration=np.ones(1))
    wide = replace(model, calibration=np.array([1.0, 1.5]))
    narrow, wider = (
        np.ptp(np.log(ahead(model=chosen).of("801")), axis=0) for chosen in (plain, wide)
    )
    assert (wider / narrow).tolist() == pytest.approx([1, 1.5, 1.5, 1.5, 1.5])


@pytest.mark.parametrize("part", ["year_sd", "shocks", "covariance"])
def test_each_thing_that_is_not_known_makes_a_range(ahead, model, part):
    quiet = replace(certain(model), **{part: getattr(model, part)})
    assert (np.ptp(ahead(model=quiet).of("801"), axis=0) > 1).all()


def test_areas_share_the_surprises_of_england_and_have_errors_of_their_own(ahead, model):
    together = ahead(["801", "802"], model=replace(certain(model), year_sd=0.05))
    apart = ahead(["801", "802"], model=replace(certain(model), shocks=model.shocks), draws=4000)
    assert np.corrcoef(*together.plans[:, :, 0])[0, 1] > 0.999
    assert abs(np.corrcoef(*apart.plans[:, :, 0])[0, 1]) < 0.1


def test_contributions_add_up_to_the_growth_of_the_middle_path(ahead, panel, model):
    result = contributions(panel, model, "801")
    assert result["feature"].tolist() == ["england", "constant", *FEATURES]
    middle = ahead(model=certain(model)).of("801")[0, 0]
    grown = middle - panel.plans.loc["801", 2025]
    beyond = abs(result["plans"].iloc[1:].sum()) / panel.plans.loc["801", 2025]
    assert result["plans"].sum() == pytest.approx(grown, abs=middle * beyond**2)
    assert abs(grown) > 20 * middle * beyond**2  # what is left is of the second order


def test_a_feature_that_is_not_available_contributes_nothing(panel, model):
    result = contributions(panel, model, "801").set_index("feature")
    assert np.isnan(result.loc["backlog", "difference"])
    assert result.loc["backlog", "plans"] == 0
    assert result.loc["growth_1", "difference"] == pytest.approx(
        np.log(panel.plans.loc["801", 2025] / panel.plans.loc["801", 2024])
        - np.log(panel.plans.loc[ENGLAND, 2025] / panel.plans.loc[ENGLAND, 2024])
    )


def test_the_middle_path_fades_to_the_ceiling_and_keeps_what_lasts_of_a_difference(
    ahead, panel, model
):
    """The same path, a year at a time."""
    counted, england = panel.plans[2025]["801"], panel.plans.loc[ENGLAND]
    share = england[2025] / panel.children.loc[ENGLAND, 2024]
    ceiling, now = 1.5 * share, np.log(england[2025] / england[2024])
    design = model.design(differences(panel).loc[["801"]])
    beyond = float((design @ model.coefficients)[0])
    path, room, lasting = [np.log(counted)], share, 1.0
    for _ in range(5):
        grown = now * (ceiling - room) / (ceiling - share)
        room *= np.exp(grown)
        path.append(path[-1] + grown + lasting * beyond)
        lasting *= model.persistence
    result = ahead(model=certain(model), ceiling=ceiling).of("801")
    assert result[0].tolist() == pytest.approx(np.exp(path[1:]).tolist())


def test_errors_of_a_year_have_the_spread_that_was_fitted_and_carry_over_into_the_next(
    ahead, model
):
    shocks = np.linspace(-0.1, 0.3, len(model.shocks))
    alone = replace(certain(model), shocks=shocks, shock_correlation=0.6, calibration=np.ones(1))
    noisy, quiet = (
        np.log(ahead(model=result, draws=20_000).of("801")) for result in (alone, certain(model))
    )
    errors = np.diff(noisy - quiet, axis=1, prepend=0)
    actual = np.quantile(errors, [0.1, 0.5, 0.9], axis=0)
    expected = np.interp([0.1, 0.5, 0.9], GRID, shocks - np.median(shocks))
    assert np.allclose(actual, expected[:, None], atol=0.01)
    assert np.corrcoef(errors[:, 1], errors[:, 2])[0, 1] == pytest.approx(0.6, abs=0.03)
    assert np.corrcoef(errors[:, 1], errors[:, 3])[0, 1] == pytest.approx(0.36, abs=0.03)


def test_doubt_about_the_coefficients_has_their_covariance_and_lasts_as_differences_do(
    ahead, panel, model
):
    doubtful = replace(
        certain(model), covariance=model.covariance, persistence=0.5, calibration=np.ones(1)
    )
    paths = np.log(ahead(model=doubtful, draws=20_000).of("801"))
    design = model.design(differences(panel).loc[["801"]])[0]
    first = np.sqrt(design @ model.covariance @ design)
    spread = first * np.cumsum(0.5 ** np.arange(5))
    assert paths.std(axis=0).tolist() == pytest.approx(spread.tolist(), rel=0.03)


def test_changes_of_england_s_growth_add_up_over_the_years(panel, model):
    wandering = replace(certain(model), year_sd=0.01)
    growth, _ = england_ahead(panel, wandering, DrawSettings(20_000, 1, 1e6), horizon=5)
    spread = 0.01 * np.sqrt(np.arange(1, 6))
    assert growth.std(axis=0).tolist() == pytest.approx(spread.tolist(), rel=0.03)
