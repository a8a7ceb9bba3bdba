import base64
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from sendlib import pages
from sendlib.pages.tables import with_symbols

PLACES = pd.DataFrame(
    {
        "Place": ["Special school", "=cmd()", "<b>bold</b>"],
        "Plans": [1210, np.nan, 12],
        "Net spend": [30_100_000.0, -400_000.0, np.nan],
    }
)


def table(frame=PLACES, **more):
    settings = {"caption": "Invented plans, 2025", "name": "places"} | more
    return pages.table(frame, **settings)


def html_of(part):
    return BeautifulSoup(part._repr_html_(), "html.parser")


def csv_of(part):
    held = re.search(r"data:text/csv;charset=utf-8;base64,([^\"]+)", part._repr_html_())
    return base64.b64decode(held[1]).decode("utf-8-sig")


def texts(soup, row):
    return [cell.get_text() for cell in soup.tbody.find_all("tr")[row].find_all(["th", "td"])]


def test_a_table_has_a_caption_and_scoped_headers():
    soup = html_of(table())
    assert soup.caption.get_text() == "Invented plans, 2025"
    assert [cell["scope"] for cell in soup.thead.find_all("th")] == ["col"] * 3
    assert [row.th["scope"] for row in soup.tbody.find_all("tr")] == ["row"] * 3


def test_a_table_can_be_scrolled_with_the_keyboard():
    region = html_of(table()).find(role="region")
    assert region["tabindex"] == "0"
    assert region["aria-label"] == "Table: Invented plans, 2025"


def test_a_missing_value_is_words_and_never_zero_on_the_page_and_in_the_csv():
    shown = table(formats={"Plans": "count", "Net spend": "gbp_m"})
    assert texts(html_of(shown), 1) == ["=cmd()", "not available", "−£0.4m"]
    assert "not available" in csv_of(shown).splitlines()[2]
    assert "nan" not in shown._repr_html_().lower()


def test_a_withheld_value_is_a_symbol_on_the_page_and_in_the_csv():
    status = pd.Series(["suppressed", "not_applicable", "reported"])
    plans = with_symbols(pd.Series([np.nan, np.nan, 1210.0]), status)
    shown = table(PLACES.assign(Plans=plans), formats={"Plans": "count"})
    assert csv_of(shown).splitlines()[1:] == [
        "Special school,[c],30100000",
        "'=cmd(),[z],-400000",
        "<b>bold</b>,1210,not available",
    ]
    assert html_of(shown).abbr["title"] == "withheld to protect individuals"
    assert texts(html_of(shown), 2)[1] == "1,210"
    assert "Shorthand: [c] withheld to protect individuals; [z]" in shown._repr_html_()


def test_text_from_data_is_escaped():
    assert html_of(table()).find("b") is None


def test_text_that_looks_like_a_formula_is_neutralised_and_numbers_are_not():
    frame = pd.DataFrame({"@head": ["=1+1", "+1", "-x", "@a", "plain"], "n": [-1, -2, -3, -4, -5]})
    lines = csv_of(table(frame)).splitlines()
    assert lines == ["'@head,n", "'=1+1,-1", "'+1,-2", "'-x,-3", "'@a,-4", "plain,-5"]


def test_a_named_index_becomes_the_row_header():
    soup = html_of(table(PLACES.set_index("Place")))
    assert texts(soup, 0)[:2] == ["Special school", "1,210"]


def test_numbers_are_aligned_to_the_right_and_row_headers_are_not():
    frame = pd.DataFrame({"Year": [2024, 2025], "Plans": [1.0, 2.5]})
    row = html_of(table(frame)).tbody.tr
    assert row.th.get("class") is None
    assert row.td["class"] == ["num"]


def test_one_box_stands_for_two_frames_that_lack_the_same_figures():
    empty, whole = pd.DataFrame({"plans": []}), pd.DataFrame({"plans": [1]})
    second = pages.same_gap(empty.copy(), empty)
    assert second.attrs["missing"] is False
    assert (
        pages.same_gap(empty.copy(), whole).attrs == pages.same_gap(whole.copy(), empty).attrs == {}
    )


def test_a_frame_without_rows_says_what_is_not_available_and_why():
    empty = PLACES.head(0)
    empty.attrs["why"] = "Nobody counted."
    shown = table(empty, caption="Plans by place")._repr_html_()
    assert "No figures are available of plans by place. Nobody counted." in shown
    assert "<table" not in shown


def test_a_frame_may_bring_its_formats_and_a_chance_has_its_own():
    frame = pd.DataFrame({"Year": [2024], "low": [2e6], "chance of more": [1.0]})
    frame.attrs["formats"] = {"low": "gbp_m", "gone": "count"}
    assert table(frame, caption="x").shown.loc[0].tolist()[1:] == ["£2.0m", "more than 99%"]
    assert table(frame, caption="x", formats={"low": "gbp"}).shown.loc[0, "low"] == "£2,000,000"


def test_plans_are_whole_and_a_date_has_no_time():
    part = pd.DataFrame({"day": pd.to_datetime(["2025-03-31"]), "plans": [2436.3], "other": [0.25]})
    text = pages.table(part, caption="Shares of plans").shown.iloc[0].tolist()
    assert text == ["31 March 2025", "2,436", "0.2"]
    wide = part[["other"]].assign(kind="x")[["kind", "other"]]
    wide.attrs["unit"] = "count"
    assert pages.table(wide, caption="Plans by place").shown["other"].tolist() == ["0"]


@pytest.mark.parametrize(
    ("frame", "more", "words"),
    [
        (pd.DataFrame(index=[1]), {}, "no columns"),
        (PLACES, {"caption": " "}, "caption"),
        (PLACES, {"formats": {"Plan": "count"}}, "did you mean Plans"),
        (PLACES, {"name": "../places"}, "cannot name a file"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, "one name"),
    ],
)
def test_a_table_that_would_mislead_is_refused(frame, more, words):
    with pytest.raises(ValueError, match=words):
        table(frame, **more)


def test_one_format_is_that_of_all_numbers_without_a_unit_of_their_own():
    frame = pd.DataFrame({"Item": ["A"], "spend_gbp": [5.0], "gap": [2.5e6]})
    assert texts(html_of(table(frame, formats="gbp_m")), 0) == ["A", "£5", "£2.5m"]


def test_a_name_follows_from_the_caption():
    assert 'id="table-invented-plans-2025"' in table(name="")._repr_html_()
