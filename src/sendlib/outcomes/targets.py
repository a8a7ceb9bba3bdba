"""What the strategies set as targets and published as gaps, with the figures that test both.

``targets.yml`` holds the words. A target is tested on figures with their counts
where those are published, otherwise on the figures alone; without either it says why.
"""

from importlib.resources import files

import pandas as pd
import yaml

from sendlib.indicators import plans_in
from sendlib.outcomes.measures import figures_with_counts
from sendlib.outcomes.series import Tables
from sendlib.vocabulary import ENGLAND, STATE_MAINSTREAM_PLACES, PlaceType

_COLUMNS = ["area_code", "indicator", "year", "value", "of", "kind", "source_id"]
_KEY = ["area_code", "indicator", "year"]
_NUMBERS = {
    "state_mainstream_plans": STATE_MAINSTREAM_PLACES,
    "independent_specialist_plans": (PlaceType.INDEPENDENT_SPECIAL, PlaceType.SPECIALIST_POST_16),
}
"""Plans in some places, in years in which each of them was collected."""

_THEMES = ("exclusions", "absence")
_COLOURED_RED = (("overall absence", "SEN Support"),)
"""What the strategy coloured as worse than England though chance alone would do it."""

_PUPILS = ("children and young people in schools", "all")
_WITH_PLAN_PCT = ("EHCP share of pupils", "EHCP")
_ON_SUPPORT = ("children with SEN Support", "SEN Support")
_NEEDED = 3  # of those are published with the rates
_GAP_COLUMNS = {
    **dict.fromkeys(("theme", "title", "measure", "group", "period"), "object"),
    **dict.fromkeys(("comparison", "kind"), "object"),
    **dict.fromkeys(("value", "of", "other", "other_of"), "float64"),
    "coloured_red": "bool",
    "source_id": "object",
}


def targets() -> pd.DataFrame:
    """The measures of success, the strategies' own first.

    Each has what is tested (``measure``), the words (``target``), whose test it is (``by``:
    "strategy" or "proposed"), the indicator of the register (``kpi``), ``direction`` ("up" or
    "down"), where its figures are (``indicator``) or why there are none (``missing``), its
    ``unit``, and of a number the measure that is its ``share`` of all plans.
    """
    text = (files("sendlib.outcomes") / "targets.yml").read_text(encoding="utf-8")
    rows = pd.DataFrame(yaml.safe_load(text))
    return rows.assign(unit=rows["unit"].fillna("number1")).fillna("")


def target_series(tables: Tables, area_code: str) -> pd.DataFrame:
    """The figures of one authority that the targets are tested on, year by year.

    Figures with a published count come first; an indicator of the department's
    tool fills the years in which none is published. Percentages are shares.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        ``indicator``, ``outcome``, ``ehcp_flow`` and ``ehcp_caseload``.
    area_code : str
        Three-digit code of an authority.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``indicator``, ``year``, ``value``, ``of`` (missing where not
        published), ``kind``, ``source_id``; a value is in the target's unit.
    """
    used = ("indicator", "outcome", "ehcp_flow", "ehcp_caseload")
    own = {name: tables[name][tables[name]["area_code"] == area_code] for name in used}
    published = own["indicator"].assign(kind="share")
    percentage = published["unit"] == "%"
    published["value"] = published["value"].mask(percentage, published["value"] / 100)
    numbers = [
        plans_in(own["ehcp_caseload"], "place_type", places)
        .rename(columns={"plans": "value"})
        .assign(indicator=name, kind="rate")
        for name, places in _NUMBERS.items()
    ]
    series = pd.concat([figures_with_counts(own), published, *numbers]).drop_duplicates(_KEY)
    wanted = series["indicator"].isin(targets()["indicator"])
    series = series[wanted & series["value"].notna()]
    return series[_COLUMNS].sort_values(_KEY, ignore_index=True)


def strategy_gaps(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Each rate of exclusion and absence that the strategy published beside England's.

    It published them without their counts, and elsewhere how many pupils there are; together
    they allow the test that the strategy did not make.

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
        nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _GAP_COLUMNS.items()})
        why = "This authority has no strategy here that gives such rates."
        nothing.attrs |= {"why": why, "missing": False}
        return nothing
    published, key = own["value"], ["theme", "measure", "group", "period"]
    of = {
        "EHCP": published[_WITH_PLAN_PCT] / 100 * published[_PUPILS],
        "SEN Support": published[_ON_SUPPORT],
    }
    england = figures[figures["area_code"] == ENGLAND]
    rows = own.reset_index()
    rows = rows[rows["theme"].isin(_THEMES) & rows["group"].isin(of)]
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
        coloured_red=[pair in _COLOURED_RED for pair in pairs],
    )
    ordered = gaps.sort_values("theme", key=lambda theme: theme.map(_THEMES.index), kind="stable")
    return ordered[list(_GAP_COLUMNS)].reset_index(drop=True)
