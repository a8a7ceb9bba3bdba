"""Seats that open: who fills them, who waits, what stays empty, and what is refused."""

import numpy as np
import pytest

from error_codes import refuses
from invented_cohort import ORIGIN, invented_axes, invented_rates, invented_start
from sendlib.cohort.axes import PLACES
from sendlib.cohort.levers import Levers, lever_faults
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import AGE, PLACE
from sendlib.errors import ScenarioError

AXES = invented_axes(1, 5)
SPECIAL = AXES.place("state_special")
INDEPENDENT = AXES.place("independent_special")
MAINSTREAM = AXES.place("mainstream")


@pytest.fixture(scope="module")
def rates():
    return invented_rates(AXES)


@pytest.fixture(scope="module")
def start(rates):
    return invented_start(rates)


@pytest.fixture(scope="module")
def plain(rates, start):
    return simulate(rates, start, draws=200, seed=1, workers=1)


def record(**more):
    return {"place": "state_special", "seats": {ORIGIN: 30}, "waiting_pct": 50.0, **more}


def opened(rates, start, **more):
    levers = Levers.model_validate({"added_places": [record(**more)]})
    return simulate(rates, start, draws=200, seed=1, workers=1, levers=levers)


def test_seats_fill_and_people_are_conserved(rates, start, plain):
    made = opened(rates, start)
    seats = made.seats
    filled = seats.filled.sum(axis=3)[..., 0]
    assert (filled + seats.empty[..., 0] == 30).all()
    assert np.median(filled[:, 0]) == 30
    assert np.array_equal(made.total()[:, :2], plain.total()[:, :2])
    by, moved = made.by(PLACE), made.moved.astype(np.int64)
    joined, left = made.joined.sum(axis=(2, 3)), made.left.sum(axis=(2, 3))
    net = moved.sum(axis=2) - moved.sum(axis=3)
    assert np.array_equal(by[:, 1:], by[:, :-1] - left + joined + net)
    assert np.array_equal(made.by(AGE)[:, 1], plain.by(AGE)[:, 1])
    more = (by - plain.by(PLACE))[:, 1]
    assert (more[:, SPECIAL] == 30).all()
    assert np.array_equal(-more[:, MAINSTREAM], seats.filled[:, 0, 0, MAINSTREAM])


@pytest.mark.parametrize(("displacement", "from_independent"), [(0.0, 0), (50.0, 15), (100.0, 30)])
def test_the_share_displaced_comes_from_independent_schools(
    rates, start, displacement, from_independent
):
    seats = opened(rates, start, displacement_pct=displacement, displacement_strength=1e9).seats
    assert np.median(seats.filled[:, 0, 0, INDEPENDENT]) == from_independent


def test_seats_that_nobody_waits_for_stay_empty(rates, start):
    seats = opened(rates, start, waiting_pct=0.0, displacement_pct=0.0, ages="4").seats
    assert (seats.empty[:, 0, 0] > 0).any()
    assert not seats.filled[..., MAINSTREAM].any()


def test_filling_can_take_years_and_a_queue_is_left(rates, start):
    seats = opened(rates, start, filled={ORIGIN: 10, ORIGIN + 1: 30}).seats
    filled = seats.filled.sum(axis=3)[..., 0]
    assert np.median(filled, axis=0)[:2].tolist() == [10, 30]
    assert np.median(seats.queue[:, 0, 0]) > np.median(seats.queue[:, 1, 0]) - 1e3
    assert (seats.queue >= 0).all()


def test_seats_of_the_last_count_are_in_it_already(rates, start):
    made = opened(rates, start, seats={ORIGIN - 1: 20, ORIGIN: 50})
    assert (made.seats.filled.sum(axis=3) + made.seats.empty == 30).all()
    with refuses(ScenarioError, "seats_already_open"):
        opened(rates, start, seats={ORIGIN - 1: 20})


def test_draws_do_not_depend_on_the_number_of_workers(rates, start):
    levers = Levers.model_validate({"added_places": [record()]})
    one, two = (
        simulate(rates, start, draws=100, seed=1, workers=workers, levers=levers).seats.filled
        for workers in (1, 2)
    )
    assert np.array_equal(one, two)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": "awaiting"}, "place"),
        ({"place": "nowhere"}, "place"),
        ({"seats": {}}, "seats"),
        ({"seats": {2027: -5}}, "seats"),
        ({"seats": {2027: 20, 2028: 10}}, ""),
        ({"seats": {2027: 20}, "filled": {2027: 21}}, ""),
        ({"waiting_pct": -1.0}, "waiting_pct"),
        ({"displacement_pct": 101.0}, "displacement_pct"),
        ({"ages": "4-40"}, "ages"),
    ],
)
def test_a_record_that_cannot_be_is_refused(wrong, field):
    given = {"place": "state_special", "seats": {2027: 20}} | wrong
    first, *_ = lever_faults({"added_places": [given]})
    assert field in first.problem().where


def test_every_place_with_seats_may_be_named():
    for place in set(PLACES) - {"awaiting", "eotas", "elective_home_education", "neet"}:
        if place != "not_recorded":
            assert not lever_faults({"added_places": [{"place": place, "seats": {2027: 1}}]})
