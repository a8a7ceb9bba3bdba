"""Person rows written in the forms that can be read: for invented people and for tests."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import pandas as pd

from sendlib.intake.columns import FIELDS, TRANSITION_FIELDS
from sendlib.intake.row_checks import census_day
from sendlib.intake.tables import MARK
from sendlib.intake.transitions import AGE_OF_YEAR_NOUGHT, NONSEND
from sendlib.intake.workbook import new_workbook, write_sheet
from sendlib.vocabulary import OUTSIDE, PlaceType, PrimaryNeed

SOURCE = {  # our column: the field of the extract
    "reference": "reference",
    "born": "born",
    "birth_year": "birth_year",
    "need": "need",
    "place_type": "place",
    "start": "start",
    "end": "end",
    "january": "january",
    "cost_gbp": "cost",
}
SHEET = "Caseload"
FIRST_INVENTED_URN = 900_001  # the register of schools has none as high
_SETTINGS: dict[str, str] = {
    PlaceType.EOTAS: "OLA",
    PlaceType.ELECTIVE_HOME_EDUCATION: "EHE",
    PlaceType.EARLY_YEARS: "EYP",
    PlaceType.NEET: "NEET",
    PlaceType.OTHER: "OTH",
}
_INDICATORS: dict[str, str] = {
    PlaceType.SEN_UNIT: "SENunitIndicator",
    PlaceType.RESOURCED_PROVISION: "ResourcedProvisionIndicator",
}


def write_extract(rows: pd.DataFrame, path: Path, *, synthetic: bool = False) -> None:
    """Write a caseload extract, as CSV or as a workbook by the file's suffix."""
    table = _headed(rows)
    if path.suffix == ".csv":
        marked = table.assign(**{FIELDS["synthetic"][0]: MARK}) if synthetic else table
        marked.to_csv(path, index=False, date_format="%Y-%m-%d")
        return
    with new_workbook(path, "Caseload extract") as book:
        write_sheet(book, SHEET, table)
        if synthetic:
            book.add_worksheet(MARK).write_string(0, 0, f"{MARK}: every person is invented")


def _headed(rows: pd.DataFrame) -> pd.DataFrame:
    full = rows.reindex(columns=list(SOURCE))
    return full.rename(columns={name: FIELDS[field][0] for name, field in SOURCE.items()})


def write_sen2(rows: pd.DataFrame, path: Path, january: int, *, synthetic: bool = False) -> None:
    """Write the SEN2 person-level return of one January as XML.

    The return names most places by URN; the invented ones of ``invented_urns``
    stand for their type. Costs are not part of it.
    """
    root = Element("Message")
    details = SubElement(SubElement(root, "Header"), "CollectionDetails")
    day = census_day(january).isoformat()
    _add(details, {"Collection": "SEN2", "Year": str(january), "ReferenceDate": day})
    if synthetic:
        _add(root[0], {"Synthetic": MARK})
    persons = SubElement(root, "Persons")
    for row in rows[rows["january"] == january].to_dict("records"):
        _person(persons, {str(name): _written(value) for name, value in row.items()})
    indent(root, space=" ")
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _person(persons: Element, row: Mapping[str, str]) -> None:
    person = SubElement(persons, "Person")
    _add(person, {"PersonBirthDate": row["born"], "UPN": row["reference"]})
    request = SubElement(person, "Requests")
    place = _place_elements(row["place_type"])
    named = SubElement(SubElement(request, "Assessment"), "NamedPlan")
    _add(named, {"StartDate": row["start"], "CeaseDate": row.get("end", "")})
    active = SubElement(request, "ActivePlans")
    if place:
        _add(SubElement(named, "PlanDetail"), {**place, "PlacementRank": "1"})
        entered = {"EntryDate": row["start"], "PlacementRank": "1"}
        _add(SubElement(active, "PlacementDetail"), {**place, **entered})
    if row["need"] != PrimaryNeed.NOT_RECORDED:
        need = {"SENtype": row["need"].upper(), "SENtypeRank": "1"}
        _add(SubElement(active, "SENneed"), need)


def _place_elements(place_type: str) -> dict[str, str]:
    if place_type == PlaceType.NOT_RECORDED:
        return {}
    if place_type in _SETTINGS:
        return {"SENsetting": _SETTINGS[place_type]}
    indicator = {_INDICATORS[place_type]: "true"} if place_type in _INDICATORS else {}
    return {"URN": _urn_of()[place_type], **indicator}


def invented_urns() -> pd.DataFrame:
    """An invented URN for each type of place: ``urn``, ``place_type``.

    Pass it as ``urns`` to read back what ``write_sen2`` wrote.
    """
    urn_of = _urn_of()
    return pd.DataFrame({"urn": urn_of.values(), "place_type": urn_of.keys()})


def _urn_of() -> dict[str, str]:
    return {place.value: str(FIRST_INVENTED_URN + number) for number, place in enumerate(PlaceType)}


def write_transitions(movements: pd.DataFrame, path: Path, *, synthetic: bool = False) -> None:
    """Write movements in the transitions layout of witan.send, a row for each plan."""
    each = movements.loc[movements.index.repeat(movements["plans"])]
    named = each.replace({OUTSIDE: NONSEND})
    year = each["age"] - AGE_OF_YEAR_NOUGHT
    columns = (
        each["census_year"] - 1,
        named["place_from"],
        named["need_from"],
        year - 1,
        named["place_to"],
        named["need_to"],
        year,
    )
    table = pd.DataFrame(dict(zip(TRANSITION_FIELDS, columns, strict=True)))
    if synthetic:
        table["synthetic"] = MARK
    table.to_csv(path, index=False)


def _written(value: object) -> str:
    if isinstance(value, date):
        return "" if pd.isna(value) else value.strftime("%Y-%m-%d")
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]


def _add(parent: Element, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        if text:
            SubElement(parent, name).text = text
