"""What the replica publishes: data sets in versions, and what each version consists of.

Everything is worked out from a CSV file in the layout that the service asks of publishers:
columns of time, level and codes, then filters (text) and indicators (numbers or symbols).
"""

import csv
import hashlib
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

LEVELS = {
    "National": ("NAT", {"code": "country_code"}, "country_name"),
    "Regional": ("REG", {"code": "region_code"}, "region_name"),
    "Local authority": ("LA", {"code": "new_la_code", "oldCode": "old_la_code"}, "la_name"),
}
IDENTIFIERS = {
    "Academic year": "AY",
    "Calendar year": "CY",
    "Financial year": "FY",
    "Reporting year": "RY",
    "Tax year": "TY",
    "Autumn term": "T1",
    "Spring term": "T2",
    "Summer term": "T3",
    "Autumn and spring term": "T1T2",
    "January": "M1",
}
SYMBOLS = frozenset({"", "x", "z", "c", "low", ":", "~", "-", ".", "..", "*", "k", "u"})
_PLACES = {column for _, codes, name in LEVELS.values() for column in (*codes.values(), name)}
_FIXED = {"time_period", "time_identifier", "geographic_level", *_PLACES}
_NUMBER = re.compile(r"-?[\d,]*\.?\d+%?")


def identify(*parts: str) -> str:
    """A short id such as the service gives to filters, options, locations and indicators."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return "".join(letters[byte % len(letters)] for byte in digest[:7])


def make_guid(*parts: str) -> str:
    """A GUID that is the same each time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("replica", *parts))))


