from pathlib import Path

import pytest

from invented_boards import write_run
from sendlib.board.diff import Row, compare
from sendlib.briefing.notebooks import Notebook
from sendlib.briefing.outputs.folders import find_run
from sendlib.briefing.pages.render import Page
from sendlib.errors import ParameterError

FIGURES = {
    "plans_in_force": {"label": "Plans in force", "value": "6,383"},
    "plans_next_january": {"label": "Plans in January 2026", "value": "6,100 to 7,000"},
}
RECORD = {
    "figures": FIGURES,
    "parameters": {"21_plans.ipynb": {"horizon": 5, "scenario": "baseline"}},
    "scenario": {"name": "Baseline", "changes": [], "mitigations": []},
    "data": [{"path": "a.csv", "sha256": "0" * 64}, {"path": "b.csv", "sha256": "1" * 64}],
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
    "data": [{"path": "a.csv", "sha256": "9" * 64}, {"path": "c.csv", "sha256": "1" * 64}],
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
    assert compare(*pair(RECORD, OTHER)).figures == (
        Row("Plans in force (plans_in_force)", "6,383", "6,383"),
        Row("Plans in January 2026 (plans_next_january)", "6,100 to 7,000", "7,100"),
    )


def test_everything_that_differs_is_told_and_nothing_else(pair):
    made = compare(*pair(RECORD, OTHER))
    assert made.parameters == (Row("21_plans.ipynb, horizon", "5", "3"),)
    assert made.scenario == (
        Row("name", "Baseline", "Slower"),
        Row("demand.growth", "", "0.5"),
        Row("mitigation Bases", "", "Bases; Head of SEND"),
    )
    assert made.inputs == (
        Row("a.csv", "0" * 8, "9" * 8),
        Row("b.csv", "1" * 8, ""),
        Row("c.csv", "", "1" * 8),
    )
    assert made.versions == (
        Row("pandas", "3.1", "3.2"),
        Row("commit", "a" * 8, f"{'a' * 8}, with changes"),
    )
    assert made.pages == (Row("21-plans.html", "3" * 8, "4" * 8),)


def test_a_comparison_is_told_in_words(pair):
    told = str(compare(*pair(RECORD, OTHER)))
    assert "  Plans in force (plans_in_force): 6,383, in both\n" in told
    assert "  b.csv: 11111111 -> not there\n" in told
    assert "  demand.growth: not there -> 0.5\n" in told


def test_runs_that_are_the_same_are_said_to_be(pair):
    told = str(compare(*pair(RECORD, RECORD)))
    assert told.count(": the same") == 5
    assert "->" not in told.partition("\n")[2]


def test_a_page_that_differs_only_in_what_each_run_writes_around_it_is_the_same(pair):
    content = {"21-plans.html": "5" * 64, "41-money.html": "6" * 64}
    other = content | {"41-money.html": "7" * 64}
    made = compare(*pair(RECORD | {"content": content}, OTHER | {"content": other}))
    assert made.pages == (Row("41-money.html", "6" * 8, "7" * 8),)


def test_of_a_page_only_what_its_notebook_made_counts():
    around = "<p>{0}</p><article><h1>Plans</h1><p>{1}</p></article><p>Made on {0}</p>"
    notebook = Notebook("21", "plans", "Plans", Path("21_plans.ipynb"))
    said = [("Monday", "6,383"), ("Friday", "6,383"), ("Monday", "6,384")]
    first, later, other = (Page(notebook, around.format(*words), "", ()).content for words in said)
    assert first == later == "<h1>Plans</h1><p>6,383</p>"
    assert other != first


def test_a_long_list_of_parameters_is_cut_and_figures_are_not(pair):
    many = {"21_plans.ipynb": {f"p{number}": number for number in range(20)}}
    figures = {f"f{number}": {"label": "F", "value": "1"} for number in range(20)}
    told = str(compare(*pair({}, {"parameters": many, "figures": figures})))
    assert "p11: not there -> 11\n  and 8 more\n" in told
    assert told.count("  F (f") == 20


def test_a_run_without_a_record_can_be_compared(pair):
    made = compare(*pair({}, RECORD))
    assert made.figures[0] == Row("Plans in force (plans_in_force)", "", "6,383")


def test_a_run_that_is_not_kept_is_refused_with_the_nearest(tmp_path):
    write_run(tmp_path, 4)
    with pytest.raises(ParameterError, match="20260104T063000Z_865_baseline"):
        find_run(tmp_path, "20260104T063000Z_865_basline")
