"""The feed that a page shows: as it stood on a day, small counts withheld, nothing made up."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sendlib import clock
from sendlib.errors import ParameterError
from sendlib.kpi import (
    Feed,
    control_charts,
    control_rows,
    monitor,
    monitor_rows,
    narrative,
    open_feed,
    read_register,
    report_day,
    save_feed,
    synthesise_feed,
)
from sendlib.kpi.feed import empty_values
from sendlib.kpi.synthetic import protect
from sendlib.pages import table
from sendlib.pages.formats import count
from sendlib.project import Project
from sendlib.random_rounding import round_count

REGISTER = read_register()
TODAY = date(2026, 1, 20)
MADE = synthesise_feed(REGISTER, today=TODAY, seed=4, years=3).values


def opened(tmp_path, *, kind="own", today=TODAY):
    return open_feed(Project(tmp_path), "865", kind=kind, register=REGISTER, today=today)


def monitored(values, today=TODAY):
    charts = control_charts(values, REGISTER.to_frame())
    return monitor(REGISTER, values, charts, today=today), charts.points


def test_the_clock_can_be_fixed_and_a_day_may_be_chosen(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767323045")
    assert clock.today() == report_day(" ") == date(2026, 1, 2)
    assert report_day("2025-06-30") == date(2025, 6, 30)
    with pytest.raises(ParameterError, match="30 June"):
        report_day("30 June")


def test_where_no_feed_is_stored_it_is_empty_and_an_invented_one_must_be_asked_for(tmp_path):
    nothing = opened(tmp_path)
    assert nothing.values.empty
    assert nothing.source("Essex") == "Register of indicators of the strategies."
    made = opened(tmp_path, kind="synthetic")
    assert made.synthetic
    assert made.values.equals(opened(tmp_path, kind="synthetic").values)
    with pytest.raises(ParameterError, match="own"):
        opened(tmp_path, kind="owned")


def test_a_stored_feed_is_shown_as_it_stood_on_the_day(tmp_path):
    save_feed(Project(tmp_path), "865", Feed(MADE, (), synthetic=False))
    earlier = opened(tmp_path, today=date(2025, 7, 1)).values
    assert earlier["period_end"].max() == pd.Timestamp("2025-06-30")
    before_it_ended = opened(tmp_path, today=date(2025, 6, 30)).values
    assert before_it_ended["period_end"].max() == pd.Timestamp("2025-05-31")


def test_only_counts_from_one_to_four_are_withheld():
    values = MADE.groupby("kpi").head(4).copy()
    counts, shares = values["kpi"] == "complaints", values["kpi"] == "mediation"
    values.loc[counts, "value"] = [0.0, 1.0, 4.0, 5.0]
    values.loc[shares, "value"] = [0.0, 1.0, 4.0, 5.0]
    shown = protect(values, REGISTER, b"key")
    assert shown.loc[counts, "value"].isna().tolist() == [False, True, True, False]
    assert shown.loc[shares, "value"].notna().all()
    assert shown[["numerator", "denominator"]].isna().all(axis=None)


def test_counts_of_own_records_are_rounded_alike_each_time_and_lose_nothing_on_average():
    values = MADE[MADE["kpi"] == "complaints"].assign(value=[*range(11, 11 + 12)])
    shown = protect(values, REGISTER, b"key")["value"]
    assert (shown % 5 == 0).all()
    assert (shown - values["value"]).abs().lt(5).all()
    assert shown.equals(protect(values, REGISTER, b"key")["value"])
    assert not shown.equals(protect(values, REGISTER, b"another machine's")["value"])
    rounded = [round_count(7, str(cell), b"key") for cell in range(2000)]
    assert np.mean(rounded) == pytest.approx(7, abs=0.2)


def test_percentages_of_a_few_children_are_withheld():
    values = MADE[MADE["kpi"] == "mediation"].head(4).copy()
    values[["numerator", "denominator"]] = [[6.0, 9.0], [4.0, 80.0], [0.0, 80.0], [5.0, 80.0]]
    shown = protect(values, REGISTER, b"key")["value"]
    assert shown.isna().tolist() == [True, True, False, False]


def test_no_limits_are_worked_out_from_counts_of_which_the_smallest_are_withheld():
    some = (MADE["kpi"] == "complaints") & (MADE["period_end"] == "2024-12-31")
    whole, _ = monitored(MADE)
    rows, _ = monitored(MADE.assign(value=MADE["value"].mask(some)))
    kpis = [each.set_index("kpi").loc["complaints"] for each in (whole, rows)]
    assert [row["values"] for row in kpis] == [12, 11]
    before = MADE.assign(period_end=MADE["period_end"] - pd.Timedelta(days=1200))
    longer = pd.concat([MADE.assign(value=MADE["value"].mask(some)), before])
    longer, _ = monitored(longer)
    row = longer.set_index("kpi").loc["complaints"]
    assert (row["state"], row["values"]) == ("too_few", 23)


def test_an_invented_feed_that_is_stored_keeps_its_mark_and_its_values(tmp_path):
    values = MADE.assign(value=MADE["value"].mask(MADE["kpi"] == "complaints", 2.0))
    save_feed(Project(tmp_path), "865", Feed(values, (), synthetic=True))
    kept = opened(tmp_path)
    assert kept.synthetic
    assert kept.values["value"].notna().all()


def test_a_withheld_figure_was_received_so_it_is_not_overdue():
    last = (MADE["kpi"] == "complaints") & (MADE["period_end"] == "2025-12-31")
    rows, _ = monitored(MADE.assign(value=MADE["value"].mask(last)))
    row = rows.set_index("kpi").loc["complaints"]
    assert (row["last_period"], row["next_period"]) == ("2025-26 Q2", "2025-26 Q4")
    assert (row["withheld"], bool(row["overdue"])) == (1, False)
    assert narrative.table_notes(rows)[-1].endswith("so that there are none: Complaints.")


def test_an_indicator_of_which_all_is_withheld_is_not_said_to_be_missing():
    rows, _ = monitored(MADE.assign(value=MADE["value"].mask(MADE["kpi"] == "complaints")))
    row = rows.set_index("kpi").loc["complaints"]
    assert (row["state"], row["values"], row["withheld"]) == ("too_few", 0, 12)
    cells = monitor_rows(rows).loc["complaints", ["Last value", "Range"]]
    assert cells.tolist() == ["[c]", "[c]"]


def test_without_values_every_indicator_awaits_its_figure_from_someone():
    rows, _ = monitored(empty_values())
    shown = monitor_rows(rows)
    assert len(shown) == len(rows)
    assert set(shown["Status"]) == {"No figures"}
    first = shown.iloc[0]
    assert (first["Was due"], first["Who gives it (proposed)"]) == (
        "15 Jan 2026 for Dec 2025",
        "Head of SEND casework",
    )
    assert narrative.monitor(rows, "Essex") == (
        f"Essex has supplied no figures of its {len(rows)} monthly and quarterly indicators, and "
        "all of them are overdue."
    )
    assert narrative.overdue(rows, today=TODAY) == ""
    assert narrative.table_notes(rows) == []


def test_the_headline_counts_states_and_late_figures():
    rows, _ = monitored(MADE, today=date(2026, 2, 16))
    held = rows["state"].value_counts()
    late = rows["overdue"].sum()
    said = narrative.monitor(rows, "Essex")
    assert f"{held['improving']} {'is' if held['improving'] == 1 else 'are'} improving" in said
    assert said.endswith(f"{late} figures are overdue.")


def test_late_figures_are_named_longest_first_and_only_a_few_of_them():
    rows = pd.DataFrame(
        {
            "title": list("abcde"),
            "state": "common_cause",
            "due": [date(2026, 1, day) for day in (19, 3, 4, 5, 6)],
            "overdue": [True, True, True, True, False],
        }
    )
    said = narrative.overdue(rows, today=TODAY)
    assert said == "Overdue: b (17 days), c (16 days), d (15 days) and 1 more."
    assert narrative.overdue(rows.assign(overdue=False), today=TODAY) == ""


def test_the_numbers_of_a_chart_have_limits_to_one_place_and_states_in_words():
    charts = control_charts(MADE, REGISTER.to_frame())
    points = charts.points[charts.points["kpi"] == "new_requests"].copy()
    points.attrs["unit"] = count
    shown = table(control_rows(points, MADE.head(0)), caption="Requests").shown
    first = shown.iloc[0]
    assert first["Period"] == "January 2023"
    assert first["Value"] == f"{points['value'].iloc[0]:,.0f}"
    assert first["Upper limit"] == f"{points['upper'].iloc[0]:,.1f}"
    assert set(shown["Status"]) <= {"As usual [=]", "Changed [~]"}
    few = points.head(3).assign(mean=float("nan"), lower=float("nan"), upper=float("nan"))
    assert list(control_rows(few, MADE.head(0))) == ["Period", "Value", "Status"]


def test_a_count_that_a_chart_passes_over_is_marked_in_its_numbers():
    small = (MADE["kpi"] == "complaints") & (MADE["period_end"] == "2025-09-30")
    values = MADE.assign(value=MADE["value"].mask(small))
    _, points = monitored(values)
    rows = control_rows(points[points["kpi"] == "complaints"], values)
    part = table(rows, caption="Complaints")
    assert len(part.shown) == (values["kpi"] == "complaints").sum()
    row = part.shown.set_index("Period").loc["Q2 of 2025-26"]
    assert row[["Value", "Status"]].tolist() == ["[c]", "Withheld"]
    assert (part.shown["Value"] == "[c]").sum() == 1
    assert "[c] withheld" in " ".join(part.notes)
