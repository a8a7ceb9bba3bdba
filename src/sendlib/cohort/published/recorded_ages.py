"""Bring the ages that returns record to those by which the caseload is counted.

The caseload is counted by age at the 31 August before each January. New plans
are published by "age at the start of the plan", but England's balance shows
that about a third are recorded a year older, much as age on census day would
be: without that, hundreds of plans too many would start at five and too few at
four. Plans that ended show no such shift.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, LAST_AGE, PLACES, Counts, share_of
from sendlib.cohort.published.balance import deconvolve, fill_within, reassign
from sendlib.cohort.published.counts import FIRST, OLDEST, RECORDED, Year, years_of
from sendlib.vocabulary import ENGLAND

_SHARES = np.arange(0.0, 0.5, 0.0025)  # tried for the share of new plans recorded a year older
_STEPS = 300
_CLOSE = 1e-9
_OLD = RECORDED.index(OLDEST)
_FIRST_OLD = int(OLDEST.partition("-")[0])


@dataclass(frozen=True, eq=False)
class England:
    """What England's figures lend to every area.

    Parameters
    ----------
    shifted_share : float
        Share of new plans whose recorded age is a year above the age by which
        the caseload counts them. [share, 0 to 1]
    new : Mapping[int, np.ndarray]
        New plans of the year to each January by the caseload's ages, shape
        (age, place). [plans]
    ended_old : Mapping[int, np.ndarray]
        Plans ended at 20 to 26, shape (7,). [plans]
    """

    shifted_share: float
    new: Mapping[int, Counts]
    ended_old: Mapping[int, Counts]


def england_of(tables: Mapping[str, pd.DataFrame], *, origin: int) -> England:
    """Estimate from England's balance how ages are recorded.

    New plans carry the age at the start of the plan, the caseload the age at
    the 31 August before. For each share of plans that could be recorded a year
    older, England's new plans are realigned, and the share is chosen that
    leaves the least unexplained: the smallest sum of squares, over single
    ages, of stock less (stock a year before, one year older, plus new plans,
    less those that ended) about its mean.
    """
    years = years_of(tables, ENGLAND, origin=origin)
    unexplained = sum(_unexplained(year) for year in years)
    share = float(_SHARES[np.argmin(unexplained)])
    new = {year.census_year: _realigned(year, share) for year in years}
    old = {}
    for year in years:
        there = a_year_older(year.earlier) + with_age_26(new[year.census_year])
        old[year.census_year] = ended_by_old_age(year, there)
    return England(share, new, old)


def new_by_age(year: Year, lent: England) -> Counts:
    """New plans by the caseload's ages; England's pattern and the area's balance decide alike."""
    blur, pattern = _blur(lent.shifted_share), lent.new[year.census_year]
    implied, lent_by_age = _implied(year), pattern.sum(axis=1)
    tilt = 1 + share_of(implied / implied.sum(), lent_by_age / lent_by_age.sum())
    prior = pattern * tilt[:, None]
    found = reassign(year.new, blur, prior)
    unlike_england = year.new.sum(axis=0) - found.sum(axis=0) > _CLOSE
    any_place = np.repeat(prior.sum(axis=1, keepdims=True), len(PLACES), axis=1)
    return np.where(unlike_england, reassign(year.new, blur, any_place), found)


def ended_by_old_age(year: Year, there: Counts, pattern: Counts | None = None) -> Counts:
    """Spread the plans that ended at 20 to 25 over single years of age, 20 to 26.

    In proportion to what each age lost, which nearly settles it; where nothing
    was lost, in proportion to what England lost.
    """
    held = there.sum(axis=1)[_FIRST_OLD:]
    lost = np.clip(held - with_age_26(year.stock).sum(axis=1)[_FIRST_OLD:], 0, None)
    if not lost.any() and pattern is not None:
        lost = pattern
    total = float(year.ended_by_age[_OLD])
    spread = fill_within(held, share_of(lost, held), total)
    beyond = max(total - float(spread.sum()), 0.0)  # more ended than were held
    return np.asarray(spread + beyond * (held + 1) / (held + 1).sum())


def a_year_older(stock: Counts) -> Counts:
    """The stock of a January a year older, ages 0 to 26."""
    return np.concatenate([np.zeros((1, len(PLACES))), stock])


def with_age_26(counts: Counts) -> Counts:
    """Ages 0 to 25 with an empty age 26 after them."""
    return np.concatenate([counts, np.zeros((1, counts.shape[1]))])


def _unexplained(year: Year) -> Counts:
    """Sum of squares left by each share, over the single ages recorded on both sides."""
    blurs = np.stack([_blur(share) for share in _SHARES])
    recorded = year.new.sum(axis=1)[None, :, None]
    start = np.broadcast_to(_start(year).sum(axis=1)[None, :, None], (len(_SHARES), len(AGES), 1))
    new = deconvolve(recorded, blurs, start, steps=_STEPS)[..., 0]
    single = slice(FIRST + 1, _FIRST_OLD)
    aged = a_year_older(year.earlier).sum(axis=1)[single]
    expected = aged + new[:, single] - year.ended_by_age[1:_OLD]
    left = year.stock.sum(axis=1)[single] - expected
    return np.asarray(((left - left.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))


def _blur(share: float) -> Counts:
    """Share of each age of the caseload that is recorded in each group of ages."""
    blur = np.zeros((len(RECORDED), len(AGES)))
    group = np.array([_group(age) for age in (*AGES, LAST_AGE)])
    np.add.at(blur, (group[:-1], np.arange(len(AGES))), 1 - share)
    np.add.at(blur, (group[1:], np.arange(len(AGES))), share)
    blur[:, :FIRST] = 0  # nobody is put there
    return blur


def _group(age: int) -> int:
    return int(np.clip(age - FIRST, 0, _OLD))


def _start(year: Year) -> Counts:
    """First guess of new plans by age: groups of ages split as the caseload is."""
    stock = year.stock.sum(axis=1)
    group = np.array([_group(age) for age in AGES])
    of_group = np.bincount(group, stock, minlength=len(RECORDED))[group]
    share = share_of(stock, of_group)
    spread = year.new.sum(axis=0) / len(RECORDED)
    return np.asarray(share[:, None] * (year.new[group] + spread))


def _implied(year: Year) -> Counts:
    """Plans gained at each age as the balance implies, shape (age,); at least one."""
    gained = year.stock.sum(axis=1) - a_year_older(year.earlier).sum(axis=1)[:-1]
    gained[FIRST:_FIRST_OLD] += year.ended_by_age[:_OLD]
    gained[_FIRST_OLD:] = _start(year).sum(axis=1)[_FIRST_OLD:]
    return np.asarray(np.clip(gained, 1, None))


def _realigned(year: Year, share: float) -> Counts:
    """England's new plans by the caseload's ages; the balance says how many each age gained."""
    blur = _blur(share)
    prior = blur.T @ year.new
    return reassign(year.new, blur, prior * share_of(_implied(year), prior.sum(axis=1))[:, None])
