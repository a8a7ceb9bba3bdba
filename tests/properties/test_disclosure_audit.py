"""No hidden count can be told from what is shown, whatever the table."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sendlib.disclosure import bounds, can_be_recovered, protect, with_totals

FEW = settings(max_examples=15)  # each is a linear programme for every cell
MINIMUM = st.integers(3, 10)
SHAPE = st.tuples(st.integers(1, 5), st.integers(1, 5))
SMALL = st.one_of(st.just(0), st.integers(1, 9), st.integers(0, 60))


def tables(cells):
    return SHAPE.flatmap(
        lambda shape: st.lists(
            cells, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
        ).map(lambda values: pd.DataFrame(np.array(values).reshape(shape)))
    )


@FEW
@given(tables(SMALL), MINIMUM)
def test_the_audit_never_succeeds_after_suppression(counts, minimum):
    made = protect(counts, minimum=minimum)
    assert not can_be_recovered(made, minimum=minimum)


@given(tables(SMALL), MINIMUM)
def test_no_small_count_or_small_total_is_shown_and_what_is_shown_is_true(counts, minimum):
    shown = protect(counts, minimum=minimum)
    true = with_totals(counts)
    assert not ((shown > 0) & (shown < minimum)).any(axis=None)
    assert (shown.isna() | (shown == true)).all(axis=None)


@FEW
@given(tables(SMALL), MINIMUM)
def test_the_true_count_lies_within_the_bounds_that_a_reader_can_tell(counts, minimum):
    shown = protect(counts, minimum=minimum)
    true = with_totals(counts).to_numpy()[shown.isna().to_numpy()]
    lowest, highest = bounds(shown).T
    assert (lowest - 1e-6 <= true).all()
    assert (true <= highest + 1e-6).all()


@given(tables(st.one_of(st.just(0), st.integers(10, 90))), MINIMUM)
def test_a_table_without_small_counts_is_unchanged(counts, minimum):
    made = protect(counts, minimum=minimum)
    assert (made == with_totals(counts)).all(axis=None)
