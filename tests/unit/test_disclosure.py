import numpy as np
import pandas as pd
import pytest

from sendlib.disclosure import (
    bounds,
    can_be_recovered,
    protect,
    with_totals,
)

PLANS = pd.DataFrame(
    {"asd": [2, 20, 11], "semh": [30, 9, 14], "hi": [12, 8, 25]},
    index=["mainstream", "special", "college"],
)


def hidden(table):
    rows, columns = np.where(table.isna())
    return set(zip(table.index[rows], table.columns[columns], strict=True))


def test_a_table_without_small_counts_is_shown_as_it_is():
    counts = PLANS.replace(2, 0)
    made = protect(counts)
    pd.testing.assert_frame_equal(made, with_totals(counts), check_dtype=False)


def test_a_small_count_takes_a_cell_of_its_row_and_of_its_column_with_it():
    made = protect(PLANS)
    assert ("mainstream", "asd") in hidden(made)
    lines = made.isna()
    assert sorted(lines.sum()) == sorted(lines.sum(axis=1)) == [0, 0, 2, 2]


def test_hiding_the_small_count_alone_gives_it_away():
    shown = with_totals(PLANS).astype(float)
    shown.loc["mainstream", "asd"] = np.nan
    assert can_be_recovered(shown)
    assert bounds(shown).tolist() == [pytest.approx([2, 2])]


def test_two_small_cells_of_a_row_are_reported_by_the_other_row():
    """Two in each line is not enough where the cells that remain leave little room."""
    shown = pd.DataFrame(
        {"asd": [np.nan, np.nan, 3.0], "hi": [np.nan, np.nan, 40.0], "total": [21.0, 22.0, 43.0]},
        index=["mainstream", "special", "total"],
    )
    assert can_be_recovered(shown)
    assert bounds(shown)[0].tolist() == pytest.approx([0, 3])


def test_a_small_total_is_hidden_with_what_would_tell_it():
    made = protect(pd.DataFrame({"asd": [1, 20], "hi": [2, 30]}, index=["a", "b"]))
    assert ("a", "total") in hidden(made)
    assert not can_be_recovered(made)


def test_a_table_of_one_small_cell_is_hidden_whole():
    made = protect(pd.DataFrame({"asd": [3]}, index=["a"]))
    assert made.isna().all(axis=None)
    assert bounds(made)[:, 1].tolist() == [np.inf] * 4


def test_a_zero_is_not_small_for_its_own_sake():
    made = protect(pd.DataFrame({"asd": [0, 20], "hi": [30, 40]}))
    assert made.notna().all(axis=None)


def test_the_smallest_count_shown_can_be_set():
    assert protect(PLANS, minimum=10).isna().sum().sum() >= 3
    assert protect(PLANS.replace(2, 3), minimum=3).notna().all(axis=None)
    assert not can_be_recovered(protect(PLANS, minimum=10), minimum=10)


def test_nothing_can_be_told_from_totals_that_do_not_add_up():
    shown = with_totals(PLANS).astype(float)
    shown.loc["mainstream", "asd"] = np.nan
    shown.loc["special", "total"] += 1
    assert not can_be_recovered(shown)


def test_a_large_table_is_protected_in_moments_and_most_of_it_is_shown():
    counts = pd.DataFrame(np.random.default_rng(7).negative_binomial(0.4, 0.02, (13, 17)))
    made = protect(counts)
    assert not can_be_recovered(made)
    primary = ((counts > 0) & (counts < 5)).sum().sum()
    assert primary < made.isna().sum().sum() < 2 * primary
    assert made.iloc[:, -1].notna().all()
