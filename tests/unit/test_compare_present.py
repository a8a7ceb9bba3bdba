"""The tables and the funnel plot of the page that compares."""

import numpy as np
import pandas as pd
import pytest

from sendlib import present
from sendlib.present import words
from sendlib.present.sections.comparators import NO_BAND, NO_TEST

STANDING = pd.DataFrame(
    {
        "indicator": ["a", "b", "c"],
        "title": ["A", "B", "C"],
        "unit": ["%", "score", "%"],
        "period": "2025",
        "better": ["higher", "lower", "none"],
        "value": [6.2, -0.4, np.nan],
        "value_status": ["reported", "reported", "suppressed"],
        "england": [5.3, -0.5, 4.0],
        "region": [5.5, -0.45, 4.0],
        "middle_neighbour": [5.0, -0.45, 4.0],
        "gap_england": [0.9, 0.1, np.nan],
        "gap_neighbours": [1.2, 0.05, np.nan],
        **{f"rank_{among}": [2.0, 1.0, np.nan] for among in ("neighbours", "region", "all")},
        **{f"ranked_{among}": [11, 11, 10] for among in ("neighbours", "region", "all")},
        "band": ["A", None, None],
        "whole": True,
    }
)
DIRECTIONS = pd.DataFrame(
    {
        "indicator": ["a", "b"],
        "direction": ["rising", "too few points"],
        "points": [10, 3],
        "first_year": [2016, 2022],
        "last_year": [2025, 2024],
    }
)
POINTS = pd.DataFrame(
    {
        "role": ["authority", "neighbour", "other"],
        "of": [300.0, 500.0, 800.0],
        "value": [0.2, 0.4, 0.3],
        "beyond": ["below", "above", "inside"],
    }
)
LIMITS = pd.DataFrame(
    {
        "of": [100.0, 900.0] * 2,
        "coverage": [0.95, 0.95, 0.998, 0.998],
        "low": [0.2, 0.25, 0.1, 0.2],
        "high": [0.4, 0.35, 0.5, 0.4],
    }
)


def places(standing):
    return present.places_table(standing, DIRECTIONS, caption="Ranks")


def test_the_tiles_count_what_differs_from_england_and_what_is_not_tested():
    judged = pd.DataFrame(
        {
            "indicator": ["a", "a", "x", "y"],
            "beside": ["england", "neighbours", "england", "england"],
            "result": ["higher", "lower", "similar", "too few"],
        }
    )
    real, chance, untested = present.comparison_tiles(judged, STANDING).figures
    assert (real.value, real.detail) == ("1 of 3", "1 higher, 0 lower")
    assert (chance.value, chance.detail) == ("1 of 3", "and 1 with too few cases to say")
    assert untested.value == "2 of 3"
    assert len(present.comparison_tiles(judged).figures) == 2


def test_a_withheld_figure_has_its_symbol_and_no_gap():
    made = present.figures_table(STANDING, name="W", region="R", source="s", caption="c")
    row = made.shown.iloc[2]
    assert row["W"] == "[c]"
    assert row["Gap to England"] == "not available"
    assert made.shown["W"].tolist()[:2] == ["6.2", "\u22120.40"]
    assert made.shown["Indicator"].tolist()[:2] == ["A (%)", "B (score)"]


def test_a_rank_among_all_has_its_band_and_says_how_many_it_is_of():
    shown = places(STANDING).shown
    assert shown["Among all authorities"].tolist() == ["2 of 11", "1 of 11", "[c]"]
    assert shown["LAIT quartile band"].tolist() == ["A", NO_BAND, "not available"]
    assert shown["Rank 1 is"].tolist() == ["the highest", "the lowest", "the highest"]


