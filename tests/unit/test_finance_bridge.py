from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_codes import refuses
from invented_money import LAST, cheaper, redirecting
from sendlib import charts
from sendlib.errors import ParameterError
from sendlib.finance.bridge import (
    INTERACTION,
    bridge,
    bridge_title,
    deficit_steps,
    group_of,
    steps_between,
)
from sendlib.finance.projection import Figure, FigureKind
from sendlib.scenarios import with_value

KINDS = get_args(FigureKind)
BEFORE = Figure("before_support", LAST)
REDIRECTED = (
    {
        "flow": "join",
        "from_place": "mainstream",
        "to_place": "state_special",
        "share_pct": 20.0,
        "from_year": 2026,
    },
)
CHOICES = {  # a few values each, so that runs are shared between examples
    "forecast.requests_pct": (-10.0, 10.0),
    "cohort.redirections": (REDIRECTED,),
    "finance.price_points": (-1.0, 2.0),
    "finance.transfer_pct": ({2026: 0.5}, {2027: 1.0}),
    "finance.opening_balance_gbp": ({2025: -70e6},),
    "finance.grant_approval_pct": (0.0, 100.0),
    "finance.central_share_pct": (0.0, 50.0),
}
DONE = (redirecting(), cheaper(), cheaper(pct=-20))


def changed(scenario, values, mitigations=()):
    for lever, value in values.items():
        scenario = with_value(scenario, lever, value)
    return replace(scenario, name="Other", mitigations=tuple(mitigations))


def pence(values):
    return [round(value * 100) for value in values]


@st.composite
def values(draw):
    levers = draw(st.lists(st.sampled_from(sorted(CHOICES)), unique=True, max_size=4))
    return {lever: draw(st.sampled_from(CHOICES[lever])) for lever in levers}


@st.composite
def mitigations(draw):
    return draw(st.lists(st.sampled_from(DONE), unique_by=lambda each: each.name, max_size=2))


@settings(max_examples=10)
@given(
    values(),
    values(),
    mitigations(),
    mitigations(),
    st.sampled_from(KINDS),
)
def test_the_steps_between_any_two_scenarios_add_up_to_the_penny(
    model, base, first, second, before, after, kind
):
    one, other = changed(base, first, before), changed(base, second, after)
    figure = Figure(kind, LAST)
    made = bridge(model, one, other, figure)
    totals = [float(figure.draws(model.run(each)).mean()) for each in (one, other)]
    start, *steps, end = pence(made["value"])
    assert [start, end] == pence(totals)
    assert start + sum(steps) == end
    charts.bridge(made, title="Steps", source="x", unit="gbp")


def test_identical_scenarios_need_no_steps(model, base):
    made = bridge(model, base, base, BEFORE)
    assert made["kind"].tolist() == ["total", "total"]
    assert made["value"].nunique() == 1


def test_one_step_is_the_whole_difference_and_nothing_interacts(model, base):
    made = bridge(model, base, changed(base, {"finance.price_points": 2.0}), BEFORE)
    assert made["category"].tolist() == ["Baseline", "Prices", "Other"]
    assert made["value"].iloc[1] < 0


def test_levers_on_parts_that_only_add_up_do_not_interact(model, base):
    other = changed(base, {"finance.transfer_pct": {2026: 0.5}, "finance.price_points": 2.0})
    steps = bridge(model, base, other, BEFORE).set_index("category")["value"]
    assert abs(steps[INTERACTION]) <= 0.02  # pennies of rounding


def test_a_dearer_place_and_more_children_in_it_cost_more_together(model, base):
    more = {"forecast.requests_pct": 10.0, "finance.price_points": 2.0}
    steps = bridge(model, base, changed(base, more), BEFORE).set_index("category")["value"]
    assert steps["Demand for plans"] < 0
    assert steps["Prices"] < 0
    assert steps[INTERACTION] < -1


def test_a_step_says_whether_a_mitigation_comes_goes_or_changes(base):
    one = changed(base, {}, [redirecting(), cheaper()])
    other = changed(base, {}, [cheaper(pct=-20), redirecting("Bases")])
    names = [step.name for step in steps_between(one, other)]
    assert names == ["Without: Local places", "Changed: Better contracts", "Bases"]


def test_levers_stand_in_groups(base):
    other = changed(base, {"finance.price_points": 2.0, "finance.price_fades_to_pct": 3.0})
    assert [step.name for step in steps_between(base, other)] == ["Prices"]


def test_every_lever_of_the_baseline_has_a_group(base):
    assert {group_of(lever) for lever in base.assumptions} == {
        *("Demand for plans", "Places and flows", "Prices", "Income", "Opening balance", "Policy")
    }


def test_scenarios_with_other_draws_are_refused(model, base):
    with refuses(ParameterError, "two_values_of_lever", match=r"cohort\.draws", where="bridge"):
        bridge(model, base, with_value(base, "cohort.draws", 200), BEFORE)


def test_a_year_beyond_the_horizon_is_refused(model, base):
    with pytest.raises(ParameterError, match="2040-41"):
        bridge(model, base, base, Figure("in_year", "2040-41"))


def test_each_step_changes_one_mitigation_of_the_first_scenario_and_no_other(base):
    old, contracts, new = redirecting(), cheaper(), cheaper(pct=-20)
    one = changed(base, {}, [old, contracts])
    other = changed(base, {}, [new, redirecting("Bases")])
    done = {step.name: step.applied(one, other).mitigations for step in steps_between(one, other)}
    assert done == {
        "Without: Local places": (contracts,),
        "Changed: Better contracts": (old, new),
        "Bases": (old, contracts, redirecting("Bases")),
    }


def test_a_figure_is_read_off_its_own_side_of_the_account(model, base):
    certain = changed(base, {"finance.grant_approval_pct": 100.0})
    money = model.run(certain)
    found = {kind: Figure(kind, LAST).draws(money) for kind in KINDS}
    assert np.array_equal(found["before_support"], money.before.closing[:, -1])
    assert np.array_equal(found["after_support"], money.left.closing[:, -1])
    assert np.array_equal(found["in_year"], money.before.in_year[:, -1])
    assert (found["after_support"] > found["before_support"]).all()


def test_a_bridge_of_deficits_has_the_sign_turned_and_a_title(model, base):
    dearer = with_value(base, "finance.price_points", 1.0)
    made = bridge(model, base, dearer, BEFORE)
    steps = deficit_steps(made, BEFORE)
    assert steps["value"].tolist() == [-value for value in made["value"]]
    assert "raises the mean deficit by £" in bridge_title(steps)
    assert bridge_title(steps.iloc[[0, 0]]).endswith("leaves the mean deficit as it is")
