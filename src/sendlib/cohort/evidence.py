"""Evidence: what happened to a caseload between Januaries, published or from own records.

References
----------
- West, M. and Harrison, J. (1997). Bayesian forecasting and dynamic models. 2nd edition. Springer:
  what was seen longer ago is discounted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, NEEDS, PLACES, Axes, Counts, membership
from sendlib.random_rounding import round_count
from sendlib.vocabulary import OUTSIDE, PLACE_GROUPS, PrimaryNeed

EvidenceKind = Literal["published", "own", "synthetic"]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Counts of those who stayed, joined, left, moved or changed need, year by year. [plans]

    A year is named by the January at its end, and ages are those reached by then. Counts
    may be fractions where published margins were spread.
    """

    axes: Axes
    years: tuple[int, ...]  # in order; Y of them
    stock: Counts  # in the last January, shape (age, need, place)
    before: Counts  # a January before, a year older; those over 25 left out: (Y, age, need, place)
    left: Counts  # of before, without a plan a year later, same shape
    moved: Counts  # of before, elsewhere a year later: (Y, age, need, place from, place to)
    need_changed: Counts  # of before: (Y, age, need from, need to, place to)
    joined: Counts  # with a plan now and not a year before, shape (Y, age, need, place)
    without_plan: Counts  # residents without a plan a year before, shape (Y, age) [persons]
    kind: EvidenceKind = "published"

    def weighted(self, half_life: float) -> "Evidence":
        """Count a year less the longer ago it is."""
        weight = 0.5 ** ((self.years[-1] - np.array(self.years)) / half_life)
        yearly = ("before", "left", "moved", "need_changed", "joined", "without_plan")
        counts = {name: getattr(self, name) for name in yearly}
        scaled = {name: (weight * each.T).T for name, each in counts.items()}
        return replace(self, **scaled)


def evidence_from_movements(
    stock: pd.DataFrame, movements: pd.DataFrame, residents: pd.DataFrame, *, kind: EvidenceKind
) -> Evidence:
    """Evidence from an authority's own movements; Down syndrome is a need where recorded as one."""
    recorded = {*stock["need"], *movements["need_from"], *movements["need_to"]}
    needs = tuple(need for need in NEEDS if need != PrimaryNeed.DS or need in recorded)
    axes = Axes(needs, PLACES)
    years = tuple(int(year) for year in sorted(movements["census_year"].unique()))
    rows = movements[movements["age"].isin(AGES)]
    before, after = rows["place_from"] != OUTSIDE, rows["place_to"] != OUTSIDE
    stayed = before & after

    def counts(which: "pd.Series[bool]", *columns: str) -> Counts:
        chosen = rows[which]
        by_year = [chosen[chosen["census_year"] == year] for year in years]
        return np.stack([axes.to_array(each, columns) for each in by_year])

    there = counts(before, "need_from", "place_from")
    persons = residents.loc[list(years), list(AGES)].to_numpy(float)
    elsewhere = stayed & (rows["place_from"] != rows["place_to"])
    another_need = stayed & (rows["need_from"] != rows["need_to"])
    return Evidence(
        axes,
        years,
        stock=axes.to_array(stock[stock["census_year"] == years[-1]]),
        before=there,
        left=counts(before & ~after, "need_from", "place_from"),
        moved=counts(elsewhere, "need_from", "place_from", "place_to"),
        need_changed=counts(another_need, "need_from", "need_to", "place_to"),
        joined=counts(after & ~before, "need_to", "place_to"),
        without_plan=np.maximum(persons - there.sum(axis=(2, 3)), 0.0),
        kind=kind,
    )


def round_groups(plans: Counts, places: Sequence[str], name: str, key: bytes) -> dict[str, float]:
    """Plans by place, added up by kind of place and rounded; ``name`` says when and whose."""
    sums = dict(zip(PLACE_GROUPS, plans @ membership(places, PLACE_GROUPS), strict=True))
    return {
        group: round_count(float(count), f"{name}|{group}", key) for group, count in sums.items()
    }
