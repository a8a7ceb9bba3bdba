"""Put faults into published files, and count those that pass in silence.

``python scripts/fuzz.py`` takes a fault of each family in turn, puts it into a raw file,
lets that file enter with its own hash as a new release would, and builds the tables. A
fault counts where it moves a figure of a table by more than 5%, or makes one come or go;
it is silent where the build neither stops nor finds something to be confirmed. The last
column says how many would be silent without the checks on what cannot or hardly can be.
A changed file is read in its own place, so that a fault takes seconds.
"""

import argparse
import gzip
import io
import json
import math
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sendlib.data import pipeline
from sendlib.data.contracts import TABLES
from sendlib.data.impossible import find_impossible
from sendlib.data.manifest import take_inventory
from sendlib.data.plausible import find_unlikely
from sendlib.data.tidy_plans import tidy_releases
from sendlib.errors import SendlibError
from sendlib.project import Project

MOVED = 0.05
_AREA = r"(old_)?la_code|area_code|la_name|new_la_code|gss|local_authority"
_YEAR = r"time_period|year|financial_year|academic_year"

Fault = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]


def numeric(table: pd.DataFrame) -> list[str]:
    """Columns that hold figures, not codes or periods."""
    found = []
    for name in table:
        numbers = pd.to_numeric(table[name], errors="coerce")
        is_key = pd.Series([str(name)]).str.contains(f"code|{_YEAR}|rank|census|sha|age$").any()
        if not is_key and numbers.notna().mean() > 0.3 and numbers.nunique() > 8:
            found.append(str(name))
    return found


def _column(table: pd.DataFrame, rng: np.random.Generator) -> str:
    return str(rng.choice(numeric(table)))


