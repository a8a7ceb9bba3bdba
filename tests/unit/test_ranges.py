import numpy as np
import pandas as pd
import pytest

from sendlib.ranges import LEVELS, QUANTILES, levels, ranges, say_chance, score_each


def forecasts(*actual):
    """Forecasts of 100 with a range of 50% from 90 to 110, of 80% from 80, of 95% from 70."""
    ranges = dict(zip(QUANTILES, [70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0], strict=True))
    return pd.DataFrame({"actual": actual}).assign(forecast=100.0, **ranges)


def test_quantiles_are_named_by_their_level():
    assert QUANTILES == ("q025", "q100", "q250", "q500", "q750", "q900", "q975")
    assert [float(name[1:]) / 1000 for name in QUANTILES] == list(LEVELS)


def test_the_levels_of_a_range_leave_as_much_below_as_above():
    assert levels(95.0) == (0.025, 0.5, 0.975)


def test_the_ends_of_a_range_are_quantiles_of_the_draws_of_each_cell():
    draws = np.arange(11.0).reshape(11, 1, 1) * [[1, 10], [100, 1000]]  # draw, place, year
    frame = ranges(draws, levels(80.0), place=["school", "college"], year=[2026, 2027])
    assert frame.columns.tolist() == ["place", "year", "low", "middle", "high"]
    assert frame.to_numpy().tolist() == [
        ["school", 2026, 1, 5, 9],
        ["school", 2027, 10, 50, 90],
        ["college", 2026, 100, 500, 900],
        ["college", 2027, 1000, 5000, 9000],
    ]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "less than 1%"),
        (0.0099, "less than 1%"),
        (0.01, "1%"),
        (0.496, "50%"),
        (0.99, "99%"),
        (0.9901, "more than 99%"),
    ],
)
def test_no_chance_is_said_to_be_certain(share, said):
    assert say_chance(share) == said


def test_a_score_of_one_forecast_is_what_a_hand_makes_of_it():
    row = score_each(forecasts(125.0)).iloc[0]
    inside_95 = 0.05 / 2 * 60
    missed_80 = 0.2 / 2 * (40 + 2 / 0.2 * 5)
    missed_50 = 0.5 / 2 * (20 + 2 / 0.5 * 15)
    assert row["wis"] == pytest.approx((0.5 * 25 + missed_50 + missed_80 + inside_95) / 3.5)
    assert row["error"] == 25
    assert row[["inside_50", "inside_80", "inside_95"]].tolist() == [0, 0, 1]


def test_an_outcome_at_the_end_of_a_range_is_inside():
    result = score_each(forecasts(90.0, 120.0, 69.9, 130.1))
    assert result["inside_50"].tolist() == [1, 0, 0, 0]
    assert result["inside_80"].tolist() == [1, 1, 0, 0]
    assert result["inside_95"].tolist() == [1, 1, 0, 0]


def test_the_wider_of_two_ranges_that_hold_the_outcome_scores_worse():
    narrow = forecasts(100.0)
    wide = narrow.assign(q250=60.0, q100=50.0, q025=40.0)
    assert score_each(wide)["wis"][0] > score_each(narrow)["wis"][0]


def test_a_forecast_without_a_range_has_an_error_and_no_score():
    result = score_each(forecasts(80.0).assign(**dict.fromkeys(QUANTILES, np.nan))).iloc[0]
    assert result["error"] == -20
    assert result[["wis", "inside_50", "inside_80", "inside_95"]].isna().all()
