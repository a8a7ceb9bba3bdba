from dataclasses import replace

import numpy as np
import pytest

from invented_cohort import (
    evidence_of,
    invented_axes,
    invented_rates,
    invented_start,
    stock_after,
)
from sendlib.cohort.axes import as_share
from sendlib.cohort.estimation import (
    beta_strength,
    calibrate_shares,
    dirichlet_strength,
    estimate,
    estimate_pooled,
    pooled_ratios,
)
from sendlib.cohort.rates import draw_parameters
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import Start

AXES = invented_axes(2, 5)


@pytest.fixture(scope="module")
def truth():
    return invented_rates(AXES, shock=0.05)


@pytest.fixture(scope="module")
def evidence(truth):
    start = invented_start(truth, years=6)
    history = simulate(truth, start, draws=1, seed=5, by_cell=True, workers=1)
    return evidence_of(history, 0, start.residents)


@pytest.fixture(scope="module")
def found(evidence):
    return estimate(evidence)


def test_rates_are_found_again_cell_by_cell(truth, found, evidence):
    weight = evidence.before.sum(axis=0)
    for flow in ("leave", "move"):
        miss = getattr(found, flow).mean - getattr(truth, flow).mean
        assert abs((weight * miss).sum() / weight.sum()) < 0.01
        correlation = np.corrcoef(
            getattr(found, flow).mean[weight > 20], getattr(truth, flow).mean[weight > 20]
        )
        assert correlation[0, 1] > 0.9
    assert found.join.mean == pytest.approx(truth.join.mean, rel=0.5)


def test_every_rate_lies_between_nought_and_one_also_where_nothing_was_seen(found):
    for known in (found.leave, found.move, found.join, found.need_change):
        assert (known.events > 0).all()
        assert (known.others > 0).all()
    assert np.allclose(found.destination.sum(axis=3).round(9) % 1, 0)
    assert not np.diagonal(found.destination, axis1=2, axis2=3).any()


def test_years_long_ago_count_less(evidence):
    more = evidence.left.copy()
    more[0] *= 2
    recent = evidence.left.copy()
    recent[-1] *= 2
    first, last = (
        estimate(replace(evidence, left=np.minimum(left, evidence.before))).leave.mean.mean()
        for left in (more, recent)
    )
    assert last > first


def test_a_cell_of_few_is_pulled_towards_the_parent_area(evidence, truth):
    high = replace(truth, leave=replace(truth.leave, events=5 * truth.leave.events))
    alone, pulled = estimate(evidence), estimate(evidence, parent=high)
    few = evidence.before.sum(axis=0) == 0
    many = evidence.before.sum(axis=0) > 400
    assert (pulled.leave.mean != alone.leave.mean)[few].any()
    assert pulled.leave.mean[many] == pytest.approx(alone.leave.mean[many], rel=0.35)


def test_years_that_stray_make_larger_shocks(evidence):
    wild = evidence.left * np.array([0.5, 2.0] * 3)[:, None, None, None]
    shocks = estimate(replace(evidence, left=np.minimum(wild, evidence.before))).shocks
    calm = estimate(evidence).shocks
    assert shocks["leave"].yearly > 2 * calm["leave"].yearly
    assert shocks["join"].yearly == calm["join"].yearly


@pytest.mark.parametrize("flow", ["leave", "move"])
def test_what_a_group_shares_is_not_averaged_out_over_its_cells(found, flow):
    """Independent cells alone would know the leavers of a place better than its count does."""
    pooling = found.pooling[flow]
    rng = np.random.default_rng(1)
    drawn, alone = (
        getattr(draw_parameters(rates, rng, draws=600, years=1), flow)
        for rates in (found, replace(found, pooling={}))
    )
    spread, independent = (
        (odds / (1 + odds)).mean(axis=(1, 2)).std(axis=0) for odds in (drawn, alone)
    )
    assert (spread > independent).all()
    assert pooling.share.min() >= 0
    assert pooling.share.max() <= 1


def test_draws_lie_around_the_estimates_whatever_they_lean_on(found):
    drawn = draw_parameters(found, np.random.default_rng(1), draws=4000, years=1)
    share = (drawn.leave / (1 + drawn.leave)).mean(axis=0)
    assert share.mean() == pytest.approx(found.leave.mean.mean(), rel=0.02)
    split = drawn.join_split.mean(axis=0).sum(axis=0)
    expected = found.join_split / found.join_split.sum(axis=(1, 2), keepdims=True)
    assert split == pytest.approx(expected.sum(axis=0), rel=0.05)
    assert np.median(drawn.shocks["leave"]) == pytest.approx(1, rel=0.02)


def test_destinations_without_a_parent_are_known_from_the_moves_to_each_place(found, evidence):
    overall, _ = found.pooling["destination"].strengths
    assert overall.shape == (1, 1, len(AXES.places))
    assert (overall <= evidence.moved.sum(axis=(0, 1, 2, 3)) + 1).all()  # long ago counts less


def test_gaps_in_records_of_a_parent_area_teach_nothing(evidence):
    axes = replace(AXES, places=(*AXES.places[:-1], "not_recorded"))
    area = replace(evidence, axes=axes)
    moved, joined = area.moved.copy(), area.joined.copy()
    moved[..., -1, :] = moved[..., -1] = joined[..., -1] = 0.0
    recorded = replace(area, moved=moved, joined=joined)
    pooled = estimate_pooled(area, area, half_life=2.0)
    expected = estimate(area, parent=estimate(recorded))
    assert np.array_equal(pooled.destination, expected.destination)
    assert np.array_equal(pooled.join_split, expected.join_split)


