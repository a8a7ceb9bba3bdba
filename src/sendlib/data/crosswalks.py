"""How each release writes the standard terms: one table for all releases."""

from functools import cache
from importlib.resources import files

import pandas as pd

from sendlib.data.text_tables import cell
from sendlib.errors import Problem, did_you_mean


@cache
def read_package_table(name: str) -> pd.DataFrame:
    """A CSV file of this package, as text."""
    with (files("sendlib.data") / name).open(encoding="utf-8") as source:
        return pd.read_csv(source, dtype=str, keep_default_na=False)


def crosswalk(release: str, field: str) -> dict[str, str]:
    """Published label to standard term, for one field of one release.

    An edition whose rows include the field ``edition_before`` states only the
    labels that it adds to that one, and those that it drops, without a term.

    Examples
    --------
    >>> crosswalk("dfe_ehcp_2025", "need_column")["number_asd"]
    'asd'
    """
    table = read_package_table("crosswalks.csv")
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
