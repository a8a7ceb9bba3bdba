"""Whole numbers that add up: largest remainders, in lists and in tables of several ways."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.sparse import csr_array

from error_codes import refuses
from sendlib.errors import DataError
from sendlib.returns.rounding import Sums, round_together, sums_along, sums_by_group

AMOUNTS = st.integers(0, 5_000_000).map(lambda thousandths: thousandths / 1000)


def tables(dimensions):
    shapes = arrays.array_shapes(min_dims=dimensions, max_dims=dimensions, max_side=5)
    return arrays.arrays(float, shapes, elements=AMOUNTS)


def within_one(rounded, exact):
    return np.abs(rounded - exact).max(initial=0.0) < 1 + 1e-6


@given(tables(1))
def test_a_list_goes_to_its_nearest_total_and_the_largest_remainders_go_up(row):
    whole = round_together(
        row, [sums_by_group(np.zeros(row.size, dtype=int), 1, np.rint([row.sum()]))]
    )
    assert whole.sum() == np.rint(row.sum())
    assert within_one(whole, row)
    part = row - np.floor(row)
    up = whole > row + 1e-6
    down = whole < row - 1e-6
    assert part[up].min(initial=1.0) >= part[down].max(initial=0.0) - 1e-6


@given(tables(2))
def test_rows_columns_and_the_whole_of_a_table_all_go_up_or_down(table):
    whole = round_together(table, [sums_along(table.shape, axes) for axes in ([], [0], [1])])
    assert within_one(whole, table)
    assert within_one(whole.sum(), table.sum())
    assert within_one(whole.sum(axis=0), table.sum(axis=0))
    assert within_one(whole.sum(axis=1), table.sum(axis=1))


@given(tables(3))
def test_a_table_of_three_ways_keeps_its_cells_near_and_its_sums_as_near_as_can_be(table):
    asked = [sums_along(table.shape, axes) for axes in ([], [0], [1], [2])]
    whole = round_together(table, asked)
    assert within_one(whole, table)
    for each in asked:
        assert np.abs(each.weights @ (whole - table).ravel()).max() < 2 + 1e-6


@given(tables(2), st.data())
def test_a_sum_that_another_table_has_settled_is_met_exactly(table, data):
    fixed = np.array([data.draw(st.sampled_from([np.floor(s), np.ceil(s)])) for s in table.sum(1)])
    group = np.repeat(np.arange(len(table)), table.shape[1])
    whole = round_together(table, [sums_by_group(group, len(table), fixed)])
    assert whole.sum(axis=1).tolist() == fixed.tolist()
    assert within_one(whole, table)


def test_what_is_whole_stays_as_it_is():
    table = np.array([[3.0, 0.0], [0.5, 0.5]])
    whole = round_together(table, [sums_along((2, 2), axes) for axes in ([], [0], [1])])
    assert whole[0].tolist() == [3, 0]
    assert whole[1].sum() == 1


def test_a_settled_sum_that_the_cells_cannot_reach_is_refused():
    beyond = sums_by_group(np.zeros(2, dtype=int), 1, np.array([9.0]))
    with refuses(DataError, "sums_not_whole"):
        round_together(np.array([1.5, 2.5]), [beyond])


def test_the_same_number_is_rounded_alike_in_two_tables():
    first, second = np.array([0.5, 0.5, 0.4]), np.array([0.5, 0.5, 0.6])
    total = [sums_along((3,), [])]
    before = round_together(first, total)
    after = round_together(second, total, like=(first, before))
    assert before.sum() == 1
    assert after.sum() == 2
    assert (after[:2] >= before[:2]).all()


def test_balances_are_sums_with_signs():
    income, spend = [0.4, 0.4], [0.3, 0.3]
    weights = np.array([[1.0, 0, -1, 0], [1, 1, -1, -1]])
    cells = np.array([*income, *spend])
    whole = round_together(cells, [Sums(csr_array(weights), np.full(2, np.nan))])
    assert np.abs(weights @ whole - weights @ cells).max() < 1
