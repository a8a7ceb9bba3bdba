"""How each release writes the standard terms and areas: one table for all releases."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from sendlib.data.text_tables import cell
from sendlib.errors import Problem, did_you_mean
from sendlib.files import read_list, read_settings


@cache
def read_layouts(part: str) -> Any:
    """A part of ``layouts.yml``: figures, outcomes or releases."""
    return read_settings("data", "layouts.yml")[part]


def crosswalk(release: str, field: str) -> dict[str, str]:
    """Published label to standard term, for one field of one release.

    An edition whose rows include the field ``edition_before`` states only the
    labels that it adds to that one, and those that it drops, without a term.

    Examples
    --------
    >>> crosswalk("dfe_ehcp_2025", "need_column")["number_asd"]
    'asd'
    """
    table = read_list("data", "crosswalks.csv")
    rows = table[table["release"] == release]
    before = rows.loc[rows["field"] == "edition_before", "published"]
    known = crosswalk(before.iloc[0], field) if len(before) else {}
    own = rows[rows["field"] == field]
    known |= dict(zip(own["published"], own["standard"], strict=True))
    return {label: term for label, term in known.items() if term}


def to_standard(
    published: pd.Series, *, release: str, field: str, where: str
) -> tuple[pd.Series, list[Problem]]:
    """Standard terms for published labels, and a problem for each label not known."""
    known = crosswalk(release, field)
    standard = published.map(known)
    problems = []
    for row, label in published[standard.isna()].drop_duplicates().items():
        remedies = [
            f"add it to data/crosswalks.csv ({release}, {field})",
            did_you_mean(label, known),
        ]
        place = cell(where, row, published.name)
        problems.append(
            Problem(
                "unknown_label",
                f"unknown label {label!r}",
                place,
                "; ".join(filter(None, remedies)),
            )
        )
    return standard, problems


def with_every_gss_code(areas: pd.DataFrame) -> pd.DataFrame:
    """A row of table ``area`` for each nine-character code that an area has had."""
    codes = (areas["gss_code"] + ";" + areas["former_gss_codes"]).str.strip(";").str.split(";")
    return areas.assign(gss_code=codes).explode("gss_code")


def code_of_gss(codes: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """The code of the area that has, or has had, each nine-character code."""
    return codes.map(with_every_gss_code(areas).set_index("gss_code")["area_code"])


def code_by_level(frame: pd.DataFrame) -> pd.Series:
    """The code of an authority, a region or England, by the level of each row."""
    level = frame["geographic_level"]
    code = frame["old_la_code"].mask(level == "National", frame["country_code"])
    return code.mask(level == "Regional", frame["region_code"])


def to_rows(
    known: pd.DataFrame, frame: pd.DataFrame, columns: Mapping[str, Mapping[str, int | str]]
) -> pd.DataFrame:
    """The rows of ``known`` once for each of some columns of a file.

    Each has what ``columns`` says of its column, its ``value`` and its ``value_status``.
    """
    parts = [
        known.assign(**named, value=frame[column], value_status=frame[f"{column}_status"])
        for column, named in columns.items()
    ]
    return pd.concat(parts, ignore_index=True)
