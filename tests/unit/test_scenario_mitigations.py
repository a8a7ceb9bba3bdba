import pytest

from error_codes import refuses
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
        return [str(problem) for problem in caught.value.problems]

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
    with refuses(ScenarioError, "mitigation_not_found", match="Three"):
        scenario.without("Thre")


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
    ("fields", "problem"),
    [
        ({"confidence_pct": 120}, "confidence_pct: the share is 120%. Give one from 0 to 100."),
        ({"confidence_pct": -1}, "confidence_pct: the share is -1%. Give one from 0 to 100."),
        ({"confidence_pct": 0.7}, "0.7 is less than one per cent. Give 70 for 70%."),
        ({"start": 2048}, "start: the year is 2048. Give one from 2019 to 2047."),
        ({"phased_over": 0}, "phased_over: found 0. Give 1 or more."),
        ({"effects": []}, "effects: there is none. Add at least one."),
        ({"investment_gbp": {"2026": 5}}, "2026: '2026' is not a financial year"),
        ({"investment_gbp": {"2060-61": 5}}, "2060-61: the year is 2060. Give one from 2019"),
        ({"investment_gbp": {"2026-27": -5}}, "2026-27: found -5. Give 0 or more."),
        ({"investment_gbp": {"2026-27": "£5m"}}, "2026-27: found '£5m'. Give a number alone, with"),
        ({"confidence_pct": "70%"}, "confidence_pct: found '70%'. Give a number alone, without %"),
        ({"start": "March 2028"}, "start: found 'March 2028'. Write one year, such as 2027: of a"),
        ({"start": None}, "start: it is left empty. Give a whole number."),
        ({"onwer": "x"}, "mitigations, entry 1: unknown key 'onwer'. Did you mean owner?"),
        ({"effects": [{"leve": LEVER}]}, "unknown key 'leve'. Did you mean lever?"),
    ],
)
def test_a_mitigation_that_cannot_be_used_is_told_with_its_line(told, fields, problem):
    problems = told(mitigation(**fields))
    assert all(each.startswith("scenarios/other.yml, line ") for each in problems)
    assert any(problem in each for each in problems)


@pytest.mark.parametrize(
    ("lever", "problem"),
    [
        ("cohort.redirection", "unknown lever 'cohort.redirection'. Did you mean cohort.red"),
        ("a.count", "lever a.count takes no records. Valid: cohort.rate_changes, cohort.redir"),
    ],
)
def test_an_effect_on_a_lever_that_takes_no_records_is_told_with_its_line(told, lever, problem):
    effect = {"lever": lever, "record": redirection()}
    assert only(told(mitigation("Bases", effect))).startswith(
        f"scenarios/other.yml, line 15: {problem}"
    )


def test_a_share_given_for_a_percentage_is_told_with_its_line(told, tmp_path):
    effect = {"lever": LEVER, "record": redirection(share_pct=0.3)}
    slip = "share_pct: 0.3 is less than one per cent. Give 30 for 30%."
    assert only(told(mitigation("Bases", effect))) == (
        f"scenarios/other.yml, line 20, cohort.redirections, {slip}"
    )
    records = [redirection(from_year=2027), redirection(flow="move", from_year=2027, share_pct=0.3)]
    project = write_scenarios(tmp_path, other=extending(change(LEVER, records, "% of a stream")))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(project, "other")
    assert only([str(problem) for problem in caught.value.problems]) == (
        f"scenarios/other.yml, line 15, cohort.redirections, record 2, {slip}"
    )


@pytest.mark.parametrize("field", ["share_pct", "pct"])
def test_a_size_in_quotes_which_confidence_would_leave_alone_is_told(told, field):
    effects = {
        "share_pct": {"lever": LEVER, "record": redirection(share_pct="30")},
        "pct": rate_change(pct="30"),
    }
    slip = f"{field}: found '30'. Give a number alone, without %, £ or commas."
    assert only(told(mitigation("Bases", effects[field]))).endswith(slip)


def test_a_small_share_of_a_small_plan_is_counted_on(load):
    effect = {"lever": LEVER, "record": redirection(share_pct=1)}
    for confidence, counted in ((0, 0), (1, 0.01), (70, 0.7)):
        scenario = load(mitigation("Bases", effect, confidence_pct=confidence))
        assert levers(scenario).redirections[0].share_pct == pytest.approx(counted)


def test_a_record_that_is_none_is_told_once(told):
    effect = {"lever": LEVER, "record": 30}
    assert "record: found 30. Write keys and values." in only(told(mitigation("Bases", effect)))


def test_a_flow_that_does_not_exist_is_told_with_those_that_do(told):
    effect = {"lever": LEVER, "record": redirection(flow="joiners")}
    problem = only(told(mitigation("Bases", effect)))
    assert "flow: found 'joiners'. Give 'join' or 'move'." in problem


def test_a_name_used_twice_is_told_also_when_a_parent_used_it(told):
    assert "line 21: two mitigations named 'Bases'" in only(told(mitigation(), mitigation()))
    child = extending(extends="other", mitigations=[mitigation()])
    problem = only(told(mitigation(), slug="child", child=child))
    assert problem == ("scenarios/child.yml, line 6: two mitigations named 'Bases'. Rename one.")


def test_a_bad_record_of_a_mitigation_is_told_with_its_line(told):
    effect = {"lever": LEVER, "record": redirection(to_place="resourced_provison")}
    problem = only(told(mitigation("One"), mitigation("Two", effect)))
    assert problem.startswith("scenarios/other.yml, line 34, cohort.redirections, record 2, to_p")
    assert "Did you mean resourced_provision" in problem


def test_a_plan_is_checked_as_planned_however_unsure_it_is(told):
    half = {"lever": LEVER, "record": redirection(share_pct=120)}
    assert "the share is 120%" in only(told(mitigation("Bases", half)))
    most = {"lever": LEVER, "record": redirection(share_pct=60)}
    together = only(told(mitigation("One", most), mitigation("Two", most)))
    assert "add up to 120% at age 0 in January 2030" in together
