import matplotlib.collections
import numpy as np
import pandas as pd
import pytest

from sendlib import present

YEARS = pd.DataFrame({"year": [2023, 2024, 2025], "value": [3.0, np.nan, -7.0]})
LINES = pd.DataFrame(
    {"year": [2024, 2025] * 2, "name": ["A", "A", "B", "B"], "value": [10.0, 20.0, 12.0, 15.0]}
)
AREAS = pd.DataFrame(
    {
        "area_name": ["W", "N", "England"],
        "role": ["authority", "neighbour", "england"],
        "value": [5.0, 9.0, 7.0],
    }
)
PAIRS = pd.DataFrame({"category": ["A", "B"], "first": [1.0, np.nan], "last": [3.0, 2.0]})


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_columns_draw_a_bar_for_each_year_with_its_number():
    ax = present.plot_columns(YEARS, unit="count")
    assert [bar.get_height() for bar in ax.patches] == [3, 0, -7]
    assert texts(ax) == ["3", "not available", "−7"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2023", "2024", "2025"]
    low, high = ax.get_ylim()
    assert low <= 0 <= high


def test_what_has_not_happened_is_hatched():
    ax = present.plot_columns(YEARS.assign(foreseen=[False, False, True]), unit="count")
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, False, True]


def test_printed_figures_are_marked_beside_the_bars():
    printed = pd.DataFrame({"year": [2023], "value": [4.0], "label": ["printed"]})
    ax = present.plot_columns(YEARS, unit="count", printed=printed)
    assert "printed" in texts(ax)


def test_ranked_bars_are_longest_at_the_top_and_start_at_zero():
    ax = present.plot_ranked(AREAS, unit="count")
    assert [bar.get_width() for bar in ax.patches] == [5, 7, 9]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["W", "England", "N"]
    assert ax.get_xlim()[0] <= 0
    assert texts(ax) == ["5", "7", "9"]
    assert [label.get_fontweight() for label in ax.get_yticklabels()] == [
        "bold",
        "normal",
        "normal",
    ]


def test_an_area_outside_the_ranking_is_told_apart_without_colour():
    bars = present.plot_ranked(AREAS, unit="count").patches
    assert [bar.get_facecolor() == (1, 1, 1, 1) for bar in bars] == [False, True, False]
    assert [bar.get_linewidth() > 0 for bar in bars][1]


def test_pairs_have_two_points_and_their_words():
    ax = present.plot_change(PAIRS, first="2019", last="2025", unit="count")
    points = [c for c in ax.collections if isinstance(c, matplotlib.collections.PathCollection)]
    assert len(points) == 2
    assert texts(ax) == ["1 to 3", "not available to 2"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["2019", "2025"]
    assert ax.get_xlim()[0] == 0


@pytest.mark.parametrize("values", [[-1.0, 2.0], [np.nan, np.nan]])
def test_pairs_that_would_not_show_are_refused(values):
    with pytest.raises(ValueError, match="needs numbers, none of them below zero"):
        present.plot_change(
            PAIRS.assign(first=values, last=values), first="a", last="b", unit="count"
        )


def test_lines_start_at_zero_and_are_named_at_their_ends():
    ax = present.plot_lines(LINES, unit="count", breaks=[2025])
    assert ax.get_ylim()[0] == 0
    assert {"A 20", "B 15", "break"} <= set(texts(ax))
    assert [list(line.get_ydata()) for line in ax.lines[:2]] == [[10, 20], [12, 15]]
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


def test_a_line_with_a_gap_is_drawn_from_what_is_known():
    frame = LINES.assign(value=[10.0, np.nan, 12.0, 15.0])
    ax = present.plot_lines(frame, unit="count")
    assert {"A 10", "B 15"} <= set(texts(ax))


def test_a_fifth_line_is_refused_and_not_left_out():
    many = pd.concat([LINES.assign(name=name) for name in "ABCDE"])
    with pytest.raises(ValueError, match="5 lines are too many: A, B, C, D, E; draw 4"):
        present.plot_lines(many, unit="count")


def test_a_fan_is_dashed_inside_a_band_from_the_last_count():
    history = pd.DataFrame({"census_year": [2024, 2025], "plans": [90.0, 100.0]})
    ahead = pd.DataFrame(
        {
            "census_year": [2026, 2027],
            "low": [95.0, 90.0],
            "middle": [110.0, 120.0],
            "high": [130.0, 160.0],
        }
    )
    marks = pd.DataFrame({"census_year": [2026.2], "plans": [105.0], "label": ["council's plan"]})
    ax = present.plot_fan(history, ahead, range_label="8 in 10", marks=marks)
    counted, middle = ax.lines[:2]
    assert list(counted.get_ydata()) == [90, 100]
    assert list(middle.get_ydata()) == [100, 110, 120]
    assert middle.get_linestyle() != "-"
    assert ax.get_ylim()[0] == 0
    assert {"160", "120", "90", "100", "8 in 10", "council's plan"} <= set(texts(ax))


def test_a_grid_writes_every_number_and_a_dash_where_one_is_missing():
    frame = pd.DataFrame({"x": [0.1, 0.2], "y": [np.nan, 0.4]}, ["A", "B"])
    written = {
        (round(text.get_position()[0] - 0.5), round(text.get_position()[1] - 0.5)): text.get_text()
        for text in present.plot_grid(frame, unit="share0").texts
    }
    assert written == {(0, 0): "10%", (1, 0): "–", (0, 1): "20%", (1, 1): "40%"}


def test_contributions_stand_right_or_left_of_nothing_with_their_sign():
    frame = pd.DataFrame({"category": ["England", "Late plans"], "value": [83.4, -5.0]})
    ax = present.plot_contributions(frame)
    assert [bar.get_width() for bar in ax.patches] == [83.4, -5]
    assert texts(ax) == ["+83", "−5"]
    top, bottom = (bar.get_y() for bar in ax.patches)
    assert top > bottom
    assert [label.get_text() for label in ax.get_yticklabels()] == ["England", "Late plans"]
    assert ax.patches[0].get_facecolor() != ax.patches[1].get_facecolor()


def test_each_earlier_forecast_starts_at_the_count_that_it_was_made_from():
    history = pd.DataFrame({"census_year": range(2018, 2024), "plans": [10.0, 11, 12, 13, 14, 15]})
    past = pd.DataFrame(
        {
            "origin": [2021, 2021, 2022],
            "horizon": [1, 2, 1],
            "forecast": [13.5, 14.5, 16.0],
            "q100": [13.0, 13.5, 15.0],
            "q900": [14.0, 16.0, 17.0],
        }
    )
    ax = present.plot_vintages(history, past)
    counted, *vintages = ax.lines[:3]
    assert list(counted.get_xdata()) == [2019, 2020, 2021, 2022, 2023]
    assert [list(line.get_ydata()) for line in vintages] == [[13, 13.5, 14.5], [14, 16]]
    assert [list(line.get_xdata()) for line in vintages] == [[2021, 2022, 2023], [2022, 2023]]
    (ranges,) = [
        found
        for found in ax.collections
        if isinstance(found, matplotlib.collections.LineCollection)
    ]
    assert [segment.tolist() for segment in ranges.get_segments()] == [
        [[2022, 13], [2022, 14]],
        [[2023, 15], [2023, 17]],
    ]
    assert {"counted 15", "forecast of 2021"} <= set(texts(ax))
