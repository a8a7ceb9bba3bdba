"""Control charts on values worked out by hand, and on a published example."""

import numpy as np
import pandas as pd
import pytest

from sendlib.kpi import control_charts

NAN = np.nan
STEADY = [10.0, 12.0] * 8  # mean 11, moving ranges of 2, limits 5.68 and 16.32
PUBLISHED = [
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621,
    -1.26506123, -0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272,
    -0.55584113, 1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141,
]  # fmt: skip
"""The series of the tests of NHSRplotthedots 0.2: mean 0.142, limits -3.01 and 3.29."""


def charts_of(values, *, better="higher", target=NAN, lowest=-np.inf, highest=np.inf):
    ends = pd.date_range("2023-01-31", periods=len(values), freq="ME")
    series = pd.DataFrame(
        {"kpi": "a", "period": ends.strftime("%Y-%m"), "period_end": ends, "value": values}
    ).assign(target=target)
    about = {"kpi": "a", "kind": "measure", "better": better, "lowest": lowest, "highest": highest}
    return control_charts(series, pd.DataFrame([about]))


def flagged(*, shift=0.0):
    """Which of 5,000 stable series of 24 values, the last 8 shifted, are flagged where."""
    values = np.random.default_rng(7).normal(size=(5_000, 24))
    values[:, -8:] += shift
    names = [f"k{at}" for at in range(len(values))]
    series = pd.DataFrame({"kpi": np.repeat(names, 24), "value": values.ravel()})
    series = series.assign(period="", period_end=[*range(24)] * len(names), target=NAN)
    about = pd.DataFrame({"kpi": names, "kind": "measure", "better": "higher"})
    points = control_charts(series, about.assign(lowest=-np.inf, highest=np.inf)).points
    return (points["rule"] != "").to_numpy().reshape(values.shape)


def last_of(values, **more):
    return charts_of(values, **more).latest.iloc[0]


def test_limits_are_266_mean_moving_ranges_from_the_mean():
    last = last_of(STEADY)
    assert last[["mean", "lower", "upper"]].tolist() == pytest.approx([11, 5.68, 16.32])
    assert (last["rule"], last["state"]) == ("", "common_cause")


def test_a_published_example_comes_out():
    charts = charts_of(PUBLISHED)
    last = charts.latest.iloc[0]
    assert [round(last[name], 2) for name in ("mean", "lower", "upper")] == [0.14, -3.01, 3.29]
    assert set(charts.points["state"]) == {"common_cause"}


@pytest.mark.parametrize(
    ("end", "rule", "side"),
    [
        ([40.0], "outside", 1),
        ([-20.0], "outside", -1),
        ([16.0, 11.0, 16.0], "near", 1),
        ([6.0, 6.0], "near", -1),
        ([11.5, 12.5] * 3 + [11.8], "shift", 1),
        ([10.5, 9.5] * 3 + [10.2], "shift", -1),
        ([10.0, 10.2, 10.4, 10.6, 10.8, 11.0, 11.2], "trend", 1),
        ([12.0, 11.8, 11.6, 11.4, 11.2, 11.0, 10.8], "trend", -1),
    ],
)
def test_each_rule_is_found_on_each_side(end, rule, side):
    last = last_of(STEADY + end)
    assert (last["rule"], last["side"]) == (rule, side)
    assert last["state"] == ("improving" if side > 0 else "concerning")
    assert last_of(STEADY + end, better="lower")["state"] != last["state"]
    assert last_of(STEADY + end, better="neither")["state"] == "changed"


@pytest.mark.parametrize(
    "end",
    [
        [11.5, 12.5] * 3,
        [10.2, 10.4, 10.6, 10.8, 11.0, 11.2],
        [16.0, 11.0, 11.0, 16.0],
        [16.0, 6.0],
        [12.0, 10.0, 12.0, 10.0],
    ],
)
def test_what_falls_just_short_of_a_rule_is_usual(end):
    values = [10.0, 12.0] * 12 + [10.9] + end
    assert last_of(values)["state"] == "common_cause"


def test_every_value_of_a_run_is_marked_and_no_other():
    points = charts_of([*STEADY, 10.0, *([11.5, 12.5] * 3), 11.8]).points
    assert points["shift"].tolist() == [0] * 17 + [1] * 7


def test_a_series_that_never_varies_is_usual_and_hits_its_target():
    last = last_of([0.1] * 24, target=0.1)
    assert (last["state"], last["assurance"]) == ("common_cause", "hit")


@pytest.mark.parametrize(
    ("better", "target", "assurance"),
    [
        ("higher", 5.0, "hit"),
        ("higher", 11.0, "hit_and_miss"),
        ("higher", 17.0, "missed"),
        ("lower", 17.0, "hit"),
        ("lower", 11.0, "hit_and_miss"),
        ("lower", 5.0, "missed"),
        ("neither", 5.0, "no_target"),
        ("higher", NAN, "no_target"),
    ],
)
def test_a_target_outside_the_limits_is_reliably_hit_or_missed(better, target, assurance):
    assert last_of(STEADY, better=better, target=target)["assurance"] == assurance


def test_eleven_values_are_too_few_and_have_no_limits():
    last = last_of([*[10.0] * 10, 99.0], target=50.0)
    assert (last["state"], last["assurance"], last["rule"]) == ("too_few", "too_few", "")
    assert last[["mean", "lower", "upper"]].isna().all()
    assert last_of([10.0, 12.0] * 6)["state"] == "common_cause"


def test_a_limit_is_not_drawn_beyond_what_a_value_can_be():
    last = last_of([96.0, 100.0] * 8, lowest=0.0, highest=100.0)
    assert last["upper"] == 100.0


def test_a_missing_value_is_passed_over_and_never_zero():
    with_gap = [*STEADY[:4], NAN, *STEADY[4:]]
    last = last_of(with_gap)
    assert last["values"] == len(STEADY)
    assert last[["mean", "lower"]].tolist() == pytest.approx([11, 5.68])


def test_false_alarms_on_stable_series_are_as_rare_as_stated_and_shifts_are_seen():
    stable = flagged()
    assert 1.0 < 100 * stable[:, -1].mean() < 2.0
    assert 14 < 100 * stable.any(axis=1).mean() < 19
    seen = [100 * flagged(shift=by)[:, -1].mean() for by in (1, 2, 3)]
    assert seen == sorted(seen)
    assert seen[0] > 10
    assert seen[2] > 85