def test_where_not_all_are_held_no_rank_is_national_and_no_band_is_given():
    made = places(STANDING.assign(whole=False))
    assert "Among all authorities" not in made.shown
    assert made.shown["Among the authorities held here"].tolist()[0] == "2 of 11"
    assert set(made.shown["LAIT quartile band"]) == {"not given"}
    assert "at most 11 authorities are held here" in " ".join(made.notes)


def test_a_direction_has_its_years_and_is_not_made_up():
    assert places(STANDING).shown["Direction"].tolist() == [
        "rising, 2016 to 2025",
        "too few years to compare, 2022 to 2024",
        "not available",
    ]


def test_verdicts_say_where_there_is_no_test():
    judged = pd.DataFrame(
        {
            "title": ["A", "B"],
            "period": "2025",
            "beside": "England",
            "of": [100.0, np.nan],
            "value": [0.2031, 0.2],
            "other": [0.1595, 0.1],
            "gap_low": [0.0277, np.nan],
            "gap_high": [0.0605, np.nan],
            "result": ["higher", "no denominator"],
            "rank": [2.0, 1.0],
            "rank_low": [1.0, np.nan],
            "rank_high": [5.0, np.nan],
            "ranked": 11,
        }
    )
    shown = present.verdicts_table(judged, name="W", source="s", caption="c").shown
    assert shown["Result"].tolist() == ["higher", NO_TEST]
    assert shown["Gap, 95% interval (points)"].tolist() == ["2.8 to 6.0", "not available"]
    assert shown.iloc[0, -1] == "2 of the 11 held; 1 to 5"
    two = judged.drop(columns="rank")
    printed = present.verdicts_table(two, name="W", source="s", caption="c", decimals=2)
    assert printed.shown["W"].tolist() == ["20.31%", "20.00%"]


@pytest.mark.parametrize(
    ("change", "year_before", "tested_on", "p"),
    [
        ({}, "13.5", "denominators", "0.030"),
        ({"p_corrected": 1e-5}, "13.5", "denominators", "below 0.001"),
        ({"p_corrected": np.nan, "basis": ""}, "13.5", "nothing to test it by", "not available"),
        ({"before": np.nan}, "not available", "no two years that can be compared", "0.030"),
        (
            {"before": np.nan, "basis": "", "missing": "not published"},
            "not available",
            "not published",
            "0.030",
        ),
    ],
)
def test_a_promise_shows_the_statistic_behind_its_verdict(change, year_before, tested_on, p):
    row = {
        "measure": "suspensions",
        "promise": "Fewer",
        "unit": "number1",
        "missing": "",
        "year": 2024.0,
        "before": 13.5,
        "after": 14.9,
        "p_corrected": 0.03,
        "basis": "denominators",
        "as_intended": 1,
        "years": 2,
        "outcome": "not met",
    }
    frame = pd.DataFrame([row | change])
    shown = present.promises_table(frame, caption="c", name="n", source="s").shown.iloc[0]
    assert shown["Measure"] == "Suspensions"
    assert shown["Year before"] == year_before
    assert shown["Tested on"] == tested_on
    assert shown["Corrected p-value"] == p


def test_a_funnel_marks_every_authority_inside_two_pairs_of_limits():
    ax = present.plot_funnel(POINTS, LIMITS, centre=0.3, unit="share0", of="pupils", name="W")
    marks = [line for line in ax.get_lines() if line.get_linestyle() == "None"]
    assert sorted(len(np.atleast_1d(line.get_xdata())) for line in marks) == [1, 1, 1]
    assert len({line.get_marker() + str(line.get_markerfacecolor()) for line in marks}) == 3
    assert sum(len(np.atleast_1d(line.get_xdata())) == 2 for line in ax.get_lines()) == 5
    assert "W 20%" in [text.get_text() for text in ax.texts]
    key = [text.get_text() for text in ax.get_legend().get_texts()]
    assert key == ["W", "neighbours", "others", "England 30%", "chance, 95.0%", "chance, 99.8%"]


