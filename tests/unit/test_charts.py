"""Every kind of chart: what it draws, says and tabulates, wide and narrow."""

import base64
import re
import warnings
from functools import cache
from importlib import import_module
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from error_codes import refuses
from sendlib import charts, pages, reuse
from sendlib.charts.style import NARROW, PALETTE, TEXT, WIDE
from sendlib.charts.text import apart, fits, when
from sendlib.errors import DataError
from sendlib.project import BRIEFING_VARIABLE, RESULTS_VARIABLE

WORDS = {"title": "Plans rose to 6,383", "source": "Invented for this test"}
YEARS = range(2013, 2026)
COUNTS = pd.DataFrame({"census_year": YEARS, "plans": np.linspace(1875, 6383, 13).round()})
AREAS = pd.DataFrame(
    {
        "calendar_year": [*range(2015, 2025)] * 4,
        "area_name": np.repeat(["Wiltshire", "Middle neighbour", "South West", "England"], 10),
        "on_time_share": np.tile(np.linspace(0.9, 0.3, 10), 4) * np.repeat([1, 0.9, 0.8, 0.95], 10),
    }
)
PEERS = pd.DataFrame(
    {
        "area_name": ["Wiltshire", "South Gloucestershire", "Hampshire", "England"],
        "role": ["authority", "neighbour", "neighbour", "england"],
        "pupils_pct": [6.2, 5.6, np.nan, 5.3],
        "rank": [1.0, 2.0, np.nan, np.nan],
    }
)
RANGES = pd.DataFrame(
    {
        "census_year": range(2026, 2031),
        "low": [6579.0, 6900, 7300, 7700, 8279],
        "middle": [6928.0, 7500, 8150, 8800, 9483],
        "high": [7271.0, 8200, 9100, 10050, 10931],
    }
)
PLACES = ["Mainstream school", "Independent or non-maintained special", "Not in school or college"]
FANS = pd.concat(
    [RANGES.assign(name=name, counted=np.nan, limit=6500.0) for name in PLACES]
    + [
        pd.DataFrame(
            {"census_year": [2025], "counted": [6383.0], "limit": [6500.0], "name": [name]}
        )
        for name in PLACES
    ]
)
PAST = pd.DataFrame(
    {
        "origin": [2021, 2021, 2022, 2023],
        "horizon": [1, 2, 1, 1],
        "forecast": [5200.0, 5600, 5500, 5900],
        "low": [5000.0, 5300, 5300, 5700],
        "high": [5400.0, 5900, 5700, 6100],
        "actual": [5256.0, 5632, 5632, 6007],
    }
)
ROWS = pd.DataFrame(
    {
        "category": PLACES,
        "low": [-748.0, 93, 494],
        "middle": [1448.0, 313, 778],
        "high": [2331.0, 573, 1148],
    }
)
STEPS = pd.DataFrame(
    {
        "category": ["Deficit in March 2025", *PLACES, "Deficit in March 2026"],
        "value": [61.2e6, 40e6, -5e6, 12e6, 108.2e6],
        "kind": ["total", "step", "step", "step", "total"],
    }
)
POINTS = pd.DataFrame(
    {
        "area_name": ["Wiltshire", "A", "B", "C"],
        "role": ["authority", "neighbour", "other", "other"],
        "of": [304, 240, 870, 120],
        "value": [0.072, 0.15, 0.12, 0.05],
        "beyond": ["inside", "above", "above", "inside"],
    }
)
LIMITS = pd.DataFrame(
    {
        "of": [100, 900] * 2,
        "coverage": [0.95, 0.95, 0.998, 0.998],
        "low": [0.03, 0.065, 0.0, 0.055],
        "high": [0.14, 0.1, 0.17, 0.11],
    }
)
CONTROL = pd.DataFrame(
    {
        "period": ["2024-25 Q1", "2024-25 Q2", "2024-25 Q3", "2024-25 Q4"],
        "value": [21.0, 30.0, 18.0, 44.0],
        "mean": [23.8] * 4,
        "lower": [14.2] * 4,
        "upper": [33.5] * 4,
        "state": ["common_cause", "common_cause", "common_cause", "concerning"],
    }
)
POINTS.attrs["of"], CONTROL.attrs["target"] = "pupils with a plan", 40.0
MARKS = pd.DataFrame({"census_year": [2028.2], "plans": [6200.0], "label": ["plan of 2024: 6,200"]})
BANDS = RANGES.assign(inner_low=RANGES["low"] + 100, inner_high=RANGES["high"] - 100)
THRESHOLD = pd.DataFrame({"value": [7000.0], "label": ["threshold 7,000"]})
KINDS = {
    "lines": lambda **more: charts.lines(AREAS, **WORDS, **more),
    "panels": lambda **more: charts.panels(
        pd.concat([AREAS.assign(part="On time"), AREAS.assign(part="Refused")]),
        by="part",
        **WORDS,
        **more,
    ),
    "columns": lambda **more: charts.columns(COUNTS.tail(9), **WORDS, **more),
    "ranked": lambda **more: charts.ranked(PEERS, **WORDS, **more),
    "contributions": lambda **more: charts.contributions(
        ROWS[["category", "low"]], **WORDS, **more
    ),
    "pairs": lambda **more: charts.pairs(
        ROWS.assign(England=[0.3, 0.2, 0.01], Wiltshire=[0.4, 0.1, 0.02]),
        y="category",
        first="England",
        last="Wiltshire",
        unit="share1",
        **WORDS,
        **more,
    ),
    "dots": lambda **more: charts.dots(
        AREAS[AREAS["calendar_year"] > 2022].assign(part=lambda f: f["calendar_year"].map(
            {2023: "Plans on time in 2023", 2024: "Plans on time in 2024"}
        )),
        y="part",
        x="on_time_share",
        **WORDS,
        **more,
    ),
    "heatmap": lambda **more: charts.heatmap(
        pd.DataFrame(
            [[0.2, 0.3, np.nan]] * 3, index=PLACES, columns=["Under 5", "5 to 10", "11 to 15"]
        ),
        unit="share1",
        **WORDS,
        **more,
    ),
    "fan": lambda **more: charts.fan(
        COUNTS, BANDS, band="8 in 10", marks=MARKS, thresholds=THRESHOLD, **WORDS, **more
    ),
    "fans": lambda **more: charts.fans(FANS, band="8 in 10", limit_label="now", **WORDS, **more),
    "vintages": lambda **more: charts.vintages(COUNTS, PAST, **WORDS, **more),
    "ranges": lambda **more: charts.ranges(ROWS, unit="signed", **WORDS, **more),
    "bridge": lambda **more: charts.bridge(STEPS, unit="gbp_m", **WORDS, **more),
    "funnel": lambda **more: charts.funnel(
        POINTS, LIMITS, centre=0.082, **WORDS, **more
    ),
    "control": lambda **more: charts.control(CONTROL, **WORDS, **more),
}  # fmt: skip
every_kind = pytest.mark.parametrize("kind", KINDS)


