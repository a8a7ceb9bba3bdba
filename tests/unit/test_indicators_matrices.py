import pandas as pd

from sendlib import indicators
from sendlib.vocabulary import FlowMeasure


def caseload(*rows):
    """Rows: area, year, age band, place, need, plans."""
    columns = ["area_code", "census_year", "age_band", "place_type", "primary_need", "plans"]
    return pd.DataFrame(rows, columns=columns)


T = "total"
PLANS = caseload(
    ("865", 2024, T, T, T, 80.0),
    ("865", 2025, T, T, T, 100.0),
    ("865", 2025, T, "mainstream", T, 40.0),
    ("865", 2025, T, "resourced_provision", T, 6.0),
    ("865", 2025, T, "sen_unit", T, 4.0),
    ("865", 2025, T, "independent_mainstream", T, 2.0),
    ("865", 2025, T, "state_special", T, 48.0),
    ("865", 2025, "under_5", T, T, 30.0),
    ("865", 2025, T, T, "asd", 75.0),
    ("865", 2025, T, T, "semh", 25.0),
    ("865", 2025, T, "state_special", "asd", 36.0),
    ("865", 2025, T, "state_special", "semh", 12.0),
    ("802", 2025, T, T, T, 50.0),
    ("802", 2025, T, "mainstream", T, None),
    ("802", 2025, T, T, "asd", None),
    ("802", 2025, T, T, "semh", 5.0),
    ("802", 2025, T, "state_special", "asd", None),
    ("802", 2025, T, "state_special", "semh", 5.0),
)


def test_totals_are_an_area_a_row_and_a_january_a_column():
    assert indicators.total_plans(PLANS).loc["865"].to_dict() == {2024: 80, 2025: 100}


def test_places_stand_in_the_order_of_the_list():
    places = indicators.plans_by_place(PLANS, "865")
    assert list(places.columns)[:3] == ["mainstream", "resourced_provision", "sen_unit"]
    assert places.loc[2025, "state_special"] == 48


def test_one_flow_is_an_area_a_row_and_a_year_a_column():
    columns = ["area_code", "calendar_year", "measure", "value"]
    rows = [("865", 2024, "requests", 200.0), ("865", 2024, "new_plans", 90.0)]
    requests = indicators.flow_by_year(pd.DataFrame(rows, columns=columns), FlowMeasure.REQUESTS)
    assert requests.to_dict() == {2024: {"865": 200}}


def test_one_indicator_is_an_area_a_row_and_a_year_a_column():
    frame = pd.DataFrame(
        {"indicator": ["x", "y"], "area_code": "865", "year": [2024, 2025], "value": [1.0, 2.0]}
    )
    assert indicators.indicator_by_year(frame, "x").to_dict() == {2024: {"865": 1}}
