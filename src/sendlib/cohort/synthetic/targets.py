"""What an invented caseload has to add up to, January by January.

Published are plans by place and by age band in most Januaries, by single year
of age and place in the latest, and by need and place in the last. What was not
published is made from what was: single ages within bands, and the needs of a
place, are taken to be as they were in the latest Januaries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import NEEDS, PLACES, Counts
from sendlib.cohort.published.counts import TABLES, need_by_place
from sendlib.cohort.published.needs import need_mix
from sendlib.cohort.published.whole_numbers import apportion
from sendlib.cohort.synthetic.januaries import (
    BAND_OF_AGE,
    January,
    by_band,
    describe_gaps,
    januaries_of,
    need_by_band,
)
from sendlib.cohort.synthetic.whole_tables import Margin, fit, margin, to_whole
from sendlib.vocabulary import TOTAL

_NEAR = 0.02  # weight of the ages either side in a guess of single ages
_TRACE = 1e-5  # weight of all ages, so that a place without ages has some


@dataclass(frozen=True, eq=False)
class Target:
    """The whole numbers that one January has to add up to.

    Parameters
    ----------
    census_year : int
        The January.
    by_age : np.ndarray
        Shape (age, place). [plans]
    by_need : np.ndarray
        Shape (need, place). [plans]
    """

    census_year: int
    by_age: Counts
    by_need: Counts


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets of all Januaries, and what they were made from.

    Parameters
    ----------
    published : tuple[January, ...]
        What was published, in order of the Januaries.
    needs : pd.DataFrame
        As published for the last January (``counts.need_by_place``).
    mix : np.ndarray
        Share of each need at each age and place in the last January, shape
        (age, need, place).
    each : tuple[Target, ...]
        The whole numbers, in the same order.
    notes : tuple[str, ...]
        What was not published, or did not agree.
    """

    published: tuple[January, ...]
    needs: pd.DataFrame
    mix: Counts
    each: tuple[Target, ...]
    notes: tuple[str, ...]


def make_targets(
    tables: Mapping[str, pd.DataFrame],
    rng: np.random.Generator,
    *,
    area_code: str,
    januaries: Sequence[int],
) -> Targets:
    """Make the targets of one authority.

    Places and the whole are met exactly. Age bands are too, unless they add
    up to another total: then the places win and the bands are scaled.
    """
    mine = {name: tables[name][tables[name]["area_code"] == area_code] for name in TABLES}
    published = januaries_of(mine, area_code, januaries)
    needs = need_by_place(mine["ehcp_caseload"], area_code=area_code, census_year=januaries[-1])
    guess = _guess(published)
    bands = _bands(published)
    by_age = [_by_age(each, guess, band, rng) for each, band in zip(published, bands, strict=True)]
    of_place = _need_of_place(needs, mine["ehcp_caseload"], januaries[-1])
    targets = tuple(
        Target(each.census_year, ages, _columns(of_place, ages.sum(axis=0)))
        for each, ages in zip(published, by_age, strict=True)
    )
    mix = _mix(targets[-1], need_by_band(mine["ehcp_caseload"], januaries[-1]))
    return Targets(published, needs, mix, targets, tuple(describe_gaps(published)))


def _guess(published: Sequence[January]) -> Counts:
    """Single ages by place as in the Januaries that have them, shape (age, place)."""
    seen = np.sum([each.by_age for each in published if each.by_age is not None], axis=0)
    near = np.zeros_like(seen)
    near[1:] += seen[:-1]
    near[:-1] += seen[1:]
    return np.asarray(seen + _NEAR * near + _TRACE * seen.sum(axis=1, keepdims=True))


def _bands(published: Sequence[January]) -> list[Counts]:
    """Plans by age band, brought to the places' total; between Januaries where not published."""
    known = [each.by_band if each.by_age is None else by_band(each.by_age) for each in published]
    held = {at: bands / bands.sum() for at, bands in enumerate(known) if bands is not None}
    between = [
        np.interp(range(len(published)), list(held), share)
        for share in np.transpose(list(held.values()))
    ]
    return [
        apportion(shares, float(each.by_place.sum()))
        for each, shares in zip(published, np.transpose(between), strict=True)
    ]


def _by_age(each: January, guess: Counts, bands: Counts, rng: np.random.Generator) -> Counts:
    """Whole plans by age and place: as published, or made within the published margins."""
    places = margin(each.by_place, guess.shape, (1,))
    if each.by_age is not None:
        if np.array_equal(each.by_age.sum(axis=0), each.by_place):
            return each.by_age
        return _columns(each.by_age + _TRACE * guess, each.by_place)
    group = np.repeat(BAND_OF_AGE[:, None], len(PLACES), axis=1)
    margins = [Margin(group, bands), places]
    return to_whole(fit(guess, margins), margins, rng)


def _columns(parts: Counts, totals: Counts) -> Counts:
    """Whole numbers in proportion to the parts of each column, brought to its total."""
    each = [apportion(column, total) for column, total in zip(parts.T, totals, strict=True)]
    return np.transpose(each)


def _need_of_place(needs: pd.DataFrame, caseload: pd.DataFrame, january: int) -> Counts:
    """Plans by need and place as published; withheld ones as the place's total leaves."""
    wide = needs.pivot(index="primary_need", columns="place_type", values="plans")
    counts = wide.reindex(index=list(NEEDS), columns=list(PLACES))
    together = counts.sum(axis=1).to_numpy()
    rows = caseload[(caseload["census_year"] == january) & (caseload["age_band"] == TOTAL)]
    totals = rows[rows["primary_need"] == TOTAL].set_index("place_type")["plans"]
    left = (totals.reindex(list(PLACES)).fillna(0.0) - counts.sum()).clip(lower=0).to_numpy()
    weight = np.where(counts.isna(), together[:, None], 0.0)
    spread = weight * left / np.maximum(weight.sum(axis=0), 1.0)
    found = counts.fillna(0.0).to_numpy() + spread
    empty = found.sum(axis=0) == 0
    return np.where(empty, together[:, None], found)


def _mix(target: Target, by_band: Counts | None) -> Counts:
    """Share of each need at each age and place, shape (age, need, place)."""
    of_place = need_mix(target.by_need)
    seed = target.by_age[:, None, :] * of_place[None]
    margins = [
        margin(target.by_need, seed.shape, (1, 2)),
        margin(target.by_age, seed.shape, (0, 2)),
    ]
    if by_band is not None:
        ages, needs, _ = np.indices(seed.shape)
        group = BAND_OF_AGE[ages] * len(NEEDS) + needs
        margins = [Margin(group, by_band.ravel()), *margins]
    found = fit(seed, margins)
    counted = target.by_age[:, None, :]
    shares = np.broadcast_to(of_place[None], seed.shape).copy()
    np.divide(found, counted, out=shares, where=counted > 0)
    return shares
