"""How each release writes the standard terms: one table for all releases."""

from functools import cache
from importlib.resources import files

import pandas as pd

from sendlib.data.symbols import cell
from sendlib.errors import Problem, did_you_mean


@cache
def _table() -> pd.DataFrame:
    with (files("sendlib.data") / "crosswalks.csv").open(encoding="utf-8") as source:
        return pd.read_csv(source, dtype=str, keep_default_na=False)


def crosswalk(release: str, field: str) -> dict[str, str]:
    """Published label to standard term, for one field of one release.

    Examples
    --------
    >>> crosswalk("dfe_ehcp_2025", "need_column")["number_asd"]
    'asd'
    """
    table = _table()
    rows = table[(table["release"] == release) & (table["field"] == field)]
    return dict(zip(rows["published"], rows["standard"], strict=True))


def to_standard(
    published: pd.Series, *, release: str, field: str, where: str
) -> tuple[pd.Series, list[Problem]]:
    """Standard terms for published labels, and a problem for each label not known."""
    known = crosswalk(release, field)
    standard = published.map(known)
    unknown = published[standard.isna()].drop_duplicates()
    problems = [
        Problem(
            f"unknown label {label!r}",
            cell(where, row, published.name),
            "; ".join(
                filter(
                    None,
                    [
                        f"add it to data/crosswalks.csv ({release}, {field})",
                        did_you_mean(label, known),
                    ],
                )
            ),
        )
        for row, label in unknown.items()
    ]
    return standard, problems
