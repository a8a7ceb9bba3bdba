"""The table of indicators and its sentences: nothing is said by colour alone."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sendlib import charts, kpi
from sendlib.kpi import narrative
from sendlib.kpi.feed import empty_values
from sendlib.kpi.narrative import STATE_NOTE, STATES
from sendlib.pages import table

REGISTER = kpi.read_register()
TODAY = date(2026, 3, 1)
MADE = kpi.synthesise_feed(REGISTER, today=date(2026, 1, 20), seed=3)
CONTROL = kpi.control_charts(MADE.values, REGISTER.to_frame())
MONITOR = kpi.monitor(REGISTER, MADE.values, CONTROL, today=TODAY)
ROWS = kpi.monitor_rows(MONITOR)


def fired(**more):
    base = {
        "title": "Spend", "kind": "count", "better": "higher", "last_value": 9.0,
        "last_period": "2025-04", "mean": 5.0, "lower": 2.0, "upper": 8.0, "rule": "outside",
        "side": 1, "state": "concerning", "assurance": "no_target", "target": np.nan,
    }  # fmt: skip
    return base | more


@pytest.mark.parametrize(
    ("rule", "side", "said"),
    [
        ("outside", 1, "above the upper limit of 8.0"),
        ("outside", -1, "below the lower limit of 2.0"),
        ("near", 1, "one of two in three near or above the upper limit of 8.0"),
        ("shift", -1, "one of seven or more in a row below the mean of 5.0"),
        ("trend", 1, "the end of seven or more that each rose"),
    ],
)
def test_a_title_is_made_from_the_rule_that_fired(rule, side, said):
    assert narrative.signal(fired(rule=rule, side=side)) == f"Spend: 9 in April 2025, {said}"
    assert narrative.meaning(fired()) == "This is special cause, and a concern."


@pytest.mark.parametrize(
    ("assurance", "said"),
    [("hit", "reliably met"), ("missed", "reliably missed"), ("hit_and_miss", "by chance")],
)
def test_a_target_is_said_with_the_usual_range(assurance, said):
    text = narrative.meaning(fired(assurance=assurance, target=3.0))
    assert "The target of at least 3 is " in text
    assert said in text
    assert "2.0 to 8.0" in text


def test_a_row_says_everything_in_words():
    row = ROWS.loc["client_spend"].drop("Values so far")
    assert row.tolist() == [
        "Client spend",
        "Concerning [!]",
        "£5.4m in Dec 2025",
        "£4.4m to £5.4m",
        "Above limits",
        "Met and missed",
        "Overdue: Jan 2026, due 20 Feb 2026",
    ]
    assert ROWS.loc["mediation", "Next figure"] == "Due 30 Apr 2026"


def test_every_status_sign_is_explained_in_the_notes():
    signs = [state.rpartition(" ")[2] for state in STATES.values() if state.endswith("]")]
    assert len(signs) == 5
    assert all(f"{sign} " in STATE_NOTE for sign in signs)
    assert narrative.table_notes(MONITOR)[0] == STATE_NOTE


def test_each_small_chart_has_words_which_the_csv_keeps():
    pictures = charts.sparklines(CONTROL.points, ROWS["Values so far"], by="kpi")
    assert len(pictures) == len(REGISTER.supplied) == ROWS["Values so far"].nunique()
    made = table(ROWS, caption="c", pictures=pictures)
    label = ROWS.loc["client_spend", "Values so far"]
    assert label == "Client spend: £5.4m in December 2025, from £4.4m to £5.4m; concerning"
    assert str(pictures[label]) in made._repr_html_()
    assert label in set(made.values["Values so far"])


def test_an_indicator_without_figures_says_so_in_its_row():
    values = MADE.values[MADE.values["kpi"] != "mediation"]
    control = kpi.control_charts(values, REGISTER.to_frame())
    rows = kpi.monitor_rows(kpi.monitor(REGISTER, values, control, today=TODAY))
    row = rows.loc["mediation"].tolist()
    assert row[1:6] == ["No figures", *["not available"] * 4]
    assert row[-1].startswith("Overdue: ")


def test_where_nothing_changed_the_page_says_so_and_otherwise_nothing():
    assert narrative.signals(MONITOR) == ""
    usual = MONITOR.assign(rule="")
    assert narrative.signals(usual) == "No last value is beyond its usual variation."
    assert "none has figures" in narrative.signals(usual.assign(state="no_data"))


def test_a_feed_is_introduced_by_what_it_is():
    real = kpi.Feed(MADE.values, (), synthetic=False)
    invented = kpi.Feed(MADE.values, (), synthetic=True)
    none = kpi.Feed(empty_values(), (), synthetic=False)
    notices = [str(kpi.feed_notice(feed).html) for feed in (real, invented, none)]
    assert 'data-origin="own"' in notices[0]
    assert "banner-synthetic" in notices[1]
    assert "indicators: none received" in notices[2]
    assert "sendlib" not in notices[2]
    assert invented.whose("Here") == "an invented feed for Here"
    assert real.source("Here") == "Here's own records, as supplied in its feed."


def test_small_lines_without_limits_are_drawn_for_the_rows_that_have_values():
    series = pd.DataFrame({"indicator": ["a", "a", "b"], "value": [1.0, 2.0, np.nan]})
    alts = pd.Series({"a": "a rises", "b": "nothing"})
    assert list(charts.sparklines(series, alts, by="indicator")) == ["a rises"]
