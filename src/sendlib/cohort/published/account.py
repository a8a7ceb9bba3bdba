"""Evidence from published tables: who must have joined, left and moved between two Januaries.

The department publishes plans in force, plans that started and plans that
ended, each by age and by place type, but not what became of a plan. Most of
that follows: everyone is a year older, and what the counts then lack or have
too much is a move between places, or came from outside. The account that
results adds up to the published counts exactly.

Two things are not known and are settled by rule. Moves are the fewest that
balance the places of one age, spread in proportion to losses and gains. Ends
of plans are published by age and by place, not by both: each age and each
place type has its own share that ends, and the two are multiplied.

A plan is published as ended where it was when it ended. In the evidence it is
counted where it was the January before: many became NEET first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, LAST_AGE, PLACES, WHOLE_NEED, Axes, Counts
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.published.balance import by_origin, match_moves, net_of_the_year, spread_within
from sendlib.cohort.published.counts import FIRST, OLDEST, RECORDED, Year, years_of
from sendlib.cohort.published.recorded_ages import (
    England,
    a_year_older,
    ended_by_old_age,
    england_of,
    new_by_age,
    with_age_26,
)
from sendlib.errors import NotAvailableError, Problem, raise_any

_OLD = RECORDED.index(OLDEST)
_DUST = 1e-6  # left by rounding
FLOWS = (
    "before",
    "new_plans",
    "other_arrivals",
    "moved_in",
    "moved_out",
    "ended",
    "other_departures",
    "now",
)


@dataclass(frozen=True, eq=False)
class Published:
    """The evidence of one area, and the account that it rests on.

    Parameters
    ----------
    evidence : Evidence
        Needs are not told apart. Those who left are counted where they were a
        year before, and who joined and left within the year is in neither.
    account, account_by_age : pd.DataFrame
        A row for each year and place type, or age: ``census_year``,
        ``place_type`` or ``age``, and the columns ``FLOWS``; ``now`` is what
        the others lead to. Plans that ended are counted where they were when
        they ended, and moves with them. Age 26 holds those who passed 25. [plans]
    shifted_share : float
        See ``recorded_ages.England``. [share, 0 to 1]
    notes : tuple[str, ...]
        What a reader of the account should know.
    """

    evidence: Evidence
    account: pd.DataFrame
    account_by_age: pd.DataFrame
    shifted_share: float
    notes: tuple[str, ...]


def published_evidence(
    tables: Mapping[str, pd.DataFrame],
    residents: pd.DataFrame,
    *,
    area_code: str,
    origin: int,
    england: England | None = None,
) -> Published:
    """The evidence of one area in all pairs of Januaries available up to an origin."""
    years = years_of(tables, area_code, origin=origin)
    lent = england or england_of(tables, origin=origin)
    persons = _residents_of(residents, years, area_code)
    accounts = [_account(year, lent) for year in years]
    return Published(
        _evidence(accounts, persons),
        _summed(accounts, axis=0, name="place_type", values=PLACES),
        _summed(accounts, axis=1, name="age", values=(*AGES, LAST_AGE + 1)),
        lent.shifted_share,
        tuple(note for account in accounts for note in _notes(account)),
    )


@dataclass(frozen=True, eq=False)
class _Account:
    """One year: flows as published, and those who left, moved and joined in the evidence.

    Parameters
    ----------
    year : Year
        What was published.
    flows : Mapping[str, np.ndarray]
        Every one of ``FLOWS``, shape (27, place). [plans]
    net : tuple[np.ndarray, np.ndarray, np.ndarray]
        Left, moved and joined by the place held a year before, shape (27, place)
        and for moves (27, place, place). [plans]
    """

    year: Year
    flows: Mapping[str, Counts]
    net: tuple[Counts, Counts, Counts]


def _account(year: Year, lent: England) -> _Account:
    """The account of one year; those who ended beyond those held had come within the year."""
    before, new = a_year_older(year.earlier), with_age_26(new_by_age(year, lent))
    old = ended_by_old_age(year, before + new, lent.ended_old[year.census_year])
    by_age = np.concatenate([np.zeros(FIRST), year.ended_by_age[:_OLD], old])
    now = with_age_26(year.stock)
    there = np.minimum(by_age, (before + new).sum(axis=1))
    ended = spread_within(before + new + now, there, year.ended_by_place)
    beyond = _beyond(by_age - there, year.ended_by_place)
    moved, arrivals, departures = match_moves(now - (before + new - ended))
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
    left, stayed, arrived = by_origin(before + new, moved, arrivals, ended)
    net = net_of_the_year(before, left + departures, stayed, new + arrived)
    return _Account(year, flows, net)


def _beyond(by_age: Counts, by_place: Counts) -> Counts:
    """Plans that ended beyond those held, in the places where plans ended."""
    share = by_place / max(by_place.sum(), 1.0)
    return np.asarray(np.where(by_age > _DUST, by_age, 0)[:, None] * share)


def _evidence(accounts: Sequence[_Account], persons: Sequence[Counts]) -> Evidence:
    """Ages 0 to 25 of every account; those who passed 25 are left out."""
    left, moved, joined = (
        np.stack(parts)[:, :-1, None]
        for parts in zip(*(account.net for account in accounts), strict=True)
    )
    before = np.stack([account.flows["before"] for account in accounts])[:, :-1, None]
    return Evidence(
        axes=Axes(WHOLE_NEED, PLACES),
        years=tuple(account.year.census_year for account in accounts),
        stock=accounts[-1].year.stock[:, None],
        before=before,
        left=left,
        moved=moved,
        need_changed=np.zeros((*before.shape[:3], 1, len(PLACES))),
        joined=joined,
        without_plan=np.clip(np.stack(persons) - before.sum(axis=(2, 3)), 0, None),
        kind="published",
    )


def _summed(
    accounts: Sequence[_Account], *, axis: int, name: str, values: Sequence[object]
) -> pd.DataFrame:
    """The flows of every account by age or by place."""
    rows = []
    for account in accounts:
        flows = {flow: account.flows[flow].sum(axis=axis) for flow in FLOWS}
        rows.append(
            pd.DataFrame({"census_year": account.year.census_year, name: list(values), **flows})
        )
    return pd.concat(rows, ignore_index=True)


def _notes(account: _Account) -> list[str]:
    year = account.year
    before, now = year.census_year - 1, year.census_year
    counted = {
        f"Plans of January {before} without age and place": year.earlier_total - year.earlier.sum(),
        f"Plans of January {now} without age and place": year.total - year.stock.sum(),
        f"New plans of {before} without a place, counted as not recorded": year.new_without_place,
        f"Plans that ended in {before} without an age, spread over all": year.ended_at_unknown_age,
    }
    return [f"{what}: {number:,.0f}." for what, number in counted.items() if round(number)]


def _residents_of(residents: pd.DataFrame, years: Sequence[Year], area_code: str) -> list[Counts]:
    """Residents by age in the middle of the year before each January."""
    needed = [year.census_year - 1 for year in years]
    problems = [
        Problem(f"no residents of {year}", "residents", "make them for the year before a January")
        for year in needed
        if year not in residents.index
    ]
    raise_any(NotAvailableError, f"The residents of {area_code} are not available.", problems)
    return [residents.loc[year, list(AGES)].to_numpy(dtype=float) for year in needed]
