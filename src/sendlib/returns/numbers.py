"""All numbers of a return: means of draws, and whole numbers that add up in every table.

Means add up: over cells, over years, and along a balance carried forward.
Middles do not, which is why a return is made of means and gives ranges beside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sendlib.cohort import Simulation
from sendlib.cohort.axes import AGE_BANDS, Counts
from sendlib.finance import Model, Projection
from sendlib.finance.plan_years import plan_years
from sendlib.periods import financial_year
from sendlib.returns.rounding import Ints, Sums, round_together, sums_along, sums_by_group
from sendlib.scenarios import Scenario
from sendlib.vocabulary import PlaceType, labels

UNMITIGATED, MITIGATED = "Unmitigated", "Mitigated"
TABS: Mapping[str, tuple[PlaceType, ...]] = {
    "Mainstream": (PlaceType.MAINSTREAM, PlaceType.EARLY_YEARS),
    "Resourced provision and units": (PlaceType.RESOURCED_PROVISION, PlaceType.SEN_UNIT),
    "Maintained and academy special": (PlaceType.STATE_SPECIAL,),
    "Non-maintained and independent": (
        PlaceType.NON_MAINTAINED_SPECIAL,
        PlaceType.INDEPENDENT_SPECIAL,
        PlaceType.INDEPENDENT_MAINSTREAM,
    ),
    "Hospital and AP": (PlaceType.ALTERNATIVE_PROVISION,),
    "Post-16 and FE": (PlaceType.FURTHER_EDUCATION, PlaceType.SPECIALIST_POST_16),
    "Other and direct payments": (
        PlaceType.ELECTIVE_HOME_EDUCATION,
        PlaceType.EOTAS,
        PlaceType.NEET,
        PlaceType.AWAITING,
        PlaceType.OTHER,
        PlaceType.NOT_RECORDED,
    ),
}
_TOGETHER = (PlaceType.NEET, PlaceType.AWAITING, PlaceType.OTHER, PlaceType.NOT_RECORDED)
PROVISIONS: Mapping[str, tuple[PlaceType, ...]] = {
    **{place.label: (place,) for place in PlaceType if place not in _TOGETHER},
    "No place, other or not recorded": _TOGETHER,
}
INCOME = (
    "High needs block, places paid direct included",
    "Transfer from the schools block",
    "Payments under an agreement with the department",
    "Council contributions",
    "Other blocks and usual transfers",
)
PLACES = "Places commissioned"
OTHER_SPEND = "Spend that is not for single plans"
SPEND = (*TABS, PLACES, OTHER_SPEND)
GRANT, CENTRAL = "High Needs Stability Grant", "In-year deficit met by central government"
INTEREST = "Interest foregone on the deficit"
TOTAL_INCOME, TOTAL_SPEND, IN_YEAR = "Total income", "Total spend", "In-year balance"
BROUGHT, CARRIED = "Brought forward before support", "Carried forward before support"
BROUGHT_LEFT = "Brought forward, left to the council"
CARRIED_LEFT = "Carried forward, left to the council"
OUTTURN = "Section 251 outturn, lines 1.2.x, without place funding"
LINES: Mapping[str, str] = {
    **dict.fromkeys((*INCOME, TOTAL_INCOME), "High needs income"),
    **dict.fromkeys((*SPEND, TOTAL_SPEND), "High needs spend"),
    **dict.fromkeys((IN_YEAR, BROUGHT, CARRIED), "High needs balance"),
    **dict.fromkeys((GRANT, CENTRAL), "Government support"),
    **dict.fromkeys((BROUGHT_LEFT, CARRIED_LEFT), "Balance after support"),
    INTEREST: "General Fund, outside the grant",
    OUTTURN: "For comparison, on another basis",
    **dict.fromkeys(
        ("Schools block", "Central school services block", "Early years block"),
        "Other blocks, not modelled",
    ),
}
"""Every line of the financial summary, and the block that it is in."""
_LEAVES = (*INCOME, *SPEND, GRANT, CENTRAL, INTEREST)  # lines that are not sums of others
_ON_BALANCE = {BROUGHT, CARRIED, GRANT, BROUGHT_LEFT, CARRIED_LEFT, INTEREST}


@dataclass(frozen=True, eq=False)
class Summary:
    """The financial summary by line and year [£]; lines that are not known are left out."""

    rounded: Mapping[str, Counts]  # whole pounds that add up
    leaves: tuple[Counts, Ints]  # lines that are not sums: means and rounded, shape (line, year)


@dataclass(frozen=True, eq=False)
class Position:
    """One run of a scenario, with its mitigations or without: means, and whole numbers."""

    name: str  # UNMITIGATED or MITIGATED
    simulation: Simulation  # with needs told apart
    totals: Counts  # all plans in each draw, as pages show them, shape (draw, January)
    money: Projection
    mean_plans: Counts  # shape (January, age band, need, place) [plans]
    mean_cost: Counts  # shape (financial year, age band, need, place) [£]
    plans: Ints
    cost: Ints
    summary: Summary


@dataclass(frozen=True, eq=False)
class Numbers:
    """All numbers of a return; both positions are one where there are no mitigations."""

    model: Model  # with needs told apart
    scenario: Scenario
    unmitigated: Position
    mitigated: Position
    actuals: Mapping[str, float]  # lines of the summary for the year before the first [£]

    @property
    def positions(self) -> tuple[Position, ...]:
        """The positions that differ."""
        return tuple(dict.fromkeys((self.unmitigated, self.mitigated)))

    @property
    def origin(self) -> int:
        """The January counted last."""
        return self.model.caseload.origin

    @property
    def januaries(self) -> list[int]:
        """The Januaries of the plans."""
        return list(range(self.origin, self.origin + len(self.unmitigated.plans)))

    @property
    def financial_years(self) -> tuple[str, ...]:
        """The years of the cost."""
        return self.unmitigated.money.financial_years


def group_positions(
    places: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> NDArray[np.int64]:
    """The position of the group that each place is in, shape (place,)."""
    members = {place: at for at, group in enumerate(groups.values()) for place in group}
    return np.array([members[place] for place in places], dtype=np.int64)


def place_labels(group: Sequence[str]) -> str:
    """The places of a group in words."""
    return ", ".join(labels(PlaceType)[place] for place in group)


def calculate(model: Model, scenario: Scenario) -> Numbers:
    """Run a scenario without and with its mitigations, and round both."""
    before = _position(model, scenario.without_mitigations(), UNMITIGATED)
    after = before
    if scenario.mitigations:
        after = _position(model, scenario, MITIGATED, like=before)
    return Numbers(model, scenario, before, after, _actuals(model))


def sums_in_tables(
    table: Counts, places: tuple[str, ...], tabs: Counts | None = None
) -> list[Sums]:
    """The sums of one year's table that some sheet shows."""
    shape, count = table.shape, len(TABS)
    total = np.rint(table.sum()) if tabs is None else np.nan
    tab, provision = group_positions(places, TABS), group_positions(places, PROVISIONS)
    band, need, place = np.indices(shape).reshape(3, -1)
    return [
        *(sums_along(shape, axes) for axes in ([0], [1], [2], [1, 2])),
        sums_by_group(np.zeros_like(band), 1, np.array([total])),
        sums_by_group(tab[place], count, tabs),
        sums_by_group(provision[place], len(PROVISIONS)),
        sums_by_group(band * count + tab[place], shape[0] * count),
        sums_by_group(need * count + tab[place], shape[1] * count),
    ]