def html_of(part):
    return BeautifulSoup(part._repr_html_(), "html.parser")


def drawings(soup):
    held = [soup.img["src"], *[source["srcset"] for source in soup.find_all("source")]]
    return [base64.b64decode(each.partition(",")[2]).decode() for each in held]


def words_on(figure):
    """Every text that is shown, with the room that it takes. [pixels]"""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = []
    for ax in figure.axes:
        lone = [*ax.texts, ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
        ticks = [*_labels(ax.xaxis), *_labels(ax.yaxis)]
        found += [text for text in (*lone, *ticks) if text.get_text() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found]


def _labels(axis):
    low, high = sorted(axis.get_view_interval())
    return [
        tick.label1 if tick.label1.get_visible() else tick.label2
        for tick in axis.get_major_ticks()
        if low - 1e-9 <= tick.get_loc() <= high + 1e-9
    ]


@cache
def plain(kind):
    """The HTML of a chart as a notebook shows it."""
    return KINDS[kind]()._repr_html_()


@every_kind
def test_a_chart_has_its_words_its_numbers_and_its_dark_colours(kind):
    figure = BeautifulSoup(plain(kind), "html.parser").figure
    assert figure.figcaption.get_text() == WORDS["title"]
    assert len(figure.img["alt"]) > 30
    assert any(letter.isdigit() for letter in figure.img["alt"])
    assert figure.find(class_="source").get_text() == "Source: Invented for this test"
    assert re.search(r"\d", figure.tbody.get_text())
    (svg,) = drawings(figure)
    assert "prefers-color-scheme:dark" in svg
    own = svg[svg.index("</style>") :]
    assert not any(colour.lower() in own for colour in PALETTE)


@every_kind
def test_every_word_of_a_chart_can_be_overridden(kind):
    own = KINDS[kind](alt="Words of one's own, long enough to say something.", name="own-name",
                      subtitle="What is plotted", table=COUNTS)  # fmt: skip
    figure = html_of(own).figure
    assert figure["id"] == "chart-own-name"
    assert figure.img["alt"].startswith("Words of one's own")
    assert "What is plotted" in figure.find(class_="subtitle").get_text()
    assert "6,383" in figure.tbody.get_text()


@every_kind
def test_a_page_has_a_second_drawing_for_a_telephone(kind, monkeypatch):
    monkeypatch.setenv(BRIEFING_VARIABLE, "1")
    wide, narrow = drawings(html_of(KINDS[kind]()))
    points = [float(re.search(r'width="([\d.]+)pt"', svg)[1]) for svg in (wide, narrow)]
    assert points == [72 * WIDE, 72 * NARROW]
    assert 358 / (96 * NARROW) * TEXT * 96 / 72 > 11  # pixels of text on a screen of 390


@every_kind
def test_a_page_takes_pictures_from_the_store_but_stores_none_of_own_records(
    kind, monkeypatch, tmp_path
):
    chart_module = import_module("sendlib.charts.chart")
    monkeypatch.setenv(BRIEFING_VARIABLE, "1")
    first = KINDS[kind]()._repr_html_()
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path))
    monkeypatch.setattr(reuse, "_read", set())
    assert KINDS[kind](origin="own")._repr_html_().count("srcset") == 1
    assert not any(tmp_path.iterdir())
    assert KINDS[kind]()._repr_html_() == first
    with monkeypatch.context() as patch:
        patch.setattr(chart_module, "address", lambda _: pytest.fail("it was drawn again"))
        assert KINDS[kind]()._repr_html_() == first
    reuse.note_own_records("caseloads")
    drawn = []
    monkeypatch.setattr(chart_module, "address", lambda figure: drawn.append(figure) or "")
    KINDS[kind]()._repr_html_()
    assert len(drawn) == 2


