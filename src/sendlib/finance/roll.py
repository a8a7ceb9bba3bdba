"""The balance carried forward, draw by draw, and what is read off it.

A deficit is a negative balance. Draws are added first; chances and ranges are
taken last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sendlib.errors import ParameterError, Problem, raise_any

Money = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Balances:
    """The high needs balance at each 31 March, in every draw.

    Parameters
    ----------
    financial_years : tuple[str, ...]
        In order.
    in_year : np.ndarray
        Income less cost, shape (draws, years). [£]
    closing : np.ndarray
        Shape (draws, years); negative for a deficit. [£]
    """

    financial_years: tuple[str, ...]
    in_year: Money
    closing: Money

    def chance_below(self, threshold_gbp: float) -> pd.Series:
        """The chance that each year closes below a balance. [share]

        For the chance of a deficit of more than £100m, ask for -100 million.
        """
        return pd.Series(
            (self.closing < threshold_gbp).mean(axis=0),
            pd.Index(self.financial_years, name="financial_year"),
        )

    def chance_in_balance(self) -> pd.Series:
        """The chance that income covers the cost of each year. [share]"""
        return pd.Series(
            (self.in_year >= 0).mean(axis=0),
            pd.Index(self.financial_years, name="financial_year"),
        )


def roll_forward(
    in_year: Money, *, opening_gbp: float | Money, financial_years: Sequence[str]
) -> Balances:
    """Carry a balance forward, one financial year at a time.

    Examples
    --------
    >>> made = roll_forward(
    ...     np.array([[-10.0, -5.0]]), opening_gbp=-60.0, financial_years=["2025-26", "2026-27"]
    ... )
    >>> made.closing.tolist()
    [[-70.0, -75.0]]
    """
    problems = []
    if in_year.shape[1] != len(financial_years):
        found = f"{in_year.shape[1]} years and {len(financial_years)} names"
        problems.append(Problem(found, "financial_years", "name every year"))
    raise_any(ParameterError, "The balance cannot be carried forward.", problems)
    opening = np.broadcast_to(np.asarray(opening_gbp, dtype=float), (len(in_year),))
    closing = opening[:, None] + np.cumsum(in_year, axis=1)
    return Balances(tuple(financial_years), in_year, closing)


def interest_foregone(balances: Balances, *, opening_gbp: float, rate_pct: ArrayLike) -> Money:
    """What the council's cash would have earned, had it not met the deficit.

    A cost to the general fund, not to the grant: on the average of each year's
    opening and closing deficit; nothing on a surplus. Shape (draws, years). [£]
    """
    opening = np.concatenate(
        [np.full((len(balances.closing), 1), opening_gbp), balances.closing[:, :-1]], axis=1
    )
    deficit = -np.minimum((opening + balances.closing) / 2, 0.0)
    return np.asarray(deficit * np.asarray(rate_pct) / 100)
