import re
from dataclasses import replace

import pytest

from error_codes import places
from invented_scenarios import change, extending, mitigation, redirection, write_scenarios
from sendlib.cohort.levers import PREFIX, lever_faults, levers
from sendlib.errors import ScenarioError
from sendlib.scenarios import load_scenario

CHECKERS = {PREFIX: lever_faults}
LEVER = "cohort.redirections"


@pytest.fixture
def load(tmp_path):
    """Load the scenario whose file holds these mitigations."""

    def load(*mitigations, slug="other", **files):
        content = extending(mitigations=list(mitigations))
        project = write_scenarios(tmp_path, other=content, **files)
        return load_scenario(project, slug, checkers=CHECKERS)

    return load


@pytest.fixture
def told(load):
    def told(*mitigations, **files):
        with pytest.raises(ScenarioError) as caught:
            load(*mitigations, **files)
        return list(caught.value.problems)

    return told


def only(problems):
    assert len(problems) == 1, problems
    return problems[0]


def rate_change(**fields):
    return {"lever": "cohort.rate_changes", "record": {"flow": "leave", "pct": 10} | fields}


def test_what_is_counted_on_of_a_planned_effect_reaches_the_model(load):
    scenario = load(mitigation(confidence_pct=70))
    assert scenario.value(LEVER) == (
        redirection(share_pct=pytest.approx(28.0), from_year=2027, phased_over=4),
    )
    (record,) = levers(scenario).redirections
    assert [record.phase(year) for year in (2026, 2027, 2028, 2030)] == [0, 0.25, 0.5, 1]


def test_an_effect_may_start_at_its_own_time(load):
    effect = {"lever": LEVER, "record": redirection(from_year=2029, phased_over=1)}
    (record,) = load(mitigation("Bases", effect)).value(LEVER)
    assert (record["from_year"], record["phased_over"]) == (2029, 1)


def test_an_effect_without_a_size_is_taken_whole(load):
    room = {"place": "resourced_provision", "room": {2028: 120}}
    scenario = load(mitigation("Places", {"lever": "cohort.capacities", "record": room}))
    assert scenario.value("cohort.capacities") == (room,)


def test_effects_follow_the_records_of_the_lever_itself(load, tmp_path):
    own = redirection(flow="move", from_year=2026)
    content = extending(change(LEVER, [own], "% of a stream"), mitigations=[mitigation()])
    project = write_scenarios(tmp_path, other=content)
    first, second = load_scenario(project, "other").value(LEVER)
    assert (first, second["share_pct"]) == (own, 20)


def test_the_same_scenario_without_mitigations_or_without_one(load):
    scenario = load(mitigation("One"), mitigation("Two", rate_change()), mitigation("Three"))
    assert scenario.without_mitigations().value(LEVER) == ()
    left = scenario.without("One")
    assert [done.name for done in left.mitigations] == ["Two", "Three"]
    assert len(left.value(LEVER)) == 1
    assert left.value("cohort.rate_changes") == scenario.value("cohort.rate_changes")
    assert scenario.without("Two").value("cohort.rate_changes") == ()


def test_the_mitigations_of_a_parent_are_inherited(load):
    child = extending(extends="other", mitigations=[mitigation("Two", rate_change())])
    scenario = load(mitigation("One"), slug="child", child=child)
    assert [done.name for done in scenario.mitigations] == ["One", "Two"]


def test_what_was_applied_shows_every_effect_and_why(load):
    scenario = load(mitigation("One"), mitigation("Two"))
    first, second = scenario.applied
    assert (first.lever, first.old, first.why) == (LEVER, (), "One: A pilot")
    assert second.old == first.new
    assert second.new == scenario.value(LEVER)


def test_the_record_of_a_run_holds_the_register_in_plain_text(load):
    record = load(mitigation()).record()
    assert record["mitigations"] == [
        {
            "name": "Bases",
            "owner": "Head of SEND",
            "start": "2027",
            "phased_over": "4",
            "confidence_pct": "50",
            "investment_gbp": "2026-27: 250000",
            "evidence": "A pilot",
            "effects": "cohort.redirections: flow join, from_place independent_special, "
            "to_place resourced_provision, share_pct 40",
        }
    ]
    (made,) = record["changes"]
    assert (made["old"], made["why"]) == ("none", "Bases: A pilot")
    assert "share_pct 20" in made["new"]


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"confidence_pct": 120}, "value_not_allowed", "confidence_pct: .* 120.* 100 or less"),
        ({"confidence_pct": -1}, "value_not_allowed", "confidence_pct: .* -1.* 0 or more"),
        ({"confidence_pct": 0.7}, "share_for_percentage", "0.7 .* 70 for 70%"),
        ({"start": 2048}, "invalid_value", "start: .* 2048.* 2019 to 2047"),
        ({"phased_over": 0}, "value_not_allowed", "phased_over: found 0.* 1 or more"),
        ({"effects": []}, "value_of_wrong_kind", "effects: "),
        ({"investment_gbp": {"2026": 5}}, "invalid_value", "2026: '2026'"),
        ({"investment_gbp": {"2060-61": 5}}, "invalid_value", "2060-61: .* 2060.* 2019"),
        ({"investment_gbp": {"2026-27": -5}}, "value_not_allowed", "2026-27: found -5.* 0 or more"),
        ({"investment_gbp": {"2026-27": "£5m"}}, "value_not_allowed", "2026-27: found '£5m'"),
        ({"confidence_pct": "70%"}, "value_not_allowed", "confidence_pct: found '70%'"),
        ({"start": "March 2028"}, "value_not_allowed", "start: found 'March 2028'.* 2027"),
        ({"start": None}, "empty_value", "start: .* whole number"),
        ({"onwer": "x"}, "unknown_field", "mitigations, entry 1: .*'onwer'.* owner"),
        ({"effects": [{"leve": LEVER}]}, "unknown_field", "'leve'.* lever"),
    ],
)
def test_a_mitigation_that_cannot_be_used_is_reported_with_its_line(told, fields, code, named):
    problems = told(mitigation(**fields))
    assert all(each.where.startswith("scenarios/other.yml, line ") for each in problems)
    assert any(each.code == code and re.search(named, str(each)) for each in problems)


