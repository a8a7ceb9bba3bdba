"""Residents by single year of age, for any area and any year to come.

Where the projection of an area is available, it is used. Elsewhere the residents
of 2020 are carried forward: a child of three in 2020 is seven in 2024.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, Counts
from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.vocabulary import ENGLAND

ADULT = 18
PROJECTED = "projection"
CARRIED = "residents of {year}, carried forward"
_LIKE = ", by age as {whose}"


def persons_by_age(
    residents: pd.DataFrame,
    projection: pd.DataFrame,
    *,
    children: pd.DataFrame,
    areas: pd.DataFrame,
    area_code: str,
    years: Sequence[int],
) -> pd.DataFrame:
    """Residents of an area by single year of age in the middle of some years.

    Those carried forward are a year older each year; those born since are as
    many as the youngest then counted. Ages 0 to 17 are then scaled to the
    count of that year, or for later years to the latest. Older ages are left
    as they are, so that students who came or went are not in them. An area
    whose ages are not known has those of the authorities that it followed, or
    else of all that are known around it, scaled to its own children.
    """
    projected = _wide(projection[projection["area_code"] == area_code])
    rest = [year for year in years if year not in projected.index]
    rows: dict[int, Counts] = {
        year: projected.loc[year].to_numpy(dtype=float) for year in years if year not in rest
    }
    source = dict.fromkeys(rows, PROJECTED)
    if rest:
        counted = _children_of(children, area_code)
        start, whose = _start(residents, areas, counted, area_code)
        base_year = int(residents["year"].max())
        _check_years(rest, base_year, area_code)
        for year in rest:
            rows[year] = _scaled(_carried(start, year - base_year), counted, year)
            source[year] = CARRIED.format(year=base_year) + whose
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(AGES)).loc[list(years)]
    return frame.rename_axis(index="year").assign(source=[source[year] for year in years])


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.pivot(index="year", columns="age", values="persons").reindex(columns=list(AGES))


def _start(
    residents: pd.DataFrame, areas: pd.DataFrame, counted: pd.Series, area_code: str
) -> tuple[Counts, str]:
    """Residents when they were last counted, and whose ages those are if not the area's own."""
    latest = residents[residents["year"] == residents["year"].max()]
    by_area = latest.pivot(index="area_code", columns="age", values="persons")
    known = by_area.reindex(columns=list(AGES)).dropna()
    if area_code in known.index:
        return known.loc[area_code].to_numpy(dtype=float), ""
    codes, whose = _like(areas, area_code, known.index)
    shape = known.loc[codes].sum().to_numpy(dtype=float)
    own = _count(counted, int(latest["year"].max()))
    return shape * own / shape[:ADULT].sum(), _LIKE.format(whose=whose)


def _like(areas: pd.DataFrame, area_code: str, known: pd.Index) -> tuple[list[str], str]:
    """Authorities whose ages stand for an area's, and what to call them."""
    followed = areas["successors"].str.split(";").apply(lambda codes: area_code in codes)
    before = areas[followed]
    if len(before) and before["area_code"].isin(known).all():
        return before["area_code"].tolist(), " and ".join(before["area_name"])
    row = areas.set_index("area_code").loc[area_code]
    around = row["region_code"] or area_code
    is_part = (areas["region_code"] == around) | (
        (around == ENGLAND) & (areas["region_code"] != "")
    )
    parts = areas.loc[is_part & areas["area_code"].isin(known), "area_code"].tolist()
    if not parts:
        raise NotAvailableError(
            f"The residents of {area_code} by age are not available.",
            [Problem(f"no rows of {area_code} or around it", "table residents", _REMEDY)],
        )
    name = row["region_name"] or row["area_name"]
    return parts, f"the {len(parts)} known authorities of {name}"


def _children_of(children: pd.DataFrame, area_code: str) -> pd.Series:
    mine = children[children["area_code"] == area_code].dropna(subset=["persons"])
    if mine.empty:
        raise NotAvailableError(
            f"The residents of {area_code} are not available.",
            [Problem(f"no count of ages 0 to 17 of {area_code}", "table children", _REMEDY)],
        )
    return mine.set_index("year")["persons"].sort_index()


def _check_years(years: Sequence[int], base_year: int, area_code: str) -> None:
    problems = [
        Problem(f"{year} lies before {base_year}", "years", f"ask for {base_year} or later")
        for year in years
        if year < base_year
    ]
    raise_any(NotAvailableError, f"The residents of {area_code} are not available.", problems)


def _carried(start: Counts, later: int) -> Counts:
    """Everyone some years older; those born since as many as the youngest counted."""
    born = np.full(min(later, len(AGES)), start[0])
    return np.concatenate([born, start])[: len(AGES)]


def _scaled(persons: Counts, counted: pd.Series, year: int) -> Counts:
    """Ages 0 to 17 scaled to the count of a year; older ages as they are."""
    scaled = persons.copy()
    scaled[:ADULT] *= _count(counted, year) / persons[:ADULT].sum()
    return scaled


def _count(counted: pd.Series, year: int) -> float:
    """The count of a year, or the latest before it, or else the first."""
    known = counted[counted.index <= year]
    return float(known.iloc[-1] if len(known) else counted.iloc[0])


_REMEDY = "put the whole file of mid-year estimates into data/raw and run: sendlib data build"
