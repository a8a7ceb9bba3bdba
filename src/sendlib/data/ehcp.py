"""The department's releases on education, health and care plans (EHCPs): layouts and reader.

Three editions are known: 2022 (January 2010 to 2022), 2025 (January 2019 to
2025) and 2026. Each comes as an archive from Explore education statistics, or as the
folder it unpacks to; the committed extract has the rows of those files that are read.
A new edition needs an entry in ``layouts.yml``, which may take members of the edition
before, and its labels in ``crosswalks.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from sendlib.data.crosswalks import code_by_level, crosswalk, read_layouts, to_standard
from sendlib.data.text_tables import (
    YEARS,
    areas_elsewhere,
    cell,
    missing_columns,
    parse_columns,
    read_text_table,
    years_out_of_range,
)
from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.periods import census_year_of_academic
from sendlib.vocabulary import SUBTOTAL, TOTAL


@dataclass(frozen=True)
class Member:
    """One file of a release and what is taken from it."""

    name: str
    table: str  # the long table that it feeds
    columns: str = ""  # crosswalk field of its value columns
    rows: Mapping[str, str] = field(default_factory=dict)  # column of labels: crosswalk field
    topics: Mapping[str, str] = field(default_factory=dict)  # breakdown_topic: field, "" for totals
    values: Mapping[str, str] = field(default_factory=dict)  # column: term, where no crosswalk is
    renamed: Mapping[str, str] = field(default_factory=dict)  # column: what the crosswalk calls it


@dataclass(frozen=True)
class Edition:
    """A release: what is taken from it, or what differs from the edition before."""

    members: tuple[Member, ...] = ()
    edition_before: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # of files and topics: there and here
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by file

    def as_named(self, member: Member) -> Member:
        """A member of the edition before, by the names of this one."""
        topics = {self.names.get(topic, topic): labels for topic, labels in member.topics.items()}
        name = self.names.get(member.name, member.name)
        return replace(member, name=name, topics=topics, renamed=self.renamed.get(name, {}))


def _read_editions() -> dict[str, tuple[Member, ...]]:
    found: dict[str, tuple[Member, ...]] = {}
    editions = TypeAdapter(dict[str, Edition]).validate_python(read_layouts("releases"))
    for release, edition in editions.items():
        before = found.get(edition.edition_before, ())
        found[release] = edition.members or tuple(map(edition.as_named, before))
    return found


AGES = "age_label"
LAYOUTS = _read_editions()
_PERIOD = ["time_period", "time_identifier"]
_AREA = ["geographic_level", "country_code", "region_code", "old_la_code"]
_AREA_NAMES = {"country_name", "region_name", "new_la_code", "la_name"}
_LEVELS = ("National", "Regional", "Local authority")
_ADD_UP_TO_TOTAL = ("setting_column", "need_column", "reason_column")


_FEEDS = {
    "ehcp_caseload": ("age", "caseload", "need"),
    "ehcp_caseload_by_age": ("caseload",),
    "ehcp_total_by_table": ("age", "caseload"),
    "ehcp_new_plans_by_age": ("new_plans",),
    "ehcp_new_plans_by_need": ("new_need",),
    "ehcp_ceased": ("ceased",),
    "ehcp_flow": ("flow",),
}


def files_of(release: str, table: str) -> list[str]:
    """The files of a release that a tidy table is made of; none where it is no release."""
    members = LAYOUTS.get(release, ())
    return [member.name for member in members if member.table in _FEEDS.get(table, ())]


def read_release(
    contents: Mapping[str, bytes],
    *,
    release: str,
    where: str,
    areas: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What there is of a release as one long table; ``areas`` say where each has to be."""
    problems: list[Problem] = []
    parts = [pd.DataFrame()]
    texts: dict[str, pd.DataFrame] = {}
    for member in LAYOUTS[release]:
        name = next((each for each in (member.name, f"{member.name}.gz") if each in contents), "")
        if not name:
            continue
        place = f"{where}/{name}"
        try:
            if name not in texts:
                texts[name] = text = _read_member(contents[name], member, place)
                if areas is not None:
                    problems += areas_elsewhere(text, "old_la_code", "region_code", areas, place)
            part, found = _to_long(texts[name], member, release, place)
        except DataError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        parts.append(part.assign(source_id=release))
        problems += found
    raise_any(DataError, f"{where} cannot be read.", problems)
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _read_member(content: bytes, member: Member, place: str) -> pd.DataFrame:
    labels = ["breakdown_topic", "breakdown"] if member.topics else list(member.rows)
    extra = ["establishment_group"] if "establishment_type" in labels else []
    key = [*_PERIOD, *_AREA, *labels, *extra]
    text = read_text_table(content, where=place, required=key, key=key)
    return text.rename(columns=dict(member.renamed))


