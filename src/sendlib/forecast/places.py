"""Plans by kind of place, of every authority and January, and which Januaries compare.

References
----------
- Aitchison, J. (1982). The statistical analysis of compositional data. Journal of the Royal
  Statistical Society B 44(2), 139-177: logarithms of shares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.vocabulary import PLACE_GROUPS, TOTAL, PlaceType, ValueStatus

Floats = NDArray[np.float64]
KINDS = tuple(PLACE_GROUPS)
FEWEST = 20  # plans of a kind at the origin of what is fitted or scored
MOST_NOT_RECORDED = 0.05  # of an authority's plans; above it the count of places is a break
_OTHER = next(row for row, kind in enumerate(KINDS) if "not_recorded" in PLACE_GROUPS[kind])
_COUNTED_WITHIN = {PlaceType.ELECTIVE_HOME_EDUCATION.value}  # in "otherwise" until 2019
_HALF = 0.5  # added to a count of which the logarithm is taken


@dataclass(frozen=True, eq=False)
class PlaceCounts:
    """Plans by kind of place; an authority that returned no detail is missing."""

    areas: tuple[str, ...]
    years: tuple[int, ...]
    plans: Floats  # shape (area, year, kind) [plans]
    not_recorded: Floats  # share of plans without a place, shape (area, year)
    same_places: NDArray[np.bool_]  # whether the January before counts them too, (year, kind)

    @classmethod
    def from_caseload(cls, caseload: pd.DataFrame) -> "PlaceCounts":
        """The counts in the tidy table ``ehcp_caseload``."""
        everyone = (caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)
        of_place = everyone & (caseload["place_type"] != TOTAL)
        rows = caseload[of_place & (caseload["value_status"] != ValueStatus.NOT_COLLECTED)]
        wide = rows.pivot(index="area_code", columns=["census_year", "place_type"], values="plans")
        wide = wide.dropna(axis=1, how="all")  # no authority was asked
        years = tuple(sorted(int(year) for year in wide.columns.unique(0)))
        places = {year: set(wide[year].columns) for year in years}
        areas = tuple(str(code) for code in wide.index)
        plans = np.full((len(areas), len(years), len(KINDS)), np.nan)
        unrecorded = np.zeros(plans.shape[:2])
        same = np.zeros((len(years), len(KINDS)), dtype=bool)
        for at, year in enumerate(years):
            known = pd.DataFrame(wide[year])
            for row, members in enumerate(PLACE_GROUPS.values()):
                parts = known[[place for place in members if place in known]]
                plans[:, at, row] = parts.sum(axis=1, skipna=False)
                changed = places[year] ^ places.get(year - 1, set())
                same[at, row] = not (changed - _COUNTED_WITHIN) & set(members)
            if PlaceType.NOT_RECORDED in known:
                unrecorded[:, at] = known[PlaceType.NOT_RECORDED] / plans[:, at].sum(axis=1)
        plans[np.isnan(plans).any(axis=2)] = np.nan
        return cls(areas, years, plans, np.nan_to_num(unrecorded), same)

    @classmethod
    def none(cls) -> "PlaceCounts":
        """No counts at all."""
        empty = np.empty((0, 0, len(KINDS)))
        return cls((), (), empty, empty[..., 0], np.empty((0, len(KINDS)), dtype=bool))

    def up_to(self, origin: int) -> "PlaceCounts":
        """What was known when the count of ``origin`` was published."""
        last = sum(year <= origin for year in self.years)
        return replace(
            self,
            years=self.years[:last],
            plans=self.plans[:, :last],
            not_recorded=self.not_recorded[:, :last],
            same_places=self.same_places[:last],
        )

    def only(self, areas: Sequence[str]) -> "PlaceCounts":
        """The counts of some areas, in that order; missing where there are none."""
        at = [self.areas.index(code) if code in self.areas else -1 for code in areas]
        lacking = np.array(at) < 0
        plans, share = self.plans[at].copy(), self.not_recorded[at].copy()
        plans[lacking], share[lacking] = np.nan, 0.0
        return replace(self, areas=tuple(areas), plans=plans, not_recorded=share)

    def at(self, year: int) -> Floats:
        """Plans at one January, shape (area, kind); missing where it is not available."""
        if year not in self.years:
            return np.full((len(self.areas), len(KINDS)), np.nan)
        return np.asarray(self.plans[:, self.years.index(year)])

    def start(self, year: int) -> Floats:
        """Plans to look ahead from: those without a place are spread where they are a break."""
        plans = self.at(year)
        if year not in self.years:
            return plans
        share = self.not_recorded[:, self.years.index(year)]
        usual = np.median(share[~np.isnan(plans).any(axis=1)]) if len(share) else 0.0
        excess = np.where(share > MOST_NOT_RECORDED, share - usual, 0.0)
        total = plans.sum(axis=1)
        recorded = plans.copy()
        recorded[:, _OTHER] -= excess * total
        return np.asarray(recorded / (1 - excess)[:, None])

    def without_place(self, year: int) -> NDArray[np.bool_]:
        """Authorities of which more plans than ``MOST_NOT_RECORDED`` have no place, (area,)."""
        return np.asarray(self.not_recorded[:, self.years.index(year)] > MOST_NOT_RECORDED)

    def recoded(self, year: int) -> NDArray[np.bool_]:
        """Kinds that seem recoded into one another in the year to a January, (area, kind)."""
        before, after = self.at(year - 1), self.at(year)
        change = after - before
        large = (np.abs(change) >= FEWEST) & (np.abs(change) >= np.maximum(before, after) / 3)
        size = np.where(large, np.abs(change), np.nan)
        ratio = size[:, :, None] / size[:, None, :]
        opposite = np.sign(change)[:, :, None] * np.sign(change)[:, None, :] < 0
        pair = opposite & (ratio >= 2 / 3) & (ratio <= 3 / 2)
        return np.asarray(pair.any(axis=2))


def log_shares(plans: Floats) -> Floats:
    """Log shares of kinds, the last axis; none is minus infinity."""
    total = plans.sum(axis=-1, keepdims=True) + _HALF * plans.shape[-1]
    return np.asarray(np.log((plans + _HALF) / total))


def start_of(
    counts: PlaceCounts, region_of: Mapping[str, str], area_code: str, year: int
) -> tuple[Floats, str]:
    """An authority's plans by kind to look ahead from, with a note where they are not its own now.

    Where it returned none, its own of the January before stand in, or else its region's.
    """
    known = counts.start(year)
    row = counts.areas.index(area_code) if area_code in counts.areas else -1
    before = counts.start(year - 1)[row] if row >= 0 else np.full(len(KINDS), np.nan)
    if not np.isnan(before).any() and np.isnan(known[row]).any():
        return before, (
            f"It returned no kinds of place in January {year}; its shares of January {year - 1} "
            "stand in."
        )
    if row >= 0 and not np.isnan(known[row]).any():
        share = counts.not_recorded[row, counts.years.index(year)]
        spread = (
            f"In January {year} {share:.0%} of its plans had no place recorded; they are taken to "
            "be where its other plans are."
        )
        return known[row], spread if share > MOST_NOT_RECORDED else ""
    detail = ~np.isnan(known).any(axis=1) & np.array([code.isdigit() for code in counts.areas])
    near = [region_of.get(code) == region_of.get(area_code, "") for code in counts.areas]
    near_detail = detail & np.array(near)
    lender = "its region" if near_detail.any() else "all authorities"
    rows = near_detail if near_detail.any() else detail
    borrowed = (
        f"It returned no kinds of place in January {year}; the shares of {lender} stand in, and "
        "the range is that of any authority."
    )
    return known[rows].sum(axis=0), borrowed if rows.any() else "No kinds of place are available."
