"""What published tables say that cannot be, or hardly can; faults are put into the real ones."""

from fnmatch import fnmatchcase

import pandas as pd
import pytest

from sendlib import quality
from sendlib.data.impossible import find_impossible
from sendlib.data.manifest import Confirmation, read_manifest
from sendlib.data.plausible import find_unlikely, to_problems

WILTSHIRE = "865"


@pytest.fixture(scope="module")
def known(tables):
    return set(tables["unlikely"]["name"])


@pytest.fixture
def found(tables, known):
    """What changed tables add to what is known of the real ones, by check, table and series."""

    def find(**changes):
        changed = {name: change(tables[name].copy()) for name, change in changes.items()}
        now = find_unlikely(tables | changed, [])
        return {"/".join(each.split("/")[:3]) for each in set(now["name"]) - known}

    return find


def rows_of(frame, **wanted):
    return (frame[list(wanted)] == pd.Series(wanted)).all(axis=1)


def times(column, by, **wanted):
    def change(frame):
        rows = rows_of(frame, **wanted) if wanted else slice(None)
        frame.loc[rows, column] *= by
        return frame

    return change


def test_everything_that_stands_out_in_the_committed_files_is_confirmed_with_a_reason(
    project, tables
):
    unlikely = tables["unlikely"]
    assert len(unlikely) > 100
    assert to_problems(unlikely, project) == []
    assert unlikely["why"].str.len().min() > 20
    assert find_impossible(tables) == []


def test_columns_in_another_unit_are_found(found):
    some = found(
        ehcp_caseload=times("plans", 10, census_year=2024),
        high_needs_funding=times("allocation_gbp", 10, financial_year="2023-24"),
    )
    assert some >= {"unit/ratio/spend for plans", "unit/ratio/schools_block for children"}
    others = found(
        ehcp_flow=times("value", 100, calendar_year=2023, measure="requests"),
        high_needs_spend=times("net_gbp", 1000),
        children=times("persons", 100),
    )
    assert others >= {
        "unit/ehcp_flow/requests",
        "unit/ratio/spend for before_deductions",
        "unit/ratio/children for residents",
    }


def test_one_wrong_figure_of_an_authority_and_a_lost_year_are_found(found):
    whole = {"age_band": "total", "place_type": "total", "primary_need": "total"}
    new = found(
        ehcp_caseload=times("plans", 2, area_code=WILTSHIRE, census_year=2025, **whole),
        ehcp_flow=lambda frame: frame[frame["calendar_year"] != 2023],
    )
    for name in ("sum/ehcp_caseload/", "gap/ehcp_flow/"):
        assert any(each.startswith(name) for each in new)


def test_what_nobody_confirmed_names_its_files_its_figures_and_the_way_to_confirm_it(
    project, tables
):
    name = "sum/ehcp_caseload/place_type/E12000007/2024"
    unlikely = tables["unlikely"]
    (problem,) = to_problems(unlikely[unlikely["name"] == name].assign(why=""), project)
    whole = {"age_band": "total", "place_type": "total", "primary_need": "total"}
    caseload = tables["ehcp_caseload"]
    rows = rows_of(caseload, area_code="E12000007", census_year=2024, **whole)
    assert f"{caseload.loc[rows, 'plans'].item():,.0f}" in problem.found
    assert problem.where.startswith("data/raw/dfe_ehcp/2025/caseload.csv.gz")
    assert name in problem.remedy


def test_a_lost_area_and_two_areas_in_each_others_place_are_found(found):
    def swap(frame):
        return frame.assign(
            area_code=frame["area_code"].replace({WILTSHIRE: "316", "316": WILTSHIRE})
        )

    new = found(
        ehcp_caseload=lambda frame: frame[~rows_of(frame, area_code=WILTSHIRE, census_year=2025)],
        high_needs_spend=swap,
    )
    for names in (("gap/ehcp_caseload/",), ("ratio/ratio/", "jump/high_needs_spend/")):
        assert any(each.startswith(names) for each in new)


def swap(column, one, other, **wanted):
    def change(frame):
        rows = rows_of(frame, **wanted)
        moved = frame[column].replace({one: other, other: one})
        return frame.assign(**{column: frame[column].mask(rows, moved)})

    return change


def test_two_small_columns_or_areas_in_each_others_place_are_found(found):
    new = found(
        ehcp_ceased=swap("reason", "maximum_age", "left_england", calendar_year=2025),
        ehcp_new_plans_by_age=swap("place_type", "state_special", "eotas", calendar_year=2025),
        ehcp_caseload=swap("area_code", WILTSHIRE, "850", census_year=2026),
        population=swap("year", 2030, 2036),
        place_deduction=lambda frame: frame[~rows_of(frame, area_code=WILTSHIRE)],
        phase_transfer=times("plans", 10, item="final_2025"),
    )
    assert new >= {
        "exchanged/ehcp_ceased/left_england and maximum_age",
        "exchanged/ehcp_new_plans_by_age/eotas and state_special",
        "exchanged/ehcp_caseload/all",
        "sum/place_deduction/deduction_gbp",
        "unit/ratio/final_before for due",
    }
    assert any(each.startswith("ageing/population/") for each in new)


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


def test_a_confirmation_is_of_so_many_figures_and_no_more(tables):
    names, many = "sum/ehcp_caseload/*/2018", 57
    why = "The two tables differ in this January"
    for allowed, expected in ((many, {why}), (many - 1, {""})):
        entry = Confirmation(names=names, figures=allowed, why=why)
        found = find_unlikely(tables, [entry])
        assert (
            set(found.loc[found["name"].str.fullmatch("sum/ehcp_caseload/.*/2018"), "why"])
            == expected
        )
        assert set(found.loc[found["name"].str.startswith("gap/"), "why"]) == {""}


def test_every_confirmation_is_of_what_stands_in_the_committed_files(project, known):
    confirmed = read_manifest(project).confirmed
    counts = [sum(fnmatchcase(name, entry.names) for name in known) for entry in confirmed]
    assert counts == [entry.figures for entry in confirmed]


def test_the_block_of_wiltshire_stands_beside_its_younger_figure(tables):
    found = quality.confirmations(tables["unlikely"], WILTSHIRE)
    assert found["figures"].sum() == len(tables["unlikely"])
    assert (
        found["own"].str.contains("before_deductions, 2024: 70,917,828, and 70,851,828").sum() == 1
    )


def test_two_publications_of_one_sum_may_not_differ(found):
    more = times("allocation_gbp", 1.0001, area_code=WILTSHIRE, financial_year="2021-22")
    assert {each.split("/")[0] for each in found(high_needs_funding=more)} == {"sum"}
