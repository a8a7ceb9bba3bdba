"""Places brought to shares drawn beforehand: destinations are tilted, and a few children moved.

One log-odds for each draw, year and kind of place makes it a likelier or less likely destination
of those who join or move. Where a kind keeps more children than its share, so many more move.
"""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort.axes import Axes, Counts, IntCounts, membership
from sendlib.cohort.rates import Parameters
from sendlib.vocabulary import PLACE_GROUPS

KINDS = len(PLACE_GROUPS)
_ROUNDS, _CONVERGED, _TINY = 12, 0.002, 1e-9
_MOST = 3.0  # odds are not multiplied or divided by more than e to this power


@dataclass(frozen=True, eq=False)
class Streams:
    """Where those who move and join in a block of draws would go, by kind of place."""

    kind_of: Counts  # shape (place, kind): 1 or 0
    shares: Counts  # of destinations of movers by age and place, then of joiners by age

    @classmethod
    def of(cls, parameters: Parameters, axes: Axes) -> "Streams":
        """The streams of a block, needs together; ``shares`` is (draw, stream, kind)."""
        kind_of = membership(axes.places, PLACE_GROUPS)
        mean = parameters.rates.destination.mean(axis=1)
        movers = (mean * parameters.destination) @ kind_of
        joiners = parameters.join_split.sum(axis=2) @ kind_of
        both = np.concatenate([movers.reshape(len(movers), -1, KINDS), joiners], axis=1)
        return cls(kind_of, both / _sum(both))

    def excess(self, staying: IntCounts, wanted: Counts) -> Counts:
        """Share of a kind's stayers beyond the places wanted, shape (draw, kind)."""
        kept = staying.sum(axis=(1, 2), dtype=np.int64) @ self.kind_of
        return np.asarray(np.clip(1 - wanted / np.maximum(kept, _TINY), 0.0, 1.0))

    def odds_of_moving(self, share: Counts) -> Counts:
        """The odds under which a share of each kind moves, by place, shape (draw, place)."""
        chance = np.clip(share, 0.0, 1 - _TINY) @ self.kind_of.T
        return np.asarray(chance / (1 - chance))

    def tilt(
        self, staying: IntCounts, movers: IntCounts, joiners: IntCounts, wanted: Counts
    ) -> Counts:
        """Log odds of each kind under which places are expected to be as wanted, (draw, kind).

        By proportional fitting; no kind's odds change by more than ``_MOST``.
        """
        kept = staying.sum(axis=(1, 2), dtype=np.int64) @ self.kind_of
        room = np.maximum(wanted - kept, 0.0)
        arrivals = movers.sum(axis=(1, 2, 3)) + joiners.sum(axis=1)
        room *= (arrivals / np.maximum(room.sum(axis=1), _TINY))[:, None]
        streams = [movers.sum(axis=2).reshape(len(movers), -1), joiners]
        number = np.concatenate(streams, axis=1)[..., None].astype(float)
        tilt = np.zeros_like(wanted)
        for _ in range(_ROUNDS):
            odds = np.exp(tilt)[:, None]
            weight = np.maximum(self.shares @ odds.swapaxes(1, 2), _TINY)
            expected = ((number / weight).swapaxes(1, 2) @ self.shares * odds)[:, 0]
            step = np.log(np.maximum(room, _TINY) / np.maximum(expected, _TINY))
            tilt = tilt + step
            tilt -= (tilt * room).sum(axis=1, keepdims=True) / np.maximum(_sum(room), _TINY)
            tilt = np.clip(tilt, -_MOST, _MOST)
            if np.abs(expected - room).max() < _CONVERGED * max(float(room.mean()), 1.0):
                break
        return tilt

    def by_place(self, tilt: Counts) -> Counts:
        """Factors on the weights of places, shape (draw, place)."""
        return np.exp(tilt @ self.kind_of.T)

    def wanted(self, shares: Counts, total: Counts) -> Counts:
        """Places of each kind, among those that this model has, shape (draw, kind). [places]"""
        possible = shares * self.kind_of.any(axis=0)
        return np.asarray(possible / np.maximum(_sum(possible), _TINY) * total[:, None])


def _sum(values: Counts) -> Counts:
    """Sums along the last axis, never zero."""
    return np.asarray(np.maximum(values.sum(axis=-1, keepdims=True), _TINY))
