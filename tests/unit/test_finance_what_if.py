from dataclasses import fields
from itertools import product

import numpy as np
import pytest

from invented_money import with_all_income
from sendlib.finance.income import Income
from sendlib.finance.projection import in_world
from sendlib.finance.tables import deficit_ranges
from sendlib.finance.what_if import (
    INDEPENDENT,
    SPECIAL,
    Settings,
    closing,
    deficits,
    draws_of,
    in_year,
)
from sendlib.finance.what_if_panel import what_if
from sendlib.periods import financial_year_start

SCHOOLS = np.array([350e6, 357e6, 364e6, 371e6])


@pytest.fixture(scope="module")
def money(model, base):
    return model.run(base)


@pytest.fixture(scope="module")
def draws(money):
    return draws_of(money, SCHOOLS)


def test_settings_left_alone_give_the_projection_itself(draws, money):
    assert np.allclose(in_year(draws, Settings()), money.before.in_year)
    assert np.allclose(closing(draws, Settings()), money.before.closing)


def test_every_income_of_a_scenario_reaches_the_panel(model, base):
    """A lever on a new kind of income has to be among those of ``with_all_income``."""
    scenario = with_all_income(base)
    money = model.run(scenario)
    for part in fields(Income):
        assert getattr(money.income, part.name).any(), f"set a lever on {part.name}"
    asked = what_if(model, money)
    assert np.allclose(in_year(asked.draws, Settings()), money.before.in_year)
    for grant, takeover in product((False, True), repeat=2):
        left = in_world(money, grant=grant, takeover=takeover).closing
        settings = Settings(grant=grant, takeover=takeover)
        assert np.allclose(closing(asked.draws, settings), left)


@pytest.mark.parametrize("grant", [True, False])
@pytest.mark.parametrize("takeover", [True, False])
def test_each_world_is_that_of_the_page(draws, money, grant, takeover):
    settings = Settings(grant=grant, takeover=takeover)
    expected = in_world(money, grant=grant, takeover=takeover).closing
    assert np.allclose(closing(draws, settings), expected)


def test_a_transfer_a_price_and_a_top_up_act_on_their_own_part(draws):
    plain = in_year(draws, Settings())
    moved = in_year(draws, Settings(transfer_pct=0.5)) - plain
    assert np.allclose(moved, 0.005 * SCHOOLS)
    dearer = in_year(draws, Settings(price_pct={INDEPENDENT: 10})) - plain
    assert np.allclose(dearer, -0.1 * draws.cost[:, :, draws.kinds.index(INDEPENDENT)])
    raised = in_year(draws, Settings(top_ups_pct=5)) - plain
    assert np.allclose(raised, -0.05 * draws.cost[:, :, :3].sum(axis=2))
    assert draws.kinds[2] == SPECIAL


def test_an_allocation_that_is_known_stays_as_it_is(money, draws):
    first = financial_year_start(draws.financial_years[0])
    known = draws_of(money, SCHOOLS, allocated=[first])
    settings = Settings(allocation_points=2)
    more = in_year(known, settings) - in_year(known, Settings())
    assert not more[:, 0].any()
    assert np.allclose(more[:, 1:], known.block[:, 1:] * (1.02 ** np.arange(1, more.shape[1]) - 1))
    assert (in_year(draws, settings)[:, 0] > in_year(known, settings)[:, 0]).all()


def test_an_allocation_known_after_one_that_is_not_stays_as_it_is_too(money):
    second = financial_year_start(money.financial_years[1])
    draws = draws_of(money, SCHOOLS, allocated=[second])
    assert draws.block_years.tolist() == [1, 0, 1, 2]
    more = in_year(draws, Settings(allocation_points=2)) - in_year(draws, Settings())
    grown = np.array([0.02, 0, 0.02, 1.02**2 - 1])
    assert np.allclose(more, draws.block * grown)


def test_added_places_save_where_they_displace_and_cost_where_they_do_not(draws):
    plain = in_year(draws, Settings())
    all_displaced, none = (
        in_year(draws, Settings(added_places=100, opens=1, displaced_pct=share)) - plain
        for share in (100, 0)
    )
    assert not all_displaced[:, 0].any()
    assert (all_displaced[:, 1:] > 0).all()
    assert (none[:, 1:] < 0).all()
    assert all_displaced[0, 1] < all_displaced[0, 2]


def test_fewer_draws_say_the_same_where_nothing_is_set_and_nearly_so_elsewhere(money, draws):
    few = draws_of(money, SCHOOLS, most=40)
    assert len(few.cost) == 40
    stated = deficit_ranges(money)[["low", "middle", "high"]]
    assert np.allclose(deficits(few, Settings()), stated)
    slower = Settings(plans_points=-3, grant=True)
    assert deficits(few, slower) == pytest.approx(deficits(draws, slower), rel=0.05)


def test_the_table_of_ends_has_every_setting_and_moves_the_deficit_the_right_way(model, money):
    ends = what_if(model, money).ends.set_index("what is set")
    assert len(ends) == 15
    last = [column for column in ends if column.endswith((", from", ", to"))][-2:]
    rises = ends[last[1]] > ends[last[0]]
    assert rises["Growth of plans"]
    assert rises["Top-ups of state schools and bases"]
    assert not rises[["Growth of the allocation", "More from the schools block"]].any()
    assert not rises[
        ["Stability grant", "Of 100 added places, filled in place of independent schools"]
    ].any()
    assert rises[[name for name in ends.index if name.startswith("Price: ")]].all()
