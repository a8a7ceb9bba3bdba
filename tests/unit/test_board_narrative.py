import re

import pytest
from bs4 import BeautifulSoup

from invented_notebooks import make_draft, make_setting, write_notebook
from sendlib.board.file import Board
from sendlib.board.narrative import findings, make_front, moves, title
from sendlib.board.rag import rate_figures
from sendlib.packs.render import Page
from sendlib.packs.runs import Run
from sendlib.pages.figures import KEY_FIGURES, write

BOARD = Board(name="Invented board", authority="999")
CHART = (
    '<article><figure class="chart" id="chart-a"><figcaption class="chart-title">First</figcaption>'
    '<p class="source">Source: us</p></figure><figure class="chart" id="chart-b"><figcaption '
    'class="chart-title">£232.4m to £308.3m</figcaption><details>N.</details></figure></article>'
)


def figure(key, *numbers, when="", page="x.html", **beside):
    unit = KEY_FIGURES[key].unit
    shown = {"label": KEY_FIGURES[key].label, "value": write(numbers, unit), "when": when}
    return {key: shown | {"numbers": list(numbers), "beside": beside, "page": page}}


FIGURES = (
    figure("plans_in_force", 6914, when="January 2026", before=6383)
    | figure("plans_growth_pct", 8.3, england=12.5)
    | figure("plans_next_january", 7138, 7523, 7889, when="January 2027")
    | figure("plans_on_time_share", 0.29, when="2025", before=0.62, england=0.46)
    | figure("not_in_school", 669, before=452)
    | figure("state_special_plans", 1377, before=1237)
    | figure("deficit_now", 61.2, when="March 2025")
    | figure("deficit_protection_ends", 232.4, 270.1, 308.3, when="March 2028", reserves=34.0)
)


def said(figures):
    rated = rate_figures(figures, [])
    return {each.area: each for each in findings(figures, rated)}, title(figures, rated)[0]


def test_a_deficit_whose_balance_is_not_available_is_what_is_added_to_it():
    ahead = figure("deficit_protection_ends", 232.4, 270.1, 308.3, when="March 2028", reserves=34.0)
    ahead["deficit_protection_ends"]["label"] = "Deficit since 31 March 2025 at 31 March 2028"
    found, heading = said({**FIGURES, **ahead})
    assert words_of(heading).startswith("£232.4m to £308.3m more is spent than")
    text = words_of(found["Money"].text)
    assert text.startswith("more is spent than comes in by March 2028 without support; the defi")


def words_of(markup):
    return " ".join(BeautifulSoup(str(markup), "html.parser").get_text().split())


def test_three_sentences_say_demand_places_and_money_with_a_verdict_each():
    found, heading = said(FIGURES)
    assert {area: str(each.verdict) for area, each in found.items()} == {
        "Demand": "act now",
        "Places": "worsening",
        "Money": "act now",
    }
    assert words_of(found["Demand"].lead) == "6,914 plans"
    assert words_of(found["Demand"].text) == (
        "are in force, 8.3% more than a year before (England 12.5%). January 2027 should bring "
        "7,138 to 7,889. 29% were issued on time; by law, all should be."
    )
    assert words_of(found["Money"].text).startswith("is the deficit by March 2028")
    assert words_of(heading) == (
        "The deficit is heading for £232.4m to £308.3m by March 2028; 71% of plans come late"
    )


def test_a_forecast_whose_past_ranges_were_too_narrow_says_so_where_it_is_shown():
    narrow = "Past ranges here were too narrow: 13 of 25 held the count, where 8 in 10 should."
    ahead = {**FIGURES["plans_next_january"], "caveat": narrow}
    text = said({**FIGURES, "plans_next_january": ahead})[0]["Demand"].text
    assert f"should bring 7,138 to 7,889. {narrow} 29% were" in words_of(text)
    (linked,) = (
        each for each in BeautifulSoup(str(text), "html.parser").find_all("a")
        if "narrow" in each.get_text()
    )  # fmt: skip
    assert linked["href"] == "x.html#figure-plans_next_january"


