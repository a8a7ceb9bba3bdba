import matplotlib.collections
import numpy as np
import pandas as pd
import pytest

from sendlib import present
from sendlib.present import words

NAN = np.nan
ONE = pd.DataFrame(
    {
        "census_year": [2023, 2024, 2025, 2026, 2027],
        "counted": [80.0, 90.0, 100.0, NAN, NAN],
        "low": [NAN, NAN, NAN, 95.0, 90.0],
        "middle": [NAN, NAN, NAN, 110.0, 120.0],
        "high": [NAN, NAN, NAN, 130.0, 160.0],
    }
)
FANS = pd.concat([ONE.assign(name="Special", limit=105.0), ONE.assign(name="Units", limit=NAN)])
RANGES = pd.DataFrame(
    {
        "category": ["Prices", "Leavers", "Moves"],
        "low": [-5.0, 2.0, NAN],
        "middle": [1.0, 3.0, NAN],
        "high": [9.0, 4.0, NAN],
    }
)
HISTORY = pd.DataFrame({"year": ["2023-24", "2024-25"], "value": [4e6, -10e6]})
BANDS = pd.DataFrame(
    {
        "year": ["2025-26", "2026-27"],
        "low": [-30e6, -60e6],
        "inner_low": [-25e6, -50e6],
        "middle": [-20e6, -40e6],
        "inner_high": [-15e6, -30e6],
        "high": [-12e6, -20e6],
    }
)
LABELS = ("8 in 10 outcomes", "5 in 10 outcomes")
THRESHOLDS = pd.DataFrame({"value": [-50e6], "label": ["reserves"]})
MARKS = pd.DataFrame({"year": ["2026-27"], "value": [-25e6], "label": ["council's plan"]})


def texts(ax):
    return [text.get_text() for text in ax.texts]


def areas(ax):
    kind = matplotlib.collections.FillBetweenPolyCollection
    return [area for area in ax.collections if isinstance(area, kind)]


def key(legend):
    return [text.get_text() for text in legend.get_texts()]


def test_each_name_has_a_panel_from_zero_with_its_own_numbers():
    first = present.plot_fans(FANS, range_label="8 in 10", limit_label="places")
    panels = first.figure.axes
    assert panels[0] is first
    assert [panel.get_title(loc="left") for panel in panels] == ["Special", "Units"]
    assert [panel.get_ylim()[0] for panel in panels] == [0, 0]
    assert texts(panels[0]) == ["100", "90", "160", "places 105"]
    assert texts(panels[1]) == ["100", "90", "160"]


def test_what_lies_ahead_is_dashed_from_the_last_count():
    panel = present.plot_fans(FANS, range_label="8 in 10").figure.axes[1]
    dashed = [line for line in panel.lines if line.get_linestyle() == "--"]
    assert [list(line.get_ydata()) for line in dashed] == [[100, 110, 120]]
    assert len(areas(panel)) == 1


def test_the_key_names_the_range_and_the_limit_once():
    figure = present.plot_fans(FANS, range_label="8 in 10", limit_label="places").figure
    (legend,) = figure.legends
    assert key(legend) == ["counted", "middle", "8 in 10", "places"]
    bare = present.plot_fans(FANS.drop(columns="limit"), range_label="8 in 10").figure
    assert key(bare.legends[0]) == ["counted", "middle", "8 in 10"]


@pytest.mark.parametrize("many", [1, 2, 4, 7, 9])
@pytest.mark.parametrize("steps", [[80.0, 90.0, 100.0], [120.0, 110.0, 100.0]])
def test_numbers_do_not_touch_and_stay_on_the_page(many, steps):
    one = ONE.assign(counted=[*steps, NAN, NAN], limit=150.0)
    frame = pd.concat([one.assign(name=f"Kind of place {i}") for i in range(many)])
    figure = present.plot_fans(frame, range_label="8 in 10").figure
    present.figure.to_svg(figure)
    page = figure.bbox
    for panel in figure.axes:
        boxes = [text.get_window_extent() for text in panel.texts]
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
        assert all(page.x0 <= box.x0 and box.x1 <= page.x1 for box in boxes)
        assert all(text.get_fontsize() >= 12 for text in panel.texts)


def test_a_name_that_was_never_counted_has_its_range_only():
    frame = ONE.iloc[3:].assign(name="New school")
    panel = present.plot_fans(frame, range_label="8 in 10")
    assert texts(panel) == ["90", "160"]
    assert words.describe_fans(frame, what="places").endswith(
        "New school: 120 (90 to 160) in 2027."
    )


def test_panels_take_the_room_of_given_axes():
    figure = present.new_axes().figure
    panel = present.plot_fans(FANS, range_label="8 in 10", ax=figure.axes[0])
    assert panel.figure is figure
    assert len(figure.axes) == 2


def test_a_tenth_panel_is_refused_and_not_left_out():
    frame = pd.concat([ONE.assign(name=str(i)) for i in range(10)])
    with pytest.raises(ValueError, match="10 panels: draw 1 to 9"):
        present.plot_fans(frame, range_label="8 in 10")


