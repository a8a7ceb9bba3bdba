"""Words for control charts: each sentence is made from the rule that fired.

A rule's wording, the states' names and their shorthand stand here once; no
number is typed, so a line cannot contradict its chart.
"""

import pandas as pd

from sendlib.pages.formats import (
    MISSING,
    Format,
    count,
    find_format,
    gbp,
    gbp_m,
    level_format,
    number1,
    number2,
    pct1,
    say_period,
)
from sendlib.present.words.general import join_words

_MILLION = 1e6
STATES = {
    "improving": "Improving [+]",
    "concerning": "Concerning [!]",
    "changed": "Changed [~]",
    "common_cause": "As usual [=]",
    "too_few": "Too few [?]",
    "no_data": "No figures",
}
DIRECTION_NOTE = (
    "Range: the lowest and the highest value so far. Direction, of the last value: beyond or near "
    "its process limits; on one side of its mean, or rising or falling, for seven periods or more."
)
STATE_NOTE = (
    "Status, of the last value: [+] special cause, improving; [!] special cause, concerning; "
    "[~] special cause where neither way is better; [=] common cause, so no more than the usual "
    "variation; [?] too few values to judge."
)
ASSURANCES = {
    "hit": "Reliably hit",
    "missed": "Reliably missed",
    "hit_and_miss": "Hit and miss",
    "no_target": "No target",
    "too_few": "Too few",
}
_DIRECTIONS = {
    ("outside", 1): "Above limits",
    ("outside", -1): "Below limits",
    ("near", 1): "Near upper limit",
    ("near", -1): "Near lower limit",
    ("shift", 1): "Above mean",
    ("shift", -1): "Below mean",
    ("trend", 1): "Rising",
    ("trend", -1): "Falling",
}
_RULES = {
    # rule: what it says on the high side, on the low side
    "outside": ("lies above the upper limit of {upper}", "lies below the lower limit of {lower}"),
    "near": (
        "is one of two in three that lie near or above the upper limit of {upper}",
        "is one of two in three that lie near or below the lower limit of {lower}",
    ),
    "shift": (
        "is one of seven or more in a row above the mean of {mean}",
        "is one of seven or more in a row below the mean of {mean}",
    ),
    "trend": (
        "ends seven or more that each rose on the one before",
        "ends seven or more that each fell on the one before",
    ),
}
_MEANS = {
    "improving": "This is special cause, and an improvement",
    "concerning": "This is special cause, and a concern",
    "changed": "This is special cause; neither way is better in itself",
}


def describe_control(points: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What a control chart shows: its span, its last value, its limits and what is not usual.

    Parameters
    ----------
    points : pd.DataFrame
        As for ``plot_control``.
    what : str
        What is measured.
    unit : str or callable
        Number format of the values.
    """
    write, level = find_format(unit), level_format(unit)
    first, last = points.iloc[0], points.iloc[-1]
    span = f"{say_period(first['period'])} to {say_period(last['period'])}"
    text = f"Control chart of {what}, {span}. Last value {write(last['value'])}; "
    text += f"lowest {write(points['value'].min())}, highest {write(points['value'].max())}. "
    if pd.isna(last["mean"]):
        return f"{text}There are too few values for limits."
    text += f"Mean {level(last['mean'])}, limits {level(last['lower'])} to {level(last['upper'])}. "
    counts = points["state"].value_counts()
    parts = [
        f"{counts[state]} value{'' if counts[state] == 1 else 's'} {state}"
        for state in ("improving", "concerning", "changed")
        if state in counts
    ]
    return f"{text}Special cause: {join_words(parts) if parts else 'none'}."


def say_signal(verdict: pd.Series, *, what: str, unit: str | Format) -> str:
    """One sentence on the last value, made from every rule that holds for it.

    Parameters
    ----------
    verdict : pd.Series
        A row of ``kpi.Charts.verdicts``.
    what : str
        What is measured.
    unit : str or callable
        Number format of the values.
    """
    write, level = find_format(unit), level_format(unit)
    opening = f"{what}: {write(verdict['value'])} in {say_period(verdict['period'])}"
    if verdict["state"] == "too_few":
        return f"{opening}; {verdict['values']} values are too few to judge."
    numbers = {name: level(verdict[name]) for name in ("mean", "lower", "upper")}
    told = [
        words[0 if verdict[rule] > 0 else 1].format(**numbers)
        for rule, words in _RULES.items()
        if verdict[rule]
    ]
    if not told:
        usual = f"between {numbers['lower']} and {numbers['upper']}"
        return f"{opening} is no more than its usual variation, {usual}."
    return f"{opening} {join_words(told)}. {_MEANS[verdict['state']]}."


def say_target(verdict: pd.Series, *, unit: str | Format) -> str:
    """One sentence on whether the target is met as a matter of course; empty without one.

    Parameters
    ----------
    verdict : pd.Series
        A row of ``kpi.Charts.verdicts``.
    unit : str or callable
        Number format of the values.
    """
    if verdict["assurance"] in ("no_target", "too_few"):
        return ""
    write, level = find_format(unit), level_format(unit)
    span = f"{level(verdict['lower'])} to {level(verdict['upper'])}"
    target = write(verdict["target"])
    worse = "at most" if verdict["better"] == "lower" else "at least"
    said = {
        "hit": f"is reliably hit: all of the usual range, {span}, meets it",
        "missed": f"is reliably missed: none of the usual range, {span}, meets it",
        "hit_and_miss": f"is hit and missed by chance: it lies inside the usual range, {span}",
    }
    return f"The target of {worse} {target} {said[verdict['assurance']]}."


def cell_signal(rule: str, side: int, state: str) -> str:
    """Which way an indicator has gone, as far as a rule says so.

    Examples
    --------
    >>> cell_signal("trend", -1, "improving"), cell_signal("", 0, "common_cause")
    ('Falling', 'No change')
    """
    if state in ("too_few", "no_data"):
        return MISSING
    return _DIRECTIONS.get((rule, side), "No change")


def _money(value: float) -> str:
    return gbp_m(value) if abs(value) >= _MILLION else gbp(value)


def unit_of(kind: str) -> Format:
    """The number format of a kind of indicator; one decimal place for one that is not known.

    Examples
    --------
    >>> unit_of("percentage")(81.25), unit_of("money")(5_411_364), unit_of("money")(7200)
    ('81.2%', '£5.4m', '£7,200')
    """
    return {"percentage": pct1, "count": count, "money": _money, "score": number2}.get(
        kind, number1
    )
