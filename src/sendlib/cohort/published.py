"""Evidence from published tables: who joined, left and moved; see decisions/0006-cohort-model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sendlib.cohort import residents
from sendlib.cohort.axes import AGES, ALL_NEEDS, LAST_AGE, NEEDS, PLACES, Axes, Counts, share_of
from sendlib.cohort.balance import (
    apportion,
    by_origin,
    deal_evenly,
    fill_within,
    match_moves,
    net_of_the_year,
    reassign,
    spread_within,
)
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.published_tables import FIRST, OLDEST, RECORDED, Year, years_of
from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.vocabulary import ENGLAND, TOTAL

_OLD = RECORDED.index(OLDEST)
_ROUNDING = 1e-6
_SHARES = np.arange(0.0, 0.5, 0.0025)  # tried for the share of new plans recorded a year older
_STEPS = 300
_CLOSE = 1e-9
_FIRST_OLD = int(OLDEST.partition("-")[0])
_GROUP = np.clip(np.array((*AGES, LAST_AGE)) - FIRST, 0, _OLD)  # of RECORDED, for each age
FLOWS = {  # of an account, as pages call them
    "before": "January before",
    "new_plans": "new plans",
    "other_arrivals": "other arrivals",
    "moved_in": "moved in",
    "moved_out": "moved out",
    "ended": "ended",
    "other_departures": "other departures",
    "now": "January",
}


@dataclass(frozen=True, eq=False)
class NationalPattern:
    """What England's figures say of ages, for every area."""

    shifted_share: float  # of new plans, recorded a year above the caseload's age [share]
    new: Mapping[int, Counts]  # new plans by the caseload's ages: (age, place), by January
    ended_old: Mapping[int, Counts]  # plans ended at 20 to 26, shape (7,), by January


@dataclass(frozen=True, eq=False)
class Published:
    """The evidence of one area, and its account, which counts plans where they ended."""

    evidence: Evidence  # needs together; who joined and left within the year is in neither
    account: pd.DataFrame  # census_year, place_type and FLOWS; now is what the others lead to
    notes: tuple[str, ...]  # what a reader of the account should know
    borrowed: str  # of them, which plans have the ages or places of another January
    national: NationalPattern  # that it rests on


def published_evidence(
    tables: Mapping[str, pd.DataFrame],
    *,
    area_code: str,
    origin: int,
    national: NationalPattern | None = None,
) -> Published:
    """The evidence of one area in all pairs of Januaries available up to an origin."""
    years = years_of(tables, area_code, origin=origin)
    national = national or national_pattern(tables, origin=origin)
    flows, net = zip(*(_flows(year, national) for year in years), strict=True)
    before = np.stack([each["before"] for each in flows])[:, :-1, None]
    left, moved, joined = (np.stack(part)[:, :-1, None] for part in zip(*net, strict=True))
    mid_years = [year.census_year - 1 for year in years]
    by_age = residents.persons_by_age(tables, area_code=area_code, years=mid_years)
    persons = by_age[list(AGES)].to_numpy(dtype=float)
    evidence = Evidence(
        Axes(ALL_NEEDS, PLACES),
        tuple(year.census_year for year in years),
        stock=years[-1].stock[:, None],
        before=before,
        left=left,
        moved=moved,
        need_changed=np.zeros((*before.shape[:3], 1, len(PLACES))),
        joined=joined,
        without_plan=np.clip(persons - before.sum(axis=(2, 3)), 0, None),
    )
    return Published(
        evidence,
        pd.concat(
            pd.DataFrame(
                {"census_year": year, "place_type": PLACES}
                | {flow: each[flow].sum(axis=0) for flow in FLOWS}
            )
            for year, each in zip(evidence.years, flows, strict=True)
        ).reset_index(drop=True),
        tuple(note for year in years for note in _notes(year)),
        " ".join(year.borrowed for year in years if year.borrowed),
        national,
    )


