import numpy as np
import pandas as pd
import pytest

from sendlib.errors import NotHeldError
from sendlib.forecast import backtest, coverage, score
from sendlib.vocabulary import ENGLAND

YEARS = range(2010, 2026)


def counts(*growth, start=100.0):
    rows = {
        str(n + 1): [start * rate ** (year - 2010) for year in YEARS]
        for n, rate in enumerate(growth)
    }
    rows[ENGLAND] = [sum(parts) for parts in zip(*rows.values(), strict=True)]
    frame = pd.DataFrame(rows, index=YEARS).T
    return frame.rename_axis("area_code")


def test_steady_growth_is_foreseen_without_error():
    errors = backtest(counts(1.1), horizon=3, methods=["log_drift"])
    assert errors["log_error"].abs().max() < 1e-9
    assert sorted(errors["origin"].unique()) == list(range(2015, 2025))


def test_no_forecast_reaches_beyond_what_is_known():
    errors = backtest(counts(1.1), horizon=3, methods=["naive"])
    assert (errors["origin"] + errors["horizon"]).max() == 2025
    assert errors.groupby("origin")["horizon"].max()[2024] == 1


def test_only_authorities_are_tested():
    assert set(backtest(counts(1.1, 1.2), horizon=1, methods=["naive"])["area_code"]) == {"1", "2"}


def test_what_comes_later_changes_no_earlier_forecast():
    plans = counts(1.1, 1.05)
    later = plans.copy()
    later[2025] *= 3
    kept = ["method", "area_code", "origin", "horizon", "forecast"]
    first, second = (backtest(frame, horizon=2)[kept] for frame in (plans, later))
    assert first.equals(second)


def test_an_area_with_a_gap_is_left_out_where_it_matters():
    plans = counts(1.1, 1.2)
    plans.loc["2", 2020] = np.nan
    errors = backtest(plans, horizon=1, methods=["naive"])
    assert not ((errors["area_code"] == "2") & errors["origin"].isin([2019, 2020])).any()
    assert ((errors["area_code"] == "2") & (errors["origin"] == 2022)).any()


def test_a_past_that_is_too_short_is_refused():
    with pytest.raises(NotHeldError, match="needs January 2016 or later"):
        backtest(counts(1.1).loc[:, :2015], horizon=2)


def test_a_score_is_an_average_of_sizes_and_a_bias_keeps_the_sign():
    errors = pd.DataFrame(
        {
            "method": "naive",
            "horizon": 1,
            "origin": [2020, 2021],
            "actual": 100.0,
            "forecast": [90.0, 110.0],
        }
    )
    row = score(errors).iloc[0]
    assert (row["mape_pct"], row["bias_pct"]) == (10, 0)
    assert (row["forecasts"], row["origins"]) == (2, 2)
    assert score(errors.assign(forecast=90.0))["bias_pct"].iloc[0] == 10


def errors_of(*rows):
    return pd.DataFrame(rows, columns=["origin", "log_error"]).assign(method="naive", horizon=1)


def test_a_range_is_judged_only_by_errors_seen_before_its_origin():
    past = [(origin, error) for origin in (2015, 2016, 2017) for error in (-0.1, 0.1)]
    covered = coverage(errors_of(*past, (2018, 0.05), (2018, 0.5)), "naive")
    assert covered.to_dict("records") == [
        {"horizon": 1, "covered_share": 0.5, "forecasts": 2, "origins": 1}
    ]


def test_no_range_is_judged_while_too_few_origins_are_known():
    assert coverage(errors_of((2015, 0.1), (2016, 0.1), (2017, 0.1)), "naive").empty
