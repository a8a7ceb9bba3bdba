"""Ranks, gaps and bands of every authority, on tables written out here."""

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from sendlib.areas import PeerGroup
from sendlib.compare.rankings import indicator_ranks, latest_ranks
from sendlib.errors import DataError
from sendlib.vocabulary import ENGLAND

REGION = "E12000009"
NAMES = dict.fromkeys(["1", "2", "3", "4", "5", REGION, ENGLAND], "x") | {"1": "One"}
GROUP = PeerGroup("1", ("2", "3"), REGION, NAMES)
AREAS = pd.DataFrame(
    {
        "area_code": [ENGLAND, REGION, "1", "2", "3", "4", "5"],
        "area_type": ["england", "region"] + ["authority"] * 5,
        "region_code": ["", "", REGION, REGION, REGION, "E12000008", REGION],
        "first_census": [2010.0] * 6 + [2025.0],
        "last_census": [np.nan] * 5 + [2024.0, np.nan],
    }
)
NEIGHBOURS = pd.DataFrame(
    {"area_code": ["1", "1"], "rank": [1, 2], "neighbour_area_code": ["2", "4"]}
)


def table(values, *, year=2025, better="higher", indicator="a_pct", **columns):
    frame = pd.DataFrame({"area_code": list(values), "value": list(values.values())})
    frame = frame.assign(
        indicator=indicator, year=year, period=str(year), provisional=False, unit="%", better=better
    )
    status = np.where(frame["value"].isna(), "suppressed", "reported")
    return frame.assign(value_status=status, **columns)


def ranks(values, **columns):
    return indicator_ranks(table(values, **columns), AREAS, NEIGHBOURS).set_index("area_code")


ALL = {"1": 5.0, "2": 7.0, "3": 7.0, "4": 1.0, REGION: 6.0, ENGLAND: 4.0}


def test_an_authority_is_compared_with_neighbours_region_and_england():
    one = ranks(ALL).loc["1"]
    assert one[["gap_england", "gap_region", "gap_neighbours"]].tolist() == [1.0, -1.0, 1.0]
    assert one[["rank_neighbours", "ranked_neighbours"]].tolist() == [2, 3]
    assert one[["rank_region", "ranked_region", "rank_all", "ranked_all"]].tolist() == [3, 3, 3, 4]


def test_ties_share_the_better_rank_among_all():
    assert ranks(ALL)["rank_all"].to_dict() == {"1": 3, "2": 1, "3": 1, "4": 4}


@pytest.mark.parametrize(
    ("better", "first"), [("higher", {"2", "3"}), ("lower", {"4"}), ("none", {"2", "3"})]
)
def test_rank_1_is_the_best_or_else_the_highest(better, first):
    among_all = ranks(ALL, better=better)["rank_all"]
    assert set(among_all.index[among_all == 1]) == first


def test_regions_and_england_are_not_ranked_among_authorities():
    assert set(ranks(ALL).index) == {"1", "2", "3", "4"}


def test_a_suppressed_value_stays_so_and_the_others_are_ranked_without_it():
    frame = ranks({**ALL, "2": np.nan})
    two = frame.loc["2"]
    assert two["value_status"] == "suppressed"
    assert two[["value", "gap_england", "rank_all", "rank_neighbours", "band"]].isna().all()
    assert frame.loc["1", ["rank_all", "ranked_all", "ranked_neighbours"]].tolist() == [2, 3, 2]
    assert frame.loc["1", "middle_neighbour"] == 1.0


def test_an_unknown_england_gives_no_gap_and_no_zero():
    frame = ranks({**ALL, ENGLAND: np.nan})
    assert frame["gap_england"].isna().all()
    assert frame["rank_all"].notna().all()


def test_an_authority_is_left_out_of_years_in_which_it_was_not_there():
    early = ranks({**ALL, "5": np.nan}, year=2024)
    late = ranks({**ALL, "4": np.nan, "5": np.nan}, year=2025)
    assert "5" not in early.index
    assert "4" not in late.index
    assert "5" in late.index


def test_a_published_value_of_an_authority_that_ended_still_counts_as_the_tool_has_it():
    assert ranks(ALL)["ranked_all"].iloc[0] == 4


@pytest.mark.parametrize(
    ("column", "other"), [("unit", "per 100"), ("period", "2025 (prov)"), ("better", "lower")]
)
def test_unlike_figures_are_refused(column, other):
    unlike = table(ALL)
    unlike.loc[0, column] = other
    with refuses(DataError, "areas_differ", match=column, where="a_pct, 2025"):
        indicator_ranks(unlike, AREAS, NEIGHBOURS)


