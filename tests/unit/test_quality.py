import pandas as pd

from sendlib import quality
from sendlib.areas import PeerGroup

NAMES = {"865": "Wiltshire", "802": "North Somerset", "803": "One"}
GROUP = PeerGroup("865", ("802", "803"), "R", NAMES)


def test_coverage_says_what_each_table_has_for_whom():
    frame = pd.DataFrame(
        {"area_code": ["865", "865", "802", "E92000001"], "year": [2025, 2019, 2024, 2024]}
    )
    rows = quality.coverage({"Plans": frame, "Other": frame[frame["area_code"] == "802"]}, GROUP)
    assert rows.iloc[0].to_dict() == {
        "table": "Plans",
        "first": "2019",
        "last": "2025",
        "periods": 2,
        "neighbours": 1,
        "england": True,
    }
    assert rows.iloc[1][["periods", "england"]].tolist() == [0, False]
    assert pd.isna(rows.iloc[1]["first"])
    assert quality.say_coverage(rows, GROUP) == "Not available for Wiltshire: other."
    assert "every kind" in quality.say_coverage(rows.head(1), GROUP)


def test_balances_are_covered_by_date():
    frame = pd.DataFrame({"area_code": ["865"], "balance_date": [pd.Timestamp("2025-03-31")]})
    assert quality.coverage({"Balances": frame}, GROUP)["last"].tolist() == ["31 March 2025"]


def test_neighbours_are_named_or_said_not_to_be_known():
    assert quality.say_neighbours(GROUP).endswith("closest first: North Somerset and One.")
    alone = PeerGroup("865", (), "R", NAMES)
    assert "not known here" in quality.say_neighbours(alone)


def test_statuses_are_counted_in_the_order_of_the_list_and_by_their_labels():
    frame = pd.DataFrame(
        {"area_code": "865", "value_status": ["suppressed", "reported", "reported"]}
    )
    counts = quality.status_counts(
        {"Plans": frame, "Other": frame.drop(columns="value_status")}, "865"
    )
    assert counts.to_dict("index") == {
        "Plans": {"published figure": 2, "withheld to protect individuals (c)": 1}
    }
    assert quality.say_missing(counts).startswith("33.3% of 3 figures have no value")


def test_two_totals_of_one_january_are_listed_with_their_difference():
    totals = pd.DataFrame(
        {
            "area_code": "865",
            "area_name": "Wiltshire",
            "census_year": [2018, 2018, 2019, 2019, 2025],
            "source_id": "r",
            "table": ["age", "caseload", "age", "caseload", "caseload"],
            "plans": [10.0, 8.0, 5.0, 5.0, 7.0],
        }
    )
    found = quality.disagreeing_totals(totals, "E92000001", "865")
    assert found["area_and_january"].tolist() == ["Wiltshire, 2018"]
    assert found.iloc[:, 2:7].to_dict("records") == [
        {"census_year": 2018, "source_id": "r", "by_age": 10, "by_setting": 8, "difference": -2}
    ]
    assert quality.say_totals(found, GROUP).endswith("differ for Wiltshire in 2018.")
    assert "the same totals" in quality.say_totals(found.head(0), GROUP)


def settings(*rows):
    columns = ["place_type", "plans", "value_status"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(area_code="865", census_year=2025, age_band="total", primary_need="total")


def test_parts_that_are_missing_are_counted_and_those_not_collected_are_not():
    frame = settings(
        ("total", 10.0, "reported"),
        ("mainstream", 6.0, "reported"),
        ("neet", None, "suppressed"),
        ("awaiting", None, "not_collected"),
    )
    parts = quality.parts_against_total(frame, "865")
    row = parts.iloc[0]
    assert row[["total", "added", "left", "not_known"]].tolist() == [10, 6, 4, 1]
    assert quality.say_parts(parts).endswith("in 0 of 1 Januaries; not in 2025.")


def test_a_january_without_any_setting_has_no_sum():
    frame = settings(("total", 10.0, "reported"), ("mainstream", None, "not_available"))
    row = quality.parts_against_total(frame, "865").iloc[0]
    assert pd.isna(row["added"])
    assert row["not_known"] == 1


def test_authorities_that_ended_are_listed_with_those_that_followed():
    areas = pd.DataFrame(
        {
            "area_code": ["909", "942", "943"],
            "area_name": ["Cumbria", "Cumberland", "Westmorland and Furness"],
            "last_census": [2023.0, None, None],
            "successors": ["942;943", "", ""],
        }
    )
    assert quality.reorganised(areas).to_dict("records") == [
        {
            "code": "909",
            "authority": "Cumbria",
            "last_year": 2023,
            "followed_by": "Cumberland, Westmorland and Furness",
        }
    ]
    assert quality.say_reorganised(quality.reorganised(areas), GROUP).startswith("None of them")


def test_breaks_of_other_authorities_are_left_out_and_those_of_neighbours_are_not():
    areas = pd.DataFrame({"area_name": ["Wiltshire", "One", "Surrey"], "area_type": "authority"})
    happened = ["The return changed", "Surrey amended its needs", "One amended its needs"]
    table = pd.DataFrame(
        {
            "series": ["plans", "needs", "needs"],
            "first_year": [2023, 2025, 2025],
            "what_happened": happened,
            "what_it_means": "Take care",
        }
    )
    found = quality.breaks(table, areas, GROUP)
    assert found["what_happened"].tolist() == [happened[0], happened[2]]
    needs = quality.breaks(table, areas, GROUP, "needs")
    assert quality.say_breaks(needs) == ["2025: One amended its needs. Take care."]


def test_open_statistics_are_counted_by_publisher_and_quoted_figures_apart():
    sources = pd.DataFrame(
        {
            "publisher": ["DfE", "ONS", "DfE", "A paper"],
            "licence": ["OGL v3.0", "OGL v3.0", "OGL v3.0", "figures quoted"],
        }
    )
    said = quality.say_sources(sources)
    assert "3 publications under the Open Government Licence: DfE (2) and ONS (1)." in said
    assert "1 council papers" in said
