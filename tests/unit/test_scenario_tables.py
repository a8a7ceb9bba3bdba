"""What a page and a command say of scenarios: what they assume, and how two differ."""

from dataclasses import replace

from invented_scenarios import change, extending, mitigation, write_scenarios
from sendlib.scenarios import (
    key_assumptions,
    lever_differences,
    load_scenario,
    mitigation_differences,
)
from sendlib.scenarios.scenario import AppliedChange


def test_levers_that_differ_are_named(tmp_path):
    project = write_scenarios(
        tmp_path,
        other=extending(change(), change("a.way", "y", "text", "other way")),
        third=extending(change(why="likewise"), change("a.way", "z", "text", "third way")),
    )
    first, second = (load_scenario(project, slug) for slug in ("other", "third"))
    assert lever_differences(first, second) == ["a.way"]


def test_a_mitigation_set_differently_or_in_one_scenario_only_is_named(tmp_path):
    project = write_scenarios(
        tmp_path,
        sure=extending(mitigations=[mitigation(), mitigation("Two"), mitigation("Three")]),
        unsure=extending(mitigations=[mitigation(confidence_pct=10), mitigation("Two")]),
    )
    first, second = (load_scenario(project, slug) for slug in ("sure", "unsure"))
    assert mitigation_differences(first, second) == (["Three"], [], ["Bases"])
    assert mitigation_differences(second, first) == ([], ["Three"], ["Bases"])


def test_what_moves_results_without_good_evidence_is_listed_in_words(project):
    baseline = load_scenario(project, "baseline")
    listed = key_assumptions(baseline)
    chance = listed[listed["assumption"] == "How likely it is that the grant is approved"]
    assert chance[["value", "evidence"]].to_numpy().tolist() == [["0% chance", "weak"]]
    assert set(listed["evidence"]) <= {"fair", "weak"}
    text = " ".join(listed.astype(str).to_numpy().ravel())
    assert not set("{}[]_") & set(text)


def test_what_a_scenario_changes_is_listed_whatever_its_evidence(project):
    baseline = load_scenario(project, "baseline")
    fewer = AppliedChange("forecast.requests_pct", 0.0, -10.0, "invented")
    before, after = (
        key_assumptions(one) for one in (baseline, replace(baseline, changed=(fewer,)))
    )
    assert len(after) == len(before) + 1
    assert after["assumption"].iloc[0].startswith("More (above nothing) or fewer requests")
