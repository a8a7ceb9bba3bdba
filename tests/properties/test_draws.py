"""What holds for any forecast: seeds fix it, other areas leave it alone, stocks are conserved."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from invented_panel import invented_panel, without
from sendlib.forecast.draws import LONGEST, DrawSettings, draw
from sendlib.forecast.flows import Levers, rates, run_flows
from sendlib.forecast.model import fit

FEW = settings(max_examples=20)
SEED = st.integers(0, 2**32)
PANEL = invented_panel()
MODEL = fit(PANEL)
OTHERS = st.sets(st.sampled_from(PANEL.authorities[1:]), max_size=11)
MINE = PANEL.authorities[0]


def draws(seed, areas=(MINE,), *, panel=PANEL, horizon=5):
    return draw(panel, MODEL, areas, DrawSettings(60, seed, 0.5), horizon=horizon)


@FEW
@given(SEED)
def test_a_seed_fixes_every_number(seed):
    assert np.array_equal(draws(seed).plans, draws(seed).plans)


@FEW
@given(SEED, SEED)
def test_another_seed_has_other_numbers(seed, other):
    assert np.array_equal(draws(seed).plans, draws(other).plans) == (seed == other)


@FEW
@given(SEED, OTHERS, OTHERS)
def test_other_authorities_never_change_an_authority_s_draws(seed, drawn, gone):
    alone = draws(seed).of(MINE)
    areas = [*sorted(drawn - gone), MINE]
    together = draws(seed, areas, panel=without(PANEL, *gone))
    assert np.allclose(together.of(MINE), alone, rtol=1e-12)


@FEW
@given(SEED, st.integers(1, LONGEST), st.integers(1, LONGEST))
def test_a_longer_horizon_leaves_the_first_years_as_they_were(seed, one, other):
    short, long = sorted((one, other))
    first, longer = draws(seed, horizon=short), draws(seed, horizon=long)
    assert np.array_equal(longer.plans[:, :, :short], first.plans)


@FEW
@given(SEED, st.lists(st.floats(0, 1), min_size=2, max_size=6, unique=True))
def test_quantiles_rise_with_their_level_and_draws_are_positive_and_finite(seed, levels):
    result = draws(seed, PANEL.authorities, horizon=LONGEST)
    assert np.isfinite(result.plans).all()
    assert (result.plans > 0).all()
    assert (np.diff(result.quantiles(sorted(levels)), axis=0) >= 0).all()


@FEW
@given(SEED, st.sampled_from(PANEL.authorities), st.sampled_from(PANEL.authorities))
def test_authorities_have_random_numbers_of_their_own(seed, one, other):
    result = draws(seed, PANEL.authorities)
    first, second = (result.of(code) / result.of(code).mean(axis=0) for code in (one, other))
    assert np.allclose(first, second) == (one == other)


@FEW
@given(
    SEED,
    st.sampled_from(PANEL.authorities),
    st.builds(
        Levers,
        requests_pct=st.floats(-100, 200),
        agreed_points=st.floats(-100, 100),
        speed_pct=st.floats(-100, 200),
        plan_points=st.floats(-100, 100),
        ended_pct=st.floats(-100, 2000),
    ),
)
def test_whatever_the_levers_nobody_is_lost_on_the_way(seed, code, levers):
    stock = draws(seed, [code], horizon=LONGEST).of(code)
    counted = float(PANEL.plans.loc[code, PANEL.origin])
    start = rates(PANEL, code)
    result = run_flows(stock, counted, start, seed=seed, area_code=code, levers=levers)
    for step, first, more, less in (
        ("in_force", counted, "issued", "ended"),
        ("waiting", start.waiting, "agreed", "assessed"),
    ):
        before = np.column_stack([np.full(len(stock), first), result[step][:, :-1]])
        expected = before + result[more] - result[less]
        assert np.allclose(result[step], expected, rtol=1e-9, atol=1e-6)
        assert (result[step] > -1e-6).all()
    assert all(np.isfinite(values).all() for values in result.values())


@FEW
@given(SEED, st.sampled_from(PANEL.authorities))
def test_without_levers_the_flows_lead_to_the_plans_of_the_draws(seed, code):
    stock = draws(seed, [code], horizon=LONGEST).of(code)
    counted = float(PANEL.plans.loc[code, PANEL.origin])
    result = run_flows(
        stock, counted, rates(PANEL, code), seed=seed, area_code=code, levers=Levers()
    )
    assert np.allclose(result["in_force"], stock, rtol=1e-9)
