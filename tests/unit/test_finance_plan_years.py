import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendlib.finance.plan_years import past_plan_years, plan_years

counts = st.integers(0, 10_000)


def in_month(month, held, new, turned):
    """Plans in the middle of a month of one calendar year, January being 0."""
    return held + new * (month + 0.5) / 12 + (turned if month >= 8 else 0)


def by_month(held, new, turned, *, new_next):
    """The twelve months of a financial year, added up one by one."""
    this_year = [in_month(month, held, new, turned) for month in range(3, 12)]
    next_year = [in_month(month, held + new + turned, new_next, 0) for month in range(3)]
    return sum(this_year + next_year) / 12


def made(held, new, turned, new_next=0):
    stock = np.array([[held, held + new + turned, held + new + turned + new_next]])
    return plan_years(stock, np.array([[new, new_next]])).item()


def test_a_plan_that_starts_in_june_is_paid_for_from_june():
    assert made(0, 12, 0) == pytest.approx(12 * (9 / 12 * 7.5 / 12 + 3 / 12))
    assert made(0, 12, 0) == pytest.approx(by_month(0, 12, 0, new_next=0))


def test_who_leaves_in_september_is_paid_for_until_then():
    assert made(12, 0, -12) == pytest.approx(12 * 5 / 12)
    assert by_month(12, 0, -12, new_next=0) == pytest.approx(12 * 5 / 12)


def test_who_starts_after_the_later_january_is_paid_for_in_that_quarter():
    assert made(0, 0, 0, new_next=12) == pytest.approx(12 * 3 / 12 * 1.5 / 12)


@given(counts, counts, counts, st.integers(-5000, 5000))
def test_a_year_is_what_its_months_add_up_to(held, new, new_next, turned):
    expected = by_month(held, new, turned, new_next=new_next)
    assert made(held, new, turned, new_next) == pytest.approx(expected, abs=1e-6)


@given(st.lists(counts, min_size=1, max_size=6))
def test_a_caseload_that_never_changes_is_paid_for_all_year(places):
    stock = np.tile(places, (3, 4, 1))
    assert np.allclose(plan_years(stock, np.zeros((3, 3, len(places)))), [places])


def test_years_are_one_fewer_than_januaries_ahead_and_places_are_kept_apart():
    stock = np.arange(2 * 5 * 3).reshape(2, 5, 3)
    joined = np.ones((2, 4, 3))
    whole = plan_years(stock, joined)
    assert whole.shape == (2, 3, 3)
    alone = plan_years(stock[1:, :, 2:], joined[1:, :, 2:])
    assert np.array_equal(whole[1:, :, 2:], alone)


def test_what_moves_from_one_place_to_another_is_paid_for_once():
    stock = np.array([[[10.0, 0.0], [0.0, 10.0], [0.0, 10.0]]])
    moved = plan_years(stock, np.zeros((1, 2, 2)))
    assert moved.sum() == pytest.approx(10)
    assert moved[0, 0].tolist() == pytest.approx([10 * 5 / 12, 10 * 7 / 12])


def test_a_past_year_with_joiners_alone_is_counted_as_a_year_ahead_is():
    past = past_plan_years(pd.Series([100.0]), pd.Series([112.0])).item()
    assert past == pytest.approx(made(100, 12, 0))


@given(counts, counts)
def test_a_past_year_lies_between_its_januaries(earlier, later):
    past = past_plan_years(pd.Series([float(earlier)]), pd.Series([float(later)])).item()
    assert min(earlier, later) - 1e-6 <= past <= max(earlier, later) + 1e-6
