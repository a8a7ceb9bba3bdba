"""How a measure of the strategy's charts is named, and how its figures are written."""

from collections.abc import Mapping

from sendlib.pages.formats import MINUS, Format, find_format

UNITS: Mapping[str, str] = {
    "%": "share1",
    "per 10,000 residents aged 0 to 17": "per_10k",
    "£ per resident aged 0 to 17": "gbp",
    "score": "number2",
}
"""Number format of each unit; shares and rates are of each person."""

_SELF_SAID = ("%", "score", "points")  # units that a figure or a name says by itself


def unit_format(unit: str) -> Format:
    """The number format of a unit of the charts.

    Examples
    --------
    >>> unit_format("%")(0.062), unit_format("score")(-0.92)
    ('6.2%', '−0.92')
    """
    return find_format(UNITS.get(unit, "number1"))


def as_printed(value: float, unit: str) -> str:
    """A figure with the digits that the strategy printed, two decimal places at most.

    Examples
    --------
    >>> as_printed(0.0651, "%"), as_printed(0.79, "%"), as_printed(-0.92, "score")
    ('6.51%', '79%', '−0.92')
    """
    if unit != "%":
        return unit_format(unit)(value)
    return f"{round(100 * value, 2):g}%".replace("-", MINUS)


def name_with_unit(part: str, unit: str) -> str:
    """A measure with its unit, where its figures do not say it.

    Examples
    --------
    >>> name_with_unit("Requests", "per 10,000 residents aged 0 to 17")
    'Requests, per 10,000 residents aged 0 to 17'
    """
    return part if unit in _SELF_SAID else f"{part}, {unit}"


def inside(name: str) -> str:
    """A name inside a sentence; Progress 8 and other proper names keep their capital.

    Examples
    --------
    >>> inside("Pupils with an EHC plan"), inside("Progress 8"), inside("Children with any SEN")
    ('pupils with an EHC plan', 'Progress 8', 'children with any SEN')
    """
    proper = name.split(" ", 1)[0] in ("Progress", "Attainment", "Level")
    return name if proper else name[:1].lower() + name[1:]
