"""Published counts of an authority, as margins that an invented caseload has to meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGE_BANDS, NEEDS, PLACES, Counts
from sendlib.cohort.published.counts import settled, years_of
from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.vocabulary import TOTAL, ValueStatus

BANDS = tuple(AGE_BANDS)
BAND_OF_AGE = np.repeat(range(len(BANDS)), [len(ages) for ages in AGE_BANDS.values()])
_REMEDY = "choose another authority or later Januaries"


@dataclass(frozen=True, eq=False)
class January:
    """What was published on one January.

    Parameters
    ----------
    census_year : int
        The January.
    total : float
        All plans. [plans]
    by_place : np.ndarray
        Shape (place,). [plans]
    by_band : np.ndarray, optional
        Shape (age band,); None where it was not published. [plans]
    by_age : np.ndarray, optional
        Shape (age, place); None where it was not published. [plans]
    """

    census_year: int
    total: float
    by_place: Counts
    by_band: Counts | None
    by_age: Counts | None


def januaries_of(
    mine: Mapping[str, pd.DataFrame], area_code: str, januaries: Sequence[int]
) -> tuple[January, ...]:
    """What was published on each January of one area."""
    years = years_of(mine, area_code, origin=januaries[-1])
    detail = {year.census_year - 1: year.earlier for year in years}
    detail |= {year.census_year: year.stock for year in years}
    problems: list[Problem] = []
    found = [
        _january(mine["ehcp_caseload"], january, detail.get(january), problems)
        for january in januaries
    ]
    raise_any(NotAvailableError, f"No caseload can be invented for {area_code}.", problems)
    return tuple(each for each in found if each is not None)


def _january(
    caseload: pd.DataFrame, january: int, by_age: Counts | None, problems: list[Problem]
) -> January | None:
    rows = caseload[(caseload["census_year"] == january) & (caseload["primary_need"] == TOTAL)]
    by_place = _counts(rows[rows["age_band"] == TOTAL], "place_type", PLACES)
    by_band = _counts(rows[rows["place_type"] == TOTAL], "age_band", BANDS)
    if by_place is None:
        problems.append(Problem(f"January {january} is not available by place", remedy=_REMEDY))
        return None
    whole = rows.loc[(rows["age_band"] == TOTAL) & (rows["place_type"] == TOTAL), "plans"]
    total = float(whole.iloc[0]) if whole.notna().any() else float(by_place.sum())
    return January(january, total, by_place, by_band, by_age)


def _counts(rows: pd.DataFrame, column: str, values: Sequence[str]) -> Counts | None:
    """Counts along one column; one that was withheld is what the total leaves.

    A value without a row, or that was not collected, holds nobody. None where
    nothing was published, or where the total does not settle what was withheld.
    """
    asked = rows[rows["value_status"] != ValueStatus.NOT_COLLECTED]
    parts = settled(asked.set_index(column)[["plans"]].T)
    if parts.empty or parts.isna().any(axis=None):
        return None
    return parts.iloc[0].reindex(list(values), fill_value=0.0).to_numpy(dtype=float)


def by_band(by_age: Counts) -> Counts:
    """Plans by age band, from shape (age, place). [plans]"""
    return np.bincount(BAND_OF_AGE, by_age.sum(axis=1), minlength=len(BANDS)).astype(float)


def need_by_band(caseload: pd.DataFrame, january: int) -> Counts | None:
    """Plans by age band and need as published, shape (age band, need)."""
    rows = caseload[
        (caseload["census_year"] == january)
        & (caseload["place_type"] == TOTAL)
        & (caseload["age_band"] != TOTAL)
        & (caseload["primary_need"] != TOTAL)
    ]
    if rows.empty or rows["plans"].isna().any():
        return None
    wide = rows.pivot(index="age_band", columns="primary_need", values="plans")
    return wide.reindex(index=list(BANDS), columns=list(NEEDS)).fillna(0.0).to_numpy()


def describe_gaps(published: Sequence[January]) -> list[str]:
    """Words on what was not published, and on what does not agree."""
    last = published[-1].census_year
    without_ages = [str(each.census_year) for each in published if each.by_age is None]
    found = [f"Needs by place were published for {last}: earlier Januaries have the same mix."]
    if without_ages:
        found.append(
            f"Single ages of {', '.join(without_ages)} are spread within bands as in later years."
        )
    return found + [word for each in published for word in _disagreements(each)]


def _disagreements(each: January) -> list[str]:
    january, places = f"January {each.census_year}", f"{each.by_place.sum():,.0f}"
    found = []
    if each.by_band is None:
        found.append(
            f"{january} was not published by age band: its bands lie between those of the "
            "Januaries before and after."
        )
    elif each.by_band.sum() != each.by_place.sum():
        found.append(
            f"In {january} age bands add up to {each.by_band.sum():,.0f} and places to {places}: "
            "the places were kept."
        )
    if each.total != each.by_place.sum():
        found.append(
            f"In {january} the total is {each.total:,.0f} and places add up to {places}: "
            "the places were kept."
        )
    return found
