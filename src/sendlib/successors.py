"""Authorities that are to begin: ``areas/future.yml``, and figures of them from their parts.

A successor has a share of each count and sum of money of an authority of today. What does not
add up (rates, inspections, what a council said) it has not, and pages say so.

References
----------
- Goodchild, M. F. and Lam, N. S.-N. (1980). Areal interpolation: a variant of the traditional
  spatial problem. Geo-Processing 1, 297-312: counts divided by a share of another count.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from sendlib import data, documents, fields
from sendlib.data.manifest import sha256
from sendlib.errors import DataError, Problem, nearest, raise_any
from sendlib.periods import say_day
from sendlib.project import Project
from sendlib.vocabulary import AreaLevel, ValueStatus

FILE = "areas/future.yml"
MOST_NEIGHBOURS = 10
_CLOSE = 1e-6  # of shares to one
_ADDED: Mapping[str, tuple[str, ...]] = {  # columns that add up over areas
    **dict.fromkeys(
        (
            *("ehcp_caseload", "ehcp_caseload_by_age", "ehcp_total_by_table", "ehcp_ceased"),
            *("ehcp_new_plans_by_age", "ehcp_new_plans_by_need", "phase_transfer"),
        ),
        ("plans",),
    ),
    **dict.fromkeys(("ehcp_flow", "appeal"), ("value",)),
    **dict.fromkeys(("population", "residents", "children"), ("persons",)),
    **dict.fromkeys(("high_needs_spend", "outturn_by_sector"), ("net_gbp",)),
    "high_needs_funding": ("allocation_gbp",),
    "dsg_account": ("balance_gbp", "place_funding_gbp"),
    "dsg_balance": ("closing_balance_gbp",),
    "place_deduction": ("places_from_april", "places_from_autumn", "deduction_gbp"),
}


def _own_code(text: str) -> str:
    if not re.fullmatch(r"\d{3}[A-Z]", text):  # all digits would count among authorities of today
        raise ValueError(f"found {text!r}; give three digits and a capital letter, in quotes")
    return text


class Predecessor(fields.Strict):
    """What goes over from an authority of today."""

    share: Annotated[float, Field(gt=0, le=1)]
    of: str  # what the share is of
    source: str = ""  # none for an assumption


class Successor(fields.Strict):
    """An authority that is to begin."""

    code: Annotated[str, AfterValidator(_own_code)]
    name: Annotated[str, Field(min_length=1)]
    begins: date
    decided: str
    source: str
    parts: Annotated[Mapping[str, Predecessor], Field(min_length=1)]  # by the code of an authority

    @property
    def shares(self) -> dict[str, float]:
        """The share of each part, by its code."""
        return {code: part.share for code, part in self.parts.items()}

    def add_rows(self, table: str, frame: pd.DataFrame) -> pd.DataFrame:
        """A tidy table with rows of the successor at its end, where its figures add up."""
        rows = frame[frame["area_code"].isin(list(self.parts))] if "area_code" in frame else frame
        if table == "area":
            return pd.concat([frame, self._area(rows)], ignore_index=True)
        if table == "neighbour":
            return pd.concat([frame, self._neighbours(rows)], ignore_index=True)
        if table not in _ADDED or rows.empty:
            return frame
        columns = list(_ADDED[table])
        scaled = rows[columns].mul(rows["area_code"].map(self.shares), axis=0)
        own = rows.assign(area_code=self.code, **{name: scaled[name] for name in columns})
        if len(self.parts) > 1:
            own = self._together(own, columns, list(data.TABLES[table].key))
        return pd.concat([frame, own[list(frame)]], ignore_index=True)

    def _together(self, own: pd.DataFrame, columns: list[str], key: list[str]) -> pd.DataFrame:
        """The parts added up; a sum is missing where one of them is."""
        first_missing = own.sort_values(columns[0], na_position="first", kind="stable")
        groups = first_missing.groupby(key, sort=False, dropna=False)
        sums = groups[columns].sum(min_count=len(self.parts))
        known = groups.first().assign(**{name: sums[name] for name in columns}).reset_index()
        if "value_status" in known:
            lost = known[columns[0]].isna() & (known["value_status"] == ValueStatus.REPORTED)
            known.loc[lost, "value_status"] = ValueStatus.NOT_AVAILABLE.value
        return known

    def _area(self, parts: pd.DataFrame) -> pd.DataFrame:
        """Its row in the table of areas, in the region of its first part."""
        return parts.head(1).assign(
            area_code=self.code,
            area_name=self.name,
            gss_code="",
            former_gss_codes="",
            first_census=self.begins.year + 1,
            last_census=math.nan,
            successors="",
        )

    def _neighbours(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The neighbours of its parts, those that are close to any of them first."""
        others = rows[~rows["neighbour_area_code"].isin(list(self.parts))]
        closest = others.sort_values("rank", kind="stable").drop_duplicates("neighbour_area_code")
        closest = closest.head(MOST_NEIGHBOURS)
        return closest.assign(area_code=self.code, rank=range(1, len(closest) + 1))

    def say_shares(self, names: Mapping[str, str]) -> str:
        """What it is taken to be, for the line below a chart."""
        each = [f"{part.share:.2%} of {names[code]}" for code, part in self.parts.items()]
        return f"{self.name} is taken to be {' and '.join(each)}, an assumption"

    def note(self, names: Mapping[str, str]) -> str:
        """What every page of it has to say first."""
        each = [
            f"{part.share:.2%} of {names[code]}: {_basis(part)}"
            for code, part in self.parts.items()
        ]
        return (
            f"{self.name} does not exist yet: it is to begin on {say_day(self.begins)} "
            f"({self.decided}: {_title(self.source)}). No figure of it is published. Counts and "
            f"money here are a share of published ones: {'; '.join(each)}. That children with "
            "plans, places and money divide as that share does is an assumption, and no range "
            "holds how far off it is. Forecasts are that share of every draw."
        )


