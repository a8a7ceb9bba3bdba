"""What sections of several pages have, from frames written out here."""

import pandas as pd

from sendlib import present
from sendlib.outcomes import has_strategy_gaps, in_page_order, read_titles

STATED = pd.DataFrame(
    {
        "balance_date": pd.to_datetime(["2025-03-31", "2026-03-31"]),
        "closing_balance_gbp": [-50e6, -70e6],
        "happened": [True, False],
        "item": ["schools grant", "schools grant"],
    },
    index=[7, 3],
)


def test_a_section_without_figures_says_of_whom_none_are_held():
    html = present.not_held("spend", "Here")._repr_html_()
    assert "No spend for Here is held here" in html
    assert "banner-degraded" in html


def test_the_last_amount_is_a_key_figure_in_millions_and_none_is_none():
    amounts = pd.Series({"2023-24": 50e6, "2024-25": 61.27e6})
    (tile,) = present.last_amount("Spend", amounts, key="spend", detail="{}, outturn")
    assert (tile.value, tile.detail, tile.numbers) == ("£61.3m", "2024-25, outturn", (61.27,))
    assert present.last_amount("Spend", amounts[:0], key="spend") == ()


def test_columns_become_lines_in_the_order_of_their_names():
    money = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["2023-24", "2024-25"])
    lines = present.as_lines(money, {"b": "Second", "a": "First"})
    assert list(lines.columns) == ["year", "name", "value"]
    assert lines["name"].tolist() == ["Second", "Second", "First", "First"]
    assert lines["value"].tolist() == [3.0, 4.0, 1.0, 2.0]


def test_a_chart_of_peers_has_its_place_and_every_value_in_words():
    beside = pd.DataFrame(
        {
            "area_name": ["Here", "There"],
            "role": ["authority", "neighbour"],
            "value": [5.0, 7.5],
            "gap": [0.0, -2.5],
            "rank": [2.0, 1.0],
            "ranked": 2,
        }
    )
    made = present.peers_chart(
        beside, what="share", measured="share in 2025", unit="pct1", title="T", source="S", name="n"
    )
    assert made.alt == "Bar chart of share in 2025, highest first: There 7.5% and Here 5.0%."
    assert str(made.takeaway).startswith("Here has a share of 5.0%, the lowest of 2")
    assert made.numbers.shown["gap"].tolist()[1] == "−2.5"


def test_every_stated_balance_has_its_row_whatever_the_frame_is_indexed_by():
    made = present.balance_chart(STATED, title="T", caption="C", also=["item"], source="S")
    assert list(made.numbers.shown.columns) == ["year", "item", "value"]
    assert made.numbers.shown["value"].tolist() == ["−£50,000,000", "−£70,000,000"]
    assert "−£50.0m in March 2025" in made.alt


def test_charts_of_a_section_are_those_held_or_a_note_that_none_is():
    held = {1: "one", 3: "three"}
    assert present.charts_or_not_held(held, (3, 2, 1), what="x", name="Here") == ["three", "one"]
    (note,) = present.charts_or_not_held(held, (2,), what="result", name="Here")
    assert "No result for Here" in note._repr_html_()


def test_rows_stand_in_the_order_of_the_page_with_their_titles():
    first, second = read_titles().index[:2]
    rows = pd.DataFrame({"indicator": [second, "unknown", first, second], "value": [1, 2, 3, 4]})
    ordered = in_page_order(rows)
    assert ordered["value"].tolist() == [3, 1, 4]
    assert ordered["title"].tolist() == read_titles()["title"][[first, second, second]].tolist()


def test_only_an_authority_whose_strategy_prints_rates_has_strategy_gaps(tables):
    figures = tables["strategy_figure"]
    assert has_strategy_gaps(figures, "865")
    assert not has_strategy_gaps(figures, "916")
