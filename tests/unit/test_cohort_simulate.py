from dataclasses import replace

import numpy as np
import pytest

from error_codes import refuses
from invented_cohort import (
    CERTAIN,
    ORIGIN,
    evidence_of,
    invented_axes,
    invented_rates,
    invented_start,
    known,
    residents,
)
from sendlib.cohort.estimation import estimate
from sendlib.cohort.levers import Levers
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import AGE, NEED, PLACE, Start
from sendlib.errors import ParameterError
from sendlib.ranges import ranges

AXES = invented_axes(2, 5)
SPECIAL, QUEUE = AXES.place("state_special"), AXES.place("awaiting")


@pytest.fixture(scope="module")
def rates():
    return invented_rates(AXES)


@pytest.fixture(scope="module")
def start(rates):
    return invented_start(rates)


def ahead(rates, start, *, draws=200, levers=None, **more):
    given = Levers.model_validate(levers or {})
    return simulate(rates, start, draws=draws, seed=1, levers=given, workers=1, **more)


def still(rates, **changed):
    """Nobody joins, leaves, moves or changes need but as said."""
    never = known(np.full(AXES.shape, 1e-12))
    quiet = replace(
        rates,
        leave=never,
        move=never,
        join=known(np.full(26, 1e-12)),
        need_change=known(np.full(2, 1e-12)),
    )
    return replace(quiet, **changed)


def doubled(flow, *, pct=100, **more):
    return {"rate_changes": [{"flow": flow, "pct": pct, "from_year": ORIGIN, **more}]}


def test_a_cell_about_which_nothing_was_seen_keeps_its_children(rates, start):
    history = simulate(rates, start, draws=1, seed=1, by_cell=True, workers=1)
    evidence = evidence_of(history, 0, start.residents)
    seen = {name: getattr(evidence, name).copy() for name in ("before", "left", "moved", "joined")}
    for counts in seen.values():
        counts[:, 10, 0, SPECIAL] = 0.0
    stock = np.zeros(AXES.shape)
    stock[9, 0, SPECIAL] = 1000
    begin = Start(ORIGIN, stock, residents())
    made = ahead(estimate(replace(evidence, **seen)), begin)
    held = made.total()[:, 1] - made.joined.sum(axis=(1, 2, 3, 4))
    assert np.array_equal(held, 1000 - made.left.sum(axis=(1, 2, 3, 4)))
    assert np.median(held) > 900


def test_a_need_changes_without_a_move_and_stays_changed(rates, start):
    made = ahead(still(rates, need_change=known(np.array([0.3, 1e-12]))), start, by_cell=True)
    assert not made.moved.any()
    lost = made.need_changed[:, 0, :, 0, 1].sum(axis=(1, 2)) / made.stock[0, 0, :-1, 0].sum()
    assert np.median(lost) == pytest.approx(0.3, rel=0.05)
    assert (
        made.stock[:, -1, :, 1].sum(axis=(1, 2)) > made.stock[:, 0, :, 1].sum(axis=(1, 2))
    ).all()


def test_joiners_become_fewer_as_those_without_a_plan_run_out(rates):
    keen = still(rates, join=known(np.full(26, 0.5)))
    empty = Start(ORIGIN, np.zeros(AXES.shape), residents(100, years=8))
    made = ahead(keen, empty, draws=50, levers=doubled("join", pct=500))
    assert (made.stock.sum(axis=(3, 4)) <= 100).all()
    joined = made.joined.sum(axis=(2, 3, 4)).mean(axis=0)
    assert joined[1] < 0.2 * joined[0]


@pytest.mark.parametrize("flow", ["leave", "move", "join"])
def test_a_rate_that_a_lever_doubles_doubles_also_where_it_is_high(rates, start, flow):
    high = np.full(AXES.shape if flow != "join" else 26, 0.4)
    only = still(rates, **{flow: known(high)})
    counted = {"leave": "left", "move": "moved", "join": "joined"}[flow]
    usual, more = (
        getattr(ahead(only, start, levers=levers), counted)[:, 0]
        for levers in ({}, doubled(flow, pct=75))
    )
    if flow == "leave":
        usual, more = usual[:, :-1], more[:, :-1]
    assert more.sum() / usual.sum() == pytest.approx(1.75, rel=0.01)


@pytest.mark.parametrize("flow", ["leave", "move", "join"])
def test_a_lever_changes_a_rate_and_not_how_well_it_is_known(rates, start, flow):
    shape = AXES.shape if flow != "join" else 26
    mean = np.full(shape, 0.02)
    unsure = still(rates, **{flow: known(mean, 40.0)})
    counted = {"leave": "left", "move": "moved", "join": "joined"}[flow]

    def spread(levers):
        counts = getattr(ahead(unsure, start, draws=1000, levers=levers), counted)[:, 0]
        of_draw = counts[:, :-1].reshape(1000, -1) if flow == "leave" else counts.reshape(1000, -1)
        total = of_draw.sum(axis=1)
        return total.var() / total.mean() ** 2 - 1 / total.mean()  # beyond that of counting

    assert spread(doubled(flow)) == pytest.approx(spread({}), rel=0.35)


def test_the_overall_rate_of_joining_can_be_raised(rates, start):
    usual, more = (ahead(rates, start, levers=given) for given in ({}, doubled("join", pct=50)))
    joined = [made.joined[:, 0].sum(axis=(1, 2, 3)).mean() for made in (usual, more)]
    assert joined[1] / joined[0] == pytest.approx(1.5, rel=0.02)


