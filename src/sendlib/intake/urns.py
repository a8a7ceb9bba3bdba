"""The list that says what kind of place each establishment is, by its URN or UKPRN."""

from pathlib import Path

import pandas as pd

from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.vocabulary import PlaceType

COLUMNS = ("urn", "place_type")
_DIGITS = (6, 8)  # of a URN, and of a UKPRN


def read_urns(path: Path) -> pd.DataFrame:
    """Read a list of establishments."""
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        problem = Problem(str(error), path.name, "save it as CSV in UTF-8")
        raise DataError("The list of establishments cannot be read.", [problem]) from error
    rows = pd.DataFrame({name: rows[name].str.strip() for name in rows})
    raise_any(
        DataError, "The list of establishments cannot be used.", list_problems(rows, path.name)
    )
    return rows[list(COLUMNS)]


def write_urns(rows: pd.DataFrame, path: Path) -> None:
    """Save such a list as CSV."""
    rows[list(COLUMNS)].to_csv(path, index=False)


def list_problems(rows: pd.DataFrame, where: str) -> list[Problem]:
    """What is wrong with a list of establishments: its columns, otherwise its rows."""
    lacking = [name for name in COLUMNS if name not in rows]
    if lacking:
        return [
            Problem(f"no column {name}", where, did_you_mean(name, map(str, rows.columns)))
            for name in lacking
        ]
    places = [place.value for place in PlaceType]
    first: dict[str, int] = {}
    problems = []
    for row, (urn, place) in enumerate(rows[list(COLUMNS)].astype("str").to_numpy(), start=2):
        if not (urn.isdigit() and len(urn) in _DIGITS):
            remedy = "give the 6 digits of a URN, or the 8 of a UKPRN"
            problems.append(Problem(f"{urn[:12]!r}", f"{where}, row {row}, column urn", remedy))
        if place not in places:
            place_at = f"{where}, row {row}, column place_type"
            problems.append(Problem(f"{place[:30]!r}", place_at, did_you_mean(place, places)))
        if first.setdefault(urn, row) != row:
            found = f"a number that row {first[urn]} has"
            problems.append(Problem(found, f"{where}, row {row}", "keep one"))
    return problems
