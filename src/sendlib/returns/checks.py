"""Reconciliations: sums of the workbook that must agree, as formulas and as numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sendlib.returns import plan_tables as plan
from sendlib.returns import summary as lines
from sendlib.returns.groups import PROVISIONS, TABS
from sendlib.returns.lsrp_tables import (
    ALL_PROVISIONS,
    BY_AGE,
    BY_NEED,
    BY_PROVISION,
    column_heading,
    lsrp_januaries,
    need_sheet,
)
from sendlib.returns.means import MITIGATED, UNMITIGATED
from sendlib.returns.plan_tables import ALL_AGES, ALL_NEEDS, ALL_PLACES, SUMMARY
from sendlib.returns.sheets import Column, Content, Formula, Row, Sheet, Term, content, total
from sendlib.returns.whole import Numbers
from sendlib.vocabulary import AgeBand, PrimaryNeed, labels

CHECKS = "Checks"
HOLDS = "Holds"
Terms = tuple[Term, ...]


@dataclass(frozen=True)
class Check:
    """Two sums that must be the same.

    Parameters
    ----------
    what : str
        In words.
    when : str
        The year or January.
    left, right : tuple[Term, ...]
        The sums.
    """

    what: str
    when: str
    left: Terms
    right: Terms

    def holds(self, held: Content) -> bool:
        """Whether the sums agree; whole numbers, so exactly."""
        return total(self.left, held) == total(self.right, held)


def list_checks(made: Numbers) -> tuple[Check, ...]:
    """Every reconciliation of a return."""
    return (
        *_of_cost(made),
        *_of_plans(made),
        *_of_balance(made),
        *_of_lsrp(made),
        *_of_needs(made),
        *_of_unrounded(made),
    )


def check_sheet(checks: Sequence[Check], sheets: Sequence[Sheet]) -> Sheet:
    """The sheet that works every reconciliation out."""
    held = content(sheets)
    columns = (
        Column("Check", width=84),
        Column("When", width=30),
        Column(HOLDS, "truth", 10),
        Column("Left side", "count", 18),
        Column("Right side", "count", 18),
    )
    rows = tuple(_row(check, held) for check in checks)
    return Sheet(CHECKS, "Sums that must agree, worked out by formulas.", columns, rows)


def _row(check: Check, held: Content) -> Row:
    left, right = total(check.left, held), total(check.right, held)
    sides = (Formula(left, check.left), Formula(right, check.right))
    return (check.what, check.when, Formula(left == right), *sides)


def _position(made: Numbers, name: str) -> str:
    """The position whose rows hold a summary: without mitigations both are the same."""
    return name if len(made.different) > 1 else UNMITIGATED


def _tab(tab: str, column: str, position: str, age: str = ALL_AGES, need: str = ALL_NEEDS) -> Term:
    where = (("Position", position), ("Age band", age), ("Primary need", need))
    return Term(tab, column, where)


def _of_cost(made: Numbers) -> Iterator[Check]:
    """Cells of a tab add up to its total, and the total is that of the summary."""
    for year in made.financial_years:
        column = plan.cost_heading(year)
        for name in (UNMITIGATED, MITIGATED):
            position = _position(made, name)
            for tab in TABS:
                whole = (_tab(tab, column, position),)
                if name == position:
                    what = f"{tab}, {name.lower()}: cost by age band and need adds up"
                    cells = (_tab(tab, column, position, f"<>{ALL_AGES}", f"<>{ALL_NEEDS}"),)
                    yield Check(what, year, cells, whole)
                what = f"{tab}, {name.lower()}: cost is that of the summary"
                yield Check(what, year, whole, (_line(name, tab, year),))


def _of_plans(made: Numbers) -> Iterator[Check]:
    """Plans of a tab add up by need and by age band, and tabs add up to all plans."""
    for january in made.januaries:
        column = plan.january_heading(january, made.origin)
        for each in made.different:
            there = f", {each.name.lower()}"
            for tab in TABS:
                whole = (_tab(tab, column, each.name),)
                cells = (_tab(tab, column, each.name, f"<>{ALL_AGES}", f"<>{ALL_NEEDS}"),)
                bands = (_tab(tab, column, each.name, f"<>{ALL_AGES}"),)
                listed = (_placement(tab, column, each.name),)
                yield Check(
                    f"{tab}{there}: plans by age band and need add up", column, cells, whole
                )
                yield Check(f"{tab}{there}: plans by age band add up", column, bands, whole)
                yield Check(f"{tab}{there}: plans are those by placement", column, whole, listed)
            parts = (_placement(f"<>{ALL_PLACES}", column, each.name),)
            whole = (_placement(ALL_PLACES, column, each.name),)
            yield Check(f"Plans by placement{there}: placements add up", column, parts, whole)


def _placement(name: str, column: str, position: str) -> Term:
    return Term(plan.PLANS_SHEET, column, (("Position", position), ("Placement", name)))


def _line(name: str, line: str, year: str, sign: int = 1) -> Term:
    return Term(SUMMARY[name], plan.year_heading(year), (("Line", line),), sign)


def _of_balance(made: Numbers) -> Iterator[Check]:
    """Lines of the summary add up, and each year opens where the last one closed."""
    known = lines.CARRIED in made.unmitigated.summary.whole
    for name in (UNMITIGATED, MITIGATED):
        before = ""
        for year in made.financial_years:
            yield from _of_year(name, year)
            if known:
                yield from _of_carrying(name, year, before)
            before = year


def _of_year(name: str, year: str) -> Iterator[Check]:
    """Income and spend of one year, and what is left of it."""
    for what, parts, whole in (
        ("income adds up", lines.INCOME, lines.TOTAL_INCOME),
        ("spend adds up", lines.SPEND, lines.TOTAL_SPEND),
    ):
        added = tuple(_line(name, line, year) for line in parts)
        yield Check(f"{SUMMARY[name]}: {what}", year, added, (_line(name, whole, year),))
    net = (_line(name, lines.TOTAL_INCOME, year), _line(name, lines.TOTAL_SPEND, year, -1))
    what = f"{SUMMARY[name]}: income less spend is the in-year balance"
    yield Check(what, year, net, (_line(name, lines.IN_YEAR, year),))


def _of_carrying(name: str, year: str, before: str) -> Iterator[Check]:
    """The balance of one year from that of the year ``before``, which the first year has not."""
    for brought, carried, added, kind in (
        (lines.BROUGHT, lines.CARRIED, (lines.IN_YEAR,), "before support"),
        (
            lines.BROUGHT_LEFT,
            lines.CARRIED_LEFT,
            (lines.IN_YEAR, lines.GRANT, lines.CENTRAL),
            "after support",
        ),
    ):
        opened, closed = (_line(name, brought, year),), (_line(name, carried, year),)
        moved = tuple(_line(name, line, year) for line in added)
        what = f"brought forward and the year's balance are carried forward, {kind}"
        yield Check(f"{SUMMARY[name]}: {what}", year, (*opened, *moved), closed)
        if before:
            what = f"the balance brought forward is the one carried, {kind}"
            yield Check(f"{SUMMARY[name]}: {what}", year, opened, (_line(name, carried, before),))


def _of_lsrp(made: Numbers) -> Iterator[Check]:
    """LSRP tables add up to the plans of the plan's own tabs, by age band and provision."""
    position = _position(made, MITIGATED)
    for january in lsrp_januaries(made):
        here = column_heading(january, made.origin)
        there = plan.january_heading(january, made.origin)
        every = (_placement(ALL_PLACES, there, position),)
        for sheet, what, whole in (
            (BY_AGE, "Age band", ALL_AGES),
            (BY_PROVISION, "Provision", ALL_PROVISIONS),
            (BY_NEED, "Primary need", ALL_NEEDS),
        ):
            parts = (Term(sheet, here, ((what, f"<>{whole}"),)),)
            total_row = (Term(sheet, here, ((what, whole),)),)
            yield Check(f"{sheet}: the parts add up", here, parts, total_row)
            yield Check(f"{sheet}: all plans are those by placement", here, total_row, every)
        for band in labels(AgeBand).values():
            tabs = tuple(_tab(tab, there, position, band) for tab in TABS)
            banded = (Term(BY_AGE, here, (("Age band", band),)),)
            yield Check(f"{BY_AGE}: {band} is that of the placement tabs", here, banded, tabs)
        for tab, group in TABS.items():
            names = [name for name, places in PROVISIONS.items() if set(places) <= set(group)]
            own = tuple(Term(BY_PROVISION, here, (("Provision", name),)) for name in names)
            listed = (_placement(tab, there, position),)
            yield Check(f"{BY_PROVISION}: provisions of {tab} are its plans", here, own, listed)


