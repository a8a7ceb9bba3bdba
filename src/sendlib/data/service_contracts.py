"""The contracts of tables on services: inspections, appeals, attendance, places that are paid for.

``contracts`` has those of plans, people, money and strategies, and the list of all.
"""

from sendlib.data.columns import (
    ACADEMIC,
    AREA,
    CALENDAR,
    CONFIDENCE,
    FINANCIAL,
    SOURCE,
    SOURCED,
    UNIT,
    VALUE,
    Column,
    Table,
)
from sendlib.vocabulary import PrimaryNeed, labels

NOT_ASSESSED = "not_assessed"  # of a pupil on SEN support, whose need no specialist has seen
_GROUP = Column("str", "whom it is about", ["all", "no_sen", "sen_support", "ehcp"])
_NUMBER = Column("float64", "count", lowest=0, optional=True)

SERVICE_TABLES: dict[str, Table] = {
    "inspection": Table(
        "the last inspection of an area's SEND partnership, under the framework of 2023",
        ("area_code",),
        {
            "area_code": AREA,
            "inspected_on": Column("datetime", "first day of the inspection", optional=True),
            "published_on": Column(
                "datetime", "day on which the report was published", optional=True
            ),
            "outcome": Column("float64", "1 is best", (), 1, 3, optional=True),
            "outcome_label": Column("str", "what the outcome says of experiences and outcomes"),
            "next_inspection": Column("str", "when the next full inspection is due, as printed"),
            "next_by": Column("datetime", "day by which it is due", optional=True),
            "link": Column("str", "where the report stands"),
            **SOURCED,
        },
    ),
    "participation": Table(
        "young people of 16 and 17 not in education, employment or training, or not known",
        ("area_code", "calendar_year", "group"),
        {
            "area_code": AREA,
            "calendar_year": Column(
                "int64", "year in which the average of December to February ends", (), 2021, 2050
            ),
            "group": _GROUP,
            "value": Column("float64", "share of the group [%]", (), 0, 100, optional=True),
            "young_people": Column(
                "float64", "young people of 16 and 17, all groups [persons]", (), 0, optional=True
            ),
            **SOURCED,
        },
    ),
    "attendance": Table(
        "absence, attendance, suspension or exclusion of a group of pupils in all schools",
        ("area_code", "academic_year", "term", "group", "measure"),
        {
            "area_code": AREA,
            "academic_year": ACADEMIC,
            "term": Column(
                "str", "term, or the whole year", ["autumn", "spring", "summer", "year"]
            ),
            "group": _GROUP,
            "measure": Column(
                "str",
                "what is measured",
                [
                    *("overall_absence", "persistent_absence", "severe_absence", "attendance"),
                    *("suspensions", "pupils_suspended", "permanent_exclusions"),
                ],
            ),
            "value": VALUE,
            "unit": Column("str", "unit", ["% of sessions", "% of pupils", "per 100 pupils"]),
            **SOURCED,
        },
    ),
    "absence_by_need": Table(
        "absence of pupils with a plan or on SEN support, by main need, in all schools",
        ("area_code", "academic_year", "primary_need", "measure"),
        {
            "area_code": AREA,
            "academic_year": ACADEMIC,
            "primary_need": Column("str", "main need", [*labels(PrimaryNeed), NOT_ASSESSED]),
            "measure": Column(
                "str",
                "what is measured",
                ["overall_absence", "persistent_absence", "severe_absence"],
            ),
            "value": VALUE,
            "unit": Column("str", "unit", ["% of sessions", "% of pupils"]),
            **SOURCED,
        },
    ),
    "appeal": Table(
        "registered SEND appeals and the decisions that could be appealed, in a year",
        ("area_code", "calendar_year", "measure"),
        {
            "area_code": AREA,
            "calendar_year": CALENDAR,
            "measure": Column("str", "what is counted", ["appeals", "appealable_decisions"]),
            "value": _NUMBER,
            **SOURCED,
        },
    ),
    "school_places": Table(
        "pupils and places of mainstream schools, and how an authority foresaw its pupils",
        ("area_code", "academic_year", "phase", "measure"),
        {
            "area_code": AREA,
            "academic_year": ACADEMIC,
            "phase": Column("str", "phase of education", ["primary", "secondary"]),
            "measure": Column(
                "str",
                "what is measured; a forecast error is positive where too many were foreseen",
                ["pupils", "places", "forecast_error_1_year", "forecast_error_3_years"],
            ),
            "value": VALUE,
            "unit": Column("str", "unit", ["pupils", "places", "%"]),
            **SOURCED,
        },
    ),
    "place_deduction": Table(
        "places that the department funds itself, taken from a high needs block",
        ("area_code", "financial_year", "institution", "places"),
        {
            "area_code": AREA,
            "financial_year": FINANCIAL,
            "institution": Column("str", "kind of institution, as published"),
            "places": Column("str", "kind of place, as published"),
            "places_from_april": Column(
                "float64", "until July or August [places]", (), 0, None, True
            ),
            "places_from_autumn": Column("float64", "until March [places]", (), 0, None, True),
            "deduction_gbp": Column("float64", "taken from the block [£]", (), 0, None, True),
            "source_id": SOURCE,
        },
    ),
    "phase_transfer": Table(
        "plans due for a review before a change of phase, and how many were final",
        ("area_code", "census_year", "item"),
        {
            "area_code": AREA,
            "census_year": Column("int64", "year of the January count", (), 2026, 2050),
            "item": Column(
                "str",
                "plans in all; due or final for a transfer in the year named",
                ["plans", "due_2025", "final_2025", "due_2026", "final_2026"],
            ),
            "plans": Column("float64", "EHC plans [plans]", (), 0, None, True),
            **SOURCED,
        },
    ),
    "policy_fact": Table(
        "a fact on policy, funding or another authority, as a document or the press states it",
        ("topic", "fact", "date", "where"),
        {
            "topic": Column("str", "what it is about"),
            "fact": Column("str", "the fact"),
            "value": Column("str", "value, in `unit`; may be several with semicolons"),
            "unit": UNIT,
            "applies": Column("str", "to what or whom it applies"),
            "date": Column("str", "day, month or year of which it is true"),
            "confidence": CONFIDENCE,
            "where": Column("str", "where it is stated"),
            "source_id": SOURCE,
        },
        order=(),
    ),
    "strategy_measure": Table(
        "a measure of success or a deliverable of a strategy, in our words",
        ("strategy", "priority", "what"),
        {
            "strategy": Column("str", "years of the strategy"),
            "priority": Column("str", "number of the priority"),
            "priority_name": Column("str", "name of the priority"),
            "kind": Column("str", "measure of success or deliverable"),
            "what": Column("str", "what is measured or delivered"),
            "direction": Column("str", "which way is better, where it says"),
            "published_measure": Column("str", "the published measure that comes nearest, if any"),
            "source_id": SOURCE,
        },
        order=(),
    ),
}
