"""Check frames against their contracts, and say every breach at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from sendlib.data.columns import Column, Table
from sendlib.data.contracts import TABLES
from sendlib.errors import DataError, Problem, raise_any

if TYPE_CHECKING:
    import pandera.pandas as pa

_NO_AREA = {"strategy_figure": {""}}
_DTYPES = {"datetime": "datetime64[ns]"}


def check_table(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The frame with the contract's columns, in order, once it keeps the contract."""
    import pandera.errors  # slow to import, and needed only where tables are built

    contract = TABLES[name]
    try:
        checked = _schema(contract).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        raise DataError(
            f"Table {name} does not keep its contract.", _breaches(errors.failure_cases, name)
        ) from errors
    return checked[list(contract.columns)]


def check_keys(tables: Mapping[str, pd.DataFrame]) -> None:
    """Every area and every source of every table must stand in ``area`` and ``source``.

    A figure for a group of areas, in a table whose contract allows it, has no code.
    """
    areas = set(tables["area"]["area_code"])
    known = {
        "area_code": areas,
        "neighbour_area_code": areas,
        "source_id": set(tables["source"]["source_id"]),
    }
    problems = [
        Problem(
            f"{code!r} is not in table {'source' if column == 'source_id' else 'area'}",
            f"table {name}, column {column}",
        )
        for name, frame in tables.items()
        for column, codes in known.items()
        if column in frame
        for code in sorted(set(frame[column]) - codes - _NO_AREA.get(name, set()))
    ]
    raise_any(DataError, "Some areas or sources are not known.", problems)


def _schema(contract: Table) -> "pa.DataFrameSchema":
    import pandera.pandas as pa

    columns = {name: _pandera_column(column) for name, column in contract.columns.items()}
    return pa.DataFrameSchema(columns, unique=list(contract.key), coerce=True, strict="filter")


def _pandera_column(column: Column) -> "pa.Column":
    import pandera.pandas as pa

    checks = []
    if column.allowed:
        checks.append(pa.Check.isin(list(column.allowed)))
    if column.lowest is not None:
        checks.append(pa.Check.ge(column.lowest))
    if column.highest is not None:
        checks.append(pa.Check.le(column.highest))
    dtype = _DTYPES.get(column.dtype, column.dtype)
    return pa.Column(dtype, checks, nullable=column.optional)


def _breaches(cases: pd.DataFrame, name: str) -> list[Problem]:
    return [
        Problem(f"{case.check}: {case.failure_case!r}", f"table {name}, column {case.column}")
        for case in cases.drop_duplicates(["column", "check", "failure_case"]).itertuples()
    ]
