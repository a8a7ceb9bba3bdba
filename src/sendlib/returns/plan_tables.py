"""Tables in the layout of the department's DSG management plan."""

import numpy as np

from sendlib.cohort.axes import Counts
from sendlib.finance import closing_date
from sendlib.periods import financial_year
from sendlib.ranges import levels
from sendlib.returns.groups import TABS, described, group_of
from sendlib.returns.means import BANDS, MITIGATED, UNMITIGATED
from sendlib.returns.sheets import NOT_AVAILABLE, Cell, Column, Kind, Row, Sheet
from sendlib.returns.summary import (
    CARRIED,
    CARRIED_LEFT,
    IN_YEAR,
    LINES,
    TOTAL_INCOME,
    TOTAL_SPEND,
    Summary,
)
from sendlib.returns.whole import Numbers, Rounded
from sendlib.vocabulary import AgeBand, PrimaryNeed, labels

ALL_AGES, ALL_NEEDS, ALL_PLACES = "All ages", "All needs", "All placements"
SUMMARY = {
    UNMITIGATED: "Financial summary unmitigated",
    MITIGATED: "Financial summary mitigated",
}
PLANS_SHEET, RANGES, EFFECT, EXACT = (
    "Plans by placement",
    "Ranges",
    "Effect of mitigations",
    "Unrounded",
)
EXACT_SUMMARY = "Unrounded summary"
PLANS, COST = "Plans", "Cost"
DIFFERENCE = "mitigated less unmitigated"


def january_heading(january: int, origin: int) -> str:
    """The heading of plans at a January: counted, or projected."""
    return f"January {january} {'count' if january == origin else 'projected'}"


def cost_heading(year: str) -> str:
    """The heading of the cost of a financial year."""
    return f"Cost {year} projected (£)"


def year_heading(year: str) -> str:
    """The heading of the amounts of a financial year to come."""
    return f"{year} projected (£)"


def _year_columns(made: Numbers, kind: Kind = "gbp", width: int = 18) -> list[Column]:
    return [Column(year_heading(year), kind, width) for year in made.financial_years]


def _january_columns(made: Numbers) -> list[Column]:
    return [Column(january_heading(each, made.origin), "count") for each in made.januaries]


def financial_summary(made: Numbers, name: str) -> Sheet:
    """Income, spend, balance and support by year; the year before the first as far as held."""
    summary = (made.mitigated if name == MITIGATED else made.unmitigated).summary
    before = financial_year(made.origin - 1)
    columns = (
        Column("Block", width=32),
        Column("Line", width=52),
        Column(f"{before} actual (£)", "gbp", 18),
        *_year_columns(made),
    )
    rows = tuple(
        (block, line, _or_not_held(made.actuals.get(line)), *_amounts(summary, line))
        for line, block in LINES.items()
    )
    about = f"High needs income, spend and balance by year, {name.lower()}. A deficit is negative."
    return Sheet(SUMMARY[name], about, columns, rows)


def _or_not_held(value: float | None) -> Cell:
    return NOT_AVAILABLE if value is None else round(value)


def _amounts(summary: Summary, line: str) -> Row:
    if line not in summary.whole:
        return (NOT_AVAILABLE,) * len(summary.financial_years)
    return tuple(int(gbp) for gbp in summary.whole[line])


def placement_tab(made: Numbers, tab: str) -> Sheet:
    """Plans at each January and cost of each year by age band and need, for some places."""
    columns = (
        Column("Position", width=14),
        Column("Age band", width=12),
        Column("Primary need", width=40),
        *_january_columns(made),
        *(Column(cost_heading(year), "gbp", 16) for year in made.financial_years),
    )
    rows = tuple(row for each in made.different for row in _tab_rows(each, tab))
    about = f"Plans and cost by age band and primary need: {described(TABS[tab])}."
    return Sheet(tab, about, columns, rows)


def _tab_rows(each: Rounded, tab: str) -> list[Row]:
    """The total first, then each age band: its total, then its needs."""
    axes = each.position.futures.axes
    meant = group_of(axes.places, TABS) == list(TABS).index(tab)
    plans = each.plans[..., meant].sum(axis=3)
    cost = each.cost[..., meant].sum(axis=3)
    band_labels, need_labels = labels(AgeBand), labels(PrimaryNeed)

    def row(age: str, need: str, at: tuple[object, ...]) -> Row:
        numbers = [
            np.asarray(table[(slice(None), *at)]).reshape(len(table), -1) for table in (plans, cost)
        ]
        return (each.name, age, need, *(int(n) for part in numbers for n in part.sum(axis=1)))

    rows = [row(ALL_AGES, ALL_NEEDS, ())]
    for at, band in enumerate(BANDS):
        rows.append(row(band_labels[band], ALL_NEEDS, (at,)))
        rows += [row(band_labels[band], need_labels[n], (at, i)) for i, n in enumerate(axes.needs)]
    return rows


def plans_by_placement(made: Numbers) -> Sheet:
    """All plans at each January by placement tab."""
    columns = (
        Column("Position", width=14),
        Column("Placement", width=34),
        *_january_columns(made),
    )
    rows: list[Row] = []
    for each in made.different:
        tab = group_of(each.position.futures.axes.places, TABS)
        by_place = each.plans.sum(axis=(1, 2))
        rows.append((each.name, ALL_PLACES, *_ints(by_place.sum(axis=1))))
        for at, name in enumerate(TABS):
            rows.append((each.name, name, *_ints(by_place[:, tab == at].sum(axis=1))))
    return Sheet(PLANS_SHEET, "Plans at each January by placement.", columns, tuple(rows))


