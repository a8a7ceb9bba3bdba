import pytest
import yaml

from sendlib.errors import ScenarioError
from sendlib.project import Project
from sendlib.scenarios import list_scenarios, load_scenario


def assumption(value, unit="plans"):
    return {
        "value": value,
        "unit": unit,
        "as_of": "2026",
        "source": "s",
        "quality": "red",
        "impact": "red",
    }


BASELINE = {
    "name": "Baseline",
    "question": "As is?",
    "assumptions": {
        "a.count": assumption(5),
        "a.rate": assumption(0.5, "share"),
        "a.way": assumption("x", "text"),
    },
}


def change(lever="a.count", value=6, unit="plans", why="because"):
    return {"lever": lever, "value": value, "unit": unit, "why": why}


def extending(*changes, extends="baseline"):
    return {"name": "Other", "question": "What if?", "extends": extends, "changes": list(changes)}


@pytest.fixture
def write(tmp_path):
    (tmp_path / "scenarios").mkdir()

    def write(**files):
        for name, content in ({"baseline": BASELINE} | files).items():
            text = content if isinstance(content, str) else yaml.safe_dump(content)
            (tmp_path / "scenarios" / f"{name}.yml").write_text(text, encoding="utf-8")
        return Project(tmp_path)

    return write


def problems_of(project, slug="other"):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(project, slug)
    return " | ".join(map(str, caught.value.problems))


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
    ("content", "words"),
    [
        (extending(change(lever="a.cuont")), "unknown lever 'a.cuont'. Did you mean a.count?"),
        (extending(change(unit="%")), "lever a.count is given in %. Give it in plans."),
        (extending(change(value="many")), "lever a.count is 'many'. Give a whole number."),
        (extending(change(value=1.5)), "lever a.count is 1.5. Give a whole number."),
        (extending(change("a.way", 3, "text")), "lever a.way is 3. Give text."),
        (extending(change(), change()), "two changes to a.count. Keep one."),
        (extending(extends="other"), "other extends itself. Extend baseline."),
        (extending(extends="basline"), "scenarios/other.yml, extends: 'basline'. Did you mean"),
        (extending() | {"assumptions": BASELINE["assumptions"]}, "assumptions beside extends"),
        ({"name": "x", "question": "y", "changes": [change()]}, "changes without extends"),
        (extending() | {"colour": "red"}, "scenarios/other.yml, colour: Extra inputs"),
        (extending(change(value=True)), "scenarios/other.yml, changes, 0, value"),
        ("name: [", "scenarios/other.yml: while parsing"),
        ("", "scenarios/other.yml: Input should be"),
    ],
)
def test_a_scenario_that_cannot_be_used_says_why_and_where(write, content, words):
    assert words in problems_of(write(other=content))


def test_a_whole_number_may_stand_for_any_number(write):
    made = load_scenario(write(other=extending(change("a.rate", 1, "share"))), "other")
    assert made.value("a.rate") == 1


def test_scenarios_that_extend_each_other_are_refused(write):
    project = write(other=extending(extends="third"), third=extending(extends="other"))
    assert "extends other, which extends it in turn" in problems_of(project)


def test_all_problems_of_a_scenario_are_told(write):
    told = problems_of(write(other=extending(change(lever="b"), change(unit="%", value="x"))))
    assert told.count(" | ") == 2


def test_an_unknown_scenario_or_lever_offers_the_nearest(write):
    assert "Did you mean baseline" in problems_of(write(), "basline")
    with pytest.raises(ScenarioError, match=r"Did you mean a\.count"):
        load_scenario(write(), "baseline").value("a.cont")


def test_a_scenario_of_another_encoding_is_told(write):
    project = write()
    (project.scenarios / "other.yml").write_bytes(b"name: \xe9")
    assert "utf-8" in problems_of(project)


def test_the_baseline_is_listed_first(write):
    assert list_scenarios(write(aaa=extending())) == ["baseline", "aaa"]


def test_every_scenario_of_the_project_can_be_used(project):
    for slug in list_scenarios(project):
        assert load_scenario(project, slug).assumptions


def test_a_record_of_a_scenario_holds_its_changes_as_text(write):
    made = load_scenario(write(other=extending(change())), "other")
    assert made.record() == {
        "name": "Other",
        "question": "What if?",
        "changes": [{"lever": "a.count", "old": "5", "new": "6", "why": "because"}],
    }
