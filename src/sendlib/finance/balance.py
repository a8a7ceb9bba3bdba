"""The balance carried forward, draw by draw, and what government takes on of a deficit.

A deficit is a negative balance. Draws are added first; chances and ranges are
taken last.

References
----------
- HM Government (2026). High Needs Stability Grant explanatory note (source
  ``govuk_hnsg_2026_02_09``): the share that an approved grant pays, and of which deficit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sendlib.finance.unit_costs import Money
from sendlib.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Balances:
    """The high needs balance at each 31 March, in every draw."""

    financial_years: tuple[str, ...]
    in_year: Money  # income less cost, shape (draws, years) [£]
    closing: Money  # shape (draws, years), negative for a deficit [£]

    def chance_below(self, threshold_gbp: float) -> pd.Series:
        """The chance that each year closes below a balance: -100 million for a deficit of £100m."""
        return self._by_year(self.closing < threshold_gbp)

    def chance_in_balance(self) -> pd.Series:
        """The chance that income covers the cost of each year. [share]"""
        return self._by_year(self.in_year >= 0)

    def _by_year(self, cases: NDArray[np.bool_]) -> pd.Series:
        return pd.Series(cases.mean(axis=0), pd.Index(self.financial_years, name="financial_year"))


def roll_forward(
    in_year: Money, *, opening_gbp: float | Money, financial_years: Sequence[str]
) -> Balances:
    """Carry a balance forward, one financial year at a time.

    Examples
    --------
    >>> balances = roll_forward(
    ...     np.array([[-10.0, -5.0]]), opening_gbp=-60.0, financial_years=["2025-26", "2026-27"]
    ... )
    >>> balances.closing.tolist()
    [[-70.0, -75.0]]
    """
    opening = np.broadcast_to(np.asarray(opening_gbp, dtype=float), (len(in_year),))
    closing = opening[:, None] + np.cumsum(in_year, axis=1)
    return Balances(tuple(financial_years), in_year, closing)


def interest_foregone(balances: Balances, *, opening_gbp: float, rate_pct: ArrayLike) -> Money:
    """What the council's cash would have earned, had it not met the deficit.

    A cost to the general fund, not to the grant: on the average of each year's
    opening and closing deficit; nothing on a surplus. Shape (draws, years). [£]
    """
    opening = np.full((len(balances.closing), 1), opening_gbp)
    opening = np.concatenate([opening, balances.closing[:, :-1]], axis=1)
    deficit = -np.minimum((opening + balances.closing) / 2, 0.0)
    return np.asarray(deficit * np.asarray(rate_pct) / 100)


@dataclass(frozen=True, eq=False)
class Support:
    """What government takes on, in every draw."""

    grant: Money  # in the year that opens at the cut-off, shape (draws, years) [£]
    central: Money  # in-year deficits met by central government, same shape [£]


def support(
    scenario: Scenario, before: Balances, starts: Sequence[int], *, rng: np.random.Generator
) -> Support:
    """What government takes on under a scenario's policy levers.

    ``before`` is without any further support, ``starts`` the years in which its financial years
    begin. Where a scenario states a chance of the grant, ``rng`` decides in each draw.
    """
    years = np.asarray(starts)
    approved = rng.random(len(before.closing)) < scenario.value("finance.grant_approval_pct") / 100
    cut_off = int(scenario.value("finance.grant_cut_off"))
    grant = np.zeros_like(before.closing)
    for paid in np.flatnonzero(years == cut_off):
        opening = before.closing[:, paid] - before.in_year[:, paid]
        share = scenario.value("finance.grant_share_pct") / 100
        grant[:, paid] = np.maximum(-opening, 0.0) * share * approved
    between = scenario.value("finance.between_share_pct") / 100
    met = np.where(
        years >= int(scenario.value("finance.central_from")),
        scenario.value("finance.central_share_pct") / 100,
        np.where(years >= cut_off, between, 0.0),
    )
    return Support(grant, np.asarray(np.maximum(-before.in_year, 0.0) * met))


def after_support(before: Balances, taken: Support, *, opening_gbp: float | Money) -> Balances:
    """The balance that is left to the council."""
    in_year = before.in_year + taken.grant + taken.central
    return roll_forward(in_year, opening_gbp=opening_gbp, financial_years=before.financial_years)
