"""Control charts, their words and the monitor's table: nothing is told by colour alone."""

import base64
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from sendlib import present
from sendlib.kpi import control_charts, monitor, read_register, synthesise
from sendlib.present import words
from sendlib.present.charts.control import sparkline
from sendlib.present.words.control import STATE_NOTE, STATES, unit_of

REGISTER = read_register()
TODAY = date(2026, 3, 1)
MADE = synthesise(REGISTER, today=date(2026, 1, 20), seed=3)
CHARTS = control_charts(MADE.values, REGISTER.to_frame())
VERDICTS = CHARTS.latest.set_index("kpi", drop=False)


def points_of(kpi):
    return CHARTS.points[CHARTS.points["kpi"] == kpi]


def shown():
    rows = monitor(REGISTER, MADE.values, CHARTS, today=TODAY)
    return present.monitor_table(
        rows, CHARTS.points, caption="Invented indicators", name="kpi", source="Invented"
    )


def rows_of(part):
    soup = BeautifulSoup(part._repr_html_(), "html.parser")
    return {
        row.th.get_text(): [cell.get_text() for cell in row.find_all("td")]
        for row in soup.tbody.find_all("tr")
    }


def verdict(**more):
    values = {"period": "2025-04", "value": 9.0, "mean": 5.0, "lower": 2.0, "upper": 8.0}
    rules = dict.fromkeys(("outside", "near", "shift", "trend"), 0)
    base = values | rules | {"state": "common_cause", "values": 24, "better": "higher"}
    return pd.Series(base | {"assurance": "no_target", "target": np.nan} | more)


def test_a_control_chart_names_its_limits_and_gives_each_state_its_own_form():
    ax = present.plot_control(points_of("within_20_weeks"), unit="pct1", target=60.0)
    texts = [text.get_text() for text in ax.texts]
    last = VERDICTS.loc["within_20_weeks"]
    assert texts == [
        f"lower limit {last['lower']:.1f}%",
        f"mean {last['mean']:.1f}%",
        "target 60.0%",
        f"upper limit {last['upper']:.1f}%",
    ]
    (legend,) = ax.figure.legends
    named = [text.get_text() for text in legend.get_texts()]
    assert named == ["usual variation", "improving", "concerning"]
    forms = {handle.get_marker() for handle in legend.legend_handles}
    assert len(forms) == len(named)


def test_a_chart_with_too_few_values_has_no_limits_and_says_so():
    ax = present.plot_control(points_of("mediation"), unit="pct1")
    assert not ax.texts
    said = words.describe_control(points_of("mediation"), what="mediation", unit="pct1")
    assert said.endswith("There are too few values for limits.")


def test_a_chart_without_points_or_with_an_unknown_state_is_refused():
    with pytest.raises(ValueError, match="no points"):
        present.plot_control(points_of("mediation").head(0), unit="pct1")
    with pytest.raises(ValueError, match="odd"):
        present.plot_control(points_of("mediation").assign(state="odd"), unit="pct1")
    with pytest.raises(ValueError, match="words"):
        sparkline(points_of("mediation"), alt=" ")


def test_the_words_of_a_chart_hold_its_numbers():
    said = words.describe_control(points_of("new_requests"), what="requests", unit="count")
    own, last = points_of("new_requests"), VERDICTS.loc["new_requests"]
    assert said.startswith("Control chart of requests, January 2024 to December 2025.")
    assert f"Last value {last['value']:,.0f}; lowest {own['value'].min():,.0f}" in said
    assert f"limits {last['lower']:,.1f} to {last['upper']:,.1f}" in said


@pytest.mark.parametrize(
    ("fired", "told"),
    [
        ({"outside": 1}, "lies above the upper limit of 8.0"),
        ({"outside": -1}, "lies below the lower limit of 2.0"),
        ({"near": 1}, "is one of two in three that lie near or above the upper limit of 8.0"),
        ({"shift": -1}, "is one of seven or more in a row below the mean of 5.0"),
        ({"trend": 1}, "ends seven or more that each rose on the one before"),
        (
            {"outside": 1, "trend": 1},
            "lies above the upper limit of 8.0 and ends seven or more that each rose",
        ),
    ],
)
def test_an_exception_line_is_made_from_the_rules_that_fired(fired, told):
    said = words.say_signal(verdict(state="concerning", **fired), what="Spend", unit="count")
    assert said.startswith(f"Spend: 9 in April 2025 {told}")
    assert said.endswith("This is special cause, and a concern.")


