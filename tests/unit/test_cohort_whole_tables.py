"""Fitting tables to margins, and rounding them so that every margin is met."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendlib.cohort.published.whole_numbers import apportion
from sendlib.cohort.synthetic.whole_tables import Margin, fit, margin, to_whole
from sendlib.errors import DataError


@st.composite
def sparse_tables(draw):
    """A table of fractions with empty cells, and whole numbers with the same pattern."""
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 7, 3))
    whole = rng.poisson(rng.gamma(0.5, 3, shape))
    return seed, whole.astype(float), np.where(whole > 0, rng.gamma(1, 1, shape), 0.0)


@settings(max_examples=60, deadline=None)
@given(sparse_tables())
def test_rounded_tables_meet_their_margins_and_keep_empty_cells(made):
    seed, whole, table = made
    margins = [
        margin(whole.sum(axis=0), whole.shape, (1, 2)),
        margin(whole.sum(axis=1), whole.shape, (0, 2)),
    ]
    found = to_whole(fit(table, margins), margins, np.random.default_rng(seed))
    for each in margins:
        assert np.array_equal(each.sums(found), each.totals)
    assert found.min() >= 0
    assert not found[whole == 0].any()


def test_cells_go_up_or_down_by_less_than_one():
    table = np.random.default_rng(1).gamma(0.5, 3, (8, 5))
    rows, columns = np.full(8, 12.0), np.array([30.0, 20.0, 16.0, 20.0, 10.0])
    margins = [margin(rows, table.shape, (0,)), margin(columns, table.shape, (1,))]
    fitted = fit(table, margins)
    rounded = to_whole(fitted, margins, np.random.default_rng(2))
    assert np.abs(rounded - fitted).max() < 1


def test_a_cell_goes_up_as_often_as_it_is_near_to_the_next_whole_number():
    table = np.array([[0.8, 0.2], [0.2, 0.8]])
    margins = [margin(np.ones(2), (2, 2), (axis,)) for axis in (0, 1)]
    rng = np.random.default_rng(3)
    up = np.mean([to_whole(table, margins, rng)[0, 0] for _ in range(300)])
    assert 0.7 < up < 0.99


def test_grouped_rows_are_a_margin_too():
    group = np.array([[0, 0], [0, 0], [1, 1]])
    margins = [Margin(group, np.array([5.0, 2.0])), margin(np.array([4.0, 3.0]), (3, 2), (1,))]
    found = to_whole(fit(np.ones((3, 2)), margins), margins, np.random.default_rng(4))
    assert found[:2].sum() == 5
    assert found.sum(axis=0).tolist() == [4, 3]


def test_margins_that_do_not_agree_are_refused():
    margins = [
        margin(np.array([3.0, 1.0]), (2, 2), (0,)),
        margin(np.array([1.0, 1.0]), (2, 2), (1,)),
    ]
    with pytest.raises(DataError, match="margins that no whole numbers meet"):
        to_whole(np.ones((2, 2)), margins, np.random.default_rng(5))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=9), st.integers(0, 500))
def test_apportioned_parts_add_up_and_are_within_one_of_their_share(parts, total):
    weights = np.array(parts, dtype=float) + 0.01
    found = apportion(weights, total)
    assert found.sum() == total
    assert np.abs(found - weights * total / weights.sum()).max() < 1 + 1e-6
