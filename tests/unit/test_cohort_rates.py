from dataclasses import fields

import numpy as np
import pytest

from invented_cohort import ORIGIN, invented_axes, invented_rates, invented_start
from sendlib.cohort.levers import Levers
from sendlib.cohort.rates import ParameterDraws
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import BLOCK

RATES = invented_rates(invented_axes(2, 5), worth=50.0, shock=0.1)
START = invented_start(RATES)
FEWER = Levers.model_validate(
    {"rate_changes": [{"flow": "join", "pct": -20, "from_year": ORIGIN + 1}]}
)


def ahead(drawn=None, *, draws=2 * BLOCK + 10, seed=1, levers=None):
    return simulate(
        RATES, START, draws=draws, seed=seed, levers=levers or Levers(), parameters=drawn
    )


def assert_same(one, other):
    for name in ("stock", "joined", "left", "moved", "calibration"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@pytest.mark.parametrize(
    "asked",
    [{}, {"levers": FEWER}, {"draws": BLOCK}, {"draws": BLOCK + 10}, {"seed": 2}],
    ids=["again", "levers", "fewer draws", "a shorter last block", "another seed"],
)
def test_a_run_from_stored_draws_is_the_run_that_draws_anew(asked):
    drawn = ParameterDraws(RATES)
    ahead(drawn)
    assert_same(ahead(drawn, **asked), ahead(**asked))


def test_draws_of_a_block_are_made_once_and_its_numbers_go_on_from_where_they_stood():
    drawn, stream = ParameterDraws(RATES), np.random.SeedSequence(1)
    first, numbers = drawn.block(stream, draws=3, years=2)
    again, same = drawn.block(np.random.SeedSequence(1), draws=3, years=2)
    assert again is first
    assert numbers.random(4).tolist() == same.random(4).tolist()
    assert drawn.block(stream, draws=3, years=1)[0] is not first


def test_no_run_changes_the_draws():
    drawn = ParameterDraws(RATES)
    kept, _ = drawn.block(np.random.SeedSequence(1).spawn(1)[0], draws=BLOCK, years=3)
    before = {one.name: np.copy(getattr(kept, one.name)) for one in fields(kept)[1:-1]}
    ahead(drawn, draws=BLOCK, levers=FEWER)
    assert kept is drawn.block(np.random.SeedSequence(1).spawn(1)[0], draws=BLOCK, years=3)[0]
    assert all(np.array_equal(getattr(kept, name), value) for name, value in before.items())