def _position(
    model: Model, scenario: Scenario, name: str, *, like: Position | None = None
) -> Position:
    """One run in means and whole numbers; what is the same in another is rounded alike."""
    money, simulation = model.run(scenario), model.places(scenario).simulation
    whole = model.of_totals(scenario).places(scenario).simulation
    januaries = len(money.financial_years) + 1
    known, plans = (_mean_plans(each)[:januaries] for each in (whole, simulation))
    plans = _brought_to(plans, known.sum(axis=2, keepdims=True), (2,))
    of_places = money.cost.mean(axis=0)[:, None, None]
    cost = _brought_to(_mean_cost(simulation, money), of_places, (1, 2))
    places = simulation.axes.places
    summary = _summarise(money, cost.sum(axis=(1, 2)), like=like.summary if like else None)
    tabs = np.array([summary.rounded[tab] for tab in TABS]).T
    other = ((like.mean_plans, like.plans), (like.mean_cost, like.cost)) if like else (None, None)
    rounded = _round(plans, places, repeat(None), other[0])
    rounded_cost = _round(cost, places, tabs, other[1])
    totals = whole.total().astype(float)
    return Position(name, simulation, totals, money, plans, cost, rounded, rounded_cost, summary)


def _mean_plans(simulation: Simulation) -> Counts:
    """Mean plans at each January, shape (January, age band, need, place)."""
    stock = simulation.stock.mean(axis=0, dtype=float)
    return np.stack([stock[:, list(ages)].sum(axis=1) for ages in AGE_BANDS.values()], axis=1)


def _brought_to(table: Counts, totals: Counts, axes: tuple[int, ...]) -> Counts:
    """A table brought to sums along axes; a sum of cells that have none has the mix of all."""
    own = table.sum(axis=axes, keepdims=True)
    mix = np.where(own > 0, table, table.sum(axis=3, keepdims=True))
    return np.asarray(mix * totals / np.maximum(mix.sum(axis=axes, keepdims=True), 1e-12))


