"""Hostile text planted wherever text reaches a page, a workbook, a CSV or a path: nothing happens.

A page with a plant must have the same elements and attributes as the page with
plain words in its place; a cell with one must be text.
"""

import base64
import csv
import dataclasses
import io
import json
import re
from collections import Counter

import nbformat
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from defusedxml.ElementTree import fromstring
from markupsafe import escape
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from error_codes import refuses
from invented_notebooks import make_project, make_setting, shown, write_notebook
from invented_people import extract_of, line, read
from invented_scenarios import BASELINE, assumption, change, extending, mitigation, write_scenarios
from sendlib import charts, pages
from sendlib.authority import Authority
from sendlib.errors import NotAvailableError, NotebookError, ScenarioError
from sendlib.intake import write_report
from sendlib.intake.write import write_extract
from sendlib.kpi import read_register, write_feed
from sendlib.kpi.feed import COLUMNS
from sendlib.packs.front import Front, Move, RatedFigure, Verdict
from sendlib.packs.notebooks import find_notebook
from sendlib.packs.page_checks import find_problems
from sendlib.packs.render import render_accessibility, render_index, render_page
from sendlib.packs.setting import Assurance, PackTitle
from sendlib.pages.markup import safe_cell
from sendlib.returns.sheets import Column, Sheet
from sendlib.returns.workbook import read_content, write_workbook
from sendlib.scenarios import load_scenario
from small_return import CREATED

PLANTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)",
    "</title></style></table><iframe src=//x>",
    "<!-- -->]]><svg onload=alert(1)>",
    '=HYPERLINK("http://x","y")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r\n=1+1",
    "a;=1+1",
    "../../../etc/passwd",
    "{{7*7}}{% raw %}",
    "{0.__class__}{x}%s",
    "javascript:alert(1)",
    "[a](javascript:alert(1))",
    "<a href='javascript:alert(1)'>a</a>",
    "$\\frac{1$ \\undefined $$",
    "&lt;b&gt; & <b>",
    "line\nbreak\r\x0bend\x00\x1b[2J",
)
PLAIN = "Plain words"
CELLS = [plant.replace("\x00", "") for plant in PLANTS]


def shape(markup):
    """Every element with its attributes' names, and every address that it leads to."""
    soup = BeautifulSoup(markup, "html.parser")
    elements = Counter((tag.name, tuple(sorted(tag.attrs))) for tag in soup.find_all(True))
    links = [
        str(tag[name])
        for tag in soup.find_all(True)
        for name in ("href", "src")
        if tag.has_attr(name)
    ]
    return elements, sorted(link for link in links if not link.startswith(("data:", "#")))


def held_in(markup):
    """The rows of every CSV that a page holds."""
    found = re.findall(r"data:text/csv;charset=utf-8;base64,([^\"]+)", markup)
    texts = [base64.b64decode(held).decode("utf-8-sig") for held in found]
    return [row for text in texts for row in csv.reader(io.StringIO(text, newline=""))]


