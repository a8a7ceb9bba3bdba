"""The deficit under a few settings, by plain arithmetic on the draws of one projection.

Nothing is simulated again, so ``pages/what_if.js`` does the same sums on a page. Effects that
places and plans have on one another are left out; a scenario has them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from sendlib.finance.projection import Projection, in_world
from sendlib.finance.unit_costs import Money
from sendlib.periods import financial_year_start
from sendlib.vocabulary import PLACE_GROUPS

MAINSTREAM, BASES, SPECIAL, INDEPENDENT = tuple(PLACE_GROUPS)[:4]
TOPPED_UP = (MAINSTREAM, BASES, SPECIAL)  # kinds that an authority pays top-ups to
SEAT_GBP = 10_000.0  # a year of a place in a state special school, filled or empty
FROM_SEPTEMBER = 7 / 12  # of the financial year in which a place opens
World = tuple[bool, bool]
"""Whether the grant is approved, and whether central government meets new deficits."""


@dataclass(frozen=True, eq=False)
class Draws:
    """What the arithmetic needs of a projection, for some of its draws. [£]"""

    financial_years: tuple[str, ...]
    kinds: tuple[str, ...]
    cost: Money  # shape (draws, years, kinds)
    other_cost: Money  # lines that grow with plans, shape (draws, years)
    places: Money  # commissioned in institutions, shape (draws, years)
    block: Money  # shape (draws, years)
    block_years: Money  # how often it has grown since it was last known, shape (years,)
    other_income: Money  # shape (draws, years)
    schools_block: Money  # shape (years,)
    plan_cost: Money  # mean cost of a plan-year by kind, shape (years, kinds)
    opening_gbp: float
    granted: Money  # share of the opening deficit that an approved grant pays, shape (years,)
    met: Money  # share of new deficits that is met in any world, shape (years,)
    taken_over: Money  # and in a world in which central government meets them, shape (years,)
    levels: tuple[float, float, float]  # the quantiles of low, middle and high
    as_it_stands: Mapping[World, Money]  # ranges of all draws with nothing set, (years, 3)


@dataclass(frozen=True)
class Settings:
    """What may be set, each at what leaves the projection as it is."""

    plans_points: float = 0.0  # added to the growth of plans in each year [points]
    price_pct: Mapping[str, float] = field(default_factory=dict)  # by kind, in every year [%]
    top_ups_pct: float = 0.0  # of state schools and bases, in every year [%]
    allocation_points: float = 0.0  # added to the growth of the block in each year [points]
    transfer_pct: float = 0.0  # of the schools block, added in each year [%]
    added_places: float = 0.0  # in state special schools
    opens: int = 0  # which year they open in, 0 for the first
    displaced_pct: float = 0.0  # of those, taken by who would be in an independent school [%]
    grant: bool = False  # whether it is approved
    takeover: bool = False  # whether central government meets new deficits from its year on


def draws_of(
    money: Projection,
    schools_block: Money,
    *,
    allocated: Collection[int] = (),
    most: int | None = None,
) -> Draws:
    """The draws of a projection, or some spread evenly over them by their last balance.

    ``schools_block`` is by year [£]; in the years that begin in one of ``allocated`` the block is
    known, and no setting moves it.
    """
    order = np.argsort(money.before.closing[:, -1], kind="stable")
    count = min(most or len(order), len(order))
    chosen = np.sort(order[((np.arange(count) + 0.5) * len(order) / count).astype(int)])
    cost, paid_for = (
        np.stack(list(money.by_kind(each).values()), axis=2)
        for each in (money.cost, money.plan_years)
    )
    income = money.income
    granted, met, taken_over = _support_shares(money)
    starts = [financial_year_start(name) for name in money.financial_years]
    return Draws(
        money.financial_years,
        tuple(PLACE_GROUPS),
        cost[chosen],
        money.other_lines[chosen],
        money.places[chosen],
        income.before_deductions[chosen],
        _years_since_known(starts, allocated),
        (income.total() - income.before_deductions)[chosen],
        np.asarray(schools_block, dtype=float),
        cost.mean(axis=0) / np.maximum(paid_for.mean(axis=0), 1.0),
        money.opening_gbp,
        granted,
        met,
        taken_over,
        money.levels,
        {
            (grant, takeover): _quantiles(
                -in_world(money, grant=grant, takeover=takeover).closing, money.levels
            )
            for grant, takeover in product((False, True), repeat=2)
        },
    )


def _years_since_known(starts: Sequence[int], allocated: Collection[int]) -> Money:
    """By year: how often the block has grown since it was last known, none where it is."""
    since = [0]
    for start in starts:
        since.append(0 if start in allocated else since[-1] + 1)
    return np.asarray(since[1:])


def _support_shares(money: Projection) -> tuple[Money, Money, Money]:
    """By year: what a grant pays of the opening deficit, and what is met of new ones."""
    value = money.scenario.value
    starts = np.array([financial_year_start(name) for name in money.financial_years])
    cut_off, central = int(value("finance.grant_cut_off")), int(value("finance.central_from"))
    granted = (starts == cut_off) * value("finance.grant_share_pct") / 100
    between = (starts >= cut_off) & (starts < central)
    met = between * value("finance.between_share_pct") / 100
    return granted, met, (starts >= central).astype(float)


def _quantiles(values: Money, levels: tuple[float, float, float]) -> Money:
    return np.quantile(values, levels, axis=0).T


def in_year(draws: Draws, settings: Settings) -> Money:
    """Income less cost of each year under some settings, shape (draws, years). [£]"""
    ahead = np.arange(1, len(draws.financial_years) + 1)
    plans = (1 + settings.plans_points / 100) ** ahead
    price = 1 + np.array([settings.price_pct.get(kind, 0.0) for kind in draws.kinds]) / 100
    topped = np.isin(draws.kinds, TOPPED_UP)
    price = price * np.where(topped, 1 + settings.top_ups_pct / 100, 1.0)
    cost = (draws.cost @ price + draws.other_cost) * plans + draws.places
    block = draws.block * (1 + settings.allocation_points / 100) ** draws.block_years
    moved = settings.transfer_pct / 100 * draws.schools_block
    added = added_places_cost(draws, settings, price)
    return np.asarray(block + moved + draws.other_income - cost - added)


def added_places_cost(draws: Draws, settings: Settings, price: Money) -> Money:
    """What added places cost in each year, less what they save, shape (years,). [£]"""
    since = np.arange(len(draws.financial_years)) - settings.opens
    seats = settings.added_places * np.where(
        since > 0, 1.0, np.where(since == 0, FROM_SEPTEMBER, 0)
    )
    main, special, independent = (
        draws.plan_cost[:, draws.kinds.index(kind)] * price[draws.kinds.index(kind)]
        for kind in (MAINSTREAM, SPECIAL, INDEPENDENT)
    )
    displaced = settings.displaced_pct / 100
    before = displaced * independent + (1 - displaced) * main
    return np.asarray(seats * (SEAT_GBP + special - before))


def closing(draws: Draws, settings: Settings) -> Money:
    """The balance left to the council at each March, shape (draws, years). [£]"""
    each_year = in_year(draws, settings)
    before = draws.opening_gbp + np.cumsum(each_year, axis=1)
    owed = np.maximum(each_year - before, 0.0)  # at the opening of each year
    met = draws.met + draws.taken_over * settings.takeover
    taken = draws.granted * settings.grant * owed + met * np.maximum(-each_year, 0.0)
    return np.asarray(before + np.cumsum(taken, axis=1))


def deficits(draws: Draws, settings: Settings) -> Money:
    """Low, middle and high of the deficit at each March, shape (years, 3). [£]

    Those of all draws with nothing set, and what the settings change in the draws at hand: with
    nothing set a page says what its other charts say.
    """
    world = settings.grant, settings.takeover
    now, start = (
        _quantiles(-closing(draws, each), draws.levels)
        for each in (settings, Settings(grant=settings.grant, takeover=settings.takeover))
    )
    return np.asarray(draws.as_it_stands[world] + now - start)
