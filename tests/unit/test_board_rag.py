import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendlib.board.file import Threshold
from sendlib.board.rag import rate_figures
from sendlib.packs.front import Verdict
from sendlib.pages.figures import KEY_FIGURES, as_shown, write

KEYS = ["plans_next_january", "plans_on_time_share", "deficit_next_march"]


def figure(key, *numbers, **beside):
    value = write(numbers, KEY_FIGURES[key].unit)
    shown = {"label": key, "value": value, "detail": "", "page": "x.html", "beside": beside}
    return {key: shown | {"numbers": list(numbers)}}


def rated_of(key, numbers, **levels):
    return rate_figures(figure(key, *numbers), [Threshold(figure=key, **levels)])[0]


@pytest.mark.parametrize(
    ("numbers", "levels", "verdict", "why"),
    [
        ((6000, 6512, 7000), {"act_above": 6500}, "ACT", "The middle, 6,512, is above 6,500, the"),
        ((6000, 6400, 7000), {"act_above": 6500}, "WATCH", "The range reaches above 6,500, the"),
        ((6000, 6400, 6500), {"watch_above": 6300}, "WATCH", "The middle, 6,400, is above 6,300"),
        ((6000, 6400, 6500), {"act_above": 6500}, "EXPECTED", "No part of the range is above"),
        ((6000, 6400, 6900), {"watch_above": 6500}, "EXPECTED", "lies in the upper half"),
        ((6000,), {"act_above": 6000}, "EXPECTED", "It is not above 6,000, the level to act"),
        ((6000.4,), {"act_above": 6000}, "EXPECTED", "It is not above 6,000"),
        ((6001,), {"watch_above": 5000, "act_above": 6000}, "ACT", "It is above 6,000, the level"),
        ((5000, 6000, 7000), {"act_below": 5500}, "WATCH", "The range reaches below 5,500"),
    ],
)
def test_a_verdict_says_how_a_figure_stands_and_why(numbers, levels, verdict, why):
    found = rated_of("plans_next_january", numbers, **levels)
    assert found.verdict.name == verdict
    assert why in found.why


def test_levels_are_written_in_the_unit_of_the_figure():
    found = rated_of("plans_on_time_share", (0.384,), act_below=0.405)
    assert found.why == "It is below 40.5%, the level to act at."
    found = rated_of("deficit_next_march", (80.0, 101.26, 120.0), act_above=100)
    assert found.why == "The middle, £101.3m, is above £100m, the level to act at."


def test_a_figure_has_the_default_threshold_until_a_board_sets_its_own():
    late = figure("plans_on_time_share", 0.29, before=0.27, england=0.46)
    (found,) = rate_figures(late, [])
    assert found.verdict == Verdict.ACT
    assert found.why == "It is below England's 46%, the level to act at."
    assert "2014" in found.reason
    own = Threshold(figure="plans_on_time_share", act_below=0.2)
    assert [each.verdict for each in rate_figures(late, [own])] == [Verdict.EXPECTED]


@pytest.mark.parametrize(
    ("key", "numbers", "beside", "verdict"),
    [
        ("plans_on_time_share", (0.62,), {"before": 0.29, "england": 0.46}, Verdict.BETTER),
        ("plans_on_time_share", (0.62,), {"before": 0.7, "england": 0.46}, Verdict.WORSENING),
        ("plans_on_time_share", (1.0,), {"before": 0.7, "england": 0.46}, Verdict.EXPECTED),
        ("not_in_school", (669,), {"before": 452}, Verdict.WORSENING),
        ("requests_per_10k", (120.0,), {"neighbours": 90.0, "before": 80.0}, Verdict.WATCH),
        ("deficit_protection_ends", (230, 270, 310), {"reserves": 34}, Verdict.ACT),
        ("deficit_protection_ends", (1, 2, 40), {"reserves": 34}, Verdict.WATCH),
    ],
)
def test_a_verdict_says_whether_a_figure_past_a_level_gets_better(key, numbers, beside, verdict):
    (found,) = rate_figures(figure(key, *numbers, **beside), [])
    assert found.verdict == verdict


def test_a_figure_has_no_status_against_what_is_not_known():
    shown = figure("requests_per_10k", 120.0) | figure("plans_in_force", 6383)
    assert rate_figures(shown, []) == ()


def test_a_figure_that_no_page_states_is_not_known_and_never_as_expected():
    found = rate_figures({}, [Threshold(figure="deficit_now", act_above=1)])[0]
    assert (found.verdict, found.value) == (Verdict.NOT_KNOWN, "not available")
    assert found.label == "Deficit of the schools grant last stated"


def test_the_gravest_come_first():
    shown = figure("plans_in_force", 10) | figure("high_needs_spend", 7)
    levels = [
        Threshold(figure="plans_in_force", act_above=20),
        Threshold(figure="high_needs_spend", act_above=5),
    ]
    found = [each.verdict for each in rate_figures(shown, levels)]
    assert found == [Verdict.ACT, Verdict.EXPECTED]


number = st.floats(0, 1, allow_nan=False)


@given(
    key=st.sampled_from(KEYS),
    numbers=st.lists(number, min_size=1, max_size=3).map(sorted),
    levels=st.lists(number, min_size=4, max_size=4).map(sorted),
    given=st.sets(
        st.sampled_from(["act_below", "watch_below", "watch_above", "act_above"]), min_size=1
    ),
)
def test_the_word_and_the_sentence_always_agree_with_the_range_and_the_levels(
    key, numbers, levels, given
):
    unit = KEY_FIGURES[key].unit
    size = min(unit.highest, 1000)
    numbers, levels = ([size * each for each in some] for some in (numbers, levels))
    names = ("act_below", "watch_below", "watch_above", "act_above")
    kept = {name: level for name, level in zip(names, levels, strict=True) if name in given}
    found = rated_of(key, numbers, **kept)
    shown = [as_shown(each, unit) for each in numbers]
    low, high = shown[0], shown[-1]
    middle = sum(shown) / 2 if len(shown) == 2 else shown[len(shown) // 2]
    far, near = float("inf"), float("-inf")
    act = middle > kept.get("act_above", far) or middle < kept.get("act_below", near)
    watch = middle > kept.get("watch_above", far) or middle < kept.get("watch_below", near)
    reaches = high > kept.get("act_above", far) or low < kept.get("act_below", near)
    expected = Verdict.ACT if act else Verdict.WATCH if watch or reaches else Verdict.EXPECTED
    assert found.verdict == expected
    assert bool(re.search(r"level to act at", found.why)) or expected != Verdict.ACT
    assert any(words in found.why for words in ("is not", "No part", "lies in the")) == (
        expected == Verdict.EXPECTED
    )
