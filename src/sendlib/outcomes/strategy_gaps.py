"""Exclusions and absence as the strategy published them, ready to be tested.

The strategy published rates beside England's without their counts, and elsewhere how
many pupils there are. Together they allow the test that the strategy did not make.
"""

import pandas as pd

from sendlib.vocabulary import ENGLAND

THEMES = ("exclusions", "absence")
COLOURED_RED = (("overall absence", "SEN Support"),)
"""What the strategy coloured as worse than England though chance alone would do it."""

_PUPILS = ("children and young people in schools", "all")
_WITH_PLAN_PCT = ("EHCP share of pupils", "EHCP")
_ON_SUPPORT = ("children with SEN Support", "SEN Support")
_NEEDED = 3  # of those are published with the rates
_COLUMNS = {
    **dict.fromkeys(("theme", "title", "measure", "group", "period"), "object"),
    **dict.fromkeys(("comparison", "kind"), "object"),
    **dict.fromkeys(("value", "of", "other", "other_of"), "float64"),
    "coloured_red": "bool",
    "source_id": "object",
}


def strategy_gaps(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Each published rate of exclusion and absence beside England's.

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
        A row for each measure and group, exclusions first: ``theme``, ``title``,
        ``measure``, ``group``, ``period``, ``comparison``, ``value`` and ``other`` (shares, 0
        to 1), ``of`` (pupils of the group), ``other_of`` (infinite), ``kind``,
        ``coloured_red``, ``source_id``. Nothing where the authority has not published
        such a strategy.
    """
    own = figures[figures["area_code"] == area_code].set_index(["measure", "group"])
    if own.index.isin([_PUPILS, _WITH_PLAN_PCT, _ON_SUPPORT]).sum() != _NEEDED:
        nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _COLUMNS.items()})
        nothing.attrs["why"] = "This authority has no strategy here that gives such rates."
        return nothing
    published, key = own["value"], ["theme", "measure", "group", "period"]
    of = {
        "EHCP": published[_WITH_PLAN_PCT] / 100 * published[_PUPILS],
        "SEN Support": published[_ON_SUPPORT],
    }
    england = figures[figures["area_code"] == ENGLAND]
    rows = own.reset_index()
    rows = rows[rows["theme"].isin(THEMES) & rows["group"].isin(of)]
    both = rows.merge(england[[*key, "value"]], on=key, suffixes=("", "_england"))
    pairs = zip(both["measure"], both["group"], strict=True)
    gaps = both.assign(
        of=both["group"].map(of),
        value=both["value"] / 100,
        other=both["value_england"] / 100,
        other_of=float("inf"),
        kind="share",
        title=both["measure"] + " (" + both["group"] + ")",
        comparison="england",
        coloured_red=[pair in COLOURED_RED for pair in pairs],
    )
    ordered = gaps.sort_values("theme", key=lambda theme: theme.map(THEMES.index), kind="stable")
    return ordered[list(_COLUMNS)].reset_index(drop=True)
