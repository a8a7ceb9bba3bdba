"""What a release changes: periods, revised figures, labels, columns, area by area."""

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from sendlib.data.contracts import TABLES
from sendlib.data.text_tables import SYMBOLS, read_text_table

PERIODS = ("census_year", "calendar_year", "financial_year", "academic_year", "year", "period")
_TOPIC = "breakdown_topic"
_NUMBER = re.compile(r"-?[\d,]*\.?\d+(e-?\d+)?%?")
_SHOWN = 5


@dataclass(frozen=True)
class Revision:
    """One figure before and after; missing is NaN."""

    column: str
    row: Mapping[str, object]  # what names it
    before: float
    after: float

    @property
    def by(self) -> float:
        """By how much it was revised, in the unit of its column."""
        return self.after - self.before


@dataclass(frozen=True)
class TableChange:
    """What differs in one tidy table."""

    table: str
    new_periods: tuple[str, ...] = ()
    gone_periods: tuple[str, ...] = ()
    rows_new: int = 0  # in periods that there were before
    rows_gone: int = 0
    revised: int = 0  # figures that were there before and are others now
    appeared: int = 0  # figures that were missing
    vanished: int = 0  # figures that are missing now
    largest: Revision | None = None
    by_area: Mapping[str, int] = field(default_factory=dict)  # revised figures, most first

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        counts = (self.rows_new, self.rows_gone, self.revised, self.appeared, self.vanished)
        return any((*counts, self.new_periods, self.gone_periods))


@dataclass(frozen=True)
class FileChange:
    """Columns and labels that came or went in a raw file."""

    path: str
    new_columns: tuple[str, ...] = ()
    gone_columns: tuple[str, ...] = ()
    new_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by column
    gone_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        return any((self.new_columns, self.gone_columns, self.new_labels, self.gone_labels))


def compare_tables(
    before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
) -> tuple[TableChange, ...]:
    """What differs between two builds of the tidy tables, table by table.

    Parameters
    ----------
    before, after : Mapping
        Tables by name, as ``data.load`` gives them.

    Returns
    -------
    tuple of TableChange
        One for each table in which anything differs.
    """
    both = [name for name in after if name in before]
    changes = [_compare(name, before[name], after[name]) for name in both]
    return tuple(change for change in changes if change.is_any)


def _compare(name: str, before: pd.DataFrame, after: pd.DataFrame) -> TableChange:
    key = list(TABLES[name].key)
    period = next((each for each in PERIODS if each in key), "")
    was, now = (frame.set_index(key) for frame in (before, after))
    new, gone = now.index.difference(was.index), was.index.difference(now.index)
    periods = [set(frame[period].astype(str)) if period else set() for frame in (before, after)]
    come, left = periods[1] - periods[0], periods[0] - periods[1]
    revisions = _revisions(name, was, now)
    changed = revisions[revisions["before"].notna() & revisions["after"].notna()]
    areas = changed["area_code"].value_counts() if "area_code" in changed else pd.Series(dtype=int)
    return TableChange(
        name,
        new_periods=tuple(sorted(come)),
        gone_periods=tuple(sorted(left)),
        rows_new=_outside(new, period, come),
        rows_gone=_outside(gone, period, left),
        revised=len(changed),
        appeared=int(revisions["before"].isna().sum()),
        vanished=int(revisions["after"].isna().sum()),
        largest=_largest(changed, key),
        by_area={str(code): int(count) for code, count in areas.items()},
    )


def _outside(index: pd.Index, period: str, periods: set[str]) -> int:
    """How many rows are of none of these periods."""
    if not period or index.empty:
        return len(index)
    return int((~index.get_level_values(period).astype(str).isin(periods)).sum())


