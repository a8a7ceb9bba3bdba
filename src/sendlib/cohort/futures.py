"""Futures of a caseload: draws of stock and flows, and what is read off them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import Axes, Counts, Whole

AGE, NEED, PLACE = 2, 3, 4
_NAMES = {AGE: "age", NEED: "need", PLACE: "place_type"}


@dataclass(frozen=True, eq=False)
class Futures:
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

    def wanted(self) -> Whole:
        """Plans by the place first wanted, shape (draw, year, place). [plans]

        Differs from ``by(PLACE)`` by those who found no room that year.
        """
        away = self.turned_away.sum(axis=3) - self.turned_away.sum(axis=2)
        return np.asarray(self.by(PLACE)[:, 1:] + away)

    def quantiles(self, axis: int, levels: Sequence[float]) -> pd.DataFrame:
        """Ranges along one axis.

        Parameters
        ----------
        axis : int
            ``AGE``, ``NEED`` or ``PLACE``.
        levels : Sequence[float]
            Such as 0.1, 0.5 and 0.9, for ``low``, ``middle`` and ``high``.

        Returns
        -------
        pd.DataFrame
            ``census_year``, ``age``, ``need`` or ``place_type``, ``low``,
            ``middle``, ``high``. [plans]
        """
        values = {
            AGE: [*range(self.stock.shape[AGE])],
            NEED: list(self.axes.needs),
            PLACE: list(self.axes.places),
        }[axis]
        return quantile_rows(self.by(axis), self.census_years, {_NAMES[axis]: values}, levels)

    def total_quantiles(self, levels: Sequence[float]) -> pd.DataFrame:
        """Ranges of the whole: ``census_year``, ``low``, ``middle``, ``high``. [plans]"""
        rows = quantile_rows(self.total()[:, :, None], self.census_years, {"all": [0]}, levels)
        return rows.drop(columns="all")


def quantile_rows(
    draws: Whole, years: Sequence[int], names: dict[str, list[object]], levels: Sequence[float]
) -> pd.DataFrame:
    """Low, middle and high of draws, shape (draw, year, thing), as rows."""
    ((column, values),) = names.items()
    low, middle, high = np.quantile(draws, levels, axis=0)
    index = pd.MultiIndex.from_product([years, values], names=["census_year", column])
    return pd.DataFrame(
        {"low": low.ravel(), "middle": middle.ravel(), "high": high.ravel()}, index=index
    ).reset_index()