def is_formula(cell):
    return str(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def table_of(text):
    values = pd.DataFrame({"Place": [text, "other"], "Plans": [9, "[c]"], text + " ": [text, text]})
    return pages.table(values, caption=text, name="t", source=text, notes=[text], missing="none")


def chart_of(text):
    values = pd.DataFrame({"Place": [text, "other"], "Plans": [9, 8]})
    alt = text + " of invented plans in places that do not exist"
    return charts.ranked(
        values, y="Place", title=text, subtitle=text, alt=alt, source=text, name="c", notes=[text]
    )


def blocks_of(text):
    figure = pages.KeyFigure("plans_in_force", 14, text, label=text)
    return [
        pages.headline(text),
        pages.banner(text),
        pages.key_figures(figure),
        pages.takeaway(text),
        pages.caveats([text], title=text),
        pages.decisions([(text, text)]),
        pages.missing([text]),
        table_of(text),
    ]


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.filterwarnings("ignore:Glyph")  # a control character has no shape to draw
def test_a_chart_draws_hostile_text_as_text(plant):
    markup = chart_of(plant)._repr_html_()
    assert shape(markup) == shape(chart_of(PLAIN)._repr_html_())
    assert not [cell for row in held_in(markup) for cell in row if is_formula(cell)]
    drawn = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([^\"]+)", markup)[1])
    names = {part.tag.rpartition("}")[2] for part in fromstring(drawn).iter()}
    assert not names & {"script", "image", "foreignObject", "a", "iframe", "set", "animate"}


@pytest.mark.parametrize("plant", PLANTS)
def test_no_block_of_a_page_grows_an_element_an_attribute_or_a_formula(plant):
    for made, plain in zip(blocks_of(plant), blocks_of(PLAIN), strict=True):
        markup = made._repr_html_()
        assert shape(markup) == shape(plain._repr_html_())
        assert not [cell for row in held_in(markup) for cell in row if is_formula(cell)]


def pages_of(text, folder):
    """Every kind of page with a text in every field that comes from a file or a person."""
    folder.mkdir()
    notebook = write_notebook(folder, cells=[])
    other = dataclasses.replace(notebook, number="22", slug="other", title=text)
    changed = {"lever": text, "old": text, "new": text, "why": text}
    setting = make_setting(
        dataclasses.replace(notebook, title=text),
        other,
        title=PackTitle(text, text, "999", "baseline", contact=text),
        scenario={"name": text, "question": text, "changes": [changed]},
        inputs=[
            {"path": f"data/raw/{text}", "sha256": "ab" * 32, "title": text, "published": text}
        ],
        notice=text,
        assurance=Assurance.model_construct(analyst=text, assurer=text, approver=text),
    )
    node = nbformat.read(notebook.path, as_version=4)
    node.cells += [shown(*blocks_of(text)), new_code_cell("", outputs=[plain_output(text)])]
    page = render_page(node, setting.notebooks[0], setting=setting, parameters={"la_code": text})
    page = dataclasses.replace(page, headlines=(text,), asks=(text,))
    at = page.notebook.page
    front = Front(
        moves=(Move(escape(text), text),),
        remark=text,
        rated=(RatedFigure("key", text, text, Verdict.ACT, text, text, at),),
        since=text,
        next_run=text,
    )
    return [
        page.html,
        render_index([page], setting=setting, front=front),
        render_accessibility(setting),
    ]


def plain_output(text):
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


@pytest.mark.parametrize("plants", [PLANTS, PLANTS[::-1]], ids=["forwards", "backwards"])
def test_no_page_of_a_pack_is_changed_by_what_stands_in_it(tmp_path, plants):
    planted = pages_of(" and ".join(plants), tmp_path / "planted")
    as_long = PLAIN * (len(" and ".join(plants)) // len(PLAIN))  # long text is folded
    plain = pages_of(as_long, tmp_path / "plain")
    for made, expected in zip(planted, plain, strict=True):
        assert shape(made) == shape(expected)
        assert "{{7*7}}" in made


@pytest.mark.parametrize(
    "markdown",
    [
        "# Title\n\n<script>alert(1)</script>",
        "# Title <img src=x onerror=alert(1)>",
        "# Title\n\n<iframe src='//x'></iframe>",
    ],
)
@pytest.mark.parametrize("as_output", [False, True])
def test_markup_in_markdown_is_refused_before_publishing(tmp_path, markdown, as_output):
    notebook = write_notebook(tmp_path)
    displayed = new_output("display_data", data={"text/markdown": markdown, "text/plain": "x"})
    cells = [new_code_cell("", outputs=[displayed])] if as_output else [new_markdown_cell(markdown)]
    node = new_notebook(cells=[new_markdown_cell("# Title\n\nWords."), *cells])
    page = render_page(node, notebook, setting=make_setting(notebook), parameters={})
    path = tmp_path / "page.html"
    path.write_text(page.html, encoding="utf-8")
    assert [
        problem for problem in find_problems(path) if re.search("script|loads|embed", str(problem))
    ]


def test_a_link_to_a_script_in_markdown_is_refused_before_publishing(tmp_path):
    notebook = write_notebook(tmp_path)
    markdown = "# Title\n\n[a](javascript:alert(1))"
    displayed = new_output("display_data", data={"text/markdown": markdown, "text/plain": "x"})
    node = new_notebook(cells=[new_markdown_cell(markdown), new_code_cell("", outputs=[displayed])])
    page = render_page(node, notebook, setting=make_setting(notebook), parameters={})
    path = tmp_path / "page.html"
    path.write_text(page.html, encoding="utf-8")
    assert [problem for problem in find_problems(path) if "javascript" in str(problem)]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_cell_of_a_csv_is_text_however_it_is_split(plant):
    cell = safe_cell(plant)
    assert not is_formula(cell)
    assert not [part for part in re.split(r"[;\t\r\n|]", cell) if part[:1] in ("=", "+", "@")]


def workbook_cells(path):
    """Every cell of a workbook that a spreadsheet would work out, and every link out of it."""
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink is not None]


def test_a_return_holds_plants_as_text(tmp_path):
    headings = (Column("a"), Column('=HYPERLINK("x")'))
    rows = tuple((plant, plant) for plant in CELLS)
    sheet = Sheet("Sheet", "=about", headings, rows)
    path = tmp_path / "return.xlsx"
    write_workbook([sheet], path, title=CELLS[6], created=CREATED)
    assert workbook_cells(path) == []
    _, held = read_content(path)["Sheet"]
    assert [row[0] for row in held][:10] == CELLS[:10]


def test_a_workbook_of_records_and_a_feed_hold_plants_as_text(tmp_path):
    records = pd.DataFrame({"reference": CELLS, "need": CELLS})
    write_extract(records, tmp_path / "records.xlsx")
    assert workbook_cells(tmp_path / "records.xlsx") == []
    register = read_register()
    kpi = register.supplied[0].slug
    values = pd.DataFrame(
        [
            {**dict.fromkeys(COLUMNS, 1.0), "kpi": kpi, "period": "2025-04", "note": plant}
            for plant in CELLS
        ]
    )
    for ending in ("xlsx", "csv"):
        path = tmp_path / f"feed.{ending}"
        write_feed(values, path, register, authority="865", synthetic=False)
    assert workbook_cells(tmp_path / "feed.xlsx") == []
    written = pd.read_csv(tmp_path / "feed.csv", dtype=str, keep_default_na=False)
    assert not [cell for cell in written["Note"] if is_formula(cell)]


@pytest.mark.parametrize("plant", ["=cmd", "+1", "-1+cmd", "@SUM(1)", '"\t=1"', "<script>"])
def test_a_report_on_own_records_holds_plants_as_text_or_not_at_all(tmp_path, plant):
    lines = [line(f"A{at}", need=plant, place=plant) for at in range(6)]
    path = extract_of(tmp_path, *lines, name="=cmd.csv")
    caseload = read(path)
    write_report(caseload.findings, caseload.rows, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as source:
        cells = [cell for row in csv.reader(source) for cell in row]
    assert not [cell for cell in cells if is_formula(cell)]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_scenario_keeps_its_text_as_text(tmp_path, plant):
    texts = {"name": plant or "x", "question": plant}
    lever = {**assumption(5), "source": plant}
    base = {**BASELINE, "assumptions": {**BASELINE["assumptions"], "a.count": lever}}
    texts |= {"mitigations": [mitigation(plant, owner=plant, evidence=plant)]}
    try:
        project = write_scenarios(
            tmp_path, baseline=base, other=extending(change(why=plant), **texts)
        )
        scenario = load_scenario(project, "other")
    except ScenarioError:  # such characters may not stand in YAML at all
        assert "\x00" in plant
        return
    record = json.loads(json.dumps(scenario.record()))
    assert record["changes"][0]["why"].split() == plant.split()


@pytest.mark.parametrize(
    "name", ["../baseline", "/etc/passwd", "a/b", "..", "baseline\n", "a\x00b"]
)
def test_a_path_in_a_name_is_refused(project, tmp_path, name):
    with pytest.raises(ScenarioError):
        load_scenario(project, name)
    with pytest.raises(NotAvailableError):
        Authority.open(name, as_of=2025, project=project)
    with pytest.raises(ValueError, match="cannot name a file"):
        pages.table(pd.DataFrame({"a": [1]}), caption="x", name=name)
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_is_found_in_its_own_folder_only(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(tmp_path, "99_outside.ipynb")
    with refuses(NotebookError, "unknown_notebook"):
        find_notebook(project, "../99_outside.ipynb")


def test_yaml_is_read_by_nothing_but_the_safe_loader(root):
    risky = re.compile(
        r"yaml\.(load|load_all|full_load|unsafe_load|FullLoader|UnsafeLoader|Loader|CLoader)\b"
        r"|\b(pickle|marshal|shelve)\.load|\beval\(|\bexec\("
    )
    found = [
        f"{path.name}: {match[0]}"
        for folder in ("src", "scripts")
        for path in sorted((root / folder).rglob("*.py"))
        for match in risky.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_scenario_cannot_make_yaml_run_anything(tmp_path):
    text = (
        "name: !!python/object/apply:os.system ['touch planted']\nquestion: x\nextends: baseline\n"
    )
    project = write_scenarios(tmp_path, other=text)
    with pytest.raises(ScenarioError):
        load_scenario(project, "other")
    assert not (tmp_path / "planted").exists()
