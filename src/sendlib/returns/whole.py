"""Whole numbers for a whole return: rounded once, cell by cell, and added up for every table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import Counts
from sendlib.finance import Model, balances
from sendlib.returns.groups import PROVISIONS, TABS, group_of
from sendlib.returns.means import Position, positions
from sendlib.returns.rounding import Ints, Sums, round_together, sums_along, sums_by_group
from sendlib.returns.summary import Summary, actuals, summarise
from sendlib.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Rounded:
    """One position in whole numbers.

    Parameters
    ----------
    position : Position
        The means behind it.
    plans : np.ndarray
        Shape (January, age band, need, place). [plans]
    cost : np.ndarray
        Shape (financial year, age band, need, place). [£]
    summary : Summary
        The financial summary, whose lines the cost adds up to.
    """

    position: Position
    plans: Ints
    cost: Ints
    summary: Summary

    @property
    def name(self) -> str:
        """``Unmitigated`` or ``Mitigated``."""
        return self.position.name


@dataclass(frozen=True, eq=False)
class Numbers:
    """All numbers of a return.

    Parameters
    ----------
    model : Model
        Of the authority, needs told apart.
    scenario : Scenario
        Mitigations included.
    unmitigated, mitigated : Rounded
        The same object where the scenario has no mitigations.
    stated : pd.DataFrame
        Balances that the authority has stated, as made by ``finance.balances``.
    actuals : dict[str, float]
        Lines of the summary for the year before the first. [£]
    """

    model: Model
    scenario: Scenario
    unmitigated: Rounded
    mitigated: Rounded
    stated: pd.DataFrame
    actuals: dict[str, float]

    @property
    def different(self) -> tuple[Rounded, ...]:
        """The positions that differ: one where there are no mitigations."""
        if self.mitigated is self.unmitigated:
            return (self.unmitigated,)
        return self.unmitigated, self.mitigated

    @property
    def origin(self) -> int:
        """The January counted last."""
        return self.model.caseload.origin

    @property
    def januaries(self) -> list[int]:
        """The Januaries of the plans."""
        return list(range(self.origin, self.origin + len(self.unmitigated.plans)))

    @property
    def financial_years(self) -> tuple[str, ...]:
        """The years of the cost."""
        return self.unmitigated.summary.financial_years


def numbers(model: Model, scenario: Scenario, *, dsg_balance: pd.DataFrame) -> Numbers:
    """Run a scenario and round it.

    Parameters
    ----------
    model : Model
        With needs told apart.
    scenario : Scenario
        Any.
    dsg_balance : pd.DataFrame
        The table.

    Raises
    ------
    ScenarioError
        If a lever is not valid.
    """
    found = positions(model, scenario)
    before = _rounded(found[0])
    after = before if found[1] is found[0] else _rounded(found[1], like=before)
    mine = balances(dsg_balance, model.caseload.area_code)
    known = actuals(model.known, mine, origin=model.caseload.origin)
    return Numbers(model, scenario, before, after, mine, known)


def _rounded(position: Position, *, like: Rounded | None = None) -> Rounded:
    """One position in whole numbers; what is the same in another is rounded alike."""
    by_place = position.cost.sum(axis=(1, 2))
    places = position.futures.axes.places
    summary = summarise(position.money, by_place, like=None if like is None else like.summary)
    tabs = np.array([summary.whole[tab] for tab in TABS]).T
    other: tuple[tuple[Counts, Ints] | None, ...] = (None, None)
    if like is not None:
        other = ((like.position.plans, like.plans), (like.position.cost, like.cost))
    plans = _whole(position.plans, places, [None] * len(position.plans), other[0])
    return Rounded(position, plans, _whole(position.cost, places, list(tabs), other[1]), summary)


def _whole(
    tables: Counts,
    places: tuple[str, ...],
    tabs: Sequence[Counts | None],
    like: tuple[Counts, Ints] | None,
) -> Ints:
    """Round a table of each year, shape (year, age band, need, place)."""
    rounded = [
        round_together(
            table,
            shown_sums(table, places, tabs[year]),
            like=None if like is None else (like[0][year], like[1][year]),
        )
        for year, table in enumerate(tables)
    ]
    return np.stack(rounded)


def shown_sums(table: Counts, places: tuple[str, ...], tabs: Counts | None = None) -> list[Sums]:
    """The sums of one year's table that some sheet shows."""
    shape = table.shape
    whole = np.rint(table.sum()) if tabs is None else np.nan
    tab, provision = group_of(places, TABS), group_of(places, PROVISIONS)
    band, need, place = np.indices(shape).reshape(3, -1)
    count = len(TABS)
    return [
        *(sums_along(shape, axes) for axes in ([0], [1], [2], [1, 2])),
        sums_by_group(np.zeros_like(band), 1, np.array([whole])),
        sums_by_group(tab[place], count, tabs),
        sums_by_group(provision[place], len(PROVISIONS)),
        sums_by_group(band * count + tab[place], shape[0] * count),
        sums_by_group(need * count + tab[place], shape[1] * count),
    ]
