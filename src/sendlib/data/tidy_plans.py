"""Releases on plans, as one long table, to the tidy tables of plans.

Settings are added up to place types, single years of age to bands, and where
two releases give the same figure the newest that reports it is used.
"""

from collections.abc import Sequence

import pandas as pd

from sendlib.data.text_tables import as_categories
from sendlib.vocabulary import (
    ENGLAND,
    SUBTOTAL,
    TOTAL,
    AgeBand,
    PlaceType,
    PrimaryNeed,
    ValueStatus,
)

_CELL = ["source_id", "table", "year", "age", "place_type", "published"]
_GROUP = ["source_id", "table", "area_code", "year", "age", "place_type", "term"]
_BANDS_OF_AGES = {
    AgeBand.UNDER_5: ("0-2", "3", "4"),
    AgeBand.AGE_5_TO_10: tuple(map(str, range(5, 11))),
    AgeBand.AGE_11_TO_15: tuple(map(str, range(11, 16))),
    AgeBand.AGE_16_TO_19: tuple(map(str, range(16, 20))),
    AgeBand.AGE_20_TO_25: (*map(str, range(20, 26)), "20-25"),
}
BAND_OF_AGE = {age: band.value for band, ages in _BANDS_OF_AGES.items() for age in ages}
# A sum takes the status of its gravest missing part.
_WEIGHT = {
    ValueStatus.REPORTED: 0,
    ValueStatus.NOT_COLLECTED: 0,
    ValueStatus.NOT_APPLICABLE: 1,
    ValueStatus.ROUNDS_TO_ZERO: 2,
    ValueStatus.LOW_RELIABILITY: 3,
    ValueStatus.NOT_AVAILABLE: 4,
    ValueStatus.SUPPRESSED: 5,
    ValueStatus.NOT_USED: 6,
}
_STATUS_OF_WEIGHT = {weight: status.value for status, weight in _WEIGHT.items() if weight}


