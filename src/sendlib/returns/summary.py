"""The financial summary: income, spend and balance by line, exact and in whole pounds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from sendlib.cohort.axes import Counts
from sendlib.finance import Projection
from sendlib.finance.known import KnownMoney
from sendlib.periods import financial_year
from sendlib.returns.groups import TABS, group_of
from sendlib.returns.rounding import Ints, Sums, round_together

INCOME = (
    "High needs block, places paid direct included",
    "Transfer from the schools block",
    "Payments under an agreement with the department",
    "Council contributions",
)
OTHER_SPEND = "Spend that does not follow plans"
SPEND = (*TABS, OTHER_SPEND)
GRANT, CENTRAL = "High Needs Stability Grant", "In-year deficit met by central government"
INTEREST = "Interest foregone on the deficit"
LEAVES = (*INCOME, *SPEND, GRANT, CENTRAL, INTEREST)
TOTAL_INCOME, TOTAL_SPEND = "Total income", "Total spend"
IN_YEAR = "In-year balance"
BROUGHT, CARRIED = "Brought forward before support", "Carried forward before support"
BROUGHT_LEFT, CARRIED_LEFT = (
    "Brought forward, left to the council",
    "Carried forward, left to the council",
)
OUTTURN = "Section 251 outturn, lines 1.2.x, without place funding"
OTHER_BLOCKS = ("Schools block", "Central school services block", "Early years block")
LINES: Mapping[str, str] = {
    **dict.fromkeys(INCOME, "High needs income"),
    TOTAL_INCOME: "High needs income",
    **dict.fromkeys(SPEND, "High needs spend"),
    TOTAL_SPEND: "High needs spend",
    IN_YEAR: "High needs balance",
    BROUGHT: "High needs balance",
    CARRIED: "High needs balance",
    GRANT: "Government support",
    CENTRAL: "Government support",
    BROUGHT_LEFT: "Balance after support",
    CARRIED_LEFT: "Balance after support",
    INTEREST: "General Fund, outside the grant",
    OUTTURN: "For comparison, on another basis",
    **dict.fromkeys(OTHER_BLOCKS, "Other blocks, not modelled"),
}
_ON_BALANCE = (BROUGHT, CARRIED, GRANT, BROUGHT_LEFT, CARRIED_LEFT, INTEREST)
Amounts = Mapping[str, Counts]


@dataclass(frozen=True, eq=False)
class Summary:
    """The lines of the financial summary by year; lines that are not known are left out.

    Parameters
    ----------
    financial_years : tuple[str, ...]
        In order.
    exact, whole : Mapping[str, np.ndarray]
        Amounts by line: means of draws, and whole pounds that add up. [£]
    leaves : tuple[np.ndarray, np.ndarray]
        Both for all lines that are not sums, known or not, shape (line, year). [£]
    """

    financial_years: tuple[str, ...]
    exact: Amounts
    whole: Amounts
    leaves: tuple[Counts, Ints]


def summarise(money: Projection, cost: Counts, *, like: Summary | None = None) -> Summary:
    """The financial summary of one run."""
    leaves = _leaves(money, cost)
    opening = float(np.rint(money.opening_gbp))
    whole = round_together(
        leaves, [_sums(leaves.shape[1])], like=None if like is None else like.leaves
    )
    summed = [_with_sums(amounts, opening) for amounts in (leaves, whole)]
    if not money.opening_known:
        summed = [{k: v for k, v in lines.items() if k not in _ON_BALANCE} for lines in summed]
    return Summary(money.financial_years, summed[0], summed[1], (leaves, whole))


def actuals(known: KnownMoney, stated: pd.DataFrame, *, origin: int) -> dict[str, float]:
    """What is known of the financial year in which the last January fell. [£]"""
    year = financial_year(origin - 1)
    found = {
        INCOME[0]: known.allocation.get(year),
        OUTTURN: known.outturn.get(year),
        BROUGHT: _stated_at(stated, origin - 1),
        CARRIED: _stated_at(stated, origin),
    }
    both = {BROUGHT_LEFT: found[BROUGHT], CARRIED_LEFT: found[CARRIED]}
    return {line: float(gbp) for line, gbp in {**found, **both}.items() if gbp is not None}


def _stated_at(stated: pd.DataFrame, year: int) -> float | None:
    dates = pd.to_datetime(stated["balance_date"])
    rows = stated[~stated["foreseen"] & (dates == pd.Timestamp(year, 3, 31))]
    return None if rows.empty else float(rows["closing_balance_gbp"].iloc[-1])


def _leaves(money: Projection, cost: Counts) -> Counts:
    """Mean amounts of every line that is not a sum, shape (line, year). [£]"""
    came, places = money.income, money.unit_costs.places
    streams = (came.before_deductions, came.transfer, came.agreement, came.council)
    tab = group_of(places, TABS)
    spent = [cost[:, tab == at].sum(axis=1) for at in range(len(TABS))]
    support = (money.support.grant, money.support.central, money.interest)
    means = [np.asarray(stream).mean(axis=0) for stream in streams]
    return np.array(
        [*means, *spent, money.other_lines.mean(axis=0), *(each.mean(axis=0) for each in support)]
    )


def _taken(adds: tuple[str, ...], takes: tuple[str, ...] = ()) -> Counts:
    return np.array([[float(line in adds) - float(line in takes) for line in LEAVES]])


def _sums(years: int) -> Sums:
    """Every sum that the summary shows, of leaves laid out line by line."""
    each_year, so_far = np.eye(years), np.tri(years)
    weights = [
        np.kron(_taken(INCOME), each_year),
        np.kron(_taken(SPEND), each_year),
        np.kron(_taken(INCOME, SPEND), each_year),
        np.kron(_taken(INCOME, SPEND), so_far),
        np.kron(_taken((*INCOME, GRANT, CENTRAL), SPEND), so_far),
    ]
    return Sums(csr_array(np.concatenate(weights)), np.full(len(weights) * years, np.nan))


def _with_sums(leaves: Counts | Ints, opening: float) -> dict[str, Counts]:
    """All lines from those that are not sums."""
    lines: dict[str, Counts] = dict(zip(LEAVES, leaves, strict=True))
    income = sum((lines[name] for name in INCOME), np.zeros(leaves.shape[1]))
    spend = sum((lines[name] for name in SPEND), np.zeros(leaves.shape[1]))
    in_year = income - spend
    carried = opening + np.cumsum(in_year)
    left = carried + np.cumsum(lines[GRANT] + lines[CENTRAL])
    return {
        **lines,
        TOTAL_INCOME: income,
        TOTAL_SPEND: spend,
        IN_YEAR: in_year,
        BROUGHT: np.append(opening, carried[:-1]),
        CARRIED: carried,
        BROUGHT_LEFT: np.append(opening, left[:-1]),
        CARRIED_LEFT: left,
    }