@every_kind
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_no_word_is_cut_off_or_written_over_another(kind, narrow):
    chart = KINDS[kind]()
    chart._repr_html_()
    figure = chart.narrow() if narrow else chart.figure
    if narrow:
        charts.show(
            figure, alt="x" * 30, **WORDS
        )._repr_html_()  # its margins are made as it is shown
    texts = words_on(figure)
    full = figure.bbox
    for text, box in texts:
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= full.x1 + 1 and box.y1 <= full.y1 + 1
        assert inside, f"{text!r} is cut off"
    for (one, a), (other, b) in combinations(texts, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide < 2 or high < 2, f"{one!r} and {other!r} touch"


@every_kind
def test_a_chart_draws_on_axes_of_ones_own_and_can_be_drawn_on(kind):
    figure = Figure()
    chart = KINDS[kind](ax=figure.add_subplot())
    assert chart.figure is figure
    chart.ax.axhline(chart.ax.get_ylim()[1], gid="mine")
    assert 'id="mine"' in drawings(html_of(chart))[0]


@every_kind
def test_a_chart_is_the_same_bytes_whatever_style_an_analyst_has_set(kind):
    with mpl.rc_context():
        sns.set_theme(style="darkgrid", palette="bright", font_scale=2)
        before = dict(mpl.rcParams)
        assert KINDS[kind]()._repr_html_() == plain(kind)
        assert dict(mpl.rcParams) == before
    assert "dc:date" not in drawings(BeautifulSoup(plain(kind), "html.parser"))[0]


NOTHING = {
    "lines": lambda frame: charts.lines(frame, **WORDS),
    "columns": lambda frame: charts.columns(frame, **WORDS),
    "ranked": lambda frame: charts.ranked(frame.assign(area_name=""), x="plans", **WORDS),
    "fan": lambda frame: charts.fan(
        COUNTS, RANGES.head(0).assign(census_year=2026), band="8 in 10", **WORDS
    ),
    "pairs": lambda frame: charts.pairs(
        frame.assign(a="x"), y="a", first="plans", last="plans", **WORDS
    ),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_no_number_is_answered_with_words_in_place_of_a_chart(kind):
    frame = COUNTS.head(0)
    frame.attrs = {"what": "plans", "why": "They begin in 2030."}
    text = html_of(NOTHING[kind](frame)).get_text(" ")
    assert "No figures are available of" in text


def test_what_is_missing_is_never_a_zero_column():
    frame = COUNTS.assign(plans=COUNTS["plans"].mask(COUNTS["census_year"] == 2014))
    chart = charts.columns(frame, **WORDS)
    assert len(chart.ax.patches) == len(COUNTS) - 1
    assert "Not available: 2014." in html_of(chart).get_text()


def test_a_time_axis_is_spaced_by_time():
    dates = pd.to_datetime(["2021-03-31", "2024-03-31", "2025-03-31", "2031-03-31"])
    frame = pd.DataFrame({"balance_date": dates, "balance_gbp": [-1.0, -2.0, -3.0, -9.0]})
    middles = [
        bar.get_x() + bar.get_width() / 2 for bar in charts.columns(frame, **WORDS).ax.patches
    ]
    assert np.diff(middles).round().tolist() == [3, 1, 6]


def test_what_has_not_happened_is_hatched():
    chart = charts.columns(COUNTS.tail(3).assign(foreseen=[False, False, True]), **WORDS)
    assert [bool(bar.get_hatch()) for bar in chart.ax.patches] == [False, False, True]


def test_bars_that_are_all_nought_have_an_axis():
    with warnings.catch_warnings(action="error"):
        ax = charts.ranked(PEERS.assign(pupils_pct=0.0), x="pupils_pct", **WORDS).ax
    assert ax.get_xlim() == (0.0, 1.02)


def test_ranked_bars_are_longest_at_the_top_and_start_at_zero():
    chart = charts.ranked(PEERS, **WORDS)
    top_down = sorted(chart.ax.patches, key=lambda bar: -bar.get_y())
    assert [bar.get_width() for bar in top_down] == [6.2, 5.6, 5.3]
    assert chart.ax.get_xlim()[0] <= 0
    assert chart.alt.endswith("Wiltshire 6.2%, South Gloucestershire 5.6% and England 5.3%.")


def test_two_places_at_one_time_do_not_read_as_a_change():
    assert "40.0%, England 30.0%" in KINDS["pairs"]().alt
    then = ROWS.assign(**{"January 2019": [0.3, 0.2, 0.1], "January 2025": [0.4, 0.1, 0.1]})
    over_time = charts.pairs(
        then, y="category", first="January 2019", last="January 2025", unit="share1", **WORDS
    )
    assert "30.0% to 40.0%" in over_time.alt


def test_a_percentage_of_few_is_noted():
    frame = AREAS.assign(of=[1, *[500] * 39])
    note = html_of(charts.lines(frame, **WORDS)).find(class_="note").get_text()
    assert "Wiltshire 2015 (of 1)" in note


def test_a_line_that_ends_early_says_when():
    early = AREAS[(AREAS["area_name"] != "England") | (AREAS["calendar_year"] < 2022)]
    words = [text.get_text() for text in charts.lines(early, **WORDS).ax.texts]
    assert any("in 2021" in text for text in words)


@pytest.mark.parametrize("kind", ["lines", "panels"])
def test_a_missing_year_is_a_gap_and_a_value_alone_is_a_dot(kind):
    values = [90.0, 80, np.nan, 75, np.nan, 70, 65]
    frame = pd.DataFrame({"year": range(2018, 2025), "plans": values, "part": "Plans"})
    more = {"by": "part"} if kind == "panels" else {}
    line, dot, _ = getattr(charts, kind)(frame, x="year", **more, **WORDS).ax.lines
    assert np.isnan(line.get_ydata()).tolist() == [False, False, True, False, True, False, False]
    assert dot.get_xydata().tolist() == [[2021, 75]]


def test_a_keyword_that_no_chart_has_is_refused_with_the_nearest():
    with pytest.raises(TypeError, match="subtitle"):
        charts.lines(COUNTS, subtitel="Plans", **WORDS)


def test_eleven_lines_can_be_drawn_and_each_is_named():
    many = pd.concat([COUNTS.assign(area_name=f"Area {n}", plans=COUNTS["plans"] + 300 * n)
                      for n in range(11)])  # fmt: skip
    assert len(charts.lines(many, **WORDS).ax.texts) == 11


def test_a_fan_opens_from_the_last_count():
    ax = charts.fan(COUNTS, RANGES, band="8 in 10", **WORDS).ax
    dashed = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert dashed.get_ydata()[0] == 6383
    assert [text.get_text() for text in ax.texts] == ["6,383", "8,279", "9,483", "10,931"]


def test_a_fan_opens_from_an_estimate_after_the_last_count():
    estimate = pd.DataFrame({"census_year": [2026], "plans": [6800.0]})
    chart = charts.fan(COUNTS, RANGES.iloc[1:], band="8 in 10", opening=estimate, **WORDS)
    dashed = next(line for line in chart.ax.lines if line.get_linestyle() == "--")
    assert list(dashed.get_ydata()) == [6383, 6800, 7500, 8150, 8800, 9483]
    assert "6,800 expected" in [text.get_text() for text in chart.ax.texts]
    assert "an estimate: 6,800 in 2026" in html_of(chart).get_text() + chart.alt


def test_an_opening_says_whose_figure_it_is():
    estimate = pd.DataFrame({"census_year": [2026], "plans": [6800.0]})
    estimate.attrs = {"note": "The council foresaw 6,500"}
    chart = charts.fan(COUNTS, RANGES.iloc[1:], band="8 in 10", opening=estimate, **WORDS)
    assert html_of(chart).find(class_="subtitle").get_text().endswith("The council foresaw 6,500")
    drawn = charts.fan(COUNTS, RANGES, band="8 in 10", opening=COUNTS.tail(1), **WORDS)
    assert "foresaw" not in html_of(drawn).get_text()


def test_an_opening_that_is_the_last_count_is_drawn_once():
    plain = charts.fan(COUNTS, RANGES, band="8 in 10", **WORDS)
    again = charts.fan(COUNTS, RANGES, band="8 in 10", opening=COUNTS.tail(1), **WORDS)
    assert len(again.ax.lines) == len(plain.ax.lines)
    assert again.alt == plain.alt


def test_a_middle_outside_its_range_is_refused():
    with refuses(DataError, "middle_outside_range"):
        charts.ranges(ROWS.assign(middle=9999.0), **WORDS)


@pytest.mark.parametrize(
    ("frame", "more", "message"),
    [
        (COUNTS, {"y": "plan"}, "Did you mean plans"),
        (COUNTS.assign(plans="many"), {"y": "plans"}, "holds text, such as 'many'"),
        (COUNTS.assign(other=1.0), {}, "y could be any of plans, other"),
        (COUNTS[["plans"]], {}, "x could be any of plans"),
    ],
)
def test_a_frame_that_cannot_be_drawn_is_refused_in_words(frame, more, message):
    with pytest.raises(DataError, match=message):
        charts.lines(frame, **more, **WORDS)


def test_a_figure_of_ones_own_needs_its_words():
    ax = Figure().add_subplot()
    with pytest.raises(ValueError, match="nothing is drawn"):
        charts.show(ax, alt="x" * 30, **WORDS)
    ax.plot([1, 2], [3, 4])
    with pytest.raises(ValueError, match="alternative text of 5 characters"):
        charts.show(ax, alt="short", **WORDS)
    assert html_of(charts.show(ax, alt="A line from 3 to 4, drawn by hand.", **WORDS)).img["alt"]


def test_text_in_a_chart_is_escaped():
    chart = charts.columns(COUNTS, title="<b>x</b>", source="<b>y</b>")
    assert html_of(chart).find("b") is None


@pytest.mark.parametrize(
    ("period", "place"),
    [("2024-25 Q3", 2024.5), ("2024/25", 2024.0), (np.int64(2025), 2025.0), ("2025-04", 2025.25)],
)
def test_periods_stand_where_they_lie_in_time(period, place):
    assert when(period) == pytest.approx(place)


@given(
    st.lists(st.floats(0, 1000), min_size=1, max_size=9),
    st.floats(1, 50),
)
def test_labels_moved_apart_never_touch_and_keep_their_order(heights, size):
    rising = sorted(heights)
    moved = apart(rising, [size] * len(rising))
    assert all(b - a >= size - 1e-6 for a, b in pairwise(moved))
    assert sum(moved) == pytest.approx(sum(rising), abs=1e-6 * max(1, sum(rising)))


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=20), st.floats(0.1, 5))
def test_the_last_column_or_a_taller_one_next_to_it_always_has_its_number(values, per_inch):
    texts = [f"{value:,.0f}" for value in values]
    assert fits(list(range(len(values))), values, texts, per_inch)


