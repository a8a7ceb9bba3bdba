"""What a release changes: periods, revised figures, labels, columns, area by area."""

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sendlib.data.contracts import TABLES
from sendlib.data.text_tables import SYMBOLS, read_text_table
from sendlib.tidy import PERIODS

_TOPIC = "breakdown_topic"
_NUMBER = re.compile(r"-?[\d,]*\.?\d+(e-?\d+)?%?")
_NO_LABELS = re.compile(r"(?i)time_|.*code|.*name|geographic_level|old_la|new_la|la_|source_id")
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class TableChange:
    """What differs in one tidy table."""

    table: str
    new_periods: Sequence[str]
    gone_periods: Sequence[str]
    revisions: pd.DataFrame  # figures that are others now: the key, column, before and after
    counts: Mapping[str, int]  # of figures that came or went, and of rows in periods of both

    def describe(self, names: Mapping[str, str]) -> Iterator[str]:
        """The lines that tell a person what differs; ``names`` are those of areas."""
        yield f"{self.table}: {TABLES[self.table].row}"
        if self.new_periods:
            yield f"  new: {', '.join(self.new_periods)}"
        if self.gone_periods:
            yield f"  no longer there: {', '.join(self.gone_periods)}"
        if len(self.revisions):
            by_area = self.revisions.get("area_code", pd.Series(dtype="str")).value_counts()
            areas = [f"{names.get(str(code), code)} {count:,}" for code, count in by_area.items()]
            where = f": {_first(areas, ' areas')}" if areas else ""
            yield f"  {len(self.revisions):,} figures revised{where}"
            yield f"  the largest: {self._largest(names)}"
        yield from (f"  {count:,} {what}" for what, count in self.counts.items() if count)

    def _largest(self, names: Mapping[str, str]) -> str:
        by = (self.revisions["after"] - self.revisions["before"]).abs()
        row = self.revisions.iloc[int(by.to_numpy().argmax())].to_dict()
        area, before, after = (row.pop(name, "") for name in ("area_code", "before", "after"))
        named = (names.get(area, area), *(str(each) for each in row.values() if each != "total"))
        return f"{', '.join(filter(None, named))}: {before:,.6g} -> {after:,.6g}"


@dataclass(frozen=True)
class FileChange:
    """Columns and labels that came or went in a raw file."""

    path: str
    columns: Mapping[str, Sequence[str]]  # new and gone
    labels: Mapping[str, Sequence[str]]  # by new or gone, and their column

    def describe(self) -> Iterator[str]:
        """The lines that tell a person which columns and labels came or went."""
        yield self.path
        yield from (f"  {how} columns: {', '.join(each)}" for how, each in self.columns.items())
        yield from (f"  {how}: {_first(each)}" for how, each in self.labels.items())


def _first(values: Sequence[str], what: str = "") -> str:
    more = f" and {len(values) - _SHOWN} more{what}" if len(values) > _SHOWN else ""
    return f"{', '.join(values[:_SHOWN])}{more}"


def compare_tables(
    before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
) -> list[TableChange]:
    """What differs between two builds of the tidy tables, for each table in which anything does."""
    changes = [_compare(name, before[name], after[name]) for name in after if name in before]
    return [
        each
        for each in changes
        if any((*each.new_periods, *each.gone_periods, *each.counts.values(), len(each.revisions)))
    ]


def _compare(name: str, before: pd.DataFrame, after: pd.DataFrame) -> TableChange:
    key = list(TABLES[name].key)
    period = next((each for each in (*PERIODS, "period") if each in key), "")
    was, now = (frame.set_index(key) for frame in (before, after))
    then, here = (set(frame[period].astype(str)) if period else set() for frame in (before, after))
    differ = _differing(name, was, now)
    is_new, is_gone = differ["before"].isna(), differ["after"].isna()
    counts = {
        "figures that were missing": int(is_new.sum()),
        "figures missing now": int(is_gone.sum()),
        "more rows for periods there were": _outside(now.index.difference(was.index), period, then),
        "fewer rows for periods there are": _outside(was.index.difference(now.index), period, here),
    }
    revisions = differ[~is_new & ~is_gone]
    return TableChange(name, sorted(here - then), sorted(then - here), revisions, counts)


def _outside(index: pd.Index, period: str, periods: set[str]) -> int:
    """How many rows are of these periods; all where there are none."""
    if not period or index.empty:
        return len(index)
    return int(index.get_level_values(period).astype(str).isin(periods).sum())


def _differing(name: str, was: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Every figure that differs in a row of both, one to a line."""
    shared = was.index.intersection(now.index)
    old, new = was.loc[shared], now.loc[shared]
    parts = [pd.DataFrame({"column": [], "before": [], "after": []})]
    for column, about in TABLES[name].columns.items():
        if about.dtype == "float64" and column in was and column in now:
            pair = pd.DataFrame({"column": column, "before": old[column], "after": new[column]})
            same = (pair["before"] == pair["after"]) | pair[["before", "after"]].isna().all(axis=1)
            parts.append(pair[~same].reset_index())
    found = [each for each in parts if len(each)]
    return pd.concat(found, ignore_index=True) if found else parts[0]


def compare_files(path: str, before: bytes, after: bytes) -> FileChange:
    """What differs in the columns and labels of two editions of a raw file."""
    old, new = (_read(content, path) for content in (before, after))
    if _TOPIC in old and _TOPIC in new:  # of topics that only one has, labels say nothing
        shared = set(old[_TOPIC]) & set(new[_TOPIC])
        was, now = (_labels(frame[frame[_TOPIC].isin(shared)]) for frame in (old, new))
        was[_TOPIC], now[_TOPIC] = set(old[_TOPIC]), set(new[_TOPIC])
    else:
        was, now = _labels(old), _labels(new)
    columns = {
        "new": [column for column in now if column not in was],
        "gone": [column for column in was if column not in now],
    }
    labels = {
        f"{how} in {column}": sorted(these[column] - those[column])
        for how, these, those in (("new", now, was), ("gone", was, now))
        for column in now
        if column in was
    }
    return FileChange(path, *({how: each for how, each in found.items() if each}
                              for found in (columns, labels)))  # fmt: skip


def _read(content: bytes, where: str) -> pd.DataFrame:
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return read_text_table(content, where=where, required=())


def _labels(table: pd.DataFrame) -> dict[str, set[str]]:
    """Every column with its labels; none of numbers, of periods, codes or names of areas."""
    labels = {}
    for name, cells in table.items():
        values = set(cells.unique())
        texts = {value.strip().lower() for value in values} - set(SYMBOLS)
        is_plain = _NO_LABELS.match(str(name)) or all(map(_NUMBER.fullmatch, texts))
        labels[str(name)] = set() if is_plain else values
    return labels
