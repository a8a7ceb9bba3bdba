"""Places brought to shares that were drawn before: met, without a child lost, and followed."""

import numpy as np
import pytest

from invented_cohort import ORIGIN, invented_axes, invented_rates, invented_start
from sendlib.cohort.axes import membership
from sendlib.cohort.levers import Levers
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import AGE, PLACE
from sendlib.vocabulary import PLACE_GROUPS

AXES = invented_axes(2, 5)
DRAWS = 100
KIND_OF = membership(AXES.places, PLACE_GROUPS)
STATE = list(PLACE_GROUPS).index("State special school")
INDEPENDENT = list(PLACE_GROUPS).index("Independent or non-maintained special")


@pytest.fixture(scope="module")
def rates():
    return invented_rates(AXES)


@pytest.fixture(scope="module")
def start(rates):
    return invented_start(rates)


@pytest.fixture(scope="module")
def totals(start):
    years = len(start.residents)
    return np.rint(start.stock.sum() * np.tile(1.08 ** np.arange(1, years + 1), (DRAWS, 1)))


@pytest.fixture(scope="module")
def shares(start, totals):
    """State special falls by 5% a year, and differs between draws; the others as they are."""
    now = start.stock.sum(axis=(0, 1)) @ KIND_OF / start.stock.sum()
    shares = np.tile(now, (*totals.shape, 1))
    spread = np.exp(0.05 * np.random.default_rng(1).standard_normal((DRAWS, 1)))
    shares[..., STATE] *= spread * 0.95 ** np.arange(1, totals.shape[1] + 1)
    return shares / shares.sum(axis=2, keepdims=True)


def run(rates, start, **more):
    return simulate(rates, start, draws=DRAWS, seed=1, workers=1, **more)


@pytest.fixture(scope="module")
def steered(rates, start, totals, shares):
    return run(rates, start, totals=totals, shares=shares)


def test_places_meet_the_shares_drawn_and_the_total_is_met_exactly(steered, totals, shares):
    assert np.array_equal(steered.total()[:, 1:], totals)
    places = steered.by(PLACE)[:, 1:] @ KIND_OF
    wanted = shares * totals[..., None]
    assert np.median(places / np.maximum(wanted, 1), axis=0)[:, STATE] == pytest.approx(
        np.ones(totals.shape[1]), abs=0.02
    )
    apart = np.corrcoef(places[:, 0, STATE], wanted[:, 0, STATE])[0, 1]
    assert apart > 0.9


def test_ages_are_as_they_were_without(rates, start, totals, steered):
    plain = run(rates, start, totals=totals)
    mean = [made.by(AGE)[:, 1].mean(axis=0) for made in (plain, steered)]
    assert mean[1] == pytest.approx(mean[0], abs=0.02 * mean[0].sum())


def test_a_share_far_below_those_who_stay_makes_them_move(rates, start, totals, shares):
    emptied = shares.copy()
    emptied[:, 0, STATE] *= 0.3
    emptied /= emptied.sum(axis=2, keepdims=True)
    made = run(rates, start, totals=totals, shares=emptied)
    places = made.by(PLACE)[:, 1] @ KIND_OF
    wanted = emptied[:, 0] * totals[:, :1]
    assert (made.forced[:, 0, STATE] > 0.3).all()
    assert np.median(places[:, STATE] / wanted[:, STATE]) == pytest.approx(1, abs=0.1)
    assert np.array_equal(made.total()[:, 1:], totals)


def test_a_run_that_follows_is_steered_alike_and_levers_act_on_top(rates, start, steered):
    again = run(rates, start, follow=steered)
    kinds = [made.by(PLACE)[:, -1].mean(axis=0) @ KIND_OF for made in (steered, again)]
    assert kinds[1] == pytest.approx(kinds[0], rel=0.05, abs=10)
    redirected = {
        "redirections": [
            {
                "flow": "join",
                "from_place": "independent_special",
                "to_place": "state_special",
                "share_pct": 100,
                "from_year": ORIGIN + 1,
            }
        ]
    }
    made = run(rates, start, follow=steered, levers=Levers.model_validate(redirected))
    change = made.by(PLACE)[:, -1].mean(axis=0) @ KIND_OF - kinds[1]
    assert change[STATE] > 5
    assert change[INDEPENDENT] < -5
