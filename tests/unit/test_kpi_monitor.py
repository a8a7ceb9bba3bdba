"""The invented feed and the monitor: what was planted is seen, and what is late is told."""

from datetime import date
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from sendlib.kpi import control_charts, monitor, read_register, synthesise_feed

REGISTER = read_register()
ABOUT = REGISTER.to_frame()
TODAY = date(2026, 1, 20)


def monitored(values, *, today=TODAY):
    return monitor(REGISTER, values, control_charts(values, ABOUT), today=today).set_index("kpi")


@pytest.mark.parametrize("seed", range(1, 9))
def test_every_planted_special_cause_is_seen_on_its_side(seed):
    settings = pd.read_csv(files("sendlib.kpi") / "synthetic.csv")
    planted = settings[settings["planted"] != "none"]
    made = synthesise_feed(REGISTER, today=TODAY, seed=seed)
    points = control_charts(made.values, ABOUT).points.set_index(["kpi", "period_end"])
    last = points.groupby("kpi").tail(1).reset_index("period_end")
    assert set(planted["planted"]) == {"shift", "trend", "outlier"}
    for row in planted.itertuples():
        assert last.loc[row.kpi, "side"] == np.sign(row.size)
        rule = {"outlier": "outside"}.get(row.planted, row.planted)
        assert last.loc[row.kpi, rule] == np.sign(row.size)


def test_the_invented_feed_is_two_years_that_end_before_today_and_fixed_by_its_seed():
    made = synthesise_feed(REGISTER, today=TODAY, seed=1)
    counts = made.values.groupby("kpi").size()
    assert {counts["new_requests"], counts["mediation"]} == {24, 8}
    assert set(counts.index) == {entry.slug for entry in REGISTER.supplied}
    assert made.values["period_end"].max() == pd.Timestamp("2025-12-31")
    assert made.values.equals(synthesise_feed(REGISTER, today=TODAY, seed=1).values)
    assert not made.values.equals(synthesise_feed(REGISTER, today=TODAY, seed=2).values)


def test_a_longer_invented_feed_gives_quarters_enough_for_limits():
    made = synthesise_feed(REGISTER, today=TODAY, seed=1, years=4)
    assert not control_charts(made.values, ABOUT).latest["mean"].isna().any()


def test_the_monitor_has_every_indicator_due_in_the_year_and_concerns_first():
    made = synthesise_feed(REGISTER, today=TODAY, seed=1)
    rows = monitored(made.values)
    due_in_year = {e.slug for e in REGISTER.supplied if e.frequency in ("monthly", "quarterly")}
    assert set(rows.index) == due_in_year
    assert rows.index[0] == "client_spend"
    assert rows["state"].iloc[0] == "concerning"
    requests = made.values[made.values["kpi"] == "new_requests"]["value"]
    said = rows.loc["new_requests", ["last_value", "lowest_value", "highest_value", "values"]]
    assert said.tolist() == [requests.iloc[-1], requests.min(), requests.max(), 24]


@pytest.mark.parametrize(
    ("today", "overdue"), [(date(2026, 2, 15), False), (date(2026, 2, 16), True)]
)
def test_a_figure_is_overdue_on_the_day_after_it_was_due(today, overdue):
    made = synthesise_feed(REGISTER, today=TODAY, seed=1)
    row = monitored(made.values, today=today).loc["new_requests"]
    assert (row["last_period"], row["next_period"]) == ("2025-12", "2026-01")
    assert row["due"] == date(2026, 2, 15)
    assert bool(row["overdue"]) == overdue


def test_an_indicator_without_figures_is_overdue_and_has_no_value():
    made = synthesise_feed(REGISTER, today=TODAY, seed=1)
    values = made.values[made.values["kpi"] != "mediation"]
    row = monitored(values).loc["mediation"]
    assert (row["state"], row["next_period"]) == ("no_data", "2025-26 Q2")
    assert row["due"] == date(2025, 10, 30)
    assert row["overdue"]
    assert pd.isna(row["last_value"])


def test_a_monitor_of_nothing_has_every_indicator_without_figures():
    made = synthesise_feed(REGISTER, today=TODAY, seed=1)
    assert set(monitored(made.values.head(0))["state"]) == {"no_data"}
