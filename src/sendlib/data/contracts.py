"""The contract of every tidy table: what one row is, its columns, and what they may hold.

``tables.csv`` has a row for each table, ``contracts.csv`` for each of its columns; one with
nothing but its name is as ``any`` table has it. What is allowed may name a vocabulary.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from sendlib import vocabulary


@dataclass(frozen=True)
class Column:
    """One column of a tidy table."""

    dtype: str  # str, int64, float64, bool or datetime
    meaning: str  # with its unit in square brackets
    allowed: Sequence[str] = ()  # the only values it may hold; empty for any
    lowest: float | None = None
    highest: float | None = None
    optional: bool = False  # whether it may be missing


@dataclass(frozen=True)
class Table:
    """One tidy table: what a row is, the columns that name it, and every column."""

    row: str
    key: Sequence[str]
    columns: Mapping[str, Column]
    order: Sequence[str] | None = None  # of rows, where not by key; () for that of the file


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("sendlib.data") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _allowed(text: str) -> list[str]:
    values: list[str] = []
    for part in filter(None, text.split("|")):
        known = getattr(vocabulary, part, None)
        values += vocabulary.labels(known) if isinstance(known, type) else [part]
    return values


def _column(row: Mapping[str, str]) -> Column:
    lowest, highest = (int(row[name]) if row[name] else None for name in ("lowest", "highest"))
    optional = row["optional"] == "yes"
    return Column(row["dtype"], row["meaning"], _allowed(row["allowed"]), lowest, highest, optional)


def _read_tables() -> dict[str, Table]:
    columns: dict[str, dict[str, Column]] = {}
    for row in _rows("contracts.csv"):
        table, name = row["table"], row["column"]
        shared = columns.setdefault("any", {})
        columns.setdefault(table, {})[name] = _column(row) if row["dtype"] else shared[name]
    orders = {"": None, "file": ()}
    return {
        row["table"]: Table(
            row["row"],
            row["key"].split(),
            columns[row["table"]],
            orders.get(row["order"], row["order"].split()),
        )
        for row in _rows("tables.csv")
    }


TABLES = _read_tables()
