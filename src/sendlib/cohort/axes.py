"""What a caseload is told apart by: age, primary need and place type.

Every array of this package has the axes age, need, place, in that order and
at the end; axes for draws or years come before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.errors import DataError, Problem, raise_any
from sendlib.vocabulary import TOTAL, AgeBand, PlaceType, PrimaryNeed, labels

Counts = NDArray[np.float64]
Whole = NDArray[np.integer[Any]]  # counts of children in a draw
FIRST_AGE, LAST_AGE = 0, 25
AGES = tuple(range(FIRST_AGE, LAST_AGE + 1))
WHOLE_NEED = (TOTAL,)
NEEDS = tuple(need.value for need in PrimaryNeed)
PLACES = tuple(place.value for place in PlaceType)
AGE_BANDS: dict[str, tuple[int, ...]] = {
    AgeBand.UNDER_5: tuple(range(5)),
    AgeBand.AGE_5_TO_10: tuple(range(5, 11)),
    AgeBand.AGE_11_TO_15: tuple(range(11, 16)),
    AgeBand.AGE_16_TO_19: tuple(range(16, 20)),
    AgeBand.AGE_20_TO_25: tuple(range(20, 26)),
}


@dataclass(frozen=True)
class Axes:
    """The needs and places that a caseload is told apart by; ages are always 0 to 25.

    An age is the one reached on the 31 August before the January counted.

    Parameters
    ----------
    needs : tuple[str, ...]
        Values of ``PrimaryNeed``, or ``("total",)`` where needs are not told apart.
    places : tuple[str, ...]
        Values of ``PlaceType``.

    Examples
    --------
    >>> Axes(WHOLE_NEED, ("mainstream", "state_special")).shape
    (26, 1, 2)
    """

    needs: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """The number of ages, needs and places."""
        return len(AGES), len(self.needs), len(self.places)

    def place(self, place_type: str) -> int:
        """The position of a place type on the last axis."""
        return self.places.index(place_type)

    def to_array(self, frame: pd.DataFrame, *, value: str = "plans") -> Counts:
        """Lay out rows as an array; a cell without a row is zero, rows of one cell add up.

        Parameters
        ----------
        frame : pd.DataFrame
            ``age``, ``need``, ``place_type`` and the column ``value``; without a
            column ``need``, all rows are of the only need.

        Raises
        ------
        DataError
            If a row lies outside the axes or has no value.
        """
        index: dict[str, dict[Any, int]] = {
            "age": {age: age for age in AGES},
            "need": {need: position for position, need in enumerate(self.needs)},
            "place_type": {place: position for position, place in enumerate(self.places)},
        }
        needed = frame if "need" in frame else frame.assign(need=self.needs[0])
        _check_inside(needed, index, value)
        cells = tuple(needed[name].map(known).to_numpy() for name, known in index.items())
        laid = np.zeros(self.shape)
        np.add.at(laid, cells, needed[value].to_numpy(dtype=float))
        return laid

    def to_frame(self, array: Counts, *, value: str = "plans") -> pd.DataFrame:
        """One row for each cell of an array that is not zero: age, need, place type, value."""
        age, need, place = np.nonzero(array)
        return pd.DataFrame(
            {
                "age": age,
                "need": np.array(self.needs, dtype=object)[need],
                "place_type": np.array(self.places, dtype=object)[place],
                value: array[age, need, place],
            }
        )

    def place_labels(self) -> list[str]:
        """The places as pages call them."""
        named = labels(PlaceType)
        return [named[place] for place in self.places]


def _check_inside(frame: pd.DataFrame, index: Mapping[str, Mapping[Any, int]], value: str) -> None:
    problems = []
    for name, known in index.items():
        outside = frame.loc[~frame[name].isin(list(known)), name].unique()
        problems += [Problem(f"{found!r}", f"column {name}") for found in outside]
    if frame[value].isna().any():
        problems.append(Problem(f"{int(frame[value].isna().sum())} rows have no {value}"))
    raise_any(DataError, "These rows do not fit the ages, needs and places.", problems)