def test_a_few_late_plans_come_after_what_else_is_past_a_threshold():
    nearly = figure("plans_on_time_share", 0.98, when="2025", england=0.46)
    outside = figure("not_in_school", 669, before=452)
    assert words_of(said(nearly | outside)[1]).startswith("669 are outside school or college; 98%")
    worse = figure("plans_on_time_share", 0.98, when="2025", before=0.99, england=0.46)
    small = figure("deficit_protection_ends", 1.0, 2.0, 3.0, when="March 2028", reserves=34.0)
    assert words_of(said(worse | small)[1]).endswith(
        "March 2028; 98% of plans come on time, where by law all should"
    )
    assert words_of(said(nearly)[1]) == "98% of plans come on time, where by law all should"


def test_every_number_of_a_finding_or_heading_is_a_link_to_a_figure():
    found, heading = said(FIGURES)
    for markup in (heading, *(part for each in found.values() for part in (each.lead, each.text))):
        soup = BeautifulSoup(str(markup), "html.parser")
        for link in soup.find_all("a"):
            assert re.fullmatch(r"x\.html#figure-[a-z_0-9]+", link["href"])
            link.decompose()
        assert not re.findall(r"\d", re.sub(r"(January|March) \d{4}", "", soup.get_text()))


@pytest.mark.parametrize("left_out", FIGURES)
def test_without_a_figure_the_rest_is_said(left_out):
    figures = {key: figure for key, figure in FIGURES.items() if key != left_out}
    found, heading = said(figures)
    assert heading
    text = " ".join(words_of(each.text) for each in found.values())
    assert "None" not in text
    assert "  " not in text


def test_a_heading_of_a_calm_pack_is_no_alarm():
    calm = figure("plans_in_force", 500) | figure("plans_on_time_share", 1.0, england=0.5)
    calm |= figure("not_in_school", 0, before=1)
    assert words_of(title(calm, rate_figures(calm, []))[0]) == "500 plans are in force"
    assert title({}, ())[0] == ""


def test_what_changed_is_said_with_why_it_matters_the_largest_first():
    found = moves(FIGURES, {})
    assert words_of(found[0].what) == "Plans on time: 29% (2025), from 62%"
    assert found[0].why.startswith("Worse. By law")
    assert len(found) == 3
    earlier = {"deficit_now": FIGURES["deficit_now"] | {"numbers": [56.2]}}
    (only,) = moves(FIGURES, earlier)
    assert words_of(only.what).endswith("£61.2m (March 2025), from £56.2m")


@pytest.fixture
def draft(tmp_path):
    notebook = write_notebook(tmp_path, "40_x.ipynb", title="Money")
    own = {key: entry | {"page": notebook.page} for key, entry in FIGURES.items()}
    shown = tuple(entry | {"key": key} for key, entry in own.items())
    page = Page(notebook, CHART, (), shown, missing=("Spend of 2025-26",))
    made = make_draft(tmp_path, make_setting(notebook), pages=(page,))
    made.record = {"data": [{"path": "a.csv", "sha256": "0", "title": "Plans 2026"}]}
    return made


def test_the_chart_is_the_one_that_the_heading_is_about_without_what_stands_below_it(draft):
    front = make_front(BOARD, draft, None)
    picture, address = front.chart
    assert address == "40-x.html#chart-b"
    assert "N." not in picture
    assert [words_of(point) for point in front.missing] == ["Spend of 2025-26"]


@pytest.mark.parametrize(
    ("value", "data", "remark"),
    [
        ("6,914", [], "No headline figure has changed since the last pack."),
        ("6,383", [], "New data: Plans 2026 (a.csv)."),
        ("6,383", None, "No new data or assumption explains this: ask before relying on it."),
    ],
)
def test_what_explains_a_change_is_said_and_what_nothing_explains_too(draft, value, data, remark):
    data = draft.record["data"] if data is None else data
    figures = {"plans_in_force": {"value": value, "numbers": [6383.0], "label": "Plans"}}
    before = Run("a", draft.folder, {"figures": figures, "data": data}, "published")
    front = make_front(BOARD, draft, before)
    assert front.remark == remark
    assert front.since == ("a year before" if value == "6,914" else "the pack a")
