import nbformat
import pytest
from bs4 import BeautifulSoup

from invented_notebooks import make_setting, shown, write_notebook
from sendlib import pages
from sendlib.packs.front import Change, Front, Kind, RagStatus, RatedFigure, describe_ratings
from sendlib.packs.page_checks import find_problems
from sendlib.packs.render import (
    DECISION,
    Page,
    describe_assurance,
    render_accessibility,
    render_index,
    render_page,
)
from sendlib.packs.setting import Assurance
from sendlib.pages.figures import MEASURES

ACT = RatedFigure(
    "a", "Plans <b>", "6,100 to 7,000", "8 in 10", RagStatus.ACT, "Above 6,000.", "21-x.html"
)
CALM = RatedFigure("b", "Spend", "£69.2m", "", RagStatus.EXPECTED, "It is not above £80m.")
CHANGES = (
    Change(Kind.VERSIONS, "pandas", "3.1.0", "3.2.0"),
    Change(Kind.FIGURES, "Plans <b>", "5,900", "6,100", "Data changed."),
    Change(Kind.DATA, "Release of 2026", "", "file 0123"),
    Change(Kind.DATA, "Release of 2024", "file 4567", ""),
)
FRONT = Front((ACT, CALM), CHANGES, "the pack of 5 October 2026", "5 December 2026.")


@pytest.fixture
def index(tmp_path):
    def render(front=None, **changes):
        notebook = write_notebook(tmp_path, "21_x.ipynb", title="How many?")
        page = Page(notebook, "", "For a test.", ("Plans rise.",))
        html = render_index([page], setting=make_setting(notebook, **changes), front=front)
        (tmp_path / "index.html").write_text(html, encoding="utf-8")
        return BeautifulSoup(html, "html.parser")

    return render


def words_of(part):
    return " ".join(part.get_text(" ", strip=True).split())


def test_each_light_says_its_figure_its_word_and_why_and_leads_to_its_page(index):
    light = index(FRONT).find(class_="rating-act")
    assert light.find(class_="status").get_text() == "Act"
    for part in ("Plans <b>", "6,100 to 7,000", "8 in 10", "Above 6,000."):
        assert part in words_of(light)
    assert light.a["href"] == "21-x.html"
    assert words_of(light.a) == "How many? : Plans <b>"


def test_a_light_of_no_page_of_the_pack_leads_nowhere(index):
    assert index(FRONT).find(class_="rating-expected").a is None


def test_changes_stand_by_kind_with_was_is_and_reason(index):
    soup = index(FRONT)
    assert [part.get_text() for part in soup.main.find_all("h3")][:3] == [
        "Headline figures",
        "Data",
        "Versions",
    ]
    assert [words_of(item) for item in soup.select(".changes li")] == [
        "Plans <b> : was 5,900, is 6,100. Data changed.",
        "Release of 2026 : new, file 0123.",
        "Release of 2024 : no longer there, was file 4567.",
        "pandas : was 3.1.0, is 3.2.0.",
    ]


def test_many_changes_of_one_kind_are_folded_away_and_headline_figures_never(index):
    many = [Change(kind, f"n{i}", "a", "b") for kind in (Kind.DATA, Kind.FIGURES) for i in range(6)]
    folded = index(Front(changes=tuple(many), since="x")).main.find_all("details")
    assert [words_of(part.summary) for part in folded] == ["Show all 6 : Data"]


@pytest.mark.parametrize(
    ("front", "words"),
    [
        (Front(), "This is the first pack here"),
        (
            Front(since="the pack of May"),
            "Nothing that is recorded has changed since the pack of May.",
        ),
        (Front(), "No next pack is planned."),
        (Front(next_run="5 December 2026 at 06:30"), "Next pack: 5 December 2026 at 06:30."),
    ],
)
def test_what_there_is_not_is_said(index, front, words):
    assert words in words_of(index(front).main)


def test_a_first_page_passes_the_checks_with_and_without_a_front(index, tmp_path):
    for front in (None, Front(), FRONT):
        index(front, notice="Old.")
        assert find_problems(tmp_path / "index.html") == []


def test_without_a_front_only_the_pages_stand_there(index):
    soup = index()
    assert [part.name for part in soup.main.find_all(["h2", "h3", "h4"])] == ["h2", "h3"]
    assert not soup.select(".ratings, .changes")


def test_figures_past_a_level_are_named_and_never_counted():
    watched = RatedFigure("c", "Deficit", "", "", RagStatus.WATCH, "")
    unknown = RatedFigure("e", "Places", "", "", RagStatus.NOT_KNOWN, "")
    assert describe_ratings([ACT, watched, CALM, unknown]) == (
        "To act on: Plans <b>. To watch: Deficit. Not known: Places."
    )
    unset = [RatedFigure("d", "", "", "", RagStatus.NO_THRESHOLD, "")]
    assert describe_ratings(unset) == "The board has set no thresholds for these figures."
    assert describe_ratings([*unset, CALM]) == ""
    assert describe_ratings([]) == ""


def test_every_page_carries_the_notice_and_who_assured_it(index):
    setting = {"notice": "Old <figures>.", "assurance": Assurance("A. Analyst", "B. Check", "")}
    statement = BeautifulSoup(render_accessibility(make_setting(**setting)), "html.parser")
    for soup in (index(FRONT, **setting), statement):
        banner = soup.main.find(class_="banner-stale")
        assert words_of(banner) == "Out of date Old <figures>."
        assert "analyst A. Analyst, assurer B. Check, approver not named" in words_of(soup.footer)


@pytest.mark.parametrize(
    ("assurance", "words"),
    [
        (None, "Nobody is named as having checked or approved this pack."),
        (Assurance(" ", "", ""), "Nobody is named as having checked or approved this pack."),
        (Assurance("A", "", ""), "Not fully assured: analyst A, assurer not named"),
        (Assurance("A", "B", "C"), "Assured: analyst A, assurer B, approver C."),
    ],
)
def test_who_is_not_named_is_said(assurance, words):
    assert describe_assurance(assurance).startswith(words)


def test_every_key_that_is_listed_is_stated_by_a_notebook(root):
    written = [*(root / "notebooks").glob("*.ipynb"), *(root / "src" / "sendlib").rglob("*.py")]
    said = "".join(path.read_text("utf-8") for path in written).replace('\\"', '"')
    assert [key for key in MEASURES if f'"{key}"' not in said] == []


def test_what_the_board_is_asked_to_decide_stands_on_the_first_page_with_its_place(tmp_path):
    cells = [f"## {DECISION}", shown(pages.takeaway("Choose <one>.")), "## What next?\n\nMore."]
    asks = write_notebook(tmp_path, "40_a.ipynb", title="Asks", cells=cells)
    silent = [
        f"## {DECISION}",
        "Money is not available.",
        "## What next?",
        shown(pages.takeaway("No.")),
    ]
    other = write_notebook(tmp_path, "41_b.ipynb", title="Silent", cells=silent)
    setting = make_setting(asks, other)
    rendered = [
        render_page(nbformat.read(one.path, 4), one, setting=setting, parameters={})
        for one in (asks, other)
    ]
    soup = BeautifulSoup(render_index(rendered, setting=setting, front=FRONT), "html.parser")
    (told,) = [p for p in soup.main.find_all("p") if p.a and "#" in p.a["href"]]
    assert words_of(told) == "Choose <one>. Asks"
    assert words_of(told.find_previous("h2")) == DECISION
    page = BeautifulSoup(rendered[0].html, "html.parser")
    assert words_of(page.find(id=told.a["href"].partition("#")[2])) == DECISION
