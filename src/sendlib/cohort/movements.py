"""Evidence from an authority's own records, once they are counts of movements."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, NEEDS, PLACES, Axes, Counts
from sendlib.cohort.evidence import Evidence, Kind
from sendlib.errors import NotAvailableError, Problem
from sendlib.vocabulary import OUTSIDE


def evidence_from_movements(
    stock: pd.DataFrame, movements: pd.DataFrame, residents: pd.DataFrame, *, kind: Kind
) -> Evidence:
    """Lay out counted movements between Januaries as evidence, needs told apart."""
    axes = Axes(NEEDS, PLACES)
    years = tuple(int(year) for year in sorted(movements["census_year"].unique()))
    if not years:
        problem = Problem("one January", "the caseload", "give two or more")
        raise NotAvailableError("Movements are counted between Januaries.", [problem])
    known = movements[movements["age"].isin(AGES)]
    parts = [_year(known[known["census_year"] == year], axes) for year in years]
    before, left, moved, changed, joined = (np.stack(part) for part in zip(*parts, strict=True))
    latest = stock[stock["census_year"] == years[-1]]
    return Evidence(
        axes,
        years,
        stock=axes.to_array(latest),
        before=before,
        left=left,
        moved=moved,
        need_changed=changed,
        joined=joined,
        without_plan=_without_plan(before, residents, years),
        kind=kind,
    )


def _year(rows: pd.DataFrame, axes: Axes) -> tuple[Counts, ...]:
    """One year's counts: before, left, moved, need changed, joined."""
    there = rows[rows["place_from"] != OUTSIDE]
    here = rows[rows["place_to"] != OUTSIDE]
    both = there[there["place_to"] != OUTSIDE]
    gone = there[there["place_to"] == OUTSIDE]
    new = here[here["place_from"] == OUTSIDE]
    moved = both[both["place_from"] != both["place_to"]]
    changed = both[both["need_from"] != both["need_to"]]
    return (
        axes.to_array(there, ("need_from", "place_from")),
        axes.to_array(gone, ("need_from", "place_from")),
        axes.to_array(moved, ("need_from", "place_from", "place_to")),
        axes.to_array(changed, ("need_from", "need_to", "place_to")),
        axes.to_array(new, ("need_to", "place_to")),
    )


def _without_plan(before: Counts, residents: pd.DataFrame, years: Sequence[int]) -> Counts:
    persons = residents.loc[list(years), list(AGES)].to_numpy(float)
    return np.asarray(np.maximum(persons - before.sum(axis=(2, 3)), 0.0))