@pytest.mark.parametrize(
    ("lever", "code", "offered"),
    [
        ("cohort.redirection", "unknown_lever", "cohort.redirections?"),
        ("a.count", "lever_without_records", "cohort.redirections"),
    ],
)
def test_an_effect_on_a_lever_that_takes_no_records_is_reported_with_its_line(
    told, lever, code, offered
):
    effect = {"lever": lever, "record": redirection()}
    problem = only(told(mitigation("Bases", effect)))
    assert (problem.code, problem.where) == (code, "scenarios/other.yml, line 15")
    assert lever in problem.found
    assert offered in problem.remedy


def test_a_share_in_place_of_a_percentage_is_reported_with_its_line(told, tmp_path):
    effect = {"lever": LEVER, "record": redirection(share_pct=0.3)}
    problem = only(told(mitigation("Bases", effect)))
    assert problem.where == "scenarios/other.yml, line 20, cohort.redirections, share_pct"
    records = [redirection(from_year=2027), redirection(flow="move", from_year=2027, share_pct=0.3)]
    project = write_scenarios(tmp_path, other=extending(change(LEVER, records, "% of a stream")))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(project, "other")
    second = only(caught.value.problems)
    place = "scenarios/other.yml, line 15, cohort.redirections, record 2, share_pct"
    assert second == replace(problem, where=place)
    assert second.code == "share_for_percentage"
    assert re.findall(r"[\d.]+%?", second.found + second.remedy) == ["0.3", "30", "30%"]


@pytest.mark.parametrize(
    ("effect", "field", "found", "remedy"),
    [
        ({"lever": LEVER, "record": redirection(share_pct="30")}, "share_pct", "'30'", ""),
        (rate_change(pct="30"), "pct", "'30'", ""),  # confidence would leave both alone
        ({"lever": LEVER, "record": 30}, "record", "30", ""),
        (
            {"lever": LEVER, "record": redirection(flow="joiners")},
            "flow",
            "'joiners'",
            "'join' or 'move'",
        ),
    ],
)
def test_a_record_of_an_effect_that_is_none_is_reported_once(told, effect, field, found, remedy):
    problem = only(told(mitigation("Bases", effect)))
    assert problem.code == "value_not_allowed"
    assert problem.where.endswith(field)
    assert found in problem.found
    assert remedy in problem.remedy


def test_a_small_share_of_a_small_plan_is_counted_on(load):
    effect = {"lever": LEVER, "record": redirection(share_pct=1)}
    for confidence, counted in ((0, 0), (1, 0.01), (70, 0.7)):
        scenario = load(mitigation("Bases", effect, confidence_pct=confidence))
        assert levers(scenario).redirections[0].share_pct == pytest.approx(counted)


def test_a_name_used_twice_is_reported_also_when_a_parent_used_it(told):
    places_of_it = [("mitigation_twice", "scenarios/other.yml, line 21")]
    assert places(told(mitigation(), mitigation())) == places_of_it
    child = extending(extends="other", mitigations=[mitigation()])
    problem = only(told(mitigation(), slug="child", child=child))
    assert (problem.code, problem.where) == ("mitigation_twice", "scenarios/child.yml, line 6")
    assert "'Bases'" in problem.found


def test_a_bad_record_of_a_mitigation_is_reported_with_its_line(told):
    effect = {"lever": LEVER, "record": redirection(to_place="resourced_provison")}
    problem = only(told(mitigation("One"), mitigation("Two", effect)))
    place = "scenarios/other.yml, line 34, cohort.redirections, record 2, to_place"
    assert (problem.code, problem.where) == ("invalid_value", place)
    assert "resourced_provision" in problem.remedy


def test_a_plan_is_checked_as_planned_however_unsure_it_is(told):
    half = {"lever": LEVER, "record": redirection(share_pct=120)}
    assert "120" in only(told(mitigation("Bases", half))).found
    most = {"lever": LEVER, "record": redirection(share_pct=60)}
    together = only(told(mitigation("One", most), mitigation("Two", most)))
    assert together.code == "too_much_redirected"
    assert re.search("120% .* 0 in January 2030", together.found)
