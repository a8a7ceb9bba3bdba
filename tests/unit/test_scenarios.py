import re

import numpy as np
import pytest

from error_codes import places, refuses
from invented_scenarios import (
    BASELINE,
    HEAD,
    assumption,
    change,
    extending,
    redirection,
    write_scenarios,
)
from sendlib.cohort.levers import PREFIX, lever_faults
from sendlib.errors import ScenarioError
from sendlib.scenarios import (
    Change,
    check_scenarios,
    list_scenarios,
    load_scenario,
    save_changes,
    with_value,
)

CHECKERS = {PREFIX: lever_faults}
IN_VALUE = "6, changes, entry 1, value"


@pytest.fixture
def write(tmp_path):
    def write(**files):
        return write_scenarios(tmp_path, **files)

    return write


def told(project, slug="other"):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(project, slug, checkers=CHECKERS)
    return list(caught.value.problems)


def only(problems):
    assert len(problems) == 1, problems
    return problems[0]


def changing(lever, value, unit="plans"):
    """A file whose one change stands on lines 5 to 8: lever, value, unit, why."""
    lines = ["changes:", f"- lever: {lever}", f"  value: {value}", f"  unit: '{unit}'"]
    return HEAD + "\n".join([*lines, "  why: because"])


def test_the_baseline_is_complete_and_changes_nothing(write):
    baseline = load_scenario(write(), "baseline")
    assert (baseline.value("a.count"), baseline.applied) == (5, ())


def test_a_change_is_made_and_remembered(write):
    made = load_scenario(write(other=extending(change())), "other")
    assert made.value("a.count") == 6
    assert made.value("a.way") == "x"
    assert [(step.lever, step.old, step.new, step.why) for step in made.applied] == [
        ("a.count", 5, 6, "because")
    ]


def test_changes_of_a_chain_are_made_in_order(write):
    project = write(other=extending(change()), last=extending(change(value=7), extends="other"))
    made = load_scenario(project, "last")
    assert [(step.old, step.new) for step in made.applied] == [(5, 6), (6, 7)]


@pytest.mark.parametrize(
    ("lever", "value", "unit", "place", "code", "named"),
    [
        ("a.cuont", 6, "plans", "5", "unknown_lever", "'a.cuont'.* a.count"),
        ("a.count", 6, "%", "7", "wrong_unit", "a.count .* %. .*plans"),
        ("a.count", 6, "", "7", "wrong_unit", "a.count .*no unit.*plans"),
        ("a.count", "many", "plans", "6", "value_of_other_kind", "a.count is 'many'"),
        ("a.count", 1.5, "plans", "6", "value_of_other_kind", "a.count is 1.5"),
        ("a.way", 3, "text", "6", "value_of_other_kind", "a.way is 3.* text"),
        ("a.path", 3, "%", "6", "value_of_other_kind", "a.path is 3.* year, -5 to 20 .%."),
        ("a.rate", 1.2, "share", "6", "value_out_of_range", "a.rate is 1.2.* 0 to 1 .share."),
        ("a.rate", "much", "share", "6", "value_of_other_kind", "'much'.* 0 to 1 .share."),
        ("a.path", "{2030: 21}", "%", "6", "value_out_of_range", "21 in 2030.* -5 to 20 .%."),
        ("a.path", "{2048: 2}", "%", "6", "year_out_of_horizon", "2048.* 2019 to 2047"),
        ("a.path", "{2018: 2}", "%", "6", "year_out_of_horizon", "2018.* 2019 to 2047"),
        ("a.count", "true", "plans", IN_VALUE, "invalid_value", "True"),
        ("a.rate", ".nan", "share", IN_VALUE, "invalid_value", "nan"),
        ("a.path", "{soon: 1}", "%", IN_VALUE, "invalid_value", "'soon'"),
        ("a.path", "{2027-28: 1}", "%", IN_VALUE, "invalid_value", "'2027-28'"),
        ("a.path", "{'2027': 1}", "%", IN_VALUE, "invalid_value", "'2027'"),
        ("a.path", "{2027: 5%}", "%", IN_VALUE, "invalid_value", "2027 .*'5%'"),
        ("a.path", "{2027: 5,000}", "%", "6", "key_without_value", "000 .* commas"),
        ("a.path", "{2027:5}", "%", "6", "key_without_value", "2027:5 .* space .* colon"),
        ("growth", 1, "%", "5", "unknown_lever", "'growth'"),
        ("a.count", "2025-13-45", "plans", "6", "unreadable_value", "'2025-13-45'.* quotes"),
    ],
)
def test_a_value_that_cannot_be_used_is_reported_with_its_line_and_what_is_valid(
    write, lever, value, unit, place, code, named
):
    first, *_ = told(write(other=changing(lever, value, unit)))
    assert (first.code, first.where) == (code, f"scenarios/other.yml, line {place}")
    assert re.search(named, str(first))