def _to_long(
    text: pd.DataFrame, member: Member, release: str, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    known = crosswalk(release, member.columns)
    columns = {**member.values, **{name: term for name, term in known.items() if term != SUBTOTAL}}
    lost = missing_columns(text, list(columns), where)
    if member.columns in _ADD_UP_TO_TOTAL:
        remedy = f"add it to data/crosswalks.csv ({release}, {member.columns})"
        lost += _unknown_columns(text, {*columns, *known}, where, remedy)
    topics = list(text["breakdown_topic"].unique()) if member.topics else []
    place = f"{where}, column breakdown_topic"
    lost += [
        Problem(
            "no_row_of_topic", f"no row has the topic {topic!r}", place, did_you_mean(topic, topics)
        )
        for topic in member.topics
        if topic not in topics
    ]
    newer = _newer_edition(text, where)
    headline = f"{where} is not laid out as {release} is."
    raise_any(DataError, headline, [*newer, *lost] if lost else [])
    rows = _wanted_rows(text, member)
    keys, problems = _keys(rows, member, release, where)
    problems = [*newer, *problems] if problems else []
    numbers, found = parse_columns(rows[list(columns)], where=where)
    column = np.repeat(np.arange(len(columns)), len(rows))
    long = pd.concat([keys] * len(columns), ignore_index=True).assign(
        term=pd.Series(list(columns.values()), dtype="str").take(column).array,
        published=pd.Series(list(columns), dtype="str").take(column).array,
        table=member.table,
    )
    return long.join(numbers), problems + found


def _newer_edition(text: pd.DataFrame, where: str) -> list[Problem]:
    """That a file is of a later reporting year than any edition that is known."""
    years = pd.to_numeric(text["time_period"].str[:4], errors="coerce")
    years = years[years <= YEARS[1]]
    known = max(LAYOUTS)
    if not years.max() + 1 > int(known[-4:]):  # what happened in a year is reported in the next
        return []
    last = text.loc[years.index, "time_period"].max()
    found = f"its last period is {last}: a newer edition than {known}"
    remedy = (
        "what is new in it and what is gone is listed here; add the edition to releases in "
        "data/layouts.yml, and the labels that differ to data/crosswalks.csv, with a row "
        f"edition_before for {known}"
    )
    return [Problem("newer_edition", found, where, remedy)]


def _unknown_columns(text: pd.DataFrame, known: set[str], where: str, remedy: str) -> list[Problem]:
    """Settings, needs and reasons that the crosswalk does not know would be lost."""
    known |= {*_PERIOD, *_AREA, *_AREA_NAMES, "breakdown_topic", "breakdown"}
    return [
        Problem("unknown_column", f"column {name} is not known", where, remedy)
        for name in text.columns
        if name not in known and not name.lower().endswith("_pc")
    ]


def _wanted_rows(text: pd.DataFrame, member: Member) -> pd.DataFrame:
    if member.topics:
        return text[text["breakdown_topic"].isin(list(member.topics))]
    if "establishment_group" in text:
        all_types = text["establishment_type"] == "Total"
        return text[~(all_types & (text["establishment_group"] != "Total"))]
    return text


def _keys(
    rows: pd.DataFrame, member: Member, release: str, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The area, year, age and place type of each row."""
    year, problems = _years(rows, where)
    problems += [
        Problem(
            "unknown_level",
            f"unknown level {level!r}",
            cell(where, row, "geographic_level"),
            did_you_mean(level, _LEVELS),
        )
        for row, level in rows["geographic_level"].drop_duplicates().items()
        if level not in _LEVELS
    ]
    keys = pd.DataFrame(
        {"area_code": code_by_level(rows), "year": year, "age": TOTAL, "place_type": TOTAL}
    )
    labels = [(rows[name], names) for name, names in member.rows.items()]
    for topic, names in member.topics.items():
        if names:
            labels.append((rows.loc[rows["breakdown_topic"] == topic, "breakdown"], names))
    for published, names in labels:
        standard, found = to_standard(published, release=release, field=names, where=where)
        keys.loc[published.index, "age" if names == AGES else "place_type"] = standard
        problems += found
    return keys, problems


def _years(rows: pd.DataFrame, where: str) -> tuple[pd.Series, list[Problem]]:
    """The January count of academic years, and calendar years as they are."""
    distinct = rows[_PERIOD].drop_duplicates()
    years: dict[str, int] = {}
    problems = years_out_of_range(rows["time_period"], where)
    for row, (digits, identifier) in zip(distinct.index, distinct.to_numpy(), strict=True):
        try:
            academic = identifier == "Academic year"
            years[digits] = census_year_of_academic(digits) if academic else int(digits)
        except ValueError:
            remedy = "write a calendar year as 2024 and an academic year as 202425"
            place = cell(where, row, "time_period")
            problems.append(Problem("not_a_period", f"{digits!r} is not a period", place, remedy))
    return rows["time_period"].map(years), problems