def _ints(values: np.ndarray) -> Row:
    return tuple(int(value) for value in values)


def effect(made: Numbers) -> Sheet:
    """What the mitigations save: spend and carried forward balance without and with them."""
    columns = (
        Column("Line", width=40),
        *_year_columns(made),
    )
    before, after = made.unmitigated.summary.whole, made.mitigated.summary.whole
    rows: list[Row] = []
    for line in (TOTAL_SPEND, *(line for line in (IN_YEAR, CARRIED) if line in before)):
        rows.append((f"{line}, {UNMITIGATED.lower()}", *_ints(before[line])))
        rows.append((f"{line}, {MITIGATED.lower()}", *_ints(after[line])))
        rows.append((f"{line}, {DIFFERENCE}", *_ints(after[line] - before[line])))
    about = "Spend and balance without and with the mitigations, all of them together."
    return Sheet(EFFECT, about, columns, tuple(rows))


def ranges(made: Numbers) -> Sheet:
    """Totals as ranges, beside the means that the other sheets hold."""
    pct = float(made.scenario.value("forecast.range_pct"))
    columns = (
        Column("Position", width=14),
        Column("Total", width=40),
        Column("Unit", width=8),
        Column("When", width=16),
        Column("Low", "count", 18),
        Column("Middle", "count", 18),
        Column("High", "count", 18),
        Column("Mean, unrounded", "exact", 22),
    )
    rows = tuple(row for each in made.different for row in _ranges_of(each, made, pct))
    about = f"Totals as ranges that should hold {pct:g} outcomes in a hundred. They do not add up."
    return Sheet(RANGES, about, columns, rows)


def _ranges_of(each: Rounded, made: Numbers, pct: float) -> list[Row]:
    money, years = each.position.money, made.financial_years
    plans = each.position.futures.total()[:, : len(made.januaries)]
    totals: list[tuple[str, str, list[str], Counts]] = [
        ("Plans", "plans", [f"January {year}" for year in made.januaries], plans.astype(float)),
        (TOTAL_INCOME, "£", list(years), money.income.total()),
        (TOTAL_SPEND, "£", list(years), money.total_cost),
        (IN_YEAR, "£", list(years), money.before.in_year),
    ]
    if money.opening_known:
        closing = [closing_date(year) for year in years]
        totals += [
            (CARRIED, "£", closing, money.before.closing),
            (CARRIED_LEFT, "£", closing, money.left.closing),
        ]
    return [
        (each.name, name, unit, when[at], *_range(draws[:, at], pct))
        for name, unit, when, draws in totals
        for at in range(len(when))
    ]


def _range(draws: Counts, pct: float) -> Row:
    low, middle, high = np.quantile(draws, levels(pct))
    return (round(low), round(middle), round(high), float(draws.mean()))


def unrounded(made: Numbers) -> Sheet:
    """Every cell before and after rounding, as fine as it is rounded: by single place type."""
    columns = (
        Column("Position", width=14),
        Column("Measure", width=10),
        Column("Year", width=16),
        Column("Placement", width=32),
        Column("Place type", width=34),
        Column("Age band", width=12),
        Column("Primary need", width=40),
        Column("Unrounded", "exact", 20),
        Column("Rounded", "count", 16),
    )
    rows: list[Row] = []
    for each in made.different:
        januaries = [january_heading(january, made.origin) for january in made.januaries]
        years = [cost_heading(year) for year in made.financial_years]
        rows += _cells(each, PLANS, januaries)
        rows += _cells(each, COST, years)
    about = "Every cell before and after rounding; cells that are nought before it are left out."
    return Sheet(EXACT, about, columns, tuple(rows))


def _cells(each: Rounded, measure: str, years: list[str]) -> list[Row]:
    exact, whole = (
        (each.position.plans, each.plans) if measure == PLANS else (each.position.cost, each.cost)
    )
    axes = each.position.futures.axes
    tab = group_of(axes.places, TABS)
    at = np.nonzero(exact)
    tabs, bands, places = list(TABS), list(labels(AgeBand).values()), axes.place_labels()
    needs = [labels(PrimaryNeed)[need] for need in axes.needs]
    cells = zip(
        *(part.tolist() for part in at), exact[at].tolist(), whole[at].tolist(), strict=True
    )
    return [
        (each.name, measure, years[y], tabs[tab[p]], places[p], bands[b], needs[n], mean, rounded)
        for y, b, n, p, mean, rounded in cells
    ]


def unrounded_summary(made: Numbers) -> Sheet:
    """The lines of the financial summary before rounding."""
    columns = (
        Column("Position", width=14),
        Column("Line", width=52),
        *_year_columns(made, "exact", 20),
    )
    rows: list[Row] = [
        (each.name, line, *each.summary.exact[line].tolist())
        for each in made.different
        for line in LINES
        if line in each.summary.exact
    ]
    return Sheet(EXACT_SUMMARY, "The financial summary before rounding.", columns, tuple(rows))
