"""What is wrong with a field of a file, in the words of those who write it."""

import re
from datetime import date

from pydantic_core import ErrorDetails

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
PLAIN_NUMBER = "give a number alone, without %, £ or commas"
ONE_YEAR = (
    "write one year, such as 2027: of a January its own, of a financial year the one in which it "
    "begins"
)
_REMEDIES = {
    "model_type": "write keys and values",
    "dict_type": "write keys and values",
    "mapping_type": "write keys and values",
    "list_type": "write a list, each entry after a dash",
    "tuple_type": "write a list, each entry after a dash",
    "too_short": "add at least one",
    "string_too_short": "write at least one letter",
    "string_type": "write text; put a number in quotes",
    "float_type": PLAIN_NUMBER,
    "float_parsing": PLAIN_NUMBER,
    "finite_number": PLAIN_NUMBER,
    "bool_type": "give true or false",
    "int_type": "give a whole number",
    "int_parsing": "give a whole number",
    "int_from_float": "give a whole number",
    "literal_error": "give {expected}",
    "greater_than": "give more than {gt:g}",
    "greater_than_equal": "give {ge:g} or more",
    "less_than": "give less than {lt:g}",
    "less_than_equal": "give {le:g} or less",
}


def share_for_percentage(pct: float) -> str:
    """What is wrong with a percentage that reads as a share of one; empty if nothing is.

    Examples
    --------
    >>> share_for_percentage(0.7), share_for_percentage(7)
    ('0.7 is less than one per cent; give 70 for 70%', '')
    """
    if not 0 < abs(pct) < 1:
        return ""
    return f"{pct:g} is less than one per cent; give {pct * 100:g} for {pct * 100:g}%"


def found_and_remedy(detail: ErrorDetails) -> tuple[str, str]:
    """What was found in a field, and what to give instead."""
    given, kind = detail["input"], detail["type"]
    if kind == "value_error":
        found, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
        return found, remedy
    remedy = _REMEDIES.get(kind, detail["msg"].replace("Input should be", "give")).format(
        **detail.get("ctx", {})
    )
    if kind.startswith("int_") and _YEAR.search(str(given)):
        remedy = ONE_YEAR
    return _found(given), remedy


def _found(given: object) -> str:
    if given is None:
        return "it is left empty"
    if isinstance(given, (dict, list, tuple)):
        return "not as it should be" if given else "there is none"
    return f"found {given}" if isinstance(given, date) else f"found {given!r}"
