import numpy as np
import pandas as pd
import pytest

from sendlib.forecast.scores import scorecard, sizes
from sendlib.ranges import QUANTILES, score_each


def forecasts(*rows):
    """Forecasts of 100 with a range of 50% from 90 to 110, of 80% from 80, of 95% from 70."""
    ranges = dict(zip(QUANTILES, [70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0], strict=True))
    frame = pd.DataFrame(rows, columns=["origin", "actual"]).assign(**ranges)
    return frame.assign(method="pooled", horizon=1, forecast=frame["q500"])


def test_a_card_averages_sizes_and_keeps_the_sign_of_a_lean():
    made = scorecard(forecasts((2020, 80.0), (2021, 125.0))).iloc[0]
    assert made["mape_pct"] == pytest.approx((25 + 20) / 2)
    assert made["bias_pct"] == pytest.approx((-25 + 20) / 2)
    scores = score_each(forecasts((2020, 80.0), (2021, 125.0)))["wis"]
    assert made["wis_pct"] == pytest.approx((scores[0] / 0.8 + scores[1] / 1.25) / 2)
    assert made[["covered_50", "covered_80", "covered_95"]].tolist() == [0, 0.5, 1]
    assert made[["forecasts", "origins"]].tolist() == [2, 2]


def test_a_forecast_without_a_range_counts_for_its_error_only():
    some = forecasts((2020, 100.0), (2020, 80.0))
    some.loc[1, list(QUANTILES)] = np.nan
    made = scorecard(some).iloc[0]
    assert made["covered_80"] == 1
    assert made["mape_pct"] == pytest.approx((0 + 25) / 2)
    assert made["forecasts"] == 2


def test_a_card_may_be_by_anything():
    made = scorecard(forecasts((2020, 80.0), (2021, 125.0)), by=("origin", "horizon"))
    assert made[["origin", "mape_pct"]].to_numpy().tolist() == [[2020, 25], [2021, 20]]


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
