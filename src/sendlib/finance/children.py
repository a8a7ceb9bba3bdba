"""What money needs of a caseload: plans paid for, and places that are added."""

from dataclasses import dataclass, replace

import numpy as np

from sendlib import cohort
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.seats import SeatDraws
from sendlib.finance import known
from sendlib.finance.plan_years import plan_years
from sendlib.finance.seats import running_cost
from sendlib.finance.unit_costs import Money
from sendlib.periods import financial_year_of_census


@dataclass(frozen=True, eq=False)
class Children:
    """Children ahead, in every draw."""

    plan_years: Money  # shape (draws, years, place)
    plans: Money  # in the January after the last of the years, shape (draws,)
    running: Money  # of added places, shape (draws, years) [£]
    seats: SeatDraws | None = None  # what becomes of those, where there are any

    @classmethod
    def of(cls, places: cohort.Projection) -> "Children":
        """From the draws of a cohort, whose last January is that after the last of the years."""
        simulation = places.simulation
        joined = simulation.joined.sum(axis=(2, 3))
        years = joined.shape[1] - 1
        running = np.zeros((len(joined), years)) + running_cost(places, years)
        paid_for = plan_years(simulation.by(cohort.PLACE), joined)
        plans = simulation.total()[:, -1].astype(float)
        return cls(paid_for, plans, running, simulation.seats)

    def first(self, draws: int) -> "Children":
        """The first draws."""
        seats = self.seats and self.seats.part(slice(draws))
        return Children(self.plan_years[:draws], self.plans[:draws], self.running[:draws], seats)


def with_last_year(money: known.KnownMoney, evidence: Evidence) -> known.KnownMoney:
    """The last year's plan-years from its joiners and leavers, as those ahead are counted.

    Otherwise costs that agree with its outturn would not fit the plan-years they are charged on.
    As many are taken to join after its last January as in the year before.
    """
    before, after, joined = (
        flow.sum(axis=(0, 1)) for flow in (evidence.before[-1], evidence.stock, evidence.joined[-1])
    )
    stock, new = np.stack([[before, after, after]]), np.stack([[joined, joined]])
    plans = money.plan_years.copy()
    last = financial_year_of_census(evidence.years[-1])
    plans.loc[last, list(evidence.axes.places)] = plan_years(stock, new)[0, 0]
    return replace(money, plan_years=plans)
