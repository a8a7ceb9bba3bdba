import re

import pytest

from error_codes import refuses
from invented_scenarios import (
    BASELINE,
    assumption,
    change,
    extending,
    mitigation,
    redirection,
    write_scenarios,
)
from sendlib.errors import ScenarioError
from sendlib.scenarios import list_scenarios, remarks

KNOWN = 2025
MONEY = {
    "f.transfer_pct": assumption({2024: 0.0}, "% of the schools block", least=0, most=5),
    "f.share_pct": assumption(90.0, "% of the deficit", least=0, most=100),
    "f.small_pct": assumption(0.4, "% a year", least=0, most=100),
    "f.points": assumption(0.0, "percentage points", least=-100, most=100),
    "f.council_gbp": assumption({}, "£"),
    "f.price_changes": assumption([], "% of a unit cost"),
}
UNITS = {lever: entry["unit"] for lever, entry in MONEY.items()}


@pytest.fixture
def told(tmp_path):
    """The remarks on the scenario whose file holds this content."""

    def told(content, known=KNOWN, **files):
        baseline = BASELINE | {"assumptions": BASELINE["assumptions"] | MONEY}
        project = write_scenarios(tmp_path, baseline=baseline, other=content, **files)
        return list(remarks(project, "other", known=known))

    return told


def money(lever, value):
    return extending(change(lever, value, UNITS[lever]))


def only(found):
    assert len(found) == 1, found
    return found[0]


def test_the_scenarios_that_come_with_the_project_give_no_remark(project):
    assert not any(remarks(project, slug, known=KNOWN) for slug in list_scenarios(project))


@pytest.mark.parametrize(
    ("lever", "value", "line", "percentages"),
    [
        ("f.transfer_pct", {2024: 0.0, 2027: 0.005}, 8, ["0.005", "0.5", "0.5%"]),
        ("f.share_pct", 0.9, 6, ["0.9", "90", "90%"]),
    ],
)
def test_a_lever_set_to_a_share_where_a_percentage_is_meant_is_reported(
    told, lever, value, line, percentages
):
    remark = only(told(money(lever, value)))
    assert remark.code == "share_for_percentage"
    assert remark.where == f"scenarios/other.yml, line {line}, {lever}"
    assert re.findall(r"[\d.]+%?", remark.found + " " + remark.remedy) == percentages


@pytest.mark.parametrize(
    ("lever", "value"),
    [
        ("f.transfer_pct", {2024: 0.0, 2027: 0.5, 2028: 0}),  # 50% could not be moved
        ("f.share_pct", 1),
        ("f.share_pct", 0),
        ("f.small_pct", 0.3),
        ("f.points", 0.3),
    ],
)
def test_a_lever_that_may_well_stand_below_one_per_cent_is_left_alone(told, lever, value):
    assert told(money(lever, value)) == []


def test_a_record_of_less_than_one_per_cent_is_reported(told):
    record = {"pct": -0.2, "from_year": 2027}
    remark = only(told(money("f.price_changes", [record])))
    assert remark.code == "share_for_percentage"
    assert remark.where == "scenarios/other.yml, line 7, f.price_changes, record 1, pct"
    assert re.findall(r"-[\d.]+%?", remark.found + remark.remedy) == ["-0.2", "-20", "-20%"]


def test_a_past_year_is_reported_of_a_value_a_record_and_a_mitigation(told):
    amount = only(told(money("f.council_gbp", {2020: 4_000_000, 2026: 1})))
    assert amount.where == "scenarios/other.yml, line 7, f.council_gbp"
    record = only(told(money("f.price_changes", [{"pct": 5, "from_year": 2020}])))
    assert record.where.endswith(", f.price_changes, from_year")
    start = only(told(extending(mitigations=[mitigation(start=2020)])))
    assert start.where == "scenarios/other.yml, line 8, mitigations, entry 1, start"
    for problem in (amount, record, start):
        assert problem.code == "year_before_last_count"
        assert re.findall(r"\d{4}", problem.found) == ["2020", "2025"]
    assert len({problem.remedy for problem in (amount, record, start)}) == 2


def test_a_past_year_in_an_effect_and_in_quotes_is_reported(told):
    effect = {"lever": "cohort.redirections", "record": redirection(from_year="2020")}
    problem = only(told(extending(mitigations=[mitigation("Bases", effect)])))
    assert problem.code == "year_before_last_count"
    assert problem.where.endswith("from_year")
    assert "2020" in problem.found


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ({2024: 0.0, 2026: 1.0}, KNOWN),  # as what it extends has it
        ({2025: 1.0}, KNOWN),
        ({2020: 1.0}, None),
    ],
)
def test_a_year_that_is_known_before_or_not_past_is_left_alone(told, value, known):
    assert told(money("f.transfer_pct", value), known) == []


def test_a_value_that_the_lever_has_already_is_reported(told):
    content = extending(change(value=7), change("f.points", 1, UNITS["f.points"]), extends="parent")
    same = only(told(content, parent=extending(change(value=7))))
    assert (same.code, same.where) == ("value_as_before", "scenarios/other.yml, line 6")
    assert re.search("a.count.*parent", same.found)
    assert told(content, parent=extending(change(value=8))) == []


@pytest.mark.parametrize("content", [extending(), extending(change(value=5))])
def test_a_scenario_that_changes_nothing_is_reported(told, content):
    nothing = told(content)[-1]
    assert (nothing.code, nothing.where) == ("changes_nothing", "scenarios/other.yml, line 1")
    assert "baseline" in nothing.found


def test_a_scenario_of_mitigations_alone_changes_something(told):
    assert told(extending(mitigations=[mitigation()])) == []


def test_a_scenario_whose_parent_cannot_be_used_is_refused(told):
    with refuses(ScenarioError, "unknown_lever", where="scenarios/parent.yml, line 5"):
        told(extending(extends="parent"), parent=extending(change("a.cuont")))
