"""The contract of every tidy table: what one row is, its columns, and what they may hold."""

from sendlib.data.columns import (
    ACADEMIC,
    AREA,
    CALENDAR,
    CONFIDENCE,
    FINANCIAL,
    SOURCE,
    SOURCED,
    STATUS,
    UNIT,
    VALUE,
    Column,
    Table,
)
from sendlib.data.service_contracts import SERVICE_TABLES
from sendlib.vocabulary import (
    TOTAL,
    AgeBand,
    AreaLevel,
    CeasedReason,
    ChildGroup,
    FlowMeasure,
    FundingElement,
    FundingTerm,
    OutcomeMeasure,
    PlaceType,
    PrimaryNeed,
    labels,
)

_CENSUS = Column("int64", "year of the January count", lowest=2010, highest=2050)
_PLANS = Column("float64", "EHC plans, with statements until 2018 [plans]", lowest=0, optional=True)
_PLACE = Column("str", "where the child is placed", [TOTAL, *labels(PlaceType)])
_SINGLE_AGE = Column("str", "age in years; 0-2 and 20-25 where published together; unknown; total")
_MID_YEAR = Column("int64", "mid-year", lowest=2000, highest=2060)
_AGE = Column("int64", "single year of age", lowest=0, highest=125)
_STATED = Column("float64", "value, in `unit`")
_BETTER = Column("str", "which way is better", ["higher", "lower", "none"])
_LINES = (
    *("place_funding", "top_up", "independent_top_up", "support", "alternative_provision"),
    *("hospital", "therapies"),
)
_SECTORS = (
    *("all", "early_years", "primary", "secondary", "special", "pupil_referral", "post_school"),
    "income",
)
_COUNT = {"plans": _PLANS, **SOURCED}
_BY_AGE = {"age": _SINGLE_AGE, "place_type": _PLACE, **_COUNT}