class Planned(fields.Strict):
    """Authorities of today that are meant to be replaced."""

    areas: Annotated[tuple[str, ...], Field(min_length=1)]
    begins: date
    source: str


class _File(fields.Strict):
    """``areas/future.yml``."""

    successors: tuple[Successor, ...] = ()
    planned: tuple[Planned, ...] = ()


@dataclass(frozen=True, eq=False)
class Future:
    """What is to become of authorities, with the areas of today and those to begin."""

    file: _File
    areas: pd.DataFrame  # as table ``area``, successors at its end

    def find(self, code: str) -> Successor | None:
        """The successor that a code stands for; none of an authority of today."""
        return next((each for each in self.file.successors if each.code == code), None)

    def parts_of(self, code: str) -> tuple[str, ...]:
        """The authorities of today whose figures an authority has: itself, or its parts."""
        found = self.find(code)
        return tuple(found.parts) if found else (code,)

    def note(self, code: str) -> str:
        """What pages of an authority have to say of what is to come; empty of most."""
        names = dict(zip(self.areas["area_code"], self.areas["area_name"], strict=True))
        if own := self.find(code):
            return own.note(names)
        after = [each for each in self.file.successors if code in each.parts]
        if after:
            ends, who = after[0].begins - timedelta(days=1), " and ".join(e.name for e in after)
            return (
                f"{names[code]} is to end on {say_day(ends)}, when {who} take "
                f"over ({_title(after[0].source)}). Later figures are of its area as it is today."
            )
        for planned in self.file.planned:
            if code in planned.areas:
                return (
                    f"Other authorities are meant to take the place of {names[code]} on "
                    f"{say_day(planned.begins)} ({_title(planned.source)}). Which is not "
                    "known here; later figures are of its area as it is today."
                )
        return ""


