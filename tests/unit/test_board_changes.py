from pathlib import Path

import pytest

from invented_boards import write_run
from invented_notebooks import make_setting, write_notebook
from sendlib.board.changes import Change, Difference, compare_runs, find_causes, name_of
from sendlib.errors import ParameterError
from sendlib.packs.notebooks import Notebook
from sendlib.packs.render import Page
from sendlib.packs.runs import Run, describe_run, find_run
from sendlib.packs.setting import list_versions

PLANS = {
    "path": "data/raw/x/plans.csv",
    "sha256": "ab" * 32,
    "title": "Plans 2025: plans.csv",
    "published": "2025",
}
SPEND = {"path": "data/raw/x/spend.csv", "sha256": "cd" * 32, "title": "Spend"}
SCENARIO = {"name": "Baseline", "changes": [{"lever": "places.new", "new": 60}]}


def recorded(folder, *, inputs=(PLANS,), horizon=5, **setting):
    """The record that a run would leave."""
    notebook = write_notebook(folder)
    shared = make_setting(notebook, **{"inputs": tuple(inputs), "scenario": SCENARIO} | setting)
    values = {notebook.path.name: {"la_code": "999", "horizon": horizon}}
    return describe_run("a", shared, parameters=values, sequence=1)


@pytest.fixture
def changes_between(tmp_path):
    def run(before, now, **changes):
        return find_causes(recorded(tmp_path, **before) | changes, recorded(tmp_path, **now))

    return run


def test_nothing_differs_between_two_runs_on_the_same(changes_between):
    assert changes_between({}, {}) == []


def test_files_that_came_went_and_differ_are_reported_by_publication(changes_between):
    revised = PLANS | {"sha256": "ef" * 32, "published": "2026"}
    assert changes_between({"inputs": [PLANS, SPEND]}, {"inputs": [revised]}) == [
        Change(
            Difference.DATA,
            "Plans 2025: plans.csv",
            "published 2025, file abababababab",
            "published 2026, file efefefefefef",
        ),
        Change(Difference.DATA, "Spend (spend.csv)", "file cdcdcdcdcdcd", ""),
    ]


def test_parameters_levers_and_the_scenario_are_assumptions(changes_between):
    other = {"name": "More", "changes": [{"lever": "places.new", "new": 120}]}
    assert changes_between({"horizon": 3}, {}, scenario=other) == [
        Change(Difference.ASSUMPTIONS, "Scenario", "More", "Baseline"),
        Change(Difference.ASSUMPTIONS, "Lever places.new", "120", "60"),
        Change(Difference.ASSUMPTIONS, "Parameter horizon", "3", "5"),
    ]


def test_a_parameter_on_which_notebooks_differ_is_reported_for_each(changes_between):
    before = {"21_invented.ipynb": {"la_code": "999", "horizon": 5}, "40.ipynb": {"horizon": 9}}
    assert [change.what for change in changes_between({}, {}, parameters=before)] == [
        "Parameter horizon of 21_invented.ipynb",
        "Parameter horizon of 40.ipynb",
        "Parameter horizon",
    ]


def test_libraries_and_the_commit_are_versions(changes_between):
    versions = list_versions() | {"pandas": "0.1"}
    found = changes_between({"commit": {"sha": "a" * 40, "dirty": True}}, {}, versions=versions)
    assert [(change.kind, change.what, change.was) for change in found] == [
        (Difference.VERSIONS, "pandas", "0.1"),
        (Difference.VERSIONS, "commit", "aaaaaaaaaaaa, with changes that are not committed"),
    ]


def test_a_record_of_an_earlier_version_can_be_compared_with(tmp_path):
    found = find_causes({"run_id": "a"}, recorded(tmp_path))
    assert {change.kind for change in found} == set(Difference) - {Difference.FIGURES}


def test_the_pack_before_is_named_by_when_it_was_made():
    made = Run("a", Path("a"), {"finished": "2026-10-05T06:30:00Z"}, "published")
    assert name_of(made) == "the pack of 5 October 2026 at 06:30 UTC"
    assert name_of(Run("a", Path("a"), {}, "published")) == "the pack a"
    assert name_of(None) == ""


FIGURES = {
    "plans_in_force": {"label": "Plans in force", "value": "6,383"},
    "plans_next_january": {"label": "Plans in January 2026", "value": "6,100 to 7,000"},
}
RECORD = {
    "figures": FIGURES,
    "parameters": {"21_plans.ipynb": {"horizon": 5, "scenario": "baseline"}},
    "scenario": {"name": "Baseline", "changes": [], "mitigations": []},
    "data": [
        {"path": "a.csv", "sha256": "0" * 64, "title": "Plans"},
        {"path": "b.csv", "sha256": "1" * 64, "title": "Spend"},
    ],
    "versions": {"pandas": "3.1"},
    "commit": {"sha": "a" * 40, "dirty": False},
    "pages": {"index.html": "2" * 64, "21-plans.html": "3" * 64},
}
OTHER = {
    "figures": {
        **FIGURES,
        "plans_next_january": FIGURES["plans_next_january"] | {"value": "7,100"},
    },
    "parameters": {"21_plans.ipynb": {"horizon": 3, "scenario": "baseline"}},
    "scenario": {
        "name": "Slower",
        "changes": [{"lever": "demand.growth", "old": "1", "new": "0.5", "why": "because"}],
        "mitigations": [{"name": "Bases", "owner": "Head of SEND"}],
    },
    "data": [
        {"path": "a.csv", "sha256": "9" * 64, "title": "Plans", "published": "2026"},
        {"path": "c.csv", "sha256": "1" * 64, "title": "Needs"},
    ],
    "versions": {"pandas": "3.2"},
    "commit": {"sha": "a" * 40, "dirty": True},
    "pages": {"index.html": "2" * 64, "21-plans.html": "4" * 64},
}