def test_places_of_joiners_and_movers_follow_the_authority_and_not_the_parent_area(evidence):
    elsewhere = invented_rates(replace(AXES, needs=("total",)), seed=9)
    pulled = estimate(evidence, parent=elsewhere)
    joined = evidence.joined.sum(axis=(0, 1, 2))
    split = pulled.join_split / pulled.join_split.sum(axis=(1, 2), keepdims=True)
    foretold = np.einsum("a,anp->p", evidence.joined.sum(axis=(0, 2, 3)), split)
    assert foretold == pytest.approx(joined, rel=0.1)
    movers = evidence.moved.sum(axis=(0, 4))
    arrived = np.einsum("anf,anft->t", movers, pulled.destination)
    assert arrived == pytest.approx(evidence.moved.sum(axis=(0, 1, 2, 3)), rel=0.15)


def test_a_draw_as_evidence_leads_to_its_own_stock_in_every_year(truth):
    start = invented_start(truth, years=4)
    history = simulate(truth, start, draws=2, seed=1, by_cell=True, workers=1)
    evidence = evidence_of(history, 1, start.residents)
    assert np.array_equal(stock_after(evidence), history.stock[1, 1:])
    assert evidence.need_changed.any()


def test_known_rates_are_found_and_ranges_hold_as_often_as_they_say():
    """Twenty histories, of which four years are observed and the next three forecast."""
    truth, observed, ahead = invented_rates(AXES, shock=0.08, joining=1.2), 4, 3
    start = invented_start(invented_rates(AXES), years=observed + ahead)
    history = simulate(truth, start, draws=20, seed=7, by_cell=True)
    misses = {"leave": [], "move": []}
    inside = {"place": [], "age": [], "total": []}
    for draw in range(20):
        evidence = evidence_of(history, draw, start.residents, years=observed)
        rates = estimate(evidence)
        weight = evidence.before.sum(axis=0)
        for flow, miss in misses.items():
            true, guess = getattr(truth, flow).mean, getattr(rates, flow).mean
            miss.append((weight * (guess - true)).sum() / (weight * true).sum())
        begin = Start(evidence.years[-1], evidence.stock, start.residents[observed:])
        forecast = simulate(rates, begin, draws=200, seed=8 + draw)
        for name, axes in (("place", (-3, -2)), ("age", (-2, -1)), ("total", (-3, -2, -1))):
            low, middle, high = np.quantile(
                forecast.stock[:, 1:].sum(axis=axes, dtype=np.int64), [0.1, 0.5, 0.9], axis=0
            )
            came = history.stock[draw, 1 + observed :].sum(axis=axes, dtype=np.int64)
            inside[name].append(((low <= came) & (came <= high))[middle >= 20].mean())
    assert all(abs(np.mean(miss)) < 0.05 for miss in misses.values())
    assert 0.75 <= np.mean(inside["place"]) <= 0.87
    assert 0.75 <= np.mean(inside["age"]) <= 0.90
    assert 0.70 <= np.mean(inside["total"]) <= 0.95


def test_a_group_in_which_nothing_was_expected_keeps_its_ratio_at_one():
    assert pooled_ratios(np.array([0.0, 30.0]), np.array([0.0, 10.0]))[0][0] == 1


def test_ratios_lie_between_what_was_seen_and_one():
    observed, expected = np.array([4.0, 40.0, 400.0]), np.array([2.0, 20.0, 200.0])
    made, _ = pooled_ratios(observed, expected)
    assert ((made > 1) & (made < 2)).all()
    assert (np.diff(made) > 0).all()  # the more was seen, the less it is pooled


def test_groups_that_differ_by_chance_alone_are_pooled_harder_than_groups_that_differ():
    rng = np.random.default_rng(3)
    expected = np.full(40, 25.0)
    alike, _ = pooled_ratios(rng.poisson(25.0, 40).astype(float), expected)
    apart, _ = pooled_ratios(
        rng.poisson(25.0 * np.exp(rng.normal(0, 0.8, 40))).astype(float), expected
    )
    assert alike.std() < 0.05
    assert apart.std() > 0.5


def test_the_strength_of_a_beta_prior_is_found_again():
    rng = np.random.default_rng(3)
    exposure, mean = np.full(400, 50.0), np.full(400, 0.2)
    rates = rng.beta(20 * 0.2, 20 * 0.8, 400)
    events = rng.binomial(50, rates).astype(float)
    assert beta_strength(events, exposure, mean) == pytest.approx(20, rel=0.5)


def test_the_strength_of_dirichlet_shares_is_found_again():
    rng = np.random.default_rng(3)
    mean = np.array([0.5, 0.3, 0.2])
    shares = rng.dirichlet(30 * mean, 300)
    counts = np.array([rng.multinomial(60, row) for row in shares]).astype(float)
    assert dirichlet_strength(counts, np.tile(mean, (300, 1))) == pytest.approx(30, rel=0.5)


def test_shares_of_a_row_of_nothing_stay_nothing():
    assert as_share(np.array([[0.0, 0.0], [1.0, 3.0]])).tolist() == [[0, 0], [0.25, 0.75]]


def test_shares_are_brought_to_the_counts_of_groups_however_far_off_they_were():
    rng = np.random.default_rng(3)
    shares = as_share(rng.uniform(size=(20, 3)))
    truth = as_share(shares * np.array([8.0, 1.0, 0.2]))
    counts = 500 * truth
    made, strength = calibrate_shares(shares, counts, summed=(0,))
    assert (500 * made).sum(axis=0) == pytest.approx(counts.sum(axis=0), rel=0.02)
    assert made == pytest.approx(truth, abs=0.01)
    assert (strength >= counts.sum(axis=0)).all()
