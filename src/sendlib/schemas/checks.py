"""Check frames against their contracts, and say every breach at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from sendlib.errors import DataError, Problem, raise_any
from sendlib.schemas.contracts import TABLES, Column, Table

if TYPE_CHECKING:
    import pandera.pandas as pa

_DTYPES = {"datetime": "datetime64[ns]"}


def check_table(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The frame with the contract's columns, in order, once it keeps the contract.

    Raises
    ------
    DataError
        With every breach: columns, types, values, ranges and repeated keys.
    """
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
    """Every area code in every table must stand in table ``area``.

    Raises
    ------
    DataError
        Naming the tables and codes.
    """
    known = set(tables["area"]["area_code"])
    problems = [
        Problem(f"area code {code!r} is not in table area", f"table {name}")
        for name, frame in tables.items()
        if "area_code" in frame
        for code in sorted(set(frame["area_code"]) - known - {""})
    ]
    raise_any(DataError, "Some areas are not known.", problems)


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