TABLES: dict[str, Table] = {
    "area": Table(
        "an area, past or present",
        ("area_code",),
        {
            "area_code": AREA,
            "area_name": Column("str", "name in the latest release that has it"),
            "area_type": Column("str", "kind of area", [*labels(AreaLevel)]),
            "gss_code": Column("str", "latest nine-character code"),
            "former_gss_codes": Column("str", "earlier nine-character codes, with semicolons"),
            "region_code": Column("str", "region of an authority"),
            "region_name": Column("str", "region of an authority"),
            "first_census": Column("int64", "first January with figures"),
            "last_census": Column("float64", "last January, if it has ended", optional=True),
            "successors": Column("str", "authorities that followed it, with semicolons"),
        },
        order=(),
    ),
    "source": Table(
        "a publication",
        ("source_id",),
        {
            "source_id": SOURCE,
            "title": Column("str", "title"),
            "publisher": Column("str", "publisher"),
            "published": Column("str", "year or date, where stated"),
            "licence": Column("str", "licence, or that figures are quoted"),
            "where": Column("str", "where to find it"),
        },
    ),
    "series_break": Table(
        "a year in which a series cannot be compared with the one before",
        ("series", "first_year"),
        {
            "series": Column("str", "what it touches", ["plans", "requests", "settings", "needs"]),
            "first_year": Column("int64", "first year touched"),
            "last_year": Column("int64", "last year touched"),
            "what_happened": Column("str", "what changed"),
            "what_it_means": Column("str", "what a reader should make of it"),
            "source_id": SOURCE,
        },
        order=("first_year", "series"),
    ),
    "correction": Table(
        "a published figure that is wrong, and what is used in its place",
        ("correction",),
        {
            "correction": Column("str", "short name"),
            "area_codes": Column("str", "areas whose figures change, with semicolons"),
            "period": Column("str", "year of the figures"),
            "what": Column("str", "what the figure is of"),
            "published": Column("str", "what was published"),
            "instead": Column("str", "what is used"),
            "why": Column("str", "how it is known to be wrong"),
            "source_id": SOURCE,
        },
        order=(),
    ),
    "unlikely": Table(
        "a figure that is unlikely, and why a person says that it is right",
        ("name",),
        {
            "name": Column("str", "what the manifest confirms it by"),
            "figure": Column("str", "which figure"),
            "area_code": Column("str", "of which area; ``all`` where no single one is meant"),
            "found": Column("str", "what it is, and beside what"),
            "why": Column("str", "why it is right; empty where nobody has confirmed it"),
        },
    ),
    "neighbour": Table(
        "a statistical neighbour of an authority",
        ("area_code", "rank"),
        {
            "area_code": AREA,
            "rank": Column("int64", "1 is closest", lowest=1, highest=10),
            "neighbour_area_code": Column("str", "the neighbour"),
            "closeness": Column("str", "how close, in the model's words"),
            "source_id": SOURCE,
        },
    ),
    "ehcp_caseload": Table(
        "plans in force on census day by age band, place type and need, one or two at a time",
        ("area_code", "census_year", "age_band", "place_type", "primary_need"),
        {
            "area_code": AREA,
            "census_year": _CENSUS,
            "age_band": Column("str", "age band", [TOTAL, *labels(AgeBand)]),
            "place_type": _PLACE,
            "primary_need": Column("str", "main need in the plan", [TOTAL, *labels(PrimaryNeed)]),
            **_COUNT,
        },
    ),
    "ehcp_caseload_by_age": Table(
        "plans in force on census day by single year of age and place type",
        ("area_code", "census_year", "age", "place_type"),
        {"area_code": AREA, "census_year": _CENSUS, **_BY_AGE},
    ),
    "ehcp_new_plans_by_age": Table(
        "plans that started in a year by age at the start and place type",
        ("area_code", "calendar_year", "age", "place_type"),
        {"area_code": AREA, "calendar_year": CALENDAR, **_BY_AGE},
    ),
    "ehcp_new_plans_by_need": Table(
        "plans that started in a year by main need",
        ("area_code", "calendar_year", "primary_need"),
        {
            "area_code": AREA,
            "calendar_year": CALENDAR,
            "primary_need": Column("str", "main need in the plan", [TOTAL, *labels(PrimaryNeed)]),
            **_COUNT,
        },
    ),
    "ehcp_ceased": Table(
        "plans that ended in a year by age or place type, and reason",
        ("area_code", "calendar_year", "age", "place_type", "reason"),
        {
            "area_code": AREA,
            "calendar_year": CALENDAR,
            "age": _SINGLE_AGE,
            "place_type": _PLACE,
            "reason": Column("str", "why it ended", [TOTAL, *labels(CeasedReason)]),
            **_COUNT,
        },
    ),
    "ehcp_flow": Table(
        "one step towards, into or out of plans over a year",
        ("area_code", "calendar_year", "measure"),
        {
            "area_code": AREA,
            "calendar_year": CALENDAR,
            "measure": Column("str", "what is counted", [*labels(FlowMeasure)]),
            "value": Column("float64", "count [requests, assessments or plans]", (), 0, None, True),
            **SOURCED,
        },
    ),
    "ehcp_total_by_table": Table(
        "a release's total of plans, in each of its tables",
        ("area_code", "census_year", "source_id", "table"),
        {
            "area_code": AREA,
            "census_year": _CENSUS,
            "source_id": SOURCE,
            "table": Column("str", "table by age, or by setting", ["age", "caseload"]),
            "plans": _PLANS,
            "value_status": STATUS,
        },
    ),
    "population": Table(
        "persons of one age",
        ("area_code", "year", "age", "variant"),
        {
            "area_code": AREA,
            "year": _MID_YEAR,
            "age": _AGE,
            "variant": Column("str", "estimate or projection"),
            "persons": Column("float64", "residents [persons]", lowest=0),
            "source_id": SOURCE,
        },
    ),
    "residents": Table(
        "residents of one age at mid-year, as estimated",
        ("area_code", "year", "age"),
        {
            "area_code": AREA,
            "year": _MID_YEAR,
            "age": _AGE,
            "persons": Column("float64", "residents [persons]", (), 0, None, True),
            **SOURCED,
        },
    ),
    "children": Table(
        "residents aged 0 to 17 at mid-year",
        ("area_code", "year"),
        {
            "area_code": AREA,
            "year": _MID_YEAR,
            "persons": Column("float64", "residents aged 0 to 17 [persons]", (), 0, None, True),
            **SOURCED,
        },
    ),
    "high_needs_funding": Table(
        "an element of the dedicated schools grant",
        ("area_code", "financial_year", "element"),
        {
            "area_code": AREA,
            "financial_year": FINANCIAL,
            "element": Column("str", "part of the grant", [*labels(FundingElement)]),
            "allocation_gbp": Column("float64", "allocation [£]", lowest=0, optional=True),
            "source_id": SOURCE,
        },
    ),
    "high_needs_term": Table(
        "a term of the formula of a high needs block, or what the formula comes to",
        ("area_code", "financial_year", "term"),
        {
            "area_code": AREA,
            "financial_year": FINANCIAL,
            "term": Column("str", "part of the formula", [*labels(FundingTerm)]),
            "value": VALUE,
            "value_status": STATUS,
            "unit": Column("str", "unit", ["GBP", "GBP per pupil", "pupils"]),
            "source_id": SOURCE,
        },
    ),
    "high_needs_spend": Table(
        "net high needs spend on a group of statement lines",
        ("area_code", "financial_year", "spend_line", "basis"),
        {
            "area_code": AREA,
            "financial_year": FINANCIAL,
            "spend_line": Column("str", "section 251 lines"),
            "basis": Column("str", "budget or outturn", ["budget", "outturn"]),
            "net_gbp": Column(
                "float64",
                "net spend, of a larger area the sum of its authorities [£]",
                optional=True,
            ),
            "includes_place_funding": Column("bool", "whether line 1.0.2 is inside"),
            "coverage": Column("str", "what the lines hold, in the source's words"),
            **SOURCED,
        },
    ),
    "dsg_balance": Table(
        "a stated balance of the dedicated schools grant at a year end",
        ("area_code", "balance_date", "item", "basis"),
        {
            "area_code": AREA,
            "balance_date": Column("datetime", "31 March"),
            "item": Column("str", "which balance, in the source's words"),
            "basis": Column("str", "outturn, reported, forecast or plan"),
            "closing_balance_gbp": Column("float64", "balance; a deficit is negative [£]"),
            "confidence": CONFIDENCE,
            "source_id": SOURCE,
        },
    ),
    "dsg_account": Table(
        "the stated balance of the schools grant at a year end, and the places paid for that year",
        ("area_code", "financial_year"),
        {
            "area_code": AREA,
            "financial_year": FINANCIAL,
            "balance_gbp": Column(
                "float64", "line 1.9.3 at 31 March; a deficit is negative [£]", optional=True
            ),
            "place_funding_gbp": Column(
                "float64", "line 1.0.2, places in maintained schools [£]", optional=True
            ),
            "place_funding_basis": Column(
                "str",
                "published, or estimated from 2021-22 by pupils in maintained special schools",
                ["published", "estimated"],
            ),
            "source_id": SOURCE,
        },
    ),
    "outturn_by_sector": Table(
        "net outturn of a statement line in a sector of schools",
        ("area_code", "financial_year", "line", "sector"),
        {
            "area_code": AREA,
            "financial_year": FINANCIAL,
            "line": Column("str", "line of the high needs budget", _LINES),
            "sector": Column("str", "sector of schools; all for the whole line", _SECTORS),
            "net_gbp": Column("float64", "net outturn [£]", optional=True),
            "source_id": SOURCE,
        },
    ),
    "agreement": Table(
        "an authority's agreement with the department on its deficit (Safety Valve)",
        ("area_code",),
        {
            "area_code": AREA,
            "financial_year": Column("str", "year in which it was first signed, such as 2023-24"),
            "confidence": CONFIDENCE,
            "source_id": SOURCE,
        },
    ),
    "council_figure": Table(
        "a figure that a council or the press gave",
        ("area_code", "item", "period", "basis"),
        {
            "area_code": AREA,
            "item": Column("str", "what it measures, in the source's words"),
            "period": Column("str", "year, quarter or date, as given"),
            "value": _STATED,
            "unit": UNIT,
            "basis": Column("str", "outturn, plan, forecast and so on"),
            "confidence": CONFIDENCE,
            "source_id": SOURCE,
        },
    ),
    "indicator": Table(
        "an indicator of an area in a period",
        ("area_code", "indicator", "year"),
        {
            "area_code": AREA,
            "indicator": Column("str", "short name"),
            "year": Column("int64", "year in which the period ends"),
            "period": Column("str", "period as published, with provisional written out"),
            "provisional": Column("bool", "whether the publisher may revise it"),
            "value": VALUE,
            "value_status": STATUS,
            "unit": UNIT,
            "better": _BETTER,
            "source_id": SOURCE,
        },
    ),
    "outcome": Table(
        "an outcome of a group of children in a school year",
        ("area_code", "academic_year", "outcome", "group"),
        {
            "area_code": AREA,
            "academic_year": ACADEMIC,
            "outcome": Column("str", "what is measured", [*labels(OutcomeMeasure)]),
            "group": Column("str", "children it is about", [*labels(ChildGroup)]),
            "value": VALUE,
            "numerator": Column("float64", "children who reached it", lowest=0, optional=True),
            "denominator": Column("float64", "children counted", lowest=0, optional=True),
            "unit": Column("str", "unit", ["%", "points", "score"]),
            **SOURCED,
        },
    ),
    "strategy_figure": Table(
        "a figure that a strategy published",
        ("area_name", "theme", "measure", "group", "period"),
        {
            "area_code": Column("str", "code of the area; empty for a group of areas"),
            "area_name": Column("str", "area as published"),
            "theme": Column("str", "part of the strategy"),
            "measure": Column("str", "what it measures"),
            "group": Column("str", "children it is about"),
            "period": Column("str", "period as published"),
            "value": _STATED,
            "unit": UNIT,
            "source_id": SOURCE,
        },
        order=("area_code", "area_name", "theme", "measure", "group", "period"),
    ),
    "kpi": Table(
        "an indicator that the strategies promised to watch",
        ("kpi",),
        {
            "kpi": Column("str", "its name"),
            "frequency": Column("str", "how often due", ["monthly", "quarterly", "annual"]),
            "section": Column("str", "section of the register"),
            "status": Column("str", "whether it was recorded", ["recorded", "proposed"]),
            "priority_2024": Column("str", "priority of the strategy it serves"),
        },
    ),
    "policy_lever": Table(
        "a rule or a date of high needs policy",
        ("lever",),
        {
            "lever": Column("str", "its name"),
            "value": Column("str", "value, in `unit`"),
            "unit": UNIT,
            "applies": Column("str", "to what it applies"),
            "confidence": CONFIDENCE,
            "source_id": SOURCE,
        },
    ),
    **SERVICE_TABLES,
}
