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

from sendlib.intake.checks import Sighting
from sendlib.intake.columns import to_dates
from sendlib.intake.extract import FLAGS, ROW_COLUMNS
from sendlib.intake.salt import hashed
from sendlib.intake.tables import MARK

LABELS = {
    "born": "PersonBirthDate",
    "birth_year": "PersonBirthDate",
    "need": "SENtype",
    "place": "SENsetting",
    "start": "StartDate",
    "end": "CeaseDate",
    "january": "ReferenceDate",
    "reference": "UPN",
    "cost": "",
}
_YES = {"1", "true", "y", "yes"}
_IDENTIFIERS = ("upn", "uniquelearnernumber")
_NAME_PARTS = ("surname", "forename", "personbirthdate")
_LAST_RANK = 99


@dataclass(frozen=True, eq=False)
class Return:
    """One return that could be parsed.

    Parameters
    ----------
    file : str
        The file's name.
    root : Element
        The whole document, its tags without namespace and in lower case.
    reference_date : str
        Census day, as the return has it, in ISO form.
    """

    file: str
    root: Element
    reference_date: str

    @property
    def marked(self) -> bool:
        """Whether the return says that its people are invented."""
        return any((found.text or "").strip() == MARK for found in self.root.iter("synthetic"))


def parse_return(path: Path) -> tuple[Return | None, list[Sighting]]:
    """Parse a return, without following entities or document types."""
    content = path.read_bytes()
    if not content.strip():
        return None, [Sighting("empty", file=path.name)]
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        return None, [Sighting("xml_entities", file=path.name)]
    except (ParseError, ValueError, LookupError):
        return None, [Sighting("xml_unreadable", file=path.name)]
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1].lower()
    if root.find(".//person") is None:
        check = "file_unknown" if root.find(".//header") is None else "no_rows"
        return None, [Sighting(check, file=path.name)]
    date = _reference_date(root)
    if date is None:
        return None, [Sighting("reference_date_missing", file=path.name, column="ReferenceDate")]
    return Return(path.name, root, date), []


def read_returns(
    returns: Sequence[Return], *, salt: bytes, urns: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Rows of all returns, with their references hashed, as text to be checked."""
    place_of = (
        {} if urns is None else dict(zip(urns["urn"].astype(str), urns["place_type"], strict=True))
    )
    parts = [_rows(found, place_of, salt) for found in returns]
    return pd.concat(parts, ignore_index=True)


def _rows(found: Return, place_of: Mapping[str, str], salt: bytes) -> pd.DataFrame:
    records = [
        record
        for number, person in enumerate(found.root.iter("person"), start=1)
        for record in _plans(person, number, found.reference_date, place_of)
    ]
    rows = pd.DataFrame(records, columns=[*ROW_COLUMNS, "active"])
    rows["person"] = hashed(rows["person"].astype("str"), salt)
    counted = rows["active"].astype(bool) | _in_force(rows, found.reference_date)
    january = found.reference_date[:4]
    return rows.loc[counted, list(ROW_COLUMNS)].assign(file=found.file, january=january)


def _in_force(rows: pd.DataFrame, reference_date: str) -> pd.Series:
    """Plans that had started and not ended; others without an active plan are no rows."""
    day = pd.Timestamp(reference_date)
    start, end = to_dates(rows["start"].astype("str")), to_dates(rows["end"].astype("str"))
    ended = (rows["end"] != "") & ~(end >= day)
    return (start <= day) & ~ended


def _plans(
    person: Element, number: int, day: str, place_of: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    """One record for each request of a person that has a named or an active plan."""
    texts = _texts(person)
    reference = next((texts[name] for name in _IDENTIFIERS if texts.get(name)), "")
    by_name = "|".join(texts.get(name, "") for name in _NAME_PARTS)
    nameless = by_name.startswith("||")
    for request in _requests(person):
        named = max(request.iter("namedplan"), key=_start, default=None)
        active = next(request.iter("activeplans"), None)
        if named is None and active is None:
            continue
        plan = {} if named is None else _texts(named)
        yield (
            dict.fromkeys(ROW_COLUMNS, "")
            | dict.fromkeys(FLAGS, False)
            | {
                "row": number,
                "person": reference or ("" if nameless else by_name),
                "born": texts.get("personbirthdate", ""),
                "need": _need(active),
                "start": plan.get("startdate", ""),
                "end": plan.get("ceasedate", ""),
                "active": active is not None,
                "reference_empty": not reference and nameless,
                "reference_from_name": not reference and not nameless,
                "no_named_plan": named is None,
                **_placement(named, active, day, place_of),
            }
        )


def _placement(
    named: Element | None, active: Element | None, day: str, place_of: Mapping[str, str]
) -> dict[str, object]:
    """The type of place on the day: of the placement first in rank, else of the named plan."""
    entered = [] if active is None else [_texts(each) for each in active.iter("placementdetail")]
    held = [each for each in entered if _held(each, day)]
    planned = [] if named is None else [_texts(each) for each in named.iter("plandetail")]
    choice = sorted(held or planned, key=_rank)
    if not choice:
        return {"place": ""}
    first = [each for each in choice if _rank(each) == _rank(choice[0])]
    last = max(first, key=lambda each: each.get("entrydate", ""))
    places = {_place(each, place_of) for each in first}
    place, by_urn = _place(last, place_of)
    return {"place": place, "place_by_urn": by_urn, "places_overlap": len(places) > 1}


def _place(detail: Mapping[str, str], place_of: Mapping[str, str]) -> tuple[str, bool]:
    """A code of the type of place, and whether only a URN or UKPRN is known."""
    if detail.get("senunitindicator", "").lower() in _YES:
        return "sen_unit", False
    if detail.get("resourcedprovisionindicator", "").lower() in _YES:
        return "resourced_provision", False
    if detail.get("sensetting"):
        return detail["sensetting"], False
    numbers = [detail[name] for name in ("urn", "ukprn") if detail.get(name)]
    known = next((place_of[number] for number in numbers if number in place_of), "")
    return known, bool(numbers) and not known


def _held(detail: Mapping[str, str], day: str) -> bool:
    """Whether a placement was entered by the day and not left before it."""
    entered, left = detail.get("entrydate", "")[:10], detail.get("leavingdate", "")[:10]
    return entered <= day and (not left or left >= day)


def _rank(detail: Mapping[str, str]) -> int:
    rank = detail.get("placementrank", "")
    return int(rank) if rank.isdigit() else _LAST_RANK


def _need(active: Element | None) -> str:
    """The code of the need first in rank; empty when there is none."""
    needs = [] if active is None else [_texts(each) for each in active.iter("senneed")]
    ranked = sorted(needs, key=lambda each: each.get("sentyperank", "9"))
    return ranked[0].get("sentype", "") if ranked else ""


def _start(named: Element) -> tuple[bool, str]:
    """Plans that have not ceased come last, and of these the latest."""
    texts = _texts(named)
    return not texts.get("ceasedate"), texts.get("startdate", "")


def _reference_date(root: Element) -> str | None:
    texts = [(found.text or "").strip() for found in root.iter("referencedate")]
    dates = to_dates(pd.Series(texts, dtype="str")).dropna()
    return None if dates.empty else dates.iloc[0].date().isoformat()


def _requests(person: Element) -> list[Element]:
    """Each request, whether or not a container holds them."""
    return list(person.iter("request")) or list(person.iter("requests"))


def _texts(element: Element) -> dict[str, str]:
    return {child.tag: (child.text or "").strip() for child in element if len(child) == 0}
