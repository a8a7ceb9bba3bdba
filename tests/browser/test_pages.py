"""A sample page, of invented figures, in a real browser."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import audit
from sendlib import charts
from sendlib import pages as parts
from sendlib.charts.style import TEXT
from sendlib.errors import PublicationError
from sendlib.packs import axe
from sendlib.packs.front import AreaFinding, Front, Move, RatedFigure, Verdict
from sendlib.packs.notebooks import read_notebook
from sendlib.packs.page_checks import find_problems
from sendlib.packs.render import render_accessibility, render_index, render_page
from sendlib.packs.setting import Assurance, PackTitle, Setting
from sendlib.project import BRIEFING_VARIABLE

pytestmark = pytest.mark.browser

SCENARIO = {
    "name": "More local places",
    "question": "What if 120 places open?",
    "changes": [{"lever": "places.new_by_year", "old": "0", "new": "120", "why": "Programme"}],
}

NOTICE = "These invented figures are older than the board's rule allows: the rule is 500 days."


def sample_front():
    """A first page with every verdict, and changes with long words."""
    findings = [
        AreaFinding(f"Area {place}", Markup("111 plans"), Markup("are invented."), verdict)
        for place, verdict in enumerate(Verdict)
    ]
    rated = [
        RatedFigure(
            f"key_{verdict.name.lower()}",
            f"Invented plans, {verdict}",
            "£111.2m to £1,128.8m",
            verdict,
            "The middle, £620.4m, is above £90m, the level to act at.",
            page="21-invented.html",
        )
        for verdict in Verdict
    ]
    long = "An invented publication with a long name (a_rather_long_file_name.csv)"
    moves = [Move(Markup("{}, {}").format(long, place), "It is invented.") for place in range(3)]
    missing = (Markup("Invented indicators: none received"),)
    return Front(
        findings=tuple(findings),
        moves=tuple(moves),
        since="the pack of 5 October 2026",
        missing=missing,
        rated=tuple(rated),
        next_run="5 December 2026",
    )


def sample_chart():
    return charts.columns(
        pd.DataFrame({"Year": [2023, 2024, 2025], "Plans": [10, 11, 14]}),
        x="Year",
        title="Plans rose by 4 in two years",
        subtitle="Invented plans, 2023 to 2025",
        source="invented, 2025",
        name="plans",
    )


def sample_table():
    columns = {f"A measure with a long name, {year}": [1, None] for year in range(2019, 2025)}
    columns |= {"A measure with a long name, 2025": ["[x]", "[c]"]}
    frame = pd.DataFrame({"Place": ["State special school", "Awaiting a place"]} | columns)
    caption = "An invented table that is wider than most screens and has a long caption"
    return parts.table(frame, caption=caption, name="wide", source="invented")


def sample_parts():
    return [
        *(parts.banner("Invented.", kind) for kind in ("synthetic", "stale", "degraded", "note")),
        parts.headline("Invented plans rise."),
        parts.key_figures(
            parts.KeyFigure("plans_in_force", 14, "3 more"), parts.KeyFigure("deficit_now", 2e6)
        ),
        parts.caveats(["All figures are invented."]),
        sample_chart(),
        sample_table(),
        parts.takeaway("A closing sentence."),
    ]


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(BRIEFING_VARIABLE, "1")  # as where a pack is made: two drawings of a chart
        shown = [part._repr_html_() for part in sample_parts()]
    outputs = [new_output("display_data", {"text/html": html}) for html in shown]
    words = "# Invented plans\n\nFor a test: [a link](https://www.gov.uk/) and `code`."
    node = new_notebook(
        cells=[
            new_markdown_cell(words),
            new_markdown_cell("## Which question?\n\n1. One\n2. Two\n\n### A detail"),
            new_code_cell("x", outputs=outputs),
            new_markdown_cell("## What follows?\n\nWords.\n\n## What next?\n\nWords."),
        ]
    )
    nbformat.write(node, folder / "21_invented.ipynb")
    notebook = read_notebook(folder / "21_invented.ipynb")
    setting = Setting(
        title=PackTitle("Inventedshire", "2 January 2026", "999"),
        notebooks=(notebook,),
        started=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        version="0.0",
        scenario=SCENARIO,
        inputs=(
            {
                "path": "data/raw/x/a_rather_long_file_name.csv",
                "sha256": "ab" * 32,
                "title": "Invented",
            },
        ),
        notice=NOTICE,
        assurance=Assurance(analyst="A. Analyst", assurer="", approver=""),
    )
    page = render_page(node, notebook, setting=setting, parameters={"horizon": 5})
    page = replace(page, headlines=("Plans rise.",))
    texts = {
        "index.html": render_index([page], setting=setting, front=sample_front()),
        notebook.page: page.html,
        "accessibility.html": render_accessibility(setting),
        "contents.html": render_index([page], setting=setting),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


@pytest.fixture(scope="module")
def browser():
    with audit.open_browser() as browser:
        yield browser


def test_the_pages_pass_the_checks_made_before_publishing(pages):
    assert not [problem for page in pages for problem in find_problems(page)]


@pytest.mark.parametrize("place", range(4))
def test_a_page_has_no_fault_in_any_view(browser, pages, place):
    assert audit.audit(browser, pages[place], audit.VIEWS, closed=True) == []


def test_a_fault_would_be_found(browser, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<h3>No title</h3><img src="x.png"><div style="width:500px">wide</div>')
    found = "\n".join(audit.audit(browser, bad, audit.VIEWS, closed=True))
    for fault in ("image-alt", "document-title", "html-has-lang", "scrolls sideways", "asks for"):
        assert fault in found


@pytest.mark.parametrize("place", [0, 1])
def test_the_focus_is_always_visible(browser, pages, place):
    with audit.open_page(browser, pages[place], audit.VIEWS[0]) as (page, _):
        assert audit.tab_through(page) == []


def test_every_verdict_says_its_word_in_every_view(browser, pages):
    with audit.open_page(browser, pages[0], audit.VIEWS[0]) as (page, _):
        for view in audit.VIEWS:
            audit.set_view(page, view)
            words = page.locator(".verdict")
            assert words.all_inner_texts() == [f"{each.shape} {each}" for each in Verdict]
            assert all(words.nth(place).is_visible() for place in range(len(Verdict))), view


@pytest.mark.parametrize("place", range(4))
def test_a_notice_is_the_first_thing_on_every_page(pages, place):
    main = BeautifulSoup(pages[place].read_text(encoding="utf-8"), "html.parser").main
    assert NOTICE in main.find().get_text()


def test_what_the_gate_looks_at_finds_nothing_wrong_and_finds_a_fault(pages, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<h3>No title</h3><img src="x.png"><div style="width:500px">wide</div>')
    assert axe.audit_pages(pages[:1]) == []
    found = "\n".join(map(str, axe.audit_pages([bad])))
    for fault in ("bad.html: light: with all details open: image-alt", "narrow", "asks for"):
        assert fault in found


def test_a_browser_that_cannot_start_stops_the_gate(pages, tmp_path, monkeypatch):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(PublicationError, match="could not be looked at"):
        axe.audit_pages(pages[:1])


def test_the_first_stop_of_the_keyboard_leads_to_the_content(browser, pages):
    with audit.open_page(browser, pages[1], audit.VIEWS[0]) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


SMALLEST_TEXT = 11  # CSS pixels


@pytest.mark.parametrize(("width", "drawn"), [(1280, 720), (390, 360), (320, 360)])
def test_a_chart_is_drawn_for_the_screen_and_its_words_can_be_read(browser, pages, width, drawn):
    with audit.open_page(browser, pages[1], audit.View("a screen", width=width)) as (page, _):
        image = page.locator("figure.chart img")
        chosen = image.evaluate("e => atob(e.currentSrc.split(',')[1])")
        assert f'width="{72 * drawn / 96:g}pt"' in chosen
        shown = image.bounding_box()["width"]
        assert shown <= width
        assert TEXT * 96 / 72 * shown / drawn >= SMALLEST_TEXT


def test_the_numbers_behind_a_chart_can_be_saved(browser, pages):
    with audit.open_page(browser, pages[1], audit.VIEWS[0]) as (page, _):
        page.locator("figure.chart details.numbers summary").click()
        with page.expect_download() as download:
            page.locator("figure.chart details.numbers .download a").click()
        saved = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert download.value.suggested_filename == "plans.csv"
    assert saved.splitlines() == ["Year,Plans", "2023,10", "2024,11", "2025,14"]