def describe_file(project: Project) -> dict[str, str]:
    """The file that a successor rests on, as a record lists files that figures come from."""
    title = "Authorities that are to begin, with shares"
    return {"path": FILE, "sha256": sha256(project.root / FILE), "title": title}


def _basis(part: Predecessor) -> str:
    if part.source:
        return f"its share of {part.of} ({_title(part.source)})"
    return f"an assumption on its share of {part.of}, without a source"


def _title(source: str) -> str:
    """A source without its address."""
    return source.partition(", http")[0]


def read_future(project: Project) -> Future:
    """Read ``areas/future.yml``; nothing is to come where there is none.

    Raises
    ------
    DataError
        With everything that is wrong with the file, each with its line.
    """
    known, path = data.load(project, "area"), project.root / FILE
    if not path.is_file():
        return Future(_File(), known)
    document, problems = documents.load(path, FILE), list[Problem]()
    file = fields.read_model(document, _File, problems)
    if file:
        problems += [*_check_successors(file, document, known), *_check_shares(file, document)]
        problems += _check_areas(file, document, known)
    raise_any(DataError, "What is to become of authorities cannot be read.", problems)
    assert file is not None
    areas = known
    for successor in file.successors:
        areas = successor.add_rows("area", areas)
    return Future(file, areas)


def _check_successors(
    file: _File, document: documents.Document, known: pd.DataFrame
) -> Iterator[Problem]:
    """Codes and names that stand for something else already."""
    taken = {"code": set(known["area_code"]), "name": set(known["area_name"].str.casefold())}
    for at, successor in enumerate(file.successors):
        for key in ("code", "name"):
            value = str(getattr(successor, key)).casefold()
            if value in taken[key]:
                found = f"{getattr(successor, key)!r} is the {key} of another area"
                where = document.place(("successors", at, key))
                yield Problem("taken_already", found, where, f"give a {key} of its own")
            taken[key].add(value)


def _check_areas(
    file: _File, document: documents.Document, known: pd.DataFrame
) -> Iterator[Problem]:
    """Parts, and areas of a plan, that are no authorities of today."""
    today = known[(known["area_type"] == AreaLevel.AUTHORITY) & (known["successors"] == "")]
    paths: list[tuple[documents.Path, str]] = [
        (("successors", at, "parts", code), code)
        for at, successor in enumerate(file.successors)
        for code in successor.parts
    ] + [
        (("planned", at, "areas", place), code)
        for at, planned in enumerate(file.planned)
        for place, code in enumerate(planned.areas)
    ]
    for path, code in paths:
        if code not in set(today["area_code"]):
            close = nearest(code, today["area_code"])
            remedy = "give the three-digit code of one, in quotes"
            offer = f"{remedy}: did you mean {' or '.join(close)}?" if close else remedy
            found = f"{code!r} is no code of an authority of today"
            yield Problem("unknown_part", found, document.place(path), offer)


def _check_shares(file: _File, document: documents.Document) -> Iterator[Problem]:
    """Authorities whose shares do not add up, or that end on more than one day."""
    of_part: dict[str, list[tuple[int, Successor]]] = {}
    for at, successor in enumerate(file.successors):
        for code in successor.parts:
            of_part.setdefault(code, []).append((at, successor))
    for code, after in of_part.items():
        where = document.place(("successors", after[-1][0], "parts", code))
        total = sum(successor.shares[code] for _, successor in after)
        named = " and ".join(f"{each.name} {each.shares[code]:g}" for _, each in after)
        if abs(total - 1) > _CLOSE:
            found = f"the shares of {code} add up to {total:g}: {named}"
            yield Problem("shares_not_one", found, where, "make them add up to 1")
        days = sorted({successor.begins for _, successor in after})
        if len(days) > 1:
            found = f"{code} would end before {' and before '.join(map(str, days))}"
            remedy = "give all that follow it one day"
            yield Problem("days_differ", found, where, remedy)
