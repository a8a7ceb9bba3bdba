"""Simple methods, their forecasts from past Januaries, and scorecards."""

import numpy as np
import pandas as pd
import pytest

from sendlib.forecast.backtest import (
    METHODS,
    backtest,
    damped_trend,
    log_drift,
    naive,
    national_growth,
    scorecard,
    sizes,
    with_ranges,
)
from sendlib.ranges import LEVELS, QUANTILES, score_each
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
    rows = ["method", "area_code", "origin", "horizon", "forecast"]
    first, second = (backtest(frame, horizon=2)[rows] for frame in (plans, later))
    assert first.equals(second)


def test_an_area_with_a_gap_is_left_out_where_it_matters():
    plans = counts(1.1, 1.2)
    plans.loc["2", 2020] = np.nan
    errors = backtest(plans, horizon=1, methods=["naive"])
    assert not ((errors["area_code"] == "2") & errors["origin"].isin([2019, 2020])).any()
    assert ((errors["area_code"] == "2") & (errors["origin"] == 2022)).any()


def errors_of(*rows):
    frame = pd.DataFrame(rows, columns=["origin", "log_error"])
    return frame.assign(method="naive", horizon=1, forecast=100.0)


def test_a_range_is_made_of_errors_that_had_been_seen_by_its_origin():
    past = [(origin, error) for origin in (2015, 2016, 2017) for error in (-0.1, 0.0, 0.1)]
    result = with_ranges(errors_of(*past, (2018, 0.5)))
    last = result[result["origin"] == 2018].iloc[0]
    expected = 100 * np.exp(np.quantile([error for _, error in past], LEVELS))
    assert last[list(QUANTILES)].tolist() == pytest.approx(expected.tolist())
    assert result["origin"].tolist() == [2015] * 3 + [2016] * 3 + [2017] * 3 + [2018]


def test_there_is_no_range_while_too_few_origins_are_known():
    result = with_ranges(errors_of((2015, 0.1), (2016, 0.1), (2017, 0.1), (2019, 0.1)))
    known = result.set_index("origin")["q500"].notna()
    assert known.to_dict() == {2015: False, 2016: False, 2017: False, 2019: True}


def test_each_method_and_horizon_has_ranges_of_its_own():
    errors = backtest(counts(1.1, 1.02), horizon=2, methods=["naive", "log_drift"])
    result = with_ranges(errors).set_index(["method", "horizon"])
    assert len(result) == len(errors)
    width = (result["q900"] - result["q100"]).groupby(["method", "horizon"]).max()
    assert width["log_drift"].max() < 1e-6 < width["naive", 1] < width["naive", 2]


HISTORY = pd.DataFrame(
    [[100 * 1.1**n for n in range(8)], [50 * 1.02**n for n in range(8)]],
    index=pd.Index([ENGLAND, "865"], name="area_code"),
    columns=range(2013, 2021),
)


def test_no_change_repeats_the_last_count():
    assert naive(HISTORY, 3).loc["865"].tolist() == [HISTORY.loc["865", 2020]] * 3


def test_own_growth_goes_on_at_the_average_of_three_years():
    path = log_drift(HISTORY, 2).loc["865"]
    assert path.tolist() == pytest.approx([50 * 1.02**8, 50 * 1.02**9])


def test_national_growth_is_put_on_every_area():
    path = national_growth(HISTORY, 2).loc["865"]
    last = HISTORY.loc["865", 2020]
    assert path.tolist() == pytest.approx([last * 1.1, last * 1.21])


def test_a_fading_trend_rises_by_less_each_year():
    steps = np.diff(damped_trend(HISTORY, 5).loc["865"])
    assert (steps > 0).all()


@pytest.mark.parametrize("values", [[np.nan] * 4 + [1.0, 2, 3, 4], [1.0, 2, np.nan, 4, 5, 6, 7, 8]])
def test_a_short_or_broken_history_has_no_fading_trend(values):
    history = pd.DataFrame([values], index=["865"], columns=HISTORY.columns)
    assert damped_trend(history, 2).isna().all(axis=None)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_gives_a_path_for_each_year_ahead(name):
    path = METHODS[name].path(HISTORY, 4)
    assert path.columns.tolist() == [1, 2, 3, 4]
    assert path.index.tolist() == HISTORY.index.tolist()
    assert METHODS[name].label
    assert METHODS[name].meaning


def forecasts(*rows):
    """Forecasts of 100 with a range of 50% from 90 to 110, of 80% from 80, of 95% from 70."""
    ranges = dict(zip(QUANTILES, [70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0], strict=True))
    frame = pd.DataFrame(rows, columns=["origin", "actual"]).assign(**ranges)
    return frame.assign(method="pooled", horizon=1, forecast=frame["q500"])


def test_a_card_averages_sizes_and_keeps_the_sign_of_a_bias():
    result = scorecard(forecasts((2020, 80.0), (2021, 125.0))).iloc[0]
    assert result["error_pct"] == pytest.approx((25 + 20) / 2)
    assert result["bias_pct"] == pytest.approx((-25 + 20) / 2)
    scores = score_each(forecasts((2020, 80.0), (2021, 125.0)))["wis"]
    assert result["score_pct"] == pytest.approx((scores[0] / 0.8 + scores[1] / 1.25) / 2)
    assert result[["covered_50", "covered_80", "covered_95"]].tolist() == [0, 0.5, 1]
    assert result[["forecasts", "origins"]].tolist() == [2, 2]


def test_a_forecast_without_a_range_counts_for_its_error_only():
    some = forecasts((2020, 100.0), (2020, 80.0))
    some.loc[1, list(QUANTILES)] = np.nan
    result = scorecard(some).iloc[0]
    assert result["covered_80"] == 1
    assert result["error_pct"] == pytest.approx((0 + 25) / 2)
    assert result["forecasts"] == 2


def test_a_card_may_be_by_anything():
    result = scorecard(forecasts((2020, 80.0), (2021, 125.0)), by=("origin", "horizon"))
    assert result[["origin", "error_pct"]].to_numpy().tolist() == [[2020, 25], [2021, 20]]


def test_authorities_fall_into_three_groups_of_like_number():
    plans = pd.Series([10.0, 50.0, 20.0, 60.0, 30.0, 40.0], list("abcdef"))
    assert sizes(plans).to_dict() == {
        "a": "smaller",
        "c": "smaller",
        "e": "middle",
        "f": "middle",
        "b": "larger",
        "d": "larger",
    }


def test_authorities_with_as_many_plans_are_shared_out_all_the_same():
    assert sizes(pd.Series([10.0] * 6)).value_counts().to_dict() == {
        "smaller": 2,
        "middle": 2,
        "larger": 2,
    }