def bands(values, better):
    """The bands of authorities with these values."""
    codes = [str(number + 1) for number in range(len(values))]
    areas = pd.DataFrame(
        {"area_code": codes, "area_type": "authority", "region_code": REGION}
    ).assign(first_census=2010.0, last_census=np.nan)
    rows = table(dict(zip(codes, values, strict=True)), better=better)
    return indicator_ranks(rows, areas, NEIGHBOURS)["band"].fillna("").tolist()


@pytest.mark.parametrize(
    ("values", "better", "expected"),
    [
        ([1.0, 2.0, 3.0, 4.0, 5.0], "lower", "AABCD"),
        ([1.0, 2.0, 3.0, 4.0, 5.0], "higher", "DDCBA"),
        ([0.0] * 6 + [1.0, 2.0], "lower", "AAAAAADD"),
        ([0.0] * 6 + [1.0, 2.0], "higher", "DDDDDDAA"),
    ],
)
def test_bands_are_quarters_closed_above_and_ties_share_one(values, better, expected):
    assert bands(values, better) == list(expected)


def test_a_missing_value_has_no_band_and_moves_no_quartile():
    assert bands([1.0, np.nan, 2.0, 3.0, 4.0, 5.0], "lower") == ["A", "", "A", "B", "C", "D"]


def test_measures_without_a_polarity_have_a_rank_and_no_band():
    for columns in ({"better": "none"}, {"indicator": "pupils_with_ehcp_pct", "better": "lower"}):
        frame = ranks(ALL, **columns)
        assert frame["band"].isna().all()
        assert frame["rank_all"].notna().all()


def test_a_table_is_complete_only_where_every_authority_of_the_year_has_a_row():
    assert ranks(ALL, year=2024)["complete"].all()
    assert not ranks(ALL, year=2025)["complete"].any()
    assert ranks({**ALL, "5": np.nan}, year=2025)["complete"].all()


def test_each_year_and_indicator_is_ranked_by_itself():
    both = pd.concat([table(ALL), table({**ALL, "1": 9.0}, year=2024, indicator="b_pct")])
    result = indicator_ranks(both, AREAS, NEIGHBOURS).set_index(["area_code", "year"])
    assert result.loc["1", "rank_all"].to_dict() == {2024: 1, 2025: 3}


def test_a_page_takes_the_last_year_that_england_has():
    later = table({"1": 9.0, ENGLAND: np.nan}, year=2026)
    result = indicator_ranks(
        pd.concat([table(ALL, year=2024), table(ALL), later]), AREAS, NEIGHBOURS
    )
    assert latest_ranks(result, GROUP)["year"].tolist() == [2025]


def test_an_authority_without_rows_has_no_ranks():
    result = indicator_ranks(table({"2": 1.0, ENGLAND: 1.0}), AREAS, NEIGHBOURS)
    assert latest_ranks(result, GROUP).empty


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_a_rank_from_the_highest_value_is_the_same_whichever_way_is_better(better):
    result = ranks(ALL, better=better)
    assert result["highest_all"].to_dict() == {"1": 3, "2": 1, "3": 1, "4": 4}
    assert result.loc["1", ["highest_neighbours", "highest_region"]].tolist() == [2, 3]


def test_ranks_are_in_order_of_area_indicator_and_year():
    both = pd.concat([table(ALL), table(ALL, year=2024), table(ALL, indicator="A_pct")])
    result = indicator_ranks(both.sample(frac=1, random_state=1), AREAS, NEIGHBOURS)
    keys = ["area_code", "indicator", "year"]
    pd.testing.assert_frame_equal(result[keys], result[keys].sort_values(keys, ignore_index=True))


def test_a_page_has_the_columns_of_all_ranks_and_rows_counted_anew():
    result = indicator_ranks(pd.concat([table(ALL), table(ALL, year=2024)]), AREAS, NEIGHBOURS)
    page = latest_ranks(result, GROUP)
    assert list(page) == list(result)
    assert page.index.tolist() == [0]


def test_an_authority_whose_neighbours_are_not_available_is_ranked_alone():
    three = ranks(ALL).loc["3"]
    assert np.isnan(three["middle_neighbour"])
    assert three["ranked_neighbours"] == 1


def test_an_authority_is_missed_in_its_own_last_year():
    assert not ranks({code: ALL[code] for code in ALL if code != "4"}, year=2024)["complete"].any()


def test_a_neighbour_with_the_same_value_is_not_ahead():
    one = ranks({**ALL, "1": 7.0}).loc["1"]
    assert one[["rank_neighbours", "ranked_neighbours"]].tolist() == [1, 3]
