"""Sentences on directions: which way a series goes, and whether that is better."""

from sendlib.pages.formats import Format, find_format
from sendlib.present.words.general import Row

_MOVED = {"rising": 1, "falling": -1}


def worth_of_way(direction: object, better: str) -> str:
    """Whether a tested direction is better or worse; empty where neither can be said.

    Examples
    --------
    >>> worth_of_way("falling", "lower"), worth_of_way("no clear direction", "lower")
    ('better', '')
    """
    way = _MOVED.get(str(direction))
    if way is None or better not in ("higher", "lower"):
        return ""
    return "better" if (way > 0) == (better == "higher") else "worse"


def cell_direction(row: Row) -> str:
    """A direction and its years, as short as a cell of a table needs it.

    Examples
    --------
    >>> cell_direction({"direction": "rising", "points": 6, "first_year": 2016, "last_year": 2021})
    'rising, 2016 to 2021'
    """
    said = str(row["direction"]).replace("too few points", "too few years to compare")
    return f"{said}, {row['first_year']:.0f} to {row['last_year']:.0f}" if row["points"] else said


def say_direction(row: Row, *, name: str, better: str = "none", unit: str | Format) -> str:
    """One sentence on which way a series goes.

    Parameters
    ----------
    row : Mapping
        A row of ``compare.trends``, or the fields of a ``compare.Trend``:
        ``direction``, ``slope``, ``points``, ``first_year``, ``last_year``.
    name : str
        What the series measures.
    better : str
        "higher", "lower" or "none".
    unit : str or callable
        Number format of the slope.

    Examples
    --------
    >>> row = {"direction": "rising", "slope": 0.27, "points": 6, "first_year": 2016,
    ...        "last_year": 2021}
    >>> say_direction(row, name="Pupils with a plan", unit="number1")
    'Pupils with a plan: rising by 0.3 a year between 2016 and 2021.'
    """
    direction = str(row["direction"])
    if direction == "too few points":
        years = {0: "no year", 1: "one year"}.get(
            row["points"], f"the last {row['points']:.0f} years"
        )
        return f"{name}: too few years to say; only {years} can be compared."
    span = f"between {row['first_year']:.0f} and {row['last_year']:.0f}"
    if direction not in _MOVED:
        return f"{name}: no clear direction {span}."
    size = find_format(unit)(abs(row["slope"]))
    worth = worth_of_way(direction, better)
    tail = f", which is {worth}" if worth else ""
    return f"{name}: {direction} by {size} a year {span}{tail}."