def test_usual_variation_and_too_few_values_are_said_as_such():
    said = words.say_signal(verdict(), what="Spend", unit="count")
    usual = "no more than its usual variation, between 2.0 and 8.0"
    assert said == f"Spend: 9 in April 2025 is {usual}."
    few = words.say_signal(verdict(state="too_few", values=5), what="Spend", unit="count")
    assert few == "Spend: 9 in April 2025; 5 values are too few to judge."


@pytest.mark.parametrize(
    ("assurance", "told"),
    [("hit", "reliably hit"), ("missed", "reliably missed"), ("hit_and_miss", "by chance")],
)
def test_a_target_is_said_with_the_usual_range(assurance, told):
    said = words.say_target(verdict(assurance=assurance, target=3.0), unit="count")
    assert said.startswith("The target of at least 3 is ")
    assert told in said
    assert "2.0 to 8.0" in said
    assert words.say_target(verdict(), unit="count") == ""


def test_a_row_of_the_monitor_says_everything_in_words():
    row = rows_of(shown())["Client spend"]
    assert row == [
        "Concerning [!]",
        "£5.4m in Dec 2025",
        "£4.4m to £5.4m",
        "",
        "Above limits",
        "Hit and miss",
        "Overdue: Jan 2026, due 20 Feb 2026",
    ]
    assert rows_of(shown())["Mediation"][-1] == "Due 30 Apr 2026"


def test_every_status_sign_is_explained_below_the_table():
    html = shown()._repr_html_()
    signs = [state.rpartition(" ")[2] for state in STATES.values() if state.endswith("]")]
    assert len(signs) == 5
    assert all(f"{sign} " in STATE_NOTE for sign in signs)
    assert STATE_NOTE.partition(";")[0] in html


def test_each_small_chart_has_words_which_the_csv_keeps():
    part = shown()
    soup = BeautifulSoup(part._repr_html_(), "html.parser")
    pictures = soup.tbody.find_all("svg")
    labels = [picture["aria-label"] for picture in pictures]
    assert all(picture["role"] == "img" for picture in pictures)
    assert len(set(labels)) == len(pictures) == len(REGISTER.supplied)
    assert labels[0].startswith("Client spend: £5.4m in December 2025, from £4.4m to £5.4m")
    held = re.search(r"data:text/csv;charset=utf-8;base64,([^\"]+)", part._repr_html_())
    csv = base64.b64decode(held[1]).decode("utf-8-sig")
    assert labels[0] in csv
    assert "<svg" not in csv


def test_small_charts_take_the_colour_of_the_text_and_mark_states_by_form():
    picture = str(sparkline(points_of("client_spend"), alt="words"))
    assert "#" not in picture
    assert picture.count("<path") == (points_of("client_spend")["side"] != 0).sum()
    usual = str(sparkline(points_of("new_requests"), alt="words"))
    assert usual.count("<path") == 1


def test_words_in_a_small_chart_are_escaped():
    picture = str(sparkline(points_of("new_requests"), alt='"><b>bold</b>'))
    assert "<b>" not in picture


def test_an_indicator_without_figures_says_so_in_its_row():
    values = MADE.values[MADE.values["kpi"] != "mediation"]
    charts = control_charts(values, REGISTER.to_frame())
    rows = monitor(REGISTER, values, charts, today=TODAY)
    part = present.monitor_table(rows, charts.points, caption="c", name="k", source="s")
    row = rows_of(part)["Mediation"]
    assert row[:5] == ["No figures", *["not available"] * 4]
    assert row[-1].startswith("Overdue: ")


def test_a_control_chart_on_a_page_says_what_its_rules_and_its_target_say():
    rows = monitor(REGISTER, MADE.values, CHARTS, today=TODAY)
    row = rows[rows["rule"] != ""].iloc[0]
    gone = MADE.values[MADE.values["value"].isna()]
    made = present.control_chart(
        row, CHARTS.latest, CHARTS.points, withheld=gone, whose="Here", source="S"
    )
    verdict, unit = VERDICTS.loc[row["kpi"]], unit_of(row["kind"])
    assert made.title == f"{row['title']} ({row['unit']}), Here"
    assert made.takeaway is not None
    assert made.takeaway.startswith(words.say_signal(verdict, what=row["title"], unit=unit))
    assert made.takeaway.endswith(words.say_target(verdict, unit=unit))
    assert made.name == made.numbers.name == f"control_{row['kpi']}"


def test_indicators_without_room_for_a_chart_are_told_in_a_table():
    rows = monitor(REGISTER, MADE.values, CHARTS, today=TODAY)
    fired = rows[rows["rule"] != ""]
    part = present.signals_table(fired, CHARTS.latest, whose="Here", source="S")
    assert part.shown["what changed"].tolist() == [
        words.say_signal(VERDICTS.loc[row.kpi], what=row.title, unit=unit_of(row.kind))
        for row in fired.itertuples()
    ]