@pytest.fixture
def pair(tmp_path):
    """Two runs whose records say this."""

    def pair(first, second):
        ids = [write_run(tmp_path, 4, **first), write_run(tmp_path, 5, **second)]
        return [find_run(tmp_path, run_id) for run_id in ids]

    return pair


def test_figures_stand_side_by_side_also_where_they_are_the_same(pair):
    assert compare_runs(*pair(RECORD, OTHER)).figures == (
        Change(Difference.FIGURES, "Plans in force (plans_in_force)", "6,383", "6,383"),
        Change(
            Difference.FIGURES,
            "Plans in January 2026 (plans_next_january)",
            "6,100 to 7,000",
            "7,100",
        ),
    )


def test_everything_that_differs_is_reported_and_nothing_else(pair):
    made = compare_runs(*pair(RECORD, OTHER))
    assert made.causes == (
        Change(
            Difference.DATA, "Plans (a.csv)", f"file {'0' * 12}", f"published 2026, file {'9' * 12}"
        ),
        Change(Difference.DATA, "Spend (b.csv)", f"file {'1' * 12}", ""),
        Change(Difference.DATA, "Needs (c.csv)", "", f"file {'1' * 12}"),
        Change(Difference.ASSUMPTIONS, "Scenario", "Baseline", "Slower"),
        Change(Difference.ASSUMPTIONS, "Parameter horizon", "5", "3"),
        Change(Difference.ASSUMPTIONS, "Lever demand.growth", "", "0.5"),
        Change(Difference.ASSUMPTIONS, "Mitigation Bases", "", "Bases; Head of SEND"),
        Change(Difference.VERSIONS, "pandas", "3.1", "3.2"),
        Change(
            Difference.VERSIONS,
            "commit",
            "a" * 12,
            f"{'a' * 12}, with changes that are not committed",
        ),
    )
    assert made.pages == ("21-plans.html",)


def test_a_comparison_is_put_in_words(pair):
    told = str(compare_runs(*pair(RECORD, OTHER)))
    assert "  Plans in force (plans_in_force): 6,383, in both\n" in told
    assert "  Spend (b.csv): file 111111111111 -> not there\n" in told
    assert "  Lever demand.growth: not there -> 0.5\n" in told


def test_runs_that_are_the_same_are_said_to_be(pair):
    told = str(compare_runs(*pair(RECORD, RECORD)))
    assert told.count(": the same") == 4
    assert "->" not in told.partition("\n")[2]


def test_a_page_that_differs_only_in_what_each_run_writes_around_it_is_the_same(pair):
    content = {"21-plans.html": "5" * 64, "41-money.html": "6" * 64}
    other = content | {"41-money.html": "7" * 64}
    made = compare_runs(*pair(RECORD | {"content": content}, OTHER | {"content": other}))
    assert made.pages == ("41-money.html",)


def test_of_a_page_only_what_its_notebook_made_counts():
    around = "<p>{0}</p><article><h1>Plans</h1><p>{1}</p></article><p>Made on {0}</p>"
    notebook = Notebook("21", "plans", "Plans", Path("21_plans.ipynb"))
    said = [("Monday", "6,383"), ("Friday", "6,383"), ("Monday", "6,384")]
    first, later, other = (Page(notebook, around.format(*words), ()).content for words in said)
    assert first == later == "<h1>Plans</h1><p>6,383</p>"
    assert other != first


def test_a_long_list_of_parameters_is_cut_and_figures_are_not(pair):
    many = {"21_plans.ipynb": {f"p{number}": number for number in range(20)}}
    figures = {f"f{number}": {"label": "F", "value": "1"} for number in range(20)}
    told = str(compare_runs(*pair({}, {"parameters": many, "figures": figures})))
    assert "Parameter p11: not there -> 11\n  and 8 more\n" in told
    assert told.count("  F (f") == 20


def test_a_run_without_a_record_can_be_compared(pair):
    made = compare_runs(*pair({}, RECORD))
    assert made.figures[0].now == "6,383"
    assert not made.figures[0].was


def test_a_run_that_is_not_stored_is_refused_with_the_nearest(tmp_path):
    write_run(tmp_path, 4)
    with pytest.raises(ParameterError, match="20260104T063000Z_865_baseline"):
        find_run(tmp_path, "20260104T063000Z_865_basline")
