"""The real pack: made by the command line in a copy of the project, then read.

All tests share one pack: tests of one file run in one worker.
"""

import io
import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from typer.testing import CliRunner

import audit
from command_line import call_sendlib, run_sendlib
from sendlib.board.run import print_pages
from sendlib.cli import app
from sendlib.packs.page_checks import find_problems

sys.path.append(str(Path(__file__).parents[2] / "scripts"))
from count_words import count_words, reading_age, sentences

pytestmark = pytest.mark.notebook

WORDS_OF_ALL = 12_000
WORDS = {"index": 350, "90-board-briefing": 600, "31-comparators": 1_500, "00-start-here": 450}
OLDEST_READER = 14.0  # years of age, by the Automated Readability Index
FIRST_PAGE_AT_MOST = 100_000  # bytes
LONG = 10  # words of a sentence that no other page may repeat


def text_of(page: Path) -> str:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").get_text(" ")


def test_the_pack_has_a_page_for_every_notebook_and_two_more(pack, root):
    names = sorted(page.name for page in pack.glob("*.html"))
    pages = [path.stem.replace("_", "-") + ".html" for path in (root / "notebooks").glob("*.ipynb")]
    assert pages
    assert names == [*sorted(pages), "accessibility.html", "index.html"]


def test_every_page_passes_the_page_checks(pack):
    assert not [problem for page in pack.glob("*.html") for problem in find_problems(page)]


@pytest.mark.slow
@pytest.mark.browser
def test_every_page_of_the_pack_is_accessible_and_asks_for_nothing(pack):
    with audit.open_browser() as browser:
        problems = {
            page.name: audit.audit(browser, page, audit.VIEWS, closed=True)
            for page in sorted(pack.glob("*.html"))
        }
    assert {name: found for name, found in problems.items() if found} == {}


@pytest.mark.browser
def test_the_first_page_prints_on_one_sheet_and_the_briefing_on_two(pack):
    audit.skip_without_a_browser()
    sheets = {"index": 1, "90-board-briefing": 2}
    printed = print_pages([pack / f"{name}.html" for name in sheets])
    counted = {name: len(PdfReader(io.BytesIO(printed[f"{name}.pdf"])).pages) for name in sheets}
    assert counted == sheets


def test_no_page_shows_a_python_error_warning_or_missing_number(pack):
    for page in pack.glob("*.html"):
        text = text_of(page)
        found = re.search(r"Traceback|Warning:|\bnan\b|\bNaN\b|\bNone\b(?! of)|<NA>|\binf\b", text)
        assert not found, f"{page.name} shows {found}"


