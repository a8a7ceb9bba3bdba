"""Reconciliations: sums of the workbook that must agree, as formulas and as numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sendlib.returns import numbers as lines
from sendlib.returns import tables
from sendlib.returns.numbers import MITIGATED, PROVISIONS, TABS, UNMITIGATED, Numbers
from sendlib.returns.sheets import Content, Formula, Row, Sheet, Term, columns_of, content, total
from sendlib.returns.tables import ALL_AGES, ALL_NEEDS, ALL_PLACES, SUMMARY
from sendlib.vocabulary import AgeBand, PrimaryNeed, labels

CHECKS = "Checks"
HOLDS = "Holds"
Terms = tuple[Term, ...]


@dataclass(frozen=True)
class Check:
    """Two sums that must be the same."""

    what: str
    when: str  # the year or January
    left: Terms
    right: Terms

    def holds(self, sheets: Content) -> bool:
        """Whether the sums agree exactly, in whole numbers."""
        return total(self.left, sheets) == total(self.right, sheets)


def list_checks(numbers: Numbers) -> tuple[Check, ...]:
    """Every reconciliation of a return."""
    families = (_of_cost, _of_plans, _of_summaries, _of_lsrp)
    return tuple(check for family in families for check in family(numbers))


def check_sheet(checks: Sequence[Check], sheets: Sequence[Sheet]) -> Sheet:
    """The sheet that works every reconciliation out."""
    values = content(sheets)
    rows: list[Row] = []
    for check in checks:
        left, right = total(check.left, values), total(check.right, values)
        sides = (Formula(left, check.left), Formula(right, check.right))
        rows.append((check.what, check.when, Formula(left == right), *sides))
    return Sheet(CHECKS, "Sums that must agree, worked out by formulas.", columns_of(CHECKS), rows)


def _tab(tab: str, column: str, position: str, age: str = ALL_AGES, need: str = ALL_NEEDS) -> Terms:
    return (Term(tab, column, (("Position", position), ("Age band", age), ("Primary need", need))),)


def _cells(tab: str, column: str, position: str) -> Terms:
    """The cells of a tab that are no totals."""
    return _tab(tab, column, position, f"<>{ALL_AGES}", f"<>{ALL_NEEDS}")


def _placement(name: str, column: str, position: str) -> Terms:
    return (Term(tables.PLANS_SHEET, column, (("Position", position), ("Placement", name))),)


def _line(name: str, line: str, year: str, sign: int = 1) -> Term:
    return Term(SUMMARY[name], tables.year_heading(year), (("Line", line),), sign)


def _rows(sheet: str, column: str, heading: str, text: str) -> Terms:
    return (Term(sheet, column, ((heading, text),)),)


def _position_of(numbers: Numbers, name: str) -> str:
    """The position whose rows a summary is of: without mitigations both are the same."""
    return name if len(numbers.positions) > 1 else UNMITIGATED


def _of_cost(numbers: Numbers) -> Iterator[Check]:
    """Cells of a tab add up to its total, and the total is that of the summary."""
    for year in numbers.financial_years:
        column = tables.cost_heading(year)
        for name in (UNMITIGATED, MITIGATED):
            position = _position_of(numbers, name)
            for tab in TABS:
                there, top = f"{tab}, {name.lower()}", _tab(tab, column, position)
                if name == position:
                    what = f"{there}: cost by age band and need adds up"
                    yield Check(what, year, _cells(tab, column, position), top)
                what = f"{there}: cost is that of the summary"
                yield Check(what, year, top, (_line(name, tab, year),))


def _of_plans(numbers: Numbers) -> Iterator[Check]:
    """Plans of a tab add up by need and by age band, and tabs add up to all plans."""
    for january in numbers.januaries:
        column = tables.january_heading(january, numbers.origin)
        for name in (each.name for each in numbers.positions):
            for tab in TABS:
                there, top = f"{tab}, {name.lower()}", _tab(tab, column, name)
                bands = _tab(tab, column, name, f"<>{ALL_AGES}")
                listed = _placement(tab, column, name)
                what = f"{there}: plans by age band and need add up"
                yield Check(what, column, _cells(tab, column, name), top)
                yield Check(f"{there}: plans by age band add up", column, bands, top)
                yield Check(f"{there}: plans are those by placement", column, top, listed)
            parts = _placement(f"<>{ALL_PLACES}", column, name)
            what = f"Plans by placement, {name.lower()}: placements add up"
            yield Check(what, column, parts, _placement(ALL_PLACES, column, name))


def _of_summaries(numbers: Numbers) -> Iterator[Check]:
    """Lines of the summary add up, and each year opens where the last one closed."""
    sums = [
        ("income adds up", lines.INCOME, (), lines.TOTAL_INCOME),
        ("spend adds up", lines.SPEND, (), lines.TOTAL_SPEND),
        (
            "income less spend is the in-year balance",
            (lines.TOTAL_INCOME,),
            (lines.TOTAL_SPEND,),
            lines.IN_YEAR,
        ),
    ]
    balances = {
        "before support": (lines.BROUGHT, (lines.IN_YEAR,), lines.CARRIED),
        "after support": (
            lines.BROUGHT_LEFT,
            (lines.IN_YEAR, lines.GRANT, lines.CENTRAL),
            lines.CARRIED_LEFT,
        ),
    }
    if lines.CARRIED not in numbers.unmitigated.summary.rounded:
        balances = {}
    for kind, (brought, moved, carried) in balances.items():
        what = f"brought forward and the year's balance are carried forward, {kind}"
        sums.append((what, (brought, *moved), (), carried))
    years = numbers.financial_years
    for name, sheet in SUMMARY.items():
        for year in years:
            for what, adds, takes, top in sums:
                plus = (_line(name, line, year) for line in adds)
                minus = (_line(name, line, year, -1) for line in takes)
                right = (_line(name, top, year),)
                yield Check(f"{sheet}: {what}", year, (*plus, *minus), right)
        for before, year in pairwise(years):
            for kind, (brought, _, carried) in balances.items():
                what = f"{sheet}: the balance brought forward is the one carried, {kind}"
                opening, closing = _line(name, brought, year), _line(name, carried, before)
                yield Check(what, year, (opening,), (closing,))


def _of_lsrp(numbers: Numbers) -> Iterator[Check]:
    """LSRP tables add up to the plans of the plan's own tabs: by age band, provision and need."""
    position, needs = _position_of(numbers, MITIGATED), numbers.mitigated.simulation.axes.needs
    sheets = [
        (tables.BY_AGE, "Age band", ALL_AGES, ALL_PLACES),
        (tables.BY_PROVISION, "Provision", tables.ALL_PROVISIONS, ALL_PLACES),
        (tables.BY_NEED, "Primary need", ALL_NEEDS, ALL_PLACES),
        *((tables.need_sheet(tab), "Primary need", ALL_NEEDS, tab) for tab in TABS),
    ]
    for january in tables.lsrp_januaries(numbers):
        here = tables.lsrp_heading(january, numbers.origin)
        there = tables.january_heading(january, numbers.origin)
        for sheet, heading, top, places in sheets:
            parts, row = (_rows(sheet, here, heading, text) for text in (f"<>{top}", top))
            yield Check(f"{sheet}: the parts add up", here, parts, row)
            listed = _placement(places, there, position)
            yield Check(f"{sheet}: all plans are those by placement", here, row, listed)
        for band in labels(AgeBand).values():
            by_tab = tuple(term for tab in TABS for term in _tab(tab, there, position, band))
            own = _rows(tables.BY_AGE, here, "Age band", band)
            what = f"{tables.BY_AGE}: {band} is that of the placement tabs"
            yield Check(what, here, own, by_tab)
        for tab, group in TABS.items():
            names = [name for name, places in PROVISIONS.items() if set(places) <= set(group)]
            own = tuple(
                term
                for name in names
                for term in _rows(tables.BY_PROVISION, here, "Provision", name)
            )
            what = f"{tables.BY_PROVISION}: provisions of {tab} are its plans"
            yield Check(what, here, own, _placement(tab, there, position))
        for need in (labels(PrimaryNeed)[each] for each in needs):
            own = _rows(tables.BY_NEED, here, "Primary need", need)
            parts, by_tab = (), ()
            for tab in TABS:
                parts += _rows(tables.need_sheet(tab), here, "Primary need", need)
                by_tab += _tab(tab, there, position, f"<>{ALL_AGES}", need)
            what = f"{tables.BY_NEED}: {need} is"
            yield Check(f"{what} the sum of 7.1 to 7.7", here, own, parts)
            yield Check(f"{what} that of the placement tabs", here, own, by_tab)
