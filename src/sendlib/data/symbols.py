"""Numbers and the symbols that stand where a number is missing.

The department writes ``z`` (not applicable), ``x`` (unavailable), ``c``
(confidential), ``low`` or ``k`` (rounds to zero) and ``u`` (low reliability);
older releases and tools write ``: ~ . .. -``. Source: the department's open
data standards and each release's data guidance.
"""

import numpy as np
import pandas as pd

from sendlib.errors import Problem
from sendlib.vocabulary import ValueStatus

SYMBOLS = {
    "z": ValueStatus.NOT_APPLICABLE,
    ".": ValueStatus.NOT_APPLICABLE,
    "x": ValueStatus.NOT_AVAILABLE,
    ":": ValueStatus.NOT_AVAILABLE,
    "..": ValueStatus.NOT_AVAILABLE,
    "-": ValueStatus.NOT_AVAILABLE,
    "": ValueStatus.NOT_AVAILABLE,
    "c": ValueStatus.SUPPRESSED,
    "~": ValueStatus.SUPPRESSED,
    "low": ValueStatus.ROUNDS_TO_ZERO,
    "k": ValueStatus.ROUNDS_TO_ZERO,
    "u": ValueStatus.LOW_RELIABILITY,
}
FIRST_DATA_ROW = 2  # row 1 of a file is its header


def cell(where: str, row: object, column: object = "") -> str:
    """Where a cell stands, as a person counts: the file, the row, the column.

    Examples
    --------
    >>> cell("flow.csv", 5, "value")
    'flow.csv, row 7, column value'
    """
    place = f"{where}, row {int(str(row)) + FIRST_DATA_ROW}"
    return f"{place}, column {column}" if column else place


def parse_numbers(
    text: pd.Series, *, where: str, negative: bool = False
) -> tuple[pd.DataFrame, list[Problem]]:
    """Numbers with the reason for each one that is missing.

    A symbol gives a missing value and its status, never zero.

    Examples
    --------
    >>> frame, problems = parse_numbers(pd.Series(["12", "x"], name="plans"), where="a.csv")
    >>> frame["value_status"].tolist(), problems
    (['reported', 'not_available'], [])
    """
    cleaned = text.str.strip()
    value = pd.to_numeric(cleaned, errors="coerce").replace([np.inf, -np.inf], np.nan)
    missing = value.isna()
    status = pd.Series(ValueStatus.REPORTED.value, index=text.index, dtype="str")
    status[missing] = cleaned[missing].str.lower().map(_STATUS_OF_SYMBOL)
    unknown = status.isna()
    problems = [
        Problem(
            f"unknown symbol {text[row]!r}",
            cell(where, row, text.name),
            f"valid: a number or {_VALID}",
        )
        for row in text.index[unknown]
    ]
    if not negative:
        problems += [
            Problem(
                f"negative count {text[row]}",
                cell(where, row, text.name),
                "a count is 0 or more",
            )
            for row in text.index[value < 0]
        ]
    return pd.DataFrame({"value": value, "value_status": status}), problems


_STATUS_OF_SYMBOL = {symbol: status.value for symbol, status in SYMBOLS.items()}
_VALID = " ".join(symbol for symbol in SYMBOLS if symbol)
