"""What a page says of indicators: each sentence is made from the rule that fired, or a state.

No number is typed, so a line cannot contradict its chart.
"""

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from sendlib.files import read_list
from sendlib.pages.formats import (
    MISSING,
    Format,
    count,
    gbp,
    gbp_m,
    level_format,
    number1,
    number2,
    pct1,
    say_period,
)
from sendlib.pages.narrative import join_words
from sendlib.vocabulary import MINIMUM_COUNT

_Row = Mapping[Hashable, Any]
STATES = {
    "improving": "Improving [+]",
    "concerning": "Concerning [!]",
    "changed": "Changed [~]",
    "common_cause": "As usual [=]",
    "too_few": "Too few [?]",
    "no_data": "No figures",
}
STATE_NOTE = (
    "Status, of the last value: [+] special cause, improving; [!] special cause, concerning; "
    "[~] special cause where neither way is better; [=] common cause, so no more than the usual "
    "variation; [?] too few values to judge."
)
DIRECTION_NOTE = (
    "Range: the lowest and the highest value so far. Direction, of the last value: beyond or near "
    "its process limits; on one side of its mean, or rising or falling, for seven periods or more."
)
ASSURANCES = {
    "hit": "Reliably met",
    "missed": "Reliably missed",
    "hit_and_miss": "Met and missed",
    "no_target": "No target",
    "too_few": "Too few",
}
_NAMED = 3  # so many are named before the rest are only counted
_MILLION = 1e6
# The direction in the table, and the end of the title of a chart.
_RULES: Mapping[tuple[str, int], tuple[str, str]] = {
    (rule, int(side)): (direction, title)
    for rule, side, direction, title in read_list("kpi", "rules.csv").to_numpy()
}
_MEANS = {
    "improving": "This is special cause, and an improvement.",
    "concerning": "This is special cause, and a concern.",
    "changed": "This is special cause; neither way is better in itself.",
}
_COUNTED = {
    "concerning": ("is a cause for concern", "are causes for concern"),
    "improving": ("is improving", "are improving"),
    "changed": ("has changed, neither for good nor bad", "have changed, neither for good nor bad"),
}


def format_of(kind: str) -> Format:
    """The number format of a kind of indicator; one decimal place for one that is not known."""
    if kind == "money":
        return lambda value: gbp_m(value) if abs(value) >= _MILLION else gbp(value)
    return {"percentage": pct1, "count": count, "score": number2}.get(kind, number1)


def signal(row: _Row) -> str:
    """What the rule that fired says of the last value of an indicator; the title of its chart."""
    write, level = format_of(row["kind"]), level_format(format_of(row["kind"]))
    numbers = {name: level(row[name]) for name in ("mean", "lower", "upper")}
    rule = _RULES[row["rule"], row["side"]][1].format(**numbers)
    return f"{row['title']}: {write(row['last_value'])} in {say_period(row['last_period'])}, {rule}"


def meaning(row: _Row) -> str:
    """What that means, and whether the target is met as a matter of course."""
    change = _MEANS[row["state"]]
    if row["assurance"] in ("no_target", "too_few"):
        return change
    level = level_format(format_of(row["kind"]))
    span = f"{level(row['lower'])} to {level(row['upper'])}"
    ways = {
        "hit": f"reliably met: all of the usual range, {span}, meets it",
        "missed": f"reliably missed: none of the usual range, {span}, meets it",
        "hit_and_miss": f"met and missed by chance: it lies inside the usual range, {span}",
    }
    worse = "at most" if row["better"] == "lower" else "at least"
    target = format_of(row["kind"])(row["target"])
    return f"{change} The target of {worse} {target} is {ways[row['assurance']]}."


def signals(monitor: pd.DataFrame) -> str:
    """That no last value of a ``monitor`` is beyond its usual variation, where none is."""
    if monitor["rule"].ne("").any():
        return ""
    if monitor["state"].eq("no_data").all():
        return "No indicator can be tested for change, because none has figures."
    return "No last value is beyond its usual variation."


