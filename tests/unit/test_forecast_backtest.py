import numpy as np
import pandas as pd
import pytest

from sendlib.errors import NotAvailableError
from sendlib.forecast.backtest import backtest, with_ranges
from sendlib.ranges import LEVELS, QUANTILES
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
    with pytest.raises(NotAvailableError, match="needs January 2016 or later"):
        backtest(counts(1.1).loc[:, :2015], horizon=2)


def errors_of(*rows):
    frame = pd.DataFrame(rows, columns=["origin", "log_error"])
    return frame.assign(method="naive", horizon=1, forecast=100.0)


def test_a_range_is_made_of_errors_that_had_been_seen_by_its_origin():
    past = [(origin, error) for origin in (2015, 2016, 2017) for error in (-0.1, 0.0, 0.1)]
    made = with_ranges(errors_of(*past, (2018, 0.5)))
    last = made[made["origin"] == 2018].iloc[0]
    expected = 100 * np.exp(np.quantile([error for _, error in past], LEVELS))
    assert last[list(QUANTILES)].tolist() == pytest.approx(expected.tolist())
    assert made["origin"].tolist() == [2015] * 3 + [2016] * 3 + [2017] * 3 + [2018]


def test_there_is_no_range_while_too_few_origins_are_known():
    made = with_ranges(errors_of((2015, 0.1), (2016, 0.1), (2017, 0.1), (2019, 0.1)))
    known = made.set_index("origin")["q500"].notna()
    assert known.to_dict() == {2015: False, 2016: False, 2017: False, 2019: True}


def test_each_method_and_horizon_has_ranges_of_its_own():
    errors = backtest(counts(1.1, 1.02), horizon=2, methods=["naive", "log_drift"])
    made = with_ranges(errors).set_index(["method", "horizon"])
    assert len(made) == len(errors)
    width = (made["q900"] - made["q100"]).groupby(["method", "horizon"]).max()
    assert width["log_drift"].max() < 1e-6 < width["naive", 1] < width["naive", 2]
