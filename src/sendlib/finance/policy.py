"""Policy on deficits: the grant, who bears what comes after it, and when protection ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendlib.finance.roll import Balances, roll_forward
from sendlib.periods import financial_year_of_census
from sendlib.scenarios import Scenario

Money = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Support:
    """What government takes on, in every draw.

    Parameters
    ----------
    grant : np.ndarray
        Paid on the eligible deficit, in the year that opens at the cut-off where
        that is among the years, shape (draws, years). [£]
    central : np.ndarray
        In-year deficits met by central government, same shape. [£]
    approved : np.ndarray
        Whether the grant was approved, shape (draws,).
    """

    grant: Money
    central: Money
    approved: NDArray[np.bool_]


def support(
    scenario: Scenario,
    before: Balances,
    starts: Sequence[int],
    *,
    rng: np.random.Generator,
) -> Support:
    """What government takes on under a scenario's policy levers.

    Parameters
    ----------
    scenario : Scenario
        Levers of the grant and of who bears later deficits.
    before : Balances
        Without any support.
    starts : Sequence[int]
        Years in which the financial years begin.
    rng : np.random.Generator
        For the chance of approval.
    """
    years = np.asarray(starts)
    draws = len(before.closing)
    approved = rng.random(draws) < scenario.value("finance.grant_approval_pct") / 100
    cut_off = int(scenario.value("finance.grant_cut_off"))
    grant = np.zeros_like(before.closing)
    for paid in np.flatnonzero(years == cut_off):
        opening = before.closing[:, paid] - before.in_year[:, paid]
        share = scenario.value("finance.grant_share_pct") / 100
        grant[:, paid] = np.maximum(-opening, 0.0) * share * approved
    return Support(grant, _met(scenario, before, years), approved)


def after_support(before: Balances, taken: Support, *, opening_gbp: float | Money) -> Balances:
    """The balance that is left to the council."""
    return roll_forward(
        before.in_year + taken.grant + taken.central,
        opening_gbp=opening_gbp,
        financial_years=before.financial_years,
    )


def exceeds_reserves(left: Balances, reserves_gbp: float, *, ends: int) -> float | None:
    """The chance that the deficit left to the council exceeds its reserves when protection ends."""
    year = financial_year_of_census(ends)
    if year not in left.financial_years:
        return None
    return float(left.chance_below(-reserves_gbp)[year])


def _met(scenario: Scenario, before: Balances, years: NDArray[np.int64]) -> Money:
    """In-year deficits that government meets: wholly or in part, and from when."""
    central_from = int(scenario.value("finance.central_from"))
    cut_off = int(scenario.value("finance.grant_cut_off"))
    share = np.where(
        years >= central_from,
        scenario.value("finance.central_share_pct") / 100,
        np.where(years >= cut_off, scenario.value("finance.between_share_pct") / 100, 0.0),
    )
    return np.asarray(np.maximum(-before.in_year, 0.0) * share)
