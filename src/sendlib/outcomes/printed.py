"""Exclusions and absence as the strategy printed them, ready to be tested.

The strategy printed rates beside England's without their counts, and elsewhere how
many pupils there are. Together they allow the test that the strategy did not make.
"""

import pandas as pd

from sendlib.errors import NotHeldError, Problem
from sendlib.vocabulary import ENGLAND

THEMES = ("exclusions", "absence")
COLOURED_RED = (("overall absence", "SEN Support"),)
"""What the strategy coloured as worse than England though chance alone would do it."""

_PUPILS = ("children and young people in schools", "all")
_WITH_PLAN_PCT = ("EHCP share of pupils", "EHCP")
_ON_SUPPORT = ("children with SEN Support", "SEN Support")


def has_printed_gaps(figures: pd.DataFrame, area_code: str) -> bool:
    """Whether a strategy of the authority prints rates of exclusion or absence.

    Parameters
    ----------
    figures, area_code
        As for ``printed_gaps``.
    """
    return bool((figures["theme"].isin(THEMES) & figures["area_code"].eq(area_code)).any())


def printed_gaps(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Each printed rate of exclusion and absence beside England's.

    A rate is taken as a share of the pupils of its group. Absence is a share of
    sessions: taken as a share of pupils it scatters by chance less than such a
    share would, so its test is slow to call a difference. One pupil may be excluded
    more than once, so the test of exclusions is a little quick. England's figure is
    taken as exact.

    Parameters
    ----------
    figures : pd.DataFrame
        Table ``strategy_figure``.
    area_code : str
        The authority whose strategy it is.

    Returns
    -------
    pd.DataFrame
        A row for each measure and group, exclusions first: ``theme``, ``measure``,
        ``group``, ``period``, ``value``, ``other`` (shares, 0 to 1), ``of`` (pupils
        of the group), ``other_of`` (infinite), ``kind``, ``coloured_red``,
        ``source_id``.

    Raises
    ------
    NotHeldError
        If no strategy of the authority prints what is needed.
    """
    own = figures[figures["area_code"] == area_code].set_index(["measure", "group"])
    needed = [_PUPILS, _WITH_PLAN_PCT, _ON_SUPPORT]
    lacking = [
        Problem(f"{measure} ({group})")
        for measure, group in needed
        if (measure, group) not in own.index
    ]
    if lacking:
        raise NotHeldError("No printed exclusions and absence can be tested.", lacking)
    printed = own["value"]
    of = {
        "EHCP": printed[_WITH_PLAN_PCT] / 100 * printed[_PUPILS],
        "SEN Support": printed[_ON_SUPPORT],
    }
    england = figures[figures["area_code"] == ENGLAND]
    rows = figures[(figures["area_code"] == area_code) & figures["theme"].isin(THEMES)]
    both = rows[rows["group"].isin(of)].merge(
        england[["theme", "measure", "group", "period", "value"]],
        on=["theme", "measure", "group", "period"],
        suffixes=("", "_england"),
    )
    pairs = zip(both["measure"], both["group"], strict=True)
    made = both.assign(
        of=both["group"].map(of),
        value=both["value"] / 100,
        other=both["value_england"] / 100,
        other_of=float("inf"),
        kind="share",
        coloured_red=[pair in COLOURED_RED for pair in pairs],
    )
    columns = ["theme", "measure", "group", "period", "value", "of", "other", "other_of", "kind"]
    ordered = made.sort_values("theme", key=lambda theme: theme.map(THEMES.index), kind="stable")
    return ordered[[*columns, "coloured_red", "source_id"]].reset_index(drop=True)
