"""The panel of page 40 in a browser, from a file: what Python works out, to £0.1m."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import audit
from invented_money import with_all_income
from sendlib import finance
from sendlib.finance.projection import in_world
from sendlib.finance.tables import ranges_by_year
from sendlib.finance.what_if import Settings, deficits
from sendlib.packs.notebooks import read_notebook
from sendlib.packs.page_checks import find_problems
from sendlib.packs.render import render_page
from sendlib.packs.setting import PackTitle, Setting
from sendlib.scenarios import with_value

pytestmark = pytest.mark.browser

LARGEST, MOST_YEARS = 150_000, 9  # bytes that a page may grow by, and years that it may have
NEAR_GBP = 0.1e6
_READ = """
() => [...document.querySelectorAll('.what-if tbody')][0].innerText
  .split('\\n').map(row => row.split('\\t').slice(1, 4).map(
    text => Number(text.replace(/[£m,]/g, '').replace('\\u2212', '-'))))
"""
_SET = """
values => {
  for (const [id, value] of Object.entries(values)) document.getElementById(id).value = value;
  document.querySelector('.what-if .live').dispatchEvent(new Event('input'));
}
"""


@pytest.fixture(scope="module")
def asked(model, base):
    """More draws than a page has, of a scenario in which no number that the script reads is nought.

    A term that the script leaves out would be missed where it is nought in every draw.
    """
    money = model.run(with_all_income(with_value(base, "cohort.draws", 600)))
    return finance.what_if(model, money)


@pytest.fixture(scope="module")
def page(asked, tmp_path_factory):
    """A page of a pack with the panel open, and folded under another heading."""
    folder = tmp_path_factory.mktemp("pack")
    shown = new_output("display_data", {"text/html": str(asked.panel().html)})
    words = new_markdown_cell("# Invented?\n\nFor a test.\n\n## What if?\n\nWords.")
    node = new_notebook(cells=[words, new_code_cell("x", outputs=[shown])])
    nbformat.write(node, folder / "40_invented.ipynb")
    notebook = read_notebook(folder / "40_invented.ipynb")
    setting = Setting(
        title=PackTitle("Inventedshire", "2 January 2026", "999"),
        notebooks=(notebook,),
        started=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        version="0.0",
        inputs=(),
    )
    html = render_page(node, notebook, setting=setting, parameters={}).html
    (folder / notebook.page).write_text(html, encoding="utf-8")
    return folder / notebook.page


@pytest.fixture(scope="module")
def browser():
    with audit.open_browser() as browser:
        yield browser


@pytest.fixture
def opened(browser, page):
    with audit.open_page(browser, page, audit.VIEWS[0]) as (opened, noise):
        yield opened
    assert noise == []


def id_of(each, asked):
    kind = asked.draws.kinds.index(each.kind) if each.kind else ""
    return f"what-if-{each.name}{kind}".replace("_", "-")


def every_input(asked):
    return [each for group in asked.inputs.values() for each in group]


def settings_from(values, asked):
    """Settings of Python from values by input."""
    settings = Settings()
    for each, value in values.items():
        if each.kind:
            prices = {**settings.price_pct, each.kind: value}
            settings = replace(settings, price_pct=prices)
        else:
            settings = replace(settings, **{each.name: int(value) if each.choices else value})
    return settings


def cases(asked):
    """Every input at its ends, then many drawn at random, all inputs at once."""
    start = {each: each.start for each in every_input(asked)}
    yield start
    for each in start:
        yield from ({**start, each: end} for end in (each.least, each.most))
    seats = {each: 120 for each in start if each.name == "added_places"}
    for opens in range(len(asked.draws.financial_years)):
        for displaced in (0, 50, 100):
            moved = {"opens": opens, "displaced_pct": displaced}
            yield {**start, **seats, **{e: moved[e.name] for e in start if e.name in moved}}
    drawn = random.Random(5)
    for _ in range(60):
        yield {
            each: each.least
            + each.step * drawn.randint(0, round((each.most - each.least) / each.step))
            for each in start
        }


def test_the_page_says_what_python_works_out(opened, asked):
    for values in cases(asked):
        opened.evaluate(_SET, {id_of(each, asked): value for each, value in values.items()})
        expected = deficits(asked.draws, settings_from(values, asked))
        shown = np.array(opened.evaluate(_READ)) * 1e6
        assert np.abs(shown - expected).max() < NEAR_GBP, values


def test_no_term_of_the_sums_is_nought_in_every_year_and_draw(asked):
    """Or the test above would not miss it in the script."""
    draws = asked.draws
    terms = ("cost", "other_cost", "places", "block", "other_income", "schools_block", "plan_cost")
    assert all(np.any(getattr(draws, term)) for term in (*terms, "granted", "met", "taken_over"))
    assert draws.block_years.tolist() == [1, 0, 1, 2]  # known in the second year


def test_as_it_stands_the_page_says_what_its_other_charts_say(opened, asked):
    money = asked.money
    left = -in_world(money, grant=False, takeover=False).closing
    expected = ranges_by_year(left, money.financial_years, money.levels).to_numpy() / 1e6
    assert opened.evaluate(_READ) == expected.round(1).tolist()


def test_a_keyboard_sets_it_hears_of_it_and_goes_back(opened):
    said = opened.locator(".what-if output")
    before = said.inner_text()
    assert said.get_attribute("aria-live") == "polite"
    opened.get_by_label("Growth of plans").focus()
    opened.keyboard.press("ArrowRight")
    assert opened.get_by_label("Growth of plans").get_attribute("aria-valuetext") == (
        "+0.5 points a year"
    )
    after = said.inner_text()
    assert " more at 31 March 2028 " in after
    assert " more " not in before
    opened.get_by_role("button", name="Back to the scenario").press("Enter")
    assert said.inner_text() == before


def test_it_prints_as_set(opened):
    opened.evaluate(_SET, {"what-if-plans-points": "-2", "what-if-grant": "1"})
    opened.emulate_media(media="print")
    assert opened.locator(".field .set").first.inner_text() == "−2 points a year"
    assert opened.locator(".what-if svg").is_visible()
    assert not opened.locator(".what-if input").first.is_visible()
    assert not opened.locator(".what-if button").is_visible()


def test_without_scripts_the_table_of_ends_is_left(browser, page, asked):
    context = browser.new_context(java_script_enabled=False, offline=True)
    quiet = context.new_page()
    quiet.goto(page.as_uri())
    assert not quiet.locator(".what-if .live").is_visible()
    quiet.locator("#table-what-if-ends summary").click()
    rows = quiet.locator("#table-what-if-ends tbody tr")
    assert rows.count() == len(asked.ends)
    assert rows.first.is_visible()
    context.close()


def test_no_other_script_runs_where_one_was_smuggled_in(browser, page, tmp_path):
    html = page.read_text(encoding="utf-8")
    bad = tmp_path / "bad.html"
    planted = (
        '<script>document.title = "run"</script><img src="data:," onerror="document.title = 1">'
    )
    bad.write_text(html.replace("</article>", planted + "</article>"), encoding="utf-8")
    with audit.open_page(browser, bad, audit.VIEWS[0]) as (opened, noise):
        assert opened.title() not in ("run", "1")
        assert opened.locator(".what-if output").inner_text()
    assert any("Content Security Policy" in line for line in noise)
    assert {problem.code for problem in find_problems(bad)} == {
        "forbidden_element",
        "script_in_attribute",
    }


def test_the_page_is_accessible_and_may_be_published(browser, page):
    assert audit.audit(browser, page, audit.VIEWS, closed=True) == []
    assert find_problems(page) == []


def test_the_panel_is_light_enough_to_mail(asked):
    html = str(asked.panel().html)
    draws = re.search(r'data-draws="([^"]*)"', html)[1]
    years = len(asked.draws.financial_years)
    assert len(html.encode()) + (MOST_YEARS / years - 1) * len(draws) < LARGEST
