"""Plans of a January published without ages or places, spread by those of another January.

The authority's own mix is used: hidden where both Januaries have it, that was nearer to what was
published than its region's mix, in decisions/0014-places.

References
----------
- Rao, J. N. K. and Molina, I. (2015). Small area estimation. 2nd edition. Wiley: a known total,
  spread as the same area was at another time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendlib.cohort.axes import Counts
from sendlib.cohort.balance import apportion

_TRACE = 1e-6  # weight of all ages where the other January has nobody of an age
_Cells = tuple[NDArray[np.bool_], float]  # cells, and how many plans they have together


@dataclass(frozen=True, eq=False)
class January:
    """Plans in force in one January; NaN is what was not published."""

    plans: Counts  # shape (age, place)
    by_age: Counts  # published totals, shape (age,)
    by_place: Counts  # the same of places, shape (place,); used where no age is published
    total: float

    @property
    def lacking(self) -> str:
        """What some of its plans were published without; empty where nothing is."""
        if not np.isnan(self.plans).any():
            return ""
        if not np.isnan(self.by_age).any():
            return "kinds of place"
        return "ages and kinds of place" if np.isnan(self.by_place).any() else "ages"


def in_force(januaries: Mapping[int, January], january: int) -> tuple[Counts, str] | None:
    """Plans by age and place, whole, and a sentence on any that borrow a mix; none if none can."""
    mine = januaries[january]
    if not mine.lacking:
        return mine.plans, ""
    lenders = [year for year, other in januaries.items() if not other.lacking]
    groups = list(_groups(mine))
    if not lenders or any(np.isnan(total) for _, total in groups):
        return None
    lender = min(lenders, key=lambda year: abs(year - january))
    mix, plans = januaries[lender].plans, mine.plans.copy()
    weights = mix + _TRACE * mix.sum(axis=0)
    for cells, total in groups:
        plans[cells] = apportion(weights[cells], max(total, 0.0))
    borrowed = plans[np.isnan(mine.plans)].sum()
    return plans, (
        f"The {mine.lacking} of {borrowed:,.0f} plans of January {january} are not published; "
        f"they are taken to be as in January {lender}, so who moved in that year is known roughly."
    )


def _groups(january: January) -> Iterator[_Cells]:
    """Cells not published that have a known sum: of an age, of a place, or of all that is left."""
    unknown = np.isnan(january.plans)
    if january.lacking == "ages":
        for place, total in enumerate(january.by_place):
            yield unknown & (np.arange(len(january.by_place)) == place), float(total)
        return
    left = january.by_age - np.nansum(january.plans, axis=1)
    for age in np.flatnonzero(unknown.any(axis=1) & ~np.isnan(left)):
        yield unknown & (np.arange(len(left)) == age)[:, None], float(left[age])
    if (nowhere := unknown & np.isnan(left)[:, None]).any():
        elsewhere = np.nansum(january.by_age) + np.nansum(january.plans[np.isnan(left)])
        yield nowhere, january.total - elsewhere
