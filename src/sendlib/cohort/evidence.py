"""Evidence: what happened to a caseload between Januaries, counted.

Published tables and an authority's own records are both turned into this one
form; rates are estimated from it, whichever it came from.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sendlib.cohort.axes import Axes, Counts

Kind = Literal["published", "own", "synthetic"]
_YEARLY = ("before", "left", "moved", "need_changed", "joined", "without_plan")
_CLOSE = 1e-6


@dataclass(frozen=True, eq=False)
class Evidence:
    """Counts of those who stayed, joined, left, moved or changed need, year by year.

    A year is named by the January at its end, and ages are those reached by
    then. Counts may be fractions where published margins were spread.

    Parameters
    ----------
    axes : Axes
        Needs and places.
    years : tuple[int, ...]
        Januaries at the end of each year observed, in order; length Y.
    stock : np.ndarray
        Counted in the last January, shape (age, need, place). [plans]
    before : np.ndarray
        Counted in the January before, at the age, need and place held then
        but one year older, shape (Y, age, need, place). Those who pass 25 are
        not in it. [plans]
    left : np.ndarray
        Of ``before``, without a plan a year later, same shape. [plans]
    moved : np.ndarray
        Of ``before``, in another place a year later, shape
        (Y, age, need, place from, place to); nothing from a place to itself. [plans]
    need_changed : np.ndarray
        Of ``before``, with another need a year later, shape
        (Y, age, need from, need to, place to). [plans]
    joined : np.ndarray
        With a plan now and not a year before, shape (Y, age, need, place). [plans]
    without_plan : np.ndarray
        Residents of that age without a plan a year before, shape (Y, age). [persons]
    kind : str
        ``published``, ``own`` or ``synthetic``.
    """

    axes: Axes
    years: tuple[int, ...]
    stock: Counts
    before: Counts
    left: Counts
    moved: Counts
    need_changed: Counts
    joined: Counts
    without_plan: Counts
    kind: Kind = "published"

    def after(self) -> Counts:
        """The stock that the counts lead to, shape (Y, age, need, place). [plans]

        Equal to what was counted in each January, or an error has crept in.
        """
        gained = self.need_changed.sum(axis=2)
        lost = self.need_changed.sum(axis=3)
        return np.asarray(
            self.before
            - self.left
            - self.moved.sum(axis=4)
            + self.moved.sum(axis=3)
            + gained
            - lost
            + self.joined
        )

    def balances(self) -> bool:
        """Whether the last year leads exactly to the stock."""
        return bool(np.allclose(self.after()[-1], self.stock, atol=_CLOSE))

    def weighted(self, half_life: float) -> "Evidence":
        """Count a year less the longer ago it is."""
        age = np.array(self.years[-1]) - np.array(self.years)
        weight = 0.5 ** (age / half_life)
        scaled = {
            name: getattr(self, name) * weight.reshape(-1, *[1] * (getattr(self, name).ndim - 1))
            for name in _YEARLY
        }
        return replace(self, **scaled)

    def first(self, seen: int) -> "Evidence":
        """The evidence as it stood after its first years.

        Parameters
        ----------
        seen : int
            How many years are kept.
        """
        cut = {name: getattr(self, name)[:seen] for name in _YEARLY}
        return replace(self, years=self.years[:seen], stock=self.after()[seen - 1], **cut)
