"""Rates of leaving, moving, changing need and joining, with how well each is known."""

from dataclasses import dataclass, field

import numpy as np

from sendlib.cohort.axes import Axes, Counts
from sendlib.cohort.shrink import Leaning


@dataclass(frozen=True, eq=False)
class Beta:
    """A rate and how well it is known: a beta distribution for each cell.

    Parameters
    ----------
    events, others : np.ndarray
        The distribution's two counts, prior included. [plans]
    """

    events: Counts
    others: Counts

    @property
    def mean(self) -> Counts:
        """The middle of what is known. [share]"""
        return np.asarray(self.events / (self.events + self.others))


@dataclass(frozen=True, eq=False)
class Shock:
    """How far the rates of one flow stray together from year to year, in logs.

    Parameters
    ----------
    yearly : float
        Standard deviation of one year's departure, the same for all cells.
    lasting : float
        Standard deviation of the level itself, judged from the years seen.
    worth : float
        How many differences between years both are known from; without end
        where they are as good as known.
    """

    yearly: float
    lasting: float
    worth: float = np.inf


@dataclass(frozen=True, eq=False)
class Rates:
    """All that the years ahead are drawn from.

    Parameters
    ----------
    axes : Axes
        Needs and places.
    leave, move : Beta
        Share of those one year older who leave; share of the rest who move;
        shape (age, need, place).
    destination : np.ndarray
        Where movers go: shape (age, need, place from, place to). [share]
    destination_worth : np.ndarray
        How many moves that is known from, shape (age, place from). [plans]
    need_change : Beta
        Share whose need changes, shape (need,).
    need_to : np.ndarray
        What it changes to, shape (need from, need to). [share]
    join : Beta
        Share of residents without a plan who join, shape (age,).
    join_split : np.ndarray
        Dirichlet counts of joiners' need and place, shape (age, need, place). [plans]
    shocks : dict[str, Shock]
        For ``leave``, ``move`` and ``join``.
    leaning : dict[str, Leaning]
        For ``leave``, ``move``, ``destination`` and ``join_split``; none for
        what does not lean on others.
    """

    axes: Axes
    leave: Beta
    move: Beta
    destination: Counts
    destination_worth: Counts
    need_change: Beta
    need_to: Counts
    join: Beta
    join_split: Counts
    shocks: dict[str, Shock]
    leaning: dict[str, Leaning] = field(default_factory=dict)
