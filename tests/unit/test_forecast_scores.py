import numpy as np
import pandas as pd
import pytest

from sendlib.forecast.scores import QUANTILES, score_each, scorecard, sizes


def forecasts(*rows):
    """Forecasts of 100 with a range of 50% from 90 to 110, of 80% from 80, of 95% from 70."""
    ranges = dict(zip(QUANTILES, [70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0], strict=True))
    frame = pd.DataFrame(rows, columns=["origin", "actual"]).assign(**ranges)
    return frame.assign(method="pooled", horizon=1, forecast=frame["q500"])


def test_quantiles_are_named_by_their_level():
    assert QUANTILES == ("q025", "q100", "q250", "q500", "q750", "q900", "q975")


def test_a_score_of_one_forecast_is_what_a_hand_makes_of_it():
    row = score_each(forecasts((2020, 125.0))).iloc[0]
    inside_95 = 0.05 / 2 * 60
    missed_80 = 0.2 / 2 * (40 + 2 / 0.2 * 5)
    missed_50 = 0.5 / 2 * (20 + 2 / 0.5 * 15)
    score = (0.5 * 25 + missed_50 + missed_80 + inside_95) / 3.5
    assert row["wis_pct"] == pytest.approx(100 * score / 125)
    assert row["error_pct"] == pytest.approx(20)
    assert row[["inside_50", "inside_80", "inside_95"]].tolist() == [0, 0, 1]


def test_an_outcome_at_the_end_of_a_range_is_inside():
    made = score_each(forecasts((2020, 90.0), (2020, 120.0), (2020, 69.9), (2020, 130.1)))
    assert made["inside_50"].tolist() == [1, 0, 0, 0]
    assert made["inside_80"].tolist() == [1, 1, 0, 0]
    assert made["inside_95"].tolist() == [1, 1, 0, 0]


def test_the_wider_of_two_ranges_that_hold_the_outcome_scores_worse():
    narrow = forecasts((2020, 100.0))
    wide = narrow.assign(q250=60.0, q100=50.0, q025=40.0)
    assert score_each(wide)["wis_pct"][0] > score_each(narrow)["wis_pct"][0]


def test_a_card_averages_sizes_and_keeps_the_sign_of_a_lean():
    made = scorecard(forecasts((2020, 80.0), (2021, 125.0))).iloc[0]
    assert made["mape_pct"] == pytest.approx((25 + 20) / 2)
    assert made["bias_pct"] == pytest.approx((-25 + 20) / 2)
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
