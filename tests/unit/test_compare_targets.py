"""Whether a measure of success moved as its target asked, year on year."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sendlib.compare import year_on_year
from sendlib.errors import DataError

NAN = float("nan")


def rows(values, *, indicator="a", first=2016, **columns):
    years = range(first, first + len(values))
    return pd.DataFrame({"indicator": indicator, "year": years, "value": values, **columns})


def target(direction="down", indicator="a"):
    return pd.DataFrame(
        {"indicator": [indicator], "direction": [direction], "measure": ["fewer of them"]}
    )


@pytest.mark.parametrize(
    ("direction", "values", "outcome"),
    [
        ("down", (0.20, 0.15), "met"),
        ("up", (0.20, 0.15), "not met"),
        ("down", (0.15, 0.20), "not met"),
        ("up", (0.15, 0.20), "met"),
        ("down", (0.200, 0.199), "may be chance"),
        ("down", (0.20, NAN), "not available"),
        ("down", (NAN, 0.20), "not available"),
        ("down", (0.20,), "not available"),
    ],
)
def test_a_promise_is_called_by_the_last_change(direction, values, outcome):
    values = rows(values, of=2000.0, kind="share")
    assert year_on_year(target(direction), values)["outcome"].tolist() == [outcome]


def test_a_year_between_that_is_missing_is_no_year_before():
    values = rows([0.2, NAN, 0.1], of=2000.0, kind="share")
    found = year_on_year(target(), values).iloc[0]
    assert (found["outcome"], found["basis"]) == ("not available", "")


def test_a_promise_of_which_nothing_is_held_has_no_data():
    found = year_on_year(target(indicator="b"), rows([0.2, 0.1])).iloc[0]
    assert found["outcome"] == "not available"
    assert np.isnan(found["after"])


def test_without_denominators_a_change_is_set_against_the_usual_one():
    usual = [10, 11, 10, 11, 10, 11]
    jump, step = (year_on_year(target(), rows([*usual, last])) for last in (4, 10))
    assert jump["outcome"].tolist() == ["met"]
    assert step["outcome"].tolist() == ["may be chance"]
    assert jump["p"].iloc[0] == pytest.approx(2 * stats.t.sf(7, 5))
    assert jump["basis"].tolist() == ["its own past changes"]


def test_with_neither_denominators_nor_a_past_it_is_too_close_to_call():
    found = year_on_year(target(), rows([10, 4])).iloc[0]
    assert (found["outcome"], found["basis"]) == ("may be chance", "")
    assert np.isnan(found["p"])


def test_targets_on_one_page_are_corrected_together():
    several = pd.concat([target(indicator=name) for name in "abcde"])
    values = pd.concat([rows([0.20, 0.175], indicator=n, of=2000.0, kind="share") for n in "abcde"])
    alone = year_on_year(target(), values)
    among = year_on_year(several, values)
    assert alone["outcome"].tolist() == ["met"]
    assert among["outcome"].tolist() == ["may be chance"] * 5
    assert among["p_corrected"].iloc[0] == pytest.approx(5 * alone["p"].iloc[0])


def test_the_years_that_went_the_targeted_way_are_counted():
    found = year_on_year(target(), rows([5, 4, 3, 4, 2])).iloc[0]
    assert (found["as_intended"], found["years"]) == (3, 4)


def test_a_rate_above_one_is_tested_as_events():
    values = rows([1.5, 1.2], of=1000.0, kind="rate")
    assert year_on_year(target(), values)["outcome"].tolist() == ["met"]


def test_everything_wrong_with_the_targets_is_told_at_once():
    twice = pd.concat([rows([1.0]), rows([2.0])])
    with pytest.raises(DataError) as caught:
        year_on_year(target("downwards"), twice)
    assert [str(problem) for problem in caught.value.problems] == [
        "direction 'downwards'. Valid: up, down.",
        "a has two values in 2016. Give one authority.",
    ]
    with pytest.raises(DataError, match="column measure is missing"):
        year_on_year(target().drop(columns="measure"), twice)


def test_only_a_change_the_targeted_way_is_counted_however_small():
    found = year_on_year(target(), rows([0.5, 0.5, 0.4, 0.41])).iloc[0]
    assert (found["as_intended"], found["years"]) == (1, 3)


def test_the_last_year_is_tested_against_the_one_before_and_no_earlier_one():
    lately = rows([0.20, 0.15], of=2000.0, kind="share")
    longer = rows([0.90, 0.20, 0.15], of=2000.0, kind="share")
    short, long = (year_on_year(target(), values).iloc[0] for values in (lately, longer))
    assert long["p"] == short["p"]
    assert (long["before"], long["after"], long["basis"]) == (0.20, 0.15, "denominators")


@pytest.mark.parametrize("values", [[10] * 6 + [4], [10, 11, 10, 11, 4]])
def test_a_past_that_never_moved_or_is_too_short_is_no_measure_of_a_change(values):
    found = year_on_year(target(), rows(values)).iloc[0]
    assert (found["outcome"], found["basis"]) == ("may be chance", "")


def test_four_earlier_changes_are_enough_of_a_past():
    found = year_on_year(target(), rows([10, 11, 10, 11, 10, 4])).iloc[0]
    assert (found["outcome"], found["basis"]) == ("met", "its own past changes")
    assert found["p"] == pytest.approx(2 * stats.t.sf(6, 4))


@pytest.mark.parametrize("column", ["indicator", "year", "value", "kind"])
def test_values_without_what_a_promise_needs_are_refused(column):
    values = rows([0.20, 0.15], of=2000.0, kind="share").drop(columns=column)
    with pytest.raises(DataError, match=f"column {column} of the values is missing"):
        year_on_year(target(), values)


def test_families_are_corrected_apart_and_keep_their_columns():
    several = pd.concat([target(indicator=name) for name in "abc"]).assign(by=["x", "y", "y"])
    values = pd.concat([rows([0.20, 0.175], indicator=n, of=2000.0, kind="share") for n in "abc"])
    found = year_on_year(several, values, family="by")
    assert found["by"].tolist() == ["x", "y", "y"]
    assert list(found)[: len(several.columns)] == list(several)
    assert (found["p_corrected"] / found["p"]).tolist() == pytest.approx([1, 2, 2])
