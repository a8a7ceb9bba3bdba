"""What the months so far say of the year-end, and when a deficit is likely to pass a threshold.

Each draw foresees a position to date. Where the position is known, every draw is moved by how far
it missed, times what the draws say that the year-end moves with it: a linear Bayesian update with
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

from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.own import BUDGET, IN_YEAR, MONTHS, SPEND
from sendlib.finance.projection import Money, Projection, generator
from sendlib.pages.formats import chance, count, gbp_m
from sendlib.periods import closing_date, financial_year_start

_STREAM = 6  # of random numbers, after those of the projection
_YEAR = 12  # months
_AFTER_COUNT = 2.5  # months from the January count to April
_ACCRUAL_PCT = 1.0  # even a full year's position is known no better
_LIKELY = 0.5
_EARLY = 0.1
_NONE = (
    "No months of this year are stored: they have a sheet in the workbook of "
    "sendlib finance template."
)
_NOTE = (
    "Spend is expected to follow plans through the year, requests to come evenly. A month may "
    "differ from that by {month:g}% (a standard deviation) and plans by {plans:g}%; both are "
    "assumptions. Other figures of this page do not yet hold the year so far."
)


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
class EarlyWarning:
    """The year so far: positions, the range of each March before and after, and the breach."""

    money: Projection
    positions: tuple[Position, ...]
    budgets: tuple[Position, ...]  # of the whole year: beside the draws, which they do not move
    closing: Money  # balances after the update, shape (draws, years) [£]
    threshold_gbp: float

    @property
    def to_date(self) -> pd.DataFrame:
        """What the months and the budget say beside what was foreseen of them.

        Returns
        -------
        pd.DataFrame
            ``term``, ``of`` (the last month, or the year), ``stated`` and what was foreseen:
            low, middle and high.
        """
        rows = []
        for each in (*self.positions, *self.budgets):
            say = gbp_m if each.is_money else count
            low, middle, high = np.quantile(each.foreseen, self.money.levels)
            rows.append((each.what, each.month, *map(say, (each.value, low, middle, high))))
        ends = [f"foreseen, {end}" for end in ("low", "middle", "high")]
        frame = pd.DataFrame(rows, columns=["term", "of", "stated", *ends], dtype="str")
        frame.attrs = {"what": "the year so far and its budget, and what was foreseen"}
        return frame

    @property
    def updated(self) -> pd.DataFrame:
        """The deficit at each March as projected, and with the year so far.

        Returns
        -------
        pd.DataFrame
            ``at``; ``low``, ``middle`` and ``high`` as projected; the same with the year so far.
            Empty without monitoring. [£]
        """
        names = ["low", "middle", "high"]
        both = [np.quantile(-each, self.money.levels, axis=0).T for each in self._pair()]
        frame = pd.DataFrame(
            np.hstack(both), columns=names + [f"{each}, updated" for each in names]
        )
        frame.insert(0, "at", [closing_date(year) for year in self.money.financial_years])
        value = self.money.scenario.value
        month, plans = (value(f"finance.month_{name}doubt_pct") for name in ("", "plans_"))
        what = "deficit at each March, before further support: as projected, and with the months"
        shown = frame if self.positions or self.budgets else frame.iloc[:0]
        stated = [
            f"{term}, {of}: {value}; foreseen {low} to {high}, middle {middle}."
            for term, of, value, low, middle, high in self.to_date.itertuples(index=False)
        ]
        notes = [*stated, _NOTE.format(month=month, plans=plans)]
        frame = in_millions(shown, what, why=_NONE, notes=notes)
        frame.attrs["missing"] = False  # nobody has to state any
        return frame

    def _pair(self) -> tuple[Money, Money]:
        return self.money.before.closing, self.closing

    def breach(self) -> pd.Series:
        """The chance that the deficit has passed the threshold by the end of each month.

        Between two Marches a deficit is taken to grow evenly.
        """
        opening = np.full((len(self.closing), 1), self.money.opening_gbp)
        marches = np.hstack([opening, self.closing])
        share = np.arange(1, _YEAR + 1) / _YEAR
        paths = marches[:, :-1, None] + np.diff(marches, axis=1)[:, :, None] * share
        deficits = np.hstack([-opening, -paths.reshape(len(paths), -1)])
        passed = np.maximum.accumulate(deficits, axis=1) > self.threshold_gbp
        start = pd.Period(f"{financial_year_start(self.money.financial_years[0])}-03", freq="M")
        months = pd.period_range(start, periods=passed.shape[1], freq="M")
        return pd.Series(passed.mean(axis=0), months)

    def say(self) -> str:
        """Two sentences: what the months change of the next March, and when the threshold goes."""
        return " ".join([*self._say_range(), self._say_breach()])

    def _say_range(self) -> Iterator[str]:
        if self.positions:
            last = max(each.month for each in self.positions)
            before, after = (
                " to ".join(map(gbp_m, np.quantile(-each[:, 0], self.money.levels)[[0, 2]]))
                for each in self._pair()
            )
            date = closing_date(self.money.financial_years[0])
            month = pd.Period(last, freq="M").strftime("%B %Y")
            yield (
                f"With the months to {month} the deficit at {date} is likely to be {after}; "
                f"without them it was {before}."
            )

    def _say_breach(self) -> str:
        by_month, threshold = self.breach(), gbp_m(self.threshold_gbp)
        if by_month.iloc[0] > _LIKELY:
            return f"A deficit of {threshold} was passed before {by_month.index[0]:%B %Y} ended."
        likely, early = (by_month.index[by_month > share] for share in (_LIKELY, _EARLY))
        if likely.empty:
            final = chance(float(by_month.iloc[-1]))
            return f"A deficit of {threshold} is not likely by {by_month.index[-1]:%B %Y}: {final}."
        first = "" if early[0] == likely[0] else f", and in one case in ten by {early[0]:%B %Y}"
        return f"A deficit of {threshold} is likely to be passed by {likely[0]:%B %Y}{first}."


def early_warning(model: Model, money: Projection, *, threshold_gbp: float) -> EarlyWarning:
    """Update a projection with the months of its first year that are known.

    Parameters
    ----------
    model : Model
        With the authority's own figures, of which the sheet Monitoring is used.
    money : Projection
        A run of it.
    threshold_gbp : float
        A deficit to know the date of. [£]
    """
    frame = model.known.own.frame
    months = frame[frame["sheet"] == MONTHS].sort_values("month")
    positions = tuple(_positions(model, money, months)) if len(months) else ()
    closing = money.before.closing
    if positions:
        closing = update(closing, positions, generator(money.scenario, _STREAM))
    return EarlyWarning(money, positions, tuple(_budgets(model, money)), closing, threshold_gbp)


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


def _positions(model: Model, money: Projection, months: pd.DataFrame) -> Iterator[Position]:
    """The last month of each term, with what the draws foresaw to its end."""
    origin, year = model.caseload.origin, money.financial_years[0]
    value, draws = money.scenario.value, len(money.plans)
    last = {str(item): rows.iloc[-1] for item, rows in months.groupby("item")}
    stock = model.places(money.scenario).simulation.total()[:, :2].astype(float)
    gained = stock[:, 1] - stock[:, 0]
    if "requests" in last and last["requests"]["month"][:4] == str(origin):
        row, done = last["requests"], _month_of(last["requests"]["month"])
        asked = model.demand(money.scenario).steps["requests"][:draws, 0] * done / _YEAR
        doubt = _doubt(asked, done, value("finance.month_doubt_pct"))
        yield Position("Requests since January", row["month"], float(row["value"]), asked, doubt)
    if "plans" in last and last["plans"]["month"][:4] == str(origin):
        row = last["plans"]
        since = _month_of(row["month"]) - 0.5  # the count is in the middle of January
        there = stock[:, 0] + gained * since / _YEAR
        doubt = float(there.mean()) * value("finance.month_plans_doubt_pct") / 100
        yield Position("Plans at month end", row["month"], float(row["value"]), there, doubt)
    if "spend" in last and last["spend"]["financial_year"] == year:
        row, done = last["spend"], (_month_of(last["spend"]["month"]) - 4) % _YEAR + 1
        of_year = money.cost[:, 0].sum(axis=1) + money.other_lines[:, 0]
        spent = of_year * _share_of_year(stock[:, 0], gained, done)
        doubt = _doubt(spent, done, value("finance.month_doubt_pct"))
        yield Position(
            "Spend since April", row["month"], float(row["value"]), spent, doubt, is_money=True
        )


def _budgets(model: Model, money: Projection) -> Iterator[Position]:
    """The budget of the first year ahead, with what the draws foresee of it."""
    year, own = money.financial_years[0], model.known.own
    terms = {
        SPEND: ("Budget of lines 1.2.x", money.cost[:, 0].sum(axis=1) + money.other_lines[:, 0]),
        IN_YEAR: ("Budgeted in-year balance", money.before.in_year[:, 0]),
    }
    for item, (what, foreseen) in terms.items():
        if year in (budget := own.by_year(BUDGET, item)).index:
            yield Position(what, year, float(budget[year]), foreseen, 0.0, is_money=True)


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
