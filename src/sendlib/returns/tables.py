"""Tables of figures: the DSG management plan's, and the Local SEND Reform Plan's (LSRP).

The year of an LSRP table is that of its calendar: plans are those of the January
count that follows it, and requests and assessments are those of the year
itself. What has not been counted yet is called projected, also for a year that
the department's table calls actual.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGE_BANDS, Counts
from sendlib.finance import mitigation_effects, mitigation_progress, seats_money
from sendlib.finance.own import PROGRESS
from sendlib.pages.formats import share0
from sendlib.periods import closing_date, financial_year
from sendlib.ranges import levels
from sendlib.returns import numbers as lines
from sendlib.returns.numbers import MITIGATED, PROVISIONS, TABS, UNMITIGATED, Numbers, Position
from sendlib.returns.rounding import Ints
from sendlib.returns.sheets import NOT_AVAILABLE, Cell, Column, Row, Sheet, columns_of
from sendlib.tidy import pick
from sendlib.vocabulary import TOTAL, AgeBand, FlowMeasure, PrimaryNeed, labels

ALL_AGES, ALL_NEEDS, ALL_PLACES = "All ages", "All needs", "All placements"
ALL_PROVISIONS = "All provisions"
SUMMARY = {
    UNMITIGATED: "Financial summary unmitigated",
    MITIGATED: "Financial summary mitigated",
}
PLANS_SHEET, RANGES, EFFECT = "Plans by placement", "Ranges", "Effect of mitigations"
SEATS = "Added places"
OWN, SO_FAR = "Own figures", "Mitigations so far"
DIFFERENCE = "mitigated less unmitigated"
FIRST, LAST = 2025, 2029  # years of the LSRP
BY_AGE, BY_PROVISION, BY_NEED = "LSRP 5.1", "LSRP 6", "LSRP 7"
_STEPS = {
    "LSRP 10": ("requests", FlowMeasure.REQUESTS),
    "LSRP 11": ("assessed", FlowMeasure.ASSESSMENTS),
    "LSRP 12": ("issued", FlowMeasure.ASSESSMENTS_PLAN_ISSUED),
}


def january_heading(january: int, origin: int) -> str:
    """The heading of plans at a January: counted, or projected."""
    return f"January {january} {'count' if january == origin else 'projected'}"


def cost_heading(year: str) -> str:
    """The heading of the cost of a financial year."""
    return f"Cost {year} projected (£)"


def year_heading(year: str) -> str:
    """The heading of the amounts of a financial year to come."""
    return f"{year} projected (£)"


def lsrp_heading(january: int, origin: int) -> str:
    """The heading of plans at a January, with the year of the LSRP that it stands for."""
    heading = january_heading(january, origin)
    return f"LSRP {january - 1}: {heading}" if FIRST <= january - 1 <= LAST else heading


def lsrp_januaries(numbers: Numbers) -> list[int]:
    """The January counted last, and those that the tables ask for as far as they are projected."""
    return [
        january
        for january in numbers.januaries
        if january == numbers.origin or FIRST <= january - 1 <= LAST
    ]


def need_sheet(tab: str) -> str:
    """The name of the sheet of needs in one placement tab: 7.1 to 7.7."""
    return f"{BY_NEED}.{list(TABS).index(tab) + 1}"


def plan_tables(numbers: Numbers) -> list[Sheet]:
    """Summaries, effects, ranges, plans by placement and the seven placement tabs."""
    return [
        financial_summary(numbers, UNMITIGATED),
        financial_summary(numbers, MITIGATED),
        effect(numbers),
        *added_places(numbers),
        ranges_sheet(numbers),
        _plans_by_placement(numbers),
        *(placement_tab(numbers, tab) for tab in TABS),
    ]


def _years(numbers: Numbers) -> list[Column]:
    return [Column(year_heading(year), "gbp", 18) for year in numbers.financial_years]


def _januaries(numbers: Numbers) -> list[Column]:
    return [Column(january_heading(each, numbers.origin), "count") for each in numbers.januaries]


def _integers(values: Iterable[float]) -> Row:
    """Whole numbers as a sheet has them; what is missing is not available."""
    return tuple(NOT_AVAILABLE if np.isnan(value) else round(value) for value in values)


def financial_summary(numbers: Numbers, name: str) -> Sheet:
    """Income, spend, balance and support by year; as far as known for the year before the first."""
    amounts = (numbers.mitigated if name == MITIGATED else numbers.unmitigated).summary.rounded
    before = Column(f"{financial_year(numbers.origin - 1)} actual (£)", "gbp", 18)
    columns = (*columns_of("Financial summary"), before, *_years(numbers))
    unknown = [np.nan] * len(numbers.financial_years)
    rows = [
        (block, line, *_integers([numbers.actuals.get(line, np.nan), *amounts.get(line, unknown)]))
        for line, block in lines.LINES.items()
    ]
    about = f"High needs income, spend and balance by year, {name.lower()}. A deficit is negative."
    return Sheet(SUMMARY[name], about, columns, rows)


def effect(numbers: Numbers) -> Sheet:
    """What the mitigations save: spend and carried forward balance without and with them."""
    before, after = (each.summary.rounded for each in (numbers.unmitigated, numbers.mitigated))
    rows: list[Row] = []
    for line in (
        each for each in (lines.TOTAL_SPEND, lines.IN_YEAR, lines.CARRIED) if each in before
    ):
        rows.append((f"{line}, {UNMITIGATED.lower()}", *_integers(before[line])))
        rows.append((f"{line}, {MITIGATED.lower()}", *_integers(after[line])))
        rows.append((f"{line}, {DIFFERENCE}", *_integers(after[line] - before[line])))
    about = "Spend and balance without and with the mitigations, all of them together."
    return Sheet(EFFECT, about, (*columns_of(EFFECT), *_years(numbers)), rows)


def added_places(numbers: Numbers) -> list[Sheet]:
    """Seats that open and what they save by year; no sheet where the scenario adds none."""
    model = numbers.model.of_totals(numbers.scenario)
    saved = seats_money(numbers.mitigated.money, model.seats(numbers.scenario))
    about = "Places that the scenario adds and what they save, before what they cost to build."
    rows = [
        (str(year), *_integers(amounts), str(chance), share0(share), share0(mainstream))
        for year, *amounts, chance, share, mainstream in saved.itertuples(index=False)
    ]
    return [Sheet(SEATS, about, columns_of(SEATS), rows)] if rows else []


def own_figures(numbers: Numbers) -> list[Sheet]:
    """The authority's own figures beside the published ones; no sheet where it has none."""
    compared = numbers.model.known.own.compare_with_published()
    mark = numbers.model.known.own.mark
    about = f"{mark}Figures of the authority's own, which stand in place of published ones."
    rows = [
        (str(figure), str(year), *_integers(amounts))
        for figure, year, *amounts in compared.itertuples(index=False)
    ]
    return [Sheet(OWN, about, columns_of(OWN), rows)] if rows else []


