"""The department's releases on education, health and care plans (EHCPs).

Two editions are known: 2022 (January 2010 to 2022) and 2025 (January 2019 to
2025). Each comes as an archive from Explore education statistics, or as the
folder it unpacks to; the committed extract has the same files with fewer areas.
What differs between editions stands in ``ehcp_layouts`` and ``crosswalks.csv``.
"""

from collections.abc import Mapping

import pandas as pd

from sendlib.data.crosswalks import crosswalk, to_standard
from sendlib.data.ehcp_layouts import AGES, LAYOUTS, Member
from sendlib.data.symbols import cell, parse_numbers
from sendlib.data.text_tables import missing_columns, read_text_table
from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.periods import census_year_of_academic
from sendlib.vocabulary import SUBTOTAL, TOTAL

AREA_COLUMNS = ("geographic_level", "country_code", "region_code", "old_la_code")
PERIOD_COLUMNS = ("time_period", "time_identifier")
_CODE_OF_LEVEL = {
    "National": "country_code",
    "Regional": "region_code",
    "Local authority": "old_la_code",
}
_ADD_UP_TO_TOTAL = ("setting_column", "need_column", "reason_column")


def member_names(release: str) -> list[str]:
    """The files that are read from a release, each once, in order."""
    return list(dict.fromkeys(member.name for member in LAYOUTS[release]))


def read_release(
    contents: Mapping[str, bytes], *, release: str, where: str, missing_told: bool = False
) -> pd.DataFrame:
    """A whole release, or its extract, as one long table."""
    problems: list[Problem] = []
    parts: list[pd.DataFrame] = []
    texts: dict[str, pd.DataFrame] = {}
    for member in LAYOUTS[release]:
        if missing_told and member.name not in contents:
            continue
        try:
            if member.name not in texts:
                texts[member.name] = _text(contents, member, release, where)
            part, found = _long(texts[member.name], member, release, f"{where}/{member.name}")
        except DataError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        parts.append(part)
        problems += found
    raise_any(DataError, f"{where} cannot be read.", problems)
    if not parts:
        return pd.DataFrame()
    return pd.concat(parts, ignore_index=True).assign(source_id=release)


def _text(contents: Mapping[str, bytes], member: Member, release: str, where: str) -> pd.DataFrame:
    if member.name not in contents:
        remedy = f"put the whole release there; it needs {', '.join(member_names(release))}"
        raise DataError(
            f"{where} is incomplete.", [Problem(f"{member.name} is missing", where, remedy)]
        )
    labels = ["breakdown_topic", "breakdown"] if member.topics else list(member.rows)
    extra = ["establishment_group"] if "establishment_type" in labels else []
    return read_text_table(
        contents[member.name],
        where=f"{where}/{member.name}",
        required=[*PERIOD_COLUMNS, *AREA_COLUMNS, *labels, *extra],
        key=[*PERIOD_COLUMNS, *AREA_COLUMNS, *labels, *extra],
    )


