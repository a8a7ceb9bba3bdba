"""Ages as returns record them, brought to those by which the caseload is counted: 31 August.

About a third of new plans are recorded a year older: else hundreds too many would start at five.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, LAST_AGE, PLACES, Counts, share_of
from sendlib.cohort.balance import fill_within, reassign
from sendlib.cohort.published_tables import FIRST, OLDEST, RECORDED, Year, years_of
from sendlib.vocabulary import ENGLAND

_SHARES = np.arange(0.0, 0.5, 0.0025)  # tried for the share of new plans recorded a year older
_STEPS = 300
_CLOSE = 1e-9
_OLD = RECORDED.index(OLDEST)
_FIRST_OLD = int(OLDEST.partition("-")[0])
_GROUP = np.clip(np.array((*AGES, LAST_AGE)) - FIRST, 0, _OLD)  # of RECORDED, for each age


@dataclass(frozen=True, eq=False)
class NationalPattern:
    """What England's figures say of ages, for every area."""

    shifted_share: float  # of new plans, recorded a year above the caseload's age [share]
    new: Mapping[int, Counts]  # new plans by the caseload's ages: (age, place), by January
    ended_old: Mapping[int, Counts]  # plans ended at 20 to 26, shape (7,), by January


def national_pattern(tables: Mapping[str, pd.DataFrame], *, origin: int) -> NationalPattern:
    """How ages are recorded: the share shifted by a year that fits England's balance best."""
    years = years_of(tables, ENGLAND, origin=origin)
    share = float(_SHARES[np.argmin(sum(_squares(year) for year in years))])
    blur = _blur(share)
    new, old = {}, {}
    for year in years:
        prior = blur.T @ year.new
        prior = prior * share_of(_implied(year), prior.sum(axis=1))[:, None]
        new[year.census_year] = reassign(year.new, blur, prior)
        before = a_year_older(year.earlier) + with_age_26(new[year.census_year])
        old[year.census_year] = ended_by_old_age(year, before)
    return NationalPattern(share, new, old)


def new_by_age(year: Year, national: NationalPattern) -> Counts:
    """New plans by the caseload's ages; England's pattern and the area's balance weigh alike."""
    blur, pattern = _blur(national.shifted_share), national.new[year.census_year]
    implied, by_age = _implied(year), pattern.sum(axis=1)
    prior = pattern * (1 + share_of(implied / implied.sum(), by_age / by_age.sum()))[:, None]
    new = reassign(year.new, blur, prior)
    unlike_england = year.new.sum(axis=0) - new.sum(axis=0) > _CLOSE
    any_place = np.repeat(prior.sum(axis=1, keepdims=True), len(PLACES), axis=1)
    return np.where(unlike_england, reassign(year.new, blur, any_place), new)


def ended_by_old_age(year: Year, before: Counts, pattern: Counts | None = None) -> Counts:
    """Plans that ended at 20 to 25 by single age, 20 to 26: as each age lost, or as in England."""
    plans = before.sum(axis=1)[_FIRST_OLD:]
    lost = np.clip(plans - with_age_26(year.stock).sum(axis=1)[_FIRST_OLD:], 0, None)
    if not lost.any() and pattern is not None:
        lost = pattern
    total = float(year.ended_by_age[_OLD])
    spread = fill_within(plans, share_of(lost, plans), total)
    beyond = max(total - float(spread.sum()), 0.0)  # more ended than were there
    return np.asarray(spread + beyond * (plans + 1) / (plans + 1).sum())


def a_year_older(stock: Counts) -> Counts:
    """The stock of a January a year older, ages 0 to 26."""
    return np.pad(stock, ((1, 0), (0, 0)))


def with_age_26(counts: Counts) -> Counts:
    """Ages 0 to 25 with an empty age 26 after them."""
    return np.pad(counts, ((0, 1), (0, 0)))


def _squares(year: Year) -> Counts:
    """Sum of squares left by each share, over the single ages recorded on both sides.

    New plans are realigned by Richardson-Lucy deconvolution, the expectation step of EM for
    Poisson counts over and over (Richardson 1972, Bayesian-based iterative method of image
    restoration, Journal of the Optical Society of America 62, 55-59).
    """
    blurs = np.stack([_blur(share) for share in _SHARES])
    recorded = year.new.sum(axis=1)[None, :, None]
    start = _first_guess(year).sum(axis=1)
    new = np.broadcast_to(start[None, :, None], (len(_SHARES), len(AGES), 1))
    for _ in range(_STEPS):
        new = reassign(recorded, blurs, new)
    single = slice(FIRST + 1, _FIRST_OLD)
    aged = a_year_older(year.earlier).sum(axis=1)[single]
    expected = aged + new[:, single, 0] - year.ended_by_age[1:_OLD]
    residuals = year.stock.sum(axis=1)[single] - expected
    return np.asarray(((residuals - residuals.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))


def _blur(share: float) -> Counts:
    """Share of each age of the caseload that is recorded in each group of ages."""
    blur = np.zeros((len(RECORDED), len(AGES)))
    np.add.at(blur, (_GROUP[:-1], np.arange(len(AGES))), 1 - share)
    np.add.at(blur, (_GROUP[1:], np.arange(len(AGES))), share)
    blur[:, :FIRST] = 0  # nobody is put there
    return blur


def _first_guess(year: Year) -> Counts:
    """New plans by age and place, groups of ages split as the caseload is."""
    stock = year.stock.sum(axis=1)
    group = _GROUP[:-1]
    share = share_of(stock, np.bincount(group, stock, minlength=len(RECORDED))[group])
    return np.asarray(share[:, None] * (year.new[group] + year.new.sum(axis=0) / len(RECORDED)))


def _implied(year: Year) -> Counts:
    """Plans gained at each age as the balance implies, shape (age,); at least one."""
    gained = year.stock.sum(axis=1) - a_year_older(year.earlier).sum(axis=1)[:-1]
    gained[FIRST:_FIRST_OLD] += year.ended_by_age[:_OLD]
    gained[_FIRST_OLD:] = _first_guess(year).sum(axis=1)[_FIRST_OLD:]
    return np.asarray(np.clip(gained, 1, None))
