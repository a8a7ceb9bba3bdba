"""Which number of a scenario's outlook is explained: a balance at a year end, or a cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sendlib.errors import ParameterError, Problem, did_you_mean, raise_any
from sendlib.finance.projection import Projection
from sendlib.periods import closing_date

Money = NDArray[np.float64]


class FigureKind(StrEnum):
    """What is read off an outlook."""

    BEFORE_SUPPORT = "before_support"  # the closing balance, nothing paid by government
    AFTER_SUPPORT = "after_support"  # the closing balance that is left to the council
    IN_YEAR = "in_year"  # income less cost, nothing paid by government
    COST = "cost"  # of all years up to one


@dataclass(frozen=True)
class Figure:
    """One number in every draw of an outlook.

    Parameters
    ----------
    kind : FigureKind
        What it is.
    financial_year : str
        The year, or the last of the years of a cost.
    since : str, optional
        The first of the years of a cost; the first of the outlook otherwise.

    Examples
    --------
    >>> Figure(FigureKind.BEFORE_SUPPORT, "2030-31").label
    'Balance at 31 March 2031 before support'
    """

    kind: FigureKind
    financial_year: str
    since: str | None = None

    @property
    def label(self) -> str:
        """What a page calls it."""
        match self.kind:
            case FigureKind.IN_YEAR:
                return f"In-year balance of {self.financial_year}"
            case FigureKind.COST:
                since = f"{self.since} to " if self.since else "all years to "
                return f"Cost of {since}{self.financial_year}"
        side = "before" if self.kind == FigureKind.BEFORE_SUPPORT else "after"
        return f"Balance at {closing_date(self.financial_year)} {side} support"

    def draws(self, outlook: Projection) -> Money:
        """The number in each draw, shape (draws,). [£]

        Raises
        ------
        ParameterError
            If a year is not among those of the outlook.
        """
        at = _position(self.financial_year, outlook.financial_years)
        match self.kind:
            case FigureKind.IN_YEAR:
                return outlook.before.in_year[:, at]
            case FigureKind.COST:
                first = _position(self.since, outlook.financial_years) if self.since else 0
                return np.asarray(outlook.total_cost[:, first : at + 1].sum(axis=1))
        balances = outlook.before if self.kind == FigureKind.BEFORE_SUPPORT else outlook.left
        return balances.closing[:, at]


def _position(year: str, years: Sequence[str]) -> int:
    problems = []
    if year not in years:
        problems.append(Problem(f"{year!r}", "financial_year", did_you_mean(year, years)))
    raise_any(ParameterError, "That year is not among the years ahead.", problems)
    return list(years).index(year)
