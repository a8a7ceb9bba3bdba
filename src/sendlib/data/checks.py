"""Check frames against their contracts, and name every breach at once."""

from collections.abc import Callable, Mapping

import pandas as pd

from sendlib.data.contracts import TABLES
from sendlib.errors import DataError, NotBuiltError, Problem, raise_any

_NO_AREA = {  # a figure for a group of areas has no code
    "strategy_figure": {""},
    "unlikely": {"all"},
}


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
    import pandera.errors  # slow to import, and needed only where tables are built
    import pandera.pandas as pa

    contract = TABLES[name]
    columns = {}
    for title, column in contract.columns.items():
        rules = [pa.Check.isin(list(column.allowed))] if column.allowed else []
        rules += [pa.Check.ge(column.lowest)] if column.lowest is not None else []
        rules += [pa.Check.le(column.highest)] if column.highest is not None else []
        dtype = "datetime64[ns]" if column.dtype == "datetime" else column.dtype
        columns[title] = pa.Column(dtype, rules, nullable=column.optional)
    schema = pa.DataFrameSchema(columns, unique=list(contract.key), coerce=True, strict="filter")
    try:
        return schema.validate(frame, lazy=True)[list(columns)]
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.drop_duplicates(["column", "check", "failure_case"])
        problems = [
            Problem(
                "contract_broken",
                f"{case.check}: {case.failure_case!r}",
                f"table {name}, column {case.column}",
            )
            for case in cases.itertuples()
        ]
        raise DataError(f"Table {name} does not keep its contract.", problems) from errors


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
