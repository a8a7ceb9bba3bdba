"""Rates of leaving, moving, changing need and joining: how well each is known, and draws of them.

A rate that is wrong is wrong in every year, so it is drawn once for a draw. What departs
from it in a single year is drawn again each year, one number for a flow.

References
----------
- Devroye, L. (1986). Non-uniform random variate generation. Springer. Chapters IX and XI: beta and
  Dirichlet variates from gamma variates.
- Gelman, A. and others (2013). Bayesian data analysis. 3rd edition. CRC Press. Chapter 3: a spread
  that is itself known from few years.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence

from sendlib.cohort.axes import AGES, Axes, Counts, as_share

_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Beta:
    """A rate and how well it is known: the two counts of a beta distribution. [plans]"""

    events: Counts
    others: Counts

    @property
    def mean(self) -> Counts:
        """The mean of the distribution. [share]"""
        return np.asarray(self.events / (self.events + self.others))


@dataclass(frozen=True, eq=False)
class Shock:
    """How far the rates of one flow depart from their mean together, in logs."""

    yearly: float  # standard deviation of one year's departure
    lasting: float  # that of the level itself
    strength: float = np.inf  # differences between years that both are known from


@dataclass(frozen=True, eq=False)
class Pooling:
    """How far estimates are pooled with groups of cells, whose errors their cells share."""

    share: Counts  # of each estimate that comes from its groups, not its own count
    strengths: tuple[Counts, ...]  # for each way of grouping, broadcast against share [events]


@dataclass(frozen=True, eq=False)
class Rates:
    """All that a simulation draws from."""

    axes: Axes
    leave: Beta  # share of those a year older, shape (age, need, place)
    move: Beta  # share of those who do not leave, same shape
    destination: Counts  # of movers, shape (age, need, place from, place to) [share]
    destination_strength: Counts  # moves that it is known from, shape (age, place from) [plans]
    need_change: Beta  # share whose need changes, shape (need,)
    need_to: Counts  # what it changes to, shape (need from, need to) [share]
    join: Beta  # share of residents without a plan, shape (age,)
    join_split: Counts  # Dirichlet counts of joiners, shape (age, need, place) [plans]
    shocks: dict[str, Shock]  # of leave, move and join
    pooling: dict[str, Pooling] = field(default_factory=dict)  # of those that are pooled, by name


@dataclass(frozen=True, eq=False)
class Parameters:
    """Rates of a block of draws; arrays start with the draw."""

    rates: Rates
    leave: Counts  # odds, shape (draw, age, need, place)
    move: Counts  # odds, same shape
    destination: Counts  # factors on the mean shares, shape (draw, age, place from, place to)
    need_change: Counts  # share, shape (draw, need)
    join: Counts  # share, shape (draw, age)
    join_split: Counts  # shares, shape (draw, age, need, place)
    shocks: dict[str, Counts]  # factors on the odds of leave, move and join, shape (draw, year)


@dataclass(frozen=True, eq=False)
class ParameterDraws:
    """Parameters of every block of draws that was asked for, drawn once for all runs."""

    rates: Rates
    _blocks: dict[tuple[object, ...], tuple[Parameters, Any]] = field(
        default_factory=dict, init=False, repr=False
    )

    def block(
        self, stream: SeedSequence, *, draws: int, years: int
    ) -> tuple[Parameters, Generator]:
        """Parameters of a block of draws, and its random numbers as they stand after them."""
        key = (stream.entropy, *stream.spawn_key, draws, years)
        bits = SFC64(stream)
        if key not in self._blocks:
            parameters = draw_parameters(self.rates, Generator(bits), draws=draws, years=years)
            self._blocks[key] = parameters, bits.state
        parameters, bits.state = self._blocks[key]
        return parameters, Generator(bits)


def draw_parameters(rates: Rates, rng: Generator, *, draws: int, years: int) -> Parameters:
    """Draw the rates of a block of draws."""
    needs = rates.need_change
    return Parameters(
        rates,
        leave=_odds(rates.leave, rates.pooling.get("leave"), rng, draws),
        move=_odds(rates.move, rates.pooling.get("move"), rng, draws),
        destination=_destination(rates, rng, draws),
        need_change=rng.beta(needs.events, needs.others, (draws, *needs.mean.shape)),
        join=rng.beta(rates.join.events, rates.join.others, (draws, len(AGES))),
        join_split=_join_split(rates, rng, draws),
        shocks={flow: _shocks(shock, rng, draws, years) for flow, shock in rates.shocks.items()},
    )


def _odds(rate: Beta, pooling: Pooling | None, rng: Generator, draws: int) -> Counts:
    """A beta variate's odds are the ratio of two gamma variates."""
    shape = (draws, *rate.events.shape)
    events = rng.standard_gamma(rate.events * _group_errors(pooling, rng, draws), shape)
    return np.asarray(events / np.maximum(rng.standard_gamma(rate.others, shape), _TINY))


def _group_errors(pooling: Pooling | None, rng: Generator, draws: int) -> Counts:
    """What the estimates of a draw are multiplied by for the groups they are pooled with."""
    if pooling is None:
        return np.ones(1)
    group = np.ones(1)
    for strength in pooling.strengths:
        group = group * (rng.standard_gamma(strength, (draws, *strength.shape)) / strength)
    return np.asarray(1 + pooling.share * (group - 1))


def _destination(rates: Rates, rng: Generator, draws: int) -> Counts:
    """Gamma variates of mean one: with the mean shares they make Dirichlet shares."""
    shares = rates.destination.mean(axis=1)
    alpha = rates.destination_strength[:, :, None] * shares
    shape = (draws, *shares.shape)
    errors = _group_errors(rates.pooling.get("destination"), rng, draws)
    drawn = np.broadcast_to(alpha * errors, shape)
    factor = np.zeros(shape, dtype=np.float32)
    possible = alpha > 0
    factor[:, possible] = rng.standard_gamma(drawn[:, possible]) / alpha[possible]
    return factor


def _join_split(rates: Rates, rng: Generator, draws: int) -> Counts:
    alpha = rates.join_split * _group_errors(rates.pooling.get("join_split"), rng, draws)
    shape = (draws, *rates.join_split.shape)
    alpha = np.broadcast_to(alpha, shape)
    drawn = np.zeros(shape)
    possible = rates.join_split > 0
    drawn[:, possible] = rng.standard_gamma(alpha[:, possible])
    return as_share(drawn.reshape(draws, len(AGES), -1)).reshape(shape)


def _shocks(shock: Shock, rng: Generator, draws: int, years: int) -> Counts:
    """Factors year by year; their spread is itself known from few years only."""
    scale = np.ones((draws, 1))
    if np.isfinite(shock.strength):
        scale = np.sqrt(shock.strength / rng.chisquare(shock.strength, (draws, 1)))
    lasting = shock.lasting * rng.standard_normal((draws, 1))
    return np.exp(scale * (lasting + shock.yearly * rng.standard_normal((draws, years))))