def test_a_table_made_before_stands_behind_the_chart_as_it_is():
    made = pages.table(pd.DataFrame({"place": ["College"], "plans": [3]}), caption="Plans by place")
    chart = charts.lines(
        pd.DataFrame({"census_year": [2024, 2025], "plans": [1, 2]}),
        title="Plans rose",
        source="DfE",
        table=made,
    )
    assert chart.numbers is made


SPEND = pd.DataFrame(
    {
        "category": ["Spend 2025", "More plans", "New places", "Spend 2026"],
        "value": [80e6, 12e6, -2e6, 90e6],
        "kind": ["total", "step", "step", "total"],
    }
)


def bridge(frame=SPEND, unit="gbp_m"):
    return charts.bridge(frame, unit=unit, **WORDS)


def test_each_step_starts_where_the_last_ended_and_what_takes_away_is_hatched():
    ax = bridge().ax
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert spans == [(0, 80e6), (80e6, 92e6), (92e6, 90e6), (0, 90e6)]
    assert [text.get_text() for text in ax.texts] == ["£80.0m", "▶ +£12.0m", "◀ −£2.0m", "£90.0m"]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, False, True, False]


def test_a_bridge_may_pass_below_nothing():
    ax = bridge(SPEND.assign(value=[5.0, -12.0, 3.0, -4.0]), unit="count").ax
    assert ax.get_xlim()[0] < -7


