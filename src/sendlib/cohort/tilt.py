"""Imposing a total: rates are tilted until they lead to it, and nothing is rescaled.

One number for each draw and year raises the odds of joining and lowers those
of leaving, so that the two are expected to lead to the total; joiners, who
are drawn last, make up the difference of chance.
"""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort.axes import Counts, Whole
from sendlib.cohort.capacity import choose
from sendlib.cohort.steps import Candidates

_STEPS, _SETTLED, _TINY = 12, 1e-4, 1e-9
_MOST = 3.0  # odds are not multiplied or divided by more than e to this power


@dataclass(frozen=True, eq=False)
class Stayers:
    """Those who may leave, cell by cell where there is someone.

    Parameters
    ----------
    draw : np.ndarray
        The draw of each cell.
    number : np.ndarray
        How many are in it. [plans]
    odds : np.ndarray
        Of leaving.
    """

    draw: Whole
    number: Whole
    odds: Counts


def solve_tilt(stayers: Stayers, joinable: Candidates, total: Whole) -> Counts:
    """The tilt of each draw under which its total is expected."""
    draws = len(total)

    def by_draw(values: Counts) -> Counts:
        return np.bincount(stayers.draw, values, minlength=draws).astype(float)

    gap = total - by_draw(stayers.number.astype(float))
    expected = (joinable.number * joinable.chance).sum(axis=1)
    tilt = np.zeros(draws)
    for _ in range(_STEPS):
        odds = stayers.odds * np.exp(-tilt)[stayers.draw]
        share = odds / (1 + odds)
        leavers = by_draw(stayers.number * share)
        slope = by_draw(stayers.number * share * (1 - share))
        joiners = expected * np.exp(tilt)
        step = (gap - joiners + leavers) / np.maximum(joiners + slope, _TINY)
        tilt = np.clip(tilt + np.clip(step, -1, 1), -_MOST, _MOST)
        if np.abs(step).max() < _SETTLED:
            break
    return tilt


def top_up(aged: Whole, left: Whole, total: Whole, rng: np.random.Generator) -> Whole:
    """More leavers, drawn at random, where those who stay are more than the total."""
    stayed = aged - left
    excess = np.maximum(stayed.reshape(len(aged), -1).sum(axis=1, dtype=np.int64) - total, 0)
    if not excess.any():
        return left
    return np.asarray(left + choose(stayed, excess, rng))
