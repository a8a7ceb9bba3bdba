"""How a measure of the strategy's charts is named, and how its figures are written."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sendlib.pages.formats import MINUS
from sendlib.pages.narrative import inside
from sendlib.vocabulary import ChildGroup, labels

UNITS: Mapping[str, str] = {
    "%": "share1",
    "per 10,000 residents aged 0 to 17": "per_10k",
    "£ per resident aged 0 to 17": "gbp",
    "score": "number2",
}
"""Number format of each unit; shares and rates are of each person."""

_SELF_SAID = ("%", "score", "points")  # units that a figure or a name says by itself


def measure_name(part: str, unit: str = "%", *, children: str = "") -> str:
    """A measure with its unit, where its figures do not say it, and with its children.

    Examples
    --------
    >>> measure_name("Requests", "per 10,000 residents aged 0 to 17", children="all")
    'Requests, per 10,000 residents aged 0 to 17'
    >>> measure_name("Progress 8", "score", children="ehcp")
    'Progress 8, children with an EHC plan'
    """
    named = part if unit in _SELF_SAID else f"{part}, {unit}"
    return f"{named}, {children_of(children)}" if children not in ("", "all") else named


def children_of(group: str) -> str:
    """A group of children inside a sentence.

    Examples
    --------
    >>> children_of("ehcp")
    'children with an EHC plan'
    """
    return inside(labels(ChildGroup)[group])


def as_published(value: float, unit: str) -> str:
    """A figure with the digits that the strategy published, two decimal places at most.

    Examples
    --------
    >>> as_published(6.51, "%"), as_published(79.0, "%"), as_published(-0.92, "score")
    ('6.51%', '79%', '−0.92')
    """
    return f"{round(value, 2):g}{'%' if unit == '%' else ''}".replace("-", MINUS)


def published_cells(rows: pd.DataFrame, column: str) -> list[str]:
    """What the strategy published of each measure, when, and of whom if of others."""
    return [
        "none"
        if np.isnan(row[column])
        else f"{as_published(row[column] * (100 if row['unit'] == '%' else 1), row['unit'])} "
        f"({row['printed_period']}{_others(row.get('printed_of'))})"
        for row in rows.to_dict("records")
    ]


def _others(children: object) -> str:
    return f", {inside(str(children))}" if children else ""