def test_panels_are_described_one_by_one():
    assert words.describe_fans(FANS, what="plans", limit_label="places") == (
        "Line charts of plans, with the range ahead. "
        "Special: 100 in 2025, 120 (90 to 160) in 2027, places 105; "
        "Units: 100 in 2025, 120 (90 to 160) in 2027."
    )


def test_ranges_have_a_line_a_mark_and_their_words_in_the_order_given():
    ax = present.plot_ranges(RANGES, unit="count")
    lines = next(
        found for found in ax.collections if type(found) is matplotlib.collections.LineCollection
    )
    assert [segment.tolist() for segment in lines.get_segments()] == [
        [[-5, 2.5], [9, 2.5]],
        [[2, 1.5], [4, 1.5]],
    ]
    assert texts(ax) == ["1 (−5 to 9)", "3 (2 to 4)", "not available"]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(RANGES["category"])


def test_a_line_stands_at_zero_only_where_values_pass_it():
    assert [line.get_xdata()[0] for line in present.plot_ranges(RANGES, unit="count").lines] == [0]
    assert not present.plot_ranges(RANGES.iloc[[1]], unit="count").lines


@pytest.mark.parametrize("middle", [NAN, 12.0])
def test_ranges_that_make_no_sense_are_refused(middle):
    with pytest.raises(ValueError, match="each middle from its low to its high"):
        present.plot_ranges(RANGES.iloc[[0]].assign(middle=middle), unit="count")


def test_ranges_are_described_with_what_is_missing():
    assert words.describe_ranges(RANGES, what="cost", unit="count") == (
        "Chart of ranges of cost, middle and range: "
        "Prices 1 (−5 to 9); Leavers 3 (2 to 4); Moves not available."
    )


def test_bands_lie_one_within_the_other_from_the_last_known_value():
    ax = present.plot_bands(HISTORY, BANDS, unit="gbp_m", range_labels=LABELS)
    spans = [area.get_datalim(ax.transData) for area in areas(ax)]
    assert [(span.y0, span.y1) for span in spans] == [(-60e6, -10e6), (-50e6, -10e6)]
    assert [span.x0 for span in spans] == [1, 1]
    assert key(ax.get_legend()) == ["known", "middle", *reversed(LABELS)]
    assert {"−£10.0m", "−£60.0m", "−£40.0m", "−£20.0m"} <= set(texts(ax))
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        *HISTORY["year"],
        *BANDS["year"],
    ]


def test_bands_show_zero_thresholds_and_the_figures_of_others():
    ax = present.plot_bands(
        HISTORY, BANDS, unit="gbp_m", range_labels=LABELS, thresholds=THRESHOLDS, marks=MARKS
    )
    flat = [set(line.get_ydata()) for line in ax.lines if list(line.get_xdata()) == [0, 1]]
    across = [heights.pop() for heights in flat if len(heights) == 1]
    assert across == [0, -50e6]
    assert {"reserves", "council's plan"} <= set(texts(ax))
    low, high = ax.get_ylim()
    assert low < -60e6
    assert high > 4e6


def test_bands_may_stand_without_history():
    ax = present.plot_bands(HISTORY.iloc[:0], BANDS, unit="gbp_m", range_labels=LABELS)
    assert "known" not in key(ax.get_legend())
    assert areas(ax)[0].get_datalim(ax.transData).x0 == 0


def test_a_mark_in_a_year_that_is_not_shown_is_refused_and_not_left_out():
    marks = MARKS.assign(year="2030-31")
    with pytest.raises(ValueError, match="no such year in the chart: 2030-31; it shows 2023-24"):
        present.plot_bands(HISTORY, BANDS, unit="gbp_m", range_labels=LABELS, marks=marks)


def test_bands_are_described_with_both_ranges_and_what_is_drawn_across():
    text = words.describe_bands(
        HISTORY,
        BANDS.iloc[[1]],
        what="the balance",
        unit="gbp_m",
        range_labels=LABELS,
        thresholds=THRESHOLDS,
        marks=MARKS,
    )
    assert text == (
        "Line chart of the balance. The last known is −£10.0m in 2024-25. "
        "Ahead, middle and 8 in 10 outcomes: 2026-27 −£40.0m (−£60.0m to −£20.0m), "
        "5 in 10 outcomes −£50.0m to −£30.0m. Lines: reserves at −£50.0m. "
        "Marked: council's plan, −£25.0m in 2026-27."
    )


@pytest.mark.parametrize("name", ["plot_fans", "plot_ranges", "plot_bands"])
def test_charts_become_parts_of_a_page(name):
    ax = {
        "plot_fans": lambda: present.plot_fans(FANS, range_label="8 in 10"),
        "plot_ranges": lambda: present.plot_ranges(RANGES, unit="count"),
        "plot_bands": lambda: present.plot_bands(HISTORY, BANDS, unit="gbp_m", range_labels=LABELS),
    }[name]()
    made = present.chart(
        ax, title="T", alt="What the chart shows, in words", source="S", table=RANGES, name="x"
    )
    assert made.width == 720
