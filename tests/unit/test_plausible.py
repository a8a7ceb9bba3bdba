"""What published tables say that cannot be, or hardly can; faults are put into the real ones."""

import pandas as pd
import pytest

from sendlib import data
from sendlib.data.impossible import find_impossible
from sendlib.data.manifest import read_manifest
from sendlib.data.plausible import find_unlikely, to_problems

WILTSHIRE = "865"


@pytest.fixture(scope="module")
def tables(project):
    return {name: data.load(project, name) for name in data.TABLES}


@pytest.fixture(scope="module")
def known(project, tables):
    return set(find_unlikely(tables, read_manifest(project).confirmed)["name"])


@pytest.fixture
def found(tables, known):
    """What a changed table adds to what is known of the real ones, by the first word."""

    def find(name, change):
        frame = tables[name].copy()
        now = find_unlikely(tables | {name: change(frame)}, {})
        return {each.split("/")[0] for each in set(now["name"]) - known}

    return find


def rows_of(frame, **wanted):
    return (frame[list(wanted)] == pd.Series(wanted)).all(axis=1)


def times(column, by, **wanted):
    def change(frame):
        rows = rows_of(frame, **wanted) if wanted else slice(None)
        frame.loc[rows, column] *= by
        return frame

    return change


def test_everything_that_stands_out_in_the_committed_files_is_confirmed_with_a_reason(tables):
    unlikely = tables["unlikely"]
    assert len(unlikely) > 100
    assert to_problems(unlikely) == []
    assert unlikely["why"].str.len().min() > 20
    assert find_impossible(tables) == []


@pytest.mark.parametrize("by", [10, 100, 1000])
@pytest.mark.parametrize(
    ("table", "column", "wanted"),
    [
        ("ehcp_caseload", "plans", {"census_year": 2024}),
        ("ehcp_flow", "value", {"calendar_year": 2023, "measure": "requests"}),
        ("high_needs_spend", "net_gbp", {}),
        ("high_needs_funding", "allocation_gbp", {"financial_year": "2023-24"}),
        ("children", "persons", {}),
    ],
)
def test_a_column_in_another_unit_is_found(found, table, column, wanted, by):
    assert "unit" in found(table, times(column, by, **wanted))


def test_one_wrong_figure_of_an_authority_is_found(found):
    whole = {"age_band": "total", "place_type": "total", "primary_need": "total"}
    wrong = times("plans", 2, area_code=WILTSHIRE, census_year=2025, **whole)
    assert found("ehcp_caseload", wrong) >= {"parts"}


def test_a_lost_area_and_a_lost_year_are_found(found):
    def without(frame):
        return frame[~rows_of(frame, area_code=WILTSHIRE, census_year=2025)]

    assert "gap" in found("ehcp_caseload", without)
    assert "gap" in found("ehcp_flow", lambda frame: frame[frame["calendar_year"] != 2023])


def test_two_areas_in_each_others_place_are_found(found):
    def swap(frame):
        return frame.assign(
            area_code=frame["area_code"].replace({WILTSHIRE: "316", "316": WILTSHIRE})
        )

    assert found("high_needs_spend", swap) & {"ratio", "jump"}


def test_swapped_columns_of_flows_and_signs_cannot_be(tables):
    flow = tables["ehcp_flow"]
    swapped = flow["measure"].replace(
        {"requests": "requests_refused", "requests_refused": "requests"}
    )
    problems = find_impossible(tables | {"ehcp_flow": flow.assign(measure=swapped)})
    assert {problem.code for problem in problems} == {"part_larger_than_whole"}
    spend = times("net_gbp", -1)(tables["high_needs_spend"].copy())
    problems = find_impossible(tables | {"high_needs_spend": spend})
    assert {problem.code for problem in problems} == {"impossible_value_of_unit"}


@pytest.mark.parametrize(
    ("lever", "value"),
    [
        ("statutory override ends", "31 March"),
        ("High Needs Stability Grant share", "90"),
        ("special place funding", "£10,000"),
        ("high needs funding increase 2025-26", "110"),
    ],
)
def test_a_value_of_policy_has_the_type_of_its_unit(tables, lever, value):
    levers = tables["policy_lever"]
    wrong = levers.assign(value=levers["value"].mask(levers["lever"] == lever, value))
    (problem,) = find_impossible(tables | {"policy_lever": wrong})
    assert problem.code == "policy_value_of_no_type"
    assert lever in problem.where


def test_a_confirmation_may_stand_for_many_and_needs_a_reason(tables):
    names = find_unlikely(tables, {"parts/*/2018": "Known", "totals/*": ""})
    why = names.set_index("name")["why"]
    assert set(why[why.index.str.fullmatch("parts/.*/2018")]) == {"Known"}
    assert set(why[why.index.str.startswith("totals/")]) == {""}