def test_a_funnel_without_others_does_not_name_them():
    points = POINTS[POINTS["role"] != "other"]
    ax = present.plot_funnel(points, LIMITS, centre=0.3, unit="share0", of="pupils", name="W")
    assert "others" not in [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_words_of_a_funnel_are_its_points():
    said = words.describe_funnel(POINTS, what="x", name="W", centre=0.3, unit="share0")
    assert "W has 20% of 300, below the outer limits of chance about 30%" in said
    assert "Of 3 authorities held, 1 lie above the limits, 1 below and 1 inside." in said
    assert words.say_funnel(POINTS, name="W") == (
        "W lies below the limits, beyond what chance does. 2 of 3 authorities held lie beyond them."
    )
    inside = POINTS.assign(beyond="inside")
    assert "chance could have put it there" in words.say_funnel(inside, name="W")


def test_a_red_figure_that_chance_explains_says_so():
    row = {
        "measure": "overall absence",
        "group": "SEN Support",
        "value": 0.0651,
        "other": 0.065,
        "gap_low": -0.005,
        "gap_high": 0.0055,
        "p": 0.9949,
        "result": "similar",
        "coloured_red": True,
    }
    said = words.say_printed(row, name="W", other="England", unit="share2")
    assert "similar to England (6.50%)" in said
    assert said.endswith("in 99 of 100 years without any difference.")
    plain = words.say_printed(row | {"coloured_red": False}, name="W", other="E", unit="share2")
    assert "coloured" not in plain


def test_a_headline_counts_what_is_real_and_what_may_be_chance():
    said = words.say_tests(["higher", "lower", "too few", "no value"], name="W")
    assert said.startswith("Of 3 comparisons of W that can be tested, 2 are real differences;")
    assert said.endswith("chance alone could make the other 1.")
    assert words.say_tests(["higher", "lower"], name="W") == (
        "All 2 comparisons of W that can be tested are real differences."
    )


@pytest.mark.parametrize(
    ("apart", "together", "said"),
    [
        (["met", "not met"], ["too close to call", "not met"], "nothing would be met."),
        (["met", "met"], ["met", "too close to call"], "1 would be met."),
        (["met", "not met"], ["met", "too close to call"], "1 of these results would be another."),
        (["met", "no data"], ["met", "no data"], "the same would be said."),
    ],
)
def test_a_family_says_what_would_come_of_its_measures_with_all_the_others(apart, together, said):
    text = words.say_family(apart, together, everyone=9)
    assert "own 2 measures" in text
    assert "those of the 7 that are only proposed" in text
    assert text.endswith(f"Were all 9 corrected together, {said}")


def test_a_number_that_grew_with_all_plans_is_told_beside_its_share():
    number = {"measure": "plans here", "outcome": "met"}
    share = {"outcome": "not met", "before": 0.5, "after": 0.4, "p_corrected": 0.01}
    said = words.say_beside_share(number, share, pd.Series({2025: 900.0, 2024: 1000.0}))
    assert "all plans fell by 10.0% in the same year" in said
    assert "from 50.0% to 40.0%, it is not met (p 0.010)." in said
    untested = words.say_beside_share(
        number, share | {"p_corrected": np.nan}, pd.Series({2024: 1.0, 2025: 2.0})
    )
    assert untested.endswith("it is not met.")


def test_two_measures_with_one_printed_figure_are_told_and_others_are_not():
    printed = pd.DataFrame(
        {
            "theme": ["exclusions", "exclusions", "exclusions", "absence"],
            "measure": ["once", "twice", "for good", "absence"],
            "group": ["SEN Support", "EHCP", "EHCP", "EHCP"],
            "value": [0.1475, 0.1475, 0.0005, 0.1475],
        }
    )
    (said,) = words.say_repeats(printed, name="W")
    assert said.startswith("W: 14.75% is printed both for once (SEN Support) and twice (EHCP).")
    assert words.say_repeats(printed.iloc[1:], name="W") == []
