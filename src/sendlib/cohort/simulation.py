"""Simulation of a caseload: draws of stock and flows, and what is read off them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, Axes, Counts, Whole

AGE, NEED, PLACE = 2, 3, 4


@dataclass(frozen=True, eq=False)
class Simulation:
    """Draws of a caseload over the Januaries ahead.

    Cells add up to places, ages and the whole within each draw, so sums are
    taken first and quantiles last.

    Parameters
    ----------
    axes : Axes
        Needs and places.
    origin : int
        The January counted last.
    stock : np.ndarray
        Shape (draw, 1 + year, age, need, place); the first year is the count
        itself, the same in every draw. [plans]
    joined : np.ndarray
        By the place first wanted, shape (draw, year, age, need, place). [plans]
    left : np.ndarray
        Shape (draw, year, 1 + age, need, place); the last age is those who
        pass 25. [plans]
    moved : np.ndarray
        Shape (draw, year, place from, place to). [plans]
    need_changed : np.ndarray
        Shape (draw, year, need from, need to). [plans]
    turned_away : np.ndarray
        Who found no room, shape (draw, year, place wanted, place got). [plans]
    tilt : np.ndarray
        What a total asked of the rates, shape (draw, year). [log odds]
    moved_cells : np.ndarray, optional
        Moves cell by cell, where they were asked for, shape
        (draw, year, age, need, place from, place to). [plans]
    need_changed_cells : np.ndarray, optional
        Needs that changed cell by cell, where they were asked for, shape
        (draw, year, age, need from, need to, place). [plans]
    """

    axes: Axes
    origin: int
    stock: Whole
    joined: Whole
    left: Whole
    moved: Whole
    need_changed: Whole
    turned_away: Whole
    tilt: Counts
    moved_cells: Whole | None = None
    need_changed_cells: Whole | None = None

    @property
    def census_years(self) -> list[int]:
        """The Januaries of ``stock``, the one counted first."""
        return list(range(self.origin, self.origin + self.stock.shape[1]))

    def total(self) -> Whole:
        """All plans, shape (draw, 1 + year). [plans]"""
        return np.asarray(self.stock.sum(axis=(AGE, NEED, PLACE), dtype=np.int64))

    def by(self, axis: int) -> Whole:
        """Plans along one axis (``AGE``, ``NEED`` or ``PLACE``), shape (draw, 1 + year, ...)."""
        others = tuple(other for other in (AGE, NEED, PLACE) if other != axis)
        return np.asarray(self.stock.sum(axis=others, dtype=np.int64))

    def quantiles(self, axis: int, levels: Sequence[float]) -> pd.DataFrame:
        """Ranges along one axis."""
        name, values = {
            AGE: ("age", AGES),
            NEED: ("need", self.axes.needs),
            PLACE: ("place_type", self.axes.places),
        }[axis]
        return quantile_rows(self.by(axis), self.census_years, levels, name=name, values=values)


def quantile_rows(
    draws: Whole,
    years: Sequence[int],
    levels: Sequence[float],
    *,
    name: str,
    values: Sequence[object],
) -> pd.DataFrame:
    """Low, middle and high of draws as rows of ``census_year`` and ``name``.

    ``values`` says what the last axis of ``draws`` holds, shape (draw, year, value).
    """
    low, middle, high = np.quantile(draws, levels, axis=0)
    index = pd.MultiIndex.from_product([years, values], names=["census_year", name])
    return pd.DataFrame(
        {"low": low.ravel(), "middle": middle.ravel(), "high": high.ravel()}, index=index
    ).reset_index()
