"""What a funnel plot and a place in a ranking are made of."""

import pandas as pd
import pytest

from sendlib.areas import PeerGroup
from sendlib.compare import (
    CORRECTIONS,
    funnel_limits,
    funnel_of,
    judge_beside,
    judged_of,
    ranges_of_ranks,
)
from sendlib.vocabulary import ENGLAND

GROUP = PeerGroup("1", ("2",), "E12000009", {"1": "One"})


def counted(kind="share", indicator="a"):
    rows = [
        ("1", 2024, 0.9, 1_000),
        ("1", 2025, 0.3, 1_000),
        ("2", 2025, 0.2, 3_000),
        ("3", 2025, 0.4, 500),
        (ENGLAND, 2025, 0.2, 100_000),
    ]
    frame = pd.DataFrame(rows, columns=["area_code", "year", "value", "of"])
    return frame.assign(indicator=indicator, period=frame["year"].astype(str), kind=kind)


def test_england_counts_as_one_area_beside_an_authority():
    judged = judged_of(counted(), GROUP).set_index("beside")
    assert judged["areas"].to_dict() == {"england": 1, "neighbours": 1}


@pytest.mark.parametrize("kind", ["share", "rate"])
def test_the_limits_of_a_funnel_run_from_the_small_to_the_large_for_its_kind(kind):
    limits = funnel_of(counted(kind), GROUP, "a").limits
    for coverage, rows in limits.groupby("coverage"):
        assert rows["of"].is_monotonic_increasing
        known = funnel_limits(rows["of"], 0.2, kind=kind, coverages=[coverage])
        assert rows["high"].tolist() == known["high"].tolist()
    assert limits["of"].iloc[[0, -1]].tolist() == [400, 3_300]


def test_a_funnel_is_of_the_last_year_and_of_the_figure_asked_for():
    both = pd.concat([counted(), counted(indicator="b").assign(value=0.7)])
    funnel = funnel_of(both, GROUP, "a")
    assert funnel.points["area_code"].tolist() == ["1", "2", "3"]
    assert funnel.points["value"].tolist() == [0.3, 0.2, 0.4]


def test_each_figure_has_its_own_place_and_its_own_draws():
    both = pd.concat([counted(), counted(indicator="b")], ignore_index=True)
    better = pd.Series({"a": "higher", "b": "lower"})
    ranges = ranges_of_ranks(both, GROUP, better)
    assert ranges["rank"].to_dict() == {"a": 2, "b": 2}
    assert ranges["year"].tolist() == [2025, 2025]
    assert ranges["ranked"].tolist() == [3, 3]
    assert ranges.index.name == "indicator"


def test_the_tests_beside_england_and_the_neighbours_are_corrected_as_asked():
    twice = pd.concat([counted(), counted(indicator="b")])
    strict, kind = (judged_of(twice, GROUP, correction=name) for name in CORRECTIONS)
    least = strict["p"].min()
    assert strict["p_corrected"].min() == pytest.approx(4 * least)
    assert kind["p_corrected"].min() == pytest.approx(4 * least / 2)
    never = judged_of(twice, GROUP, level=0.0)
    assert not never["verdict"].isin(["higher", "lower"]).any()


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
    elsewhere = counted()[counted()["area_code"] != "1"]
    said = judge_beside(measures, elsewhere, GROUP)
    assert said["verdict"].fillna("").tolist() == ["higher", ""]
    assert said["tested_verdict"].isna().all()
