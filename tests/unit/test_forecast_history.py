from dataclasses import replace

import numpy as np
import pytest

from invented_panel import invented_panel, shaken
from sendlib.forecast.draws import Drawing
from sendlib.forecast.history import calibration, fit_history, outgrown, past_forecasts
from sendlib.ranges import QUANTILES

CEILING = 0.5


@pytest.fixture(scope="module")
def panel():
    return invented_panel(last=2023)


@pytest.fixture(scope="module")
def fits(panel):
    return fit_history(panel, ceiling=CEILING)


def past(panel, fits, areas, horizon=3):
    return past_forecasts(panel, fits, areas, Drawing(100, 1, CEILING), horizon=horizon)


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


def test_a_ratio_is_how_far_errors_outgrew_the_range_and_calibration_leans_to_one():
    widths = calibration({(2018, 1): 2.0, (2019, 1): 8.0, (2018, 2): 0.5})
    assert widths.tolist() == pytest.approx([16 ** (1 / 5), 0.5 ** (1 / 4), 1, 1, 1])


def test_an_authority_without_plans_calibrates_nothing(panel, fits):
    plans = panel.plans.copy()
    plans.loc["801", 2020] = 0
    none = replace(panel, plans=plans).up_to(2020)
    assert np.isfinite(outgrown(none, fits[2018], 2, ceiling=CEILING))


def test_a_forecast_stands_beside_what_came(panel, fits):
    made = past(panel, fits, ["801", "804"])
    row = made[(made["area_code"] == "804") & (made["origin"] == 2020)].set_index("horizon")
    assert row["actual"].tolist() == panel.plans.loc["804", 2021:2023].tolist()
    assert set(made["method"]) == {"pooled"}
    assert (made["forecast"] == made["q500"]).all()
    assert (np.diff(made[list(QUANTILES)], axis=1) >= 0).all()


def test_no_forecast_reaches_past_what_was_counted(panel, fits):
    made = past(panel, fits, ["801"])
    assert (made["origin"] + made["horizon"]).max() == 2023
    assert made.groupby("origin")["horizon"].max().to_dict() == {
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
    made = past(gone, fits, ["801", "802"])
    mine = made[made["area_code"] == "801"]
    assert not (mine["origin"] + mine["horizon"]).isin([2021]).any()
    assert 2021 not in set(mine["origin"])
    assert len(made[made["area_code"] == "802"]) == 12


def test_an_authority_created_last_year_has_no_past_forecast(panel, fits):
    plans = panel.plans.copy()
    plans.loc["801", :2022] = np.nan
    new = replace(panel, plans=plans)
    assert past(new, fits, ["801"]).empty