def _mean_cost(simulation: Simulation, money: Projection) -> Counts:
    """Mean cost of each financial year, shape (year, age band, need, place). [£]

    In each draw every plan-year of a place costs the same, whatever the age and
    need: costs are known by place only.
    """
    price = np.divide(
        money.cost, money.plan_years, out=np.zeros_like(money.cost), where=money.plan_years > 0
    )
    bands = []
    for ages in AGE_BANDS.values():
        stock, joined = (
            flow[:, :, list(ages)].sum(axis=2) for flow in (simulation.stock, simulation.joined)
        )
        paid_for = plan_years(stock, joined)
        bands.append(np.einsum("dynp,dyp->ynp", paid_for, price) / len(price))
    return np.stack(bands, axis=1)


def _round(
    tables: Counts,
    places: tuple[str, ...],
    tabs: Iterable[Counts | None],
    like: tuple[Counts, Ints] | None,
) -> Ints:
    """Round a table of each year, shape (year, age band, need, place)."""
    others = zip(*like, strict=True) if like else repeat(None)
    rounded = [
        round_together(table, sums_in_tables(table, places, tab), like=other)
        for table, tab, other in zip(tables, tabs, others, strict=False)
    ]
    return np.stack(rounded)


def _summarise(money: Projection, cost: Counts, *, like: Summary | None) -> Summary:
    """The financial summary of one run, from cost by place, shape (year, place). [£]"""
    income, tab = money.income, group_positions(money.unit_costs.places, TABS)
    earned = (income.before_deductions, income.transfer, income.agreement, income.council)
    others = (money.places, money.other_lines, money.support.grant, money.support.central)
    leaves = np.array(
        [
            *(np.mean(draws, axis=0) for draws in (*earned, income.other_blocks)),
            *(cost[:, tab == at].sum(axis=1) for at in range(len(TABS))),
            *(draws.mean(axis=0) for draws in (*others, money.interest)),
        ]
    )
    rounded = round_together(
        leaves, [_summary_sums(leaves.shape[1])], like=like.leaves if like else None
    )
    in_pounds = _with_sums(rounded, float(np.rint(money.opening_gbp)))
    if not money.opening_known:
        for line in _ON_BALANCE:
            del in_pounds[line]
    return Summary(in_pounds, (leaves, rounded))


def _summary_sums(years: int) -> Sums:
    """Every sum that the summary shows, of leaves laid out line by line."""

    def taken(adds: tuple[str, ...], takes: tuple[str, ...] = ()) -> Counts:
        return np.array([[float(line in adds) - float(line in takes) for line in _LEAVES]])

    each_year, so_far = np.eye(years), np.tri(years)
    weights = [
        np.kron(taken(INCOME), each_year),
        np.kron(taken(SPEND), each_year),
        np.kron(taken(INCOME, SPEND), each_year),
        np.kron(taken(INCOME, SPEND), so_far),
        np.kron(taken((*INCOME, GRANT, CENTRAL), SPEND), so_far),
    ]
    return Sums(csr_array(np.concatenate(weights)), np.full(len(weights) * years, np.nan))


def _with_sums(leaves: Ints, opening: float) -> dict[str, Counts]:
    """All lines from those that are not sums."""
    lines: dict[str, Counts] = dict(zip(_LEAVES, leaves, strict=True))
    income, spend = (np.sum([lines[name] for name in names], axis=0) for names in (INCOME, SPEND))
    lines |= {TOTAL_INCOME: income, TOTAL_SPEND: spend, IN_YEAR: income - spend}
    lines[CARRIED] = opening + np.cumsum(lines[IN_YEAR])
    lines[CARRIED_LEFT] = lines[CARRIED] + np.cumsum(lines[GRANT] + lines[CENTRAL])
    for brought, carried in ((BROUGHT, CARRIED), (BROUGHT_LEFT, CARRIED_LEFT)):
        lines[brought] = np.append(opening, lines[carried][:-1])
    return lines


def _actuals(model: Model) -> dict[str, float]:
    """What is known of the financial year in which the last January fell. [£]"""
    origin, stated = model.caseload.origin, model.known.stated
    dates, closing = pd.to_datetime(stated["balance_date"]), {}
    for year in (origin - 1, origin):
        rows = stated[~stated["foreseen"] & (dates == pd.Timestamp(year, 3, 31))]
        closing[year] = None if rows.empty else float(rows["closing_balance_gbp"].iloc[-1])
    found = {
        INCOME[0]: model.known.allocation.get(financial_year(origin - 1)),
        OUTTURN: model.known.outturn.get(financial_year(origin - 1)),
        BROUGHT: closing[origin - 1],
        CARRIED: closing[origin],
        BROUGHT_LEFT: closing[origin - 1],
        CARRIED_LEFT: closing[origin],
    }
    return {line: float(gbp) for line, gbp in found.items() if gbp is not None}
