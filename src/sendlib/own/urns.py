"""The list that says what kind of place each establishment is, by its number (URN)."""

from pathlib import Path

import pandas as pd

from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.vocabulary import PlaceType

COLUMNS = ("urn", "place_type")
_DIGITS = 6


def read_urns(path: Path) -> pd.DataFrame:
    """Read a list of establishments.

    Parameters
    ----------
    path : Path
        A CSV with the columns ``urn`` and ``place_type``.

    Returns
    -------
    pd.DataFrame
        Those two columns, as text.

    Raises
    ------
    DataError
        Naming every row that cannot be used.
    """
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        problem = Problem(str(error), path.name, "save it as CSV in UTF-8")
        raise DataError("The list of establishments cannot be read.", [problem]) from error
    lacking = [name for name in COLUMNS if name not in rows]
    problems = [
        Problem(f"no column {name}", path.name, did_you_mean(name, rows.columns))
        for name in lacking
    ]
    raise_any(DataError, "The list of establishments cannot be used.", problems)
    rows = pd.DataFrame({name: rows[name].str.strip() for name in COLUMNS})
    raise_any(DataError, "The list of establishments cannot be used.", _problems(rows, path.name))
    return rows


def write_urns(rows: pd.DataFrame, path: Path) -> None:
    """Save such a list as CSV."""
    rows[list(COLUMNS)].to_csv(path, index=False)


def _problems(rows: pd.DataFrame, name: str) -> list[Problem]:
    places = [place.value for place in PlaceType]
    problems = []
    for position, (urn, place) in enumerate(rows.itertuples(index=False), start=2):
        if not (urn.isdigit() and len(urn) == _DIGITS):
            where = f"{name}, row {position}, column urn"
            problems.append(Problem(f"{urn[:12]!r}", where, f"give {_DIGITS} digits"))
        if place not in places:
            where = f"{name}, row {position}, column place_type"
            problems.append(Problem(f"{place[:30]!r}", where, did_you_mean(place, places)))
    twice = rows.index[rows["urn"].duplicated()]
    problems += [
        Problem("a URN that is listed above", f"{name}, row {row + 2}", "keep one") for row in twice
    ]
    return problems
