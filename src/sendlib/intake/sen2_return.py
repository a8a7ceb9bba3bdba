"""The SEN2 person-level return (XML): one file is one January.

A person counts when a named plan is in force on the reference date. Elements
are matched by name without regard to case or namespace; which ones, and from
which sources, stands in the decision record on own records.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import pandas as pd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sendlib.errors import DataError, did_you_mean, raise_any
from sendlib.intake.columns import read_layout, to_dates
from sendlib.intake.files import MOST_BYTES, join_rows, missing_files, read_tables
from sendlib.intake.findings import Findings
from sendlib.intake.people import NOT_RECORDED, TEXTS, hash_references
from sendlib.intake.workbook import MARK
from sendlib.vocabulary import PlaceType

LABELS = read_layout("return", "person").labels
URNS = read_layout("urns", "establishment")
_FLAGS = {  # a check that the reader makes: the field that it is about
    "reference_empty": "reference",
    "reference_from_name": "reference",
    "no_named_plan": "start",
    "places_overlap": "place",
    "place_by_urn": "place",
}
_YES = {"1", "true", "y", "yes"}
_IDENTIFIERS = ("upn", "uniquelearnernumber")
_NAME_PARTS = ("surname", "forename", "personbirthdate")
_LAST_RANK = 99


@dataclass(frozen=True, eq=False)
class Sen2Return:
    """One return that could be parsed."""

    file: str
    root: Element  # its tags without namespace and in lower case
    reference_date: str  # census day in ISO form
    synthetic: bool  # whether it says that its people are invented


def read_urns(path: Path) -> pd.DataFrame:
    """Read the list that says what kind of place each establishment is, by its URN or UKPRN.

    A CSV file or workbook with the columns ``urn`` and ``place_type``; a DataError has everything
    that is wrong with it.
    """
    headline, findings = "The list of establishments cannot be used.", Findings()
    raise_any(DataError, headline, missing_files(path))
    tables = read_tables(path, [URNS], findings)
    raise_any(DataError, headline, findings.problems(pd.DataFrame(), "refuse"))
    rows = join_rows(tables, findings)
    places = [place.value for place in PlaceType]
    rows["close"] = [did_you_mean(place, places) for place in rows["place_type"]]
    rows["first"] = rows.groupby("urn")["row"].transform("first")
    is_number = rows["urn"].str.fullmatch(r"\d{6}|\d{8}")
    findings.add_rows("urn_unreadable", ~is_number, "urn", rows["urn"])
    unknown = ~rows["place_type"].isin(places)
    findings.add_rows("place_type_unknown", unknown, "place_type", rows["place_type"])
    findings.add_rows("urn_repeated", rows["urn"].duplicated(), "urn", rows["urn"])
    raise_any(DataError, headline, findings.problems(rows, "refuse", "set aside"))
    return rows[["urn", "place_type"]]


def parse_return(path: Path, findings: Findings) -> list[Sen2Return]:
    """The return of a file, without following entities or document types; none if it is wrong."""
    if path.stat().st_size > MOST_BYTES:
        findings.add("records_too_large", file=path.name)
        return []
    content = path.read_bytes()
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        findings.add("xml_entities", file=path.name)
        return []
    except (ParseError, ValueError, LookupError):
        findings.add("xml_unreadable" if content.strip() else "empty", file=path.name)
        return []
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1].lower()
    if root.find(".//person") is None:
        check = "file_unknown" if root.find(".//header") is None else "no_rows"
        findings.add(check, file=path.name, words={"row": "person"})
        return []
    texts = [(found.text or "").strip() for found in root.iter("referencedate")]
    dates = to_dates(pd.Series(texts, dtype="str")).dropna()
    if dates.empty:
        findings.add("reference_date_missing", file=path.name, column="ReferenceDate")
        return []
    synthetic = any((found.text or "").strip() == MARK for found in root.iter("synthetic"))
    return [Sen2Return(path.name, root, dates.iloc[0].date().isoformat(), synthetic)]


def read_returns(
    returns: Sequence[Sen2Return], salt: bytes, urns: pd.DataFrame | None, findings: Findings
) -> pd.DataFrame:
    """Rows of all returns, with their references hashed, as text to be checked."""
    known = pd.DataFrame(columns=["urn", "place_type"]) if urns is None else urns
    place_of = dict(zip(known["urn"].astype("str"), known["place_type"], strict=True))
    parts = []
    for each in returns:
        records = [
            {**record, "file": each.file, "row": number, "january": each.reference_date[:4]}
            for number, person in enumerate(each.root.iter("person"), start=1)
            for record in _plans(person, each.reference_date, place_of)
        ]
        names = ["file", "row", "person", *TEXTS, *_FLAGS, "active"]
        plans = pd.DataFrame(records, columns=names)
        plans = plans.astype(dict.fromkeys(("person", *TEXTS), "str"))
        plans["person"] = hash_references(plans["person"], salt)
        in_force = plans[_in_force(plans, each.reference_date)]
        if in_force.empty:
            findings.add("no_plan_in_force", file=each.file, detail=each.reference_date)
        parts.append(in_force)
    rows = pd.concat(parts, ignore_index=True)
    for check, field in _FLAGS.items():
        findings.add_rows(check, rows[check].eq(True), LABELS[field])
    return rows[["file", "row", "person", *TEXTS]]


def _in_force(plans: pd.DataFrame, reference_date: str) -> pd.Series:
    """Active plans, and others that had started and not ended."""
    day = pd.Timestamp(reference_date)
    start, end = to_dates(plans["start"]), to_dates(plans["end"])
    ended = (plans["end"] != "") & ~(end >= day)
    return plans["active"].eq(True) | ((start <= day) & ~ended)


def _plans(person: Element, day: str, place_of: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """One record of a person that has a named or an active plan, whichever requests they are in."""
    texts = _texts(person)
    reference = next((texts[name] for name in _IDENTIFIERS if texts.get(name)), "")
    by_name = "|".join(texts.get(name, "") for name in _NAME_PARTS)
    nameless = by_name.startswith("||")
    # plans that have not ceased come last, and of these the latest; so do active ones
    plans = [(_texts(each), each) for each in person.iter("namedplan")]
    plan, named = max(
        plans,
        key=lambda each: (not each[0].get("ceasedate"), each[0].get("startdate", "")),
        default=({}, None),
    )
    active = max(person.iter("activeplans"), key=_last_entry, default=None)
    if named is not None or active is not None:
        needs = [] if active is None else [_texts(each) for each in active.iter("senneed")]
        needs.sort(key=lambda each: each.get("sentyperank", "9"))
        yield {
            **dict.fromkeys(TEXTS, ""),
            "person": reference or ("" if nameless else by_name),
            "born": texts.get("personbirthdate", ""),
            "need": needs[0].get("sentype", "") if needs else "",
            "start": plan.get("startdate", ""),
            "end": plan.get("ceasedate", ""),
            "active": active is not None,
            "reference_empty": not reference and nameless,
            "reference_from_name": not reference and not nameless,
            "no_named_plan": named is None,
            **_placement(named, active, day, place_of),
        }


def _last_entry(active: Element) -> str:
    """When the newest placement of an active plan began."""
    return max(
        (_texts(each).get("entrydate", "") for each in active.iter("placementdetail")), default=""
    )


def _placement(
    named: Element | None, active: Element | None, day: str, place_of: Mapping[str, str]
) -> dict[str, object]:
    """The type of place on the day: of the placement first in rank, else of the named plan."""
    placed = [] if active is None else [_texts(each) for each in active.iter("placementdetail")]
    still_open = [
        each
        for each in placed
        if each.get("entrydate", "")[:10] <= day <= (each.get("leavingdate", "")[:10] or day)
    ]
    planned = [] if named is None else [_texts(each) for each in named.iter("plandetail")]
    by_rank: dict[int, list[dict[str, str]]] = {}
    for each in still_open or planned:
        rank = each.get("placementrank", "")
        by_rank.setdefault(int(rank) if rank.isdigit() else _LAST_RANK, []).append(each)
    if not by_rank:
        return {"place": ""}
    first = by_rank[min(by_rank)]
    last = max(first, key=lambda each: each.get("entrydate", ""))
    place, by_urn = _place(last, place_of)
    overlap = len({_place(each, place_of) for each in first}) > 1
    return {"place": place, "place_by_urn": by_urn, "places_overlap": overlap}


def _place(detail: Mapping[str, str], place_of: Mapping[str, str]) -> tuple[str, bool]:
    """A code of the type of place, and whether only a URN or UKPRN is known."""
    if detail.get("senunitindicator", "").lower() in _YES:
        return PlaceType.SEN_UNIT, False
    if detail.get("resourcedprovisionindicator", "").lower() in _YES:
        return PlaceType.RESOURCED_PROVISION, False
    if detail.get("sensetting"):
        return detail["sensetting"], False
    numbers = [detail[name] for name in ("urn", "ukprn") if detail.get(name)]
    known = next((place_of[number] for number in numbers if number in place_of), "")
    by_urn = bool(numbers) and not known
    return NOT_RECORDED if by_urn else known, by_urn


def _texts(element: Element) -> dict[str, str]:
    return {child.tag: (child.text or "").strip() for child in element if len(child) == 0}
