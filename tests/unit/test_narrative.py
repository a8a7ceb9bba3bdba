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
        (np.nan, 80, "Plans: not available in 2013, 80 in 2019."),
        (0, 80, "Plans: 0 in 2013, 80 in 2019."),
    ],
)
def test_a_change_is_said_only_where_it_is_known(first, last, expected):
    assert narrative.change("Plans", first, last, (2013, 2019)) == expected


def test_growth_is_said_between_the_years_that_are_known():
    amounts = pd.Series({2012: np.nan, 2013: 100.0, 2019: 200.0, 2020: np.nan})
    assert "from 100 in 2013 to 200 in 2019" in narrative.growth("Plans", amounts)
    assert narrative.growth("Plans", amounts.head(2)) == ""


@pytest.mark.parametrize(
    ("value", "other", "word"),
    [(6.2, 5.3, "higher than"), (5.0, 5.3, "lower than"), (5.3, 5.31, "similar to")],
)
def test_a_value_is_higher_lower_or_similar(value, other, word):
    assert word in narrative.against("W", value, "England", other, unit="pct1")


@pytest.mark.parametrize(("value", "other"), [(np.nan, 5.3), (5.3, np.nan)])
def test_an_unknown_value_is_never_called_lower(value, other):
    assert "cannot be set beside" in narrative.against("W", value, "England", other, unit="pct1")


def test_a_rank_is_said_with_the_median_and_those_unknown():
    said = narrative.rank(PEERS, what="a share", y="pupils_pct")
    assert said == (
        "W has a share of 6.2%, 2nd highest of 3 (itself and 2 statistical neighbours, whose "
        "median is 5.7%); 1 could not be ranked."
    )
    assert narrative.rank(PEERS.head(0)) == ""


def test_a_title_sets_an_authority_beside_neighbours_and_england():
    peers = PEERS.assign()
    peers.attrs["measure"] = "pupils_pct"
    said = narrative.compare(peers, "of pupils have a plan")
    assert said == (
        "W: 6.2% of pupils have a plan, 2nd highest of 3; median 5.7%, England 5.3%"
    )
    alone = peers[peers["role"] != "neighbour"].assign(ranked=1)
    assert narrative.compare(alone, "have one") == "W: 6.2% have one; England 5.3%"
    assert narrative.compare(peers.head(0), "of pupils have a plan") == ""


def test_what_has_no_figure_is_not_said():
    empty = pd.DataFrame({"series": [], "financial_year": [], "index": []})
    assert narrative.since(empty) == ""
    assert narrative.gains(pd.DataFrame({"2025": [1.0]}, ["College"])) == ""
    assert narrative.gains(pd.DataFrame({"2019": [2.0], "2025": [1.0]}, ["College"])) == ""
    assert narrative.largest(pd.DataFrame({"2025": [np.nan]}, ["College"])) == ""


def test_lines_that_end_in_different_years_say_when():
    frame = pd.DataFrame(
        {
            "series": ["Spend", "Spend", "Funding", "Funding"],
            "financial_year": ["2019-20", "2024-25", "2019-20", "2024-25"],
            "index": [100.0, 214.0, 100.0, np.nan],
        }
    )
    assert narrative.since(frame) == (
        "Since 2019-20: spend +114% by 2024-25 and funding 0% by 2019-20"
    )


def test_ranges_odds_and_positions_are_said():
    row = pd.Series({"low": 1.0e6, "middle": 2.0e6, "high": 3.0e6})
    said = narrative.outlook("Deficit", row, "March 2028", unit="gbp_m")
    assert said == "Deficit in March 2028: between £1.0m and £3.0m, with the middle at £2.0m."
    assert narrative.odds(95) == "95 outcomes in 100"
    assert [narrative.ordinal(n) for n in (3, 12, 23, 101)] == ["3rd", "12th", "23rd", "101st"]


@pytest.mark.parametrize(("words", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_words_are_joined_as_in_a_sentence(words, expected):
    assert narrative.join_words(words) == expected
