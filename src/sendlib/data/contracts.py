"""The contract of every tidy table, and every breach of it at once.

``tables.csv`` has a row for each table, ``contracts.csv`` for each of its columns; one with
nothing but its name is as ``any`` table has it. What is allowed may name a vocabulary.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sendlib import vocabulary
from sendlib.errors import DataError, NotBuiltError, Problem, raise_any
from sendlib.files import read_list

_MOST = 20  # breaches of one kind in a column are enough
_NO_AREA = {  # a figure for a group of areas has no code
    "strategy_figure": {""},
    "unlikely": {"all"},
}


@dataclass(frozen=True)
class ColumnContract:
    """One column of a tidy table."""

    dtype: str  # str, int64, float64, bool or datetime
    meaning: str  # with its unit in square brackets
    allowed: Sequence[str] = ()  # the only values it may hold; empty for any
    lowest: float | None = None
    highest: float | None = None
    optional: bool = False  # whether it may be missing


@dataclass(frozen=True)
class Contract:
    """One tidy table: what a row is, the columns that name it, and every column."""

    row: str
    key: Sequence[str]
    columns: Mapping[str, ColumnContract]
    order: Sequence[str] | None = None  # of rows, where not by key; () for that of the file


def _allowed(text: str) -> list[str]:
    values: list[str] = []
    for part in filter(None, text.split("|")):
        known = getattr(vocabulary, part, None)
        values += vocabulary.labels(known) if isinstance(known, type) else [part]
    return values


def _column(row: Mapping[Hashable, str]) -> ColumnContract:
    lowest, highest = (int(row[name]) if row[name] else None for name in ("lowest", "highest"))
    optional = row["optional"] == "yes"
    return ColumnContract(
        row["dtype"], row["meaning"], _allowed(row["allowed"]), lowest, highest, optional
    )


def _read_tables() -> dict[str, Contract]:
    columns: dict[str, dict[str, ColumnContract]] = {}
    for row in read_list("data", "contracts.csv").to_dict("records"):
        table, name = row["table"], row["column"]
        shared = columns.setdefault("any", {})
        columns.setdefault(table, {})[name] = _column(row) if row["dtype"] else shared[name]
    orders = {"": None, "file": ()}
    return {
        row["table"]: Contract(
            row["row"],
            row["key"].split(),
            columns.get(row["table"], {}),
            orders.get(row["order"], row["order"].split()),
        )
        for row in read_list("data", "tables.csv").to_dict("records")
    }


TABLES = _read_tables()


def check_tables(load: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Every tidy table by its name, or the breaches of all contracts at once."""
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name in TABLES:
        try:
            tables[name] = check_contract(load(name), name)
        except (DataError, NotBuiltError) as error:
            problems += error.problems or (
                Problem("table_unusable", error.headline, f"table {name}"),
            )
    raise_any(DataError, "Some tables do not keep their contracts.", problems)
    check_keys(tables)
    return tables


def check_contract(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The frame with the contract's columns, in order, once it keeps the contract."""
    contract = TABLES[name]
    columns: dict[str, pd.Series] = {}
    breaches: list[tuple[str, str]] = []
    for title, column in contract.columns.items():
        if title not in frame:
            breaches.append((title, "the column is missing"))
            continue
        dtype: Any = "datetime64[ns]" if column.dtype == "datetime" else column.dtype
        try:
            columns[title] = values = _plain(frame[title]).astype(dtype)
        except (TypeError, ValueError) as error:
            breaches.append((title, f"not {column.dtype}: {error}"))
            continue
        breaches += [(title, found) for found in _breaches(values, column)]
    checked = pd.DataFrame(columns)
    if contract.key and set(contract.key) <= set(checked):
        key = list(contract.key)
        named = [*key, "source_id"] if "source_id" in checked else key
        twice = checked.loc[checked.duplicated(key), named].drop_duplicates().head(_MOST)
        breaches += [
            (" ".join(key), f"more than one row: {', '.join(map(str, row))!r}")
            for row in twice.itertuples(index=False)
        ]
    problems = [
        Problem("contract_broken", found, f"table {name}, column {title}")
        for title, found in breaches
    ]
    raise_any(DataError, f"Table {name} does not keep its contract.", problems)
    return checked


def _plain(values: pd.Series) -> pd.Series:
    """Categories as what they name, without a step by objects of Python."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    names, codes = values.cat.categories, values.cat.codes.to_numpy()
    return pd.Series(names.take(codes, allow_fill=True, fill_value=np.nan), values.index)


def _breaches(values: pd.Series, column: ColumnContract) -> list[str]:
    """What values of a column may not be, each once."""
    found = [] if column.optional or not values.hasnans else ["a value is missing"]
    wrong = {}
    if column.allowed:
        wrong[f"not one of {', '.join(column.allowed)}"] = ~values.isin(list(column.allowed))
    if column.lowest is not None:
        wrong[f"less than {column.lowest:g}"] = values < column.lowest
    if column.highest is not None:
        wrong[f"more than {column.highest:g}"] = values > column.highest
    return found + [
        f"{what}: {value!r}"
        for what, rows in wrong.items()
        for value in values[rows].dropna().unique()[:_MOST].tolist()
    ]


def check_keys(tables: Mapping[str, pd.DataFrame]) -> None:
    """Every area and every source of every table must be in ``area`` and ``source``."""
    areas = ("area", set(tables["area"]["area_code"]))
    known = {
        "area_code": areas,
        "neighbour_area_code": areas,
        "source_id": ("source", set(tables["source"]["source_id"])),
    }
    problems = [
        Problem(
            "key_not_in_table",
            f"{code!r} is not in table {table}",
            f"table {name}, column {column}",
        )
        for name, frame in tables.items()
        for column, (table, codes) in known.items()
        if column in frame
        for code in sorted(set(frame[column].unique()) - codes - _NO_AREA.get(name, set()))
    ]
    raise_any(DataError, "Some areas or sources are not known.", problems)
