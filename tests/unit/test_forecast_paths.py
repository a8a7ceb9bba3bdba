import numpy as np
import pandas as pd
import pytest

from sendlib.errors import NotHeldError, ParameterError
from sendlib.forecast import Forecast, choose, forecast
from sendlib.vocabulary import ENGLAND

YEARS = range(2015, 2026)
PLANS = pd.DataFrame(
    [[1000.0 * 1.1**n for n in range(11)], [100.0 * 1.05**n for n in range(11)]],
    index=pd.Index([ENGLAND, "865"], name="area_code"),
    columns=YEARS,
)


def errors(*, origins=4, horizons=(1, 2, 3), method="naive", spread=0.1):
    rows = [
        {"method": method, "horizon": ahead, "origin": 2018 + origin, "log_error": sign * spread}
        for origin in range(origins)
        for ahead in horizons
        for sign in (-1, 0, 1)
    ]
    columns = ["method", "horizon", "origin", "log_error"]
    return pd.DataFrame(rows, columns=columns).assign(actual=100.0, forecast=90.0)


def ahead_of(plans=PLANS, errors=None, **more):
    given = {"area_code": "865", "method": "naive", "horizon": 3, "draws": 500, "seed": 1} | more
    return forecast(plans, globals()["errors"]() if errors is None else errors, **given)


def test_paths_start_the_year_after_the_last_count():
    made = ahead_of()
    assert made.census_years.tolist() == [2026, 2027, 2028]
    assert made.draws.shape == (500, 3)
    assert made.origin == 2025


def test_errors_without_spread_leave_the_point_path():
    made = ahead_of(errors=errors(spread=0.0), method="naive")
    assert np.allclose(made.draws, PLANS.loc["865", 2025])


def test_a_horizon_with_too_few_origins_takes_the_last_that_has_enough_and_widens_it():
    narrow = errors(horizons=(1,))
    made = ahead_of(errors=narrow, horizon=4, draws=4000)
    widths = np.ptp(np.log(made.draws), axis=0)
    assert widths[3] == pytest.approx(2 * widths[0], rel=0.05)


@pytest.mark.parametrize(
    "known", [errors(origins=2), errors(origins=0), errors(method="log_drift")]
)
def test_too_short_a_past_has_no_range(known):
    with pytest.raises(NotHeldError, match="A range needs 3"):
        ahead_of(errors=known)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"horizon": 0}, "horizon: 0. Give 1 to 10 years"),
        ({"horizon": 11}, "horizon: 11. Give 1 to 10 years"),
        ({"draws": 0}, "draws: 0. Give 1 or more"),
        ({"seed": -1}, "seed: -1. Give 0 or more"),
        ({"method": "nave"}, "method: 'nave'. Did you mean naive"),
    ],
)
def test_a_parameter_out_of_range_is_refused(changed, words):
    with pytest.raises(ParameterError, match=words):
        ahead_of(**changed)


def test_an_authority_without_a_last_count_is_refused():
    for plans in (
        PLANS.drop(index="865"),
        PLANS.assign(**{"2025": None}).set_axis([*YEARS, 2026], axis=1),
    ):
        with pytest.raises(NotHeldError, match="no count of plans in January"):
            ahead_of(plans.astype(float))


def test_a_method_without_a_path_for_the_authority_is_refused():
    broken = PLANS.copy()
    broken.loc["865", 2022] = np.nan
    with pytest.raises(NotHeldError, match="Own growth needs more counts"):
        ahead_of(broken, errors(method="log_drift"), method="log_drift")


def test_quantiles_and_odds_are_those_of_the_draws():
    made = Forecast("865", 2025, "naive", np.array([2026]), np.arange(101.0)[:, None])
    assert made.quantiles().to_dict("records") == [
        {"census_year": 2026, "p10": 10, "p50": 50, "p90": 90}
    ]
    assert made.probability_above(79.5, 2026) == pytest.approx(21 / 101)


def scored(**mape):
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "method": name,
                    "horizon": 1,
                    "origin": [1],
                    "actual": 100.0,
                    "forecast": 100 - error,
                }
            )
            for name, error in mape.items()
        ]
    )


def test_the_method_with_the_smallest_error_is_chosen():
    choice = choose(scored(naive=9.0, log_drift=4.0, national_growth=5.0))
    assert choice.method == "log_drift"
    assert choice.table["method"].tolist() == ["log_drift", "national_growth", "naive"]
    assert choice.margin_points == pytest.approx(1)


def test_a_named_method_is_taken_even_where_another_did_better():
    choice = choose(scored(naive=9.0, log_drift=4.0), method="naive")
    assert (choice.method, choice.margin_points) == ("naive", pytest.approx(-5))


def test_an_unknown_method_offers_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean log_drift"):
        choose(scored(naive=1.0), method="log_drit")
