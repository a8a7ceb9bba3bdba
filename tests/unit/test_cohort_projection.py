"""A caseload ahead under a scenario: what levers change, and what they leave."""

from dataclasses import replace

import numpy as np
import pytest

from invented_levers import with_levers
from sendlib import cohort


def leaving(pct):
    change = {"flow": "leave", "pct": pct, "ages": "16-25", "needs": [], "places": []}
    return {"cohort.rate_changes": (change | {"from_year": 2026},)}


def test_a_lever_that_changes_next_to_nothing_leaves_the_total_of_the_forecast(model, base):
    plain = model.places(base).simulation.total()
    moved = model.places(with_levers(base, leaving(1e-9))).simulation.total()
    apart = moved[:, 1:].mean(axis=0) / plain[:, 1:].mean(axis=0) - 1
    assert apart == pytest.approx(np.zeros(len(apart)), abs=0.005)


def test_a_lever_on_leaving_moves_the_total_of_every_draw_s_forecast(model, base):
    run = model.places(with_levers(base, leaving(50)))
    fewer = run.simulation.total() < run.unchanged.total()
    assert fewer[:, -1].mean() > 0.95
    assert np.array_equal(run.unchanged.total(), model.places(base).simulation.total())


def test_one_forecast_serves_scenarios_that_share_its_levers_and_is_of_the_one_asked_for(
    model, base
):
    for scenario in (base, with_levers(base, leaving(50))):
        assert model.demand(scenario).scenario == scenario


def test_a_forecast_counts_only_where_it_begins_at_the_same_january(model, base):
    known, demand = model.caseload, model.demand(base)
    earlier = replace(known, origin=known.origin - 1)
    met, free = (
        cohort.project_demand(each, demand).simulation.total()[:, 1:] for each in (known, earlier)
    )
    np.testing.assert_allclose(met, demand.plans[: len(met)], atol=0.5)
    assert np.abs(free - met).max() > 1
