"""What the months so far say of spend in the year and after it, draw by draw.

Each draw foresees a position to date. Where the position is known, every draw is moved by how far
it missed, times what the draws say that spend moves with it: a linear Bayesian update with
perturbed observations (an ensemble Kalman filter of one step), which keeps draws and their spread.

References
----------
- Burgers, G., van Leeuwen, P. J. and Evensen, G. (1998). Analysis scheme in the ensemble Kalman
  filter. Monthly Weather Review 126(6), 1719-1724.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.finance.levers import Stream, generator
from sendlib.finance.projection import Projection
from sendlib.finance.unit_costs import Money
from sendlib.scenarios import Scenario

_OWN = (  # levers of a scenario that months are held with: its random numbers, and their doubt
    *("forecast.seed", "forecast.draws", "cohort.draws"),
    *("finance.month_doubt_pct", "finance.month_plans_doubt_pct"),
)
_YEAR = 12  # months
_AFTER_COUNT = 2.5  # months from the January count to April
_ACCRUAL_PCT = 1.0  # even a full year's position is known no better


@dataclass(frozen=True)
class Position:
    """One term of the monitoring, and what each draw foresaw of it."""

    what: str
    month: str
    value: float
    foreseen: Money  # shape (draws,)
    doubt: float  # standard deviation of the position around what a draw foresees
    is_money: bool = False


@dataclass(frozen=True, eq=False)
class YearSoFar:
    """The positions of the months, and how many times what was foreseen is spent with them."""

    positions: tuple[Position, ...]
    times: Money  # shape (draws, years)

    @classmethod
    def of(
        cls, months: pd.DataFrame, money: Projection, *, stock: Money, requests: Money
    ) -> "YearSoFar":
        """From months of the first year, and a run without them.

        ``stock`` is plans in two Januaries, shape (draws, 2), ``requests`` those of the year
        between, shape (draws,).
        """
        positions = tuple(_positions(months, money, stock, requests))
        spend = money.cost.sum(axis=2) + money.other_lines
        moved = update(spend, positions, generator(money.scenario, Stream.MONTHS))
        return cls(positions, moved / spend)

    @property
    def month(self) -> str:
        """The last of the months, as a sentence has it."""
        last = max(each.month for each in self.positions)
        return f"{pd.Period(last, freq='M'):%B %Y}"


def usual(scenario: Scenario) -> Scenario:
    """What months are held against: the baseline of a scenario, with its random numbers.

    Were they held against each scenario, they would cancel what it changes from this year on.
    """
    return scenario.before_changes(but=_OWN)


def doubts(scenario: Scenario) -> tuple[float, float]:
    """How far spend or requests of a month, and plans at its end, may be from their path. [%]"""
    value = scenario.value
    return value("finance.month_doubt_pct"), value("finance.month_plans_doubt_pct")


def update(values: Money, positions: tuple[Position, ...], rng: np.random.Generator) -> Money:
    """Draws of some figures, shape (draws, figures), moved towards what is known."""
    foreseen = np.stack([each.foreseen for each in positions], axis=1)
    doubt = np.array([each.doubt for each in positions])
    known = np.array([each.value for each in positions])
    observed = known + doubt * rng.standard_normal(foreseen.shape)
    apart = foreseen - foreseen.mean(axis=0)
    spread = apart.T @ apart / (len(apart) - 1) + np.diag(doubt**2)
    together = apart.T @ (values - values.mean(axis=0)) / (len(apart) - 1)
    return np.asarray(values + (observed - foreseen) @ np.linalg.solve(spread, together))


def _positions(
    months: pd.DataFrame, money: Projection, stock: Money, requests: Money
) -> Iterator[Position]:
    """The last month of each term, with what the draws foresaw to its end."""
    last = {str(item): rows.iloc[-1] for item, rows in months.groupby("item")}
    month_pct, plans_pct = doubts(money.scenario)
    gained = stock[:, 1] - stock[:, 0]
    if "requests" in last:
        row, done = last["requests"], _month_of(last["requests"]["month"])
        asked = requests * done / _YEAR
        doubt = _doubt(asked, done, month_pct)
        yield Position("Requests since January", row["month"], float(row["value"]), asked, doubt)
    if "plans" in last:
        row = last["plans"]
        since = _month_of(row["month"]) - 0.5  # the count is in the middle of January
        there = stock[:, 0] + gained * since / _YEAR
        doubt = float(there.mean()) * plans_pct / 100
        yield Position("Plans at month end", row["month"], float(row["value"]), there, doubt)
    if "spend" in last:
        row, done = last["spend"], (_month_of(last["spend"]["month"]) - 4) % _YEAR + 1
        of_year = money.cost[:, 0].sum(axis=1) + money.other_lines[:, 0]
        spent = of_year * _share_of_year(stock[:, 0], gained, done)
        doubt = _doubt(spent, done, month_pct)
        yield Position(
            "Spend since April", row["month"], float(row["value"]), spent, doubt, is_money=True
        )


def _month_of(month: str) -> int:
    return int(month[5:7])


def _doubt(foreseen: Money, done: int, month_pct: float) -> float:
    """How far a sum of months may be from its share of the year.

    Months that differ by themselves, given what they add up to, leave a bridge: nothing is left
    to doubt when the year is over, but what is accrued.
    """
    bridge = month_pct * np.sqrt((_YEAR - done) / (_YEAR * done))
    return float(foreseen.mean() * np.hypot(bridge, _ACCRUAL_PCT) / 100)


def _share_of_year(stock: Money, gained: Money, done: int) -> Money:
    """How much of a financial year's spend falls before a month's end, if it follows plans."""

    def spent(months: int) -> Money:
        return stock * months + gained / _YEAR * (_AFTER_COUNT * months + months**2 / 2)

    return spent(done) / spent(_YEAR)
