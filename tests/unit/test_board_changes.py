from pathlib import Path

import pytest

from invented_notebooks import make_setting, write_notebook
from sendlib.board.changes import name_of, since
from sendlib.packs.front import Change, Kind
from sendlib.packs.runs import Run, describe_run
from sendlib.packs.setting import Commit, DataFile, list_versions

PLANS = DataFile("data/raw/x/plans.csv", "ab" * 32, "Plans 2025: plans.csv", "2025")
SPEND = DataFile("data/raw/x/spend.csv", "cd" * 32, "Spend")
SCENARIO = {"name": "Baseline", "changes": [{"lever": "places.new", "new": 60}]}


def figure(key, value, number):
    shown = {"label": key.replace("_", " "), "value": value, "detail": "", "key": key}
    return shown | {"numbers": [number]}


def recorded(folder, *, figures=(), inputs=(PLANS,), horizon=5, **setting):
    """The record that a run would leave."""
    notebook = write_notebook(folder)
    shared = make_setting(notebook, **{"inputs": tuple(inputs), "scenario": SCENARIO} | setting)
    values = {notebook.path.name: {"la_code": "999", "horizon": horizon}}
    record = describe_run("a", shared, parameters=values, sequence=1)
    return record | {"figures": {entry["key"]: entry for entry in figures}}


@pytest.fixture
def compare(tmp_path):
    def run(before, now, **changes):
        return since(recorded(tmp_path, **before) | changes, recorded(tmp_path, **now))

    return run


def test_nothing_has_changed_since_a_pack_of_the_same_or_since_none(compare, tmp_path):
    same = {"figures": [figure("plans_in_force", "14", 14)]}
    assert compare(same, same) == ()
    assert since(None, recorded(tmp_path)) == ()


def test_files_that_came_went_and_differ_are_told_by_publication(compare):
    revised = DataFile(PLANS.path, "ef" * 32, PLANS.title, "2026")
    assert compare({"inputs": [PLANS, SPEND]}, {"inputs": [revised]}) == (
        Change(
            Kind.DATA,
            "Plans 2025: plans.csv",
            "published 2025, file abababababab",
            "published 2026, file efefefefefef",
        ),
        Change(Kind.DATA, "Spend (spend.csv)", "file cdcdcdcdcdcd", ""),
    )


def test_parameters_levers_and_the_scenario_are_assumptions(compare):
    other = {"name": "More", "changes": [{"lever": "places.new", "new": 120}]}
    assert compare({"horizon": 3}, {}, scenario=other) == (
        Change(Kind.ASSUMPTIONS, "Scenario", "More", "Baseline"),
        Change(Kind.ASSUMPTIONS, "Lever places.new", "120", "60"),
        Change(Kind.ASSUMPTIONS, "Parameter horizon", "3", "5"),
    )


def test_a_parameter_on_which_notebooks_differ_is_told_for_each(compare):
    before = {"21_invented.ipynb": {"la_code": "999", "horizon": 5}, "40.ipynb": {"horizon": 9}}
    assert [change.what for change in compare({}, {}, parameters=before)] == [
        "Parameter horizon of 21_invented.ipynb",
        "Parameter horizon of 40.ipynb",
        "Parameter horizon",
    ]


def test_libraries_and_the_commit_are_versions(compare):
    versions = list_versions() | {"pandas": "0.1"}
    found = compare({"commit": Commit("a" * 40, dirty=True)}, {}, versions=versions)
    assert [(change.kind, change.what, change.was) for change in found] == [
        (Kind.VERSIONS, "pandas", "0.1"),
        (Kind.VERSIONS, "commit", "aaaaaaaaaaaa, with changes that are not committed"),
    ]


def test_a_headline_figure_says_what_it_was_and_what_may_explain_it(compare):
    before = {"figures": [figure("plans_in_force", "12", 12)], "inputs": [SPEND], "horizon": 4}
    first, *_ = compare(before, {"figures": [figure("plans_in_force", "14", 14)]})
    assert (first.kind, first.what, first.was, first.now) == (
        Kind.FIGURES,
        "plans in force",
        "12",
        "14",
    )
    assert first.why == "2 data files and 1 assumption changed, listed below."


def test_a_headline_figure_that_nothing_explains_is_pointed_at(compare):
    before, now = ([figure("plans_in_force", value, 1)] for value in ("12", "14"))
    (change,) = compare({"figures": before}, {"figures": now})
    assert change.why.startswith("No change of data, assumptions or code explains it")


def test_a_figure_that_is_new_or_gone_needs_no_reason_and_lesser_ones_are_left_out(compare):
    before = {"figures": [figure("plans_in_force", "12", 12), figure("plans_growth_pct", "1", 1)]}
    found = compare(before, {"figures": [figure("deficit_now", "£1.0m", 1)]})
    assert [(change.what, change.was, change.now, change.why) for change in found] == [
        ("plans in force", "12", "", ""),
        ("deficit now", "", "£1.0m", ""),
    ]


def test_a_record_of_an_earlier_version_can_be_compared_with(tmp_path):
    now = recorded(tmp_path, figures=[figure("plans_in_force", "14", 14)])
    assert {change.kind for change in since({"run_id": "a"}, now)} == set(Kind) - {Kind.FIGURES}


def test_the_pack_before_is_named_by_when_it_was_made():
    made = Run("a", Path("a"), {"finished": "2026-10-05T06:30:00Z"}, "published")
    assert name_of(made) == "the pack of 5 October 2026 at 06:30 UTC"
    assert name_of(Run("a", Path("a"), {}, "published")) == "the pack a"
    assert name_of(None) == ""
