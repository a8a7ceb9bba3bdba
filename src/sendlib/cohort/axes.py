"""What a caseload is told apart by: age, primary need and place type.

Every array of this package has the axes age, need, place, in that order and
at the end; axes for draws or years come before them.
"""

from collections.abc import Mapping, Sequence
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

    def to_array(
        self, rows: pd.DataFrame, columns: Sequence[str] = ("need", "place_type")
    ) -> Counts:
        """Lay out plans by age and some columns; a cell without a row is zero, rows add up."""
        known: dict[str, Sequence[object]] = {"age": AGES}
        known |= {name: self.needs if name[:4] == "need" else self.places for name in columns}
        _check_inside(rows, known)
        position = {name: {each: at for at, each in enumerate(of)} for name, of in known.items()}
        cells = tuple(rows[name].map(at).to_numpy(dtype=int) for name, at in position.items())
        laid = np.zeros(tuple(map(len, known.values())))
        np.add.at(laid, cells, rows["plans"].to_numpy(dtype=float))
        return laid

    def place_labels(self) -> list[str]:
        """The places as pages call them."""
        named = labels(PlaceType)
        return [named[place] for place in self.places]


def share_of(parts: Counts, whole: Counts) -> Counts:
    """Parts of a whole, cell by cell; none where the whole is none. [share]"""
    none = np.zeros(np.broadcast_shapes(parts.shape, whole.shape))
    return np.asarray(np.divide(parts, whole, out=none, where=whole > 0))


def _check_inside(rows: pd.DataFrame, known: Mapping[str, Sequence[object]]) -> None:
    problems = []
    for name, values in known.items():
        outside = rows.loc[~rows[name].isin(values), name].unique()
        problems += [Problem(f"{found!r}", f"column {name}") for found in outside]
    missing = int(rows["plans"].isna().sum())
    if missing:
        problems.append(Problem(f"{missing} rows have no plans"))
    raise_any(DataError, "These rows do not fit the ages, needs and places.", problems)
