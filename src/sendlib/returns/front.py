"""The first sheets of a return: cover, contents and notes."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from sendlib.pages.formats import gbp
from sendlib.pages.narrative import odds
from sendlib.periods import closing_date, financial_year_of_census
from sendlib.ranges import levels
from sendlib.returns.groups import PROVISIONS, TABS, described
from sendlib.returns.sheets import SHORTHAND, Column, Row, Sheet
from sendlib.returns.summary import CARRIED
from sendlib.returns.whole import Numbers

COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"
TITLE = "Dedicated schools grant management plan and Local SEND Reform Plan tables"
_KINDS = {
    "published": "published national statistics",
    "own": "the authority's own records",
    "synthetic": "SYNTHETIC: every child is invented; not for submission",
}


def cover(made: Numbers, *, authority: str, created: datetime) -> Sheet:
    """What the workbook is, of whom, under which scenario, and when it was made."""
    evidence = made.model.caseload.evidence.kind
    rows: list[Row] = [
        ("Title", TITLE),
        ("Authority", f"{authority} ({made.model.caseload.area_code})"),
        ("Scenario", f"{made.scenario.name} ({made.scenario.slug})"),
        ("Question", made.scenario.question),
        *_answers(made),
        ("Units", "Whole pounds (£), a deficit negative; plans at a January; years April to March"),
        ("Sources", "National statistics and the council's papers: see Assumptions and Notes"),
        ("Last count of plans", f"January {made.origin}"),
        ("Evidence", _KINDS[evidence]),
        ("Made on", f"{created.day} {created:%B %Y}"),
        ("Status", "Draft: a projection under stated assumptions, not yet signed off"),
        ("Checks", "The sheet Checks works out every reconciliation; each row should say TRUE"),
    ]
    if evidence == "synthetic":
        rows.insert(0, ("SYNTHETIC", _KINDS[evidence]))
    columns = (Column("Item", width=24), Column("Detail", width=90))
    return Sheet(COVER, "What this workbook is.", columns, tuple(rows))


def _answers(made: Numbers) -> list[Row]:
    """The deficit when protection ends, for whoever sees the first sheet only."""
    money = made.mitigated.position.money
    year = financial_year_of_census(int(made.scenario.value("finance.override_ends")))
    year = year if year in made.financial_years else made.financial_years[-1]
    item = f"Deficit at {closing_date(year)}"
    if not money.opening_known:
        return [(item, "Not known: no opening balance is available; see Notes")]
    at, pct = made.financial_years.index(year), float(made.scenario.value("forecast.range_pct"))
    told = []
    for each in made.different:
        deficits = -each.position.money.before.closing[:, at]
        low, _, high = np.quantile(deficits, levels(pct))
        span = f"{gbp(low)} to {gbp(high)} in {odds(pct)}"
        mean = f"{gbp(-each.summary.whole[CARRIED][at])} on average"
        told.append((f"{item}, {each.name.lower()}", f"{span}; {mean}; before any support"))
    return [*told]


def contents(sheets: Sequence[Sheet]) -> Sheet:
    """Every other sheet, what it holds, and how many rows it has."""
    columns = (
        Column("Sheet", width=36),
        Column("What it holds", width=110),
        Column("Rows", "count", 10),
    )
    rows = tuple((sheet.name, sheet.about, len(sheet.rows)) for sheet in sheets)
    return Sheet(CONTENTS, "Every sheet and what it holds.", columns, rows)


def notes(made: Numbers) -> Sheet:
    """Shorthand, what the figures are, how they were rounded, and what is not known."""
    columns = (Column("Topic", width=30), Column("Note", width=120))
    rows = [
        *(("Shorthand", f"{mark} means {meaning}") for mark, meaning in SHORTHAND.items()),
        *_WHAT,
        *(("Placement tabs", f"{name}: {described(group)}") for name, group in TABS.items()),
        *_LAYOUT,
        *_balances(made),
        *_unknown(made),
    ]
    return Sheet(NOTES, "Shorthand, definitions, and what is not known.", columns, tuple(rows))


_WHAT: tuple[tuple[str, str], ...] = (
    (
        "What figures are",
        "Projected figures are means of draws under the scenario's assumptions. Means add up; "
        "middles and ends of ranges do not, so the sheet Ranges gives them for totals only. Pages "
        "do not tell needs apart and so draw anew: their figures differ a little from these.",
    ),
    (
        "How sure they are",
        "Single cells are far less certain than totals. A mean of one or two plans in a cell says "
        "only that few are to be expected there.",
    ),
    (
        "Rounding",
        "Whole numbers are settled together, so that each cell is the whole number above or below "
        "its mean and every sum is met: of all ways to do so, the one with the largest remainders "
        "rounded up. The sheets Unrounded and Unrounded summary hold the means.",
    ),
    (
        "Signs",
        "A deficit is a negative balance. Spend is positive.",
    ),
    (
        "Plans and cost",
        "Plans are counted in January. Cost is of the financial year from April to March and "
        "counts those who start, leave or move for part of a year, so cost divided by plans is "
        "not a price.",
    ),
    (
        "Mitigations",
        "Unmitigated is the scenario without its mitigations; mitigated is with them. The LSRP "
        "tables are mitigated. Effects are joint: two mitigations do not save the same pound "
        "twice. Investment is listed in the register and is not in spend.",
    ),
    (
        "Government support",
        "The grant is a mean: what would be paid on approval times the chance of approval, so it "
        "is neither what is paid nor nothing. The balance left to the council is after that mean. "
        "See finance.grant_approval_pct and finance.central_share_pct among the assumptions.",
    ),
    (
        "Small numbers",
        "Figures come from national statistics in the public domain, and none is suppressed. "
        "Counts from an authority's own records are not used in this workbook.",
    ),
)


_MERGED = list(PROVISIONS)[-1]
_LAYOUT: tuple[tuple[str, str], ...] = (
    (
        "Placement tabs",
        "Early years settings are with mainstream, and independent mainstream schools with "
        "other independent schools, because the template has no tab of their own for them. "
        "Pupils in hospital schools are not told apart in what is published.",
    ),
    ("LSRP tables", f"{_MERGED} in table 6: {described(PROVISIONS[_MERGED])}"),
    ("LSRP tables", "Tables 7.1 to 7.7 are of the seven placement tabs, in their order."),
    (
        "LSRP tables",
        "The plans of an LSRP year are those of the January that follows it: LSRP 2025 is "
        "January 2026. A January after the last count is projected, also where the "
        "department's table asks for an actual.",
    ),
    (
        "LSRP tables",
        "Tables 10, 11 and 12 come from the forecast of requests and assessments, before "
        "levers on places. Their ages are published for new plans only. New plans less "
        "plans that end need not equal the change in plans, which has movements between "
        "authorities in it.",
    ),
)
_NEVER_KNOWN: tuple[tuple[str, str], ...] = (
    ("What is not known", "Only the high needs block is modelled; other blocks are to add."),
    (
        "What is not known",
        "Needs are published by place, and ages by place, but not needs by age: within a place "
        "every age has the place's mix of needs. The split of a placement tab by age and need "
        "together is an estimate, also for the January counted.",
    ),
    (
        "What is not known",
        "Costs are known by place type only: within one, every age and need costs the same.",
    ),
    (
        "What is not known",
        "The section 251 outturn leaves place funding out and spend holds it, so the two are "
        "not to be subtracted. An actual balance is as stated by the council, and two stated "
        "balances may stand on different bases, such as before and after agreement payments.",
    ),
)


def _balances(made: Numbers) -> list[tuple[str, str]]:
    """Balances as stated up to the last January, each on its own basis."""
    rows = made.stated[~made.stated["foreseen"]].to_dict("records")
    return [
        (
            "Actual balances",
            f"{row['balance_date']:%d %B %Y}: {gbp(row['closing_balance_gbp'])}, {row['item']}, "
            f"{row['basis']} ({row['source_id']})",
        )
        for row in rows
        if row["balance_date"].year <= made.origin
    ]


def _unknown(made: Numbers) -> list[tuple[str, str]]:
    money, last = made.mitigated.position.money, made.model.known.allocation.index[-1]
    told = [
        (
            "What is not known",
            f"The last high needs allocation available is that of {last}; those of later years "
            "follow the assumptions finance.allocation_gbp and finance.allocation_growth_pct.",
        ),
        *_NEVER_KNOWN,
    ]
    if not money.opening_known:
        found = "No opening balance is available, so no balance, grant or interest is given."
        told.append(("What is not known", found))
    if not made.scenario.mitigations:
        found = "This scenario has none, so the unmitigated and the mitigated figures are the same."
        told.append(("Mitigations", found))
    return told