def _some_rows(table: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """All rows, or those of the last period where the file has several."""
    names = [name for name in table if pd.Series([str(name)]).str.fullmatch(_YEAR).any()]
    if not names or rng.random() < 0.5:
        return pd.Series(True, table.index)
    return table[names[0]] == table[names[0]].max()


def scaled(by: float) -> Fault:
    """A column in another unit, in all rows or in those of the last period."""

    def fault(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        name, rows = _column(table, rng), _some_rows(table, rng)
        numbers = pd.to_numeric(table[name], errors="coerce")
        text = (numbers * by).map("{:.10g}".format)
        return table.assign(**{name: table[name].mask(rows & numbers.notna(), text)})

    return fault


def swapped_columns(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The figures of two columns in each other's place."""
    one, other = rng.choice(numeric(table), 2, replace=False)
    return table.assign(**{one: table[other], other: table[one]})


def shifted_column(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A column one row further down."""
    name = _column(table, rng)
    return table.assign(**{name: np.roll(table[name].to_numpy(), 1)})


def _area_columns(table: pd.DataFrame) -> list[str]:
    names = pd.Series([str(name) for name in table])
    return names[names.str.fullmatch(_AREA)].tolist()


def _two_areas(table: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.Series, pd.Series]:
    name = _area_columns(table)[0]
    areas = table.loc[table[name].str.len() > 0, name].unique()
    one, other = rng.choice(areas, 2, replace=False)
    return table[name] == one, table[name] == other


def swapped_areas(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Two areas under each other's code and name."""
    names = _area_columns(table)
    one, other = _two_areas(table, rng)
    first, second = table.loc[one, names].iloc[0], table.loc[other, names].iloc[0]
    changed = table.copy()
    changed.loc[one, names], changed.loc[other, names] = second.tolist(), first.tolist()
    return changed


def lost_area(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """An area without any row."""
    return table[~_two_areas(table, rng)[0]]


def lost_year(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A period without any row."""
    names = [name for name in table if pd.Series([str(name)]).str.fullmatch(_YEAR).any()]
    periods = table[names[0]].unique()
    return table[table[names[0]] != rng.choice(periods)] if len(periods) > 1 else table


def doubled_rows(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A tenth of the rows twice."""
    return pd.concat([table, table.sample(frac=0.1, random_state=int(rng.integers(1e6)))])


def cut_file(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A file that ends early."""
    return table.iloc[: int(len(table) * rng.uniform(0.5, 0.95))]


def over_a_hundred(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One figure of a percentage beyond 100."""
    names = [name for name in numeric(table) if "pct" in name or "percent" in name.lower()]
    name = str(rng.choice(names or numeric(table)))
    return _one_cell(table, name, rng, lambda number: f"{number + 100:.6g}")


def changed_digit(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The first digit of one figure of four digits or more another."""
    name = _column(table, rng)

    def other(number: float) -> str:
        text = f"{number:.10g}"
        at = next(place for place, letter in enumerate(text) if letter.isdigit())
        return f"{text[:at]}{(int(text[at]) + int(rng.integers(1, 9))) % 9 + 1}{text[at + 1 :]}"

    return _one_cell(table, name, rng, other, least=1000)


def _one_cell(
    table: pd.DataFrame,
    name: str,
    rng: np.random.Generator,
    write: Callable[[float], str],
    least: float = 0,
) -> pd.DataFrame:
    numbers = pd.to_numeric(table[name], errors="coerce")
    at = rng.choice(numbers.index[numbers.abs() >= min(least, numbers.abs().max())])
    changed = table.copy()
    changed.loc[at, name] = write(float(numbers[at]))
    return changed


FAMILIES: Mapping[str, Fault] = {
    "unit x10": scaled(10),
    "unit x100": scaled(100),
    "unit x1000": scaled(1000),
    "sign": scaled(-1),
    "swapped columns": swapped_columns,
    "shifted column": shifted_column,
    "swapped areas": swapped_areas,
    "lost area": lost_area,
    "lost year": lost_year,
    "doubled rows": doubled_rows,
    "percentage over 100": over_a_hundred,
    "cut file": cut_file,
    "changed digit": changed_digit,
}


class Published:
    """The raw files of a project, read once; a mutated one is read in its own place."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.inventory = take_inventory(project)
        self.figures, _ = pipeline.read_figures(self.inventory, project)
        rows, _ = pipeline.read_releases(self.inventory, project, self.figures["areas"])
        self.releases = {str(part["source_id"].iloc[0]): part for part in rows}
        self.plans = tidy_releases(pd.concat(rows, ignore_index=True))
        self.tables = pipeline.to_tables(self.plans, self.figures)
        self.known = self.unconfirmed(self.tables)
        self.files = [
            entry
            for entry in self.inventory.manifest.files
            if entry.path.endswith((".csv", ".csv.gz"))
            and not entry.path.startswith(("reference/", "wiltshire/", "policy/"))
        ]

    def try_fault(self, path: str, text: bytes) -> tuple[str, str]:
        """What came of a changed file, and by what.

        It is ``refused`` by what was there before, ``found`` by what cannot or hardly can
        be, ``silent`` or ``no change``.
        """
        entry = next(each for each in self.files if each.path == path)
        with tempfile.TemporaryDirectory() as folder:
            copy = Project(Path(folder))
            alike = [
                each
                for each in self.inventory.manifest.files
                if each.layout in (entry.layout, "areas")  # names of areas are read beside it
            ]
            for each in alike:
                place = copy.raw / each.path
                place.parent.mkdir(parents=True, exist_ok=True)
                if each.path == path:
                    place.write_bytes(gzip.compress(text, 1) if path.endswith(".gz") else text)
                else:
                    place.symlink_to((self.project.raw / each.path).resolve())
            manifest = self.inventory.manifest.model_copy(update={"files": tuple(alike)})
            return self._judge(entry, copy, replace(self.inventory, manifest=manifest))

    def _judge(self, entry: Any, copy: Project, inventory: Any) -> tuple[str, str]:
        plans, frames = self.plans, dict(self.figures)
        if entry.reader == "ehcp_release":
            parts, problems = pipeline.read_releases(inventory, copy, frames["areas"])
            changed = {str(part["source_id"].iloc[0]): part for part in parts if len(part)}
            long = (self.releases | changed).values()
            plans = {} if problems else tidy_releases(pd.concat(long, ignore_index=True))
        else:
            again, problems = pipeline.read_figures(inventory, copy)
            frames[entry.layout] = again.get(entry.layout, pd.DataFrame())
        if problems:
            return "refused", problems[0].code
        try:
            tables = pipeline.to_tables(plans, frames)
        except SendlibError as error:
            return "refused", error.problems[0].code if error.problems else "headline"
        if not self.moved(tables):
            return "no change", ""
        if impossible := find_impossible(tables):
            return "found", impossible[0].code
        new = sorted(self.unconfirmed(tables) - self.known)
        return ("found", f"unlikely {new[0]}") if new else ("silent", "")

    def unconfirmed(self, tables: Mapping[str, pd.DataFrame]) -> set[str]:
        """The names of what is unlikely and would stop a board run."""
        unlikely = find_unlikely(tables, self.inventory.manifest.confirmed)
        return set(unlikely.loc[unlikely["why"] == "", "name"])

    def moved(self, tables: Mapping[str, pd.DataFrame]) -> bool:
        """Whether a figure of a table moves by more than 5%, comes or goes."""
        for name, before in self.tables.items():
            now, key = tables[name], list(TABLES[name].key)
            if before.equals(now) or not key:
                continue
            numbers = before.select_dtypes("float64").columns
            both = before.set_index(key)[numbers].align(now.set_index(key)[numbers], join="outer")
            was, is_now = (each.to_numpy() for each in both)
            apart = np.abs(is_now - was) > MOVED * np.abs(was)
            if (apart | (np.isnan(was) != np.isnan(is_now))).any():
                return True
        return False


def raw_faults(
    published: Published, rounds: int, rng: np.random.Generator
) -> Iterator[tuple[str, ...]]:
    """Family, file, what came of it and by what, a fault of each family in turn."""
    for family, fault in list(FAMILIES.items()) * rounds:
        for _attempt in range(20):
            path = str(rng.choice([entry.path for entry in published.files]))
            content = (published.project.raw / path).read_bytes()
            content = gzip.decompress(content) if path.endswith(".gz") else content
            table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
            try:
                changed = fault(table, rng)
            except (ValueError, IndexError, KeyError, StopIteration):
                continue  # a file without such a column
            if not changed.equals(table):
                text = changed.to_csv(index=False).encode()
                yield family, path, *published.try_fault(path, text)
                break


def main() -> None:
    """Print the table of families, and end with 1 where too many faults were silent."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=80, help="faults of each family")
    asked.add_argument(
        "--minutes", type=float, default=math.inf, help="no fault is begun after these"
    )
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--most", type=float, default=0.05, help="share that may be silent")
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--show", action="store_true", help="name each fault and what found it")
    options = asked.parse_args()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    rng = np.random.default_rng(options.seed)
    published, until = Published(Project.find()), time.monotonic() + 60 * options.minutes
    for family, path, outcome, by in raw_faults(published, options.rounds, rng):
        tally[family][outcome] += 1
        if options.show:
            sys.stderr.write(f"{outcome:10} {family:20} {path} {by}\n")
            sys.stderr.flush()
        if time.monotonic() > until:
            break
    lines = [to_line(family, counts) for family, counts in tally.items()]
    mean = float(np.mean([line[4] for line in lines]))
    if options.json:
        sys.stdout.write(json.dumps({"families": lines, "silent": mean}) + "\n")
    else:
        for line in [("family", "tried", "counted", "silent", "share", "without"), *lines]:
            sys.stdout.write("{:22}{:>8}{:>9}{:>8}{:>8}{:>9}\n".format(*map(str, line)))
        sys.stdout.write(f"Silent, families alike: {mean:.1%}\n")
    raise SystemExit(mean > options.most)


def to_line(family: str, counts: Counter[str]) -> tuple[str, int, int, int, float, int]:
    """Tried, refused or moved, silent, its share, and silent without the checks on all tables."""
    silent, found = counts["silent"], counts["found"]
    counted = counts["refused"] + found + silent
    share = round(silent / counted, 3) if counted else 0.0
    return family, counts.total(), counted, silent, share, silent + found


if __name__ == "__main__":
    main()
