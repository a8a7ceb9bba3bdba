import pandas as pd

from sendlib import quality
from sendlib.areas import PeerGroup

GROUP = PeerGroup("865", ("802", "803"), "R", {})


def test_the_years_held_are_text_in_order():
    frame = pd.DataFrame({"area_code": ["865", "865", "802"], "census_year": [2025, 2019, 2024]})
    assert quality.held_years(frame, "865").tolist() == ["2019", "2025"]
    assert quality.held_years(frame, "999").empty


def test_balances_are_held_by_date():
    frame = pd.DataFrame({"area_code": ["865"], "balance_date": [pd.Timestamp("2025-03-31")]})
    assert quality.held_years(frame, "865").tolist() == ["31 March 2025"]


def test_coverage_tells_what_each_table_holds_for_whom():
    frame = pd.DataFrame(
        {"area_code": ["865", "865", "802", "E92000001"], "year": [2019, 2025, 2024, 2024]}
    )
    rows = quality.coverage({"plans": frame, "none": frame[frame["area_code"] == "802"]}, GROUP)
    assert rows.iloc[0].to_dict() == {
        "table": "plans",
        "first": "2019",
        "last": "2025",
        "periods": 2,
        "neighbours_held": 1,
        "england_held": True,
    }
    assert rows.iloc[1][["periods", "england_held"]].tolist() == [0, False]
    assert pd.isna(rows.iloc[1]["first"])


def test_statuses_are_counted_in_the_order_of_the_list():
    frame = pd.DataFrame(
        {"area_code": "865", "value_status": ["suppressed", "reported", "reported"]}
    )
    counts = quality.status_counts(
        {"plans": frame, "other": frame.drop(columns="value_status")}, "865"
    )
    assert counts.to_dict("index") == {"plans": {"reported": 2, "suppressed": 1}}


def test_two_totals_of_one_january_are_told_with_their_difference():
    totals = pd.DataFrame(
        {
            "area_code": "865",
            "census_year": [2018, 2018, 2019, 2019, 2025],
            "source_id": "r",
            "table": ["age", "caseload", "age", "caseload", "caseload"],
            "plans": [10.0, 8.0, 5.0, 5.0, 7.0],
        }
    )
    found = quality.disagreeing_totals(totals, "865")
    assert found.to_dict("records") == [
        {"census_year": 2018, "source_id": "r", "by_age": 10, "by_setting": 8, "difference": -2}
    ]


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
    row = quality.parts_against_total(frame, "865").iloc[0]
    assert row[["total", "added", "left", "not_known"]].tolist() == [10, 6, 4, 1]


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
            "area_code": "909",
            "area_name": "Cumbria",
            "last_census": 2023,
            "followed_by": "Cumberland, Westmorland and Furness",
        }
    ]
