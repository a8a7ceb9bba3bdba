"""The department's releases on education, health and care plans (EHCPs): layouts and reader.

Three editions are known: 2022 (January 2010 to 2022), 2025 (January 2019 to
2025) and 2026. Each comes as an archive from Explore education statistics, or as the
folder it unpacks to; the committed extract has the same files with fewer areas.
A new edition needs an entry in ``LAYOUTS``, which may take members of the edition
before, and its labels in ``crosswalks.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sendlib.data.crosswalks import crosswalk, to_standard
from sendlib.data.text_tables import (
    areas_elsewhere,
    cell,
    missing_columns,
    parse_columns,
    read_text_table,
)
from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.periods import census_year_of_academic
from sendlib.vocabulary import SUBTOTAL, TOTAL, FlowMeasure


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


AGES = "age_label"
PLACES = "setting_label"
_STOCK = {"All EHC plans": "", "Child or young persons age": AGES}
_CEASED = {"All ceased EHC plans": "", "Age plan ceased": AGES, "Type of placement": PLACES}
LAYOUTS: dict[str, tuple[Member, ...]] = {
    "dfe_ehcp_2022": (
        Member(
            "sen2_age_caseload.csv",
            "age",
            rows={"characteristic_age": AGES},
            values={"Total_all": TOTAL},
        ),
        Member(
            "sen2_estab_caseload.csv",
            "caseload",
            rows={"establishment_type": PLACES},
            values={"Total_all": TOTAL},
        ),
        Member("sen2_mi.csv", "flow", "flow_column"),
    ),
    "dfe_ehcp_2025": (
        Member(
            "caseload.csv", "caseload", "setting_column", topics=_STOCK, values={"ehcplans": TOTAL}
        ),
        Member(
            "newplans.csv",
            "new_plans",
            "setting_column",
            topics={"New EHC plans": "", "Age when plan started": AGES},
            values={"new_ehc_plans": TOTAL},
        ),
        Member(
            "sen_needs_all_plans.csv",
            "need",
            "need_column",
            topics={**_STOCK, "Type of placement": PLACES},
        ),
        Member("sen_need_newplans.csv", "new_need", "need_column", topics={"All EHC plans": ""}),
        Member("ceased_plans.csv", "ceased", "reason_column", topics=_CEASED),
        Member(
            "requests.csv",
            "flow",
            "request_column",
            topics={"All requests for EHC needs assessments": ""},
        ),
        Member(
            "assessments.csv", "flow", "assessment_column", topics={"All EHC needs assessments": ""}
        ),
        Member(
            "newplans.csv",
            "flow",
            topics={"New EHC plans": ""},
            values={"new_ehc_plans": FlowMeasure.NEW_PLANS.value},
        ),
        Member(
            "timeliness_20_week.csv",
            "flow",
            "timeliness_column",
            topics={"All EHC plans issued": ""},
        ),
        Member(
            "ceased_plans.csv",
            "flow",
            topics={"All ceased EHC plans": ""},
            values={"total_ceased": FlowMeasure.CEASED_PLANS.value},
        ),
    ),
}
_NAMES_OF_2026 = {
    "sen_needs_all_plans.csv": "sen_needs_caseload.csv",
    "New EHC plans": "All new EHC plans",
    "All requests for EHC needs assessments": "All requests for an EHC needs assessment",
    "All EHC plans issued": "All EHC plans",
    "Child or young persons age": "Age at start of academic year",
}
LAYOUTS["dfe_ehcp_2026"] = tuple(
    replace(
        member,
        name=_NAMES_OF_2026.get(member.name, member.name),
        topics={_NAMES_OF_2026.get(name, name): labels for name, labels in member.topics.items()},
        renamed={"await_prov": "await_prov_2022", "perm_ex": "perm_ex_2022"}
        if member.name == "newplans.csv"
        else {},
    )
    for member in LAYOUTS["dfe_ehcp_2025"]
)
_PERIOD = ["time_period", "time_identifier"]
_AREA = ["geographic_level", "country_code", "region_code", "old_la_code"]
_AREA_NAMES = {"country_name", "region_name", "new_la_code", "la_name"}
_CODE_OF_LEVEL = {
    "National": "country_code",
    "Regional": "region_code",
    "Local authority": "old_la_code",
}
_ADD_UP_TO_TOTAL = ("setting_column", "need_column", "reason_column")


def member_names(release: str) -> list[str]:
    """The files that are read from a release, each once, in order."""
    return list(dict.fromkeys(member.name for member in LAYOUTS[release]))


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
    allow_missing: bool = False,
    areas: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A full release, or its extract, as one long table; ``areas`` say where each has to be."""
    problems: list[Problem] = []
    parts: list[pd.DataFrame] = []
    texts: dict[str, pd.DataFrame] = {}
    for member in LAYOUTS[release]:
        name = _name_in(contents, member)
        if allow_missing and not name:
            continue
        try:
            if name not in texts:
                texts[name] = text = _read_member(contents, member, release, where)
                if areas is not None:
                    place = f"{where}/{name}"
                    problems += areas_elsewhere(text, "old_la_code", "region_code", areas, place)
            part, found = _to_long(texts[name], member, release, f"{where}/{name}")
        except DataError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        parts.append(part)
        problems += found
    raise_any(DataError, f"{where} cannot be read.", problems)
    if not parts:
        return pd.DataFrame()
    return pd.concat(parts, ignore_index=True).assign(source_id=release)


