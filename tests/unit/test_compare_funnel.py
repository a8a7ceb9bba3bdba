"""Funnel limits, and ranges of ranks."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from invented_counts import FIGURES, GROUP, SMALL_GROUP, few_counted
from sendlib.compare import narrative
from sendlib.compare.funnel import (
    among_councils,
    funnel_limits,
    funnel_of,
    rank_ranges,
)
from sendlib.vocabulary import ENGLAND

AREAS = pd.DataFrame({"area_code": list("1234"), "area_name": ["One", "Two", "Three", "Four"]})


def test_funnel_limits_hold_what_they_say_and_narrow_with_size():
    limits = funnel_limits([100, 1000, 10_000], 0.2).query("coverage == 0.95")
    inside = stats.binom.cdf(limits["high"] * limits["of"], limits["of"], 0.2)
    inside -= stats.binom.cdf(limits["low"] * limits["of"], limits["of"], 0.2)
    assert (abs(inside - 0.95) < 0.05).all()
    assert (limits["high"] - limits["low"]).is_monotonic_decreasing
    wider = funnel_limits([100], 0.2)["high"]
    assert wider.is_monotonic_increasing


def test_funnel_limits_of_a_rate_may_pass_one_and_never_zero():
    limits = funnel_limits([3], 0.9, kind="rate")
    assert limits["high"].max() > 1
    assert limits["low"].min() == 0


def ranks(values, of, kind="share"):
    frame = pd.DataFrame({"value": values, "of": of, "kind": kind})
    return rank_ranges(frame, rng=np.random.default_rng(3))


def test_ranks_of_large_authorities_far_apart_are_sure():
    result = ranks([0.5, 0.3, 0.1], [10_000] * 3)
    assert result.to_numpy().tolist() == [[1, 1, 1], [2, 2, 2], [3, 3, 3]]


def test_ranks_of_equals_could_be_any():
    result = ranks([0.2] * 20, [500] * 20)
    assert (result["rank"] == 1).all()
    assert (result["rank_low"] <= 2).all()
    assert (result["rank_high"] >= 19).all()


def test_a_smaller_authority_has_a_wider_range_of_ranks():
    values = np.linspace(0.1, 0.3, 21)
    of = np.full(21, 20_000)
    of[10] = 100
    result = ranks(values, of, kind="rate")
    width = result["rank_high"] - result["rank_low"]
    assert width[10] > 3 * width.drop(10).max()


def test_a_range_of_ranks_leaves_out_as_many_draws_above_as_below():
    result = ranks([0.2] * 200, [500] * 200)  # each draw is any place alike
    assert result["rank_low"].mean() == pytest.approx(0.025 * 200 + 0.5, abs=0.3)
    assert result["rank_high"].mean() == pytest.approx(0.975 * 200 + 0.5, abs=0.3)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("share", 0.0), ("rate", 0.0), ("share", 0.2), ("rate", 0.2), ("share", 1.0)],
)
def test_a_range_of_ranks_is_as_wide_as_the_count_leaves_possible(kind, value):
    """One authority of a hundred, among many so large that their value stays where it is."""
    marks = np.linspace(0, max(0.5, value), 2_001)
    result = ranks([value, *marks], [100, *[1e9] * len(marks)], kind=kind).iloc[0]
    had = 100 * value + 0.5
    beta, gamma = stats.beta(had, 101 - had), stats.gamma(had, scale=1 / 100)
    possible = beta if kind == "share" else gamma
    best, worst = ((marks > possible.ppf(end)).sum() + 1 for end in (0.975, 0.025))
    assert (result % 1 == 0).all()
    assert result["rank_low"] == pytest.approx(best, abs=30)
    assert result["rank_high"] == pytest.approx(worst, abs=30)


@pytest.mark.parametrize("kind", ["share", "rate"])
def test_funnel_limits_lie_between_whole_counts_where_chance_says(kind):
    limits = funnel_limits([100], 0.3, kind=kind, coverages=[0.9]).iloc[0]
    counts = np.arange(101)
    known = stats.poisson(30) if kind == "rate" else stats.binom(100, 0.3)
    ends = np.interp(100 * limits[["low", "high"]].astype(float), counts, known.cdf(counts))
    assert ends.tolist() == pytest.approx([0.05, 0.95])


def test_ranks_are_among_authorities_only_and_have_a_range():
    ranges = among_councils(FIGURES, GROUP).loc["a"]
    assert ranges[["rank", "ranked"]].tolist() == [2, 4]
    assert ranges["rank_low"] <= 2 <= ranges["rank_high"]
    again = among_councils(FIGURES, GROUP).loc["a"]
    pd.testing.assert_series_equal(ranges, again)


def test_a_funnel_lies_about_england_and_names_who_is_beyond_it():
    funnel = funnel_of(FIGURES, GROUP, "a", AREAS)
    points = funnel.points.set_index("area_code")
    assert (funnel.centre, funnel.period) == (0.2, "2025")
    assert points["role"].to_dict() == {
        "1": "authority",
        "2": "neighbour",
        "3": "neighbour",
        "4": "other",
    }
    assert points["beyond"].to_dict() == {"1": "above", "2": "inside", "3": "above", "4": "below"}
    assert funnel.limits["of"].min() < points["of"].min()
    assert funnel.limits["of"].max() > points["of"].max()


def test_a_figure_that_the_authority_lacks_makes_an_empty_funnel():
    funnel = funnel_of(FIGURES[FIGURES["area_code"] != "1"], GROUP, "a", AREAS)
    assert funnel.points.empty
    assert funnel.points.attrs["why"] == "No count of it is published for One."
    assert narrative.funnel(funnel.points) == ""


def test_without_england_a_funnel_lies_about_all_that_are_available():
    funnel = funnel_of(FIGURES[FIGURES["area_code"] != ENGLAND], GROUP, "a", AREAS)
    assert funnel.centre == pytest.approx((300 + 600 + 600 + 50) / 5_500)


@pytest.mark.parametrize("kind", ["share", "rate"])
def test_the_limits_of_a_funnel_run_from_the_small_to_the_large_for_its_kind(kind):
    limits = funnel_of(few_counted(kind), SMALL_GROUP, "a", AREAS).limits
    for coverage, rows in limits.groupby("coverage"):
        assert rows["of"].is_monotonic_increasing
        known = funnel_limits(rows["of"], 0.2, kind=kind, coverages=[coverage])
        assert rows["high"].tolist() == known["high"].tolist()
    assert limits["of"].iloc[[0, -1]].tolist() == [400, 3_300]


def test_a_funnel_is_of_the_last_year_and_of_the_figure_asked_for():
    both = pd.concat([few_counted(), few_counted(indicator="b").assign(value=0.7)])
    funnel = funnel_of(both, SMALL_GROUP, "a", AREAS)
    assert funnel.points["area_code"].tolist() == ["1", "2", "3"]
    assert funnel.points["value"].tolist() == [0.3, 0.2, 0.4]


def test_each_figure_has_its_own_place_and_its_own_draws():
    both = pd.concat([few_counted(), few_counted(indicator="b")], ignore_index=True)
    ranges = among_councils(both, SMALL_GROUP)
    assert ranges["rank"].to_dict() == {"a": 2, "b": 2}
    assert ranges["ranked"].tolist() == [3, 3]
    assert ranges.index.name == "indicator"


def councils_and(own, *, number=60, spread=0.05, of=4000):
    """Invented councils about one half, far apart for their size, and one more."""
    rng = np.random.default_rng(11)
    values = 0.5 + spread * rng.standard_normal(number)
    codes = [f"9{place:02d}" for place in range(number)]
    frame = pd.DataFrame({"area_code": [GROUP.area_code, *codes], "value": [own, *values]})
    return frame.assign(indicator="a", year=2025, period="2025", of=of, kind="share")


@pytest.mark.parametrize(
    ("own", "among"), [(0.53, "as most"), (0.7, "unusually high"), (0.3, "unusually low")]
)
def test_what_chance_cannot_explain_may_still_be_usual_among_councils(own, among):
    found = among_councils(councils_and(own), GROUP).loc["a"]
    assert found["among"] == among
    assert found["usual_high"] - found["usual_low"] == pytest.approx(4 * 0.05, rel=0.25)
    limits = funnel_limits([4000], 0.5).query("coverage == 0.998").iloc[0]
    assert not limits["low"] < own < limits["high"]


def test_councils_that_differ_by_chance_alone_leave_the_limits_of_chance():
    rng = np.random.default_rng(5)
    found = councils_and(0.5, spread=0.0)
    found["value"] = rng.binomial(4000, 0.5, len(found)) / 4000
    row = among_councils(found, GROUP).loc["a"]
    assert row["usual_high"] - row["usual_low"] == pytest.approx(
        2 * 1.96 * 0.5 / 4000**0.5, rel=0.3
    )


def test_of_a_few_councils_nothing_is_among_councils():
    assert (
        among_councils(councils_and(0.9, number=5), GROUP).loc["a", "among"] == "too few councils"
    )
