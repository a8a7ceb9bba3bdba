"""Counted figures beside England and the neighbours, ranges of ranks, and funnels."""

import numpy as np
import pandas as pd
import pytest

from sendlib.areas import PeerGroup
from sendlib.compare import (
    better_or_worse,
    funnel_limits,
    funnel_of,
    latest_tests,
    ranges_of_ranks,
    sentences,
    with_tests,
)
from sendlib.errors import NotAvailableError
from sendlib.vocabulary import ENGLAND

GROUP = PeerGroup("1", ("2", "3"), "E12000009", {"1": "One"})
AREAS = pd.DataFrame({"area_code": list("1234"), "area_name": ["One", "Two", "Three", "Four"]})
BETTER = pd.Series({"a": "higher", "b": "lower", "c": "none"})


def counted(*rows, indicator="a"):
    frame = pd.DataFrame(rows, columns=["area_code", "year", "value", "of"])
    period = frame["year"].astype(str)
    return frame.assign(indicator=indicator, period=period, kind="share", source_id="s")


FIGURES = counted(
    ("1", 2024, 0.9, 1_000),
    ("1", 2025, 0.3, 1_000),
    ("2", 2025, 0.2, 3_000),
    ("3", 2025, 0.6, 1_000),
    ("4", 2025, 0.1, 500),
    (ENGLAND, 2025, 0.2, 100_000),
    ("E12000009", 2025, 0.2, 9_000),
)


def test_the_last_year_stands_beside_england_and_the_neighbours_as_one():
    tests = latest_tests(FIGURES, GROUP).set_index("beside")
    assert tests["year"].tolist() == [2025, 2025]
    assert tests["other"].to_dict() == {"england": 0.2, "neighbours": pytest.approx(0.3)}
    assert tests.loc["england", "other_of"] == np.inf
    assert tests.loc["neighbours", ["other_of", "areas"]].tolist() == [4_000, 2]
    assert tests["result"].to_dict() == {"england": "higher", "neighbours": "similar"}
    assert set(tests["compared"]) == {2}


def test_what_has_no_figure_of_england_or_no_neighbour_stands_beside_the_other_only():
    alone = FIGURES[FIGURES["area_code"] != ENGLAND]
    assert latest_tests(alone, GROUP)["beside"].tolist() == ["neighbours"]
    theirs = FIGURES[~FIGURES["area_code"].isin(["2", "3"])]
    assert latest_tests(theirs, GROUP)["beside"].tolist() == ["england"]


def test_neighbours_of_another_year_are_not_taken():
    old = FIGURES.assign(year=FIGURES["year"].where(FIGURES["area_code"] != "3", 2024))
    tests = latest_tests(old, GROUP).set_index("beside")
    assert tests.loc["neighbours", ["other", "areas"]].tolist() == [pytest.approx(0.2), 1]


def test_an_authority_without_counts_cannot_be_tested():
    with pytest.raises(NotAvailableError, match="no figure with a published count for One"):
        latest_tests(FIGURES[FIGURES["area_code"] != "1"], GROUP)


def test_a_difference_is_for_the_better_or_the_worse_only_where_one_way_is_better():
    results = ["higher", "lower", "similar", "too few"]
    tests = pd.DataFrame(
        [(name, result) for name in "abc" for result in results],
        columns=["indicator", "result"],
    )
    worth = better_or_worse(tests, BETTER).tolist()
    assert worth == ["better", "worse", "", "", "worse", "better", *6 * [""]]


def test_ranks_are_among_authorities_only_and_have_a_range():
    ranges = ranges_of_ranks(FIGURES, GROUP).loc["a"]
    assert ranges[["rank", "ranked"]].tolist() == [2, 4]
    assert ranges["rank_low"] <= 2 <= ranges["rank_high"]
    again = ranges_of_ranks(FIGURES, GROUP).loc["a"]
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
    assert sentences.funnel(funnel.points) == ""


def test_tests_know_what_is_better_and_where_chance_could_have_put_a_rank():
    tests = latest_tests(FIGURES, GROUP, BETTER).set_index("beside")
    assert tests["worth"].to_dict() == {"england": "better", "neighbours": ""}
    assert tests["rank"].tolist() == [2, 2]


def test_without_england_a_funnel_lies_about_all_that_are_held():
    funnel = funnel_of(FIGURES[FIGURES["area_code"] != ENGLAND], GROUP, "a", AREAS)
    assert funnel.centre == pytest.approx((300 + 600 + 600 + 50) / 5_500)


SMALL_GROUP = PeerGroup("1", ("2",), "E12000009", {"1": "One"})


def few_counted(kind="share", indicator="a"):
    rows = [
        ("1", 2024, 0.9, 1_000),
        ("1", 2025, 0.3, 1_000),
        ("2", 2025, 0.2, 3_000),
        ("3", 2025, 0.4, 500),
        (ENGLAND, 2025, 0.2, 100_000),
    ]
    frame = pd.DataFrame(rows, columns=["area_code", "year", "value", "of"])
    return frame.assign(
        indicator=indicator, period=frame["year"].astype(str), kind=kind, source_id="s"
    )


def test_england_counts_as_one_area_beside_an_authority():
    tests = latest_tests(few_counted(), SMALL_GROUP).set_index("beside")
    assert tests["areas"].to_dict() == {"england": 1, "neighbours": 1}


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
    ranges = ranges_of_ranks(both, SMALL_GROUP)
    assert ranges["rank"].to_dict() == {"a": 2, "b": 2}
    assert ranges["year"].tolist() == [2025, 2025]
    assert ranges["ranked"].tolist() == [3, 3]
    assert ranges.index.name == "indicator"


def test_the_tests_beside_england_and_the_neighbours_are_corrected_together():
    tests = latest_tests(pd.concat([few_counted(), few_counted(indicator="b")]), SMALL_GROUP)
    assert tests["p_corrected"].min() == pytest.approx(4 * tests["p"].min())


def test_a_page_of_an_authority_without_counts_is_judged_by_its_own_denominators():
    measures = pd.DataFrame(
        {
            "indicator": ["", "a"],
            "year": 2025,
            "value": [0.3, 0.3],
            "of": [1_000.0, float("nan")],
            "other": 0.2,
            "other_of": float("inf"),
            "kind": "share",
        }
    )
    elsewhere = few_counted()[few_counted()["area_code"] != "1"]
    said = with_tests(measures, elsewhere, SMALL_GROUP)
    assert said["result"].fillna("").tolist() == ["higher", ""]
    assert said["tested_result"].isna().all()
