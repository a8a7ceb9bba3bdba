"""Sentences on comparisons, directions and promises, made from their statistics.

Each sentence takes one row as the analysis made it and says no more than its
verdict: "higher than" and "lower than" only where the test found a difference,
"similar to" where it did not, and "too few to say" where so few cases are expected
that it hardly could. ``say_thresholds`` states the rules that all of them follow.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sendlib.present.formats import Format, find_format
from sendlib.present.words import join_words, ordinal

Row = Mapping[str, Any]
_COMPARED = {"higher": "higher than", "lower": "lower than", "similar": "similar to"}
_MOVED = {"rising": 1, "falling": -1}
_PROMISED = {"up": "to go up", "down": "to go down"}


def say_thresholds(*, level: float, fewest: float, correction: str = "holm") -> str:
    """The rules by which figures are called different, once for a page.

    Parameters
    ----------
    level : float
        The corrected p-value below which a gap is a difference. [0 to 1]
    fewest : float
        With fewer expected cases, what is not a difference is too few to say.
    correction : str
        How the comparisons of a page are corrected for their number.

    Examples
    --------
    >>> print(say_thresholds(level=0.05, fewest=5))
    A gap is called higher or lower only where chance alone would show one so large \
less than 5 times in 100, once every comparison on the page is allowed for (holm). \
Other gaps are called similar, or too few to say where fewer than 5 cases are expected.
    """
    return (
        "A gap is called higher or lower only where chance alone would show one so large less "
        f"than {100 * level:g} times in 100, once every comparison on the page is allowed for "
        f"({correction}). Other gaps are called similar, or too few to say where fewer than "
        f"{fewest:g} cases are expected."
    )


def say_verdict(row: Row, *, name: str, what: str, other: str, unit: str | Format) -> str:
    """One sentence on a gap that was judged.

    Parameters
    ----------
    row : Mapping
        A row of ``compare.judge``: ``value``, ``other``, ``gap_low``,
        ``gap_high``, ``p_corrected`` and ``verdict``.
    name, what, other : str
        Whose figure, what it measures, and whose it is set beside.
    unit : str or callable
        Number format of the values and of the gap.

    Examples
    --------
    >>> row = {"value": 0.2031, "other": 0.1596, "gap_low": 0.028, "gap_high": 0.06,
    ...        "p_corrected": 1e-7, "verdict": "higher"}
    >>> say_verdict(row, name="Wiltshire", what="suspensions", other="England", unit="share1")
    'Wiltshire: suspensions 20.3%, higher than England (16.0%), by between 2.8 and 6.0 points.'
    """
    write = find_format(unit)
    verdict = str(row["verdict"])
    if verdict == "no value":
        return f"{name}: {what} cannot be set beside {other}, because a figure is not available."
    here = f"{name}: {what} {write(row['value'])}"
    there = f"{other} ({write(row['other'])})"
    if verdict == "no denominator":
        return (
            f"{here} beside {there}; how many it is of is not published, so chance cannot be "
            "weighed."
        )
    if verdict == "too few":
        return f"{here} beside {there}; too few to say whether they differ."
    said = f"{here}, {_COMPARED[verdict]} {there}"
    if verdict == "similar":
        ends = _between(row["gap_low"], row["gap_high"], write)
        return f"{said}; the gap may lie anywhere {ends}."
    return f"{said}, {_by(row['gap_low'], row['gap_high'], verdict, write)}."


def say_standing(row: Row, *, name: str, what: str, unit: str | Format) -> str:
    """One sentence on a place among all authorities, with the quartile band.

    Parameters
    ----------
    row : Mapping
        A row of ``compare.stand``: ``value``, ``england``, ``better``,
        ``rank_all``, ``ranked_all`` and ``band``.
    name, what : str
        The authority, and what is measured.
    unit : str or callable
        Number format of the values.

    Examples
    --------
    >>> row = {"value": 6.2, "england": 5.3, "better": "none", "rank_all": 32.0,
    ...        "ranked_all": 153, "band": None}
    >>> print(say_standing(row, name="Wiltshire", what="pupils with a plan", unit="pct1"))
    Wiltshire: pupils with a plan 6.2%, England 5.3%; 32nd highest of 153 authorities.
    """
    write = find_format(unit)
    if np.isnan(row["value"]):
        return f"{name}: {what} not available, so it has no place among authorities."
    order = "highest" if row["better"] == "none" else "best"
    place = f"{ordinal(int(row['rank_all']))} {order}" if row["rank_all"] > 1 else f"the {order}"
    text = (
        f"{name}: {what} {write(row['value'])}, England {write(row['england'])}; {place} of "
        f"{row['ranked_all']:.0f} authorities"
    )
    return f"{text}, quartile band {row['band']}." if isinstance(row["band"], str) else f"{text}."


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
        years = f"{row['points']:.0f} {'year' if row['points'] == 1 else 'years'}"
        return f"{name}: too few points to say ({years} that are alike)."
    span = f"between {row['first_year']:.0f} and {row['last_year']:.0f}"
    if direction not in _MOVED:
        return f"{name}: no clear direction {span}."
    size = find_format(unit)(abs(row["slope"]))
    tail = "" if better == "none" else f", which is {_worth(_MOVED[direction], better)}"
    return f"{name}: {direction} by {size} a year {span}{tail}."


def say_promise(row: Row, *, unit: str | Format) -> str:
    """One sentence on a promise of the strategy, with the statistic that decides it.

    Parameters
    ----------
    row : Mapping
        A row of ``compare.year_on_year``.
    unit : str or callable
        Number format of the values.

    Examples
    --------
    >>> row = {"measure": "fewer suspensions", "direction": "down", "year": 2024.0,
    ...        "before": 13.5, "after": 14.9, "p_corrected": 0.2, "basis": "denominators",
    ...        "as_promised": 1, "years": 2, "outcome": "too close to call"}
    >>> print(say_promise(row, unit="number1"))
    Fewer suspensions: too close to call. From 13.5 to 14.9 in 2024, promised to go down \