def _long(
    text: pd.DataFrame, member: Member, release: str, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    columns = _value_columns(member, release)
    lost = [
        *missing_columns(text, list(columns), where),
        *_unmapped_columns(text, columns, member, release, where),
        *_missing_topics(text, member, where),
    ]
    raise_any(DataError, f"{where} is not laid out as {release} is.", lost)
    rows = _wanted_rows(text, member)
    keys, problems = _keys(rows, member, release, where)
    cells, found = _cells(rows, columns, where)
    long = keys.loc[cells["row"]].reset_index(drop=True).join(cells.drop(columns="row"))
    return long.assign(table=member.table), problems + found


def _wanted_rows(text: pd.DataFrame, member: Member) -> pd.DataFrame:
    if member.topics:
        return text[text["breakdown_topic"].isin(list(member.topics))]
    if "establishment_group" in text:
        is_subtotal = (text["establishment_type"] == "Total") & (
            text["establishment_group"] != "Total"
        )
        return text[~is_subtotal]
    return text


def _missing_topics(text: pd.DataFrame, member: Member, where: str) -> list[Problem]:
    """Topics that were renamed or left out; their rows would be lost."""
    there = list(text["breakdown_topic"].unique()) if member.topics else []
    return [
        Problem(
            f"no row has the topic {topic!r}",
            f"{where}, column breakdown_topic",
            did_you_mean(topic, there),
        )
        for topic in member.topics
        if topic not in there
    ]


def _keys(
    rows: pd.DataFrame, member: Member, release: str, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The area, year, age and place type of each row."""
    year, problems = _years(rows, where)
    problems += _unknown_levels(rows, where)
    keys = pd.DataFrame({"area_code": _area_codes(rows), "year": year})
    keys["age"], keys["place_type"] = TOTAL, TOTAL
    for mask, labels, crosswalk_field in _labelled(rows, member):
        standard, found = to_standard(labels, release=release, field=crosswalk_field, where=where)
        keys.loc[mask, "age" if crosswalk_field == AGES else "place_type"] = standard
        problems += found
    return keys, problems


def _labelled(rows: pd.DataFrame, member: Member) -> list[tuple[pd.Series, pd.Series, str]]:
    """Which rows carry a label, the labels, and the crosswalk field to read them by."""
    found = [(rows[name].notna(), rows[name], names) for name, names in member.rows.items()]
    for topic, names in member.topics.items():
        mask = rows["breakdown_topic"] == topic
        if names:
            found.append((mask, rows.loc[mask, "breakdown"], names))
    return found


def _area_codes(rows: pd.DataFrame) -> pd.Series:
    codes = rows["old_la_code"].copy()
    for level, column in _CODE_OF_LEVEL.items():
        codes = codes.mask(rows["geographic_level"] == level, rows[column])
    return codes


def _unknown_levels(rows: pd.DataFrame, where: str) -> list[Problem]:
    levels = rows["geographic_level"].drop_duplicates()
    return [
        Problem(
            f"unknown level {level!r}",
            cell(where, row, "geographic_level"),
            did_you_mean(level, _CODE_OF_LEVEL),
        )
        for row, level in levels.items()
        if level not in _CODE_OF_LEVEL
    ]


def _years(rows: pd.DataFrame, where: str) -> tuple[pd.Series, list[Problem]]:
    """The January count of academic years, and calendar years as they are."""
    distinct = rows[list(PERIOD_COLUMNS)].drop_duplicates()
    years: dict[str, int] = {}
    problems = []
    for row, (digits, identifier) in zip(distinct.index, distinct.to_numpy(), strict=True):
        try:
            academic = identifier == "Academic year"
            years[digits] = census_year_of_academic(digits) if academic else int(digits)
        except ValueError:
            remedy = "write a calendar year as 2024 and an academic year as 202425"
            place = cell(where, row, "time_period")
            problems.append(Problem(f"{digits!r} is not a period", place, remedy))
    return rows["time_period"].map(years), problems


def _value_columns(member: Member, release: str) -> dict[str, str]:
    """Every column that must be there, and its standard term."""
    known = crosswalk(release, member.columns)
    parts = {name: term for name, term in known.items() if term != SUBTOTAL}
    return {**member.values, **parts}


def _cells(
    rows: pd.DataFrame, columns: Mapping[str, str], where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    parts, problems = [], []
    for name, term in columns.items():
        numbers, found = parse_numbers(rows[name], where=where)
        parts.append(numbers.assign(row=numbers.index, term=term, published=name))
        problems += found
    return pd.concat(parts, ignore_index=True), problems


def _unmapped_columns(
    text: pd.DataFrame, columns: Mapping[str, str], member: Member, release: str, where: str
) -> list[Problem]:
    """Settings, needs and reasons that the crosswalk does not know would be lost."""
    if member.columns not in _ADD_UP_TO_TOTAL:
        return []
    known = {*columns, *crosswalk(release, member.columns)}
    identifying = {*PERIOD_COLUMNS, *AREA_COLUMNS, "breakdown_topic", "breakdown"}
    identifying |= {"country_name", "region_name", "new_la_code", "la_name"}
    return [
        Problem(
            f"column {name} is not known",
            where,
            f"add it to data/crosswalks.csv ({release}, {member.columns})",
        )
        for name in text.columns
        if name not in known and name not in identifying and not name.lower().endswith("_pc")
    ]
