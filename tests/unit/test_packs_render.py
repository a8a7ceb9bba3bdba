from dataclasses import replace

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from invented_notebooks import make_setting, shown, write_notebook
from sendlib import pages
from sendlib.packs.executed import note_log
from sendlib.packs.page_checks import find_problems
from sendlib.packs.render import render_accessibility, render_index, render_page
from sendlib.packs.setting import PackTitle


def a_table():
    frame = pd.DataFrame({"Place": ["A", "B"], "Plans": [1, 2]})
    return pages.table(frame, caption="Invented plans", name="plans")


def noisy_cell():
    outputs = [
        new_output("stream", name="stderr", text="UserWarning: invented"),
        new_output("execute_result", data={"text/html": "<p>kept</p>"}, execution_count=7),
    ]
    return new_code_cell("hidden_name = 1", outputs=outputs, execution_count=7)


@pytest.fixture
def notebook(tmp_path):
    cells = ["## Which question?\n\nWords & more.", shown(a_table()), noisy_cell()]
    return write_notebook(tmp_path, title="How many <plans>?", cells=cells)


def opening():
    """A cell that has run and opened the authority that the run was asked for."""
    cell = new_code_cell("Authority.open(la_code, as_of=as_of)")
    note_log(cell, [{"opened": "999", "as_of": 2026}])
    return cell


def render(notebook, setting=None, **more):
    node = nbformat.read(notebook.path, as_version=4)
    settings = {"setting": setting or make_setting(notebook), "parameters": {}} | more
    return render_page(node, notebook, **settings)


def soup_of(page):
    return BeautifulSoup(page.html, "html.parser")


def test_a_page_passes_its_own_checks(notebook, tmp_path):
    (tmp_path / "page.html").write_text(render(notebook).html, encoding="utf-8")
    assert find_problems(tmp_path / "page.html") == []


def test_a_page_of_another_scenario_than_the_baseline_says_so_first(notebook):
    title = replace(make_setting().title, scenario="our_plan")
    told = {"name": "Our plan", "question": "What if?", "changes": []}
    setting = make_setting(notebook, title=title, scenario=told)
    for parameters, words in (({"scenario": "our_plan"}, True), ({}, False)):
        eyebrow = soup_of(render(notebook, setting, parameters=parameters)).select_one(".eyebrow")
        assert ("scenario Our plan" in eyebrow.text) is words
    baseline = render(notebook, make_setting(notebook), parameters={"scenario": "baseline"})
    assert "scenario" not in soup_of(baseline).select_one(".eyebrow").text


def test_code_prompts_parameters_and_warnings_leave_nothing(notebook):
    html = render(notebook).html
    for trace in ("hidden_name", "la_code", "UserWarning", "In&nbsp;[", "Out[", "celltag"):
        assert trace not in html
    assert "<p>kept</p>" in html


def test_a_page_is_titled_by_heading_authority_and_date(tmp_path):
    page = render(write_notebook(tmp_path, title="Demand", cells=[opening()]))
    assert soup_of(page).title.get_text() == "Demand – Inventedshire – 2 January 2026"


def test_a_page_whose_notebook_opened_no_authority_claims_none(tmp_path):
    notebook = write_notebook(tmp_path, title="Demand")
    page = render(notebook)
    assert soup_of(page).title.get_text() == "Demand – 2 January 2026"
    assert "Inventedshire" not in page.html


def test_what_is_for_exploring_leaves_nothing_and_what_is_for_the_page_stands(tmp_path):
    explored, paged = shown(pages.headline("Looked at.")), shown(pages.headline("Found."))
    explored.metadata["tags"], paged.metadata["tags"] = ["explore"], ["page"]
    words = new_markdown_cell("## How to look?\n\nTry others.", metadata={"tags": ["explore"]})
    notebook = write_notebook(tmp_path, cells=[opening(), words, explored, paged])
    page = render(notebook)
    assert "Found." in page.html
    for trace in ("Looked at.", "How to look?", "Try others."):
        assert trace not in page.html


def test_charts_and_tables_of_one_name_are_numbered_and_other_ids_are_not(tmp_path):
    other = new_output("display_data", data={"text/html": '<p id="table-plans-2">x</p>'})
    repeated = shown(a_table(), a_table())
    repeated.outputs.append(other)
    cells = ["## Why?", repeated, shown(a_table()), "## Why?"]
    page = render(write_notebook(tmp_path, cells=cells))
    ids = [part["id"] for part in soup_of(page).select(".table-block")]
    assert ids == ["table-plans", "table-plans-3", "table-plans-4"]
    labels = [part["aria-label"] for part in soup_of(page).article.select("[role=region]")]
    assert len(set(labels)) == 3
    (tmp_path / "page.html").write_text(page.html, encoding="utf-8")
    (problem,) = find_problems(tmp_path / "page.html")
    assert "2 elements are called 'Why?'" in str(problem)


