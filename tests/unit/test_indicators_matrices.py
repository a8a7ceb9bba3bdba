import pandas as pd
import pytest

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


def test_age_bands_are_given_for_the_januaries_that_have_them_all():
    bands = ["under_5", "5_to_10", "11_to_15", "16_to_19", "20_to_25"]
    whole = caseload(*[("865", 2025, band, T, T, 5.0) for band in bands])
    part = caseload(*[("865", 2024, band, T, T, 5.0) for band in bands[:4]])
    found = indicators.plans_by_age_band(pd.concat([whole, part]), "865")
    assert found.index.tolist() == [2025]
    assert list(found.columns) == bands


def test_needs_are_shares_of_the_plans_where_all_are_known():
    shares = indicators.shares_by_need(PLANS)
    assert shares.attrs["census_year"] == 2025
    assert shares.loc["865"].to_dict() == {"asd": 0.75, "semh": 0.25}
    assert "802" not in shares.index


def test_growth_and_index_are_missing_where_there_was_nothing_to_grow_from():
    plans = pd.DataFrame({2013: [100.0, 0.0], 2019: [179.0, 5.0]}, index=["865", "420"])
    assert indicators.growth_pct(plans, 2013, 2019)["865"] == pytest.approx(79)
    assert pd.isna(indicators.growth_pct(plans, 2013, 2019)["420"])
    assert indicators.index_to(plans, 2013).loc["865", 2019] == pytest.approx(179)
    assert indicators.index_to(plans, 2013).loc["420"].isna().all()


def people(year, ages, persons=10.0):
    return pd.DataFrame({"area_code": "865", "year": year, "age": ages, "persons": persons})


def test_a_rate_divides_by_the_residents_of_the_summer_before():
    plans = indicators.total_plans(PLANS).loc[["865"]]
    rate = indicators.rate_per_10k(plans, people(2024, range(30)))
    assert rate[["census_year", "persons", "plans_per_10k"]].to_numpy().tolist() == [
        [2025, 260, pytest.approx(10_000 * 100 / 260)]
    ]


def test_a_rate_is_unknown_where_an_age_is_missing():
    plans = indicators.total_plans(PLANS).loc[["865"]]
    rate = indicators.rate_per_10k(plans, people(2024, range(25)))
    assert rate["plans_per_10k"].isna().all()


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