@pytest.mark.parametrize(
    ("values", "kinds", "message"),
    [
        ([80.0, 12.0, -2.0, 91.0], "tsst", "the steps lead to 90, but Spend 2026 is 91"),
        ([80.0, 12.0, 93.0, 93.0], "tstt", "the steps lead to 92, but New places is 93"),
        ([80.0, 12.0, -2.0, 90.0], "tsss", "the last row is a step"),
        ([80.0, np.nan, -2.0, 90.0], "tsst", "a value is missing"),
        ([80.0, 12.0, -2.0, 90.0], "txst", "a row is of the kind 'x'"),
    ],
)
def test_a_bridge_that_does_not_add_up_is_refused(values, kinds, message):
    kind = [{"t": "total", "s": "step"}.get(letter, letter) for letter in kinds]
    with pytest.raises(DataError, match=message):
        bridge(SPEND.assign(value=values, kind=kind))


def test_a_bridge_forgives_the_last_digits_only():
    near, far = (SPEND.assign(value=[80e6, 12e6, -2e6, 90e6 + gap]) for gap in (50, 150))
    assert bridge(near).ax.patches
    with refuses(DataError, "step_missing"):
        bridge(far)


def test_a_bridge_is_described_with_its_signs():
    frame = SPEND.copy()
    frame.attrs["what"] = "spend"
    assert bridge(frame).alt == (
        "Bridge chart of spend: Spend 2025 £80.0m; More plans +£12.0m; New places −£2.0m; "
        "Spend 2026 £90.0m."
    )


def test_effects_run_from_what_takes_away_to_what_adds():
    frame = pd.DataFrame({"category": ["Prices", "Plans"], "low": [-2e6, 0.0], "high": [3e6, 1e6]})
    chart = charts.effects(frame, unit="gbp_m", **WORDS)
    assert "Prices −£2.0m to +£3.0m; Plans £0.0m to +£1.0m" in chart.alt
    reach = [bar.get_x() + bar.get_width() for bar in chart.ax.patches]
    assert sorted(reach) == [-2e6, 0.0, 1e6, 3e6]


def test_effects_that_lie_on_one_side_are_refused():
    frame = pd.DataFrame({"category": ["Prices"], "low": [1.0], "high": [3.0]})
    with pytest.raises(DataError, match=r"Draw charts\.ranges"):
        charts.effects(frame, **WORDS)
