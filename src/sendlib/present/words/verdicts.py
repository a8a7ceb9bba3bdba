"""Sentences on comparisons, made from their statistics.

Each sentence takes one row as the analysis made it and says no more than its
verdict: "higher than" and "lower than" only where the test found a difference,
"similar to" where it did not, and "too few to say" where so few cases are expected
that it hardly could. ``say_thresholds`` states the rules that all of them follow.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.pages.formats import Format, find_format
from sendlib.present.words.general import Row, ordinal

_COMPARED = {"higher": "higher than", "lower": "lower than", "similar": "similar to"}


def say_thresholds(*, level: float, fewest: float, among: str = "on the page") -> str:
    """The rules by which figures are called different, once for a page.

    Parameters
    ----------
    level : float
        The corrected p-value below which a gap is a difference. [0 to 1]
    fewest : float
        With fewer expected cases, what is not a difference is too few to say.
    among : str
        Where those stand that are corrected together.

    Examples
    --------
    >>> print(say_thresholds(level=0.05, fewest=5))
    A gap is called higher or lower only where chance alone would show one so large \
less than 5 times in 100, once every comparison on the page is allowed for. \
Other gaps are called similar, or too few to say where fewer than 5 cases are expected.
    """
    return (
        "A gap is called higher or lower only where chance alone would show one so large less "
        f"than {100 * level:g} times in 100, once every comparison {among} is allowed for. "
        "Other gaps are called similar, or too few to say where fewer "
        f"than {fewest:g} cases are expected."
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


def say_standing(
    row: Row, *, name: str, what: str, unit: str | Format, first: str | None = None
) -> str:
    """One sentence on a place among all authorities, with the quartile band.

    Parameters
    ----------
    row : Mapping
        A row of ``compare.stand``: ``value``, ``england``, ``better``,
        ``rank_all``, ``ranked_all``, ``band`` and ``whole``. Where not every
        authority is held, the place is said to be one among those that are, and
        no band of the whole country is given.
    name, what : str
        The authority, and what is measured.
    unit : str or callable
        Number format of the values.
    first : str, optional
        What rank 1 is; "best" otherwise, or "highest" where neither way is better.

    Examples
    --------
    >>> row = {"value": 6.2, "england": 5.3, "better": "none", "rank_all": 32.0,
    ...        "ranked_all": 153, "band": None, "whole": True}
    >>> print(say_standing(row, name="Wiltshire", what="pupils with a plan", unit="pct1"))
    Wiltshire: pupils with a plan 6.2%, England 5.3%; 32nd highest of 153 authorities.
    >>> row |= {"rank_all": 2.0, "ranked_all": 11, "whole": False}
    >>> print(say_standing(row, name="Wiltshire", what="pupils with a plan", unit="pct1"))
    Wiltshire: pupils with a plan 6.2%, England 5.3%; 2nd highest of the 11 authorities held here.
    """
    write = find_format(unit)
    if np.isnan(row["value"]):
        return f"{name}: {what} not available, so it has no place among authorities."
    order = first or ("highest" if row["better"] == "none" else "best")
    place = f"{ordinal(int(row['rank_all']))} {order}" if row["rank_all"] > 1 else f"the {order}"
    number = f"{row['ranked_all']:.0f}"
    among = f"{number} authorities" if row["whole"] else f"the {number} authorities held here"
    text = (
        f"{name}: {what} {write(row['value'])}, England {write(row['england'])}; {place} of {among}"
    )
    banded = row["whole"] and isinstance(row["band"], str)
    return f"{text}, quartile band {row['band']}." if banded else f"{text}."


def cell_verdict(verdict: object, other: str = "") -> str:
    """A verdict as short as a cell of a table needs it; empty where nothing was tested.

    Parameters
    ----------
    verdict : object
        A verdict of ``compare.judge``, or missing.
    other : str
        Whose figure it is set beside, where the cell names it.

    Examples
    --------
    >>> cell_verdict("similar"), cell_verdict("similar", "England"), cell_verdict("too few")
    ('similar', 'similar to England', 'too few to say')
    """
    if verdict == "too few":
        return "too few to say"
    said = _COMPARED.get(str(verdict), "")
    return f"{said} {other}" if said and other else said.split(" ")[0]


def say_tests(verdicts: Sequence[str], *, name: str) -> str:
    """How many of a page's comparisons are differences, in one sentence.

    Parameters
    ----------
    verdicts : sequence of str
        Verdicts of ``compare.judge``; those without a test are not counted.
    name : str
        The authority.

    Examples
    --------
    >>> print(say_tests(["higher", "similar", "too few", "no denominator"], name="Wiltshire"))
    Of 3 comparisons of Wiltshire that can be tested, 1 is a real difference; chance alone \
could make the other 2.
    """
    tested = [verdict for verdict in verdicts if verdict in (*_COMPARED, "too few")]
    real = sum(verdict in ("higher", "lower") for verdict in tested)
    are = "is a real difference" if real == 1 else "are real differences"
    if real == len(tested):
        return f"All {real} comparisons of {name} that can be tested {are}."
    return (
        f"Of {len(tested)} comparisons of {name} that can be tested, {real} {are}; chance alone "
        f"could make the other {len(tested) - real}."
    )


def say_printed(row: Row, *, name: str, other: str, unit: str | Format) -> str:
    """One sentence on a printed figure, and a second where its colour said more than it does.

    Parameters
    ----------
    row : Mapping
        A row of ``compare.judge`` with ``measure``, ``group`` and ``coloured_red``.
    name, other : str
        Whose figure, and whose it is set beside.
    unit : str or callable
        Number format of the values.
    """
    what = f"{row['measure']} ({row['group']})"
    said = say_verdict(row, name=name, what=what, other=other, unit=unit)
    if not row["coloured_red"] or row["verdict"] not in ("similar", "too few"):
        return said
    return (
        f"{said} The strategy coloured it red, yet chance alone would show a gap as large as this "
        f"in {100 * row['p']:.0f} of 100 years without any difference."
    )


def describe_funnel(
    points: pd.DataFrame, *, what: str, name: str, centre: float, unit: str | Format
) -> str:
    """What a funnel plot shows: the authority, the centre, and who lies beyond the limits.

    Parameters
    ----------
    points : pd.DataFrame
        ``role``, ``of``, ``value`` and ``beyond`` ("above", "below" or "inside" the
        outer limits).
    what, name : str
        What is measured, and the authority.
    centre : float
        The figure that the limits lie about.
    unit : str or callable
        Number format of the values.
    """
    write = find_format(unit)
    own = points[points["role"] == "authority"].iloc[0]
    tally = points["beyond"].value_counts()
    return (
        f"Funnel plot of {what} by size. {name} has {write(own['value'])} of {own['of']:,.0f}, "
        f"{own['beyond']} the outer limits of chance about {write(centre)}. Of {len(points)} "
        f"authorities held, {tally.get('above', 0)} lie above the limits, "
        f"{tally.get('below', 0)} below and {tally.get('inside', 0)} inside."
    )


def say_funnel(points: pd.DataFrame, *, name: str) -> str:
    """One sentence on a funnel plot: inside or beyond, and how many others are.

    Parameters
    ----------
    points : pd.DataFrame
        As for ``describe_funnel``.
    name : str
        The authority.
    """
    own = points.loc[points["role"] == "authority", "beyond"].iloc[0]
    outside = int((points["beyond"] != "inside").sum())
    lies = (
        "inside the limits: chance could have put it there"
        if own == "inside"
        else (f"{own} the limits, beyond what chance does")
    )
    return f"{name} lies {lies}. {outside} of {len(points)} authorities held lie beyond them."


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
