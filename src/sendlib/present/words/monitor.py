"""Words for the monitor of indicators, made from its states and dates."""

from datetime import date

import pandas as pd

from sendlib.present.words.general import join_words

_NAMED = 3  # so many are named before the rest are only counted
_STATES = {
    # state: what is said of one, and of more
    "concerning": ("is a cause for concern", "are causes for concern"),
    "improving": ("is improving", "are improving"),
    "changed": (
        "shows a change that is neither good nor bad",
        "show a change that is neither good nor bad",
    ),
}


def say_monitor(monitor: pd.DataFrame, name: str) -> str:
    """How the indicators stand, in one or two sentences for the head of a page.

    Parameters
    ----------
    monitor : pd.DataFrame
        ``state`` and ``overdue``, one row for each indicator.
    name : str
        The authority.

    Examples
    --------
    >>> rows = pd.DataFrame({"state": ["concerning", "common_cause"], "overdue": [True, False]})
    >>> say_monitor(rows, "Wiltshire")
    'Of 2 indicators of Wiltshire, 1 is a cause for concern. 1 figure is overdue.'
    """
    many, held = len(monitor), monitor["state"].value_counts()
    if held.get("no_data", 0) == many:
        return f"No figures of the {many} monthly and quarterly indicators are held for {name}."
    told = [
        f"{held[state]} {said[0 if held[state] == 1 else 1]}"
        for state, said in _STATES.items()
        if state in held
    ]
    stand = join_words(told) if told else "none has changed by more than its usual variation"
    return f"Of {many} indicators of {name}, {stand}. {_overdue(int(monitor['overdue'].sum()))}"


def _overdue(count: int) -> str:
    if not count:
        return "No figure is overdue."
    return f"{count} {'figure is' if count == 1 else 'figures are'} overdue."


def say_overdue(monitor: pd.DataFrame, *, today: date) -> str:
    """Which figures are overdue, the longest first; empty where none is.

    Parameters
    ----------
    monitor : pd.DataFrame
        ``title``, ``due`` and ``overdue``.
    today : date
        The day of reporting.

    Examples
    --------
    >>> rows = pd.DataFrame({"title": ["Tribunals"], "due": [date(2026, 1, 30)], "overdue": [True]})
    >>> say_overdue(rows, today=date(2026, 2, 1))
    'Overdue: Tribunals (2 days).'
    """
    late = monitor[monitor["overdue"]].sort_values("due", kind="stable")
    if late.empty:
        return ""
    days = [(today - day).days for day in late["due"]]
    told = [
        f"{title} ({count} day{'' if count == 1 else 's'})"
        for title, count in zip(late["title"], days, strict=True)
    ]
    rest = len(told) - _NAMED
    return f"Overdue: {join_words([*told[:_NAMED], *([f'{rest} more'] if rest > 0 else [])])}."


def say_published(published: pd.DataFrame, name: str) -> str:
    """What the trends of yearly figures say: how many go which way, of how many.

    Parameters
    ----------
    published : pd.DataFrame
        ``label``, ``value``, ``direction`` and ``better``.
    name : str
        The authority.
    """
    held = published[published["value"].notna()]
    if held.empty:
        return f"No yearly figure is held for {name}."
    clear = held[held["direction"].isin(["rising", "falling"])]
    told = [f"{row.label}, {row.direction}" for row in clear.itertuples()]
    opening = f"Of {len(held)} yearly figures of {name}, "
    if not told:
        return f"{opening}none has a clear direction."
    return f"{opening}{len(told)} {'has' if len(told) == 1 else 'have'} a clear direction: " + (
        "; ".join(told) + "."
    )
