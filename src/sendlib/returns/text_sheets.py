"""The sheets of a return that are mostly text: cover, contents, notes and registers.

The notes that every return has stand in ``notes.csv``, the rows of the governance
log in ``governance.csv``.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from sendlib.files import read_list
from sendlib.finance.unit_costs import OTHER, UnitCosts
from sendlib.pages.formats import gbp
from sendlib.pages.narrative import odds
from sendlib.periods import (
    closing_date,
    financial_year_of_census,
    financial_year_start,
    say_day,
)
from sendlib.ranges import levels
from sendlib.returns.numbers import CARRIED, PROVISIONS, TABS, Numbers, place_labels
from sendlib.returns.sheets import NOT_APPLICABLE, SHORTHAND, Row, Sheet, columns_of
from sendlib.scenarios import Scenario, in_text
from sendlib.vocabulary import PlaceType, labels

CONTENTS = "Contents"
TITLE = "Dedicated schools grant management plan and Local SEND Reform Plan tables"
TO_FILL_IN = "to fill in"
_KINDS = {
    "published": "published national statistics",
    "own": "the authority's own records",
    "synthetic": "SYNTHETIC: every child is invented; not for submission",
}


def cover(numbers: Numbers, *, authority: str, created: datetime) -> Sheet:
    """What the workbook is, of whom, under which scenario, and when it was made."""
    evidence = numbers.model.caseload.evidence.kind
    rows: list[Row] = [
        ("Title", TITLE),
        ("Authority", f"{authority} ({numbers.model.caseload.area_code})"),
        ("Scenario", f"{numbers.scenario.name} ({numbers.scenario.slug})"),
        ("Question", numbers.scenario.question),
        *_answers(numbers),
        ("Units", "Whole pounds (£), a deficit negative; plans at a January; years April to March"),
        ("Sources", "National statistics and the council's papers: see Assumptions and Notes"),
        ("Last count of plans", f"January {numbers.origin}"),
        ("Evidence", _KINDS[evidence]),
        ("Made on", say_day(created)),
        ("Status", "Draft: a projection under stated assumptions, not yet signed off"),
        ("Checks", "The sheet Checks works out every reconciliation; each row should say TRUE"),
    ]
    if evidence == "synthetic":
        rows.insert(0, ("SYNTHETIC", _KINDS[evidence]))
    return Sheet("Cover", "What this workbook is.", columns_of("Cover"), rows)


def _answers(numbers: Numbers) -> list[Row]:
    """The deficit when protection ends, for whoever sees the first sheet only."""
    years, scenario = numbers.financial_years, numbers.scenario
    year = financial_year_of_census(int(scenario.value("finance.override_ends")))
    at = years.index(year) if year in years else len(years) - 1
    item = f"Deficit at {closing_date(years[at])}"
    if not numbers.mitigated.money.opening_known:
        return [(item, "Not known: no opening balance is available; see Notes")]
    pct = float(scenario.value("forecast.range_pct"))
    rows: list[Row] = []
    for each in numbers.positions:
        low, _, high = np.quantile(-each.money.before.closing[:, at], levels(pct))
        span = f"{gbp(low)} to {gbp(high)} in {odds(pct)}"
        mean = f"{gbp(-each.summary.rounded[CARRIED][at])} on average"
        so_far = f"; with the months to {each.money.month}" * bool(each.money.month)
        text = f"{span}; {mean}; before further support{so_far}"
        rows.append((f"{item}, {each.name.lower()}", text))
    return rows


def contents_sheet(sheets: Sequence[Sheet]) -> Sheet:
    """Every other sheet, what it holds, and how many rows it has."""
    rows = [(sheet.name, sheet.about, len(sheet.rows)) for sheet in sheets]
    return Sheet(CONTENTS, "Every sheet and what it holds.", columns_of(CONTENTS), rows)


def notes_sheet(numbers: Numbers) -> Sheet:
    """Shorthand, what the figures are, how they were rounded, and what is not known."""
    merged, places = list(PROVISIONS.items())[-1]
    written: dict[str, list[Row]] = {}
    for row in read_list("returns", "notes.csv").to_dict("records"):
        note = row["note"].format(merged=merged, places=place_labels(places))
        written.setdefault(row["part"], []).append((row["topic"], note))
    last = numbers.model.known.allocation.index[-1]
    rows: list[Row] = [
        *(("Shorthand", f"{mark} means {meaning}") for mark, meaning in SHORTHAND.items()),
        *written["definitions"],
        *(("Placement tabs", f"{name}: {place_labels(group)}") for name, group in TABS.items()),
        *written["layout"],
        *_balances(numbers),
        (
            "What is not known",
            f"The last high needs allocation available is that of {last}; those of later years "
            "follow the assumptions finance.allocation_gbp and finance.allocation_growth_pct.",
        ),
        *written["unknown"],
    ]
    if not numbers.mitigated.money.opening_known:
        note = "No opening balance is available, so no balance, grant or interest is given."
        rows.append(("What is not known", note))
    if not numbers.scenario.mitigations:
        note = "This scenario has none, so the unmitigated and the mitigated figures are the same."
        rows.append(("Mitigations", note))
    return Sheet(
        "Notes", "Shorthand, definitions, and what is not known.", columns_of("Notes"), rows
    )


def registers(scenario: Scenario, costs: UnitCosts) -> list[Sheet]:
    """Mitigations, assumptions, unit costs, and a governance log to fill in."""
    return [_mitigations(scenario), _assumptions(scenario), _unit_costs(costs), _governance()]


def _balances(numbers: Numbers) -> list[Row]:
    """Balances as stated up to the last January, each on its own basis."""
    stated = numbers.model.known.stated
    rows = stated[~stated["foreseen"]].to_dict("records")
    return [
        (
            "Actual balances",
            f"{row['balance_date']:%d %B %Y}: {gbp(row['closing_balance_gbp'])}, {row['item']}, "
            f"{row['basis']} ({row['source_id']})",
        )
        for row in rows
        if row["balance_date"].year <= numbers.origin
    ]


def _mitigations(scenario: Scenario) -> Sheet:
    """The mitigation register, as planned; a line that says so where there are none."""
    columns = columns_of("Mitigations")
    rows: list[Row] = []
    for plan in scenario.mitigations:
        spent = sorted(plan.investment_gbp.items(), key=lambda item: financial_year_start(item[0]))
        rows.append(
            (
                plan.name,
                plan.owner or TO_FILL_IN,
                str(plan.start),
                str(plan.in_full_from),
                f"{in_text(plan.confidence_pct)}%",
                "; ".join(f"£{pounds:,.0f} in {year}" for year, pounds in spent) or "none stated",
                plan.effects_planned,
                plan.evidence,
            )
        )
    none = ("None in this scenario", *(NOT_APPLICABLE,) * (len(columns) - 1))
    about = "What is done, by whom, from when, and why."
    return Sheet("Mitigations", about, columns, rows or [none])


def _assumptions(scenario: Scenario) -> Sheet:
    """Every lever: its value, where that comes from, how good it is and how much it matters."""
    rows: list[Row] = []
    for lever, entry in scenario.assumptions.items():
        whys = [change.why for change in scenario.changes_to(lever)]
        value = (lever, in_text(entry.value), entry.unit, "yes" if whys else "no", entry.as_of)
        rows.append((*value, whys[-1] if whys else entry.source, entry.quality, entry.impact))
    return Sheet(
        "Assumptions", "Every assumption, before mitigations.", columns_of("Assumptions"), rows
    )


def _unit_costs(costs: UnitCosts) -> Sheet:
    """What a plan-year costs by place type, how doubtful that is, and where it comes from."""
    columns = [
        replace(column, heading=column.heading.format(year=costs.financial_year))
        for column in columns_of("Unit costs")
    ]
    named = {**labels(PlaceType), OTHER: "Spend that does not follow plans, in all"}
    rows: list[Row] = []
    for row in costs.table().to_dict("records"):
        pounds = (round(row[name]) for name in ("gbp", "standard_error_gbp", "prior_gbp"))
        rows.append((named[row["place_type"]], *pounds, row["basis"]))
    about = "Costs by place type, without the place itself, made to agree with the last outturn."
    return Sheet("Unit costs", about, columns, rows)


def _governance() -> Sheet:
    """Who signs, who was consulted and what was decided: rows to fill in."""
    rows = [
        (row["kind"], row["role"], *(TO_FILL_IN,) * 4)
        for row in read_list("returns", "governance.csv").to_dict("records")
    ]
    about = "Who signs, who was consulted and what was decided, to fill in."
    return Sheet("Governance log", about, columns_of("Governance log"), rows)
