"""Whatever the rates and levers: no child is lost, made or counted twice, in any draw."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from invented_cohort import ORIGIN, any_levers, cohorts
from sendlib.cohort.levers import Levers
from sendlib.cohort.simulate import KINDS, simulate
from sendlib.cohort.simulation import AGE, NEED, PLACE

SEED = st.integers(0, 2**32 - 1)
MANY = settings(max_examples=400)  # half of them with totals imposed
FEW = settings(max_examples=10)
CELLS = (2, 3, 4)


@st.composite
def any_future(draw, *, draws=3):
    """A start, levers, totals or none, and the simulation they lead to."""
    rates, start = draw(cohorts())
    levers = draw(st.one_of(st.just(Levers()), any_levers(rates.axes)))
    totals = None
    if draw(st.booleans()):
        most = start.residents.sum(axis=1)
        share = draw(st.lists(st.floats(0, 1), min_size=3, max_size=3))
        totals = np.tile(np.floor(most * share), (draws, 1))
    shares = None
    if totals is not None and draw(st.booleans()):
        weights = draw(st.lists(st.floats(0, 1), min_size=KINDS, max_size=KINDS))
        shares = np.tile(np.array(weights) + 1e-6, (*totals.shape, 1))
        shares /= shares.sum(axis=2, keepdims=True)
    simulation = simulate(
        rates,
        start,
        draws=draws,
        seed=draw(SEED),
        levers=levers,
        totals=totals,
        shares=shares,
        by_cell=True,
    )
    return start, levers, totals, simulation


def by(values, axis):
    """Sums over all but draw, year and one axis."""
    return values.sum(axis=tuple(other for other in CELLS if other != axis), dtype=np.int64)


@MANY
@given(any_future())
def test_no_child_is_lost_or_made_or_counted_twice(made):
    """All that must hold of one future, so that each future is drawn once."""
    start, levers, totals, simulation = made
    everyone_of_an_age_was_a_year_younger_or_joined(simulation)
    places_gain_by_moves_and_joiners_and_by_those_turned_away_elsewhere(simulation)
    needs_gain_by_joiners_and_by_changes_of_need(simulation)
    every_cell_is_accounted_for_where_nobody_is_turned_away(simulation)
    nothing_is_negative_and_nobody_moves_to_where_they_are(simulation)
    a_place_that_is_full_grows_no_more(simulation, levers)
    if totals is None:
        no_more_join_than_live_there_without_a_plan(simulation, start)
    else:
        assert np.array_equal(simulation.total()[:, 1:], totals)


def everyone_of_an_age_was_a_year_younger_or_joined(simulation):
    stock, joined, left = (
        by(values, AGE) for values in (simulation.stock, simulation.joined, simulation.left)
    )
    aged = np.pad(stock[:, :-1], ((0, 0), (0, 0), (1, 0)))
    assert np.array_equal(stock[:, 1:], (aged - left)[..., :-1] + joined)
    assert np.array_equal(aged[..., -1], left[..., -1])  # everyone who passes 25 leaves


def places_gain_by_moves_and_joiners_and_by_those_turned_away_elsewhere(simulation):
    stock, joined, left = (
        by(values, PLACE) for values in (simulation.stock, simulation.joined, simulation.left)
    )
    flows = simulation.moved.astype(np.int64), -simulation.turned_away.astype(np.int64)
    moved = flows[0].sum(axis=2) - flows[0].sum(axis=3)
    away = simulation.turned_away.sum(axis=2) - simulation.turned_away.sum(axis=3)
    assert np.array_equal(stock[:, 1:], stock[:, :-1] - left + joined + moved + away)


def needs_gain_by_joiners_and_by_changes_of_need(simulation):
    stock, joined, left = (
        by(values, NEED) for values in (simulation.stock, simulation.joined, simulation.left)
    )
    flows = simulation.need_changed.sum(axis=(2, 5), dtype=np.int64)
    changed = flows.sum(axis=2) - flows.sum(axis=3)
    assert np.array_equal(stock[:, 1:], stock[:, :-1] - left + joined + changed)


def every_cell_is_accounted_for_where_nobody_is_turned_away(simulation):
    moved, needs = simulation.moved_cells.astype(int), simulation.need_changed.astype(int)
    stock = simulation.stock.astype(int)
    aged = np.zeros_like(stock[:, :-1])
    aged[:, :, 1:] = stock[:, :-1, :-1]
    led_to = aged - simulation.left[:, :, :-1] + simulation.joined
    led_to = led_to + moved.sum(axis=4) - moved.sum(axis=5)
    led_to = led_to + needs.sum(axis=3) - needs.sum(axis=4)
    gap = (stock[:, 1:] - led_to).sum(axis=(2, 3))
    away = simulation.turned_away.sum(axis=2) - simulation.turned_away.sum(axis=3)
    assert np.array_equal(gap, away)
    if not simulation.turned_away.any():
        assert np.array_equal(stock[:, 1:], led_to)
    assert np.array_equal(moved.sum(axis=(2, 3)), simulation.moved)


def nothing_is_negative_and_nobody_moves_to_where_they_are(simulation):
    for name in ("stock", "joined", "left", "moved", "need_changed", "turned_away"):
        assert (getattr(simulation, name) >= 0).all(), name
    changed = simulation.need_changed.sum(axis=(2, 5))
    for flows in (simulation.moved, changed, simulation.turned_away):
        assert not np.diagonal(flows, axis1=2, axis2=3).any()


def a_place_that_is_full_grows_no_more(simulation, levers):
    stock, years = simulation.by(PLACE), np.array(simulation.census_years)
    for record in levers.capacities:
        held = stock[:, :, simulation.axes.place(record.place)]
        ((begins, room),) = record.room.items()
        limited = years[1:] >= begins
        most = np.maximum(int(room), held[:, :-1])
        assert (held[:, 1:] <= most)[:, limited].all()


def no_more_join_than_live_there_without_a_plan(simulation, start):
    stock, joined = by(simulation.stock, AGE), by(simulation.joined, AGE)
    held = np.pad(stock[:, :-1, :-1], ((0, 0), (0, 0), (1, 0)))
    assert (joined <= np.maximum(start.residents - held, 0)).all()


@st.composite
def with_levers(draw):
    rates, start = draw(cohorts())
    return rates, start, draw(any_levers(rates.axes))


@FEW
@given(with_levers(), SEED)
def test_the_seed_fixes_every_number_whatever_the_number_of_workers(cohort, seed):
    rates, start, levers = cohort
    made = [
        simulate(rates, start, draws=120, seed=seed, levers=levers, workers=workers)
        for workers in (1, 2, 5)
    ]
    for other in made[1:]:
        for name in (
            "stock",
            "joined",
            "left",
            "moved",
            "turned_away",
            "calibration",
        ):
            assert np.array_equal(getattr(made[0], name), getattr(other, name)), name


@FEW
@given(cohorts(), SEED)
def test_levers_that_change_nothing_change_no_number(cohort, seed):
    rates, start = cohort
    first, second = rates.axes.places[:2]
    span = {"from_year": ORIGIN + 1}
    neutral = {
        "rate_changes": [{"flow": flow, "pct": 0, **span} for flow in ("join", "leave", "move")],
        "redirections": [
            {"flow": flow, "from_place": first, "to_place": second, "share_pct": 0, **span}
            for flow in ("join", "move")
        ],
    }
    if "awaiting" in rates.axes.places:
        neutral["capacities"] = [{"place": first, "room": {ORIGIN: 1e6}, "overflow": [second]}]
    without, same = (
        simulate(rates, start, draws=60, seed=seed, levers=levers)
        for levers in (Levers(), Levers.model_validate(neutral))
    )
    assert np.array_equal(without.stock, same.stock)
    assert np.array_equal(without.moved, same.moved)
