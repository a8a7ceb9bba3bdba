"""What is checked, and how a sighting of a problem is kept until all are told.

The checks stand in ``own/checks.csv``: a short name, how grave it is, what is
wrong and how to mend it. A sighting says where: a whole file, or rows of a
frame. It holds positions and codes, never a value of a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

import pandas as pd

Severity = Literal["refuse", "set aside", "advice"]


@dataclass(frozen=True)
class Check:
    """One thing that may be wrong with an authority's records.

    Parameters
    ----------
    name : str
        Short name, as in ``checks.csv``.
    severity : str
        ``refuse``: nothing is read. ``set aside``: the row is left out and
        counted. ``advice``: the row is used.
    takes_person : bool
        Whether setting a row aside takes the person's other rows with it, so
        that nobody seems to leave and return.
    what, remedy : str
        What is wrong, and how to mend it.
    """

    name: str
    severity: Severity
    takes_person: bool
    what: str
    remedy: str


@dataclass(frozen=True, eq=False)
class Sighting:
    """Where a check found something.

    Parameters
    ----------
    check : str
        Name of the check.
    at : pd.Index, optional
        Labels of the rows concerned; none for a whole file.
    file : str, optional
        The file, where no rows are named.
    column : str, optional
        The column, as the template or the return names it.
    codes : pd.Series, optional
        The codes found, on ``at``; only for columns of codes.
    detail : str, optional
        More words, such as which January is missing.
    """

    check: str
    at: pd.Index | None = None
    file: str = ""
    column: str = ""
    codes: pd.Series | None = field(default=None, repr=False)
    detail: str = ""


@cache
def checks() -> dict[str, Check]:
    """Every check by its name, in the order of ``checks.csv``."""
    with (files("sendlib.intake") / "checks.csv").open(encoding="utf-8") as source:
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
    return {
        row["check"]: Check(
            row["check"], row["severity"], row["takes_person"] == "yes", row["what"], row["remedy"]
        )
        for row in table.to_dict("records")
    }


def seen(
    check: str, where: pd.Series, *, column: str = "", codes: pd.Series | None = None
) -> list[Sighting]:
    """A sighting of the rows where a mask is true; nothing when there are none."""
    at = where.index[where]
    if at.empty:
        return []
    return [Sighting(check, at, column=column, codes=None if codes is None else codes[at])]


def refused(sightings: Sequence[Sighting]) -> bool:
    """Whether any sighting forbids using the files."""
    return any(checks()[sighting.check].severity == "refuse" for sighting in sightings)


def left_out(sightings: Sequence[Sighting], rows: pd.DataFrame) -> pd.Series:
    """Which rows are not used: those set aside, and other rows of some of their people."""
    out = pd.Series(False, index=rows.index)
    whole = pd.Series(False, index=rows.index)
    for sighting in sightings:
        check = checks()[sighting.check]
        if check.severity == "set aside" and sighting.at is not None:
            out[sighting.at] = True
            if check.takes_person:
                whole[sighting.at] = True
    if "person" not in rows:
        return out
    people = rows.loc[whole & (rows["person"] != ""), "person"].unique()
    return out | rows["person"].isin(list(people))
