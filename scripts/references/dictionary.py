"""The data dictionary: every table and column, from the contracts that a build checks."""

import re
from collections.abc import Sequence
from enum import StrEnum

from references.markdown import codes, grid, opening, sentence
from sendlib import vocabulary
from sendlib.data import TABLES
from sendlib.data.contracts import ColumnContract, Contract

_UNIT = re.compile(r"\s*\[([^]]+)\]$")
_TYPES = {
    "str": "text",
    "int64": "whole number",
    "float64": "number",
    "bool": "yes or no",
    "datetime": "date",
}
_HEADINGS = ("Column", "Type", "Unit", "Meaning", "May hold")


def lists() -> dict[str, type[StrEnum]]:
    """Every closed list of the vocabulary by its name, in the order of its module."""
    found = vars(vocabulary).items()
    return {name: kind for name, kind in found if _is_list(name, kind)}


def write_page() -> str:
    """The data dictionary as Markdown."""
    opened = opening(
        "Data dictionary",
        "the contracts in `src/sendlib/data/contracts.csv`",
        f"{len(TABLES)} tables stand in `data/processed` after `sendlib data build`; "
        '`data.load(project, "NAME")` or `Authority.load("NAME")` gives one, the latter with '
        "`area_name` and `area_type` beside `area_code`. Every build checks each table against "
        "this page. A key names a row: no two rows have the same. Missing is "
        "never zero: `value_status`, in tables that have it, says why a number is missing.",
        "Closed lists, such as place types, are spelt out in the [glossary](glossary.md).",
    )
    return "\n".join([opened, *(_table(name, table) for name, table in TABLES.items())])


def _is_list(name: str, kind: object) -> bool:
    mine = isinstance(kind, type) and kind.__module__ == vocabulary.__name__
    return mine and issubclass(kind, StrEnum) and not name.startswith("_")


def _table(name: str, table: Contract) -> str:
    parts = [
        f"## {name}\n",
        f"{sentence(f'One row is {table.row}')} Key: {codes(table.key)}.\n",
        grid(_HEADINGS, (_row(title, column) for title, column in table.columns.items())),
    ]
    return "\n".join(parts)


def _row(title: str, column: ColumnContract) -> Sequence[str]:
    unit = _UNIT.search(column.meaning)
    return (
        f"`{title}`",
        _TYPES[column.dtype],
        unit[1] if unit else "",
        _UNIT.sub("", column.meaning),
        _may_hold(column),
    )


def _may_hold(column: ColumnContract) -> str:
    said = [_allowed(column.allowed), _range(column), "may be missing" if column.optional else ""]
    return "; ".join(part for part in said if part)


def _allowed(values: Sequence[str]) -> str:
    """The values, or the closed list that they are the whole of."""
    own = [value for value in values if value != vocabulary.TOTAL]
    for name, kind in lists().items():
        if own == [member.value for member in kind]:
            total = f" or `{vocabulary.TOTAL}`" if vocabulary.TOTAL in values else ""
            return f"a value of [{name}](glossary.md#{name.lower()}){total}"
    return codes(values)


def _range(column: ColumnContract) -> str:
    low, high = column.lowest, column.highest
    if low is None:
        return "" if high is None else f"{high:g} or less"
    return f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
