"""What the months so far change of each March, and when a deficit is likely to pass a threshold."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.months import Position, doubts
from sendlib.finance.own import BUDGET, IN_YEAR, SPEND
from sendlib.finance.projection import Projection
from sendlib.finance.unit_costs import Money
from sendlib.pages.formats import chance, count, gbp_m
from sendlib.periods import closing_date, financial_year_start

_YEAR = 12  # months
_LIKELY = 0.5
_EARLY = 0.1
_NONE = (
    "No months of this year are stored: there is a sheet for them in the workbook of "
    "sendlib finance template."
)
_NOTE = (
    "Spend is expected to follow plans through the year, requests to come evenly. A month may "
    "differ from that by {month:g}% (a standard deviation) and plans by {plans:g}%; both are "
    "assumptions. What the baseline foresees is held against the months, and every scenario is "
    "moved alike: what one changes comes on top. All other figures hold the months."
)


@dataclass(frozen=True, eq=False)
class EarlyWarning:
    """The year so far: positions, the range of each March before and after, and the breach."""

    money: Projection
    before: Projection  # the same without the months
    positions: tuple[Position, ...]
    budgets: tuple[Position, ...]  # of the whole year: beside the draws, which they do not move
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
        """The deficit at each March before the months, and with them, as everywhere else.

        Returns
        -------
        pd.DataFrame
            ``at``; ``low``, ``middle`` and ``high``; the same before the months. Empty without
            monitoring. [£]
        """
        names = ["low", "middle", "high"]
        both = [np.quantile(-each, self.money.levels, axis=0).T for each in self._pair()]
        frame = pd.DataFrame(
            np.hstack(both), columns=names + [f"{each}, before the months" for each in names]
        )
        frame.insert(0, "at", [closing_date(year) for year in self.money.financial_years])
        month, plans = doubts(self.money.scenario)
        what = "deficit at each March, before further support: with the months, and before them"
        shown = frame if self.positions or self.budgets else frame.iloc[:0]
        stated = [
            f"{term}, {of}: {value}; foreseen {low} to {high}, middle {middle}."
            for term, of, value, low, middle, high in self.to_date.itertuples(index=False)
        ]
        notes = [*stated, _NOTE.format(month=month, plans=plans)]
        # nobody has to state any
        return in_millions(shown, what, why=_NONE, notes=notes, missing=False)

    def _pair(self) -> tuple[Money, Money]:
        return self.money.before.closing, self.before.before.closing

    def breach(self) -> pd.Series:
        """The chance that the deficit has passed the threshold by the end of each month.

        Between two Marches a deficit is taken to grow evenly.
        """
        closing = self.money.before.closing
        opening = np.full((len(closing), 1), self.money.opening_gbp)
        marches = np.hstack([opening, closing])
        share = np.arange(1, _YEAR + 1) / _YEAR
        paths = marches[:, :-1, None] + np.diff(marches, axis=1)[:, :, None] * share
        deficits = np.hstack([-opening, -paths.reshape(len(paths), -1)])
        passed = np.maximum.accumulate(deficits, axis=1) > self.threshold_gbp
        start = pd.Period(f"{financial_year_start(self.money.financial_years[0])}-03", freq="M")
        months = pd.period_range(start, periods=passed.shape[1], freq="M")
        return pd.Series(passed.mean(axis=0), months)

    def say(self) -> str:
        """Two sentences: what the months change of the next March, and by when it is passed."""
        return " ".join([*self._say_range(), self._say_breach()])

    def _say_range(self) -> Iterator[str]:
        if self.positions:
            after, before = (
                " to ".join(map(gbp_m, np.quantile(-each[:, 0], self.money.levels)[[0, 2]]))
                for each in self._pair()
            )
            date = closing_date(self.money.financial_years[0])
            yield (
                f"With the months to {self.money.month} the deficit at {date} is likely to be "
                f"{after}; without them it was {before}."
            )

    def _say_breach(self) -> str:
        if not self.money.opening_known:
            return "No month can be given: the balance to start from is not known."
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
    """What the months of the first year have changed of a projection, and what it says of a breach.

    Parameters
    ----------
    model : Model
        With the authority's own figures, of which the sheets Monitoring and Budget are used.
    money : Projection
        A run of it.
    threshold_gbp : float
        A deficit to know the date of. [£]
    """
    so_far = model.year_so_far(money.scenario)
    positions = so_far.positions if so_far else ()
    before = model.run(money.scenario, with_months=False) if so_far else money
    return EarlyWarning(money, before, positions, tuple(_budgets(model, before)), threshold_gbp)


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
