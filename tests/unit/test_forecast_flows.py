from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from invented_panel import invented_panel
from sendlib.forecast.flows import STEPS, Levers, Rates, rates, run_flows
from sendlib.vocabulary import ENGLAND, FlowMeasure

START = Rates(
    ended_share=0.05,
    plan_share=0.9,
    agreed_share=0.75,
    waiting=200.0,
    assessed=160.0,
    missing=(),
)
COUNTED = 1000.0
RNG = np.random.default_rng(7)
RISING = COUNTED * np.exp(np.cumsum(0.08 + 0.03 * RNG.standard_normal((200, 6)), axis=1))
FALLING = COUNTED * np.exp(np.cumsum(-0.1 + 0.15 * RNG.standard_normal((200, 6)), axis=1))
ALL = Levers(requests_pct=20, agreed_points=-5, speed_pct=30, plan_points=4, ended_pct=-40)


def flows(stock=RISING, start=START, **levers):
    return run_flows(stock, COUNTED, start, seed=1, area_code="865", levers=Levers(**levers))


def before(values, first):
    return np.column_stack([np.full(len(values), first), values[:, :-1]])


@pytest.mark.parametrize("stock", [RISING, FALLING])
@pytest.mark.parametrize("waiting", [0.0, 60.0, 1000.0])
def test_without_levers_plans_in_force_are_those_of_the_draws(stock, waiting):
    result = flows(stock, replace(START, waiting=waiting))
    assert np.allclose(result["in_force"], stock, rtol=1e-9)
    assert list(result) == list(STEPS)


@pytest.mark.parametrize("stock", [RISING, FALLING])
@pytest.mark.parametrize("levers", [Levers(), ALL])
def test_plans_and_assessments_are_conserved_in_every_draw(stock, levers):
    result = run_flows(stock, COUNTED, START, seed=1, area_code="865", levers=levers)
    plans = before(result["in_force"], COUNTED) + result["issued"] - result["ended"]
    waiting = before(result["waiting"], START.waiting) + result["agreed"] - result["assessed"]
    assert np.allclose(result["in_force"], plans, rtol=1e-12)
    assert np.allclose(result["waiting"], waiting, atol=1e-9)
    assert all((values > -1e-9).all() for values in result.values())
    assert np.allclose(result["issued"], result["assessed"] * (0.9 + levers.plan_points / 100))
    assert np.allclose(result["agreed"], result["requests"] * (0.75 + levers.agreed_points / 100))


@pytest.mark.parametrize(
    ("lever", "change", "up", "down"),
    [
        ("requests_pct", 20, ["requests", "agreed", "issued", "in_force", "waiting"], []),
        ("agreed_points", 10, ["agreed", "assessed", "in_force", "waiting"], []),
        ("speed_pct", 20, ["assessed", "in_force"], ["waiting"]),
        ("plan_points", 5, ["issued", "in_force"], []),
        ("ended_pct", 50, ["ended"], ["in_force"]),
    ],
)
def test_a_lever_moves_its_step_and_all_that_follows(lever, change, up, down):
    usual, more, less = flows(), flows(**{lever: change}), flows(**{lever: -change})
    for step in up:
        assert (less[step][:, 0] < usual[step][:, 0]).all(), step
        assert (usual[step][:, 0] < more[step][:, 0]).all(), step
    for step in down:
        assert (less[step][:, 0] > usual[step][:, 0]).all(), step
        assert (usual[step][:, 0] > more[step][:, 0]).all(), step
    moved = set(up + down)
    earlier = list(STEPS)[: list(STEPS).index(next(step for step in STEPS if step in moved))]
    assert all(np.array_equal(usual[step], more[step]) for step in earlier)


def test_without_requests_plans_only_end():
    result = flows(requests_pct=-100)
    assert (result["requests"] == 0).all()
    assert (np.diff(result["in_force"][:, 2:], axis=1) < 0).all()


def test_a_share_never_leaves_its_bounds():
    assert np.allclose(flows(agreed_points=80)["agreed"], flows(agreed_points=25)["agreed"])
    assert (flows(plan_points=-95)["issued"] == 0).all()
    assert (flows(ended_pct=1e6)["in_force"] >= 0).all()


@pytest.fixture(scope="module")
def panel():
    return invented_panel()


def with_flow(panel, code, **values):
    """The panel with some flows of one authority's last year set anew."""
    flow = dict(panel.flow)
    for name, value in values.items():
        wide = flow[FlowMeasure(name)].copy()
        wide.loc[code, 2024] = value
        flow[FlowMeasure(name)] = wide
    return replace(panel, flow=flow)


def value(panel, measure, code):
    return panel.flow[measure].loc[code, 2024]


def test_rates_are_half_the_authority_s_own_and_half_england_s(panel):
    result = rates(panel, "801")
    shares = [
        1 - value(panel, FlowMeasure.REQUESTS_REFUSED, code) / value(panel, "requests", code)
        for code in ("801", ENGLAND)
    ]
    assert result.agreed_share == pytest.approx(sum(shares) / 2)
    assert result.missing == ()
    assert result.assessed == pytest.approx(
        value(panel, FlowMeasure.NEW_PLANS, "801") / result.plan_share
    )


def test_a_measure_that_is_not_available_is_taken_from_england(panel):
    england = rates(panel, ENGLAND)
    gone = with_flow(panel, "801", requests=np.nan)
    result = rates(gone, "801")
    assert set(result.missing) == {"agreed_share", "waiting"}
    assert result.agreed_share == pytest.approx(england.agreed_share)
    assert result.waiting / result.assessed == pytest.approx(england.waiting / england.assessed)


def test_an_authority_without_any_flow_has_every_rate_from_england(panel):
    flow = {name: wide.drop("801", errors="ignore") for name, wide in panel.flow.items()}
    result, england = rates(replace(panel, flow=flow), "801"), rates(panel, ENGLAND)
    assert result.ended_share == pytest.approx(england.ended_share)
    assert result.plan_share == pytest.approx(england.plan_share)
    assert result.assessed / panel.plans.loc["801", 2025] == pytest.approx(
        england.assessed / panel.plans.loc[ENGLAND, 2025]
    )


@pytest.mark.parametrize("before", [0.0, 4.0])
def test_an_authority_that_issued_no_plan_goes_at_england_s_pace(panel, before):
    plans = panel.plans.copy()
    plans.loc["801", [2024, 2025]] = [before, 4]
    quiet = with_flow(replace(panel, plans=plans), "801", new_plans=0, plans_issued=0)
    start = rates(quiet, "801")
    result = run_flows(np.full((5, 3), 4.0), 4.0, start, seed=1, area_code="801", levers=Levers())
    assert start.assessed > 0
    assert all(np.isfinite(values).all() for values in result.values())
    assert pd.Series(result["in_force"].ravel()).tolist() == pytest.approx([4.0] * 15)