def split_by_need(evidence: Evidence, caseload: pd.DataFrame, *, area_code: str) -> Evidence:
    """The same evidence with every count split by the newest mix of needs of its place."""
    known = _need_by_place(evidence, caseload, area_code)
    axes = Axes(tuple(known.index), evidence.axes.places)
    by_need = known.to_numpy(dtype=float)
    together = by_need.sum(axis=1, keepdims=True)
    mix = np.where(by_need.sum(axis=0) > 0, by_need, together)
    mix = mix / np.maximum(mix.sum(axis=0), 1)
    stock = np.zeros(axes.shape)
    for place, plans in enumerate(evidence.stock[:, 0].astype(np.int64).T):
        needs = by_need[:, place] if by_need[:, place].any() else together[:, 0]
        totals = apportion(needs, plans.sum()).astype(np.int64)
        stock[:, :, place] = deal_evenly(totals, plans)
    share = np.broadcast_to(mix, (len(evidence.years), *axes.shape)).copy()
    plans = stock.sum(axis=1, keepdims=True)
    np.divide(stock, plans, out=share[-1], where=plans > 0)  # so that each need balances
    stayed = np.clip(evidence.before - evidence.left - evidence.moved.sum(axis=4), 0, None)
    left = evidence.left * mix
    moved = evidence.moved * share[:, :, :, None, :]
    return replace(
        evidence,
        axes=axes,
        stock=stock,
        before=stayed * share + left + moved.sum(axis=4),
        left=left,
        moved=moved,
        need_changed=np.zeros((len(evidence.years), *axes.shape[:2], *axes.shape[1:])),
        joined=evidence.joined * share,
    )


def _need_by_place(evidence: Evidence, caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plans by need and place, as last published for all ages."""
    rows = caseload[
        (caseload["area_code"] == area_code)
        & (caseload["census_year"] <= evidence.years[-1])
        & (caseload["age_band"] == TOTAL)
        & (caseload["place_type"] != TOTAL)
        & (caseload["primary_need"] != TOTAL)
    ]
    rows = rows[rows["census_year"] == rows["census_year"].max()]
    of_earlier = bool((rows["census_year"] < evidence.years[-1]).any())  # then a place may be new
    wide = rows.pivot(index="primary_need", columns="place_type", values="plans")
    told_apart = [need for need in NEEDS if need in wide.index]
    known = wide.reindex(index=told_apart, columns=list(evidence.axes.places))
    problems = [
        Problem(
            "needs_not_known",
            f"{plans:,.0f} plans in {label}, and their needs are not known",
            remedy="leave needs together, or use the authority's own records",
        )
        for label, place, plans in zip(
            evidence.axes.place_labels(),
            evidence.axes.places,
            evidence.stock.sum(axis=(0, 1)),
            strict=True,
        )
        if plans and (wide[place].isna().any() if place in wide else not of_earlier)
    ]
    raise_any(NotAvailableError, "Plans cannot be told apart by need.", problems)
    filled: pd.DataFrame = known.fillna(0.0)
    return filled


def _flows(
    year: Year, national: NationalPattern
) -> tuple[dict[str, Counts], tuple[Counts, Counts, Counts]]:
    """One year by age, 0 to 26, and place: ``FLOWS``, and left, moved and joined net. [plans]"""
    before = a_year_older(year.earlier)
    new = with_age_26(new_by_age(year, national))
    now = with_age_26(year.stock)
    pattern = national.ended_old[year.census_year]
    old = ended_by_old_age(year, before + new, pattern)
    by_age = np.concatenate([np.zeros(FIRST), year.ended_by_age[:_OLD], old])
    by_place = year.ended_by_place
    there = np.minimum(by_age, (before + new).sum(axis=1))
    ended = spread_within(before + new + now, there, by_place)
    excess = np.where(by_age - there > _ROUNDING, by_age - there, 0)
    beyond = excess[:, None] * (by_place / max(by_place.sum(), 1.0))
    moved, arrivals, departures = match_moves(now - (before + new - ended))
    left, stayed, arrived = by_origin(before + new, moved, arrivals, ended)
    flows = {
        "before": before,
        "new_plans": new,
        "other_arrivals": arrivals + beyond,
        "moved_in": moved.sum(axis=1),
        "moved_out": moved.sum(axis=2),
        "ended": ended + beyond,
        "other_departures": departures,
        "now": now,
    }
    return flows, net_of_the_year(before, left + departures, stayed, new + arrived)


def _notes(year: Year) -> list[str]:
    before, now = year.census_year - 1, year.census_year
    counted = {
        f"Plans of January {before} without age and place": year.earlier_total - year.earlier.sum(),
        f"Plans of January {now} without age and place": year.total - year.stock.sum(),
        f"New plans of {before} without a place, counted as not recorded": year.new_without_place,
        f"Plans that ended in {before} without an age, spread over all": year.ended_at_unknown_age,
    }
    said = [f"{what}: {number:,.0f}." for what, number in counted.items() if round(number)]
    return [*filter(None, [year.borrowed]), *said]


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
