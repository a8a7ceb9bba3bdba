"""Rules and dates of high needs policy, with values that a person can read."""

import re
from datetime import date

import pandas as pd

from sendlib.pages.formats import say_period

_UNIT = re.compile(r"(GBP(?: (?:million|billion))?|%|date)\b ?(?:in )?|(%) ?(?:in )?")
_DAY = 10  # characters of a whole date


def policy_rules(policy_lever: pd.DataFrame) -> pd.DataFrame:
    """Rules and dates as published, their values and units in one.

    Parameters
    ----------
    policy_lever : pd.DataFrame
        Table ``policy_lever``.

    Returns
    -------
    pd.DataFrame
        "rule or date", ``value`` in words, ``applies`` and ``confidence``.
    """
    said = [say_value(*pair) for pair in policy_lever[["value", "unit"]].astype(str).to_numpy()]
    frame = policy_lever.assign(value=said).rename(columns={"lever": "rule or date"})
    frame = frame[["rule or date", "value", "applies", "confidence"]].reset_index(drop=True)
    frame.attrs["what"] = "rules and dates of high needs policy"
    return frame


def say_value(value: str, unit: str) -> str:
    """A value with its unit; several of them each with what it is of.

    Examples
    --------
    >>> say_value("1172.740;1384.408", "GBP million in 2020-21;2021-22")
    '2020-21: £1,172.7 million; 2021-22: £1,384.4 million'
    >>> say_value("2029-09", "date"), say_value("0.90", "share"), say_value("6000", "GBP")
    ('September 2029', '90%', '£6,000')
    >>> say_value("3;50000", "GBP billion;specialist places")
    '£3 billion; 50,000 specialist places'
    """
    if unit == "text":
        return value
    amounts, parts = value.split(";"), unit.split(";")
    match = _UNIT.match(parts[0])
    kind = (match[1] or match[2]) if match else ""
    labels = [parts[0][match.end() :] if match else parts[0], *parts[1:]]
    if len(amounts) == 1:
        return f"{_amount(value, kind or unit)} {labels[0] if kind else _counted(unit)}".strip()
    if not labels[0]:  # each has a unit of its own
        pairs = zip(amounts[1:], labels[1:], strict=True)
        rest = [f"{_amount(each, '')} {label}" for each, label in pairs]
        return "; ".join([_amount(amounts[0], kind), *rest])
    return "; ".join(
        f"{label}: {_amount(each, kind)}" for each, label in zip(amounts, labels, strict=True)
    )


def _counted(unit: str) -> str:
    """What follows a number: what is counted."""
    return "" if unit == "share" else unit


def _amount(text: str, kind: str) -> str:
    """One value as it is written."""
    if kind == "date":
        return _day(text)
    number = float(text)
    if kind == "share":
        return f"{100 * number:g}%"
    if kind == "%":
        return f"{number:g}%"
    digits = f"{number:,.2f}" if kind == "GBP" and number % 1 else f"{round(number, 1):,.10g}"
    return f"£{digits}{kind.removeprefix('GBP')}" if kind.startswith("GBP") else digits


def _day(text: str) -> str:
    """A date or a month in words."""
    if len(text) != _DAY:
        return say_period(text)
    when = date.fromisoformat(text)
    return f"{when.day} {when:%B %Y}"
