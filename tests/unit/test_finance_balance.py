import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from invented_levers import with_levers
from sendlib.finance.balance import after_support, interest_foregone, roll_forward, support
from sendlib.periods import financial_year
from sendlib.scenarios import load_scenario

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


def test_interest_is_foregone_on_the_average_deficit_of_a_year_and_never_gained():
    made = rolled([[-20.0, 100, 0]], opening=-60)
    lost = interest_foregone(made, opening_gbp=-60, rate_pct=[5, 5, 5])
    assert lost.tolist() == [[0.05 * 70, 0.05 * 30, 0]]
    surplus = interest_foregone(rolled([[20.0, 0, 0]], 10), opening_gbp=10, rate_pct=[5, 5, 5])
    assert surplus.tolist() == [[0, 0, 0]]


STARTS = range(2025, 2030)


@pytest.fixture(scope="module")
def baseline(project):
    return load_scenario(project, "baseline")


@pytest.fixture(scope="module")
def run(baseline):
    """What government takes on of given in-year balances, all of the grant approved."""

    def run(in_year, *, opening=-60.0, starts=STARTS, seed=1, **levers):
        given = {
            "grant_share_pct": 90.0,
            "grant_cut_off": 2026,
            "grant_approval_pct": 100.0,
            "central_from": 2028,
            "central_share_pct": 100.0,
            "between_share_pct": 0.0,
        } | levers
        scenario = with_levers(baseline, {f"finance.{name}": each for name, each in given.items()})
        names = [financial_year(start) for start in starts]
        before = roll_forward(
            np.atleast_2d(np.array(in_year, dtype=float)),
            opening_gbp=opening,
            financial_years=names,
        )
        taken = support(scenario, before, starts, rng=np.random.default_rng(seed))
        return taken, after_support(before, taken, opening_gbp=opening)

    return run


def test_the_grant_is_paid_on_the_deficit_of_the_cut_off_in_the_year_after_it(run):
    taken, left = run([-40, -50, -50, 0, 0])
    assert taken.grant.tolist() == [[0, 90, 0, 0, 0]]
    assert left.closing.tolist() == [[-100, -60, -110, -110, -110]]


def test_later_deficits_are_no_part_of_the_grant(run):
    one, _ = run([-40, -50, -50, 0, 0])
    other, _ = run([-40, -5000, -5000, 0, 0])
    assert np.array_equal(one.grant, other.grant)


def test_a_surplus_at_the_cut_off_earns_no_grant(run):
    taken, _ = run([80, -50, 0, 0, 0])
    assert not taken.grant.any()


def test_the_grant_is_paid_on_the_opening_balance_where_the_cut_off_opens_the_first_year(run):
    taken, left = run([-50, 0, 0], opening=-100, starts=range(2026, 2029))
    assert taken.grant.tolist() == [[90, 0, 0]]
    assert left.closing[0, 0] == -60


@pytest.mark.parametrize("cut_off", [2025, 2030])
def test_a_cut_off_on_the_edge_of_the_years(run, cut_off):
    taken, _ = run([-10] * 5, grant_cut_off=cut_off)
    assert taken.grant[0].tolist() == ([54, 0, 0, 0, 0] if cut_off == 2025 else [0] * 5)


def test_the_grant_comes_whole_or_not_at_all_and_as_often_as_its_chance(run):
    taken, _ = run(np.full((4000, 5), -10.0), grant_approval_pct=30.0)
    paid = taken.grant[:, 1]
    assert set(paid.round(9)) == {0.0, 63.0}
    assert (paid > 0).mean() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(("chance", "approved"), [(0.0, 0.0), (100.0, 1.0)])
def test_a_grant_that_is_certain_or_excluded(run, chance, approved):
    taken, _ = run(np.full((200, 5), -10.0), grant_approval_pct=chance)
    assert (taken.grant[:, 1] > 0).mean() == approved


def test_government_meets_in_year_deficits_from_its_year_on_and_part_of_those_between(run):
    taken, left = run([-40, -40, -40, -40, 30], between_share_pct=25.0, central_share_pct=80.0)
    assert taken.central.tolist() == [[0, 10, 10, 32, 0]]
    assert left.in_year[0, 4] == 30


def test_a_central_year_before_the_cut_off_is_central_all_the_same(run):
    taken, _ = run([-40] * 5, central_from=2025, grant_cut_off=2027, between_share_pct=10.0)
    assert taken.central.tolist() == [[40] * 5]


@given(arrays(float, (3, 5), elements=st.floats(-1e8, 1e8)))
def test_support_never_leaves_a_larger_deficit_and_never_more_than_all_is_met(run, in_year):
    taken, left = run(in_year, between_share_pct=50.0)
    alone = -60 + np.cumsum(in_year, axis=1)
    assert (left.closing >= alone - 1e-3).all()
    assert (taken.grant <= 0.9 * np.maximum(-alone[:, :1], 0) + 1e-3).all()
    assert (taken.central <= np.maximum(-in_year, 0)).all()
