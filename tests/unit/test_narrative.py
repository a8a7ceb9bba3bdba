import numpy as np
import pandas as pd
import pytest

from sendlib.pages import narrative

PEERS = pd.DataFrame(
    {
        "area_name": ["W", "N", "M", "O", "England"],
        "role": ["authority", "neighbour", "neighbour", "neighbour", "england"],
        "pupils_pct": [6.2, 6.4, 5.0, np.nan, 5.3],
        "rank": [2.0, 1.0, 3.0, np.nan, np.nan],
        "ranked": [3] * 5,
    }
)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (100, 150, "Plans rose by 50% from 100 in 2013 to 150 in 2019."),
        (100, 80, "Plans fell by 20% from 100 in 2013 to 80 in 2019."),
        (1000, 1001, "Plans stayed the same, from 1,000 in 2013 to 1,001 in 2019."),
        (np.nan, 80, "Plans: 80 in 2019; no other year is available."),
        (np.nan, np.nan, ""),
        (0, 80, "Plans: from 0 in 2013 to 80 in 2019."),
        (2, 5, "Plans rose from 2 in 2013 to 5 in 2019."),
    ],
)
def test_growth_says_what_is_known_and_what_is_not(first, last, expected):
    assert narrative.growth("Plans", pd.Series({2013: first, 2019: last})) == expected


def test_growth_is_said_between_the_years_that_are_known():
    amounts = pd.Series({2012: np.nan, 2013: 100.0, 2019: 200.0, 2020: np.nan})
    assert "from 100 in 2013 to 200 in 2019" in narrative.growth("Plans", amounts)


def test_a_rank_is_said_in_one_way_with_the_median_and_england():
    said = narrative.compare(PEERS, "of pupils have a plan")
    assert said == (
        "W: 6.2% of pupils have a plan, 2nd highest of 3; neighbours 5.7%, England 5.3%"
    )
    assert narrative.compare(PEERS.head(0), "of pupils have a plan") == ""


def test_ranges_odds_and_positions_are_said():
    row = pd.Series({"low": 1.0e6, "middle": 2.0e6, "high": 3.0e6})
    said = narrative.outlook("Deficit", row, "March 2028", unit="gbp_m")
    assert said == "Deficit in March 2028: between £1.0m and £3.0m, with the middle at £2.0m."
    assert narrative.odds(95) == "95 outcomes in 100"
    assert [narrative.ordinal(n) for n in (3, 12, 23, 101)] == ["3rd", "12th", "23rd", "101st"]


@pytest.mark.parametrize(("words", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_words_are_joined_as_in_a_sentence(words, expected):
    assert narrative.join_words(words) == expected
