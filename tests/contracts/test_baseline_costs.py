import importlib
from pathlib import Path

import pytest

from sendlib.scenarios import load_scenario


@pytest.fixture(scope="module")
def costs(tables):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
        frame = importlib.import_module("sector_costs").sector_costs(tables.__getitem__)
    return frame.set_index(["sector", "places"])


@pytest.fixture(scope="module")
def baseline(project):
    records = load_scenario(project, "baseline").value("finance.unit_costs")
    return {record["place"]: record.get("gbp", 0.0) for record in records}


def test_the_baseline_has_the_costs_of_the_regression(costs, baseline):
    schools = costs[~costs.index.get_level_values("sector").str.startswith("After school")]
    assert len(schools) == 6
    for (_, places), row in schools.iterrows():
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
