"""Every authority's indicators and neighbours, from the department's whole tables."""

import numpy as np
import pandas as pd
import pytest

from sendlib.areas import peer_group
from sendlib.compare import comparable_years, indicator_ranks, known_breaks, latest_ranks, trends
from sendlib.compare.rankings import NOT_BANDED
from sendlib.files import read_list
from sendlib.vocabulary import ENGLAND

pytestmark = pytest.mark.published
KEY = ["area_code", "indicator", "year"]
INDICATORS = read_list("data", "lait_indicators.csv")
# Wiltshire's last value of each indicator, its rank among so many, and its band.
WILTSHIRE = {
    "all_school_persistent_absence_pct": (16.01, 24, 153, "A"),
    "attainment8_ehcp": (17.2, 36, 152, "A"),
    "attainment8_no_sen": (50.7, 58, 152, "B"),
    "attainment8_sen_support": (33.7, 68, 152, "B"),
    "ehcp_within_20_weeks_excluding_exceptions_pct": (29.5, 111, 151, "C"),
    "eyfs_good_development_ehcp_pct": (4.3, 56, 151, "B"),
    "eyfs_good_development_sen_support_pct": (34.4, 13, 152, "A"),
    "ks2_rwm_expected_ehcp_pct": (10, 48, 151, "B"),
    "ks2_rwm_expected_no_sen_pct": (71, 113, 151, "D"),
    "ks2_rwm_expected_sen_support_pct": (29, 65, 151, "C"),
    "level2_em_by_19_ehcp_pct": (18.01, 75, 150, "B"),
    "level2_em_by_19_sen_support_pct": (44.82, 68, 150, "B"),
    "level3_by_19_ehcp_pct": (13.74, 68, 150, "B"),
    "level3_by_19_sen_support_pct": (34.44, 72, 150, "B"),
    "phonics_expected_ehcp_pct": (26, 16, 151, "A"),
    "phonics_expected_sen_support_pct": (52, 76, 151, "C"),
    "progress8_ehcp": (-1.18, 89, 152, "C"),
    "progress8_sen_support": (-0.37, 59, 152, "B"),
    "pupils_on_sen_support_pct": (14.3, 77, 153, None),
    "pupils_with_ehcp_pct": (6.2, 122, 153, None),
    "requests_refused_pct": (18.3, 109, 153, None),
    "special_school_persistent_absence_pct": (31.6, 37, 150, "A"),
    "special_school_suspension_rate": (14.9, 109, 151, "C"),
    "tribunal_appeal_rate_pct": (1.8, 41, 153, "B"),
}


@pytest.fixture(scope="module")
def whole(tables):
    return tables


@pytest.fixture(scope="module")
def ranks(whole):
    return indicator_ranks(whole["indicator"], whole["area"], whole["neighbour"])


@pytest.fixture(scope="module")
def wiltshire(whole, ranks):
    group = peer_group("865", whole["area"], whole["neighbour"])
    return latest_ranks(ranks, group).set_index("indicator")


def test_every_authority_indicator_and_year_is_there(whole):
    indicators = whole["indicator"]
    assert indicators["indicator"].nunique() == 24
    assert indicators["year"].nunique() == 10
    assert indicators["area_code"].nunique() == 168  # with those that ended, regions, England
    last = indicators[(indicators["indicator"] == "pupils_with_ehcp_pct")].query("year == 2025")
    assert last["area_code"].str.isdigit()[last["value"].notna()].sum() == 153


def test_every_authority_has_ten_neighbours_that_exist(whole):
    neighbours = whole["neighbour"]
    assert neighbours["area_code"].nunique() == 153
    assert (neighbours.groupby("area_code")["rank"].agg(tuple) == 153 * [(*range(1, 11),)]).all()
    assert set(neighbours["neighbour_area_code"]) <= set(neighbours["area_code"])
    assert (neighbours["area_code"] != neighbours["neighbour_area_code"]).all()


def test_wiltshire_has_more_pupils_with_a_plan_than_england(ranks):
    row = ranks.set_index(KEY).loc["865", "pupils_with_ehcp_pct", 2025]
    assert (row["value"], row["england"]) == (6.2, 5.3)
    assert row["gap_england"] == pytest.approx(0.9)


def test_wiltshire_has_its_rank_and_band_among_all_for_each_indicator(wiltshire):
    columns = wiltshire[["value", "rank_all", "ranked_all", "band"]].round({"value": 2})
    columns.loc["special_school_suspension_rate", "value"] = 14.9  # printed to five places
    shown = columns.astype(object).where(columns.notna(), None)
    assert dict(zip(shown.index, map(tuple, shown.to_numpy()), strict=True)) == WILTSHIRE


def test_the_measures_without_a_band_are_those_that_the_data_dictionary_says(published):
    dictionary = pd.read_csv(published / "lait" / "lait_data_dictionary.csv")
    listed = INDICATORS.merge(dictionary, left_on="measure", right_on="Measure_short")
    assert len(listed) == 24
    has_band = listed["Polarity"].isin(["High", "Low"]) & (listed["No_Quartile"] != "N")
    assert set(listed.loc[~has_band, "indicator"]) == NOT_BANDED
    polarity = listed["Polarity"].where(has_band, "")
    assert polarity.tolist() == listed["lait_polarity"].tolist()
    better = polarity[has_band].map({"High": "higher", "Low": "lower"})
    assert better.tolist() == listed.loc[has_band, "better"].tolist()


def test_ranks_and_bands_are_those_counted_from_the_departments_own_file(published, wiltshire):
    raw = pd.read_parquet(published / "lait" / "bds_long_0.parquet")
    raw = raw[raw["LA Number"].between(200, 969)]
    for _, known in INDICATORS[lambda listed: listed["lait_polarity"] != ""].iterrows():
        row = wiltshire.loc[known["indicator"]]
        if known["indicator"] == "tribunal_appeal_rate_pct":
            continue  # the tool repeats two codes that were swapped: see data/corrections
        printed = row["period"].replace(", provisional", " (prov)")
        rows = raw[(raw["Short Desc"] == known["measure"]) & (raw["Years"] == printed)]
        values = pd.to_numeric(rows["Values"], errors="coerce").dropna().to_numpy()
        cuts = np.quantile(values, [0.25, 0.5, 0.75])
        quarter = int((row["value"] > cuts).sum())
        high = known["lait_polarity"] == "High"
        better = values > row["value"] if high else values < row["value"]
        assert row["rank_all"] == 1 + better.sum(), known["indicator"]
        assert row["ranked_all"] == len(values)
        assert row["band"] == ("DCBA" if high else "ABCD")[quarter]


def test_an_authority_that_ended_stands_only_where_it_has_values(ranks):
    cumbria = ranks[(ranks["area_code"] == "909") & (ranks["year"] > 2023)]
    assert cumbria["value"].notna().all()
    assert not ranks[(ranks["area_code"] == "940") & (ranks["year"] < 2021)].size


def test_no_direction_is_said_across_a_break_or_a_reorganisation(whole):
    held = comparable_years(whole["indicator"], known_breaks(), areas=whole["area"])
    some = held[held["area_code"].isin(["865", "940", "928", ENGLAND])]
    found = trends(some).set_index(["area_code", "indicator"])
    assert found.loc[("865", "requests_refused_pct"), "direction"] == "too few points"
    assert found.loc[("865", "pupils_with_ehcp_pct"), "direction"] == "rising"
    assert found.loc[("940", "pupils_with_ehcp_pct"), "first_year"] == 2022
    assert found.loc[("928", "pupils_with_ehcp_pct"), "last_year"] <= 2021