def test_a_range_is_that_of_the_future_and_not_of_the_mean_over_draws(rates, start):
    widths = [
        np.ptp(np.quantile(ahead(rates, start, draws=draws).total()[:, -1], [0.1, 0.9]))
        for draws in (300, 1500)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.2)


def test_those_turned_away_wait(rates, start):
    room = start.stock[..., SPECIAL].sum() * 0.9
    limits = {"capacities": [{"place": "state_special", "room": {ORIGIN: room}}]}
    made = ahead(rates, start, levers=limits)
    assert np.median(made.turned_away[:, 0, SPECIAL, QUEUE]) > 10
    assert (made.by(PLACE)[:, 1, SPECIAL] < start.stock[..., SPECIAL].sum()).all()


def test_movers_who_have_nowhere_to_go_stay(rates, start):
    nowhere = replace(
        still(rates, move=known(np.full(AXES.shape, 0.5))),
        destination=np.zeros((*AXES.shape, AXES.shape[2])),
    )
    made = ahead(nowhere, start)
    assert not made.moved.any()


def test_a_total_is_met_and_its_calibration_leads_near_it_again(rates, start):
    totals = np.tile(start.stock.sum() * np.array([1.05, 1.1, 1.15]), (200, 1)).round()
    imposed = ahead(rates, start, totals=totals)
    assert np.array_equal(imposed.total()[:, 1:], totals)
    again = ahead(rates, start, follow=imposed)
    gap = again.total()[:, 1:] - totals
    assert (abs(gap.mean(axis=0)) < 3 * gap.std(axis=0) / np.sqrt(len(gap))).all()


def test_expected_counts_are_the_means_of_draws(rates, start):
    levers = {
        "capacities": [{"place": "state_special", "room": {ORIGIN: 400}}],
        **doubled("leave", pct=20),
    }
    drawn = ahead(rates, start, levers=levers)
    expected = ahead(rates, start, levers=levers, expected=True)
    for axis in (AGE, NEED, PLACE):
        apart = drawn.by(axis) - expected.by(axis)
        doubt = apart.std(axis=0) / np.sqrt(len(apart))
        assert (abs(apart.mean(axis=0)) <= 4 * doubt + 0.02 * drawn.by(axis).mean(axis=0)).all()


def test_expected_counts_meet_a_total_and_a_run_that_follows_is_the_same(rates, start):
    totals = np.tile(start.stock.sum() * np.array([1.05, 1.1, 1.15]), (200, 1)).round()
    imposed = ahead(rates, start, totals=totals, expected=True)
    again = ahead(rates, start, follow=imposed, expected=True)
    np.testing.assert_allclose(imposed.total()[:, 1:], totals)
    np.testing.assert_allclose(again.stock, imposed.stock, atol=0.01)


def test_ages_of_very_many_residents_are_counted_without_running_over():
    axes = invented_axes(1, 4)
    stock = np.zeros(axes.shape)
    stock[8] = 20_000
    full = [{"place": place, "room": {ORIGIN: 0}} for place in axes.places[:2]]
    rates = invented_rates(axes)
    made = ahead(rates, Start(ORIGIN, stock, residents(100)), draws=2, levers={"capacities": full})
    assert (made.stock >= 0).all()
    assert made.total()[0, 0] == 80_000


def test_nobody_at_all_stays_nobody(rates):
    made = ahead(rates, Start(ORIGIN, np.zeros(AXES.shape), residents(0, years=2)), draws=3)
    assert not made.total().any()


def test_more_plans_than_residents_are_refused(rates, start):
    with refuses(ParameterError, "more_plans_than_residents"):
        ahead(rates, start, totals=np.full((200, 3), 1e6))


def test_parameters_differ_between_draws_by_as_much_as_is_not_known(rates, start):
    sure, unsure = (invented_rates(AXES, worth=worth) for worth in (CERTAIN, 50.0))
    widths = [
        np.ptp(np.quantile(ahead(one, start).total()[:, -1], [0.1, 0.9])) for one in (sure, unsure)
    ]
    assert widths[1] > 1.3 * widths[0]


@pytest.fixture(scope="module")
def drawn():
    rates = invented_rates(invented_axes(2, 5), worth=500, shock=0.1)
    return simulate(rates, invented_start(rates), draws=300, seed=1, workers=1)


def test_the_first_year_is_the_count_itself(drawn):
    assert drawn.census_years == [ORIGIN, ORIGIN + 1, ORIGIN + 2, ORIGIN + 3]
    assert (drawn.stock[:, 0] == drawn.stock[0, 0]).all()


@pytest.mark.parametrize("axis", [AGE, NEED, PLACE])
def test_sums_are_taken_in_each_draw_and_quantiles_last(drawn, axis):
    assert np.array_equal(drawn.by(axis).sum(axis=2), drawn.total())
    low, high = np.quantile(drawn.by(axis), [0.1, 0.9], axis=0).sum(axis=2)
    least, most = np.quantile(drawn.total(), [0.1, 0.9], axis=0)
    assert ((high - low) - (most - least) > 1)[1:].all()


def test_ranges_name_their_year_and_place(drawn):
    plans, places = drawn.by(PLACE), drawn.axes.places
    rows = ranges(plans, (0.1, 0.5, 0.9), census_year=drawn.census_years, place_type=places)
    assert rows.columns.tolist() == ["census_year", "place_type", "low", "middle", "high"]
    assert rows["place_type"].tolist()[:5] == list(places)
    assert len(rows) == 4 * 5
    assert (rows["low"] <= rows["middle"]).all()
    assert (rows["low"] == rows["high"])[rows["census_year"] == ORIGIN].all()