def mitigations_so_far(numbers: Numbers) -> list[Sheet]:
    """What mitigations have brought beside what was expected; no sheet where nothing is stated."""
    model, own = numbers.model.of_totals(numbers.scenario), numbers.model.known.own
    if own.by_year(PROGRESS).empty:
        return []
    since = mitigation_progress(model, mitigation_effects(model, numbers.scenario))
    columns = tuple(Column(str(name).capitalize(), width=24) for name in since.columns)
    rows = [
        tuple(str(cell) or NOT_AVAILABLE for cell in row) for row in since.itertuples(index=False)
    ]
    about = f"{own.mark}What mitigations were expected to bring, and what they have brought."
    return [Sheet(SO_FAR, about, columns, rows)]


def ranges_sheet(numbers: Numbers) -> Sheet:
    """Totals as ranges, beside the means that the other sheets show."""
    pct = float(numbers.scenario.value("forecast.range_pct"))
    rows: list[Row] = []
    for each in numbers.positions:
        for total, unit, dates, draws in _totals(each, numbers):
            for at, when in enumerate(dates):
                quantiles = _integers(np.quantile(draws[:, at], levels(pct)))
                mean = float(draws[:, at].mean())
                rows.append((each.name, total, unit, when, *quantiles, mean))
    about = f"Totals as ranges that should hold {pct:g} outcomes in a hundred. They do not add up."
    return Sheet(RANGES, about, columns_of(RANGES), rows)