@pytest.mark.parametrize("value", [0, 1, 0.25])
def test_a_value_on_a_limit_is_inside_it(write, value):
    assert load_scenario(write(other=changing("a.rate", value, "share")), "other")


@pytest.mark.parametrize(
    ("content", "place", "code", "named"),
    [
        (f"{HEAD}colour: red", "4", "unknown_field", "'colour'"),
        (f"{HEAD}chnages: []", "4", "unknown_field", "'chnages'.* changes"),
        (changing("a.count", "6\n  reason: x"), "7, changes, entry 1", "unknown_field", "'reason'"),
        (f"{HEAD}changes: 7", "4", "section_of_wrong_kind", "changes .* list"),
        (f"{HEAD}changes: [seven]", "4, changes, entry 1", "value_not_allowed", "'seven'"),
        (HEAD.replace("Other", "2027"), "1, name", "value_not_allowed", "2027.* quotes"),
        (HEAD.replace("question: What if?\n", ""), "1", "missing_key", "question"),
        (HEAD.replace("baseline", "other"), "3", "extends_in_a_round", "other .* baseline"),
        (
            HEAD.replace("baseline", "basline"),
            "3, extends",
            "parent_not_found",
            "basline.* baseline",
        ),
        (HEAD.replace("baseline", "[baseline, last]"), "3, extends", "invalid_value", "list of 2"),
        (f"{HEAD}extends: last", "4", "key_twice", "extends .* 3 and 4"),
        (HEAD.replace("extends: baseline\n", ""), "1", "extends_missing", "extends: baseline"),
        ("name: [", "1", "not_yaml", ""),
        (f"{HEAD}x: &x [*x]", "4", "yaml_alias", ""),
        (f"{HEAD}? [1]\n: 2", "4", "invalid_key", "quotes"),
        (f"{HEAD}changes:\n\t- a", "5", "not_yaml", ""),
        (f"{HEAD}question: \x01", "4", "not_yaml", ""),
        ("", "1", "no_keys_and_values", "empty.* name:"),
        ("- a", "1", "no_keys_and_values", "keys and values"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported_with_its_line_and_a_remedy(
    write, content, place, code, named
):
    first, *_ = told(write(other=content))
    assert (first.code, first.where) == (code, f"scenarios/other.yml, line {place}")
    assert re.search(named, str(first))


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (f"{HEAD}changes:\n\t- a", "tabs"),
        (f"{HEAD}changes:\n- unit: %", "quotes"),
        (f"{HEAD}x: Plan: two", "colon"),
        (f"{HEAD}changes:\n  - lever: a\n   value: b", "column"),
        (f"{HEAD}changes: [a", "bracket"),
    ],
)
def test_a_slip_in_the_yaml_comes_with_its_remedy(write, content, remedy):
    problem = only(told(write(other=content)))
    assert problem.code == "not_yaml"
    assert remedy in problem.remedy


def test_every_wrong_year_of_one_value_is_reported_at_once(write):
    problem = only(told(write(other=changing("a.path", "{2026/27: 1, March 2028: 2}", "%"))))
    assert problem.code == "invalid_value"
    assert re.search("'2026/27'.*'March 2028'", str(problem))
    assert "financial year" in problem.remedy


def test_a_lever_like_none_of_many_leads_to_where_they_are_explained(write):
    many = {f"b.x{number}": assumption(1) for number in range(20)}
    baseline = BASELINE | {"assumptions": BASELINE["assumptions"] | many}
    project = write(baseline=baseline, other=changing("the growth of prices", 1, "%"))
    assert "docs/reference/levers.md" in only(told(project)).remedy


def test_a_second_change_to_a_lever_is_reported_on_its_own_line(write):
    problem = only(told(write(other=extending(change(), change(value=7)))))
    assert (problem.code, problem.where) == ("two_changes", "scenarios/other.yml, line 9")
    assert re.search("a.count.* entry 1", problem.found)


def test_a_repeated_value_is_never_silently_the_last(write):
    content = changing("a.count", "6\n  value: 7")
    problem = only(told(write(other=content)))
    assert (problem.code, problem.where) == ("key_twice", "scenarios/other.yml, line 7")
    assert re.search("value .* 6 and 7", problem.found)


def test_assumptions_of_a_scenario_that_extends_another_are_reported(write):
    content = extending(assumptions=BASELINE["assumptions"])
    place = "scenarios/other.yml, line 5"
    assert places(told(write(other=content))) == [("assumptions_beside_extends", place)]


def test_a_baseline_with_changes_is_reported(write):
    problem = only(told(write(baseline=BASELINE | {"changes": [change()]}), "baseline"))
    assert problem.code == "baseline_with_changes"
    assert "changes" in problem.found


@pytest.mark.parametrize(
    ("entry", "code", "named"),
    [
        (assumption(3, least=5), "value_out_of_range", r"b.new is 3.* 5 or more \[plans\]"),
        (assumption(3, most=2), "value_out_of_range", r"b.new is 3.* 2 or less \[plans\]"),
        (assumption(3, least=5, most=1), "invalid_value", "least 5.* most 1"),
        (assumption("x", least=5), "invalid_value", "limits.* least and most"),
        (assumption(3) | {"quality": "blue"}, "value_not_allowed", "'blue'.*'red', 'amber'"),
        (assumption({1999: 2.0}), "year_out_of_horizon", "b.new.* 1999.* 2019 to 2047"),
    ],
)
def test_an_assumption_outside_its_own_limits_is_reported(write, entry, code, named):
    content = BASELINE | {"assumptions": {"b.new": entry}}
    problem = only(told(write(baseline=content), "baseline"))
    assert problem.code == code
    assert re.match(r"scenarios/baseline.yml, line \d", problem.where)
    assert re.search(named, str(problem))


def test_a_lever_that_a_file_sets_to_a_whole_number_still_takes_any_number(write):
    made = load_scenario(write(other=extending(change("a.rate", 1, "share"))), "other")
    assert with_value(made, "a.rate", 0.25).value("a.rate") == 0.25
    whole = with_value(made, "a.rate", 0)
    assert with_value(whole, "a.rate", 0.75).value("a.rate") == 0.75


def test_scenarios_that_extend_each_other_are_refused(write):
    project = write(other=extending(extends="third"), third=extending(extends="other"))
    problem = only(told(project))
    assert (problem.code, problem.where) == ("extends_in_a_round", "scenarios/third.yml, line 3")
    assert re.search("third .* other", problem.found)


def test_everything_wrong_with_a_file_is_reported_at_once(write):
    content = """\
name: Other
extends: [baseline]
extends: other
colour: red
changes:
- {lever: a.cuont, value: 1, unit: plans, why: w}
- {lever: a.rate, value: 7, unit: '%', why: w}
- {lever: a.rate, value: much, unit: share, why: w}
- {lever: a.path, value: {2050: 99}, unit: '%', why: w}
- {lever: cohort.redirections, value: [{flow: jion, share_pct: 120}], unit: x, why: w}
- {lever: a.count, value: 1, unit: plans, reason: w}
mitigations:
- {name: M, start: 2060, confidence_pct: 120, effects: []}
"""
    problems = told(write(other=content))
    lines = [int(re.search(r"line (\d+)", problem.where)[1]) for problem in problems]
    assert {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13} <= set(lines)
    whole = " | ".join(f"{problem.code}: {problem}" for problem in problems)
    for pattern in (
        *["key_twice", "extends is a list", "missing_key: [^|]* question", "'colour'", "'reason'"],
        *["unknown_lever: [^|]* 'a.cuont'", "wrong_unit: [^|]* %[.] [^|]*share", "'much'"],
        *["value_out_of_range: [^|]* a.rate is 7. Give 0 to 1", "two_changes: [^|]* a.rate"],
        *["a.path is 99 in 2050", "2050[^|]* 2047", "found 120[^|]* 100 or less", "2060"],
        *["missing_key: [^|]* why", "missing_key: [^|]* owner"],
        "cohort.redirections, record 1, flow",
    ):
        assert re.search(pattern, whole), pattern


RECORDS = f"""{HEAD}changes:
- lever: cohort.%s
  unit: %s
  why: because
  value:
  - %s
  - %s
"""
OK = "{flow: join, from_place: awaiting, to_place: mainstream, share_pct: 1, from_year: 2027}"
FLOW = "flow: join, from_place: mainstream, to_place: awaiting"


@pytest.mark.parametrize(
    ("record", "field", "code", "named"),
    [
        (
            f"{{{FLOW}, share_pct: 120, from_year: 2027}}",
            "share_pct",
            "value_not_allowed",
            "120.* 100 or less",
        ),
        (
            f"{{{FLOW}, share_pct: 20, from_year: 2048}}",
            "from_year",
            "invalid_value",
            "2048.* 2019 to 2047",
        ),
        (
            f"{{{FLOW}, share_pct: 20, from_year: 2027, age: 4}}",
            "age",
            "unknown_field",
            "'age'.* ages",
        ),
        (
            f"{{{FLOW.replace('mainstream', 'mainstraem')}, share_pct: 20, from_year: 2027}}",
            "from_place",
            "invalid_value",
            "'mainstraem'.* mainstream",
        ),
        (
            f"{{{FLOW.replace('awaiting', 'mainstream')}, share_pct: 20, from_year: 2027}}",
            "to_place",
            "to_itself",
            "",
        ),
    ],
)
def test_a_record_that_cannot_be_used_is_reported_with_its_line(write, record, field, code, named):
    content = RECORDS % ("redirections", "'% of a stream'", OK, record)
    place = f"scenarios/other.yml, line 10, cohort.redirections, record 2, {field}"
    problem = only(told(write(other=content)))
    assert (problem.code, problem.where) == (code, place)
    assert re.search(named, str(problem))


@pytest.mark.parametrize(
    ("record", "field", "code", "named"),
    [
        ("{place: neet, room: {2030: 4}}", "place", "two_records", "neet"),
        ("{place: sen_unit, room: {2050: 4}}", "room, 2050", "invalid_value", ""),
    ],
)
def test_a_year_no_scenario_reaches_is_reported_for_every_kind_of_record(
    write, record, field, code, named
):
    content = RECORDS % ("capacities", "places", "{place: neet, room: {2029: 4}}", record)
    place = f"scenarios/other.yml, line 10, cohort.capacities, record 2, {field}"
    problem = only(told(write(other=content)))
    assert (problem.code, problem.where) == (code, place)
    assert re.search(named, problem.found)


def sending(*records):
    return extending(change("cohort.redirections", list(records), "% of a stream"))


def test_redirections_of_more_than_everyone_in_some_january_are_reported(write):
    project = write(
        other=sending(
            redirection(share_pct=60, ages="5-10", needs=["asd", "semh"], from_year=2027),
            redirection(share_pct=60, ages="10-16", needs=["semh"], from_year=2028, phased_over=3),
        )
    )
    problem = only(told(project))
    assert problem.code == "too_much_redirected"
    place = r"scenarios/other.yml, line \d+, cohort.redirections, record 2, share_pct"
    assert re.fullmatch(place, problem.where)
    assert re.search("join independent_special .* 120% .* 10 in January 2030", problem.found)


@pytest.mark.parametrize(
    "apart",
    [
        {"ages": "11-16"},
        {"needs": ["sld"]},
        {"flow": "move"},
        {"from_place": "non_maintained_special"},
        {"share_pct": 40},
        {"from_year": 2040, "phased_over": 20},
    ],
)
def test_redirections_that_do_not_add_up_to_more_than_everyone_may_stand_together(write, apart):
    one = redirection(share_pct=60, ages="5-10", needs=["asd"], from_year=2027)
    made = load_scenario(write(other=sending(one, one | apart)), "other", checkers=CHECKERS)
    assert len(made.value("cohort.redirections")) == 2


def test_all_files_are_checked_in_one_message_each_problem_once(write):
    bad = BASELINE | {"assumptions": BASELINE["assumptions"] | {"b": assumption(1, least=2)}}
    project = write(baseline=bad, other=extending(change("a.cuont")), third=extending())
    with pytest.raises(ScenarioError) as caught:
        check_scenarios(project, list_scenarios(project), checkers=CHECKERS)
    first, second = caught.value.problems
    assert first.where.startswith("scenarios/baseline.yml, line ")
    assert (second.code, second.where) == ("unknown_lever", "scenarios/other.yml, line 5")
    assert "'a.cuont'" in second.found


def test_an_unknown_scenario_or_lever_offers_the_nearest(write):
    assert "baseline" in only(told(write(), "basline")).remedy
    with refuses(ScenarioError, "lever_not_found", match=r"a\.count"):
        load_scenario(write(), "baseline").value("a.cont")


def test_a_scenario_of_another_encoding_is_reported(write):
    project = write()
    (project.scenarios / "other.yml").write_bytes(b"name: \xe9")
    problem = only(told(project))
    assert problem.code == "not_plain_text"
    assert "utf-8" in problem.found
    assert "Excel or Word" in problem.remedy


@pytest.mark.parametrize(
    ("file", "slug", "code"),
    [
        ("other.yaml", "other", "scenario_file_misnamed"),
        ("other.yml.txt", "other", "scenario_file_misnamed"),
        ("other.yml", "scenarios/other.yml", "scenario_name_not_alone"),
        ("other.yml", "other.yml", "scenario_name_not_alone"),
    ],
)
def test_a_file_that_is_there_under_another_name_is_reported(write, file, slug, code):
    project = write()
    (project.scenarios / file).write_text(HEAD, encoding="utf-8")
    problem = only(told(project, slug))
    assert problem.code == code
    assert f"scenarios/{file}" in problem.found or problem.remedy.endswith(": other")


def test_a_file_whose_name_no_run_can_bear_is_reported(write):
    problem = only(told(write(**{"My plan": HEAD}), "My plan"))
    assert problem.code == "invalid_scenario_file_name"


def test_the_baseline_is_listed_first(write):
    assert list_scenarios(write(aaa=extending())) == ["baseline", "aaa"]


def test_every_scenario_of_the_project_can_be_used(project):
    for slug in list_scenarios(project):
        assert load_scenario(project, slug, checkers=CHECKERS).assumptions


def test_a_record_of_a_scenario_holds_its_changes_as_text(write):
    made = load_scenario(write(other=extending(change())), "other")
    assert made.record() == {
        "name": "Other",
        "question": "What if?",
        "changes": [{"lever": "a.count", "old": "5", "new": "6", "why": "because"}],
        "mitigations": [],
    }


def a_change(value=6, lever="a.count", unit="plans"):
    return Change(lever=lever, value=value, unit=unit, why="chosen")


def save(project, slug="mine", *changes, **more):
    made = changes or (a_change(),)
    return save_changes(project, slug, name="Mine: 1", question="Well?", changes=made, **more)


def test_saved_changes_are_a_scenario_of_their_own(write):
    project = write(other=extending(change(value=9)))
    path = save(
        project,
        "mine",
        a_change(np.int64(6)),
        a_change(np.float64(0.25), "a.rate", "share"),
        extends="other",
    )
    made = load_scenario(project, "mine")
    assert path.name == "mine.yml"
    assert (made.name, made.value("a.count"), made.value("a.rate")) == ("Mine: 1", 6, 0.25)
    assert [step.old for step in made.applied] == [5, 9, 0.5]


def test_a_scenario_that_is_there_is_replaced_only_when_asked(write):
    project = write()
    save(project)
    with refuses(ScenarioError, "scenario_exists"):
        save(project, "mine", a_change(8))
    assert load_scenario(project, "mine").value("a.count") == 6
    save(project, "mine", a_change(8), overwrite=True)
    assert load_scenario(project, "mine").value("a.count") == 8


@pytest.mark.parametrize("slug", ["", "../mine", "Mine", "my plan", "mine.yml", "_a", "a" * 61])
def test_a_name_that_could_lead_elsewhere_is_refused(write, slug):
    with refuses(ScenarioError, "invalid_slug"):
        save(write(), slug)


def test_the_baseline_is_never_written_over(write):
    with refuses(ScenarioError, "baseline_by_hand_only"):
        save(write(), "baseline", overwrite=True)


def test_changes_that_could_not_be_read_again_are_not_saved(write):
    project = write(other=extending(extends="mine"))
    for wrong, words in (
        ({"extends": "other"}, "other extends mine, which extends it in turn"),
        ({"extends": "nothing"}, "'nothing'"),
    ):
        with pytest.raises(ScenarioError, match=words):
            save(project, "mine", **wrong)
    with refuses(
        ScenarioError,
        "value_out_of_range",
        match=r"0 to 1 \[share\]",
        where="scenarios/mine.yml, line 6",
    ):
        save(project, "mine", a_change(2, "a.rate", "share"))
    assert sorted(path.name for path in project.scenarios.iterdir()) == [
        "baseline.yml",
        "other.yml",
    ]


@pytest.mark.parametrize(
    ("lever", "value", "told"),
    [
        ("finance.price_pionts", 1, "price_points"),
        ("finance.price_points", 99, "-10 to 15"),
        ("finance.price_points", "much", "Give a number"),
        ("finance.price_points", float("nan"), "finite"),
        ("forecast.seed", 1.5, "a whole number"),
        ("finance.transfer_pct", {2060: 1.0}, "2060"),
        ("finance.transfer_pct", {2026: 7.0}, "0 to 5"),
    ],
)
def test_a_value_that_a_lever_does_not_take_is_refused(base, lever, value, told):
    with pytest.raises(ScenarioError, match=told):
        with_value(base, lever, value)


def test_a_lever_set_to_what_it_is_changes_nothing(base):
    assert with_value(base, "finance.price_points", 0.0) is base
    assert with_value(base, "finance.price_points", 1.0, why="w").changed[-1].new == 1.0


@pytest.mark.parametrize(("lever", "value"), [("cohort.draws", 5000), ("forecast.draws", 500)])
def test_more_draws_of_places_than_of_totals_are_refused_where_they_are_set(write, lever, value):
    draws = {"cohort.draws": assumption(1000), "forecast.draws": assumption(2000)}
    baseline = BASELINE | {"assumptions": BASELINE["assumptions"] | draws}
    problem = only(told(write(baseline=baseline, other=changing(lever, value))))
    assert problem.code == "more_draws_than_totals"
    assert "line 6" in problem.where
