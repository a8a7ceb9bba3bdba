"""No hidden count can be told from what is shown, whatever the table."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sendlib.disclosure import bounds, can_be_recovered, percentages, protect, with_totals

FEW = settings(max_examples=60, deadline=None)
FEWEST = st.integers(3, 10)
SHAPE = st.tuples(st.integers(1, 5), st.integers(1, 5))
SMALL = st.one_of(st.just(0), st.integers(1, 9), st.integers(0, 60))


def tables(cells):
    return SHAPE.flatmap(
        lambda shape: st.lists(
            cells, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
        ).map(lambda values: pd.DataFrame(np.array(values).reshape(shape)))
    )


@FEW
@given(tables(SMALL), FEWEST)
def test_the_audit_never_succeeds_after_suppression(counts, fewest):
    made = protect(counts, fewest=fewest)
    assert not can_be_recovered(made.shown, fewest=fewest)


@FEW
@given(tables(SMALL), FEWEST)
def test_no_small_count_or_small_total_is_shown_and_what_is_shown_is_true(counts, fewest):
    shown = protect(counts, fewest=fewest).shown
    true = with_totals(counts)
    assert not ((shown > 0) & (shown < fewest)).any(axis=None)
    assert (shown.isna() | (shown == true)).all(axis=None)


@FEW
@given(tables(SMALL), FEWEST)
def test_the_true_count_lies_within_the_bounds_that_a_reader_can_tell(counts, fewest):
    shown = protect(counts, fewest=fewest).shown
    true = with_totals(counts)
    for cell in bounds(shown).itertuples():
        assert cell.lowest - 1e-6 <= true.loc[cell.row, cell.column] <= cell.highest + 1e-6


@FEW
@given(tables(st.one_of(st.just(0), st.integers(10, 90))), FEWEST)
def test_a_table_without_small_counts_is_unchanged(counts, fewest):
    made = protect(counts, fewest=fewest)
    assert (made.shown == with_totals(counts)).all(axis=None)
    assert made.primary == made.secondary == 0


@FEW
@given(tables(SMALL), FEWEST)
def test_a_protected_table_needs_nothing_more_and_counts_what_it_hid(counts, fewest):
    made = protect(counts, fewest=fewest)
    assert made.primary + made.secondary == made.shown.isna().sum().sum()
    assert ((made.status == "suppressed") == made.shown.isna()).all(axis=None)


@FEW
@given(tables(SMALL), FEWEST)
def test_shares_tell_no_cell_that_the_table_hides(counts, fewest):
    shown = protect(counts, fewest=fewest).shown
    shares = percentages(shown)
    assert shares[shown.isna()].isna().all(axis=None)
    assert shares[shown.iloc[:, -1].isna()].isna().all(axis=None)