def _of_needs(made: Numbers) -> Iterator[Check]:
    """Needs by provision add up to needs, and to the needs of the placement tabs."""
    position = _position(made, MITIGATED)
    axes = made.mitigated.position.futures.axes
    for january in lsrp_januaries(made):
        here = column_heading(january, made.origin)
        there = plan.january_heading(january, made.origin)
        for need in (labels(PrimaryNeed)[need] for need in axes.needs):
            asked = (("Primary need", need),)
            parts = tuple(Term(need_sheet(tab), here, asked) for tab in TABS)
            tabs = tuple(_tab(tab, there, position, f"<>{ALL_AGES}", need) for tab in TABS)
            own = (Term(BY_NEED, here, asked),)
            yield Check(f"{BY_NEED}: {need} is the sum of 7.1 to 7.7", here, own, parts)
            yield Check(f"{BY_NEED}: {need} is that of the placement tabs", here, own, tabs)
        for tab in TABS:
            sheet = need_sheet(tab)
            parts = (Term(sheet, here, (("Primary need", f"<>{ALL_NEEDS}"),)),)
            whole = (Term(sheet, here, (("Primary need", ALL_NEEDS),)),)
            yield Check(f"{sheet}: the parts add up", here, parts, whole)
            listed = (_placement(tab, there, position),)
            yield Check(f"{sheet}: all needs are the plans of {tab}", here, whole, listed)


def _of_unrounded(made: Numbers) -> Iterator[Check]:
    """Rounded cells beside the unrounded ones are those of the tabs."""
    for each in made.different:
        for measure, columns in (
            (plan.PLANS, [plan.january_heading(year, made.origin) for year in made.januaries]),
            (plan.COST, [plan.cost_heading(year) for year in made.financial_years]),
        ):
            for column in columns:
                asked = (("Position", each.name), ("Measure", measure), ("Year", column))
                cells = (Term(plan.EXACT, "Rounded", asked),)
                tabs = tuple(_tab(tab, column, each.name) for tab in TABS)
                there = f"{plan.EXACT}, {each.name.lower()}"
                what = f"{there}: rounded {measure.lower()} adds up to the placement tabs"
                yield Check(what, column, cells, tabs)
