import numpy as np
import pytest

from sendlib.cohort.shrink import (
    as_share,
    beta_strength,
    dirichlet_strength,
    ratios,
    shares_as_counted,
)

RNG_SEED = 3


def test_a_group_in_which_nothing_was_expected_keeps_its_ratio_at_one():
    assert ratios(np.array([0.0, 30.0]), np.array([0.0, 10.0]))[0] == 1


def test_ratios_lie_between_what_was_seen_and_one():
    observed, expected = np.array([4.0, 40.0, 400.0]), np.array([2.0, 20.0, 200.0])
    made = ratios(observed, expected)
    assert ((made > 1) & (made < 2)).all()
    assert (np.diff(made) > 0).all()  # the more was seen, the less it is pulled


def test_groups_that_differ_by_chance_alone_are_pulled_harder_than_groups_that_differ():
    rng = np.random.default_rng(RNG_SEED)
    expected = np.full(40, 25.0)
    alike = ratios(rng.poisson(25.0, 40).astype(float), expected)
    apart = ratios(rng.poisson(25.0 * np.exp(rng.normal(0, 0.8, 40))).astype(float), expected)
    assert alike.std() < 0.05
    assert apart.std() > 0.5


def test_the_strength_of_a_beta_prior_is_found_again():
    rng = np.random.default_rng(RNG_SEED)
    exposure, mean = np.full(400, 50.0), np.full(400, 0.2)
    rates = rng.beta(20 * 0.2, 20 * 0.8, 400)
    events = rng.binomial(50, rates).astype(float)
    assert beta_strength(events, exposure, mean) == pytest.approx(20, rel=0.5)


def test_the_strength_of_dirichlet_shares_is_found_again():
    rng = np.random.default_rng(RNG_SEED)
    mean = np.array([0.5, 0.3, 0.2])
    shares = rng.dirichlet(30 * mean, 300)
    counts = np.array([rng.multinomial(60, row) for row in shares]).astype(float)
    assert dirichlet_strength(counts, np.tile(mean, (300, 1))) == pytest.approx(30, rel=0.5)


def test_shares_of_a_row_of_nothing_stay_nothing():
    assert as_share(np.array([[0.0, 0.0], [1.0, 3.0]])).tolist() == [[0, 0], [0.25, 0.75]]


def test_shares_are_brought_to_the_counts_of_groups_however_far_off_they_were():
    rng = np.random.default_rng(RNG_SEED)
    shares = as_share(rng.uniform(size=(20, 3)))
    truth = as_share(shares * np.array([8.0, 1.0, 0.2]))
    counts = 500 * truth
    made, worth = shares_as_counted(shares, counts, summed=(0,))
    assert (500 * made).sum(axis=0) == pytest.approx(counts.sum(axis=0), rel=0.02)
    assert made == pytest.approx(truth, abs=0.01)
    assert (worth >= counts.sum(axis=0)).all()
