"""Room in places: who finds one full, and where they go instead.

Those already in a place keep it. Room that is left goes to arrivals drawn at
random; the others try the places it overflows to, in order, and who fits
nowhere waits for a place. Nobody is lost on the way.
"""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort.axes import Counts, Whole
from sendlib.cohort.changes import Changes


@dataclass(frozen=True, eq=False)
class Placed:
    """What room made of a year's arrivals.

    Parameters
    ----------
    stock : np.ndarray
        Everyone where they ended, shape (draw, age, need, place). [plans]
    turned_away : np.ndarray
        Who wanted one place and got another, shape (draw, place wanted, place got). [plans]
    """

    stock: Whole
    turned_away: Whole


def find_room(
    stayers: Whole, arrivals: Whole, changes: Changes, year: int, rng: np.random.Generator
) -> Placed:
    """Place a year's arrivals where there is room."""
    places = stayers.shape[3]
    turned_away = np.zeros((len(stayers), places, places), dtype=np.int32)
    room = changes.room[year]
    if np.isinf(room).all():
        return Placed(stayers + arrivals, turned_away)
    arrivals = arrivals.copy()
    for place, overflow in changes.overflow:
        if np.isinf(room[place]):
            continue
        space = _space(stayers, arrivals * 0, room, place)
        excess = np.maximum(_in_all(arrivals[..., place]) - space, 0)
        out = choose(arrivals[..., place], excess, rng)
        arrivals[..., place] -= out
        open_ = [target for target in overflow if not changes.closed[year, target]]
        for target in (*open_, changes.waiting):
            space = _space(stayers, arrivals, room, target)
            number = _in_all(out) if target == changes.waiting else np.minimum(_in_all(out), space)
            going = choose(out, number, rng)
            arrivals[..., target] += going
            turned_away[:, place, target] += _in_all(going)
            out = out - going
    return Placed(stayers + arrivals, turned_away)


def choose(cells: Whole, number: Whole, rng: np.random.Generator) -> Whole:
    """Draw so many at random, without replacement, from the cells of each draw."""
    flat = cells.reshape(len(cells), -1).astype(np.int64)
    wanted = number.astype(np.int64)
    chosen = np.zeros_like(flat)
    behind = flat.sum(axis=1)
    for cell in np.flatnonzero(flat.any(axis=0)):
        behind = behind - flat[:, cell]
        chosen[:, cell] = rng.hypergeometric(flat[:, cell], behind, wanted)
        wanted = wanted - chosen[:, cell]
    return np.asarray(chosen.reshape(cells.shape).astype(cells.dtype))


def _in_all(cells: Whole) -> Whole:
    return np.asarray(cells.reshape(len(cells), -1).sum(axis=1, dtype=np.int64))


def _space(stayers: Whole, arrivals: Whole, room: Counts, place: int) -> Whole:
    """How many more a place can take in each draw."""
    taken = _in_all(stayers[..., place]) + _in_all(arrivals[..., place])
    if np.isinf(room[place]):
        return np.full(len(stayers), np.iinfo(np.int64).max)
    return np.asarray(np.maximum(int(room[place]) - taken, 0))
