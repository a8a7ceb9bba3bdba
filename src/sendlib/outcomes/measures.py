"""The measures that a page compares, proposed targets, and the figures that test them.

``measures.csv`` lists the 24 indicators of the department's tool and a few more, each
with its title and, where a table holds how many it is of, where that stands. Only
figures with such a count can be tested for chance. ``targets.yml`` holds what is proposed to
every authority; what its strategies set stands in its file in ``strategies/``.
"""

import numpy as np
import pandas as pd

from sendlib.files import read_list, read_settings
from sendlib.indicators import flow_share, outcome_by_year, plans_in
from sendlib.outcomes.series import Selection, Tables
from sendlib.reuse import reuse_published
from sendlib.vocabulary import STATE_MAINSTREAM_PLACES, ChildGroup, PlaceType, ValueStatus

_COLUMNS = ["area_code", "indicator", "year", "period", "value", "of", "kind", "source_id"]
_KEY = ["indicator", "area_code", "year"]
_NUMBERS = {
    "state_mainstream_plans": STATE_MAINSTREAM_PLACES,
    "independent_specialist_plans": (PlaceType.INDEPENDENT_SPECIAL, PlaceType.SPECIALIST_POST_16),
}
"""Plans in some places, in years in which each of them was collected."""


def read_titles() -> pd.DataFrame:
    """Every measure, in the order of a page.

    Index ``indicator``: ``title``, ``better`` ("higher", "lower" or "none"), and where its
    counts are: ``table``, ``name``, ``group`` (empty where none are published).
    """
    return read_list("outcomes", "measures.csv").set_index("indicator")


def in_page_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by ``indicator`` in the order of a page, with ``title`` and which way is ``better``.

    What is not among the measures is left out; rows of one measure keep their order.
    """
    titles = read_titles()
    known = rows[rows["indicator"].isin(titles.index)]
    order = np.argsort(titles.index.get_indexer(pd.Index(known["indicator"])), kind="stable")
    named = {name: known["indicator"].map(titles[name]) for name in ("title", "better")}
    return known.assign(**named).iloc[order].reset_index(drop=True)


def figures_with_counts(tables: Tables) -> pd.DataFrame:
    """Every figure whose count is published, of every area and year available.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        ``outcome``, ``ehcp_flow`` and ``ehcp_caseload``.

    Returns
    -------
    pd.DataFrame
        One row for each ``area_code``, ``indicator`` and ``year`` (in which the
        period ends): ``period``, ``value`` (a share, 0 to 1), ``of`` (how many it is
        a share of), ``kind`` ("share"), ``source_id``. What is withheld, missing or
        of nobody has no row.
    """
    used = {name: tables[name] for name in ("outcome", "ehcp_flow", "ehcp_caseload")}
    return reuse_published("figures with counts", used, lambda: _figures_with_counts(used))


def _figures_with_counts(tables: Tables) -> pd.DataFrame:
    wanted = read_titles().query("table != ''")[["table", "name", "group"]]
    rows = [
        _shares(tables, table, name, group).assign(indicator=indicator)
        for indicator, table, name, group in wanted.itertuples(name=None)
    ]
    long = pd.concat(rows, ignore_index=True).assign(kind="share")
    known = long[long["value"].between(0, 1) & long["of"].gt(0)]
    return known[_COLUMNS].sort_values(_KEY, ignore_index=True)


def newest_indicators(tables: Tables) -> pd.DataFrame:
    """The table ``indicator``, with later years of what the counts of requests and plans give.

    The department's tool takes some shares from those counts, a release later than they come.
    After its rows come those for each area and later year of such a share, as percentages to one
    decimal, as the tool has them.
    """
    published = tables["indicator"]
    parts = [published]
    for indicator, name in read_titles().query("table == 'flow'")["name"].items():
        mine = published[published["indicator"] == indicator]
        shares = flow_share(tables["ehcp_flow"], *name.split("/"))
        later = shares[shares["year"] > mine["year"].max()]
        constant = mine[["indicator", "unit", "better"]].head(1)
        values = later.assign(value=(100 * later["value"]).round(1), provisional=False)
        parts.append(values.merge(constant, how="cross")[published.columns])
    return pd.concat(parts, ignore_index=True)


def counted_name(selection: Selection, group: ChildGroup) -> str:
    """The measure with counts that a part of a chart is of; empty where none is."""
    listed = read_titles().query("table != ''")
    if selection.table == "indicator":
        return selection.name if selection.name in listed.index else ""
    by_place = listed.reset_index().set_index(["table", "name", "group"])["indicator"]
    return str(by_place.get((selection.table, selection.name, group.value), ""))


def _shares(tables: Tables, table: str, name: str, group: str) -> pd.DataFrame:
    """The shares of one measure, with what they are of; missing where a part is."""
    if table == "places":
        plans = plans_in(tables["ehcp_caseload"], "place_type", name.split("/"))
        return plans.assign(of=plans["all_plans"], value=plans["plans"] / plans["all_plans"])
    if table == "flow":
        return flow_share(tables["ehcp_flow"], *name.split("/"))
    rows = outcome_by_year(tables["outcome"], name, group)
    cases = rows["numerator"] / rows["denominator"]  # where published: rounded less
    share = cases.fillna(rows["value"] / 100).where(rows["value_status"] == ValueStatus.REPORTED)
    return rows.assign(value=share, of=rows["denominator"])


def list_testable() -> list[str]:
    """Every indicator that a target may be tested on."""
    return [*read_titles().index, *_NUMBERS]


def proposed_targets() -> pd.DataFrame:
    """What is proposed as a measure of success to every authority.

    Each has what is tested (``measure``), the words (``target``), whose test it is (``by``:
    "proposed"), the indicator of the register (``kpi``), ``direction`` ("up" or "down"), where
    its figures are (``indicator``) and its ``unit``.
    """
    return pd.DataFrame(read_settings("outcomes", "targets.yml")).assign(by="proposed")


def target_series(tables: Tables, area_code: str, targets: pd.DataFrame) -> pd.DataFrame:
    """The figures of one authority that the targets are tested on, year by year.

    Figures with a published count come first; an indicator of the department's
    tool fills the years in which none is published. Percentages are shares.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        ``indicator``, ``outcome``, ``ehcp_flow`` and ``ehcp_caseload``.
    area_code : str
        Three-digit code of an authority.
    targets : pd.DataFrame
        As made by ``strategies.targets``: their ``indicator``.

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
    wanted = series["indicator"].isin(targets["indicator"])
    series = series[wanted & series["value"].notna()]
    return series[_COLUMNS].drop(columns="period").sort_values(_KEY, ignore_index=True)
