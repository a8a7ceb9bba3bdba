"""Where an authority stands: on tables written out here."""

import numpy as np
import pandas as pd
import pytest

from sendlib.areas import PeerGroup
from sendlib.compare import indicator_ranks, lait_band, latest_ranks
from sendlib.errors import DataError, NotHeldError
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


def standing(values, **columns):
    return indicator_ranks(table(values, **columns), AREAS, NEIGHBOURS).set_index("area_code")


ALL = {"1": 5.0, "2": 7.0, "3": 7.0, "4": 1.0, REGION: 6.0, ENGLAND: 4.0}


def test_an_authority_stands_beside_neighbours_region_and_england():
    one = standing(ALL).loc["1"]
    assert one[["gap_england", "gap_region", "gap_neighbours"]].tolist() == [1.0, -1.0, 1.0]
    assert one[["rank_neighbours", "ranked_neighbours"]].tolist() == [2, 3]
    assert one[["rank_region", "ranked_region", "rank_all", "ranked_all"]].tolist() == [3, 3, 3, 4]


def test_ties_share_the_better_rank_among_all():
    assert standing(ALL)["rank_all"].to_dict() == {"1": 3, "2": 1, "3": 1, "4": 4}


@pytest.mark.parametrize(
    ("better", "first"), [("higher", {"2", "3"}), ("lower", {"4"}), ("none", {"2", "3"})]
)
def test_rank_1_is_the_best_or_else_the_highest(better, first):
    ranks = standing(ALL, better=better)["rank_all"]
    assert set(ranks.index[ranks == 1]) == first


def test_regions_and_england_are_not_ranked_among_authorities():
    assert set(standing(ALL).index) == {"1", "2", "3", "4"}


def test_a_suppressed_value_stays_so_and_the_others_are_ranked_without_it():
    frame = standing({**ALL, "2": np.nan})
    two = frame.loc["2"]
    assert two["value_status"] == "suppressed"
    assert two[["value", "gap_england", "rank_all", "rank_neighbours", "band"]].isna().all()
    assert frame.loc["1", ["rank_all", "ranked_all", "ranked_neighbours"]].tolist() == [2, 3, 2]
    assert frame.loc["1", "middle_neighbour"] == 1.0


def test_an_unknown_england_gives_no_gap_and_no_zero():
    frame = standing({**ALL, ENGLAND: np.nan})
    assert frame["gap_england"].isna().all()
    assert frame["rank_all"].notna().all()


def test_an_authority_is_left_out_of_years_in_which_it_was_not_there():
    early = standing({**ALL, "5": np.nan}, year=2024)
    late = standing({**ALL, "4": np.nan, "5": np.nan}, year=2025)
    assert "5" not in early.index
    assert "4" not in late.index
    assert "5" in late.index


def test_a_published_value_of_an_authority_that_ended_still_counts_as_the_tool_has_it():
    assert standing(ALL)["ranked_all"].iloc[0] == 4


@pytest.mark.parametrize(
    ("column", "other"), [("unit", "per 100"), ("period", "2025 (prov)"), ("better", "lower")]
)
def test_unlike_figures_are_refused(column, other):
    unlike = table(ALL)
    unlike.loc[0, column] = other
    with pytest.raises(DataError, match=f"a_pct, 2025: areas differ in {column}") as caught:
        indicator_ranks(unlike, AREAS, NEIGHBOURS)
    assert len(caught.value.problems) == 1


def test_a_missing_value_has_no_band_and_moves_no_quartile():
    values = pd.Series([1.0, np.nan, 2.0, 3.0, 4.0, 5.0])
    assert lait_band(values, better="lower").dropna().tolist() == ["A", "A", "B", "C", "D"]


def test_ties_share_a_band():
    values = pd.Series([0.0, 0, 0, 0, 0, 0, 1, 2])
    assert lait_band(values, better="lower").tolist() == ["A"] * 6 + ["D"] * 2
    assert lait_band(values, better="higher").tolist() == ["D"] * 6 + ["A"] * 2


def test_measures_without_a_polarity_have_a_rank_and_no_band():
    assert lait_band(pd.Series([1.0, 2.0]), better="none").isna().all()
    frame = standing(ALL, indicator="pupils_with_ehcp_pct", better="lower")
    assert frame["band"].isna().all()
    assert frame["rank_all"].notna().all()


def test_a_table_is_whole_only_where_every_authority_of_the_year_has_a_row():
    assert standing(ALL, year=2024)["whole"].all()
    assert not standing(ALL, year=2025)["whole"].any()
    assert standing({**ALL, "5": np.nan}, year=2025)["whole"].all()


def test_each_year_and_indicator_is_ranked_by_itself():
    both = pd.concat([table(ALL), table({**ALL, "1": 9.0}, year=2024, indicator="b_pct")])
    found = indicator_ranks(both, AREAS, NEIGHBOURS).set_index(["area_code", "year"])
    assert found.loc["1", "rank_all"].to_dict() == {2024: 1, 2025: 3}


def test_a_page_takes_the_last_year_that_england_has():
    later = table({"1": 9.0, ENGLAND: np.nan}, year=2026)
    found = indicator_ranks(
        pd.concat([table(ALL, year=2024), table(ALL), later]), AREAS, NEIGHBOURS
    )
    assert latest_ranks(found, GROUP)["year"].tolist() == [2025]
    assert latest_ranks(found, GROUP, year=2026)["value"].tolist() == [9.0]


def test_an_authority_without_rows_cannot_stand():
    found = indicator_ranks(table({"2": 1.0, ENGLAND: 1.0}), AREAS, NEIGHBOURS)
    with pytest.raises(NotHeldError, match="no row for One"):
        latest_ranks(found, GROUP)


def test_standings_are_in_order_of_area_indicator_and_year():
    both = pd.concat([table(ALL), table(ALL, year=2024), table(ALL, indicator="A_pct")])
    found = indicator_ranks(both.sample(frac=1, random_state=1), AREAS, NEIGHBOURS)
    keys = ["area_code", "indicator", "year"]
    pd.testing.assert_frame_equal(found[keys], found[keys].sort_values(keys, ignore_index=True))


def test_a_page_has_the_columns_of_the_standing_and_rows_counted_anew():
    found = indicator_ranks(pd.concat([table(ALL), table(ALL, year=2024)]), AREAS, NEIGHBOURS)
    for page in (latest_ranks(found, GROUP), latest_ranks(found, GROUP, year=2025)):
        assert list(page) == list(found)
        assert page.index.tolist() == [0]


def test_an_authority_whose_neighbours_are_not_held_is_ranked_alone():
    three = standing(ALL).loc["3"]
    assert np.isnan(three["middle_neighbour"])
    assert three["ranked_neighbours"] == 1


def test_an_authority_is_missed_in_its_own_last_year():
    assert not standing({code: ALL[code] for code in ALL if code != "4"}, year=2024)["whole"].any()


def test_a_neighbour_with_the_same_value_is_not_ahead():
    one = standing({**ALL, "1": 7.0}).loc["1"]
    assert one[["rank_neighbours", "ranked_neighbours"]].tolist() == [1, 3]
