from dataclasses import replace

import numpy as np
import pytest

from invented_cohort import invented_axes, invented_rates, invented_start
from sendlib.cohort.estimation import estimate, without_unrecorded
from sendlib.cohort.parameters import draw_parameters
from sendlib.cohort.simulate import simulate
from sendlib.cohort.validation import evidence_of

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


def test_a_cell_of_few_is_pulled_towards_the_wider_area(evidence, truth):
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


def test_what_a_group_shares_is_not_averaged_out_over_its_cells(found):
    """Independent cells alone would know the leavers of a place better than its count does."""
    leaning = found.leaning["leave"]
    rng = np.random.default_rng(1)
    drawn = draw_parameters(found, rng, draws=600, years=1).leave
    alone = draw_parameters(replace(found, leaning={}), rng, draws=600, years=1).leave
    spread, independent = (
        (odds / (1 + odds)).mean(axis=(1, 2)).std(axis=0) for odds in (drawn, alone)
    )
    assert (spread > independent).all()
    assert leaning.share.min() >= 0
    assert leaning.share.max() <= 1


def test_draws_lie_around_the_estimates_whatever_they_lean_on(found):
    drawn = draw_parameters(found, np.random.default_rng(1), draws=4000, years=1)
    share = (drawn.leave / (1 + drawn.leave)).mean(axis=0)
    assert share.mean() == pytest.approx(found.leave.mean.mean(), rel=0.02)
    split = drawn.join_split.mean(axis=0).sum(axis=0)
    expected = found.join_split / found.join_split.sum(axis=(1, 2), keepdims=True)
    assert split == pytest.approx(expected.sum(axis=0), rel=0.05)
    assert np.median(drawn.shocks["leave"]) == pytest.approx(1, rel=0.02)


def test_gaps_in_records_of_places_teach_nothing(evidence):
    axes = replace(AXES, places=(*AXES.places[:-1], "not_recorded"))
    told = without_unrecorded(replace(evidence, axes=axes))
    assert not told.moved[..., -1].any()
    assert not told.joined[..., -1].any()
    assert np.array_equal(told.before, evidence.before)


def test_places_of_joiners_and_movers_follow_the_authority_and_not_the_wider_area(evidence):
    elsewhere = invented_rates(replace(AXES, needs=("total",)), seed=9)
    pulled = estimate(evidence, parent=elsewhere)
    joined = evidence.joined.sum(axis=(0, 1, 2))
    split = pulled.join_split / pulled.join_split.sum(axis=(1, 2), keepdims=True)
    foretold = np.einsum("a,anp->p", evidence.joined.sum(axis=(0, 2, 3)), split)
    assert foretold == pytest.approx(joined, rel=0.1)
    movers = evidence.moved.sum(axis=(0, 4))
    arrived = np.einsum("anf,anft->t", movers, pulled.destination)
    assert arrived == pytest.approx(evidence.moved.sum(axis=(0, 1, 2, 3)), rel=0.15)