def test_a_picture_becomes_a_figure_that_asks_for_a_description(tmp_path):
    said = {"image/svg+xml": {"alt": "A square of five by five, without a number in it."}}
    drawn = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='5' height='5'/></svg>"
    bare = new_output("display_data", data={"image/gif": "R0lG", "text/plain": "<Image>"})
    told = new_output("display_data", data={"image/svg+xml": drawn}, metadata=said)
    trace = new_output("execute_result", data={"text/plain": "[<matplotlib.lines.Line2D>]"})
    value = new_output("execute_result", data={"text/plain": "12"})
    cells = [
        "![](data:image/gif;base64,R0lG)",
        new_code_cell("x", outputs=[bare, told, trace, value]),
    ]
    cells = [new_markdown_cell(cells[0]), cells[1]]
    article = soup_of(render(write_notebook(tmp_path, cells=cells))).article
    figures = article.select("figure.picture")
    assert [figure.img.get("data-cell") for figure in figures] == ["3", "4", None]
    assert [figure.p is None for figure in figures] == [False, False, True]
    assert figures[0].img["alt"] == "No description has been provided for this figure."
    assert "charts.show(ax, title=..., alt=..., source=...)" in figures[0].p.get_text()
    assert figures[1].img["src"] == "data:image/gif;base64,R0lG"
    assert figures[2].img["alt"].startswith("A square")
    assert [part.get_text(strip=True) for part in article.find_all("pre")] == ["12"]


def test_a_page_states_its_headlines_and_the_contents_its_short_name(tmp_path):
    cells = [opening(), shown(pages.headline("Plans <rise>."))]
    notebook = write_notebook(tmp_path, title="Plans: how many?", cells=cells)
    page = render(notebook)
    assert page.headlines == ("Plans <rise>.",)
    contents = BeautifulSoup(render_index([page], setting=make_setting(notebook)), "html.parser")
    assert contents.h1.get_text() == "Inventedshire SEND briefing"
    assert [link.get_text() for link in contents.select(".contents li a")] == ["Plans"]


def test_the_navigation_marks_the_page_and_leads_to_the_others(tmp_path):
    first = write_notebook(tmp_path, "10_first.ipynb", title="First")
    second = write_notebook(tmp_path, "20_second.ipynb", title="Second")
    soup = soup_of(render(first, make_setting(first, second)))
    links = soup.find("nav", attrs={"aria-label": "Pages of this briefing"}).find_all("a")
    assert [(a["href"], a.get("aria-current")) for a in links] == [
        ("index.html", None),
        ("10-first.html", "page"),
        ("20-second.html", None),
    ]
    pager = soup.find(class_="pager").find_all("a")
    assert [(a["rel"], a["href"]) for a in pager] == [(["next"], "20-second.html")]


def test_the_foot_says_where_the_page_comes_from(notebook):
    setting = make_setting(
        notebook,
        commit={"sha": "0123456789abcdef", "dirty": True},
        scenario={
            "name": "More places",
            "question": "What if?",
            "changes": [{"lever": "places.new", "old": 0, "new": 60, "why": "Programme <1>"}],
        },
        inputs=[
            {"path": "data/raw/x/plans.csv", "sha256": "ab" * 32}
            | {"title": "Plans & more", "published": "26 June 2026"}
        ],
    )
    foot = soup_of(render(notebook, setting, parameters={"horizon": 5})).footer
    words = " ".join(foot.get_text(" ", strip=True).split())
    for part in (
        "horizon 5",
        "More places . What if?",
        "places.new 0 60 Programme <1>",
        "Plans & more 26 June 2026 plans.csv abababababab",
        "0123456789ab , with changes that are not committed",
        "2 January 2026 at 03:04 UTC",
    ):
        assert part in words


def test_two_renders_of_one_execution_are_identical(notebook):
    assert render(notebook).html == render(notebook).html


def test_ids_and_execution_counts_of_cells_do_not_reach_the_page(notebook):
    node = nbformat.read(notebook.path, as_version=4)
    for place, cell in enumerate(node.cells):
        cell.id = f"other{place}"
        cell.metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
        if cell.cell_type == "code":
            cell.execution_count = 99
    other = render_page(node, notebook, setting=make_setting(notebook), parameters={})
    assert other.html == render(notebook).html


def test_the_accessibility_statement_names_whom_to_ask():
    named = PackTitle("Inventedshire", "2026", "999", contact="send@example.org <team>")
    assert "send@example.org &lt;team&gt;" in render_accessibility(make_setting(title=named))
    assert "the person who sent you" in " ".join(render_accessibility(make_setting()).split())


def test_a_long_page_lists_its_sections_below_its_opening(tmp_path):
    cells = [f"## Question {number} & more?" for number in (1, 2, 3)]
    soup = soup_of(render(write_notebook(tmp_path, cells=cells)))
    assert [part.name for part in soup.article.find_all(recursive=False)][:3] == ["h1", "p", "nav"]
    links = soup.find("nav", class_="sections").find_all("a")
    assert [link.get_text() for link in links] == [f"Question {n} & more?" for n in (1, 2, 3)]
    assert all(soup.find(id=link["href"][1:]) for link in links)


def test_a_page_keeps_its_key_figures_for_the_gate_and_the_first_page(tmp_path):
    cell = shown(pages.key_figures(pages.KeyFigure("plans_in_force", 14)))
    (figure,) = render(write_notebook(tmp_path, cells=[cell])).figures
    assert (figure["key"], figure["value"], figure["numbers"]) == ("plans_in_force", "14", [14.0])