def _name_in(contents: Mapping[str, bytes], member: Member) -> str:
    """What the file of a member is called, compressed or not; empty where it is missing."""
    return next((name for name in (member.name, f"{member.name}.gz") if name in contents), "")


def _read_member(
    contents: Mapping[str, bytes], member: Member, release: str, where: str
) -> pd.DataFrame:
    name = _name_in(contents, member)
    if not name:
        remedy = f"put the whole release there; it needs {', '.join(member_names(release))}"
        problem = Problem("member_missing", f"{member.name} is missing", where, remedy)
        raise DataError(f"{where} is incomplete.", [problem])
    labels = ["breakdown_topic", "breakdown"] if member.topics else list(member.rows)
    extra = ["establishment_group"] if "establishment_type" in labels else []
    key = [*_PERIOD, *_AREA, *labels, *extra]
    place = f"{where}/{name}"
    text = read_text_table(contents[name], where=place, required=key, key=key)
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
    known = max(LAYOUTS)
    if not years.max() + 1 > int(known[-4:]):  # what happened in a year is reported in the next
        return []
    found = f"its last period is {text['time_period'].max()}: a newer edition than {known}"
    remedy = (
        "what is new in it and what is gone is listed here; add the edition to LAYOUTS in "
        "data/ehcp.py, and the labels that differ to data/crosswalks.csv, with a row "
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
    area = rows["old_la_code"]
    for level, column in _CODE_OF_LEVEL.items():
        area = area.mask(rows["geographic_level"] == level, rows[column])
    problems += [
        Problem(
            "unknown_level",
            f"unknown level {level!r}",
            cell(where, row, "geographic_level"),
            did_you_mean(level, _CODE_OF_LEVEL),
        )
        for row, level in rows["geographic_level"].drop_duplicates().items()
        if level not in _CODE_OF_LEVEL
    ]
    keys = pd.DataFrame({"area_code": area, "year": year, "age": TOTAL, "place_type": TOTAL})
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
    problems = []
    for row, (digits, identifier) in zip(distinct.index, distinct.to_numpy(), strict=True):
        try:
            academic = identifier == "Academic year"
            years[digits] = census_year_of_academic(digits) if academic else int(digits)
        except ValueError:
            remedy = "write a calendar year as 2024 and an academic year as 202425"
            place = cell(where, row, "time_period")
            problems.append(Problem("not_a_period", f"{digits!r} is not a period", place, remedy))
    return rows["time_period"].map(years), problems
