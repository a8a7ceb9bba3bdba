from dataclasses import replace

import numpy as np
import pytest

from invented_cohort import ORIGIN, invented_axes, invented_rates, invented_start
from sendlib.cohort.levers import Levers
from sendlib.cohort.simulate import simulate
from sendlib.cohort.validation import (
    evidence_of,
    expanding_folds,
    recovery,
    scorecard,
    set_against,
)
from sendlib.errors import NotAvailableError, ParameterError
from sendlib.ranges import QUANTILES, score_each

AXES = invented_axes(2, 5)
SEEN, AHEAD = 4, 3


@pytest.fixture(scope="module")
def truth():
    return invented_rates(AXES, shock=0.08, joining=1.2)


@pytest.fixture(scope="module")
def start():
    return invented_start(invented_rates(AXES), years=SEEN + AHEAD)


@pytest.fixture(scope="module")
def history(truth, start):
    return simulate(truth, start, draws=2, seed=1, by_cell=True, workers=1)


@pytest.fixture(scope="module")
def evidence(history, start):
    return evidence_of(history, 1, start.residents)


def test_a_draw_as_evidence_leads_to_its_own_stock_in_every_year(history, evidence):
    assert np.array_equal(evidence.after(), history.stock[1, 1:])
    assert evidence.balances()
    assert evidence.need_changed.any()
    assert evidence.years == tuple(range(ORIGIN + 1, ORIGIN + 1 + SEEN + AHEAD))


def test_evidence_of_the_first_years_knows_nothing_of_the_others(history, start, evidence):
    early = evidence_of(history, 1, start.residents, years=SEEN)
    cut = evidence.first(SEEN)
    assert early.years == cut.years == evidence.years[:SEEN]
    for name in ("stock", "before", "left", "moved", "need_changed", "joined", "without_plan"):
        assert np.array_equal(getattr(early, name), getattr(cut, name)), name


def test_draws_that_cannot_be_followed_are_refused(truth, start):
    limits = {"capacities": [{"place": "state_special", "room": {ORIGIN: 0}}]}
    made = simulate(truth, start, draws=1, seed=1, levers=Levers.model_validate(limits))
    with pytest.raises(ParameterError) as error:
        evidence_of(made, 0, start.residents)
    assert len(error.value.problems) == 2


def test_a_card_averages_errors_and_scores_in_plans(history):
    made = set_against(history, history.stock[0, 1:].astype(float))
    row = made[(made["grain"] == "whole") & (made["horizon"] == 1)]
    ranges = dict(zip(QUANTILES, [70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0], strict=True))
    given = row.assign(**ranges, actual=125.0, forecast=100.0)
    card = scorecard(given).iloc[0]
    assert card["wis_plans"] == score_each(given)["wis"].iloc[0]
    assert card[["mae_plans", "bias_plans", "mape_pct"]].tolist() == [25, 25, 20]
    assert card[["covered_50", "covered_80", "covered_95"]].tolist() == [0, 0, 1]


def test_small_counts_are_scored_in_plans_only(history):
    made = set_against(history, history.stock[0, 1:].astype(float))
    card = scorecard(made).set_index(["grain", "horizon"])
    assert card.loc[("cell", 1), "large"] < card.loc[("cell", 1), "forecasts"]
    assert card.loc[("whole", 1), "large"] == 1
    assert card.loc[("cell", 1), "forecasts"] == 26 * 2 * 5


def test_folds_forecast_every_later_january_from_those_before(evidence):
    made = expanding_folds(evidence, draws=60, seed=1, horizon=2)
    whole = made[made["grain"] == "whole"]
    assert whole[["origin", "horizon"]].to_numpy().tolist() == [
        [ORIGIN + seen, ahead]
        for seen in range(2, SEEN + AHEAD)
        for ahead in range(1, 1 + min(2, SEEN + AHEAD - seen))
    ]
    totals = evidence.after().sum(axis=(1, 2, 3))
    came = whole["origin"] + whole["horizon"] - ORIGIN - 1
    assert np.array_equal(whole["actual"], totals[came])


def test_a_forecast_of_the_past_does_not_see_what_came(evidence):
    later = {name: getattr(evidence, name).copy() for name in ("left", "joined")}
    later["joined"][-1] *= 3
    columns = ["forecast", "q100", "q900"]
    first, other = (
        expanding_folds(given, draws=40, seed=1)[columns]
        for given in (evidence, replace(evidence, joined=later["joined"]))
    )
    assert first.equals(other)


def test_two_years_of_evidence_are_too_few_for_a_test(evidence):
    with pytest.raises(NotAvailableError, match="3 years or more are needed"):
        expanding_folds(evidence.first(2), draws=10, seed=1)


def test_known_rates_are_found_and_ranges_hold_as_often_as_they_say(truth, start):
    """Twenty histories; `make bench` runs more, over longer, with every need and place."""
    made = recovery(truth, start, seen=SEEN, histories=20, draws=200, seed=7)
    found = made.rates.groupby("flow")[["true_pct", "bias_points"]].mean()
    assert (found["bias_points"].abs() < 0.05 * found["true_pct"]).all()
    card = scorecard(made.forecasts, by=("grain",)).set_index("grain")
    assert 0.75 <= card.loc["place", "covered_80"] <= 0.87
    assert 0.70 <= card.loc["whole", "covered_80"] <= 0.95
    assert 0.75 <= card.loc["age", "covered_80"] <= 0.90
