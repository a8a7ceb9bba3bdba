import shutil
from dataclasses import replace

import nbformat
import pytest

from invented_notebooks import make_draft, make_setting, write_notebook
from sendlib import data, pages
from sendlib.board import gate
from sendlib.board.file import Board
from sendlib.packs.render import render_index, render_page
from sendlib.pages.figures import IDENTITIES, MEASURES
from sendlib.pages.notes import FIGURES_TYPE
from sendlib.project import Project


def stated(page, key, value, *numbers):
    return page, {"key": key, "label": key, "value": value, "detail": "", "numbers": list(numbers)}


def told(*figures):
    return " | ".join(map(str, gate.figure_problems(figures)))


GOOD = [
    stated("a.html", "plans_in_force", "6,383", 6383.0),
    stated("b.html", "plans_in_force", "6,383", 6383.0000000001),
    stated("b.html", "plans_next_january", "6,579 to 7,271", 6578.6, 6928.0, 7271.0),
    stated("c.html", "deficit_now", "£61.2m", 61.2),
    stated("c.html", "plans_by_place", "6,383", 6383.0),
    stated("c.html", "mainstream_share", "51%", 0.512),
    stated("c.html", "independent_share", "5.5%", 0.055),
]


def test_figures_that_agree_on_all_pages_pass():
    assert told(*GOOD) == ""


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (
            ("plans_in_forze", "1", 1.0),
            "'plans_in_forze' is not known. Did you mean plans_in_force",
        ),
        (("plans_in_force", "6,384", 6384.0), "is 6,384 here and 6,383 on a.html"),
        (("plans_in_force", "6,383", 6383.4), "is 6,383 here and 6,383 on a.html"),
        (("plans_next_january", "6,579", 6579.0), "is 6,579 here and 6,579 to 7,271 on b.html"),
        (("high_needs_spend", "£100.9m", 100.8), "its numbers read '£100.8m'"),
        (("plans_at_horizon", "9 to 7", 9.0, 8.0, 7.0), "out of order"),
        (("plans_on_time_share", "2,900%", 29.0), "no share, 0 to 1 can be"),
    ],
)
def test_a_figure_that_disagrees_is_named_with_its_page(figure, words):
    assert words in told(*GOOD, stated("d.html", *figure))
    assert "d.html: " in told(*GOOD, stated("d.html", *figure))


def test_totals_that_do_not_reconcile_are_found():
    places = stated("c.html", "plans_by_place", "7,000", 7000.0)
    assert "plans_by_place cannot exceed plans_in_force, and differs by 617" in told(
        GOOD[0], places
    )
    shares = [stated("c.html", key, v, n) for key, v, n in SHARES]
    assert "mainstream_share and independent_share cannot exceed 1" in told(*shares)


SHARES = [("mainstream_share", "60%", 0.6), ("independent_share", "50.0%", 0.5)]


def test_every_key_of_an_identity_is_a_measure():
    keys = {key for each in IDENTITIES for key in (*each.parts, each.total)} - {1.0}
    assert keys <= set(MEASURES)


def test_the_tables_of_the_project_keep_their_contracts(project):
    assert gate.table_problems(project) == []


def test_tables_that_are_damaged_gone_or_break_their_contract_are_all_told(project, tmp_path):
    shutil.copytree(project.processed, tmp_path / "data" / "processed")
    copy = Project(tmp_path)
    source = data.load(copy, "source").drop(columns="title")
    source.to_parquet(copy.processed / "source.parquet")
    (copy.processed / "area.parquet").write_bytes(b"PAR1 broken")
    (copy.processed / "indicator.parquet").unlink()
    problems = " | ".join(map(str, gate.table_problems(copy)))
    assert "table source" in problems
    assert "area.parquet: the file is damaged" in problems
    assert "no table indicator" in problems


def figures_cell(figures):
    data = {"text/html": str(figures.html), FIGURES_TYPE: {"figures": []}}
    output = nbformat.v4.new_output("display_data", data=data)
    return nbformat.v4.new_code_cell("x", outputs=[output])


@pytest.fixture
def draft(project, tmp_path):
    """A pack of one page, ready to be judged."""
    shown = pages.key_figures(pages.KeyFigure("plans_in_force", 14))
    notebook = write_notebook(tmp_path, cells=[figures_cell(shown)])
    setting = make_setting(notebook)
    handed_on = shown._repr_mimebundle_()[FIGURES_TYPE]["figures"]
    node = nbformat.read(notebook.path, as_version=4)
    page = render_page(node, notebook, setting=setting, parameters={}, figures=handed_on)
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / notebook.page).write_text(page.html, encoding="utf-8")
    (folder / "index.html").write_text(render_index([page], setting=setting), encoding="utf-8")
    return make_draft(folder, setting, project=project, pages=(page,))


def a_board(browser):
    return Board(name="Invented", authority="999", checks={"browser": browser})


def test_a_good_pack_passes_and_what_was_done_is_told(draft):
    found = gate.examine(draft, a_board("off"))
    assert found.problems == ()
    assert "1 key figures were compared on all pages." in found.done
    assert "No page was looked at in a browser: the board's file says so." in found.done


def test_problems_of_every_kind_are_told_at_once(draft):
    wrong = {"key": "plans_in_force", "value": "15", "numbers": [14.0], "label": "", "detail": ""}
    pages = (*draft.pages, replace(draft.pages[0], figures=(wrong,)))
    bad = replace(draft, project=Project(draft.folder), pages=pages)
    problems = " | ".join(map(str, gate.examine(bad, a_board("off")).problems))
    assert "is shown as '15'" in problems
    assert "no table ehcp_caseload" in problems


def test_a_browser_that_is_required_and_not_there_is_a_problem(draft, monkeypatch):
    monkeypatch.setenv("PATH", "")
    problems, done = gate.browser_problems(draft, "required")
    assert "checks.browser: " in str(problems[0])
    assert "though the board's file requires it" in done


def test_a_browser_that_is_not_there_is_recorded_where_it_is_not_required(draft, monkeypatch):
    monkeypatch.setenv("PATH", "")
    problems, done = gate.browser_problems(draft, "where_found")
    assert problems == []
    assert done.startswith("No page was looked at in a browser: ")
    assert "get it with" in done or "get them with" in done
