import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sendlib.errors import ParameterError
from sendlib.finance.roll import interest_foregone, roll_forward

YEARS = ("2025-26", "2026-27", "2027-28")
pounds = st.floats(-1e9, 1e9)


def rolled(in_year, opening=0.0, years=YEARS):
    return roll_forward(np.array(in_year), opening_gbp=opening, financial_years=years)


@given(arrays(float, (4, 3), elements=pounds), pounds)
def test_each_year_closes_at_its_opening_and_what_the_year_brought(in_year, opening):
    made = rolled(in_year, opening)
    openings = np.column_stack([np.full(4, opening), made.closing[:, :-1]])
    np.testing.assert_allclose(made.closing, openings + in_year, atol=1e-3)


@given(arrays(float, (3, 3), elements=pounds), arrays(float, 3, elements=pounds))
def test_each_draw_may_open_at_its_own_balance(in_year, opening):
    together = rolled(in_year, opening)
    for row in range(3):
        alone = rolled(in_year[row : row + 1], float(opening[row]))
        np.testing.assert_array_equal(together.closing[row], alone.closing[0])


def test_the_chance_of_a_deficit_is_the_share_of_draws_that_pass_it():
    made = rolled([[-60.0, -10, 0], [-40, -10, 0], [-50, -10, 30], [0, 0, 0]])
    assert made.chance_below(-50).tolist() == [0.25, 0.5, 0.25]
    assert made.chance_below(-50).index.tolist() == list(YEARS)
    assert made.chance_below(1).tolist() == [1, 1, 1]


@given(arrays(float, (5, 3), elements=pounds), pounds, pounds)
def test_a_deeper_deficit_is_never_more_likely(in_year, one, other):
    made = rolled(in_year)
    deeper, less = sorted([one, other])
    assert (made.chance_below(deeper) <= made.chance_below(less)).all()


def test_a_year_that_neither_gains_nor_loses_is_in_balance():
    assert rolled([[0.0, 5, -1], [-1, 0, -1]]).chance_in_balance().tolist() == [0.5, 1, 0]


def test_years_without_names_are_refused():
    with pytest.raises(ParameterError, match="3 years and 2 names"):
        rolled([[1.0, 2, 3]], years=YEARS[:2])


def test_interest_is_foregone_on_the_average_deficit_of_a_year_and_never_gained():
    made = rolled([[-20.0, 100, 0]], opening=-60)
    lost = interest_foregone(made, opening_gbp=-60, rate_pct=[5, 5, 5])
    assert lost.tolist() == [[0.05 * 70, 0.05 * 30, 0]]
    surplus = interest_foregone(rolled([[20.0, 0, 0]], 10), opening_gbp=10, rate_pct=[5, 5, 5])
    assert surplus.tolist() == [[0, 0, 0]]
