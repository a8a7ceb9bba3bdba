"""What tables say that hardly can be: series, parts, areas, years and units side by side.

A contract looks at one value at a time. Here every series is held against its own
history and what other areas did that year, against its parts and the areas it is the sum
of, and one publication against another, so that a column in the wrong unit, a sign, two
columns or areas in each other's place or a lost area or year do not pass. What is
unlikely may be right: a person confirms it in ``data/raw/manifest.yml``, under ``confirmed``.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pandas as pd

from sendlib.data import ehcp
from sendlib.data.contracts import TABLES
from sendlib.data.history import find_in_history
from sendlib.data.manifest import Confirmation, read_manifest
from sendlib.data.series import Anomaly, each_cell, equalities, figures, to_text
from sendlib.data.store import load
from sendlib.errors import Problem
from sendlib.files import read_list
from sendlib.project import Project
from sendlib.tidy import period_of, pick

NOTHING = pd.DataFrame(columns=["name", "figure", "area_code", "found", "why"], dtype=str)
_REMEDY = (
    "compare the file with what was published; if it is right, confirm it with the reason in "
    "the file's entry of data/raw/manifest.yml, as"
)
_ADULT = 18
_AGEING = 0.05  # of the persons of an age at most come or go beyond what is usual of it
_SOME = 50.0  # smaller figures have any ratio


def find_unlikely(
    tables: Mapping[str, pd.DataFrame], confirmed: Sequence[Confirmation]
) -> pd.DataFrame:
    """What a person should look at: ``name``, ``figure``, ``area_code``, ``found`` and ``why``.

    ``area_code`` is ``all`` where no single area is meant. The reason is that of the
    manifest, and empty where nobody has confirmed the figure, or where more figures go
    by a confirmation's name than it says.
    """
    every = {"/".join(finding[:-1]): finding for finding in _unlikely(tables)}
    rows = [(name, *every[name]) for name in sorted(every)]
    listed = pd.DataFrame(rows, columns=["name", *Anomaly._fields], dtype=str).assign(why="")
    for entry in confirmed:
        like = np.array([fnmatchcase(name, entry.names) for name in listed["name"]], bool)
        if like.sum() <= entry.figures:
            listed.loc[like, "why"] = entry.why
        else:
            more = f" ({like.sum()} figures are like this, {entry.figures} are confirmed)"
            listed.loc[like, "found"] += more
    listed["figure"] = "table " + listed["table"] + ", " + listed["series"] + ", " + listed["time"]
    return listed[list(NOTHING)].astype(str)


def to_problems(unlikely: pd.DataFrame, project: Project) -> list[Problem]:
    """What nobody has confirmed, with the files that it comes from and the way to confirm it."""
    area = load(project, "area").set_index("area_code")["area_name"].to_dict()
    return [
        Problem(
            "unlikely",
            row["found"],
            f"{_files(row['figure'], row['area_code'], project)}{row['figure']}, "
            f"area {row['area_code']} {area.get(row['area_code'], '')}".rstrip(),
            f"{_REMEDY} {row['name']}",
        )
        for row in unlikely[unlikely["why"] == ""].to_dict("records")
    ]


def _files(figure: str, area_code: str, project: Project) -> str:
    """The raw files with the rows that a figure of a table was taken from."""
    table, *_, time = figure.removeprefix("table ").split(", ")
    if table not in TABLES:
        return ""
    frame = load(project, table)
    rows = frame[frame[period_of(frame)].astype(str) == time]
    here = rows[rows["area_code"] == area_code]
    sources = set((rows if here.empty else here)["source_id"])
    files = [each for each in read_manifest(project).files if each.source_id in sources]
    members = {member for each in files for member in ehcp.files_of(each.layout, table)}
    paths = [
        f"data/raw/{each.path}"
        for each in files
        if not members or Path(each.path).name.removesuffix(".gz") in members
    ]
    return f"{' and '.join(paths)}: " if paths else ""


def _unlikely(tables: Mapping[str, pd.DataFrame]) -> Iterator[Anomaly]:
    yield from find_in_history(tables)
    yield from _unequal(tables)
    yield from _ratios(tables)
    yield from _older_by_a_year(tables["population"])


def _unequal(tables: Mapping[str, pd.DataFrame]) -> Iterator[Anomaly]:
    """Figures that should be the same, by parts and total or in two publications, and differ."""
    for each in equalities(tables):
        both = pd.DataFrame({"one": each.one, "other": each.other}).dropna()
        apart = (both["one"] - both["other"]).abs()
        wrong = both[(apart > each.share * both["other"].abs()) & (apart >= each.least)]
        for (area, year, *more), (one, other) in zip(wrong.index, wrong.to_numpy(), strict=True):
            series = " ".join([each.series, *map(str, more)])
            found = f"{one:,.10g}, and {other:,.10g} by the other way to it"
            yield Anomaly("sum", each.table, series, area, str(year), found)


def _ratios(tables: Mapping[str, pd.DataFrame]) -> Iterator[Anomaly]:
    """What two publications say of one area in one year, far from what it is elsewhere.

    ``ratios.csv`` has the lowest and highest of the middle area, and how many times it another
    may be.
    """
    known = _compared(tables)
    for top, bottom, *limits in read_list("data", "ratios.csv").to_numpy():
        low, high, factor = (float(limit or np.inf) for limit in limits)
        ratio = (known[top] / known[bottom]).replace([np.inf, -np.inf], np.nan).dropna()
        ratio = ratio[known[top].abs().reindex(ratio.index) >= _SOME]
        name = f"{top} for {bottom}"
        for year, value in ratio.groupby(level="year").median().items():
            if not low <= value <= high:
                found = f"{to_text(value)} in the middle of all areas; usual is {low:g} to {high:g}"
                yield Anomaly("unit", "ratio", name, "all", str(year), found)
        if factor == np.inf:
            continue
        middle = ratio.groupby(level="year").transform("median")
        far = ~(ratio / middle).between(1 / factor, factor)
        both = pd.DataFrame({"value": ratio, "middle": middle})[far].reset_index()
        for row in both.to_dict("records"):
            found = f"{to_text(row['value'])}, where it is {to_text(row['middle'])}"
            found += " in the middle of all areas"
            yield Anomaly("ratio", "ratio", name, row["area_code"], str(row["year"]), found)


def _older_by_a_year(population: pd.DataFrame) -> Iterator[Anomaly]:
    """Persons of an age who are not, by what is usual of that age, those a year younger before."""
    wide = population.pivot(index=["area_code", "age"], columns="year", values="persons")
    for area, ages in wide.groupby(level="area_code"):
        older, younger = ages.iloc[1:, 1:], ages.iloc[:-1, :-1]
        change = np.log(older.to_numpy() / younger.to_numpy())
        apart = np.abs(change - np.nanmedian(change, axis=1, keepdims=True))
        for (_, age), year, one, other in each_cell(apart > _AGEING, older, younger):
            series = f"{population['variant'].iloc[0]} {age}"
            found = f"{one:,.0f}, and {other:,.0f} a year younger the year before"
            yield Anomaly("ageing", "population", series, str(area), str(year), found)


def _transfers(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Plans due a transfer and final ones, of this year and of the one before."""
    what, year = frame["item"].str.split("_", expand=True).reindex(columns=[0, 1]).to_numpy().T
    now = frame["census_year"].astype(str) == year
    return {
        f"{item}{when}": figures(frame[(what == item) & rows], "plans")
        for item in ("due", "final")
        for when, rows in (("", now), ("_before", ~now))
    }


def _compared(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """What ratios are made of, by area and the January that it goes with: ``compared.csv``.

    Beside it are residents by whether they are grown up, as counted and as projected, and
    transfers.
    """
    known: dict[str, pd.Series] = {}
    last_year: dict[str, pd.Series] = {}
    for name, table, value, rows, later in read_list("data", "compared.csv").to_numpy():
        wanted = dict(part.split("=") for part in rows.split())
        found = last_year if later else known
        found[name] = figures(pick(tables[table], **wanted), value)
    residents, projected = tables["residents"], tables["population"]
    is_grown_up = residents["age"] >= _ADULT
    last_year["residents"] = figures(residents[~is_grown_up], "persons")
    last_year["grown_up"] = figures(residents[is_grown_up], "persons")
    last_year["projected"] = figures(projected[projected["age"] < _ADULT], "persons")
    for name, each in last_year.items():
        known[name] = each.rename(index=lambda year: year + 1, level="year")
    return known | _transfers(tables["phase_transfer"])
