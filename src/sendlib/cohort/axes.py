"""Age, primary need and place type: the last three axes of every array, in that order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.vocabulary import TOTAL, AgeBand, PlaceType, PrimaryNeed, labels

Counts = NDArray[np.float64]
IntCounts = NDArray[np.integer[Any]]  # of children, in a draw
FIRST_AGE, LAST_AGE = 0, 25
AGES = tuple(range(FIRST_AGE, LAST_AGE + 1))
ALL_NEEDS = (TOTAL,)
NEEDS = tuple(need.value for need in PrimaryNeed)
PLACES = tuple(place.value for place in PlaceType)
AGE_BANDS: dict[str, tuple[int, ...]] = {
    AgeBand.UNDER_5: tuple(range(5)),
    AgeBand.AGE_5_TO_10: tuple(range(5, 11)),
    AgeBand.AGE_11_TO_15: tuple(range(11, 16)),
    AgeBand.AGE_16_TO_19: tuple(range(16, 20)),
    AgeBand.AGE_20_TO_25: tuple(range(20, 26)),
}


@dataclass(frozen=True, eq=False)
class Axes:
    """The needs and places of a caseload; ages are those on the 31 August before a January."""

    needs: tuple[str, ...]  # or ("total",) where needs are together
    places: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """The number of ages, needs and places."""
        return len(AGES), len(self.needs), len(self.places)

    def need_positions(self, needs: tuple[str, ...]) -> list[int]:
        """The positions of needs on their axis; all where none is named."""
        return [self.needs.index(need) for need in needs or self.needs]

    def place(self, place_type: str) -> int:
        """The position of a place type on the last axis."""
        return self.places.index(place_type)

    def place_labels(self) -> list[str]:
        """The places as pages call them."""
        return [labels(PlaceType)[place] for place in self.places]

    def to_array(
        self, rows: pd.DataFrame, columns: Sequence[str] = ("need", "place_type")
    ) -> Counts:
        """Plans by age and some columns as an array; rows of one cell add up."""
        values: dict[str, Sequence[object]] = {"age": AGES}
        values |= {name: self.needs if name[:4] == "need" else self.places for name in columns}
        cells = tuple(rows[name].map(list(known).index) for name, known in values.items())
        array = np.zeros([len(known) for known in values.values()])
        np.add.at(array, cells, rows["plans"].to_numpy(dtype=float))
        return array


def membership(places: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Counts:
    """Which group each place is in, shape (place, group): 1 or 0."""
    return np.array([[float(place in members) for members in groups.values()] for place in places])


def share_of(parts: Counts, total: Counts) -> Counts:
    """Parts of a total, cell by cell; zero where the total is zero. [share]"""
    zeros = np.zeros(np.broadcast_shapes(parts.shape, total.shape))
    return np.asarray(np.divide(parts, total, out=zeros, where=total > 0))


def as_share(values: Counts) -> Counts:
    """Shares along the last axis; a row of zeros stays zero."""
    return share_of(values, values.sum(axis=-1, keepdims=True))
