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
        return [str(remark) for remark in remarks(project, "other", known=known)]

    return told


def money(lever, value):
    return extending(change(lever, value, UNITS[lever]))


def only(found):
    assert len(found) == 1, found
    return found[0]


def test_the_scenarios_that_come_with_the_project_give_no_remark(project):
    assert [remarks(project, slug, known=KNOWN) for slug in list_scenarios(project)] == [[]] * 6


@pytest.mark.parametrize(
    ("lever", "value", "remark"),
    [
        (
            "f.transfer_pct",
            {2024: 0.0, 2027: 0.005},
            "scenarios/other.yml, line 8, f.transfer_pct: 0.005 is less than one per cent. Give "
            "0.5 for 0.5%.",
        ),
        (
            "f.share_pct",
            0.9,
            "scenarios/other.yml, line 6, f.share_pct: 0.9 is less than one per cent. Give 90 for "
            "90%.",
        ),
    ],
)
def test_a_lever_set_to_a_share_where_a_percentage_is_meant_is_told(told, lever, value, remark):
    assert only(told(money(lever, value))) == remark


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


def test_a_record_of_less_than_one_per_cent_is_told(told):
    record = {"pct": -0.2, "from_year": 2027}
    assert only(told(money("f.price_changes", [record]))) == (
        "scenarios/other.yml, line 7, f.price_changes, record 1, pct: -0.2 is less than one per "
        "cent. Give -20 for -20%."
    )


def test_a_past_year_is_told_of_a_value_a_record_and_a_mitigation(told):
    amount = only(told(money("f.council_gbp", {2020: 4_000_000, 2026: 1})))
    assert amount.startswith("scenarios/other.yml, line 7, f.council_gbp: 2020 lies before the la")
    assert "an amount is of its year alone" in amount
    record = only(told(money("f.price_changes", [{"pct": 5, "from_year": 2020}])))
    assert ", f.price_changes, from_year: 2020 lies before the last count" in record
    start = only(told(extending(mitigations=[mitigation(start=2020)])))
    assert start == (
        "scenarios/other.yml, line 8, mitigations, entry 1, start: 2020 lies before the last "
        "count, of January 2025. It acts from the first year ahead; give a later year if that is "
        "not meant."
    )


def test_a_past_year_in_an_effect_and_in_quotes_is_told(told):
    effect = {"lever": "cohort.redirections", "record": redirection(from_year="2020")}
    assert "from_year: 2020 lies before" in only(
        told(extending(mitigations=[mitigation("Bases", effect)]))
    )


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


def test_a_value_that_the_lever_has_already_is_told(told):
    same = "lever a.count has this value in parent already. Leave it out, or give another."
    content = extending(change(value=7), change("f.points", 1, UNITS["f.points"]), extends="parent")
    assert only(told(content, parent=extending(change(value=7)))) == (
        f"scenarios/other.yml, line 6: {same}"
    )
    assert told(content, parent=extending(change(value=8))) == []


@pytest.mark.parametrize("content", [extending(), extending(change(value=5))])
def test_a_scenario_that_changes_nothing_is_told(told, content):
    assert told(content)[-1] == (
        "scenarios/other.yml, line 1: the scenario changes nothing of baseline. Add changes or "
        "mitigations."
    )


def test_a_scenario_of_mitigations_alone_changes_something(told):
    assert told(extending(mitigations=[mitigation()])) == []


def test_a_scenario_whose_parent_cannot_be_used_is_refused(told):
    with refuses(ScenarioError, "unknown_lever", where="scenarios/parent.yml, line 5"):
        told(extending(extends="parent"), parent=extending(change("a.cuont")))