def read_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file, as text."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@dataclass
class Version:
    """One version of a data set."""

    number: str  # 1.0, 1.1, 2.0 or, of a patch, 2.0.1
    content: bytes  # the CSV file
    release: str = "Reporting year"
    notes: str = ""
    kind: str = "Major"  # or Minor, Patch
    status: str = "Published"  # or Deprecated, Withdrawn; Draft is not public
    published: str = "2026-06-25T08:30:00+00:00"
    withdrawn: str | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """Its number, to compare by."""
        return tuple(map(int, self.number.split(".")))

    @property
    def file_id(self) -> str:
        """The id of its file in the data catalogue."""
        return make_guid(self.number, hashlib.sha256(self.content).hexdigest())

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """Its rows."""
        return read_rows(self.content)

    @cached_property
    def columns(self) -> list[str]:
        """Its headings, in order."""
        return next(csv.reader(io.StringIO(self.content.decode("utf-8-sig"))))

    @cached_property
    def indicators(self) -> list[str]:
        """Columns that hold numbers, or symbols in their place."""
        return [
            name
            for name in self.columns
            if name not in _FIXED
            and all(
                (row[name] or "") in SYMBOLS or _NUMBER.fullmatch(row[name]) for row in self.rows
            )
            and not name.startswith("breakdown")
        ]

    @cached_property
    def filters(self) -> list[str]:
        """Columns that hold labels."""
        return [name for name in self.columns if name not in {*_FIXED, *self.indicators}]

    @cached_property
    def facets(self) -> dict[str, list[dict[str, object]]]:
        """Its metadata, as the endpoint of that name answers."""
        levels = dict.fromkeys(row["geographic_level"] for row in self.rows)
        known = [level for level in levels if level in LEVELS]
        return {
            "filters": [
                {
                    "id": identify("filter", name),
                    "column": name,
                    "label": name.replace("_", " ").capitalize(),
                    "hint": "",
                    "options": [
                        {"id": identify(name, option), "label": option}
                        for option in dict.fromkeys(row[name] for row in self.rows)
                    ],
                }
                for name in self.filters
            ],
            "indicators": [
                {
                    "id": identify("indicator", name),
                    "column": name,
                    "label": name.replace("_", " ").capitalize(),
                    "unit": "%" if re.search("(^|_)(pc|pct|percent)", name.lower()) else "",
                    "decimalPlaces": 0,
                }
                for name in self.indicators
            ],
            "geographicLevels": [{"code": LEVELS[each][0], "label": each} for each in known],
            "locations": [
                {
                    "level": {"code": LEVELS[level][0], "label": level},
                    "options": list(self._locations(level)),
                }
                for level in known
            ],
            "timePeriods": list(self._periods()),
        }

    def _locations(self, level: str) -> Iterator[dict[str, str]]:
        _, codes, name = LEVELS[level]
        there: dict[tuple[str, ...], dict[str, str]] = {}
        for row in self.rows:
            if row["geographic_level"] == level:
                values = tuple(row.get(column) or "" for column in codes.values())
                label = row.get(name) or values[0]
                there.setdefault(
                    (*values, label),
                    {
                        "id": identify(level, *values, label),
                        "label": label,
                        **dict(zip(codes, values, strict=True)),
                    },
                )
        yield from there.values()

    def _periods(self) -> Iterator[dict[str, str]]:
        pairs = dict.fromkeys((row["time_period"], row["time_identifier"]) for row in self.rows)
        for digits, identifier in sorted(pairs, reverse=True):
            period = period_of(digits)
            yield {"code": IDENTIFIERS[identifier], "period": period, "label": period}

    def place_of(self, row: dict[str, str]) -> dict[str, str]:
        """The ids of the location of a row, by level."""
        code, codes, name = LEVELS[row["geographic_level"]]
        values = [row.get(column) or "" for column in codes.values()]
        return {code: identify(row["geographic_level"], *values, row.get(name) or values[0])}

    def summarise(self) -> dict[str, object]:
        """What every summary of a version has."""
        meta = self.facets
        periods = [str(each["label"]) for each in meta["timePeriods"]]
        return {
            "version": self.number,
            "published": self.published,
            "totalResults": len(self.rows),
            "file": {"id": self.file_id},
            "timePeriods": {"start": periods[-1], "end": periods[0]},
            **{
                name: [each["label"] for each in meta[name]]
                for name in ("geographicLevels", "filters", "indicators")
            },
        }

    def describe(self) -> dict[str, object]:
        """A version as the endpoints on versions answer."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.release.lower()).strip("-")
        facts = {
            **self.summarise(),
            "type": self.kind,
            "status": self.status,
            "notes": self.notes,
            "release": {"title": self.release, "slug": slug},
        }
        return {**facts, "withdrawn": self.withdrawn} if self.withdrawn else facts


@dataclass
class DataSet:
    """A data set of a publication."""

    publication: str  # its title
    title: str
    versions: list[Version]
    in_api: bool = True  # or in the data catalogue alone
    superseded_by: str | None = None

    @property
    def id(self) -> str:
        """Its GUID."""
        return make_guid(self.publication, self.title)

    @property
    def live(self) -> list[Version]:
        """The versions that can be asked for without saying which, oldest first."""
        there = [each for each in self.versions if each.status == "Published"]
        return sorted(there, key=lambda version: version.parts)

    def find(self, wanted: str) -> Version | None:
        """The version of a number such as 1, 1.2, 2.* or *; none where there is none."""
        text = wanted.removeprefix("v")
        if "*" in text:
            beginning = tuple(int(part) for part in text.split(".") if part != "*")
            found = [each for each in self.live if each.parts[: len(beginning)] == beginning]
            return found[-1] if found else None
        parts = [int(part) for part in text.split(".")]
        full = (*parts, 0)[: max(2, len(parts))]
        return next((each for each in self.versions if each.parts == full), None)

    def before(self, version: Version) -> Version | None:
        """The version that another one follows."""
        earlier = [each for each in self.versions if each.parts < version.parts]
        return max(earlier, key=lambda each: each.parts, default=None)

    def describe(self) -> dict[str, object]:
        """A data set as the endpoints on data sets answer."""
        status = (
            "Withdrawn" if not self.live else "Deprecated" if self.superseded_by else "Published"
        )
        facts: dict[str, object] = {
            "id": self.id,
            "title": self.title,
            "summary": f"{self.title}.",
            "status": status,
        }
        if self.superseded_by:
            facts["supersedingDataSetId"] = self.superseded_by
        return {**facts, "latestVersion": self.live[-1].summarise()} if self.live else facts


@dataclass
class Catalogue:
    """Everything that the replica publishes."""

    data_sets: list[DataSet] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # path of a named file: its content
    pages: dict[str, dict[str, object]] = field(default_factory=dict)  # gov.uk's content API

    def publications(self) -> dict[str, dict[str, str]]:
        """Every publication of the API, by its GUID."""
        titles = dict.fromkeys(each.publication for each in self.data_sets if each.in_api)
        return {
            make_guid(title): {
                "id": make_guid(title),
                "title": title,
                "slug": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"),
                "summary": f"Statistics on {title}.",
                "lastPublished": max(
                    version.published
                    for each in self.data_sets
                    if each.publication == title
                    for version in each.versions
                ),
            }
            for title in titles
        }

    def data_set(self, guid: str) -> DataSet | None:
        """The data set of the API with this GUID."""
        return next((each for each in self.data_sets if each.in_api and each.id == guid), None)

    def file(self, guid: str) -> bytes | None:
        """The file of the data catalogue with this GUID: of a version, or of a whole data set."""
        for each in self.data_sets:
            if each.id == guid and each.live:
                return each.live[-1].content
            for version in each.versions:
                if version.file_id == guid:
                    return version.content
        return None


def period_of(digits: str) -> str:
    """A time period as the API writes it: 202425 is 2024/2025."""
    if len(digits) == 6 and int(digits[4:]) == (int(digits[:4]) + 1) % 100:
        return f"{digits[:4]}/{int(digits[:4]) + 1}"
    return digits