def _totals(each: Position, numbers: Numbers) -> list[tuple[str, str, list[str], Counts]]:
    """Totals with their unit, their dates and their draws, shape (draw, date)."""
    money, years = each.money, list(numbers.financial_years)
    plans = each.totals[:, : len(numbers.januaries)]
    totals = [
        ("Plans", "plans", [f"January {year}" for year in numbers.januaries], plans),
        (lines.TOTAL_INCOME, "£", years, money.income.total()),
        (lines.TOTAL_SPEND, "£", years, money.total_cost),
        (lines.IN_YEAR, "£", years, money.before.in_year),
    ]
    if money.opening_known:
        closing = [closing_date(year) for year in years]
        totals.append((lines.CARRIED, "£", closing, money.before.closing))
        totals.append((lines.CARRIED_LEFT, "£", closing, money.left.closing))
    return totals


def _plans_by_placement(numbers: Numbers) -> Sheet:
    """All plans at each January by placement tab."""
    columns = (*columns_of(PLANS_SHEET), *_januaries(numbers))
    rows: list[Row] = []
    for each in numbers.positions:
        tab = lines.group_positions(each.simulation.axes.places, TABS)
        by_place = each.plans.sum(axis=(1, 2))
        rows.append((each.name, ALL_PLACES, *_integers(by_place.sum(axis=1))))
        for at, name in enumerate(TABS):
            rows.append((each.name, name, *_integers(by_place[:, tab == at].sum(axis=1))))
    return Sheet(PLANS_SHEET, "Plans at each January by placement.", columns, rows)


def placement_tab(numbers: Numbers, tab: str) -> Sheet:
    """Plans at each January and cost of each year by age band and need, for some places."""
    cost_columns = [Column(cost_heading(year), "gbp", 16) for year in numbers.financial_years]
    columns = (*columns_of("Placement tab"), *_januaries(numbers), *cost_columns)
    rows: list[Row] = []
    for each in numbers.positions:
        axes = each.simulation.axes
        meant = lines.group_positions(axes.places, TABS) == list(TABS).index(tab)
        cells = np.concatenate([part[..., meant].sum(axis=3) for part in (each.plans, each.cost)])
        rows.append((each.name, ALL_AGES, ALL_NEEDS, *_integers(cells.sum(axis=(1, 2)))))
        for at, band in enumerate(labels(AgeBand)[name] for name in AGE_BANDS):
            rows.append((each.name, band, ALL_NEEDS, *_integers(cells[:, at].sum(axis=1))))
            for number, need in enumerate(axes.needs):
                label = labels(PrimaryNeed)[need]
                rows.append((each.name, band, label, *_integers(cells[:, at, number])))
    about = f"Plans and cost by age band and primary need: {lines.place_labels(TABS[tab])}."
    return Sheet(tab, about, columns, rows)


