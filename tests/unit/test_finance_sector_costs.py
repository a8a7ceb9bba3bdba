import numpy as np
import pandas as pd
import pytest

from sendlib.finance.sector_costs import sector_costs
from sendlib.scenarios import load_scenario


@pytest.fixture(scope="module")
def costs(tables):
    frame = sector_costs(tables.__getitem__)
    return frame.set_index(["sector", "places"])


@pytest.fixture(scope="module")
def baseline(project):
    records = load_scenario(project, "baseline").value("finance.unit_costs")
    return {record["place"]: record.get("gbp", 0.0) for record in records}


@pytest.mark.parametrize(
    ("sector", "places"),
    [
        ("State special schools", "state_special"),
        ("Independent and non-maintained special schools", "independent_special"),
        ("Independent and non-maintained special schools", "non_maintained_special"),
        ("Primary and secondary schools", "mainstream"),
        ("Primary and secondary schools", "resourced_provision, sen_unit"),
        ("Independent primary and secondary schools", "independent_mainstream"),
    ],
)
def test_the_baseline_has_the_costs_of_the_regression(costs, baseline, sector, places):
    row = costs.loc[(sector, places)]
    for place in places.split(", "):
        assert baseline[place] == pytest.approx(row["gbp"], abs=0.1 * row["standard_error_gbp"])
    assert row["authorities"] > 130


def test_after_school_the_baseline_lies_between_two_readings_of_the_lines(costs, baseline):
    alone, together = "After school, state", "After school, together"
    further = sorted(costs.loc[(each, "further_education"), "gbp"] for each in (alone, together))
    assert further[0] < baseline["further_education"] < further[1]
    alone = "After school, independent"
    special = sorted(costs.loc[(each, "specialist_post_16"), "gbp"] for each in (alone, together))
    assert special[0] < baseline["specialist_post_16"] < special[1]


def test_costs_that_every_authority_pays_are_found_again(tables):
    plans = tables["ehcp_caseload"]
    counted = plans[(plans["age_band"] == "total") & (plans["primary_need"] == "total")]
    state = counted[(counted["place_type"] == "state_special") & (counted["census_year"] == 2022)]
    paid = tables["outturn_by_sector"].copy()
    is_special = (paid["line"] == "top_up") & (paid["sector"] == "special")
    each = paid["area_code"].map(state.set_index("area_code")["plans"])
    paid["net_gbp"] = np.where(is_special, 13_000 * each, paid["net_gbp"])
    made = sector_costs({"outturn_by_sector": paid, "ehcp_caseload": plans}.__getitem__)
    row = made.set_index("places").loc["state_special"]
    assert isinstance(row, pd.Series)
    assert row["gbp"] == pytest.approx(13_000, rel=0.06)
    assert row["standard_error_gbp"] < 300
