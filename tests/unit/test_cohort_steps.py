import numpy as np
import pytest

from invented_cohort import ORIGIN, invented_axes
from sendlib.cohort.levers import Levers
from sendlib.cohort.steps import choose, find_room, lay_out

AXES = invented_axes(1, 5)
SPECIAL, COLLEGE, QUEUE, INDEPENDENT = (
    AXES.place(place)
    for place in ("state_special", "further_education", "awaiting", "independent_special")
)


def cells(**plans):
    """Two draws, everybody ten years old."""
    laid = np.zeros((2, *AXES.shape), dtype=np.int64)
    for place, number in plans.items():
        laid[:, 10, 0, AXES.place(place)] = number
    return laid


def placed(stayers, arrivals, *records):
    levers = Levers.model_validate({"capacities": records})
    changes = lay_out(levers, AXES, range(ORIGIN + 1, ORIGIN + 2))
    return find_room(stayers, arrivals, changes, 0, np.random.default_rng(1))


def limit(place, room, *overflow):
    return {"place": place, "room": {ORIGIN: room}, "overflow": overflow}


def test_arrivals_take_the_room_that_is_left_and_the_others_overflow_in_order():
    stock, turned_away = placed(
        cells(state_special=8, independent_special=3),
        cells(state_special=9),
        limit("state_special", 10, "independent_special", "further_education"),
        limit("independent_special", 5),
    )
    assert stock[0, 10, 0, [SPECIAL, INDEPENDENT, COLLEGE, QUEUE]].tolist() == [10, 5, 5, 0]
    assert turned_away[0, SPECIAL, [INDEPENDENT, COLLEGE]].tolist() == [2, 5]
    assert turned_away[0].sum() == 7


def test_who_fits_nowhere_waits_and_is_reported():
    stock, turned_away = placed(
        cells(state_special=8),
        cells(state_special=9),
        limit("state_special", 10, "independent_special"),
        limit("independent_special", 0),
    )
    assert stock[:, 10, 0, QUEUE].tolist() == [7, 7]
    assert turned_away[:, SPECIAL, QUEUE].tolist() == [7, 7]


def test_those_in_a_place_keep_it_where_there_is_less_room_than_they_take():
    there, new = cells(state_special=30), cells(state_special=2)
    stock, _ = placed(there, new, limit("state_special", 10.9))
    assert stock[0, 10, 0, SPECIAL] == 30
    assert stock[0, 10, 0, QUEUE] == 2


def test_those_chosen_are_drawn_at_random_and_never_more_than_there_are():
    there = np.tile([30, 60, 10], (4000, 1))
    chosen = choose(there, np.full(4000, 20), np.random.default_rng(1))
    assert (chosen <= there).all()
    assert (chosen.sum(axis=1) == 20).all()
    assert chosen.mean(axis=0) == pytest.approx([6, 12, 2], rel=0.05)
