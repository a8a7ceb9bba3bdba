import numpy as np
import pandas as pd
import pytest

from sendlib.present import words
from sendlib.present.words.general import ordinal

LINES = pd.DataFrame(
    {
        "year": [2024, 2025, 2024, 2025],
        "name": ["A", "A", "B", "B"],
        "value": [1.0, 2.0, np.nan, 5.0],
    }
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_in_a_sentence(given, expected):
    assert words.join_words(given) == expected


def test_lines_are_described_from_where_each_is_known():
    assert words.describe_lines(LINES, what="plans", unit="count") == (
        "Line chart of plans. A goes from 1 in 2024 to 2 in 2025; "
        "B goes from 5 in 2025 to 5 in 2025."
    )


def test_columns_are_described_with_what_is_missing():
    frame = pd.DataFrame({"year": [2023, 2024, 2025], "value": [3.0, np.nan, -7.0]})
    text = words.describe_columns(frame, what="balances", unit="count")
    assert "3 in 2023, −7 in 2025; the largest is −7 in 2025. Not available: 2024." in text
    assert "nothing is available" in words.describe_columns(frame.iloc[[1]], what="x", unit="count")


def test_ranked_bars_are_described_highest_first():
    frame = pd.DataFrame({"area_name": ["A", "B", "C"], "value": [1.0, 9.0, np.nan]})
    assert "highest first: B 9 and A 1." in words.describe_ranked(frame, what="x", unit="count")


def test_pairs_are_described_then_and_now():
    frame = pd.DataFrame({"category": ["A"], "first": [np.nan], "last": [2.0]})
    text = words.describe_change(frame, what="plans", first="2019", last="2025", unit="count")
    assert text == "Chart of plans in 2019 and 2025: A from not available to 2."


def test_a_fan_is_described_with_its_range_each_year():
    history = pd.DataFrame({"census_year": [2025], "plans": [6383.0]})
    ahead = pd.DataFrame(
        {"census_year": [2026], "low": [6700.0], "middle": [7100.0], "high": [7700.0]}
    )
    text = words.describe_fan(history, ahead, what="plans")
    assert "6,383 in January 2025" in text
    assert "2026 7,100 (6,700 to 7,700)" in text


def test_a_grid_is_described_by_the_largest_of_each_column():
    frame = pd.DataFrame({"x": [1.0, 2.0], "y": [np.nan, np.nan]}, ["A", "B"])
    assert words.describe_grid(frame, what="g", unit="count").endswith("each column: x: B 2.")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (100, 179, "P rose by 79% from 100 in 1 to 179 in 2."),
        (100, 50, "P fell by 50% from 100 in 1 to 50 in 2."),
        (1000, 1001, "P stayed the same, from 1,000 in 1 to 1,001 in 2."),
        (0, 5, "P: 0 in 1, 5 in 2."),
        (np.nan, 5, "P: not available in 1, 5 in 2."),
        (5, np.nan, "P: 5 in 1, not available in 2."),
    ],
)
def test_growth_is_said_only_where_it_is_known(first, last, expected):
    assert words.say_growth("P", first, last, (1, 2)) == expected


@pytest.mark.parametrize(
    ("value", "against", "word"),
    [
        (6.2, 5.3, "higher than"),
        (5.3, 6.2, "lower than"),
        (5.3, 5.31, "similar to"),
        (0, 0, "similar to"),
        (1, 0, "higher than"),
        (-1, 0, "lower than"),
        (-5, -6, "higher than"),
    ],
)
def test_a_value_is_higher_lower_or_similar(value, against, word):
    assert f"P is {word} Q (" in words.say_against("P", value, "Q", against, unit="number1")


@pytest.mark.parametrize(("value", "against"), [(np.nan, 1.0), (1.0, np.nan)])
def test_an_unknown_value_is_never_called_lower(value, against):
    said = words.say_against("P", value, "Q", against, unit="number1")
    assert said == "P cannot be set beside Q: a figure is not available."


def ranked(*neighbours):
    values = [5.0, *neighbours]
    frame = pd.DataFrame({"area_name": ["W", *"ABC"[: len(neighbours)]], "value": values})
    frame["role"] = ["authority", *["neighbour"] * len(neighbours)]
    frame["rank"] = frame["value"].rank(ascending=False, method="min")
    return frame.assign(ranked=int(frame["rank"].notna().sum()))


def test_a_rank_is_said_with_the_middle_neighbour_and_those_unknown():
    assert words.say_rank(ranked(7.0, 3.0), what="a share", unit="count") == (
        "W has a share of 5, 2nd highest of 3 (itself and 2 statistical neighbours, "
        "whose middle value is 5)."
    )
    assert words.say_rank(ranked(7.0, None), what="a share", unit="count").endswith(
        "; 1 could not be ranked."
    )
    assert "no neighbour is held here" in words.say_rank(ranked(), what="a share", unit="count")


def test_ranges_odds_and_gaps_are_said():
    assert (
        words.say_range("Plans", 1, 3, 2, 2026)
        == "Plans in 2026: between 1 and 3, with the middle at 2."
    )
    assert words.say_odds(80) == "8 outcomes in 10"
    assert (
        words.say_not_held("figures", "W")
        == "No figures for W is held here, so this section is left out."
    )


def test_places_in_an_order_have_their_endings():
    said = [ordinal(n) for n in (1, 2, 3, 11, 12, 13, 21, 102, 111)]
    assert said == ["1st", "2nd", "3rd", "11th", "12th", "13th", "21st", "102nd", "111th"]


def test_contributions_are_described_with_their_sign():
    frame = pd.DataFrame({"category": ["England", "Late plans"], "value": [83.4, -5.0]})
    assert words.describe_contributions(frame, what="growth") == (
        "Bar chart of growth: England +83 and Late plans −5."
    )


def test_earlier_forecasts_are_described_by_those_made_a_year_before():
    past = pd.DataFrame(
        {
            "origin": [2021, 2021, 2022],
            "horizon": [1, 2, 1],
            "forecast": [1350.0, 9.0, 1600.0],
            "q100": [1300.0, 9.0, 1500.0],
            "q900": [1400.0, 9.0, 1700.0],
            "actual": [1400.0, 9.0, 1500.0],
        }
    )
    assert words.describe_vintages(past) == (
        "Line chart of counts and earlier forecasts. Forecast a year before: "
        "for January 2022 1,350 (1,300 to 1,400), counted 1,400; "
        "for January 2023 1,600 (1,500 to 1,700), counted 1,500."
    )