def _revisions(name: str, was: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Every figure that differs in a row of both, one to a line."""
    figures = [
        column
        for column, about in TABLES[name].columns.items()
        if about.dtype == "float64" and column in was and column in now
    ]
    shared = was.index.intersection(now.index)
    parts = []
    old, new = was.loc[shared], now.loc[shared]
    for column in figures:
        pair = pd.DataFrame({"before": old[column], "after": new[column]})
        same = (pair["before"] == pair["after"]) | pair.isna().all(axis=1)
        parts.append(pair[~same].reset_index().assign(column=column))
    empty = pd.DataFrame({"before": [], "after": [], "column": []})
    return pd.concat(parts, ignore_index=True) if parts else empty


def _largest(changed: pd.DataFrame, key: list[str]) -> Revision | None:
    if changed.empty:
        return None
    row = changed.iloc[int((changed["after"] - changed["before"]).abs().to_numpy().argmax())]
    named = {name: row[name] for name in key}
    return Revision(str(row["column"]), named, float(row["before"]), float(row["after"]))


def compare_files(path: str, before: bytes, after: bytes) -> FileChange:
    """What differs in the columns and labels of two editions of a raw file."""
    old, new = (_read(content, path) for content in (before, after))
    was, now = _columns(old), _columns(new)
    if _TOPIC in was and _TOPIC in now:  # of topics that only one has, labels say nothing
        shared = was[_TOPIC] & now[_TOPIC]
        was = {**_columns(old[old[_TOPIC].isin(shared)]), _TOPIC: was[_TOPIC]}
        now = {**_columns(new[new[_TOPIC].isin(shared)]), _TOPIC: now[_TOPIC]}
    labels = {
        column: (now[column] - was[column], was[column] - now[column])
        for column in now
        if column in was and now[column] != was[column]
    }
    return FileChange(
        path,
        new_columns=tuple(column for column in now if column not in was),
        gone_columns=tuple(column for column in was if column not in now),
        new_labels={name: tuple(sorted(come)) for name, (come, _) in labels.items() if come},
        gone_labels={name: tuple(sorted(gone)) for name, (_, gone) in labels.items() if gone},
    )


def _read(content: bytes, where: str) -> pd.DataFrame:
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return read_text_table(content, where=where, required=())


def _columns(table: pd.DataFrame) -> dict[str, set[str]]:
    """The columns of a raw file; for those that hold labels, every label."""
    return {str(name): _labels(cells) for name, cells in table.items()}


def _labels(cells: pd.Series) -> set[str]:
    """The labels of a column; none of one of numbers, of periods, codes or names of areas."""
    values = set(cells.unique())
    plain = re.compile(r"(?i)time_|.*code|.*name|geographic_level|old_la|new_la|la_|source_id")
    if plain.match(str(cells.name)) or all(_is_figure(value) for value in values):
        return set()
    return values


def _is_figure(value: str) -> bool:
    return value.strip().lower() in SYMBOLS or bool(_NUMBER.fullmatch(value.strip()))


def describe_table(change: TableChange, names: Mapping[str, str]) -> Iterator[str]:
    """The lines that tell a person what differs in a table; ``names`` are those of areas."""
    yield f"{change.table}: {TABLES[change.table].row}"
    if change.new_periods:
        yield f"  new: {', '.join(change.new_periods)}"
    if change.gone_periods:
        yield f"  no longer there: {', '.join(change.gone_periods)}"
    if change.revised:
        areas = [f"{names.get(code, code)} {count:,}" for code, count in change.by_area.items()]
        more = f" and {len(areas) - _SHOWN} more areas" if len(areas) > _SHOWN else ""
        where = f": {', '.join(areas[:_SHOWN])}{more}" if areas else ""
        yield f"  {change.revised:,} figures revised{where}"
    if change.largest:
        yield f"  the largest: {_write(change.largest, names)}"
    counts = {
        "figures that were missing": change.appeared,
        "figures missing now": change.vanished,
        "more rows for periods there were": change.rows_new,
        "fewer rows for periods there are": change.rows_gone,
    }
    yield from (f"  {count:,} {what}" for what, count in counts.items() if count)


def describe_file(change: FileChange) -> Iterator[str]:
    """The lines that tell a person which columns and labels came or went in a file."""
    yield change.path
    for word, columns in (("new", change.new_columns), ("gone", change.gone_columns)):
        if columns:
            yield f"  {word} columns: {', '.join(columns)}"
    for word, labels in (("new", change.new_labels), ("gone", change.gone_labels)):
        for column, values in labels.items():
            more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
            yield f"  {word} in {column}: {', '.join(values[:_SHOWN])}{more}"


def _write(revision: Revision, names: Mapping[str, str]) -> str:
    parts = {**revision.row}
    area = str(parts.pop("area_code", ""))
    rest = ", ".join(str(value) for value in parts.values() if str(value) != "total")
    figures = f"{revision.before:,.6g} -> {revision.after:,.6g}"
    place = names.get(area, area)
    return f"{', '.join(filter(None, (place, rest, revision.column)))}: {figures}"
