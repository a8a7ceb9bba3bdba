"""Whatever is saved as a scenario reads back as it was, and whatever is read is told or used."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from invented_scenarios import BASELINE, HEAD, change, extending, write_scenarios
from sendlib.errors import ScenarioError
from sendlib.scenarios import Change, load_scenario, remarks, save_changes

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = {
    "a.count": st.integers(),
    "a.rate": st.floats(0, 1),
    "a.way": TEXT,
    "a.path": st.dictionaries(st.integers(2019, 2047), st.floats(-5, 20), max_size=4),
}
UNITS = {"a.count": "plans", "a.rate": "share", "a.way": "text", "a.path": "%"}
CHANGES = st.fixed_dictionaries({}, optional=VALUES)
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(name=TEXT, why=TEXT, values=CHANGES)
@example(name="\x85", why="\r\u2028x\n", values={"a.way": " \u2029"})
def test_saved_changes_read_back_as_they_were(tmp_path, name, why, values):
    project = write_scenarios(tmp_path)
    changes = [
        Change(lever=lever, value=value, unit=UNITS[lever], why=why)
        for lever, value in values.items()
    ]
    save_changes(project, "mine", name=name, question=why, changes=changes, overwrite=True)
    made = load_scenario(project, "mine")
    assert (made.name, made.question) == (name, why)
    assert {step.lever: step.new for step in made.applied} == values


@quick
@given(values=CHANGES)
@example(values={"a.count": 5, "a.path": {2026: 1, 2027: 2.5}})
def test_what_is_set_to_the_value_it_has_is_remarked_and_nothing_is_refused(tmp_path, values):
    had = {lever: BASELINE["assumptions"][lever]["value"] for lever in values}
    same = [lever for lever in values if values[lever] == had[lever]]
    changes = [change(lever, value, UNITS[lever]) for lever, value in values.items()]
    told = remarks(write_scenarios(tmp_path, mine=extending(*changes)), "mine", known=2026)
    assert [each.found for each in told if each.found.startswith("lever ")] == [
        f"lever {lever} has this value in baseline already" for lever in same
    ]
    assert any("changes nothing" in each.found for each in told) == (len(same) == len(values))
    assert all(each.where.startswith("scenarios/mine.yml, line ") for each in told)


@quick
@given(text=st.text("abcnx:-[]{}#&*!|>'\"%@? \n\t0123456789.", max_size=60))
def test_whatever_stands_in_a_file_is_used_or_reported(tmp_path, text):
    problems = ()
    try:
        load_scenario(write_scenarios(tmp_path, other=HEAD + text), "other")
    except ScenarioError as error:
        problems = error.problems
    assert all(problem.where.startswith("scenarios/other.yml, line ") for problem in problems)