def signal_direction(row: _Row) -> str:
    """Which way an indicator has gone, as far as a rule says so."""
    if row["state"] in ("too_few", "no_data"):
        return MISSING
    return _RULES.get((row["rule"], row["side"]), ("No change", ""))[0]


def monitor(rows: pd.DataFrame, name: str) -> str:
    """How the indicators of an authority stand, in one or two sentences for the head of a page.

    Examples
    --------
    >>> rows = pd.DataFrame({"state": ["concerning", "common_cause"], "overdue": [True, False]})
    >>> monitor(rows, "Wiltshire")
    'Of 2 indicators of Wiltshire, 1 is a cause for concern. 1 figure is overdue.'
    """
    found, late = rows["state"].value_counts(), int(rows["overdue"].sum())
    if found.get("no_data", 0) == len(rows):
        return (
            f"{name} has supplied no figures of its {len(rows)} monthly and quarterly indicators, "
            f"and {late if late < len(rows) else 'all'} of them are overdue."
        )
    parts = [
        f"{found[state]} {verbs[0 if found[state] == 1 else 1]}"
        for state, verbs in _COUNTED.items()
        if state in found
    ]
    states = join_words(parts) if parts else "none has changed by more than its usual variation"
    overdue = f"{late or 'No'} {'figures are' if late > 1 else 'figure is'} overdue."
    return f"Of {len(rows)} indicators of {name}, {states}. {overdue}"


def overdue(rows: pd.DataFrame, *, today: date) -> str:
    """Which figures are overdue, the longest first; empty where none is, or all are.

    Examples
    --------
    >>> rows = pd.DataFrame({"title": ["Tribunals"], "state": ["too_few"],
    ...                      "due": [date(2026, 1, 30)], "overdue": [True]})
    >>> overdue(rows, today=date(2026, 2, 1))
    'Overdue: Tribunals (2 days).'
    """
    late = rows[rows["overdue"]].sort_values("due", kind="stable")
    if late.empty or rows["state"].eq("no_data").all():
        return ""
    named = [
        f"{row['title']} ({(today - row['due']).days} day{'s' * ((today - row['due']).days != 1)})"
        for row in late.head(_NAMED).to_dict("records")
    ]
    rest = [f"{len(late) - _NAMED} more"] * (len(late) > _NAMED)
    return f"Overdue: {join_words([*named, *rest])}."


def table_notes(rows: pd.DataFrame) -> list[str]:
    """What the words of the table of indicators mean, and which counts are not shown."""
    if rows["state"].eq("no_data").all():
        return []
    titles = rows.loc[rows["withheld"] > 0, "title"].tolist()
    withheld = (
        f"Counts from 1 to below {MINIMUM_COUNT} are withheld: marked [c] where there is no other, "
        "otherwise passed over here and marked in the numbers of a chart. Limits worked out "
        f"without the smallest would be wrong, so that there are none: {join_words(titles)}."
    )
    return [STATE_NOTE, DIRECTION_NOTE, *[withheld] * bool(titles)]


def published(rows: pd.DataFrame, name: str) -> str:
    """How the figures of ``last_published`` compare with England's, and which way they go."""
    once = rows.drop_duplicates("label")
    compared = once[once["better"].isin(["higher", "lower"])].dropna(subset=["value", "england"])
    if compared.empty:
        return f"No yearly figure of {name} can be compared with England's."
    sign = compared["better"].map({"higher": 1, "lower": -1})
    gap = sign * (compared["value"].round(2) - compared["england"].round(2))
    text = (
        f"Of {len(compared)} yearly figures of which one way is better, {name} is better than "
        f"England on {(gap > 0).sum()} and worse on {(gap < 0).sum()}."
    )
    plans = once[once["indicator"] == "number_of_plans:total"]
    for row in plans.to_dict("records"):
        if row["value"] > row["first_value"]:
            text += (
                f" {row['label']} rose from {count(row['first_value'])} in {row['first_period']} "
                f"to {count(row['value'])} in {row['period']}."
            )
    return text
