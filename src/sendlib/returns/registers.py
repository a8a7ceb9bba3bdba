"""Registers of a return: mitigations, assumptions, and a governance log to fill in."""

from sendlib.finance.unit_costs import OTHER, UnitCosts
from sendlib.periods import financial_year_start
from sendlib.returns.sheets import NOT_APPLICABLE, Column, Row, Sheet
from sendlib.scenarios import Assumption, Mitigation, Scenario, describe
from sendlib.vocabulary import PlaceType, labels

MITIGATIONS, ASSUMPTIONS, GOVERNANCE = "Mitigations", "Assumptions", "Governance log"
UNIT_COSTS = "Unit costs"
TO_FILL_IN = "to fill in"
_GOVERNANCE = (
    ("Quality assurance", "Analyst"),
    ("Quality assurance", "Assurer"),
    ("Quality assurance", "Approver"),
    ("Sign-off", "Director of children's services"),
    ("Sign-off", "Chief finance officer (section 151)"),
    ("Sign-off", "Chief executive"),
    ("Consulted", "Schools Forum"),
    ("Consulted", "Schools, colleges and early years providers"),
    ("Consulted", "Parents and carers"),
    ("Consulted", "Children and young people"),
    ("Consulted", "Health partners"),
    ("Consulted", "Elected members"),
    ("Decision", "First decision on this plan"),
    ("Review", "Next review of this plan"),
)


def mitigations(scenario: Scenario) -> Sheet:
    """The mitigation register, as planned; a line that says so where there are none."""
    columns = (
        Column("Mitigation", width=36),
        Column("Owner", width=24),
        Column("From January", width=16),
        Column("In full from January", width=22),
        Column("Share of effect counted on", width=28),
        Column("Investment", width=36),
        Column("Planned effects", width=70),
        Column("Evidence", width=70),
    )
    none = ("None in this scenario", *(NOT_APPLICABLE,) * (len(columns) - 1))
    rows = tuple(map(_mitigation, scenario.mitigations)) or (none,)
    return Sheet(MITIGATIONS, "What is done, by whom, from when, and why.", columns, rows)


def _mitigation(done: Mitigation) -> Row:
    spent = sorted(done.investment_gbp.items(), key=lambda item: financial_year_start(item[0]))
    return (
        done.name,
        done.owner or TO_FILL_IN,
        str(done.start),
        str(done.in_full_from),
        f"{describe(done.confidence_pct)}%",
        "; ".join(f"£{pounds:,.0f} in {year}" for year, pounds in spent) or "none stated",
        done.effects_planned,
        done.evidence,
    )


def assumptions(scenario: Scenario) -> Sheet:
    """Every lever: its value, where that comes from, how good it is and how much it matters."""
    columns = (
        Column("Lever", width=34),
        Column("Value", width=60),
        Column("Unit", width=30),
        Column("Changed from the baseline", width=26),
        Column("As of", width=12),
        Column("Source, or why it was changed", width=80),
        Column("Quality of evidence", width=22),
        Column("Impact on results", width=20),
    )
    rows = tuple(_assumption(scenario, *item) for item in scenario.assumptions.items())
    return Sheet(ASSUMPTIONS, "Every assumption, before mitigations.", columns, rows)


def _assumption(scenario: Scenario, lever: str, entry: Assumption) -> Row:
    whys = [change.why for change in scenario.changes_to(lever)]
    return (
        lever,
        describe(entry.value),
        entry.unit,
        "yes" if whys else "no",
        entry.as_of,
        whys[-1] if whys else entry.source,
        entry.quality,
        entry.impact,
    )


def unit_costs(costs: UnitCosts) -> Sheet:
    """What a plan-year costs by place type, how doubtful that is, and where it comes from."""
    columns = (
        Column("Place type", width=40),
        Column(f"Cost of a plan-year at {costs.financial_year} prices (£)", "gbp", 26),
        Column("Doubt, one standard deviation (£)", "gbp", 24),
        Column("Before it met the outturn (£)", "gbp", 24),
        Column("Basis", width=30),
    )
    named = {**labels(PlaceType), OTHER: "Spend that does not follow plans, in all"}
    rows = tuple(
        (
            named[row["place_type"]],
            *(round(row[name]) for name in ("gbp", "standard_error_gbp", "prior_gbp")),
            row["basis"],
        )
        for row in costs.table().to_dict("records")
    )
    about = "Costs by place type, place funding included, made to agree with the last outturn."
    return Sheet(UNIT_COSTS, about, columns, rows)


def governance() -> Sheet:
    """Who signs, who was consulted and what was decided: rows to fill in."""
    columns = (
        Column("Kind", width=20),
        Column("Role or group", width=46),
        Column("Name", width=28),
        Column("Date", width=16),
        Column("Outcome or decision", width=50),
        Column("Reference", width=28),
    )
    rows = tuple((kind, role, *(TO_FILL_IN,) * 4) for kind, role in _GOVERNANCE)
    about = "Who signs, who was consulted and what was decided, to fill in."
    return Sheet(GOVERNANCE, about, columns, rows)
