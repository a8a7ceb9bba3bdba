"""Releases on plans, as one long table, to the tidy tables of plans.

Settings are added up to place types, single years of age to bands, and where
two releases give the same figure the newest that reports it is kept.
"""

import pandas as pd

from sendlib.data.status import add_parts, mark_not_collected, newest
from sendlib.vocabulary import SUBTOTAL, TOTAL, AgeBand, PlaceType

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


def tidy_releases(long: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All tables of plans from all releases at hand."""
    parts = long[long["place_type"] != SUBTOTAL]
    cells = add_parts(mark_not_collected(parts, cell=_CELL), by=_GROUP)
    stock = _settings_as_rows(cells[cells["table"].isin(["caseload", "age"])])
    return {
        "ehcp_caseload": _caseload(stock, cells[cells["table"] == "need"]),
        "ehcp_caseload_by_age": _by_age(stock, year="census_year"),
        "ehcp_new_plans_by_age": _by_age(
            _settings_as_rows(cells[cells["table"] == "new_plans"]), year="calendar_year"
        ),
        "ehcp_ceased": _ceased(cells[cells["table"] == "ceased"]),
        "ehcp_flow": _flow(cells[cells["table"] == "flow"]),
        "ehcp_total_by_table": _total_by_table(stock),
    }


def _settings_as_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Bring both layouts to one: the setting in ``place_type``, whichever way it came."""
    in_columns = cells["term"].isin([place.value for place in PlaceType])
    return cells.assign(place_type=cells["place_type"].mask(in_columns, cells["term"]), term=TOTAL)


def _caseload(stock: pd.DataFrame, need: pd.DataFrame) -> pd.DataFrame:
    """Plans by age band, place type and need, with ``total`` where not broken down."""
    key = ["area_code", "census_year", "age_band", "place_type", "primary_need"]
    by_need = need[need["term"] != TOTAL].rename(columns={"term": "primary_need"})
    margins = pd.concat([_one_release_a_year(stock).assign(primary_need=TOTAL), by_need])
    bands = margins.assign(age_band=_band(margins["age"])).rename(columns={"year": "census_year"})
    added = add_parts(bands, by=["source_id", *key])
    return newest(added, key=key).rename(columns={"value": "plans"})


def _one_release_a_year(stock: pd.DataFrame) -> pd.DataFrame:
    """Leave the settings of older releases where a newer one has that January.

    Mixing two releases within a January could count a setting twice. The
    published total comes from the table by age where a release has one.
    """
    totals = (stock["age"] == TOTAL) & (stock["place_type"] == TOTAL)
    by_setting = stock[~totals & (stock["table"] == "caseload")]
    newest_source = by_setting.groupby(["area_code", "year"])["source_id"].transform("max")
    has_age_table = set(stock.loc[stock["table"] == "age", "source_id"])
    published = stock[
        totals & ~((stock["table"] == "caseload") & stock["source_id"].isin(has_age_table))
    ]
    bands = stock[~totals & (stock["table"] == "age")]
    return pd.concat([published, by_setting[by_setting["source_id"] == newest_source], bands])


def _band(age: pd.Series) -> pd.Series:
    return age.map(BAND_OF_AGE).fillna(age)


def _by_age(stock: pd.DataFrame, *, year: str) -> pd.DataFrame:
    """Plans by single year of age and place type, where a release has them."""
    key = ["area_code", year, "age", "place_type"]
    single = stock[(stock["age"] != TOTAL) & (stock["table"] != "age")]
    return newest(single.rename(columns={"year": year}), key=key).rename(
        columns={"value": "plans"}
    )[[*key, "plans", "value_status", "source_id"]]


def _ceased(cells: pd.DataFrame) -> pd.DataFrame:
    key = ["area_code", "calendar_year", "age", "place_type", "reason"]
    renamed = cells.rename(columns={"year": "calendar_year", "term": "reason", "value": "plans"})
    return newest(renamed, key=key)[[*key, "plans", "value_status", "source_id"]]


def _flow(cells: pd.DataFrame) -> pd.DataFrame:
    key = ["area_code", "calendar_year", "measure"]
    renamed = cells.rename(columns={"year": "calendar_year", "term": "measure"})
    return newest(renamed, key=key)[[*key, "value", "value_status", "source_id"]]


def _total_by_table(stock: pd.DataFrame) -> pd.DataFrame:
    """Each release's total of plans, once for every table that prints it."""
    totals = stock[(stock["age"] == TOTAL) & (stock["place_type"] == TOTAL)]
    named = totals.rename(columns={"year": "census_year", "value": "plans"})
    columns = ["area_code", "census_year", "source_id", "table", "plans", "value_status"]
    return named[columns].sort_values(columns[:4]).reset_index(drop=True)
