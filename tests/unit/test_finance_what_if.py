import numpy as np
import pytest

from sendlib.finance.projection import in_world
from sendlib.finance.what_if import (
    INDEPENDENT,
    SPECIAL,
    Settings,
    closing,
    draws_of,
    in_year,
)

SCHOOLS = np.array([350e6, 357e6, 364e6, 371e6])


@pytest.fixture(scope="module")
def money(model, base):
    return model.run(base)


@pytest.fixture(scope="module")
def draws(money):
    return draws_of(money, SCHOOLS)


def test_settings_left_alone_give_the_projection_itself(draws, money):
    assert np.allclose(in_year(draws, Settings()), money.before.in_year)
    assert np.allclose(closing(draws, Settings(), money), money.before.closing)


@pytest.mark.parametrize("grant", [True, False])
@pytest.mark.parametrize("takeover", [True, False])
def test_each_world_is_that_of_the_page(draws, money, grant, takeover):
    settings = Settings(grant="approved" if grant else "refused", takeover=takeover)
    expected = in_world(money, grant=grant, takeover=takeover).closing
    assert np.allclose(closing(draws, settings, money), expected)


def test_a_transfer_a_price_and_a_top_up_act_on_their_own_part(draws):
    plain = in_year(draws, Settings())
    moved = in_year(draws, Settings(transfer_pct=0.5)) - plain
    assert np.allclose(moved, 0.005 * SCHOOLS)
    dearer = in_year(draws, Settings(price_pct={INDEPENDENT: 10})) - plain
    assert np.allclose(dearer, -0.1 * draws.cost[:, :, draws.kinds.index(INDEPENDENT)])
    raised = in_year(draws, Settings(top_ups_pct=5)) - plain
    assert np.allclose(raised, -0.05 * draws.cost[:, :, :3].sum(axis=2))
    assert draws.kinds[2] == SPECIAL


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


def test_fewer_draws_keep_the_range(money):
    few = draws_of(money, SCHOOLS, most=40)
    assert len(few.cost) == 40
    whole, part = (
        np.quantile(each, [0.1, 0.5, 0.9])
        for each in (money.before.closing[:, -1], closing(few, Settings(), money)[:, -1])
    )
    assert part == pytest.approx(whole, rel=0.1)
