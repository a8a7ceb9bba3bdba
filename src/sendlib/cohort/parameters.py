"""One set of rates for each draw: what is uncertain of them, drawn once and for all years.

A rate that is wrong is wrong in every year, so it is drawn once for a draw.
What strays from year to year is drawn again each year, one number for a flow.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

from sendlib.cohort.axes import AGES, Counts
from sendlib.cohort.rates import Beta, Rates, Shock
from sendlib.cohort.shrink import as_share

_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Parameters:
    """Rates of a block of draws; arrays start with the draw.

    Parameters
    ----------
    rates : Rates
        What they were drawn from.
    leave, move : np.ndarray
        Odds of leaving and of moving, shape (draw, age, need, place).
    destination : np.ndarray
        What the mean shares of destinations are multiplied by, shape
        (draw, age, place from, place to).
    need_change : np.ndarray
        Share whose need changes, shape (draw, need).
    join : np.ndarray
        Rate of joining, shape (draw, age).
    join_split : np.ndarray
        Shares of joiners' need and place, shape (draw, age, need, place).
    shocks : dict[str, np.ndarray]
        Factors on the odds of ``leave``, ``move`` and ``join``, shape (draw, year).
    """

    rates: Rates
    leave: Counts
    move: Counts
    destination: Counts
    need_change: Counts
    join: Counts
    join_split: Counts
    shocks: dict[str, Counts]


def draw_parameters(rates: Rates, rng: Generator, *, draws: int, years: int) -> Parameters:
    """Draw the rates of a block of draws."""
    return Parameters(
        rates,
        leave=_odds(rates, "leave", rng, draws),
        move=_odds(rates, "move", rng, draws),
        destination=_destination(rates, rng, draws),
        need_change=rng.beta(
            rates.need_change.events,
            rates.need_change.others,
            (draws, *rates.need_change.mean.shape),
        ),
        join=rng.beta(rates.join.events, rates.join.others, (draws, len(AGES))),
        join_split=_split(rates, rng, draws),
        shocks={flow: _strays(shock, rng, draws, years) for flow, shock in rates.shocks.items()},
    )


def _odds(rates: Rates, flow: Literal["leave", "move"], rng: Generator, draws: int) -> Counts:
    """A beta variate's odds are the ratio of two gamma variates."""
    known: Beta = getattr(rates, flow)
    shape = (draws, *known.events.shape)
    events = known.events * _groups(rates, flow, rng, draws)
    return np.asarray(
        rng.standard_gamma(events, shape)
        / np.maximum(rng.standard_gamma(known.others, shape), _TINY)
    )


def _groups(rates: Rates, name: str, rng: Generator, draws: int) -> Counts:
    """What the estimates of a draw are multiplied by for the groups they lean on; mean one."""
    leaning = rates.leaning.get(name)
    if leaning is None:
        return np.ones(1)
    group = np.ones(1)
    for worth in leaning.worths:
        group = group * (rng.standard_gamma(worth, (draws, *worth.shape)) / worth)
    return np.asarray(1 + leaning.share * (group - 1))


def _destination(rates: Rates, rng: Generator, draws: int) -> Counts:
    """Gamma variates of mean one: with the mean shares they make Dirichlet shares."""
    shares = rates.destination.mean(axis=1)
    worth = rates.destination_worth[:, :, None] * shares
    shape = (draws, *shares.shape)
    drawn = np.broadcast_to(worth * _groups(rates, "destination", rng, draws), shape)
    factor = np.zeros(shape, dtype=np.float32)
    seen = worth > 0
    factor[:, seen] = rng.standard_gamma(drawn[:, seen]) / worth[seen]
    return factor


def _split(rates: Rates, rng: Generator, draws: int) -> Counts:
    shape = (draws, len(AGES), -1)
    alpha = rates.join_split * _groups(rates, "join_split", rng, draws)
    alpha = np.broadcast_to(alpha, (draws, *rates.join_split.shape)).reshape(shape)
    drawn = np.zeros(alpha.shape)
    seen = rates.join_split.reshape(len(AGES), -1) > 0
    drawn[:, seen] = rng.standard_gamma(alpha[:, seen])
    return as_share(drawn).reshape(draws, *rates.join_split.shape)


def _strays(shock: Shock, rng: Generator, draws: int, years: int) -> Counts:
    """Factors year by year; how far they stray is itself known from few years only."""
    wide = np.ones((draws, 1))
    if np.isfinite(shock.worth):
        wide = np.sqrt(shock.worth / rng.chisquare(shock.worth, (draws, 1)))
    lasting = shock.lasting * rng.standard_normal((draws, 1))
    return np.exp(wide * (lasting + shock.yearly * rng.standard_normal((draws, years))))