def test_the_same_figure_is_the_same_on_every_page(pack):
    plans = {}
    for name in ("20-demand-trends", "21-demand-forecast", "90-board-briefing"):
        page = BeautifulSoup((pack / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        tiles = page.select("dl.tiles .tile")
        plans[name] = tiles[0].select_one(".value").get_text()
    assert set(plans.values()) == {"6,914"}
    forms = {
        "21-demand-forecast": r"January 2027: between ([\d,]+) and ([\d,]+\d)",
        "90-board-briefing": r"January 2027 should bring ([\d,]+) to ([\d,]+\d)",
        "index": r"January 2027 should bring\s+([\d,]+) to ([\d,]+\d)",
    }
    found = {
        re.search(form, text_of(pack / f"{name}.html")).groups() for name, form in forms.items()
    }
    assert len(found) == 1


def read_pages(pack):
    return {page.stem: page.read_text(encoding="utf-8") for page in sorted(pack.glob("*.html"))}


def test_pages_keep_to_their_words(pack):
    counts = {name: count_words(html) for name, html in read_pages(pack).items()}
    assert {name: counts[name] for name, most in WORDS.items() if counts[name] > most} == {}
    assert sum(counts.values()) <= WORDS_OF_ALL
    assert (pack / "index.html").stat().st_size < FIRST_PAGE_AT_MOST


def test_pages_for_the_board_can_be_read_at_fourteen(pack):
    pages = read_pages(pack)
    ages = {name: reading_age(pages[name]) for name in ("index", "90-board-briefing")}
    assert {name: age for name, age in ages.items() if age > OLDEST_READER} == {}


def test_no_sentence_stands_twice_in_the_pack(pack):
    said = Counter(
        sentence
        for html in read_pages(pack).values()
        for sentence in sentences(html)
        if len(sentence.split()) >= LONG and not sentence.startswith(("Source", "Shorthand"))
    )
    assert [sentence for sentence, times in said.items() if times > 1] == []


def test_every_number_of_the_first_page_s_findings_leads_to_a_figure_of_the_pack(pack):
    index = BeautifulSoup((pack / "index.html").read_text(encoding="utf-8"), "html.parser")
    parts = index.select("h1, .findings p, .moves strong")
    for link in [link for part in parts for link in part.find_all("a")]:
        page, _, name = link["href"].partition("#")
        assert BeautifulSoup((pack / page).read_text("utf-8"), "html.parser").find(id=name)
        link.extract()
    left = " ".join(part.get_text(" ") for part in parts)
    assert not re.findall(r"\d", re.sub(r"(January|March) \d{4}", "", left))
    for word in ("sendlib", "commit", "sha-256", "parameter", "baseline"):
        assert word not in text_of(pack / "index.html").lower()


def test_the_strategy_s_growth_is_rebuilt_on_the_page(pack):
    text = text_of(pack / "20-demand-trends.html")
    assert "Plans in Wiltshire rose by 79% from 1,875 in 2013 to 3,349 in 2019." in text
    assert "In England they rose by 52% from 233,431 in 2013 to 353,995 in 2019." in text
    assert "Requests rose by 37% from 505 in 2017 to 690 in 2018." in text


def test_the_run_record_says_what_was_run_on_what(pack):
    record = json.loads((pack / "run.json").read_text(encoding="utf-8"))
    assert record["state"] == "published"
    given = next(iter(record["parameters"].values()))
    assert given["la_code"] == "865"
    paths = {entry["path"] for entry in record["data"]}
    assert any(path.startswith("dfe_ehcp/2025/caseload.csv") for path in paths)


@pytest.mark.slow
def test_the_same_command_gives_the_same_bytes(project_copy, pack):
    first = {page.name: page.read_bytes() for page in pack.glob("*.html")}
    again = run_sendlib(project_copy, "brief", "--la", "E06000054", epoch="1750000000")
    assert again.returncode == 0, again.stderr
    second = {page.name: page.read_bytes() for page in pack.glob("*.html")}
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["--la", "North Somerset"], "North Somerset"),
        (["--la", "916", "--as-of", "2019", "--horizon", "2"], "Gloucestershire"),
    ],
)
def test_other_authorities_and_januaries_make_a_pack(project_copy, tmp_path, arguments, name):
    made = run_sendlib(project_copy, "brief", *arguments, "--out", str(tmp_path))
    assert made.returncode == 0, made.stderr
    assert f"{name} SEND briefing" in text_of(tmp_path / "latest" / "index.html")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--la", "Wiltshrie"], "Did you mean Wiltshire?"),
        (["--as-of", "2031"], "Give a January from 2010 to 2026"),
        (["--horizon", "30"], "Give 1 to 10 years"),
        (["--scenario", "base"], "Did you mean baseline?"),
    ],
)
def test_a_bad_request_is_refused_before_anything_runs(
    project_copy, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.setenv("SENDLIB_ROOT", str(project_copy))
    refused = CliRunner().invoke(app, ["brief", *arguments, "--out", str(tmp_path)])
    assert refused.exit_code == 1
    assert said in str(refused.exception)
    assert not list(tmp_path.iterdir())


def test_one_notebook_runs_alone_with_parameters_from_the_command_line(project_copy, tmp_path):
    done = run_sendlib(
        project_copy, "notebook", "run", "21", "-p", "la_code=850", "--out", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert "Plans in Hampshire" in text_of(tmp_path / "latest" / "21-demand-forecast.html")


def test_misspelt_scenarios_are_refused_before_anything_runs(project_copy, tmp_path):
    refused = call_sendlib(
        *(project_copy, "notebook", "run", "40", "--out", str(tmp_path / "out")),
        *("-p", "scenario = baselin", "-p", "compare=slower_growt, white_papr"),
    )
    assert refused.returncode == 1
    for nearest in ("baseline", "slower_growth", "white_paper"):
        assert f"Did you mean {nearest}?" in refused.stderr
    assert not (tmp_path / "out").exists()


def test_a_misspelt_parameter_is_refused_with_the_nearest(project_copy):
    refused = call_sendlib(
        project_copy, "notebook", "run", "41", "-p", "horizn=3", "-p", "draws=many"
    )
    assert refused.returncode == 1
    assert "horizn" in refused.stderr
    assert "draws" in refused.stderr