(p 0.20, from denominators); it went so in 1 of 2 years.
    """
    measure, outcome = str(row["measure"]), str(row["outcome"])
    opening = f"{measure[:1].upper()}{measure[1:]}: {outcome}."
    if outcome == "no data":
        return f"{opening} Two years in a row that are alike are not available."
    write = find_format(unit)
    p = row["p_corrected"]
    tested = f"p {_p(p)}, from {row['basis']}" if not np.isnan(p) else "nothing to test it by"
    return (
        f"{opening} From {write(row['before'])} to {write(row['after'])} in {row['year']:.0f}, "
        f"promised {_PROMISED[str(row['direction'])]} ({tested}); it went so in "
        f"{row['as_promised']:.0f} of {row['years']:.0f} years."
    )


def say_outcomes(outcomes: Mapping[str, int]) -> str:
    """How many promises came to what, in one sentence.

    Examples
    --------
    >>> say_outcomes({"met": 2, "not met": 0, "too close to call": 5, "no data": 1})
    'Of 8 measures of success, 2 met, 5 too close to call and 1 no data.'
    """
    parts = [f"{number} {outcome}" for outcome, number in outcomes.items() if number]
    return f"Of {sum(outcomes.values())} measures of success, {join_words(parts)}."


def _by(low: float, high: float, verdict: str, write: Format) -> str:
    """How large a difference is; where its interval reaches past none, how large at most."""
    if low < 0 < high:
        most, unit = _apart(high if verdict == "higher" else -low, write)
        return f"by as much as {most}{unit}"
    nearest, farthest = sorted((abs(low), abs(high)))
    return f"by {_between(nearest, farthest, write)}"


def _between(low: float, high: float, write: Format) -> str:
    (first, _), (last, unit) = _apart(low, write), _apart(high, write)
    return f"between {first} and {last}{unit}"


def _apart(gap: float, write: Format) -> tuple[str, str]:
    """A gap and its unit: percentages are points apart, not per cent."""
    text = write(gap)
    return (text[:-1], " points") if text.endswith("%") else (text, "")


def _worth(way: int, better: str) -> str:
    return "better" if (way > 0) == (better == "higher") else "worse"


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.2f}" if p >= 0.1 else f"{p:.3f}"
