import nbformat
import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup

from invented_notebooks import make_setting, shown, write_notebook
from sendlib import pages
from sendlib.packs.front import AreaFinding, Front, Move, RatedFigure, Verdict
from sendlib.packs.page_checks import find_problems
from sendlib.packs.render import (
    Page,
    describe_assurance,
    render_accessibility,
    render_index,
    render_page,
)
from sendlib.packs.setting import Assurance
from sendlib.pages.figures import KEY_FIGURES

LINK = Markup('<a href="21-x.html#figure-a">6,100 plans</a>')
RATED = RatedFigure("a", "Plans <b>", "6,100", Verdict.ACT, "Above 6,000.", "The law.", "21-x.html")
FRONT = Front(
    title=Markup("{} are too many").format(LINK),
    findings=(AreaFinding("Demand", LINK, Markup("are in force."), Verdict.ACT),),
    moves=(Move(LINK, "Each is a duty."),),
    since="a year before",
    missing=(Markup("Spend of <b>2026</b>"),),
    rated=(RATED,),
    next_run="5 December 2026.",
)
ASSURED = Assurance(analyst="A. Analyst", assurer="B. Check")


@pytest.fixture
def index(tmp_path):
    def render(front=None, **changes):
        notebook = write_notebook(tmp_path, "21_x.ipynb", title="How many?")
        page = Page(notebook, "", ("Plans rise.",))
        html = render_index([page], setting=make_setting(notebook, **changes), front=front)
        (tmp_path / "index.html").write_text(html, encoding="utf-8")
        return BeautifulSoup(html, "html.parser")

    return render


def words_of(part):
    return " ".join(part.get_text(" ", strip=True).split())


def test_a_finding_says_its_verdict_in_words_and_every_number_is_a_link(index):
    soup = index(FRONT)
    (finding,) = soup.select(".findings section")
    assert words_of(finding) == "Demand ■ act now 6,100 plans are in force."
    assert {link["href"] for link in soup.select("h1 a, .findings a, .moves a")} == {
        "21-x.html#figure-a"
    }
    assert soup.title.get_text().startswith("6,100 plans are too many")


def test_the_rules_behind_the_verdicts_are_folded_away(index):
    (rules,) = index(FRONT).select("details.rules")
    for part in ("Plans <b>", "6,100", "act now", "Above 6,000.", "The law."):
        assert part in words_of(rules)


def test_what_is_not_there_has_no_heading(index):
    headings = [words_of(part) for part in index(Front()).main.find_all("h2")]
    assert headings == ["In this pack"]
    assert "next pack" not in words_of(index(Front()))
    assert "The next pack is due on 5 December 2026." in words_of(index(FRONT).footer)


def test_a_first_page_passes_the_checks_with_and_without_a_front(index, tmp_path):
    for front in (None, Front(), FRONT):
        index(front, notice="Old.")
        assert find_problems(tmp_path / "index.html") == []


def test_without_a_front_only_the_pages_stand_there(index):
    soup = index()
    assert [part.name for part in soup.main.find_all(["h2", "h3", "h4"])] == ["h2", "h3"]
    assert not soup.select(".findings, .moves")


def test_every_page_carries_the_notice_and_who_assured_it(index, tmp_path):
    setting = {"notice": "Old <figures>.", "assurance": ASSURED}
    notebook = write_notebook(tmp_path)
    node, about = nbformat.read(notebook.path, 4), make_setting(notebook, **setting)
    page = render_page(node, notebook, setting=about, parameters={}).html
    others = [BeautifulSoup(each, "html.parser") for each in (page, render_accessibility(about))]
    assert not index(FRONT).select(".banner-stale")
    for soup in (index(FRONT, **setting), *others):
        banner = soup.main.find()
        assert words_of(banner) == "Out of date Old <figures>."
        assert "analyst A. Analyst, assurer B. Check, approver not named" in words_of(soup.footer)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("", "Nobody is named as having checked or approved this pack."),
        (" ", "Nobody is named as having checked or approved this pack."),
        ("A", "Not fully assured: analyst A, assurer not named"),
        ("ABC", "Assured: analyst A, assurer B, approver C."),
    ],
)
def test_who_is_not_named_is_said(names, words):
    roles = dict(zip(("analyst", "assurer", "approver"), names, strict=False))
    assert describe_assurance(Assurance(**roles)).startswith(words)


def test_every_key_that_is_listed_is_stated_by_a_notebook(root):
    written = [*(root / "notebooks").glob("*.ipynb"), *(root / "src" / "sendlib").rglob("*.py")]
    said = "".join(path.read_text("utf-8") for path in written).replace('\\"', '"')
    assert [key for key in KEY_FIGURES if f'"{key}"' not in said] == []


def test_what_the_board_is_asked_to_decide_stands_on_the_first_page_with_its_place(tmp_path):
    asked = pages.decisions([("Choose <one>.", "The first costs less.")])
    asks = write_notebook(tmp_path, "40_a.ipynb", title="Asks", cells=[shown(asked)])
    late = shown(pages.missing(["Spend of 2026", ""]))
    other = write_notebook(tmp_path, "41_b.ipynb", title="Silent", cells=[late])
    setting = make_setting(asks, other)
    rendered = [
        render_page(nbformat.read(one.path, 4), one, setting=setting, parameters={})
        for one in (asks, other)
    ]
    assert [page.missing for page in rendered] == [(), ("Spend of 2026",)]
    soup = BeautifulSoup(render_index(rendered, setting=setting, front=FRONT), "html.parser")
    (ask,) = soup.select(".asked li")
    assert (words_of(ask), ask.a["href"]) == ("Choose <one>.", "40-a.html#decisions")
    page = BeautifulSoup(rendered[0].html, "html.parser")
    assert words_of(page.find(id="decisions")) == "Choose <one>. The first costs less."
