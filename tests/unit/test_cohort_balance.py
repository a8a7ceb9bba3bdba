"""The arithmetic of a balance: what must hold for any counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sendlib.cohort.balance import (
    apportion,
    by_origin,
    deal_evenly,
    fill_within,
    match_moves,
    net_of_the_year,
    reassign,
    spread_within,
)

PLACES = 4
COUNT = st.integers(0, 500).map(float)
CELLS = arrays(float, (3, PLACES), elements=COUNT)
BLUR = np.array([[0.7, 0.0, 0.0], [0.3, 0.6, 0.0], [0.0, 0.4, 1.0]])


@given(CELLS, CELLS, CELLS, arrays(float, (3, PLACES), elements=st.floats(0, 1)))
def test_any_stocks_and_flows_balance_with_the_fewest_moves(before, new, now, share):
    ended = (before + new) * share
    surplus = now - (before + new - ended)
    moved, arrived, departed = match_moves(surplus)
    for counts in (moved, arrived, departed):
        assert (counts >= 0).all()
    after = before + new + arrived - ended - departed + moved.sum(axis=1) - moved.sum(axis=2)
    assert after == pytest.approx(now, abs=1e-6)
    fewest = np.minimum(
        np.clip(surplus, 0, None).sum(axis=1), np.clip(-surplus, 0, None).sum(axis=1)
    )
    assert moved.sum(axis=(1, 2)) == pytest.approx(fewest)
    assert np.minimum(arrived.sum(axis=1), departed.sum(axis=1)) == pytest.approx(0, abs=1e-6)
    assert moved.diagonal(axis1=1, axis2=2) == pytest.approx(0)


@given(CELLS, CELLS, CELLS, arrays(float, (3, PLACES), elements=st.floats(0, 1)))
def test_net_of_the_year_nobody_leaves_who_was_not_there_and_what_is_there_is_the_same(
    before, new, now, share
):
    ended = (before + new) * share
    moved, arrived, departed = match_moves(now - (before + new - ended))
    left, moves, joined = net_of_the_year(before, ended + departed, moved, new + arrived)
    assert (left + moves.sum(axis=2) <= before + 1e-6).all()
    assert min(left.min(), moves.min(), joined.min()) >= 0
    after = before - left - moves.sum(axis=2) + moves.sum(axis=1) + joined
    assert after == pytest.approx(now, abs=1e-6)


@given(CELLS, CELLS, arrays(float, (3, PLACES), elements=st.floats(0, 1)))
def test_counting_those_who_left_where_they_were_at_first_changes_no_stock(held, now, share):
    ended = (held + now) * share * held.sum(axis=1, keepdims=True) / 5000
    moved, arrived, departed = match_moves(now - (held - ended))
    left, stayed, kept = by_origin(held, moved, arrived, ended)
    for counts in (left, stayed, kept):
        assert (counts >= 0).all()
    after = held - left - departed + stayed.sum(axis=1) - stayed.sum(axis=2) + kept
    assert after == pytest.approx(now, abs=1e-6)
    assert (left + departed + stayed.sum(axis=2) <= held + 1e-6).all()


@given(CELLS, arrays(float, (3, PLACES), elements=st.floats(0, 1)))
def test_margins_that_can_be_met_are_met_and_no_cell_gives_more_than_it_has(capacity, share):
    wanted = capacity * share
    rows, columns = wanted.sum(axis=1), wanted.sum(axis=0)
    spread = spread_within(capacity, rows, columns, steps=2000)
    assert (spread >= 0).all()
    assert (spread <= capacity + 1e-9).all()
    assert spread.sum(axis=1) == pytest.approx(rows, abs=1e-6)
    assert spread.sum(axis=0) == pytest.approx(columns, abs=0.01 * (1 + columns.sum()))


@given(CELLS, arrays(float, 3, elements=COUNT), arrays(float, PLACES, elements=COUNT))
def test_rows_are_met_as_far_as_they_can_whatever_the_columns_say(capacity, rows, columns):
    spread = spread_within(capacity, rows, columns)
    assert (spread >= 0).all()
    assert (spread <= capacity + 1e-9).all()
    assert spread.sum(axis=1) == pytest.approx(np.minimum(rows, capacity.sum(axis=1)), abs=1e-6)


def test_an_age_and_a_place_have_each_their_own_share_that_ends():
    spread = spread_within(
        np.array([[100.0, 50.0], [200.0, 10.0]]), np.array([20.0, 20.0]), np.array([30.0, 10.0])
    )
    share = spread / np.array([[100.0, 50.0], [200.0, 10.0]])
    assert share[0, 0] / share[1, 0] == pytest.approx(share[0, 1] / share[1, 1])


def test_more_than_all_can_give_fills_every_cell():
    assert fill_within(np.array([1.0, 2.0]), np.array([1.0, 0.0]), 9.0).tolist() == [1, 2]


@given(arrays(float, (3, 2), elements=st.integers(0, 900).map(float)))
def test_counts_that_are_assigned_to_ages_keep_their_sum_and_stay_positive(recorded):
    assigned = reassign(recorded, BLUR, np.ones((3, 2)))
    assert (assigned >= 0).all()
    assert assigned.sum(axis=0) == pytest.approx(recorded.sum(axis=0))


def test_a_blur_is_undone_by_many_steps_where_the_counts_allow():
    true, found = np.array([[100.0], [400.0], [50.0]]), np.ones((3, 1))
    for _ in range(2000):
        found = reassign(BLUR @ true, BLUR, found)
    assert found == pytest.approx(true, rel=1e-3)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=9), st.integers(0, 500))
def test_apportioned_parts_add_up_and_are_within_one_of_their_share(parts, total):
    weights = np.array(parts, dtype=float) + 0.01
    found = apportion(weights, total)
    assert found.sum() == total
    assert np.abs(found - weights * total / weights.sum()).max() < 1 + 1e-6


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(1, 8), st.randoms())
def test_kinds_are_dealt_in_whole_numbers_with_both_sums_exact(totals, hands, random):
    cuts = sorted(random.randint(0, sum(totals)) for _ in range(hands - 1))
    sizes = np.diff([0, *cuts, sum(totals)])
    dealt = deal_evenly(np.array(totals), sizes)
    assert (dealt == dealt.round()).all()
    assert dealt.sum(axis=0).tolist() == totals
    assert dealt.sum(axis=1).tolist() == sizes.tolist()
    even = sizes[:, None] * np.array(totals) / max(sum(totals), 1)
    assert (abs(dealt - even) < len(totals) + 1).all()
