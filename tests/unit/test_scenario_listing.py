"""What a start page says a scenario assumes."""

from dataclasses import replace

from sendlib.scenarios import AppliedChange, key_assumptions, load_scenario


def test_what_moves_results_without_good_evidence_is_listed_in_words(project):
    baseline = load_scenario(project, "baseline")
    listed = key_assumptions(baseline)
    chance = listed[listed["assumption"] == "How likely it is that the grant is approved"]
    assert chance[["value", "evidence"]].to_numpy().tolist() == [["50% chance", "weak"]]
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
