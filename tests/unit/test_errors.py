import pytest

from error_codes import codes
from sendlib.errors import (
    SHOWN_AT_MOST,
    DataError,
    Problem,
    SendlibError,
    did_you_mean,
    nearest,
    raise_any,
)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (Problem("negative_count", "negative count -4"), "negative count -4."),
        (
            Problem("negative_count", "negative count -4", "a.csv, row 7"),
            "a.csv, row 7: negative count -4.",
        ),
        (Problem("odd_number", "odd", remedy="use 0 or more"), "odd. Use 0 or more."),
        (Problem("odd_number", "odd.", remedy="use 0 or more."), "odd. Use 0 or more."),
        (Problem("odd_number", "odd", remedy="did you mean even?"), "odd. Did you mean even?"),
    ],
)
def test_a_problem_says_what_where_and_how_to_mend_it(problem, expected):
    assert str(problem) == expected


def test_an_error_lists_its_problems_below_its_headline():
    error = DataError("Two things are wrong.", [Problem("first", "one"), Problem("second", "two")])
    assert str(error) == "Two things are wrong.\n  - one.\n  - two."


@pytest.mark.parametrize(("extra", "words"), [(1, "1 more problem like"), (2, "2 more problems")])
def test_a_long_list_is_cut_and_counted_and_stays_whole_on_the_error(extra, words):
    error = DataError("Many.", [Problem("many", f"n{n}") for n in range(SHOWN_AT_MOST + extra)])
    assert str(error).count("\n") == SHOWN_AT_MOST + 1
    assert words in str(error)
    assert len(error.problems) == SHOWN_AT_MOST + extra


def test_nothing_is_raised_without_a_problem():
    assert raise_any(DataError, "Nothing.", []) is None


def test_all_problems_are_raised_together():
    with pytest.raises(DataError) as caught:
        raise_any(DataError, "Two.", [Problem("first", "one"), Problem("second", "two")])
    assert codes(caught.value) == ["first", "second"]


def test_every_error_can_be_caught_by_its_root():
    assert all(kind.exit_code > 0 for kind in SendlibError.__subclasses__())
    assert len(SendlibError.__subclasses__()) >= 7


def test_the_nearest_name_ignores_case_and_keeps_its_own():
    assert nearest("WILTSHRIE", ["Wiltshire", "Essex"]) == ["Wiltshire"]
    assert nearest("zzz", ["Wiltshire"]) == []


def test_few_valid_names_are_listed_and_many_are_not():
    assert did_you_mean("zzz", ["one", "two"]) == "valid: one, two"
    assert did_you_mean("zzz", [f"name{n}" for n in range(21)]) == ""