def tidy_releases(long: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All tables of plans from all releases at hand."""
    known = (TOTAL, *BAND_OF_AGE.values(), *(status.value for status in ValueStatus))
    parts = as_categories(long, known)
    parts = parts[parts["place_type"] != SUBTOTAL]
    cells = add_parts(mark_not_collected(parts, cell=_CELL), by=_GROUP)
    stock = _settings_as_rows(cells[cells["table"].isin(["caseload", "age"])])
    new = _settings_as_rows(cells[cells["table"] == "new_plans"])
    ceased = cells[cells["table"] == "ceased"].rename(columns={"term": "reason", "value": "plans"})
    flow = cells[cells["table"] == "flow"].rename(columns={"term": "measure"})
    return {
        "ehcp_caseload": _caseload(stock, cells[cells["table"] == "need"]),
        "ehcp_caseload_by_age": _by_age(stock, year="census_year"),
        "ehcp_new_plans_by_age": _by_age(new, year="calendar_year"),
        "ehcp_new_plans_by_need": _by_need(cells[cells["table"] == "new_need"]),
        "ehcp_ceased": newest(
            ceased.rename(columns={"year": "calendar_year"}),
            key=["area_code", "calendar_year", "age", "place_type", "reason"],
        ),
        "ehcp_flow": newest(
            flow.rename(columns={"year": "calendar_year"}),
            key=["area_code", "calendar_year", "measure"],
        ),
        "ehcp_total_by_table": _total_by_table(stock),
    }


def mark_not_collected(long: pd.DataFrame, *, cell: Sequence[str]) -> pd.DataFrame:
    """Tell "nobody was asked" from "this authority did not say".

    Where England itself has no value, the item was not collected in that year;
    an authority without one where England has one did not report it.
    """
    england = long[(long["area_code"] == ENGLAND) & long["value"].isna()]
    keys = pd.MultiIndex.from_frame(england[list(cell)])
    nobody = long["value"].isna() & pd.MultiIndex.from_frame(long[list(cell)]).isin(keys)
    status = long["value_status"].mask(nobody, ValueStatus.NOT_COLLECTED.value)
    return long.assign(value_status=status)


def add_parts(long: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Sum the parts of each group; one missing part makes the sum unknown.

    Parts that were not collected are left out, because what they would count is
    counted elsewhere in that year. A group of nothing else is not collected.

    Examples
    --------
    >>> parts = pd.DataFrame({"area_code": ["865", "865"], "value": [3.0, None],
    ...                       "value_status": ["reported", "suppressed"]})
    >>> add_parts(parts, by=["area_code"])["value_status"].tolist()
    ['suppressed']
    """
    weight = long["value_status"].map({s.value: w for s, w in _WEIGHT.items()})
    collected = long["value_status"] != ValueStatus.NOT_COLLECTED
    groups = long.assign(_weight=weight, _collected=collected).groupby(
        list(by), sort=False, observed=True
    )
    sums = groups.agg(
        value=("value", "sum"), _weight=("_weight", "max"), _any=("_collected", "any")
    )
    status = sums["_weight"].map(_STATUS_OF_WEIGHT).fillna(ValueStatus.REPORTED.value)
    status = status.where(sums["_any"], ValueStatus.NOT_COLLECTED.value)
    value = sums["value"].where(status == ValueStatus.REPORTED)
    return pd.DataFrame({"value": value, "value_status": status}).reset_index()


def newest(frame: pd.DataFrame, *, key: Sequence[str]) -> pd.DataFrame:
    """One row a key: the newest release that reports it, else the newest at all."""
    reported = frame["value_status"] == ValueStatus.REPORTED
    ordered = frame.assign(_reported=reported).sort_values(
        ["_reported", "source_id"], ascending=False, kind="stable"
    )
    first = ordered.drop_duplicates(list(key)).drop(columns="_reported")
    return first.sort_values(list(key)).reset_index(drop=True)


def _settings_as_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Bring both layouts to one: the setting in ``place_type``, whichever way it came."""
    in_columns = cells["term"].isin([place.value for place in PlaceType])
    return cells.assign(place_type=cells["place_type"].mask(in_columns, cells["term"]), term=TOTAL)


def _caseload(stock: pd.DataFrame, need: pd.DataFrame) -> pd.DataFrame:
    """Plans by age band, place type and need, with ``total`` where not broken down."""
    key = ["area_code", "census_year", "age_band", "place_type", "primary_need"]
    by_need = need[need["term"] != TOTAL].rename(columns={"term": "primary_need"})
    inside_others = (by_need["primary_need"] == PrimaryNeed.DS) & (
        by_need["value_status"] == ValueStatus.NOT_COLLECTED
    )
    by_need = by_need[~inside_others]
    margins = pd.concat([_one_release_a_year(stock).assign(primary_need=TOTAL), by_need])
    bands = margins.assign(age_band=margins["age"].map(BAND_OF_AGE).fillna(margins["age"]))
    added = add_parts(bands.rename(columns={"year": "census_year"}), by=["source_id", *key])
    return newest(added, key=key).rename(columns={"value": "plans"})


def _one_release_a_year(stock: pd.DataFrame) -> pd.DataFrame:
    """Leave the settings of older releases where a newer one has that January.

    Mixing two releases within a January could count a setting twice. The
    published total comes from the table by age where a release has one.
    """
    totals = (stock["age"] == TOTAL) & (stock["place_type"] == TOTAL)
    by_setting = stock[~totals & (stock["table"] == "caseload")]
    newest_source = by_setting.groupby(["area_code", "year"], observed=True)["source_id"].transform(
        "max"
    )
    has_age_table = set(stock.loc[stock["table"] == "age", "source_id"])
    published = stock[
        totals & ~((stock["table"] == "caseload") & stock["source_id"].isin(has_age_table))
    ]
    bands = stock[~totals & (stock["table"] == "age")]
    return pd.concat([published, by_setting[by_setting["source_id"] == newest_source], bands])


def _by_age(stock: pd.DataFrame, *, year: str) -> pd.DataFrame:
    """Plans by single year of age and place type, where a release has them."""
    single = stock[(stock["age"] != TOTAL) & (stock["table"] != "age")]
    named = single.rename(columns={"year": year, "value": "plans"})
    return newest(named, key=["area_code", year, "age", "place_type"])


def _by_need(cells: pd.DataFrame) -> pd.DataFrame:
    """New plans of a year by main need, with their total; the two parts of London are left out."""
    cells = cells[~cells["area_code"].str.startswith("E13")]
    columns = {"year": "calendar_year", "term": "primary_need", "value": "plans"}
    return newest(cells.rename(columns=columns), key=["area_code", "calendar_year", "primary_need"])


def _total_by_table(stock: pd.DataFrame) -> pd.DataFrame:
    """Each release's total of plans, once for every table that publishes it."""
    totals = stock[(stock["age"] == TOTAL) & (stock["place_type"] == TOTAL)]
    named = totals.rename(columns={"year": "census_year", "value": "plans"})
    return named.sort_values(["area_code", "census_year", "source_id", "table"]).reset_index(
        drop=True
    )
