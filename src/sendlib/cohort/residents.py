"""Residents by single year of age: a projection, or those of 2020 carried forward and scaled.

References
----------
- Smith, S. K., Tayman, J. and Swanson, D. A. (2013). A practitioner's guide to state and local
  population projections. Springer: cohorts carried forward, brought to a known total.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGES, Counts
from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.vocabulary import ENGLAND

TABLES = ("residents", "population", "children", "area")
_ADULT = 18


def persons_by_age(
    tables: Mapping[str, pd.DataFrame], *, area_code: str, years: Sequence[int]
) -> pd.DataFrame:
    """Residents of an area in the middle of some years: a column for each age, and ``source``."""
    residents, projection = tables["residents"], tables["population"]
    projected = _by_age(projection[projection["area_code"] == area_code], index="year")
    rows = {year: projected.loc[year].to_numpy(float) for year in years if year in projected.index}
    source = dict.fromkeys(rows, "projection")
    rest = [year for year in years if year not in rows]
    if rest:
        name = _name(tables["area"], area_code)
        children = _children_of(tables["children"], area_code, name)
        start, like = _start(residents, tables["area"], children, area_code)
        first = int(residents["year"].max())
        problems = [
            Problem(
                "year_before_residents",
                f"{year} lies before {first}",
                "years",
                f"ask for {first} or later",
            )
            for year in rest
            if year < first
        ]
        raise_any(NotAvailableError, f"The residents of {name} are not available.", problems)
        for year in rest:
            born = np.full(min(year - first, len(AGES)), start[0])
            persons = np.concatenate([born, start])[: len(AGES)]
            persons[:_ADULT] *= _count(children, year) / persons[:_ADULT].sum()
            rows[year] = persons
            source[year] = f"residents of {first}, carried forward{like}"
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(AGES)).loc[list(years)]
    return frame.rename_axis(index="year").assign(source=[source[year] for year in years])


def _by_age(rows: pd.DataFrame, *, index: str) -> pd.DataFrame:
    wide = rows.pivot(index=index, columns="age", values="persons")
    return wide.reindex(columns=list(AGES))


def _start(
    residents: pd.DataFrame, areas: pd.DataFrame, children: pd.Series, area_code: str
) -> tuple[Counts, str]:
    """Residents when they were last counted, and whose ages those are if not the area's own."""
    year = int(residents["year"].max())
    known = _by_age(residents[residents["year"] == year], index="area_code").dropna()
    if area_code in known.index:
        return known.loc[area_code].to_numpy(dtype=float), ""
    codes, name = _alike(areas, area_code, known.index)
    persons = known.loc[codes].sum().to_numpy(dtype=float)
    return persons * _count(children, year) / persons[:_ADULT].sum(), f", by age as {name}"


def _alike(areas: pd.DataFrame, area_code: str, known: pd.Index) -> tuple[list[str], str]:
    """Authorities whose ages stand for an area's, and what to call them."""
    before = areas[areas["successors"].str.split(";").apply(lambda codes: area_code in codes)]
    if len(before) and before["area_code"].isin(known).all():
        return before["area_code"].tolist(), " and ".join(before["area_name"])
    row = areas.set_index("area_code").loc[area_code]
    around = row["region_code"] or area_code
    region = areas["region_code"]
    inside = region != "" if around == ENGLAND else region == around
    parts = areas.loc[inside & areas["area_code"].isin(known), "area_code"].tolist()
    if not parts:
        problem = Problem(
            "no_residents", "no residents by single year of age of it or around it are published"
        )
        name = row["area_name"]
        raise NotAvailableError(f"The residents of {name} by age are not available.", [problem])
    return parts, f"the {len(parts)} known authorities of {row['region_name'] or row['area_name']}"


def _name(areas: pd.DataFrame, area_code: str) -> str:
    return str(next(iter(areas.loc[areas["area_code"] == area_code, "area_name"]), area_code))


def _children_of(children: pd.DataFrame, area_code: str, name: str) -> pd.Series:
    rows = children[children["area_code"] == area_code].dropna(subset=["persons"])
    if rows.empty:
        problem = Problem("no_children", "no count of its children aged 0 to 17 is published")
        raise NotAvailableError(f"The residents of {name} are not available.", [problem])
    return rows.set_index("year")["persons"].sort_index()


def _count(children: pd.Series, year: int) -> float:
    """The count of a year, or the latest before it, or else the first."""
    known = children[children.index <= year]
    return float(known.iloc[-1] if len(known) else children.iloc[0])
