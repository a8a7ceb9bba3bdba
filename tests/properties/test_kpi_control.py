"""Control charts keep their promises on any series."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sendlib.kpi.control import RULES, control_charts
from sendlib.kpi.narrative import STATES

SERIES = st.lists(st.integers(-1000, 1000), min_size=12, max_size=40)
MANY = settings(max_examples=15)
FLIPPED = {"improving": "concerning", "concerning": "improving"}


def charts_of(series, better="higher"):
    frames = [
        pd.DataFrame({"kpi": f"k{at}", "value": values, "period_end": range(len(values))})
        for at, values in enumerate(series)
    ]
    names = [f"k{at}" for at in range(len(series))]
    about = pd.DataFrame({"kpi": names, "better": better, "lowest": -np.inf, "highest": np.inf})
    about["kind"] = "measure"
    return control_charts(pd.concat(frames).assign(period="", target=np.nan), about)


def rules_of(values):
    return charts_of([values]).points[list(RULES)]


@MANY
@given(SERIES)
def test_a_series_upside_down_is_flagged_upside_down(values):
    found, turned = rules_of(values), rules_of([-value for value in values])
    for rule in RULES:
        assert (found[rule] == -turned[rule]).all()


@MANY
@given(SERIES, st.integers(-500, 500), st.integers(1, 50))
def test_another_unit_changes_no_flag(values, offset, factor):
    found, moved = rules_of(values), rules_of([offset + factor * value for value in values])
    for rule in RULES:
        assert (found[rule] == moved[rule]).all()


@MANY
@given(st.lists(SERIES, min_size=2, max_size=5))
def test_a_series_is_judged_alone_whatever_stands_next_to_it(series):
    together = charts_of(series).points
    for at, values in enumerate(series):
        alone = charts_of([values]).points
        beside = together[together["kpi"] == f"k{at}"]
        for column in (*RULES, "state", "mean", "upper"):
            assert beside[column].tolist() == alone[column].tolist()


@MANY
@given(SERIES)
def test_what_improves_one_way_is_a_concern_the_other(values):
    higher, lower = (charts_of([values], better).points["state"] for better in ("higher", "lower"))
    assert [FLIPPED.get(state, state) for state in higher] == lower.tolist()
    assert set(higher) <= set(STATES)


@MANY
@given(SERIES)
def test_runs_are_those_that_a_person_would_count(values):
    """The shift and trend rules, counted one window at a time."""
    found = rules_of(values)
    away = np.array(values) * len(values) - sum(values)
    shift, trend = [np.zeros(len(values), dtype=int) for _ in range(2)]
    for start in range(len(values) - 6):
        window = slice(start, start + 7)
        for side in (1, -1):
            if (side * away[window] > 0).all():
                shift[window] = side
            if (side * np.diff(values[window]) > 0).all():
                trend[window] = np.where(trend[window] == 0, side, trend[window])
    assert found["shift"].tolist() == shift.tolist()
    assert found["trend"].tolist() == trend.tolist()