def lsrp_tables(numbers: Numbers, flow: pd.DataFrame, new_plans: pd.DataFrame) -> list[Sheet]:
    """Tables 5.1 to 7.7: plans by age band, provision and need; 10 to 12: steps to a plan."""
    axes = numbers.mitigated.simulation.axes
    januaries = lsrp_januaries(numbers)
    plans = numbers.mitigated.plans[[numbers.januaries.index(january) for january in januaries]]
    provision, tab = (lines.group_positions(axes.places, groups) for groups in (PROVISIONS, TABS))
    bands = dict(zip(labels(AgeBand).values(), plans.sum(axis=(2, 3)).T, strict=True))
    by_provision = {
        name: plans[..., provision == at].sum(axis=(1, 2, 3)) for at, name in enumerate(PROVISIONS)
    }

    def sheet(name: str, heading: str, total: str, parts: Mapping[str, Ints], scope: str) -> Sheet:
        """A total and its parts by January."""
        dates = [Column(lsrp_heading(each, numbers.origin), "count", 18) for each in januaries]
        rows = {total: np.sum(list(parts.values()), axis=0), **parts}
        about = f"Plans by {heading.lower()}, mitigations included: {scope}."
        cells = [(label, *_integers(row)) for label, row in rows.items()]
        return Sheet(name, about, (Column(heading, width=42), *dates), cells)

    def of_needs(name: str, table: Ints, scope: str) -> Sheet:
        named = [labels(PrimaryNeed)[need] for need in axes.needs]
        parts = dict(zip(named, table.sum(axis=(1, 3)).T, strict=True))
        return sheet(name, "Primary need", ALL_NEEDS, parts, scope)

    return [
        sheet(BY_AGE, "Age band", ALL_AGES, bands, "age reached by 31 August"),
        sheet(BY_PROVISION, "Provision", ALL_PROVISIONS, by_provision, "all provisions"),
        of_needs(BY_NEED, plans, "all provisions"),
        *(
            of_needs(need_sheet(name), plans[..., tab == at], lines.place_labels(group))
            for at, (name, group) in enumerate(TABS.items())
        ),
        *(_flow_sheet(numbers, name, flow, new_plans) for name in _STEPS),
    ]


def _flow_sheet(numbers: Numbers, name: str, flow: pd.DataFrame, new_plans: pd.DataFrame) -> Sheet:
    step, measure = _STEPS[name]
    last, area_code = numbers.origin - 1, numbers.model.caseload.area_code
    ahead = [year for year in range(FIRST, LAST + 1) if year > last]
    means = numbers.model.demand(numbers.scenario).steps[step].mean(axis=0)
    projected = _integers(means[[year - numbers.origin for year in ahead]])
    here = pick(flow, area_code=area_code, calendar_year=last, measure=measure)
    published = here["value"].sum(min_count=1)
    has_ages = measure == FlowMeasure.ASSESSMENTS_PLAN_ISSUED
    counted = _by_age(new_plans, area_code, last) if has_ages else {}
    unknown = (NOT_AVAILABLE,) * len(ahead)
    rows: list[Row] = [(ALL_AGES, *_integers([published]), *projected)]
    rows += [(band.label, counted.get(band, NOT_AVAILABLE), *unknown) for band in AgeBand]
    columns = (
        Column("Age band", width=42),
        Column(f"{last} published", "count", 16),
        *(Column(f"LSRP {year}: projected", "count", 18) for year in ahead),
    )
    ages = "ages of the year published" if has_ages else "ages are not published"
    about = f"{measure.label} by calendar year; {ages}, and none are projected."
    return Sheet(name, about, columns, rows)


def _by_age(new_plans: pd.DataFrame, area_code: str, year: int) -> dict[str, Cell]:
    """New plans of a year by age band; none of a band that is not complete."""
    rows = pick(new_plans, area_code=area_code, calendar_year=year, place_type=TOTAL)
    rows = rows[rows["age"] != TOTAL]
    first = rows["age"].str.extract(r"(\d+)", expand=False).astype(int)
    band = {age: name for name, ages in AGE_BANDS.items() for age in ages}
    sums = rows.groupby(first.map(band))["plans"].agg(lambda plans: plans.sum(skipna=False))
    return dict(zip(sums.index, _integers(sums), strict=True))
