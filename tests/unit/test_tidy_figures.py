import pandas as pd
import pytest

from sendlib.data import tidy_figures
from sendlib.vocabulary import FundingElement

AREAS = pd.DataFrame(
    {
        "area_code": ["835", "838", "E92000001"],
        "area_name": ["Dorset", "Dorset", "England"],
        "gss_code": ["E1", "E2", "E92000001"],
        "former_gss_codes": "",
        "area_type": ["authority", "authority", "england"],
        "region_code": ["E12000009", "E12000009", ""],
        "first_census": [2010.0, 2020.0, 2010.0],
        "last_census": [2019.0, None, None],
    }
)


def test_years_of_an_area_are_numbers_and_missing_while_it_goes_on():
    raw = pd.DataFrame({"first_census": ["2010"], "last_census": [""]})
    made = tidy_figures.area(raw)
    assert made["first_census"].tolist() == [2010]
    assert made["last_census"].isna().all()


def test_a_stated_deficit_becomes_a_negative_balance_in_pounds():
    stated = pd.DataFrame(
        {
            "item": ["cumulative DSG deficit", "actual EHC plans"],
            "period": ["31 March 2025", "March 2025"],
            "value": [61.2, 6000.0],
            "basis": "outturn",
            "confidence": "primary",
            "source_id": "invented",
            "area_code": "865",
        }
    )
    balance = tidy_figures.dsg_balance(stated)
    assert balance["closing_balance_gbp"].tolist() == [pytest.approx(-61_200_000)]
    assert balance["balance_date"].tolist() == [pd.Timestamp("2025-03-31")]


def test_population_has_a_row_for_each_single_age_only():
    raw = pd.DataFrame(
        {"AREA_CODE": "E2", "AGE_GROUP": ["0", "All ages"], "year": "2024", "persons": [5.0, 50.0]}
    )
    made = tidy_figures.population(raw, AREAS)
    assert made[["area_code", "year", "age", "persons"]].to_numpy().tolist() == [
        ["838", 2024, 0, 5]
    ]


def test_each_element_of_the_grant_has_a_row():
    raw = pd.DataFrame(
        {
            "area_level": ["authority", "England"],
            "la_code": ["838", ""],
            "gss_code": ["E2", "E92000001"],
            "financial_year": "2023-24",
            "source_id": "invented",
            **{f"{element}_gbp": [1.0, 2.0] for element in FundingElement},
        }
    )
    made = tidy_figures.funding(raw, AREAS)
    added = made.groupby("area_code")["allocation_gbp"].agg(["first", "size"])
    assert added["first"].to_dict() == {"838": 1, "E12000009": 1, "E92000001": 2}
    assert set(added["size"]) == {len(FundingElement)}


def test_the_year_of_an_indicator_is_the_one_in_which_its_period_ends():
    raw = pd.DataFrame(
        {
            "indicator": "x",
            "unit": "%",
            "better": "none",
            "area_code": "838",
            "period": ["2023/24", "2025 (prov)"],
            "value": [1.0, 2.0],
            "value_status": "reported",
            "source_id": "invented",
        }
    )
    made = tidy_figures.indicator(raw)
    assert made[["area_code", "year", "period", "provisional"]].to_numpy().tolist() == [
        ["838", 2024, "2023/24", False],
        ["838", 2025, "2025, provisional", True],
    ]


def test_a_figure_for_a_group_of_areas_has_no_code():
    raw = pd.DataFrame(
        {
            **dict.fromkeys(["theme", "measure", "group", "period", "unit", "source_id"], "x"),
            "area": ["England", "statistical neighbours"],
            "value": [1.0, 2.0],
        }
    )
    assert tidy_figures.strategy_figure(raw, AREAS)["area_code"].tolist() == ["E92000001", ""]


def test_spend_says_that_it_leaves_place_funding_out():
    raw = pd.DataFrame(
        {
            "la_code": ["838"],
            "financial_year": ["2023-24"],
            "net_outturn_gbp": [-5.0],
            "net_outturn_gbp_status": ["reported"],
            "spend_lines": ["1.2.x"],
            "source_id": ["invented"],
        }
    )
    made = tidy_figures.spend(raw, AREAS)
    assert made.set_index("area_code")["net_gbp"].to_dict() == {
        "838": -5,
        "E12000009": -5,
        "E92000001": -5,
    }
    assert set(made["basis"]) == {"outturn"}
    assert not made["includes_place_funding"].any()


def test_spend_without_one_authority_is_no_sum():
    other = AREAS.assign(area_code=["835", "839", "E92000001"], first_census=2010.0)
    areas = pd.concat([AREAS, other[other["area_code"] == "839"]])
    raw = pd.DataFrame(
        {
            "la_code": ["838"],
            "financial_year": ["2023-24"],
            "net_outturn_gbp": [5.0],
            "net_outturn_gbp_status": ["reported"],
            "spend_lines": ["1.2.x"],
            "source_id": ["invented"],
        }
    )
    made = tidy_figures.spend(raw, areas).set_index("area_code")
    assert made["net_gbp"].dropna().to_dict() == {"838": 5}
    assert made["value_status"].drop("838").to_dict() == dict.fromkeys(
        ["839", "E12000009", "E92000001"], "not_available"
    )


def test_children_are_coded_by_level_and_areas_that_are_not_listed_are_left_out():
    raw = pd.DataFrame(
        {
            "geographic_level": ["National", "Regional", "Local authority", "Local authority"],
            "country_code": "E92000001",
            "region_code": ["", "E13000001", "E12000009", "E12000009"],
            "old_la_code": ["", "", "838", "999"],
            "time_period": "2024",
            "population_estimate": [9.0, 8.0, 7.0, 6.0],
            "population_estimate_status": "reported",
        }
    )
    made = tidy_figures.children(raw, AREAS)
    assert made[["area_code", "year", "persons"]].to_numpy().tolist() == [
        ["E92000001", 2024, 9],
        ["838", 2024, 7],
    ]
    assert set(made["value_status"]) == {"reported"}
